package export

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tickmark/questionnaires"
	"tickmark/reports"
)

// transfer is every answer in the order and numbering of the official form, to copy
// from: one sheet for each of its sections. What is open says so where it would be
// copied from.
func (r record) transfer() workbook {
	book := workbook{r.Date, []sheet{r.about()}}
	sheets := r.selfAssessed()
	if r.Assessment.Questionnaire.PerProcedure {
		sheets = r.assessed()
	}
	for _, s := range sheets {
		s.notes = []string{r.standing(), notice}
		if len(s.rows) == 0 {
			s.add("Nothing is recorded for this section.")
		}
		book.sheets = append(book.sheets, s)
	}
	return book
}

// selfAssessed are the sections of a self-assessment: the attestation's first parts, the
// questions with the appendices, and the attestation's last parts with what they rest on.
func (r record) selfAssessed() []sheet {
	blocks := r.document.Blocks
	return slices.Concat(
		r.attested("Section 1 Part %d", 1, 2),
		[]sheet{chapter(blocks, "Section 1 Entity and scope", "engagement", "scope", "third-parties", "form")},
		r.questions(),
		[]sheet{r.worksheets("Appendix B Worksheets"), r.reasons("Appendix C Not Applicable", questionnaires.NotApplicable)},
		r.leftOut("Appendix D Not Tested"),
		r.attested("Section 3 Part %d", 3, 3),
		[]sheet{chapter(blocks, "Section 3 Result", "result"), r.plan("Section 3 Action plan")},
		r.attested("Section 3 Part %d", 4, 4),
	)
}

// assessed are the sections of the report on an assessment per testing procedure, its
// appendices, and the attestation, which is a paper of its own.
func (r record) assessed() []sheet {
	blocks := r.document.Blocks
	return slices.Concat(
		[]sheet{
			chapter(blocks, "1 Contacts and result", "section-1"), r.plan("1.8 Not in Place"),
			r.reasons("1.8 Not Applicable", questionnaires.NotApplicable), r.reasons("1.8 Not Tested", questionnaires.NotTested),
			chapter(blocks, "2 Business", "section-2"), chapter(blocks, "3 Scope", "section-3"), chapter(blocks, "4 Environment", "section-4"),
			chapter(blocks, "5 Scans", "section-5"), chapter(blocks, "6 Evidence and samples", "section-6"), r.listed("6 Evidence by number"),
		},
		r.questions(),
		[]sheet{r.worksheets("Appendix C Worksheets"), chapter(blocks, "Appendix E Customized", "appendix-c")},
		r.attested("Attestation Part %d", 1, 4),
	)
}

// listed is the list of evidence with what the report's own lists say of documents,
// interviews and other items, each in a cell of its own.
func (r record) listed(name string) sheet {
	const behind = 3 // number, title and kind
	s := r.evidence()
	s.name = name
	s.columns = slices.Insert(s.columns, behind, []column{
		{"Version", 16},
		{"Purpose", 40},
		{"Last revision", 14},
		{"Topics", 40},
		{"Roles of those interviewed or watched", 40},
		{"Sample set", 14},
	}...)
	samples := r.Assessment.Samples()
	for n, i := range r.Items {
		d, set := i.Evidence.Details, ""
		if at := slices.IndexFunc(samples, func(s questionnaires.Sample) bool { return s.ID == d.Sample }); d.Sample != "" && at >= 0 {
			set = samples[at].Label()
		}
		s.rows[n] = slices.Insert(s.rows[n], behind, d.Version, d.Purpose, string(d.Revised), strings.Join(d.Topics, "; "), strings.Join(d.Roles, "; "), set)
	}
	return s
}

// attested are parts of the attestation, of a form that has one.
func (r record) attested(name string, from, to int) []sheet {
	var all []sheet
	for part := from; part <= to && len(r.attestation) > 0; part++ {
		all = append(all, chapter(r.attestation, fmt.Sprintf(name, part), fmt.Sprintf("part-%d", part)))
	}
	return all
}

// leftOut is what was not tested, where the form asks for it or somebody answered so.
func (r record) leftOut(name string) []sheet {
	s := r.reasons(name, questionnaires.NotTested)
	if len(s.rows) == 0 && !r.Assessment.Questionnaire.Allows(questionnaires.NotTested) {
		return nil
	}
	return []sheet{s}
}

// questions are the answers, a sheet for each principal requirement.
func (r record) questions() []sheet {
	var all []sheet
	var principal questionnaires.RequirementID
	for _, q := range r.Assessment.Requirements() {
		if len(all) == 0 || q.ID.Principal() != principal {
			principal = q.ID.Principal()
			all = append(all, r.section(principal))
		}
		r.transferred(&all[len(all)-1], q)
	}
	return all
}

// section is the empty sheet of a principal requirement.
func (r record) section(principal questionnaires.RequirementID) sheet {
	name := "Requirement " + principal.String()
	switch {
	case principal.Own():
		name = principal.String()
	case strings.HasPrefix(principal.String(), "A"):
		name = "Appendix " + principal.String()
	case r.Assessment.Questionnaire.PerProcedure:
		name = "7 " + name
	}
	return sheet{name: name, columns: []column{
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
		{"Title, in our words", 40},
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
			s.add(q.ID.String(), q.Title, w.Aspect, w.Constraints, w.Definition, w.Objective, w.ObjectiveMet, w.Risk, w.Validation, w.Maintenance)
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
			law := v.Remedy.Law
			if v.Remedy.Legal {
				law = cmp.Or(law, "not recorded")
			}
			s.add(q.ID.String(), v.Narrative, v.Remedy.Plan, string(v.Remedy.Target), law)
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
	case reports.SignatureBlock:
		s.add(part, b.Role, strings.Join([]string{b.Person, b.Note}, "\n"))
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
