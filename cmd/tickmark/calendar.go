package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/reports/export"
	"tickmark/vault"
)

func (d *door) calendarVerb() *cobra.Command {
	verb := &cobra.Command{Use: "calendar VAULT list|change|withdraw|export", Short: "What recurs: when it was done, is due, or was missed"}
	actionsOf(verb, d.calendarListVerb(), d.calendarChangeVerb(), d.calendarWithdrawVerb(), d.calendarExportVerb())
	return verb
}

// calendarOf is the calendar of an assessment today, or on a day.
func (d *door) calendarOf(a *questionnaires.Assessment, on string) (questionnaires.Calendar, error) {
	day := questionnaires.DayOf(d.now())
	if on != "" {
		var err error
		if day, err = questionnaires.ParseDay(on); err != nil {
			return questionnaires.Calendar{}, usageError{err}
		}
	}
	return a.Calendar(day)
}

func (d *door) calendarListVerb() *cobra.Command {
	var o opening
	var format, on string
	verb := &cobra.Command{
		Use: "list VAULT [--day DATE]", Short: "List what is due, was done and was missed", Args: cobra.ExactArgs(1),
		Long: `Lists what the form asks for again and again: when it was last recorded, by when it
is due (intervals of PCI DSS v4.0.1, section 7, or of a targeted risk analysis), what
was missed within a year, and what significant changes ask for. What was done and did
not pass is not done: it is shown with what remains. Where the engagement says that it
is the entity's first assessment and what keeps its activities in time from now on, a
missed time is not held against what is in time now. Ends with 3 while something is
late, did not pass, was never recorded, or is open after a change.`,
		Example: "  tickmark calendar shop.vault list\n  tickmark calendar shop.vault list --day 2027-01-31 -o json",
		RunE: func(cmd *cobra.Command, args []string) error {
			a, closing, err := d.looking(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			calendar, err := d.calendarOf(a, on)
			if err != nil {
				return err
			}
			if format == "json" {
				err = json.NewEncoder(d.out).Encode(calendar)
			} else {
				err = d.printCalendar(calendar)
			}
			if err == nil && calendar.Open() > 0 {
				err = errAttention
			}
			return err
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	verb.Flags().StringVar(&on, "day", "", "as of `DATE`, such as 2026-12-31 (default today)")
	return verb
}

func (d *door) printCalendar(c questionnaires.Calendar) error {
	w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	for _, r := range c.Recurring {
		due := "nothing is recorded"
		switch {
		case r.Due != "":
			due = fmt.Sprintf("last %s, due by %s", r.Last, r.Due)
		case len(r.Open) > 0:
			due = "nothing passed"
		}
		title := r.Title
		if r.Of != "" {
			title += ": " + kube.Printable(r.Of)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.Requirement, r.State, r.Every, due, title)
		printOpen(w, r.Open)
		for _, m := range r.Missed {
			done := "not since"
			if m.Done != "" {
				done = "done on " + string(m.Done)
			}
			excused := ""
			if r.Excused {
				excused = "; a first assessment: not held against it"
			}
			fmt.Fprintf(w, "\tmissed\t\tdue by %s, %s%s\t\n", m.Due, done, excused)
		}
	}
	for _, change := range c.Changes {
		state := "open"
		if change.Done != "" {
			state = "done on " + string(change.Done)
		}
		fmt.Fprintf(w, "%s\t%s\tafter change\t%s: %s\t%s\n", change.Requirement, state, change.On, kube.Printable(change.What), change.Title)
		printOpen(w, change.Open)
	}
	return w.Flush()
}

// printOpen prints what was done and did not pass, with what remains.
func printOpen(w io.Writer, open []questionnaires.Occurrence) {
	for _, t := range open {
		fmt.Fprintf(w, "\tnot-passed\t\t%s\t%s\n", t.On, kube.Printable(t.Activity.Name()+": "+strings.Join(t.Remains, "; ")))
	}
}

func (d *door) calendarChangeVerb() *cobra.Command {
	var o opening
	var on, what string
	verb := &cobra.Command{
		Use: "change VAULT --on DATE --what TEXT", Short: "Record a significant change", Args: cobra.ExactArgs(1),
		Long: `Records a significant change to systems, networks or the organisation. It opens what
the standard asks for after one (6.5.2, 11.3.1.3, 11.3.2.1, 11.4.2, 11.4.3, 12.5.2) until
that is recorded as done on the day of the change or later.`,
		Example: "  tickmark calendar shop.vault change --on 2026-10-05 --what 'Payments moved to a second region'",
		RunE: func(cmd *cobra.Command, args []string) error {
			change := questionnaires.SignificantChange{On: questionnaires.Day(on), What: what}
			err := d.sign(cmd.Context(), args[0], o, func(h *questionnaires.History) (questionnaires.Draft, error) {
				var err error
				if change.ID, err = questionnaires.NewID(d.random); err != nil {
					return questionnaires.Draft{}, err
				}
				return h.RecordChange(change, questionnaires.DayOf(d.now()))
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(d.out, "%.8s  significant change on %s\n", change.ID, on)
			return nil
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&on, "on", "", "`DATE` of the change")
	verb.Flags().StringVar(&what, "what", "", "what changed")
	return verb
}

func (d *door) calendarWithdrawVerb() *cobra.Command {
	return d.withdrawing(&cobra.Command{
		Use: "withdraw VAULT ID", Short: "Take a significant change back",
		Long:    "Takes a significant change back by a revision that says so; nothing is erased. ID is\nwhat change printed. (Records are taken back with tickmark record.)",
		Example: "  tickmark calendar shop.vault withdraw 1f41e4c6",
	}, (*questionnaires.History).WithdrawChange)
}

// exportCalendarFromDesk writes what is due into a new file.
func (d *door) exportCalendarFromDesk(ctx context.Context, v *vault.Vault, id questionnaires.ID, path string) (string, error) {
	a, err := d.assessmentOf(ctx, v, string(id))
	if err != nil {
		return "", err
	}
	deadlines, err := a.Deadlines(questionnaires.DayOf(d.now()))
	if err != nil {
		return "", err
	}
	path = fromHome(path)
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("export calendar: %w", withoutProgram(err))
	}
	err = export.ICalendar(file, a.Details.ID, deadlines.All, d.now())
	if err = errors.Join(err, file.Close()); err != nil {
		return "", fmt.Errorf("export calendar: %w", errors.Join(err, os.Remove(path)))
	}
	return counted(len(deadlines.All), "day", "days") + " written to " + path, nil
}

func (d *door) calendarExportVerb() *cobra.Command {
	var o opening
	verb := &cobra.Command{
		Use: "export VAULT", Short: "Print what is due as an iCalendar file", Args: cobra.ExactArgs(1),
		Long: `Prints all that status --due lists as all-day events that calendar programs take in
(RFC 5545). An event keeps its identity, so that importing again moves it. Requirements,
titles, days and owners are in it, and what failed or changed; no answer and no evidence
is.`,
		Example: "  tickmark calendar shop.vault export >due.ics",
		RunE: func(cmd *cobra.Command, args []string) error {
			a, closing, err := d.looking(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			deadlines, err := a.Deadlines(questionnaires.DayOf(d.now()))
			if err != nil {
				return err
			}
			return export.ICalendar(d.out, a.Details.ID, deadlines.All, d.now())
		},
	}
	o.flags(verb)
	return verb
}
