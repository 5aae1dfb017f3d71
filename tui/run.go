package tui

import (
	"context"
	"errors"
	"fmt"
	"io"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/tui/screen"
	"tickmark/tui/theme"
)

// Options are what a desk is made of.
type Options struct {
	Input  io.Reader // the terminal's keys
	Output io.Writer // the terminal
	Theme  theme.Theme
	First  screen.Screen
}

// Run shows the first screen and returns when the person quits, nil then, or when
// ctx ends, its error then. The terminal is left as it was found.
func Run(ctx context.Context, o Options) error {
	program := tea.NewProgram(New(o), tea.WithContext(ctx), tea.WithInput(o.Input), tea.WithOutput(o.Output), tea.WithAltScreen())
	if _, err := program.Run(); err != nil {
		if cause := context.Cause(ctx); cause != nil && errors.Is(err, tea.ErrProgramKilled) {
			return fmt.Errorf("run desk: %w", cause)
		}
		return fmt.Errorf("run desk: %w", err)
	}
	return nil
}
