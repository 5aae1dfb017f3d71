package questionnaires

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
)

// maxReason is the longest reason of an expunging in bytes.
const maxReason = 1000

// Tombstone is what stays of a body that was expunged: a card number that was
// attached by mistake, or the end of its retention. It is the payload of the entry
// that expunges. Whatever is merged later, a body with this digest is not kept
// again.
type Tombstone struct {
	Digest engine.Digest `json:"digest"`
	Reason string        `json:"reason"`
	// DespiteHold is why it went although a legal hold kept it, "" where none did.
	DespiteHold string `json:"despiteHold,omitempty"`
	// Items are those that the body was the content of; none for a document.
	Items []PrintedNumber `json:"items,omitempty"`
	// Entry, Author and Time are not part of the payload.
	Entry  engine.Digest `json:"-"`
	Author Author        `json:"-"`
	Time   time.Time     `json:"-"`
	// Later says that it went after the version was issued that is looked at.
	Later bool `json:"-"`
}

// String says when, by whom and why, in one line.
func (t Tombstone) String() string {
	name := t.Author.Name
	if name == "" {
		name = t.Author.ID.Short()
	}
	text := fmt.Sprintf("expunged on %s by %s: %s", t.Time.UTC().Format(time.DateOnly), name, t.Reason)
	if t.DespiteHold != "" {
		text += "; despite a legal hold, because " + t.DespiteHold
	}
	return text
}

// Tombstone returns what stays of an expunged body.
func (h *History) Tombstone(body engine.Digest) (Tombstone, bool) {
	t, gone := h.tombstones[body]
	return t, gone
}

// Tombstones returns all of them, oldest first.
func (h *History) Tombstones() []Tombstone {
	all := make([]Tombstone, 0, len(h.tombstones))
	for _, t := range h.tombstones {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b Tombstone) int { return a.compare(b) })
	return all
}

// Expunge returns the draft that expunges a file: of an item, and of every other
// item that is the same file byte for byte, which its tombstone names. The result of
// a check is refused: what a secret slipped into is a document that it cites, and
// perhaps the result. What a legal hold keeps goes only with a reason despite it.
func (h *History) Expunge(item Evidence, reason string, despite ...string) (Draft, error) {
	fail := func(err error) (Draft, error) { return Draft{}, fmt.Errorf("expunge %s: %w", item.Label(), err) }
	if item.File == nil {
		return fail(errors.New("it is the result of a check, not a file; expunge the document it cites, or the result itself, by its digest (--document)"))
	}
	return h.expunge(fail, item.Digest(), "evidence "+string(item.ID), reason, despite)
}

// ExpungeOriginal returns the draft that expunges the file in whose place a redacted copy
// stands; without a reason it says that.
func (h *History) ExpungeOriginal(item Evidence, reason string) (Draft, error) {
	if item.Original == nil {
		return Draft{}, fmt.Errorf("expunge the original of %s: no redacted copy took its place", item.Label())
	}
	return h.ExpungeDocument(item.Original.Digest, replacedReason(reason))
}

// MayReplace reports why a file cannot be expunged once a redacted copy takes its place:
// that is known before the copy does.
func (h *History) MayReplace(item Evidence, reason string) error {
	_, err := h.ExpungeDocument(item.Digest(), replacedReason(reason))
	return err
}

func replacedReason(reason string) string {
	if strings.TrimSpace(reason) == "" {
		return "a redacted copy took its place"
	}
	return reason
}

// WithContent are the items that are the same, byte for byte.
func (h *History) WithContent(digest engine.Digest) []Evidence {
	return slices.DeleteFunc(slices.Clone(h.evidence), func(e Evidence) bool { return e.Digest() != digest })
}

// ExpungeDocument returns the draft that expunges a body by its digest: a collected
// object, a result, or a file. Snapshots and runs, which hold no content of their
// own, and what the history itself is written in, are refused.
func (h *History) ExpungeDocument(digest engine.Digest, reason string, despite ...string) (Draft, error) {
	fail := func(err error) (Draft, error) {
		return Draft{}, fmt.Errorf("expunge document %s: %w", digest.Short(), err)
	}
	for _, e := range slices.Concat(h.entries, h.side) {
		if e.Digest == digest {
			return fail(fmt.Errorf("it is what entry %s says, and the history is never cut", e.ID.Short()))
		}
	}
	runs, err := h.Runs()
	if err != nil {
		return fail(err)
	}
	for _, run := range runs {
		if run.Run == digest || slices.ContainsFunc(run.Targets, func(t TargetSeen) bool { return t.Snapshot == digest }) {
			return fail(errors.New("it is a snapshot or a run, which lists what was seen; expunge the document itself"))
		}
	}
	return h.expunge(fail, digest, "document "+digest.String(), reason, despite)
}

// ErrHeld says that a legal hold keeps what was to go.
var ErrHeld = errors.New("it is under legal hold")

func (h *History) expunge(fail func(error) (Draft, error), digest engine.Digest, subject, reason string, despite []string) (Draft, error) {
	if before, gone := h.tombstones[digest]; gone {
		return fail(fmt.Errorf("it was %s", before))
	}
	t := Tombstone{Digest: digest, Reason: strings.TrimSpace(reason), DespiteHold: strings.TrimSpace(strings.Join(despite, ""))}
	if err := errors.Join(checkLine("reason", t.Reason, maxReason), checkLine("reason despite the hold", t.DespiteHold, maxReason)); err != nil {
		return fail(err)
	}
	if t.Reason == "" {
		return fail(errors.New("it needs a reason, in one line"))
	}
	held, err := h.holding(digest)
	switch {
	case err != nil:
		return fail(err)
	case held == nil:
		t.DespiteHold = ""
	case t.DespiteHold == "":
		return fail(fmt.Errorf("%w %s", ErrHeld, held))
	}
	for _, item := range h.evidence {
		if item.Digest() == digest {
			t.Items = append(t.Items, PrintedNumber{ID: item.ID, Number: item.Number})
		}
	}
	return Draft{Action: EvidenceExpunged, Subject: subject, Payload: t}, nil
}

// readTombstones reads who expunged what. Of several expungings of one body the first
// by time and entry stands. Entries that do not verify expunge nothing: a stranger
// who takes a body out must not be able to call it expunged.
func (h *History) readTombstones() (map[engine.Digest]Tombstone, error) {
	tombstones := map[engine.Digest]Tombstone{}
	for _, e := range h.entries {
		if e.Action != EvidenceExpunged || h.Verify(e.ID) != nil {
			continue
		}
		var t Tombstone
		if err := h.read(e, &t); err != nil {
			return nil, err
		}
		t.Entry, t.Time = e.ID, e.Time
		t.Author, _ = h.Author(e.Author)
		if first, known := tombstones[t.Digest]; !known || t.compare(first) < 0 {
			tombstones[t.Digest] = t
		}
	}
	return tombstones, nil
}

func (t Tombstone) compare(o Tombstone) int {
	return compareEntries(Entry{ID: t.Entry, Time: t.Time}, Entry{ID: o.Entry, Time: o.Time})
}

// HandoffsHoldingBody returns the handoffs whose copies hold a body in spite of the
// entry that expunged it: those that were made after it came, by people who had not
// seen it go.
func (h *History) HandoffsHoldingBody(body, expunged engine.Digest) ([]Handoff, error) {
	all, err := h.Handoffs()
	if err != nil {
		return nil, err
	}
	var holding []Handoff
	for _, handoff := range all {
		if !h.IsAncestor(expunged, handoff.Entry) && h.hadBody(body, handoff.Entry) {
			holding = append(holding, handoff)
		}
	}
	return holding, nil
}

// hadBody reports whether what an entry saw may have held a body: an item of it, or,
// for a document, any collection.
func (h *History) hadBody(body, entry engine.Digest) bool {
	brought := func(e engine.Digest) bool { return h.IsAncestor(e, entry) }
	item := false
	for _, i := range h.evidence {
		if i.Digest() == body || i.Original != nil && i.Original.Digest == body {
			item = true
			if brought(i.Entry) {
				return true
			}
		}
	}
	return !item && slices.ContainsFunc(h.entries, func(e Entry) bool { return e.Action == RunRecorded && brought(e.ID) })
}
