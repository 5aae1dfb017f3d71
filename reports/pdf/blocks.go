package pdf

import (
	"strconv"
	"strings"

	"tickmark/reports"
)

// contents lists what follows, with leaders, page numbers and links. Its length
// depends on the headings alone, so page numbers may come later.
func (l *layout) contents(c reports.Contents) {
	l.section = reports.Line(c.Title)
	l.newPage()
	l.title(c.Title)
	index := 0
	for _, h := range l.doc.Headings() {
		if h.Level <= 2 {
			l.contentsLine(h, index)
		}
		index++
	}
}

func (l *layout) contentsLine(h reports.Heading, index int) {
	indent, hnd, height := 0.0, hand{bold, 10, black}, 7.0
	if h.Level > 1 {
		indent, hnd, height = 6, hand{sans, 9, black}, 5.6
	}
	right := left + l.sheet.text()
	lines := l.fonts.lines(hnd, reports.Line(h.Text), l.sheet.text()-indent-14)
	l.fonts.show(hnd.face, "0123456789")
	for i, text := range lines {
		l.need(height)
		y := l.y
		l.put(left+indent, y, height, hnd, text)
		l.link(left+indent, y, l.sheet.text()-indent, height, headingAnchor(index))
		if i == len(lines)-1 {
			from := left + indent + l.fonts.width(hnd, text) + 2
			l.draw(func(p *pen) {
				number := strconv.Itoa(p.layout.marks[index].place.page)
				p.dots(from, y+height-2.1, right-8-from)
				p.write(right-p.fonts.width(hnd, number), baseline(y, height, hnd), hnd, number)
			})
		}
		l.y += height
	}
}

// headingAnchor is the name of the place of the heading with an index.
func headingAnchor(index int) string { return "\x00heading" + strconv.Itoa(index) }

// title writes a first-level heading at the top of a page.
func (l *layout) title(text string) {
	hnd := hand{bold, 20, navy}
	l.flow(left, l.sheet.text(), 9.4, hnd, reports.Line(text))
	y := l.y + 1.4
	l.draw(func(p *pen) { p.box(left, y, 18, 1.1, teal) })
	l.y += 8.5
}

func (l *layout) heading(h reports.Heading) {
	switch {
	case h.Level <= 1:
		l.section = reports.Line(h.Text)
		if !l.fresh() {
			l.newPage()
		}
		l.page().section = l.section
	case h.Level == 2:
		l.need(34)
	default:
		l.need(25)
	}
	if h.Level > 1 && !l.fresh() {
		l.y += 4
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
		l.y += 1.8
	default:
		l.flow(left, l.sheet.text(), 5.4, hand{bold, 10, navy}, reports.Line(h.Text))
		l.y += 1
	}
}

func (l *layout) paragraph(b reports.Paragraph) {
	if b.Quiet {
		l.flow(left, l.sheet.text(), 4.2, hand{sans, 8, slate}, b.Text)
	} else {
		l.flow(left, l.sheet.text(), 5, hand{sans, 9.5, black}, b.Text)
	}
	l.y += 2.2
}

func (l *layout) list(b reports.List) {
	for _, item := range b.Items {
		l.point(left, l.sheet.text(), item, teal)
	}
	l.y += 1.6
}

// point writes one point of a list.
func (l *layout) point(x, width float64, item string, dot colour) {
	hnd := hand{sans, 9.5, black}
	l.need(5)
	y := l.y
	l.draw(func(p *pen) {
		p.fill(dot)
		p.Circle(x+1.6, y+2.6, 0.65, "F")
	})
	l.flow(x+5, width-5, 5, hnd, item)
	l.y += 0.6
}

func (l *layout) facts(b reports.Facts) {
	name, value := hand{sans, 8.5, slate}, hand{sans, 9, black}
	const nameWidth, lineHeight, pad = 46.0, 4.6, 1.5
	w := l.sheet.text()
	for _, f := range b.Rows {
		names := l.fonts.lines(name, f.Name, nameWidth-3)
		value := value
		if isDigest(f.Value) {
			value = hand{mono, 8, black}
		}
		values := l.fonts.lines(value, f.Value, w-nameWidth-2)
		all := max(len(names), len(values), 1)
		for i := range all {
			if i == 0 {
				l.need(float64(min(all, 5))*lineHeight + 2*pad) // a short one stays together
				l.y += pad
			} else {
				l.need(lineHeight)
			}
			if i < len(names) {
				l.put(left, l.y, lineHeight, name, names[i])
			}
			if i < len(values) {
				l.put(left+nameWidth, l.y, lineHeight, value, values[i])
			}
			l.y += lineHeight
		}
		l.y += pad
		y := l.y
		l.draw(func(p *pen) { p.hair(left, y, w, 0.15, rule) })
	}
	l.y += 3.5
}

// isDigest reports whether s is a digest or an id, which are printed in fixed width.
func isDigest(s string) bool {
	return len(s) >= 32 && strings.Trim(s, "0123456789abcdef") == ""
}

// callout is a notice on the ground of its tone. It breaks between its points when
// it is longer than a page.
func (l *layout) callout(b reports.Callout) {
	tone, below := ground(b.Tone)
	title, text := hand{bold, 10, tone}, hand{sans, 9, black}
	const lineHeight, pad = 4.8, 3.4
	inner := l.sheet.text() - 12
	type row struct {
		text string
		hand hand
		x    float64
		dot  bool
	}
	var rows []row
	for _, s := range l.fonts.lines(title, b.Title, inner) {
		rows = append(rows, row{s, title, left + 6, false})
	}
	for _, s := range l.fonts.lines(text, b.Text, inner) {
		rows = append(rows, row{s, text, left + 6, false})
	}
	for _, item := range b.Items {
		for i, s := range l.fonts.lines(text, item, inner-4.5) {
			rows = append(rows, row{s, text, left + 10.5, i == 0})
		}
	}
	for len(rows) > 0 {
		if len(rows) <= 8 {
			l.need(float64(len(rows))*lineHeight + 2*pad)
		} else {
			l.need(8*lineHeight + 2*pad)
		}
		n := min(len(rows), int((l.sheet.bottom()-l.y-2*pad)/lineHeight))
		part, y := rows[:n], l.y
		h := float64(n)*lineHeight + 2*pad
		l.draw(func(p *pen) {
			p.round(left, y, p.layout.sheet.text(), h, 2, below)
			p.box(left, y+1.5, 1.2, h-3, tone)
			for i, r := range part {
				line := y + pad + float64(i)*lineHeight
				if r.dot {
					p.fill(tone)
					p.Circle(left+7.4, line+2.4, 0.65, "F")
				}
				p.write(r.x, baseline(line, lineHeight, r.hand), r.hand, r.text)
			}
		})
		l.y += h
		rows = rows[n:]
	}
	l.y += 4
}
