package vault

import (
	"encoding/binary"
)

// tableRow is a row as it stands in a page, of which the end may be lost.
type tableRow []value

// value is one column. What is not whole was cut by damage.
type value struct {
	kind  valueKind
	whole bool
	n     int64
	b     []byte
}

type valueKind int

const (
	nullValue valueKind = iota
	numberValue
	realValue
	textValue
	blobValue
)

// parseRecord reads a row's columns: https://sqlite.org/fileformat2.html, "Record
// Format". Bytes that are missing at its end make the last columns not whole; it is
// false where not even the kinds of the columns are there.
func parseRecord(b []byte) (tableRow, bool) {
	size, n := varint(b)
	if n == 0 || size < int64(n) || size > int64(len(b)) {
		return nil, false
	}
	kinds, rest := b[n:size], b[size:]
	var r tableRow
	for len(kinds) > 0 {
		kind, n := varint(kinds)
		if n == 0 || kind < 0 || len(r) > 32 {
			return nil, false
		}
		kinds = kinds[n:]
		v, length := valueOf(kind)
		if v.whole = length <= int64(len(rest)); v.whole {
			v.read(rest[:length])
		}
		r = append(r, v)
		rest = rest[min(length, int64(len(rest))):]
	}
	return r, true
}

func valueOf(kind int64) (v value, length int64) {
	switch {
	case kind == 0:
		return value{kind: nullValue}, 0
	case kind <= 4:
		return value{kind: numberValue}, kind
	case kind == 5:
		return value{kind: numberValue}, 6
	case kind == 6:
		return value{kind: numberValue}, 8
	case kind == 7:
		return value{kind: realValue}, 8
	case kind <= 9:
		return value{kind: numberValue, n: kind - 8}, 0
	case kind < 12:
		return value{kind: nullValue}, 0
	case kind%2 == 0:
		return value{kind: blobValue}, (kind - 12) / 2
	}
	return value{kind: textValue}, (kind - 13) / 2
}

func (v *value) read(b []byte) {
	v.b = b
	if v.kind != numberValue || len(b) == 0 {
		return
	}
	var wide [8]byte
	if b[0] >= 0x80 {
		wide = [8]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	}
	copy(wide[8-len(b):], b)
	v.n = int64(binary.BigEndian.Uint64(wide[:]))
}

// looks reports whether the columns are of these kinds: n for a number, t for text,
// b for bytes, d for a digest, 0 for the place of a row's own number.
func (r tableRow) looks(kinds string) bool {
	if len(r) != len(kinds) {
		return false
	}
	for i, v := range r {
		is := false
		switch kinds[i] {
		case '0':
			is = v.kind == nullValue
		case 'n':
			is = v.kind == numberValue
		case 't':
			is = v.kind == textValue
		case 'b':
			is = v.kind == blobValue
		case 'd':
			is = v.kind == blobValue && (!v.whole || len(v.b) == 32)
		}
		if !is {
			return false
		}
	}
	return true
}

// whole reports whether nothing of a row is lost.
func (r tableRow) whole() bool {
	for _, v := range r {
		if !v.whole {
			return false
		}
	}
	return true
}
