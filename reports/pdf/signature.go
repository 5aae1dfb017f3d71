package pdf

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/go-pdf/fpdf"

	"tickmark/reports"
)

// The measures of the card and of the room for the signature on it.
const (
	cardHeight = 46.0
	roomWidth  = 86.0
	roomHeight = 36.0
)

// maxFieldName is how long the name of a signature field may be, in bytes.
const maxFieldName = 100

// checkFields refuses names of signature fields by which nobody could be told: a full stop
// parts the names of a tree of fields.
func checkFields(blocks []reports.Block) error {
	seen := map[string]bool{}
	for _, b := range blocks {
		s, is := b.(reports.SignatureBlock)
		switch {
		case !is:
			continue
		case s.Field == "" || len(s.Field) > maxFieldName || strings.Contains(s.Field, ".") || reports.Line(s.Field) != s.Field:
			return fmt.Errorf("signature field %q: a name has 1 to %d printable characters and no full stop", s.Field, maxFieldName)
		case seen[s.Field]:
			return fmt.Errorf("signature field %q: named twice", s.Field)
		}
		seen[s.Field] = true
	}
	return nil
}

// signature draws the card of one signer.
func (l *layout) signature(b reports.SignatureBlock) {
	l.need(cardHeight)
	y, w := l.y, l.sheet.text()
	x := left + w - roomWidth - 6
	l.ornament(func(p *pen) {
		p.frame(left, y, w, cardHeight, 2.5, 0.3, rule, white)
		p.box(left, y+4, 1.2, cardHeight-8, teal)
		p.dashed(x, y+5, roomWidth, roomHeight, 1.5, mute)
	})
	role, person, note := hand{bold, 10, navy}, hand{sans, 9, black}, hand{sans, 8, slate}
	width := x - left - 10
	at := y + 4
	l.within(asParagraph, func() { at = l.stack(left+6, at, width, 5, role, b.Role, 2) })
	l.within(asParagraph, func() { at = l.stack(left+6, at+1, width, 4.6, person, b.Person, 3) })
	l.within(asParagraph, func() { l.stack(left+6, at+1, width, 4, note, b.Note, int((y+cardHeight-3-at)/4)) })
	code := hand{mono, 6.4, mute}
	l.within(asParagraph, func() {
		l.putCentre(x+roomWidth/2, y+5+roomHeight/2-2, 4, code, l.fonts.line(code, "signature field "+b.Field, roomWidth-6))
	})
	l.within(asForm, func() {
		pg := l.page()
		pg.fields = append(pg.fields, area{x, y + 5, roomWidth, roomHeight, b.Field, "Signature: " + b.Role, l.element})
	})
	l.y += cardHeight + 4
}

// stack writes at most n lines below each other and returns where they end.
func (l *layout) stack(x, y, width, lineHeight float64, hnd hand, s string, n int) float64 {
	lines := l.fonts.lines(hnd, s, width)
	for i, line := range lines[:max(0, min(n, len(lines)))] {
		if i == n-1 && len(lines) > n {
			line = l.fonts.line(hnd, line+"…", width)
		}
		l.put(x, y, lineHeight, hnd, line)
		y += lineHeight
	}
	return y
}

// Card is what the visible block of a signature says.
type Card struct {
	Name    string // the signer, as the certificate names them
	Subject string // of the certificate
	Issuer  string // of the certificate
	Time    time.Time
	Reason  string
	// Authority is the host of the time-stamp authority whose stamp goes into the signature,
	// "" where none is asked. When it stamps is known only after the block is signed.
	Authority string
}

// SignatureCard draws the visible block of a signature as a PDF of one page, 86 x 36
// mm, on an opaque ground. Its page is meant to become the appearance of the
// signature's field; the fonts in it are embedded.
func SignatureCard(c Card) ([]byte, error) {
	f, err := newFonts()
	if err != nil {
		return nil, fmt.Errorf("draw signature card: %w", err)
	}
	l := newLayout(reports.Document{}, sheet{roomWidth, roomHeight}, f)
	l.newPage()
	l.draw(func(p *pen) {
		p.frame(0.15, 0.15, roomWidth-0.3, roomHeight-0.3, 1.5, 0.3, rule, white)
		p.box(0.15, 3, 1.2, roomHeight-6, teal)
	})
	const x, width = 5.0, roomWidth - 8
	head, name, small := hand{bold, 8, teal}, hand{bold, 12, navy}, hand{sans, 7, slate}
	y := l.stack(x, 2.6, width, 4.4, head, "Digitally signed", 1)
	y = l.stack(x, y+0.2, width, 5.6, name, reports.Line(c.Name), 1) + 0.5
	y = l.stack(x, y, width, 3.3, small, "Subject: "+reports.Line(c.Subject), 2)
	issuer := 2
	if c.Authority != "" {
		issuer = 1
	}
	y = l.stack(x, y, width, 3.3, small, "Issuer: "+reports.Line(c.Issuer), issuer)
	y = l.stack(x, y, width, 3.3, small, "Time: "+c.Time.UTC().Format("2006-01-02 15:04:05 UTC")+", as the signer claims", 1)
	if c.Authority != "" {
		y = l.stack(x, y, width, 3.3, small, "Time stamp: by "+reports.Line(c.Authority)+", its time in the signature", 1)
	}
	if c.Reason != "" {
		l.stack(x, y, width, 3.3, small, "Reason: "+reports.Line(c.Reason), int((roomHeight-2-y)/3.3))
	}
	p := newPen(l, c.Time)
	p.drawPages()
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		return nil, fmt.Errorf("draw signature card: %w", err)
	}
	card, err := takeApart(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("draw signature card: %w", err)
	}
	card.settleFonts(subsetTag(b.Bytes()))
	return card.bytes("1.7"), nil
}

// newPen opens the drawing library with the faces that the layout needs, and
// nothing in it that depends on where or when it runs.
func newPen(l *layout, date time.Time) *pen {
	lib := fpdf.New("P", "mm", "A4", "")
	lib.SetCompression(true)
	lib.SetCatalogSort(true)
	lib.SetCreationDate(date.UTC())
	lib.SetModificationDate(date.UTC())
	lib.SetMargins(0, 0, 0)
	lib.SetCellMargin(0)
	lib.SetAutoPageBreak(false, 0)
	for i := range faceCount {
		if l.fonts.used[i] {
			lib.AddUTF8FontFromBytes(names[i], "", faceData(i))
		}
	}
	return &pen{Fpdf: lib, fonts: l.fonts, layout: l}
}
