package questionnaires

import (
	"fmt"
	"slices"

	"tickmark/engine"
)

// Since returns what an assessment's history says after a head that was printed:
// the entries that concern the assessment and that the head's author had not
// seen. It reports false if the head was never one of this assessment's: the
// report is of another vault, or the history was cut or rewritten.
func (h *History) Since(id ID, head engine.Digest) ([]Entry, bool) {
	tips, known := h.tipsAt(id, head)
	if !known {
		return nil, false
	}
	var later []Entry
	for _, e := range h.entries {
		if isAbout(id, e) && !h.saw(tips, e) {
			later = append(later, e)
		}
	}
	return later, true
}

// At returns the history as it was at a head of an assessment that was printed. It reports
// false where Since does.
func (h *History) At(id ID, head engine.Digest) (*History, bool, error) {
	tips, known := h.tipsAt(id, head)
	if !known {
		return nil, false, nil
	}
	then, err := h.past(func(e Entry) bool { return h.saw(tips, e) }, nil)
	if err != nil {
		return nil, false, fmt.Errorf("read history at head %s: %w", head.Short(), err)
	}
	return then, true, nil
}

// saw reports whether an entry is one of some tips or came before one.
func (h *History) saw(tips []engine.Digest, e Entry) bool {
	return slices.ContainsFunc(tips, func(tip engine.Digest) bool { return tip == e.ID || h.IsAncestor(e.ID, tip) })
}

// isAbout reports whether an entry is of an assessment, or of all.
func isAbout(id ID, e Entry) bool { return e.Assessment == id || e.Assessment == "" }

// tipsAt are the entries whose head a report bears. A head is looked for where one can have
// been: at every single entry, and at the tips that each entry's author, or the reader now,
// saw.
func (h *History) tipsAt(id ID, head engine.Digest) ([]engine.Digest, bool) {
	of := func(e Entry) bool { return isAbout(id, e) }
	for _, e := range slices.Backward(h.entries) {
		if tips := []engine.Digest{e.ID}; headOf(tips) == head {
			return tips, of(e)
		}
	}
	if tips := h.concerned(h.tips, of); headOf(tips) == head {
		return tips, true
	}
	for _, e := range slices.Backward(h.entries) {
		if len(e.Parents) < 2 && !h.branched() {
			continue
		}
		if tips := h.concerned(h.parents(e), of); headOf(tips) == head {
			return tips, true
		}
	}
	return nil, false
}

// branched reports whether the history is anything but a line.
func (h *History) branched() bool { return len(h.heads) > 1 }

// concerned returns the newest entries that concern an assessment among some
// entries and their ancestors, sorted.
func (h *History) concerned(from []engine.Digest, concerns func(Entry) bool) []engine.Digest {
	var found []engine.Digest
	seen := map[engine.Digest]bool{}
	work := slices.Clone(from)
	for len(work) > 0 {
		id := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[id] {
			continue
		}
		seen[id] = true
		if e := h.entries[h.at(id)]; concerns(e) {
			found = append(found, id)
		} else {
			work = append(work, h.parents(e)...)
		}
	}
	var tips []engine.Digest
	for _, id := range found {
		if !slices.ContainsFunc(found, func(other engine.Digest) bool { return h.IsAncestor(id, other) }) {
			tips = append(tips, id)
		}
	}
	slices.SortFunc(tips, func(x, y engine.Digest) int { return slices.Compare(x[:], y[:]) })
	return tips
}

// Holds reports whether each of the ids is that of an entry of the history, the side
// log left out. A history that holds the tips of another holds all of it.
func (h *History) Holds(ids []engine.Digest) bool {
	for _, id := range ids {
		if _, known := h.byID.find(id); !known {
			return false
		}
	}
	return true
}

// HeadOf identifies a history by its sorted tips, as Head does.
func HeadOf(tips []engine.Digest) engine.Digest { return headOf(tips) }

// AssessmentHead is the head over what concerns an assessment, as reports print it.
func (h *History) AssessmentHead(id ID) (engine.Digest, error) {
	all, err := h.Assessments()
	if err != nil {
		return engine.Digest{}, err
	}
	if !slices.ContainsFunc(all, func(a AssessmentDetails) bool { return a.ID == id }) {
		return engine.Digest{}, fmt.Errorf("find head: the vault holds no assessment %s", id)
	}
	head, _ := h.assessmentHead(id)
	return head, nil
}
