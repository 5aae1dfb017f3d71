package pdf

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/liberation/liberationmonoregular"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"tickmark/reports"
)

// face is one embedded font. What a face lacks is taken from wide.
type face uint8

const (
	sans face = iota
	bold
	mono
	wide
	faceCount
)

// names are the families as the drawing library knows them.
var names = [faceCount]string{"sans", "bold", "mono", "wide"}

// faceData returns the font file of a face.
func faceData(f face) []byte {
	switch f {
	case bold:
		return liberationsansbold.TTF
	case mono:
		return liberationmonoregular.TTF
	case wide:
		return dejavusans.TTF
	case sans, faceCount:
	}
	return liberationsansregular.TTF
}

// mmPerPoint converts type sizes to lengths on the sheet.
const mmPerPoint = 25.4 / 72

// hand is how a piece of text is written: face, size in points, colour.
type hand struct {
	face   face
	size   float64
	colour colour
}

// Advances that are no width: not looked up yet, and not in the font.
const (
	unseen  = 0
	missing = -1
)

// fonts measures text. It is used by one Write and is not safe for more.
type fonts struct {
	parsed [faceCount]*sfnt.Font
	buffer sfnt.Buffer
	// advances hold for each code point 1 + its advance in thousandths of the type
	// size, or one of the constants above.
	advances [faceCount][]int16
	used     [faceCount]bool
}

func newFonts() (*fonts, error) {
	var f fonts
	for i := range faceCount {
		parsed, err := sfnt.Parse(faceData(i))
		if err != nil {
			return nil, fmt.Errorf("read font %s: %w", names[i], err)
		}
		f.parsed[i] = parsed
		f.advances[i] = make([]int16, 1<<16)
	}
	return &f, nil
}

// advance returns the width of r in a face in thousandths of the type size, false
// where the face has no such glyph. Code points above U+FFFF are in none: the
// drawing library cannot write them.
func (f *fonts) advance(c face, r rune) (int, bool) {
	if r < 0 || r > 0xFFFF {
		return 0, false
	}
	a := f.advances[c][r]
	if a == unseen {
		a = f.lookUp(c, r)
		f.advances[c][r] = a
	}
	return int(a) - 1, a != missing
}

func (f *fonts) lookUp(c face, r rune) int16 {
	p := f.parsed[c]
	index, err := p.GlyphIndex(&f.buffer, r)
	if err != nil || index == 0 {
		return missing
	}
	em := int(p.UnitsPerEm())
	w, err := p.GlyphAdvance(&f.buffer, index, fixed.I(em), font.HintingNone)
	if err != nil {
		return missing
	}
	return int16(w.Round()*1000/em) + 1
}

// faceOf returns the face that shows r where c is wanted, and its width.
func (f *fonts) faceOf(c face, r rune) (face, int, bool) {
	if w, ok := f.advance(c, r); ok {
		return c, w, true
	}
	w, ok := f.advance(wide, r)
	return wide, w, ok
}

// show makes s printable in a face: what would act is made visible, and what no
// font can show becomes □U+XXXX. It notes which faces are needed.
func (f *fonts) show(c face, s string) string {
	s = joined(reports.Clean(s))
	whole := true
	for _, r := range s {
		if g, _, ok := f.faceOf(c, r); ok {
			f.used[g] = true
		} else if r != '\n' {
			whole = false
		}
	}
	if whole {
		return s
	}
	f.used[c], f.used[wide] = true, true
	var b strings.Builder
	for _, r := range s {
		if _, _, ok := f.faceOf(c, r); ok || r == '\n' {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "□U+%04X", r)
	}
	return b.String()
}

// units is the width of shown text in thousandths of its size.
func (f *fonts) units(c face, s string) int {
	n := 0
	for _, r := range s {
		_, w, _ := f.faceOf(c, r)
		n += w
	}
	return n
}

// width is the width of shown text in millimetres.
func (f *fonts) width(h hand, s string) float64 {
	return float64(f.units(h.face, s)) * h.size * mmPerPoint / 1000
}

// room is how many thousandths of the type size fit into a width in millimetres.
func room(h hand, width float64) int { return int(width / mmPerPoint / h.size * 1000) }

// line shows s on one line of at most width millimetres; what does not fit ends
// in an ellipsis. Only for places that repeat what is printed in full elsewhere.
func (f *fonts) line(h hand, s string, width float64) string {
	s = f.show(h.face, reports.Line(s))
	limit := room(h, width)
	if f.units(h.face, s) <= limit {
		return s
	}
	f.show(h.face, "…")
	limit -= f.units(h.face, "…")
	used, end := 0, 0
	for i, r := range s {
		_, w, _ := f.faceOf(h.face, r)
		if used += w; used > limit {
			break
		}
		end = i + utf8.RuneLen(r)
	}
	return strings.TrimRight(s[:end], " ") + "…"
}

// ends is line for names: what does not fit is left out of the middle.
func (f *fonts) ends(h hand, s string, width float64) string {
	s = reports.Line(s)
	for most := min(utf8.RuneCountInString(s), 400); most > 0; most-- {
		if short := f.show(h.face, reports.Ends(s, most)); f.units(h.face, short) <= room(h, width) {
			return short
		}
	}
	return ""
}

// lines breaks s into lines of at most width millimetres: at line breaks and
// spaces, in a word that is too long behind a joint such as a slash, else anywhere.
// Empty text has no lines.
func (f *fonts) lines(h hand, s string, width float64) []string {
	if s == "" {
		return nil
	}
	var out []string
	limit := room(h, width)
	for _, paragraph := range strings.Split(f.show(h.face, s), "\n") {
		out = f.wrap(out, h.face, strings.TrimRight(paragraph, " "), limit)
	}
	return out
}

// wrap appends the lines of one paragraph.
func (f *fonts) wrap(out []string, c face, s string, limit int) []string {
	start, used := 0, 0
	space, joint := -1, -1 // where the line may end: before a space, behind a joint
	for i, r := range s {
		_, w, _ := f.faceOf(c, r)
		if used+w > limit && i > start && r != ' ' {
			cut := i
			if space > start {
				cut = space
			} else if joint > start {
				cut = joint
			}
			out = append(out, strings.TrimRight(s[start:cut], " "))
			start = cut + len(s[cut:i]) - len(strings.TrimLeft(s[cut:i], " "))
			used, space, joint = f.units(c, s[start:i]), -1, -1
		}
		used += w
		switch r {
		case ' ':
			space = i
		case '/', '.', '-', ':', '_', ',', '=', '\\':
			joint = i + 1
		}
	}
	return append(out, s[start:])
}

// run is a stretch of text in one face.
type run struct {
	face face
	text string
	mm   float64
}

// runs splits shown text by the face that can show it.
func (f *fonts) runs(h hand, s string) []run {
	var out []run
	start, current, units := 0, h.face, 0
	flush := func(end int) {
		if end > start {
			out = append(out, run{current, s[start:end], float64(units) * h.size * mmPerPoint / 1000})
		}
	}
	for i, r := range s {
		g, w, _ := f.faceOf(h.face, r)
		if g != current {
			flush(i)
			start, current, units = i, g, 0
		}
		units += w
	}
	flush(len(s))
	return out
}
