package questionnaires

import (
	"slices"

	"tickmark/engine"
)

// before is the history as the author of an entry saw it.
func (h *History) before(e Entry) (*History, error) {
	return h.past(func(other Entry) bool { return h.IsAncestor(other.ID, e.ID) }, nil)
}

// issued is the history as it was when a version was issued, the issue included. What
// was expunged later is shown as that.
func (h *History) issued(v IssuedVersion) (*History, error) {
	if read, is := h.known.past.Load(v.Entry); is {
		then, _ := read.(*History)
		return then.lent(h), nil
	}
	then, err := h.past(func(other Entry) bool { return other.ID == v.Entry || h.IsAncestor(other.ID, v.Entry) }, v.Printed)
	if err != nil {
		return nil, err
	}
	h.known.past.Store(v.Entry, then)
	return then.lent(h), nil
}

// past is the history of some entries, which hold the ancestors of each. Of the side log
// it has those that are named.
func (h *History) past(keep func(Entry) bool, side []engine.Digest) (*History, error) {
	var main []Entry
	for _, e := range h.entries {
		if keep(e) {
			main = append(main, e)
		}
	}
	then := &History{
		byID: places{all: make(map[engine.Digest]int, len(main))}, payloads: h.payloads, enrolled: map[engine.Digest][]enrolled{},
		known: h.known, books: unread(), losses: h.losses,
	}
	for _, e := range h.side {
		if slices.Contains(side, e.ID) {
			then.side = append(then.side, e)
		}
	}
	if err := then.order(main); err != nil {
		return nil, err
	}
	return then, then.readPayloads()
}

// lent is the history with what a later one reads by, and with the tombstones of what
// that one expunged.
func (h *History) lent(later *History) *History {
	then := *h
	then.payloads, then.books = later.payloads, unread()
	if len(later.tombstones) == len(h.tombstones) {
		return &then
	}
	then.evidence, then.stock = slices.Clone(h.evidence), &evidenceStock{}
	then.tombstones = map[engine.Digest]Tombstone{}
	for digest, t := range later.tombstones {
		_, seen := h.tombstones[digest]
		t.Later = !seen
		then.tombstones[digest] = t
	}
	for i, item := range then.evidence {
		if t, gone := then.tombstones[item.Digest()]; gone {
			then.evidence[i].Expunged = &t
		}
	}
	return &then
}
