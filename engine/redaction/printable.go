package redaction

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"tickmark/engine"
)

// maxLine bounds a line made from outside text, in bytes.
const maxLine = 400

// Printable makes outside text safe to stand on one line of a terminal, a log or
// a report: control and format characters (escape sequences, bidirectional
// overrides) go, white space becomes single spaces, card numbers and tokens are
// redacted, and what is longer than 400 bytes is cut at a character.
func Printable(s string) string {
	const enough = 64 * maxLine
	if len(s) > enough {
		s = s[:enough]
	}
	s = strings.Join(strings.Fields(strings.Map(printableRune, strings.ToValidUTF8(s, "\uFFFD"))), " ")
	s = New().Looks(s)
	if len(s) <= maxLine {
		return s
	}
	cut := maxLine
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "..."
}

// Line is Printable for what machines say: an error, the answer of a server, the name of a file
// that a program wrote. Of these what a name calls a secret goes as well, which people's own
// words about passwords keep.
func Line(s string) string {
	const cut = "\x00" // no name goes over it
	return Printable(New().Text(kindNames().ReplaceAllString(withoutControls(s), "$1$2$4"+cut+"$3$5")))
}

// Line is Line of what speaks of no kinds, with what it redacts counted.
func (r *Redactor) Line(s string) string { return Printable(r.Text(withoutControls(s))) }

// withoutControls takes out what ends a name and is not seen.
func withoutControls(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && !unicode.IsSpace(c) {
			return -1
		}
		return c
	}, s)
}

// kindNames are those of kinds before what is said of them: list secrets: forbidden.
var kindNames = engine.Late(`(^|[\s/])(secre)(ts:\s)|(/tok)(en:\s)`)

func printableRune(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsGraphic(r):
		return r
	}
	return -1
}
