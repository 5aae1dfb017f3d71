package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/tui/list"
	"tickmark/tui/screen"
	"tickmark/tui/theme"
)

// help shows all bindings that work on a screen, with the reason of those that
// do not.
type help struct {
	rows *list.List[helpRow]
}

type helpRow struct {
	heading         string
	keys, does, why string
}

func (r *Router) openHelp() tea.Cmd {
	var rows []helpRow
	add := func(heading string, bindings []screen.Binding) {
		rows = append(rows, helpRow{heading: heading})
		for _, b := range bindings {
			rows = append(rows, helpRow{keys: keyNames(b.Keys), does: b.Help})
			if b.Why != "" {
				rows = append(rows, helpRow{why: b.Why})
			}
		}
		rows = append(rows, helpRow{})
	}
	add("On this screen", r.top().Bindings())
	add("Everywhere", r.everywhere())
	r.help = &help{rows: list.New(func(row helpRow) string { return row.keys + " " + row.does }).Passing(func(row helpRow) bool { return row.keys == "" })}
	r.help.rows.SetItems(rows[:len(rows)-1])
	return nil
}

// keysWidth is the width of the keys' column.
const keysWidth = 20

func keyNames(keys []string) string {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = keyName(key)
	}
	return strings.Join(names, ", ")
}

func (r *Router) pressHelp(key tea.KeyMsg) tea.Cmd {
	rows := r.help.rows
	switch key.String() {
	case "esc", "?", "q", "f1", "enter":
		r.help = nil
	case "down", "j":
		rows.Move(1)
	case "up", "k":
		rows.Move(-1)
	case "pgdown", " ":
		rows.Page(1)
	case "pgup":
		rows.Page(-1)
	case "home", "g":
		rows.Home()
	case "end", "G":
		rows.End()
	case "ctrl+c":
		r.help = nil
		return r.quit()
	}
	return nil
}

func (h *help) draw(c screen.Canvas) []string {
	lines := []string{""}
	return append(lines, h.rows.Draw(c.Height-1, func(row helpRow, selected bool) string {
		if row.heading != "" {
			return " " + c.Theme.Paint(theme.Heading, row.heading)
		}
		marker := "  "
		if selected {
			marker = "▸ "
		}
		if row.why != "" {
			return strings.Repeat(" ", keysWidth+3) + c.Theme.Paint(theme.Warning, "not now: "+theme.Clean(row.why))
		}
		return marker + c.Theme.Paint(theme.Key, theme.Fit(row.keys, keysWidth)) + " " + row.does
	})...)
}
