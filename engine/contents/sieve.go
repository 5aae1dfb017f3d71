package contents

import (
	"bytes"
	"fmt"

	"tickmark/engine/redaction"
)

const cardNumber = "card-number"

// Windows of text. What begins before a margin is found with all that follows it, and
// what stands before it is seen as well.
const (
	window = 128 << 10
	margin = 512
)

// sieve searches a stream of text.
type sieve struct {
	s       *searching
	place   string
	byLine  bool // a place is a line
	text    []byte
	context int  // bytes at the start that were searched before
	line    int  // of the first byte
	second  bool // it reads what another one counts
	told    func(kind, place string)
}

func (s *searching) sieve(place string, byLine bool) *sieve {
	v := &sieve{s: s, place: place, byLine: byLine, line: 1}
	v.told = func(kind, place string) { s.hit(kind, place, 1) }
	return v
}

// Write takes text in.
func (v *sieve) Write(p []byte) (int, error) {
	if !v.second {
		v.s.found.Read += int64(len(p))
	}
	whole := len(p)
	for len(p) > 0 {
		n := min(len(p), window+2*margin-len(v.text))
		v.text, p = append(v.text, p[:n]...), p[n:]
		if len(v.text) >= window+2*margin {
			v.sift(false)
		}
	}
	return whole, nil
}

// Close searches what is left.
func (v *sieve) Close() {
	v.sift(true)
	v.text = v.text[:0]
	v.context = 0
}

// sift searches what is at hand but for its last margin, and lets it go but for a margin.
func (v *sieve) sift(last bool) {
	end := len(v.text)
	if !last {
		end -= margin
	}
	text := string(v.text)
	if hasDigits(v.text) {
		for _, at := range redaction.Cards(text) {
			v.tell(cardNumber, at.From, end)
		}
	}
	for _, key := range redaction.Keys(text) {
		v.tell(key.Kind, key.From, end)
	}
	if last {
		return
	}
	keep := end - margin
	v.line += bytes.Count(v.text[:keep], []byte{'\n'})
	v.text = v.text[:copy(v.text, v.text[keep:])]
	v.context = margin
}

func (v *sieve) tell(kind string, from, end int) {
	if from < v.context || from >= end {
		return
	}
	place := v.place
	if v.byLine {
		place = inside(place, fmt.Sprintf("line %d", v.line+bytes.Count(v.text[:from], []byte{'\n'})))
	}
	v.told(kind, place)
}

// hasDigits reports whether a card number may stand in a text: ASCII digits do, or
// letters of another script.
func hasDigits(text []byte) bool {
	for _, c := range text {
		if c >= '0' && c <= '9' || c >= 0x80 {
			return true
		}
	}
	return false
}
