package pdf

import (
	"math"

	"tickmark/reports"
)

// cover is the first page: a band with the title and the recorded conclusion, the
// key facts, and the digest to compare.
func (l *layout) cover(c reports.Cover) {
	l.section = ""
	l.newPage()
	l.page().bare = true
	s, w := l.sheet, l.sheet.text()
	band := math.Round(s.height * 0.431) // 128 on A4
	l.ornament(func(p *pen) { coverGround(p, s, band) })
	l.coverBand(c, band)
	l.coverFacts(c.Facts, band+18, s.height-74)
	l.coverPanel(c.Panel, s.height-69)
	note := hand{sans, 7.5, slate}
	l.within(asParagraph, func() {
		for i, line := range l.fonts.lines(note, c.Note, w) {
			if i < 4 {
				l.put(left, s.height-31+float64(i)*4, 4, note, line)
			}
		}
	})
	l.y = s.bottom()
}

// coverGround draws the band with its rings.
func coverGround(p *pen, s sheet, band float64) {
	r1, g1, b1 := parts(navy)
	r2, g2, b2 := parts(navyLight)
	p.LinearGradient(0, 0, s.width, band, r1, g1, b1, r2, g2, b2, 0, 1, 1, 0)
	p.ClipRect(0, 0, s.width, band, false)
	for i := range uint8(5) {
		shade := 4 - i // the widest ring first, each a little lighter inwards
		p.fill(colour{28 + 5*i, 46 + 7*i, 84 + 8*i})
		p.Circle(s.width-20, 20, 22+float64(shade)*17, "F")
	}
	p.ClipEnd()
	p.box(0, band, s.width, 2.2, teal)
}

func (l *layout) coverBand(c reports.Cover, band float64) {
	w := l.sheet.text()
	kicker := hand{bold, 10, white}
	words := l.fonts.line(kicker, c.Kicker, w-30)
	l.within(asParagraph, func() { l.put(left, 22, 6, kicker, words) })
	if l.doc.Draft != "" {
		l.coverPill(left+l.fonts.width(kicker, words)+6, 21.5, reports.Pill{Text: "DRAFT", Tone: reports.Warn}, 7, 8.5)
	}
	title := hand{bold, 34, white}
	lines := l.fonts.lines(title, c.Title, w)
	for ; len(lines) > 2 && title.size > 16; lines = l.fonts.lines(title, c.Title, w) {
		title.size -= 2
	}
	lines = lines[:min(len(lines), 3)]
	pitch := title.size * 0.427
	y := band - 40 - 9 - float64(len(lines))*pitch
	l.within(asParagraph, func() {
		for _, line := range lines {
			l.put(left, y, pitch, title, line)
			y += pitch
		}
	})
	y += 8
	entity, detail := hand{sans, 15, white}, hand{sans, 10, navyPale}
	l.within(asParagraph, func() { l.put(left, y, 8, entity, l.fonts.line(entity, c.Entity, w)) })
	l.within(asParagraph, func() { l.put(left, y+8, 6, detail, l.fonts.line(detail, c.Detail, w)) })
	if c.Pill.Text != "" {
		l.coverPill(left, band-18, c.Pill, 10, 10.5)
	}
}

// coverPill is a large pill without a dot, at least 58 wide where it is tall.
func (l *layout) coverPill(x, y float64, pill reports.Pill, h, size float64) {
	hnd := hand{bold, size, letters(pill.Tone)}
	word := l.fonts.line(hnd, pill.Text, l.sheet.text()-12)
	w := max(h*5.8, l.fonts.width(hnd, word)+12)
	if h < 10 {
		w = l.fonts.width(hnd, word) + 10
	}
	l.ornament(func(p *pen) { p.round(x, y, w, h, h/2, pill.Tone.Ground()) })
	l.within(asParagraph, func() { l.putCentre(x+w/2, y, h, hnd, word) })
}

// coverFacts lists the key facts between two heights, one line each, closer
// together if there are many.
func (l *layout) coverFacts(facts []reports.Fact, from, to float64) {
	if len(facts) == 0 {
		return
	}
	name, value := hand{sans, 8.5, slate}, hand{bold, 9.5, black}
	w := l.sheet.text()
	pitch := min(9.4, (to-from)/float64(len(facts)))
	above := l.element
	all := l.open(asTable, above)
	for i, f := range facts {
		y := from + float64(i)*pitch
		l.element = l.open(asTableRow, all)
		l.within(asRowHead, func() { l.put(left, y, pitch-1.6, name, l.fonts.line(name, f.Name, 44)) })
		l.within(asTableCell, func() { l.put(left+46, y, pitch-1.6, value, l.fonts.line(value, f.Value, w-46)) })
		l.ornament(func(p *pen) { p.hair(left, y+pitch-1.2, w, 0.2, rule) })
	}
	l.element = above
}

func (l *layout) coverPanel(c reports.Panel, y float64) {
	if c.Digest == "" {
		return
	}
	w := l.sheet.text()
	title, digest, note := hand{bold, 8, navy}, hand{mono, 9, black}, hand{sans, 7.5, slate}
	lines := l.fonts.lines(note, c.Note, w-10)
	lines = lines[:min(len(lines), 3)]
	h := 18 + 4*float64(len(lines))
	l.ornament(func(p *pen) { p.round(left, y, w, h, 2, panel) })
	l.within(asParagraph, func() { l.put(left+5, y+3, 5, title, l.fonts.line(title, c.Title, w-10)) })
	l.within(asParagraph, func() { l.put(left+5, y+8.4, 6, digest, l.fonts.line(digest, c.Digest, w-10)) })
	l.within(asParagraph, func() {
		for i, line := range lines {
			l.put(left+5, y+15+4*float64(i), 4, note, line)
		}
	})
}
