package export

import (
	"cmp"
	"fmt"
	"io"
	"time"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
)

// jsonFormat names the shape, which docs/formats.md describes. A change that a reader
// has to know of changes it.
const jsonFormat = "tickmark-report-1"

// headForm says what a record is of.
type headForm struct {
	Format        string   `json:"format"`
	Notice        string   `json:"notice"`
	Draft         string   `json:"draft"` // why it is one; "" if it is none
	Kind          string   `json:"kind"`
	Title         string   `json:"title"`
	Entity        string   `json:"entity"`
	Subject       string   `json:"subject"`
	Questionnaire formForm `json:"questionnaire"`
	From          string   `json:"from"`
	To            string   `json:"to"`
	Date          string   `json:"date"`
	Version       string   `json:"version"`
	Vault         string   `json:"vault"`
	Head          string   `json:"head"`
}

type formForm struct {
	Code     string `json:"code"`
	Title    string `json:"title"`
	Revision string `json:"revision"`
}

type conclusionForm struct {
	Result string `json:"result"`
	Person string `json:"person"`
}

type answerForm struct {
	saidForm
	Evidence     []string                           `json:"evidence"`
	Procedures   []procedureForm                    `json:"procedures"`
	Compensates  bool                               `json:"compensates"`
	Worksheet    questionnaires.Worksheet           `json:"worksheet,omitzero"`
	Customized   *questionnaires.CustomizedApproach `json:"customized,omitempty"`
	Remedy       questionnaires.Remedy              `json:"remedy,omitzero"`
	AnsweredWith string                             `json:"answeredWith,omitempty"` // the id above it
	Given        *givenForm                         `json:"given"`                  // null: nobody answered
	Problems     []string                           `json:"problems"`
}

// saidForm is what was answered.
type saidForm struct {
	Requirement string                  `json:"requirement"`
	Title       string                  `json:"title"`
	Response    string                  `json:"response"`
	Narrative   string                  `json:"narrative"`
	Results     string                  `json:"results,omitempty"`
	Untested    string                  `json:"untested,omitempty"`
	Methods     []questionnaires.Method `json:"methods"`
}

type procedureForm struct {
	Procedure  string                  `json:"procedure"`
	Finding    string                  `json:"finding"`
	Reporting  string                  `json:"reporting"`
	Methods    []questionnaires.Method `json:"methods"`
	References []string                `json:"references"`
}

type givenForm struct {
	By       string `json:"by"`
	Author   string `json:"author"`
	At       string `json:"at"`
	Entry    string `json:"entry"`
	Verified bool   `json:"verified"`
}

type evidenceForm struct {
	Number    string        `json:"number"`
	ID        string        `json:"id"`
	Title     string        `json:"title"`
	Kind      string        `json:"kind"`
	Collected string        `json:"collected"`
	By        string        `json:"by"`
	SHA256    string        `json:"sha256"`
	Fresh     freshnessForm `json:"freshness"`
	State     []string      `json:"state"`
	File      *fileForm     `json:"file,omitempty"`
	Result    *resultForm   `json:"result,omitempty"`
}

type freshnessForm struct {
	Until string `json:"until"` // "" is no end
	Words string `json:"words"`
}

type fileForm struct {
	Name     string `json:"name"`
	Size     int64  `json:"size"`
	Obtained string `json:"obtained"`
}

type resultForm struct {
	Check        string         `json:"check"`
	Version      int            `json:"version"`
	Target       string         `json:"target"`
	TargetName   string         `json:"targetName"`
	Verdict      string         `json:"verdict"`
	Passed       int            `json:"passed"`
	Failed       int            `json:"failed"`
	Unknown      int            `json:"unknown"`
	Snapshot     string         `json:"snapshot"`
	Requirements []string       `json:"requirements"`
	Details      []resultDetail `json:"details"` // those that failed or are unknown
}

type resultDetail struct {
	Subject   engine.Ref `json:"subject"`
	Container string     `json:"container,omitempty"`
	Verdict   string     `json:"verdict"`
	Sentence  string     `json:"sentence"`
	Field     string     `json:"field,omitempty"`
}

type targetForm struct {
	ID      string         `json:"id"`
	Name    string         `json:"name"`
	Started string         `json:"started"`
	Ended   string         `json:"ended"`
	By      string         `json:"by"`
	Tool    string         `json:"tool"`
	Objects int            `json:"objects"`
	Gaps    []gapForm      `json:"gaps"`
	Masked  map[string]int `json:"redacted"`
}

type gapForm struct {
	Source    string `json:"source"`
	Line      int    `json:"line,omitempty"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name,omitempty"`
	Reason    string `json:"reason"`
	Cause     string `json:"cause"`
}

type problemForm struct {
	Requirement string `json:"requirement"` // "": of the whole assessment
	Part        string `json:"part"`
	Kind        string `json:"kind"`
	Sentence    string `json:"sentence"`
}

// json writes the record as JSON, one item after the other. The fields keep their order.
func (r record) json(w io.Writer) error {
	a := r.Assessment
	head := headForm{
		Format: jsonFormat, Notice: notice, Draft: r.document.Draft, Kind: r.document.Kind.String(), Title: r.document.Title, Entity: a.Entity, Subject: r.document.Subject,
		Questionnaire: formForm{a.Questionnaire.Code, a.Questionnaire.Title, a.Questionnaire.Revision},
		From:          isoDay(a.Details.From), To: isoDay(a.Details.To), Date: isoTime(r.Date), Version: r.Edition.Line(),
		Vault: a.History().Vault().String(), Head: a.Head.String(),
	}
	j := newJSONWriter(w)
	j.object(func() {
		j.fields(head)
		j.field("conclusion", conclusionForm{a.Conclusion.Result, a.Conclusion.Person})
		listed(j, "answers", each(a.Requirements(), r.answerForm))
		listed(j, "evidence", each(r.Items, r.evidenceForm))
		listed(j, "targets", each(r.Targets, formOfTarget))
		listed(j, "problems", each(r.open, func(p questionnaires.Problem) problemForm {
			return problemForm{p.Requirement.String(), p.Part.String(), p.Kind.String(), p.Sentence}
		}))
	})
	if err := j.close(); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

func isoDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

func isoTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func (r record) answerForm(q questionnaires.Requirement) answerForm {
	v := r.Assessment.Current(q.ID)
	said := saidForm{
		Requirement: q.ID.String(), Title: q.Title, Response: v.Response.String(), Narrative: v.Narrative, Results: v.Results, Untested: v.Untested,
		Methods: some(v.Methods),
	}
	f := answerForm{
		saidForm: said, Evidence: r.labelList(v.Evidence), Procedures: []procedureForm{}, Compensates: v.Compensates(), Worksheet: v.Worksheet,
		Customized: v.Customized, Remedy: v.Remedy, AnsweredWith: v.Inherited.String(), Problems: some(r.problemsOf(q.ID)),
	}
	for _, p := range r.Assessment.Procedures(q.ID) {
		f.Procedures = append(f.Procedures, procedureForm{procedureName(q.ID, p), p.Finding.String(), p.Reporting, some(p.Methods), r.labelList(p.References)})
	}
	if !v.Entry.IsZero() {
		f.Given = &givenForm{who(v), digestOf(v.Author.ID), at(v), v.Entry.String(), v.Verified}
	}
	return f
}

// some is a list that is never null.
func some[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

func (r record) evidenceForm(i reports.Item) evidenceForm {
	fresh := r.Assessment.Freshness(i.Evidence, questionnaires.DayOf(r.Date))
	f := evidenceForm{
		Number: i.Label(), ID: string(i.ID), Title: i.Title, Kind: i.Kind.String(), Collected: isoTime(i.Collected), By: i.Author.Name,
		SHA256: i.Digest().String(), Fresh: freshnessForm{string(fresh.Until), fresh.String()}, State: some(stateOf(i)),
	}
	if i.File != nil {
		f.File = &fileForm{i.File.Name, i.File.Size, string(i.File.Obtained)}
	}
	if s := i.Result; s != nil {
		f.Kind, f.By = "result", cmp.Or(i.Seen.Collector.Name, f.By)
		f.Result = &resultForm{
			Check: s.Check, Version: s.Version, Target: s.Target, TargetName: s.Name, Verdict: s.Verdict.String(), Passed: s.Passed, Failed: s.Failed,
			Unknown: s.Unknown, Snapshot: s.Snapshot.String(), Requirements: r.requirementsOf(i), Details: []resultDetail{},
		}
		for _, d := range i.Details {
			f.Result.Details = append(f.Result.Details, resultDetail{d.Subject, d.Container, d.Verdict.String(), d.Sentence, d.Field})
		}
	}
	return f
}

// requirementsOf are those that an item's result informs, each once.
func (r record) requirementsOf(i reports.Item) []string {
	seen, names := map[questionnaires.RequirementID]bool{}, []string{}
	for _, l := range r.links(r.resultOf(i)) {
		if id := l.Procedure.Requirement; !seen[id] {
			seen[id] = true
			names = append(names, id.String())
		}
	}
	return names
}

func formOfTarget(t reports.Target) targetForm {
	f := targetForm{
		ID: t.ID, Name: t.Name, Started: isoTime(t.Seen.Started), Ended: isoTime(t.Seen.Ended), By: t.Seen.Collector.Name,
		Tool: line(t.Seen.Tool.Name + " " + t.Seen.Tool.Version), Objects: t.Seen.Objects, Gaps: []gapForm{}, Masked: t.Redacted,
	}
	if f.Masked == nil {
		f.Masked = map[string]int{}
	}
	for _, g := range t.Gaps {
		f.Gaps = append(f.Gaps, gapForm{g.Source, g.Line, g.Kind.String(), g.Namespace, g.Name, g.Reason.String(), g.Cause})
	}
	return f
}
