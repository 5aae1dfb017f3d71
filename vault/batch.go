package vault

import (
	"bytes"
	"context"
	"slices"

	"tickmark/engine"
)

// batch stores documents in transactions of about 4 MiB.
type batch struct {
	vault   *Vault
	ctx     context.Context
	waiting []engine.Document
	packed  []packedBody // results
	room    []byte       // that they are packed in
	size    int
	// unlessExpunged leaves out what was expunged, and is not kept again: to checks it is
	// unreadable, a gap.
	unlessExpunged bool
	refused        error   // the vault's own failure: it takes nothing more
	ready          *atHand // nil where nobody asks for what was stored
}

func (b *batch) put(d engine.Document) error {
	b.waiting = append(b.waiting, d)
	if b.size += len(d.Body); b.size < maxIntake {
		return b.refused
	}
	return b.flush()
}

// result stores the canonical JSON of a result, which waits packed: what is told of one
// subject after the other is small then, and many results are one save.
func (b *batch) result(body []byte, digest engine.Digest) error {
	if b.refused != nil {
		return b.refused
	}
	known, err := b.vault.has(b.ctx, digest)
	if err != nil || known {
		b.refused = err
		return err
	}
	if b.room == nil {
		b.room = make([]byte, 0, maxChunk)
	}
	p, err := b.vault.codec.packBody(digest, body, b.room)
	if err != nil {
		b.refused = err
		return err
	}
	b.packed = append(b.packed, p)
	if b.size += p.length(); b.size < maxWaiting {
		return nil
	}
	return b.flush()
}

// maxWaiting is how much waits of results that are packed, in bytes.
const maxWaiting = 2 << 20

func (b *batch) flush() error {
	if b.refused == nil && len(b.waiting)+len(b.packed) > 0 {
		// In the order of the index, whose pages then are gone through once.
		slices.SortFunc(b.waiting, func(x, y engine.Document) int { return bytes.Compare(x.Digest[:], y.Digest[:]) })
		b.refused = b.vault.update(b.ctx, func(tx *Tx) error {
			for _, d := range b.waiting {
				err := tx.PutDocument(d)
				if b.unlessExpunged && isExpunged(err) {
					b.ready.miss()
					continue
				}
				if err != nil {
					return err
				}
				b.ready.keep(d)
			}
			for _, p := range b.packed {
				if err := tx.putPacked(p); err != nil {
					return err
				}
			}
			return nil
		})
	}
	clear(b.waiting) // their bodies are let go
	clear(b.packed)
	b.waiting, b.packed, b.size = b.waiting[:0], b.packed[:0], 0
	return b.refused
}

// maxAtHand bounds the bodies that stay in memory until they are judged, packed, in bytes.
const maxAtHand = 32 << 20

// atHand holds bodies that were stored just now, or were there. Those that are judged next
// need not be read from the vault, which opens and unpacks them one by one.
type atHand struct {
	bodies   *engine.Held
	expunged bool // something came that the vault has expunged
}

// miss notes that a document was left out.
func (h *atHand) miss() {
	if h != nil {
		h.expunged = true
	}
}

func (h *atHand) keep(d engine.Document) {
	if h != nil && h.bodies.Size()+len(d.Body) <= maxAtHand {
		h.bodies.Keep(d)
	}
}
