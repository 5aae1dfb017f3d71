package contents

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
)

const (
	maxOperands = 64
	maxForms    = 12 // drawn inside each other
)

const blindFont = "its letters are drawn and not named"

// pages reads what each page draws.
func (p *pdfReader) pages() {
	number := 0
	defer func() {
		if number == 0 {
			p.s.unread(p.place, "no page of it could be read")
		}
	}()
	for _, ref := range p.order {
		page, is := p.objects[ref].value.(pdfDict)
		if !is || page["Type"] != pdfName("Page") {
			continue
		}
		if number++; number > maxPages || p.s.done() {
			p.s.unread(inside(p.place, "its last pages"), "it has more than are looked at")
			return
		}
		d := p.drawing(fmt.Sprintf("page %d", number))
		contents := p.resolve(page["Contents"])
		refs, isList := contents.([]any)
		if !isList {
			refs = []any{page["Contents"]}
		}
		resources := p.inherited(page, "Resources")
		var parts []io.Reader
		for _, o := range refs {
			ref, is := o.(pdfRef)
			if !is {
				continue
			}
			p.drawn[ref] = true
			body, err := p.stream(ref)
			if err != nil {
				p.s.unread(d.place, pdfUnread)
				continue
			}
			parts = append(parts, body, bytes.NewReader([]byte("\n")))
		}
		d.read(io.MultiReader(parts...), resources, 0)
		d.end()
	}
}

// inherited is what a page, or those above it, say.
func (p *pdfReader) inherited(page pdfDict, key pdfName) pdfDict {
	for range 50 {
		if found, is := p.resolve(page[key]).(pdfDict); is {
			return found
		}
		above, is := p.resolve(page["Parent"]).(pdfDict)
		if !is {
			break
		}
		page = above
	}
	return nil
}

// rest reads the streams that no page draws: fields of forms, attachments, metadata.
func (p *pdfReader) rest() {
	for _, ref := range p.order {
		o := p.objects[ref]
		dict, is := o.value.(pdfDict)
		if !is || o.from == 0 || p.drawn[ref] || p.s.done() {
			continue
		}
		kind, _ := dict["Type"].(pdfName)
		switch subtype, _ := dict["Subtype"].(pdfName); {
		case kind == "XRef" || kind == "ObjStm" || kind == "CMap" || subtype == "Type1C" || subtype == "CIDFontType0C" || subtype == "OpenType" || dict["Length1"] != nil || dict["N"] != nil:
		case subtype == "Image":
			p.s.unread(inside(p.place, "its images"), anImage)
		case subtype == "Form":
			d := p.drawing("a field or a stamp")
			d.form(ref, nil, 0)
			d.end()
		case kind == "EmbeddedFile":
			p.attached(ref)
		default:
			p.plain(ref)
		}
	}
}

// earlier reads the drawings that later ones took the place of, whose fonts are not known.
func (p *pdfReader) earlier() {
	for _, o := range p.replaced {
		dict, _ := o.value.(pdfDict)
		if dict["Type"] != nil || dict["Subtype"] == pdfName("Image") || p.s.done() {
			continue
		}
		body, err := p.decode(o, dict)
		if err != nil {
			p.s.unread(inside(p.place, "a part of it"), pdfUnread)
			continue
		}
		d := p.drawing("an earlier version of it")
		d.read(body, nil, 0)
		d.end()
		p.s.unread(d.place, "its fonts are not known")
	}
}

func (p *pdfReader) attached(ref pdfRef) {
	where, err := p.s.member(p.place, fmt.Sprintf("attachment %d", ref))
	if err != nil {
		return
	}
	body, err := p.stream(ref)
	if err != nil {
		p.s.unread(where, pdfUnread)
		return
	}
	p.s.read(where, input{Reader: body, size: -1}, p.depth+1)
}

// plain searches a stream that is text as it stands: metadata, scripts, forms in XML.
func (p *pdfReader) plain(ref pdfRef) {
	body, err := p.stream(ref)
	if err != nil {
		return // a colour, a font: nothing that says something
	}
	head := make([]byte, 512)
	n, _ := io.ReadFull(body, head) // a short one is all there is
	if !isText(head[:n]) {
		return
	}
	in := input{Reader: io.MultiReader(bytes.NewReader(head[:n]), body), size: -1}
	if err := p.s.words(inside(p.place, "outside of its pages"), in, head[:n]); err != nil {
		p.s.unread(inside(p.place, "a part of it"), "it is broken")
	}
}

// drawing is what a page draws, read in two ways: with a blank between what is drawn by
// itself, as cells of a table are, and without, as letters of a word may be. What either
// finds stands there.
type drawing struct {
	p             *pdfReader
	place         string
	spaced, tight *sieve
	hits          [2]map[string]int
	font          *pdfFont
	y, last       float64 // of the line that is drawn, and of the one before
	scale         float64
	forms         map[pdfRef]bool
}

func (p *pdfReader) drawing(place string) *drawing {
	d := &drawing{p: p, place: inside(p.place, place), scale: 1, last: math.NaN(), forms: map[pdfRef]bool{}, hits: [2]map[string]int{{}, {}}}
	d.spaced, d.tight = p.s.sieve(d.place, false), p.s.sieve(d.place, false)
	d.spaced.told = func(kind, _ string) { d.hits[0][kind]++ }
	d.spaced.second = true
	d.tight.told = func(kind, _ string) { d.hits[1][kind]++ }
	return d
}

func (d *drawing) end() {
	d.spaced.Close()
	d.tight.Close()
	for _, kind := range []string{cardNumber, "private-key", "jwt", "aws-key", "token"} {
		if n := max(d.hits[0][kind], d.hits[1][kind]); n > 0 {
			d.p.s.hit(kind, d.place, n)
		}
	}
}

// form draws what several pages may share.
func (d *drawing) form(ref pdfRef, above pdfDict, depth int) {
	dict, is := d.p.objects[ref].value.(pdfDict)
	if !is || d.forms[ref] || depth > maxForms {
		return
	}
	d.forms[ref], d.p.drawn[ref] = true, true
	body, err := d.p.stream(ref)
	if err != nil {
		d.p.s.unread(d.place, pdfUnread)
		return
	}
	resources, is := d.p.resolve(dict["Resources"]).(pdfDict)
	if !is {
		resources = above
	}
	d.read(body, resources, depth+1)
}

// read follows the words that draw.
func (d *drawing) read(r io.Reader, resources pdfDict, depth int) {
	l := newPDFLexer(r)
	var operands []any
	for {
		l.items = 0
		o, err := l.next(0)
		if errors.Is(err, io.EOF) || d.p.s.done() {
			return
		}
		if err != nil {
			if errors.Is(err, errTooMuch) {
				d.p.s.unread(d.place, err.Error())
				return
			}
			operands = operands[:0]
			continue
		}
		word, is := o.(pdfWord)
		if !is {
			if len(operands) < maxOperands {
				operands = append(operands, o)
			}
			continue
		}
		switch word {
		case "ID":
			d.p.s.unread(inside(d.p.place, "its images"), anImage)
			skipImage(l)
		case "Do":
			d.do(operands, resources, depth)
		default:
			d.draw(word, operands, resources)
		}
		operands = operands[:0]
	}
}

// do draws an object: a form, or an image.
func (d *drawing) do(operands []any, resources pdfDict, depth int) {
	name, _ := last(operands).(pdfName)
	objects, _ := d.p.resolve(resources["XObject"]).(pdfDict)
	ref, is := objects[name].(pdfRef)
	if !is {
		return
	}
	if dict, _ := d.p.resolve(ref).(pdfDict); dict["Subtype"] == pdfName("Image") {
		d.p.drawn[ref] = true
		d.p.s.unread(inside(d.p.place, "its images"), anImage)
		return
	}
	font := d.font
	d.form(ref, resources, depth)
	d.font = font
}

// draw follows a word about text.
func (d *drawing) draw(word pdfWord, operands []any, resources pdfDict) {
	switch word {
	case "BT":
		d.y, d.scale = 0, 1
	case "Tf":
		if len(operands) >= 2 {
			name, _ := operands[len(operands)-2].(pdfName)
			fonts, _ := d.p.resolve(resources["Font"]).(pdfDict)
			d.font = nil
			if fonts[name] != nil {
				d.font = d.p.font(fonts[name])
			}
		}
	case "Td", "TD":
		d.y += d.scale * number(operands, 0)
	case "Tm":
		d.y = number(operands, 0)
		if d.scale = number(operands, 2); d.scale == 0 {
			d.scale = 1
		}
	case "T*":
		d.line()
	case "'", `"`:
		d.line()
		d.show(last(operands))
	case "Tj":
		d.show(last(operands))
	case "TJ":
		list, _ := last(operands).([]any)
		d.apart()
		for _, o := range list {
			switch o := o.(type) {
			case []byte:
				d.write(o)
			case float64:
				if o < -180 { // thousandths of the font's size: a blank
					d.put(" ", " ")
				}
			}
		}
	}
}

func last(operands []any) any {
	if len(operands) == 0 {
		return nil
	}
	return operands[len(operands)-1]
}

// number is an operand counted from the last.
func number(operands []any, fromLast int) float64 {
	i := len(operands) - 1 - fromLast
	if i < 0 {
		return 0
	}
	n, _ := operands[i].(float64)
	return n
}

func (d *drawing) show(o any) {
	text, is := o.([]byte)
	if !is {
		return
	}
	d.apart()
	d.write(text)
}

// apart ends a line where the next text stands on another one, else what was drawn
// before.
func (d *drawing) apart() {
	if math.IsNaN(d.last) || math.Abs(d.y-d.last) > 1 {
		d.put("\n", "\n")
	} else {
		d.put(" ", "")
	}
	d.last = d.y
}

func (d *drawing) line() {
	d.put("\n", "\n")
	d.last = d.y
}

func (d *drawing) write(text []byte) {
	said, told := d.font.text(text)
	if !told {
		d.p.s.unread(d.place, blindFont)
	}
	d.put(said, said)
}

func (d *drawing) put(spaced, tight string) {
	_, _ = d.spaced.Write([]byte(spaced)) // never fails
	_, _ = d.tight.Write([]byte(tight))   // never fails
}

// skipImage passes the bytes of an image that stands in a page.
func skipImage(l *pdfLexer) {
	var tail [4]byte
	for {
		c, err := l.byte()
		if err != nil {
			return
		}
		copy(tail[:], tail[1:])
		tail[3] = c
		if pdfSpace(tail[0]) && tail[1] == 'E' && tail[2] == 'I' && pdfSpace(c) {
			return
		}
	}
}
