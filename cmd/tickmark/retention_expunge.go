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
	"tickmark/questionnaires/pci"
	"tickmark/vault"
)

// pastForm is `retention expunge -o json`.
type pastForm struct {
	Evidence  []string `json:"evidence"`
	Documents int      `json:"documents"`
	Stay      int      `json:"stay"`
	Why       string   `json:"why,omitempty"`
}

func formOfPast(p vault.PastRetention) pastForm {
	form := pastForm{[]string{}, p.Documents, p.Stay, p.Why}
	for _, item := range p.Items {
		form.Evidence = append(form.Evidence, item.Label())
	}
	return form
}

// pastRetention finds what may go today. Where items are named, one that has to stay is
// an error.
func (d *door) pastRetention(ctx context.Context, v *vault.Vault, named []string) (vault.PastRetention, error) {
	catalogue, err := pci.Catalogue()
	if err != nil {
		return vault.PastRetention{}, err
	}
	return v.PastRetention(ctx, catalogue, questionnaires.DayOf(d.now()), named...)
}

func (d *door) printPast(p vault.PastRetention) {
	for _, item := range p.Items {
		fmt.Fprintf(d.out, "may go  %s\n", item.Label())
	}
	if p.Documents > 0 {
		fmt.Fprintf(d.out, "may go  %d collected documents\n", p.Documents)
	}
	if p.Stay > 0 {
		fmt.Fprintf(d.out, "stays   %d items; the first: %s\n", p.Stay, kube.Printable(p.Why))
	}
	if len(p.Drafts)+p.Stay == 0 {
		fmt.Fprintln(d.out, "there is nothing to expunge")
	}
}

// expungePast asks, and takes out what may go.
func (d *door) expungePast(ctx context.Context, v *vault.Vault, past vault.PastRetention, sure bool) error {
	if v.ReadOnly() {
		return fmt.Errorf("expunge from %s: %w", v.Path(), vault.ErrReadOnly)
	}
	if !sure {
		if !d.asks() {
			return usagef("expunge %s: without a terminal --yes is needed", counted(len(past.Drafts), "body", "bodies"))
		}
		fmt.Fprintf(d.err, "%d bodies go for good, in this vault. Type how many to go on: ", len(past.Drafts))
		typed, err := bufio.NewReader(d.in).ReadString('\n')
		if strings.TrimSpace(typed) != fmt.Sprint(len(past.Drafts)) {
			return errors.Join(errors.New("expunge: something else was typed; nothing was changed"), err)
		}
	}
	line := d.progress()
	entries, err := v.ExpungeAll(ctx, past.Drafts, line.Bytes("expunging"))
	line.Done()
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "expunged %s; the vault is sealed with a fresh key\n", counted(len(entries), "body", "bodies"))
	return d.printHoldingAny(v, past.Drafts, entries)
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
