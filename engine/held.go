package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/klauspost/compress/s2"
)

// Held are documents in memory, for who evaluates without a vault. Those of a kind are much
// alike, and where there is much, each is held as what it has beyond the first ones of its
// kind: those of 20,000 workloads take a twelfth of their size.
type Held struct {
	bodies map[Digest]heldBody
	kinds  map[Kind]*heldKind
	plain  int // bytes that are held as they are, of kinds that may be packed yet
	size   int // bytes that are held, packed or not
	room   []byte
}

// heldBody is a document as it is held.
type heldBody struct {
	packed []byte
	alike  *s2.Dict // what it was packed with; nil where it is as it was
}

// heldKind are the documents of a kind until they are packed, and what they have in common
// with the rest.
type heldKind struct {
	first []Digest
	size  int
	alike *s2.Dict
}

// heldFirst is how much of a kind is looked at for what its documents have in common, in
// bytes; s2 looks back no further than 64 KiB.
const heldFirst = 48 << 10

// heldPlain is how much is held as it is, in bytes: to pack that little and to unpack it
// each time a check asks would cost more than it saves.
const heldPlain = 4 << 20

// NewHeld returns Held without documents.
func NewHeld() *Held {
	return &Held{bodies: map[Digest]heldBody{}, kinds: map[Kind]*heldKind{}}
}

// Keep takes a document. Its body may be written over afterwards.
func (h *Held) Keep(doc Document) {
	if _, known := h.bodies[doc.Digest]; known {
		return
	}
	of := h.kinds[doc.Ref.Of()]
	if of == nil {
		of = &heldKind{}
		h.kinds[doc.Ref.Of()] = of
	}
	if of.alike != nil {
		h.put(doc.Digest, h.packed(doc.Body, of.alike))
		return
	}
	h.put(doc.Digest, heldBody{packed: append([]byte(nil), doc.Body...)})
	of.first = append(of.first, doc.Digest)
	of.size += len(doc.Body)
	if h.plain += len(doc.Body); h.plain < heldPlain {
		return
	}
	for _, of := range h.kinds {
		if of.alike == nil && of.size >= heldFirst {
			h.pack(of)
		}
	}
}

// put holds a body, in the place of the one with its digest.
func (h *Held) put(digest Digest, body heldBody) {
	h.size += len(body.packed) - len(h.bodies[digest].packed)
	h.bodies[digest] = body
}

// Size is how much is held, in bytes.
func (h *Held) Size() int { return h.size }

// pack packs the documents of a kind.
func (h *Held) pack(of *heldKind) {
	common := make([]byte, 0, heldFirst)
	var last []byte
	for _, digest := range of.first {
		if len(common) >= heldFirst {
			break
		}
		last = h.bodies[digest].packed
		common = append(common, last...)
	}
	of.alike = s2.MakeDict(common, last)
	for _, digest := range of.first {
		h.put(digest, h.packed(h.bodies[digest].packed, of.alike))
	}
	h.plain -= of.size
	of.first = nil
}

// packed packs a body; where that gains nothing it is kept as it is.
func (h *Held) packed(body []byte, alike *s2.Dict) heldBody {
	h.room = slices.Grow(h.room[:0], s2.MaxEncodedLen(len(body)))
	b := alike.Encode(h.room[:cap(h.room)], body)
	if len(b) >= len(body) {
		return heldBody{packed: append([]byte(nil), body...)}
	}
	return heldBody{append(make([]byte, 0, len(b)), b...), alike}
}

// holds reports whether a document is there.
func (h *Held) holds(digest Digest) bool {
	_, known := h.bodies[digest]
	return known
}

var errNotHeld = errors.New("not collected")

// Document gives the body of a document, unpacked anew each time.
func (h *Held) Document(digest Digest) ([]byte, error) { return h.unpacked(digest, nil) }

// unpacked is Document in the room that it is given, if that is enough.
func (h *Held) unpacked(digest Digest, room []byte) ([]byte, error) {
	body, known := h.bodies[digest]
	switch {
	case !known:
		return nil, errNotHeld
	case body.alike == nil:
		return body.packed, nil
	}
	text, err := body.alike.Decode(room, body.packed)
	if err != nil {
		return nil, fmt.Errorf("unpack document %s: %w", digest, err)
	}
	return text, nil
}

// Before gives the documents that are held, and all others from elsewhere.
func (h *Held) Before(others Documents) Documents {
	return func(d Digest) ([]byte, error) {
		if h.holds(d) {
			return h.Document(d)
		}
		return others(d)
	}
}

// EvaluateEach is EvaluateEach over the documents that are held, of which it keeps none
// unpacked, and over others, if there are.
func (h *Held) EvaluateEach(ctx context.Context, checks []Check, snapshots []Snapshot, others Documents, params Params, take func(Result) error) (Run, error) {
	documents := h.Document
	if others != nil {
		documents = h.Before(others)
	}
	return evaluateEach(ctx, checks, snapshots, func(s *Snapshot) *View {
		view := NewView(s, documents, params)
		view.held = h
		return view
	}, params, take)
}
