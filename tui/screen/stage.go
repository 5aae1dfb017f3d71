package screen

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// Stages is the room in which an assessment goes from fieldwork through its reviews to
// its issue, and is amended.
type Stages struct {
	*Roll
	sure    asked // whether the next I issues
	submits asked // whether the next s submits
}

// asked is where a key was pressed that is pressed twice: elsewhere it begins anew.
type asked struct {
	picture *Picture
	row     int
}

func newStages(d *Desk) *Stages {
	s := &Stages{}
	s.Roll = newRoll(d, "Stage", "Each section is passed by its checklist, in the lead review and for a Report on Compliance in QA, by somebody who did no part of it.", "", func() []rollRow { return d.stageRows() })
	return s
}

// Bindings are the steps, after what can be done with the row.
func (s *Stages) Bindings() []Binding {
	s.keys = s.steps()
	return s.Roll.Bindings()
}

// Draw says how far it is and what stands before the issue, then the sections.
func (s *Stages) Draw(c Canvas) []string {
	p := s.desk.picture.Stage
	lines := []string{"", gutter + heading(c.narrower(c.Width-2, 1), theme.Cut(p.line(), c.Width-30), "")}
	for _, reason := range p.Amending {
		lines = append(lines, indent(gutter, theme.Wrap(fmt.Sprintf("It amends version %d: %s", p.Now.Version-1, theme.Clean(reason)), c.Width-2))...)
	}
	for _, h := range p.Before {
		if h.Section == "" {
			lines = append(lines, gutter+c.Theme.Paint(theme.Warning, theme.Cut("! "+theme.Clean(h.Sentence), c.Width-2)))
		}
	}
	for _, r := range p.Refused {
		lines = append(lines, gutter+c.Theme.Paint(theme.Muted, theme.Cut(theme.Clean(fmt.Sprintf("counts for nothing: %s of %s: %s", r.Action, r.Author.Name, r.Why)), c.Width-2)))
	}
	if k := s.acknowledged(); k != "" {
		lines = append(lines, gutter+c.Theme.Paint(theme.Good, theme.Cut("✓ "+theme.Clean(k), c.Width-2)))
	}
	return append(lines, s.Roll.Draw(c.narrower(c.Width, c.Height-len(lines)))...)
}

// acknowledged says who stands for the self-assessment.
func (s *Stages) acknowledged() string {
	k, given, err := s.desk.picture.Assessment.Acknowledgement()
	if err != nil || !given || k.Changed > 0 {
		return ""
	}
	return fmt.Sprintf("acknowledged on %s by %s, %s", k.Day, k.Name, k.Title)
}

// steps are the keys of the way to the issue; those that mean something now have a place
// in the key line.
func (s *Stages) steps() []Binding {
	d, p := s.desk, s.desk.picture.Stage
	stage, a := p.Now.Stage, d.picture.Assessment
	at := func(b Binding, here bool, why string) Binding {
		if !here {
			b.Label = ""
		}
		if b.Why = d.fixed(); b.Why == "" && !here {
			b.Why = why
		}
		return b
	}
	quality, issued := a.Questionnaire.ReviewedForQuality(), stage == questionnaires.Issued
	move := func(to questionnaires.Stage, said string) func() tea.Cmd {
		return func() tea.Cmd {
			return d.act(said, nil, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
				return a.MoveStage(questionnaires.StageMove{To: to})
			})
		}
	}
	frozen := "it is issued: m opens an amendment"
	in := "it is in " + stage.Title()
	return []Binding{
		at(Binding{Keys: []string{"s"}, Label: "submit", Help: "fieldwork is done: submit it for the lead review", Do: func() tea.Cmd { return s.submit(move(questionnaires.LeadReview, "in lead review now")) }},
			stage == questionnaires.Fieldwork, in),
		at(Binding{Keys: []string{"o"}, Label: "on to QA", Help: "the lead review passed every section: on to QA", Do: move(questionnaires.QualityReview, "in QA now")},
			stage == questionnaires.LeadReview && quality || stage == questionnaires.LeadReview && p.passed() == len(p.Sections), in),
		at(Binding{Keys: []string{"I"}, Label: "issue", Help: "issue it as a version, once nothing stands before that; asked twice", Do: s.issue}, p.reviewed(), in),
		at(Binding{Keys: []string{"t"}, Label: "return", Help: "back to fieldwork, with the reason", Do: func() tea.Cmd { return push(returnStageForm(d)) }}, p.reviewed(), in),
		at(Binding{Keys: []string{"m"}, Label: "amend", Help: "open the next version of what was issued, with the reason", Do: func() tea.Cmd { return push(amendForm(d)) }},
			issued, in+", and what is not issued is changed without an amendment"),
		at(Binding{Keys: []string{"c"}, Label: "conclude", Help: "record what a named person concludes", Do: func() tea.Cmd { return push(concludeForm(d)) }}, !issued, frozen),
		at(Binding{Keys: []string{"A"}, Label: "acknowledge", Help: "record that the entity's executive stands for it", Do: func() tea.Cmd { return push(acknowledgeForm(d)) }},
			!issued && !quality, map[bool]string{true: frozen, false: "a Report on Compliance is reviewed for quality; an executive acknowledges a self-assessment"}[issued]),
	}
}

// submit submits it, asked twice where something is open.
func (s *Stages) submit(move func() tea.Cmd) tea.Cmd {
	open := len(s.desk.picture.Problems)
	if here := (asked{s.desk.picture, s.rows.Cursor()}); open > 0 && s.submits != here {
		s.submits = here
		return note(theme.Warning, "s again submits it with "+count(open, "problem", "problems")+" open")
	}
	s.submits = asked{}
	return move()
}

// issue issues it when asked twice: what is issued is frozen.
func (s *Stages) issue() tea.Cmd {
	d := s.desk
	if here := (asked{d.picture, s.rows.Cursor()}); s.sure != here {
		s.sure = here
		return note(theme.Warning, "I again issues it as version "+thousands(d.picture.Stage.Now.Version)+": from then on only an amendment changes it")
	}
	s.sure = asked{}
	author, _ := d.vault.Author()
	return d.act("issued as version "+thousands(d.picture.Stage.Now.Version), nil, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
		return a.Issue(author.ID, d.Now())
	})
}

// stageRows are what came since the issue, the sections, and the versions.
func (d *Desk) stageRows() []rollRow {
	p := d.picture.Stage
	var rows []rollRow
	for _, since := range p.Since {
		open := opens("open", "the question that it is about", "", func() tea.Cmd { return push(newQuestion(d, since.Requirement)) })
		if _, asked := d.picture.index[since.Requirement]; !asked {
			open.Why = "it is about the whole"
		}
		rows = append(rows, rollRow{sign: sign{"!", "since issue", theme.Warning}, name: "What came", text: since.Sentence, about: since.Sentence + ". " + strings.ToUpper(since.Advice[:1]) + since.Advice[1:] + ".", keys: []Binding{open}})
	}
	for _, section := range p.Sections {
		rows = append(rows, d.sectionRow(section))
	}
	for i := len(p.Versions) - 1; i >= 0; i-- {
		rows = append(rows, d.versionRow(p.Versions[i]))
	}
	return rows
}

func (d *Desk) sectionRow(section questionnaires.SectionStanding) rollRow {
	p := d.picture.Stage
	text := ""
	if section.Lead.State != questionnaires.NotReviewed || p.Now.Stage != questionnaires.Fieldwork {
		text = "lead review: " + reviewWords(section.Lead)
	}
	if d.picture.Assessment.Questionnaire.ReviewedForQuality() || section.QA.State != questionnaires.NotReviewed {
		text = strings.TrimPrefix(text+" · QA: "+reviewWords(section.QA), " · ")
	}
	about := text
	if section.Notes > 0 {
		open := count(section.Notes, "open note", "open notes")
		text, about = strings.TrimSuffix(open+" · "+text, " · "), strings.TrimPrefix(about+". "+open, ". ")
	}
	for _, r := range []questionnaires.ReviewStanding{section.Lead, section.QA} {
		if r.Ignored != "" {
			about += ". " + r.Ignored
		}
		if r.State != questionnaires.NotReviewed {
			about += ". " + r.By.Name + " on " + string(questionnaires.DayOf(r.Time)) + checkedWords(section.Section, r.Checked)
		}
	}
	review := opens("review", "pass it by its checklist, or return it with the reason", d.fixed(), func() tea.Cmd { return push(reviewForm(d, section.Section)) })
	switch why := p.NotMine[section.Section]; {
	case review.Why != "":
	case p.Now.Stage == questionnaires.Issued:
		review.Why = "it is issued"
	case !p.reviewed():
		review.Why = "it is in fieldwork: s submits it for the lead review"
	default:
		review.Why = why
	}
	if review.Why != "" && p.reviewed() {
		about += ". You: " + review.Why
	}
	return rollRow{sign: reviewSign(p.review(section)), name: section.Title, text: text, about: about, keys: []Binding{review}}
}

// checkedWords say which items of a checklist were not simply found.
func checkedWords(s questionnaires.Section, checked []questionnaires.CheckedItem) string {
	var said []string
	for _, c := range checked {
		if c.State != questionnaires.CheckFound {
			said = append(said, itemLabel(c.Item)+": "+strings.ReplaceAll(c.State.String(), "-", " "))
		}
	}
	if len(said) == 0 {
		return ""
	}
	return " (" + strings.Join(said, ", ") + ")"
}

func (d *Desk) versionRow(v questionnaires.IssuedVersion) rollRow {
	text := "on " + string(v.Day) + " by " + v.By.Name
	if len(v.Reasons) > 0 {
		text += ": " + strings.Join(v.Reasons, "; ")
	}
	look := opens("look", "all of it as it was issued", "", func() tea.Cmd { return d.issued(v) })
	if d.version != "" {
		look.Why = "this is version " + d.version + " as it was issued"
	}
	return rollRow{sign: sign{"✓", "issued", theme.Good}, name: "Version " + v.Label(), text: text, about: text + ". Its report bears the head " + v.ReportHead().String() + ".", keys: []Binding{look}}
}

// reviewSign is how far a review is.
func reviewSign(r questionnaires.ReviewStanding) sign {
	switch r.State {
	case questionnaires.SectionReturned:
		return sign{"✗", "returned", theme.Bad}
	case questionnaires.SectionChanged:
		return sign{"!", "changed since", theme.Warning}
	case questionnaires.SectionPassed:
		if r.Alone {
			return sign{"✓", "passed alone", theme.Warning}
		}
		return sign{"✓", "passed", theme.Good}
	case questionnaires.NotReviewed:
	}
	return sign{"·", "not reviewed", theme.Muted}
}

// reviewWords say how a review stands, and by whom.
func reviewWords(r questionnaires.ReviewStanding) string {
	text := reviewSign(r).word
	if r.State != questionnaires.NotReviewed {
		text += " (" + r.By.Name + ")"
	}
	if r.Alone {
		text += ", nobody else looked at it"
	}
	if r.State == questionnaires.SectionReturned {
		text += ": " + r.Reason
	}
	return text
}

// stageLine says on the dashboard how far the assessment is.
func (s *Dashboard) stageLine(c Canvas) []string {
	p := s.desk.picture.Stage
	text, tone := p.line(), theme.Plain
	switch since, waiting := len(p.Since), len(p.Waiting); {
	case since > 0:
		text, tone = text+", "+count(since, "thing", "things")+" came since", theme.Warning
	case waiting > 0:
		text += ", " + count(waiting, "thing waits", "things wait") + " for you"
	}
	return []string{gutter + c.Theme.Paint(theme.Heading, theme.Fit("Stage", 17)) + c.Theme.Paint(tone, theme.Cut(text, c.Width-21))}
}
