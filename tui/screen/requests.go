package screen

import (
	"strings"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// requestSign is how far a request is.
func requestSign(r questionnaires.Request, today questionnaires.Day) sign {
	s := sign{word: r.Word()}
	switch {
	case r.Withdrawn:
		s.glyph, s.tone = "–", theme.Muted
	case len(r.Conflicts) > 0:
		return sign{"!", "in conflict", theme.Warning}
	case r.Overdue(today):
		return sign{"!", "overdue", theme.Bad}
	case r.State == questionnaires.ReceivedRequest:
		s.glyph, s.tone = "○", theme.Warning
	case r.State == questionnaires.AcceptedRequest:
		s.glyph, s.tone = "✓", theme.Good
	case r.State == questionnaires.ReturnedRequest:
		s.glyph, s.tone = "✗", theme.Warning
	default:
		s.glyph, s.tone = "·", theme.Muted
	}
	return s
}

// newRequests lists what the client is asked for.
func newRequests(d *Desk) *Roll {
	return newRoll(d, "Requests", "What the client is asked for. `tickmark request` asks, sends, takes in and decides.",
		"Nothing was asked for yet. `tickmark request VAULT seed` asks for all that the questionnaire wants to see.", func() []rollRow {
			today := questionnaires.DayOf(d.Now())
			all := d.picture.Assessment.Requests()
			rows := make([]rollRow, len(all))
			for i, r := range all {
				rows[i] = rollRow{sign: requestSign(r, today), name: r.Label(), short: string(r.Due), text: r.Title(), about: aboutRequest(r)}
			}
			return rows
		})
}

// aboutRequest is what is to be said of a request besides its first line.
func aboutRequest(r questionnaires.Request) string {
	var parts []string
	add := func(name, text string) {
		if text != "" {
			parts = append(parts, name+" "+text)
		}
	}
	add("Owner:", r.Owner)
	add("Due:", string(r.Due))
	add("Period:", r.Period())
	add("System:", r.System)
	add("Returned because:", r.Reason)
	if n := len(r.Evidence); n > 0 {
		parts = append(parts, count(n, "file", "files")+" received")
	}
	for _, conflict := range r.Conflicts {
		add("Conflict:", conflict)
	}
	return strings.Join(append(parts, r.What), ". ")
}

// requestLine says on the dashboard what the client owes; nothing where nothing was
// asked for.
func (s *Dashboard) requestLine(c Canvas) []string {
	all := s.desk.picture.Assessment.Requests()
	if len(all) == 0 {
		return nil
	}
	n := questionnaires.CountRequests(all, questionnaires.DayOf(s.desk.Now()))
	text := count(n.Open, "open", "open") + ", " + count(n.Returned, "returned", "returned") + ", "
	overdue := count(n.Overdue, "overdue", "overdue")
	if n.Overdue > 0 {
		overdue = c.Theme.Paint(theme.Bad, "! "+overdue)
	}
	return []string{gutter + c.Theme.Paint(theme.Heading, theme.Fit("Requests", 17)) + text + overdue + ", " + count(n.Received, "received", "received")}
}
