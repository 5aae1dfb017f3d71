package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
)

// Evaluate applies every check to every snapshot and returns one Result per
// pair, ordered by target and check; checks of other tools' results go with imports
// alone, and there only with a file that speaks of what they are about. It stops between two checks when ctx ends.
func Evaluate(ctx context.Context, checks []Check, snapshots []Snapshot, documents Documents, params Params) (Run, error) {
	results := []Result{}
	run, err := EvaluateEach(ctx, checks, snapshots, documents, params, func(r Result) error {
		r.Details = slices.Clone(r.Details)
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
// together, and returns the Run without them. The details of a result are good until take
// returns, with whose error it ends.
func EvaluateEach(ctx context.Context, checks []Check, snapshots []Snapshot, documents Documents, params Params, take func(Result) error) (Run, error) {
	if documents == nil {
		return Run{}, errors.New("evaluate: no documents to read from")
	}
	return evaluateEach(ctx, checks, snapshots, func(s *Snapshot) *View { return NewView(s, documents, params) }, params, take)
}

func evaluateEach(ctx context.Context, checks []Check, snapshots []Snapshot, viewOf func(*Snapshot) *View, params Params, take func(Result) error) (Run, error) {
	run := Run{Results: []Result{}, Snapshots: []Digest{}}
	byTarget, err := run.begin(snapshots, params, (*Snapshot).Digest)
	if err != nil {
		return Run{}, err
	}
	checks = inOrder(checks)
	var of desk
	for _, target := range slices.Sorted(maps.Keys(byTarget)) {
		var views []*View
		for _, s := range byTarget[target] { // two of one target are one source that was read twice
			view := viewOf(s)
			view.done, view.desk = ctx.Done(), &of
			views = append(views, view)
		}
		delete(byTarget, target) // what was read for it is let go
		if err := evaluateTarget(ctx, checks, views, take); err != nil {
			return Run{}, fmt.Errorf("evaluate %s: %w", target, err)
		}
	}
	return run, nil
}

// Telling returns take for an evaluation that tells how far it is: before the first result,
// and with each. Tell may be nil.
func Telling(checks []Check, snapshots []Snapshot, tell func(Progress), take func(Result) error) func(Result) error {
	if tell == nil {
		return take
	}
	at := Progress{Source: Evaluating}
	for _, s := range snapshots {
		for _, check := range checks {
			if check.Asks(s.Target) {
				at.Total++
			}
		}
	}
	tell(at)
	return func(r Result) error {
		at.What, at.Seen = r.Check, at.Seen+1
		tell(at)
		return take(r)
	}
}

// begin says in the run what is evaluated, and returns the snapshots by target.
func (r *Run) begin(snapshots []Snapshot, params Params, digestOf func(*Snapshot) (Digest, error)) (map[string][]*Snapshot, error) {
	var err error
	if r.Params, err = params.Digest(); err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	byTarget := map[string][]*Snapshot{}
	for i := range snapshots {
		target := snapshots[i].Target.ID
		digest, err := digestOf(&snapshots[i])
		if err != nil {
			return nil, fmt.Errorf("evaluate %s: %w", target, err)
		}
		r.Snapshots = append(r.Snapshots, digest)
		byTarget[target] = append(byTarget[target], &snapshots[i])
	}
	return byTarget, nil
}

// inOrder returns checks in the order of their ids.
func inOrder(checks []Check) []Check {
	return slices.SortedStableFunc(slices.Values(checks), func(a, b Check) int { return cmp.Compare(a.ID, b.ID) })
}

// evaluateTarget applies the checks to the views of one target.
func evaluateTarget(ctx context.Context, checks []Check, views []*View, take func(Result) error) error {
	for _, check := range checks {
		for _, view := range views {
			if err := handOver(ctx, take, func() (Result, bool) { return evaluateOne(check, view) }); err != nil {
				return err
			}
			view.cleared()
		}
	}
	return nil
}

// handOver hands over what a check says, unless it is no question or ctx ended: a check
// that was stopped says Unknown of what it did not come to.
func handOver(ctx context.Context, take func(Result) error, judge func() (Result, bool)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	result, asked := judge()
	if err := ctx.Err(); err != nil || !asked {
		return err
	}
	return take(result)
}

// evaluateOne applies a check to a snapshot, unless it is no question to it.
func evaluateOne(check Check, view *View) (result Result, asked bool) {
	if !check.Asks(view.Target()) {
		return Result{}, false
	}
	details := check.Eval(view)
	if len(details) == 0 && view.Target().Imported() {
		return Result{}, false
	}
	return check.result(view, details, unseenDetails(view, check.Needs)), true
}

// result joins what a check says of what it saw with what it did not see.
func (c Check) result(view *View, details, unseen []Detail) Result {
	result := Result{Check: c.ID, Version: c.Version, Target: view.Target().ID, Details: view.desk.withUnseen(sorted(details), sorted(unseen))}
	if c.Custom != nil {
		result.Custom = &CustomSource{Definition: Sum(c.Custom.Text), Informs: c.Custom.Informs}
	}
	// Without details nothing is there to judge, and all of it was seen.
	result.Verdict = NotApplicable
	for i := range result.Details {
		result.Verdict = result.Verdict.Worse(result.Details[i].Verdict)
	}
	return result
}

// withUnseen puts what was not seen in its places among details, both being sorted: on the
// desk, where they lie there. What the check keeps is not written to.
func (d *desk) withUnseen(details, unseen []Detail) []Detail {
	if len(unseen) == 0 && len(details) > 0 {
		return slices.Clip(details)
	}
	if d.holds(details) && cap(details)-len(details) >= len(unseen) {
		all := details[:len(details)+len(unseen)]
		for i := len(unseen) - 1; i >= 0; i-- { // from the back, where there is room
			n := sort.Search(len(details), func(at int) bool { return details[at].compare(&unseen[i]) > 0 })
			copy(all[n+i+1:], details[n:])
			all[n+i] = unseen[i]
			details = details[:n]
		}
		return all
	}
	all := make([]Detail, 0, len(details)+len(unseen))
	for i := range unseen {
		n := sort.Search(len(details), func(at int) bool { return details[at].compare(&unseen[i]) > 0 })
		all = append(append(all, details[:n]...), unseen[i])
		details = details[n:]
	}
	return append(all, details...)
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
	for _, gap := range view.gapsOf(Kind{}) {
		unknown(needs[0], "", "", fmt.Sprintf("What may be of kind %s could not be seen (%s): %s", anyOf(needs), gap.Reason, place(gap)))
	}
	for _, kind := range needs {
		before := len(details)
		for _, gaps := range [][]Gap{view.gapsOf(kind), view.unreadable[kind]} {
			for _, gap := range gaps {
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
