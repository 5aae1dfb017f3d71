package export

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
)

// Tables are the names of the tables that CSV holds one of.
func Tables() []string { return []string{"answers", "procedures", "evidence", "problems", "gaps"} }

// table makes one by its name.
func (r record) table(name string) (sheet, bool) {
	switch cmp.Or(name, Tables()[0]) {
	case "answers":
		return r.answers(), true
	case "procedures":
		return r.procedures(), true
	case "evidence":
		return r.evidence(), true
	case "problems":
		return r.problems(), true
	case "gaps":
		return r.gaps(), true
	}
	return sheet{}, false
}

func (r record) csv(w io.Writer, name string) error {
	table, known := r.table(name)
	if !known {
		return fmt.Errorf("write CSV: %q is no table: want one of %s", name, strings.Join(Tables(), ", "))
	}
	return table.csv(w, r.standing())
}

// workbook is all tables, behind a sheet that says what they are.
func (r record) workbook() workbook {
	if r.document.Kind == reports.Transfer {
		return r.transfer()
	}
	book := workbook{r.Date, []sheet{r.about()}}
	for _, name := range Tables() {
		if name == "procedures" && !r.Assessment.Questionnaire.PerProcedure {
			continue
		}
		table, _ := r.table(name)
		table.notes = []string{r.standing()}
		book.sheets = append(book.sheets, table)
	}
	return book
}

// about says what the workbook is and is not.
func (r record) about() sheet {
	a := r.Assessment
	s := sheet{name: "About", notes: []string{r.standing(), notice}, columns: []column{{"What", 28}, {"Value", 90}}}
	conclusion := "no conclusion recorded"
	if a.Conclusion.Result != "" {
		conclusion = a.Conclusion.Result + ", concluded by " + a.Conclusion.Person
	}
	progress := a.Progress()
	for _, f := range []reports.Fact{
		{Name: "Entity", Value: a.Entity},
		{Name: "Assessment", Value: r.document.Subject},
		{Name: "Questionnaire", Value: a.Questionnaire.Title + ", facts of the form " + a.Questionnaire.Revision},
		{Name: "Period assessed", Value: dayOf(a.Details.From) + " to " + dayOf(a.Details.To)},
		{Name: "Conclusion", Value: conclusion},
		{Name: "Responses given", Value: fmt.Sprintf("%d of %d", progress.Answered, progress.Total)},
		{Name: "Date of this record", Value: dayOf(r.Date)},
		{Name: "Vault", Value: a.History().Vault().String()},
		{Name: "Head of its history", Value: a.Head.String()},
	} {
		s.add(f.Name, f.Value)
	}
	return s
}

// dayOf is the day of a time, or that there is none.
func dayOf(t time.Time) string {
	if t.IsZero() {
		return notRecorded
	}
	return t.UTC().Format(time.DateOnly)
}

const notRecorded = "not recorded"

func (r record) answers() sheet {
	s := sheet{name: "Answers", columns: []column{
		{"Requirement", 14},
		{"Title", 40},
		{"Response", 20},
		{"Narrative", 70},
		{"Description of results", 50},
		{"What was not tested", 40},
		{"Methods", 20},
		{"Evidence", 24},
		{"Target date", 12},
		{"Action plan", 40},
		{"Law that stands against it", 40},
		{"Compensating control", 14},
		{"Customized approach", 14},
		{"Answered with", 14},
		{"Answered by", 24},
		{"Answered at", 22},
		{"Signature", 16},
		{"Problems", 50},
	}}
	for _, q := range r.Assessment.Requirements() {
		v := r.Assessment.Current(q.ID)
		s.add(
			q.ID.String(), q.Title, v.Response.Title(), v.Narrative, v.Results, v.Untested, methods(v.Methods), r.labels(v.Evidence),
			string(v.Remedy.Target), v.Remedy.Plan, v.Remedy.Law, yes(v.Compensates()), yes(v.Customized != nil), v.Inherited.String(),
			who(v), at(v), signature(v), strings.Join(r.problemsOf(q.ID), "\n"),
		)
	}
	return s
}

func (r record) procedures() sheet {
	s := sheet{name: "Procedures", columns: []column{
		{"Procedure", 14}, {"Requirement", 14}, {"Finding", 20}, {"Reporting answer", 80}, {"Methods", 20}, {"References", 24},
	}}
	for _, q := range r.Assessment.Requirements() {
		for _, p := range r.Assessment.Procedures(q.ID) {
			s.add(procedureName(q.ID, p), q.ID.String(), p.Finding.Title(), p.Reporting, methods(p.Methods), r.labels(p.References))
		}
	}
	return s
}

func procedureName(id questionnaires.RequirementID, p questionnaires.ProcedureAnswer) string {
	return questionnaires.Procedure{Requirement: id, Letter: p.Letter}.String()
}

func (r record) evidence() sheet {
	s := sheet{name: "Evidence", columns: []column{
		{"Number", 14},
		{"Title", 50},
		{"Kind", 16},
		{"Verdict", 14},
		{"Failed", 8},
		{"Unknown", 8},
		{"Passed", 8},
		{"Target", 28},
		{"Check", 28},
		{"File", 30},
		{"Collected", 22},
		{"Collected by", 24},
		{"Tool", 18},
		{"Freshness", 22},
		{"State", 30},
		{"SHA-256", 66},
	}}
	day := questionnaires.DayOf(r.Date)
	for _, i := range r.Items {
		kind, verdict, failed, unknown, passed, target, check, file, collector, tool := i.Kind.Noun(), "", "", "", "", "", "", "", i.Author.Name, ""
		if f := i.File; f != nil {
			file = f.Name
		}
		if q := i.Result; q != nil {
			kind, verdict, target, check = "result of a check", q.Verdict.String(), cmp.Or(q.Name, q.Target), q.Check
			failed, unknown, passed = fmt.Sprint(q.Failed), fmt.Sprint(q.Unknown), fmt.Sprint(q.Passed)
			collector, tool = i.Seen.Collector.Name, strings.TrimSpace(i.Seen.Tool.Name+" "+i.Seen.Tool.Version)
		}
		s.add(
			i.Label(), i.Title, kind, verdict, failed, unknown, passed, target, check, file, i.Collected.UTC().Format(time.RFC3339), collector, tool,
			r.Assessment.Freshness(i.Evidence, day).String(), strings.Join(stateOf(i), "; "), i.Digest().String(),
		)
	}
	return s
}

// stateOf is what a reader has to know of an item before relying on it.
func stateOf(i reports.Item) []string {
	var states []string
	if i.Replaced {
		states = append(states, "a newer result exists")
	}
	if i.Quarantined() {
		states = append(states, "in quarantine")
	}
	if i.Expunged != nil {
		states = append(states, "expunged: "+i.Expunged.String())
	}
	return states
}

func (r record) problems() sheet {
	s := sheet{name: "Problems", columns: []column{{"Requirement", 14}, {"Part", 18}, {"Kind", 30}, {"Problem", 100}}}
	for _, p := range r.open {
		s.add(p.Requirement.String(), p.Part.String(), p.Kind.String(), p.Sentence)
	}
	return s
}

func (r record) problemsOf(id questionnaires.RequirementID) []string {
	var all []string
	for _, p := range r.open {
		if p.Requirement == id {
			all = append(all, p.Sentence)
		}
	}
	return all
}

func (r record) gaps() sheet {
	s := sheet{name: "Not seen", columns: []column{{"Target", 30}, {"Source", 60}, {"Line", 8}, {"Kind", 40}, {"Namespace", 20}, {"Name", 30}, {"Reason", 16}, {"Cause", 80}}}
	for _, t := range r.Targets {
		for _, g := range t.Gaps {
			number := ""
			if g.Line > 0 {
				number = fmt.Sprint(g.Line)
			}
			s.add(cmp.Or(t.Name, t.ID), g.Source, number, g.Kind.String(), g.Namespace, g.Name, g.Reason.String(), g.Cause)
		}
	}
	return s
}

func methods(all []questionnaires.Method) string {
	names := make([]string, len(all))
	for i, m := range all {
		names[i] = m.String()
	}
	return strings.Join(names, ", ")
}

// labels are the numbers of evidence.
func (r record) labels(ids []questionnaires.ID) string { return strings.Join(r.labelList(ids), ", ") }

func (r record) labelList(ids []questionnaires.ID) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		item, known := r.Assessment.Evidence(id)
		if names[i] = item.Label(); !known {
			names[i] = string(id) + " (not in the vault)"
		}
	}
	return names
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return ""
}

// who gave an answer; "" if nobody did.
func who(v questionnaires.Revision) string {
	if v.Entry.IsZero() {
		return ""
	}
	return cmp.Or(line(v.Author.Name), "author "+v.Author.ID.Short())
}

func at(v questionnaires.Revision) string {
	if v.Entry.IsZero() {
		return ""
	}
	return v.Time.UTC().Format(time.RFC3339)
}

func signature(v questionnaires.Revision) string {
	switch {
	case v.Entry.IsZero():
		return ""
	case v.Verified:
		return "verified"
	}
	return "NOT VERIFIED"
}

// sortedKeys are the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// digestOf is a digest, "" where there is none.
func digestOf(d engine.Digest) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}
