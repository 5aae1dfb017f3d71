package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
)

// dueChoice is whether deadlines are asked for, and how far ahead.
type dueChoice struct {
	asked  bool
	within int // days; below 0 is any
}

func (c *dueChoice) flags(verb *cobra.Command) {
	verb.Flags().BoolVar(&c.asked, "due", false, "list what is due or ends, by day")
	verb.Flags().IntVar(&c.within, "within", -1, "with --due: only what is due within `DAYS`, late or open")
}

// dueForm is `status --due -o json`.
type dueForm struct {
	Day questionnaires.Day `json:"day"`
	questionnaires.Deadlines
}

func (d *door) printDue(a *questionnaires.Assessment, choice dueChoice, format string) error {
	form := dueForm{Day: questionnaires.DayOf(d.now())}
	var err error
	if form.Deadlines, err = a.Deadlines(form.Day); err != nil {
		return err
	}
	if choice.within >= 0 {
		form.All = form.Within(form.Day, choice.within)
	}
	if format == "json" {
		err = json.NewEncoder(d.out).Encode(form)
	} else {
		err = d.printDeadlines(form.Deadlines)
	}
	if err == nil && slices.ContainsFunc(form.All, func(one questionnaires.Deadline) bool { return one.State.Attention() }) {
		err = errAttention
	}
	return err
}

func (d *door) printDeadlines(all questionnaires.Deadlines) error {
	w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	for _, one := range all.All {
		what := strings.TrimSpace(one.Requirement.String() + " " + one.What)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", one.Day, one.State, one.Kind, kube.Printable(one.Whose), kube.Printable(what))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(all.All) == 0 {
		fmt.Fprintln(d.out, "nothing is due")
	}
	if n := len(all.Never); n > 0 {
		fmt.Fprintf(d.out, "never recorded, so without a day: %s (tickmark calendar VAULT list)\n", some(all.Never))
	}
	return nil
}
