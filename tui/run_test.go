package tui_test

import (
	"context"
	"io"
	"os"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/tui"
	"tickmark/tui/screen"
	"tickmark/tui/theme"
)

// An end from outside waits for work, takes no keys and is not held up by an error.
func TestAnEndFromOutside(t *testing.T) {
	p := &page{crumb: "first", busy: true, typing: true}
	d := start(t, p).Send(tui.End{}).Send(tui.End{}).Shows("ended from outside")
	assert.False(t, d.Quit())
	assert.Equal(t, 1, p.left)
	d.Type("late").ShowsNot("late").Send(screen.Note{Text: "not saved", Tone: theme.Bad}).Shows("not saved")
	assert.False(t, d.Quit(), "an error is no end of the work")
	assert.True(t, d.Send(done{}).Quit())

	p = &page{crumb: "first", busy: true}
	d = start(t, p).Press("q").Send(screen.Note{Text: "not saved", Tone: theme.Bad}).Send(done{}).Send(tui.End{})
	assert.True(t, d.Quit())
	assert.Equal(t, 2, p.left, "what could not be saved is tried once more")
}

// Work that does not end is cut off, and the caller is told so.
func TestWorkIsCutOffInTheEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := tui.Run(ctx, tui.Options{Output: io.Discard, First: &page{busy: true}, Grace: time.Millisecond})
	require.ErrorIs(t, err, context.Canceled)
	assert.ErrorContains(t, err, "work under way was cut off")

	require.ErrorIs(t, tui.Run(ctx, tui.Options{Output: io.Discard, First: &page{}}), context.Canceled)
}

// asking is a page that has something done aside, and quits when it is.
type asking struct {
	page
	given []error
}

func (a *asking) Start() tea.Cmd {
	return func() tea.Msg {
		return screen.Aside{Run: func(err error) tea.Msg {
			a.given = append(a.given, err)
			return done{}
		}}
	}
}

func (a *asking) Update(msg tea.Msg) tea.Cmd {
	cmd := a.page.Update(msg)
	if _, is := msg.(done); is {
		return func() tea.Msg { return screen.Quit{} }
	}
	return cmd
}

// Work aside is done once, without the desk, and what it brings reaches the screen.
func TestWorkAside(t *testing.T) {
	a := &asking{page: page{busy: true}}
	keys, silent, err := os.Pipe()
	require.NoError(t, err)
	defer silent.Close()
	require.NoError(t, tui.Run(t.Context(), tui.Options{Input: keys, Output: io.Discard, First: a}))
	assert.Equal(t, []error{nil}, a.given)
	assert.False(t, a.busy)
}
