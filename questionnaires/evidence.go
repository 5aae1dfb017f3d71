package questionnaires

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"tickmark/engine"
)

// Evidence is one item that an answer may rest on: the result of a check over a
// collection, or a file from a person. Its Number is a label for people; the ID
// is its identity.
type Evidence struct {
	ID        ID            `json:"id"`
	Number    int           `json:"number"`
	Title     string        `json:"title"`
	Collected time.Time     `json:"collected"` // when the evidence came to be, in UTC
	Result    *ResultSource `json:"result,omitempty"`
	File      *FileSource   `json:"file,omitempty"`
	// Requirements are those a person attached it to; a result's come from the
	// catalogue.
	Requirements []RequirementID `json:"requirements,omitempty"`
	// Kind and Details are a file's: what sort of paper it is, and what is said of it.
	Kind    EvidenceKind    `json:"kind,omitzero"`
	Details EvidenceDetails `json:"details,omitzero"`
	// Derived is not part of the payload.
	Derived `json:"-"`
}

// Derived is what the whole history says of an item of evidence.
type Derived struct {
	Entry  engine.Digest // that brought it
	Author engine.Digest
	// Suffix tells items apart that were printed with the same number; else "".
	Suffix string
	// Aliases are other numbers it was once given or printed with, in order.
	Aliases []int
	// Expunged is what stays where its body is gone; nil where it is there.
	Expunged *Tombstone
	// Beside are descriptions that were written side by side with the one that stands.
	Beside []EvidenceDescription
	// Releases are the decisions on what was found in it that stand, and Original the
	// file that was searched where a redacted copy took its place.
	Releases []Release
	Original *FileSource
}

// ResultSource says which result of which run an item of evidence is.
type ResultSource struct {
	Target   string         `json:"target"`     // id of the target
	Name     string         `json:"targetName"` // what people call it
	Check    string         `json:"check"`
	Version  int            `json:"version"`
	Verdict  engine.Verdict `json:"verdict"`
	Passed   int            `json:"passed"`
	Failed   int            `json:"failed"`
	Unknown  int            `json:"unknown"`
	Others   int            `json:"notApplicable"`
	Run      engine.Digest  `json:"run"`
	Snapshot engine.Digest  `json:"snapshot"`
	Digest   engine.Digest  `json:"digest"` // of the result as it is kept
	// Custom is there for a check of the organisation's own: which text it was.
	Custom *engine.CustomSource `json:"custom,omitempty"`
}

// Read reads the result from its document, which must be the one that the history names:
// the result of a large target is megabytes, and its whole run hundreds of them.
func (r ResultSource) Read(documents engine.Documents) (engine.Result, error) {
	fail := func(err error) (engine.Result, error) {
		return engine.Result{}, fmt.Errorf("read result of %s: %w", r.Check, err)
	}
	body, err := documents(r.Digest)
	if err != nil {
		return fail(err)
	}
	if engine.Sum(body) != r.Digest {
		return fail(fmt.Errorf("it was changed, its digest is not %s", r.Digest.Short()))
	}
	result, err := engine.ReadResult(body, documents)
	if err != nil {
		return fail(err)
	}
	if result.Check != r.Check || result.Target != r.Target {
		return fail(fmt.Errorf("it is of %s over %s", result.Check, result.Target))
	}
	return result, nil
}

// WithoutDetails is what the history says of a result whose document is gone.
func (r ResultSource) WithoutDetails() engine.Result {
	return engine.Result{Check: r.Check, Version: r.Version, Target: r.Target, Verdict: r.Verdict}
}

// Key returns the key of a detail of the result.
func (r ResultSource) Key(d engine.Detail) engine.Key {
	return engine.Result{Target: r.Target, Check: r.Check, Custom: r.Custom}.Key(d)
}

// FileSource says which file an item of evidence is, byte for byte.
type FileSource struct {
	Digest   engine.Digest `json:"digest"`
	Name     string        `json:"name"`
	Size     int64         `json:"size"`
	Obtained Obtained      `json:"obtained"`
	// Search is what was found when it was taken in; nil where it was not searched.
	Search *engine.Contents `json:"search,omitempty"`
}

// Digest is the SHA-256 of the item's content.
func (e Evidence) Digest() engine.Digest {
	switch {
	case e.Result != nil:
		return e.Result.Digest
	case e.File != nil:
		return e.File.Digest
	}
	return engine.Digest{}
}

// gone reports whether its body was expunged, as far as the version knows that is looked
// at.
func (e Evidence) gone() bool { return e.Expunged != nil && !e.Expunged.Later }

// RecordedRun is the payload of the entry that makes a collection and its
// evaluation part of a vault.
type RecordedRun struct {
	Run       engine.Digest `json:"run"`
	Targets   []TargetSeen  `json:"targets"`
	Evidence  []Evidence    `json:"evidence"`
	Evaluated time.Time     `json:"evaluated"`
}

// TargetSeen is what a run's entry says of one snapshot, so that a desk can show
// it without reading the snapshot.
type TargetSeen struct {
	Snapshot  engine.Digest   `json:"snapshot"`
	Target    engine.Target   `json:"target"`
	Collector engine.Identity `json:"collector"`
	Tool      engine.Tool     `json:"tool"`
	Started   time.Time       `json:"started"`
	Ended     time.Time       `json:"ended"`
	Saved     time.Time       `json:"saved,omitzero"` // of a dump: as engine.Snapshot
	Objects   int             `json:"objects"`
	Gaps      int             `json:"gaps"`
}

// Shown is when what was seen was so: a dump is as old as its files, whenever it was
// read.
func (t TargetSeen) Shown() time.Time { return cmp.Or(t.Saved, t.Ended) }

// SeenOf sums a snapshot up.
func SeenOf(s engine.Snapshot) (TargetSeen, error) {
	digest, err := s.Digest()
	if err != nil {
		return TargetSeen{}, fmt.Errorf("sum up snapshot of %s: %w", s.Target.ID, err)
	}
	return TargetSeen{
		Snapshot: digest, Target: s.Target, Collector: s.Collector, Tool: s.Tool, Started: s.Started, Ended: s.Ended, Saved: s.Saved,
		Objects: len(s.Entries), Gaps: len(s.Gaps),
	}, nil
}

// EvidenceOf makes an item of evidence of each result of a run, in the run's
// order. Titles gives a check's title; newID draws the ids; the numbers go on
// from the history's.
func (h *History) EvidenceOf(run engine.RunSummary, seen []TargetSeen, titles func(check string) string, newID func() (ID, error)) ([]Evidence, error) {
	number := h.LastNumber(OtherEvidence)
	items := make([]Evidence, 0, len(run.Results))
	for _, result := range run.Results {
		i := slices.IndexFunc(seen, func(t TargetSeen) bool { return t.Target.ID == result.Target })
		if i < 0 {
			return nil, fmt.Errorf("make evidence of %s: no snapshot of %s in the run", result.Check, result.Target)
		}
		id, err := newID()
		if err != nil {
			return nil, err
		}
		number++
		items = append(items, Evidence{
			ID: id, Number: number, Title: titles(result.Check), Collected: seen[i].Shown().UTC(),
			Result: &ResultSource{
				Target: result.Target, Name: seen[i].Target.Name, Check: result.Check, Version: result.Version, Verdict: result.Verdict,
				Passed: result.Passed, Failed: result.Failed, Unknown: result.Unknown, Others: result.Others,
				Run: run.Digest, Snapshot: seen[i].Snapshot, Digest: result.Digest, Custom: result.Custom,
			},
		})
	}
	return items, nil
}

// Latest keeps of the results the newest per target and check, and every file.
// Items must be in the order of their entries, as History.Evidence gives them.
func Latest(items []Evidence) []Evidence {
	newest := map[[2]string]int{}
	for i, item := range items {
		if item.Result == nil {
			continue
		}
		k := [2]string{item.Result.Target, item.Result.Check}
		if j, known := newest[k]; !known || !item.Collected.Before(items[j].Collected) {
			newest[k] = i
		}
	}
	latest := make([]Evidence, 0, len(newest))
	for i, item := range items {
		if item.Result == nil || newest[[2]string{item.Result.Target, item.Result.Check}] == i {
			latest = append(latest, item)
		}
	}
	return latest
}

// evidenceStock is what all assessments want to know of the evidence of a history. Each
// part is found out when it is asked first: to check who brought thousands of files takes
// a while, and most are never asked for.
type evidenceStock struct {
	placing, resulting, checking sync.Once

	at      map[ID]int // places among the history's evidence
	results []Evidence // the newest per target and check, of enrolled authors
	latest  []Evidence // and every file of theirs
}

// item returns an item of evidence by its id.
func (h *History) item(id ID) (Evidence, bool) {
	h.stock.placing.Do(func() {
		h.stock.at = make(map[ID]int, len(h.evidence))
		for i, item := range h.evidence {
			h.stock.at[item.ID] = i
		}
	})
	at, known := h.stock.at[id]
	if !known {
		return Evidence{}, false
	}
	return h.evidence[at], true
}

// latestResults are the newest results per target and check.
func (h *History) latestResults() []Evidence {
	h.stock.resulting.Do(func() {
		h.stock.results = Latest(h.brought(func(item Evidence) bool { return item.Result != nil }))
	})
	return h.stock.results
}

// latestEvidence are the newest results per target and check, and every file.
func (h *History) latestEvidence() []Evidence {
	h.stock.checking.Do(func() {
		h.checkAll(func(e Entry) bool { return e.Action == EvidenceAttached })
		h.stock.latest = h.asNumbered(Latest(h.brought(func(Evidence) bool { return true })))
	})
	return h.stock.latest
}

// EvidenceAsNumbered is all evidence in the order in which it came; what came in one
// millisecond, as a folder does, in the order of its numbers.
func (h *History) EvidenceAsNumbered() []Evidence { return h.asNumbered(slices.Clone(h.evidence)) }

func (h *History) asNumbered(items []Evidence) []Evidence {
	came := func(item Evidence) time.Time {
		at, _ := h.byID.find(item.Entry)
		return h.entries[at].Time
	}
	for from := 0; from < len(items); {
		to, at := from+1, came(items[from])
		for to < len(items) && came(items[to]).Equal(at) {
			to++
		}
		slices.SortStableFunc(items[from:to], func(x, y Evidence) int {
			return cmp.Or(cmp.Compare(x.Kind.Series(), y.Kind.Series()), cmp.Compare(x.Number, y.Number))
		})
		from = to
	}
	return items
}

// brought is what enrolled authors brought of some evidence.
func (h *History) brought(wanted func(Evidence) bool) []Evidence {
	own := make([]Evidence, 0, len(h.evidence))
	for _, item := range h.evidence {
		if wanted(item) && h.Verify(item.Entry) == nil {
			own = append(own, item)
		}
	}
	return own
}
