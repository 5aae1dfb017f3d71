package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/questionnaires"
)

// saying is what the flags say of one answer.
type saying struct {
	response, narrative, targetDate, plan, law, untested, results string
	finding, reporting                                            string
	evidence, methods, clear                                      []string
	subtree, riskBased                                            bool
}

func (s *saying) flags(verb *cobra.Command) {
	f := verb.Flags()
	f.StringVar(&s.response, "response", "", "what is answered: "+responseList())
	f.StringVar(&s.narrative, "narrative", "", "how it is met, what is missing and planned, or the reason")
	f.StringArrayVar(&s.evidence, "evidence", nil, "`NUMBER` of evidence that the answer rests on, in place of what it rested on (repeatable)")
	f.StringSliceVar(&s.methods, "method", nil, "examine, observe, interview (repeatable)")
	f.StringVar(&s.targetDate, "target-date", "", "`DATE` by which what is Not in Place will be")
	f.StringVar(&s.plan, "plan", "", "action plan of what is Not in Place")
	f.StringVar(&s.law, "law", "", "law or regulation that keeps it from being in place: a legal restriction")
	f.StringVar(&s.untested, "untested", "", "what was left out where it is Not Tested")
	f.StringVar(&s.results, "results", "", "description of results, where the form asks for one")
	f.BoolVar(&s.subtree, "subtree", false, "Not Applicable with all below")
	f.BoolVar(&s.riskBased, "risk-based", false, "a targeted risk analysis sets the frequency, where the standard leaves the choice")
	f.StringVar(&s.finding, "finding", "", "of a testing procedure: in-place, not-in-place, not-applicable, not-tested")
	f.StringVar(&s.reporting, "reporting", "", "reporting answer of a testing procedure")
	f.StringSliceVar(&s.clear, "clear", nil, "part to take out: "+strings.Join(slices.Sorted(maps.Keys(clearings)), ", ")+" (repeatable)")
	complete := func(flag string, words ...string) {
		_ = verb.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)) // the flag is there
	}
	complete("response", responseTexts(questionnaires.Responses())...)
	complete("finding", responseTexts(findings())...)
	complete("method", "examine", "observe", "interview")
	complete("clear", slices.Sorted(maps.Keys(clearings))...)
}

// findings are the responses that a testing procedure can have.
func findings() []questionnaires.Response {
	return slices.DeleteFunc(questionnaires.Responses(), func(r questionnaires.Response) bool { return r == questionnaires.InPlaceWithCCW })
}

func responseTexts(responses []questionnaires.Response) []string {
	texts := make([]string, len(responses))
	for i, r := range responses {
		texts[i] = r.String()
	}
	return texts
}

// sayings are the flags that say a part of an answer: of the requirement, of one of
// its testing procedures, or of either.
var sayings = []struct {
	flag      string
	whole     func(saying, *questionnaires.Answer) error
	procedure func(saying, *questionnaires.ProcedureAnswer) error
}{
	{flag: "response", whole: func(s saying, a *questionnaires.Answer) (err error) {
		a.Response, err = parseGiven(s.response, questionnaires.Responses())
		return err
	}},
	{flag: "narrative", whole: func(s saying, a *questionnaires.Answer) error { a.Narrative = s.narrative; return nil }},
	{
		flag:  "evidence",
		whole: func(s saying, a *questionnaires.Answer) error { a.Evidence = labelled(s.evidence); return nil },
		procedure: func(s saying, p *questionnaires.ProcedureAnswer) error {
			p.References = labelled(s.evidence)
			return nil
		},
	},
	{
		flag: "method",
		whole: func(s saying, a *questionnaires.Answer) (err error) {
			a.Methods, err = parseMethods(s.methods)
			return err
		},
		procedure: func(s saying, p *questionnaires.ProcedureAnswer) (err error) {
			p.Methods, err = parseMethods(s.methods)
			return err
		},
	},
	{flag: "target-date", whole: func(s saying, a *questionnaires.Answer) (err error) {
		a.Remedy.Target, err = questionnaires.ParseDay(s.targetDate)
		return err
	}},
	{flag: "plan", whole: func(s saying, a *questionnaires.Answer) error { a.Remedy.Plan = s.plan; return nil }},
	{flag: "law", whole: func(s saying, a *questionnaires.Answer) error {
		a.Remedy.Legal, a.Remedy.Law = true, s.law
		return nil
	}},
	{flag: "untested", whole: func(s saying, a *questionnaires.Answer) error { a.Untested = s.untested; return nil }},
	{flag: "results", whole: func(s saying, a *questionnaires.Answer) error { a.Results = s.results; return nil }},
	{flag: "subtree", whole: func(s saying, a *questionnaires.Answer) error { a.Subtree = s.subtree; return nil }},
	{flag: "risk-based", whole: func(s saying, a *questionnaires.Answer) error { a.RiskBased = s.riskBased; return nil }},
	{flag: "finding", procedure: func(s saying, p *questionnaires.ProcedureAnswer) (err error) {
		p.Finding, err = parseGiven(s.finding, findings())
		return err
	}},
	{flag: "reporting", procedure: func(s saying, p *questionnaires.ProcedureAnswer) error { p.Reporting = s.reporting; return nil }},
	{
		flag: "clear",
		whole: func(s saying, a *questionnaires.Answer) error {
			for _, part := range s.clear {
				out, known := clearings[part]
				if !known {
					return fmt.Errorf("--clear %s: an answer has no such part", part)
				}
				out(a)
			}
			return nil
		},
		procedure: func(s saying, p *questionnaires.ProcedureAnswer) error {
			for _, part := range s.clear {
				switch part {
				case "finding":
					p.Finding = questionnaires.Unanswered
				case "reporting":
					p.Reporting = ""
				case "evidence":
					p.References = nil
				case "methods":
					p.Methods = nil
				default:
					return fmt.Errorf("--clear %s: a testing procedure has no such part", part)
				}
			}
			return nil
		},
	},
}

// clearings take a part out of an answer.
var clearings = map[string]func(*questionnaires.Answer){
	"response":    func(a *questionnaires.Answer) { a.Response = questionnaires.Unanswered },
	"narrative":   func(a *questionnaires.Answer) { a.Narrative = "" },
	"evidence":    func(a *questionnaires.Answer) { a.Evidence = nil },
	"methods":     func(a *questionnaires.Answer) { a.Methods = nil },
	"procedures":  func(a *questionnaires.Answer) { a.Procedures, a.Response = nil, questionnaires.Unanswered },
	"worksheet":   func(a *questionnaires.Answer) { a.Worksheet = questionnaires.Worksheet{} },
	"customized":  func(a *questionnaires.Answer) { a.Customized = nil },
	"target-date": func(a *questionnaires.Answer) { a.Remedy.Target = "" },
	"plan":        func(a *questionnaires.Answer) { a.Remedy.Plan = "" },
	"law":         func(a *questionnaires.Answer) { a.Remedy.Legal, a.Remedy.Law = false, "" },
	"untested":    func(a *questionnaires.Answer) { a.Untested = "" },
	"results":     func(a *questionnaires.Answer) { a.Results = "" },
	"subtree":     func(a *questionnaires.Answer) { a.Subtree = false },
	"risk-based":  func(a *questionnaires.Answer) { a.RiskBased = false },
}

// apply changes an answer by what the flags say. What cannot be read is wrong usage.
func (g *answering) apply(a *questionnaires.Assessment, answer *questionnaires.Answer) error {
	fail := func(err error) error { return usageError{fmt.Errorf("answer %s: %w", g.name(), err)} }
	if !g.ofProcedure() {
		for _, s := range sayings {
			if g.given(s.flag) {
				if err := s.whole(g.said, answer); err != nil {
					return fail(err)
				}
			}
		}
		return relabel(a, answer)
	}
	at, err := procedureOf(a, answer, g.target.letter)
	if err != nil {
		return err
	}
	for _, s := range sayings {
		switch {
		case !g.given(s.flag):
			continue
		case s.procedure != nil:
			err = s.procedure(g.said, at)
		default:
			err = s.whole(g.said, answer)
		}
		if err != nil {
			return fail(err)
		}
	}
	return relabel(a, answer)
}

// ofProcedure reports whether evidence and methods are a testing procedure's.
func (g *answering) ofProcedure() bool {
	return g.target.letter != "" || g.given("finding") || g.given("reporting")
}

// name is what is answered, as people write it.
func (g *answering) name() string {
	return questionnaires.Procedure{Requirement: g.target.requirement, Letter: g.target.letter}.String()
}

// procedureOf returns what an answer reports of a testing procedure, to be changed.
func procedureOf(a *questionnaires.Assessment, answer *questionnaires.Answer, letter string) (*questionnaires.ProcedureAnswer, error) {
	asked := a.Procedures(answer.Requirement)
	if letter == "" && len(asked) > 1 {
		id := answer.Requirement
		return nil, fmt.Errorf("answer %s: it has %d testing procedures; name one, such as %s.a", id, len(asked), id)
	}
	i := slices.IndexFunc(answer.Procedures, func(p questionnaires.ProcedureAnswer) bool { return p.Letter == letter })
	if i < 0 {
		i = len(answer.Procedures)
		answer.Procedures = append(answer.Procedures, questionnaires.ProcedureAnswer{Letter: letter})
	}
	return &answer.Procedures[i], nil
}

func parseGiven(text string, offered []questionnaires.Response) (questionnaires.Response, error) {
	r, err := questionnaires.ParseResponse(text)
	if err == nil && !slices.Contains(offered, r) {
		err = errors.New("read response: " + text + " is none")
	}
	if err != nil {
		return 0, fmt.Errorf("%w: want %s", err, strings.Join(responseTexts(offered), ", "))
	}
	return r, nil
}

func parseMethods(texts []string) ([]questionnaires.Method, error) {
	var methods []questionnaires.Method
	for _, text := range texts {
		var m questionnaires.Method
		if err := m.UnmarshalText([]byte(text)); err != nil {
			return nil, err
		}
		if m == questionnaires.NoMethod {
			return nil, errors.New("a method is examine, observe or interview")
		}
		if !slices.Contains(methods, m) {
			methods = append(methods, m)
		}
	}
	return methods, nil
}

// labelled are labels of evidence in the places of its ids, until relabel.
func labelled(labels []string) []questionnaires.ID {
	var ids []questionnaires.ID
	for _, label := range labels {
		if id := questionnaires.ID(label); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// relabel turns the labels in an answer into the ids of evidence.
func relabel(a *questionnaires.Assessment, answer *questionnaires.Answer) error {
	if err := answer.Recite(idOf(a)); err != nil {
		return fmt.Errorf("answer %s: %w", answer.Requirement, err)
	}
	return nil
}

// evidenceBook knows evidence by its label or id.
type evidenceBook interface {
	EvidenceByLabel(label string) (questionnaires.Evidence, error)
}

// idOf returns the id of what a label names.
func idOf(book evidenceBook) func(questionnaires.ID) (questionnaires.ID, error) {
	return func(label questionnaires.ID) (questionnaires.ID, error) {
		item, err := book.EvidenceByLabel(string(label))
		return item.ID, err
	}
}

// labelOf returns what people call evidence. An id that is not in the vault stays, so
// that it is seen.
func labelOf(book evidenceBook) func(questionnaires.ID) (questionnaires.ID, error) {
	return func(id questionnaires.ID) (questionnaires.ID, error) {
		if item, err := book.EvidenceByLabel(string(id)); err == nil {
			return questionnaires.ID(item.Label()), nil
		}
		return id, nil
	}
}
