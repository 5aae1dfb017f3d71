package screen

import (
	"fmt"
	"strings"

	"tickmark/reports"
	"tickmark/tui/theme"
)

// How wide a column of the matrix is, with the line before it.
const cellLeast, cellMost = 7, 16

// grid is the part of the matrix that has room.
type grid struct {
	spaces
	canvas             Canvas
	width              int // of the names of rows
	cell               int // width of a column, with the line before it
	zone               int // how many of the first spaces are in the zone
	first, last        int // columns, the last not among them
	cursor             int
	turned             bool
	shownFrom, shownTo bool // whether the first and the last of the zone are among them
}

func (s *Network) grid(c Canvas) grid {
	g := grid{spaces: s.view(), canvas: c, cursor: s.column, turned: s.turned}
	for _, space := range g.order {
		g.width = max(g.width, theme.Width(g.names[space]))
		if g.matrix.Zone[space] {
			g.zone++
		}
	}
	number := len(fmt.Sprint(len(g.order)))
	g.width = min(g.width, max(14, c.Width/4)) + number + 2
	room := c.Width - 2 - g.width - 2
	g.cell = max(cellLeast, min(cellMost, room/len(g.order)))
	s.across = max(1, room/g.cell)
	if s.column < s.left {
		s.left = s.column
	}
	s.left = max(s.left, s.column-s.across+1)
	s.left = max(0, min(s.left, len(g.order)-s.across))
	g.first, g.last = s.left, min(s.left+s.across, len(g.order))
	g.shownFrom, g.shownTo = g.zone > 0 && g.first == 0, g.zone > 0 && g.zone > g.first && g.zone <= g.last
	return g
}

// drawMatrix shows the matrix, and of the cell under the cursor what it sums up.
func (s *Network) drawMatrix(c Canvas) []string {
	lines := append([]string{""}, s.matrixHead(c)...)
	lines = append(lines, filterLine(c, s.rows)...)
	about := s.cellAbout(c)
	g := s.grid(c)
	lines = append(lines, g.heads()...)
	room := c.Height - len(lines) - len(about)
	if g.zone > 0 {
		room -= 2
	}
	var shown []int
	drawn := s.rows.Draw(room, func(space int, selected bool) string {
		shown = append(shown, space)
		return g.row(space, selected)
	})
	framed := false
	for i, line := range drawn {
		in := g.matrix.Zone[shown[i]]
		if in && !framed {
			lines = append(lines, g.edge("┏", "┓"))
			framed = true
		}
		lines = append(lines, line)
		if in && (i+1 == len(drawn) || !g.matrix.Zone[shown[i+1]]) {
			lines = append(lines, g.edge("┗", "┛"))
		}
	}
	lines = append(lines, s.edgeLines(c.narrower(c.Width, c.Height-len(lines)-len(about)))...)
	for len(lines) < c.Height-len(about) {
		lines = append(lines, "")
	}
	return append(lines, about...)
}

// matrixHead says which cluster it is, and what the matrix does not say.
func (s *Network) matrixHead(c Canvas) []string {
	x, zone := s.shown, 0
	for _, in := range x.Zone {
		if in {
			zone++
		}
	}
	aside := fmt.Sprintf("%s, %d in the CDE; collected %s", count(len(x.Zone)-1, "namespace", "namespaces"), zone, since(x.Seen.Shown(), s.desk.Now()))
	lines := []string{gutter + heading(c.narrower(c.Width-2, 1), theme.Cut(theme.Clean(x.Target.Name), c.Width/2), aside)}
	sends := "A row sends, a column receives"
	if s.turned {
		sends = "A row receives, a column sends"
	}
	say := func(tone theme.Token, text string) {
		lines = append(lines, gutter+c.Theme.Paint(tone, theme.Cut(text, c.Width-2)))
	}
	say(theme.Muted, sends+", as configured. Enforcement is other evidence.")
	switch {
	case !x.PoliciesSeen:
		say(theme.Unseen, "◌ Not all NetworkPolicies were seen: what is shown as allowed may be denied.")
	case zone == 0:
		say(theme.Warning, "! No namespace of it is classed as cardholder data environment; Scope does that.")
	}
	return lines
}

// row is what a space sends, or receives where the matrix is turned.
func (g grid) row(space int, selected bool) string {
	at := 0
	for g.order[at] != space {
		at++
	}
	name := theme.Fit(theme.FitLeft(fmt.Sprint(at+1), len(fmt.Sprint(len(g.order))))+" "+g.names[space], g.width)
	line := "  " + name
	if selected {
		line = "▸ " + g.canvas.Theme.Paint(theme.Accent, name)
	}
	for column := g.first; column < g.last; column++ {
		line += g.side(at < g.zone && (column == 0 && g.zone > 0 || column == g.zone)) + g.mark(space, g.order[column], selected && column == g.cursor)
	}
	return line + g.side(at < g.zone && g.last == g.zone)
}

func (g grid) side(framed bool) string {
	if framed {
		return "┃"
	}
	return " "
}

// edge is the upper or lower edge of the zone.
func (g grid) edge(left, right string) string {
	if g.zone <= g.first {
		return ""
	}
	line := strings.Repeat(" ", 2+g.width)
	columns := min(g.zone, g.last) - g.first
	rule := strings.Repeat("━", columns*g.cell-1)
	if g.shownFrom {
		line += left
	} else {
		line += "━"
	}
	line += rule
	if g.shownTo {
		line += right
	}
	return line
}

// mark is a cell: of how many pairs something is allowed, and whether it crosses the
// edge of the zone.
func (g grid) mark(row, column int, selected bool) string {
	from, to := row, column
	if g.turned {
		from, to = column, row
	}
	mark := markOf(g.matrix, from, to, g.cell-2)
	text := theme.Fit(" "+mark, g.cell-1)
	if selected {
		return g.canvas.Theme.Paint(theme.Selected, theme.Fit("▸"+mark, g.cell-1))
	}
	return g.canvas.Theme.Paint(markTone(g.matrix, from, to), text)
}

// markOf is the mark of a cell in so many cells of a terminal.
func markOf(m reports.Segments, from, to, room int) string {
	mark := m.Mark(from, to)
	if mark == "" {
		return "·"
	}
	edge := ""
	if m.Crosses(from, to) && m.Matrix.Cells[from][to].Allowed > 0 {
		edge = "!"
	}
	if theme.Width(edge+mark) > room {
		if mark = "some"; m.Unsure(from, to) {
			mark = "som?"
		}
	}
	return edge + mark
}

func markTone(m reports.Segments, from, to int) theme.Token {
	tone, solid := m.State(from, to)
	switch {
	case tone == reports.Good:
		return theme.Good
	case tone == reports.Bad:
		return theme.Bad
	case tone == reports.Warn && solid:
		return theme.Warning
	case tone == reports.Warn:
		return theme.Unseen
	case tone == reports.Open:
		return theme.Muted
	}
	return theme.Plain
}

// cellAbout says all of the cell under the cursor, what the marks mean, and what is not
// known of the cluster.
func (s *Network) cellAbout(c Canvas) []string {
	lines := []string{c.Theme.Paint(theme.Rule, strings.Repeat("─", c.Width))}
	if from, to, chosen := s.cell(); chosen {
		view := s.view()
		text := theme.Wrap(theme.Clean(view.matrix.CellWords(from, to)+s.crossingWords(view, from, to)), c.Width-2)
		if most := max(2, c.Height/6); len(text) > most {
			text = append(text[:most-1], theme.Cut(text[most-1]+" …", c.Width-2))
		}
		lines = append(lines, indent(gutter, text)...)
	}
	lines = append(lines, gutter+c.Theme.Paint(theme.Muted, theme.Cut("– nothing  all, 3/12 pairs of workloads  ! over the edge  ? cannot be excluded", c.Width-2)))
	if n := len(s.shown.Segments.Gaps); n > 0 {
		lines = append(lines, gutter+c.Theme.Paint(theme.Unseen, theme.Cut("◌ "+count(n, "thing", "things")+" not seen or not evaluated: "+theme.Clean(reports.GapWords(s.shown.Segments.Gaps[0])), c.Width-2)))
	}
	return lines
}

// crossingWords says of a cell over the edge of the zone how much of it was declared.
func (s *Network) crossingWords(view spaces, from, to int) string {
	if !view.matrix.Crosses(from, to) {
		return ""
	}
	names := view.matrix.Matrix.Spaces
	sum := s.shown.declared[[2]string{names[from], names[to]}]
	switch {
	case view.matrix.Matrix.Cells[from][to].Allowed == 0:
		return ". Over the edge"
	case !view.matrix.Declared:
		return ". Over the edge, for which no connection was declared as needed"
	case sum.beyond > 0:
		return fmt.Sprintf(". Over the edge: beyond what was declared goes %d of %s", sum.beyond, count(sum.all, "connection", "connections"))
	case sum.all == 0:
		return ". Over the edge, on the network of a node, where no policy is certain to hold"
	}
	if view.matrix.Unsure(from, to) {
		return ". Over the edge: what is allowed was declared"
	}
	return ". Over the edge, all of it declared"
}
