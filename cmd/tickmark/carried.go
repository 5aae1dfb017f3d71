package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
)

// lastYearForm is what an assessment has of the one that it was opened from, as
// `status -o json` and `assessment VAULT carried -o json` show it.
type lastYearForm struct {
	Prior     questionnaires.ID            `json:"prior"`
	Title     string                       `json:"title"`
	Carried   []questionnaires.CarriedItem `json:"carried"`
	FollowUps []questionnaires.FollowUp    `json:"followUps"`
}

// lastYearOf is nil where the assessment was not opened from another.
func (d *door) lastYearOf(a *questionnaires.Assessment) (*lastYearForm, error) {
	last, known, err := a.LastYear()
	if err != nil || !known {
		return nil, err
	}
	form := lastYearForm{Prior: a.Details.Prior, Title: last.Title(), Carried: append([]questionnaires.CarriedItem{}, a.Carried()...)}
	left, err := a.FollowUps(a.DayAt(d.now()))
	form.FollowUps = append([]questionnaires.FollowUp{}, left...)
	return &form, err
}

// open counts what is not confirmed yet, and what is not followed up.
func (f lastYearForm) open() (carried, left int) {
	for _, item := range f.Carried {
		if !item.Confirmed {
			carried++
		}
	}
	return carried, questionnaires.OpenFollowUps(f.FollowUps)
}

func (d *door) printLastYear(f *lastYearForm) {
	if f == nil {
		return
	}
	carried, left := f.open()
	fmt.Fprintf(d.out, "last year  %s\n", kube.Printable(f.Title))
	fmt.Fprintf(d.out, "carried    %d parts, %d to be confirmed\n", len(f.Carried), carried)
	fmt.Fprintf(d.out, "follow-ups %d, %d open\n", len(f.FollowUps), left)
}

// yearOf derives the assessment that was asked for, with its last year.
func (d *door) yearOf(cmd *cobra.Command, path string, o opening) (*lastYearForm, func(), error) {
	a, closing, err := d.looking(cmd.Context(), path, o)
	if err != nil {
		return nil, nil, err
	}
	form, err := d.lastYearOf(a)
	if err == nil && form == nil {
		err = withHint(fmt.Errorf("look at last year: %s was not opened from a prior assessment", a.Details.Name), "`tickmark assessment VAULT new --from PRIOR` opens the next year")
	}
	if err != nil {
		closing()
		return nil, nil, err
	}
	return form, closing, nil
}

func (d *door) assessmentCarriedVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "carried VAULT [list|confirm PART...]", Short: "What a new year began with, to be confirmed part by part", Args: cobra.MinimumNArgs(1),
		Long: `Lists what an assessment that was opened from a prior one began with: the
questionnaire, the scope, third parties, what checks judge by, the people, and each
request; or confirms parts of it. Each part is a problem until somebody confirmed that
it holds this year. requests means every request that is not confirmed yet. Change
what does not hold any more, and confirm it then. Ends with 3 while a part is open.`,
		Example: "  tickmark assessment shop.vault carried\n  tickmark assessment shop.vault carried confirm scope Req-41",
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 1 || args[1] == "list" && len(args) == 2:
				return d.listCarried(cmd, args[0], o, format)
			case args[1] != "confirm":
				return usagef("carried %q: want list or confirm", args[1])
			case len(args) == 2:
				return usagef("confirm what was carried in %s: name the parts, as list shows them", args[0])
			}
			return d.signOf(cmd.Context(), args[0], o, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
				return a.ConfirmCarried(args[2:]...)
			}, func(a *questionnaires.Assessment) error {
				form, err := d.lastYearOf(a)
				if err == nil {
					d.printLastYear(form)
				}
				return err
			})
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	return verb
}

func (d *door) listCarried(cmd *cobra.Command, path string, o opening, format string) error {
	form, closing, err := d.yearOf(cmd, path, o)
	if err != nil {
		return err
	}
	defer closing()
	if format == "json" {
		err = json.NewEncoder(d.out).Encode(form.Carried)
	} else {
		w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
		for _, item := range form.Carried {
			state := "to be confirmed"
			if item.Confirmed {
				state = fmt.Sprintf("confirmed by %s on %s", item.By, item.On)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", item.Label, kube.Printable(state), kube.Printable(item.Title))
		}
		err = w.Flush()
	}
	if carried, _ := form.open(); err == nil && carried > 0 {
		return errAttention
	}
	return err
}

func (d *door) assessmentFollowUpsVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "follow-ups VAULT", Short: "What last year left open, and what became of it", Args: cobra.ExactArgs(1),
		Long: `Lists what the prior assessment left open: each requirement that was Not in Place,
and each failing result whose risk was accepted. A follow-up is closed by this year's
answer, which claims In Place only with evidence newer than last year's; one of a
result also by a newer result that does not fail, or by accepting it again. Ends with
3 while one is open.`,
		Example: "  tickmark assessment shop.vault follow-ups",
		RunE: func(cmd *cobra.Command, args []string) error {
			form, closing, err := d.yearOf(cmd, args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			if format == "json" {
				err = json.NewEncoder(d.out).Encode(form.FollowUps)
			} else {
				for _, f := range form.FollowUps {
					state := "open"
					if f.Closed != "" {
						state = "closed: " + f.Closed
					}
					fmt.Fprintf(d.out, "%s\n  %s\n", kube.Printable(f.Sentence), kube.Printable(state))
				}
			}
			if _, left := form.open(); err == nil && left > 0 {
				return errAttention
			}
			return err
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	return verb
}
