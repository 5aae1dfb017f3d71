package questionnaires

import (
	"cmp"
	"slices"

	"tickmark/engine"
)

// ChangeKind says what a newer result means beside the one before it.
type ChangeKind int

// The kinds, those that need a person first.
const (
	NewFailure ChangeKind = iota // it failed, and did not before
	LostSight                    // what was seen before could not be seen
	Mended                       // it failed, and fails no more
	Otherwise                    // other counts, or another change of verdict
)

// ResultChange is a result of the newest collection of its target that came out otherwise
// than the one before it, of the same check over the same target.
type ResultChange struct {
	Kind        ChangeKind
	Before, Now Evidence
}

// ChangesOf returns what came out otherwise in the newest collection of each target, and
// whether there is one before it to compare it with. Runs are as History.Runs gives them.
func ChangesOf(runs []RecordedRun) (changes []ResultChange, compared bool) {
	type key struct{ target, check string }
	before := map[key]Evidence{}
	newest := map[string]int{}
	for i, run := range runs {
		for _, t := range run.Targets {
			newest[t.Target.ID] = i
		}
	}
	for i, run := range runs {
		for _, now := range run.Evidence {
			r := now.Result
			if r == nil {
				continue
			}
			at := key{r.Target, r.Check}
			was, known := before[at]
			before[at] = now
			if !known || newest[r.Target] != i {
				continue
			}
			compared = true
			if kind, changed := changeOf(was.Result, r); changed {
				changes = append(changes, ResultChange{kind, was, now})
			}
		}
	}
	slices.SortStableFunc(changes, func(a, b ResultChange) int { return cmp.Compare(a.Kind, b.Kind) })
	return changes, compared
}

func changeOf(was, now *ResultSource) (ChangeKind, bool) {
	switch {
	case was.Verdict != engine.Fail && now.Verdict == engine.Fail:
		return NewFailure, true
	case was.Verdict != engine.Unknown && now.Verdict == engine.Unknown:
		return LostSight, true
	case was.Verdict == engine.Fail && now.Verdict != engine.Fail:
		return Mended, true
	}
	counts := func(r *ResultSource) [5]int { return [5]int{int(r.Verdict), r.Passed, r.Failed, r.Unknown, r.Others} }
	return Otherwise, counts(was) != counts(now)
}
