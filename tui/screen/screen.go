package screen

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/tui/theme"
)

// Screen is one page of the desk. It lives on the router's stack, is changed by
// the router's one goroutine only, and does no work of its own outside commands.
type Screen interface {
	// Start returns the work to begin with when the screen is put on the stack.
	Start() tea.Cmd
	// Update takes every message but keys, those of other screens included, and
	// while Head says Typing the keys that no binding takes.
	Update(tea.Msg) tea.Cmd
	// Draw returns at most height lines of at most width cells.
	Draw(c Canvas) []string
	Head() Head
	// Bindings are the keys that mean something now, those of the key line first.
	Bindings() []Binding
}

// Leaver is a Screen that has something to finish before it is taken off the
// stack.
type Leaver interface {
	// Leave returns the work to do before the screen goes, such as saving a text.
	Leave() tea.Cmd
	// Busy reports work that must end before the program may.
	Busy() bool
}

// Canvas is what a screen draws on.
type Canvas struct {
	Width, Height int
	Theme         theme.Theme
}

// Head is a screen's part of the title line.
type Head struct {
	Crumb  string // where am I
	State  string // is it saved
	Tone   theme.Token
	Typing bool // a text field has the keys
}

// Binding is a key as data: what it is called, what it does, and why it cannot do
// it now. Key line and help are made of bindings.
type Binding struct {
	Keys   []string // as tea.KeyMsg.String gives them
	Label  string   // one or two words for the key line; "" keeps it to the help
	Help   string   // what it does
	Why    string   // why it cannot be done now; "" if it can
	Typing bool     // works while a text field has the keys, too
	Do     func() tea.Cmd
}

// Push puts a screen on the stack.
type Push struct{ Screen Screen }

// Replace puts a screen in the place of the top one.
type Replace struct{ Screen Screen }

// Pop goes back to the screen below.
type Pop struct{}

// Quit ends the program when what is under way has ended.
type Quit struct{}

// Delay is a message for later. It is data, so that who drives a desk without a
// clock decides when later is.
type Delay struct {
	After time.Duration
	Msg   tea.Msg
}

// Later is the message.
func (d Delay) Later() tea.Msg { return d.Msg }

// Note is a line for the status line; it stays until the next key.
type Note struct {
	Text string
	Tone theme.Token
}

func push(s Screen) tea.Cmd { return func() tea.Msg { return Push{s} } }

func replace(s Screen) tea.Cmd { return func() tea.Msg { return Replace{s} } }

func note(tone theme.Token, text string) tea.Cmd {
	return func() tea.Msg { return Note{Text: text, Tone: tone} }
}

// lister is a list.List of any items.
type lister interface {
	Move(by int)
	Page(by int)
	Home()
	End()
	Len() int
	Total() int
	Filter() string
	Typing() bool
	StartFilter()
	StopFilter()
	SetFilter(string)
	Erase()
	Position() string
}

// moving returns the bindings that every list has. Moved, if any, is called when
// the cursor may stand elsewhere.
func moving(l lister, moved func() tea.Cmd) []Binding {
	do := func(move func()) func() tea.Cmd {
		return func() tea.Cmd {
			move()
			if moved == nil {
				return nil
			}
			return moved()
		}
	}
	why := ""
	if l.Total() == 0 {
		why = "there is nothing to look for"
	}
	typing := []Binding{
		{Keys: []string{"enter"}, Label: "keep these rows", Help: "keep the rows that are shown", Typing: true, Do: do(l.StopFilter)},
		{Keys: []string{"esc"}, Label: "all rows", Help: "show all rows again", Typing: true, Do: do(func() { l.SetFilter(""); l.StopFilter() })},
	}
	if !l.Typing() {
		typing = nil
	}
	return append(typing, []Binding{
		{Keys: []string{"/"}, Label: "find", Help: "show the rows that hold some words", Why: why, Do: do(l.StartFilter)},
		{Keys: []string{"down", "j"}, Help: "next row", Do: do(func() { l.Move(1) })},
		{Keys: []string{"up", "k"}, Help: "row before", Do: do(func() { l.Move(-1) })},
		{Keys: []string{"pgdown", "ctrl+f", "ctrl+d"}, Help: "a page down", Do: do(func() { l.Page(1) })},
		{Keys: []string{"pgup", "ctrl+b", "ctrl+u"}, Help: "a page up", Do: do(func() { l.Page(-1) })},
		{Keys: []string{"home", "g"}, Help: "first row", Do: do(l.Home)},
		{Keys: []string{"end", "G"}, Help: "last row", Do: do(l.End)},
	}...)
}

// typeFilter gives a key to a filter that is being typed.
func typeFilter(l lister, key tea.KeyMsg) {
	switch key.String() {
	case "backspace", "ctrl+h":
		l.Erase()
	case "ctrl+u":
		l.SetFilter("")
	case "down":
		l.Move(1)
	case "up":
		l.Move(-1)
	case "pgdown":
		l.Page(1)
	case "pgup":
		l.Page(-1)
	default:
		if key.Type == tea.KeyRunes || key.Type == tea.KeySpace {
			l.SetFilter(l.Filter() + theme.Typed(key.Runes))
		}
	}
}

// back is esc: a filter goes first, then the screen.
func back(l lister) Binding {
	b := Binding{Keys: []string{"esc", "backspace", "left", "h"}, Label: "back", Help: "back to the screen before", Do: pop}
	if l != nil && l.Filter() != "" {
		b.Label, b.Help = "all rows", "show all rows again"
		b.Do = func() tea.Cmd { l.SetFilter(""); return nil }
	}
	return b
}

func pop() tea.Cmd { return func() tea.Msg { return Pop{} } }
