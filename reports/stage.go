package reports

import (
	"fmt"
	"slices"
	"strings"

	"tickmark/questionnaires"
)

// stage says which version the record is of, who reviewed and issued it, and what an
// amendment changed.
func (c *composer) stage() []Block {
	e := c.Edition
	rows := []Fact{{"Version", e.Line()}, {"Date of this record", longDay(c.Date)}, {"Conclusion", c.conclusionSentence()}}
	for _, reason := range e.Reasons {
		rows = append(rows, Fact{fmt.Sprintf("Amends version %s of %s", e.Before.Label(), e.Before.Day), reason})
	}
	if e.Issued == nil && e.Standing.Reason != "" && len(e.Reasons) == 0 {
		rows = append(rows, Fact{"Returned", e.Standing.Reason})
	}
	rows = append(rows, Fact{"Reviewed for quality by", reviewersOf(e.Sections)})
	if !c.Assessment.Questionnaire.ReviewedForQuality() {
		if k := e.Vouched; k != nil {
			rows = append(rows, Fact{"Acknowledged for the entity by", fmt.Sprintf("%s, %s, on %s", k.Name, k.Title, k.Day)}, Fact{"Which is known from", e.voucher()})
		} else {
			rows = append(rows, Fact{"Acknowledged for the entity by", "nobody yet"})
		}
	}
	blocks := []Block{Heading{Level: 1, Text: "Version and reviews", Anchor: "stage"}, Facts{Rows: rows}}
	blocks = append(blocks, c.acknowledged()...)
	blocks = append(blocks, reviews(e.Sections)...)
	return append(blocks, c.differences()...)
}

// reviewersOf names who passed sections in QA.
func reviewersOf(sections []questionnaires.SectionStanding) string {
	var names []string
	for _, s := range sections {
		if name := s.QA.By.Name; s.QA.State == questionnaires.SectionPassed && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "nobody"
	}
	return strings.Join(names, ", ")
}

// acknowledged lists what the executive stands for.
func (c *composer) acknowledged() []Block {
	if c.Edition.Vouched == nil {
		return nil
	}
	var items []string
	for _, s := range questionnaires.Statements() {
		items = append(items, s.Text+".")
	}
	return []Block{Paragraph{Text: "What was acknowledged:"}, List{Items: items}}
}

// reviews lists the sections with what was said of each, and says it loud where nobody
// but who did the work looked at one.
func reviews(sections []questionnaires.SectionStanding) []Block {
	var rows []Row
	alone, looked := 0, false
	for _, s := range sections {
		looked = looked || s.Lead.State != questionnaires.NotReviewed || s.QA.State != questionnaires.NotReviewed
		if s.Lead.Alone {
			alone++
		}
		rows = append(rows, Row{Cells: []Cell{{Text: s.Title}, reviewCell(s.Lead), reviewCell(s.QA)}})
	}
	if !looked {
		return []Block{Paragraph{Text: "No section was reviewed."}}
	}
	var blocks []Block
	if alone > 0 {
		blocks = append(blocks, Callout{
			Tone: Warn, Title: "Reviewed alone",
			Text: fmt.Sprintf("Nobody else looked at %s: who did the work reviewed it, since nobody else is enrolled.", count(alone, "section", "sections")),
		})
	}
	return append(blocks, Table{
		Columns: []Column{{"Section", 50, Strong}, {"Lead review", 60, Plain}, {"QA", 60, Plain}}, Rows: rows,
	})
}

func reviewCell(r questionnaires.ReviewStanding) Cell {
	if r.State == questionnaires.NotReviewed {
		return Cell{Text: "not reviewed", Note: r.Ignored}
	}
	said := map[questionnaires.ReviewState]string{
		questionnaires.SectionReturned: "returned", questionnaires.SectionChanged: "passed, and changed since", questionnaires.SectionPassed: "passed",
	}[r.State]
	cell := Cell{Text: fmt.Sprintf("%s by %s on %s", said, r.By.Name, questionnaires.DayOf(r.Time)), Note: r.Reason}
	if r.Alone {
		cell.Note = "alone: nobody else looked at it"
	}
	return cell
}

// differences are what an amendment says otherwise than the version before.
func (c *composer) differences() []Block {
	e := c.Edition
	if e.Before.Version == 0 {
		return nil
	}
	rows := make([]Row, len(e.Differs))
	for i, d := range e.Differs {
		place := Cell{Text: d.Requirement.String()}
		if c.Assessment.Questionnaire.Asks(d.Requirement) {
			place = Cell{Links: []Link{{d.Requirement.String(), anchorOf(d.Requirement)}}}
		}
		rows[i] = Row{Cells: []Cell{place, {Pill: pill(d.Before)}, {Pill: pill(d.After)}, {Text: d.Title()}}}
	}
	return []Block{
		Heading{Level: 2, Text: "What differs from version " + e.Before.Label()},
		Paragraph{Text: "Version " + e.Before.Label() + " stays in the vault as it was issued, and its report bears the head " + e.Before.ReportHead().String() + "."},
		Table{
			Columns: []Column{{"Requirement", 24, Plain}, {"Before", 40, Plain}, {"Now", 40, Plain}, {"In words", 66, Plain}}, Rows: rows,
			Empty: "No response and no answer differs.",
		},
	}
}
