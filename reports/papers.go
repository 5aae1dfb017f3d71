package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tickmark/questionnaires"
)

// papers list what people brought, as a report numbers it: documents, interviews, and
// all else.
func (c *composer) papers() []Block {
	var blocks []Block
	for _, list := range []struct{ series, title, column string }{
		{"Doc", "Documents", "Document"},
		{"Int", "Interviews", "Notes"},
		{"Evidence", "Files and observations", "Item"},
	} {
		var rows []Row
		for _, item := range c.Items {
			if item.File != nil && item.Kind.Series() == list.series {
				rows = append(rows, Row{Anchor: evidenceAnchor(item.ID), Cells: []Cell{item.number(), c.paper(item), c.obtained(item), {Text: twoLines(item.Digest().String())}}})
			}
		}
		if len(rows) > 0 || c.Assessment.Questionnaire.PerProcedure {
			blocks = append(blocks, Heading{Level: 2, Text: list.title}, Table{
				Columns: []Column{{"Number", 23, Strong}, {list.column, 54, Plain}, {"Obtained and dated", 45, Plain}, {"SHA-256", 48, Mono}}, Rows: rows,
				Empty: "There is none of these in the vault.",
			})
		}
	}
	return blocks
}

// paper is what a file is: what an index of evidence says of its kind, and what the
// search for card numbers and keys found.
func (c *composer) paper(i Item) Cell {
	d := i.Evidence.Details
	cell := Cell{Title: cmp.Or(i.Title, i.File.Name), Text: d.Purpose, Facts: facts(
		Fact{"Version", d.Version},
		Fact{"Last revision", string(d.Revised)},
		Fact{"Topics", strings.Join(d.Topics, "; ")},
		Fact{"Roles", strings.Join(d.Roles, "; ")},
		Fact{"Shows", c.sampleShown(d.Sample)},
	)}
	cell.Note = fmt.Sprintf("%s, %s, %d bytes", i.Kind.Noun(), i.File.Name, i.File.Size)
	if i.Expunged != nil {
		cell.Note += ". What it held was " + i.Expunged.String()
		return cell
	}
	cell.Note += "; " + i.SearchWords()
	if i.Original != nil {
		cell.Note += fmt.Sprintf(". In place of %s, SHA-256 %s", i.Original.Name, i.Original.Digest)
	}
	return cell
}

// obtained is how a file came into the assessor's hands, and its days, each by its name.
func (c *composer) obtained(i Item) Cell {
	d := i.Evidence.Details
	cell := Cell{Text: string(i.File.Obtained), Note: "kept by " + cmp.Or(Line(i.Author.Name), i.Author.ID.Short()), Facts: facts(
		Fact{"Collected", minute(i.Collected)},
		Fact{"Effective", d.Period()},
		Fact{"Received", string(d.Received)},
		Fact{"Valid until", string(d.ValidUntil)},
	)}
	switch {
	case i.Expunged != nil:
		cell.Pill = Pill{"Expunged", Warn}
	case i.Quarantined():
		cell.Pill = Pill{"Quarantined", Warn}
	case c.isStale(i.Evidence):
		cell.Pill = Pill{"Stale", Warn}
	}
	return cell
}

// sampleShown names the sample set that an item shows.
func (c *composer) sampleShown(set questionnaires.ID) string {
	samples := c.Assessment.Samples()
	i := slices.IndexFunc(samples, func(s questionnaires.Sample) bool { return s.ID == set })
	if set == "" || i < 0 {
		return ""
	}
	return samples[i].Label()
}
