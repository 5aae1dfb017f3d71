package pdf

import (
	"context"
	"fmt"

	"tickmark/reports"
)

// sheet is a size of paper in millimetres.
type sheet struct{ width, height float64 }

// The margins, and where the running head and foot stand.
const (
	left    = 20.0
	top     = 26.0
	beneath = 22.0
)

func (s sheet) text() float64   { return s.width - 2*left }
func (s sheet) bottom() float64 { return s.height - beneath }
func (s sheet) body() float64   { return s.bottom() - top }

// page is one laid out page: what is drawn on it, in order.
type page struct {
	section string
	bare    bool // the cover: neither head nor foot
	strokes []stroke
	content []byte // what was drawn, packed; nil of a page that the library kept
	links   []area
	fields  []area     // for signatures
	marked  []*element // by the number of their content
}

// area is a rectangle of a page: it leads to an anchor, or is the field of a signature.
// Words say what it is for.
type area struct {
	x, y, w, h float64
	to         string
	words      string
	of         *element
}

// place is where an anchor is: page from 1, and height on it.
type place struct {
	page int
	y    float64
}

// mark is a heading with its place.
type mark struct {
	level int
	text  string
	place place
}

// layout puts blocks on pages. Nothing is drawn: strokes are noted, and may refer
// to what only the whole layout knows, such as the number of pages.
type layout struct {
	doc     reports.Document
	sheet   sheet
	fonts   *fonts
	pages   []*page
	y       float64 // top of what comes next
	section string
	anchors map[string]place
	marks   []mark

	root    element
	element *element            // of what is drawn now
	spacing float64             // how much of its measure stands between things
	level   int                 // of the heading before, in the structure
	words   map[*element]string // that stand for pictures
	bounds  map[*element]area   // of pictures that are on one page
}

func newLayout(doc reports.Document, s sheet, f *fonts) *layout {
	return &layout{doc: doc, sheet: s, fonts: f, spacing: 1, anchors: map[string]place{}, words: map[*element]string{}, bounds: map[*element]area{}}
}

// run lays out all blocks. It fails only when ctx is done.
func (l *layout) run(ctx context.Context) error {
	for from := 0; from < len(l.doc.Blocks); {
		to := from + 1
		for to < len(l.doc.Blocks) && !opensChapter(l.doc.Blocks[to]) {
			to++
		}
		if err := l.chapter(ctx, from, to); err != nil {
			return fmt.Errorf("lay out report: %w", err)
		}
		from = to
	}
	l.element = nil
	if len(l.pages) == 0 {
		l.newPage()
	}
	l.furniture()
	return nil
}

func (l *layout) block(b reports.Block) {
	switch b := b.(type) {
	case reports.Cover:
		l.cover(b)
	case reports.Contents:
		l.contents(b)
	case reports.Heading:
		l.heading(b)
	case reports.Paragraph:
		l.paragraph(b)
	case reports.List:
		l.list(b)
	case reports.Facts:
		l.facts(b)
	case reports.Table:
		l.table(b)
	case reports.Donut:
		l.donut(b)
	case reports.Bars:
		l.bars(b)
	case reports.Picture:
		l.picture(b)
	case reports.Callout:
		l.callout(b)
	case reports.SignatureBlock:
		l.signature(b)
	}
}

// headingHeight is what a heading below the first level takes at most, on one line.
const headingHeight = 13

// together is how much room the first of some blocks wants with what comes after it:
// a heading below the first level with what it stands over, a short paragraph with
// what it introduces.
func (l *layout) together(blocks []reports.Block) float64 {
	switch b := blocks[0].(type) {
	case reports.Heading:
		if b.Level > 1 {
			return l.start(blocks)
		}
	case reports.Paragraph:
		return l.start(blocks)
	}
	return 0
}

// start is how much room the first lines of some blocks want, so that no heading
// before them stays behind at the foot of a page.
func (l *layout) start(blocks []reports.Block) float64 {
	if len(blocks) == 0 {
		return 0
	}
	switch b := blocks[0].(type) {
	case reports.Heading:
		if b.Level > 1 {
			return headingHeight*l.spacing + l.start(blocks[1:])
		}
	case reports.Paragraph:
		if len(blocks) > 1 && len(b.Text) < 400 && introduced(blocks[1]) {
			return 5*float64(len(b.Text)/80+1) + l.between(paragraphGap) + l.start(blocks[1:])
		}
		return 5 * float64(min(len(b.Text)/80+1, 2))
	case reports.List:
		return 12
	case reports.Facts:
		h := l.factsStart(b)
		if len(blocks) > 1 && len(b.Rows) <= 4 {
			if table, is := blocks[1].(reports.Table); is { // of what the facts are of
				h += l.between(factsGap) + l.tableStart(table)
			}
		}
		return min(h, l.sheet.body()/2)
	case reports.Table:
		return l.tableStart(b)
	case reports.Donut:
		return 66
	case reports.Bars:
		return min(barsLeast*float64(len(b.Rows)), l.sheet.body()/2)
	case reports.Picture:
		return l.pictureHeight(b)
	case reports.Callout:
		return calloutLine*8 + 2*calloutPad
	case reports.SignatureBlock:
		return cardHeight
	}
	return 20
}

// introduced reports whether a block is what a short paragraph before it speaks of.
func introduced(b reports.Block) bool {
	switch b.(type) {
	case reports.Table, reports.Picture, reports.SignatureBlock, reports.Bars, reports.Facts:
		return true
	}
	return false
}

// draw notes a stroke of the current page.
func (l *layout) draw(draw func(*pen)) {
	pg := l.page()
	pg.strokes = append(pg.strokes, stroke{draw, l.element})
}

// page is the current page; the first is begun when it is needed.
func (l *layout) page() *page {
	if len(l.pages) == 0 {
		l.newPage()
	}
	return l.pages[len(l.pages)-1]
}

func (l *layout) newPage() {
	l.pages = append(l.pages, &page{section: l.section})
	l.y = top
}

// fresh reports whether nothing stands on the current page yet.
func (l *layout) fresh() bool { return len(l.pages) > 0 && l.y == top && !l.page().bare }

// need begins a new page unless h millimetres are left on this one.
func (l *layout) need(h float64) {
	if len(l.pages) == 0 || l.page().bare || l.y+h > l.sheet.bottom() && l.y > top {
		l.newPage()
	}
}

// here is the place of what comes next.
func (l *layout) here() place { return place{page: len(l.pages), y: l.y} }

// anchor names a place; the first of a name stays.
func (l *layout) anchor(name string, at place) {
	if _, taken := l.anchors[name]; name != "" && !taken {
		l.anchors[name] = at
	}
}

// link makes a rectangle of the current page lead to an anchor, of which words speak.
func (l *layout) link(x, y, w, h float64, to, words string) {
	if to != "" {
		pg := l.page()
		pg.links = append(pg.links, area{x, y, w, h, to, words, l.element})
	}
}

// put writes shown text into a line of height h whose top is y.
func (l *layout) put(x, y, h float64, hnd hand, s string) {
	if s == "" {
		return
	}
	l.draw(func(p *pen) { p.write(x, baseline(y, h, hnd), hnd, s) })
}

// putRight is put, ending at x.
func (l *layout) putRight(x, y, h float64, hnd hand, s string) {
	l.put(x-l.fonts.width(hnd, s), y, h, hnd, s)
}

// putCentre is put, around x.
func (l *layout) putCentre(x, y, h float64, hnd hand, s string) {
	l.put(x-l.fonts.width(hnd, s)/2, y, h, hnd, s)
}

// flow writes text line by line over as many pages as it takes.
func (l *layout) flow(x, width, lineHeight float64, hnd hand, s string) {
	for _, line := range l.fonts.lines(hnd, s, width) {
		l.need(lineHeight)
		l.put(x, l.y, lineHeight, hnd, line)
		l.y += lineHeight
	}
}

// furniture adds head, foot and the mark of a draft to every page but the cover.
func (l *layout) furniture() {
	s, w := l.sheet, l.sheet.text()
	small, tiny := hand{sans, 7.5, mute}, hand{sans, 7, mute}
	code := hand{mono, 6.4, mute}
	protection := l.fonts.line(tiny, l.doc.Protection, w*0.45)
	vault := l.fonts.line(code, "vault "+l.doc.Vault, w/3)
	for i, pg := range l.pages {
		if pg.bare {
			continue
		}
		section := l.fonts.line(small, pg.section, w*0.34)
		name := l.fonts.line(small, l.doc.Entity+" — "+l.doc.Title, w-l.fonts.width(small, section)-8)
		number := l.fonts.line(tiny, fmt.Sprintf("Page %d of %d", i+1, len(l.pages)), w/3)
		body := pg.strokes
		pg.strokes = nil
		if l.doc.Draft != "" {
			pg.strokes = append(pg.strokes, stroke{draw: l.watermark()})
		}
		pg.strokes = append(pg.strokes, stroke{draw: func(p *pen) {
			p.box(0, 0, s.width, 3, navy)
			p.write(left, baseline(10, 5, small), small, name)
			p.write(left+w-p.fonts.width(small, section), baseline(10, 5, small), small, section)
			p.hair(left, 16.5, w, 0.2, rule)
			foot := s.height - 14
			p.hair(left, s.height-16, w, 0.2, rule)
			p.write(left, baseline(foot, 5, tiny), tiny, protection)
			p.write(left+w/2+12-p.fonts.width(code, vault)/2, baseline(foot, 5, code), code, vault)
			p.write(left+w-p.fonts.width(tiny, number), baseline(foot, 5, tiny), tiny, number)
		}})
		pg.strokes = append(pg.strokes, body...)
	}
}

// watermark is the word across the page, below everything else, and the reason in
// the head.
func (l *layout) watermark() func(*pen) {
	s := l.sheet
	big, small := hand{bold, 120, watermark}, hand{bold, 7, colour{}}
	word := l.fonts.show(bold, "DRAFT")
	reason := l.fonts.line(small, "DRAFT: "+l.doc.Draft, s.text()-10)
	return func(p *pen) {
		w := p.fonts.width(big, word)
		p.TransformBegin()
		p.TransformRotate(55, s.width/2, s.height/2)
		p.write((s.width-w)/2, s.height/2+14, big, word)
		p.TransformEnd()
		p.size = 0
		pill := p.fonts.width(small, reason) + 9
		p.pill(left+(s.text()-pill)/2, 18, pill, 4.6, reason, small, reports.Warn)
	}
}
