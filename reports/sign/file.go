package sign

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// Limits of what is read. A report of 300 pages has 2 MB, 3,000 objects and 4 revisions.
const (
	MaxFile      = 256 << 20 // bytes of one PDF
	maxObject    = 8_388_607 // the largest object number, as in PDF's own annex C
	maxRevisions = 64
)

var (
	// ErrNotPDF is returned for bytes that do not begin as a PDF does.
	ErrNotPDF = errors.New("not a PDF")
	// ErrUnsupported is returned for kinds of PDF that are not read: compressed
	// cross-references and objects, encryption, files of more than MaxFile bytes.
	ErrUnsupported = errors.New("a kind of PDF that is not read here")
)

// indirect is a numbered object as one revision wrote it.
type indirect struct {
	number   int
	offset   int // of its number in the file
	value    object
	isStream bool
	stream   []byte
}

// write appends the object's body: its value and, where it has one, its stream.
func (i *indirect) write(w *bytes.Buffer) {
	if !i.isStream {
		i.value.write(w)
		return
	}
	i.value.with("Length", integer(len(i.stream))).write(w)
	w.WriteString("\nstream\n")
	w.Write(i.stream)
	w.WriteString("\nendstream")
}

// revision is one whole stretch of the file: objects, their table, a trailer, the end mark.
type revision struct {
	end     int // after the end mark and its line end
	table   int // offset of the cross-reference table
	size    int // one more than the largest object number it allows
	objects map[int]*indirect
	trailer object
}

// numbers lists the objects that the revision wrote, ascending.
func (r *revision) numbers() []int {
	n := make([]int, 0, len(r.objects))
	for i := range r.objects {
		n = append(n, i)
	}
	slices.Sort(n)
	return n
}

// file is a PDF read front to back.
type file struct {
	data      []byte
	revisions []revision
	fault     error // why the bytes after the last whole revision are none; nil if there are no such bytes
}

func (f *file) last() int { return len(f.revisions) - 1 }

// lookup is object number as it stands in the given revision, nil if there is none.
func (f *file) lookup(number, in int) *indirect {
	for ; in >= 0; in-- {
		if i, ok := f.revisions[in].objects[number]; ok {
			return i
		}
	}
	return nil
}

// resolve follows a reference as it stands in the given revision, once: a reference to a
// reference is null.
func (f *file) resolve(o object, in int) object {
	if o.kind != kindRef {
		return o
	}
	i := f.lookup(int(o.number), in)
	if i == nil || i.value.kind == kindRef {
		return object{}
	}
	return i.value
}

// catalog is the document's root and its object number in the given revision.
func (f *file) catalog(in int) (int, object, error) {
	root := f.revisions[in].trailer.get("Root")
	c := f.resolve(root, in)
	if root.kind != kindRef || !c.get("Type").isName("Catalog") {
		return 0, object{}, errors.New("the trailer's root is no catalog")
	}
	return int(root.number), c, nil
}

// readFile reads all revisions. The error concerns the first one; if a later stretch of bytes
// is no revision, the file holds the whole ones before it and says so in fault.
func readFile(data []byte) (*file, error) {
	if len(data) > MaxFile {
		return nil, fmt.Errorf("%d bytes: %w", len(data), ErrUnsupported)
	}
	if !bytes.HasPrefix(data, []byte("%PDF-")) {
		return nil, ErrNotPDF
	}
	f, p := &file{data: data}, &parser{data: data}
	p.header()
	for {
		r, err := p.revision(f)
		if err != nil && len(f.revisions) == 0 {
			return nil, err
		}
		if err != nil {
			f.fault = err
			return f, nil
		}
		f.revisions = append(f.revisions, r)
		if r.end == len(data) {
			return f, nil
		}
	}
}

// header passes over the version and the comments before the first object.
func (p *parser) header() {
	for p.skipSpace(); p.at("%"); p.skipSpace() {
		for p.pos < len(p.data) && p.data[p.pos] != '\n' && p.data[p.pos] != '\r' {
			p.pos++
		}
	}
}

// revision reads one revision that continues the file so far.
func (p *parser) revision(f *file) (revision, error) {
	if len(f.revisions) == maxRevisions {
		return revision{}, p.errorf("more than %d revisions", maxRevisions)
	}
	r := revision{objects: map[int]*indirect{}}
	for p.skipSpace(); !p.at("xref"); p.skipSpace() {
		if p.pos >= len(p.data) {
			return revision{}, p.errorf("the file ends before a cross-reference table")
		}
		if p.at("startxref") {
			return revision{}, p.errorf("a revision without cross-reference table: %w", ErrUnsupported)
		}
		i, err := p.indirect()
		if err != nil {
			return revision{}, err
		}
		if r.objects[i.number] != nil {
			return revision{}, p.errorf("object %d twice in one revision", i.number)
		}
		r.objects[i.number] = i
	}
	r.table = p.pos
	if err := p.crossReferences(r.objects); err != nil {
		return revision{}, err
	}
	if err := p.trailer(&r); err != nil {
		return revision{}, err
	}
	return r, p.checkTrailer(f, &r)
}

// indirect reads "N 0 obj ... endobj".
func (p *parser) indirect() (*indirect, error) {
	i := &indirect{offset: p.pos}
	number, err := p.unsigned()
	if err != nil {
		return nil, err
	}
	if number < 1 || number > maxObject {
		return nil, p.errorf("object number %d", number)
	}
	i.number = number
	p.skipSpace()
	if err := p.keyword("0"); err != nil {
		return nil, fmt.Errorf("object %d: generation: %w", number, err)
	}
	p.skipSpace()
	if err := p.prefix("obj"); err != nil {
		return nil, fmt.Errorf("object %d: %w", number, err)
	}
	if i.value, err = p.value(); err != nil {
		return nil, fmt.Errorf("object %d: %w", number, err)
	}
	p.skipSpace()
	if p.at("stream") {
		if err := p.stream(i); err != nil {
			return nil, fmt.Errorf("object %d: %w", number, err)
		}
	}
	p.skipSpace()
	if err := p.keyword("endobj"); err != nil {
		return nil, fmt.Errorf("object %d: %w", number, err)
	}
	return i, nil
}

func (p *parser) unsigned() (int, error) {
	start := p.pos
	for p.pos < len(p.data) && isDigit(p.data[p.pos]) && p.pos-start < 12 {
		p.pos++
	}
	n, err := strconv.Atoi(string(p.data[start:p.pos]))
	if err != nil {
		return 0, p.errorf("no number")
	}
	return n, nil
}

// stream takes exactly Length bytes between the keywords.
func (p *parser) stream(i *indirect) error {
	switch kind := i.value.get("Type"); {
	case i.value.kind != kindDict:
		return p.errorf("a stream without dictionary")
	case kind.isName("XRef"), kind.isName("ObjStm"):
		return p.errorf("compressed cross-references or objects: %w", ErrUnsupported)
	case i.value.has("F"), i.value.has("FFilter"), i.value.has("FDecodeParms"):
		return p.errorf("a stream whose data is in another file: %w", ErrUnsupported)
	}
	length := i.value.get("Length")
	if length.kind == kindRef {
		return p.errorf("a stream whose length is another object: %w", ErrUnsupported)
	}
	p.pos += len("stream")
	switch {
	case p.at("\r\n"):
		p.pos += 2
	case p.at("\n"):
		p.pos++
	default:
		return p.errorf("no line end after stream")
	}
	if length.kind != kindInteger || length.number < 0 || length.number > int64(len(p.data)-p.pos) {
		return p.errorf("a stream's length is wrong")
	}
	end := p.pos + int(length.number)
	i.isStream, i.stream = true, p.data[p.pos:end:end]
	p.pos = end
	p.skipLineEnd()
	return p.keyword("endstream")
}

func (p *parser) skipLineEnd() {
	switch {
	case p.at("\r\n"):
		p.pos += 2
	case p.at("\n"), p.at("\r"):
		p.pos++
	}
}

// crossReferences reads a table and holds it against the objects just read: it must name each
// of them, at its place, and nothing else. So no reader that starts from the table sees
// another document, and no earlier object is pointed elsewhere.
func (p *parser) crossReferences(objects map[int]*indirect) error {
	p.pos += len("xref")
	named := map[int]bool{}
	for p.skipSpace(); !p.at("trailer"); p.skipSpace() {
		first, err := p.unsigned()
		if err != nil {
			return fmt.Errorf("cross-reference table: %w", err)
		}
		p.skipSpace()
		count, err := p.unsigned()
		if err != nil || first+count > maxObject+1 {
			return p.errorf("cross-reference table: no count")
		}
		for p.pos < len(p.data) && p.data[p.pos] == ' ' {
			p.pos++
		}
		p.skipLineEnd()
		for n := first; n < first+count; n++ {
			offset, used, err := p.entry()
			switch {
			case err != nil:
				return err
			case named[n]:
				return p.errorf("cross-reference table: object %d twice", n)
			case !used && objects[n] != nil, used && objects[n] == nil, used && objects[n].offset != offset:
				return p.errorf("cross-reference table: object %d is not where the table says", n)
			}
			named[n] = true
		}
	}
	for n := range objects {
		if !named[n] {
			return p.errorf("object %d is missing in the cross-reference table", n)
		}
	}
	return nil
}

// entry reads the 20 bytes of one table entry.
func (p *parser) entry() (offset int, used bool, err error) {
	const size = 20
	if len(p.data)-p.pos < size {
		return 0, false, p.errorf("cross-reference table: the file ends")
	}
	e := string(p.data[p.pos : p.pos+size])
	p.pos += size
	offset, err1 := decimal(e[:10])
	generation, err2 := decimal(e[11:16])
	end := e[18:]
	if err1 != nil || err2 != nil || e[10] != ' ' || e[16] != ' ' || (end != " \n" && end != " \r" && end != "\r\n") {
		return 0, false, p.errorf("cross-reference table: a broken entry")
	}
	switch {
	case e[17] == 'n' && generation == 0:
		return offset, true, nil
	case e[17] == 'f':
		return offset, false, nil
	}
	return 0, false, p.errorf("cross-reference table: a broken entry")
}

// decimal reads a number written in digits alone.
func decimal(s string) (int, error) {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return 0, strconv.ErrSyntax
		}
	}
	return strconv.Atoi(s)
}

// trailer reads from "trailer" to the end mark and its line end.
func (p *parser) trailer(r *revision) (err error) {
	if err := p.prefix("trailer"); err != nil {
		return err
	}
	if r.trailer, err = p.value(); err != nil {
		return fmt.Errorf("trailer: %w", err)
	}
	p.skipSpace()
	if err := p.keyword("startxref"); err != nil {
		return err
	}
	p.skipSpace()
	start, err := p.unsigned()
	if err != nil || start != r.table {
		return p.errorf("startxref does not name the table before it")
	}
	p.skipSpace()
	if err := p.prefix("%%EOF"); err != nil {
		return err
	}
	p.skipLineEnd()
	r.end = p.pos
	return nil
}

// checkTrailer holds a trailer against the revision before it.
func (p *parser) checkTrailer(f *file, r *revision) error {
	t := r.trailer
	size, previous := t.get("Size"), t.get("Prev")
	switch {
	case t.kind != kindDict:
		return p.errorf("the trailer is no dictionary")
	case t.has("Encrypt"):
		return p.errorf("encrypted: %w", ErrUnsupported)
	case t.has("XRefStm"):
		return p.errorf("compressed cross-references: %w", ErrUnsupported)
	case size.kind != kindInteger || size.number < 1 || size.number > maxObject+1:
		return p.errorf("the trailer's size is wrong")
	}
	r.size = int(size.number)
	for n := range r.objects {
		if n >= r.size {
			return p.errorf("object %d is beyond the trailer's size", n)
		}
	}
	if len(f.revisions) == 0 {
		if t.has("Prev") {
			return p.errorf("the first revision names an earlier one: %w", ErrUnsupported)
		}
		return nil
	}
	before := f.revisions[f.last()]
	if previous.kind != kindInteger || previous.number != int64(before.table) {
		return p.errorf("a revision does not continue the one before it")
	}
	if r.size < before.size {
		return p.errorf("a revision takes object numbers back")
	}
	return nil
}
