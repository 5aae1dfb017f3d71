package sign

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

const (
	maxDepth  = 64        // of arrays, dictionaries and parentheses inside each other
	maxValues = 1_000_000 // in one file: a report of 300 pages has about 20,000
)

var errTooDeep = errors.New("nested too deeply")

// parser reads PDF values from data. It allows no comments: the only ones a report has stand
// before its first object.
type parser struct {
	data   []byte
	pos    int
	depth  int
	values int
	names  map[string]string // each name is kept once
	passed passed
}

func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("byte %d: %w", p.pos, fmt.Errorf(format, args...))
}

// What a byte may be in PDF's syntax.
const (
	spaceByte   = 1 << iota
	regularByte // of a word
	plainByte   // of a word that is spelt as it is meant
)

// classes says of each byte what it may be.
var classes = func() (table [256]uint8) {
	for c := range table {
		switch {
		case bytes.IndexByte([]byte(" \n\r\t\f\x00"), byte(c)) >= 0:
			table[c] = spaceByte
		case c == '#':
			table[c] = regularByte
		case bytes.IndexByte([]byte("()<>[]{}/%"), byte(c)) < 0:
			table[c] = regularByte | plainByte
		}
	}
	return table
}()

func isSpace(c byte) bool { return classes[c]&spaceByte != 0 }

func isRegular(c byte) bool { return classes[c]&regularByte != 0 }

func isDigit(c byte) bool { return c-'0' <= 9 }

func (p *parser) skipSpace() {
	for p.pos < len(p.data) && isSpace(p.data[p.pos]) {
		p.pos++
	}
}

func (p *parser) at(word string) bool {
	return len(p.data)-p.pos >= len(word) && string(p.data[p.pos:p.pos+len(word)]) == word
}

// take passes over word if it stands here and ends here.
func (p *parser) take(word string) bool {
	next := p.pos + len(word)
	if !p.at(word) || (next < len(p.data) && isRegular(p.data[next])) {
		return false
	}
	p.pos = next
	return true
}

// keyword takes word, which must stand here and end here.
func (p *parser) keyword(word string) error {
	if !p.take(word) {
		return p.errorf("no %q", word)
	}
	return nil
}

// prefix takes word, after which anything may follow at once.
func (p *parser) prefix(word string) error {
	if !p.at(word) {
		return p.errorf("no %q", word)
	}
	p.pos += len(word)
	return nil
}

// value reads one value, references included.
func (p *parser) value() (object, error) {
	p.skipSpace()
	if p.pos >= len(p.data) {
		return object{}, p.errorf("the file ends inside an object")
	}
	if p.values++; p.values > maxValues {
		return object{}, p.errorf("more than %d values", maxValues)
	}
	if p.depth++; p.depth > maxDepth {
		return object{}, p.errorf("%w", errTooDeep)
	}
	start := p.pos
	o, err := p.dispatch()
	p.depth--
	o.start, o.end = start, p.pos
	return o, err
}

func (p *parser) dispatch() (object, error) {
	switch c := p.data[p.pos]; {
	case c == '/':
		s, err := p.name()
		return name(s), err
	case c == '(':
		return p.literal()
	case c == '[':
		return p.array()
	case p.at("<<"):
		return p.dict()
	case c == '<':
		return p.hexString()
	case isDigit(c) || c == '+' || c == '-' || c == '.':
		return p.numberOrReference()
	}
	switch {
	case p.take("null"):
		return object{}, nil
	case p.take("true"):
		return object{kind: kindBool, number: 1}, nil
	case p.take("false"):
		return object{kind: kindBool}, nil
	}
	return object{}, p.errorf("%q begins no object", p.data[p.pos])
}

func (p *parser) name() (string, error) {
	p.pos++
	start, escaped := p.pos, false
	for p.pos < len(p.data) && isRegular(p.data[p.pos]) {
		escaped = escaped || p.data[p.pos] == '#'
		p.pos++
	}
	raw := p.data[start:p.pos]
	if !escaped {
		return p.intern(raw), nil
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '#' {
			out = append(out, raw[i])
			continue
		}
		if i+2 >= len(raw) || unhex(raw[i+1]) < 0 || unhex(raw[i+2]) < 0 {
			return "", p.errorf("a name with a broken escape")
		}
		c := byte(unhex(raw[i+1])<<4 | unhex(raw[i+2]))
		if c == 0 {
			return "", p.errorf("a name with a zero byte")
		}
		out = append(out, c)
		i += 2
	}
	return string(out), nil
}

func (p *parser) intern(raw []byte) string {
	if s, ok := p.names[string(raw)]; ok {
		return s
	}
	if p.names == nil {
		p.names = map[string]string{}
	}
	s := string(raw)
	p.names[s] = s
	return s
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func (p *parser) hexString() (object, error) {
	p.pos++
	end := bytes.IndexByte(p.data[p.pos:], '>')
	if end < 0 {
		return object{}, p.errorf("a string without end")
	}
	raw := p.data[p.pos : p.pos+end]
	out, high := make([]byte, 0, len(raw)/2), -1
	for _, c := range raw {
		n := unhex(c)
		switch {
		case n < 0 && isSpace(c):
		case n < 0:
			return object{}, p.errorf("%q in a hexadecimal string", c)
		case high < 0:
			high = n
		default:
			out = append(out, byte(high<<4|n))
			high = -1
		}
	}
	if high >= 0 {
		out = append(out, byte(high<<4))
	}
	p.pos += end + 1
	return object{kind: kindString, text: string(out), hex: true}, nil
}

func (p *parser) literal() (object, error) {
	p.pos++
	var out []byte
	for open := 1; p.pos < len(p.data); p.pos++ {
		switch c := p.data[p.pos]; c {
		case '(':
			if open++; open > maxDepth {
				return object{}, p.errorf("%w", errTooDeep)
			}
			out = append(out, c)
		case ')':
			if open--; open == 0 {
				p.pos++
				return byteString(string(out)), nil
			}
			out = append(out, c)
		case '\\':
			out = p.escape(out)
		case '\r': // a line end means a line feed, however it is written
			if p.pos+1 < len(p.data) && p.data[p.pos+1] == '\n' {
				p.pos++
			}
			out = append(out, '\n')
		default:
			out = append(out, c)
		}
	}
	return object{}, p.errorf("a string without end")
}

// escape reads what follows a backslash and leaves pos on its last byte.
func (p *parser) escape(out []byte) []byte {
	p.pos++
	if p.pos >= len(p.data) {
		return out
	}
	c := p.data[p.pos]
	if i := bytes.IndexByte([]byte("nrtbf"), c); i >= 0 {
		return append(out, "\n\r\t\b\f"[i])
	}
	switch {
	case c == '\r':
		if p.pos+1 < len(p.data) && p.data[p.pos+1] == '\n' {
			p.pos++
		}
		return out
	case c == '\n':
		return out
	case c >= '0' && c <= '7':
		n := int(c - '0')
		for i := 0; i < 2 && p.pos+1 < len(p.data) && p.data[p.pos+1] >= '0' && p.data[p.pos+1] <= '7'; i++ {
			p.pos++
			n = n<<3 | int(p.data[p.pos]-'0')
		}
		return append(out, byte(n))
	}
	return append(out, c)
}

func (p *parser) array() (object, error) {
	p.pos++
	o := object{kind: kindArray}
	for {
		p.skipSpace()
		if p.at("]") {
			p.pos++
			return o, nil
		}
		item, err := p.value()
		if err != nil {
			return object{}, err
		}
		o.items = append(o.items, item)
	}
}

func (p *parser) dict() (object, error) {
	p.pos += 2
	o, seen := object{kind: kindDict}, keySet(nil)
	o.keys, o.items = make([]string, 0, 6), make([]object, 0, 6)
	for {
		p.skipSpace()
		if p.at(">>") {
			p.pos += 2
			return o, nil
		}
		if !p.at("/") {
			return object{}, p.errorf("a dictionary's key is no name")
		}
		key, err := p.name()
		if err != nil {
			return object{}, err
		}
		if !seen.add(key, o.keys) { // readers differ on which of the two they believe
			return object{}, p.errorf("key /%s twice in one dictionary", printable(latin(key)))
		}
		item, err := p.value()
		if err != nil {
			return object{}, err
		}
		o.keys, o.items = append(o.keys, key), append(o.items, item)
	}
}

// keySet finds a key that comes twice: by looking through them while they are few, so that an
// ordinary dictionary costs nothing, and by a map when they are many.
type keySet map[string]bool

// add reports whether key is new among keys, which were added before.
func (s *keySet) add(key string, keys []string) bool {
	const few = 16
	if len(keys) < few {
		return !slices.Contains(keys, key)
	}
	if len(*s) == 0 {
		*s = make(keySet, 2*few)
		for _, k := range keys {
			(*s)[k] = true
		}
	}
	if (*s)[key] {
		return false
	}
	(*s)[key] = true
	return true
}

func (p *parser) numberOrReference() (object, error) {
	start := p.pos
	for p.pos < len(p.data) && isRegular(p.data[p.pos]) {
		p.pos++
	}
	word := p.data[start:p.pos]
	if n, err := strconv.ParseInt(string(word), 10, 64); err == nil {
		if isDigit(word[0]) && p.generationAndR() {
			if n <= 0 || n > maxObject {
				return object{}, p.errorf("reference to object %d", n)
			}
			return reference(int(n)), nil
		}
		return object{kind: kindInteger, number: n}, nil
	}
	digits, points := 0, 0
	for i, c := range word {
		switch {
		case isDigit(c):
			digits++
		case c == '.':
			points++
		case i == 0 && (c == '-' || c == '+'):
		default:
			return object{}, p.errorf("%q in a number", c)
		}
	}
	if digits == 0 || points != 1 || len(word) > 32 {
		return object{}, p.errorf("a broken number")
	}
	return object{kind: kindReal, text: string(word)}, nil
}

// generationAndR takes " 0 R" if it stands here. Other generations are not references to
// anything in a report.
func (p *parser) generationAndR() bool {
	back := p.pos
	for _, word := range [...]string{"0", "R"} {
		p.skipSpace()
		if !p.take(word) {
			p.pos = back
			return false
		}
	}
	return true
}
