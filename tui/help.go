package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/tui/list"
	"tickmark/tui/screen"
	"tickmark/tui/theme"
)

// help shows all bindings that work on a screen, with the reason of those that
// do not. What is too long for a line goes on below it.
type help struct {
	bindings []helpBinding
	width    int // that the rows are laid out for
	rows     *list.List[helpRow]
}

// helpBinding is a binding, or the heading of those that follow.
type helpBinding struct {
	heading         string
	keys, does, why string
}

// helpRow is a line of a binding.
type helpRow struct {
	binding  int
	line     string
	markable bool // the cursor may stand on it
}

func (r *Router) openHelp() tea.Cmd {
	var all []helpBinding
	add := func(heading string, bindings []screen.Binding) {
		all = append(all, helpBinding{heading: heading})
		for _, b := range bindings {
			all = append(all, helpBinding{keys: keyNames(b.Keys), does: b.Help, why: b.Why})
		}
	}
	add("On this screen", r.top().Bindings())
	add("Everywhere", r.everywhere())
	r.help = &help{bindings: all, rows: list.New(func(row helpRow) string { return row.line }).Passing(func(row helpRow) bool { return !row.markable })}
	return nil
}

// layOut makes the lines of all bindings for a width.
func (h *help) layOut(c screen.Canvas) {
	h.width = c.Width
	var rows []helpRow
	for i, b := range h.bindings {
		if b.heading != "" {
			if i > 0 {
				rows = append(rows, helpRow{binding: i})
			}
			rows = append(rows, helpRow{binding: i, line: " " + c.Theme.Paint(theme.Heading, b.heading)})
			continue
		}
		room := c.Width - keysWidth - 4
		keys, does := theme.Wrap(b.keys, keysWidth-1), theme.Wrap(b.does, room)
		for at := range max(len(keys), len(does)) {
			var key, said string
			if at < len(keys) {
				key = keys[at]
			}
			if at < len(does) {
				said = does[at]
			}
			rows = append(rows, helpRow{binding: i, line: c.Theme.Paint(theme.Key, theme.Fit(key, keysWidth)) + " " + said, markable: at == 0})
		}
		if b.why == "" {
			continue
		}
		for _, line := range theme.Wrap("not now: "+theme.Clean(b.why), room) {
			rows = append(rows, helpRow{binding: i, line: strings.Repeat(" ", keysWidth+1) + c.Theme.Paint(theme.Warning, line)})
		}
	}
	was, _ := h.rows.Selected()
	h.rows.SetItems(rows)
	h.rows.Select(func(row helpRow) bool { return row.binding == was.binding && row.markable })
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
	if c.Width != h.width {
		h.layOut(c)
	}
	return append([]string{""}, h.rows.Draw(c.Height-1, func(row helpRow, selected bool) string {
		switch {
		case selected:
			return "▸ " + row.line
		case h.bindings[row.binding].heading != "":
			return row.line
		}
		return "  " + row.line
	})...)
}
