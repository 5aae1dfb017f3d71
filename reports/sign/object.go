package sign

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// kind tells what a PDF object is. The zero value is the null object.
type kind uint8

const (
	kindNull kind = iota
	kindBool
	kindInteger
	kindReal
	kindName
	kindString
	kindArray
	kindDict
	kindRef
)

// object is one PDF value. start and end are its span in the file it was parsed from, zero
// for a value made here.
type object struct {
	kind       kind
	hex        bool  // a string written between angle brackets
	number     int64 // an integer, a reference's object number, 1 for true
	text       string
	keys       []string // a dictionary's keys; its values are items
	items      []object
	start, end int
}

func integer(n int) object       { return object{kind: kindInteger, number: int64(n)} }
func name(s string) object       { return object{kind: kindName, text: s} }
func reference(n int) object     { return object{kind: kindRef, number: int64(n)} }
func array(o ...object) object   { return object{kind: kindArray, items: o} }
func byteString(s string) object { return object{kind: kindString, text: s} }

// real is a number with at most two decimals, which is finer than a printer's dot.
func real(f float64) object {
	s := strconv.FormatFloat(f, 'f', 2, 64)
	return object{kind: kindReal, text: s}
}

// textString is text as PDF stores it: as it is when ASCII, else UTF-16 with its mark.
func textString(s string) object {
	if strings.IndexFunc(s, func(r rune) bool { return r > 126 || r < 32 }) < 0 {
		return byteString(s)
	}
	b := []byte{0xfe, 0xff}
	for _, c := range utf16.Encode([]rune(s)) {
		b = append(b, byte(c>>8), byte(c))
	}
	return object{kind: kindString, text: string(b), hex: true}
}

// dict makes a dictionary from keys and values in turn.
func dict(pairs ...any) object {
	d := object{kind: kindDict}
	for i := 0; i < len(pairs); i += 2 {
		d.keys = append(d.keys, pairs[i].(string))
		d.items = append(d.items, pairs[i+1].(object))
	}
	return d
}

// get is the value of a dictionary's key, null where there is none.
func (o object) get(key string) object {
	if o.kind != kindDict {
		return object{}
	}
	if i := slices.Index(o.keys, key); i >= 0 {
		return o.items[i]
	}
	return object{}
}

func (o object) has(key string) bool {
	return o.kind == kindDict && slices.Contains(o.keys, key)
}

// with is a copy of a dictionary in which key has the given value.
func (o object) with(key string, value object) object {
	c := object{kind: kindDict, keys: slices.Clone(o.keys), items: slices.Clone(o.items)}
	if i := slices.Index(c.keys, key); i >= 0 {
		c.items[i] = value
		return c
	}
	c.keys = append(c.keys, key)
	c.items = append(c.items, value)
	return c
}

func (o object) isName(s string) bool { return o.kind == kindName && o.text == s }

// isSignature tells whether a dictionary is one of a signature, or means to look like one.
func (o object) isSignature() bool { return o.get("Type").isName("Sig") || o.has("ByteRange") }

// plainText reads a PDF text string and leaves out what a terminal might obey.
func (o object) plainText() string {
	if o.kind != kindString {
		return ""
	}
	s := o.text
	if !strings.HasPrefix(s, "\xfe\xff") {
		return printable(latin(s))
	}
	units := make([]uint16, 0, len(s)/2)
	for i := 2; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return printable(string(utf16.Decode(units)))
}

// latin reads bytes as Latin-1, which PDFDocEncoding is for everything that is letters.
func latin(s string) string {
	r := make([]rune, len(s))
	for i := range len(s) {
		r[i] = rune(s[i])
	}
	return string(r)
}

// equal compares what two values mean, not how they were spelt or where they stood. The order
// of a dictionary's keys has no meaning.
func (o object) equal(p object) bool {
	if o.kind != p.kind || o.number != p.number || o.text != p.text || len(o.items) != len(p.items) {
		return false
	}
	if o.kind == kindDict {
		return o.equalDict(p)
	}
	for i := range o.items {
		if !o.items[i].equal(p.items[i]) {
			return false
		}
	}
	return true
}

func (o object) equalDict(p object) bool {
	at := make(map[string]int, len(p.keys))
	for i, key := range p.keys {
		at[key] = i
	}
	for i, key := range o.keys {
		if j, ok := at[key]; !ok || !o.items[i].equal(p.items[j]) {
			return false
		}
	}
	return true
}

// references lists the object numbers that a value names, in the order of the text.
func (o object) references(into []int) []int {
	if o.kind == kindRef {
		return append(into, int(o.number))
	}
	for _, item := range o.items {
		into = item.references(into)
	}
	return into
}

// renumbered is a copy of a value with each reference passed through number.
func (o object) renumbered(number func(int) int) object {
	c := o
	if c.kind == kindRef {
		c.number = int64(number(int(c.number)))
		return c
	}
	c.items = slices.Clone(o.items)
	for i := range c.items {
		c.items[i] = c.items[i].renumbered(number)
	}
	return c
}

// write appends the value as PDF text, always in the same way.
func (o object) write(w *bytes.Buffer) {
	switch o.kind {
	case kindNull:
		w.WriteString("null")
	case kindBool:
		w.WriteString(strconv.FormatBool(o.number == 1))
	case kindInteger:
		w.WriteString(strconv.FormatInt(o.number, 10))
	case kindReal:
		w.WriteString(o.text)
	case kindName:
		writeName(w, o.text)
	case kindString:
		writeString(w, o)
	case kindRef:
		fmt.Fprintf(w, "%d 0 R", o.number)
	case kindArray:
		w.WriteByte('[')
		for i, item := range o.items {
			if i > 0 {
				w.WriteByte(' ')
			}
			item.write(w)
		}
		w.WriteByte(']')
	case kindDict:
		w.WriteString("<<")
		for i, item := range o.items {
			w.WriteByte('\n')
			writeName(w, o.keys[i])
			w.WriteByte(' ')
			item.write(w)
		}
		w.WriteString("\n>>")
	}
}

func writeName(w *bytes.Buffer, s string) {
	w.WriteByte('/')
	for i := range len(s) {
		if c := s[i]; isRegular(c) && c != '#' && c > 32 && c < 127 {
			w.WriteByte(c)
			continue
		}
		fmt.Fprintf(w, "#%02X", s[i])
	}
}

func writeString(w *bytes.Buffer, o object) {
	if o.hex {
		fmt.Fprintf(w, "<%x>", o.text)
		return
	}
	w.WriteByte('(')
	for i := range len(o.text) {
		switch c := o.text[i]; c {
		case '(', ')', '\\':
			w.WriteByte('\\')
			w.WriteByte(c)
		case '\r':
			w.WriteString(`\r`)
		case '\n':
			w.WriteString(`\n`)
		default:
			w.WriteByte(c)
		}
	}
	w.WriteByte(')')
}
