package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/vault"
)

// archiving is one run of `vault archive`.
type archiving struct {
	opening
	to, rehearse, outputs []string
	label                 string
}

func (d *door) archiveVerb() *cobra.Command {
	var x archiving
	verb := &cobra.Command{
		Use: "archive VAULT -o FILE -r RECIPIENT...", Short: "Put the engagement into the archive, and rehearse opening it", Args: cobra.ExactArgs(1),
		Long: `Reads the whole vault, writes a compact copy of it that is sealed to the archive's
recipients alone, and rehearses: it opens the written file afresh, reads every byte
and every document and compares the heads. The rehearsal takes the identity that
--rehearse names, or yours if it is one of the archive's. Where nobody here can open
it, that is said and the verb ends with 3: whoever holds the key has to try it.

Nothing is withheld from an archive: internal review notes are workpapers of the same
house. Somebody else is given a copy with tickmark vault handoff. The vault records
who archived it, when, to whom and which head. -o json beside -o FILE prints the
outcome for machines.`,
		Example: "  tickmark vault archive shop.vault -r archive.keys --rehearse archive-identity.txt -o shop-2026.vault",
		RunE: func(cmd *cobra.Command, args []string) error {
			file, format, err := outputsOf("archive", "FILE", x.outputs)
			if err != nil {
				return err
			}
			if len(x.to) == 0 {
				return usagef("archive %s: -r RECIPIENT is needed", args[0])
			}
			return d.archive(cmd.Context(), args[0], file, format, x)
		},
	}
	x.flags(verb)
	verb.Flags().StringArrayVarP(&x.outputs, "output", "o", nil, "`FILE` to write, which must not exist; json for the outcome as JSON")
	verb.Flags().StringArrayVarP(&x.to, "recipient", "r", nil, "`RECIPIENT` of the archive: a key, a file of keys, or a card (repeatable)")
	verb.Flags().StringArrayVar(&x.rehearse, "rehearse", nil, "`FILE` with an identity of the archive, to open it with (repeatable)")
	verb.Flags().StringVar(&x.label, "label", "", "whose the keys are, for people")
	return verb
}

// archiveForm is `vault archive -o json`.
type archiveForm struct {
	File       string                     `json:"file"`
	Recipients []questionnaires.Recipient `json:"recipients"`
	Head       engine.Digest              `json:"head"`      // of what was archived
	HeadNow    engine.Digest              `json:"headNow"`   // of vault and archive, with the entry that records it
	Rehearsed  bool                       `json:"rehearsed"` // somebody here opened it
	Documents  int                        `json:"documents,omitempty"`
	Entries    int                        `json:"entries,omitempty"`
	Kept       []keepingForm              `json:"kept"`
}

func (d *door) archive(ctx context.Context, path, file, format string, x archiving) error {
	c := d.consent(x.allowExec)
	to, err := c.parseRecipients(x.to, x.label)
	if err != nil {
		return err
	}
	v, present, err := d.openWithConsent(ctx, path, x.opening, c)
	if err != nil {
		return err
	}
	defer v.Close()
	rehearsing, err := d.rehearsing(file, x, c, to, present)
	if err != nil {
		return err
	}
	form, err := d.archived(ctx, v, file, to, rehearsing, c.plugins())
	if err != nil {
		return err
	}
	if err := d.printArchive(form, format); err != nil {
		return err
	}
	if !form.Rehearsed {
		return errAttention
	}
	return v.Close()
}

// archived archives an open vault and rehearses opening that, where somebody can.
func (d *door) archived(ctx context.Context, v *vault.Vault, file string, to []vault.Recipient, rehearsing []age.Identity, plugins *vault.Plugins) (archiveForm, error) {
	line := d.progress()
	defer line.Done()
	made, err := v.Archive(ctx, file, vault.Archiving{To: to, Verifying: line.Bytes("verifying"), Sealing: line.Bytes("sealing the archive")})
	if err != nil {
		return archiveForm{}, err
	}
	form := archiveForm{File: file, Recipients: made.Recipients, Head: made.Head, HeadNow: v.Head(), Kept: []keepingForm{}}
	if len(rehearsing) > 0 {
		found, err := vault.Rehearse(ctx, file, rehearsing, v.Head(), line.Bytes("rehearsing"), vault.WithClock(d.now), vault.WithPlugins(plugins))
		if err != nil {
			return form, withHint(err, "the archive was written and cannot be relied on: remove it, and archive again")
		}
		form.Rehearsed, form.Documents, form.Entries = true, found.Documents, found.Entries
	}
	h, err := v.History(ctx)
	if err != nil {
		return form, err
	}
	book, err := keptBook(h)
	if err != nil {
		return form, err
	}
	for _, k := range book.Keepings() {
		form.Kept = append(form.Kept, formOfKeeping(k))
	}
	return form, nil
}

// rehearsing are the identities that the archive is opened with: those that are named
// for it, else the present ones if it is sealed to one of them.
func (d *door) rehearsing(file string, x archiving, c *consent, to []vault.Recipient, present []age.Identity) ([]age.Identity, error) {
	if len(x.rehearse) > 0 {
		return d.identitiesIn(file, x.rehearse, c.plugins(), true)
	}
	if slices.ContainsFunc(to, func(r vault.Recipient) bool { return r.Opens(present) }) {
		return present, nil
	}
	return nil, nil
}

func (d *door) printArchive(form archiveForm, format string) error {
	if format == "json" {
		return json.NewEncoder(d.out).Encode(form)
	}
	fmt.Fprintf(d.out, "archived as %s\nto    %s\nhead  %s\n", form.File, recipientNames(form.Recipients), form.Head)
	if form.Rehearsed {
		fmt.Fprintf(d.out, "rehearsed: opened afresh, %d documents and %d entries read and whole, its head is the vault's\n", form.Documents, form.Entries)
	} else {
		fmt.Fprintln(d.out, "not rehearsed: nobody here can open it; whoever holds the archive's key has to try, with tickmark vault verify")
	}
	for _, k := range form.Kept {
		until := "no day until which it is kept: " + k.Why
		if k.Until != "" {
			until = fmt.Sprintf("kept to the end of %s: %s", k.Until, k.Why)
		}
		if k.Held {
			until += "; under legal hold"
		}
		d.fact(k.Name, until)
	}
	fmt.Fprintf(d.out, "without tickmark, age and sqlite3 open it:\n  age -d -i IDENTITY -o archive.db %s\n  sqlite3 archive.db 'select time, action, subject, payload from journal'\n", form.File)
	d.warnOfOneKey(form.Recipients)
	return nil
}

// warnOfOneKey says that what one key alone opens is lost with it.
func (d *door) warnOfOneKey(recipients []questionnaires.Recipient) {
	if len(recipients) == 1 {
		fmt.Fprintln(d.out, "warning: one key alone opens it, and a lost key is lost workpapers; `tickmark vault recipients VAULT add` names another")
	}
}
