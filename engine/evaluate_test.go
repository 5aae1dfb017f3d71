package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	podKind    = Kind{Kind: "Pod"}
	policyKind = Kind{Group: "networking.k8s.io", Kind: "NetworkPolicy"}
)

type pod struct {
	Name string `json:"name"`
	Good bool   `json:"good"`
}

// store keeps bodies for a snapshot of pods.
type store map[Digest][]byte

func (s store) body(d Digest) ([]byte, error) {
	if b, ok := s[d]; ok {
		return b, nil
	}
	return nil, errors.New("it is not to hand")
}

func (s store) snapshot(bodies ...string) Snapshot {
	snapshot := Snapshot{Target: Target{ID: "k8s:test"}}
	snapshot.Populations = []Population{{Kind: podKind, Count: len(bodies), Complete: true}}
	for i, b := range bodies {
		d := NewDocument(Ref{Kind: "Pod", Namespace: "pay", Name: string(rune('a' + i))}, []byte(b))
		s[d.Digest] = d.Body
		snapshot.Entries = append(snapshot.Entries, Entry{Ref: d.Ref, Digest: d.Digest})
	}
	return snapshot
}

func goodPods() Check {
	return Check{ID: "good-pods", Version: 1, Words: Words{"a", "b", "c", "d"}, Needs: []Kind{podKind}, Eval: func(v *View) []Detail {
		var details []Detail
		for _, p := range All[pod](v, podKind) {
			verdict := Fail
			if p.Value.Good {
				verdict = Pass
			}
			details = append(details, Detail{Subject: p.Ref, Verdict: verdict, Sentence: p.Value.Name, Cites: []Digest{p.Digest}})
		}
		return details
	}}
}

func evaluate(t *testing.T, s store, snapshot Snapshot, checks ...Check) Run {
	t.Helper()
	run, err := Evaluate(context.Background(), checks, []Snapshot{snapshot}, s.body, Params{})
	require.NoError(t, err)
	return run
}

func TestVerdictOfAResult(t *testing.T) {
	const good, bad = `{"good":true,"name":"g"}`, `{"good":false,"name":"b"}`
	gap := func(k Kind) func(*Snapshot) {
		return func(s *Snapshot) { s.Gaps = append(s.Gaps, Gap{Kind: k, Reason: Forbidden, Cause: "refused"}) }
	}
	incomplete := func(s *Snapshot) { s.Populations[0].Complete = false }
	unlisted := func(s *Snapshot) { s.Populations = nil }
	for name, c := range map[string]struct {
		bodies []string
		change func(*Snapshot)
		want   Verdict
	}{
		"all good":                         {[]string{good}, nil, Pass},
		"one bad":                          {[]string{good, bad}, nil, Fail},
		"none, and all of them seen":       {nil, nil, NotApplicable},
		"none, and not all of them seen":   {nil, incomplete, Unknown},
		"none, and never listed":           {nil, unlisted, Unknown},
		"all good of those seen":           {[]string{good}, incomplete, Unknown},
		"all good, one kind refused":       {[]string{good}, gap(podKind), Unknown},
		"all good, another kind refused":   {[]string{good}, gap(policyKind), Pass},
		"all good, a file of unknown kind": {[]string{good}, gap(Kind{}), Unknown},
		"a bad one counts over a gap":      {[]string{bad}, gap(podKind), Fail},
		"one that cannot be decoded":       {[]string{good, `{"good":"maybe"}`}, nil, Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			s := store{}
			snapshot := s.snapshot(c.bodies...)
			if c.change != nil {
				c.change(&snapshot)
			}
			run := evaluate(t, s, snapshot, goodPods())
			require.Len(t, run.Results, 1)
			assert.Equal(t, c.want, run.Results[0].Verdict, "%+v", run.Results[0].Details)
			assert.Equal(t, c.want, run.Verdict())
		})
	}
}

func TestABodyThatIsNotToHandIsUnknown(t *testing.T) {
	s := store{}
	snapshot := s.snapshot(`{"good":true,"name":"g"}`, `{"good":true,"name":"h"}`)
	delete(s, snapshot.Entries[1].Digest)
	result := evaluate(t, s, snapshot, goodPods()).Results[0]
	assert.Equal(t, Unknown, result.Verdict)
	assert.Equal(t, 1, result.Count(Pass))
	require.Equal(t, 1, result.Count(Unknown))
	assert.Equal(t, "b", result.Details[1].Subject.Name)
	assert.Contains(t, result.Details[1].Sentence, "not to hand")
}

func TestAGapSaysWhatWhereAndWhy(t *testing.T) {
	s := store{}
	snapshot := s.snapshot()
	snapshot.Gaps = []Gap{{Source: "a/b.yaml", Line: 12, Kind: podKind, Namespace: "pay", Name: "api", Reason: Unreadable, Cause: "no YAML"}}
	d := evaluate(t, s, snapshot, goodPods()).Results[0].Details[0]
	assert.Equal(t, "Pod pay/api", d.Subject.String())
	for _, part := range []string{"unreadable", "a/b.yaml:12", "no YAML"} {
		assert.Contains(t, d.Sentence, part)
	}
}

func TestTheSameGivesTheSame(t *testing.T) {
	s := store{}
	snapshot := s.snapshot(`{"good":true,"name":"g"}`, `{"good":false,"name":"b"}`)
	other := goodPods()
	other.ID = "a-first"
	digest := func(checks ...Check) Digest {
		d, err := evaluate(t, s, snapshot, checks...).Digest()
		require.NoError(t, err)
		return d
	}
	assert.Equal(t, digest(goodPods(), other), digest(other, goodPods()), "the order of checks means nothing")
	assert.NotEqual(t, digest(goodPods()), digest(other))
}

func TestEvaluateStopsAndRefuses(t *testing.T) {
	s := store{}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Evaluate(ctx, []Check{goodPods()}, []Snapshot{s.snapshot()}, s.body, Params{})
	require.ErrorIs(t, err, context.Canceled)
	_, err = Evaluate(context.Background(), nil, nil, nil, Params{})
	require.ErrorContains(t, err, "documents")
}

func TestAnObjectIsDecodedOnceForAllChecks(t *testing.T) {
	s := store{}
	reads := 0
	counted := func(d Digest) ([]byte, error) {
		reads++
		return s.body(d)
	}
	second := goodPods()
	second.ID = "second"
	snapshot := s.snapshot(`{"good":true,"name":"g"}`)
	_, err := Evaluate(context.Background(), []Check{goodPods(), second}, []Snapshot{snapshot}, counted, Params{})
	require.NoError(t, err)
	assert.Equal(t, 1, reads)
}

// Checks write their details in the same room one after the other: none is in the result
// of another, nor in the way of what the same check said before.
func TestDetailsOfOneCheckAreNotThoseOfAnother(t *testing.T) {
	s := store{}
	snapshot := s.snapshot(`{"name":"g"}`, `{"name":"h"}`)
	saying := func(id string, lists ...[]string) Check {
		return Check{ID: id, Version: 1, Words: Words{"a", "b", "c", "d"}, Needs: []Kind{podKind}, Eval: func(v *View) []Detail {
			said := make([][]Detail, len(lists))
			for i, sentences := range lists {
				said[i] = v.Room(len(sentences))
				for _, sentence := range sentences {
					said[i] = append(said[i], Detail{Subject: Ref{Kind: "Pod", Name: "g"}, Verdict: Pass, Sentence: sentence})
				}
			}
			if len(said) == 1 {
				return said[0] // lying in the room
			}
			return slices.Concat(said...)
		}}
	}
	checks := []Check{saying("a", []string{"a1", "a2", "a3"}), saying("b", []string{"b1"}, []string{"b2", "b3"}), saying("c", []string{"c1"})}
	said := map[string]string{}
	_, err := EvaluateEach(t.Context(), checks, []Snapshot{snapshot}, s.body, Params{}, func(r Result) error {
		for _, d := range r.Details {
			said[r.Check] += d.Sentence + " "
		}
		return nil
	})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"a": "a1 a2 a3 ", "b": "b1 b2 b3 ", "c": "c1 "}, said)
	for _, r := range evaluate(t, s, snapshot, checks...).Results {
		kept := ""
		for _, d := range r.Details {
			kept += d.Sentence + " "
		}
		assert.Equal(t, said[r.Check], kept, "whoever asks for all results keeps them")
	}
}

func TestAFieldInAnotherSpellingIsNone(t *testing.T) {
	s := store{}
	run := evaluate(t, s, s.snapshot(`{"name":"a","Good":true}`, `{"GOOD":true,"name":"b","good":false}`), goodPods())
	require.Len(t, run.Results[0].Details, 2)
	for _, d := range run.Results[0].Details {
		assert.Equal(t, Fail, d.Verdict, "the API server reads good and nothing that looks like it: %s", d.Subject)
	}
}

func TestVerdicts(t *testing.T) {
	assert.Equal(t, Unknown, Verdict(0), "what was not looked at is never a pass")
	order := []Verdict{NotApplicable, Pass, Unknown, Fail}
	for i, a := range order {
		for j, b := range order {
			assert.Equal(t, order[max(i, j)], a.Worse(b), "%s and %s", a, b)
		}
		text, err := json.Marshal(a)
		require.NoError(t, err)
		var back Verdict
		require.NoError(t, json.Unmarshal(text, &back))
		assert.Equal(t, a, back)
	}
	var v Verdict
	require.Error(t, v.UnmarshalText([]byte("passed")))
	assert.Equal(t, "unknown", Verdict(99).String())
	var r GapReason
	require.Error(t, r.UnmarshalText([]byte("because")))
	for reason := Unexplained; reason <= Interrupted; reason++ {
		require.NoError(t, r.UnmarshalText([]byte(reason.String())))
		assert.Equal(t, reason, r)
	}
	assert.Equal(t, "unexplained", GapReason(99).String())
}

func TestSnapshotDigests(t *testing.T) {
	s := store{}
	a := s.snapshot(`{"name":"1"}`, `{"name":"2"}`)
	a.Entries = append(a.Entries, Entry{Ref: a.Entries[0].Ref, Digest: a.Entries[1].Digest}) // the same name twice, as in manifests
	b := a
	b.Entries = []Entry{a.Entries[2], a.Entries[1], a.Entries[0]}
	content := func(s Snapshot) Digest {
		d, err := s.Content()
		require.NoError(t, err)
		return d
	}
	whole := func(s Snapshot) Digest {
		d, err := s.Digest()
		require.NoError(t, err)
		return d
	}
	assert.Equal(t, content(a), content(b), "the order in which things were seen means nothing")
	a.Sort()
	b.Sort()
	assert.Equal(t, whole(a), whole(b))
	b.Gaps = []Gap{{Kind: podKind, Reason: TimedOut}}
	assert.Equal(t, content(a), content(b), "content is what was there")
	assert.NotEqual(t, whole(a), whole(b), "the whole is also what was not seen")
	assert.True(t, a.Saw(podKind))
	assert.False(t, b.Saw(podKind))
	assert.False(t, a.Saw(policyKind), "never listed")
	changed := a
	changed.Entries = a.Entries[:2]
	assert.NotEqual(t, content(a), content(changed))
}

func TestZones(t *testing.T) {
	p := Params{Zones: map[string][]Selector{
		"cde": {{Target: "k8s:1", Namespaces: []string{"pay", "card-*"}}, {Target: "k8s:2"}}, "broken": {{Namespaces: []string{"[", "x"}}},
	}}
	assert.True(t, p.InZone("cde", "k8s:1", "card-vault"))
	assert.False(t, p.InZone("cde", "k8s:1", "shop"))
	assert.True(t, p.InZone("cde", "k8s:2", "anything"))
	assert.False(t, p.InZone("cde", "k8s:3", "pay"))
	assert.False(t, p.InZone("office", "k8s:1", "pay"))
	assert.True(t, p.InZone("broken", "k8s:1", "x"), "a pattern that cannot be read chooses nothing, the next one does")
	one, err := p.Digest()
	require.NoError(t, err)
	p.Now = time.Unix(1, 0).UTC()
	two, err := p.Digest()
	require.NoError(t, err)
	assert.NotEqual(t, one, two)
}

func TestCheckValidate(t *testing.T) {
	require.NoError(t, goodPods().Validate())
	for name, change := range map[string]func(*Check){
		"not lower-case": func(c *Check) { c.ID = "Good_Pods" }, "version 0": func(c *Check) { c.Version = 0 },
		"looks at nothing": func(c *Check) { c.Needs = nil }, "words": func(c *Check) { c.Words.How = "" },
	} {
		c := goodPods()
		change(&c)
		require.ErrorContains(t, c.Validate(), name)
	}
}

func TestRefsAndKeys(t *testing.T) {
	r := Ref{Group: "apps", Kind: "Deployment", Namespace: "pay", Name: "api", UID: "1"}
	assert.Equal(t, "Deployment.apps pay/api", r.String())
	assert.Equal(t, "Namespace pay", Ref{Kind: "Namespace", Name: "pay"}.String())
	assert.Equal(t, "Secret", Ref{Kind: "Secret"}.String())
	again := r
	again.UID = "2"
	result := Result{Check: "c", Target: "t"}
	assert.Equal(t, result.Key(Detail{Subject: r, Field: "f"}), result.Key(Detail{Subject: again, Field: "f"}), "made again under its name it is the same")
	assert.NotEqual(t, result.Key(Detail{Subject: r, Container: "a", Field: "f"}), result.Key(Detail{Subject: r, Container: "b", Field: "f"}))
	assert.Negative(t, r.Compare(again))
	assert.Equal(t, Fail, Run{Results: []Result{{Verdict: Pass}, {Verdict: Fail}}}.Verdict())
	assert.True(t, strings.HasPrefix(policyKind.String(), "NetworkPolicy."))
}

// Other tools' results are asked about by checks of their own, and the other way round.
func TestChecksAreAskedOfTheirOwnTargets(t *testing.T) {
	theirs := Kind{Group: ImportGroup, Kind: "ScanReport"}
	says := func(of Kind, details ...Detail) Check {
		return Check{ID: "of-" + strings.ToLower(of.Kind), Version: 1, Needs: []Kind{of}, Eval: func(*View) []Detail { return details }}
	}
	snapshot := func(target string) Snapshot {
		return Snapshot{Target: Target{ID: target}, Populations: []Population{{Kind: theirs, Complete: true}, {Kind: Kind{Kind: "Pod"}, Complete: true}}}
	}
	all := []Check{says(Kind{Kind: "Pod"}), says(theirs, Detail{Verdict: Fail, Sentence: "It failed."})}
	run, err := Evaluate(t.Context(), all, []Snapshot{snapshot("k8s:a"), snapshot(NewImportTarget("trivy", Sum(nil), "api").ID)}, noDocuments, Params{})
	require.NoError(t, err)
	var asked []string
	for _, r := range run.Results {
		asked = append(asked, r.Check+" "+strings.SplitN(r.Target, ":", 2)[0])
	}
	assert.Equal(t, []string{"of-scanreport import", "of-pod k8s"}, asked)
	var told []Progress
	of := []Snapshot{snapshot("k8s:a"), snapshot(NewImportTarget("trivy", Sum(nil), "api").ID)}
	take := Telling(all, of, func(at Progress) { told = append(told, at) }, func(Result) error { return nil })
	_, err = EvaluateEach(t.Context(), all, of, noDocuments, Params{}, take)
	require.NoError(t, err)
	assert.Equal(t, []Progress{
		{Source: Evaluating, Total: 2},
		{Source: Evaluating, What: "of-scanreport", Seen: 1, Total: 2},
		{Source: Evaluating, What: "of-pod", Seen: 2, Total: 2},
	}, told, "what is not asked does not count")
	run, err = Evaluate(t.Context(), []Check{says(theirs)}, []Snapshot{snapshot("import:trivy:1")}, noDocuments, Params{})
	require.NoError(t, err)
	assert.Empty(t, run.Results, "a file that says nothing of it")
}

func noDocuments(Digest) ([]byte, error) { return nil, errors.New("there is none") }

func TestDetailsAreInOrderHoweverTheyCome(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 300 {
		var details []Detail
		for i := range random.IntN(100) {
			name := fmt.Sprint(i % (1 + random.IntN(20))) // kinds that come one after the other, or mixed
			d := Detail{Subject: Ref{Kind: fmt.Sprint((round + i/9) % 7), Name: name}, Container: fmt.Sprint(i % 3), Value: json.RawMessage(fmt.Sprint(i))}
			if round%2 == 0 {
				d.Subject.Name = fmt.Sprintf("%02d", i)
			}
			details = append(details, d)
		}
		want := slices.Clone(details)
		slices.SortStableFunc(want, func(a, b Detail) int { return a.compare(&b) })
		given := slices.Clone(details)
		require.Equal(t, want, append([]Detail(nil), sorted(details)...))
		seen := random.IntN(1 + len(details))
		kept := (*desk)(nil)
		require.Equal(t, append([]Detail{}, want...), kept.withUnseen(sorted(details[:seen]), sorted(details[seen:])))
		require.Equal(t, given, details, "what the check keeps")
		of := View{desk: &desk{}}
		require.Equal(t, append([]Detail{}, want...), of.desk.withUnseen(sorted(append(of.Room(seen), details[:seen]...)), sorted(details[seen:])), "on the desk")
	}
}
