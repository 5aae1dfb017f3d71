package tuitest

import (
	"reflect"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
)

// maxMessages bounds what one key may set off: more is a circle.
const maxMessages = 10_000

// Driver holds a model and runs it synchronously.
type Driver struct {
	t             testing.TB
	model         tea.Model
	width, height int
	left          int // messages that the current key may still set off
	quit          bool
	held          []tea.Msg // what comes when time passes
}

// New starts a model in a terminal of a size.
func New(t testing.TB, model tea.Model, width, height int) *Driver {
	t.Helper()
	d := &Driver{t: t, model: model}
	d.left = maxMessages
	d.run(model.Init())
	return d.Resize(width, height)
}

// Resize gives the terminal another size.
func (d *Driver) Resize(width, height int) *Driver {
	d.t.Helper()
	d.width, d.height = width, height
	return d.Send(tea.WindowSizeMsg{Width: width, Height: height})
}

// Press presses keys, by the names that tea.KeyMsg.String gives them: "enter",
// "ctrl+s", "a", "?".
func (d *Driver) Press(keys ...string) *Driver {
	d.t.Helper()
	for _, key := range keys {
		d.Send(Key(key))
	}
	return d
}

// Type types a text, character by character.
func (d *Driver) Type(text string) *Driver {
	d.t.Helper()
	for _, r := range text {
		switch r {
		case '\n':
			d.Press("enter")
		default:
			d.Send(Key(string(r)))
		}
	}
	return d
}

// Send gives the model a message and runs what follows from it.
func (d *Driver) Send(msg tea.Msg) *Driver {
	d.t.Helper()
	d.left = maxMessages
	d.update(msg)
	return d
}

// Wait lets time pass: what was to come later comes.
func (d *Driver) Wait() *Driver {
	d.t.Helper()
	held := d.held
	d.held = nil
	for _, msg := range held {
		d.Send(msg)
	}
	return d
}

// Quit reports whether the model asked for the end of the program.
func (d *Driver) Quit() bool { return d.quit }

// Frame returns what stands on the terminal, without escapes.
func (d *Driver) Frame() string { return ansi.Strip(d.Raw()) }

// Raw returns what stands on the terminal, as it is sent.
func (d *Driver) Raw() string {
	d.t.Helper()
	frame := d.model.View()
	if want, lines := d.height, strings.Count(frame, "\n")+1; lines != want && want > 0 {
		d.t.Fatalf("the frame has %d lines in a terminal of %d", lines, want)
	}
	for i, line := range strings.Split(frame, "\n") {
		if w := ansi.StringWidth(line); w > d.width {
			d.t.Fatalf("line %d of the frame is %d cells wide in a terminal of %d: %q", i+1, w, d.width, line)
		}
	}
	return frame
}

// Shows fails unless the frame holds every text.
func (d *Driver) Shows(texts ...string) *Driver {
	d.t.Helper()
	frame := d.Frame()
	for _, text := range texts {
		if !strings.Contains(frame, text) {
			d.t.Fatalf("the frame does not show %q:\n%s", text, frame)
		}
	}
	return d
}

// ShowsNot fails if the frame holds one of the texts.
func (d *Driver) ShowsNot(texts ...string) *Driver {
	d.t.Helper()
	frame := d.Frame()
	for _, text := range texts {
		if strings.Contains(frame, text) {
			d.t.Fatalf("the frame shows %q:\n%s", text, frame)
		}
	}
	return d
}

func (d *Driver) update(msg tea.Msg) {
	d.t.Helper()
	if d.left--; d.left < 0 {
		d.t.Fatalf("more than %d messages follow from one key; the last is a %T", maxMessages, msg)
	}
	model, cmd := d.model.Update(msg)
	d.model = model
	d.run(cmd)
}

// run runs a command to its end, and what follows from its message. The sequence's
// message is not exported by bubbletea, and known by its form.
func (d *Driver) run(cmd tea.Cmd) {
	d.t.Helper()
	if cmd == nil {
		return
	}
	msg := cmd()
	if msg == nil {
		return
	}
	switch m := msg.(type) {
	case tea.QuitMsg:
		d.quit = true
		return
	case tea.SuspendMsg:
		return
	case interface{ Later() tea.Msg }:
		d.held = append(d.held, m.Later())
		return
	case interface{ Apart() tea.Msg }:
		d.update(m.Apart())
		return
	case tea.BatchMsg:
		for _, c := range m {
			d.run(c)
		}
		return
	}
	if v := reflect.ValueOf(msg); v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
		for i := range v.Len() {
			c, _ := v.Index(i).Interface().(tea.Cmd)
			d.run(c)
		}
		return
	}
	d.update(msg)
}

// Key returns the message of a key by its name.
func Key(name string) tea.KeyMsg {
	for _, t := range named {
		if (tea.KeyMsg{Type: t}).String() == name {
			return tea.KeyMsg{Type: t}
		}
	}
	if name == " " {
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}}
	}
	if rest, alt := strings.CutPrefix(name, "alt+"); alt {
		return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(rest), Alt: true}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}

// named are the keys that are not characters.
var named = []tea.KeyType{
	tea.KeyEnter, tea.KeyEsc, tea.KeyTab, tea.KeyShiftTab, tea.KeyBackspace, tea.KeyDelete, tea.KeyUp, tea.KeyDown, tea.KeyLeft,
	tea.KeyRight, tea.KeyHome, tea.KeyEnd, tea.KeyPgUp, tea.KeyPgDown, tea.KeyF1, tea.KeyCtrlA, tea.KeyCtrlB, tea.KeyCtrlC,
	tea.KeyCtrlD, tea.KeyCtrlE, tea.KeyCtrlF, tea.KeyCtrlH, tea.KeyCtrlK, tea.KeyCtrlN, tea.KeyCtrlP, tea.KeyCtrlS, tea.KeyCtrlU,
	tea.KeyCtrlW, tea.KeyCtrlZ,
}

// Keys returns the names of all keys that are not characters, for storms.
func Keys() []string {
	names := make([]string, len(named))
	for i, t := range named {
		names[i] = tea.KeyMsg{Type: t}.String()
	}
	return names
}
