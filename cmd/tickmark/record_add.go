package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine/sheet"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
)

// recordSheet is a record as files have it: its evidence are labels, such as
// Evidence-7.
type recordSheet struct {
	Revision string `json:"revision,omitempty"` // that the file was written from
	questionnaires.Activity
}

// recordsSheet is a file with one record, or with many.
type recordsSheet struct {
	recordSheet
	Records []recordSheet `json:"records,omitempty"`
}

// recordWords are what flags say of a record.
type recordWords struct {
	file, on, what string
	requirements   []string
	evidence       []string
	with           []string
}

func (w *recordWords) flags(verb *cobra.Command) {
	f := verb.Flags()
	f.StringVar(&w.file, "file", "", "`FILE` with the record in YAML (see record template), - for the standard input")
	f.StringVar(&w.on, "on", "", "`DATE` on which it was finished, before any rescan")
	f.StringVar(&w.what, "what", "", "what was done")
	f.StringSliceVar(&w.requirements, "requirement", nil, "`REQUIREMENT` that it serves (repeatable; default: those of the kind)")
	f.StringArrayVar(&w.evidence, "evidence", nil, "`NUMBER` of evidence of it (repeatable)")
	f.StringArrayVar(&w.with, "with", nil, "`NAME=VALUE` of what the kind says beyond that, as in the template (repeatable)")
}

// says reports whether a flag beside --file says something.
func (w *recordWords) says() bool {
	return w.on != "" || w.what != "" || len(w.requirements)+len(w.evidence)+len(w.with) > 0
}

// change writes what the flags say into a record.
func (w *recordWords) change(cmd *cobra.Command, r *questionnaires.Activity) error {
	given := cmd.Flags().Changed
	if given("on") {
		day, err := questionnaires.ParseDay(w.on)
		if err != nil {
			return usageError{err}
		}
		r.On = day
	}
	if given("what") {
		r.What = w.what
	}
	if given("requirement") {
		r.Requirements = nil
		for _, text := range w.requirements {
			id, err := questionnaires.ParseRequirementID(strings.TrimSpace(text))
			if err != nil {
				return usageError{err}
			}
			r.Requirements = append(r.Requirements, id)
		}
	}
	if given("evidence") {
		r.Evidence = labelled(w.evidence)
	}
	return w.changeDetail(r)
}

// changeDetail reads what --with says as the part of a sheet that belongs to the kind:
// each value is a text, or a list or mapping as YAML writes them in one line.
func (w *recordWords) changeDetail(r *questionnaires.Activity) error {
	if len(w.with) == 0 {
		return nil
	}
	detail := r.Kind.DetailName()
	if detail == "" {
		return usagef("record %s: --with says nothing of it; --what does", r.Kind.Title())
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s:\n", detail)
	for _, with := range w.with {
		name, value, said := strings.Cut(with, "=")
		if !said {
			return usagef("record %s: --with %q: want NAME=VALUE", r.Kind.Title(), with)
		}
		quotedName, err := json.Marshal(name)
		if err != nil {
			return err
		}
		if !strings.HasPrefix(value, "[") && !strings.HasPrefix(value, "{") {
			quoted, err := json.Marshal(value)
			if err != nil {
				return err
			}
			value = string(quoted)
		}
		fmt.Fprintf(&text, "  %s: %s\n", quotedName, strings.ReplaceAll(value, "\n", " "))
	}
	_, err := sheet.Read("--with", []byte(text.String()), r)
	if err != nil {
		return usageError{err}
	}
	return nil
}

func (d *door) recordAddVerb() *cobra.Command {
	var o opening
	var w recordWords
	verb := &cobra.Command{
		Use: "add VAULT [KIND] --on DATE | --file FILE", Short: "Record that something was done, and what it came to",
		Long: `Records a scan, a test, a third party's attestation, a training or a review on the day
on which it was finished, for the requirements that it serves. It counts in all
assessments of the vault. That it was done is not that it passed: what failed is kept
and shown with what remains, and what is incomplete is kept and is a problem. A file
holds one record, or many below "records": all are recorded, or none.

Kinds: ` + strings.Join(recordKinds(), ", ") + `.`,
		Example: `  tickmark record shop.vault add asv-scan --on 2026-10-05 --with vendor='Harbour Scan' --with result=pass --evidence Evidence-31
  tickmark record shop.vault add internal-scan --on 2026-10-05 --with authenticated=yes --with 'found={critical: 0, high: 1}' --with 'rescans=[{on: 2026-10-12, remained: {critical: 0, high: 0}}]'
  tickmark record shop.vault add activity --requirement 7.2.4 --on 2026-10-05 --what 'All accounts reviewed'
  tickmark record template penetration-test > test.yaml; tickmark record shop.vault add --file test.yaml`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			records, at, err := d.newRecords(cmd, args[1:], w)
			if err != nil {
				return err
			}
			return d.writeRecords(cmd, args[0], o, func(*questionnaires.History) ([]questionnaires.Activity, func(int, error) error, error) {
				return records, at, nil
			})
		},
	}
	o.flags(verb)
	w.flags(verb)
	return verb
}

// newRecords are those that file and flags say, with new ids. At names the place of
// what is wrong with one of them.
func (d *door) newRecords(cmd *cobra.Command, kind []string, w recordWords) (records []questionnaires.Activity, at func(int, error) error, err error) {
	var s recordsSheet
	at = itself
	if len(kind) > 0 {
		if err := s.Kind.UnmarshalText([]byte(kind[0])); err != nil {
			return nil, nil, usageError{err}
		}
	} else if w.file == "" {
		return nil, nil, usagef("add record: name a kind (%s), or --file", strings.Join(recordKinds(), ", "))
	}
	if w.file != "" {
		name, text, err := d.readFile(w.file)
		if err != nil {
			return nil, nil, err
		}
		named := s.Kind
		lines, err := sheet.Read(name, text, &s)
		if err != nil {
			return nil, nil, err
		}
		if len(kind) > 0 && s.Kind != named {
			return nil, nil, lines.Error("kind", fmt.Sprintf("it is of a %s, and not of a %s", s.Kind.Title(), named.Title()))
		}
		at = func(i int, err error) error {
			if len(s.Records) == 0 {
				return lines.Error("", err.Error())
			}
			return lines.Error(fmt.Sprintf("records[%d]", i), err.Error())
		}
	}
	sheets := s.Records
	if len(sheets) == 0 {
		if err := w.change(cmd, &s.Activity); err != nil {
			return nil, nil, err
		}
		sheets = []recordSheet{s.recordSheet}
	} else if w.says() || len(kind) > 0 {
		return nil, nil, usagef("add record: %s holds many records, and flags say only one", w.file)
	}
	for i, one := range sheets {
		if one.ID != "" {
			return nil, nil, at(i, fmt.Errorf("it is record %.8s: `tickmark record VAULT set %.8s --file` changes it", one.ID, one.ID))
		}
		if one.ID, err = questionnaires.NewID(d.random); err != nil {
			return nil, nil, err
		}
		records = append(records, one.Activity)
	}
	return records, at, nil
}

func (d *door) recordSetVerb() *cobra.Command {
	var o opening
	var w recordWords
	verb := &cobra.Command{
		Use: "set VAULT ID", Short: "Change a record: a rescan, a result, evidence", Args: cobra.ExactArgs(2),
		Long: `Changes a record, or brings one back. What no flag and no file names keeps its value,
and a list is given whole. ID is what add and list print, its beginning, or KIND@DATE where
that means one. Without a flag, it confirms the version that is shown of a
record that was changed side by side. A file that show printed names the revision that
it was written from, and is refused if the record was changed since.`,
		Example: "  tickmark record shop.vault set 1f41e4c6 --with 'rescans=[{on: 2026-10-19, result: pass}]'\n  tickmark record shop.vault show 1f41e4c6 -o yaml > scan.yaml; $EDITOR scan.yaml; tickmark record shop.vault set 1f41e4c6 --file scan.yaml",
		RunE: func(cmd *cobra.Command, args []string) error {
			return d.writeRecords(cmd, args[0], o, func(h *questionnaires.History) ([]questionnaires.Activity, func(int, error) error, error) {
				before, err := h.ActivityNamed(args[1])
				if err != nil {
					return nil, nil, err
				}
				r, err := d.changedRecord(cmd, w, before)
				return []questionnaires.Activity{r}, itself, err
			})
		},
	}
	o.flags(verb)
	w.flags(verb)
	return verb
}

// changedRecord is a record with what file and flags change.
func (d *door) changedRecord(cmd *cobra.Command, w recordWords, before questionnaires.Activity) (questionnaires.Activity, error) {
	r, err := before.Copy()
	if err != nil {
		return r, err
	}
	r.Withdrawn = false
	if w.file != "" {
		name, text, err := d.readFile(w.file)
		if err != nil {
			return r, err
		}
		s := recordSheet{Activity: r}
		lines, err := sheet.Read(name, text, &s)
		if err != nil {
			return r, err
		}
		if s.ID != before.ID || s.Kind != before.Kind {
			return r, lines.Error("", fmt.Sprintf("it is of %s %.8s, and not of %s %.8s", s.Kind.Title(), s.ID, before.Kind.Title(), before.ID))
		}
		if err := stale("record", s.Revision, questionnaires.Entry{ID: before.Entry}, true); err != nil && !s.Same(before) {
			return r, err
		}
		r = s.Activity
	}
	return r, w.change(cmd, &r)
}

// writeRecords writes all of some records, or none, and prints them as they stand then.
func (d *door) writeRecords(cmd *cobra.Command, path string, o opening, make func(*questionnaires.History) ([]questionnaires.Activity, func(int, error) error, error)) error {
	v, err := d.open(cmd.Context(), path, o)
	if err != nil {
		return err
	}
	defer d.finish(cmd.Context(), v)
	h, err := v.History(cmd.Context())
	if err != nil {
		return err
	}
	records, at, err := make(h)
	if err != nil {
		return err
	}
	catalogue, err := pci.Catalogue()
	if err != nil {
		return err
	}
	today := questionnaires.DayOf(d.now())
	var drafts []questionnaires.Draft
	for i := range records {
		if err := records[i].Recite(idOf(h)); err != nil {
			return at(i, err)
		}
		draft, err := h.RecordActivity(catalogue, records[i], today)
		switch {
		case errors.Is(err, questionnaires.ErrUnchanged):
		case err != nil:
			return at(i, err)
		default:
			drafts = append(drafts, draft)
		}
	}
	if len(drafts) == 0 {
		fmt.Fprintln(d.out, "record stays as it is")
	} else if _, err := v.Append(cmd.Context(), drafts...); err != nil {
		return err
	}
	if h, err = v.History(cmd.Context()); err != nil {
		return err
	}
	return d.showRecords(h, o, records, today)
}

func (d *door) showRecords(h *questionnaires.History, o opening, records []questionnaires.Activity, today questionnaires.Day) error {
	var forms []recordForm
	attention := false
	limits, err := limitsOf(h, o)
	if err != nil {
		return err
	}
	for _, r := range records {
		stands, err := h.ActivityNamed(string(r.ID))
		if err != nil {
			return err
		}
		form := formOfRecord(h, stands, limits, today)
		forms = append(forms, form)
		attention = attention || form.attention()
	}
	if err := d.printRecords(forms); err != nil || !attention {
		return err
	}
	return errAttention
}
