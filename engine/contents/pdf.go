package contents

import (
	"bytes"
	"compress/flate"
	"encoding/ascii85"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Bounds of a PDF.
const (
	maxObjects   = 200_000
	maxPages     = 20_000
	maxPDFMemory = 24 << 20 // rough, of what is kept of the objects
	maxPacked    = 8 << 20  // bytes of objects in one stream
)

const pdfUnread = "it is packed in a form that is not read"

// pdfReader reads the text of one PDF: first every object from the first byte to the
// last, whatever the file's own table says, and then page by page what they draw.
type pdfReader struct {
	s           *searching
	place       string
	at          io.ReaderAt
	size        int64
	depth       int
	objects     map[pdfRef]pdfObject
	order       []pdfRef
	replaced    []pdfObject // streams that later ones took the place of
	memory      int
	fonts       map[pdfRef]*pdfFont
	letterCount int
	drawn       map[pdfRef]bool
	encrypted   bool
	loose       *sieve // text outside of pages
	lexer       *pdfLexer
}

// pdfObject is what is kept of an object.
type pdfObject struct {
	value  any
	from   int64 // of its stream, 0 for none
	length int64
}

// pdf reads the text of a PDF.
func (s *searching) pdf(place string, in input, depth int) error {
	at, size, release, err := s.hold(in)
	if err != nil {
		return err
	}
	defer release()
	p := &pdfReader{
		s: s, place: place, at: at, size: size, depth: depth, objects: map[pdfRef]pdfObject{}, fonts: map[pdfRef]*pdfFont{}, drawn: map[pdfRef]bool{},
		loose: s.sieve(inside(place, "outside of its pages"), false), lexer: newPDFLexer(bytes.NewReader(nil)),
	}
	defer p.loose.Close()
	if err := p.scan(); err != nil {
		return err
	}
	if p.encrypted {
		return unreadable("it is encrypted")
	}
	p.pages()
	p.rest()
	p.earlier()
	return nil
}

// scan reads every object.
func (p *pdfReader) scan() error {
	for from := int64(0); from < p.size && !p.s.done(); {
		next, err := p.scanFrom(from)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if next <= from {
			break
		}
		from = next
	}
	return nil
}

// scanFrom reads objects up to the end of a stream, or of the file.
func (p *pdfReader) scanFrom(from int64) (int64, error) {
	l := p.lexer
	l.reset(io.NewSectionReader(p.at, from, p.size-from))
	var before [2]any
	for {
		l.items = 0
		o, err := l.next(0)
		if err != nil {
			if !errors.Is(err, io.EOF) || errors.Is(err, errUnclosed) {
				p.s.unread(inside(p.place, "a part of it"), "it is broken")
			}
			if errors.Is(err, io.EOF) {
				return p.size, nil
			}
			if p.s.source != nil {
				return p.size, p.s.source
			}
			before = [2]any{} // nonsense between objects is passed
			continue
		}
		switch w, _ := o.(pdfWord); w {
		case "obj":
			number, is := before[0].(float64)
			if !is || number < 0 || number >= 1<<31 {
				break
			}
			next, streamed, err := p.object(pdfRef(number), l, from)
			if err != nil || streamed {
				return next, err
			}
		case "trailer":
			if d, err := l.next(0); err == nil {
				p.trailer(d)
			}
		}
		before[0], before[1] = before[1], o
	}
}

func (p *pdfReader) trailer(o any) {
	if d, is := o.(pdfDict); is && d["Encrypt"] != nil {
		p.encrypted = true
	}
}

// object reads one object, and where it has a stream says where that ends.
func (p *pdfReader) object(number pdfRef, l *pdfLexer, base int64) (next int64, streamed bool, err error) {
	begin := l.at
	value, err := l.next(0)
	if err != nil {
		return p.size, errors.Is(err, io.EOF), nil
	}
	object := pdfObject{value: value}
	dict, isDict := value.(pdfDict)
	if isDict {
		if w, err := l.next(0); err == nil && w == pdfWord("stream") {
			if c, err := l.byte(); err == nil && c == '\r' {
				_, err = l.byte()
				_ = err // the file ends
			}
			object.from = base + l.at
			object.length = p.streamLength(object.from, dict)
			next, streamed = object.from+object.length, true
		}
	}
	p.keep(number, object, int(l.at-begin))
	if len(p.objects) > maxObjects || p.memory > maxPDFMemory {
		return p.size, true, unreadable("it holds more objects than are looked at")
	}
	if dict["Type"] == pdfName("ObjStm") && !p.encrypted {
		p.packedObjects(dict, object)
	}
	if dict["Type"] == pdfName("XRef") {
		p.trailer(dict)
	}
	return next, streamed, nil
}

// streamLength is how long a stream is: what its dictionary says where that ends as it
// must, else up to the word that ends it.
func (p *pdfReader) streamLength(from int64, dict pdfDict) int64 {
	if said, is := dict["Length"].(float64); is && said >= 0 && said <= float64(p.size-from) {
		tail := make([]byte, 16)
		n, _ := p.at.ReadAt(tail, from+int64(said)) // what is not there does not end it
		if bytes.HasPrefix(bytes.TrimLeft(tail[:n], "\r\n \t"), []byte("endstream")) {
			return int64(said)
		}
	}
	if p.lexer.buffer == nil {
		p.lexer.buffer = make([]byte, 64<<10)
	}
	buffer := p.lexer.buffer
	end := []byte("endstream")
	for at := from; at < p.size; at += int64(len(buffer) - len(end)) {
		n, err := p.at.ReadAt(buffer, at)
		if i := bytes.Index(buffer[:n], end); i >= 0 {
			return at + int64(i) - from
		}
		if err != nil || n < len(buffer) {
			break
		}
	}
	return p.size - from
}

// keep keeps what leads to text, and searches the strings of the rest: notes, fields,
// titles.
func (p *pdfReader) keep(number pdfRef, o pdfObject, size int) {
	p.strings(o.value, 0)
	if d, is := o.value.(pdfDict); is && o.from == 0 && d["Type"] != pdfName("Page") && d["Type"] != pdfName("Pages") && d["Type"] != pdfName("Font") &&
		(d["S"] != nil && d["P"] != nil || d["Type"] == pdfName("StructElem")) {
		return
	}
	switch o.value.(type) {
	case pdfDict, []any, pdfName, float64, pdfRef:
	default:
		return
	}
	if before, twice := p.objects[number]; !twice {
		p.order = append(p.order, number)
	} else if before.from != 0 { // what the file was before it was changed is in it still
		p.replaced = append(p.replaced, before)
	}
	p.objects[number] = o
	p.memory += 100 + 4*size
}

// strings searches the strings of an object that draws nothing.
func (p *pdfReader) strings(o any, depth int) {
	switch o := o.(type) {
	case []byte:
		if len(o) >= shortest {
			_, _ = p.loose.Write([]byte(latin(o) + "\n")) // never fails
		}
	case []any:
		for _, item := range o {
			p.strings(item, depth+1)
		}
	case pdfDict:
		for _, item := range o {
			p.strings(item, depth+1)
		}
	}
}

// packedObjects reads the objects of an object stream.
func (p *pdfReader) packedObjects(dict pdfDict, o pdfObject) {
	body, err := p.decode(o, dict)
	if err != nil {
		p.s.unread(inside(p.place, "a part of it"), pdfUnread)
		return
	}
	text, err := io.ReadAll(io.LimitReader(body, maxPacked+1))
	count, _ := dict["N"].(float64)
	first, _ := dict["First"].(float64)
	if err != nil || len(text) > maxPacked || first < 0 || int(first) > len(text) {
		p.s.unread(inside(p.place, "a part of it"), "it is broken")
		return
	}
	index, l := newPDFLexer(bytes.NewReader(text[:int(first)])), newPDFLexer(bytes.NewReader(nil))
	for range int(min(count, maxObjects)) {
		index.items = 0
		number, err := index.next(0)
		at, other := index.next(0)
		n, isNumber := number.(float64)
		offset, isOffset := at.(float64)
		if err != nil || other != nil || !isNumber || !isOffset || n < 0 || n >= 1<<31 || offset < 0 || int(first+offset) > len(text) {
			return
		}
		l.reset(bytes.NewReader(text[int(first+offset):]))
		value, err := l.next(0)
		if err != nil {
			continue
		}
		p.keep(pdfRef(n), pdfObject{value: value}, int(l.at))
		if len(p.objects) > maxObjects || p.memory > maxPDFMemory {
			p.s.unread(inside(p.place, "its last objects"), "it holds more than are looked at")
			return
		}
	}
}

// resolve follows references.
func (p *pdfReader) resolve(o any) any {
	for range 20 {
		ref, is := o.(pdfRef)
		if !is {
			return o
		}
		o = p.objects[ref].value
	}
	return nil
}

// stream opens what a reference's stream holds.
func (p *pdfReader) stream(ref pdfRef) (io.Reader, error) {
	o := p.objects[ref]
	dict, is := o.value.(pdfDict)
	if !is || o.from == 0 {
		return nil, errors.New("no stream")
	}
	return p.decode(o, dict)
}

// decode unpacks a stream.
func (p *pdfReader) decode(o pdfObject, dict pdfDict) (io.Reader, error) {
	var r io.Reader = io.NewSectionReader(p.at, o.from, o.length)
	filters, isList := p.resolve(dict["Filter"]).([]any)
	if name, is := p.resolve(dict["Filter"]).(pdfName); is && !isList {
		filters = []any{name}
	}
	if len(filters) > 4 {
		return nil, errors.New("too many filters")
	}
	if predicted(p.resolve(dict["DecodeParms"])) {
		return nil, errors.New("predicted")
	}
	for _, filter := range filters {
		switch name, _ := p.resolve(filter).(pdfName); name {
		case "FlateDecode", "Fl":
			head := make([]byte, 2)
			if _, err := io.ReadFull(r, head); err != nil {
				return nil, err
			}
			r = &untilBroken{flate.NewReader(r), func() { p.s.unread(inside(p.place, "a part of it"), "it is broken") }}
		case "ASCIIHexDecode", "AHx":
			r = hex.NewDecoder(&untilMark{r: r, skip: true})
		case "ASCII85Decode", "A85":
			r = ascii85.NewDecoder(&untilMark{r: r, mark: '~'})
		default:
			return nil, fmt.Errorf("filter %q", name)
		}
		r = p.s.unpack(r, o.length)
	}
	return r, nil
}

func predicted(o any) bool {
	list, isList := o.([]any)
	if !isList {
		list = []any{o}
	}
	return slices.ContainsFunc(list, func(o any) bool {
		d, _ := o.(pdfDict)
		n, _ := d["Predictor"].(float64)
		return n > 1
	})
}

// untilBroken ends a stream where it breaks: what was drawn until then was drawn.
type untilBroken struct {
	io.Reader
	told func()
}

func (u *untilBroken) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		u.told()
		err = io.EOF
	}
	return n, err
}

// untilMark reads up to the mark that ends a text, without blanks where they are none.
type untilMark struct {
	r     io.Reader
	mark  byte
	skip  bool
	ended bool
}

func (u *untilMark) Read(p []byte) (int, error) {
	for !u.ended {
		n, err := u.r.Read(p)
		kept := 0
		for _, c := range p[:n] {
			if c == u.mark && u.mark != 0 || c == '>' && u.skip {
				u.ended = true
				break
			}
			if u.skip && pdfSpace(c) {
				continue
			}
			p[kept] = c
			kept++
		}
		if kept > 0 || err != nil {
			return kept, err
		}
	}
	return 0, io.EOF
}
