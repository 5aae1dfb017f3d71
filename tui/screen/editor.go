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
	writer *writer
	before string
	text   string
	err    error
}

// external is the binding of the person's own editor, for the place under the cursor.
func (w *writer) external(d *Desk, place, what string) Binding {
	b := Binding{Keys: []string{"E"}, Label: "editor", Help: "write " + what + " in your own editor ($EDITOR)", Why: d.fixed()}
	b.Do = func() tea.Cmd { return w.handOver(d.Editor, place) }
	switch {
	case b.Why != "":
	case w.away != "":
		b.Why = "the editor is open"
	case d.Editor == nil && d.NoEditor == "":
		b.Why = "there is no editor here"
	case d.Editor == nil:
		b.Why = d.NoEditor
	}
	return b
}

// handOver gives a text and the terminal to the person's editor. The screen is busy
// meanwhile, so that the program does not end before what was written is saved.
func (w *writer) handOver(edit func(string) (string, error), place string) tea.Cmd {
	before := w.text(place)
	w.away = place
	aside := Aside{Run: func(err error) tea.Msg {
		if err != nil {
			return written{writer: w, before: before, err: err}
		}
		text, err := edit(before)
		return written{writer: w, before: before, text: text, err: err}
	}}
	return func() tea.Msg { return aside }
}

// takeBack saves what the editor wrote. An error beside a text means that the editor
// was ended from outside.
func (w *writer) takeBack(back written) tea.Cmd {
	place := w.away
	w.away = ""
	switch {
	case back.err != nil && back.text == "":
		return note(theme.Warning, "the "+place+" stays as it was: "+theme.Clean(back.err.Error()))
	case back.text == back.before:
		return note(theme.Muted, "the "+place+" stays as it was")
	}
	return w.put(place, cleanText(back.text), place+" saved")
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
