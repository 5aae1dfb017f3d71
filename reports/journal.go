package reports

import (
	"fmt"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// history says who wrote what, and by which digests a reader finds it again.
func (c *composer) history() []Block {
	h := c.Assessment.History()
	verified := 0
	for _, e := range h.Entries() {
		if h.Verify(e.ID) == nil {
			verified++
		}
	}
	rows := []Fact{
		{"Vault", h.Vault().String()},
		{"Assessment", string(c.Assessment.Details.ID)},
		{"Head of the assessment", c.Assessment.Head.String()},
		{"Time of the head", minute(c.Assessment.Time)},
		{"Head of the vault", h.Head().String()},
		{"Entries", fmt.Sprintf("%d, %d of them with a verified signature", len(h.Entries()), verified)},
	}
	if tips := len(h.Tips()); tips > 1 {
		rows = append(rows, Fact{"Tips", fmt.Sprintf("%d: several people wrote without having seen each other's last entries", tips)})
	}
	if lost := len(h.Losses()); lost > 0 {
		rows = append(rows, Fact{"Lost entries", fmt.Sprintf("%d: damage took them, and an enrolled person declared them lost; what they said is not in this record", lost)})
	}
	return []Block{
		Heading{Level: 1, Text: "People and history", Anchor: "history"},
		Paragraph{Text: "Every answer is a signed entry that names the entries its author had seen. Nothing is overwritten: an answer that was changed or taken back is still there."},
		Facts{Rows: rows},
		Heading{Level: 2, Text: "People"},
		Table{
			Columns: []Column{{"Name", 40, Strong}, {"Entries", 34, Plain}, {"Id (SHA-256 of the key)", 48, Mono}, {"Certificate (SHA-256)", 48, Mono}},
			Rows:    people(h), Empty: "Nobody is enrolled.",
		},
	}
}

func people(h *questionnaires.History) []Row {
	written := map[engine.Digest]int{}
	answers := map[engine.Digest]int{}
	for _, e := range h.Entries() {
		written[e.Author]++
		if e.Action == questionnaires.AnswerGiven {
			answers[e.Author]++
		}
	}
	var rows []Row
	for _, e := range h.EnrolledAuthors() {
		name := e.Author.Name
		if !e.Verified {
			name += " (enrolled by an entry that does not verify)"
		}
		certificate := "none"
		if !e.Certificate.IsZero() {
			certificate = twoLines(e.Certificate.String())
		}
		rows = append(rows, Row{Cells: []Cell{
			{Text: name},
			{Text: fmt.Sprintf("%d, %d of them answers", written[e.Author.ID], answers[e.Author.ID])},
			{Text: twoLines(e.Author.ID.String())},
			{Text: certificate},
		}})
	}
	return rows
}
