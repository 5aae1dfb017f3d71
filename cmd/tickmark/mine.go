package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
)

// mineForm is `status --mine -o json`.
type mineForm struct {
	Author   questionnaires.Author          `json:"author"`
	Roles    []questionnaires.AssessorRole  `json:"roles"`
	Answered []questionnaires.RequirementID `json:"answered"`
	Total    int                            `json:"total"` // that the form asks
	Problems []questionnaires.Problem       `json:"problems"`
	Notes    []noteForm                     `json:"notes"`   // that wait for you
	Approve  []acceptanceForm               `json:"approve"` // acceptances that wait for somebody else than who asked
	Due      []questionnaires.Deadline      `json:"due"`
}

// printMine says what of an assessment is the user's, and what waits for them.
func (d *door) printMine(a *questionnaires.Assessment, format string) error {
	me, err := d.author()
	if err != nil {
		return withHint(fmt.Errorf("status: whose it is cannot be told: %w", err), "`tickmark identity new` makes your author's key")
	}
	m, err := a.Mine(me.Author, d.now())
	if err != nil {
		return err
	}
	form := mineForm{
		Author: m.Author, Roles: append([]questionnaires.AssessorRole{}, m.Roles...), Answered: append([]questionnaires.RequirementID{}, m.Answered...),
		Total: len(a.Questionnaire.Requirements), Problems: append([]questionnaires.Problem{}, m.Problems...), Notes: []noteForm{},
		Approve: d.acceptanceForms(a.History(), m.Approve), Due: append([]questionnaires.Deadline{}, m.Due...),
	}
	for _, n := range m.Notes {
		form.Notes = append(form.Notes, formOfNote(a, n))
	}
	if format == "json" {
		err = json.NewEncoder(d.out).Encode(form)
	} else {
		d.printMineForm(form)
	}
	if err == nil && m.Waits() {
		err = errAttention
	}
	return err
}

func (d *door) printMineForm(form mineForm) {
	roles := make([]string, len(form.Roles))
	for i, r := range form.Roles {
		roles[i] = r.String()
	}
	d.fact("author", append([]string{form.Author.Name}, roles...)...)
	answered := some(form.Answered)
	if answered != "" {
		answered = ": " + answered
	}
	fmt.Fprintf(d.out, "answered    %d of %d%s\n", len(form.Answered), form.Total, answered)
	for _, p := range form.Problems {
		fmt.Fprintf(d.out, "problem     %s  %s\n", p.Requirement, kube.Printable(p.Sentence))
	}
	for _, n := range form.Notes {
		fmt.Fprintf(d.out, "note        %s on %s, %s, of %s: %s\n", n.Label, kube.Printable(n.On), n.State, kube.Printable(n.Author), kube.Printable(n.Text))
	}
	for _, f := range form.Approve {
		fmt.Fprintf(d.out, "to approve  %s, asked by %s\n", kube.Printable(f.Acceptance.String()), kube.Printable(f.Asked.By))
	}
	for _, one := range form.Due {
		fmt.Fprintf(d.out, "due         %s  %s  %s\n", one.Day, one.State, kube.Printable(strings.TrimSpace(one.Requirement.String()+" "+one.What)))
	}
	if len(form.Problems)+len(form.Notes)+len(form.Approve)+len(form.Due) == 0 {
		fmt.Fprintln(d.out, "nothing waits for you")
	}
}
