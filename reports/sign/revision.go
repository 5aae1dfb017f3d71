package sign

import (
	"bytes"
	"fmt"
	"slices"
)

// indirect is a numbered object as one revision wrote it.
type indirect struct {
	number   int
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

// spot is where an indirect object stands in the file: of the thousands in a report only
// the few that a signature concerns are ever taken apart.
type spot struct {
	number, offset   int32 // the object's, and of that number in the file
	start, end       int32 // of its value
	data, dataEnd    int32 // of its stream
	isStream, listed bool  // listed: the cross-reference table names it
	signs            bool  // it has the names that a signature has
}

// revision is one whole stretch of the file: objects, their table, a trailer, the end mark.
type revision struct {
	file    *file
	end     int     // after the end mark and its line end
	table   int     // offset of the cross-reference table
	size    int     // one more than the largest object number it allows
	spots   []spot  // by object number
	refs    []int32 // all numbers that its objects refer to, in the order of the text
	taken   map[int]*indirect
	trailer object
}

// numbers lists the objects that the revision wrote, ascending.
func (r *revision) numbers() []int {
	n := make([]int, len(r.spots))
	for i := range r.spots {
		n[i] = int(r.spots[i].number)
	}
	return n
}

// find is where object number stands, nil if the revision did not write it.
func (r *revision) find(number int) *spot {
	if len(r.spots) == 0 || number > int(r.spots[len(r.spots)-1].number) {
		return nil
	}
	// Most revisions leave no number out.
	switch i := number - int(r.spots[0].number); {
	case i < 0:
		return nil
	case i < len(r.spots) && int(r.spots[i].number) == number:
		return &r.spots[i]
	}
	i, found := slices.BinarySearchFunc(r.spots, number, func(s spot, n int) int { return int(s.number) - n })
	if !found {
		return nil
	}
	return &r.spots[i]
}

// object is object number as the revision wrote it, nil if it did not.
func (r *revision) object(number int) *indirect {
	if i, is := r.taken[number]; is {
		return i
	}
	s := r.find(number)
	if s == nil {
		return nil
	}
	p := &parser{data: r.file.data, pos: int(s.start)}
	i := &indirect{number: number, isStream: s.isStream}
	var err error
	if i.value, err = p.value(); err != nil || p.pos != int(s.end) {
		r.file.misread = append(r.file.misread, number) // it was passed over as sound
	}
	if s.isStream {
		i.stream = r.file.data[s.data:s.dataEnd:s.dataEnd]
	}
	r.taken[number] = i
	return i
}

// revision reads one revision that continues the file so far.
func (p *parser) revision(f *file) (*revision, error) {
	if len(f.revisions) == maxRevisions {
		return nil, p.errorf("more than %d revisions", maxRevisions)
	}
	expected := min((len(p.data)-p.pos)/128, 1<<15) // of objects: too few only costs time
	r := &revision{file: f, spots: make([]spot, 0, expected), taken: map[int]*indirect{}}
	p.passed.refs = make([]int32, 0, 4*expected)
	for p.skipSpace(); !p.at("xref"); p.skipSpace() {
		if p.pos >= len(p.data) {
			return nil, p.errorf("the file ends before a cross-reference table")
		}
		if p.at("startxref") {
			return nil, p.errorf("a revision without cross-reference table: %w", ErrUnsupported)
		}
		s, err := p.indirect()
		if err != nil {
			return nil, err
		}
		r.spots = append(r.spots, s)
	}
	if err := p.sort(r); err != nil {
		return nil, err
	}
	r.table, r.refs = p.pos, p.passed.refs
	if err := p.crossReferences(f, r); err != nil {
		return nil, err
	}
	if err := p.trailer(r); err != nil {
		return nil, err
	}
	return r, p.checkTrailer(f, r)
}

// sort puts the objects of a revision into the order of their numbers, each of which comes once.
func (p *parser) sort(r *revision) error {
	order := func(a, b spot) int { return int(a.number) - int(b.number) }
	if !slices.IsSortedFunc(r.spots, order) {
		slices.SortFunc(r.spots, order)
	}
	for i := range r.spots[:max(0, len(r.spots)-1)] {
		if r.spots[i].number == r.spots[i+1].number {
			return p.errorf("object %d twice in one revision", r.spots[i].number)
		}
	}
	return nil
}

// indirect passes over "N 0 obj ... endobj" and remembers what is where.
func (p *parser) indirect() (spot, error) {
	s := spot{offset: int32(p.pos)}
	number, err := p.unsigned()
	if err != nil {
		return s, err
	}
	if number < 1 || number > maxObject {
		return s, p.errorf("object number %d", number)
	}
	s.number = int32(number)
	if err := p.body(&s); err != nil {
		return s, fmt.Errorf("object %d: %w", number, err)
	}
	return s, nil
}

// body passes over what follows an object's number.
func (p *parser) body(s *spot) error {
	if begins := " 0 obj\n"; p.at(begins) { // as they mostly do
		p.pos += len(begins)
	} else if err := p.begin(); err != nil {
		return err
	}
	p.skipSpace()
	s.start = int32(p.pos)
	if err := p.skip(); err != nil {
		return err
	}
	s.signs, s.end = p.passed.signs, int32(p.pos)
	p.skipSpace()
	if p.at("stream") {
		if err := p.stream(s); err != nil {
			return err
		}
	}
	p.skipSpace()
	return p.keyword("endobj")
}

// begin passes over what stands between an object's number and its value.
func (p *parser) begin() error {
	p.skipSpace()
	if err := p.keyword("0"); err != nil {
		return fmt.Errorf("generation: %w", err)
	}
	p.skipSpace()
	return p.keyword("obj")
}

func (p *parser) unsigned() (int, error) {
	start := p.pos
	for p.pos < len(p.data) && isDigit(p.data[p.pos]) && p.pos-start < 12 {
		p.pos++
	}
	n, is := decimal(p.data[start:p.pos])
	if !is {
		return 0, p.errorf("no number")
	}
	return n, nil
}

// stream takes exactly Length bytes between the keywords.
func (p *parser) stream(s *spot) error {
	length, is := packedLength(p.data[s.start:s.end])
	if !is {
		var err error
		if length, err = p.lengthOf(s); err != nil {
			return err
		}
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
	if length < 0 || length > int64(len(p.data)-p.pos) {
		return p.errorf("a stream's length is wrong")
	}
	end := p.pos + int(length)
	s.isStream, s.data, s.dataEnd = true, int32(p.pos), int32(end)
	p.pos = end
	p.skipLineEnd()
	return p.keyword("endstream")
}

// packedLength is the length of a stream of which nothing else is said but that it is packed: a
// report's pages are like that.
func packedLength(dictionary []byte) (int64, bool) {
	text, one := bytes.CutPrefix(dictionary, []byte("<</Filter /FlateDecode /Length "))
	text, two := bytes.CutSuffix(text, []byte(">>"))
	n, three := decimal(text)
	return int64(n), one && two && three && len(text) < 12
}

// lengthOf is the length that a stream's dictionary names, -1 where it names none.
func (p *parser) lengthOf(s *spot) (int64, error) {
	back := p.pos
	p.pos = int(s.start)
	d, err := p.value()
	p.pos = back
	switch kind := d.get("Type"); {
	case err != nil:
		return 0, err
	case d.kind != kindDict:
		return 0, p.errorf("a stream without dictionary")
	case kind.isName("XRef"), kind.isName("ObjStm"):
		return 0, p.errorf("compressed cross-references or objects: %w", ErrUnsupported)
	case d.has("F"), d.has("FFilter"), d.has("FDecodeParms"):
		return 0, p.errorf("a stream whose data is in another file: %w", ErrUnsupported)
	case d.get("Length").kind == kindRef:
		return 0, p.errorf("a stream whose length is another object: %w", ErrUnsupported)
	case d.get("Length").kind != kindInteger:
		return -1, nil
	}
	return d.get("Length").number, nil
}

// lineEnd takes the end of a line, before which spaces may stand.
func (p *parser) lineEnd() error {
	for p.at(" ") {
		p.pos++
	}
	start := p.pos
	if p.skipLineEnd(); p.pos == start {
		return p.errorf("the line does not end")
	}
	return nil
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
// another document, and no earlier object is pointed elsewhere or taken away.
func (p *parser) crossReferences(f *file, r *revision) error {
	p.pos += len("xref")
	if err := p.lineEnd(); err != nil {
		return fmt.Errorf("cross-reference table: %w", err)
	}
	var free []int
	listed := 0
	for p.skipSpace(); !p.at("trailer"); p.skipSpace() {
		first, count, err := p.section()
		if err != nil {
			return fmt.Errorf("cross-reference table: %w", err)
		}
		for n := first; n < first+count; n++ {
			offset, used, err := p.entry()
			if err != nil {
				return err
			}
			s := r.find(n)
			switch {
			case s != nil && s.listed:
				return p.errorf("cross-reference table: object %d twice", n)
			case used != (s != nil), used && int(s.offset) != offset:
				return p.errorf("cross-reference table: object %d is not where the table says", n)
			case used:
				s.listed = true
				listed++
			case f.wrote(n):
				return p.errorf("cross-reference table: object %d of an earlier revision is taken away", n)
			default:
				free = append(free, n)
			}
		}
	}
	if all := len(free); all != len(slices.Compact(slices.Sorted(slices.Values(free)))) {
		return p.errorf("cross-reference table: a free object twice")
	}
	if listed == len(r.spots) {
		return nil
	}
	lost := slices.IndexFunc(r.spots, func(s spot) bool { return !s.listed })
	return p.errorf("object %d is missing in the cross-reference table", r.spots[lost].number)
}

// section reads the line above a run of entries: the first number, a space, and how many they are.
func (p *parser) section() (first, count int, err error) {
	if first, err = p.unsigned(); err != nil {
		return 0, 0, err
	}
	if err = p.prefix(" "); err != nil {
		return 0, 0, err
	}
	if count, err = p.unsigned(); err != nil {
		return 0, 0, err
	}
	if first+count > maxObject+1 {
		return 0, 0, p.errorf("more than %d objects", maxObject)
	}
	return first, count, p.lineEnd()
}

// entry reads the 20 bytes of one table entry.
func (p *parser) entry() (offset int, used bool, err error) {
	const size = 20
	if len(p.data)-p.pos < size {
		return 0, false, p.errorf("cross-reference table: the file ends")
	}
	e := p.data[p.pos : p.pos+size]
	p.pos += size
	offset, is := decimal(e[:10])
	switch string(e[18:]) {
	case " \n", " \r", "\r\n":
	default:
		is = false
	}
	if is && string(e[10:18]) == " 00000 n" {
		return offset, true, nil
	}
	if _, and := decimal(e[11:16]); is && and && e[10] == ' ' && string(e[16:18]) == " f" {
		return offset, false, nil
	}
	return 0, false, p.errorf("cross-reference table: a broken entry")
}

// decimal reads a number of a few digits alone.
func decimal(text []byte) (n int, is bool) {
	for _, c := range text {
		if !isDigit(c) {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, len(text) > 0
}

// trailer reads from "trailer" to the end mark and its line end.
func (p *parser) trailer(r *revision) (err error) {
	if err := p.keyword("trailer"); err != nil {
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
	if p.pos < len(p.data) {
		err = p.lineEnd()
	}
	r.end = p.pos
	return err
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
	if n := len(r.spots); n > 0 && int(r.spots[n-1].number) >= r.size {
		return p.errorf("object %d is beyond the trailer's size", r.spots[n-1].number)
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
