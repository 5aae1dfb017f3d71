package reports

import "tickmark/questionnaires"

// responsibilities lists who answers for what on managed platforms, as people have
// confirmed it. A default that nobody confirmed is no fact and is not printed.
func (c *composer) responsibilities() []Block {
	blocks := []Block{Heading{Level: 2, Text: "Shared responsibility on managed platforms"}}
	if len(c.Confirmed) == 0 {
		return append(blocks, Paragraph{Text: "Nobody has confirmed who answers for what on a managed platform."})
	}
	blocks = append(blocks, Paragraph{Text: "As people confirmed it against the provider's own document. What nobody confirmed is not listed."})
	for i := 0; i < len(c.Confirmed); {
		platform := c.Confirmed[i].Platform
		var rows []Row
		for ; i < len(c.Confirmed) && c.Confirmed[i].Platform.Platform == platform.Platform; i++ {
			rows = append(rows, c.responsibility(c.Confirmed[i]))
		}
		name := platform.Name
		if name == "" {
			name = platform.Platform.String()
		}
		blocks = append(
			blocks, Heading{Level: 3, Text: name},
			Table{Columns: []Column{{"Requirement", 24, Plain}, {"Answers for it", 34, Plain}, {"Note", 52, Plain}, {"Confirmed against", 60, Plain}}, Rows: rows},
		)
	}
	return blocks
}

func (c *composer) responsibility(r questionnaires.Responsibility) Row {
	number := Cell{Text: r.Requirement.String()}
	if c.Assessment.Questionnaire.Asks(r.Requirement) {
		number = Cell{Links: []Link{{r.Requirement.String(), anchorOf(r.Requirement)}}}
	}
	if r.Confirmed == nil {
		return Row{Cells: []Cell{number, {Pill: Pill{"in conflict", Bad}}, {Text: "Confirmed in several ways side by side; nobody has chosen."}, {}}}
	}
	return Row{Cells: []Cell{
		number,
		{Text: partyName(r.Confirmed.Party, "the provider")},
		{Text: r.Confirmed.Note},
		{Text: r.Confirmed.Matrix + " of " + r.Confirmed.MatrixDate, Note: author(r.Confirmed.Author) + ", " + isoDay(r.Confirmed.Time)},
	}}
}
