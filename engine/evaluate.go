package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Evaluate applies every check to every snapshot and returns one Result per
// pair, ordered by target and check; checks of other tools' results go with imports
// alone, and there only with a file that speaks of what they are about. It stops between two checks when ctx ends.
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
		view := NewView(&snapshots[i], documents, params)
		view.done = ctx.Done()
		for _, check := range checks {
			if err := ctx.Err(); err != nil {
				return Run{}, fmt.Errorf("evaluate %s: %w", snapshots[i].Target.ID, err)
			}
			if result, asked := evaluateOne(check, view); asked {
				run.Results = append(run.Results, result)
			}
		}
		// A check that was stopped says Unknown of what it did not come to.
		if err := ctx.Err(); err != nil {
			return Run{}, fmt.Errorf("evaluate %s: %w", snapshots[i].Target.ID, err)
		}
	}
	slices.SortStableFunc(run.Results, func(a, b Result) int {
		return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Check, b.Check))
	})
	return run, nil
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
	result.Details = append(result.Details, check.Eval(view)...)
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
			unknown(needs[0], "", "", fmt.Sprintf("What may be %s could not be seen (%s): %s", anyOf(needs), gap.Reason, place(gap)))
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
	return "a " + strings.Join(names, ", a ")
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
