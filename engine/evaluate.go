package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
)

// Evaluate applies every check to every snapshot and returns one Result per
// pair, ordered by target and check. It stops between two checks when ctx ends.
func Evaluate(ctx context.Context, checks []Check, snapshots []Snapshot, documents Documents, params Params) (Run, error) {
	run := Run{Results: []Result{}, Snapshots: []Digest{}}
	if documents == nil {
		return Run{}, errors.New("evaluate: no documents to read from")
	}
	var err error
	if run.Params, err = params.Digest(); err != nil {
		return Run{}, fmt.Errorf("evaluate: %w", err)
	}
	for i := range snapshots {
		digest, err := snapshots[i].Digest()
		if err != nil {
			return Run{}, fmt.Errorf("evaluate %s: %w", snapshots[i].Target.ID, err)
		}
		run.Snapshots = append(run.Snapshots, digest)
		view := newView(&snapshots[i], documents, params)
		for _, check := range checks {
			if err := ctx.Err(); err != nil {
				return Run{}, fmt.Errorf("evaluate %s: %w", snapshots[i].Target.ID, err)
			}
			run.Results = append(run.Results, evaluateOne(check, view))
		}
	}
	slices.SortStableFunc(run.Results, func(a, b Result) int {
		return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Check, b.Check))
	})
	return run, nil
}

func evaluateOne(check Check, view *View) Result {
	result := Result{Check: check.ID, Version: check.Version, Target: view.Target().ID, Details: []Detail{}}
	result.Details = append(result.Details, check.Eval(view)...)
	complete := true
	for _, kind := range check.Needs {
		unseen := unseenDetails(view, kind)
		complete = complete && len(unseen) == 0
		result.Details = append(result.Details, unseen...)
	}
	result.sort()
	switch {
	case len(result.Details) == 0 && complete:
		result.Verdict = NotApplicable
	default:
		result.Verdict = NotApplicable
		for _, d := range result.Details {
			result.Verdict = result.Verdict.Worse(d.Verdict)
		}
	}
	return result
}

// unseenDetails says, as Unknown details, what of a needed kind was not seen.
func unseenDetails(view *View, kind Kind) []Detail {
	var details []Detail
	unknown := func(namespace, name, sentence string) {
		details = append(details, Detail{
			Subject: Ref{Group: kind.Group, Kind: kind.Kind, Namespace: namespace, Name: name}, Verdict: Unknown, Sentence: sentence,
		})
	}
	gaps := slices.Concat(view.snapshot.Gaps, view.unreadable[kind])
	for _, gap := range gaps {
		if !gap.Hides(kind) {
			continue
		}
		what := kind.String() + " objects"
		if gap.Kind.IsZero() {
			what = "What may be " + what
		}
		unknown(gap.Namespace, gap.Name, fmt.Sprintf("%s could not be seen (%s): %s", what, gap.Reason, place(gap)))
	}
	if population, listed := view.snapshot.Population(kind); len(details) == 0 && (!listed || !population.Complete) {
		unknown("", "", kind.String()+" objects were not listed to the end in this collection")
	}
	return details
}

func place(gap Gap) string {
	text := gap.Cause
	if gap.Source != "" {
		source := gap.Source
		if gap.Line > 0 {
			source = fmt.Sprintf("%s:%d", source, gap.Line)
		}
		text = source + ": " + text
	}
	return text
}
