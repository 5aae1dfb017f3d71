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
	return s.write(w, func(out *bufio.Writer) { writeEntries(out, s.Entries) })
}

// write writes the canonical JSON of a snapshot, and its entries by a function.
func (s Snapshot) write(w io.Writer, entries func(*bufio.Writer)) error {
	if s.Entries == nil {
		entries = nil
	} else {
		s.Entries = []Entry{}
	}
	if err := writeWithEntries(w, s, entries); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

// WriteCanonical writes a part as Canonical does, entry by entry.
func (p Part) WriteCanonical(w io.Writer) error {
	var entries func(*bufio.Writer)
	if all := p.Entries; all != nil {
		p.Entries, entries = []Entry{}, func(out *bufio.Writer) { writeEntries(out, all) }
	}
	if err := writeWithEntries(w, p, entries); err != nil {
		return fmt.Errorf("write part: %w", err)
	}
	return nil
}

// writeWithEntries writes the canonical JSON of an object, and in the place of its
// member "entries" what a function writes, unless it is nil.
func writeWithEntries(w io.Writer, of any, entries func(*bufio.Writer)) error {
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
			_, _ = out.Write(line) // a failure comes back at Flush
			entries(out)
			continue
		}
		if line, err = AppendCanonical(line, head[key]); err != nil {
			return err
		}
		_, _ = out.Write(line)
	}
	_ = out.WriteByte('}')
	return out.Flush()
}

func writeEntries(out *bufio.Writer, entries []Entry) {
	line := []byte{'['}
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

// written is the canonical JSON of the entries of a target, kept for the next snapshot of
// it: most of these are the same ones.
type written struct {
	entries []Entry
	text    []byte
	ends    []int // of each entry in the text
}

// bring brings the text to other entries.
func (w *written) bring(entries []Entry) {
	if w.text != nil && len(entries) == len(w.entries) && w.exchange(entries) {
		return
	}
	w.entries, w.ends, w.text = append(w.entries[:0], entries...), w.ends[:0], append(w.text[:0], '[')
	for i := range entries {
		if i > 0 {
			w.text = append(w.text, ',')
		}
		w.text = entries[i].appendCanonical(w.text)
		w.ends = append(w.ends, len(w.text))
	}
	w.text = append(w.text, ']')
}

// exchange writes those that are others in the places of those before. It reports whether
// they have room there.
func (w *written) exchange(entries []Entry) bool {
	from := len("[")
	for i := range entries {
		if w.entries[i] != entries[i] {
			text := entries[i].appendCanonical(nil)
			if from+len(text) != w.ends[i] {
				return false
			}
			copy(w.text[from:], text)
			w.entries[i] = entries[i]
		}
		from = w.ends[i] + len(",")
	}
	return true
}

// digest is Snapshot.Digest, of which w knows the entries of the snapshot before.
func (w *written) digest(s *Snapshot) (Digest, error) {
	sum := sha256.New()
	err := s.write(sum, func(out *bufio.Writer) {
		w.bring(s.Entries)
		_, _ = out.Write(w.text)
	})
	if err != nil {
		return Digest{}, err
	}
	return Digest(sum.Sum(nil)), nil
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
