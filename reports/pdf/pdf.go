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
type Options struct{ Paper Paper }

// Layout says where things ended up.
type Layout struct {
	Pages      int
	Signatures []Field // in reading order
}

// Write draws doc into w. The same document and options give the same bytes. It
// writes nothing unless the whole file can be made.
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
	f, err := newFonts()
	if err != nil {
		return Layout{}, fmt.Errorf("write PDF: %w", err)
	}
	l := newLayout(doc, o.Paper.sheet(), f)
	if err := l.run(ctx); err != nil {
		return Layout{}, fmt.Errorf("write PDF: %w", err)
	}
	if err := l.pen.drawAll(ctx); err != nil {
		return Layout{}, fmt.Errorf("write PDF: %w", err)
	}
	whole, err := l.pen.assemble(doc.Date, func(lib *fpdf.Fpdf) { describe(lib, f, doc) })
	if err != nil {
		return Layout{}, fmt.Errorf("write PDF: %w", err)
	}
	version, err := whole.finish(doc, part, l)
	if err != nil {
		return Layout{}, fmt.Errorf("write PDF: finish: %w", err)
	}
	if err := whole.write(w, version); err != nil {
		return Layout{}, fmt.Errorf("write PDF: %w", err)
	}
	return Layout{Pages: len(l.pages), Signatures: l.fields}, nil
}

// describe fills the document information.
func describe(lib *fpdf.Fpdf, f *fonts, doc reports.Document) {
	text := func(s string) string { return f.plane(reports.Line(s)) }
	lib.SetTitle(text(doc.Title+" — "+doc.Entity), true)
	lib.SetAuthor(text(doc.Author), true)
	lib.SetSubject(text(doc.Subject), true)
	lib.SetProducer(producer, true)
	lib.SetCreator(producer, true)
	lib.SetDisplayMode("fullpage", "SinglePage")
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

// drawAll draws what waited for the whole layout: pages that name others, and of every
// page its furniture.
func (p *pen) drawAll(ctx context.Context) error {
	for i, pg := range p.layout.pages {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("draw page %d: %w", i+1, err)
		}
		if pg.body == nil {
			p.body(pg, i)
		}
		p.furniture(pg, i)
	}
	return nil
}
