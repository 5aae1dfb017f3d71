package redaction

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"tickmark/engine"
)

// maxEncoded is how often a text may have been encoded, one time around the other.
const maxEncoded = 3

// beforeLogin ends with what stands before a user and a password in base64: the header
// of HTTP, the member of a Docker or npm configuration.
var beforeLogin = engine.Late(`(?i)(?:\bbasic\s+|auth\\*["']?\s*[:=]\s*\\*["']?)$`)

// encoded redacts base64 in which a secret or a card number stands, as a whole: what a
// person decodes with one command is no less readable.
func (r *Redactor) encoded(s string) string {
	var out strings.Builder
	done := 0
	for from := 0; from < len(s); {
		if from > 0 && s[from-1] == '\\' && strings.IndexByte("nrt", s[from]) >= 0 {
			from++ // the end of a line in JSON is none of the word behind it
			continue
		}
		to, varied := from, false
		for to < len(s) && isTokenByte(s[to]) {
			varied = varied || s[to] < 'a' && s[to] != '-'
			to++
		}
		if to-from < minMark || to-from > maxDecoded || !varied {
			from = to + 1
			continue
		}
		kind := r.insideOf(s[from:to], beforeLogin().MatchString(s[max(0, from-maxNameLook):from]))
		for to < len(s) && s[to] == '=' {
			to++
		}
		if kind != "" {
			out.WriteString(s[done:from])
			out.WriteString(r.mark(kind))
			done = to
		}
		from = to
	}
	if done == 0 {
		return s
	}
	out.WriteString(s[done:])
	return out.String()
}

// insideOf returns the kind of secret that stands in a word of base64, "" if none does.
func (r *Redactor) insideOf(word string, login bool) string {
	text, ok := decoded(word)
	switch {
	case !ok, r.inside >= maxEncoded:
		return ""
	case login && strings.Contains(text, ":"):
		return "token"
	}
	within := New()
	within.inside = r.inside + 1
	if within.Text(text) == text {
		return ""
	}
	if within.Counts[CardNumber] > 0 {
		return CardNumber
	}
	return slices.Sorted(maps.Keys(within.Counts))[0]
}

// decoded returns the text that a word is the base64 of, without its padding, or that its
// hexadecimal digits spell: packed with gzip or in UTF-16, too.
func decoded(word string) (string, bool) {
	if raw, err := hex.DecodeString(word); err == nil {
		if text, is := readable(raw); is {
			return text, true
		}
	}
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(word, "-_") {
		encoding = base64.RawURLEncoding
	}
	raw, err := encoding.DecodeString(word)
	if err != nil {
		return "", false
	}
	if bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
		if z, err := gzip.NewReader(bytes.NewReader(raw)); err == nil {
			raw, _ = io.ReadAll(io.LimitReader(z, maxDecoded)) // what came before a fault is enough
		}
	}
	return readable(raw)
}

// readable returns bytes as a text, unless they are none.
func readable(raw []byte) (string, bool) {
	if len(raw) > 3 && len(raw)%2 == 0 && raw[1] == 0 && raw[3] == 0 { // as PowerShell encodes its commands
		units := make([]uint16, len(raw)/2)
		for i := range units {
			units[i] = binary.LittleEndian.Uint16(raw[2*i:])
		}
		raw = []byte(string(utf16.Decode(units)))
	}
	if !utf8.Valid(raw) {
		return "", false
	}
	text := string(raw)
	return text, strings.IndexFunc(text, func(c rune) bool { return !unicode.IsPrint(c) && !unicode.IsSpace(c) }) < 0
}
