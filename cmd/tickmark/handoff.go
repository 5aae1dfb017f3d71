package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/vault"
)

// handoffFlags are the words of `vault handoff`.
type handoffFlags struct {
	opening
	to                       []string
	label, author, note, out string
	keep, withText           bool
}

func (d *door) handoffVerb() *cobra.Command {
	var f handoffFlags
	verb := &cobra.Command{
		Use: "handoff VAULT -r NEXT-TEAM -o FILE", Short: "Give the vault to the next team: a copy sealed to them", Args: cobra.ExactArgs(1),
		Long: `Writes a copy of the vault that the next team opens, and you no longer do unless
you keep the present recipients. A signed entry on both sides names whom it was
given to and the head of what was given. With --author the author of a card is
enrolled first, so that they can write. Licensed text stays behind unless --with-text
is given: the next team needs a licence of its own. What internal review notes say
stays behind always.`,
		Example: "  tickmark vault handoff shop.vault -r bo.card --author bo.card -o for-bo.vault",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(f.to) == 0 || f.out == "" {
				return usagef("hand off %s: -r NEXT-TEAM and -o FILE are needed", args[0])
			}
			return d.handOff(cmd.Context(), args[0], f)
		},
	}
	f.flags(verb)
	verb.Flags().StringArrayVarP(&f.to, "recipient", "r", nil, "`NEXT-TEAM`: a key (age1..., ssh-...), a file of keys, or a card (repeatable)")
	verb.Flags().StringVar(&f.label, "label", "", "whose the keys are, for people (default: the name on the card, the comment of an SSH key)")
	verb.Flags().BoolVar(&f.keep, "keep-recipients", false, "seal the copy to the present recipients as well")
	verb.Flags().BoolVar(&f.withText, "with-text", false, "give the licensed text as well, which the next team needs a licence for")
	verb.Flags().StringVar(&f.author, "author", "", "`CARD` of an author of the next team, who is enrolled first")
	verb.Flags().StringVar(&f.note, "note", "", "why, for the next team and the journal")
	verb.Flags().StringVarP(&f.out, "output", "o", "", "`FILE` that is made for the copy; one that is there is not replaced")
	return verb
}

func (d *door) handOff(ctx context.Context, path string, f handoffFlags) error {
	c := d.consent(f.allowExec)
	what := vault.HandingOff{KeepPresent: f.keep, WithText: f.withText, Note: f.note}
	var err error
	if what.To, err = c.parseRecipients(f.to, f.label); err != nil {
		return err
	}
	if f.author != "" {
		card, err := readCard(f.author)
		if err != nil {
			return err
		}
		what.Author = &card
	}
	v, _, err := d.openWithConsent(ctx, path, f.opening, c)
	if err != nil {
		return err
	}
	defer v.Close()
	if err := d.handOver(ctx, v, f.out, what); err != nil {
		return err
	}
	return v.Close()
}

// handOver hands an open vault off, and says what was given.
func (d *door) handOver(ctx context.Context, v *vault.Vault, out string, what vault.HandingOff) error {
	line := d.progress()
	what.Progress = line.Bytes("sealing the copy")
	given, err := v.HandOff(ctx, out, what)
	line.Done()
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "handed off %s as %s\nto    %s\nhead  %s\n", v.Path(), out, recipientNames(given.Recipients), given.Head)
	if len(given.LeftOut) > 0 {
		fmt.Fprintln(d.out, "without the licensed text, which the next team loads under its own licence")
	}
	if h, err := v.History(ctx); err == nil {
		for _, item := range h.Quarantined() {
			fmt.Fprintf(d.out, "with %s, which is %s\n", item.Label(), kube.Printable(item.SearchWords()))
		}
	}
	if n := len(given.Withheld); n > 0 {
		fmt.Fprintf(d.out, "without what %d internal notes and replies say; their entries stay, signed\n", n)
	}
	if what.Author != nil {
		fmt.Fprintf(d.out, "enrolled %s, fingerprint %s: compare it with them by voice\n", kube.Printable(what.Author.Author.Name), what.Author.Author.Fingerprint())
	}
	return nil
}

// originForm is where a vault came from, in `status -o json`.
type originForm struct {
	By         string                     `json:"by"`
	Author     engine.Digest              `json:"author"`
	Time       time.Time                  `json:"time"`
	Head       engine.Digest              `json:"head"`
	Recipients []questionnaires.Recipient `json:"recipients"`
	Note       string                     `json:"note,omitempty"`
}

// originOf is where a vault came from, nil where nobody handed it on. That it holds
// was checked.
func originOf(ctx context.Context, v *vault.Vault) (*originForm, error) {
	from, was, err := v.Origin(ctx)
	if err != nil || !was {
		return nil, err
	}
	h, err := v.History(ctx)
	if err != nil {
		return nil, err
	}
	by, _ := h.Author(from.Author)
	return &originForm{by.Name, by.ID, from.Time, from.Head, from.Recipients, from.Note}, nil
}

// printOrigin says where a vault came from, in lines whose names have a width.
func (d *door) printOrigin(o *originForm) {
	if o == nil {
		return
	}
	fmt.Fprintf(d.out, "received   handed off by %s at %s to %s\n", kube.Printable(o.By), o.Time.UTC().Format(time.RFC3339), recipientNames(o.Recipients))
	fmt.Fprintf(d.out, "           its head then was %s, and the history before it has that head\n", o.Head.Short())
	if o.Note != "" {
		fmt.Fprintf(d.out, "           %s\n", kube.Printable(o.Note))
	}
}
