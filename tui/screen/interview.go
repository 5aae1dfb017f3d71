package screen

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/list"
	"tickmark/tui/theme"
)

// The pages of the interview.
const (
	askedPage = iota
	givenPage
	meaningPage
	interviewPages
)

// Interview asks which self-assessment questionnaire fits: one question at a time,
// each answer recorded as it is given, what the answers mean beside them. It
// proposes; acquirer or brands decide.
type Interview struct {
	desk     *Desk
	rules    *questionnaires.EligibilityRules
	page     int
	asked    questionnaires.Asked // the question that is put
	puts     bool                 // whether one is
	again    bool                 // a person asked to answer it anew
	passed   []questionnaires.Asked
	result   questionnaires.Eligibility
	problems []string
	choices  *list.List[questionnaires.Choice]
	given    *list.List[questionnaires.RecordedAnswer]
	meaning  *list.List[sideRow]
}

func newInterview(d *Desk) *Interview {
	s := &Interview{desk: d, rules: d.picture.Assessment.Standard().Eligibility()}
	s.choices = list.New(func(c questionnaires.Choice) string { return c.Text })
	s.given = list.New(func(a questionnaires.RecordedAnswer) string { return a.Text + " " + a.Answer })
	s.meaning = list.New(func(r sideRow) string { return r.text })
	s.refresh()
	if !s.puts {
		s.page = meaningPage
	}
	return s
}

// refresh puts the question that is open now, and says what the answers mean.
func (s *Interview) refresh() {
	a := s.desk.picture.Assessment
	interview := a.Interview()
	s.result = interview.Eligibility()
	s.given.SetItems(a.EligibilityAnswers())
	s.problems = nil
	for _, p := range s.desk.picture.Problems {
		if p.Kind == questionnaires.EligibilityOpen || p.Kind == questionnaires.NotEligible {
			s.problems = append(s.problems, p.Sentence)
		}
	}
	if s.again {
		return
	}
	open := append(interview.Open(), interview.For(a.Details.Questionnaire).Open()...)
	was := s.asked
	s.puts = false
	for _, asked := range open {
		if !slices.Contains(s.passed, asked) {
			s.put(asked, was)
			return
		}
	}
	if len(open) > 0 { // all were passed over: from the first again
		s.passed = nil
		s.put(open[0], was)
	}
}

func (s *Interview) put(asked, was questionnaires.Asked) {
	s.asked, s.puts = asked, true
	q, _ := s.rules.Question(asked.Question)
	s.choices.SetItems(q.Offered(asked.Channel))
	if asked != was {
		s.choices.Home()
	}
}

// Start has nothing to do.
func (s *Interview) Start() tea.Cmd { return nil }

// Update follows the assessment.
func (s *Interview) Update(msg tea.Msg) tea.Cmd {
	cmd := s.desk.take(msg)
	if c, is := msg.(changed); is {
		if c.err == nil && c.asked == s {
			s.again = false
		}
		puts := s.puts
		s.refresh()
		if puts && !s.puts && s.page == askedPage {
			s.page = meaningPage
		}
	}
	return cmd
}

// Leave has nothing to save.
func (s *Interview) Leave() tea.Cmd { return nil }

// Busy reports whether something is being saved.
func (s *Interview) Busy() bool { return s.desk.busy() }

// Head names the interview.
func (s *Interview) Head() Head { return s.desk.head("Which SAQ") }

// record records an answer, or takes one back where value is empty.
func (s *Interview) record(asked questionnaires.Asked, value string) tea.Cmd {
	q, _ := s.rules.Question(asked.Question)
	answer := questionnaires.EligibilityAnswer{Question: q.ID, Version: q.Version(), Channel: asked.Channel, Answer: value}
	said := "answered: " + value
	if value == "" {
		said = "taken back: " + q.Text
	}
	return s.desk.act(said, s, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
		return a.RecordEligibility([]questionnaires.EligibilityAnswer{answer})
	})
}

// Bindings are those of the page in use.
func (s *Interview) Bindings() []Binding {
	turn := func(by int) func() tea.Cmd {
		return func() tea.Cmd { s.page = (s.page + by + interviewPages) % interviewPages; return nil }
	}
	var bindings []Binding
	switch s.page {
	case askedPage:
		bindings = append(bindings, s.asking()...)
	case givenPage:
		bindings = append(bindings, s.changing()...)
	}
	bindings = append(bindings,
		Binding{Keys: []string{"tab"}, Label: "panel", Help: "the next panel: question, answers so far, what they mean", Do: turn(1)},
		Binding{Keys: []string{"shift+tab"}, Help: "the panel before", Do: turn(-1)},
		Binding{Keys: []string{"m"}, Label: "move", Help: "move this assessment to another form; its answers stay", Why: s.desk.fixed(), Do: func() tea.Cmd { return push(moveForm(s.desk, "")) }},
		Binding{Keys: []string{"b"}, Label: "begin", Help: "begin another assessment, such as for another channel", Why: s.desk.fixed(), Do: func() tea.Cmd { return s.desk.begin("") }},
		back(nil),
	)
	switch s.page {
	case givenPage:
		return append(bindings, moving(s.given, nil)[1:]...)
	case meaningPage:
		return append(bindings, moving(s.meaning, nil)[1:]...)
	}
	return append(bindings, moving(s.choices, nil)[1:]...)
}

// asking are the keys of the question.
func (s *Interview) asking() []Binding {
	why := s.desk.fixed()
	if why == "" && !s.puts {
		why = "nothing is open; tab shows what the answers mean"
	}
	later := Binding{Keys: []string{"n"}, Label: "later", Help: "leave it open, and go to the next question", Why: why, Do: func() tea.Cmd {
		s.passed, s.again = append(s.passed, s.asked), false
		s.refresh()
		return nil
	}}
	return []Binding{{Keys: []string{"enter", " "}, Label: "answer", Help: "answer with what is under the cursor", Why: why, Do: func() tea.Cmd {
		choice, _ := s.choices.Selected()
		return s.record(s.asked, choice.Value)
	}}, later}
}

// changing are the keys of the answers so far.
func (s *Interview) changing() []Binding {
	a, chosen := s.given.Selected()
	why := s.desk.fixed()
	if why == "" && !chosen {
		why = "nothing is answered yet"
	}
	return []Binding{
		{Keys: []string{"enter", "e"}, Label: "answer anew", Help: "put the question again", Why: why, Do: func() tea.Cmd {
			s.again, s.page = true, askedPage
			s.put(a.Asked(), questionnaires.Asked{})
			s.choices.Select(func(c questionnaires.Choice) bool { return c.Value == a.Answer })
			return nil
		}},
		{Keys: []string{"x"}, Label: "take back", Help: "take the answer back; the question is open again", Why: why, Do: func() tea.Cmd { return s.record(a.Asked(), "") }},
	}
}

// Draw shows the page, and beside the questions what the answers mean.
func (s *Interview) Draw(c Canvas) []string {
	names := []string{"Question", "Answers " + thousands(s.given.Total()), "What they mean"}
	lines := []string{gutter + tabs(c.narrower(c.Width-2, 1), names, s.page), ""}
	body := c.narrower(c.Width-2, c.Height-len(lines))
	if c.Width < wide {
		return append(lines, indent(gutter, s.drawPage(body, s.page))...)
	}
	left := c.Width / 2
	page := s.page
	if page == meaningPage {
		page = askedPage
	}
	panels := columns(c.narrower(c.Width, body.Height), s.drawPage(c.narrower(left-2, body.Height), page), s.drawPage(c.narrower(c.Width-left-4, body.Height), meaningPage), left-1)
	return append(lines, indent(gutter, panels)...)
}

func (s *Interview) drawPage(c Canvas, page int) []string {
	switch page {
	case askedPage:
		return s.drawAsked(c)
	case givenPage:
		return s.drawGiven(c)
	}
	s.meaning.SetItems(s.meanings(c.Width))
	return s.meaning.Draw(c.Height, func(r sideRow, _ bool) string { return c.Theme.Paint(r.tone, theme.Cut(r.text, c.Width)) })
}

// channelName is whom a question is asked of.
func channelName(asked questionnaires.Asked) string {
	if asked.Channel == questionnaires.NoChannel {
		return "The entity"
	}
	return asked.Channel.Title()
}
