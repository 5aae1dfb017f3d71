package tui_test

import (
	"context"
	"io"
	"testing"
	"time"

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
