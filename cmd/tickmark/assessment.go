package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/vault"
)

func (d *door) assessmentVerb() *cobra.Command {
	verb := &cobra.Command{Use: "assessment VAULT list|new", Short: "The assessments of a vault"}
	actionsOf(verb, d.assessmentListVerb(), d.assessmentNewVerb())
	return verb
}

func (d *door) assessmentListVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "list VAULT", Short: "List the assessments", Args: cobra.ExactArgs(1),
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
	verb := &cobra.Command{
		Use: "new VAULT --questionnaire CODE", Short: "Begin another assessment in a vault", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			catalogue, err := pci.Catalogue()
			if err != nil {
				return err
			}
			if details.ID, err = questionnaires.NewID(d.random); err != nil {
				return err
			}
			draft, err := questionnaires.NewAssessment(catalogue, details)
			if err != nil {
				return usageError{err}
			}
			v, err := d.open(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			if _, err := v.Append(cmd.Context(), draft); err != nil {
				return err
			}
			fmt.Fprintf(d.out, "began %.8s %s\n", details.ID, details.Questionnaire)
			return nil
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&details.Questionnaire, "questionnaire", "", "its `CODE`, as `tickmark questionnaire list` shows")
	verb.Flags().StringVar(&details.Name, "name", "", "its `NAME`, to tell it from the others")
	verb.Flags().StringVar(&details.Service, "service", "", "the `SERVICE` assessed, of a service provider")
	return verb
}

// assessmentOf derives the assessment that a name means.
func (d *door) assessmentOf(ctx context.Context, v *vault.Vault, name string) (*questionnaires.Assessment, error) {
	catalogue, err := pci.Catalogue()
	if err != nil {
		return nil, err
	}
	history, err := v.History(ctx)
	if err != nil {
		return nil, err
	}
	id, err := history.Choose(name)
	if err != nil {
		return nil, withHint(err, "choose one with --assessment; `tickmark assessment VAULT list` shows them")
	}
	return history.Assessment(catalogue, id)
}
