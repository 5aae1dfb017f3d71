package reports

import (
	"cmp"
	"fmt"
	"strings"

	"tickmark/questionnaires"
)

// responses lists every requirement of the questionnaire with what was answered.
func (c *composer) responses() []Block {
	blocks := []Block{
		Heading{Level: 1, Text: "Responses", Anchor: "responses"},
		Paragraph{Text: "Every requirement of the questionnaire in its order, with the response, who gave it and what it rests on. Titles are in the program's own words."},
	}
	var rows []Row
	var principal questionnaires.RequirementID
	flush := func() {
		if len(rows) == 0 {
			return
		}
		name := "Requirement " + principal.String()
		if strings.HasPrefix(principal.String(), "A") {
			name = "Appendix " + principal.String()
		}
		blocks = append(
			blocks, Heading{Level: 2, Text: name + ": " + c.Assessment.PrincipalTitle(principal)},
			Table{Columns: []Column{{"Requirement", 22, Strong}, {"Response", 92, Plain}, {"Status", 30, Plain}, {"Evidence", 26, Mono}}, Rows: rows},
		)
		rows = nil
	}
	for _, r := range c.Assessment.Requirements() {
		if r.ID.Principal() != principal {
			flush()
			principal = r.ID.Principal()
		}
		rows = append(rows, c.response(r))
	}
	flush()
	return blocks
}

func (c *composer) response(r questionnaires.Requirement) Row {
	revision := c.Assessment.Current(r.ID)
	text := strings.TrimSpace(revision.Narrative)
	switch {
	case revision.Response == questionnaires.Unanswered:
		text = "Not answered."
	case text == "":
		text = "Answered without a narrative."
	}
	return Row{Anchor: anchorOf(r.ID), Cells: []Cell{
		{Text: r.ID.String()},
		{Title: r.Title, Text: text, Note: c.given(revision) + c.beside(revision)},
		{Pill: pill(revision.Response)},
		c.cited(revision),
	}}
}

// given says by whom, when and how an answer was found.
func (c *composer) given(r questionnaires.Revision) string {
	if r.Entry.IsZero() {
		return ""
	}
	parts := []string{cmp.Or(Line(r.Author.Name), "author "+r.Author.ID.Short()), minute(r.Time)}
	var methods []string
	for _, m := range r.Methods {
		methods = append(methods, m.String())
	}
	if len(methods) > 0 {
		parts = append(parts, strings.Join(methods, ", "))
	}
	if !r.Verified {
		parts = append(parts, "SIGNATURE NOT VERIFIED")
	}
	return strings.Join(parts, " · ")
}

// beside names the answers that other people gave without having seen this one, and
// that nobody has chosen between.
func (c *composer) beside(current questionnaires.Revision) string {
	var b strings.Builder
	for _, r := range c.Assessment.Conflicts(current.Requirement) {
		if r.Entry != current.Entry {
			fmt.Fprintf(&b, "\nBeside it stands: %s, %s, %s", r.Response.Title(), cmp.Or(Line(r.Author.Name), r.Author.ID.Short()), minute(r.Time))
		}
	}
	return b.String()
}

// cited are the numbers of the evidence of an answer.
func (c *composer) cited(r questionnaires.Revision) Cell {
	var cell Cell
	for _, id := range r.Evidence {
		if item, known := c.Assessment.Evidence(id); known {
			cell.Links = append(cell.Links, Link{item.Label(), evidenceAnchor(id)})
		}
	}
	if len(cell.Links) == 0 {
		cell.Text = "none"
	}
	return cell
}

func evidenceAnchor(id questionnaires.ID) string { return "evidence-" + string(id) }

// reasons are the appendices of the responses that need one.
func (c *composer) reasons() []Block {
	blocks := []Block{
		Heading{Level: 1, Text: "Responses with their reasons", Anchor: "reasons"},
		Paragraph{Text: "The responses that a reader has to weigh one by one."},
	}
	for _, part := range []struct {
		response           questionnaires.Response
		title, text, empty string
	}{
		{
			questionnaires.InPlaceWithCCW, "Compensating controls",
			"Requirements met with the help of a compensating control. The worksheet of each has to be kept with this record.",
			"No requirement was answered In Place with CCW.",
		},
		{
			questionnaires.NotApplicable, "Not Applicable", "Requirements that do not apply, and how that was found.",
			"No requirement was answered Not Applicable.",
		},
		{
			questionnaires.NotTested, "Not Tested", "Requirements that were left out of the assessment, and why. They make it a partial one.",
			"No requirement was answered Not Tested.",
		},
		{
			questionnaires.NotInPlace, "Not in Place", "Requirements that are not met, and what is planned.",
			"No requirement was answered Not in Place.",
		},
	} {
		empty := part.empty
		if !c.Assessment.Questionnaire.Allows(part.response) {
			empty = "This questionnaire does not offer " + part.response.Title() + "."
		}
		rows := c.reasonRows(part.response)
		blocks = append(blocks, Heading{Level: 2, Text: part.title})
		if len(rows) > 0 {
			blocks = append(blocks, Paragraph{Text: part.text})
		}
		blocks = append(blocks, Table{Columns: []Column{{"Requirement", 24, Plain}, {"Reason", 116, Plain}, {"Given by", 30, Plain}}, Rows: rows, Empty: empty})
	}
	return blocks
}

func (c *composer) reasonRows(response questionnaires.Response) []Row {
	var rows []Row
	for _, r := range c.Assessment.Requirements() {
		revision := c.Assessment.Current(r.ID)
		if revision.Response != response {
			continue
		}
		note := ""
		if response == questionnaires.InPlaceWithCCW {
			note = "Its worksheet is not part of this record."
		}
		rows = append(rows, Row{Cells: []Cell{
			{Links: []Link{{r.ID.String(), anchorOf(r.ID)}}},
			{Title: r.Title, Text: cmp.Or(strings.TrimSpace(revision.Narrative), "No reason is recorded."), Note: note},
			{Text: cmp.Or(Line(revision.Author.Name), revision.Author.ID.Short()), Note: isoDay(revision.Time)},
		}})
	}
	return rows
}
