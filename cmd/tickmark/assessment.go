package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/vault"
)

func (d *door) assessmentVerb() *cobra.Command {
	verb := &cobra.Command{Use: "assessment VAULT list|new|carried|follow-ups|move|conclude|acknowledge|review|stage", Short: "The assessments of a vault, and their way to being issued"}
	actionsOf(verb, d.assessmentListVerb(), d.assessmentNewVerb(), d.assessmentCarriedVerb(), d.assessmentFollowUpsVerb(), d.assessmentMoveVerb(), d.assessmentConcludeVerb(), d.assessmentAcknowledgeVerb(),
		d.assessmentReviewVerb(), d.assessmentStageVerb())
	return verb
}

func (d *door) assessmentListVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "list VAULT", Short: "List the assessments", Args: cobra.ExactArgs(1),
		Example: "  tickmark assessment shop.vault list",
		RunE: func(cmd *cobra.Command, args []string) error {
			history, closing, err := d.history(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			all, err := history.Assessments()
			if err != nil {
				return err
			}
			if format == "json" {
				return json.NewEncoder(d.out).Encode(all)
			}
			w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
			for _, a := range all {
				fmt.Fprintf(w, "%.8s\t%s\t%s\t%s\n", a.ID, a.Questionnaire, a.Revision, a.Name)
			}
			return w.Flush()
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	return verb
}

func (d *door) assessmentNewVerb() *cobra.Command {
	var o opening
	var details questionnaires.AssessmentDetails
	var from string
	verb := &cobra.Command{
		Use: "new VAULT --questionnaire CODE|--from PRIOR", Short: "Begin another assessment in a vault", Args: cobra.ExactArgs(1),
		Long: `Begins another assessment in a vault. With --from it is the next year of a prior
one, with the same questionnaire unless another is named: the people, and the requests
with their owners, a year later, are carried over; scope, third parties and risk
analyses are the vault's and stand already. What is carried is confirmed part by part
(see carried). No answer, narrative, reason, worksheet, sample or evidence is carried,
and no day of the engagement. What was Not in Place, and results that were accepted,
open as follow-ups.`,
		Example: "  tickmark assessment shop.vault new --questionnaire saq-a\n  tickmark assessment shop.vault new --from 'Report on Compliance'",
		RunE: func(cmd *cobra.Command, args []string) error {
			if details.Questionnaire == "" && from == "" {
				return usagef("new assessment in %s: --questionnaire or --from is needed", args[0])
			}
			v, err := d.open(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			history, err := v.History(cmd.Context())
			if err != nil {
				return err
			}
			if from != "" {
				if err := priorOf(history, from, &details); err != nil {
					return err
				}
			}
			f, err := d.formOf(history, details.Questionnaire)
			if err != nil {
				return err
			}
			drafts, err := d.beginAfter(history, f, &details)
			if err != nil {
				return err
			}
			if _, err := v.Append(cmd.Context(), drafts...); err != nil {
				return err
			}
			fmt.Fprintf(d.out, "began %.8s %s\n", details.ID, details.Questionnaire)
			if from == "" {
				return nil
			}
			a, err := d.assessmentOf(cmd.Context(), v, string(details.ID))
			if err != nil {
				return err
			}
			form, err := d.lastYearOf(a)
			if err == nil {
				d.printLastYear(form)
			}
			return err
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&details.Questionnaire, "questionnaire", "", "its `CODE`, as `tickmark questionnaire list` shows, or a file of your own")
	verb.Flags().StringVar(&details.Name, "name", "", "its `NAME`, to tell it from the others")
	verb.Flags().StringVar(&details.Service, "service", "", "the `SERVICE` assessed, of a service provider")
	verb.Flags().StringVar(&from, "from", "", "the `PRIOR` assessment, whose next year it is")
	return verb
}

func (d *door) assessmentMoveVerb() *cobra.Command {
	var o opening
	var code, reason string
	verb := &cobra.Command{
		Use: "move VAULT --questionnaire CODE --reason TEXT", Short: "Move an assessment to another questionnaire", Args: cobra.ExactArgs(1),
		Example: "  tickmark assessment shop.vault move --questionnaire saq-a-ep --reason 'The shop page redirects no more.'",
		Long: `Moves an assessment to another questionnaire. No answer is changed: what the new
form does not ask stays in the history and comes back with a form that asks it; a
response that it does not offer is a problem. A conclusion was about the form before
and has to be drawn again.

An assessment of a questionnaire of your own stays on its revision until it is moved
to another; a question that read otherwise when it was answered is a problem until
its answer is given again.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if code == "" || reason == "" {
				return usagef("move %s: --questionnaire and --reason are needed", args[0])
			}
			v, a, err := d.chosen(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer v.Close()
			f, err := d.formOf(a.History(), code)
			if err != nil {
				return err
			}
			draft, err := a.ChangeTo(f.asked, reason)
			if err != nil {
				return usageError{err}
			}
			if _, err := v.Append(cmd.Context(), append(f.defines, draft)...); err != nil {
				return err
			}
			before := a.Details
			if a, err = d.assessmentOf(cmd.Context(), v, string(a.Details.ID)); err != nil {
				return err
			}
			if before.Questionnaire == a.Details.Questionnaire {
				fmt.Fprintf(d.out, "%s is %s, revision %s now, was %s\n", a.Details.Name, a.Details.Questionnaire, a.Details.Revision, before.Revision)
				return nil
			}
			fmt.Fprintf(d.out, "%s is %s now, was %s\n", a.Details.Name, a.Details.Questionnaire, before.Questionnaire)
			return nil
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&code, "questionnaire", "", "the new one's `CODE`, as `tickmark questionnaire list` shows, or a file of your own")
	verb.Flags().StringVar(&reason, "reason", "", "`TEXT` that says why")
	return verb
}

// begin returns the drafts that begin an assessment with a form, and gives it an id.
func (d *door) begin(f form, details *questionnaires.AssessmentDetails) ([]questionnaires.Draft, error) {
	var err error
	if details.ID, err = questionnaires.NewID(d.random); err != nil {
		return nil, err
	}
	details.Questionnaire = f.asked.Code
	draft, err := questionnaires.NewAssessment(f.catalogue, *details)
	if err != nil {
		return nil, usageError{err}
	}
	return append(f.defines, draft), nil
}

// priorOf finds the assessment that a new one is opened from, whose questionnaire it has
// where no other is named.
func priorOf(history *questionnaires.History, name string, details *questionnaires.AssessmentDetails) error {
	var err error
	if details.Prior, err = history.Choose(name); err != nil {
		return withHint(err, "`tickmark assessment VAULT list` shows them")
	}
	all, err := history.Assessments()
	for _, prior := range all {
		if prior.ID == details.Prior && details.Questionnaire == "" {
			details.Questionnaire = prior.Questionnaire
		}
	}
	return err
}

// beginAfter returns the drafts that begin an assessment, as the next year of a prior
// one where details name it.
func (d *door) beginAfter(history *questionnaires.History, f form, details *questionnaires.AssessmentDetails) ([]questionnaires.Draft, error) {
	if details.Prior == "" {
		return d.begin(f, details)
	}
	standard, err := pci.Catalogue()
	if err != nil {
		return nil, err
	}
	if details.ID, err = questionnaires.NewID(d.random); err != nil {
		return nil, err
	}
	if details.Name == "" {
		if details.Name, err = history.NextYearName(f.asked, questionnaires.DayOf(d.now())); err != nil {
			return nil, err
		}
	}
	details.Questionnaire = f.asked.Code
	drafts, err := history.NextYear(standard, f.catalogue, *details, func() (questionnaires.ID, error) { return questionnaires.NewID(d.random) })
	return append(f.defines, drafts...), err
}

// assessmentOf derives the assessment that a name means.
func (d *door) assessmentOf(ctx context.Context, v *vault.Vault, name string) (*questionnaires.Assessment, error) {
	history, err := v.History(ctx)
	if err != nil {
		return nil, err
	}
	return assessmentIn(history, name)
}

// assessmentIn derives the assessment that a name means out of a history.
func assessmentIn(history *questionnaires.History, name string) (*questionnaires.Assessment, error) {
	catalogue, err := pci.Catalogue()
	if err != nil {
		return nil, err
	}
	id, err := history.Choose(name)
	if errors.Is(err, questionnaires.ErrNoAssessment) {
		return nil, withHint(err, "was the vault copied without the file beside it that ends with -wal? What was saved last stands there")
	}
	if err != nil {
		return nil, withHint(err, "choose one with --assessment; `tickmark assessment VAULT list` shows them")
	}
	return history.Assessment(catalogue, id)
}
