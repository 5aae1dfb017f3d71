package reports

import (
	"fmt"
	"strings"

	"tickmark/questionnaires"
)

// eligibility says what was answered in the interview, channel by channel, what that
// leads to, and who decides.
func (c *composer) eligibility() []Block {
	blocks := []Block{
		Heading{Level: 1, Text: "Form and responsibilities", Anchor: "form"},
		Heading{Level: 2, Text: "Eligibility"},
	}
	fit, known := c.Assessment.Eligibility()
	if !known {
		return append(blocks, Paragraph{Text: "Nothing is known of who may use this questionnaire."})
	}
	answers := c.Assessment.EligibilityAnswers()
	if len(answers) == 0 {
		blocks = append(blocks, Paragraph{Text: "No question of eligibility is answered."})
	}
	for _, channel := range append([]questionnaires.PaymentChannel{questionnaires.NoChannel}, questionnaires.PaymentChannels()...) {
		var rows []Row
		for _, a := range answers {
			if a.Channel == channel {
				rows = append(rows, Row{Cells: []Cell{{Text: a.Text, Note: a.Question}, {Text: c.choice(a)}, {Text: author(a.Author), Note: isoDay(a.Time)}}})
			}
		}
		if len(rows) > 0 {
			blocks = append(
				blocks, Heading{Level: 3, Text: channelName(channel)},
				Table{Columns: []Column{{"What was asked", 92, Plain}, {"Answer", 48, Strong}, {"Given by", 30, Plain}}, Rows: rows},
			)
		}
	}
	if len(answers) > 0 {
		blocks = append(blocks, c.fit(fit)...)
	}
	return append(blocks, Callout{Tone: Info, Title: "Who decides", Text: fit.Reminder})
}

func channelName(c questionnaires.PaymentChannel) string {
	if c == questionnaires.NoChannel {
		return "The entity"
	}
	return c.Title()
}

// choice is an answer in the words of the question.
func (c *composer) choice(a questionnaires.RecordedAnswer) string {
	if q, known := c.Rules.Question(a.Question); known {
		for _, choice := range q.Offered(a.Channel) {
			if choice.Value == a.Answer {
				return choice.Text
			}
		}
	}
	return a.Answer
}

// fit says which forms the answers lead to, and what speaks against the others.
func (c *composer) fit(e questionnaires.Eligibility) []Block {
	var rows []Row
	for _, form := range e.Forms {
		rows = append(rows, Row{Cells: []Cell{{Text: form.Name}, {Pill: Pill{"fits", Good}, Note: channelNames(form.Channels)}, {Text: c.grounds(form)}}})
	}
	other := func(f questionnaires.OtherForm, channel questionnaires.PaymentChannel) {
		texts := []string{}
		if f.Note != "" {
			texts = append(texts, f.Note)
		}
		for _, g := range f.Grounds {
			texts = append(texts, g.Against())
		}
		rows = append(rows, Row{Cells: []Cell{{Text: f.Name}, {Pill: standing(f.Standing), Note: channel.Title()}, {Text: strings.Join(texts, "\n")}}})
	}
	for _, f := range e.Others {
		other(f, questionnaires.NoChannel)
	}
	for _, channel := range e.Channels {
		for _, f := range channel.Others {
			other(f, channel.Channel)
		}
	}
	return []Block{
		Heading{Level: 3, Text: "What the answers lead to"},
		Table{
			Columns: []Column{{"Form", 40, Strong}, {"Standing", 34, Plain}, {"Why", 96, Plain}}, Rows: rows,
			Empty: "The answers lead to no form yet.",
		},
	}
}

func channelNames(channels []questionnaires.PaymentChannel) string {
	names := make([]string, len(channels))
	for i, c := range channels {
		names[i] = c.Title()
	}
	return strings.Join(names, ", ")
}

// grounds are why a form is to be filled; of one that everybody may use, what speaks
// against the smaller ones.
func (c *composer) grounds(form questionnaires.OfferedForm) string {
	_, limited := c.Rules.Form(form.Form)
	texts := make([]string, len(form.Reasons))
	for i, g := range form.Reasons {
		if texts[i] = g.Against(); limited {
			texts[i] = g.String()
		}
	}
	return strings.Join(texts, "\n")
}

func standing(s questionnaires.FormStanding) Pill {
	switch s {
	case questionnaires.AlwaysAllowed:
		return Pill{"always allowed", Neutral}
	case questionnaires.NotNeeded:
		return Pill{"not needed", Muted}
	case questionnaires.NotSupported:
		return Pill{"not supported", Muted}
	case questionnaires.Disqualified:
		return Pill{"does not fit", Bad}
	case questionnaires.StandingOpen:
	}
	return Pill{"open", Open}
}

// moves lists the changes of form, and what is answered that the form does not ask.
func (c *composer) moves() []Block {
	rows := make([]Row, 0, len(c.Moves))
	for _, m := range c.Moves {
		note := ""
		if m.Beside {
			note = "Made side by side with another; nobody has chosen."
		}
		if !m.Verified {
			note = strings.TrimSpace(note + " SIGNATURE NOT VERIFIED")
		}
		rows = append(rows, Row{Cells: []Cell{
			{Text: m.From + " to " + m.To, Note: m.Revision},
			{Text: recorded(m.Reason), Note: note},
			{Text: author(m.Author), Note: isoDay(m.Time)},
		}})
	}
	blocks := []Block{
		Heading{Level: 2, Text: "Moves from form to form"},
		Table{Columns: []Column{{"Move", 54, Strong}, {"Reason", 86, Plain}, {"Made by", 30, Plain}}, Rows: rows, Empty: "The assessment was not moved from another form."},
	}
	kept := c.Assessment.Kept()
	if len(kept) == 0 {
		return blocks
	}
	names := make([]string, len(kept))
	for i, r := range kept {
		names[i] = fmt.Sprintf("%s (%s)", r.Requirement, r.Response.Title())
	}
	return append(blocks, Paragraph{
		Text: count(len(kept), "answer is", "answers are") + " kept that this form does not ask for, and counts nowhere: " + strings.Join(names, ", ") + ".",
	})
}
