package contents

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// words reads text in whatever encoding it is, as markup where it is that; what is none
// is searched for the strings in it.
func (s *searching) words(place string, in input, head []byte) error {
	order, width := encodingOf(head)
	switch {
	case width == 2:
		in.Reader = &utf16Reader{r: in.Reader, order: order}
		if isMarkup(decoded(head, order)) {
			return s.markup(place, in)
		}
	case width == 4:
		s.unread(place, "it is text of four bytes a letter, which is not read")
		return s.strings(place, in)
	case !isText(head):
		s.unread(place, unknownForm)
		return s.strings(place, in)
	case isMainframe(head):
		s.unread(place, "it is text of a mainframe (EBCDIC), which is not read")
		return nil
	case isMarkup(head):
		return s.markup(place, in)
	}
	v := s.sieve(place, true)
	defer v.Close()
	buffer := make([]byte, 32<<10)
	binaryFrom := false
	for {
		n, err := in.Read(buffer)
		if !binaryFrom && bytes.IndexByte(buffer[:n], 0) >= 0 {
			binaryFrom = true
			s.unread(inside(place, "a part of it"), "it turns from text into something else")
		}
		_, _ = v.Write(buffer[:n]) // never fails
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// encodingOf tells how wide the letters of a text are, and in which order their bytes
// stand.
func encodingOf(head []byte) (binary.ByteOrder, int) {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe, 0, 0}), bytes.HasPrefix(head, []byte{0, 0, 0xfe, 0xff}):
		return nil, 4
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return binary.LittleEndian, 2
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return binary.BigEndian, 2
	}
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	half := len(head) / 2
	switch {
	case half < 4:
	case zeros[1] > half*7/10 && zeros[0] < half/20+1 && isText(decoded(head, binary.LittleEndian)):
		return binary.LittleEndian, 2
	case zeros[0] > half*7/10 && zeros[1] < half/20+1 && isText(decoded(head, binary.BigEndian)):
		return binary.BigEndian, 2
	}
	return nil, 1
}

// isText reports whether bytes are letters of an encoding that holds ASCII.
func isText(head []byte) bool {
	odd := 0
	for _, c := range head {
		switch {
		case c == 0:
			return false
		case c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b, c == 0x7f:
			odd++
		}
	}
	return odd <= len(head)/50
}

// isMainframe reports whether bytes are EBCDIC, where a blank is what is @ elsewhere and
// letters and digits are above ASCII.
func isMainframe(head []byte) bool {
	high := 0
	for _, c := range head {
		if c >= 0x80 {
			high++
		}
	}
	return high > len(head)/2 && bytes.Count(head, []byte("@")) > bytes.Count(head, []byte(" ")) && !utf8.Valid(head[:max(0, len(head)-utf8.UTFMax)])
}

func decoded(head []byte, order binary.ByteOrder) []byte {
	text, _ := io.ReadAll(&utf16Reader{r: bytes.NewReader(head), order: order})
	return text
}

// utf16Reader gives UTF-16 as UTF-8.
type utf16Reader struct {
	r     io.Reader
	order binary.ByteOrder
	high  rune // half of a pair
	out   []byte
	rest  []byte // half of a letter
	err   error
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.out) == 0 && u.err == nil {
		buffer := make([]byte, 16<<10)
		n := copy(buffer, u.rest)
		more, err := u.r.Read(buffer[n:])
		u.err = err
		whole := (n + more) &^ 1
		for i := 0; i < whole; i += 2 {
			r := rune(u.order.Uint16(buffer[i:]))
			if u.high != 0 {
				r, u.high = utf16.DecodeRune(u.high, r), 0
			} else if r >= 0xd800 && r < 0xdc00 {
				u.high = r
				continue
			}
			if r != 0xfeff {
				u.out = utf8.AppendRune(u.out, r)
			}
		}
		u.rest = append(u.rest[:0], buffer[whole:n+more]...)
	}
	n := copy(p, u.out)
	if u.out = u.out[n:]; n > 0 {
		return n, nil
	}
	return 0, u.err
}

// shortest is the shortest string that is looked at among bytes of no known form.
const shortest = 13

// strings searches the letters that stand among other bytes, one or two bytes each.
func (s *searching) strings(place string, in input) error {
	narrow, wide := s.sieve(place, false), s.sieve(place, false)
	defer narrow.Close()
	defer wide.Close()
	one, two := &letters{to: narrow}, &letters{to: wide}
	buffer := make([]byte, 64<<10)
	before := byte(0xff)
	for {
		n, err := in.Read(buffer)
		for _, c := range buffer[:n] {
			printable := c >= 0x20 && c < 0x7f || c == '\t'
			if printable {
				one.text = append(one.text, c)
			} else if len(one.text) > 0 {
				one.end()
			}
			switch { // letters with a zero between them
			case printable && before == 0:
				two.text = append(two.text, c)
			case c == 0 && before != 0:
			case len(two.text) > 0:
				two.end()
			}
			before = c
		}
		one.full()
		two.full()
		if errors.Is(err, io.EOF) {
			one.end()
			two.end()
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// letters collects a string until it ends.
type letters struct {
	to   *sieve
	text []byte
	open bool // a part of it was handed on
}

func (l *letters) end() {
	if len(l.text) >= shortest || l.open {
		_, _ = l.to.Write(append(l.text, '\n')) // never fails
	}
	l.text, l.open = l.text[:0], false
}

func (l *letters) full() {
	if len(l.text) > window {
		_, _ = l.to.Write(l.text) // never fails
		l.text, l.open = l.text[:0], true
	}
}
