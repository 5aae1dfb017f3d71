package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// questionForm is one question with all that bears on it, `status VAULT REQ -o json`.
type questionForm struct {
	Requirement      questionnaires.RequirementID    `json:"requirement"`
	Title            string                          `json:"title"`
	Question         string                          `json:"question"`
	Answer           answerSheet                     `json:"answer"`   // as it stands, with labels of evidence
	Response         questionnaires.Response         `json:"response"` // rolled up, or inherited
	Inherited        questionnaires.RequirementID    `json:"inherited,omitzero"`
	Proposal         *questionnaires.Proposal        `json:"proposal,omitempty"` // the standard's own
	Procedures       []procedureForm                 `json:"procedures"`
	RiskAnalyses     []questionnaires.RiskAnalysis   `json:"riskAnalyses,omitempty"`
	Responsibilities []questionnaires.Responsibility `json:"responsibilities,omitempty"`
	Beside           []besideAnswerForm              `json:"beside,omitempty"` // all answers, where several were given side by side
	LastYear         *lastAnswerForm                 `json:"lastYear,omitempty"`
	Problems         []questionnaires.Problem        `json:"problems"`
}

// besideAnswerForm is one of the answers that nobody chose between yet.
type besideAnswerForm struct {
	Response  questionnaires.Response `json:"response"`
	Narrative string                  `json:"narrative,omitempty"`
	By        string                  `json:"by"`
	Time      time.Time               `json:"time"`
}

func besideAnswers(all []questionnaires.Revision) []besideAnswerForm {
	var forms []besideAnswerForm
	for _, r := range all {
		forms = append(forms, besideAnswerForm{r.Response, r.Narrative, r.Author.Name, r.Time})
	}
	return forms
}

// lastAnswerForm is what the prior assessment says of the question, to be read only.
type lastAnswerForm struct {
	From     string                  `json:"from"` // which assessment
	Response questionnaires.Response `json:"response"`
	Answer   answerSheet             `json:"answer"`
	By       string                  `json:"by,omitempty"`
	Time     time.Time               `json:"time,omitzero"`
}

// lastAnswerOf is nil where the assessment was not opened from another, or that one did
// not ask the question.
func lastAnswerOf(a *questionnaires.Assessment, id questionnaires.RequirementID) (*lastAnswerForm, error) {
	last, known, err := a.LastYear()
	if err != nil || !known || !last.Questionnaire.Asks(id) {
		return nil, err
	}
	current := last.Current(id)
	return &lastAnswerForm{From: last.Title(), Response: current.Response, Answer: answerSheetOf(last.Assessment, id), By: current.Author.Name, Time: current.Time}, nil
}

// procedureForm is one testing procedure: what was found, and what the evidence says.
// The suggestion stands beside it and is never an answer.
type procedureForm struct {
	Procedure string                  `json:"procedure"`
	Finding   questionnaires.Response `json:"finding,omitempty"`
	Stance    questionnaires.Stance   `json:"stance"`
	Why       []reasonForm            `json:"why,omitempty"`
	Leads     []reasonForm            `json:"leads,omitempty"`
}

type reasonForm struct {
	Evidence    string                   `json:"evidence"`
	Check       string                   `json:"check"`
	Target      string                   `json:"target"`
	Link        questionnaires.LinkClass `json:"link"`
	Part        string                   `json:"part,omitempty"`
	Verdict     string                   `json:"verdict"`
	Acceptances []acceptanceForm         `json:"acceptances,omitempty"`
	line        string
}

// questionStatus shows one question and all that bears on it.
func (d *door) questionStatus(a *questionnaires.Assessment, named, format string) error {
	id, err := questionnaires.ParseRequirementID(named)
	if err != nil {
		return usageError{err}
	}
	r, err := a.Requirement(id)
	if err != nil {
		return err
	}
	form, err := d.questionOf(a, r)
	if err != nil {
		return err
	}
	if format == "json" {
		if err := json.NewEncoder(d.out).Encode(form); err != nil {
			return err
		}
	} else {
		d.printQuestion(form, r)
	}
	if len(form.Problems) > 0 {
		return errAttention
	}
	return nil
}

func (d *door) questionOf(a *questionnaires.Assessment, r questionnaires.Requirement) (questionForm, error) {
	current := a.Current(r.ID)
	form := questionForm{
		Requirement: r.ID, Title: r.Title, Question: r.Question, Answer: answerSheetOf(a, r.ID), Response: current.Response,
		Inherited: current.Inherited, Procedures: []procedureForm{}, Problems: append([]questionnaires.Problem{}, a.ProblemsOf(r.ID)...),
		Beside: besideAnswers(a.Conflicts(r.ID)),
	}
	if p, proposes := a.Proposal(r); proposes {
		form.Proposal = &p
	}
	h := a.History()
	accepted, err := h.Acceptances()
	if err != nil {
		return form, err
	}
	reasons := func(of []questionnaires.Reason) []reasonForm {
		var forms []reasonForm
		for _, reason := range of {
			item, about := reason.Evidence, questionnaires.AcceptancesOf(reason.Evidence.Result, accepted)
			f := reasonForm{
				Evidence: item.Label(), Check: item.Result.Check, Target: item.Result.Target, Link: reason.Link.Class, Part: reason.Part(),
				Verdict: item.Result.Verdict.String(), Acceptances: d.acceptanceForms(h, about),
			}
			f.line = fmt.Sprintf("%-8s  %s  %s  %s  %s", f.Link, f.Evidence, verdictMark(item), f.Check, kube.Printable(item.Result.Name)+acceptedMark(item.Result, accepted, d.now()))
			forms = append(forms, f)
		}
		return forms
	}
	found := a.Procedures(r.ID)
	for i, s := range questionnaires.Suggest(r, a.LatestResults()).Procedures {
		p := procedureForm{Procedure: s.Procedure.String(), Stance: s.Stance, Why: reasons(s.Why), Leads: reasons(s.Leads)}
		if i < len(found) {
			p.Finding = found[i].Finding
		}
		form.Procedures = append(form.Procedures, p)
	}
	if form.LastYear, err = lastAnswerOf(a, r.ID); err != nil {
		return form, err
	}
	analyses, err := h.RiskAnalyses()
	if err != nil {
		return form, err
	}
	for _, analysis := range analyses {
		if analysis.Requirement == r.ID && !analysis.Withdrawn {
			form.RiskAnalyses = append(form.RiskAnalyses, analysis)
		}
	}
	for _, platform := range questionnaires.Platforms() {
		form.Responsibilities = append(form.Responsibilities, a.Responsibility(platform, r.ID))
	}
	return form, nil
}

// joinedLabels joins the labels of evidence.
func joinedLabels(labels []questionnaires.ID) string {
	texts := make([]string, len(labels))
	for i, label := range labels {
		texts[i] = string(label)
	}
	return strings.Join(texts, ", ")
}

func (d *door) printQuestion(f questionForm, r questionnaires.Requirement) {
	fmt.Fprintf(d.out, "%s  %s\n", f.Requirement, f.Title)
	row := func(name, text string) {
		for i, line := range theme.CleanLines(text) {
			if i > 0 {
				name = ""
			}
			if text != "" {
				fmt.Fprintf(d.out, "%-11s%s\n", name, line)
			}
		}
	}
	row("question", r.Question)
	row("evidence", r.Evidence)
	row("frequency", r.Frequency)
	if f.Proposal != nil {
		row("standard", "proposes "+f.Proposal.Response.Title()+": "+f.Proposal.Reason)
	}
	response := f.Response.Title()
	if !f.Inherited.IsZero() {
		response += ", from " + f.Inherited.String()
	}
	fmt.Fprintln(d.out)
	row("answer", response)
	row("", f.Answer.Narrative)
	row("rests on", joinedLabels(f.Answer.Evidence))
	for _, b := range f.Beside {
		row("given", fmt.Sprintf("by %s at %s: %s", b.By, b.Time.UTC().Format(time.RFC3339), b.Response.Title()))
		row("", b.Narrative)
	}
	if last := f.LastYear; last != nil {
		row("last year", last.Response.Title()+", "+last.From)
		row("", last.Answer.Narrative)
		for _, p := range last.Answer.Procedures {
			row("", strings.TrimSpace(fmt.Sprintf("%s %s: %s (%s)", p.Letter, p.Finding.Title(), p.Reporting, joinedLabels(p.References))))
		}
		row("rested on", joinedLabels(last.Answer.Evidence))
	}
	for _, p := range f.Procedures {
		finding := ""
		if p.Finding != questionnaires.Unanswered {
			finding = "found " + p.Finding.Title() + "; "
		}
		fmt.Fprintf(d.out, "\n%s  %sevidence: %s\n", p.Procedure, finding, p.Stance)
		for _, reason := range append(p.Why, p.Leads...) {
			fmt.Fprintf(d.out, "  %s\n", reason.line)
		}
	}
	fmt.Fprintln(d.out)
	for _, analysis := range f.RiskAnalyses {
		row("analysis", strings.Join(analysisLines(analysis), "\n"))
	}
	for _, s := range f.Responsibilities {
		row("platform", s.String())
	}
	for _, p := range f.Problems {
		row("problem", p.Sentence)
	}
}
