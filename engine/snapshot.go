package engine

import (
	"bytes"
	"cmp"
	"slices"
	"time"
)

// Identity is who a collection was made as, as the source itself says it
// (SelfSubjectReview, GetCallerIdentity); for files, who read them is not a fact
// of the source and stays empty.
type Identity struct {
	Name   string   `json:"name"`
	Groups []string `json:"groups,omitempty"`
}

// Tool is the program that collected.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Entry says that a document was there. Origin is where it was read: the request
// for a live source, `file:line` for manifests.
type Entry struct {
	Ref    Ref    `json:"ref"`
	Digest Digest `json:"digest"`
	Origin string `json:"origin,omitempty"`
}

// Population is how many objects of a kind the source has. It is complete only
// if the listing came to its end.
type Population struct {
	Kind     Kind   `json:"kind"`
	Count    int    `json:"count"`
	Complete bool   `json:"complete"`
	Query    string `json:"query"` // what was asked, e.g. GET /api/v1/pods?limit=500
	// Seen is when the listing came to its end, of one that an earlier collection made
	// before it was interrupted.
	Seen time.Time `json:"seen,omitzero"`
}

// Snapshot is what one collection of one target saw, and what it did not. The
// documents are beside it, addressed by the digests of its entries.
type Snapshot struct {
	Target    Target    `json:"target"`
	Collector Identity  `json:"collector"`
	Tool      Tool      `json:"tool"`
	Canonical string    `json:"canonical"` // version of the canonical form, see CanonicalVersion
	Redaction string    `json:"redaction"` // version of the redaction rules
	Started   time.Time `json:"started"`
	Ended     time.Time `json:"ended"`
	// Resumed is when a collection that had been interrupted was gone on with: Started
	// is when the interrupted one began.
	Resumed time.Time `json:"resumed,omitzero"`
	// Saved is when what was read had been written down, as the oldest of its files
	// says it; zero for a source that answered itself.
	Saved time.Time `json:"saved,omitzero"`
	// Asked are the kinds that were asked for where a person chose checks. Empty is
	// every kind that the collector knows, but for the gaps.
	Asked       []Kind       `json:"asked,omitempty"`
	Entries     []Entry      `json:"entries"`
	Populations []Population `json:"populations"`
	Gaps        []Gap        `json:"gaps"`
	// Redacted counts what was redacted at the edge, by kind of secret.
	Redacted map[string]int `json:"redacted,omitempty"`
}

// Sort puts entries and populations in their canonical order. Collectors call it
// once, at the end.
func (s *Snapshot) Sort() {
	slices.SortFunc(s.Entries, func(a, b Entry) int {
		if c := a.Ref.Compare(b.Ref); c != 0 {
			return c
		}
		return cmp.Or(bytes.Compare(a.Digest[:], b.Digest[:]), cmp.Compare(a.Origin, b.Origin))
	})
	slices.SortFunc(s.Populations, func(a, b Population) int {
		return Ref{Group: a.Kind.Group, Kind: a.Kind.Kind}.Compare(Ref{Group: b.Kind.Group, Kind: b.Kind.Kind})
	})
}

// Content is the digest of what was there: Ref and document digest of each
// entry. Two snapshots with equal Content saw the same objects.
func (s Snapshot) Content() (Digest, error) {
	type line struct {
		Ref    Ref    `json:"ref"`
		Digest Digest `json:"digest"`
	}
	lines := make([]line, len(s.Entries))
	for i, e := range s.Entries {
		lines[i] = line{Ref: e.Ref, Digest: e.Digest}
	}
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(a.Ref.Compare(b.Ref), bytes.Compare(a.Digest[:], b.Digest[:]))
	})
	return SumOf(lines)
}

// Population returns the population of k, and whether the snapshot has one.
func (s Snapshot) Population(k Kind) (Population, bool) {
	for _, p := range s.Populations {
		if p.Kind == k {
			return p, true
		}
	}
	return Population{}, false
}

// LeftOut reports whether kind k was not asked for because the chosen checks read
// it not.
func (s Snapshot) LeftOut(k Kind) bool { return len(s.Asked) > 0 && !slices.Contains(s.Asked, k) }

// Saw reports whether all objects of kind k were seen: the listing came to its
// end, and no gap may hide one.
func (s Snapshot) Saw(k Kind) bool {
	p, listed := s.Population(k)
	return listed && p.Complete && !slices.ContainsFunc(s.Gaps, func(g Gap) bool { return g.Hides(k) })
}

// hides reports whether a gap may hide objects of kind k, or nobody asked for it; a kind
// that the target does not know is not hidden.
func (s Snapshot) hides(k Kind) bool {
	return s.LeftOut(k) || slices.ContainsFunc(s.Gaps, func(g Gap) bool { return g.Hides(k) && g.Reason != NotInstalled })
}
