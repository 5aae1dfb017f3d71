package pdf

import (
	"slices"
	"strings"
	"unicode"
)

// The drawing library sets one glyph after the other from left to right. Arabic and Hebrew
// are made ready for that here: letters take the form that joins them to their neighbours,
// and what is read from right to left is turned round, line by line. Directions that a text
// brings along are no part of this: reports.Clean made them visible.

// The forms of Arabic letters.
const (
	firstForm = 0xFE80
	lastForm  = 0xFEFC
)

// joining are the Arabic letters in the order of their forms from U+FE80: alone, at the end,
// at the beginning, in the middle. Those with two forms do not join to what follows.
var joining = func() map[rune][]rune {
	forms := map[rune][]rune{}
	at := rune(firstForm)
	for r := rune(0x621); r <= 0x64A; r++ {
		n := 4
		switch r {
		case 0x621:
			n = 1
		case 0x622, 0x623, 0x624, 0x625, 0x627, 0x629, 0x62F, 0x630, 0x631, 0x632, 0x648, 0x649:
			n = 2
		case 0x63B, 0x63C, 0x63D, 0x63E, 0x63F, 0x640:
			continue
		}
		for range n {
			forms[r] = append(forms[r], at)
			at++
		}
	}
	return forms
}()

// lamAlef are the forms alone of lam with an alef, which stand for two letters.
var lamAlef = map[rune]rune{0x622: 0xFEF5, 0x623: 0xFEF7, 0x625: 0xFEF9, 0x627: 0xFEFB}

// parted are the letters that a form stands for.
func parted(form rune) []rune {
	for letter, forms := range joining {
		if slices.Contains(forms, form) {
			return []rune{letter}
		}
	}
	for alef, alone := range lamAlef {
		if form == alone || form == alone+1 {
			return []rune{lam, alef}
		}
	}
	return []rune{form}
}

const (
	lam     = 0x644
	tatweel = 0x640
)

// joined gives Arabic letters their forms. The order stays.
func joined(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { _, letter := joining[r]; return letter }) {
		return s
	}
	in := []rune(s)
	next := func(i int) int {
		for i++; i < len(in) && unicode.Is(unicode.Mn, in[i]); i++ {
		}
		return i
	}
	var out []rune
	before := false // whether the letter before reaches out to this one
	for i := 0; i < len(in); i++ {
		forms, letter := joining[in[i]]
		n := next(i)
		switch {
		case unicode.Is(unicode.Mn, in[i]):
			out = append(out, in[i])
			continue
		case in[i] == tatweel:
			out, before = append(out, in[i]), true
			continue
		case !letter:
			out, before = append(out, in[i]), false
			continue
		}
		if n < len(in) && n == i+1 && in[i] == lam && lamAlef[in[n]] != 0 {
			form := lamAlef[in[n]]
			if before {
				form++
			}
			out, before = append(out, form), false
			i = n
			continue
		}
		after := len(forms) == 4 && n < len(in) && (in[n] == tatweel || len(joining[in[n]]) > 1)
		form := 0
		if before && len(forms) > 1 {
			form = 1
		}
		if after {
			form += 2
		}
		out, before = append(out, forms[form]), after
	}
	return string(out)
}

// leftward reports whether r is read from right to left.
func leftward(r rune) bool {
	return r >= 0x590 && r <= 0x8FF && unicode.IsLetter(r) || r >= 0xFB1D && r <= 0xFDFF && unicode.IsLetter(r) || r >= 0xFE70 && r <= 0xFEFC
}

var mirrored = strings.NewReplacer("(", ")", ")", "(", "[", "]", "]", "[", "{", "}", "}", "{", "<", ">", ">", "<", "«", "»", "»", "«")

// visual is a line in the order in which its glyphs stand from left to right. What is read
// from right to left is turned round from its first letter to its last; numbers in it are
// not, and marks stay behind the letter that they stand on.
func visual(line string) string {
	if !strings.ContainsFunc(line, leftward) {
		return line
	}
	in := []rune(line)
	var out strings.Builder
	for i := 0; i < len(in); {
		if !leftward(in[i]) {
			out.WriteRune(in[i])
			i++
			continue
		}
		end := i + 1
		for j := end; j < len(in) && (leftward(in[j]) || !unicode.IsLetter(in[j])); j++ {
			if leftward(in[j]) || unicode.Is(unicode.Mn, in[j]) && j == end {
				end = j + 1
			}
		}
		out.WriteString(mirrored.Replace(turned(in[i:end])))
		i = end
	}
	return out.String()
}

// turned is text from right to left: letters with their marks, and whole numbers, in the
// other order.
func turned(in []rune) string {
	number := func(i int) bool {
		return unicode.IsDigit(in[i]) || i > 0 && i+1 < len(in) && strings.ContainsRune(".,:/-", in[i]) && unicode.IsDigit(in[i-1]) && unicode.IsDigit(in[i+1])
	}
	var parts []string
	for i := 0; i < len(in); {
		end := i + 1
		for end < len(in) && (unicode.Is(unicode.Mn, in[end]) || number(i) && number(end)) {
			end++
		}
		parts = append(parts, string(in[i:end]))
		i = end
	}
	slices.Reverse(parts)
	return strings.Join(parts, "")
}
