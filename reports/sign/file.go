package sign

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
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

// file is a PDF read front to back.
type file struct {
	data      []byte
	revisions []*revision
	fault     error // why the bytes after the last whole revision are none; nil if there are no such bytes
	started   prefix
	misread   []int // objects that are sound at one look and not at another: there are none
}

func (f *file) last() int { return len(f.revisions) - 1 }

// lookup is object number as it stands in the given revision, nil if there is none.
func (f *file) lookup(number, in int) *indirect {
	for ; in >= 0; in-- {
		if i := f.revisions[in].object(number); i != nil {
			return i
		}
	}
	return nil
}

// wrote tells whether a revision wrote object number.
func (f *file) wrote(number int) bool {
	return slices.ContainsFunc(f.revisions, func(r *revision) bool { return r.find(number) != nil })
}

// dangling finds a reference to an object that no revision wrote. It is from object 0 where the
// trailer has it.
func (f *file) dangling() (from, to int, is bool) {
	written := make([]bool, f.revisions[f.last()].size)
	for _, r := range f.revisions {
		for i := range r.spots {
			written[r.spots[i].number] = true
		}
	}
	missing := func(n int32) bool { return int(n) >= len(written) || !written[n] }
	for _, r := range f.revisions {
		for _, to := range r.trailer.references(nil) {
			if missing(int32(to)) {
				return 0, to, true
			}
		}
		i := slices.IndexFunc(r.refs, missing)
		if i < 0 {
			continue
		}
		to := int(r.refs[i])
		for _, n := range r.numbers() {
			if slices.Contains(r.object(n).value.references(nil), to) {
				return n, to, true
			}
		}
	}
	return 0, 0, false
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
