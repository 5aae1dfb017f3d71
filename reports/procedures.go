package reports

import (
	"cmp"
	"fmt"
	"strings"

	"tickmark/questionnaires"
)

// procedures are the rows of a requirement's testing procedures: none where the form
// asks for no findings of theirs and nobody gave any.
func (c *composer) procedures(r questionnaires.Requirement) []Row {
	found := c.Assessment.Procedures(r.ID)
	own := c.Assessment.Own(r.ID)
	switch {
	case found == nil: // of a form that the assessment was moved from
		found = own.Procedures
	case len(own.Procedures) == 0 && len(found) == 1:
		return nil // the answer is that of its only procedure
	}
	rows := make([]Row, len(found))
	for i, p := range found {
		rows[i] = c.procedure(r.ID, p)
	}
	return rows
}

func (c *composer) procedure(id questionnaires.RequirementID, p questionnaires.ProcedureAnswer) Row {
	name := questionnaires.Procedure{Requirement: id, Letter: p.Letter}.String()
	text := strings.TrimSpace(p.Reporting)
	switch {
	case text != "":
	case p.Finding == questionnaires.Unanswered:
		text = "Not answered."
	default:
		text = "No reporting answer is recorded."
	}
	methods := methodList(p.Methods)
	if p.Finding != questionnaires.Unanswered {
		methods = cmp.Or(methods, "methods "+notRecorded)
	}
	return Row{Cells: []Cell{
		{Note: name},
		{Text: text, Facts: c.base(id, p), Note: methods},
		{Pill: pill(p.Finding)},
		c.cited(p.References),
	}}
}

// reason is what stands where a reader looks for why: the narrative, and of each
// testing procedure with a finding its reporting answer.
func (c *composer) reason(r questionnaires.Revision, finding questionnaires.Response) string {
	parts := []string{cmp.Or(strings.TrimSpace(r.Narrative), "No reason is recorded.")}
	for _, p := range c.Assessment.Procedures(r.Requirement) {
		if len(r.Procedures) > 0 && p.Finding == finding {
			name := questionnaires.Procedure{Requirement: r.Requirement, Letter: p.Letter}.String()
			parts = append(parts, fmt.Sprintf("%s: %s", name, cmp.Or(strings.TrimSpace(p.Reporting), "No reporting answer is recorded.")))
		}
	}
	return strings.Join(parts, "\n")
}
