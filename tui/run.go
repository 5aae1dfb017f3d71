package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/tui/screen"
	"tickmark/tui/theme"
)

// ErrNoTerminal says that the terminal was closed under the desk.
var ErrNoTerminal = errors.New("the terminal is gone")

// grace is how long work that is under way may go on after an end from outside.
const grace = 5 * time.Second

// Options are what a desk is made of.
type Options struct {
	Input  io.Reader // the terminal's keys
	Output io.Writer // the terminal
	Theme  theme.Theme
	First  screen.Screen
	Grace  time.Duration // how long work may go on after an end from outside; 0 is 5 s
}

// Run shows the first screen and returns when the person quits, nil then, or after
// ctx ended, its cause then, or after the input ended, ErrNoTerminal then. In any
// case what was being written is saved first, if that can be done within the grace.
// The terminal is left as it was found.
//
// Signals are the caller's: a handler here would race ctx for the program's loop.
func Run(ctx context.Context, o Options) error {
	router := New(o)
	gone := make(chan struct{})
	program := tea.NewProgram(router, tea.WithInput(watched(o.Input, gone)), tea.WithOutput(o.Output), tea.WithAltScreen(), tea.WithoutSignalHandler())
	finished, watching := make(chan struct{}), make(chan error, 1)
	go func() { watching <- watch(ctx, gone, finished, program, o.Grace) }()
	_, err := program.Run()
	close(finished)
	cause := <-watching
	switch {
	case cause == nil && err == nil:
		return nil
	case cause == nil:
		return fmt.Errorf("run desk: %w", err)
	case router.lost != "":
		return fmt.Errorf("run desk: %w; %s", cause, router.lost)
	case err != nil:
		return fmt.Errorf("run desk: %w; work under way was cut off: %w", cause, err)
	}
	return fmt.Errorf("run desk: %w", cause)
}

// watch ends the program when ctx ends or the terminal is gone, kills it if it does
// not end within the grace, and returns why, nil if the program finished by itself.
func watch(ctx context.Context, gone, finished <-chan struct{}, program *tea.Program, within time.Duration) error {
	var cause error
	select {
	case <-finished:
		return nil
	case <-ctx.Done():
		cause = context.Cause(ctx)
	case <-gone:
		cause = ErrNoTerminal
	}
	if within == 0 {
		within = grace
	}
	timer := time.NewTimer(within)
	defer timer.Stop()
	go program.Send(End{}) // waits for a program that has not begun or does not listen
	select {
	case <-finished:
	case <-timer.C:
		program.Kill()
		<-finished
	}
	return cause
}

// keys is a terminal's input that tells when it ends. To the program an error is
// the end, too: it would stop at one and save nothing.
type keys struct {
	*os.File
	once *sync.Once
	gone chan<- struct{}
}

// watched closes gone when the input ends, if it is a file.
func watched(input io.Reader, gone chan<- struct{}) io.Reader {
	if f, isFile := input.(*os.File); isFile {
		return keys{f, &sync.Once{}, gone}
	}
	return input
}

// Read reads keys.
func (k keys) Read(b []byte) (int, error) {
	n, err := k.File.Read(b)
	if err != nil {
		k.once.Do(func() { close(k.gone) })
		err = io.EOF
	}
	return n, err
}
