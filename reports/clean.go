package reports

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes text from outside safe to print. Line breaks of every kind become
// "\n" and tabs become spaces. Control characters, direction overrides and other
// characters that act instead of print are shown as ‹U+XXXX›, bytes that are no
// UTF-8 as �: nothing is lost, and nothing is hidden. What a font cannot show is the
// renderer's matter.
func Clean(s string) string {
	if isClean(s) {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r == '\n', r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
			b.WriteByte('\n')
		case r == '\t':
			b.WriteString("    ")
		case acts(r):
			fmt.Fprintf(&b, "‹U+%04X›", r)
		default:
			b.WriteRune(r) // invalid bytes arrive here as U+FFFD
		}
	}
	return b.String()
}

// Line is Clean for what must stay on one line: line breaks become spaces.
func Line(s string) string {
	return strings.Join(strings.Fields(Clean(s)), " ")
}

// acts reports whether r is no character to be printed: controls, formats
// (direction, zero width), and code points that are no characters at all.
func acts(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs) || r&0xFFFE == 0xFFFE || r >= 0xFDD0 && r <= 0xFDEF
}

func isClean(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '\n' && (c < ' ' || c >= 0x7F) {
			return cleanRunes(s)
		}
	}
	return true
}

func cleanRunes(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r != '\n' && acts(r) || r == '\u2028' || r == '\u2029' {
			return false
		}
	}
	return true
}
