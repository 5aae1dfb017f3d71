package questionnaires

import (
	"maps"
	"slices"

	"tickmark/engine"
)

// chainPlace says where an entry stands: histories are mostly lines, so entries
// are grouped into chains of only children, and ancestry inside a chain is a
// comparison of places.
type chainPlace struct{ chain, place int }

// place appends an entry whose parents are all there.
func (h *History) place(e Entry) {
	at := len(h.entries)
	h.byID.put(e.ID, at)
	h.entries = append(h.entries, e)
	if parents := h.parents(e); len(parents) == 1 {
		parent := h.at(parents[0])
		if above := h.chains[parent]; parent == h.ends[above.chain] {
			h.chains = append(h.chains, chainPlace{above.chain, above.place + 1})
			h.ends[above.chain] = at
			return
		}
	}
	h.chains = append(h.chains, chainPlace{len(h.heads), 0})
	h.heads = append(h.heads, at)
	h.ends = append(h.ends, at)
}

// placeLine places entries that follow each other, which are all there are.
func (h *History) placeLine(line []Entry) {
	last := len(line) - 1
	h.entries, h.chains, h.heads, h.ends = line, make([]chainPlace, len(line)), []int{0}, []int{last}
	for i := range line {
		h.byID.put(line[i].ID, i)
		h.chains[i].place = i
	}
	h.tips = []engine.Digest{line[last].ID}
}

// IsAncestor reports whether entry a is a proper ancestor of entry b.
func (h *History) IsAncestor(a, b engine.Digest) bool {
	ai, known := h.byID.find(a)
	bi, alsoKnown := h.byID.find(b)
	if !known || !alsoKnown || a == b {
		return false
	}
	target := h.chains[ai]
	if here := h.chains[bi]; here.chain == target.chain && here.place >= target.place {
		return true
	}
	visited := map[int]int{} // chain to the furthest place already followed
	work := []int{bi}
	for len(work) > 0 {
		at := work[len(work)-1]
		work = work[:len(work)-1]
		here := h.chains[at]
		if here.chain == target.chain && here.place >= target.place {
			return true
		}
		if seen, followed := visited[here.chain]; followed && seen >= here.place {
			continue
		}
		visited[here.chain] = here.place
		for _, p := range h.parents(h.entries[h.heads[here.chain]]) {
			work = append(work, h.at(p))
		}
	}
	return false
}

// places says where entries stand. What was placed last is kept apart, so that a
// history can follow another without copying all of it.
type places struct {
	all    map[engine.Digest]int
	recent map[engine.Digest]int // nil while the first history is built
}

// manyRecent is how many recent places are put up with.
const manyRecent = 128

func (p *places) put(id engine.Digest, at int) {
	if p.recent != nil {
		p.recent[id] = at
		return
	}
	p.all[id] = at
}

func (p *places) find(id engine.Digest) (int, bool) {
	if at, known := p.recent[id]; known {
		return at, true
	}
	at, known := p.all[id]
	return at, known
}

// following returns places that more can be put into.
func (p *places) following() places {
	if len(p.recent) < manyRecent {
		next := places{all: p.all, recent: make(map[engine.Digest]int, len(p.recent)+1)}
		maps.Copy(next.recent, p.recent)
		return next
	}
	next := places{all: maps.Clone(p.all), recent: map[engine.Digest]int{}}
	maps.Copy(next.all, p.recent)
	return next
}

// at is where an entry stands that is known to be there.
func (h *History) at(id engine.Digest) int {
	at, _ := h.byID.find(id)
	return at
}

// With returns the history that entries make of this one. Where their authors saw all
// there is, as nearly always, and they enrol nobody, collect and expunge nothing, that
// costs no more than the entries; else the history is read anew. At most one history may
// be made of each in this way.
func (h *History) With(payloads Payloads, entries ...Entry) (*History, error) {
	next, followed := h.shelve(entries, payloads)
	for _, e := range entries {
		if followed {
			next, followed = next.follow(e, payloads)
		}
		if !followed {
			return readHistory(slices.Concat(h.entries, h.side, entries), payloads, h.known.onwards())
		}
	}
	return next, nil
}

// follow adds one entry, and reports whether that can be done without reading anew.
func (h *History) follow(e Entry, payloads Payloads) (*History, bool) {
	seen := slices.Equal(e.Parents, h.tips) && e.Vault == h.Vault()
	if _, twice := h.byID.find(e.ID); twice || !seen {
		return h, false
	}
	next := *h
	next.payloads, next.noted = payloads, &noteBook{}
	switch {
	case e.Action == VaultOpened || e.Action == UnsentKept || e.Action == ReportPrinted || e.Action == ReportCountersigned:
		return &next, next.putAside(e)
	case e.Action == AnswerGiven || e.Action == ConclusionRecorded || e.Action.isStage() || e.Action.isForm():
	case e.Action.isRequest():
		next.asked = &requestBook{}
	case e.Action.isNote():
	case e.Action == ActivityRecorded || e.Action == ChangeRecorded:
		next.done = &activityBook{}
	case e.Action == EvidenceAttached: // was shelved
	case e.Action == EvidenceDescribed:
		if !next.describe(e) {
			return h, false
		}
	default:
		return h, false
	}
	next.byID, next.heads, next.ends = h.byID.following(), slices.Clone(h.heads), slices.Clone(h.ends)
	next.place(e)
	next.tips = []engine.Digest{e.ID}
	return &next, true
}

// isForm reports whether an entry says what is assessed and how, which is read out of the
// entries each time.
func (a Action) isForm() bool {
	switch a {
	case AssessmentCreated, ScopeSet, EligibilityRecorded, QuestionnaireChanged, ResponsibilityConfirmed, RiskAnalysisSet,
		AcceptanceAsked, AcceptanceApproved, AcceptanceEnded, EngagementSet:
		return true
	default:
		return false
	}
}

// putAside adds an entry that is the youngest of the side log, as nearly always.
func (h *History) putAside(e Entry) bool {
	if n := len(h.side); n > 0 && compareEntries(h.side[n-1], e) >= 0 {
		return false
	}
	h.side = append(h.side, e)
	return true
}

// describe gives an item what an entry of somebody who is enrolled says of it. It follows
// all that was said before.
func (h *History) describe(e Entry) bool {
	var d EvidenceDescription
	if err := h.read(e, &d); err != nil || h.verifyBy(e, func(engine.Digest) bool { return true }) != nil {
		return false
	}
	i := slices.IndexFunc(h.evidence, func(item Evidence) bool { return item.ID == d.Evidence })
	if i < 0 || h.evidence[i].File == nil || len(h.evidence[i].Releases) > 0 {
		return false
	}
	h.evidence, h.described, h.stock = slices.Clone(h.evidence), maps.Clone(h.described), &evidenceStock{}
	h.evidence[i], h.described[d.Evidence] = h.evidence[i].described(d), true
	h.evidence[i].Beside = nil
	return true
}

// shelve adds the files that some entries attach after all others, and reports whether
// that is where they belong: as nearly always they have the next numbers and are the
// youngest. Those of one millisecond are in the order of their entries' ids.
func (h *History) shelve(entries []Entry, payloads Payloads) (*History, bool) {
	attaching := those(entries, func(e *Entry) bool { return e.Action == EvidenceAttached })
	if len(attaching) == 0 {
		return h, true
	}
	next := *h
	next.payloads, next.last, next.stock = payloads, maps.Clone(h.last), &evidenceStock{}
	slices.SortFunc(attaching, compareEntries)
	if n := len(h.evidence); n > 0 && compareEntries(h.entries[h.at(h.evidence[n-1].Entry)], attaching[0]) > 0 {
		return h, false
	}
	ids, labels := map[ID]bool{}, map[string]bool{}
	for _, e := range attaching {
		var item Evidence
		if err := next.read(e, &item); err != nil {
			return h, false
		}
		_, known := h.item(item.ID)
		series, number := item.Kind.Series(), item.Number
		if known || ids[item.ID] || labels[item.Label()] || h.described[item.ID] || number <= h.last[series] || number > maxNumber {
			return h, false
		}
		ids[item.ID], labels[item.Label()] = true, true
		item.Entry, item.Author = e.ID, e.Author
		if t, gone := h.tombstones[item.Digest()]; gone {
			item.Expunged = &t
		}
		next.evidence, next.last[series] = append(next.evidence, item), max(next.last[series], number)
	}
	return &next, true
}
