package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"tickmark/questionnaires"
)

func (d *door) undoVerb() *cobra.Command {
	return d.stepVerb(&cobra.Command{
		Use: "undo VAULT", Short: "Take the last answer back",
		Long:    "Takes the last answer back by a revision that repeats what stood before it.\nCalled again, it takes back the one before; tickmark redo gives it again.",
		Example: "  tickmark undo shop.vault",
	}, (*questionnaires.Assessment).Undo, "took back")
}

func (d *door) redoVerb() *cobra.Command {
	return d.stepVerb(&cobra.Command{
		Use: "redo VAULT", Short: "Give the answer again that was taken back last",
		Long:    "Gives the answer again that tickmark undo took back last, by a revision that repeats\nit. After a new answer there is nothing to give again.",
		Example: "  tickmark redo shop.vault",
	}, (*questionnaires.Assessment).Redo, "gave again")
}

// stepVerb takes a step back or forth through the answers of an assessment.
func (d *door) stepVerb(verb *cobra.Command, step func(*questionnaires.Assessment) (questionnaires.Draft, questionnaires.Revision, error), did string) *cobra.Command {
	var o opening
	verb.Args = cobra.ExactArgs(1)
	verb.RunE = func(cmd *cobra.Command, args []string) error {
		v, a, err := d.chosen(cmd.Context(), args[0], o)
		if err != nil {
			return err
		}
		defer d.finish(cmd.Context(), v)
		draft, of, err := step(a)
		if err != nil {
			return err
		}
		if _, err := v.Append(cmd.Context(), draft); err != nil {
			return err
		}
		now, _ := draft.Payload.(questionnaires.Answer)
		fmt.Fprintf(d.out, "%s  %s %s, now %s\n", of.Requirement, did, of.Response.Title(), now.Response.Title())
		return nil
	}
	o.flags(verb)
	return verb
}
