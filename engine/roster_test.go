package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// library keeps documents, as a vault does.
type library map[Digest][]byte

func (l library) put(d Document) error { l[d.Digest] = d.Body; return nil }

func (l library) body(d Digest) ([]byte, error) {
	if body, there := l[d]; there {
		return body, nil
	}
	return nil, errors.New("it is not there")
}

// crowd is a snapshot of many objects of some kinds, some of which have the name of others.
func crowd(random *rand.Rand, most int) Snapshot {
	s := Snapshot{Target: Target{ID: "k8s:1"}}
	for _, kind := range []Kind{{Kind: "Pod"}, {Group: "apps", Kind: "Deployment"}, {Kind: "Service"}} {
		for i := range random.IntN(most) {
			ref := Ref{Group: kind.Group, Kind: kind.Kind, Namespace: fmt.Sprintf("ns-%d", i%7), Name: fmt.Sprintf("a\"%d<", i), UID: fmt.Sprintf("u%d", i)}
			if kind.Kind == "Service" {
				ref.Namespace, ref.UID = "", ""
			}
			for range 1 + random.IntN(20)/19 {
				s.Entries = append(s.Entries, Entry{Ref: ref, Digest: Sum(fmt.Append(nil, ref, random.Int())), Origin: "a.yaml:1"})
			}
		}
	}
	s.Sort()
	return s
}

// judged is a result that says all kinds of things of what is in a snapshot.
func judged(random *rand.Rand, s Snapshot) Result {
	r := Result{Check: "made", Version: 1, Target: s.Target.ID, Verdict: Fail, Details: []Detail{}}
	spare, varied := random.IntN(3), random.IntN(3)
	for i, e := range s.Entries {
		if spare > 0 && random.IntN(20*spare) == 0 {
			continue
		}
		for c := range 1 + random.IntN(1+varied) {
			d := Detail{Subject: e.Ref, Verdict: Pass, Sentence: "It is.", Field: "spec.x", Value: json.RawMessage("true"), Cites: []Digest{e.Digest}}
			if varied > 0 {
				d.Container = fmt.Sprintf("c%d", c)
			}
			switch random.IntN(1 + 30*varied) {
			case 1:
				d.Sentence, d.Verdict = fmt.Sprintf("It is %d.", i), Unknown
			case 2:
				d.Cites = []Digest{Sum([]byte("other")), e.Digest, e.Digest}
			case 3:
				d.Cites, d.Value, d.Field = nil, nil, ""
			case 4:
				d.Subject.Name += "-gone"
			case 5:
				d.Value = json.RawMessage(`{"b":[1],"a":"x"}`)
			case 6:
				d.Cites = []Digest{{}, e.Digest}
			case 7:
				d.Subject.UID = ""
			}
			r.Details = append(r.Details, d)
		}
	}
	r.Details = append(r.Details, Detail{Subject: Ref{Kind: "Cluster", Name: "shop"}, Verdict: Unknown, Sentence: "Not seen."})
	r.Details = sorted(r.Details)
	return r
}

// Whichever way a result is told, it is read as it was said: nothing is missing, nothing is
// of another subject, and nothing cites another document.
func TestResultsAreReadAsTheyWereSaid(t *testing.T) {
	told, whole := 0, 0
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 7))
		s, shelf := crowd(random, 100+300*int(seed%4)), library{}
		sum := NewSumming(Digest{}, NewRosters([]Snapshot{s}, shelf.put))
		for range 3 {
			r := judged(random, s)
			plain, err := r.appendCanonical(nil)
			require.NoError(t, err)
			want, err := ReadResult(plain, shelf.body)
			require.NoError(t, err)
			said, body, err := sum.Add(r)
			require.NoError(t, err)
			assert.Equal(t, Sum(body), said.Digest)
			canonical, err := CanonicalJSON(body)
			require.NoError(t, err)
			require.Equal(t, string(canonical), string(body), "it is canonical JSON")
			got, err := ReadResult(body, shelf.body)
			require.NoError(t, err)
			require.Equal(t, want, got, "seed %d", seed)
			if string(body) == string(plain) {
				whole++
				continue
			}
			told++
			assert.Less(t, len(body), len(plain))
			var strict Result
			require.ErrorIs(t, json.Unmarshal(body, &strict), errRosters, "without its rosters it is not read at all")
		}
		seen := map[Entry]bool{}
		for _, e := range s.Entries {
			seen[e] = true
		}
		for digest, body := range shelf {
			entries, err := ReadRoster(body)
			require.NoError(t, err)
			for _, e := range entries {
				e.Origin = "a.yaml:1"
				require.True(t, seen[e], "%v", e)
			}
			canonical, err := CanonicalJSON(body)
			require.NoError(t, err)
			require.Equal(t, Sum(canonical), digest)
		}
	}
	assert.Greater(t, told, 60)
	assert.Greater(t, whole, 5)
}

// many returns a snapshot of pods, and a result that passes each.
func many(n int) (Snapshot, Result) {
	s, r := Snapshot{Target: Target{ID: "k8s:1"}}, Result{Check: "made", Target: "k8s:1", Verdict: Pass, Details: []Detail{}}
	for i := range n {
		e := Entry{Ref: Ref{Kind: "Pod", Namespace: "pay", Name: fmt.Sprintf("api-%06d", i)}, Digest: Sum(fmt.Append(nil, i))}
		s.Entries = append(s.Entries, e)
		r.Details = append(r.Details, Detail{Subject: e.Ref, Verdict: Pass, Sentence: "It is.", Cites: []Digest{e.Digest}})
	}
	return s, r
}

func TestRostersNameEachObjectOnce(t *testing.T) {
	s, r := many(10_000)
	shelf := library{}
	sum := NewSumming(Digest{}, NewRosters([]Snapshot{s}, shelf.put))
	for _, check := range []string{"a", "b", "c"} {
		r.Check = check
		_, body, err := sum.Add(r)
		require.NoError(t, err)
		assert.Less(t, len(body), 400, "%s", body)
	}
	require.Len(t, shelf, 1)
	_, body, err := sum.Add(r)
	require.NoError(t, err)

	read := func(change func(string) string, rosters Documents) error {
		_, err := ReadResult([]byte(change(string(body))), rosters)
		return err
	}
	same := func(text string) string { return text }
	require.NoError(t, read(same, shelf.body))
	require.ErrorContains(t, read(same, library{}.body), "it is not there")
	require.ErrorContains(t, read(same, func(Digest) ([]byte, error) { return []byte(`{"objects":[],"roster":{}}`), nil }), "it was changed")
	for _, rows := range []string{
		`[[0,0,10001,0]]`, `[[0,10001,1,0]]`, `[[0,-1,1,0]]`, `[[0,0,0,0]]`, `[[0,0,10000]]`, `[[1,0,1,0]]`, `[[-1,0,1,0]]`, `[[0,0,1,1]]`, `[[0,0,1,-1]]`,
		`[[0,5,1,0],[0,5,1,0]]`, `[[0,9223372036854775807,1,0]]`, `[[0,1,9223372036854775807,0]]`, `[[]]`, `[null]`, `[[0,0,10000` + strings.Repeat(",0", 500) + `]]`,
	} {
		err := read(func(text string) string { return strings.Replace(text, "[[0,0,10000,0]]", rows, 1) }, shelf.body)
		require.Error(t, err, "%.60s", rows)
	}
}

// Few details are read without another document, and so are those of which a roster would
// be more than they are.
func TestFewDetailsAreToldOneByOne(t *testing.T) {
	few, said := many(leastRoster - 1)
	large, _ := many(10 * leastRoster)
	several, _ := many(2 * leastRoster)
	_, all := many(2 * leastRoster)
	other := all
	other.Target = "k8s:2"
	backwards := all
	backwards.Details = slices.Clone(all.Details)
	slices.Reverse(backwards.Details)
	for name, c := range map[string]struct {
		seen []Snapshot
		r    Result
	}{
		"few":              {[]Snapshot{few}, said},
		"few of many":      {[]Snapshot{large}, all},
		"of another":       {[]Snapshot{several}, other},
		"of one of two":    {[]Snapshot{several, several}, all},
		"of one of three":  {[]Snapshot{several, several, several}, all},
		"out of order":     {[]Snapshot{several}, backwards},
		"without snapshot": {nil, all},
	} {
		want, err := c.r.appendCanonical(nil)
		require.NoError(t, err)
		_, body, err := NewSumming(Digest{}, NewRosters(c.seen, library{}.put)).Add(c.r)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(body), name)
	}
}

func TestARosterThatIsNotKeptIsNoResult(t *testing.T) {
	s, r := many(leastRoster)
	full := errors.New("no space left on device")
	sum := NewSumming(Digest{}, NewRosters([]Snapshot{s}, func(Document) error { return full }))
	_, _, err := sum.Add(r)
	require.ErrorIs(t, err, full)
	_, err = sum.End(Run{})
	require.ErrorIs(t, err, full)
}

// What is read from a vault may have been written by anybody.
func FuzzReadResult(f *testing.F) {
	s, r := many(leastRoster)
	shelf := library{}
	_, body, err := NewSumming(Digest{}, NewRosters([]Snapshot{s}, shelf.put)).Add(r)
	require.NoError(f, err)
	f.Add(string(body))
	f.Add(`{"alike":{"rosters":[],"rows":[],"said":[]},"check":"a","details":[],"target":"","verdict":"pass","version":1}`)
	f.Add(`{"alike":null,"check":"a","details":null}`)
	f.Fuzz(func(t *testing.T, body string) {
		read, err := ReadResult([]byte(body), shelf.body)
		if err != nil {
			return
		}
		again, err := read.appendCanonical(nil)
		if err != nil {
			return // a value that JSON has and the canonical form refuses
		}
		_, err = ReadResult(again, shelf.body)
		require.NoError(t, err)
	})
}

func FuzzReadRoster(f *testing.F) {
	s, _ := many(2)
	f.Add((&roster{kind: Kind{Group: "apps", Kind: "Deployment"}, entries: s.Entries}).appendCanonical(nil))
	f.Add([]byte(`{"objects":[{}],"roster":{"kind":""}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		entries, err := ReadRoster(body)
		if err != nil || len(entries) == 0 {
			return
		}
		r := roster{kind: entries[0].Ref.Of(), entries: entries}
		again, err := ReadRoster(r.appendCanonical(nil))
		require.NoError(t, err)
		require.Equal(t, entries, again)
	})
}
