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
		t := texts{part: []byte(part), take: take, parts: -1, others: -1}
		t.value(&w)
		return nil
	}
	_, err := DecodeJSON(body) // says what is wrong
	return err
}

// texts looks for a part in the texts of a document, in one go: where none is left, nor a
// text that may be written otherwise, it ends.
type texts struct {
	part          []byte
	take          func([]Step, string)
	way           []wayStep
	to            []Step // of way
	parts, others int    // where the next part stands, and the next escape; -1 was not looked for
}

// wayStep is a Step as it stands in the document.
type wayStep struct {
	inside  []byte
	escaped bool
	place   int
	ofList  bool
}

// left reports whether a part may stand in what follows.
func (t *texts) left(w *wellFormed) bool {
	find := func(next int, what []byte) int {
		if next >= w.at {
			return next
		}
		if i := bytes.Index(w.text[w.at:], what); i >= 0 {
			return w.at + i
		}
		return len(w.text)
	}
	t.parts, t.others = find(t.parts, t.part), find(t.others, []byte{'\\'})
	return min(t.parts, t.others) < len(w.text)
}

func (t *texts) value(w *wellFormed) {
	c := w.next()
	if !t.left(w) {
		w.at = len(w.text)
		return
	}
	switch c {
	case '{':
		w.at++
		for first := true; w.goesOn('}', first); first = false {
			inside, escaped, _ := w.quoted()
			w.colon()
			t.step(wayStep{inside: inside, escaped: escaped}, w)
		}
	case '[':
		w.at++
		for place := 0; w.goesOn(']', place == 0); place++ {
			t.step(wayStep{place: place, ofList: true}, w)
		}
	case '"':
		if inside, escaped, ok := w.quoted(); ok && (escaped || t.parts < w.at) {
			t.found(inside, escaped)
		}
	default:
		w.word()
	}
}

func (t *texts) step(s wayStep, w *wellFormed) {
	t.way = append(t.way, s)
	t.value(w)
	t.way = t.way[:len(t.way)-1]
}

// found hands over a text, if the part stands in it.
func (t *texts) found(inside []byte, escaped bool) {
	text := textIn(inside, escaped)
	if !strings.Contains(text, string(t.part)) {
		return
	}
	t.to = t.to[:0]
	for _, s := range t.way {
		t.to = append(t.to, Step{textIn(s.inside, s.escaped), s.place, s.ofList})
	}
	t.take(t.to, text)
}

// textIn is what a quoted text of a valid document says.
func textIn(inside []byte, escaped bool) string {
	if !escaped {
		return string(inside)
	}
	text, _ := unescaped(inside)
	return text
}
