package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/tui/theme"
)

// shownForm is a questionnaire as `questionnaire show -o json` gives it.
type shownForm struct {
	Code         string                         `json:"code"`
	Title        string                         `json:"title"`
	Revision     string                         `json:"revision"`
	Responses    []questionnaires.Response      `json:"responses"`
	PerProcedure bool                           `json:"perProcedure"` // each testing procedure has a finding
	Requirements []shownRequirement             `json:"requirements"`
	Unconfirmed  []questionnaires.RequirementID `json:"unconfirmed"`
	LeftOut      []questionnaires.RequirementID `json:"leftOut"` // not asked, and that is not confirmed
}

// shownRequirement is a requirement with all that is known of it.
type shownRequirement struct {
	ID           questionnaires.RequirementID   `json:"id"`
	Title        string                         `json:"title"`
	Question     string                         `json:"question"`
	Evidence     string                         `json:"evidence"`
	Methods      []questionnaires.Method        `json:"methods"`    // empty: not known
	Procedures   []string                       `json:"procedures"` // empty: not known
	Frequency    string                         `json:"frequency,omitempty"`
	Analysis     questionnaires.AnalysisUse     `json:"analysis,omitempty"`
	Applies      questionnaires.Applicability   `json:"applies"`
	FutureDated  bool                           `json:"futureDated"`
	SupersededBy questionnaires.RequirementID   `json:"supersededBy,omitzero"`
	Customized   bool                           `json:"customized"`
	Confirmed    bool                           `json:"confirmed"` // that the form asks it
	Links        []shownLink                    `json:"links"`
	Informs      []questionnaires.RequirementID `json:"informs,omitempty"`
}

// shownLink is a check that informs a requirement.
type shownLink struct {
	Check     string                   `json:"check"`
	Class     questionnaires.LinkClass `json:"class"`
	Procedure string                   `json:"procedure"`
	Part      string                   `json:"part,omitempty"`
}

func (d *door) questionnaireShowVerb() *cobra.Command {
	var o opening
	var format, path string
	verb := &cobra.Command{
		Use: "show QUESTIONNAIRE [REQUIREMENT]", Short: "What a questionnaire asks, with all that is known of it", Args: cobra.RangeArgs(1, 2),
		Long: `Shows what a questionnaire asks: a form of PCI's by its code, a file of your own, or
with --vault one that a vault holds. With a requirement, or an id above some, it
shows all that is known: the question, what good evidence is, how it is tested, how
often, whom it concerns, and which checks inform it. Rows of which it is not
confirmed that a form asks them are marked.`,
		Example: "  tickmark questionnaire show saq-a\n  tickmark questionnaire show roc 8.3.6",
		RunE: func(cmd *cobra.Command, args []string) error {
			var history *questionnaires.History
			if path != "" {
				read, closing, err := d.history(cmd.Context(), path, o)
				if err != nil {
					return err
				}
				defer closing()
				history = read
			}
			f, err := d.formOf(history, args[0])
			if err != nil {
				return err
			}
			shown, err := f.shown(args[1:])
			if err != nil {
				return err
			}
			if format == "json" {
				return json.NewEncoder(d.out).Encode(shown)
			}
			return d.printForm(shown, len(args) > 1)
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&path, "vault", "", "`VAULT` that holds it")
	outputFlag(verb, &format)
	return verb
}

// shown is the form, or the part of it that an id names.
func (f form) shown(ids []string) (shownForm, error) {
	q := f.asked
	s := shownForm{
		Code: q.Code, Title: q.Title, Revision: q.Revision, Responses: q.Responses, PerProcedure: q.PerProcedure, Requirements: []shownRequirement{},
		Unconfirmed: []questionnaires.RequirementID{}, LeftOut: []questionnaires.RequirementID{},
	}
	var only questionnaires.RequirementID
	for _, text := range ids {
		id, err := questionnaires.ParseRequirementID(text)
		if err != nil {
			return s, usageError{err}
		}
		only = id
	}
	for _, id := range q.Unconfirmed {
		if q.Asks(id) {
			s.Unconfirmed = append(s.Unconfirmed, id)
		} else {
			s.LeftOut = append(s.LeftOut, id)
		}
	}
	for _, id := range q.Requirements {
		if r, known := f.catalogue.Requirement(id); known && (only.IsZero() || only.Covers(id)) {
			s.Requirements = append(s.Requirements, requirementShown(q, r))
		}
	}
	if len(s.Requirements) == 0 && !only.IsZero() {
		return s, notAsked(q, only)
	}
	return s, nil
}

// notAsked says that a form does not ask an id, and whether that is certain.
func notAsked(q questionnaires.Questionnaire, id questionnaires.RequirementID) error {
	if !q.Confirmed(id) {
		return fmt.Errorf("show %s: %s does not ask it, as far as is known: that row is not confirmed", id, q.Title)
	}
	standard, err := pci.Catalogue()
	if err != nil {
		return err
	}
	if _, known := standard.Requirement(id); !known && !q.Own() {
		return fmt.Errorf("show %s: the standard has no requirement of that number", id)
	}
	return fmt.Errorf("show %s: %s does not ask it", id, q.Title)
}

func requirementShown(q questionnaires.Questionnaire, r questionnaires.Requirement) shownRequirement {
	s := shownRequirement{
		ID: r.ID, Title: r.Title, Question: r.Question, Evidence: r.Evidence, Methods: append([]questionnaires.Method{}, r.Methods...), Procedures: []string{},
		Frequency: r.Frequency, Analysis: r.Analysis, Applies: r.Applies, FutureDated: r.FutureDated, SupersededBy: r.SupersededBy,
		Customized: r.Customized, Confirmed: q.Confirmed(r.ID), Links: []shownLink{}, Informs: r.Informs,
	}
	for _, p := range r.Procedures() {
		s.Procedures = append(s.Procedures, p.String())
	}
	for _, l := range r.InformedBy {
		s.Links = append(s.Links, shownLink{l.Check, l.Class, l.Procedure.String(), l.Part})
	}
	return s
}

// unconfirmedNote is what stands beside a row that no source confirms.
const unconfirmedNote = "not confirmed"

func (d *door) printForm(s shownForm, whole bool) error {
	if !whole {
		w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
		fmt.Fprintf(d.out, "%s, %s\n", theme.Clean(s.Title), theme.Clean(s.Revision))
		for _, r := range s.Requirements {
			note := ""
			if !r.Confirmed {
				note = "  [" + unconfirmedNote + "]"
			}
			fmt.Fprintf(w, "%s\t%s%s\n", r.ID, theme.Clean(r.Title), note)
		}
		if err := w.Flush(); err != nil {
			return err
		}
		for _, id := range s.LeftOut {
			fmt.Fprintf(d.out, "%s is not asked, and that is %s\n", id, unconfirmedNote)
		}
		return nil
	}
	for i, r := range s.Requirements {
		if i > 0 {
			fmt.Fprintln(d.out)
		}
		d.printRequirement(r)
	}
	return nil
}

func (d *door) printRequirement(r shownRequirement) {
	fmt.Fprintf(d.out, "%s  %s\n", r.ID, theme.Clean(r.Title))
	line := func(what, text string) {
		if text != "" {
			fmt.Fprintf(d.out, "%-12s %s\n", what, strings.Join(theme.CleanLines(text), "\n             "))
		}
	}
	if !r.Confirmed {
		line("form", "it is "+unconfirmedNote+" that this form asks it")
	}
	line("question", r.Question)
	line("evidence", r.Evidence)
	line("tested by", textsOf(r.Methods, "not known"))
	procedures := strings.Join(r.Procedures, ", ")
	if procedures == "" {
		procedures = "not known"
	}
	line("procedures", procedures)
	line("frequency", r.Frequency)
	line("applies to", strings.ReplaceAll(r.Applies.String(), "-", " "))
	if r.FutureDated {
		line("since", "2025-03-31")
	}
	if !r.SupersededBy.IsZero() {
		line("superseded", "by "+r.SupersededBy.String()+" on 2025-03-31")
	}
	if !r.ID.Own() {
		line("customized", map[bool]string{true: "the approach is allowed, in a Report on Compliance", false: "the approach is not allowed"}[r.Customized])
	}
	for _, l := range r.Links {
		text := fmt.Sprintf("%s informs %s (%s)", l.Check, l.Procedure, l.Class)
		if l.Part != "" {
			text += ": " + l.Part
		}
		line("check", text)
	}
	line("informs", textsOf(r.Informs, ""))
}

// textsOf joins what prints itself.
func textsOf[T fmt.Stringer](all []T, none string) string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = one.String()
	}
	if len(texts) == 0 {
		return none
	}
	return strings.Join(texts, ", ")
}
