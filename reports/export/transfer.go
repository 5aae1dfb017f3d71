package export

import (
	"fmt"
	"strings"

	"tickmark/questionnaires"
	"tickmark/reports"
)

// transfer is every answer in the order and numbering of the official form, to copy
// from: one sheet for each of its sections. What is open says so where it would be
// copied from.
func (r record) transfer() workbook {
	book := workbook{r.Date, []sheet{r.about()}}
	add := func(s sheet) {
		s.notes = []string{r.standing(), notice}
		if len(s.rows) == 0 {
			s.add("Nothing is recorded for this section.")
		}
		book.sheets = append(book.sheets, s)
	}
	a, whole := r.Assessment, r.Assessment.Questionnaire.PerProcedure
	blocks := r.document.Blocks
	if whole {
		for _, part := range []struct{ anchor, name string }{
			{"section-1", "1 Contacts and result"},
			{"section-2", "2 Business"},
			{"section-3", "3 Scope"},
			{"section-4", "4 Environment"},
			{"section-5", "5 Scans"},
			{"section-6", "6 Evidence and samples"},
		} {
			add(chapter(blocks, part.name, part.anchor))
		}
		evidence := r.evidence()
		evidence.name = "6 Evidence by number"
		add(evidence)
	} else {
		add(chapter(blocks, "Section 1 Entity and scope", "engagement", "scope", "third-parties", "form"))
	}
	var section *sheet
	var principal questionnaires.RequirementID
	for _, q := range a.Requirements() {
		if section == nil || q.ID.Principal() != principal {
			if section != nil {
				add(*section)
			}
			principal = q.ID.Principal()
			section = r.section(principal)
		}
		r.transferred(section, q)
	}
	if section != nil {
		add(*section)
	}
	names := map[bool][4]string{
		true:  {"Appendix C Worksheets", "Not Applicable", "Not Tested", "Not in Place"},
		false: {"Appendix B Worksheets", "Appendix C Not Applicable", "Appendix D Not Tested", "Section 3 Action plan"},
	}[whole]
	add(r.worksheets(names[0]))
	add(r.reasons(names[1], questionnaires.NotApplicable))
	add(r.reasons(names[2], questionnaires.NotTested))
	add(r.plan(names[3]))
	if whole {
		add(chapter(blocks, "Appendix E Customized", "appendix-c"))
	} else {
		add(chapter(blocks, "Section 3 Result", "result"))
	}
	for part := 1; len(r.attestation) > 0 && part <= 4; part++ {
		add(chapter(r.attestation, fmt.Sprintf("Attestation Part %d", part), fmt.Sprintf("part-%d", part)))
	}
	return book
}

// section is the empty sheet of a principal requirement.
func (r record) section(principal questionnaires.RequirementID) *sheet {
	name := "Requirement " + principal.String()
	switch {
	case principal.Own():
		name = principal.String()
	case strings.HasPrefix(principal.String(), "A"):
		name = "Appendix " + principal.String()
	}
	if r.Assessment.Questionnaire.PerProcedure {
		name = "7 " + name
	}
	return &sheet{name: name, columns: []column{
		{"Number", 12},
		{"Title, in our words", 40},
		{"Response or finding", 20},
		{"Narrative or reporting answer", 90},
		{"Description of results", 50},
		{"What was not tested", 40},
		{"Methods", 22},
		{"Evidence", 26},
		{"Compensating control", 14},
		{"Customized approach", 14},
		{"Not Applicable with", 14},
		{"Answered by", 24},
		{"Answered on", 14},
		{"To be mended", 60},
	}}
}

// transferred adds a requirement, and its testing procedures below it.
func (r record) transferred(s *sheet, q questionnaires.Requirement) {
	v := r.Assessment.Current(q.ID)
	var on string
	if !v.Entry.IsZero() {
		on = dayOf(v.Time)
	}
	problems := r.problemsOf(q.ID)
	if !v.Entry.IsZero() && !v.Verified {
		problems = append(problems, "The signature of this answer is not verified.")
	}
	s.add(
		q.ID.String(), q.Title, v.Response.Title(), v.Narrative, v.Results, v.Untested, methods(v.Methods), r.labels(v.Evidence), yes(v.Compensates()),
		yes(v.Customized != nil), v.Inherited.String(), who(v), on, strings.Join(problems, "\n"),
	)
	for _, p := range r.Assessment.Procedures(q.ID) {
		name := procedureName(q.ID, p)
		if name == q.ID.String() {
			name += " (procedure)"
		}
		s.add(name, "", p.Finding.Title(), p.Reporting, "", "", methods(p.Methods), r.labels(p.References))
	}
}

func (r record) worksheets(name string) sheet {
	s := sheet{name: name, columns: []column{
		{"Requirement", 14},
		{"Covers", 24},
		{"1 Constraints", 50},
		{"2 Definition of the controls", 50},
		{"3a Objective of the original control", 50},
		{"3b Objective that is met", 50},
		{"4 Identified risk", 50},
		{"5 Validation", 50},
		{"6 Maintenance", 50},
	}}
	for _, q := range r.Assessment.Requirements() {
		if v := r.Assessment.Current(q.ID); v.Compensates() {
			w := v.Worksheet
			s.add(q.ID.String(), w.Aspect, w.Constraints, w.Definition, w.Objective, w.ObjectiveMet, w.Risk, w.Validation, w.Maintenance)
		}
	}
	return s
}

// reasons are the requirements with a response and why, those that hold a procedure
// with it among them.
func (r record) reasons(name string, response questionnaires.Response) sheet {
	s := sheet{name: name, columns: []column{{"Requirement", 14}, {"Response", 20}, {"Reason", 90}, {"What was left out", 50}, {"Not Applicable with", 14}}}
	for _, q := range r.Assessment.Requirements() {
		v := r.Assessment.Current(q.ID)
		if v.Response == response {
			s.add(q.ID.String(), v.Response.Title(), v.Narrative, v.Untested, v.Inherited.String())
		}
		for _, p := range r.Assessment.Procedures(q.ID) {
			if p.Finding == response && (v.Response != response || p.Reporting != "") {
				s.add(procedureName(q.ID, p), p.Finding.Title(), p.Reporting)
			}
		}
	}
	return s
}

func (r record) plan(name string) sheet {
	s := sheet{name: name, columns: []column{{"Requirement", 14}, {"What is missing", 70}, {"Action plan", 70}, {"Target date", 14}, {"Law that stands against it", 50}}}
	for _, q := range r.Assessment.Requirements() {
		if v := r.Assessment.Current(q.ID); v.Response == questionnaires.NotInPlace {
			s.add(q.ID.String(), v.Narrative, v.Remedy.Plan, string(v.Remedy.Target), v.Remedy.Law)
		}
	}
	return s
}

// chapter is chapters of a paper, by anchor, as rows.
func chapter(blocks []reports.Block, name string, anchors ...string) sheet {
	s := sheet{name: name, columns: []column{{"Part", 40}, {"What", 50}, {"Text", 110}}}
	for _, anchor := range anchors {
		within := false
		var part string
		for _, b := range blocks {
			if h, is := b.(reports.Heading); is {
				if part = h.Text; h.Level == 1 {
					within = h.Anchor == anchor
				}
			} else if within {
				s.block(part, b)
			}
		}
	}
	return s
}

// block adds what a block of the paper says.
func (s *sheet) block(part string, b reports.Block) {
	switch b := b.(type) {
	case reports.Facts:
		for _, f := range b.Rows {
			s.add(part, f.Name, f.Value)
		}
	case reports.Paragraph:
		s.add(part, "", b.Text)
	case reports.List:
		s.add(part, "", strings.Join(b.Items, "\n"))
	case reports.Callout:
		s.add(part, b.Title, strings.Join(append([]string{b.Text}, b.Items...), "\n"))
	case reports.Table:
		if len(b.Rows) == 0 && b.Empty != "" {
			s.add(part, "", b.Empty)
		}
		for _, row := range b.Rows {
			var first string
			var texts []string
			for i, cell := range row.Cells {
				text := cell.Plain()
				switch {
				case i == 0:
					first = text
				case text != "":
					texts = append(texts, b.Columns[i].Title+": "+text)
				}
			}
			s.add(part, first, strings.Join(texts, "\n"))
		}
	}
}
