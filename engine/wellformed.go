package engine

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// wellFormed is JSON that is read from front to back, and held to the grammar on the way. It
// is the fast way for what nearly all text is. Where it gives up (ok is false) the strict
// reader says what is wrong, so that the two never differ in what they take.
type wellFormed struct {
	text  []byte
	at    int
	depth int // of what is read into Go types
}

// valid returns the reader of a text that has nothing to refuse in its form, for who cannot
// give up on the way.
func valid(text []byte) (wellFormed, bool) {
	w := wellFormed{text: text}
	return wellFormed{text: text}, w.skip(0) && w.ended() || json.Valid(text) && utf8.Valid(text) && !hasLoneSurrogate(text)
}

// next skips blanks and returns the byte that follows, 0 at the end.
func (w *wellFormed) next() byte {
	for w.at < len(w.text) {
		switch c := w.text[w.at]; c {
		case ' ', '\t', '\n', '\r':
			w.at++
		default:
			return c
		}
	}
	return 0
}

// ended reports whether nothing but blanks follows.
func (w *wellFormed) ended() bool { return w.next() == 0 && w.at == len(w.text) }

// more goes to the first or next part of an object or array, or past its end; ok is false
// where neither stands.
func (w *wellFormed) more(end byte, first bool) (more, ok bool) {
	c := w.next()
	if c == end {
		w.at++
		return false, true
	}
	if first {
		return true, c != 0
	}
	if c != ',' {
		return false, false
	}
	w.at++
	return true, w.next() != end
}

// colon passes what stands between a member's name and its value.
func (w *wellFormed) colon() bool {
	if w.next() != ':' {
		return false
	}
	w.at++
	return w.next() != 0
}

// plainInside are the bytes that stand in a string for themselves.
var plainInside = func() (plain [256]bool) {
	for c := 0x20; c < utf8.RuneSelf; c++ {
		plain[c] = c != '"' && c != '\\'
	}
	return plain
}()

// quoted takes a string, and tells what stands between its quotes and whether that has
// escapes.
func (w *wellFormed) quoted() (inside []byte, escaped, ok bool) {
	if w.at >= len(w.text) || w.text[w.at] != '"' {
		return nil, false, false
	}
	from := w.at + 1
	at := from + plainBytes(w.text[from:])
	if at < len(w.text) && w.text[at] == '"' {
		w.at = at + 1
		return w.text[from:at], false, true
	}
	for at < len(w.text) && w.text[at] != '"' {
		if w.text[at] == '\\' {
			escaped = true
			at++
		}
		at++
	}
	if at >= len(w.text) {
		return nil, false, false
	}
	w.at = at + 1
	inside = w.text[from:at]
	return inside, escaped, json.Valid(w.text[from-1:w.at]) && utf8.Valid(inside) && !(escaped && hasLoneSurrogate(inside))
}

// unescaped returns what a quoted text with escapes says.
func unescaped(inside []byte) (string, bool) {
	var s string
	err := json.Unmarshal(slices.Concat([]byte{'"'}, inside, []byte{'"'}), &s)
	return s, err == nil
}

func (w *wellFormed) string() (string, bool) {
	inside, escaped, ok := w.quoted()
	if escaped && ok {
		return unescaped(inside)
	}
	return string(inside), ok
}

// word takes a number, true, false or null.
func (w *wellFormed) word() (word []byte, ok bool) {
	from := w.at
	for ; w.at < len(w.text); w.at++ {
		if c := w.text[w.at]; (c < '0' || c > '9') && (c < 'a' || c > 'z') && c != '-' && c != '+' && c != '.' && c != 'E' {
			break
		}
	}
	word = w.text[from:w.at]
	return word, isWord(word)
}

// isWord reports whether a text is a number, true, false or null.
func isWord(word []byte) bool {
	if len(word) > 0 && (word[0] == '0' && len(word) == 1 || word[0] >= '1' && word[0] <= '9') {
		for _, c := range word {
			if c < '0' || c > '9' {
				return json.Valid(word)
			}
		}
		return true
	}
	return json.Valid(word)
}

// value decodes as DecodeJSON does, but for what is known of a spot; nil is none.
func (w *wellFormed) value(depth int, at *Spot) (any, bool) {
	if depth > maxDepth {
		return nil, false
	}
	switch w.next() {
	case '{', '[':
		if at != nil && at.Met != nil {
			return w.met(depth, at)
		}
		return w.compound(depth, at)
	case '"':
		return w.string()
	}
	word, ok := w.word()
	if !ok {
		return nil, false
	}
	switch word[0] {
	case 't', 'f':
		return word[0] == 't', true
	case 'n':
		return nil, true
	}
	return json.Number(word), true
}

// compound takes an object or a list.
func (w *wellFormed) compound(depth int, at *Spot) (any, bool) {
	if w.text[w.at] == '{' {
		return w.object(depth, at)
	}
	return w.array(depth, at.each())
}

// array takes a list of which each item stands at a spot.
func (w *wellFormed) array(depth int, each *Spot) (any, bool) {
	w.at++
	array := []any{}
	for {
		if more, ok := w.more(']', len(array) == 0); !more || !ok {
			return array, ok
		}
		v, ok := w.value(depth+1, each)
		if !ok {
			return nil, false
		}
		array = append(array, v)
	}
}

func (w *wellFormed) object(depth int, at *Spot) (any, bool) {
	w.at++
	object := map[string]any{}
	for {
		if more, ok := w.more('}', len(object) == 0); !more || !ok {
			return object, ok
		}
		key, ok := w.string()
		if _, twice := object[key]; twice || !ok || !w.colon() {
			return nil, false
		}
		if object[key], ok = w.value(depth+1, at.below(key)); !ok {
			return nil, false
		}
	}
}

// skip passes a value, held to the grammar.
func (w *wellFormed) skip(depth int) bool {
	if depth > maxDepth {
		return false
	}
	end := byte(']')
	switch w.next() {
	case '{':
		end = '}'
	case '[':
	case '"':
		_, _, ok := w.quoted()
		return ok
	default:
		_, ok := w.word()
		return ok
	}
	w.at++
	for first := true; ; first = false {
		if more, ok := w.more(end, first); !more || !ok {
			return ok
		}
		if end == '}' {
			if _, _, ok := w.quoted(); !ok || !w.colon() {
				return false
			}
		}
		if !w.skip(depth + 1) {
			return false
		}
	}
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
		return w.appendArray(b, depth)
	case '"':
		return w.appendQuoted(b)
	}
	word, ok := w.word()
	if !ok {
		return nil, false
	}
	if c := word[0]; c == 't' || c == 'f' || c == 'n' {
		return append(b, word...), true
	}
	b, err := appendNumber(b, json.Number(word))
	return b, err == nil
}

func (w *wellFormed) appendArray(b []byte, depth int) ([]byte, bool) {
	w.at++
	b = append(b, '[')
	for first := true; ; first = false {
		if more, ok := w.more(']', first); !more || !ok {
			return append(b, ']'), ok
		}
		if !first {
			b = append(b, ',')
		}
		var ok bool
		if b, ok = w.appendTo(b, depth+1); !ok {
			return nil, false
		}
	}
}

func (w *wellFormed) appendQuoted(b []byte) ([]byte, bool) {
	inside, escaped, ok := w.quoted()
	if !ok {
		return nil, false
	}
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
	for {
		more, ok := w.more('}', len(members) == 0)
		if !ok {
			return nil, false
		}
		if !more {
			break
		}
		if len(members) > 0 {
			b = append(b, ',')
		}
		m := member{from: len(b)}
		if m.key, ok = w.string(); !ok || !w.colon() {
			return nil, false
		}
		ordered = ordered && (len(members) == 0 || members[len(members)-1].key < m.key)
		b = append(appendString(b, m.key), ':')
		if b, ok = w.appendTo(b, depth+1); !ok {
			return nil, false
		}
		m.to = len(b)
		members = append(members, m)
	}
	if ordered {
		return append(b, '}'), true
	}
	return inKeyOrder(b, start, members)
}

// inKeyOrder puts the members that were written from a place on in the order of their keys;
// false where a key stands twice.
func inKeyOrder(b []byte, start int, members []member) ([]byte, bool) {
	slices.SortFunc(members, func(x, y member) int { return strings.Compare(x.key, y.key) })
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

// goesOn is more of a text that is known to be valid, or that is only looked ahead in.
func (w *wellFormed) goesOn(end byte, first bool) bool {
	more, ok := w.more(end, first)
	return more && ok
}
