package engine

import (
	"encoding/json"
	"errors"
)

// errNoArray says of what was to be taken item by item that it cannot be.
var errNoArray = errors.New("no list of items")

// Extent finds where a JSON value ends, by its brackets and quotes alone: what stands in it
// is held to the grammar by who reads it. The value may be met in pieces.
type Extent struct {
	depth            int
	begun            bool
	quoted, escaping bool
}

// IsWord reports whether what was met so far is a value that ends where the text does, as a
// number is.
func (e *Extent) IsWord() bool { return e.begun && e.depth == 0 && !e.quoted }

// what a byte outside of quotes is to the extent of a value.
const (
	plainByte = iota
	quoteByte
	openingByte
	closingByte
	betweenByte
)

var extentBytes = [256]byte{
	'"': quoteByte, '{': openingByte, '[': openingByte, '}': closingByte, ']': closingByte,
	',': betweenByte, ':': betweenByte, ' ': betweenByte, '\t': betweenByte, '\n': betweenByte, '\r': betweenByte,
}

// Pass goes through a piece, and reports after how many bytes the value ends in it. A piece
// that begins with no value ends at once.
func (e *Extent) Pass(piece []byte) (n int, whole bool) {
	i := 0
	if e.quoted {
		if i = e.inside(piece, 0); e.quoted {
			return i, false
		}
		if e.depth == 0 {
			return i, true
		}
	}
	for ; i < len(piece); i++ {
		of := extentBytes[piece[i]]
		if of == plainByte {
			e.begun = true
			continue
		}
		if of == betweenByte && e.depth > 0 {
			continue
		}
		if e.depth == 0 && (of == betweenByte || of == closingByte || e.begun) {
			return i, true
		}
		e.begun = true
		switch of {
		case quoteByte:
			e.quoted = true
			if i = e.inside(piece, i+1); e.quoted {
				return i, false
			}
			if i--; e.depth == 0 {
				return i + 1, true
			}
		case openingByte:
			e.depth++
		case closingByte:
			if e.depth--; e.depth == 0 {
				return i + 1, true
			}
		}
	}
	return i, false
}

// inside goes from a place in a string behind its end, or to that of the piece.
func (e *Extent) inside(piece []byte, i int) int {
	if e.escaping && i < len(piece) {
		e.escaping = false
		i++
	}
	for i += plainBytes(piece[min(i, len(piece)):]); i < len(piece); i++ {
		switch piece[i] {
		case '\\':
			if i++; i == len(piece) {
				e.escaping = true
				return i
			}
		case '"':
			e.quoted = false
			return i + 1
		}
	}
	return i
}

// extent takes the value that stands next, if it is of at most so many bytes: as it looks
// by its brackets and quotes alone.
func (w *wellFormed) extent(limit int) (text []byte, fits bool) {
	from := w.at
	room := w.text[from:]
	if len(room) > limit {
		room = room[:limit+1]
	}
	var e Extent
	n, whole := e.Pass(room)
	if w.at += n; !whole {
		whole = n == len(w.text)-from && e.IsWord()
	}
	return w.text[from:w.at], whole && n > 0 && n <= limit
}

// IsJSON reports whether a text is one JSON value, as encoding/json has it.
func IsJSON(text []byte) bool {
	w := wellFormed{text: text}
	return w.skip(0) && w.ended() || json.Valid(text)
}

// EachMember passes on the members of an object in their order, as they stand in a text that
// IsJSON, and reports whether it is one and none was refused.
func EachMember(text []byte, take func(name string, member []byte) bool) bool {
	w := wellFormed{text: text}
	if w.next() != '{' {
		return false
	}
	w.at++
	for first := true; ; first = false {
		if more, ok := w.more('}', first); !more || !ok {
			return ok
		}
		name, ok := w.string()
		if !ok || !w.colon() {
			return false
		}
		if member, whole := w.extent(len(text)); !whole || !take(name, member) {
			return false
		}
	}
}

// EachItem passes on the items of an array in their order, as they stand in a text that
// IsJSON and as DecodeJSON reads them, until take has an error. Parts that at knows from the
// text from an item on stand in it as they are written in a document; nil knows none.
func EachItem(text []byte, at func(from []byte) *Spot, take func(item []byte, v any, wrong error) error) error {
	w := wellFormed{text: text}
	if w.next() != '[' {
		return errNoArray
	}
	w.at++
	for first := true; ; first = false {
		more, ok := w.more(']', first)
		if !ok {
			return errNoArray
		}
		if !more {
			return nil
		}
		from := w.at
		var spot *Spot
		if at != nil {
			spot = at(text[from:])
		}
		v, ok := w.value(0, spot)
		item := text[from:w.at]
		var wrong error
		if !ok {
			w.at = from
			if item, ok = w.extent(len(text)); !ok {
				return errNoArray
			}
			v, wrong = DecodeJSON(item)
		}
		if err := take(item, v, wrong); err != nil {
			return err
		}
	}
}
