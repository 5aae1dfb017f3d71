package screen

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/textarea"
	tea "github.com/charmbracelet/bubbletea"

	"tickmark/tui/theme"
)

// pause is how long typing rests before what was typed is saved by itself.
const pause = 2 * time.Second

// writer holds what a person types into the places of a screen until the vault has
// it. A pause saves, leaving saves, and what was refused stays as it was typed.
type writer struct {
	field    textarea.Model
	at       string            // the place that has the keys, "" while none has
	line     bool              // it is of one line
	away     string            // the place that the person's own editor has
	typed    map[string]string // by place, what the vault does not have yet
	saving   map[string]string // what a job saves of it
	changes  int               // how often something was typed
	painted  bool              // the field knows its theme
	going    bool              // the screen goes once everything is saved
	standing func(place string) string
	save     func(place, text, said string) tea.Cmd
}

// kept is what became of a text that was to be saved. Only its writer understands it.
type kept struct {
	writer      *writer
	place, text string
}

// paused says that the pause after a change is over; it counts if no change came
// after it.
type paused struct {
	writer  *writer
	changes int
}

// newWriter returns a writer of places. Standing is what the vault has of one, save
// the work that changes it; its outcome is given to ended as kept.
func newWriter(standing func(string) string, save func(place, text, said string) tea.Cmd) *writer {
	w := &writer{field: textarea.New(), typed: map[string]string{}, saving: map[string]string{}, standing: standing, save: save}
	w.field.CharLimit, w.field.MaxHeight = 0, 0 // the rules say what is too long, and it stays to be cut
	w.field.ShowLineNumbers, w.field.Prompt, w.field.Placeholder = false, "", ""
	w.field.Cursor.SetMode(cursor.CursorStatic)
	return w
}

// text is what a place holds: what was typed, or what stands.
func (w *writer) text(place string) string {
	if typed, unsaved := w.typed[place]; unsaved {
		return typed
	}
	return w.standing(place)
}

// writing reports whether a place has the keys, unsaved whether the vault lacks
// something that was typed.
func (w *writer) writing() bool { return w.at != "" }

func (w *writer) unsaved() bool { return len(w.typed) > 0 }

// begin gives the keys to a place.
func (w *writer) begin(place string, line bool) tea.Cmd {
	w.at, w.line = place, line
	w.field.SetValue(cleanText(w.text(place)))
	return w.field.Focus()
}

// key gives a key to the place that has them.
func (w *writer) key(key tea.KeyMsg) tea.Cmd {
	if !w.writing() {
		return nil
	}
	before := w.field.Value()
	var cmd tea.Cmd
	w.field, cmd = w.field.Update(key)
	if w.line && strings.Contains(w.field.Value(), "\n") {
		w.field.SetValue(strings.ReplaceAll(w.field.Value(), "\n", " "))
	}
	if w.field.Value() == before {
		return cmd
	}
	w.typed[w.at] = w.field.Value()
	w.changes++
	later := Delay{After: pause, Msg: paused{w, w.changes}}
	return tea.Batch(cmd, func() tea.Msg { return later })
}

// update takes the messages that are the writer's.
func (w *writer) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case changed:
		if done, mine := msg.asked.(kept); mine && done.writer == w {
			w.ended(done, msg.err)
			return w.gone(msg.err)
		}
	case paused:
		if msg.writer == w && msg.changes == w.changes && w.writing() {
			return w.keep(w.at, "")
		}
	case written:
		if msg.writer == w {
			return w.takeBack(msg)
		}
	}
	return nil
}

// ended takes what became of a text that was to be saved.
func (w *writer) ended(done kept, err error) {
	if w.saving[done.place] == done.text {
		delete(w.saving, done.place)
	}
	if text, unsaved := w.typed[done.place]; err == nil && unsaved && text == done.text {
		delete(w.typed, done.place)
	}
}

// back leaves a screen once the vault has everything that was typed there. What is
// refused keeps the screen, so that it can be mended or dropped.
func (w *writer) back() Binding {
	return Binding{Keys: []string{"esc", "backspace", "left", "h"}, Label: "back", Help: "back to the screen before", Do: func() tea.Cmd {
		w.going = true
		cmd := w.leave("")
		return tea.Batch(cmd, w.gone(nil))
	}}
}

// gone goes if nothing is left to be saved.
func (w *writer) gone(err error) tea.Cmd {
	if err != nil {
		w.going = false
	}
	if !w.going || w.unsaved() {
		return nil
	}
	w.going = false
	return pop()
}

// put takes a text for a place and saves it.
func (w *writer) put(place, text, said string) tea.Cmd {
	w.typed[place] = text
	w.changes++
	return w.keep(place, said)
}

// keep saves what was typed into a place, and says so in these words.
func (w *writer) keep(place, said string) tea.Cmd {
	text, unsaved := w.typed[place]
	saving, busy := w.saving[place]
	switch {
	case !unsaved, busy && saving == text:
		return nil
	case !busy && text == w.standing(place):
		delete(w.typed, place)
		return nil
	}
	w.saving[place] = text
	return w.save(place, text, said)
}

// leave takes the keys from the place that has them, and saves everything.
func (w *writer) leave(said string) tea.Cmd {
	w.at = ""
	w.field.Blur()
	var cmds []tea.Cmd
	for _, place := range slices.Sorted(maps.Keys(w.typed)) {
		cmds = append(cmds, w.keep(place, said))
	}
	return tea.Batch(cmds...)
}

// drop forgets what was typed into a place.
func (w *writer) drop(place string) { delete(w.typed, place) }

// bindings are the keys while a place has the others.
func (w *writer) bindings(what string, leave func() tea.Cmd) []Binding {
	if !w.writing() {
		return nil
	}
	done := Binding{Keys: []string{"esc"}, Label: "save and leave the field", Help: "save " + what + " and leave the field", Typing: true, Do: leave}
	if w.line {
		done.Keys = []string{"enter", "esc"}
	}
	return []Binding{
		done,
		{
			Keys: []string{"ctrl+s"}, Label: "save", Help: "save " + what + " and write on", Typing: true,
			Do: func() tea.Cmd { return w.keep(w.at, what+" saved") },
		},
	}
}

// head is a title line that says what is not saved, and where the keys go.
func (w *writer) head(d *Desk, h Head) Head {
	h.Typing = w.writing()
	if w.unsaved() && !d.busy() && d.failure == "" {
		h.State, h.Tone = "● not saved yet", theme.Warning
	}
	return h
}

// view is the field, while it has the keys.
func (w *writer) view(t theme.Theme, width, height int) []string {
	w.field.SetWidth(width)
	w.field.SetHeight(height)
	if !w.painted {
		w.painted = true
		plain := t.Cursor()
		for _, style := range []*textarea.Style{&w.field.FocusedStyle, &w.field.BlurredStyle} {
			style.Base, style.CursorLine, style.Text, style.EndOfBuffer, style.Prompt = plain, plain, plain, plain, plain
		}
		w.field.EndOfBufferCharacter = ' '
		w.field.Cursor.Style, w.field.Cursor.TextStyle = plain, plain
	}
	return strings.Split(w.field.View(), "\n")
}

// framed is a text in its frame, height lines in all.
func framed(c Canvas, text []string, height int, inUse bool) []string {
	inner := c.Width - 4
	tone := theme.Rule
	if inUse {
		tone = theme.Accent
	}
	lines := []string{c.Theme.Paint(tone, "┌"+strings.Repeat("─", inner+2)+"┐")}
	for i := range max(1, height-2) {
		side := c.Theme.Paint(tone, "│")
		lines = append(lines, side+" "+theme.Fit(at(text, i), inner)+" "+side)
	}
	return append(lines, c.Theme.Paint(tone, "└"+strings.Repeat("─", inner+2)+"┘"))
}

// excerpt is as much of a text as rows lines hold, and how much more there is.
func excerpt(c Canvas, text string, rows int, opens string) []string {
	lines := theme.Wrap(text, c.Width)
	if len(lines) > rows {
		more := count(len(lines)-rows+1, "line", "lines")
		lines = append(lines[:rows-1], c.Theme.Paint(theme.Muted, theme.Cut("… "+more+" more; "+opens+" opens it", c.Width)))
	}
	return lines
}
