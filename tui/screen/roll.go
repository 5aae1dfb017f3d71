package screen

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/tui/list"
	"tickmark/tui/theme"
)

// Roll is a list of things that stand in a vault, each with its state, what is to be
// said of it, and what can be done with it.
type Roll struct {
	desk  *Desk
	crumb string
	help  string
	empty string
	read  func() []rollRow
	keys  []Binding // those that need no row
	rows  *list.List[rollRow]
}

// rollRow is one thing. Keys[0] is what enter does.
type rollRow struct {
	sign  sign
	name  string
	short string // a word or number before the text, in a column of its own
	text  string
	about string // all there is to say, below the list
	also  string // further words that it is found by
	keys  []Binding
}

func newRoll(d *Desk, crumb, help, empty string, read func() []rollRow) *Roll {
	s := &Roll{desk: d, crumb: crumb, help: help, empty: empty, read: read}
	s.rows = list.New(func(r rollRow) string {
		return r.name + " " + r.sign.word + " " + r.short + " " + r.text + " " + r.also
	})
	s.rows.SetItems(read())
	return s
}

// Start has nothing to do.
func (s *Roll) Start() tea.Cmd { return nil }

// Update follows the vault.
func (s *Roll) Update(msg tea.Msg) tea.Cmd {
	cmd := s.desk.take(msg)
	switch msg := msg.(type) {
	case changed:
		s.rows.SetItems(s.read())
	case tea.KeyMsg:
		typeFilter(s.rows, msg)
	}
	return cmd
}

// Leave has nothing to save.
func (s *Roll) Leave() tea.Cmd { return nil }

// Busy reports whether something is being saved.
func (s *Roll) Busy() bool { return s.desk.busy() }

// Head names the list.
func (s *Roll) Head() Head {
	h := s.desk.head(s.crumb)
	h.Typing = s.rows.Typing()
	return h
}

// Bindings are those of the row under the cursor, then those of the list.
func (s *Roll) Bindings() []Binding {
	r, _ := s.rows.Selected()
	bindings := append(append([]Binding{}, r.keys...), s.keys...)
	return append(append(bindings, back(s.rows)), moving(s.rows, nil)...)
}

// Draw lists the rows and says all of the one under the cursor.
func (s *Roll) Draw(c Canvas) []string {
	lines := []string{""}
	for _, line := range theme.Wrap(s.help, c.Width-2) {
		lines = append(lines, gutter+c.Theme.Paint(theme.Muted, line))
	}
	lines = append(append(lines, ""), filterLine(c, s.rows)...)
	if s.rows.Total() == 0 {
		return append(lines, indent(gutter, theme.Wrap(s.empty, c.Width-2))...)
	}
	about := s.about(c)
	state, name, short := 0, 0, 0
	for i := range s.rows.Total() {
		r, _ := s.rows.Item(i)
		name = max(name, theme.Width(r.name))
		if r.short != "" {
			short = max(short, theme.Width(r.short)+2)
		}
		if r.sign.word != "" {
			state = max(state, theme.Width(r.sign.text())+2)
		}
	}
	name = min(name, c.Width*2/5)
	room := c.Height - len(lines) - len(about)
	if line := whereLine(c, s.rows, room); line != "" {
		lines[len(lines)-1] = line
	}
	rows := s.rows.Draw(room, func(r rollRow, selected bool) string {
		mark := ""
		if r.sign.word != "" {
			mark = r.sign.paint(c.Theme)
		}
		return row(c, theme.Fit(mark, state)+theme.Fit(theme.Clean(r.name), name)+"  "+theme.Fit(theme.Clean(r.short), short)+theme.Clean(r.text), selected, true)
	})
	lines = append(lines, rows...)
	for len(lines) < c.Height-len(about) {
		lines = append(lines, "")
	}
	return append(lines, about...)
}

// about is what is said of the row under the cursor.
func (s *Roll) about(c Canvas) []string {
	r, chosen := s.rows.Selected()
	if !chosen || r.about == "" {
		return nil
	}
	return whole(c, r.about, 1)
}

// whole is a text below a list, at most a third of the body. It has least lines for every
// row, so that the list seldom jumps.
func whole(c Canvas, said string, least int) []string {
	text := theme.Wrap(said, c.Width-2)
	for len(text) < least {
		text = append(text, "")
	}
	if most := max(3, c.Height/3); len(text) > most {
		text = append(text[:most-1], c.Theme.Paint(theme.Muted, "…"))
	}
	return append([]string{c.Theme.Paint(theme.Rule, strings.Repeat("─", c.Width))}, indent(gutter, text)...)
}

// opens is the binding of enter.
func opens(label, help, why string, do func() tea.Cmd) Binding {
	return Binding{Keys: []string{"enter", "right", "l"}, Label: label, Help: help, Why: why, Do: do}
}
