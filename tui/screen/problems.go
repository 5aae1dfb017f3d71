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
	about := s.about(c)
	room := c.Height - len(lines) - len(about)
	if line := whereLine(c, s.rows, room); line != "" {
		lines[len(lines)-1] = line
	}
	rows := s.rows.Draw(room, func(p questionnaires.Problem, selected bool) string {
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
	})
	lines = append(lines, rows...)
	for len(lines) < c.Height-len(about) {
		lines = append(lines, "")
	}
	return append(lines, about...)
}

// about says all of the problem under the cursor.
func (s *Problems) about(c Canvas) []string {
	p, chosen := s.rows.Selected()
	if !chosen {
		return nil
	}
	said := p.Sentence
	if title := s.desk.picture.Row(p.Requirement).Requirement.Title; title != "" {
		said = title + ": " + said
	}
	return whole(c, theme.Clean(said), 2)
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

// problemWords are the kinds of problems for people.
var problemWords = map[questionnaires.ProblemKind]string{
	questionnaires.NotAnswered:          "unanswered",
	questionnaires.NoNarrative:          "no narrative",
	questionnaires.NoEvidence:           "no evidence",
	questionnaires.Contradicted:         "contradicted",
	questionnaires.NoReason:             "no reason",
	questionnaires.NoWorksheet:          "no worksheet",
	questionnaires.NoPlan:               "no plan",
	questionnaires.Superseded:           "superseded",
	questionnaires.InConflict:           "conflict",
	questionnaires.NotVerified:          "not verified",
	questionnaires.CitesExpunged:        "expunged",
	questionnaires.CitesUnknown:         "not in the vault",
	questionnaires.NewerEvidence:        "newer evidence",
	questionnaires.NotOffered:           "not offered",
	questionnaires.NoReporting:          "not reported",
	questionnaires.InheritedOnly:        "inherited",
	questionnaires.NoTargetDate:         "no target date",
	questionnaires.NoLaw:                "no law",
	questionnaires.NoExclusion:          "not named",
	questionnaires.NoResults:            "no description",
	questionnaires.UnfinishedWorksheet:  "unfinished",
	questionnaires.UnfinishedCustomized: "unfinished",
	questionnaires.UnfinishedAnalysis:   "unfinished",
	questionnaires.Misplaced:            "misplaced",
	questionnaires.CustomizedRefused:    "not allowed",
	questionnaires.NoRiskAnalysis:       "no risk analysis",
	questionnaires.Overdue:              "overdue",
	questionnaires.EligibilityOpen:      "form is open",
	questionnaires.NotEligible:          "form misfits",
	questionnaires.AskedOtherwise:       "asked otherwise",
	questionnaires.ScopeIncomplete:      "scope is open",
	questionnaires.ScopeBroken:          "scope misfits",
	questionnaires.NotSeparated:         "not separated",
	questionnaires.EngagementIncomplete: "not recorded",
	questionnaires.EngagementBroken:     "not sound",
	questionnaires.OutdatedEvidence:     "out of date",
	questionnaires.UndescribedEvidence:  "not described",
	questionnaires.RecordIncomplete:     "record is open",
	questionnaires.RecordBroken:         "record misfits",
	questionnaires.RecordNotPassed:      "not passed",
	questionnaires.NotIssued:            "not issued",
	questionnaires.QuarantinedEvidence:  "quarantined",
	questionnaires.SampleIncomplete:     "sample is open",
	questionnaires.SampleBroken:         "sample not sound",
	questionnaires.SampleOutdated:       "listed again",
	questionnaires.PopulationIncomplete: "not whole",
	questionnaires.StaleEvidence:        "stale evidence",
	questionnaires.NotConfirmed:         "to be confirmed",
	questionnaires.AsLastYear:           "as last year",
	questionnaires.NotFollowedUp:        "not followed up",
}

// problemWord is a kind of problem for people.
func problemWord(k questionnaires.ProblemKind) string {
	if word, said := problemWords[k]; said {
		return word
	}
	return k.String()
}
