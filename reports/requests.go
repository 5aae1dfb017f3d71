package reports

import (
	"fmt"
	"strings"

	"tickmark/questionnaires"
)

// maxReceived is how many items of evidence a request names on paper.
const maxReceived = 8

// requests lists what the client was asked for, and how far each request is on the day
// of the report; nothing where nothing was asked for.
func (c *composer) requests() []Block {
	all := c.Assessment.Requests()
	if len(all) == 0 {
		return nil
	}
	on := questionnaires.DayOf(c.Date)
	rows := make([]Row, len(all))
	for i, r := range all {
		rows[i] = Row{Cells: []Cell{
			{Title: r.Label(), Text: r.Serving()},
			{Text: r.Title(), Note: told("period ", r.Period(), "system ", r.System)},
			{Text: r.Owner, Note: told("due ", string(r.Due))},
			{Pill: requestPill(r, on), Note: told("received: ", c.receivedFor(r)), Facts: facts(Fact{"Returned because", r.Reason}, Fact{"In conflict", strings.Join(r.Conflicts, "\n")})},
		}}
	}
	return []Block{
		Heading{Level: 1, Text: "Requests", Anchor: "requests"},
		Paragraph{Text: "What the entity was asked for. Of each request its first line stands here, and the evidence that was received for it. On the day of this record: " +
			questionnaires.CountRequests(all, on).String() + "."},
		Table{Columns: []Column{{"Request", 30, Plain}, {"What was asked for", 66, Plain}, {"Owner", 28, Plain}, {"State", 46, Plain}}, Rows: rows},
	}
}

// told puts words before texts, without the empty ones.
func told(pairs ...string) string {
	var said []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			said = append(said, pairs[i]+pairs[i+1])
		}
	}
	return strings.Join(said, ", ")
}

// receivedFor names what was received for a request.
func (c *composer) receivedFor(r questionnaires.Request) string {
	var names []string
	for i, id := range r.Evidence {
		if i == maxReceived {
			names = append(names, fmt.Sprintf("and %d more", len(r.Evidence)-i))
			break
		}
		switch item, known := c.Assessment.Evidence(id); {
		case !known:
			names = append(names, "evidence that this vault does not hold")
		case item.Expunged != nil:
			names = append(names, item.Label()+" (expunged)")
		default:
			names = append(names, item.Label())
		}
	}
	return strings.Join(names, ", ")
}

// requestPill is how far a request is on a day.
func requestPill(r questionnaires.Request, on questionnaires.Day) Pill {
	switch {
	case r.Withdrawn:
		return Pill{"Withdrawn", Muted}
	case r.Overdue(on):
		return Pill{"Overdue, " + r.State.String(), Bad}
	}
	switch r.State {
	case questionnaires.ReceivedRequest:
		return Pill{"Received", Warn}
	case questionnaires.AcceptedRequest:
		return Pill{"Accepted", Good}
	case questionnaires.ReturnedRequest:
		return Pill{"Returned", Warn}
	case questionnaires.OpenRequest:
	}
	return Pill{"Open", Open}
}
