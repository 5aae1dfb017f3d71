package reports

import (
	"cmp"
	"strings"

	"tickmark/questionnaires"
)

// notRecorded stands where somebody should have written something.
const notRecorded = "not recorded"

// recorded is a text, or that there is none.
func recorded(text string) string { return cmp.Or(strings.TrimSpace(text), notRecorded) }

func worksheetAnchor(id questionnaires.RequirementID) string { return "worksheet-" + id.String() }

// compensating holds the worksheet of every compensating control, whole or not.
func (c *composer) compensating() []Block {
	var sheets []Block
	for _, r := range c.Assessment.Requirements() {
		if revision := c.Assessment.Current(r.ID); revision.Compensates() {
			sheets = append(sheets, c.worksheet(r, revision)...)
		}
	}
	if len(sheets) == 0 {
		return []Block{Paragraph{Text: "No requirement is met with the help of a compensating control."}}
	}
	return append([]Block{Paragraph{
		Text: "A compensating control has to meet the intent of the requirement as rigorously, go beyond what the standard asks anyway, and offset the risk " +
			"that remains. It is evaluated again in every assessment and never makes up for what was missed in the past.",
	}}, sheets...)
}

// worksheet is one compensating control worksheet with its seven parts.
func (c *composer) worksheet(r questionnaires.Requirement, revision questionnaires.Revision) []Block {
	sheet := revision.Worksheet
	return []Block{
		Heading{Level: 3, Text: "Worksheet of " + r.ID.String() + ": " + r.Title, Anchor: worksheetAnchor(r.ID)},
		Facts{Rows: []Fact{
			{"Response", revision.Response.Title()},
			{"Covers", coversAspect(sheet.Aspect)},
			{"1. Constraints: what keeps the entity from meeting the requirement as it stands", recorded(sheet.Constraints)},
			{"2. Definition of the controls, and how they meet objective and added risk", recorded(sheet.Definition)},
			{"3. Objective of the original control", recorded(sheet.Objective)},
			{"4. Objective that the compensating control meets", recorded(sheet.ObjectiveMet)},
			{"5. Identified risk", recorded(sheet.Risk)},
			{"6. Validation: how the controls were tested", recorded(sheet.Validation)},
			{"7. Maintenance: what keeps the controls working", recorded(sheet.Maintenance)},
			{"Given by", c.given(revision)},
		}},
	}
}
