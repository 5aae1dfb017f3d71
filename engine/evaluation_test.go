package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// eachPod are the pods as the checks below judge them.
var eachPod = EveryObject(podKind)

// apart is a check that judges pods one by one, and says whom it was asked about.
func apart(asked *[]string) Check {
	return Check{ID: "apart", Version: 1, Needs: []Kind{podKind}, Apart: eachPod, Eval: func(v *View) []Detail {
		var details []Detail
		for _, p := range EachOf[pod](v, eachPod, podKind) {
			*asked = append(*asked, p.Ref.Name)
			verdict := Fail
			if p.Value.Good {
				verdict = Pass
			}
			details = append(details, Detail{Subject: p.Ref, Verdict: verdict, Sentence: p.Value.Name, Cites: []Digest{p.Digest}})
		}
		return details
	}}
}

// whole is a check that judges all pods together.
func whole(asked *int) Check {
	return Check{ID: "whole", Version: 1, Needs: []Kind{podKind}, Looks: []Kind{policyKind}, Eval: func(v *View) []Detail {
		*asked++
		sentence := fmt.Sprintf("%d pods under %d policies", len(All[pod](v, podKind)), len(v.Objects(policyKind)))
		return []Detail{{Subject: Ref{Kind: "Pod"}, Verdict: Pass, Sentence: sentence}}
	}}
}

// known is an Evaluation with the checks that it applies.
type known struct {
	*Evaluation
	checks []Check
}

func knowing(checks []Check) *known { return &known{NewEvaluation(), checks} }

// said evaluates and returns what was handed over, as text.
func said(t *testing.T, each func(take func(Result) error) (Run, error)) string {
	t.Helper()
	text := ""
	run, err := each(func(r Result) error {
		line, err := json.Marshal(r)
		text += string(line) + "\n"
		return err
	})
	require.NoError(t, err)
	line, err := json.Marshal(run)
	require.NoError(t, err)
	return text + string(line)
}

// again evaluates one more snapshot, and says that it comes out as if nothing were known.
func again(t *testing.T, e *known, s store, params Params, snapshots ...Snapshot) {
	t.Helper()
	got := said(t, func(take func(Result) error) (Run, error) {
		return e.Each(context.Background(), e.checks, snapshots, s.body, params, take)
	})
	want := said(t, func(take func(Result) error) (Run, error) {
		return EvaluateEach(context.Background(), e.checks, snapshots, s.body, params, take)
	})
	assert.Equal(t, want, got)
}

// asksOnce is what a check was asked by an evaluation that knows of before.
func asksOnce(t *testing.T, e *known, s store, snapshot Snapshot) {
	t.Helper()
	_, err := e.Each(context.Background(), e.checks, []Snapshot{snapshot}, s.body, Params{}, func(Result) error { return nil })
	require.NoError(t, err)
}

func podNamed(i int, good bool) string { return fmt.Sprintf(`{"good":%t,"name":"p%d"}`, good, i) }

func TestOnlyWhatIsAnotherOneIsJudgedAnew(t *testing.T) {
	var asked []string
	var times int
	s := store{}
	e := knowing([]Check{apart(&asked), whole(&times)})
	asksOnce(t, e, s, s.snapshot(podNamed(1, true), podNamed(2, true), podNamed(3, true)))
	assert.Equal(t, []string{"a", "b", "c"}, asked)
	asked, times = nil, 0
	asksOnce(t, e, s, s.snapshot(podNamed(1, true), podNamed(2, true), podNamed(3, true)))
	assert.Empty(t, asked)
	assert.Zero(t, times, "nothing is another one")
	asksOnce(t, e, s, s.snapshot(podNamed(1, true), podNamed(2, false), podNamed(3, true)))
	assert.Equal(t, []string{"b"}, asked)
	assert.Equal(t, 1, times, "it reads every pod")
	asked, times = nil, 0
	moved := s.snapshot(podNamed(1, true), podNamed(2, false), podNamed(3, true))
	moved.Populations = append(moved.Populations, Population{Kind: policyKind, Complete: true})
	asksOnce(t, e, s, moved)
	assert.Zero(t, times, "it looks at policies, and does not ask whether all were seen")
}

func TestWhatIsJudgedAgainIsWhatIsJudgedWhole(t *testing.T) {
	s := store{}
	many := func(good func(i int) bool) Snapshot {
		var bodies []string
		for i := range 60 {
			bodies = append(bodies, podNamed(i, good(i)))
		}
		return s.snapshot(bodies...)
	}
	with := func(snapshot Snapshot, gaps ...Gap) Snapshot {
		snapshot.Gaps = gaps
		return snapshot
	}
	about := Gap{Kind: podKind, Namespace: "pay", Name: "b", Reason: Unreadable, Cause: "torn"}
	short := s.snapshot(podNamed(1, true))
	short.Entries = append(short.Entries, short.Entries[0])
	elsewhere := many(func(int) bool { return true })
	elsewhere.Target.ServerVersion = "v1.36.0"
	imported := many(func(int) bool { return true })
	imported.Target = NewImportTarget("tool", Digest{1}, "it")
	var asked []string
	var times int
	e := knowing([]Check{apart(&asked), whole(&times), goodPods()})
	for name, snapshots := range []Snapshot{
		many(func(int) bool { return true }), many(func(i int) bool { return i != 7 }), many(func(i int) bool { return i%3 > 0 }),
		many(func(int) bool { return false }), with(many(func(i int) bool { return i > 1 }), about), with(many(func(i int) bool { return i > 2 }), about),
		with(many(func(i int) bool { return i == 1 || i > 2 }), about),
		with(many(func(i int) bool { return i > 0 }), Gap{Reason: TooLarge, Cause: "any"}), s.snapshot(), short, many(func(i int) bool { return i > 40 }),
		s.snapshot(podNamed(1, true), `{"name":1}`), s.snapshot(podNamed(1, true), `{"name":"b"}`), elsewhere, imported, elsewhere,
	} {
		t.Run(fmt.Sprint(name), func(t *testing.T) { again(t, e, s, Params{}, snapshots) })
	}
	again(t, e, s, Params{SecretDays: 3}, elsewhere)
	again(t, e, s, Params{SecretDays: 3}, elsewhere, elsewhere)
	again(t, e, s, Params{SecretDays: 3}, elsewhere)
}

// TestWhatAPartialAnswerRestsOn says that a check which was asked about some of its pods
// still rests on what it read for the others, and on what it read for these.
func TestWhatAPartialAnswerRestsOn(t *testing.T) {
	s := store{}
	under := Check{ID: "under", Version: 1, Needs: []Kind{podKind}, Looks: []Kind{policyKind}, Apart: eachPod, Eval: func(v *View) []Detail {
		var details []Detail
		for _, p := range EachOf[pod](v, eachPod, podKind) {
			d := Detail{Subject: p.Ref, Verdict: Pass, Sentence: p.Value.Name}
			if !p.Value.Good {
				d.Sentence += fmt.Sprintf(" under %d policies", len(v.Objects(policyKind)))
			}
			details = append(details, d)
		}
		return details
	}}
	pods := func(policies int, good ...bool) Snapshot {
		var bodies []string
		for i, g := range good {
			bodies = append(bodies, podNamed(i, g))
		}
		snapshot := s.snapshot(bodies...)
		for i := range policies {
			d := NewDocument(Ref{Group: policyKind.Group, Kind: policyKind.Kind, Name: fmt.Sprint(i)}, []byte(`{}`))
			s[d.Digest] = d.Body
			snapshot.Entries = append(snapshot.Entries, Entry{Ref: d.Ref, Digest: d.Digest})
		}
		return snapshot
	}
	for name, of := range map[string][]Snapshot{
		"of the others": {pods(1, false, true, true), pods(1, false, true, false), pods(1, false, true, true), pods(2, false, true, true)},
		"of these":      {pods(1, true, true, true), pods(1, false, true, true), pods(2, false, true, true)},
	} {
		t.Run(name, func(t *testing.T) {
			e := knowing([]Check{under})
			for _, snapshot := range of {
				again(t, e, s, Params{}, snapshot)
			}
		})
	}
}

// TestWhoJudgesAllReadsAll says that one who lists the subjects of others, and does not
// judge them one by one, is asked again whenever they are others.
func TestWhoJudgesAllReadsAll(t *testing.T) {
	s := store{}
	count := Check{ID: "count", Version: 1, Needs: []Kind{podKind}, Eval: func(v *View) []Detail {
		good := 0
		for _, p := range EachOf[pod](v, eachPod, podKind) {
			if p.Value.Good {
				good++
			}
		}
		return []Detail{{Subject: Ref{Kind: "Pod"}, Verdict: Pass, Sentence: fmt.Sprintf("%d are good", good)}}
	}}
	e := knowing([]Check{count})
	again(t, e, s, Params{}, s.snapshot(podNamed(1, true), podNamed(2, true)))
	again(t, e, s, Params{}, s.snapshot(podNamed(1, true), podNamed(2, false)))
}

func TestADocumentThatIsGone(t *testing.T) {
	s := store{}
	e := knowing([]Check{goodPods()})
	snapshot := s.snapshot(podNamed(1, true), podNamed(2, true))
	asksOnce(t, e, s, snapshot)
	next := s.snapshot(podNamed(1, true), podNamed(3, true))
	delete(s, next.Entries[1].Digest)
	again(t, e, s, Params{}, next)
}

func TestTheTimeCounts(t *testing.T) {
	s := store{}
	timed := Check{ID: "timed", Version: 1, Needs: []Kind{podKind}, Eval: func(v *View) []Detail {
		return []Detail{{Subject: Ref{Kind: "Pod"}, Verdict: Pass, Sentence: v.Now().String()}}
	}}
	e := knowing([]Check{timed})
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for range 2 {
		again(t, e, s, Params{Now: now}, s.snapshot(podNamed(1, true)))
		now = now.Add(time.Hour)
	}
}

// TestAHiddenReadWouldShow plants the fault that an Evaluation must not have: a check that
// sees the world past its View is stale, and the comparison of these tests finds it.
func TestAHiddenReadWouldShow(t *testing.T) {
	s := store{}
	outside := "before"
	hidden := Check{ID: "hidden", Version: 1, Needs: []Kind{podKind}, Eval: func(*View) []Detail {
		return []Detail{{Subject: Ref{Kind: "Pod"}, Verdict: Pass, Sentence: outside}}
	}}
	e := knowing([]Check{hidden})
	snapshots := []Snapshot{s.snapshot(podNamed(1, true))}
	kept := func() string {
		return said(t, func(take func(Result) error) (Run, error) {
			return e.Each(context.Background(), e.checks, snapshots, s.body, Params{}, take)
		})
	}
	first := kept()
	outside = "after"
	assert.Equal(t, first, kept(), "it was not asked again")
	assert.NotEqual(t, first, said(t, func(take func(Result) error) (Run, error) {
		return EvaluateEach(context.Background(), e.checks, snapshots, s.body, Params{}, take)
	}))
}

func TestAnEvaluationThatWasStoppedForgets(t *testing.T) {
	s := store{}
	var asked []string
	e := knowing([]Check{apart(&asked)})
	snapshot := s.snapshot(podNamed(1, true), podNamed(2, true))
	asksOnce(t, e, s, snapshot)
	refused := errors.New("full")
	_, err := e.Each(context.Background(), e.checks, []Snapshot{snapshot}, s.body, Params{}, func(Result) error { return refused })
	require.ErrorIs(t, err, refused)
	asked = nil
	asksOnce(t, e, s, snapshot)
	assert.Equal(t, []string{"a", "b"}, asked)
	_, err = e.Each(context.Background(), e.checks, []Snapshot{snapshot}, nil, Params{}, func(Result) error { return nil })
	require.ErrorContains(t, err, "no documents")
}

// TestTheOrderOfWhatSharesARef says that objects of one Ref, as files may hold them, stand
// in a result as they stand in the snapshot.
func TestTheOrderOfWhatSharesARef(t *testing.T) {
	s := store{}
	named := Check{ID: "named", Version: 1, Needs: []Kind{podKind}, Apart: eachPod, Eval: func(v *View) []Detail {
		var details []Detail
		for _, o := range eachPod.Objects(v, podKind) {
			details = append(details, Detail{Subject: o.Ref, Verdict: Pass, Sentence: "It is there.", Cites: []Digest{o.Digest}})
		}
		return details
	}}
	of := func(numbers ...int) Snapshot {
		var bodies []string
		for _, n := range numbers {
			bodies = append(bodies, podNamed(n, true))
		}
		snapshot := s.snapshot(bodies...)
		for i := range snapshot.Entries {
			snapshot.Entries[i].Ref.Name = "a"
		}
		last := s.snapshot(podNamed(8, true), podNamed(9, true)) // so that few are others
		last.Entries[0].Ref.Name, last.Entries[1].Ref.Name = "y", "z"
		snapshot.Entries = append(snapshot.Entries, last.Entries...)
		return snapshot
	}
	for _, orders := range [][][]int{{{1, 2}, {2, 1}}, {{1, 2, 3}, {3, 1, 2}}, {{1, 2, 3}, {2, 3, 1}}, {{1, 1, 2}, {1, 2, 1}}, {{1, 2, 1}, {2, 1, 1}}, {{1, 2, 1, 2}, {2, 1, 2, 1}}} {
		e := knowing([]Check{named})
		for _, order := range orders {
			again(t, e, s, Params{}, of(order...))
		}
	}
}

func TestMemoAndSurveyAreMadeOnceUntilSomethingMoves(t *testing.T) {
	s := store{}
	made, kept := 0, 0
	good := NewExtract(func(p Typed[pod]) bool { made++; return p.Value.Good }, func(a, b bool) bool { return a == b })
	count := NewSurvey(func(v *View, _ int) int {
		kept++
		return len(slices.DeleteFunc(slices.Clone(good.Of(v, podKind)), func(b bool) bool { return !b }))
	}, nil)
	check := Check{ID: "count", Version: 1, Needs: []Kind{podKind}, Eval: func(v *View) []Detail {
		return []Detail{{Subject: Ref{Kind: "Pod"}, Verdict: Pass, Sentence: fmt.Sprint(count.Of(v))}}
	}}
	e := knowing([]Check{check})
	asksOnce(t, e, s, s.snapshot(podNamed(1, true), podNamed(2, false)))
	assert.Equal(t, []int{2, 1}, []int{made, kept})
	asksOnce(t, e, s, s.snapshot(podNamed(1, true), podNamed(3, false)))
	assert.Equal(t, []int{3, 1}, []int{made, kept}, "another pod, and as bad")
	asksOnce(t, e, s, s.snapshot(podNamed(1, true), podNamed(3, true)))
	assert.Equal(t, []int{4, 2}, []int{made, kept})
}
