package screen

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/list"
	"tickmark/tui/theme"
)

// Requirements lists the questions of one principal requirement, or all.
type Requirements struct {
	desk      *Desk
	principal questionnaires.RequirementID // zero is all
	rows      *list.List[Row]
}

func newRequirements(d *Desk, principal questionnaires.RequirementID) *Requirements {
	s := &Requirements{desk: d, principal: principal}
	s.rows = list.New(func(r Row) string {
		text := r.Requirement.ID.String() + " " + r.Requirement.Title + " " + responseSign(r.Current.Response).word
		if stance, says := rowSign(r); says {
			text += " " + stance.word
		}
		if len(r.Problems) > 0 && r.Current.Response != questionnaires.Unanswered {
			text += " problem"
		}
		return text
	})
	s.refresh()
	return s
}

func (s *Requirements) refresh() {
	var rows []Row
	for _, r := range s.desk.picture.Rows {
		if s.principal.IsZero() || r.Requirement.ID.Principal() == s.principal {
			rows = append(rows, r)
		}
	}
	s.rows.SetItems(rows)
}

// Start has nothing to do.
func (s *Requirements) Start() tea.Cmd { return nil }

// Update follows the assessment.
func (s *Requirements) Update(msg tea.Msg) tea.Cmd {
	cmd := s.desk.take(msg)
	switch msg := msg.(type) {
	case changed:
		s.refresh()
	case tea.KeyMsg:
		typeFilter(s.rows, msg)
	}
	return cmd
}

// Head names the principal requirement.
func (s *Requirements) Head() Head {
	crumb := "All requirements"
	if !s.principal.IsZero() {
		crumb = s.principal.String() + " " + s.desk.picture.Assessment.PrincipalTitle(s.principal)
	}
	h := s.desk.head(crumb)
	h.Typing = s.rows.Typing()
	return h
}

// Bindings open a question.
func (s *Requirements) Bindings() []Binding {
	open := Binding{Keys: []string{"enter", "right", "l"}, Label: "open", Help: "open the question", Do: func() tea.Cmd {
		r, _ := s.rows.Selected()
		return push(newQuestion(s.desk, r.Requirement.ID))
	}}
	if s.rows.Len() == 0 {
		open.Why = "no row is shown"
	}
	next := Binding{Keys: []string{"n"}, Label: "next open", Help: "go to the next question without an answer", Do: s.nextOpen}
	return append([]Binding{open, back(s.rows), next}, moving(s.rows, nil)...)
}

// nextOpen goes to the next unanswered question, from the top again after the last.
func (s *Requirements) nextOpen() tea.Cmd {
	was := s.rows.Cursor()
	for i := range s.rows.Len() {
		s.rows.To((was + 1 + i) % s.rows.Len())
		if r, _ := s.rows.Selected(); r.Current.Response == questionnaires.Unanswered {
			return nil
		}
	}
	s.rows.To(was)
	return note(theme.Good, "every question shown here is answered")
}

// Draw lists the questions and shows the one under the cursor.
func (s *Requirements) Draw(c Canvas) []string {
	lines := append([]string{""}, filterLine(c, s.rows)...)
	preview := s.preview(c)
	response, stance := 12, 0
	for i := range s.rows.Total() {
		r, _ := s.rows.Item(i)
		response = max(response, theme.Width(responseSign(r.Current.Response).text()))
		if mark, says := rowSign(r); says {
			stance = max(stance, theme.Width(mark.text()))
		}
	}
	if line := whereLine(c, s.rows, c.Height-len(lines)-len(preview)); line != "" {
		lines[0] = line
	}
	title := c.Width - 4 - response - 1 - 9 - 1 - stance
	rows := s.rows.Draw(c.Height-len(lines)-len(preview), func(r Row, selected bool) string {
		mark := responseSign(r.Current.Response)
		evidence := ""
		if e, says := rowSign(r); says {
			evidence = e.paint(c.Theme)
		}
		flag := " "
		if len(r.Problems) > 0 && r.Current.Response != questionnaires.Unanswered {
			flag = c.Theme.Paint(theme.Warning, "!")
		}
		return row(c, c.Theme.Paint(mark.tone, theme.Fit(mark.text(), response))+flag+theme.Fit(" "+r.Requirement.ID.String(), 9)+
			theme.Fit(theme.Clean(r.Requirement.Title), title)+" "+evidence, selected, true)
	})
	if len(rows) == 0 {
		rows = []string{"", gutter + "No question holds these words. esc shows all."}
	}
	lines = append(lines, rows...)
	for len(lines) < c.Height-len(preview) {
		lines = append(lines, "")
	}
	return append(lines, preview...)
}

// preview is what is asked by the question under the cursor, and what is wrong with
// its answer.
func (s *Requirements) preview(c Canvas) []string {
	lines := []string{c.Theme.Paint(theme.Rule, strings.Repeat("─", c.Width))}
	r, chosen := s.rows.Selected()
	if chosen {
		lines = append(lines, gutter+c.Theme.Paint(theme.Strong, theme.Cut(fmt.Sprintf("%s  %s", r.Requirement.ID, theme.Clean(r.Requirement.Title)), c.Width-2)))
		lines = append(lines, indent(gutter, theme.Wrap(r.Requirement.Question, c.Width-2))...)
		if len(r.Problems) > 0 && r.Current.Response != questionnaires.Unanswered {
			lines = append(lines, gutter+c.Theme.Paint(theme.Warning, theme.Cut("! "+theme.Clean(r.Problems[0].Sentence), c.Width-2)))
		}
	}
	for len(lines) < 6 {
		lines = append(lines, "")
	}
	return lines[:6]
}
