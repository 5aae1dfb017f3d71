package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/vault"
)

// pastRetention is what may go, and how much has to stay.
type pastRetention struct {
	drafts []questionnaires.Draft
	labels []string // of the items that may go
	others int      // collected documents that may go
	stay   int
	why    string // the first has to stay
}

// pastForm is `retention expunge -o json`.
type pastForm struct {
	Evidence  []string `json:"evidence"`
	Documents int      `json:"documents"`
	Stay      int      `json:"stay"`
	Why       string   `json:"why,omitempty"`
}

func (p pastRetention) forms() pastForm {
	return pastForm{append([]string{}, p.labels...), p.others, p.stay, p.why}
}

// pastRetention finds what may go today. Where items are named, one that has to stay is
// an error.
func (d *door) pastRetention(ctx context.Context, v *vault.Vault, named []string) (pastRetention, error) {
	var past pastRetention
	h, err := v.History(ctx)
	if err != nil {
		return past, err
	}
	book, err := keptBook(h)
	if err != nil {
		return past, err
	}
	items := h.Evidence()
	if len(named) > 0 {
		items = nil
		for _, label := range named {
			item, err := h.EvidenceByLabel(label)
			if err != nil {
				return past, err
			}
			items = append(items, item)
		}
	}
	today := questionnaires.DayOf(d.now())
	gone := map[engine.Digest]bool{}
	for _, item := range items {
		switch draft, err := book.Expunge(item, today); {
		case item.Expunged != nil && len(named) == 0:
		case err != nil && len(named) > 0:
			return past, err
		case err != nil:
			past.stay++
			if past.why == "" {
				past.why = err.Error()
			}
		default:
			past.labels = append(past.labels, item.Label())
			if !gone[item.Digest()] {
				gone[item.Digest()] = true
				past.drafts = append(past.drafts, draft)
			}
		}
	}
	if len(named) > 0 {
		return past, nil
	}
	return past, past.documents(ctx, v, h, book, today, gone)
}

// documents adds what was collected, which serves every assessment.
func (p *pastRetention) documents(ctx context.Context, v *vault.Vault, h *questionnaires.History, book *questionnaires.KeptBook, today questionnaires.Day, gone map[engine.Digest]bool) error {
	if book.MayGo("", today) != nil {
		return nil
	}
	snapshots, err := v.Snapshots(ctx)
	if err != nil {
		return err
	}
	for _, s := range snapshots {
		for _, e := range s.Entries {
			if _, went := h.Tombstone(e.Digest); went || gone[e.Digest] {
				continue
			}
			draft, err := book.ExpungeDocument(e.Digest, today)
			if err != nil {
				return err
			}
			gone[e.Digest] = true
			p.drafts = append(p.drafts, draft)
			p.others++
		}
	}
	return nil
}

func (d *door) printPast(p pastRetention) {
	for _, label := range p.labels {
		fmt.Fprintf(d.out, "may go  %s\n", label)
	}
	if p.others > 0 {
		fmt.Fprintf(d.out, "may go  %d collected documents\n", p.others)
	}
	if p.stay > 0 {
		fmt.Fprintf(d.out, "stays   %d items; the first: %s\n", p.stay, kube.Printable(p.why))
	}
	if len(p.drafts)+p.stay == 0 {
		fmt.Fprintln(d.out, "there is nothing to expunge")
	}
}

// expungePast asks, and takes out what may go.
func (d *door) expungePast(ctx context.Context, v *vault.Vault, past pastRetention, sure bool) error {
	if v.ReadOnly() {
		return fmt.Errorf("expunge from %s: %w", v.Path(), vault.ErrReadOnly)
	}
	if !sure {
		if !d.asks() {
			return usagef("expunge %d bodies: without a terminal --yes is needed", len(past.drafts))
		}
		fmt.Fprintf(d.err, "%d bodies go for good, in this vault. Type how many to go on: ", len(past.drafts))
		typed, err := bufio.NewReader(d.in).ReadString('\n')
		if strings.TrimSpace(typed) != fmt.Sprint(len(past.drafts)) {
			return errors.Join(errors.New("expunge: something else was typed; nothing was changed"), err)
		}
	}
	line := d.progress()
	entries, err := v.ExpungeAll(ctx, past.drafts, line.Bytes("expunging"))
	line.Done()
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "expunged %d bodies; the vault is sealed with a fresh key\n", len(entries))
	return d.printHoldingAny(v, past.drafts, entries)
}

// printHoldingAny says which copies hold some of what went still.
func (d *door) printHoldingAny(v *vault.Vault, drafts []questionnaires.Draft, entries []questionnaires.Entry) error {
	h, err := v.History(context.Background())
	if err != nil {
		return err
	}
	var said []engine.Digest
	for i, draft := range drafts {
		stone, _ := draft.Payload.(questionnaires.Tombstone)
		handoffs, err := h.HandoffsHoldingBody(stone.Digest, entries[i].ID)
		if err != nil {
			return err
		}
		for _, handoff := range handoffs {
			if !slices.Contains(said, handoff.Entry) {
				said = append(said, handoff.Entry)
				d.printHolder(handoff)
			}
		}
	}
	d.printOlder()
	return nil
}
