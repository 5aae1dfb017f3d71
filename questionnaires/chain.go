package questionnaires

import "tickmark/engine"

// chainPlace says where an entry stands: histories are mostly lines, so entries
// are grouped into chains of only children, and ancestry inside a chain is a
// comparison of places.
type chainPlace struct{ chain, place int }

// place appends an entry whose parents are all there.
func (h *History) place(e Entry) {
	at := len(h.entries)
	h.byID[e.ID] = at
	h.entries = append(h.entries, e)
	if len(e.Parents) == 1 {
		parent := h.byID[e.Parents[0]]
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

// IsAncestor reports whether entry a is a proper ancestor of entry b.
func (h *History) IsAncestor(a, b engine.Digest) bool {
	ai, known := h.byID[a]
	bi, alsoKnown := h.byID[b]
	if !known || !alsoKnown || a == b {
		return false
	}
	target := h.chains[ai]
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
		for _, p := range h.entries[h.heads[here.chain]].Parents {
			work = append(work, h.byID[p])
		}
	}
	return false
}
