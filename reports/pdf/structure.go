package pdf

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"tickmark/reports"
)

// element is a part of what the file says of its own structure, for those who have it
// read aloud: headings, paragraphs, tables by rows, pictures with their words. What is on
// every page is no part of it.
type element struct {
	role  string
	words string // of a picture, instead of what is drawn
	above *element
	below []*element
	marks []markedContent
}

// markedContent is content of a page by its number there.
type markedContent struct{ page, number int }

// stroke is something to be drawn, and the element that it belongs to; nil is none.
type stroke struct {
	draw func(*pen)
	of   *element
}

// open begins an element below another, nil being the document.
func (l *layout) open(role string, above *element) *element {
	e := &element{role: role, above: above}
	if above == nil {
		l.elements = append(l.elements, e)
	} else {
		above.below = append(above.below, e)
	}
	return e
}

// elementOf is the element of a block.
func (l *layout) elementOf(b reports.Block) *element {
	switch b := b.(type) {
	case reports.Heading:
		return l.open("H"+strconv.Itoa(min(max(b.Level, 1), 3)), nil)
	case reports.Contents:
		return l.open("TOC", nil)
	case reports.Picture:
		e := l.open("Figure", nil)
		e.words = strings.Join(append([]string{b.Caption}, b.Words...), " ")
		return e
	case reports.Donut:
		e := l.open("Figure", nil)
		e.words = b.Figure + " " + b.Caption
		for _, s := range b.Slices {
			e.words += fmt.Sprintf("; %s: %d", s.Label, s.Count)
		}
		return e
	case reports.Table:
		if len(b.Rows) > 0 {
			return l.open("Table", nil)
		}
	case reports.PageBreak:
		return nil
	}
	return l.open("P", nil)
}

// cellsOf is the element that a row of the table that is laid out is drawn in.
func (l *layout) cellsOf(table *element, role string) *element {
	return l.open(role, l.open("TR", table))
}

// drawStrokes draws a page, each element's content between its marks.
func (p *pen) drawStrokes(pg *page, number int) {
	marks := 0
	for i, s := range pg.strokes {
		if i == 0 || s.of != pg.strokes[i-1].of {
			if i > 0 {
				p.RawWriteStr("EMC")
			}
			if s.of == nil {
				p.RawWriteStr("/Artifact BMC")
			} else {
				p.RawWriteStr(fmt.Sprintf("/%s <</MCID %d>> BDC", s.of.role, marks))
				s.of.marks = append(s.of.marks, markedContent{number, marks})
				pg.marked = append(pg.marked, s.of)
				marks++
			}
		}
		s.draw(p)
	}
	if len(pg.strokes) > 0 {
		p.RawWriteStr("EMC")
	}
}

// structure writes the tree of elements and ties the pages to it.
func (f *file) structure(catalog *dict, l *layout) {
	pages := f.pageNumbers()
	if len(pages) != len(l.pages) {
		return // the pages of another document
	}
	root, whole := f.add(nil), f.add(nil)
	numbers := map[*element]int{}
	var place func(above int, all []*element) string
	place = func(above int, all []*element) string {
		var kids strings.Builder
		for _, e := range all {
			n := f.add(nil)
			numbers[e] = n
			below := place(n, e.below)
			for _, m := range e.marks {
				below += fmt.Sprintf("<</Type /MCR /Pg %d 0 R /MCID %d>> ", pages[m.page], m.number)
			}
			words := ""
			if e.words != "" {
				words = " /Alt " + textString(e.words)
			}
			f.objects[n] = fmt.Appendf(nil, "<< /Type /StructElem /S /%s /P %d 0 R%s /K [%s] >>\n", e.role, above, words, strings.TrimSpace(below))
			kids.WriteString(reference(n) + " ")
		}
		return kids.String()
	}
	f.objects[whole] = fmt.Appendf(nil, "<< /Type /StructElem /S /Document /P %d 0 R /K [%s] >>\n", root, strings.TrimSpace(place(whole, l.elements)))
	var nums strings.Builder
	for i, pg := range l.pages {
		fmt.Fprintf(&nums, "%d [", i)
		for _, e := range pg.marked {
			nums.WriteString(reference(numbers[e]) + " ")
		}
		nums.WriteString("] ")
		d := parseDict(f.objects[pages[i]])
		d.set("StructParents", strconv.Itoa(i))
		f.objects[pages[i]] = d.bytes()
	}
	parents := f.add(fmt.Appendf(nil, "<< /Nums [%s] >>\n", strings.TrimSpace(nums.String())))
	f.objects[root] = fmt.Appendf(nil, "<< /Type /StructTreeRoot /K %d 0 R /ParentTree %d 0 R /ParentTreeNextKey %d >>\n", whole, parents, len(pages))
	catalog.set("StructTreeRoot", reference(root))
	catalog.set("MarkInfo", "<< /Marked true >>")
}

// pageNumbers are the objects of the pages in their order.
func (f *file) pageNumbers() []int {
	catalog := parseDict(f.objects[f.root])
	tree := catalog.ref("Pages")
	if tree <= 0 || tree >= len(f.objects) {
		return nil
	}
	var all []int
	fields := strings.Fields(strings.Trim(parseDict(f.objects[tree]).get("Kids"), "[] \n"))
	for i := 0; i+2 < len(fields); i += 3 {
		n, err := strconv.Atoi(fields[i])
		if err != nil || n <= 0 || n >= len(f.objects) {
			return nil
		}
		all = append(all, n)
	}
	return all
}

// textString is text in UTF-16, in hexadecimal digits.
func textString(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(reports.Line(s))) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String() + ">"
}
