package main

import (
	"os"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"tickmark/engine/sheet"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
)

// answers FORM FILE EVIDENCE [WITHOUT]...: writes a file that answers every requirement
// of a form that is not named, alone or by what it is below, resting on one item of
// evidence.
func answersTo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: answers FORM FILE EVIDENCE [WITHOUT]...")
	}
	catalogue, err := pci.Catalogue()
	ts.Check(err)
	form, known := catalogue.Questionnaire(args[0])
	if !known {
		ts.Fatalf("%s is no form", args[0])
	}
	evidence := []questionnaires.ID{questionnaires.ID(args[2])}
	var all answersSheet
	for _, id := range form.Requirements {
		below := func(without string) bool { return strings.HasPrefix(id.String()+".", without+".") }
		if r, _ := catalogue.Requirement(id); !slices.ContainsFunc(args[3:], below) {
			all.Answers = append(all.Answers, answerTo(form, r, evidence))
		}
	}
	text, err := sheet.Write(all)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o600))
}

// answerTo is an answer in which nothing is missing.
func answerTo(form questionnaires.Questionnaire, r questionnaires.Requirement, evidence []questionnaires.ID) answerSheet {
	s := answerSheet{Requirement: r.ID, Response: questionnaires.InPlace, Narrative: "Seen in the binder of " + r.ID.String() + "."}
	if p, proposes := r.Proposal(); proposes {
		s.Response, s.Narrative = p.Response, p.Reason
	}
	if form.DescribesResults {
		s.Results = "The binder and what was observed agree."
	}
	if !form.PerProcedure {
		s.Evidence = evidence
		return s
	}
	for _, p := range r.Procedures() {
		s.Procedures = append(s.Procedures, questionnaires.ProcedureAnswer{
			Letter: p.Letter, Finding: s.Response, Reporting: "See the binder.", Methods: []questionnaires.Method{questionnaires.Examine}, References: evidence,
		})
	}
	s.Response = questionnaires.Unanswered // it rolls up
	return s
}

// analyses FILE DAY: writes a file with every targeted risk analysis that the standard
// asks for, reviewed on a day.
func analysesFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: analyses FILE DAY")
	}
	catalogue, err := pci.Catalogue()
	ts.Check(err)
	var all analysesSheet
	for _, r := range catalogue.Requirements() {
		if r.Analysis == questionnaires.AnalysisSets {
			all.Analyses = append(all.Analyses, questionnaires.RiskAnalysis{
				Requirement: r.ID, Asset: "Order system", Threat: "What " + r.ID.String() + " is about", Factors: "No way in from outside.",
				Frequency: questionnaires.Interval{Count: 3, Unit: questionnaires.Months}, Reason: "Nothing changes faster.", Reviewed: questionnaires.Day(args[1]),
			})
		}
	}
	text, err := sheet.Write(all)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o600))
}
