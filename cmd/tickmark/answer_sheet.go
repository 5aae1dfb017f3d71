package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"tickmark/engine/kube"
	"tickmark/engine/sheet"
	"tickmark/questionnaires"
)

// answerSheet is a whole answer as a file says it. What it cites are labels, such as
// Evidence-7, in the places of the ids.
type answerSheet struct {
	Requirement questionnaires.RequirementID       `json:"requirement,omitzero"`
	Revision    string                             `json:"revision,omitempty"` // that the file was written from
	Response    questionnaires.Response            `json:"response,omitempty"`
	Narrative   string                             `json:"narrative,omitempty"`
	Methods     []questionnaires.Method            `json:"methods,omitempty"`
	Evidence    []questionnaires.ID                `json:"evidence,omitempty"`
	Procedures  []questionnaires.ProcedureAnswer   `json:"procedures,omitempty"`
	Worksheet   questionnaires.Worksheet           `json:"worksheet,omitzero"`
	Customized  *questionnaires.CustomizedApproach `json:"customized,omitempty"`
	Remedy      questionnaires.Remedy              `json:"remedy,omitzero"`
	Untested    string                             `json:"untested,omitempty"`
	Results     string                             `json:"results,omitempty"`
	Subtree     bool                               `json:"subtree,omitempty"`
	RiskBased   bool                               `json:"riskBased,omitempty"`
}

// answersSheet is a file with many answers.
type answersSheet struct {
	Answers []answerSheet `json:"answers"`
}

// unrevised is the revision of what nobody answered.
const unrevised = "none"

// answerSheetOf is what a file says of the answer that stands.
func answerSheetOf(a *questionnaires.Assessment, id questionnaires.RequirementID) answerSheet {
	own, answer := a.Own(id), standing(a, id)
	_ = answer.Recite(labelOf(a)) // every id has a label, or stays
	s := answerSheet{
		Requirement: id, Revision: unrevised, Response: answer.Response, Narrative: answer.Narrative, Methods: answer.Methods, Evidence: answer.Evidence,
		Procedures: answer.Procedures, Worksheet: answer.Worksheet, Customized: answer.Customized, Remedy: answer.Remedy,
		Untested: answer.Untested, Results: answer.Results, Subtree: answer.Subtree, RiskBased: answer.RiskBased,
	}
	if !own.Entry.IsZero() {
		s.Revision = own.Entry.Short()
	}
	if len(s.Procedures) > 0 {
		s.Response = questionnaires.Unanswered // it rolls up
	}
	return s
}

// answer is what the sheet says, with the ids of what it cites.
func (s answerSheet) answer(a *questionnaires.Assessment) (questionnaires.Answer, error) {
	answer := questionnaires.Answer{
		Requirement: s.Requirement, Response: s.Response, Narrative: s.Narrative, Methods: s.Methods, Evidence: s.Evidence,
		Procedures: s.Procedures, Worksheet: s.Worksheet, Customized: s.Customized, Remedy: s.Remedy,
		Untested: s.Untested, Results: s.Results, Subtree: s.Subtree, RiskBased: s.RiskBased,
	}
	if err := relabel(a, &answer); err != nil {
		return answer, err
	}
	draft, err := rolledUp(a, answer, s.Response)
	own := a.Own(s.Requirement)
	switch {
	case err != nil || s.Revision == "" || !a.Changes(draft):
		return answer, err
	case own.Entry.IsZero() && s.Revision != unrevised:
		return answer, fmt.Errorf("answer %s: there is no answer that could be revision %s", s.Requirement, s.Revision)
	case !own.Entry.IsZero() && !strings.HasPrefix(own.Entry.String(), s.Revision):
		return answer, fmt.Errorf("answer %s: %s answered it since (revision %s); look at it with --show", s.Requirement, own.Author.Name, own.Entry.Short())
	}
	return answer, nil
}

// rolledUp is the draft of an answer, whose response is what was said of it.
func rolledUp(a *questionnaires.Assessment, answer questionnaires.Answer, said questionnaires.Response) (questionnaires.Draft, error) {
	draft, err := a.Answer(answer)
	if err != nil || said == questionnaires.Unanswered || len(answer.Procedures) == 0 {
		return draft, err
	}
	rolled, _ := draft.Payload.(questionnaires.Answer)
	if said == rolled.Response || said == questionnaires.InPlace && rolled.Response == questionnaires.InPlaceWithCCW {
		return draft, nil
	}
	return draft, fmt.Errorf("answer %s: its testing procedures make it %s and not %s: the response rolls up from their findings", answer.Requirement, rolled.Response.Title(), said.Title())
}

// readAnswers reads the answers that a file holds: the one that was named, or many.
func (d *door) readAnswers(a *questionnaires.Assessment, given answering) ([]questionnaires.Answer, error) {
	name, text, err := d.readFile(given.file)
	if err != nil {
		return nil, err
	}
	id := given.target.requirement
	if !id.IsZero() {
		var one answerSheet
		lines, err := sheet.Read(name, text, &one)
		if err != nil {
			return nil, err
		}
		if !one.Requirement.IsZero() && one.Requirement != id {
			return nil, lines.Error("requirement", fmt.Sprintf("it answers %s and not %s", one.Requirement, id))
		}
		one.Requirement = id
		answer, err := one.answer(a)
		if err != nil {
			return nil, lines.Error("", err.Error())
		}
		return []questionnaires.Answer{answer}, nil
	}
	var many answersSheet
	lines, err := sheet.Read(name, text, &many)
	if err != nil {
		return nil, err
	}
	if len(many.Answers) == 0 {
		return nil, lines.Error("", "it holds no answers")
	}
	answers := make([]questionnaires.Answer, len(many.Answers))
	for i, s := range many.Answers {
		at := fmt.Sprintf("answers[%d]", i)
		twice := slices.ContainsFunc(many.Answers[:i], func(o answerSheet) bool { return o.Requirement == s.Requirement })
		switch {
		case s.Requirement.IsZero():
			return nil, lines.Error(at, "it names no requirement")
		case twice:
			return nil, lines.Error(at, fmt.Sprintf("%s is answered twice", s.Requirement))
		}
		if answers[i], err = s.answer(a); err != nil {
			return nil, lines.Error(at, err.Error())
		}
	}
	return answers, nil
}

// readParts reads the parts of an answer that have a file of their own.
func (d *door) readParts(a *questionnaires.Assessment, given answering, answer *questionnaires.Answer) error {
	read := func(path string, into any) error {
		name, text, err := d.readFile(path)
		if err != nil {
			return err
		}
		if strings.TrimSpace(string(text)) == "" {
			return fmt.Errorf("read %s: it is empty; --clear takes a part of an answer out", name)
		}
		_, err = sheet.Read(name, text, into)
		return err
	}
	if given.worksheet != "" {
		answer.Worksheet = questionnaires.Worksheet{}
		if err := read(given.worksheet, &answer.Worksheet); err != nil {
			return err
		}
	}
	if given.customized != "" {
		answer.Customized = &questionnaires.CustomizedApproach{}
		if err := read(given.customized, answer.Customized); err != nil {
			return err
		}
	}
	return relabel(a, answer)
}

// readFile reads a file that a person filled in, - the standard input, and says what
// to call it.
func (d *door) readFile(path string) (name string, text []byte, err error) {
	in := d.in
	name = "standard input"
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return path, nil, fmt.Errorf("read %s: %w", path, errors.Unwrap(err))
		}
		defer f.Close()
		in, name = f, path
	}
	if text, err = io.ReadAll(io.LimitReader(in, sheet.MaxSize+1)); err != nil {
		return name, nil, fmt.Errorf("read %s: %w", name, withoutProgram(err))
	}
	return name, text, nil
}

// showAnswers prints what stands as a file would say it.
func (d *door) showAnswers(a *questionnaires.Assessment, given answering) error {
	id := given.target.requirement
	if id.IsZero() {
		all := answersSheet{Answers: []answerSheet{}}
		for _, id := range a.Given() {
			all.Answers = append(all.Answers, answerSheetOf(a, id))
		}
		if given.format == "json" {
			return json.NewEncoder(d.out).Encode(all)
		}
		return d.printSheet(all)
	}
	if !a.Questionnaire.Reaches(id) {
		_, err := a.Answer(questionnaires.Answer{Requirement: id})
		return err
	}
	one := answerSheetOf(a, id)
	if given.format == "json" {
		return json.NewEncoder(d.out).Encode(one)
	}
	if err := d.printSheet(one); err != nil {
		return err
	}
	for _, r := range a.Requirements() {
		if r.ID == id {
			fmt.Fprintf(d.out, "\n# %s  %s\n%s", id, kube.Printable(r.Title), one.skeleton(a, r))
		}
	}
	return nil
}

func (d *door) printSheet(v any) error {
	text, err := sheet.Write(v)
	if err != nil {
		return err
	}
	_, err = d.out.Write(text)
	return err
}

// skeleton is what could be filled in as well, as comments.
func (s answerSheet) skeleton(a *questionnaires.Assessment, r questionnaires.Requirement) string {
	form := a.Questionnaire
	var b strings.Builder
	add := func(absent bool, lines ...string) {
		for _, line := range lines {
			if !absent {
				continue
			}
			// A value that is not filled in stays a comment, and the part unfinished.
			if key, hint, is := strings.Cut(line, ": "); is && key != "- letter" {
				line = key + ": # " + hint
			}
			fmt.Fprintf(&b, "# %s\n", line)
		}
	}
	procedures := a.Procedures(r.ID)
	if len(s.Procedures) == 0 && len(procedures) > 1 {
		add(true, "procedures:")
		for _, p := range procedures {
			add(true, "- letter: "+p.Letter, "  finding: "+strings.Join(responseTexts(findings()), ", "), "  reporting: what was found, and from what", "  references: such as [Evidence-1, Evidence-7]")
		}
	} else {
		add(s.Response == questionnaires.Unanswered && len(s.Procedures) == 0, "response: "+strings.Join(responseTexts(form.Responses), ", "))
		add(len(s.Evidence) == 0 && len(s.Procedures) == 0, "evidence: such as [Evidence-1, Evidence-7]")
	}
	add(s.Narrative == "", "narrative: how it is met, what is missing and planned, or the reason")
	add(s.Results == "" && form.DescribesResults, "results: what testing showed")
	add(s.Remedy == questionnaires.Remedy{}, skeletonRemedy...)
	add(s.Untested == "" && form.Allows(questionnaires.NotTested), "untested: what was left out, where it is Not Tested")
	add(s.Worksheet == questionnaires.Worksheet{}, skeletonWorksheet...)
	add(s.Customized == nil && form.PerProcedure && r.Customized, skeletonCustomized...)
	return b.String()
}

var skeletonRemedy = []string{
	"remedy:", "  target: such as 2026-12-31", "  plan: what will be done", "  legal: yes, where a law keeps it from being in place", "  law: which",
}

var skeletonWorksheet = []string{
	"worksheet:", "  constraints: what keeps the entity from meeting it as it stands",
	"  definition: the controls, and how they meet objective and added risk", "  objective: of the original control",
	"  objectiveMet: by the compensating control", "  risk: added by the lack of the original control",
	"  validation: how the controls were tested", "  maintenance: what keeps them working",
}

var skeletonCustomized = []string{
	"customized:", "  controls:", "  - name: of the control", "    what: it is", "    where: it works", "    when: or how often",
	"    accountable: who answers for it", "    operator: who runs and watches it", "    meets: how the objective is met",
	"    tested: by the entity, and with what result", "    risk: summary of the analysis", "    maintained: and how failures are found",
	"  analysis:", "    objective: of the requirement", "    mischief: that the requirement prevents", "    changes: which parts of the requirement change",
	"    prevention: how the mischief is prevented", "    factors: of the likelihood", "    remains: why it may still happen",
	"    likelihood: less-likely, as-likely or more-likely", "    reasoning: why", "    stored: account numbers at one time, at most",
	"    processed: account numbers that pass through", "    reduction: how the controls cut that number, or speed notice",
	"    approver: of executive management", "    approved: such as 2026-01-31", "    reviewBy: within a year of it",
	"  description: of the approach", "  met: how the controls meet the objective", "  reviewed: such as [Evidence-1]", "  assessors: who attests",
	"  independent: yes, where nobody who attests designed the control", "  tests:", "  - purpose: meets-objective or stays-effective", "    procedure: how it was tested",
	"    tested: what it was done on", "    references: such as [Evidence-1, Evidence-7]", "    result: what it showed",
}
