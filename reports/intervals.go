package reports

import (
	"fmt"
	"strings"

	"tickmark/questionnaires"
)

// intervals says of what recurs when it was done last and what was missed, and of each
// significant change what was done after it; nothing where neither is recorded.
func (c *composer) intervals() []Block {
	on := questionnaires.DayOf(c.Date)
	calendar, err := c.Assessment.Calendar(on)
	if err != nil {
		return []Block{Callout{Tone: Bad, Title: "The calendar cannot be read", Text: err.Error()}}
	}
	var rows []Row
	var never []string
	for _, r := range calendar.Recurring {
		if r.State == questionnaires.NeverDone && len(r.Open) == 0 {
			never = append(never, strings.TrimSpace(r.Requirement.String()+" "+r.Of))
			continue
		}
		rows = append(rows, interval(r))
	}
	if len(rows) == 0 && len(calendar.Changes) == 0 {
		return nil
	}
	blocks := []Block{
		Heading{Level: 2, Text: "Intervals kept and missed"},
		Paragraph{Text: "Missed is what was not done again in time, in the year before the report. Of the time before the first recorded day nothing is known."},
		Table{Columns: []Column{{"Requirement", 62, Plain}, {"Interval", 32, Plain}, {"Last done", 28, Plain}, {"Missed", 48, Plain}}, Rows: rows, Empty: "Nothing that recurs is recorded."},
	}
	if len(never) > 0 {
		blocks = append(blocks, Paragraph{Text: "No day is recorded for " + strings.Join(never, ", ") + "."})
	}
	if len(calendar.Changes) > 0 {
		blocks = append(blocks, Heading{Level: 2, Text: "Significant changes"}, Table{
			Columns: []Column{{"Day", 28, Plain}, {"What changed", 62, Plain}, {"What it asks for", 52, Plain}, {"Done", 28, Plain}}, Rows: changes(calendar.Changes),
		})
	}
	return blocks
}

// interval is the row of what recurs. A time that was missed is not held against a first
// assessment that excuses it, and is printed all the same.
func interval(r questionnaires.Recurring) Row {
	every := r.Every.String()
	if r.RiskBased {
		every += ", by its risk analysis"
	}
	last := Cell{Text: string(r.Last)}
	if r.State == questionnaires.NotPassed {
		last.Pill = Pill{"Not passed", Bad}
	}
	missed := make([]string, len(r.Missed))
	for i, m := range r.Missed {
		missed[i] = fmt.Sprintf("due by %s, not done since", m.Due)
		if m.Done != "" {
			missed[i] = fmt.Sprintf("due by %s, done on %s", m.Due, m.Done)
		}
	}
	cell := Cell{Text: strings.Join(missed, "\n")}
	switch {
	case r.Last == "":
		cell.Text = "not known"
	case len(missed) == 0:
		cell.Text = "none"
	case r.Excused:
		cell.Note = "A first assessment: not held against it."
	}
	return Row{Cells: []Cell{{Title: strings.TrimSpace(r.Requirement.String() + " " + r.Of), Text: r.Title}, {Text: every}, last, cell}}
}

// changes are the rows of the significant changes, one for each activity that one asks for.
func changes(all []questionnaires.AfterChange) []Row {
	rows := make([]Row, len(all))
	for i, one := range all {
		done := Cell{Text: string(one.Done)}
		switch {
		case one.Done == "" && len(one.Open) > 0:
			done = Cell{Pill: Pill{"Not passed", Bad}}
		case one.Done == "":
			done = Cell{Pill: Pill{"Open", Warn}}
		}
		rows[i] = Row{Cells: []Cell{{Text: string(one.On)}, {Text: one.What}, {Title: one.Requirement.String(), Text: one.Title}, done}}
	}
	return rows
}
