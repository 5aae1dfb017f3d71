package screen

import (
	"slices"
	"strings"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// drawAsked is the question with what helps to answer it.
func (s *Interview) drawAsked(c Canvas) []string {
	if !s.puts {
		return theme.Wrap("Every question that matters is answered. The next panel says what the answers mean, and the answers can be changed.", c.Width)
	}
	q, _ := s.rules.Question(s.asked.Question)
	lines := []string{c.Theme.Paint(theme.Heading, channelName(s.asked))}
	for _, line := range theme.Wrap(q.Text, c.Width) {
		lines = append(lines, c.Theme.Paint(theme.Strong, line))
	}
	for _, line := range theme.Wrap(q.Help, c.Width) {
		lines = append(lines, c.Theme.Paint(theme.Muted, line))
	}
	lines = append(lines, "")
	given := ""
	for i := range s.given.Total() {
		if a, _ := s.given.Item(i); a.Asked() == s.asked {
			given = a.Answer
		}
	}
	var about []string
	if chosen, found := s.choices.Selected(); found {
		about = theme.Wrap(chosen.Text, c.Width-6)
	}
	if len(about) < 2 { // what is under the cursor is shown whole below, where it is long
		about = nil
	}
	lines = append(lines, s.choices.Draw(max(2, c.Height-len(lines)-len(about)-2), func(choice questionnaires.Choice, selected bool) string {
		mark := "( ) "
		if choice.Value == given {
			mark = "(•) "
		}
		return row(c, mark+theme.Clean(choice.Text), selected, s.page == askedPage)
	})...)
	if given == "" {
		lines = append(lines, "", c.Theme.Paint(theme.Muted, "· open: what is not answered is never taken for a yes"))
	}
	return append(lines, indent("      ", about)...)
}

// drawGiven lists the answers that count.
func (s *Interview) drawGiven(c Canvas) []string {
	if s.given.Total() == 0 {
		return theme.Wrap("Nothing is answered yet.", c.Width)
	}
	lines := s.given.Draw(max(2, c.Height-5), func(a questionnaires.RecordedAnswer, selected bool) string {
		about := ""
		if a.Channel != questionnaires.NoChannel {
			about = a.Channel.Title() + ": "
		}
		return row(c, theme.Fit(theme.Clean(s.answered(a.Asked(), a.Answer)), 14)+" "+theme.Clean(about+a.Text), selected, s.page == givenPage)
	})
	a, _ := s.given.Selected()
	about := theme.Wrap(a.Text+" "+s.answered(a.Asked(), a.Answer)+", by "+a.Author.Name+", "+since(a.Time, s.desk.Now()), c.Width)
	return append(append(lines, ""), about...)
}

// meanings say what the answers lead to, why, and why to nothing else.
func (s *Interview) meanings(width int) []sideRow {
	var rows []sideRow
	say := func(by string, tone theme.Token, text string) {
		for i, line := range theme.Wrap(theme.Clean(text), width-theme.Width(by)) {
			if i > 0 {
				by = strings.Repeat(" ", theme.Width(by))
			}
			rows = append(rows, sideRow{text: by + line, tone: tone})
		}
	}
	for _, f := range s.result.Forms {
		text := "fill " + f.Name
		var channels []string
		for _, channel := range f.Channels {
			channels = append(channels, strings.ToLower(channel.Title()))
		}
		if len(channels) > 0 {
			text += " for " + strings.Join(channels, " and ")
		}
		say("✓ ", theme.Good, text)
		for _, g := range f.Reasons {
			text := s.reason(g)
			if full := func(c questionnaires.ChannelEligibility) bool {
				return c.Form == f.Form && c.Fit == questionnaires.FullForm
			}; slices.ContainsFunc(s.result.Channels, full) {
				text = s.against(g)
			}
			if len(channels) > 1 && g.Asked.Channel != questionnaires.NoChannel {
				text = g.Asked.Channel.Title() + ": " + text
			}
			say("    ", theme.Plain, text)
		}
	}
	if s.result.Alternative != "" {
		say("  ", theme.Good, "or one "+s.rules.FormName(s.result.Alternative)+" for all of them")
	}
	if n := len(s.result.Open); n > 0 {
		say("? ", theme.Warning, count(n, "question is", "questions are")+" open; more may follow from the answers")
	}
	if len(s.result.Forms) > 0 {
		say("  ", theme.Strong, s.result.Reminder)
	}
	rows = append(rows, sideRow{})
	for _, p := range s.problems {
		say("! ", theme.Warning, p)
	}
	if len(s.problems) == 0 {
		say("✓ ", theme.Good, "nothing speaks against this assessment's form, "+s.desk.picture.Assessment.Questionnaire.Title)
	}
	rows = append(rows, sideRow{})
	for _, channel := range s.result.Channels {
		say("", theme.Heading, channel.Channel.Title()+": the other forms")
		for _, o := range channel.Others {
			say("  ", theme.Muted, s.otherForm(o))
		}
	}
	if len(s.result.Channels) == 0 {
		for _, o := range s.result.Others {
			say("  ", theme.Muted, s.otherForm(o))
		}
	}
	return rows
}

// otherForm says why a form is not the one to fill.
func (s *Interview) otherForm(o questionnaires.OtherForm) string {
	switch o.Standing {
	case questionnaires.Disqualified:
		return "✗ " + o.Name + ": " + s.against(o.Grounds[0])
	case questionnaires.NotSupported:
		return "✗ " + o.Name + ": " + o.Note
	case questionnaires.NotNeeded:
		return "– " + o.Name + ": a form that asks less fits"
	case questionnaires.AlwaysAllowed:
		return "· " + o.Name + " may be filled in any case"
	case questionnaires.StandingOpen:
	}
	return "? " + o.Name + ": open"
}

// answered is an answer in the words of the choice that was taken.
func (s *Interview) answered(asked questionnaires.Asked, answer string) string {
	q, _ := s.rules.Question(asked.Question)
	for _, choice := range q.Offered(asked.Channel) {
		if choice.Value == answer {
			return strings.TrimSuffix(choice.Text, ".")
		}
	}
	return answer
}

// said is a question and its answer, in the words in which both were put.
func (s *Interview) said(g questionnaires.Ground) string {
	q, known := s.rules.Question(g.Asked.Question)
	if !known {
		return g.Asked.String() + ": " + g.Answer
	}
	if g.Answer == "" {
		return q.Text + " Not answered"
	}
	return q.Text + " " + s.answered(g.Asked, g.Answer)
}

// reason says what led to a form.
func (s *Interview) reason(g questionnaires.Ground) string {
	if g.Wants == "" {
		return s.said(g)
	}
	return s.said(g) + " (" + strings.TrimSuffix(g.Wants, ".") + ")"
}

// against says what spoke against a form, and what would have been wanted instead.
func (s *Interview) against(g questionnaires.Ground) string {
	if g.Wants == "" {
		return s.said(g)
	}
	return s.said(g) + "; wanted: " + strings.TrimSuffix(g.Wants, ".")
}
