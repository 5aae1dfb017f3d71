package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
)

func (d *door) authorsVerb() *cobra.Command {
	listing := d.authorsListVerb("authors VAULT")
	listing.Short = "Who may write: list|add"
	listing.Long = `Shows and enrols those whose entries count as verified. An author gives you a
card (tickmark identity card), and reads you its fingerprint by voice.`
	actionsOf(listing, d.authorsListVerb("list VAULT"), d.authorsAddVerb())
	return listing
}

// authorForm is one author in `authors list -o json`.
type authorForm struct {
	ID          engine.Digest `json:"id"`
	Fingerprint string        `json:"fingerprint"`
	Name        string        `json:"name"`
	Certificate engine.Digest `json:"certificate"`
	By          string        `json:"enrolledBy"`
	Time        time.Time     `json:"enrolled"`
	Verified    bool          `json:"verified"`
}

func (d *door) authorsListVerb(use string) *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: use, Short: "List the authors: fingerprint, name, who enrolled them when", Args: cobra.ExactArgs(1),
		Example: "  tickmark vault authors shop.vault list",
		RunE: func(cmd *cobra.Command, args []string) error {
			history, closing, err := d.history(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			all := authorForms(history.EnrolledAuthors())
			if format == "json" {
				err = json.NewEncoder(d.out).Encode(all)
			} else {
				err = d.printAuthors(all)
			}
			if err != nil {
				return err
			}
			for _, a := range all {
				if !a.Verified {
					return errAttention
				}
			}
			return nil
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	return verb
}

func authorForms(enrolled []questionnaires.Enrolled) []authorForm {
	all := []authorForm{}
	for _, e := range enrolled {
		all = append(all, authorForm{e.Author.ID, e.Author.Fingerprint(), e.Author.Name, e.Certificate, e.By.Name, e.Time, e.Verified})
	}
	return all
}

func (d *door) printAuthors(all []authorForm) error {
	w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	for _, a := range all {
		verified := "verified"
		if !a.Verified {
			verified = "NOT VERIFIED: whoever enrolled them was no author"
		}
		fmt.Fprintf(w, "%s\t%s\tenrolled %s by %s\t%s\n", a.Fingerprint, kube.Printable(a.Name), a.Time.UTC().Format(time.RFC3339), kube.Printable(a.By), verified)
	}
	return w.Flush()
}

func (d *door) authorsAddVerb() *cobra.Command {
	var o opening
	verb := &cobra.Command{
		Use: "add VAULT CARD", Short: "Enrol the author of a card, a file that `tickmark identity card` made", Args: cobra.ExactArgs(2),
		Example: "  tickmark vault authors shop.vault add bo.card",
		RunE: func(cmd *cobra.Command, args []string) error {
			card, err := readCard(args[1])
			if err != nil {
				return err
			}
			namesake := ""
			err = d.sign(cmd.Context(), args[0], o, func(h *questionnaires.History) (questionnaires.Draft, error) {
				for _, a := range h.EnrolledAuthors() {
					if strings.EqualFold(strings.TrimSpace(a.Author.Name), strings.TrimSpace(card.Author.Name)) && a.Author.ID != card.Author.ID {
						namesake = a.Author.Fingerprint()
					}
				}
				return h.Enrol(card)
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(d.out, "enrolled %s\nfingerprint  %s\ncompare it with %[1]s by voice\n", kube.Printable(card.Author.Name), card.Author.Fingerprint())
			if namesake != "" {
				fmt.Fprintf(d.out, "warning: an author of this name is enrolled already, %s; one person with two keys could review their own work\n", namesake)
			}
			return nil
		},
	}
	o.flags(verb)
	return verb
}

// maxPublicFile bounds files of cards and recipients, in bytes.
const maxPublicFile = 1 << 20

func readCard(path string) (questionnaires.Card, error) {
	text, err := readBounded(path, maxPublicFile)
	if err != nil {
		return questionnaires.Card{}, fmt.Errorf("read card: %w", err)
	}
	card, err := questionnaires.ParseCard(text)
	if err != nil {
		return card, fmt.Errorf("%s: %w", path, err)
	}
	return card, nil
}
