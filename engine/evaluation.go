package engine

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"sort"
	"sync"
	"time"
)

// Evaluation applies checks to one snapshot of a target after another, and judges anew
// what is another one since the last: its results are those of EvaluateEach, byte for
// byte. It keeps what it has read and said of the last snapshot of each target in memory,
// about 25 KB an object. Asked by two at once, it judges all anew for one. A check is
// known by its id and version.
//
// Nobody declares what hangs on what: each View notes what was read of it (memory.go). A
// check is asked again where any of that is another one; one that judges its subjects
// apart (Check.Apart) about those that are. All is judged anew where the target itself,
// a check or the Params are others (but for their time), where a document cannot be read,
// and for what other tools found; custom checks always are, since they share what they
// may spend.
type Evaluation struct {
	busy    sync.Mutex
	params  Digest
	targets map[string]*remembered
	written map[string]*written // by target
}

// remembered is what an Evaluation knows of one target.
type remembered struct {
	view   *View
	judged map[string]*judgement // by check
	own    map[any]*thing        // what custom checks have made in this run
}

// judgement is the last result of a check, and what it rests on.
type judgement struct {
	result   Result
	unseen   []Detail
	counts   [len(verdicts)]int
	reads    []source
	checked  int
	subjects []Subject
}

// NewEvaluation returns an Evaluation that has seen nothing yet.
func NewEvaluation() *Evaluation {
	return &Evaluation{targets: map[string]*remembered{}, written: map[string]*written{}}
}

// Each evaluates snapshots as EvaluateEach does. The details of a result are good until
// take returns: what is judged anew next time is written in their place. Documents that
// could be read once are not read again.
func (e *Evaluation) Each(ctx context.Context, checks []Check, snapshots []Snapshot, documents Documents, params Params, take func(Result) error) (Run, error) {
	if documents == nil || !e.busy.TryLock() {
		return EvaluateEach(ctx, checks, snapshots, documents, params, take)
	}
	defer e.busy.Unlock()
	run := Run{Results: []Result{}, Snapshots: []Digest{}}
	byTarget, err := run.begin(snapshots, params, e.digestOf)
	if err != nil {
		return Run{}, err
	}
	if err := e.told(params); err != nil {
		return Run{}, err
	}
	for _, target := range slices.Sorted(maps.Keys(byTarget)) {
		var err error
		if of := byTarget[target]; len(of) == 1 && !of[0].Target.Imported() {
			err = e.evaluate(ctx, inOrder(checks), of[0], documents, params, take)
		} else {
			_, err = EvaluateEach(ctx, checks, pointed(of), documents, params, take)
		}
		if err != nil {
			return Run{}, fmt.Errorf("evaluate %s: %w", target, err)
		}
	}
	return run, nil
}

// digestOf returns the digest of a snapshot.
func (e *Evaluation) digestOf(s *Snapshot) (Digest, error) {
	w := e.written[s.Target.ID]
	if w == nil {
		w = &written{}
		e.written[s.Target.ID] = w
	}
	return w.digest(s)
}

func pointed(of []*Snapshot) []Snapshot {
	all := make([]Snapshot, len(of))
	for i, s := range of {
		all[i] = *s
	}
	return all
}

// told forgets everything where the checks are told something else than before.
func (e *Evaluation) told(params Params) error {
	params.Now = time.Time{}
	digest, err := params.Digest()
	if err != nil {
		return fmt.Errorf("evaluate: %w", err)
	}
	if digest != e.params {
		e.params = digest
		clear(e.targets)
	}
	return nil
}

// evaluate applies the checks to the next snapshot of a target.
func (e *Evaluation) evaluate(ctx context.Context, checks []Check, s *Snapshot, documents Documents, params Params, take func(Result) error) error {
	of := *s // the caller may go on writing to its own
	known, is := e.targets[s.Target.ID]
	delete(e.targets, s.Target.ID) // comes back if all goes well
	if is && known.view.Target() == s.Target {
		known.view.goOn(&of, documents, params)
	} else {
		known = &remembered{view: NewView(&of, documents, params), judged: map[string]*judgement{}}
	}
	known.view.done, known.own = ctx.Done(), map[any]*thing{}
	for i, check := range checks {
		var anew []Check
		err := handOver(ctx, func(r Result) error {
			if known.lost() {
				anew = checks[i:]
				return nil
			}
			return take(r)
		}, func() (Result, bool) { return known.judge(check) })
		if err != nil {
			return err
		}
		if len(anew) > 0 {
			view := NewView(&of, documents, params)
			view.done = ctx.Done()
			return evaluateTarget(ctx, anew, []*View{view}, take)
		}
	}
	known.own = nil
	e.targets[s.Target.ID] = known
	return nil
}

// lost reports whether something was seen that could not be read. What a check says
// then hangs on what was read before it.
func (k *remembered) lost() bool { return len(k.view.unreadable) > 0 }

// judge returns what a check says of the snapshot that the View shows.
func (k *remembered) judge(check Check) (Result, bool) {
	v := k.view
	if check.Custom != nil || !check.Asks(v.Target()) {
		v.passing = k.own
		defer func() { v.passing = nil }()
		return evaluateOne(check, v)
	}
	unseen := unseenDetails(v, check.Needs)
	j := k.judged[check.ID]
	if j != nil && j.result.Version == check.Version && v.stands(j.reads, j.checked) && slices.EqualFunc(unseen, j.unseen, Detail.equal) {
		if check.Apart == nil || j.askAgain(check, v) {
			j.checked = v.run
			return j.result, true
		}
	}
	j = &judgement{checked: v.run}
	if check.Apart != nil {
		v.unnoted(func() { j.subjects = check.Apart.list.Of(v) })
	}
	var details []Detail
	j.reads = v.judging(check, nil, func() { details = check.Eval(v) })
	j.unseen = unseenDetails(v, check.Needs)
	j.result = check.result(v, details, j.unseen)
	for i := range j.result.Details {
		j.counts[j.result.Details[i].Verdict]++
	}
	k.judged[check.ID] = j
	return j.result, true
}

// judging runs f as the check's, which is asked about some of its subjects.
func (v *View) judging(check Check, about *asked, f func()) []source {
	v.apart, v.asked = check.Apart, about
	defer func() { v.apart, v.asked = nil, nil }()
	return v.noting(f)
}

// askAgain asks a check about those of its subjects that are others than before, and
// puts what it says in its place. It reports whether that could be done.
func (j *judgement) askAgain(check Check, v *View) bool {
	var now []Subject
	v.unnoted(func() { now = check.Apart.list.Of(v) })
	about := v.moved(j.subjects, now)
	if len(about.refs) == 0 {
		j.subjects = now
		return true
	}
	if len(about.refs) > len(now)/2 {
		return false
	}
	var details []Detail
	reads := v.judging(check, about, func() { details = check.Eval(v) })
	for i := range details {
		if !about.refs[details[i].Subject] {
			return false // it speaks of others too: it does not judge them one by one
		}
	}
	for i := range j.unseen {
		if about.refs[j.unseen[i].Subject] {
			return false // what was not seen stands among them
		}
	}
	j.replace(about, details)
	j.subjects, j.reads = now, both(j.reads, reads)
	return true
}

// both joins what was read for some subjects and for the others.
func both(a, b []source) []source {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(slices.Clip(a), s)
		}
	}
	return a
}

// moved compares the subjects of before with those of now, once for all checks that
// judge them.
func (v *View) moved(before, now []Subject) *asked {
	if len(before) == 0 || len(now) == 0 {
		return moved(before, now)
	}
	key := [2]*Subject{&before[0], &now[0]}
	a, is := v.compared[key]
	if !is {
		a = moved(before, now)
		v.compared[key] = a
	}
	return a
}

// replace puts details in the place of those about the same refs.
func (j *judgement) replace(about *asked, details []Detail) {
	details = sorted(details)
	refs := slices.SortedFunc(maps.Keys(about.refs), Ref.Compare)
	const few = 16
	if len(refs) > few {
		j.rebuild(about, details)
	} else {
		for _, ref := range refs {
			n := sort.Search(len(details), func(i int) bool { return details[i].Subject.Compare(ref) > 0 })
			j.put(ref, details[:n])
			details = details[n:]
		}
	}
	j.result.Verdict = NotApplicable
	for verdict, n := range j.counts {
		if n > 0 {
			j.result.Verdict = j.result.Verdict.Worse(Verdict(verdict))
		}
	}
}

// put puts details in the place of those of one subject.
func (j *judgement) put(ref Ref, details []Detail) {
	all := j.result.Details
	from := sort.Search(len(all), func(i int) bool { return all[i].Subject.Compare(ref) >= 0 })
	to := from
	for ; to < len(all) && all[to].Subject == ref; to++ {
		j.counts[all[to].Verdict]--
	}
	for i := range details {
		j.counts[details[i].Verdict]++
	}
	j.result.Details = slices.Replace(all, from, to, details...)
}

// rebuild is put for many subjects, in one go through all details.
func (j *judgement) rebuild(about *asked, details []Detail) {
	all := make([]Detail, 0, len(j.result.Details)+len(details))
	j.counts = [len(verdicts)]int{}
	add := func(d Detail) {
		all = append(all, d)
		j.counts[d.Verdict]++
	}
	for i := range j.result.Details {
		d := &j.result.Details[i]
		if about.refs[d.Subject] {
			continue
		}
		for len(details) > 0 && details[0].compare(d) < 0 {
			add(details[0])
			details = details[1:]
		}
		add(*d)
	}
	for _, d := range details {
		add(d)
	}
	j.result.Details = all
}

// equal reports whether two details say the same.
func (d Detail) equal(o Detail) bool {
	return d.Subject == o.Subject && d.Container == o.Container && d.Verdict == o.Verdict && d.Sentence == o.Sentence &&
		d.Field == o.Field && bytes.Equal(d.Value, o.Value) && slices.Equal(d.Cites, o.Cites)
}
