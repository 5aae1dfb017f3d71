package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/go-pdf/fpdf"

	"tickmark/reports"
)

// Paper is a size of paper. The zero value is A4.
type Paper int

// The papers.
const (
	A4     Paper = iota // 210 x 297 mm
	Letter              // 8.5 x 11 in
)

func (p Paper) sheet() sheet {
	if p == Letter {
		return sheet{215.9, 279.4}
	}
	return sheet{210, 297}
}

// Options are the reader's wishes; the zero value is A4.
type Options struct {
	Paper Paper
	// Tell is told how many pages are drawn of how many; nil where nobody waits.
	Tell func(drawn, pages int)
}

// Layout says what became of a document.
type Layout struct{ Pages int }

// Write draws doc into w. The same document and options give the same bytes. It
// writes nothing unless the whole file could be made.
func Write(ctx context.Context, w io.Writer, doc reports.Document, o Options) (Layout, error) {
	return write(ctx, w, doc, o, archiveWithFiles)
}

// The parts of PDF/A that a file may declare. Ours are of the third, which lets them carry
// their manifest. There are tools for the first that judge everything else in them.
const (
	archiveAlone     = 1
	archiveWithFiles = 3
)

func write(ctx context.Context, w io.Writer, doc reports.Document, o Options, part int) (Layout, error) {
	if doc.Date.IsZero() {
		return Layout{}, errors.New("write PDF: the document has no date")
	}
	if err := checkFields(doc.Blocks); err != nil {
		return Layout{}, fmt.Errorf("write PDF: %w", err)
	}
	f, err := newFonts()
	if err != nil {
		return Layout{}, fmt.Errorf("write PDF: %w", err)
	}
	l := newLayout(doc, o.Paper.sheet(), f)
	if err := l.run(ctx); err != nil {
		return Layout{}, fmt.Errorf("write PDF: %w", err)
	}
	p := newPen(l, doc.Date)
	p.SetCompression(false) // pages are packed one by one
	p.describe(doc)
	if err := p.drawAll(ctx, o.Tell); err != nil {
		return Layout{}, fmt.Errorf("write PDF: %w", err)
	}
	var raw bytes.Buffer
	if err := p.Output(&raw); err != nil {
		return Layout{}, fmt.Errorf("write PDF: draw: %w", err)
	}
	final, err := finish(raw.Bytes(), doc, part, l)
	if err != nil {
		return Layout{}, fmt.Errorf("write PDF: finish: %w", err)
	}
	if _, err := w.Write(final); err != nil {
		return Layout{}, fmt.Errorf("write PDF: %w", err)
	}
	return Layout{Pages: len(l.pages)}, nil
}

// describe fills the document information.
func (p *pen) describe(doc reports.Document) {
	text := func(s string) string { return p.fonts.plane(reports.Line(s)) }
	p.SetTitle(text(doc.Title+" — "+doc.Entity), true)
	p.SetAuthor(text(doc.Author), true)
	p.SetSubject(text(doc.Subject), true)
	p.SetProducer(producer, true)
	p.SetCreator(producer, true)
	p.SetDisplayMode("fullpage", "SinglePage")
}

// producer names the program in the file.
const producer = "Tickmark"

// plane replaces what the library cannot encode: code points above U+FFFF.
func (f *fonts) plane(s string) string {
	var b bytes.Buffer
	for _, r := range s {
		if r > 0xFFFF {
			fmt.Fprintf(&b, "□U+%04X", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// drawAll draws the pages, and the bookmarks.
func (p *pen) drawAll(ctx context.Context, tell func(drawn, pages int)) error {
	marks := p.layout.marks
	next, depth := 0, -1
	var packs packer
	for i, pg := range p.layout.pages {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("draw page %d: %w", i+1, err)
		}
		if tell != nil {
			tell(i, len(p.layout.pages))
		}
		p.newPage(p.layout.sheet)
		if pg.bare {
			p.drawStrokes(pg, i)
		} else {
			pg.content = packs.pack(p.apart(func() { p.drawStrokes(pg, i) }))
		}
		pg.strokes = nil // they hold the words of the page
		for next < len(marks) && marks[next].place.page == i+1 {
			depth = min(marks[next].level-1, depth+1) // the outline never skips a level
			p.bookmark(marks[next], depth)
			next++
		}
		if err := p.Error(); err != nil {
			return fmt.Errorf("draw page %d: %w", i+1, err)
		}
	}
	return nil
}

// apart returns what is drawn on a page of the sheet's size, which the library does not keep: it
// would have the content of every page in the clear until the last is drawn. Fonts are all that
// such content may refer to: of a gradient the library would lose the colours.
func (p *pen) apart(draw func()) []byte {
	kept := p.Fpdf
	var wrong error
	size := fpdf.SizeType{Wd: p.layout.sheet.width, Ht: p.layout.sheet.height}
	drawn := kept.CreateTemplateCustom(fpdf.PointType{}, size, func(page *fpdf.Tpl) {
		p.Fpdf, p.size = &page.Fpdf, 0 // a new page knows no font
		draw()
		wrong = page.Error()
	})
	p.Fpdf = kept
	p.SetError(wrong)
	return drawn.Bytes()
}

// bookmark adds one heading to the outline at a depth from 0.
func (p *pen) bookmark(m mark, depth int) {
	p.SetFont(names[firstUsed(p.fonts)], "", 10) // the library encodes by the current font
	p.size = 0
	p.Bookmark(p.fonts.plane(m.text), depth, max(m.place.y-4, 0))
}

func firstUsed(f *fonts) face {
	for i := range faceCount {
		if f.used[i] {
			return i
		}
	}
	return sans
}

// drawPages draws pages without structure and bookmarks.
func (p *pen) drawPages() {
	for _, pg := range p.layout.pages {
		p.newPage(p.layout.sheet)
		p.strokesOf(pg)
	}
}

func (p *pen) strokesOf(pg *page) {
	for _, stroke := range pg.strokes {
		stroke.draw(p)
	}
}
