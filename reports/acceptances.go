package reports

import (
	"cmp"
	"fmt"
	"strings"

	"tickmark/engine"
	"tickmark/questionnaires"
)

func acceptanceAnchor(a questionnaires.Acceptance) string { return "accepted-" + a.Entry.String() }

// accepted are the acceptances of an item's result that count on the report's date.
func (c *composer) accepted(item questionnaires.Evidence) []questionnaires.Acceptance {
	var counting []questionnaires.Acceptance
	for _, a := range questionnaires.AcceptancesOf(item.Result, c.Risks.Acceptances) {
		if a.State(c.Date) == questionnaires.Accepted {
			counting = append(counting, a)
		}
	}
	return counting
}

// acceptedDetail says what is accepted of one failing detail, whatever its state.
func (c *composer) acceptedDetail(i Item, d engine.Detail) []Fact {
	var facts []Fact
	key := i.Result.Key(d)
	for _, a := range c.Risks.Acceptances {
		if d.Verdict == engine.Fail && a.Meant(key) {
			facts = append(facts, Fact{c.acceptanceState(a).Text + fmt.Sprintf(", until the end of %s (UTC)", a.Until), c.acceptanceText(a)})
		}
	}
	return facts
}

// acceptanceText says one in full where it counts, else where it is told.
func (c *composer) acceptanceText(a questionnaires.Acceptance) string {
	if a.State(c.Date) != questionnaires.Accepted {
		return "It does not count; see “Accepted results”."
	}
	approved := "approved by " + author(a.Approval.By)
	if a.Approval.Alone {
		approved = "approved alone"
	}
	return fmt.Sprintf("Asked for by %s, %s.\nReason: %s\nRisk: %s", author(a.Asked), approved, a.Reason, a.Risk)
}

// acceptanceState is where an acceptance stands on the report's date.
func (c *composer) acceptanceState(a questionnaires.Acceptance) Pill {
	switch a.State(c.Date) {
	case questionnaires.Accepted:
		return Pill{"Accepted", Warn}
	case questionnaires.AcceptanceExpired:
		return Pill{"Expired", Bad}
	case questionnaires.AcceptanceTaken:
		return Pill{"Taken back", Muted}
	case questionnaires.AcceptanceUnfit:
		return Pill{"No longer fits", Bad}
	case questionnaires.AcceptancePending:
	}
	return Pill{"Not approved", Open}
}

// acceptances lists the failing results that somebody takes the risk of for a time.
func (c *composer) acceptances() []Block {
	blocks := []Block{
		Heading{Level: 2, Text: "Accepted results"},
		Paragraph{Text: "Failing results whose risk somebody takes for a time. Each stays a failure, is shown wherever the result is, and makes no requirement In Place."},
	}
	if len(c.Risks.Acceptances) == 0 {
		return append(blocks, Paragraph{Text: "No failing result is accepted."})
	}
	rows := make([]Row, len(c.Risks.Acceptances))
	for i, a := range c.Risks.Acceptances {
		rows[i] = Row{Anchor: acceptanceAnchor(a), Cells: []Cell{c.acceptedWhat(a), {Text: a.Reason, Facts: []Fact{{"Risk", recorded(a.Risk)}}}, c.acceptedBy(a)}}
	}
	return append(blocks, Table{Columns: []Column{{"Failing result", 50, Plain}, {"Reason and risk", 72, Plain}, {"Approval and end", 48, Plain}}, Rows: rows})
}

// acceptedWhat is the failing detail, with the evidence that has it.
func (c *composer) acceptedWhat(a questionnaires.Acceptance) Cell {
	cell := Cell{Title: a.Check, Text: strings.TrimSpace(a.Subject.String() + "\n" + a.Place), Note: "on " + a.Target + "; its latest result does not fail there any more"}
	for _, item := range c.Items {
		if item.Result == nil || item.Replaced || item.Result.Target != a.Target || item.Result.Check != a.Check {
			continue
		}
		cell.Title, cell.Links = item.Title, append(cell.Links, Link{item.Label(), evidenceAnchor(item.ID)})
		name := cmp.Or(item.Result.Name, a.Target)
		cell.Note = fmt.Sprintf("%s on %s; its latest result does not fail there any more", a.Check, name)
		for _, d := range item.Details {
			if d.Verdict == engine.Fail && a.Meant(item.Result.Key(d)) {
				cell.Note = fmt.Sprintf("%s on %s", a.Check, name)
			}
		}
		if a.State(c.Date) == questionnaires.AcceptanceUnfit {
			cell.Note += "; the policy's text changed since"
		}
		if item.Expunged != nil {
			cell.Note = fmt.Sprintf("%s on %s, expunged", a.Check, name)
		}
	}
	return cell
}

func (c *composer) acceptedBy(a questionnaires.Acceptance) Cell {
	facts := []Fact{{"Asked for by", author(a.Asked) + ", " + isoDay(a.Time)}}
	switch {
	case a.Approval == nil:
		facts = append(facts, Fact{"Approved by", "nobody: it does not count"})
	case a.Approval.Alone:
		facts = append(facts, Fact{"Approved by", author(a.Approval.By) + ", " + isoDay(a.Approval.Time) + ": alone, nobody else being enrolled"})
	default:
		facts = append(facts, Fact{"Approved by", author(a.Approval.By) + ", " + isoDay(a.Approval.Time)})
	}
	facts = append(facts, Fact{"Until", fmt.Sprintf("the end of %s (UTC)", a.Until)})
	if a.Ended != nil {
		facts = append(facts, Fact{"Taken back by", author(a.Ended.By) + ", " + isoDay(a.Ended.Time) + ": " + a.Ended.Reason})
	}
	return Cell{Pill: c.acceptanceState(a), Facts: facts}
}
