package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// CanonicalVersion is the version of the canonical form below. It is recorded in
// every snapshot together with the version of the Kubernetes types, because
// drift across two forms cannot be told from a change.
const CanonicalVersion = "1"

// maxDepth bounds the nesting of a document: deeper input is hostile.
const maxDepth = 512

// Canonical returns the canonical JSON of v: keys sorted by their UTF-8 bytes,
// strings escaped as RFC 8785 section 3.2.2.2 does, integers kept exactly, other
// numbers in their shortest form. Nulls inside objects are kept; collectors drop
// them before (DropNulls).
func Canonical(v any) ([]byte, error) {
	if isPlain(v) {
		return AppendCanonical(nil, v)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("canonical form: %w", err)
	}
	return CanonicalJSON(raw)
}

// isPlain reports whether v says the same without becoming JSON first.
func isPlain(v any) bool {
	switch v := v.(type) {
	case bool, int, int64:
		return true
	case string:
		return utf8.ValidString(v)
	case []string:
		return v != nil && !slices.ContainsFunc(v, func(s string) bool { return !utf8.ValidString(s) })
	}
	return false
}

// CanonicalJSON returns the canonical form of one JSON value. Duplicate keys,
// invalid UTF-8, escapes of half a surrogate pair, trailing data and nesting deeper than 512 are errors, since two
// readers could understand them differently.
func CanonicalJSON(raw []byte) ([]byte, error) {
	w := wellFormed{text: raw}
	if b, ok := w.appendTo(make([]byte, 0, len(raw)), 0); ok && w.ended() {
		return b, nil
	}
	v, err := decodeStrictly(raw)
	if err != nil {
		return nil, err
	}
	return AppendCanonical(make([]byte, 0, len(raw)), v)
}

// DecodeJSON reads one JSON value into maps, slices, strings, bools, nil and
// json.Number, so that no integer loses digits. It refuses what CanonicalJSON
// refuses.
func DecodeJSON(raw []byte) (any, error) { return DecodeKnown(raw, nil) }

// DecodeKnown is DecodeJSON of what stands at a spot: parts that are known there stand in
// it as they are written in a document. Nil knows none.
func DecodeKnown(raw []byte, at *Spot) (any, error) {
	w := wellFormed{text: raw}
	if v, ok := w.value(0, at); ok && w.ended() {
		return v, nil
	}
	return decodeStrictly(raw)
}

// decodeStrictly reads token by token, and says what it refuses.
func decodeStrictly(raw []byte) (any, error) {
	if !utf8.Valid(raw) {
		return nil, errors.New("read JSON: invalid UTF-8")
	}
	if hasLoneSurrogate(raw) {
		return nil, errors.New("read JSON: half of a surrogate pair")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	v, err := decodeValue(dec, 0)
	if err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read JSON: data after the value")
	}
	return v, nil
}

// hasLoneSurrogate reports whether an escape in raw stands for half of a surrogate
// pair. The decoder would replace it, so that two documents became one.
func hasLoneSurrogate(raw []byte) bool {
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 || i+1 == len(raw) {
			return false
		}
		raw = raw[i:]
		unit, ok := escapedUnit(raw)
		if !ok {
			raw = raw[2:]
			continue
		}
		raw = raw[6:]
		if !utf16.IsSurrogate(unit) {
			continue
		}
		second, ok := escapedUnit(raw)
		if !ok || utf16.DecodeRune(unit, second) == utf8.RuneError {
			return true
		}
		raw = raw[6:]
	}
}

// escapedUnit reads \uXXXX at the start of raw.
func escapedUnit(raw []byte) (rune, bool) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(raw[2:6]), 16, 16)
	return rune(unit), err == nil
}

func decodeValue(dec *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	tok, err := dec.Token()
	if errors.Is(err, io.EOF) {
		return nil, io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	switch tok {
	case json.Delim('{'):
		return decodeObject(dec, depth)
	case json.Delim('['):
		return decodeArray(dec, depth)
	}
	return tok, nil
}

func decodeObject(dec *json.Decoder, depth int) (any, error) {
	object := map[string]any{}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, _ := tok.(string)
		if _, twice := object[key]; twice {
			return nil, fmt.Errorf("key %q stands twice", key)
		}
		if object[key], err = decodeValue(dec, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := dec.Token()
	return object, err
}

func decodeArray(dec *json.Decoder, depth int) (any, error) {
	array := []any{}
	for dec.More() {
		v, err := decodeValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		array = append(array, v)
	}
	_, err := dec.Token()
	return array, err
}

// DropNulls removes the members of objects that are null, at any depth. Empty
// objects and arrays stay: `namespaceSelector: {}` means every namespace.
func DropNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, member := range v {
			if member == nil {
				delete(v, key)
				continue
			}
			DropNulls(member) // in its place
		}
	case []any:
		for i := range v {
			DropNulls(v[i])
		}
	}
	return v
}

// Written is a part of a tree that stands there in its canonical form already.
type Written []byte

// AppendCanonical appends the canonical form of a decoded value (as DecodeJSON
// and the dynamic Kubernetes client give it) to b.
func AppendCanonical(b []byte, v any) ([]byte, error) { return appendValue(b, v, 0) }

func appendValue(b []byte, v any, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("canonical form: nested deeper than %d", maxDepth)
	}
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case string:
		return appendString(b, v), nil
	case json.Number:
		return appendNumber(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case float64:
		return appendFloat(b, v)
	case map[string]any:
		return appendObject(b, v, depth)
	case []any:
		return appendArray(b, v, depth)
	case Written:
		return append(b, v...), nil
	case []string:
		b = append(b, '[')
		for i := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, v[i])
		}
		return append(b, ']'), nil
	}
	return nil, fmt.Errorf("canonical form: a %T is no JSON value", v)
}

func appendObject(b []byte, object map[string]any, depth int) ([]byte, error) {
	var few [16]string
	keys := few[:0]
	for key := range object {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	b = append(b, '{')
	var err error
	for i, key := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, key), ':')
		if b, err = appendValue(b, object[key], depth+1); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func appendArray(b []byte, array []any, depth int) ([]byte, error) {
	b = append(b, '[')
	var err error
	for i, v := range array {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendValue(b, v, depth+1); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

// appendNumber keeps integers to the last digit and gives all others the
// shortest form of their IEEE 754 double, as ECMAScript prints it.
func appendNumber(b []byte, n json.Number) ([]byte, error) {
	if isInteger(string(n)) {
		if n == "-0" {
			return append(b, '0'), nil
		}
		return append(b, n...), nil
	}
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil {
		return nil, fmt.Errorf("canonical form: number %q: %w", n, err)
	}
	return appendFloat(b, f)
}

func isInteger(s string) bool {
	for i, c := range []byte(s) {
		if (c < '0' || c > '9') && (i != 0 || c != '-') {
			return false
		}
	}
	return s != "" && s != "-"
}

func appendFloat(b []byte, f float64) ([]byte, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, errors.New("canonical form: a number that JSON cannot hold")
	}
	if f == 0 {
		return append(b, '0'), nil // -0 as well
	}
	if abs := math.Abs(f); abs < 1e-6 || abs >= 1e21 {
		text := strconv.AppendFloat(nil, f, 'e', -1, 64)
		// ECMAScript writes 1e-7 where Go writes 1e-07.
		if i := bytes.IndexByte(text, 'e'); i >= 0 && len(text) == i+4 && text[i+2] == '0' {
			text = append(text[:i+2], text[i+3])
		}
		return append(b, text...), nil
	}
	return strconv.AppendFloat(b, f, 'f', -1, 64), nil
}

const hexDigits = "0123456789abcdef"

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	plain := plainBytes(s)
	b, s = append(b, s[:plain]...), s[plain:]
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\b':
			b = append(b, `\b`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\f':
			b = append(b, `\f`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r < 0x20:
			b = append(b, '\\', 'u', '0', '0', hexDigits[r>>4], hexDigits[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// plainBytes counts the bytes at the start of s that are in a string as they are: those
// that plainInside holds, of which it looks at eight at once.
func plainBytes[T string | []byte](s T) int {
	const each, high = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; n+8 <= len(s); n += 8 {
		of := s[n : n+8]
		eight := uint64(of[0]) | uint64(of[1])<<8 | uint64(of[2])<<16 | uint64(of[3])<<24 |
			uint64(of[4])<<32 | uint64(of[5])<<40 | uint64(of[6])<<48 | uint64(of[7])<<56
		quote, backslash := eight^each*'"', eight^each*'\\'
		// Where a byte is less than what is taken from it, its highest bit comes up.
		if (eight|(eight-each*0x20)|(quote-each)&^quote|(backslash-each)&^backslash)&high != 0 {
			break
		}
	}
	for n < len(s) && plainInside[s[n]] {
		n++
	}
	return n
}
