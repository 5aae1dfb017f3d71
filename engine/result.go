package engine

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// Detail is what a check says of one subject: one sentence, the field and value
// it rests on, and the digests of the documents that prove it.
type Detail struct {
	Subject   Ref             `json:"subject"`
	Container string          `json:"container,omitempty"`
	Verdict   Verdict         `json:"verdict"`
	Sentence  string          `json:"sentence"`
	Field     string          `json:"field,omitempty"` // path in the document, e.g. spec.containers[0].securityContext.privileged
	Value     json.RawMessage `json:"value,omitempty"` // canonical JSON of what stands there; absent where nothing does
	Cites     []Digest        `json:"cites,omitempty"`
}

// Key identifies a detail between two runs, for drift and for accepted results.
type Key struct {
	Target, Check string
	Subject       Ref // without UID
	Place         string
	// Definition is that of a custom check: one whose text changed asks something else.
	Definition Digest
}

// Result is what one check says of one target: its details and the worst of
// their verdicts.
type Result struct {
	Check   string   `json:"check"`
	Version int      `json:"version"`
	Target  string   `json:"target"`
	Verdict Verdict  `json:"verdict"`
	Details []Detail `json:"details"`
	// Custom is there for a check of an organisation's own.
	Custom *CustomSource `json:"custom,omitempty"`
}

// CustomSource says which text a custom check was, and what the text says it bears on.
type CustomSource struct {
	Definition Digest              `json:"definition"` // of the text, a document beside the result
	Informs    map[string][]string `json:"informs,omitempty"`
}

// Key returns the key of a detail of r.
func (r Result) Key(d Detail) Key {
	k := Key{Target: r.Target, Check: r.Check, Subject: d.Subject.WithoutUID(), Place: cmp.Or(d.Container, d.Field)}
	if r.Custom != nil {
		k.Definition = r.Custom.Definition
	}
	return k
}

// Count returns how many details have a verdict.
func (r Result) Count(v Verdict) int {
	n := 0
	for _, d := range r.Details {
		if d.Verdict == v {
			n++
		}
	}
	return n
}

// sorted returns details in an order that depends on nothing but what they say. Most come
// in it, or kind by kind; else their places are sorted first, since a detail is large.
func sorted(details []Detail) []Detail {
	parts := partsOf(details)
	if len(parts) < 2 {
		return details
	}
	if inTurn(parts) {
		return slices.Concat(parts...)
	}
	places := make([]int, len(details))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int { return details[a].compare(&details[b]) })
	all := make([]Detail, len(details))
	for i, place := range places {
		all[i] = details[place]
	}
	return all
}

// mostParts is how many parts of details are looked at.
const mostParts = 64

// partsOf parts details where they are not in order; the last part holds the rest.
func partsOf(details []Detail) [][]Detail {
	var parts [][]Detail
	from := 0
	for i := 1; i < len(details) && len(parts) < mostParts; i++ {
		if details[i-1].compare(&details[i]) > 0 {
			parts = append(parts, details[from:i])
			from = i
		}
	}
	return append(parts, details[from:])
}

// inTurn puts parts in order, and reports whether each then ends before the next begins.
func inTurn(parts [][]Detail) bool {
	if len(parts) > mostParts {
		return false
	}
	slices.SortStableFunc(parts, func(a, b []Detail) int { return a[0].compare(&b[0]) })
	for i := 1; i < len(parts); i++ {
		if before := parts[i-1]; before[len(before)-1].compare(&parts[i][0]) >= 0 {
			return false
		}
	}
	return true
}

func (d *Detail) compare(o *Detail) int {
	if c := d.Subject.compare(&o.Subject); c != 0 {
		return c
	}
	if c := strings.Compare(d.Container, o.Container); c != 0 {
		return c
	}
	return cmp.Or(strings.Compare(d.Field, o.Field), strings.Compare(d.Sentence, o.Sentence))
}

// Run is one evaluation: which snapshots, under which Params, with what result.
type Run struct {
	Snapshots []Digest `json:"snapshots"`
	Params    Digest   `json:"params"`
	Results   []Result `json:"results"`
	Tool      Tool     `json:"tool"`
}

// Verdict is the worst verdict of the run, NotApplicable if it is empty.
func (r Run) Verdict() Verdict {
	worst := NotApplicable
	for _, result := range r.Results {
		worst = worst.Worse(result.Verdict)
	}
	return worst
}
