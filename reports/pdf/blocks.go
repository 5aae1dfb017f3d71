package pdf

import (
	"math"
	"strconv"
	"strings"

	"tickmark/reports"
)

// contents lists what follows, with leaders, page numbers and links. Its length
// depends on the headings alone, so page numbers may come later.
func (l *layout) contents(c reports.Contents) {
	l.section = reports.Line(c.Title)
	l.newPage()
	l.element = nil
	l.within(asHeading1, func() { l.title(c.Title) })
	var lines []contentsLine
	for i, h := range l.doc.Headings() {
		if h.Level <= 2 {
			lines = append(lines, l.contentsLines(h, i)...)
		}
	}
	tight := l.tightness(lines)
	l.element = l.open(asContentsList, nil)
	var item *element
	for i, line := range lines {
		line.height *= tight
		if i == 0 || lines[i-1].last {
			item = l.open(asLinked, l.open(asCrossReference, l.open(asContentsItem, l.element)))
		}
		above := l.element
		l.element = item
		l.contentsLine(line)
		l.element = above
	}
}

// contentsLine is a line of the contents.
type contentsLine struct {
	text   string
	indent float64
	hand   hand
	height float64
	index  int  // of its heading
	last   bool // of its heading: the page number stands here
}

func (l *layout) contentsLines(h reports.Heading, index int) []contentsLine {
	one := contentsLine{hand: hand{bold, 10, black}, height: 7, index: index}
	if h.Level > 1 {
		one.indent, one.hand, one.height = 6, hand{sans, 9, black}, 5.6
	}
	var all []contentsLine
	for _, text := range l.fonts.lines(one.hand, reports.Line(h.Text), l.sheet.text()-one.indent-14) {
		one.text = text
		all = append(all, one)
	}
	if len(all) > 0 {
		all[len(all)-1].last = true
	}
	return all
}

// tightness is by how much lines stand closer, so that none are left for a page of their
// own that would be nearly empty.
func (l *layout) tightness(lines []contentsLine) float64 {
	all := 0.0
	for _, line := range lines {
		all += line.height
	}
	const waste = 7 // at most a line is left over at the foot of a page
	first, page := l.sheet.bottom()-l.y-waste, l.sheet.body()-waste
	if all <= first {
		return 1
	}
	full := first + page*math.Floor((all-first)/page)
	if tight := full / all; tight >= 0.8 && all-full < page/3 {
		return tight
	}
	return 1
}

func (l *layout) contentsLine(c contentsLine) {
	l.fonts.show(c.hand.face, "0123456789")
	l.need(c.height)
	y, right := l.y, left+l.sheet.text()
	l.put(left+c.indent, y, c.height, c.hand, c.text)
	l.link(left+c.indent, y, l.sheet.text()-c.indent, c.height, headingAnchor(c.index), c.text)
	if c.last {
		from := left + c.indent + l.fonts.width(c.hand, c.text) + 2
		l.ornament(func(p *pen) { p.dots(from, y+c.height/2+1.4, right-8-from) })
		l.draw(func(p *pen) {
			number := strconv.Itoa(p.layout.marks[c.index].place.page)
			p.write(right-p.fonts.width(c.hand, number), baseline(y, c.height, c.hand), c.hand, number)
		})
	}
	l.y += c.height
}

// headingAnchor is the name of the place of the heading with an index.
func headingAnchor(index int) string { return "\x00heading" + strconv.Itoa(index) }

// title writes a first-level heading at the top of a page.
func (l *layout) title(text string) {
	hnd := hand{bold, 20, navy}
	l.flow(left, l.sheet.text(), 9.4, hnd, reports.Line(text))
	y := l.y + 1.4
	l.ornament(func(p *pen) { p.box(left, y, 18, 1.1, teal) })
	l.y += 8.5
}

func (l *layout) heading(h reports.Heading) {
	if h.Level <= 1 {
		l.section = reports.Line(h.Text)
		l.newPage()
	} else if !l.fresh() {
		l.y += l.between(4)
	}
	at := l.here()
	l.anchor(headingAnchor(len(l.marks)), at)
	l.anchor(h.Anchor, at)
	l.marks = append(l.marks, mark{max(h.Level, 1), reports.Line(h.Text), at})
	switch {
	case h.Level <= 1:
		l.title(h.Text)
	case h.Level == 2:
		l.flow(left, l.sheet.text(), 6.4, hand{bold, 13, navy}, reports.Line(h.Text))
		l.y += l.between(1.8)
	default:
		l.flow(left, l.sheet.text(), 5.4, hand{bold, 10, navy}, reports.Line(h.Text))
		l.y += l.between(1)
	}
}

// paragraphGap stands below a paragraph.
const paragraphGap = 2.2

func (l *layout) paragraph(b reports.Paragraph) {
	if b.Quiet {
		l.flow(left, l.sheet.text(), 4.2, hand{sans, 8, slate}, b.Text)
	} else {
		l.flow(left, l.sheet.text(), 5, hand{sans, 9.5, black}, b.Text)
	}
	l.y += l.between(paragraphGap)
}

func (l *layout) list(b reports.List) {
	for _, item := range b.Items {
		l.within(asListItem, func() { l.point(left, l.sheet.text(), item, teal) })
	}
	l.y += l.between(1.6)
}

// point writes one point of a list.
func (l *layout) point(x, width float64, item string, dot colour) {
	hnd := hand{sans, 9.5, black}
	l.need(5)
	y := l.y
	l.ornament(func(p *pen) {
		p.fill(dot)
		p.Circle(x+1.6, y+2.6, 0.65, "F")
	})
	l.within(asListBody, func() { l.flow(x+5, width-5, 5, hnd, item) })
	l.y += 0.6
}

// The measures of facts.
const (
	factNames = 46.0
	factLine  = 4.6
	factPad   = 1.5
	factsGap  = 3.5
)

// factRow is a fact in lines.
type factRow struct {
	names, values []string
	hand          hand // of the value
}

func (l *layout) factRow(f reports.Fact) factRow {
	r := factRow{hand: hand{sans, 9, black}}
	if isDigest(f.Value) {
		r.hand = hand{mono, 8, black}
	}
	r.names = l.fonts.lines(factName, f.Name, factNames-3)
	r.values = l.fonts.lines(r.hand, f.Value, l.sheet.text()-factNames-2)
	return r
}

// factName is the hand of the name of a fact.
var factName = hand{sans, 8.5, slate}

func (r factRow) lines() int { return max(len(r.names), len(r.values), 1) }

// factStart is what a row wants at least; a short one stays together.
func (l *layout) factStart(r factRow) float64 {
	return float64(min(r.lines(), 5))*factLine + 2*l.between(factPad)
}

// factsStart is the room that facts want for their first two, and for all if they are few.
func (l *layout) factsStart(b reports.Facts) float64 {
	h, n := 0.0, len(b.Rows)
	if n > 4 {
		n = 2
	}
	for _, f := range b.Rows[:n] {
		h += l.factStart(l.factRow(f))
	}
	return h
}

func (l *layout) facts(b reports.Facts) {
	w := l.sheet.text()
	rows := make([]factRow, len(b.Rows))
	for i, f := range b.Rows {
		rows[i] = l.factRow(f)
	}
	for n, r := range rows {
		if n > 0 && n+2 == len(rows) && r.lines() <= 5 { // the last never stands alone
			l.need(l.factStart(r) + l.factStart(rows[n+1]))
		}
		l.within(asTableRow, func() { l.fact(r) })
		y := l.y
		l.ornament(func(p *pen) { p.hair(left, y, w, 0.15, rule) })
	}
	l.y += l.between(factsGap)
}

// fact lays out a fact line by line, its name beside its value.
func (l *layout) fact(r factRow) {
	name, value := l.open(asRowHead, l.element), l.open(asTableCell, l.element)
	above, pad := l.element, l.between(factPad)
	for i := range r.lines() {
		if i == 0 {
			l.need(l.factStart(r))
			l.y += pad
		} else {
			l.need(factLine)
		}
		if l.element = name; i < len(r.names) {
			l.put(left, l.y, factLine, factName, r.names[i])
		}
		if l.element = value; i < len(r.values) {
			l.put(left+factNames, l.y, factLine, r.hand, r.values[i])
		}
		l.y += factLine
	}
	l.element = above
	l.y += pad
}

// isDigest reports whether s is a digest or an id, which are printed in fixed width.
func isDigest(s string) bool {
	return len(s) >= 32 && strings.Trim(s, "0123456789abcdef") == ""
}

// The measures of a callout.
const (
	calloutLine  = 4.8
	calloutTight = 4.0 // of a line where room is short
	calloutPad   = 3.4

	calloutLeast = 4 // lines that go on to the next page
)

// calloutRow is a line of a callout.
type calloutRow struct {
	text string
	hand hand
	x    float64
	dot  bool
	of   *element
}

// callout is a notice on the ground of its tone. It breaks between its points when
// it is longer than a page.
func (l *layout) callout(b reports.Callout) {
	tone, below := b.Tone.Ink(), b.Tone.Ground()
	rows := l.calloutRows(b)
	line := calloutTight + l.between(calloutLine-calloutTight)
	for len(rows) > 0 {
		l.need(float64(min(len(rows), 8))*line + 2*calloutPad)
		n := betweenPoints(rows, int((l.sheet.bottom()-l.y-2*calloutPad)/line))
		y, h := l.y, float64(n)*line+2*calloutPad
		l.ornament(func(p *pen) {
			p.round(left, y, p.layout.sheet.text(), h, 2, below)
			p.box(left, y+1.5, 1.2, h-3, tone)
		})
		for i, r := range rows[:n] {
			at := y + calloutPad + float64(i)*line
			if r.dot {
				l.ornament(func(p *pen) {
					p.fill(tone)
					p.Circle(left+7.4, at+line/2, 0.65, "F")
				})
			}
			above := l.element
			l.element = r.of
			l.put(r.x, at, line, r.hand, r.text)
			l.element = above
		}
		l.y += h
		rows = rows[n:]
	}
	l.y += l.between(4)
}

// betweenPoints is how many rows of a callout stand on a page that has room for some: no point
// is split if one ends among the last of them, and a few go on together.
func betweenPoints(rows []calloutRow, room int) int {
	if len(rows) <= room {
		return len(rows)
	}
	most := max(1, min(room, len(rows)-calloutLeast))
	for n := most; n > max(1, most-calloutLeast); n-- {
		if rows[n].of != rows[n-1].of {
			return n
		}
	}
	return most
}

func (l *layout) calloutRows(b reports.Callout) []calloutRow {
	title, text := hand{bold, 10, letters(b.Tone)}, hand{sans, 9, black}
	inner := l.sheet.text() - 12
	var rows []calloutRow
	add := func(h hand, s string, x, width float64, dot bool, of *element) {
		for i, line := range l.fonts.lines(h, s, width) {
			rows = append(rows, calloutRow{line, h, x, dot && i == 0, of})
		}
	}
	if b.Title != "" {
		add(title, b.Title, left+6, inner, false, l.open(asParagraph, l.element))
	}
	if b.Text != "" {
		add(text, b.Text, left+6, inner, false, l.open(asParagraph, l.element))
	}
	if len(b.Items) > 0 {
		points := l.open(asList, l.element)
		for _, item := range b.Items {
			add(text, item, left+10.5, inner-4.5, true, l.open(asListBody, l.open(asListItem, points)))
		}
	}
	return rows
}
