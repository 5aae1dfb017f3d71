package screen

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/list"
	"tickmark/tui/theme"
)

// Thread is a review note with all that was written to it, whole.
type Thread struct {
	desk  *Desk
	id    questionnaires.ID
	lines *list.List[sideRow]
	width int // that the lines are broken for
}

func newThread(d *Desk, id questionnaires.ID) *Thread {
	return &Thread{desk: d, id: id, lines: list.New(func(r sideRow) string { return r.text })}
}

// note is the note as it stands; the zero ReviewNote where it is gone.
func (s *Thread) note() questionnaires.ReviewNote {
	all := s.desk.picture.Assessment.Notes()
	if i := slices.IndexFunc(all, func(n questionnaires.ReviewNote) bool { return n.ID == s.id }); i >= 0 {
		return all[i]
	}
	return questionnaires.ReviewNote{ID: s.id}
}

// Start has nothing to do.
func (s *Thread) Start() tea.Cmd { return nil }

// Update follows the vault.
func (s *Thread) Update(msg tea.Msg) tea.Cmd {
	cmd := s.desk.take(msg)
	switch msg := msg.(type) {
	case changed:
		s.width = 0
	case tea.KeyMsg:
		typeFilter(s.lines, msg)
	}
	return cmd
}

// Leave has nothing to save.
func (s *Thread) Leave() tea.Cmd { return nil }

// Busy reports whether something is being saved.
func (s *Thread) Busy() bool { return s.desk.busy() }

// Head names the note.
func (s *Thread) Head() Head {
	h := s.desk.head(s.note().Label())
	h.Typing = s.lines.Typing()
	return h
}

// Bindings answer, close, and go to what it is on.
func (s *Thread) Bindings() []Binding {
	return append(append(s.desk.writeKeys(s.note()), back(s.lines)), moving(s.lines, nil)...)
}

// Draw says how the note stands and shows every line of it.
func (s *Thread) Draw(c Canvas) []string {
	n := s.note()
	title := n.Label()
	if on := s.desk.picture.Assessment.PlaceOf(n); on != "" {
		title += " on " + on
	}
	mark := noteSign(n)
	lines := []string{"", gutter + mark.paint(c.Theme) + "  " + heading(c.narrower(c.Width-4-theme.Width(mark.text()), 1), title, n.Kind())}
	for _, conflict := range n.Conflicts {
		for _, line := range theme.Wrap("Conflict: it "+conflict, c.Width-2) {
			lines = append(lines, gutter+c.Theme.Paint(theme.Warning, line))
		}
	}
	lines = append(append(lines, ""), filterLine(c, s.lines)...)
	if s.width != c.Width {
		s.width = c.Width
		s.lines.SetItems(s.said(n))
	}
	return append(lines, s.lines.Draw(max(1, c.Height-len(lines)), func(r sideRow, selected bool) string {
		return row(c, c.Theme.Paint(r.tone, r.text), selected, true)
	})...)
}

// said are the lines of all that was said, oldest first.
func (s *Thread) said(n questionnaires.ReviewNote) []sideRow {
	var rows []sideRow
	add := func(who questionnaires.Author, when, text string) {
		if len(rows) > 0 {
			rows = append(rows, sideRow{})
		}
		rows = append(rows, sideRow{text: theme.Clean(who.Name) + ", " + when, tone: theme.Heading})
		for _, paragraph := range theme.CleanLines(text) {
			for _, line := range theme.Wrap(paragraph, s.width-6) {
				rows = append(rows, sideRow{text: "  " + line})
			}
		}
	}
	add(n.Author, stamp(n.Time), n.Said())
	for _, r := range n.Replies {
		add(r.Author, stamp(r.Time)+theme.Clean(replyWord(r)), r.Said())
	}
	return rows
}
