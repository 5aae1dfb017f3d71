package tui_test

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/stretchr/testify/assert"

	"tickmark/tui"
	"tickmark/tui/screen"
	"tickmark/tui/theme"
	"tickmark/tui/tuitest"
)

// page is a screen that knows nothing.
type page struct {
	crumb  string
	text   string
	typing bool
	busy   bool
	left   int
	lines  int
}

type done struct{}

func (p *page) Start() tea.Cmd { return nil }

func (p *page) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		p.text += msg.String()
	case done:
		p.busy = false
	}
	return nil
}

func (p *page) Draw(c screen.Canvas) []string {
	return append([]string{"typed: " + p.text}, make([]string, p.lines)...)
}

func (p *page) Head() screen.Head {
	return screen.Head{Crumb: p.crumb, State: "saved", Typing: p.typing}
}

func (p *page) Leave() tea.Cmd { p.left++; return nil }

func (p *page) Busy() bool { return p.busy }

func (p *page) Bindings() []screen.Binding {
	return []screen.Binding{
		{Keys: []string{"o"}, Label: "open", Help: "open another", Do: func() tea.Cmd {
			return func() tea.Msg { return screen.Push{Screen: &page{crumb: "a second page"}} }
		}},
		{Keys: []string{"d"}, Label: "delete", Help: "delete", Why: "nothing is ever deleted"},
		{Keys: []string{"ctrl+s"}, Label: "save", Help: "save", Typing: true, Do: func() tea.Cmd { p.text += "[saved]"; return nil }},
	}
}

func start(t *testing.T, p *page) *tuitest.Driver {
	t.Helper()
	return tuitest.New(t, tui.New(tui.Options{First: p}), 80, 24)
}

func TestKeysSayWhatTheyDo(t *testing.T) {
	d := start(t, &page{crumb: "first"})
	d.Shows("o open", "ctrl+s save", "? keys").ShowsNot("d delete")
	d.Press("d").Shows("d: nothing is ever deleted")
	d.Press("y").Shows("y does nothing here; ? shows the keys")
	d.Press("?").Shows("open another", "not now: nothing is ever deleted").Press("y", "down", "end", "pgup", "esc").Shows("typed:")
}

func TestATextFieldHasTheKeys(t *testing.T) {
	p := &page{crumb: "first", typing: true}
	d := start(t, p).Type("quo?d ").Press("ctrl+s")
	d.Shows("typed: quo?d [saved]", "f1 keys").ShowsNot("o open")
	assert.False(t, d.Quit(), "q was a letter")
}

func TestTheStack(t *testing.T) {
	p := &page{crumb: strings.Repeat("a long name of an entity ", 4)}
	d := start(t, p).Press("o").Shows("… › a second page", "saved").Press("esc").ShowsNot("a second page")
	d.Press("esc").Shows("this is the first screen; q quits")
	assert.Zero(t, p.left)
}

func TestQuitWaitsForWhatIsUnderWay(t *testing.T) {
	p := &page{crumb: "first", busy: true}
	d := start(t, p).Press("q").Shows("finishing what is under way")
	assert.False(t, d.Quit())
	assert.Equal(t, 1, p.left)
	d.Send(done{})
	assert.True(t, d.Quit())

	p = &page{crumb: "first", busy: true}
	assert.True(t, start(t, p).Press("q", "ctrl+c").Quit(), "asked twice it does not wait")

	p = &page{crumb: "first", busy: true}
	d = start(t, p).Press("q").Send(screen.Note{Text: "not saved", Tone: theme.Bad}).Send(done{})
	assert.False(t, d.Quit(), "an error keeps the program, so that it can be read")
	assert.True(t, d.Press("q").Quit())
}

func TestFramesKeepToTheTerminal(t *testing.T) {
	d := start(t, &page{crumb: "first", text: strings.Repeat("日本", 300), lines: 300})
	for _, size := range [][2]int{{72, 20}, {80, 24}, {1, 1}, {71, 20}, {300, 100}} {
		d.Resize(size[0], size[1]).Frame()
	}
}
