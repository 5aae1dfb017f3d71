package imports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Bounds of what is read. A value that is captured whole is at most maxItem long; what
// is longer is passed over and said.
const (
	maxNesting = 256
	maxItem    = 4 << 20
	window     = 256 << 10
)

// syntaxError is where a file stops being JSON.
type syntaxError struct {
	line  int
	cause string
}

func (e *syntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.cause) }

// stream reads JSON as it comes, without holding more of it than one captured value.
type stream struct {
	from    io.Reader
	buf     []byte
	at, end int
	lines   int // before buf
	eof     bool
	failed  error // of from
	keeping bool
	over    bool // what is kept became longer than maxItem
	mark    int  // where in buf what is to be kept begins
	kept    []byte
	// tooLarge is told of a value that was to be captured and is too long.
	tooLarge func(line int)
	// odd is told of what no tool writes, and would be read as if it were not there.
	odd func(line int, cause string)
}

func newStream(from io.Reader) *stream {
	s := &stream{from: from, buf: make([]byte, window), tooLarge: func(int) {}, odd: func(int, string) {}}
	if s.more() && bytes.HasPrefix(s.buf[:s.end], []byte("\ufeff")) {
		s.at = 3
	}
	return s
}

// line is the line at hand, from 1.
func (s *stream) line() int { return s.lines + bytes.Count(s.buf[:s.at], []byte("\n")) + 1 }

// more fills the window again; false at the end.
func (s *stream) more() bool {
	if s.eof {
		return false
	}
	s.save()
	s.lines += bytes.Count(s.buf[:s.end], []byte("\n"))
	s.at, s.end, s.mark = 0, 0, 0
	for tries := 0; s.end < 3 && tries < 100; tries++ {
		n, err := s.from.Read(s.buf[s.end:])
		s.end += n
		if err != nil {
			s.eof = true
			if !errors.Is(err, io.EOF) {
				s.failed = err
			}
			break
		}
	}
	return s.end > 0
}

// save keeps what was read since the mark.
func (s *stream) save() {
	if !s.keeping {
		return
	}
	if s.over = s.over || len(s.kept)+s.at-s.mark > maxItem; !s.over {
		s.kept = append(s.kept, s.buf[s.mark:s.at]...)
	}
	s.mark = s.at
}

func (s *stream) wrong(format string, args ...any) error {
	if s.failed != nil {
		return s.failed
	}
	return &syntaxError{s.line(), fmt.Sprintf(format, args...)}
}

// peek returns the next byte that is no white space; 0 at the end.
func (s *stream) peek() byte {
	for {
		for ; s.at < s.end; s.at++ {
			switch c := s.buf[s.at]; c {
			case ' ', '\t', '\n', '\r':
			default:
				return c
			}
		}
		if !s.more() {
			return 0
		}
	}
}

// skipLine goes on behind the line at hand.
func (s *stream) skipLine() {
	for {
		if i := bytes.IndexByte(s.buf[s.at:s.end], '\n'); i >= 0 {
			s.at += i + 1
			return
		}
		s.at = s.end
		if !s.more() {
			return
		}
	}
}

// capture reads the next value and returns its bytes, nil where it is too long. They are
// good until the next capture.
func (s *stream) capture(depth int) ([]byte, error) {
	s.peek()
	line := s.line()
	s.keeping, s.over, s.kept, s.mark = true, false, s.kept[:0], s.at
	err := s.skip(depth)
	s.save()
	s.keeping = false
	if err != nil {
		return nil, err
	}
	if s.over {
		s.tooLarge(line)
		return nil, nil
	}
	return s.kept, nil
}

// skip reads the next value and lets it go.
func (s *stream) skip(depth int) error {
	switch c := s.peek(); {
	case c == '{':
		return s.object(depth, func(string) error { return s.skip(depth + 1) })
	case c == '[':
		return s.array(depth, func(int) error { return s.skip(depth + 1) })
	case c == '"':
		_, err := s.text(false)
		return err
	case c == 0:
		return s.wrong("it ends in the middle of a value")
	}
	_, err := s.word()
	return err
}

// object reads an object and hands every key over, whose value each has to read.
func (s *stream) object(depth int, each func(key string) error) error {
	if depth > maxNesting {
		return s.wrong("it is nested deeper than %d", maxNesting)
	}
	s.at++ // {
	if s.peek() == '}' {
		s.at++
		return nil
	}
	for {
		if c := s.peek(); c != '"' {
			return s.wrong("%s where a name has to be", shown(c))
		}
		key, err := s.text(true)
		if err != nil {
			return err
		}
		if c := s.peek(); c != ':' {
			return s.wrong("%s where a colon has to be", shown(c))
		}
		s.at++
		if err := each(key); err != nil {
			return err
		}
		if end, err := s.next('}'); end || err != nil {
			return err
		}
	}
}

// array reads an array and hands every place over, whose value each has to read.
func (s *stream) array(depth int, each func(i int) error) error {
	if depth > maxNesting {
		return s.wrong("it is nested deeper than %d", maxNesting)
	}
	s.at++ // [
	if s.peek() == ']' {
		s.at++
		return nil
	}
	for i := 0; ; i++ {
		if err := each(i); err != nil {
			return err
		}
		if end, err := s.next(']'); end || err != nil {
			return err
		}
	}
}

// next reads a comma, or the end.
func (s *stream) next(end byte) (bool, error) {
	switch c := s.peek(); c {
	case end:
		s.at++
		return true, nil
	case ',':
		s.at++
		return false, nil
	case 0:
		return false, s.wrong("it ends in the middle: it was cut off")
	default:
		return false, s.wrong("%s where a comma or %c has to be", shown(c), end)
	}
}

// text reads a string; decoded only where it is wanted, and then cut at maxKey.
func (s *stream) text(wanted bool) (string, error) {
	const maxKey = 4096
	s.at++ // "
	var raw []byte
	for escaped, digits := false, 0; ; {
		start := s.at
		for ; s.at < s.end; s.at++ {
			c := s.buf[s.at]
			switch {
			case escaped:
				if escaped = false; c == 'u' {
					digits = 4
				} else if strings.IndexByte(`"\/bfnrt`, c) < 0 {
					return "", s.wrong("%s behind a backslash", shown(c))
				}
			case digits > 0:
				if digits--; !hexadecimal(c) {
					return "", s.wrong("%s where a hexadecimal digit has to be", shown(c))
				}
			case c == '\\':
				escaped = true
			case c == '"':
				if wanted && len(raw) <= maxKey {
					raw = append(raw, s.buf[start:s.at]...)
				}
				s.at++
				return s.decoded(raw, wanted)
			case c < ' ':
				return "", s.wrong("a control character in a string")
			}
		}
		if wanted && len(raw) <= maxKey {
			raw = append(raw, s.buf[start:s.at]...)
		}
		if !s.more() {
			return "", s.wrong("it ends in the middle of a string: it was cut off")
		}
	}
}

func (s *stream) decoded(raw []byte, wanted bool) (string, error) {
	if !wanted || bytes.IndexByte(raw, '\\') < 0 {
		return string(raw), nil
	}
	var text string
	if err := json.Unmarshal(append(append([]byte{'"'}, raw...), '"'), &text); err != nil {
		return "", s.wrong("a string that is none")
	}
	return text, nil
}

// word reads a number, true, false or null.
func (s *stream) word() (string, error) {
	var raw []byte
	for len(raw) < 400 {
		if s.at == s.end && !s.more() {
			break
		}
		c := s.buf[s.at]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && c != '-' && c != '+' && c != '.' && c != 'E' {
			break
		}
		raw = append(raw, c)
		s.at++
	}
	if !json.Valid(raw) {
		if len(raw) == 0 {
			return "", s.wrong("%s where a value has to be", shown(s.peek()))
		}
		return "", s.wrong("a word that is no value") // it may be a secret that somebody forgot to quote
	}
	return string(raw), nil
}

func hexadecimal(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func shown(c byte) string {
	if c == 0 {
		return "the end of the file"
	}
	return fmt.Sprintf("%q", rune(c))
}

// rest is what of the window was not read yet.
func (s *stream) rest() string {
	rest := string(s.buf[s.at:s.end])
	s.at = s.end
	return rest
}
