package engine

import (
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// wellFormed is JSON that was found valid, read from front to back. It is the fast way
// for what nearly all text is. Where it gives up (ok is false) the strict reader says
// what is wrong, so that the two never differ in what they take.
type wellFormed struct {
	text []byte
	at   int
}

// read returns the reader of a text without anything to refuse in its form.
func read(text []byte) (wellFormed, bool) {
	return wellFormed{text: text}, json.Valid(text) && utf8.Valid(text) && !hasLoneSurrogate(text)
}

// next skips blanks and returns the byte that follows.
func (w *wellFormed) next() byte {
	for {
		switch c := w.text[w.at]; c {
		case ' ', '\t', '\n', '\r':
			w.at++
		default:
			return c
		}
	}
}

// more goes to the next part of an object or array, or past its end.
func (w *wellFormed) more(end byte) bool {
	switch w.next() {
	case end:
		w.at++
		return false
	case ',':
		w.at++
		w.next()
	}
	return true
}

// quoted takes a string, and tells what stands between its quotes and whether that has
// escapes.
func (w *wellFormed) quoted() (inside []byte, escaped bool) {
	from := w.at + 1
	at := from
	for w.text[at] != '"' {
		if w.text[at] == '\\' {
			escaped = true
			at++
		}
		at++
	}
	w.at = at + 1
	return w.text[from:at], escaped
}

// unescaped returns what a quoted text with escapes says.
func unescaped(inside []byte) (string, bool) {
	var s string
	err := json.Unmarshal(slices.Concat([]byte{'"'}, inside, []byte{'"'}), &s)
	return s, err == nil
}

func (w *wellFormed) string() (string, bool) {
	inside, escaped := w.quoted()
	if escaped {
		return unescaped(inside)
	}
	return string(inside), true
}

// word takes a number, true, false or null.
func (w *wellFormed) word() []byte {
	from := w.at
	for w.at < len(w.text) {
		switch w.text[w.at] {
		case ',', ']', '}', ' ', '\t', '\n', '\r':
			return w.text[from:w.at]
		}
		w.at++
	}
	return w.text[from:]
}

// value decodes as DecodeJSON does.
func (w *wellFormed) value(depth int) (any, bool) {
	if depth > maxDepth {
		return nil, false
	}
	switch w.next() {
	case '{':
		return w.object(depth)
	case '[':
		w.at++
		array := []any{}
		for w.more(']') {
			v, ok := w.value(depth + 1)
			if !ok {
				return nil, false
			}
			array = append(array, v)
		}
		return array, true
	case '"':
		return w.string()
	case 't', 'f':
		return w.word()[0] == 't', true
	case 'n':
		w.word()
		return nil, true
	}
	return json.Number(w.word()), true
}

func (w *wellFormed) object(depth int) (any, bool) {
	w.at++
	object := map[string]any{}
	for w.more('}') {
		key, ok := w.string()
		if _, twice := object[key]; twice || !ok {
			return nil, false
		}
		w.next()
		w.at++ // the colon
		if object[key], ok = w.value(depth + 1); !ok {
			return nil, false
		}
	}
	return object, true
}

// appendTo writes the canonical form.
func (w *wellFormed) appendTo(b []byte, depth int) ([]byte, bool) {
	if depth > maxDepth {
		return nil, false
	}
	switch w.next() {
	case '{':
		return w.appendObject(b, depth)
	case '[':
		w.at++
		b = append(b, '[')
		for first := true; w.more(']'); first = false {
			if !first {
				b = append(b, ',')
			}
			var ok bool
			if b, ok = w.appendTo(b, depth+1); !ok {
				return nil, false
			}
		}
		return append(b, ']'), true
	case '"':
		return w.appendQuoted(b)
	case 't', 'f', 'n':
		return append(b, w.word()...), true
	}
	b, err := appendNumber(b, json.Number(w.word()))
	return b, err == nil
}

func (w *wellFormed) appendQuoted(b []byte) ([]byte, bool) {
	inside, escaped := w.quoted()
	if !escaped {
		return append(append(append(b, '"'), inside...), '"'), true
	}
	s, ok := unescaped(inside)
	return appendString(b, s), ok
}

// member is where a member of an object was written, and what its key is.
type member struct {
	key      string
	from, to int
}

// appendObject writes the members as they come, and puts them in order where they are not.
func (w *wellFormed) appendObject(b []byte, depth int) ([]byte, bool) {
	w.at++
	b = append(b, '{')
	start := len(b)
	var few [16]member
	members, ordered := few[:0], true
	for w.more('}') {
		if len(members) > 0 {
			b = append(b, ',')
		}
		inside, escaped := w.quoted()
		m := member{from: len(b)}
		if escaped {
			var ok bool
			if m.key, ok = unescaped(inside); !ok {
				return nil, false
			}
		} else {
			m.key = string(inside)
		}
		ordered = ordered && (len(members) == 0 || members[len(members)-1].key < m.key)
		b = append(appendString(b, m.key), ':')
		w.next()
		w.at++ // the colon
		var ok bool
		if b, ok = w.appendTo(b, depth+1); !ok {
			return nil, false
		}
		m.to = len(b)
		members = append(members, m)
	}
	if ordered {
		return append(b, '}'), true
	}
	slices.SortFunc(members, func(x, y member) int {
		switch {
		case x.key < y.key:
			return -1
		case x.key > y.key:
			return 1
		}
		return 0
	})
	written := slices.Clone(b[start:])
	b = b[:start]
	for i, m := range members {
		if i > 0 {
			if members[i-1].key == m.key {
				return nil, false
			}
			b = append(b, ',')
		}
		b = append(b, written[m.from-start:m.to-start]...)
	}
	return append(b, '}'), true
}
