package engine

import (
	"bytes"
	"strings"
)

// Step is one step on the way to a value of a document: a member of an object by its
// name, or an item of a list, whose Name is empty, by its place.
type Step struct {
	Name   string
	Place  int
	OfList bool
}

// EachText hands over every text in a document that holds a part, and the steps to it,
// which are good until take returns. Texts come in the order of the document; names of
// members are none. The part must be one that JSON writes as it is.
func EachText(body []byte, part string, take func(to []Step, text string)) error {
	if w, ok := valid(body); ok {
		t := texts{part: []byte(part), take: take}
		t.value(&w)
		return nil
	}
	_, err := DecodeJSON(body) // says what is wrong
	return err
}

type texts struct {
	part []byte
	take func([]Step, string)
	to   []Step
}

func (t *texts) value(w *wellFormed) {
	switch w.next() {
	case '{':
		w.at++
		for first := true; w.goesOn('}', first); first = false {
			from := *w
			w.quoted()
			w.colon()
			if t.holds(w) {
				name, _ := from.string()
				t.step(Step{Name: name}, w)
			}
		}
	case '[':
		w.at++
		for place := 0; w.goesOn(']', place == 0); place++ {
			if t.holds(w) {
				t.step(Step{Place: place, OfList: true}, w)
			}
		}
	case '"':
		if text, ok := w.string(); ok && strings.Contains(text, string(t.part)) {
			t.take(t.to, text)
		}
	default:
		w.word()
	}
}

// holds reports whether the part may stand in the value that follows, and else passes over it.
func (t *texts) holds(w *wellFormed) bool {
	w.next()
	from := *w
	inside, _ := w.extent(len(w.text))
	if !bytes.Contains(inside, t.part) && !bytes.ContainsRune(inside, '\\') {
		return false
	}
	*w = from
	return true
}

func (t *texts) step(s Step, w *wellFormed) {
	t.to = append(t.to, s)
	t.value(w)
	t.to = t.to[:len(t.to)-1]
}
