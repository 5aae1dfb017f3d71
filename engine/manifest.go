package engine

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// WriteCanonical writes the canonical JSON of everything the snapshot says, entry by
// entry: that of half a million objects is 100 MB, which need not be in memory beside
// them. The bytes are those of Canonical.
func (s Snapshot) WriteCanonical(w io.Writer) error {
	entries := s.Entries
	if entries != nil {
		s.Entries = []Entry{}
	}
	if err := writeWithEntries(w, s, entries); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

// WriteCanonical writes a part as Canonical does, entry by entry.
func (p Part) WriteCanonical(w io.Writer) error {
	entries := p.Entries
	if entries != nil {
		p.Entries = []Entry{}
	}
	if err := writeWithEntries(w, p, entries); err != nil {
		return fmt.Errorf("write part: %w", err)
	}
	return nil
}

// writeWithEntries writes the canonical JSON of an object, and in the place of its
// member "entries" these, unless they are nil.
func writeWithEntries(w io.Writer, of any, entries []Entry) error {
	raw, err := Canonical(of)
	if err != nil {
		return err
	}
	decoded, err := DecodeJSON(raw)
	if err != nil {
		return err
	}
	head, is := decoded.(map[string]any)
	if !is {
		return errors.New("canonical form: it is no object")
	}
	out := bufio.NewWriterSize(w, 64<<10)
	separator := byte('{')
	for _, key := range slices.Sorted(maps.Keys(head)) {
		line := append(appendString([]byte{separator}, key), ':')
		separator = ','
		if key == "entries" && entries != nil {
			writeEntries(out, line, entries)
			continue
		}
		if line, err = AppendCanonical(line, head[key]); err != nil {
			return err
		}
		_, _ = out.Write(line) // a failure comes back at Flush
	}
	_ = out.WriteByte('}')
	return out.Flush()
}

func writeEntries(out *bufio.Writer, line []byte, entries []Entry) {
	line = append(line, '[')
	for i, e := range entries {
		if i > 0 {
			line = append(line, ',')
		}
		line = e.appendCanonical(line)
		_, _ = out.Write(line)
		line = line[:0]
	}
	_, _ = out.Write(append(line, ']'))
}

// appendCanonical is Canonical for an entry, without the way through maps.
func (e Entry) appendCanonical(b []byte) []byte {
	b = e.Digest.appendCanonical(append(b, `{"digest":`...))
	if e.Origin != "" {
		b = appendString(append(b, `,"origin":`...), e.Origin)
	}
	return append(e.Ref.appendCanonical(append(b, `,"ref":`...)), '}')
}

// Digest is the digest of everything the snapshot says: gaps, target, collector
// and populations included. The journal names a snapshot by it.
func (s Snapshot) Digest() (Digest, error) {
	sum := sha256.New()
	if err := s.WriteCanonical(sum); err != nil {
		return Digest{}, err
	}
	return Digest(sum.Sum(nil)), nil
}
