package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
)

func (d *door) assessmentStageVerb() *cobra.Command {
	var o opening
	var format, reason string
	verb := &cobra.Command{
		Use: "stage VAULT [show|submit|pass|return|issue|amend]", Short: "Fieldwork, lead review, QA, issued; and amendments", Args: cobra.RangeArgs(1, 2),
		Long: `Shows how far an assessment is on its way to being issued, what each section's
reviews say, and what still keeps it from being issued; or takes the next step:

  submit   fieldwork is done, the lead review begins
  pass     the lead review passed every section: on to QA
  return   back to fieldwork, with the reason
  issue    freezes it as a version, once nothing stands against it
  amend    opens the next version of what was issued, with the reason

A Report on Compliance is issued by somebody who answered and collected nothing,
after QA passed every section. A self-assessment is issued after its lead review,
with its executive's acknowledgement; QA is open to it and not asked. What comes
into the vault after issue changes nothing of the version; show lists it, with what
to do. Show ends with 3 while something keeps it from being issued, or came since.`,
		Example:           "  tickmark assessment shop.vault stage\n  tickmark assessment shop.vault stage return --reason 'The scope names no call centre.'",
		ValidArgsFunction: cobra.FixedCompletions([]string{"show", "submit", "pass", "return", "issue", "amend"}, cobra.ShellCompDirectiveDefault),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 || args[1] == "show" {
				return d.showStage(cmd.Context(), args[0], o, format)
			}
			step, known := d.stageSteps(reason)[args[1]]
			if !known {
				return usagef("stage %q: want show, submit, pass, return, issue or amend", args[1])
			}
			if needs := args[1] == "return" || args[1] == "amend"; needs != (reason != "") {
				return usagef("stage %s: --reason is needed by return and amend, and by nothing else", args[1])
			}
			return d.signOf(cmd.Context(), args[0], o, step, d.printStep)
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	verb.Flags().StringVar(&reason, "reason", "", "`TEXT` that says why, of return and amend")
	return verb
}

// stageSteps are the rules that draft each step.
func (d *door) stageSteps(reason string) map[string]func(*questionnaires.Assessment) (questionnaires.Draft, error) {
	to := func(stage questionnaires.Stage) func(*questionnaires.Assessment) (questionnaires.Draft, error) {
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			return a.MoveStage(questionnaires.StageMove{To: stage, Reason: reason})
		}
	}
	return map[string]func(*questionnaires.Assessment) (questionnaires.Draft, error){
		"submit": to(questionnaires.LeadReview),
		"pass":   to(questionnaires.QualityReview),
		"return": to(questionnaires.Fieldwork),
		"issue": func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			signer, err := d.author()
			if err != nil {
				return questionnaires.Draft{}, err
			}
			draft, err := a.Issue(signer.Author.ID, d.now())
			if err != nil {
				err = withHint(err, "`tickmark assessment VAULT stage` lists all that is open")
			}
			return draft, err
		},
		"amend": func(a *questionnaires.Assessment) (questionnaires.Draft, error) { return a.Amend(reason) },
	}
}

// printStep says where a step led.
func (d *door) printStep(a *questionnaires.Assessment) error {
	now, err := a.Stage()
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "%s is in %s now, version %d\n", a.Details.Name, now.Stage.Title(), now.Version)
	return nil
}

// stageForm is `assessment VAULT stage -o json`.
type stageForm struct {
	stageSummary
	Reason     string                           `json:"reason,omitempty"`
	Amending   []string                         `json:"amending,omitempty"` // why this version was opened
	Sections   []questionnaires.SectionStanding `json:"sections"`
	Hindrances []questionnaires.Hindrance       `json:"hindrances"`
	Refused    []refusedForm                    `json:"refused,omitempty"`
	Conclusion questionnaires.Conclusion        `json:"conclusion"`
}

// stageSummary is how far an assessment is, and what came since it was issued.
type stageSummary struct {
	Stage    questionnaires.Stage       `json:"stage"`
	Version  int                        `json:"version"`
	Versions []versionForm              `json:"versions"` // that were issued
	Since    []questionnaires.Aftermath `json:"since"`    // what came after issue
}

// versionForm is an issued version.
type versionForm struct {
	Version string             `json:"version"`
	Day     questionnaires.Day `json:"day"`
	By      string             `json:"by"`
	Head    string             `json:"head"`
	Reasons []string           `json:"reasons,omitempty"`
}

// refusedForm is a step that was written past the rules.
type refusedForm struct {
	Action questionnaires.Action `json:"action"`
	By     string                `json:"by"`
	Why    string                `json:"why"`
}

func (d *door) summaryOf(a *questionnaires.Assessment) (stageSummary, error) {
	summary := stageSummary{Versions: []versionForm{}, Since: []questionnaires.Aftermath{}}
	now, err := a.Stage()
	if err != nil {
		return summary, err
	}
	summary.Stage, summary.Version = now.Stage, now.Version
	versions, err := a.Versions()
	if err != nil {
		return summary, err
	}
	for _, v := range versions {
		summary.Versions = append(summary.Versions, versionForm{v.Label(), v.Day, v.By.Name, v.ReportHead().String(), v.Reasons})
	}
	since, err := a.SinceIssue(a.DayAt(d.now()))
	summary.Since = append(summary.Since, since...)
	return summary, err
}

func (d *door) stageOf(a *questionnaires.Assessment) (stageForm, error) {
	form := stageForm{Hindrances: []questionnaires.Hindrance{}, Conclusion: a.Conclusion}
	var err error
	if form.stageSummary, err = d.summaryOf(a); err != nil {
		return form, err
	}
	if form.Amending, err = a.Amending(); err != nil {
		return form, err
	}
	if form.Sections, err = a.SectionStandings(); err != nil {
		return form, err
	}
	if form.Stage != questionnaires.Issued {
		now, err := a.Stage()
		if err != nil {
			return form, err
		}
		form.Reason = now.Reason
		if form.Hindrances, err = a.Hindrances(a.DayAt(d.now())); err != nil {
			return form, err
		}
	}
	refused, err := a.RefusedSteps()
	for _, r := range refused {
		form.Refused = append(form.Refused, refusedForm{r.Action, r.Author.Name, r.Why})
	}
	return form, err
}

func (d *door) showStage(ctx context.Context, path string, o opening, format string) error {
	a, closing, err := d.looking(ctx, path, o)
	if err != nil {
		return err
	}
	defer closing()
	form, err := d.stageOf(a)
	if err != nil {
		return err
	}
	if format == "json" {
		err = json.NewEncoder(d.out).Encode(form)
	} else {
		err = d.printStage(a, form)
	}
	if err == nil && len(form.Hindrances)+len(form.Since) > 0 {
		return errAttention
	}
	return err
}

func (d *door) printStage(a *questionnaires.Assessment, form stageForm) error {
	fmt.Fprintf(d.out, "%s: %s, version %d\n", kube.Printable(a.Details.Name), form.Stage.Title(), form.Version)
	for _, reason := range form.Amending {
		fmt.Fprintf(d.out, "amends     version %d: %s\n", form.Version-1, kube.Printable(reason))
	}
	if form.Reason != "" && form.Stage == questionnaires.Fieldwork && len(form.Amending) == 0 {
		fmt.Fprintf(d.out, "returned   %s\n", kube.Printable(form.Reason))
	}
	d.printVersions(form.stageSummary)
	w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nsection\topen notes\tlead review\tQA")
	for _, s := range form.Sections {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", s.Section, s.Notes, reviewWords(s.Lead), reviewWords(s.QA))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(form.Hindrances) > 0 {
		fmt.Fprintln(d.out, "\nbefore it can be issued:")
	}
	for _, h := range form.Hindrances {
		fmt.Fprintf(d.out, "- %s\n", kube.Printable(h.Sentence))
	}
	for _, r := range form.Refused {
		fmt.Fprintf(d.out, "counts for nothing: %s by %s: %s\n", r.Action, kube.Printable(r.By), kube.Printable(r.Why))
	}
	return nil
}

// printVersions says what was issued, and what came since.
func (d *door) printVersions(form stageSummary) {
	for _, v := range form.Versions {
		fmt.Fprintf(d.out, "issued     version %s on %s by %s, head %.12s\n", v.Version, v.Day, kube.Printable(v.By), v.Head)
	}
	for _, s := range form.Since {
		fmt.Fprintf(d.out, "since      %s\n           %s\n", kube.Printable(s.Sentence), s.Advice)
	}
}

// reviewWords say how a section's review stands.
func reviewWords(r questionnaires.ReviewStanding) string {
	text := map[questionnaires.ReviewState]string{
		questionnaires.NotReviewed: "-", questionnaires.SectionReturned: "returned by ", questionnaires.SectionChanged: "changed since ",
		questionnaires.SectionPassed: "passed by ",
	}[r.State]
	if r.State != questionnaires.NotReviewed {
		text += kube.Printable(r.By.Name)
	}
	if r.Alone {
		text += " (alone: nobody else looked at it)"
	}
	if r.State == questionnaires.SectionReturned {
		text += ": " + kube.Printable(r.Reason)
	}
	if r.State == questionnaires.NotReviewed && r.Ignored != "" {
		text = kube.Printable(r.Ignored)
	}
	return text
}
