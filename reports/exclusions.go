package reports

import (
	"fmt"
	"slices"
	"strings"

	"tickmark/questionnaires"
)

// notApplicable lists branches with all that they cover, and every requirement.
func (c *composer) notApplicable() []Block {
	if !c.Assessment.Questionnaire.Allows(questionnaires.NotApplicable) {
		return []Block{Paragraph{Text: "This questionnaire does not offer Not Applicable."}}
	}
	var blocks []Block
	var branches []Row
	for _, branch := range c.Assessment.Subtrees() {
		branches = append(branches, Row{Cells: []Cell{
			{Text: branch.Requirement.String()},
			{Text: strings.TrimSpace(branch.Narrative), Facts: []Fact{{"Covers", c.covered(branch.Requirement)}, {"Evidence", c.labels(branch.Evidence)}}, Note: methodList(branch.Methods)},
			c.writer(branch),
		}})
	}
	if len(branches) > 0 {
		blocks = append(
			blocks, Paragraph{Text: "Branches that were answered Not Applicable as a whole. An answer of a requirement's own goes before that of its branch."},
			Table{Columns: []Column{{"Branch", 24, Strong}, {"Reason", 116, Plain}, {"Given by", 30, Plain}}, Rows: branches},
			Paragraph{Text: "Every requirement that does not apply, and how that was found."},
		)
	}
	var rows []Row
	for _, r := range c.Assessment.Requirements() {
		revision := c.Assessment.Current(r.ID)
		if revision.Response != questionnaires.NotApplicable {
			continue
		}
		reason := Cell{Title: r.Title, Text: c.reason(revision, questionnaires.NotApplicable)}
		if c.inherits(revision) {
			reason.Text = fmt.Sprintf("Not Applicable with all of %s; its reason is that one's.", revision.Inherited)
			if c.Assessment.Questionnaire.PerProcedure {
				reason.Text += " Its own testing is not described."
			}
		}
		if !r.SupersededBy.IsZero() {
			reason.Note = fmt.Sprintf("Superseded by %s on 2025-03-31.", r.SupersededBy)
		}
		rows = append(rows, c.reasoned(r, reason, revision))
	}
	return append(blocks, Table{Columns: reasonColumns("Reason"), Rows: rows, Empty: "No requirement was answered Not Applicable."})
}

// covered are the requirements of the form that take a branch's answer, and those
// that have one of their own.
func (c *composer) covered(branch questionnaires.RequirementID) string {
	var taken, own []string
	for _, id := range c.Assessment.Questionnaire.Requirements {
		switch revision := c.Assessment.Current(id); {
		case !branch.Covers(id):
		case revision.Inherited == branch && c.inherits(revision), id == branch:
			taken = append(taken, id.String())
		default:
			own = append(own, fmt.Sprintf("%s (%s)", id, revision.Response.Title()))
		}
	}
	text := strings.Join(taken, ", ")
	if text == "" {
		text = "nothing that has no answer of its own"
	}
	if len(own) > 0 {
		text += "; answered for themselves: " + strings.Join(own, ", ")
	}
	return text
}

// notTested lists what was left out, wholly or in part.
func (c *composer) notTested() []Block {
	var blocks []Block
	var rows []Row
	for _, r := range c.Assessment.Requirements() {
		revision := c.Assessment.Current(r.ID)
		part := slices.ContainsFunc(c.Assessment.Procedures(r.ID), func(p questionnaires.ProcedureAnswer) bool { return p.Finding == questionnaires.NotTested })
		if revision.Response != questionnaires.NotTested && !part {
			continue
		}
		reason := Cell{Title: r.Title, Text: c.reason(revision, questionnaires.NotTested), Facts: []Fact{{"What was left out", recorded(revision.Untested)}}}
		if revision.Response != questionnaires.NotTested {
			reason.Note = "Its response is " + revision.Response.Title() + "; a part of it was not tested."
		}
		rows = append(rows, c.reasoned(r, reason, revision))
	}
	if len(rows) > 0 {
		blocks = append(blocks, Paragraph{
			Text: "Requirements that were left out of the assessment, and why. No opinion is given on them, and because of them the assessment is partial.",
		})
	}
	empty := "No requirement was answered Not Tested: nothing makes the assessment a partial one."
	if !c.Assessment.Questionnaire.Allows(questionnaires.NotTested) {
		empty = "This questionnaire does not offer Not Tested."
	}
	return append(blocks, Table{Columns: reasonColumns("Reason"), Rows: rows, Empty: empty})
}

func reasonColumns(what string) []Column {
	return []Column{{"Requirement", 24, Plain}, {what, 116, Plain}, {"Given by", 30, Plain}}
}

// reasoned is the row of a requirement with its reason.
func (c *composer) reasoned(r questionnaires.Requirement, reason Cell, revision questionnaires.Revision) Row {
	return Row{Cells: []Cell{{Links: []Link{{r.ID.String(), anchorOf(r.ID)}}}, reason, c.writer(revision)}}
}

// writer is who gave an answer, and on which day.
func (c *composer) writer(r questionnaires.Revision) Cell {
	return Cell{Text: author(r.Author), Note: isoDay(r.Time)}
}
