package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Evaluate applies every check to every snapshot and returns one Result per
// pair, ordered by target and check; checks of other tools' results go with imports
// alone, and there only with a file that speaks of what they are about. It stops between two checks when ctx ends.
func Evaluate(ctx context.Context, checks []Check, snapshots []Snapshot, documents Documents, params Params) (Run, error) {
	results := []Result{}
	run, err := EvaluateEach(ctx, checks, snapshots, documents, params, func(r Result) error {
		results = append(results, r)
		return nil
	})
	if err != nil {
		return Run{}, err
	}
	run.Results = results
	return run, nil
}

// EvaluateEach is Evaluate for who keeps no results: it hands each over in the same
// order as soon as it is there, so that those of a large target need not be in memory
// together, and returns the Run without them. It ends with the error that take returns.
func EvaluateEach(ctx context.Context, checks []Check, snapshots []Snapshot, documents Documents, params Params, take func(Result) error) (Run, error) {
	run := Run{Results: []Result{}, Snapshots: []Digest{}}
	if documents == nil {
		return Run{}, errors.New("evaluate: no documents to read from")
	}
	var err error
	if run.Params, err = params.Digest(); err != nil {
		return Run{}, fmt.Errorf("evaluate: %w", err)
	}
	byTarget := map[string][]*View{} // two of one target are one source that was read twice
	for i := range snapshots {
		target := snapshots[i].Target.ID
		digest, err := snapshots[i].Digest()
		if err != nil {
			return Run{}, fmt.Errorf("evaluate %s: %w", target, err)
		}
		run.Snapshots = append(run.Snapshots, digest)
		view := NewView(&snapshots[i], documents, params)
		view.done = ctx.Done()
		byTarget[target] = append(byTarget[target], view)
	}
	checks = slices.SortedStableFunc(slices.Values(checks), func(a, b Check) int { return cmp.Compare(a.ID, b.ID) })
	for _, target := range slices.Sorted(maps.Keys(byTarget)) {
		if err := evaluateTarget(ctx, checks, byTarget[target], take); err != nil {
			return Run{}, fmt.Errorf("evaluate %s: %w", target, err)
		}
		delete(byTarget, target) // what was read for it is let go
	}
	return run, nil
}

// evaluateTarget applies the checks to the views of one target.
func evaluateTarget(ctx context.Context, checks []Check, views []*View, take func(Result) error) error {
	for _, check := range checks {
		for _, view := range views {
			if err := ctx.Err(); err != nil {
				return err
			}
			result, asked := evaluateOne(check, view)
			// A check that was stopped says Unknown of what it did not come to.
			if err := ctx.Err(); err != nil {
				return err
			}
			if !asked {
				continue
			}
			if err := take(result); err != nil {
				return err
			}
		}
	}
	return nil
}

// evaluateOne applies a check to a snapshot, unless it is no question to it.
func evaluateOne(check Check, view *View) (result Result, asked bool) {
	if !check.Asks(view.Target()) {
		return Result{}, false
	}
	result = Result{Check: check.ID, Version: check.Version, Target: view.Target().ID, Details: []Detail{}}
	if check.Custom != nil {
		result.Custom = &CustomSource{Definition: Sum(check.Custom.Text), Informs: check.Custom.Informs}
	}
	if details := check.Eval(view); len(details) > 0 {
		result.Details = slices.Clip(details) // what the check keeps is not written to
	}
	if len(result.Details) == 0 && view.Target().imported() {
		return Result{}, false
	}
	unseen := unseenDetails(view, check.Needs)
	result.Details = append(result.Details, unseen...)
	result.sort()
	// Without details nothing is there to judge, and all of it was seen.
	result.Verdict = NotApplicable
	for _, d := range result.Details {
		result.Verdict = result.Verdict.Worse(d.Verdict)
	}
	return result, true
}

// unseenDetails says, as Unknown details, what of the needed kinds was not seen. A
// gap that may hide any kind is said once.
func unseenDetails(view *View, needs []Kind) []Detail {
	var details []Detail
	unknown := func(kind Kind, namespace, name, sentence string) {
		details = append(details, Detail{
			Subject: Ref{Group: kind.Group, Kind: kind.Kind, Namespace: namespace, Name: name}, Verdict: Unknown, Sentence: sentence,
		})
	}
	for _, gap := range view.snapshot.Gaps {
		if gap.Kind.IsZero() {
			unknown(needs[0], "", "", fmt.Sprintf("What may be of kind %s could not be seen (%s): %s", anyOf(needs), gap.Reason, place(gap)))
		}
	}
	for _, kind := range needs {
		before := len(details)
		for _, gap := range slices.Concat(view.snapshot.Gaps, view.unreadable[kind]) {
			if gap.Kind == kind {
				unknown(kind, gap.Namespace, gap.Name, fmt.Sprintf("%s objects could not be seen (%s): %s", kind, gap.Reason, place(gap)))
			}
		}
		if view.snapshot.LeftOut(kind) {
			unknown(kind, "", "", kind.String()+" objects were not asked for in this collection, which was for other checks")
			continue
		}
		if population, listed := view.snapshot.Population(kind); len(details) == before && (!listed || !population.Complete) {
			unknown(kind, "", "", kind.String()+" objects were not listed to the end in this collection")
		}
	}
	return details
}

// anyOf names kinds for a sentence.
func anyOf(kinds []Kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Kind
	}
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " or " + names[last]
	}
	return names[0]
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
