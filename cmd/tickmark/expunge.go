package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/vault"
)

func (d *door) evidenceExpungeVerb() *cobra.Command {
	var o opening
	var what expunging
	verb := &cobra.Command{
		Use: "expunge VAULT [Evidence-N] --reason TEXT", Short: "Take a file's content out for good; a tombstone stays", Args: cobra.RangeArgs(1, 2),
		Long: `Takes the content of a file out of the vault for good: a card number that was
attached by mistake, the end of a retention. Its number, its digest, who did it,
when and why stay, signed; answers that cite it stay too. The vault is written
anew with a fresh key, and nothing of the content is left in it.
--document DIGEST does the same with a collected object or a result, into which a
secret slipped.
Copies that were made before still hold it: what was handed off is listed.`,
		Example: "  tickmark evidence shop.vault expunge Evidence-7 --reason 'a card number stands on it'",
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 2) == (what.document != "") {
				return usagef("expunge: name either an item of evidence or --document DIGEST")
			}
			if len(args) == 2 {
				what.label = args[1]
			}
			v, err := d.open(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer v.Close()
			if v.ReadOnly() {
				return fmt.Errorf("expunge from %s: %w", args[0], vault.ErrReadOnly)
			}
			if err := d.expunge(cmd.Context(), v, what); err != nil {
				return err
			}
			return v.Close()
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&what.reason, "reason", "", "why, in one line; it stays and is signed (required)")
	verb.Flags().StringVar(&what.document, "document", "", "`DIGEST` of a collected object, a result or a file, in place of a number")
	verb.Flags().StringVar(&what.despite, "despite-hold", "", "`REASON` why it goes although a legal hold keeps it; it stays and is signed")
	verb.Flags().BoolVar(&what.sure, "yes", false, "do not ask")
	return verb
}

// expunging is what is to go, and why.
type expunging struct {
	label, document, reason, despite string
	sure                             bool
}

func (d *door) expunge(ctx context.Context, v *vault.Vault, what expunging) error {
	h, err := v.History(ctx)
	if err != nil {
		return err
	}
	draft, name, err := what.draft(h)
	if errors.Is(err, questionnaires.ErrHeld) {
		err = withHint(err, "a card number has to go all the same: --despite-hold REASON does it, and is signed")
	}
	if err != nil {
		return err
	}
	return d.expungeAs(ctx, v, draft, name, what.sure)
}

// expungeAs expunges by a draft what people call by a name.
func (d *door) expungeAs(ctx context.Context, v *vault.Vault, draft questionnaires.Draft, name string, sure bool) error {
	h, err := v.History(ctx)
	if err != nil {
		return err
	}
	stone, _ := draft.Payload.(questionnaires.Tombstone)
	var others []string
	for _, item := range h.WithContent(stone.Digest) {
		if item.Label() != name {
			others = append(others, item.Label())
		}
	}
	cited, err := citing(ctx, v, h, stone.Digest)
	if err != nil {
		return err
	}
	if !sure {
		if err := d.confirm(name, others); err != nil {
			return err
		}
	}
	line := d.progress()
	e, err := v.Expunge(ctx, draft, line.Bytes("expunging"))
	line.Done()
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "expunged %s, SHA-256 %s; the vault is sealed with a fresh key\n", name, stone.Digest)
	if len(others) > 0 {
		fmt.Fprintf(d.out, "gone with it, being the same content: %s\n", strings.Join(others, ", "))
	}
	if len(cited) > 0 {
		fmt.Fprintf(d.out, "results that rest on it stay, and may repeat a value of it: %s\n", strings.Join(cited, ", "))
	}
	return d.printHolding(v, draft, e)
}

// draft finds what is meant; name is what people call it.
func (x expunging) draft(h *questionnaires.History) (draft questionnaires.Draft, name string, err error) {
	if strings.TrimSpace(x.reason) == "" {
		return draft, "", usagef("expunge: --reason is needed; it stays where the content goes")
	}
	if x.document == "" {
		item, err := h.EvidenceByLabel(x.label)
		if err != nil {
			return draft, "", err
		}
		draft, err = h.Expunge(item, x.reason, x.despite)
		if err != nil && item.Result != nil {
			err = withHint(err, "`tickmark evidence VAULT export "+item.Label()+"` names the documents")
		}
		return draft, item.Label(), err
	}
	var digest engine.Digest
	if raw, err := hex.DecodeString(x.document); err != nil || len(raw) != len(digest) {
		return draft, "", usagef("expunge: --document needs a SHA-256 of 64 hexadecimal digits")
	} else {
		digest = engine.Digest(raw)
	}
	draft, err = h.ExpungeDocument(digest, x.reason, x.despite)
	return draft, "document " + digest.Short(), err
}

// citing are the results that cite a document.
func citing(ctx context.Context, v *vault.Vault, h *questionnaires.History, document engine.Digest) ([]string, error) {
	var labels []string
	for _, item := range h.Evidence() {
		if item.Result == nil || item.Expunged != nil {
			continue
		}
		result, err := item.Result.Read(v.Documents(ctx))
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(result.Details, func(d engine.Detail) bool { return slices.Contains(d.Cites, document) }) {
			labels = append(labels, item.Label())
		}
	}
	return labels, nil
}

// confirm asks for the name of what is to go.
func (d *door) confirm(name string, others []string) error {
	if !d.asks() {
		return usagef("expunge %s: without a terminal --yes is needed", name)
	}
	fmt.Fprintf(d.err, "%s goes for good, in this vault. Type its number to go on: ", strings.Join(append([]string{name}, others...), ", "))
	typed, err := bufio.NewReader(d.in).ReadString('\n')
	typed = strings.TrimSpace(typed)
	if typed == "" && err != nil {
		return fmt.Errorf("expunge %s: %w", name, err)
	}
	_, number, _ := strings.Cut(strings.Replace(name, "document ", "document-", 1), "-")
	if typed != name && typed != number {
		return errors.New("expunge " + name + ": something else was typed; nothing was changed")
	}
	return nil
}

// asks reports whether somebody can answer.
func (d *door) asks() bool {
	if f, is := d.in.(*os.File); is && !term.IsTerminal(int(f.Fd())) {
		return false
	}
	return d.terminal(d.err)
}

// printHolding says who holds the content still.
func (d *door) printHolding(v *vault.Vault, draft questionnaires.Draft, e questionnaires.Entry) error {
	return d.printHoldingAny(v, []questionnaires.Draft{draft}, []questionnaires.Entry{e})
}

func (d *door) printHolder(handoff questionnaires.Handoff) {
	fmt.Fprintf(d.out, "the copy handed off on %s to %s still holds it\n", handoff.Time.UTC().Format(time.DateOnly), recipientNames(handoff.Recipients))
}

func (d *door) printOlder() {
	fmt.Fprintln(d.out, "older copies and backups of the vault still hold it, as may the disk where the replaced file was")
}

// tombstoneForm is what stays of expunged evidence, as JSON.
type tombstoneForm struct {
	Time   time.Time `json:"time"`
	Author string    `json:"author"`
	Reason string    `json:"reason"`
	Entry  string    `json:"entry"`
}

func tombstoneOf(item questionnaires.Evidence) *tombstoneForm {
	t := item.Expunged
	if t == nil {
		return nil
	}
	return &tombstoneForm{Time: t.Time.UTC(), Author: t.Author.Name, Reason: t.Reason, Entry: t.Entry.String()}
}

// expungedLine says of an item what became of it, "" where it is there.
func expungedLine(item questionnaires.Evidence) string {
	if item.Expunged == nil {
		return ""
	}
	return kube.Printable(item.Expunged.String())
}
