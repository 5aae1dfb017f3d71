package screen

import (
	"strings"

	"tickmark/tui/theme"
)

// wide is the width from which on two panels stand side by side.
const wide = 110

// gutter is the blank cells left of everything on a body.
const gutter = " "

// columns sets two panels side by side, with a rule between them.
func columns(c Canvas, left, right []string, leftWidth int) []string {
	rule := c.Theme.Paint(theme.Rule, " │ ")
	lines := make([]string, 0, c.Height)
	for i := range c.Height {
		lines = append(lines, theme.Fit(at(left, i), leftWidth)+rule+at(right, i))
	}
	return lines
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// indent sets cells before every line.
func indent(by string, lines []string) []string {
	set := make([]string, len(lines))
	for i, line := range lines {
		set[i] = by + line
	}
	return set
}

// labelled sets a label beside a wrapped text.
func labelled(t theme.Theme, label, text string, labelWidth, width int) []string {
	lines := theme.Wrap(text, width-labelWidth)
	for i, line := range lines {
		head := ""
		if i == 0 {
			head = label
		}
		lines[i] = t.Paint(theme.Heading, theme.Fit(head, labelWidth)) + line
	}
	return lines
}

// row draws a row of a list: the one under the cursor is marked by a sign and, where
// the terminal can, reversed.
func row(c Canvas, line string, selected, inUse bool) string {
	line = theme.Fit(line, c.Width-2)
	switch {
	case selected && inUse:
		return c.Theme.Paint(theme.Selected, "▸ "+theme.Strip(line))
	case selected:
		return "▹ " + line
	}
	return "  " + line
}

// filterLine shows the filter of a list, nothing if there is none.
func filterLine(c Canvas, l lister) []string {
	if !l.Typing() && l.Filter() == "" {
		return nil
	}
	text := l.Filter()
	if l.Typing() {
		text += "▏"
	}
	line := " " + c.Theme.Paint(theme.Accent, "find ") + theme.Clean(text)
	where := l.Position() + " "
	return []string{theme.Fit(line, c.Width-theme.Width(where)-1) + " " + c.Theme.Paint(theme.Muted, where)}
}

// whereLine is the empty line above a list: where the cursor is among its rows, if not
// all of them have room below it.
func whereLine(c Canvas, l lister, room int) string {
	if l.Total() <= room || l.Typing() || l.Filter() != "" {
		return ""
	}
	return c.Theme.Paint(theme.Muted, theme.FitLeft(l.Position()+" ", c.Width))
}

// heading names a part of a screen, with what is there to be looked up beside it.
func heading(c Canvas, title, aside string) string {
	line := c.Theme.Paint(theme.Heading, title)
	if aside == "" {
		return line
	}
	room := c.Width - theme.Width(title) - 2
	return line + "  " + c.Theme.Paint(theme.Muted, theme.Cut(aside, room))
}

// tabs names panels; the one in use is marked by brackets and, where the terminal
// can, by colour.
func tabs(c Canvas, names []string, inUse int) string {
	parts := make([]string, len(names))
	for i, name := range names {
		if i == inUse {
			parts[i] = c.Theme.Paint(theme.Accent, "["+name+"]")
		} else {
			parts[i] = c.Theme.Paint(theme.Muted, " "+name+" ")
		}
	}
	return theme.Cut(strings.Join(parts, " "), c.Width)
}

// narrower is a canvas for a part of a body.
func (c Canvas) narrower(width, height int) Canvas {
	c.Width, c.Height = max(width, 1), max(height, 0)
	return c
}
