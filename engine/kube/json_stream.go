package kube

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"tickmark/engine"
)

// maxItem bounds one item of a list, or one member of an object that is no list:
// etcd takes none of more than a few megabytes.
const maxItem = 32 << 20

var errItemTooLarge = fmt.Errorf("an item larger than %d MiB", maxItem>>20)

// cutOff says of an end in the middle what it is.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCutOff
	}
	return err
}

var errCutOff = errors.New("it breaks off: the rest is missing")

// jsonStream reads JSON values one after the other, and lists item by item. Where a value
// ends is told by its brackets and quotes; what stands in it is held to the grammar by who
// decodes it.
type jsonStream struct {
	r    io.Reader
	room []byte // what was read; from at on it is still to be taken
	at   int
}

// leastRoom is how much is made to read into, in bytes.
const leastRoom = 32 << 10

func newJSONStream(r io.Reader) *jsonStream { return &jsonStream{r: r} }

// fill reads on. What stands before a place is not kept where that makes room; it returns
// where the place is then.
func (s *jsonStream) fill(from int) (int, error) {
	if cap(s.room)-len(s.room) < leastRoom/8 {
		n := copy(s.room, s.room[from:])
		s.room, s.at, from = slices.Grow(s.room[:n], leastRoom), s.at-from, 0
	}
	for {
		end := len(s.room)
		n, err := s.r.Read(s.room[end:cap(s.room)])
		if s.room = s.room[:end+n]; n > 0 {
			return from, nil
		}
		if err != nil {
			return from, err
		}
	}
}

// next passes blanks and returns the byte that follows, which it leaves there.
func (s *jsonStream) next() (byte, error) {
	for {
		for ; s.at < len(s.room); s.at++ {
			switch c := s.room[s.at]; c {
			case ' ', '\t', '\n', '\r':
			default:
				return c, nil
			}
		}
		if _, err := s.fill(s.at); err != nil {
			return 0, err
		}
	}
}

// more goes to the first or next part of an object or a list, or past its end.
func (s *jsonStream) more(end byte, first bool) (bool, error) {
	c, err := s.next()
	switch {
	case err != nil:
		return false, cutOff(err)
	case c == end:
		s.at++
		return false, nil
	case first:
		return true, nil
	case c != ',':
		return false, unexpected(c, "between two parts")
	}
	s.at++
	if c, err = s.next(); err == nil && c == end {
		err = unexpected(c, "behind a comma")
	}
	return true, cutOff(err)
}

func unexpected(c byte, where string) error { return fmt.Errorf("invalid character %q %s", c, where) }

// name takes the name of a member and the colon behind it.
func (s *jsonStream) name() (string, error) {
	v, err := s.value()
	if err != nil {
		return "", err
	}
	name, ok := v.(string)
	if !ok {
		return "", errors.New("a member without a name")
	}
	c, err := s.next()
	if err == nil && c != ':' {
		err = unexpected(c, "behind a member's name")
	}
	s.at++
	return name, cutOff(err)
}

// value takes the next value.
func (s *jsonStream) value() (any, error) {
	raw, err := s.raw()
	if err != nil {
		return nil, err
	}
	return engine.DecodeJSON(raw)
}

// raw takes the next value as it stands, good until the next is taken.
func (s *jsonStream) raw() (json.RawMessage, error) {
	c, err := s.next()
	if err != nil {
		return nil, cutOff(err)
	}
	from, e := s.at, engine.Extent{}
	for {
		n, whole := e.Pass(s.room[s.at:])
		if s.at += n; whole {
			return s.room[from:s.at], s.ended(c, from)
		}
		if s.at-from > maxItem {
			return nil, errItemTooLarge
		}
		if from, err = s.fill(from); err != nil {
			if errors.Is(err, io.EOF) && e.IsWord() {
				return s.room[from:s.at], s.ended(c, from)
			}
			return nil, cutOff(err)
		}
	}
}

// ended says what is wrong where a value should have stood from a place on.
func (s *jsonStream) ended(c byte, from int) error {
	if s.at == from {
		return unexpected(c, "in the place of a value")
	}
	if s.at-from > maxItem {
		return errItemTooLarge
	}
	return nil
}
