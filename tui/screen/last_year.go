package screen

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// newLastYear lists what the assessment was opened with, to be confirmed, and what last
// year left open.
func newLastYear(d *Desk) *Roll {
	help := "What this year began with: each part is confirmed by a person, or changed first. What last year left open is closed by this year's answers."
	s := newRoll(d, "Last year", help, "This assessment was not opened from a prior one. In Assessments, n opens the next year of one.", func() []rollRow {
		a := d.picture.Assessment
		var rows []rollRow
		for _, f := range d.followUps() {
			rows = append(rows, d.followUpRow(f))
		}
		for _, item := range a.Carried() {
			rows = append(rows, d.carriedRow(item))
		}
		return rows
	})
	all := Binding{Keys: []string{"R"}, Label: "requests", Help: "confirm every request that is not confirmed yet", Why: d.fixed(), Do: func() tea.Cmd {
		return d.confirmCarried("requests", questionnaires.AllRequests)
	}}
	s.keys = []Binding{all}
	return s
}

// followUps are what last year left open, as of today.
func (d *Desk) followUps() []questionnaires.FollowUp {
	all, err := d.picture.Assessment.FollowUps(d.picture.Assessment.DayAt(d.Now()))
	if err != nil {
		return nil // the problems say that last year cannot be read
	}
	return all
}

func (d *Desk) followUpRow(f questionnaires.FollowUp) rollRow {
	mark, about, name := sign{"!", "open", theme.Warning}, f.Sentence, f.Check
	if f.Closed != "" {
		mark, about = sign{"✓", "closed", theme.Good}, f.Sentence+". Closed: "+f.Closed
	}
	why := "this form does not ask it"
	var open func() tea.Cmd
	if len(f.Requirements) > 0 {
		id := f.Requirements[0]
		why, open = "", func() tea.Cmd { return push(newQuestion(d, id)) }
		if f.Check == "" {
			name = id.String()
		}
	}
	return rollRow{sign: mark, name: name, text: f.Sentence, about: about, keys: []Binding{opens("open", "the question that it is about", why, open)}}
}

func (d *Desk) carriedRow(item questionnaires.CarriedItem) rollRow {
	mark, about, why := sign{"!", "to be confirmed", theme.Warning}, "Carried from last year: "+item.Title, d.fixed()
	if item.Confirmed {
		mark, why = sign{"✓", "confirmed", theme.Good}, item.By+" confirmed it on "+string(item.On)
		about += ". Confirmed by " + item.By + " on " + string(item.On)
	}
	confirm := Binding{Keys: []string{"c"}, Label: "confirm", Help: "confirm that it holds this year", Why: why, Do: func() tea.Cmd { return d.confirmCarried(item.Label, string(item.Part)) }}
	look := opens("look", "look at it, and change what does not hold", "", func() tea.Cmd { return push(d.carriedScreen(item.Part)) })
	return rollRow{sign: mark, name: item.Label, text: item.Title, about: about, keys: []Binding{look, confirm}}
}

// carriedScreen is where a part is looked at.
func (d *Desk) carriedScreen(part questionnaires.Carried) Screen {
	switch part {
	case questionnaires.CarriedForm:
		return newForms(d)
	case questionnaires.CarriedScope, questionnaires.CarriedParties, questionnaires.CarriedChecks:
		return newScope(d)
	case questionnaires.CarriedPeople:
		return newEngagement(d)
	}
	_, id, _ := strings.Cut(string(part), " ")
	return requestForm(d, questionnaires.ID(id))
}

func (d *Desk) confirmCarried(label, part string) tea.Cmd {
	return d.act("confirmed: "+label, nil, func(a *questionnaires.Assessment) (questionnaires.Draft, error) { return a.ConfirmCarried(part) })
}

// lastYearLine says on the dashboard what last year left to be done; nothing where the
// assessment was not opened from a prior one.
func (s *Dashboard) lastYearLine(c Canvas) []string {
	d := s.desk
	if d.picture.Assessment.Details.Prior == "" {
		return nil
	}
	open := 0
	for _, item := range d.picture.Assessment.Carried() {
		if !item.Confirmed {
			open++
		}
	}
	left := d.followUps()
	text := count(open, "part to be confirmed", "parts to be confirmed") + ", "
	follow := count(questionnaires.OpenFollowUps(left), "follow-up open", "follow-ups open")
	if questionnaires.OpenFollowUps(left) > 0 {
		follow = c.Theme.Paint(theme.Warning, "! "+follow)
	}
	return []string{gutter + c.Theme.Paint(theme.Heading, theme.Fit("Last year", 17)) + text + follow}
}

// lastYearRows are last year's answer to the question, to be read only.
func (s *Question) lastYearRows() []sideRow {
	last, known, err := s.desk.picture.Assessment.LastYear()
	if err != nil || !known || !last.Questionnaire.Asks(s.id) {
		return nil
	}
	before := last.Current(s.id)
	rows := []sideRow{{text: "Last year", tone: theme.Heading, aside: true}}
	rows = append(rows, s.wrapped("", theme.Muted, last.Title())...)
	rows = append(rows, s.wrapped("    ", responseSign(before.Response).tone, responseSign(before.Response).text())...)
	if before.Response == questionnaires.Unanswered {
		return append(rows, sideRow{aside: true})
	}
	rows = append(rows, s.wrapped("    ", theme.Muted, before.Author.Name+", "+stamp(before.Time))...)
	rows = append(rows, s.wrapped("    ", theme.Plain, before.Narrative)...)
	for _, p := range before.Procedures {
		rows = append(rows, s.wrapped("    ", theme.Plain, strings.TrimSpace(p.Letter+" "+p.Finding.Title()+": "+p.Reporting))...)
	}
	var cited []string
	for _, id := range before.Cited() {
		if item, is := last.Evidence(id); is {
			cited = append(cited, item.Label())
		}
	}
	if len(cited) > 0 {
		rows = append(rows, s.wrapped("    ", theme.Muted, "rested on "+strings.Join(cited, ", "))...)
	}
	return append(rows, sideRow{aside: true})
}

// nextYear opens the form of the next year of an assessment.
func (d *Desk) nextYear(prior questionnaires.AssessmentDetails) tea.Cmd {
	id, err := d.NewID()
	if err != nil {
		return note(theme.Bad, err.Error())
	}
	form := prior.Questionnaire
	for _, own := range d.picture.Own {
		if own.Digest == prior.Definition {
			form = ownName(own)
		}
	}
	value := &beginning{form: form, service: prior.Service}
	about := "Opens the next year of " + prior.Name + ". People, and requests with their owners a year later, are carried, each to be confirmed. No answer, reason, sample or evidence is carried; last year's answer stands beside each question."
	return push(heldForm(d, "Next year", about, value, func(*Picture) []blank[beginning] { return beginningBlanks(d, value) },
		sending{form: formKey("Next year", string(prior.ID)), label: "open", help: "open the next year", work: func(asked any) job {
			held := *value
			return d.signing("opened: `:` and Assessments leads to it", asked, func(a *questionnaires.Assessment) ([]questionnaires.Draft, error) {
				return d.nextYearDrafts(a, held, questionnaires.AssessmentDetails{ID: id, Prior: prior.ID})
			})
		}}))
}

func (d *Desk) nextYearDrafts(a *questionnaires.Assessment, held beginning, details questionnaires.AssessmentDetails) ([]questionnaires.Draft, error) {
	catalogue, q, err := formNamed(a, held.form)
	if err != nil {
		return nil, err
	}
	details.Questionnaire, details.Name, details.Service = q.Code, held.name, held.service
	if details.From, details.To, err = held.period(); err != nil {
		return nil, err
	}
	if details.Name == "" {
		if details.Name, err = a.History().NextYearName(q, questionnaires.DayOf(d.Now())); err != nil {
			return nil, err
		}
	}
	return a.History().NextYear(a.Standard(), catalogue, details, d.NewID)
}
