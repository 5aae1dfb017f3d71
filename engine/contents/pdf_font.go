package contents

import (
	"errors"
	"io"
	"strings"
	"unicode/utf16"
)

// Bounds of what fonts say of their letters.
const (
	maxLetters = 200_000 // of all fonts together
	maxCMap    = 4 << 20 // bytes of one table
)

// pdfFont tells which letters the codes of a string are.
type pdfFont struct {
	wide    bool // two bytes a code
	letters map[uint32]string
	ucs2    bool // the codes are UTF-16
	blind   bool // nothing says which letters they are
}

// text is what a string says in the font. It reports whether that can be told.
func (f *pdfFont) text(s []byte) (string, bool) {
	if f == nil {
		return latin(s), true
	}
	var out strings.Builder
	told := !f.blind
	switch {
	case f.wide || f.ucs2:
		for i := 0; i+1 < len(s); i += 2 {
			code := uint32(s[i])<<8 | uint32(s[i+1])
			letter, known := f.letters[code]
			if !known && f.ucs2 {
				letter, known = string(rune(code)), true
			}
			told = told && known
			out.WriteString(letter)
		}
	default:
		for _, c := range s {
			if letter, known := f.letters[uint32(c)]; known {
				out.WriteString(letter)
				continue
			}
			out.WriteString(latin([]byte{c}))
		}
	}
	return out.String(), told
}

func latin(s []byte) string {
	if len(s) >= 2 && s[0] == 0xfe && s[1] == 0xff {
		var units []uint16
		for i := 2; i+1 < len(s); i += 2 {
			units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
		}
		return string(utf16.Decode(units))
	}
	r := make([]rune, len(s))
	for i, c := range s {
		r[i] = rune(c)
	}
	return string(r)
}

// glyphs are the letters of names that fonts give them, as far as card numbers and keys
// are written in them; letters of one character are their own names.
var glyphs = map[string]string{
	"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
	"space": " ", "hyphen": "-", "minus": "-", "period": ".", "slash": "/", "underscore": "_", "plus": "+", "equal": "=", "comma": ",",
	"colon": ":", "endash": "-", "nbspace": " ",
}

// font reads a font's dictionary.
func (p *pdfReader) font(o any) *pdfFont {
	ref, isRef := o.(pdfRef)
	if f, known := p.fonts[ref]; known && isRef {
		return f
	}
	d, _ := p.resolve(o).(pdfDict)
	f := &pdfFont{letters: map[uint32]string{}}
	if isRef {
		p.fonts[ref] = f
	}
	subtype, _ := d["Subtype"].(pdfName)
	f.wide = subtype == "Type0"
	encoding := p.resolve(d["Encoding"])
	if name, is := encoding.(pdfName); is && f.wide && (strings.Contains(string(name), "UCS2") || strings.Contains(string(name), "UTF16")) {
		f.ucs2 = true
	}
	if dict, is := encoding.(pdfDict); is && !f.wide {
		f.differences(p.resolve(dict["Differences"]), subtype == "Type3")
	}
	if table, is := d["ToUnicode"].(pdfRef); is {
		if body, err := p.stream(table); err == nil {
			p.letters(f, io.LimitReader(body, maxCMap))
			f.blind = false
			return f
		}
	}
	if f.wide && !f.ucs2 {
		f.blind = true
	}
	return f
}

// differences takes the letters that an encoding names. A name that says none is no
// letter that could be told.
func (f *pdfFont) differences(o any, drawn bool) {
	list, _ := o.([]any)
	code := uint32(0)
	for _, item := range list {
		switch item := item.(type) {
		case float64:
			code = uint32(item)
		case pdfName:
			letter, known := glyphs[string(item)]
			if !known && len(item) == 1 {
				letter, known = string(item), true
			}
			if known {
				f.letters[code] = letter
			}
			f.blind = f.blind || !known && drawn
			code++
		}
	}
}

// letters reads a table of codes and their letters.
func (p *pdfReader) letters(f *pdfFont, r io.Reader) {
	l := newPDFLexer(r)
	var operands []any
	narrow := true
	for p.letterCount < maxLetters {
		l.items = 0
		o, err := l.next(0)
		if err != nil {
			break
		}
		w, isWord := o.(pdfWord)
		switch {
		case !isWord:
			if len(operands) < 4096 {
				operands = append(operands, o)
			}
			continue
		case w == "endbfchar":
			for i := 0; i+1 < len(operands); i += 2 {
				p.letter(f, operands[i], operands[i+1], 0)
			}
		case w == "endbfrange":
			for i := 0; i+2 < len(operands); i += 3 {
				p.letterRange(f, operands[i], operands[i+1], operands[i+2])
			}
		case w == "endcodespacerange":
			for _, o := range operands {
				b, _ := o.([]byte)
				narrow = narrow && len(b) == 1
			}
			f.wide = f.wide && !narrow || f.wide && len(operands) == 0
		}
		operands = operands[:0]
	}
}

func codeOf(o any) (uint32, error) {
	b, is := o.([]byte)
	if !is || len(b) == 0 || len(b) > 4 {
		return 0, errors.New("no code")
	}
	code := uint32(0)
	for _, c := range b {
		code = code<<8 | uint32(c)
	}
	return code, nil
}

func (p *pdfReader) letter(f *pdfFont, from, to any, more uint32) {
	code, err := codeOf(from)
	b, is := to.([]byte)
	if err != nil || !is || len(b) > 64 || p.letterCount >= maxLetters {
		return
	}
	var units []uint16
	if len(b) == 1 {
		units = []uint16{uint16(b[0])}
	}
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
	}
	if n := len(units); n > 0 {
		units[n-1] += uint16(more)
	}
	f.letters[code+more] = string(utf16.Decode(units))
	p.letterCount++
}

func (p *pdfReader) letterRange(f *pdfFont, from, to, letters any) {
	lo, err := codeOf(from)
	hi, other := codeOf(to)
	if err != nil || other != nil || hi < lo {
		return
	}
	list, isList := letters.([]any)
	for n := uint32(0); n <= hi-lo && n <= 0xffff && p.letterCount < maxLetters; n++ {
		switch {
		case !isList:
			p.letter(f, from, letters, n)
		case int(n) < len(list):
			code := lo + n
			p.letter(f, []byte{byte(code >> 24), byte(code >> 16), byte(code >> 8), byte(code)}, list[n], 0)
		}
	}
}
