package reports

import (
	"tickmark/questionnaires"
)

func planAnchor(id questionnaires.RequirementID) string { return "plan-" + id.String() }

// remedies is the action plan: what is Not in Place, and apart from it what a law
// stands against.
func (c *composer) remedies() []Block {
	var planned, legal []Row
	for _, r := range c.Assessment.Requirements() {
		revision := c.Assessment.Current(r.ID)
		if revision.Response != questionnaires.NotInPlace {
			continue
		}
		remedy := revision.Remedy
		cell := Cell{Title: r.Title, Text: c.reason(revision, questionnaires.NotInPlace)}
		last := Cell{Text: recorded(string(remedy.Target))}
		if remedy.Legal {
			cell.Facts = append(cell.Facts, Fact{"Law or regulation", recorded(remedy.Law)})
			last.Text = string(remedy.Target)
		}
		if remedy.Plan != "" || !remedy.Legal {
			cell.Facts = append(cell.Facts, Fact{"Action plan", recorded(remedy.Plan)})
		}
		last.Note = author(revision.Author) + "\n" + isoDay(revision.Time)
		row := Row{Anchor: planAnchor(r.ID), Cells: []Cell{{Links: []Link{{r.ID.String(), anchorOf(r.ID)}}}, cell, last}}
		if remedy.Legal {
			legal = append(legal, row)
		} else {
			planned = append(planned, row)
		}
	}
	columns := []Column{{"Requirement", 24, Plain}, {"What is missing, and what is planned", 116, Plain}, {"Target date", 30, Strong}}
	blocks := []Block{Heading{Level: 2, Text: "Action plan"}}
	if len(planned) > 0 {
		blocks = append(blocks, Paragraph{Text: "Requirements that are not met. The target date is when the entity expects to meet them; an action plan is filled in where it was asked for."})
	}
	return append(
		blocks, Table{Columns: columns, Rows: planned, Empty: "No requirement was answered Not in Place for want of a remedy."},
		Heading{Level: 2, Text: "Not in Place because of a law"},
		Table{Columns: columns, Rows: legal, Empty: "No requirement is Not in Place because of a law or regulation."},
	)
}
