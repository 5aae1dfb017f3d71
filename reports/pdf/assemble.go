package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"math/bits"
	"strings"
	"time"

	"github.com/go-pdf/fpdf"
)

// The drawing library makes the fonts: of each face the characters that were drawn, with
// what a reader needs to find them. Everything else of the file is written here.

// glyphs is a set of characters up to U+FFFF.
type glyphs struct {
	words [1 << 10]uint64
	any   bool
}

func (g *glyphs) add(s string) {
	for _, r := range s {
		g.words[r>>6&0x3FF] |= 1 << (r & 63)
		g.any = true
	}
}

// text is every character of the set, in order.
func (g *glyphs) text() string {
	var b strings.Builder
	for i, word := range g.words {
		for ; word != 0; word &= word - 1 {
			b.WriteRune(rune(i<<6 + bits.TrailingZeros64(word)))
		}
	}
	return b.String()
}

// packer deflates one stream after the other.
type packer struct {
	out    bytes.Buffer
	writer *zlib.Writer
}

func (p *packer) pack(b []byte) []byte {
	p.out.Reset()
	if p.writer == nil {
		p.writer = zlib.NewWriter(&p.out)
	} else {
		p.writer.Reset(&p.out)
	}
	_, _ = p.writer.Write(b) // a bytes.Buffer takes everything
	_ = p.writer.Close()
	return bytes.Clone(p.out.Bytes())
}

// taken returns the content that was drawn since the last time, deflated.
func (p *pen) taken() []byte {
	packed := p.packer.pack(p.content.Bytes())
	p.clear(p.height)
	return packed
}

// body draws what belongs to a page alone, and lets its strokes go.
func (p *pen) body(pg *page, number int) {
	p.clear(p.layout.sheet.height)
	p.drawStrokes(pg, number)
	pg.body, pg.strokes = p.taken(), nil
}

// The objects that the library gives fixed numbers to.
const (
	pagesObject     = 1
	resourcesObject = 2
	firstPageObject = 3
)

// assemble makes a file of the pages that were drawn: with fonts and pages, and without
// what makes it an archive.
func (p *pen) assemble(date time.Time, describe func(*fpdf.Fpdf)) (*file, error) {
	lib := fpdf.New("P", "mm", "A4", "")
	lib.SetCompression(true)
	lib.SetCatalogSort(true)
	lib.SetCreationDate(date.UTC())
	lib.SetModificationDate(date.UTC())
	lib.SetMargins(0, 0, 0)
	lib.SetAutoPageBreak(false, 0)
	lib.AddPage()
	for i := range faceCount {
		if p.runes[i].any {
			lib.AddUTF8FontFromBytes(names[i], "", faceData(i))
			lib.SetFont(names[i], "", 10)
			lib.Text(0, 0, p.runes[i].text())
		}
	}
	describe(lib)
	var raw bytes.Buffer
	if err := lib.Output(&raw); err != nil {
		return nil, fmt.Errorf("make fonts: %w", err)
	}
	f, err := takeApart(raw.Bytes())
	if err != nil {
		return nil, fmt.Errorf("make fonts: %w", err)
	}
	f.resources(p)
	f.addPages(p.layout)
	return f, nil
}

// resources names the fonts by the numbers of their faces, and the shadings in turn.
func (f *file) resources(p *pen) {
	var b bytes.Buffer
	b.WriteString("<</Font <<")
	for n, body := range f.objects {
		for i, name := range names {
			if bytes.HasPrefix(body, []byte("<</Type /Font\n/Subtype /Type0\n/BaseFont /utf8"+name+"\n")) {
				fmt.Fprintf(&b, "/F%d %d 0 R ", i, n)
			}
		}
	}
	b.WriteString(">>")
	if len(p.shadings) > 0 {
		b.WriteString(" /Shading <<")
		for i, s := range p.shadings {
			ink := func(c colour) string {
				return fmt.Sprintf("[%.3f %.3f %.3f]", part(c[0]), part(c[1]), part(c[2]))
			}
			n := f.add(fmt.Appendf(nil, "<</ShadingType 2 /ColorSpace /DeviceRGB /Coords [0 1 1 0] /Extend [true true] /Function <</FunctionType 2 /Domain [0 1] /C0 %s /C1 %s /N 1>>>>",
				ink(s.from), ink(s.to)))
			fmt.Fprintf(&b, "/Sh%d %d 0 R ", i+1, n)
		}
		b.WriteString(">>")
	}
	b.WriteString(">>")
	f.objects[resourcesObject] = b.Bytes()
}

// addPages puts the pages in place of the one that the library made.
func (f *file) addPages(l *layout) {
	var kids strings.Builder
	for i, pg := range l.pages {
		n, body := firstPageObject, firstPageObject+1 // the library opens the file on it
		if i > 0 {
			n, body = f.add(nil), f.add(nil)
		}
		contents := reference(body)
		f.objects[body] = stream("/Filter /FlateDecode", pg.body)
		if len(pg.head) > 0 {
			contents = "[" + reference(f.add(stream("/Filter /FlateDecode", pg.head))) + " " + contents + "]"
		}
		f.objects[n] = fmt.Appendf(nil, "<</Type /Page /Parent %d 0 R /MediaBox [0 0 %.2f %.2f] /Resources %d 0 R /Contents %s>>",
			pagesObject, l.sheet.width*points, l.sheet.height*points, resourcesObject, contents)
		f.pages = append(f.pages, n)
		kids.WriteString(reference(n) + " ")
		pg.head, pg.body = nil, nil
	}
	f.objects[pagesObject] = fmt.Appendf(nil, "<</Type /Pages /Kids [%s] /Count %d>>", strings.TrimSpace(kids.String()), len(l.pages))
}

// bookmark is an item of the outline, with the numbers of those around it.
type bookmark struct {
	number, above, before, after, first, count int
	last                                       *bookmark // below it
}

// outline writes the bookmarks: every heading below the one that it belongs to. Those of
// the first level show, what is below them is closed.
func (f *file) outline(catalog *dict, l *layout) {
	if len(l.marks) == 0 {
		return
	}
	root := &bookmark{number: f.add(nil)}
	way := []*bookmark{root} // down to the last one
	all := make([]*bookmark, len(l.marks))
	for i, m := range l.marks {
		way = way[:min(max(m.level, 1), len(way))] // never a level left out
		above := way[len(way)-1]
		it := &bookmark{number: f.add(nil), above: above.number}
		if above.last == nil {
			above.first = it.number
		} else {
			it.before, above.last.after = above.last.number, it.number
		}
		above.last = it
		above.count++
		way, all[i] = append(way, it), it
	}
	for i, m := range l.marks {
		f.objects[all[i].number] = f.bookmark(l, m, all[i])
	}
	f.objects[root.number] = fmt.Appendf(nil, "<</Type /Outlines /First %d 0 R /Last %d 0 R /Count %d>>", root.first, root.last.number, root.count)
	catalog.set("Outlines", reference(root.number))
	catalog.set("PageMode", "/UseOutlines")
}

func (f *file) bookmark(l *layout, m mark, it *bookmark) []byte {
	b := fmt.Appendf(nil, "<</Title %s /Parent %d 0 R /Dest %s", textString(m.text), it.above, f.destination(l, m.place))
	if it.before > 0 {
		b = fmt.Appendf(b, " /Prev %d 0 R", it.before)
	}
	if it.after > 0 {
		b = fmt.Appendf(b, " /Next %d 0 R", it.after)
	}
	if it.last != nil {
		b = fmt.Appendf(b, " /First %d 0 R /Last %d 0 R /Count %d", it.first, it.last.number, -it.count)
	}
	return append(b, ">>"...)
}

// destination is a place in the document, a little above what is there.
func (f *file) destination(l *layout, at place) string {
	return fmt.Sprintf("[%d 0 R /XYZ 0 %.2f null]", f.pages[at.page-1], (l.sheet.height-max(at.y-4, 0))*points)
}
