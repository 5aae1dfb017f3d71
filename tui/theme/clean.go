package theme

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// maxMarks is how many combining marks one character may carry: more of them only
// paint over the lines above and below.
const maxMarks = 3

// Clean makes text from outside one safe line: line breaks and tabs become
// spaces, and characters that act instead of print (escapes, controls, direction
// overrides, zero widths) are shown as ‹U+001B›. Nothing is hidden.
func Clean(s string) string {
	return strings.Join(strings.Fields(strings.Join(CleanLines(s), " ")), " ")
}

// CleanLines is Clean for text of several lines; spaces stay, tabs become four.
func CleanLines(s string) []string {
	if strings.ContainsRune(s, '\r') {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	if plain(s) {
		return strings.Split(s, "\n")
	}
	var b strings.Builder
	b.Grow(len(s))
	marks := 0
	for _, r := range s {
		if unicode.In(r, unicode.Mn, unicode.Me) {
			if marks++; marks > maxMarks {
				continue
			}
		} else {
			marks = 0
		}
		switch {
		case breaks(r):
			b.WriteByte('\n')
		case r == '\t':
			b.WriteString("    ")
		case acts(r):
			fmt.Fprintf(&b, "‹U+%04X›", r)
		default:
			b.WriteRune(r) // bytes that are no UTF-8 arrive here as U+FFFD
		}
	}
	return strings.Split(b.String(), "\n")
}

func breaks(r rune) bool {
	return r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}

// acts reports whether r is no character to be printed: controls, formats
// (direction, zero width), selectors that change a width, and code points that are
// no characters.
func acts(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Variation_Selector) ||
		r&0xFFFE == 0xFFFE || r >= 0xFDD0 && r <= 0xFDEF
}

// plain reports whether s is printable ASCII and line feeds only.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '\n' && (c < ' ' || c >= 0x7F) {
			return false
		}
	}
	return utf8.ValidString(s)
}

// Width is how many cells a line takes.
func Width(line string) int { return ansi.StringWidth(line) }

// Cut returns a line of at most width cells; what is lost is marked by "…".
func Cut(line string, width int) string {
	switch {
	case width <= 0:
		return ""
	case len(line) <= width: // no character is wider than its bytes
		return line
	}
	return ansi.Truncate(line, width, "…")
}

// CutLeft is Cut for paths: what is lost is lost before the rest.
func CutLeft(line string, width int) string {
	if lost := Width(line) - width; width > 0 && lost > 0 {
		return ansi.TruncateLeft(line, lost+1, "…")
	}
	return Cut(line, width)
}

// Fit returns a line of exactly width cells.
func Fit(line string, width int) string {
	line = Cut(line, width)
	if missing := width - Width(line); missing > 0 {
		line += strings.Repeat(" ", missing)
	}
	return line
}

// FitLeft is Fit for numbers: the spaces stand before them.
func FitLeft(line string, width int) string {
	line = Cut(line, width)
	if missing := width - Width(line); missing > 0 {
		line = strings.Repeat(" ", missing) + line
	}
	return line
}

// Strip takes the paint off a line.
func Strip(line string) string { return ansi.Strip(line) }

// Wrap breaks text from outside into clean lines of at most width cells, at
// spaces where it can. It returns at least one line.
func Wrap(text string, width int) []string {
	width = max(width, 1)
	var lines []string
	for _, line := range CleanLines(text) {
		if Width(line) <= width {
			lines = append(lines, line)
			continue
		}
		for _, part := range strings.Split(ansi.Wrap(line, width, ""), "\n") {
			if Width(part) > width { // the wrapping may be a cell too generous
				lines = append(lines, strings.Split(ansi.Hardwrap(part, width, true), "\n")...)
				continue
			}
			lines = append(lines, part)
		}
	}
	return lines
}

// Typed returns what a person typed or pasted into a field of one line: what acts
// instead of printing is dropped, since nobody means to write it.
func Typed(runes []rune) string {
	var b strings.Builder
	for _, r := range runes {
		switch {
		case breaks(r) || r == '\t':
			b.WriteByte(' ')
		case !acts(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}
