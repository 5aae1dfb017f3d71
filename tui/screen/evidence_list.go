package screen

import (
	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/list"
	"tickmark/tui/theme"
)

// EvidenceList lists the newest result of each check and target, and every file.
type EvidenceList struct {
	desk          *Desk
	rows          *list.List[questionnaires.Evidence]
	state, number int // widths of the columns
}

func newEvidenceList(d *Desk) *EvidenceList {
	s := &EvidenceList{desk: d}
	s.rows = list.New(func(e questionnaires.Evidence) string {
		text := d.evidenceSign(e).word + " " + e.Label() + " " + evidenceTitle(e) + " " + evidenceAbout(e)
		if e.Result != nil {
			text += " " + e.Result.Check + " " + verdictSign(e.Result.Verdict).word
		}
		return text
	})
	s.look()
	return s
}

// look takes what the vault holds now. The columns are as wide as all of it needs, which
// takes too long to be found out for each frame.
func (s *EvidenceList) look() {
	items := s.desk.picture.Assessment.LatestEvidence()
	s.rows.SetItems(items)
	s.state, s.number = 0, 13
	for _, e := range items {
		s.state, s.number = max(s.state, theme.Width(s.desk.evidenceSign(e).text())+1), max(s.number, theme.Width(e.Label())+1)
	}
}

// Start has nothing to do.
func (s *EvidenceList) Start() tea.Cmd { return nil }

// Update follows the assessment.
func (s *EvidenceList) Update(msg tea.Msg) tea.Cmd {
	cmd := s.desk.take(msg)
	switch msg := msg.(type) {
	case changed:
		s.look()
	case tea.KeyMsg:
		typeFilter(s.rows, msg)
	}
	return cmd
}

// Head is the title's.
func (s *EvidenceList) Head() Head {
	h := s.desk.head("Evidence")
	h.Typing = s.rows.Typing()
	return h
}

// Bindings open an item.
func (s *EvidenceList) Bindings() []Binding {
	open := Binding{Keys: []string{"enter", "right", "l"}, Label: "open", Help: "what it proves, where it comes from, and the document", Do: func() tea.Cmd {
		item, _ := s.rows.Selected()
		return push(newEvidence(s.desk, item))
	}}
	if s.rows.Len() == 0 {
		open.Why = "no evidence is shown"
	}
	item, _ := s.rows.Selected()
	keys := append(append([]Binding{open}, s.desk.intakeKeys(questionnaires.RequirementID{})...), s.desk.itemKeys(item)...)
	return append(append(keys, back(s.rows)), moving(s.rows, nil)...)
}

// Draw lists the items.
func (s *EvidenceList) Draw(c Canvas) []string {
	lines := []string{""}
	if s.rows.Total() == 0 {
		return append(lines, indent(gutter, theme.Wrap("There is no evidence yet. c on the first screen collects it; F takes a file in, I writes notes.", c.Width-2))...)
	}
	lines = append(lines, filterLine(c, s.rows)...)
	foot := s.foot(c)
	room := c.Height - len(lines) - len(foot)
	if line := whereLine(c, s.rows, room); line != "" {
		lines[0] = line
	}
	about := max(24, c.Width/3)
	lines = append(lines, s.rows.Draw(room, func(e questionnaires.Evidence, selected bool) string {
		sign := s.desk.evidenceSign(e)
		line := c.Theme.Paint(sign.tone, theme.Fit(sign.text(), s.state)) + theme.Fit(e.Label(), s.number) +
			theme.Fit(evidenceTitle(e), c.Width-4-s.state-s.number-about-2) + "  " + c.Theme.Paint(theme.Muted, s.about(e))
		return row(c, line, selected, true)
	})...)
	for len(lines) < c.Height-len(foot) {
		lines = append(lines, "")
	}
	return append(lines, foot...)
}

// foot says all of the item under the cursor.
func (s *EvidenceList) foot(c Canvas) []string {
	item, chosen := s.rows.Selected()
	if !chosen {
		return nil
	}
	return whole(c, evidenceTitle(item)+": "+s.about(item), 2)
}

// about says where an item comes from, what of it is accepted, and what goes stale.
func (s *EvidenceList) about(e questionnaires.Evidence) string {
	text := evidenceAbout(e)
	if accepted := s.desk.acceptedOf(e.Result); accepted != "" {
		text = accepted + " · " + text
	}
	if fresh := s.desk.freshness(e).String(); fresh != "" {
		text = "⏱ " + fresh + " · " + text
	}
	return text
}
