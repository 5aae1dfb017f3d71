package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"tickmark/engine/sheet"
	"tickmark/questionnaires"
)

//go:embed templates/scope.yaml
var scopeTemplate string

//go:embed templates/engagement.yaml
var engagementTemplate string

// templateVerb prints a file to fill in.
func (d *door) templateVerb(of, text string) *cobra.Command {
	return &cobra.Command{
		Use: "template", Short: "Print a file to fill in", Args: cobra.NoArgs,
		Long: "Prints a file in which everything is a comment: uncomment what applies, fill it in, and\n" +
			"take it with tickmark " + of + " VAULT import FILE.",
		Example: "  tickmark " + of + " template > " + of + ".yaml",
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprint(d.out, text)
			return err
		},
	}
}

func (d *door) engagementVerb() *cobra.Command {
	verb := &cobra.Command{Use: "engagement VAULT show|import", Short: "Who assesses, when, where and how independently"}
	actionsOf(verb, d.engagementShowVerb(), d.engagementImportVerb())
	verb.AddCommand(d.templateVerb("engagement", engagementTemplate))
	return verb
}

// engagementSheet is an engagement as files have it.
type engagementSheet struct {
	Revision string `json:"revision,omitempty"` // that the file was written from
	questionnaires.Engagement
}

func (d *door) engagementShowVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "show VAULT", Short: "Show the engagement of an assessment", Args: cobra.ExactArgs(1),
		Example: "  tickmark engagement shop.vault show -o yaml > engagement.yaml",
		Long:    "Shows who assesses, when and how. With -o yaml it is the file that import takes.",
		RunE: func(cmd *cobra.Command, args []string) error {
			a, closing, err := d.looking(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			e, given := a.Engagement()
			s := engagementSheet{revisionOf(a.EngagementEntry()), e}
			switch {
			case format == "json":
				return json.NewEncoder(d.out).Encode(s)
			case format == "yaml":
				return d.printSheet(s)
			case !given:
				fmt.Fprintln(d.out, "no engagement is recorded")
			}
			d.printEngagement(a)
			return nil
		},
	}
	o.flags(verb)
	sheetFlag(verb, &format)
	return verb
}

func (d *door) printEngagement(assessment *questionnaires.Assessment) {
	e, _ := assessment.Engagement()
	for _, a := range e.Assessors {
		d.fact("assessor", a.Name, a.Role.String(), a.Company, a.Certificate, marked("mentored by", a.Mentor), a.Contact, a.Part)
	}
	d.fact("reviewer", e.Reviewer.Name, e.Reviewer.Company, e.Reviewer.Credentials)
	d.fact("officer", e.Officer.Name, e.Officer.Title)
	d.fact("start", string(e.Start))
	d.fact("end", string(e.End))
	for _, v := range e.OnSite {
		d.fact("on site", string(v.From), marked("to", string(v.To)), v.Place)
	}
	d.fact("elsewhere", e.RemoteExtent.Title())
	for _, r := range e.Remote {
		d.fact("remote", string(r.From), marked("to", string(r.To)), r.Extent, marked("because", r.Reason))
	}
	d.fact("independent", e.Independence)
	d.fact("services", e.OtherServices)
	d.fact("contractors", e.Subcontractors)
	d.fact("years", amount(e.Years, "in a row"))
	s := e.Sampling
	d.fact("sampling", s.Used.String(), s.Rationale, s.Standard, marked("everything was tested, says", s.Attested))
	for _, set := range assessment.Samples() {
		d.fact("sample", fmt.Sprintf("%d", set.Number), set.Type, amount(set.Size, fmt.Sprintf("of %d", set.Count)), set.How())
	}
}

func (d *door) engagementImportVerb() *cobra.Command {
	var o opening
	verb := &cobra.Command{
		Use: "import VAULT FILE", Short: "Take the whole engagement of an assessment from a file",
		Long: `Makes the engagement what a file says (- is the standard input): YAML or JSON as show
prints it. A field that an engagement does not have is refused with its line, and
nothing is written where nothing changes. Sample sets that it names become records of
their own (see tickmark sample). A file that show printed names the revision
that it was written from, and is refused if the engagement was set since. Ends with 3
while the engagement has problems.`,
		Example: "  tickmark engagement template > engagement.yaml\n  tickmark engagement shop.vault import engagement.yaml",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, text, err := d.readFile(args[1])
			if err != nil {
				return err
			}
			var s engagementSheet
			if _, err := sheet.Read(name, text, &s); err != nil {
				return err
			}
			v, a, err := d.chosen(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			before, _ := a.Engagement()
			entry, set := a.EngagementEntry()
			if err := stale("engagement", s.Revision, entry, set); err != nil && !s.Same(before) {
				return err
			}
			drafts, err := a.TakeEngagement(s.Engagement, func() (questionnaires.ID, error) { return questionnaires.NewID(d.random) })
			switch {
			case errors.Is(err, questionnaires.ErrUnchanged):
				fmt.Fprintln(d.out, "engagement stays as it is")
			case err != nil:
				return err
			default:
				if _, err := v.Append(cmd.Context(), drafts...); err != nil {
					return err
				}
				if a, err = d.assessmentOf(cmd.Context(), v, string(a.Details.ID)); err != nil {
					return err
				}
				d.printEngagement(a)
			}
			problems := append(a.EngagementProblems(questionnaires.DayOf(a.Time)), a.SamplingProblems()...)
			for _, p := range problems {
				fmt.Fprintf(d.out, "problem     %s\n", p.Sentence)
			}
			if len(problems) > 0 {
				return errAttention
			}
			return nil
		},
	}
	o.flags(verb)
	return verb
}
