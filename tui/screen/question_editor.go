package screen

import (
	tea "github.com/charmbracelet/bubbletea"

	"tickmark/tui/theme"
)

// Aside is work that has the terminal for itself. Run gets an error where the desk
// cannot give the terminal away; its message comes when the desk has it again.
type Aside struct{ Run func(error) tea.Msg }

// Apart does the work at once, for a driver that has no terminal.
func (a Aside) Apart() tea.Msg { return a.Run(nil) }

// written is what came back from the person's own editor.
type written struct {
	question *Question
	before   string
	text     string
	err      error
}

// external is the binding of the person's own editor.
func (s *Question) external() Binding {
	b := Binding{Keys: []string{"E"}, Label: "editor", Help: "write the narrative in your own editor ($EDITOR)", Why: s.desk.fixed(), Do: s.handOver}
	switch {
	case b.Why != "":
	case s.away:
		b.Why = "the editor is open"
	case s.desk.Editor == nil && s.desk.NoEditor == "":
		b.Why = "there is no editor here"
	case s.desk.Editor == nil:
		b.Why = s.desk.NoEditor
	}
	return b
}

// handOver gives the narrative and the terminal to the person's editor. The screen is
// busy meanwhile, so that the program does not end before what was written is saved.
func (s *Question) handOver() tea.Cmd {
	before := s.row().Current.Narrative
	if s.unsaved {
		before = s.field.Value()
	}
	s.focus, s.away = answerPanel, true
	edit := s.desk.Editor
	aside := Aside{Run: func(err error) tea.Msg {
		if err != nil {
			return written{question: s, before: before, err: err}
		}
		text, err := edit(before)
		return written{question: s, before: before, text: text, err: err}
	}}
	return func() tea.Msg { return aside }
}

// takeBack saves what the editor wrote. An error beside a text means that the editor
// was ended from outside.
func (s *Question) takeBack(w written) tea.Cmd {
	s.away = false
	switch {
	case w.err != nil && w.text == "":
		return note(theme.Warning, "the narrative stays as it was: "+theme.Clean(w.err.Error()))
	case w.text == w.before:
		return note(theme.Muted, "the narrative stays as it was")
	}
	s.field.SetValue(w.text)
	s.unsaved = true
	s.changes++
	return s.save("narrative saved")
}

// cleanText is text of several lines as it may stand in a field.
func cleanText(text string) string {
	lines := theme.CleanLines(text)
	b := make([]byte, 0, len(text))
	for i, line := range lines {
		if i > 0 {
			b = append(b, '\n')
		}
		b = append(b, line...)
	}
	return string(b)
}
