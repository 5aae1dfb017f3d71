package screen

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// Anew puts a screen in the place of the whole stack.
type Anew struct{ Screen Screen }

// newAssessments lists the assessments of the vault.
func newAssessments(d *Desk) *Roll {
	s := newRoll(d, "Assessments", "The assessments of this vault. They share its evidence, scope, analyses and people; each has its own form and answers.", "", func() []rollRow {
		var rows []rollRow
		for _, a := range d.picture.Assessments {
			r := rollRow{sign: sign{"·", "another", theme.Muted}, name: d.nameOf(a), text: d.periodOf(a), about: strings.TrimSpace(a.Name + " (" + a.Revision + ") " + a.Service), keys: []Binding{
				opens("open", "work on this assessment", d.leaving(), func() tea.Cmd { return d.other(a.ID) }),
				{Keys: []string{"n"}, Label: "next year", Help: "open the next year of this assessment", Why: d.fixed(), Do: func() tea.Cmd { return d.nextYear(a) }},
			}}
			if a.ID == d.id {
				r.sign, r.keys[0].Why = sign{"●", "open", theme.Good}, "it is open: esc goes back to it"
			}
			rows = append(rows, r)
		}
		return rows
	})
	s.keys = []Binding{{Keys: []string{"a", "b"}, Label: "begin", Help: "begin another assessment", Why: d.fixed(), Do: func() tea.Cmd { return d.begin("") }}}
	return s
}

// leaving says why the assessment cannot be left for another now.
func (d *Desk) leaving() string {
	if d.busy() {
		return "something is being saved"
	}
	return ""
}

// nameOf is an assessment's name: whole where a person gave it, so that two shops are
// told apart, else its form's.
func (d *Desk) nameOf(a questionnaires.AssessmentDetails) string {
	if q, known := d.Catalogue.Questionnaire(a.Questionnaire); known && q.Title == a.Name {
		return formTitle(a.Name)
	}
	return a.Name
}

// formTitle is a name without what its form's title explains.
func formTitle(name string) string {
	title, _, _ := strings.Cut(name, ":")
	return title
}

// formOf is the title of an assessment's form, or its short name where this program does
// not hold it.
func (d *Desk) formOf(a questionnaires.AssessmentDetails) string {
	if q, known := d.Catalogue.Questionnaire(a.Questionnaire); known {
		return formTitle(q.Title)
	}
	return a.Questionnaire
}

// periodOf is what a list says of an assessment beside its name: its form, if that is not
// the name, and the period.
func (d *Desk) periodOf(a questionnaires.AssessmentDetails) string {
	var parts []string
	if form := d.formOf(a); form != d.nameOf(a) {
		parts = append(parts, form)
	}
	if !a.From.IsZero() {
		parts = append(parts, a.From.UTC().Format(time.DateOnly)+" to "+a.To.UTC().Format(time.DateOnly))
	}
	return strings.Join(parts, ", ")
}

// other opens another assessment of the vault.
func (d *Desk) other(id questionnaires.ID) tea.Cmd {
	return func() tea.Msg {
		o := d.openDesk(d.ctx, d.vault, string(id))
		if o.err != nil {
			return Note{Text: "not opened: " + o.err.Error(), Tone: theme.Bad}
		}
		return Anew{NewDashboard(o.desk)}
	}
}

// newForms lists the questionnaires.
func newForms(d *Desk) *Roll {
	s := newRoll(d, "Questionnaires", "Every questionnaire with what it asks. m moves this assessment to one; its answers stay.", "", func() []rollRow {
		var rows []rollRow
		a := d.picture.Assessment
		for _, q := range d.Catalogue.Questionnaires() {
			mark := sign{"·", "another", theme.Muted}
			if q.Code == a.Details.Questionnaire {
				mark = sign{"●", "this one", theme.Good}
			}
			about := q.Title + ", " + q.Revision + ". Responses: " + responsesOf(q)
			if n := len(q.Unconfirmed); n > 0 {
				about += ". " + count(n, "row is", "rows are") + " not confirmed by a source"
			}
			rows = append(rows, rollRow{sign: mark, name: q.Code, short: count(len(q.Requirements), "requirement", "requirements"), text: formTitle(q.Title), about: about, keys: formKeys(d, q.Code)})
		}
		for _, own := range d.picture.Own {
			mark := sign{"·", "another", theme.Muted}
			if own.Digest == a.Details.Definition {
				mark = sign{"●", "this one", theme.Good}
			}
			about := "A questionnaire of your own: " + own.Title + ", " + own.Revision + ", definition " + own.Digest.Short()
			rows = append(rows, rollRow{
				sign: mark, name: own.Code, short: count(own.Questions(), "question", "questions"), text: own.Title + ", " + own.Revision, about: about,
				keys: formKeys(d, ownName(own)),
			})
		}
		for _, f := range d.Catalogue.Unsupported() {
			why := f.Unsupported
			rows = append(rows, rollRow{sign: sign{"✗", "not held", theme.Muted}, name: f.Form, text: f.Name, about: why, keys: []Binding{opens("begin", "begin an assessment with this form", "Tickmark does not hold it yet", nil)}})
		}
		return rows
	})
	s.keys = fileKeys(d)
	return s
}

// formKeys begin an assessment with a form, or move this one to it.
func formKeys(d *Desk, name string) []Binding {
	return []Binding{
		opens("begin", "begin an assessment with this form", d.fixed(), func() tea.Cmd { return d.begin(name) }),
		{Keys: []string{"m"}, Label: "move here", Help: "move this assessment to the form; its answers stay", Why: d.fixed(), Do: func() tea.Cmd { return push(moveForm(d, name)) }},
	}
}

// ownName names one definition of a questionnaire of an organisation's own.
func ownName(own questionnaires.RecordedDefinition) string {
	return own.Code + "@" + own.Digest.Short()
}

// formNamed is the questionnaire that a name means, with its catalogue: one of PCI's,
// or of an organisation's own.
func formNamed(a *questionnaires.Assessment, name string) (*questionnaires.Catalogue, questionnaires.Questionnaire, error) {
	standard := a.Standard()
	if q, known := standard.Questionnaire(name); known {
		return standard, q, nil
	}
	own, err := a.History().Definition(name)
	if err != nil {
		return nil, questionnaires.Questionnaire{}, err
	}
	catalogue, err := own.Catalogue(standard)
	if err != nil {
		return nil, questionnaires.Questionnaire{}, err
	}
	q, _ := catalogue.Questionnaire(own.Code)
	return catalogue, q, nil
}

func responsesOf(q questionnaires.Questionnaire) string {
	var titles []string
	for _, r := range q.Responses {
		titles = append(titles, r.Title())
	}
	return strings.Join(titles, ", ")
}

// formOptions are the questionnaires, those that the interview offers first.
func formOptions(d *Desk) []option {
	offered, _ := d.picture.Assessment.Eligibility()
	var first, rest []option
	for _, q := range d.picture.Assessment.Standard().Questionnaires() {
		o := option{value: q.Code, text: formTitle(q.Title), about: count(len(q.Requirements), "requirement", "requirements")}
		if offered.Offers(q.Code) {
			o.about += "; the interview leads to it"
			first = append(first, o)
			continue
		}
		rest = append(rest, o)
	}
	for _, own := range d.picture.Own {
		rest = append(rest, option{value: ownName(own), text: own.Title, about: "your own, " + own.Revision})
	}
	return append(first, rest...)
}

// movingTo is what a move to another form holds until it is kept.
type movingTo struct{ form, reason string }

// moveForm moves the assessment to another form.
func moveForm(d *Desk, code string) *Form {
	value := &movingTo{form: code}
	options := formOptions(d)
	type m = movingTo
	return heldForm(d, "Move", "Moves this assessment to another form. No answer is changed: what the new form does not ask stays in the history; a response that it does not offer is a problem.", value, func(*Picture) []blank[m] {
		return []blank[m]{
			choice("Form", "The form to move to.", true, options, func(m *m) string { return m.form }, func(m *m, text string) error { m.form = text; return nil }),
			long("Reason", "Why another form is right, as the history will say it.", true, func(m *m) *string { return &m.reason }),
		}
	}, sending{form: formKey("Move", code), label: "move", help: "move the assessment", said: "moved", rule: func() rule {
		held := *value
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			_, q, err := formNamed(a, held.form)
			if err != nil {
				return questionnaires.Draft{}, err
			}
			return a.ChangeTo(q, held.reason)
		}
	}})
}

// beginning is what a new assessment holds until it is kept.
type beginning struct {
	form, name, service string
	from, to            questionnaires.Day
}

// period is that of the new assessment, zero where none is given.
func (b beginning) period() (from, to time.Time, err error) {
	for _, t := range []struct {
		day questionnaires.Day
		at  *time.Time
	}{{b.from, &from}, {b.to, &to}} {
		if t.day == "" {
			continue
		}
		if *t.at, err = time.Parse(time.DateOnly, string(t.day)); err != nil {
			return from, to, err
		}
	}
	return from, to, nil
}

// beginningBlanks are the places of a new assessment.
func beginningBlanks(d *Desk, value *beginning) []blank[beginning] {
	type b = beginning
	period := value.from != "" || value.to != ""
	return []blank[b]{
		choice("Form", "Its questionnaire.", true, formOptions(d), func(b *b) string { return b.form }, func(b *b, text string) error { b.form = text; return nil }),
		line("Name", "How it is told from the others; nothing is the form's title.", false, func(b *b) *string { return &b.name }),
		line("Service", "The service that is assessed, of a service provider.", false, func(b *b) *string { return &b.service }),
		day("From", "The first day of the period assessed.", period, func(b *b) *questionnaires.Day { return &b.from }),
		day("To", "Its last day.", period, func(b *b) *questionnaires.Day { return &b.to }),
	}
}

// begin opens the form of a new assessment.
func (d *Desk) begin(code string) tea.Cmd {
	id, err := d.NewID()
	if err != nil {
		return note(theme.Bad, err.Error())
	}
	value := &beginning{form: code}
	return push(heldForm(d, "New assessment", "Begins another assessment of this vault. It sees the same evidence and scope.", value, func(*Picture) []blank[beginning] {
		return beginningBlanks(d, value)
	}, sending{form: formKey("New assessment", code), label: "begin", help: "begin the assessment", said: "begun: `:` and Assessments opens it", rule: func() rule {
		held := *value
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			catalogue, q, err := formNamed(a, held.form)
			if err != nil {
				return questionnaires.Draft{}, err
			}
			details := questionnaires.AssessmentDetails{ID: id, Questionnaire: q.Code, Name: held.name, Service: held.service}
			if details.From, details.To, err = held.period(); err != nil {
				return questionnaires.Draft{}, err
			}
			return questionnaires.NewAssessment(catalogue, details)
		}
	}}))
}
