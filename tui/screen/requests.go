package screen

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

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
	s := newRoll(d, "Requests", "What the client is asked for. What comes is looked at by a person, who accepts it, or returns it with the reason.",
		"Nothing was asked for yet: a asks for something, s for all that the questionnaire wants to see.", func() []rollRow {
			today := questionnaires.DayOf(d.Now())
			all := d.picture.Assessment.Requests()
			rows := make([]rollRow, len(all))
			for i, r := range all {
				text := r.Title()
				if r.Owner != "" {
					text = r.Owner + ": " + text
				}
				rows[i] = rollRow{sign: requestSign(r, today), name: r.Label(), short: string(r.Due), text: text, about: aboutRequest(r), keys: d.requestKeys(r)}
			}
			return rows
		})
	s.keys = d.askingKeys()
	return s
}

// aboutRequest is what is to be said of a request besides its first line.
func aboutRequest(r questionnaires.Request) string {
	var parts []string
	add := func(name, text string) {
		if text != "" {
			parts = append(parts, name+" "+strings.TrimRight(text, ". "))
		}
	}
	for _, conflict := range r.Conflicts {
		add("Conflict: it", conflict)
	}
	add("Returned because:", r.Reason)
	add("Owner:", r.Owner)
	add("Due:", string(r.Due))
	add("Period:", r.Period())
	add("System:", r.System)
	add("For", r.Serving())
	if n := len(r.Evidence); n > 0 {
		parts = append(parts, count(n, "file", "files")+" received")
	}
	return strings.Join(append(parts, r.What), ". ")
}

// askingKeys are those of the whole list.
func (d *Desk) askingKeys() []Binding {
	noFiles := d.fixed()
	if noFiles == "" && d.Files.Folder == nil {
		noFiles = "nothing reads folders here"
	}
	send := ""
	if d.Files.SendRequests == nil {
		send = "nothing writes lists here"
	}
	return []Binding{
		{Keys: []string{"a"}, Label: "ask", Help: "ask for something", Why: d.fixed(), Do: func() tea.Cmd { return askForm(d) }},
		{Keys: []string{"s"}, Label: "seed", Help: "ask for all that the questionnaire wants to see, a request for each section", Why: d.fixed(), Do: func() tea.Cmd { return push(seedForm(d)) }},
		{Keys: []string{"i"}, Label: "take in", Help: "take in a folder that the client sent, by the request numbers in its names", Why: noFiles, Do: func() tea.Cmd { return push(deliveryForm(d)) }},
		{Keys: []string{"o"}, Label: "send", Help: "write each owner's list into a folder, as a sheet and as Markdown", Why: send, Do: func() tea.Cmd { return push(sendForm(d)) }},
	}
}

// requestKeys are what can be done with a request.
func (d *Desk) requestKeys(r questionnaires.Request) []Binding {
	id, label := r.ID, r.Label()
	act := func(said string, rule func(*questionnaires.Assessment) (questionnaires.Draft, error)) func() tea.Cmd {
		return func() tea.Cmd { return d.act(label+" "+said, nil, rule) }
	}
	open := opens("open", "read all of it, and change what it says", "", func() tea.Cmd { return push(requestForm(d, id)) })
	came := Binding{Keys: []string{"e"}, Label: "evidence", Help: "what came for it; choose evidence of the vault that came for it", Do: func() tea.Cmd { return push(newCame(d, id)) }}
	accept := Binding{Keys: []string{"A"}, Label: "accept", Help: "accept what was received", Do: act("accepted", func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
		return a.AcceptRequest(id)
	})}
	giveBack := Binding{Keys: []string{"t"}, Label: "return", Help: "return it: what came does not do", Do: func() tea.Cmd { return push(returnForm(d, id, label)) }}
	withdraw := Binding{Keys: []string{"x"}, Label: "withdraw", Help: "not ask for it any more; the history keeps it", Why: d.fixed(), Do: act("withdrawn", func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
		return a.WithdrawRequest(id, true)
	})}
	confirm := Binding{Keys: []string{"c"}, Label: "confirm", Help: "confirm the version that is shown, of those that stand side by side", Why: "no versions of it stand side by side", Do: act("confirmed", func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
		now, err := a.RequestByLabel(label)
		if err != nil {
			return questionnaires.Draft{}, err
		}
		return a.ChangeRequest(now)
	})}
	switch {
	case d.fixed() != "":
		accept.Why, giveBack.Why, confirm.Why = d.fixed(), d.fixed(), d.fixed()
	case r.Withdrawn:
		accept.Why, giveBack.Why = "it was withdrawn", "it was withdrawn"
		withdraw.Label, withdraw.Help = "ask again", "ask for it again"
		withdraw.Do = act("asked for again", func(a *questionnaires.Assessment) (questionnaires.Draft, error) { return a.WithdrawRequest(id, false) })
	case len(r.Evidence) == 0:
		accept.Why, giveBack.Why = "nothing was received for it", "nothing was received for it"
	case r.State == questionnaires.AcceptedRequest && len(r.Conflicts) == 0:
		accept.Why = "it is accepted"
	}
	if len(r.Beside) > 0 && d.fixed() == "" {
		confirm.Why = ""
	}
	return []Binding{open, accept, giveBack, came, withdraw, confirm}
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
