package screen

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/list"
	"tickmark/tui/theme"
)

// Problems lists what stands between the assessment and a report that is no draft.
type Problems struct {
	desk *Desk
	rows *list.List[questionnaires.Problem]
}

func newProblems(d *Desk) *Problems {
	s := &Problems{desk: d}
	s.rows = list.New(func(p questionnaires.Problem) string {
		return problemPlace(p) + " " + problemWord(p.Kind) + " " + p.Sentence
	})
	s.rows.SetItems(d.picture.Problems)
	return s
}

// Start has nothing to do.
func (s *Problems) Start() tea.Cmd { return nil }

// Update follows the assessment.
func (s *Problems) Update(msg tea.Msg) tea.Cmd {
	cmd := s.desk.take(msg)
	switch msg := msg.(type) {
	case changed:
		s.rows.SetItems(s.desk.picture.Problems)
	case tea.KeyMsg:
		typeFilter(s.rows, msg)
	}
	return cmd
}

// Head is the title's.
func (s *Problems) Head() Head {
	h := s.desk.head("Problems")
	h.Typing = s.rows.Typing()
	return h
}

// Bindings open the question that a problem is about.
func (s *Problems) Bindings() []Binding {
	p, _ := s.rows.Selected()
	open := Binding{Keys: []string{"enter", "right", "l"}, Label: "open", Help: "open what mends it", Do: func() tea.Cmd { return s.desk.mend(p) }}
	if s.rows.Len() == 0 {
		open.Why = "no problem is shown"
	}
	return append([]Binding{open, back(s.rows)}, moving(s.rows, nil)...)
}

// Draw lists the problems.
func (s *Problems) Draw(c Canvas) []string {
	lines := []string{"", gutter + s.sum(c)}
	if begun := s.desk.picture.unsentForms(); len(begun) > 0 {
		lines = append(lines, gutter+c.Theme.Paint(theme.Warning, theme.Cut("! Begun and not sent: "+strings.Join(begun, ", ")+". Each opens again as you left it.", c.Width-2)))
	}
	lines = append(append(lines, ""), filterLine(c, s.rows)...)
	if s.rows.Total() == 0 {
		return lines
	}
	return append(lines, s.rows.Draw(c.Height-len(lines), func(p questionnaires.Problem, selected bool) string {
		tone := theme.Warning
		if p.Kind == questionnaires.NotAnswered {
			tone = theme.Muted
		}
		line := theme.Fit(problemPlace(p), 10) + c.Theme.Paint(tone, theme.Fit("! "+problemWord(p.Kind), 18)) + " "
		title := s.desk.picture.Row(p.Requirement).Requirement.Title
		if p.Kind == questionnaires.NotAnswered {
			return row(c, line+theme.Clean(title), selected, true)
		}
		return row(c, line+theme.Clean(p.Sentence), selected, true)
	})...)
}

func (s *Problems) sum(c Canvas) string {
	if s.rows.Total() == 0 {
		return sign{"✓", "No problems: a report printed now is no draft.", theme.Good}.paint(c.Theme)
	}
	open := s.desk.picture.Progress.Total - s.desk.picture.Progress.Answered
	return c.Theme.Paint(theme.Strong, count(s.rows.Total(), "problem", "problems")) + ", " + thousands(open) +
		" of them unanswered. While there is one, a report is a draft."
}

// problemPlace is what a problem is about.
func problemPlace(p questionnaires.Problem) string {
	if p.Requirement.IsZero() {
		return "whole"
	}
	return p.Requirement.String()
}

// problemWord is a kind of problem for people.
func problemWord(k questionnaires.ProblemKind) string {
	switch k {
	case questionnaires.NotAnswered:
		return "unanswered"
	case questionnaires.NoNarrative:
		return "no narrative"
	case questionnaires.NoEvidence:
		return "no evidence"
	case questionnaires.Contradicted:
		return "contradicted"
	case questionnaires.NoReason:
		return "no reason"
	case questionnaires.NoWorksheet:
		return "no worksheet"
	case questionnaires.NoPlan:
		return "no plan"
	case questionnaires.Superseded:
		return "superseded"
	case questionnaires.InConflict:
		return "conflict"
	case questionnaires.NotVerified:
		return "not verified"
	case questionnaires.CitesExpunged:
		return "expunged"
	case questionnaires.CitesUnknown:
		return "not in the vault"
	case questionnaires.NewerEvidence:
		return "newer evidence"
	case questionnaires.NotOffered:
		return "not offered"
	case questionnaires.NoReporting:
		return "not reported"
	case questionnaires.InheritedOnly:
		return "inherited"
	case questionnaires.NoTargetDate:
		return "no target date"
	case questionnaires.NoLaw:
		return "no law"
	case questionnaires.NoExclusion:
		return "not named"
	case questionnaires.NoResults:
		return "no description"
	case questionnaires.UnfinishedWorksheet, questionnaires.UnfinishedCustomized, questionnaires.UnfinishedAnalysis:
		return "unfinished"
	case questionnaires.Misplaced:
		return "misplaced"
	case questionnaires.CustomizedRefused:
		return "not allowed"
	case questionnaires.NoRiskAnalysis:
		return "no risk analysis"
	case questionnaires.Overdue:
		return "overdue"
	case questionnaires.EligibilityOpen:
		return "form is open"
	case questionnaires.NotEligible:
		return "form misfits"
	case questionnaires.AskedOtherwise:
		return "asked otherwise"
	case questionnaires.ScopeIncomplete:
		return "scope is open"
	case questionnaires.ScopeBroken:
		return "scope misfits"
	case questionnaires.NotSeparated:
		return "not separated"
	case questionnaires.EngagementIncomplete:
		return "not recorded"
	case questionnaires.EngagementBroken:
		return "not sound"
	case questionnaires.OutdatedEvidence:
		return "out of date"
	case questionnaires.UndescribedEvidence:
		return "not described"
	}
	return k.String()
}
