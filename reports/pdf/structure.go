package pdf

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"tickmark/reports"
)

// element is a part of what the file says of its own structure, for those who have it
// read aloud: headings, paragraphs, lists, tables cell by cell, links, pictures with their
// words. What is on every page is no part of it. An element holds others, or content.
type element struct {
	above  *element
	below  []*element
	marks  []markedContent
	role   role
	number int32 // of its object
}

// markedContent is content of a page by its number there.
type markedContent struct{ page, number int32 }

// role is what an element is, by the standard's names.
type role uint8

const (
	asDocument role = iota
	asHeading1
	asHeading2
	asHeading3
	asParagraph
	asDivision
	asContentsList
	asContentsItem
	asCrossReference
	asLinked
	asList
	asListItem
	asListBody
	asTable
	asTableRow
	asColumnHead
	asRowHead
	asTableCell
	asFigure
	asForm
)

// roles are the names in the file.
var roles = [...]string{
	"Document", "H1", "H2", "H3", "P", "Div", "TOC", "TOCI", "Reference", "Link", "L", "LI", "LBody", "Table", "TR", "TH", "TH", "TD", "Figure", "Form",
}

// stroke is something to be drawn, and the element that it belongs to; nil is none.
type stroke struct {
	draw func(*pen)
	of   *element
}

// open begins an element below another, nil being the document.
func (l *layout) open(r role, above *element) *element {
	e := &element{role: r, above: above}
	if above == nil {
		above = &l.root
	}
	above.below = append(above.below, e)
	return e
}

// within lays out a part of a block as an element below that of the block.
func (l *layout) within(r role, lay func()) {
	above := l.element
	l.element = l.open(r, above)
	lay()
	l.element = above
}

// aside lays out what is no part of the structure: lines, grounds, dots.
func (l *layout) aside(lay func()) {
	above := l.element
	l.element = nil
	lay()
	l.element = above
}

// ornament notes a stroke that is no part of the structure.
func (l *layout) ornament(draw func(*pen)) { l.aside(func() { l.draw(draw) }) }

// elementOf is the element of a block, nil where its parts have their own.
func (l *layout) elementOf(b reports.Block) *element {
	switch b := b.(type) {
	case reports.Heading:
		l.level = min(max(b.Level, 1), 3, l.level+1) // as the outline, it skips no level
		return l.open(asHeading1+role(l.level-1), nil)
	case reports.Cover, reports.Callout, reports.SignatureBlock:
		return l.open(asDivision, nil)
	case reports.List:
		return l.open(asList, nil)
	case reports.Facts:
		return l.open(asTable, nil)
	case reports.Picture:
		return l.picturedAs(strings.Join(append([]string{b.Caption}, b.Words...), " "))
	case reports.Donut:
		return l.picturedAs(b.Figure + " " + b.Caption + inWords(b.Slices))
	case reports.Bars:
		words := make([]string, len(b.Rows))
		for i, r := range b.Rows {
			words[i] = fmt.Sprintf("%s %s: %s%s.", r.Number, r.Label, r.Figure, inWords(r.Slices))
		}
		return l.picturedAs(strings.Join(words, " "))
	case reports.Table:
		if len(b.Rows) > 0 {
			return l.open(asTable, nil)
		}
	case reports.Contents:
		return nil
	}
	return l.open(asParagraph, nil)
}

// picturedAs is the element of a picture, with the words that stand for it.
func (l *layout) picturedAs(words string) *element {
	e := l.open(asFigure, nil)
	l.words[e] = words
	return e
}

func inWords(parts []reports.Slice) string {
	var b strings.Builder
	for _, s := range parts {
		fmt.Fprintf(&b, "; %s: %d", s.Label, s.Count)
	}
	return b.String()
}

// drawStrokes draws a page, each element's content between its marks.
func (p *pen) drawStrokes(pg *page, number int) {
	for i, s := range pg.strokes {
		if i == 0 || s.of != pg.strokes[i-1].of {
			if i > 0 {
				p.RawWriteStr("EMC")
			}
			if s.of == nil {
				p.RawWriteStr("/Artifact BMC")
			} else {
				p.RawWriteStr("/" + roles[s.of.role] + " <</MCID " + strconv.Itoa(len(pg.marked)) + ">> BDC")
				s.of.marks = append(s.of.marks, markedContent{int32(number), int32(len(pg.marked))})
				pg.marked = append(pg.marked, s.of)
			}
		}
		s.draw(p)
	}
	if len(pg.strokes) > 0 {
		p.RawWriteStr("EMC")
	}
}

// tree writes the structure of the document and ties pages, links and fields to it.
type tree struct {
	*file
	layout *layout
	pages  []int                 // their objects
	noted  map[*element][]onPage // annotations, by the element that they make a link or a field of
	heads  [2]int                // what makes a head of a column, and one of a row
	fields []string              // references to those of signatures
	blank  int                   // what stands in an empty one
}

// onPage is an annotation's object, and the page that it is on.
type onPage struct{ object, page int }

// structure writes the tree of elements, the links, the empty fields for signatures, and
// what ties the pages to them.
func (f *file) structure(catalog *dict, l *layout) error {
	t := tree{file: f, layout: l, pages: f.pageNumbers(), noted: map[*element][]onPage{}}
	if len(t.pages) != len(l.pages) {
		return fmt.Errorf("read %d pages of %d: %w", len(t.pages), len(l.pages), errLayout)
	}
	root := f.add(nil)
	t.heads[0] = f.add([]byte("<</O /Table /Scope /Column>>"))
	t.heads[1] = f.add([]byte("<</O /Table /Scope /Row>>"))
	l.root.says()
	t.number(&l.root)
	var nums bytes.Buffer
	tied := t.tiePages(&nums)
	t.write(&l.root, root)
	parents := f.add(fmt.Appendf(nil, "<</Nums [%s]>>", bytes.TrimSpace(nums.Bytes())))
	f.objects[root] = fmt.Appendf(nil, "<</Type /StructTreeRoot /K %d 0 R /ParentTree %d 0 R /ParentTreeNextKey %d>>", l.root.number, parents, tied)
	catalog.set("StructTreeRoot", reference(root))
	catalog.set("MarkInfo", "<< /Marked true >>")
	if len(t.fields) > 0 { // 3: there are signature fields, and the file may only be appended to
		catalog.set("AcroForm", "<< /Fields ["+strings.Join(t.fields, " ")+"] /SigFlags 3 >>")
	}
	return nil
}

// says leaves out what says nothing below an element, and reports whether something is left
// of it. Cells keep their place in a row.
func (e *element) says() bool {
	e.below = slices.DeleteFunc(e.below, func(below *element) bool { return !below.says() })
	switch e.role {
	case asColumnHead, asRowHead, asTableCell, asForm:
		return true
	default:
		return len(e.below)+len(e.marks) > 0
	}
}

// number gives an object to every element that says something, in the order of reading.
func (t *tree) number(e *element) {
	e.number = int32(t.add(nil))
	for _, below := range e.below {
		t.number(below)
	}
}

// tiePages names in the tree of parents the element of each mark of a page, and of each
// link and field, and puts those on their pages. It returns how many keys there are.
func (t *tree) tiePages(nums *bytes.Buffer) int {
	key := len(t.pages)
	var noted bytes.Buffer
	for i, pg := range t.layout.pages {
		fmt.Fprintf(nums, "%d [", i)
		for _, e := range pg.marked {
			fmt.Fprintf(nums, "%d 0 R ", e.number)
		}
		nums.WriteString("] ")
		d := parseDict(t.objects[t.pages[i]])
		d.set("StructParents", strconv.Itoa(i))
		var annotations []string
		note := func(n int, of *element) {
			annotations = append(annotations, reference(n))
			fmt.Fprintf(&noted, "%d %d 0 R ", key, of.number)
			t.noted[of] = append(t.noted[of], onPage{n, i})
			key++
		}
		for _, a := range pg.links {
			if at, known := t.layout.anchors[a.to]; known {
				note(t.add(t.annotation(a, at, key)), a.of)
			}
		}
		for _, a := range pg.fields {
			note(t.field(a, t.pages[i], key), a.of)
		}
		if len(annotations) > 0 {
			d.set("Annots", "["+strings.Join(annotations, " ")+"]")
			d.set("Tabs", "/S")
		}
		t.objects[t.pages[i]] = d.bytes()
	}
	nums.Write(noted.Bytes())
	return key
}

// write writes an element and all below it.
func (t *tree) write(e *element, above int) {
	name := roles[e.role]
	if e.role == asLinked && len(t.noted[e]) == 0 {
		name = "Span" // it leads nowhere
	}
	b := fmt.Appendf(nil, "<</S /%s /P %d 0 R", name, above)
	switch e.role {
	case asColumnHead:
		b = fmt.Appendf(b, " /A %d 0 R", t.heads[0])
	case asRowHead:
		b = fmt.Appendf(b, " /A %d 0 R", t.heads[1])
	case asFigure:
		b = fmt.Appendf(b, " /Alt %s", textString(t.layout.words[e]))
		if at, known := t.layout.bounds[e]; known {
			b = fmt.Appendf(b, " /A <</O /Layout /Placement /Block /BBox %s>>", t.rectangle(at))
		}
	default: // what it is called says it all
	}
	b = t.kids(b, e)
	t.objects[e.number] = append(b, ">>"...)
	for _, below := range e.below {
		t.write(below, int(e.number))
	}
}

// kids appends what an element holds: others, content, and the links on it.
func (t *tree) kids(b []byte, e *element) []byte {
	on := int32(-1)
	if len(e.marks) > 0 {
		on = e.marks[0].page
		b = fmt.Appendf(b, " /Pg %d 0 R", t.pages[on])
	}
	if len(e.below) == 0 && len(e.marks) == 1 && len(t.noted[e]) == 0 {
		return fmt.Appendf(b, " /K %d", e.marks[0].number)
	}
	b = append(b, " /K ["...)
	for _, below := range e.below {
		b = fmt.Appendf(b, "%d 0 R ", below.number)
	}
	for _, m := range e.marks {
		if m.page == on {
			b = fmt.Appendf(b, "%d ", m.number)
		} else {
			b = fmt.Appendf(b, "<</Type /MCR /Pg %d 0 R /MCID %d>> ", t.pages[m.page], m.number)
		}
	}
	for _, a := range t.noted[e] {
		b = fmt.Appendf(b, "<</Type /OBJR /Obj %d 0 R /Pg %d 0 R>> ", a.object, t.pages[a.page])
	}
	return append(bytes.TrimSuffix(b, []byte(" ")), ']')
}

// annotation is a link on a page to a place in the document.
func (t *tree) annotation(a area, to place, key int) []byte {
	return fmt.Appendf(nil, "<</Type /Annot /Subtype /Link /F 4 /Border [0 0 0] /Rect %s /Dest [%d 0 R /XYZ 0 %.2f null] /Contents %s /StructParent %d>>",
		t.rectangle(a), t.pages[to.page-1], (t.layout.sheet.height-max(to.y-4, 0))/mmPerPoint, textString(a.words), key)
}

// field adds an empty field for one signature. All are there from the start: which of them
// is still empty can be told, and a signature may fill one and change nothing else.
func (t *tree) field(a area, page, key int) int {
	if t.blank == 0 { // PDF/A wants an appearance on every field
		t.blank = t.add(stream("/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << >>", nil))
	}
	const printAndLocked = 4 | 128
	n := t.add(fmt.Appendf(nil, "<</Type /Annot /Subtype /Widget /FT /Sig /F %d /T %s /TU %s /P %d 0 R /Rect %s /AP << /N %d 0 R >> /StructParent %d>>",
		printAndLocked, textString(a.to), textString(a.words), page, t.rectangle(a), t.blank, key))
	t.fields = append(t.fields, reference(n))
	return n
}

// rectangle is an area in points from the lower left corner of its page.
func (t *tree) rectangle(a area) string {
	const k = 1 / mmPerPoint
	h := t.layout.sheet.height
	return fmt.Sprintf("[%.2f %.2f %.2f %.2f]", a.x*k, (h-a.y-a.h)*k, (a.x+a.w)*k, (h-a.y)*k)
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

// textString is text: as it stands where it is plain, else in UTF-16.
func textString(s string) string {
	s = reports.Line(s)
	if !strings.ContainsFunc(s, func(r rune) bool { return r > '~' }) {
		return "(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s) + ")"
	}
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String() + ">"
}
