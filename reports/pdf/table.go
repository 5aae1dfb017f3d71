package pdf

import (
	"slices"
	"strings"

	"tickmark/reports"
)

// The measures of a table.
const (
	tableHead  = 7.4
	headLine   = 3.4
	tableLine  = 4.0
	tablePadX  = 1.6
	tablePadY  = 1.6
	pillHeight = 4.6
)

// cellLine is one line of a cell: text, or a pill.
type cellLine struct {
	text   string
	hand   hand
	height float64
	to     string
	lead   string  // stands before the text, in the hand of names of facts
	indent float64 // of the text because of it, in millimetres
	tone   reports.Tone
	pill   bool
	again  bool // stood on a page before, and is not read again
}

// named is the hand of names of facts.
var named = hand{bold, 7, slate}

// table lays out a table. Its head is repeated on each page; a row is split only if
// it is taller than a page.
func (l *layout) table(t reports.Table) {
	if len(t.Rows) == 0 {
		l.flow(left, l.sheet.text(), 5, hand{sans, 9.5, slate}, t.Empty)
		l.y += l.between(paragraphGap)
		return
	}
	widths := l.columnWidths(t.Columns)
	l.need(l.tableStart(t))
	whole := l.element
	l.headOf(t.Columns, widths)
	groups := slices.ContainsFunc(t.Rows, func(r reports.Row) bool { return r.Leads })
	for i, row := range t.Rows {
		cells := l.rowLines(t.Columns, widths, row)
		if row.Leads && i+1 < len(t.Rows) && !t.Rows[i+1].Leads {
			l.keep(t.Columns, widths, l.rowHeight(cells)+l.rowHeight(l.rowLines(t.Columns, widths, t.Rows[i+1])))
		}
		if i > 0 && i+2 == len(t.Rows) && !groups { // the last never stands alone, if both are short
			if h := l.rowHeight(cells) + l.rowHeight(l.rowLines(t.Columns, widths, t.Rows[i+1])); h < l.sheet.body()/4 {
				l.keep(t.Columns, widths, h)
			}
		}
		l.element = whole
		l.row(tableRow{columns: t.Columns, widths: widths, cells: cells, elements: l.cellsOf(t.Columns), zebra: row.Leads || !groups && i%2 == 1}, row.Anchor)
	}
	l.element = whole
	l.y += l.between(3)
}

// headOf lays out the head that is read once; what is repeated on later pages is not.
func (l *layout) headOf(columns []reports.Column, widths []float64) {
	l.within(asTableRow, func() {
		cells := make([]*element, len(columns))
		for i := range columns {
			cells[i] = l.open(asColumnHead, l.element)
		}
		l.tableHead(columns, widths, cells)
	})
}

// cellsOf opens the elements of a row. A strong first column says what the row is about.
func (l *layout) cellsOf(columns []reports.Column) []*element {
	row := l.open(asTableRow, l.element)
	cells := make([]*element, len(columns))
	for i, c := range columns {
		r := asTableCell
		if i == 0 && c.Style == reports.Strong {
			r = asRowHead
		}
		cells[i] = l.open(r, row)
	}
	return cells
}

// tableStart is the room that a table's head wants with the first row, or with as
// much of it as fills half a page.
func (l *layout) tableStart(t reports.Table) float64 {
	if len(t.Rows) == 0 {
		return 5 * float64(min(len(t.Empty)/80+1, 2))
	}
	widths := l.columnWidths(t.Columns)
	h := l.headHeight(t.Columns, widths) + l.rowHeight(l.rowLines(t.Columns, widths, t.Rows[0]))
	if len(t.Rows) > 1 {
		second := l.rowHeight(l.rowLines(t.Columns, widths, t.Rows[1]))
		led := t.Rows[0].Leads && !t.Rows[1].Leads
		alone := len(t.Rows) == 2 && h+second < l.sheet.body()/4 // on the next page, if both are short
		if led || alone {
			h += second
		}
	}
	return min(h, l.sheet.body()/2)
}

// keep begins a new page for rows of a height that belong together, if one page holds
// them and this one does not.
func (l *layout) keep(columns []reports.Column, widths []float64, h float64) {
	if h > l.sheet.bottom()-l.y && h <= l.sheet.body()-l.headHeight(columns, widths) {
		l.newPage()
		l.tableHead(columns, widths, nil)
	}
}

func (l *layout) columnWidths(columns []reports.Column) []float64 {
	total := 0.0
	for _, c := range columns {
		total += c.Weight
	}
	widths := make([]float64, len(columns))
	for i, c := range columns {
		widths[i] = c.Weight / total * l.sheet.text()
	}
	return widths
}

// headHand is how the head of a table is written.
var headHand = hand{bold, 7.6, white}

// headHeight is that of a table's head: of one line, or of the most that a title needs.
func (l *layout) headHeight(columns []reports.Column, widths []float64) float64 {
	lines := 1
	for i, c := range columns {
		lines = max(lines, len(l.headLines(c.Title, widths[i])))
	}
	return tableHead + float64(lines-1)*headLine
}

// headLines are the lines of a column's title, at most three.
func (l *layout) headLines(title string, width float64) []string {
	lines := l.fonts.lines(headHand, reports.Line(title), width-2*tablePadX)
	if len(lines) > 3 {
		return append(lines[:2], l.fonts.line(headHand, strings.Join(lines[2:], ""), width-2*tablePadX))
	}
	return lines
}

// tableHead lays out the titles of columns, each in its cell; with no cells it is repeated
// and no part of the structure.
func (l *layout) tableHead(columns []reports.Column, widths []float64, cells []*element) {
	y, w, h := l.y, l.sheet.text(), l.headHeight(columns, widths)
	l.ornament(func(p *pen) { p.box(left, y, w, h, navy) })
	above := l.element
	l.element = nil
	x := left
	for i, c := range columns {
		if cells != nil {
			l.element = cells[i]
		}
		lines := l.headLines(c.Title, widths[i])
		at := y + (h-float64(len(lines))*headLine)/2
		for _, line := range lines {
			l.put(x+tablePadX, at, headLine, headHand, line)
			at += headLine
		}
		x += widths[i]
	}
	l.element = above
	l.y += h
}

// rowLines breaks the cells of a row into lines.
func (l *layout) rowLines(columns []reports.Column, widths []float64, row reports.Row) [][]cellLine {
	cells := make([][]cellLine, len(columns))
	for i := range columns {
		if i < len(row.Cells) {
			cells[i] = l.cellLines(columns[i].Style, widths[i]-2*tablePadX, row.Cells[i])
		}
	}
	return cells
}

func (l *layout) cellLines(style reports.Style, width float64, c reports.Cell) []cellLine {
	var lines []cellLine
	add := func(hnd hand, text, to string) {
		for _, s := range l.fonts.lines(hnd, text, width) {
			lines = append(lines, cellLine{text: s, hand: hnd, height: tableLine, to: to})
		}
	}
	if c.Pill.Text != "" {
		hnd := hand{bold, 6.8, black}
		word := l.fonts.show(bold, reports.Line(c.Pill.Text))
		for hnd.size > 5 && l.fonts.width(hnd, word) > width-5.5 {
			hnd.size -= 0.2
		}
		word = l.fonts.line(hnd, word, width-5.5)
		lines = append(lines, cellLine{text: word, hand: hnd, height: pillHeight + 0.6, pill: true, tone: c.Pill.Tone})
	}
	code := hand{mono, 6.6, slate}
	text := hand{sans, 8, black}
	switch style {
	case reports.Strong:
		text = hand{bold, 8, black}
	case reports.Mono:
		text = code
	case reports.Plain:
	}
	add(hand{bold, 8, black}, c.Title, "")
	add(text, c.Text, "")
	for _, f := range c.Facts {
		lines = append(lines, l.factLines(width, f)...)
	}
	for _, link := range c.Links {
		add(hand{mono, 6.8, teal}, link.Text, link.To)
	}
	add(hand{sans, 7, slate}, c.Note, "")
	return lines
}

// factLines are a fact's name with its value beside it, or below where it is longer.
func (l *layout) factLines(width float64, f reports.Fact) []cellLine {
	value := hand{sans, 8, black}
	names, values := l.fonts.lines(named, f.Name, width), l.fonts.lines(value, f.Value, width)
	if len(names) == 1 && len(values) == 1 {
		indent := l.fonts.width(named, names[0]) + factGap
		if indent+l.fonts.width(value, values[0]) <= width {
			return []cellLine{{text: values[0], hand: value, height: tableLine, lead: names[0], indent: indent}}
		}
	}
	var lines []cellLine
	for _, s := range names {
		lines = append(lines, cellLine{text: s, hand: named, height: tableLine})
	}
	for _, s := range values {
		lines = append(lines, cellLine{text: s, hand: value, height: tableLine})
	}
	return lines
}

// factGap stands between a fact's name and its value, in millimetres.
const factGap = 1.6

func cellHeight(lines []cellLine) float64 {
	h := 0.0
	for _, line := range lines {
		h += line.height
	}
	return h
}

func (l *layout) rowHeight(cells [][]cellLine) float64 {
	h := tableLine
	for _, lines := range cells {
		h = max(h, cellHeight(lines))
	}
	return h + 2*l.between(tablePadY)
}

// tableRow is a row that is laid out.
type tableRow struct {
	columns  []reports.Column
	widths   []float64
	cells    [][]cellLine
	elements []*element // of the cells
	leads    []bool     // whether something in a cell leads somewhere
	zebra    bool
}

// row puts one row, in parts if it is taller than a page.
func (l *layout) row(r tableRow, anchor string) {
	whole := l.sheet.body() - l.headHeight(r.columns, r.widths)
	again := l.continued(r.cells)
	r.leads = make([]bool, len(r.cells))
	for i, lines := range r.cells {
		r.leads[i] = slices.ContainsFunc(lines, func(c cellLine) bool { return c.to != "" })
	}
	for {
		h := l.rowHeight(r.cells)
		left := l.sheet.bottom() - l.y
		if h > left && (h <= whole || left < 8*tableLine) {
			l.newPage()
			l.tableHead(r.columns, r.widths, nil)
			left = l.sheet.bottom() - l.y
		}
		if h <= left {
			l.rowPart(r, anchor)
			return
		}
		part, rest := splitRow(r.cells, left-2*l.between(tablePadY))
		r.cells = part
		l.rowPart(r, anchor)
		if len(again) > 0 && len(rest[0]) == 0 {
			rest[0] = again
		}
		r.cells, anchor = rest, ""
	}
}

// continued is what stands first in a row on every page on which it goes on: what the row
// is called.
func (l *layout) continued(cells [][]cellLine) []cellLine {
	if len(cells) == 0 || len(cells[0]) == 0 || cells[0][0].pill || len(cells[0]) > 3 {
		return nil
	}
	note := hand{sans, 7, slate}
	name := cells[0][0]
	name.to, name.hand.colour, name.again = "", slate, true
	return []cellLine{name, {text: l.fonts.show(note.face, "continued"), hand: note, height: tableLine, again: true}}
}

// splitRow takes as many lines off each cell as fit into a height.
func splitRow(cells [][]cellLine, height float64) (part, rest [][]cellLine) {
	part, rest = make([][]cellLine, len(cells)), make([][]cellLine, len(cells))
	for i, lines := range cells {
		n, h := 0, 0.0
		for n < len(lines) && h+lines[n].height <= height {
			h += lines[n].height
			n++
		}
		part[i], rest[i] = lines[:n], lines[n:]
	}
	return part, rest
}

func (l *layout) rowPart(r tableRow, anchor string) {
	y, h, w := l.y, l.rowHeight(r.cells), l.sheet.text()
	l.anchor(anchor, l.here())
	l.ornament(func(p *pen) {
		if r.zebra {
			p.box(left, y, w, h, panel)
		}
		p.hair(left, y+h, w, 0.15, rule)
	})
	above := l.element
	x := left
	for i, lines := range r.cells {
		l.cell(x, y+l.between(tablePadY), r.widths[i], lines, r.elements[i], r.leads[i])
		x += r.widths[i]
	}
	l.element = above
	l.y += h
}

// cell lays out the lines of one cell. Lines that lead somewhere are a link in it.
func (l *layout) cell(x, y, w float64, lines []cellLine, of *element, leads bool) {
	for from := 0; from < len(lines); {
		first, to := lines[from], from+1
		for to < len(lines) && lines[to].to == first.to && lines[to].again == first.again {
			to++
		}
		switch {
		case first.again:
			l.element = nil
		case first.to != "":
			l.element = l.open(asLinked, of)
		case leads:
			l.element = l.open(asParagraph, of)
		default:
			l.element = of
		}
		part, top := lines[from:to], y
		l.draw(func(p *pen) { p.cell(x, top, w, part) })
		for _, line := range part {
			l.link(x+tablePadX, y, l.fonts.width(line.hand, line.text), line.height, line.to, line.text)
			y += line.height
		}
		from = to
	}
}

// cell draws the lines of one cell.
func (p *pen) cell(x, y, w float64, lines []cellLine) {
	for _, line := range lines {
		if line.lead != "" {
			p.write(x+tablePadX, baseline(y, line.height, line.hand), named, line.lead)
		}
		if line.pill {
			p.pill(x+tablePadX-0.6, y-0.3, w-2*tablePadX+1.2, pillHeight, line.text, line.hand, line.tone)
		} else {
			p.write(x+tablePadX+line.indent, baseline(y, line.height, line.hand), line.hand, line.text)
		}
		y += line.height
	}
}
