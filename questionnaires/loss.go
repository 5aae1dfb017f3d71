package questionnaires

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"tickmark/engine"
)

// Losses is the payload of the entry by which a person declares that entries were
// lost to damage. Where such an entry verifies, a history that lacks them is read all
// the same; it never makes up what they said.
type Losses struct {
	Lost []Loss `json:"lost"`
}

// Loss is one entry that others name as their parent and that is not there. After
// stands in its place: what is known to have been there before it.
type Loss struct {
	Entry engine.Digest   `json:"entry"`
	After []engine.Digest `json:"after"`
	// Declared is the entry that says so, no part of the payload.
	Declared engine.Digest `json:"-"`
}

// DeclareLost returns the draft that declares entries lost. Each must come after
// something that is there.
func DeclareLost(lost []Loss) (Draft, error) {
	if len(lost) == 0 {
		return Draft{}, errors.New("declare entries lost: there are none")
	}
	for _, l := range lost {
		if l.Entry.IsZero() || len(l.After) == 0 {
			return Draft{}, fmt.Errorf("declare entry %s lost: what was there before it is not known", l.Entry.Short())
		}
	}
	return Draft{Action: EntriesLost, Subject: "vault", Payload: Losses{Lost: lost}}, nil
}

// Losses returns the entries that were declared lost and are missing, sorted.
func (h *History) Losses() []Loss {
	all := make([]Loss, 0, len(h.losses))
	for _, l := range h.losses {
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b Loss) int { return bytes.Compare(a.Entry[:], b.Entry[:]) })
	return all
}

// findLosses reads what was declared lost and is not there: an entry that came back
// by a merge is lost no more. Of several declarations the first by time and entry
// counts.
func (h *History) findLosses(main []Entry) error {
	var declared []Entry
	for _, e := range main {
		if e.Action == EntriesLost {
			declared = append(declared, e)
		}
	}
	if len(declared) == 0 {
		return nil
	}
	there := make(map[engine.Digest]bool, len(main))
	for _, e := range main {
		there[e.ID] = true
	}
	slices.SortFunc(declared, compareEntries)
	h.losses = map[engine.Digest]Loss{}
	for _, e := range declared {
		var p Losses
		if err := h.read(e, &p); err != nil {
			return err
		}
		for _, l := range p.Lost {
			if _, twice := h.losses[l.Entry]; twice || there[l.Entry] || len(l.After) == 0 {
				continue
			}
			l.Declared = e.ID
			h.losses[l.Entry] = l
		}
	}
	return nil
}

// checkLosses refuses a history that hangs together only by what a stranger declared.
func (h *History) checkLosses() error {
	for _, l := range h.Losses() {
		if err := h.Verify(l.Declared); err != nil {
			return fmt.Errorf("read history: entry %s is not there, and who declares it lost is not enrolled: %w", l.Entry.Short(), err)
		}
	}
	return nil
}

// parents are those of an entry, with what stands in the place of lost ones.
func (h *History) parents(e Entry) []engine.Digest {
	if len(h.losses) == 0 || !slices.ContainsFunc(e.Parents, func(p engine.Digest) bool { _, lost := h.losses[p]; return lost }) {
		return e.Parents
	}
	var all []engine.Digest
	for _, p := range e.Parents {
		if l, lost := h.losses[p]; lost {
			all = append(all, l.After...)
			continue
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b engine.Digest) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(all)
}
