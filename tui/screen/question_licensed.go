package screen

import (
	"encoding/json"
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires/licensed"
	"tickmark/tui/theme"
	"tickmark/vault"
)

// licensedRead brings what the licensed text says of the question.
type licensedRead struct {
	question *Question
	text     licensed.Requirement
	err      error
}

// readLicensed reads the standard's own text, where the vault keeps it.
func (s *Question) readLicensed() tea.Cmd {
	v, ctx := s.desk.vault, s.desk.ctx
	return func() tea.Msg {
		_, body, err := v.Text(ctx)
		if errors.Is(err, vault.ErrTextLeftOut) || err == nil && body == nil {
			return nil
		}
		var text licensed.Text
		if err == nil {
			err = json.Unmarshal(body, &text)
		}
		of, _ := text.Of(s.id)
		return licensedRead{s, of, err}
	}
}

// hasLicensed reports whether there is a page of licensed text.
func (s *Question) hasLicensed() bool { return s.licensed != licensed.Requirement{} }

// licensedRows are the lines of the licensed text. It is only shown, never kept.
func (s *Question) licensedRows() []sideRow {
	var rows []sideRow
	for _, part := range []struct{ heading, text string }{
		{"The standard's text, under your licence", s.licensed.Text}, {"Testing", s.licensed.Testing}, {"Guidance", s.licensed.Guidance},
	} {
		if part.text == "" {
			continue
		}
		rows = append(rows, sideRow{text: part.heading, tone: theme.Heading, aside: true})
		for _, paragraph := range theme.CleanLines(part.text) {
			for _, line := range theme.Wrap(paragraph, s.sideWidth) {
				rows = append(rows, sideRow{text: line})
			}
		}
	}
	return rows
}
