package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strconv"
)

// ResultSummary is what a journal says of a result: all but its details, of which it
// has the counts.
type ResultSummary struct {
	Check   string
	Version int
	Target  string
	Verdict Verdict
	Custom  *CustomSource
	Passed  int
	Failed  int
	Unknown int
	Others  int    // not applicable
	Digest  Digest // of the result's canonical JSON
}

// RunSummary is what a journal says of a run.
type RunSummary struct {
	Digest  Digest
	Results []ResultSummary
}

// Summing sums a run up while its results come, so that none has to be kept.
type Summing struct {
	sum     hash.Hash
	rosters *Rosters
	parts   telling
	results []ResultSummary
	begun   bool // a result was summed up
	body    []byte
	err     error
}

// usualDetail is what a detail mostly takes of a result, in bytes, or less.
const usualDetail = 448

// NewSumming begins a run of the Params with a digest. What its results say of many objects
// names them by rosters, which may be nil.
func NewSumming(params Digest, rosters *Rosters) *Summing {
	s := &Summing{sum: sha256.New(), rosters: rosters, results: []ResultSummary{}}
	s.sum.Write(append(params.appendCanonical([]byte(`{"params":`)), `,"results":[`...))
	return s
}

// Add takes the next result and returns its canonical JSON, which stands until the next
// one is added.
func (s *Summing) Add(r Result) (ResultSummary, []byte, error) {
	if s.err == nil {
		s.body, s.err = s.tell(r)
	}
	if s.err != nil {
		return ResultSummary{}, nil, fmt.Errorf("result of %s: %w", r.Check, s.err)
	}
	s.Written(s.body)
	said := ResultSummary{Check: r.Check, Version: r.Version, Target: r.Target, Verdict: r.Verdict, Custom: r.Custom, Digest: Sum(s.body)}
	for i := range r.Details {
		switch r.Details[i].Verdict {
		case Pass:
			said.Passed++
		case Fail:
			said.Failed++
		case Unknown:
			said.Unknown++
		case NotApplicable:
			said.Others++
		}
	}
	s.results = append(s.results, said)
	return said, s.body, nil
}

// tell writes a result, by rosters where these are worth it.
func (s *Summing) tell(r Result) ([]byte, error) {
	if rosters := s.rosters.of(&r); len(rosters) > 0 && s.parts.tell(&r, rosters) {
		b, err := s.parts.appendCanonical(append(s.body[:0], `{"alike":`...), s.rosters.put)
		if err != nil {
			return nil, err
		}
		r.Details = s.parts.rest
		return r.appendMembers(append(b, ','))
	}
	// Growing bit by bit would take many times what it comes to.
	return r.appendCanonical(slices.Grow(s.body[:0], len(r.Details)*usualDetail))
}

// Written takes the next result of a run that is read again, as it was written.
func (s *Summing) Written(body []byte) {
	if s.begun {
		s.sum.Write([]byte{','})
	}
	s.begun = true
	s.sum.Write(body)
}

// End ends the run with what stands beside its results.
func (s *Summing) End(run Run) (RunSummary, error) {
	if s.err != nil {
		return RunSummary{}, s.err
	}
	snapshots, err := Canonical(run.Snapshots)
	if err != nil {
		return RunSummary{}, err
	}
	tool, err := Canonical(run.Tool)
	if err != nil {
		return RunSummary{}, err
	}
	s.sum.Write(slices.Concat([]byte(`],"snapshots":`), snapshots, []byte(`,"tool":`), tool, []byte{'}'}))
	return RunSummary{Digest: Digest(s.sum.Sum(nil)), Results: s.results}, nil
}

// Summary sums up a run that is there as a whole.
func (r Run) Summary() (RunSummary, error) {
	s := NewSumming(r.Params, nil)
	for _, result := range r.Results {
		if _, _, err := s.Add(result); err != nil {
			return RunSummary{}, err
		}
	}
	return s.End(r)
}

// Digest identifies the run by everything it says.
func (r Run) Digest() (Digest, error) {
	if r.Results == nil { // as one that Evaluate never made
		return SumOf(r)
	}
	said, err := r.Summary()
	return said.Digest, err
}

// appendCanonical is Canonical for a result, without the way through maps: a large
// cluster has hundreds of thousands of details.
func (r Result) appendCanonical(b []byte) ([]byte, error) { return r.appendMembers(append(b, '{')) }

func (r Result) appendMembers(b []byte) ([]byte, error) {
	b = appendString(append(b, `"check":`...), r.Check)
	if r.Custom != nil {
		custom, err := Canonical(r.Custom)
		if err != nil {
			return nil, err
		}
		b = append(append(b, `,"custom":`...), custom...)
	}
	b = append(b, `,"details":`...)
	if r.Details == nil {
		b = append(b, "null"...)
	} else {
		b = append(b, '[')
		for i := range r.Details {
			if i > 0 {
				b = append(b, ',')
			}
			var err error
			if b, err = r.Details[i].appendCanonical(b); err != nil {
				return nil, err
			}
		}
		b = append(b, ']')
	}
	b = appendString(append(b, `,"target":`...), r.Target)
	b = appendString(append(b, `,"verdict":`...), r.Verdict.String())
	return append(strconv.AppendInt(append(b, `,"version":`...), int64(r.Version), 10), '}'), nil
}

func (d *Detail) appendCanonical(b []byte) ([]byte, error) { return d.appendSaid(b, &d.Subject) }

// appendSaid is Canonical for a detail, of no subject where that is nil.
func (d *Detail) appendSaid(b []byte, subject *Ref) ([]byte, error) {
	b = append(b, '{')
	if len(d.Cites) > 0 {
		b = append(b, `"cites":`...)
		for i, cited := range d.Cites {
			b = cited.appendCanonical(append(b, "[,"[min(i, 1)]))
		}
		b = append(b, `],`...)
	}
	if d.Container != "" {
		b = append(appendString(append(b, `"container":`...), d.Container), ',')
	}
	if d.Field != "" {
		b = append(appendString(append(b, `"field":`...), d.Field), ',')
	}
	b = appendString(append(b, `"sentence":`...), d.Sentence)
	if subject != nil {
		b = subject.appendCanonical(append(b, `,"subject":`...))
	}
	if len(d.Value) > 0 {
		b = append(b, `,"value":`...)
		if isSimple(d.Value) {
			b = append(b, d.Value...)
		} else {
			value, err := CanonicalJSON(d.Value)
			if err != nil {
				return nil, err
			}
			b = append(b, value...)
		}
	}
	return append(appendString(append(b, `,"verdict":`...), d.Verdict.String()), '}'), nil
}

// isSimple reports whether a value is canonical as it stands, for what nearly all
// details rest on: words, whole numbers and strings without escapes. It may say no of
// others that are.
func isSimple(value []byte) bool {
	switch string(value) {
	case "true", "false", "null", "0":
		return true
	}
	if last := len(value) - 1; last > 0 && value[0] == '"' && value[last] == '"' {
		return plainBytes(string(value[1:last])) == last-1
	}
	return value[0] >= '1' && value[0] <= '9' && isInteger(string(value))
}

func (r Ref) appendCanonical(b []byte) []byte {
	b = appendString(append(b, `{"group":`...), r.Group)
	b = appendString(append(b, `,"kind":`...), r.Kind)
	b = appendString(append(b, `,"name":`...), r.Name)
	b = appendString(append(b, `,"namespace":`...), r.Namespace)
	if r.UID != "" {
		b = appendString(append(b, `,"uid":`...), r.UID)
	}
	return append(b, '}')
}

func (d Digest) appendCanonical(b []byte) []byte {
	b = append(b, '"')
	if !d.IsZero() {
		b = hex.AppendEncode(b, d[:])
	}
	return append(b, '"')
}
