package screen

import (
	"fmt"
	"strings"

	"tickmark/tui/theme"
)

// mostHeads is in how many lines the names of columns stand at most; on a low terminal one less.
const mostHeads, lowTerminal = 3, 30

// heads are the numbers and names of the columns. Where they have no room side by side they stand in
// turn on two or three lines, each from its column on; a name that is longer still loses its middle.
func (g grid) heads() []string {
	deep, longest, most := 1, 0, mostHeads
	if g.canvas.Height < lowTerminal {
		most--
	}
	for _, space := range g.order[g.first:g.last] {
		longest = max(longest, theme.Width(g.label(space)))
	}
	for deep < most && deep < g.last-g.first && longest > deep*g.cell-1 {
		deep++
	}
	lines := make([]string, deep)
	for l := range lines {
		lines[l] = g.headLine(l, deep)
	}
	if g.last < len(g.order) {
		lines[deep-1] = theme.Fit(lines[deep-1], 2+g.width+(g.last-g.first)*g.cell) + "›"
	}
	return lines
}

// headLine is a line of the heads: every so many columns one begins, and a stroke leads down to its
// column from the lines above.
func (g grid) headLine(l, deep int) string {
	line, end := strings.Repeat(" ", 2+g.width), 2+g.width
	for at := g.first; at < g.last; at++ {
		column := at - g.first
		start, in := 2+g.width+column*g.cell, column%deep
		text, tone := "", theme.Muted
		switch {
		case in == l:
			room := min(deep*g.cell-1, g.canvas.Width-start-1)
			text = " " + middle(g.label(g.order[at]), room-1)
		case in < l && start >= end:
			text, tone = " │", theme.Rule
		}
		if text == "" {
			continue
		}
		if at == g.cursor {
			tone = theme.Accent
		}
		before := " "
		if at == g.first && at > 0 && l == 0 {
			before = "‹"
		}
		line += strings.Repeat(" ", start-end) + before + g.canvas.Theme.Paint(tone, text)
		end = start + 1 + theme.Width(text)
	}
	return line
}

func (g grid) label(space int) string {
	for at, of := range g.order {
		if of == space {
			return fmt.Sprintf("%d %s", at+1, g.names[space])
		}
	}
	return g.names[space]
}

// middle leaves out the middle of a text that has no room: beginnings and ends tell names apart.
func middle(text string, room int) string {
	if theme.Width(text) <= room || room < 5 {
		return theme.Cut(text, max(0, room))
	}
	left := room / 2
	return strings.TrimSuffix(theme.Cut(text, left+1), "…") + theme.CutLeft(text, room-left)
}
