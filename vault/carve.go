package vault

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// carved is every row of a vault's tables that could be found.
type carved struct {
	entries    []carvedEntry
	documents  map[int64]carvedDocument // by their rows
	chunks     []carvedChunk            // by document and place
	snapshots  []carvedDigest
	runs       []carvedRun
	results    []carvedResult
	recipients map[int64]storedRecipient // by position
	founder    string                    // the vault's id in the table of the journal
	lost       int                       // pages
}

type carvedEntry struct {
	sequence int64
	entry    questionnaires.Entry
	payload  []byte // nil where it is lost, or stands among the documents (schema 1)
}

type carvedDocument struct {
	digest engine.Digest // zero while it is being taken in
	size   int64
}

// carvedChunk is where a chunk of a document stands.
type carvedChunk struct {
	document int64
	place    int64
	size     int64
	page     uint32
	at       uint16
}

type carvedDigest struct {
	sequence int64
	digest   engine.Digest
}

type carvedRun struct {
	sequence     int64
	digest, head engine.Digest
}

type carvedResult struct {
	run, place int64
	digest     engine.Digest
}

// carve looks at every page.
func (w *wreck) carve(ctx context.Context) (*carved, error) {
	c := &carved{documents: map[int64]carvedDocument{}, recipients: map[int64]storedRecipient{}}
	for n := uint32(1); n <= w.count; n++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := w.rowsOf(n, func(id int64, local []byte, at cell) { c.take(w, n, id, local, at) }); err != nil {
			c.lost++
		}
	}
	slices.SortFunc(c.chunks, func(a, b carvedChunk) int {
		return cmp.Or(cmp.Compare(a.document, b.document), cmp.Compare(a.place, b.place))
	})
	slices.SortFunc(c.entries, func(a, b carvedEntry) int { return cmp.Compare(a.sequence, b.sequence) })
	slices.SortFunc(c.snapshots, func(a, b carvedDigest) int { return cmp.Compare(a.sequence, b.sequence) })
	slices.SortFunc(c.runs, func(a, b carvedRun) int { return cmp.Compare(a.sequence, b.sequence) })
	slices.SortFunc(c.results, func(a, b carvedResult) int { return cmp.Or(cmp.Compare(a.run, b.run), cmp.Compare(a.place, b.place)) })
	return c, nil
}

// take knows a row by its columns.
func (c *carved) take(w *wreck, page uint32, id int64, local []byte, at cell) {
	r, ok := parseRecord(local)
	if !ok {
		return
	}
	if r.looks("nntnb") {
		if r[0].whole && r[1].whole && r[2].whole && r[3].whole {
			c.chunks = append(c.chunks, carvedChunk{document: r[0].n, place: r[1].n, size: r[3].n, page: page, at: uint16(at.at)})
		}
		return
	}
	if at.left > 0 {
		if r, ok = parseRecord(w.assemble(local, at)); !ok {
			return
		}
	}
	digest := func(v value) (d engine.Digest) { copy(d[:], v.b); return d }
	switch {
	case r.looks("0ddtbdttdtbb"), r.looks("0ddtbdttdtb"):
		if e, err := entryOf(r); err == nil {
			made := carvedEntry{sequence: id, entry: e}
			if last := r[len(r)-1]; len(r) == 12 && last.whole {
				made.payload = bytes.Clone(last.b)
			}
			c.entries = append(c.entries, made)
		}
	case !r.whole():
	case r.looks("0dn"):
		c.documents[id] = carvedDocument{digest: digest(r[1]), size: r[2].n}
	case r.looks("00n"):
		c.documents[id] = carvedDocument{}
	case r.looks("0dd"):
		c.runs = append(c.runs, carvedRun{id, digest(r[1]), digest(r[2])})
	case r.looks("nnd"):
		c.results = append(c.results, carvedResult{r[0].n, r[1].n, digest(r[2])})
	case r.looks("0d"):
		c.snapshots = append(c.snapshots, carvedDigest{id, digest(r[1])})
	case r.looks("0ttt"):
		c.recipients[id] = storedRecipient{kind: string(r[1].b), text: string(r[2].b), label: string(r[3].b)}
	case r.looks("tnt") && len(r[0].b) == 64:
		c.founder = string(r[0].b)
	}
}

var errEntryCut = errors.New("its own columns are lost")

// entryOf reads an entry of which everything but the payload must be there.
func entryOf(r tableRow) (questionnaires.Entry, error) {
	var e questionnaires.Entry
	for _, v := range r[:11] {
		if !v.whole {
			return e, errEntryCut
		}
	}
	for i, into := range map[int]*engine.Digest{1: &e.ID, 2: &e.Vault, 5: &e.Author, 8: &e.Digest} {
		copy(into[:], r[i].b)
	}
	e.Assessment, e.Subject, e.Signature = questionnaires.ID(r[3].b), string(r[7].b), bytes.Clone(r[10].b)
	width := len(engine.Digest{})
	if len(r[4].b)%width != 0 {
		return e, fmt.Errorf("parents of %d bytes", len(r[4].b))
	}
	for i := 0; i < len(r[4].b); i += width {
		e.Parents = append(e.Parents, engine.Digest(r[4].b[i:i+width]))
	}
	if err := e.Action.UnmarshalText(r[6].b); err != nil {
		return e, err
	}
	var err error
	e.Time, err = time.Parse(entryTime, string(r[9].b))
	return e, err
}

// chunksOf are the chunks of a document from its first on, as many as there are
// without a gap. Where two rows claim a place, both are there.
func (c *carved) chunksOf(document int64) []carvedChunk {
	from, _ := slices.BinarySearchFunc(c.chunks, carvedChunk{document: document}, func(a, b carvedChunk) int {
		return cmp.Or(cmp.Compare(a.document, b.document), cmp.Compare(a.place, b.place))
	})
	var found []carvedChunk
	for _, chunk := range c.chunks[from:] {
		if chunk.document != document {
			break
		}
		if n := len(found); n > 0 && found[n-1].place == chunk.place {
			continue
		}
		if chunk.place != int64(len(found)) {
			break
		}
		found = append(found, chunk)
	}
	return found
}

// packed reads a chunk as it is kept.
func (w *wreck) packed(c carvedChunk) (encoding string, data []byte, err error) {
	err = fmt.Errorf("a chunk of its content: %w", errEntryCut)
	_ = w.rowsOf(c.page, func(_ int64, local []byte, at cell) {
		if uint16(at.at) != c.at {
			return
		}
		if r, ok := parseRecord(w.assemble(local, at)); ok && r.looks("nntnb") && r.whole() {
			encoding, data, err = string(r[2].b), r[4].b, nil
		}
	})
	return encoding, data, err
}

// digestOf reads a whole document and computes its digest and its size.
func (w *wreck) digestOf(k *codec, chunks []carvedChunk) (engine.Digest, int64, error) {
	sum := sha256.New()
	var size int64
	for _, c := range chunks {
		encoding, data, err := w.packed(c)
		if err != nil {
			return engine.Digest{}, 0, err
		}
		plain, err := k.unpack(encoding, data, int(c.size))
		if err != nil {
			return engine.Digest{}, 0, err
		}
		sum.Write(plain)
		size += int64(len(plain))
	}
	return engine.Digest(sum.Sum(nil)), size, nil
}
