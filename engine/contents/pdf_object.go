package contents

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
)

// What a PDF is written in: names, references, words of its language; numbers are
// float64, strings are []byte, lists are []any.
type (
	pdfName string
	pdfRef  int
	pdfWord string
	pdfDict map[pdfName]any
)

// Bounds of one object.
const (
	maxNesting   = 40
	maxPDFString = 64 << 10
	maxPDFItems  = 20_000
)

// pdfLexer reads objects, as they stand in a file or in a stream of one.
type pdfLexer struct {
	r      *bufio.Reader
	at     int64  // of the next byte
	items  int    // of the object at hand
	buffer []byte // of what is looked for beside it
}

func newPDFLexer(r io.Reader) *pdfLexer { return &pdfLexer{r: bufio.NewReaderSize(r, 32<<10)} }

// reset lets it read something else.
func (l *pdfLexer) reset(r io.Reader) {
	l.r.Reset(r)
	l.at, l.items = 0, 0
}

func (l *pdfLexer) byte() (byte, error) {
	c, err := l.r.ReadByte()
	if err == nil {
		l.at++
	}
	return c, err
}

func (l *pdfLexer) back() {
	if l.r.UnreadByte() == nil {
		l.at--
	}
}

func pdfSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func pdfDelimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

// skip passes blanks and comments.
func (l *pdfLexer) skip() (byte, error) {
	for {
		c, err := l.byte()
		if err != nil {
			return 0, err
		}
		if c == '%' {
			for c != '\n' && c != '\r' {
				if c, err = l.byte(); err != nil {
					return 0, err
				}
			}
		}
		if !pdfSpace(c) {
			return c, nil
		}
	}
}

// next reads the next object or word. A list or dictionary is whole; `]` and `>>` that
// close nothing are words.
func (l *pdfLexer) next(depth int) (any, error) {
	if l.items++; depth > maxNesting || l.items > maxPDFItems {
		return nil, errors.New("too deep or too long")
	}
	c, err := l.skip()
	if err != nil {
		return nil, err
	}
	switch c {
	case '/':
		return l.name()
	case '(':
		return l.text()
	case '[':
		return l.list(depth)
	case '<':
		if d, err := l.byte(); err == nil && d == '<' {
			return l.dict(depth)
		} else if err == nil {
			l.back()
		}
		return l.hex()
	case '>':
		if d, err := l.byte(); err == nil && d != '>' {
			l.back()
		}
		return pdfWord(">>"), nil
	case ']', '{', '}', ')':
		return pdfWord(string(c)), nil
	}
	word := []byte{c}
	for len(word) < 256 {
		c, err := l.byte()
		if err != nil {
			break
		}
		if pdfSpace(c) || pdfDelimiter(c) {
			l.back()
			break
		}
		word = append(word, c)
	}
	if c == '+' || c == '-' || c == '.' || c >= '0' && c <= '9' {
		if n, err := strconv.ParseFloat(string(word), 64); err == nil {
			return n, nil
		}
	}
	return pdfWord(word), nil
}

func (l *pdfLexer) name() (any, error) {
	var name []byte
	for len(name) < 512 {
		c, err := l.byte()
		if err != nil {
			break
		}
		if pdfSpace(c) || pdfDelimiter(c) {
			l.back()
			break
		}
		name = append(name, c)
	}
	for i := 0; i+2 < len(name); i++ {
		if n, err := strconv.ParseUint(string(name[i+1:i+3]), 16, 8); name[i] == '#' && err == nil {
			name = append(append(name[:i:i], byte(n)), name[i+3:]...)
		}
	}
	return pdfName(name), nil
}

// errUnclosed says that the end came inside of a string.
var errUnclosed = errors.New("a string that does not end")

func (l *pdfLexer) text() (any, error) {
	var text []byte
	for open := 1; ; {
		c, err := l.byte()
		if err != nil {
			return text, errors.Join(errUnclosed, err)
		}
		switch c {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return text, nil
			}
		case '\\':
			if c, err = l.escape(); err != nil {
				return text, err
			}
			if c == 0 {
				continue
			}
		}
		if len(text) < maxPDFString {
			text = append(text, c)
		}
	}
}

// escape reads what follows a backslash; 0 is nothing.
func (l *pdfLexer) escape() (byte, error) {
	c, err := l.byte()
	if err != nil {
		return 0, err
	}
	switch {
	case c == 'n':
		return '\n', nil
	case c == 'r' || c == 't' || c == 'b' || c == 'f':
		return ' ', nil
	case c == '\n':
		return 0, nil
	case c == '\r':
		if d, err := l.byte(); err == nil && d != '\n' {
			l.back()
		}
		return 0, nil
	case c < '0' || c > '7':
		return c, nil
	}
	code := int(c - '0')
	for range 2 {
		d, err := l.byte()
		if err != nil {
			break
		}
		if d < '0' || d > '7' {
			l.back()
			break
		}
		code = code*8 + int(d-'0')
	}
	return byte(code), nil
}

func (l *pdfLexer) hex() (any, error) {
	var text []byte
	half, odd := byte(0), false
	for {
		c, err := l.byte()
		if err != nil {
			return text, err
		}
		n := bytes.IndexByte([]byte("0123456789abcdef"), c|0x20)
		switch {
		case c == '>':
			if odd {
				text = append(text, half<<4)
			}
			return text, nil
		case n < 0 || c < '0':
			continue
		case odd && len(text) < maxPDFString:
			text = append(text, half<<4|byte(n))
		}
		half, odd = byte(n), !odd
	}
}

func (l *pdfLexer) list(depth int) (any, error) {
	list := []any{}
	for {
		o, err := l.next(depth + 1)
		if err != nil {
			return list, err
		}
		if w, is := o.(pdfWord); is {
			switch w {
			case "]":
				return list, nil
			case "R":
				list = withRef(list)
				continue
			case ">>", "endobj", "stream":
				return list, errors.New("a list that does not end")
			}
		}
		list = append(list, o)
	}
}

// withRef makes a reference of the two numbers at the end of a list.
func withRef(list []any) []any {
	if n := len(list); n >= 2 {
		if number, is := list[n-2].(float64); is && number >= 0 && number < 1<<31 {
			return append(list[:n-2], pdfRef(number))
		}
	}
	return list
}

func (l *pdfLexer) dict(depth int) (any, error) {
	dict := pdfDict{}
	var flat []any
	for {
		o, err := l.next(depth + 1)
		if err != nil {
			return dict, err
		}
		if w, is := o.(pdfWord); is {
			switch w {
			case ">>":
				fill(dict, flat)
				return dict, nil
			case "R":
				flat = withRef(flat)
				continue
			case "endobj", "stream":
				return dict, errors.New("a dictionary that does not end")
			}
		}
		flat = append(flat, o)
	}
}

// fill takes keys and values.
func fill(dict pdfDict, flat []any) {
	for i := 0; i+1 < len(flat); i += 2 {
		if key, is := flat[i].(pdfName); is {
			dict[key] = flat[i+1]
		}
	}
}
