package main

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// harmless is where bytes from outside are written to: as they are, unless it is a
// terminal, which they could steer.
func (d *door) harmless(w io.Writer) io.Writer {
	if !d.terminal(w) {
		return w
	}
	return &harmlessWriter{w: w}
}

// harmlessWriter leaves out control and format characters, except ends of lines and
// tabs, and shows what is no text as U+FFFD.
type harmlessWriter struct {
	w    io.Writer
	rest []byte // the beginning of a character
}

// Write follows io.Writer.
func (h *harmlessWriter) Write(p []byte) (int, error) {
	text := append(h.rest, p...)
	whole := len(text)
	for whole > 0 && len(text)-whole < utf8.UTFMax && !utf8.RuneStart(text[whole-1]) {
		whole--
	}
	if whole > 0 && !utf8.FullRune(text[whole-1:]) {
		whole--
	} else {
		whole = len(text)
	}
	shown := strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsGraphic(r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(string(text[:whole]), "\uFFFD"))
	h.rest = append([]byte(nil), text[whole:]...)
	if _, err := io.WriteString(h.w, shown); err != nil {
		return 0, err
	}
	return len(p), nil
}
