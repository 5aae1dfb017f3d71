package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/vault"
)

func (d *door) mergeVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "merge VAULT OTHER", Short: "Take in what another copy of the vault has, after both were worked on", Args: cobra.ExactArgs(2),
		Long: `Takes in what another copy of the same vault has and VAULT has not, such as the one
that was handed to the next team: entries with their signatures, and the evidence that
they rest on. OTHER is only read. Nothing is signed and nothing is decided: what was
answered on both sides stands there twice, as a problem that a person settles with the
next answer. In which order copies are merged, and how often, makes no difference.

Where two things got one number, the earlier keeps it, unless a signed report has it;
the other has the next free one, and its old number still finds it. What either copy
expunged is gone afterwards and does not come back, and neither does a licensed text
that was taken out; for that the vault is sealed anew, with a fresh key. Whom the other
side enrolled is an author here as well, and is named. The texts of internal notes come
along: whoever opens VAULT reads them. Words that somebody began to write and did not
send stay where they were typed.

A copy that was handed to others than those who open VAULT, without the texts of
internal notes, is refused until the one that has them was merged. The same identities
are tried on both.
Ends with 3 where problems came of it, or entries came that nobody enrolled answers
for: they count for nothing.`,
		Example: "  tickmark vault merge shop.vault from-bo.vault\n  tickmark vault merge shop.vault from-bo.vault -i me.txt -i bo.txt -o json",
		RunE: func(cmd *cobra.Command, args []string) error {
			return d.merge(cmd.Context(), args[0], args[1], o, format)
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	_ = verb.Flags().MarkHidden("assessment") // a merge is of all
	return verb
}

// mergeForm is `vault merge -o json`.
type mergeForm struct {
	Came          int                         `json:"came"`          // entries
	Lacks         int                         `json:"lacks"`         // entries that the other copy does not have
	Bodies        int                         `json:"bodies"`        // that came
	Bytes         int64                       `json:"bytes"`         // of them
	Barred        []engine.Digest             `json:"barred"`        // bodies that did not come, since they are gone for good
	InternalNotes int                         `json:"internalNotes"` // of which the texts came
	NotesBehind   int                         `json:"notesBehind"`   // that came without their texts
	Renumbered    []questionnaires.Renumbered `json:"renumbered"`
	Enrolled      []authorForm                `json:"enrolled"`  // whose entries count here from now on
	Expunged      []expungedForm              `json:"expunged"`  // here as well from now on
	TextsGone     []string                    `json:"textsGone"` // licensed texts that were taken out there
	Unverified    []engine.Digest             `json:"unverified"`
	Problems      []mergeProblemForm          `json:"problems"`
	Head          engine.Digest               `json:"vaultHead"`
}

type expungedForm struct {
	Digest engine.Digest `json:"digest"`
	By     string        `json:"by"`
	Reason string        `json:"reason"`
	words  string
}

type mergeProblemForm struct {
	Assessment questionnaires.ID `json:"assessment"`
	Name       string            `json:"name"`
	questionnaires.Problem
}

func (d *door) merge(ctx context.Context, path, other string, o opening, format string) error {
	c := d.consent(o.allowExec)
	v, _, err := d.openWithConsent(ctx, path, o, c)
	if err != nil {
		return err
	}
	defer v.Close()
	err = d.mergeInto(ctx, v, other, o, c, format)
	if wrong := v.Close(); err == nil || errors.Is(err, errAttention) && wrong != nil {
		err = wrong
	}
	return err
}

// mergeInto takes in what another copy has, and says what came of it.
func (d *door) mergeInto(ctx context.Context, v *vault.Vault, other string, o opening, c *consent, format string) error {
	if one, err := os.Stat(v.Path()); err == nil {
		if two, err := os.Stat(other); err == nil && os.SameFile(one, two) {
			return usagef("merge %s: %s is the same file", v.Path(), other)
		}
	}
	o.readOnly = true
	from, _, err := d.openWithConsent(ctx, other, o, c)
	if err != nil {
		return err
	}
	defer from.Close()
	line := d.progress()
	m, err := v.Merge(ctx, from, line.Bytes)
	line.Done()
	if errors.Is(err, vault.ErrNotesBehind) {
		err = withHint(err, "have it handed back to just those who open this vault, or merge the copy of those who wrote the notes first")
	}
	if err != nil {
		return err
	}
	form, err := d.mergeFormOf(&m)
	if err != nil {
		return err
	}
	if format == "json" {
		err = json.NewEncoder(d.out).Encode(form)
	} else {
		d.printMerged(v.Path(), other, form, m.Changed())
	}
	if err = errors.Join(err, from.Close()); err == nil && len(form.Problems)+len(form.Unverified) > 0 {
		err = errAttention
	}
	return err
}

func (d *door) mergeFormOf(m *vault.Merged) (mergeForm, error) {
	form := mergeForm{
		Came: len(m.Came), Lacks: m.Lacks, Bodies: m.Bodies, Bytes: m.Bytes, Barred: append([]engine.Digest{}, m.Barred...), NotesBehind: len(m.Behind),
		Enrolled: authorForms(m.Enrolled), Expunged: []expungedForm{}, TextsGone: []string{}, Unverified: []engine.Digest{}, Problems: []mergeProblemForm{}, Head: m.History.Head(),
	}
	for _, t := range m.Expunged {
		form.Expunged = append(form.Expunged, expungedForm{t.Digest, t.Author.Name, t.Reason, t.String()})
	}
	for _, text := range m.TextsGone {
		form.TextsGone = append(form.TextsGone, text.Source)
	}
	for _, e := range m.Unverified {
		form.Unverified = append(form.Unverified, e.ID)
	}
	var err error
	if form.InternalNotes, err = m.InternalNotes(); err != nil {
		return form, err
	}
	standard, err := pci.Catalogue()
	if err != nil {
		return form, err
	}
	renumbered, err := m.Renumbered(standard)
	if err != nil {
		return form, err
	}
	form.Renumbered = append([]questionnaires.Renumbered{}, renumbered...)
	made, err := m.Problems(standard, d.now())
	for _, p := range made {
		form.Problems = append(form.Problems, mergeProblemForm{p.Assessment.ID, p.Assessment.Name, p.Problem})
	}
	return form, err
}

func (d *door) printMerged(path, other string, form mergeForm, changed bool) {
	if !changed {
		fmt.Fprintf(d.out, "%s has all of %s, and %s that it lacks\n", path, other, counted(form.Lacks, "entry", "entries"))
	} else {
		fmt.Fprintf(d.out, "merged      %s into %s\n", other, path)
		fmt.Fprintf(d.out, "came        %s, %s of %d bytes; %s here that it lacks\n", counted(form.Came, "entry", "entries"), counted(form.Bodies, "body", "bodies"), form.Bytes, counted(form.Lacks, "entry is", "entries are"))
	}
	for _, a := range form.Enrolled {
		fmt.Fprintf(d.out, "author      %s, %s, enrolled by %s\n", kube.Printable(a.Name), a.Fingerprint, kube.Printable(a.By))
	}
	for _, t := range form.Expunged {
		fmt.Fprintf(d.out, "gone        document %s, %s\n", t.Digest.Short(), kube.Printable(t.words))
	}
	for _, source := range form.TextsGone {
		fmt.Fprintf(d.out, "gone        licensed text of %s, taken out or replaced there\n", kube.Printable(source))
	}
	if n := len(form.Barred); n > 0 {
		fmt.Fprintf(d.out, "left there  %s of what was expunged or taken out here\n", counted(n, "body", "bodies"))
	}
	if n := form.InternalNotes; n > 0 {
		fmt.Fprintf(d.out, "notes       the texts of %s came along: whoever opens %s reads them\n", counted(n, "internal note or reply", "internal notes and replies"), path)
	}
	if n := form.NotesBehind; n > 0 {
		fmt.Fprintf(d.out, "notes       the texts of %s stayed behind where they were written\n", counted(n, "internal note or reply", "internal notes and replies"))
	}
	for _, r := range form.Renumbered {
		of := ""
		if r.Assessment != "" {
			of = " of " + kube.Printable(r.Assessment)
		}
		fmt.Fprintf(d.out, "number      %s%s is %s now\n", r.Before, of, r.After)
	}
	for _, id := range form.Unverified {
		fmt.Fprintf(d.out, "unverified  entry %s: nobody enrolled answers for it, and it counts for nothing\n", id.Short())
	}
	for _, p := range form.Problems {
		place := p.Requirement.String()
		if p.Requirement.IsZero() {
			place = "whole"
		}
		fmt.Fprintf(d.out, "problem     %s: %s  %s\n", kube.Printable(p.Name), place, kube.Printable(p.Sentence))
	}
	fmt.Fprintf(d.out, "vault head  %s\n", form.Head)
}
