package main

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
)

//go:embed templates/record
var recordTemplates embed.FS

func (d *door) recordVerb() *cobra.Command {
	verb := &cobra.Command{Use: "record VAULT list|show|add|set|withdraw", Short: "Scans, tests, attestations, training, reviews: what was done, and whether it passed"}
	actionsOf(verb, d.recordListVerb(), d.recordShowVerb(), d.recordAddVerb(), d.recordSetVerb(), d.recordWithdrawVerb())
	verb.AddCommand(d.recordTemplateVerb())
	return verb
}

// recordKinds are the kinds of records as people name them.
func recordKinds() []string {
	var names []string
	for _, k := range questionnaires.ActivityKinds() {
		names = append(names, k.String())
	}
	return names
}

func (d *door) recordTemplateVerb() *cobra.Command {
	return &cobra.Command{
		Use: "template KIND", Short: "Print a file to fill in", Args: cobra.ExactArgs(1), ValidArgs: recordKinds(),
		Long:    "Prints a file with all that a record of a kind may say, to be changed and taken with\ntickmark record VAULT add --file FILE. Kinds: " + strings.Join(recordKinds(), ",\n") + ".",
		Example: "  tickmark record template asv-scan > scan.yaml",
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := recordTemplates.ReadFile("templates/record/" + args[0] + ".yaml")
			if err != nil {
				return usagef("print template: %q is no kind of record: want one of %s", args[0], strings.Join(recordKinds(), ", "))
			}
			_, err = d.out.Write(text)
			return err
		},
	}
}

// recordForm is one record of `record list -o json`.
type recordForm struct {
	questionnaires.Activity
	Evidence []string      `json:"evidence,omitempty"`
	Serves   []servingForm `json:"serves"`
	Missing  []string      `json:"missing,omitempty"`
	Fresh    string        `json:"freshness,omitempty"`
	Beside   int           `json:"beside,omitempty"`
	By       string        `json:"by"`
	Time     time.Time     `json:"time"`
}

// servingForm is how a record counts for a requirement.
type servingForm struct {
	Requirement questionnaires.RequirementID `json:"requirement"`
	Passed      bool                         `json:"passed"`
	Remains     []string                     `json:"remains,omitempty"`
}

func formOfRecord(h *questionnaires.History, r questionnaires.Activity, limits questionnaires.FreshnessLimits, today questionnaires.Day) recordForm {
	form := recordForm{Activity: r, Missing: r.Missing(), Beside: r.Beside, Fresh: limits.Record(r, today).String(), By: r.Author.Name, Time: r.Time}
	for _, id := range r.Evidence {
		label, _ := labelOf(h)(id) // what is not there stays
		form.Evidence = append(form.Evidence, string(label))
	}
	for _, id := range r.Requirements {
		remains := h.Remains(r, id, today)
		form.Serves = append(form.Serves, servingForm{id, len(remains) == 0 && !r.Withdrawn, remains})
	}
	return form
}

// attention reports whether somebody has to look at the record.
func (f recordForm) attention() bool {
	open := func(s servingForm) bool { return !s.Passed }
	return f.Beside > 0 || !f.Withdrawn && (len(f.Missing) > 0 || slices.ContainsFunc(f.Serves, open))
}

// recordChoice is which records are meant.
type recordChoice struct {
	kind, requirement string
	all               bool
}

func (c recordChoice) of(records []questionnaires.Activity) ([]questionnaires.Activity, error) {
	var kind questionnaires.ActivityKind
	var id questionnaires.RequirementID
	if c.kind != "" {
		if err := kind.UnmarshalText([]byte(c.kind)); err != nil {
			return nil, usageError{err}
		}
	}
	if c.requirement != "" {
		var err error
		if id, err = questionnaires.ParseRequirementID(c.requirement); err != nil {
			return nil, usageError{err}
		}
	}
	return slices.DeleteFunc(slices.Clone(records), func(r questionnaires.Activity) bool {
		return c.kind != "" && r.Kind != kind || c.requirement != "" && !slices.Contains(r.Requirements, id) || !c.all && r.Withdrawn && r.Beside == 0
	}), nil
}

func (d *door) recordListVerb() *cobra.Command {
	var o opening
	var format string
	var choice recordChoice
	verb := &cobra.Command{
		Use: "list VAULT", Short: "List what was done, whether it passed, and what remains", Args: cobra.ExactArgs(1),
		Long: `Lists the records of a vault, which count in all its assessments: what was done on
which day, for which requirements, and whether it meets them. Ends with 3 while one of
them failed, lacks something, or was changed side by side.`,
		Example: "  tickmark record shop.vault list --kind asv-scan\n  tickmark record shop.vault list --requirement 11.4.3 -o json",
		RunE: func(cmd *cobra.Command, args []string) error {
			h, closing, err := d.history(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			records, err := h.Activities()
			if err == nil {
				records, err = choice.of(records)
			}
			if err != nil {
				return err
			}
			limits, err := limitsOf(h, o)
			if err != nil {
				return err
			}
			forms := make([]recordForm, len(records))
			for i, r := range records {
				forms[i] = formOfRecord(h, r, limits, questionnaires.DayOf(d.now()))
			}
			if format == "json" {
				err = json.NewEncoder(d.out).Encode(forms)
			} else {
				err = d.printRecords(forms)
			}
			if err == nil && slices.ContainsFunc(forms, recordForm.attention) {
				err = errAttention
			}
			return err
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	verb.Flags().StringVar(&choice.kind, "kind", "", "only those of a `KIND`")
	verb.Flags().StringVar(&choice.requirement, "requirement", "", "only those of a `REQUIREMENT`")
	verb.Flags().BoolVar(&choice.all, "all", false, "those that were taken back as well")
	return verb
}

// printRecords prints a line for each, and below it what is not as it has to be.
func (d *door) printRecords(forms []recordForm) error {
	w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	for _, f := range forms {
		fmt.Fprintf(w, "%.8s\t%s\t%s\t%s\t%s\n", f.ID, f.On, f.Kind, f.state(), kube.Printable(f.about()))
		for _, line := range f.lines() {
			fmt.Fprintf(w, "\t\t\t\t%s\n", kube.Printable(line))
		}
	}
	return w.Flush()
}

// state is how a record stands in one word.
func (f recordForm) state() string {
	passed := 0
	for _, s := range f.Serves {
		if s.Passed {
			passed++
		}
	}
	switch {
	case f.Beside > 0:
		return "conflict"
	case f.Withdrawn:
		return "withdrawn"
	case passed == 0:
		return "not-passed"
	case passed < len(f.Serves):
		return "passed in part"
	case f.Kind == questionnaires.PlainActivity:
		return "done"
	}
	return "passed"
}

// about says what a record is about.
func (f recordForm) about() string {
	ids := make([]string, len(f.Requirements))
	for i, id := range f.Requirements {
		ids[i] = id.String()
	}
	parts := []string{strings.Join(ids, ", ")}
	if about := f.Activity.About(); about != "" {
		parts = append(parts, about)
	}
	if len(f.Evidence) > 0 {
		parts = append(parts, strings.Join(f.Evidence, ", "))
	}
	return strings.Join(parts, "; ")
}

// lines say what remains for each requirement, and what is missing.
func (f recordForm) lines() []string {
	var lines []string
	if f.Withdrawn {
		return nil
	}
	for _, s := range f.Serves {
		if len(s.Remains) > 0 {
			lines = append(lines, s.Requirement.String()+" not passed: "+strings.Join(s.Remains, "; "))
		}
	}
	if f.Fresh != "" {
		lines = append(lines, "⏱ "+f.Fresh)
	}
	if len(f.Missing) > 0 {
		lines = append(lines, "lacks "+strings.Join(f.Missing, ", "))
	}
	return lines
}

func (d *door) recordShowVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "show VAULT ID", Short: "Show one record; with -o yaml as set --file takes it", Args: cobra.ExactArgs(2),
		Example: "  tickmark record shop.vault show 1f41e4c6 -o yaml > scan.yaml",
		RunE: func(cmd *cobra.Command, args []string) error {
			h, closing, err := d.history(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			r, err := h.ActivityNamed(args[1])
			if err != nil {
				return err
			}
			limits, err := limitsOf(h, o)
			if err != nil {
				return err
			}
			form := formOfRecord(h, r, limits, questionnaires.DayOf(d.now()))
			switch format {
			case "json":
				return json.NewEncoder(d.out).Encode(form)
			case "yaml":
				if err := r.Recite(labelOf(h)); err != nil {
					return err
				}
				return d.printSheet(recordSheet{r.Entry.Short(), r})
			}
			return d.printRecords([]recordForm{form})
		},
	}
	o.flags(verb)
	sheetFlag(verb, &format)
	return verb
}

func (d *door) recordWithdrawVerb() *cobra.Command {
	return d.withdrawing(&cobra.Command{
		Use: "withdraw VAULT ID", Short: "Take a record back; it stays in the history",
		Long:    "Takes a record back by a revision that says so; nothing is erased. ID is what add and\nlist print, its beginning, or KIND@DATE where that means one. Setting it by its id brings\nit back.",
		Example: "  tickmark record shop.vault withdraw 1f41e4c6",
	}, (*questionnaires.History).WithdrawActivity)
}

// withdrawing makes a verb take something back that its second argument names.
func (d *door) withdrawing(verb *cobra.Command, rule func(*questionnaires.History, string) (questionnaires.Draft, error)) *cobra.Command {
	var o opening
	verb.Args = cobra.ExactArgs(2)
	verb.RunE = func(cmd *cobra.Command, args []string) error {
		err := d.sign(cmd.Context(), args[0], o, func(h *questionnaires.History) (questionnaires.Draft, error) { return rule(h, args[1]) })
		if err != nil {
			return err
		}
		fmt.Fprintf(d.out, "%s  taken back\n", args[1])
		return nil
	}
	o.flags(verb)
	return verb
}
