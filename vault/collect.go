package vault

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Collection is what to look at and how to judge it.
type Collection struct {
	Collectors []engine.Collector
	Checks     []engine.Check
	Params     engine.Params // Now is set here where it is zero
	Tool       engine.Tool
	Progress   func(engine.Progress) // may be nil
	Fresh      bool                  // nothing is gone on with that was interrupted
	// Known is what is left of earlier collections in this process, so that only what is
	// another object is judged anew; nil keeps nothing.
	Known *engine.Evaluation
}

// Collected is what a collection gave. The results themselves are in the vault alone.
type Collected struct {
	Recorded questionnaires.RecordedRun
	Entry    questionnaires.Entry
	// Files are the files that were collected from, as evidence of their own: those that
	// were there already too.
	Files []questionnaires.Evidence
	// Failed holds, by source, those that could not be collected at all. What a
	// source refused in part is a gap of its snapshot.
	Failed map[string]error
	// Resumed holds the targets whose collection went on from where an earlier one
	// was interrupted.
	Resumed []Resumed
}

// Verdict is the worst verdict of what was evaluated.
func (c Collected) Verdict() engine.Verdict {
	worst := engine.NotApplicable
	for _, item := range c.Recorded.Evidence {
		worst = worst.Worse(item.Result.Verdict)
	}
	return worst
}

// Resumed says what a collection did not ask for again.
type Resumed struct {
	Target  engine.Target
	Kinds   int       // that were listed to their end before it was interrupted
	Objects int       // of those
	Since   time.Time // when the interrupted one had begun
}

// Collect runs the collectors, evaluates the checks over what they saw and
// records both with one entry, which alone makes them visible. Until then only
// bodies are stored, which are harmless. When ctx ends, or no source could be
// collected, nothing is recorded; Failed is filled in that case too.
//
// Documents and results are stored as they come. What grows with their number is the
// list of documents that each snapshot is, about 200 bytes an object, and what the
// checks make of those they look at.
func (v *Vault) Collect(ctx context.Context, c Collection) (Collected, error) {
	if err := func() error { v.writing.Lock(); defer v.writing.Unlock(); return v.writable(ctx) }(); err != nil {
		return Collected{}, fmt.Errorf("collect: %w", err)
	}
	if c.Params.Now.IsZero() {
		c.Params.Now = v.settings.now().UTC().Truncate(time.Second)
	}
	done := Collected{Failed: map[string]error{}}
	ready := atHand{bodies: engine.NewHeld()}
	snapshots, kept, err := v.collectAll(ctx, c, done.Failed, &ready)
	if err != nil {
		return done, err
	}
	for _, s := range snapshots {
		if !s.Resumed.IsZero() {
			done.Resumed = append(done.Resumed, resumedOf(s))
		}
	}
	run, said, err := v.judge(ctx, c, snapshots, &ready)
	if err != nil {
		return done, fmt.Errorf("collect: %w", err)
	}
	for _, s := range snapshots {
		if err := v.putManifest(ctx, s); err != nil {
			return Collected{Failed: done.Failed}, fmt.Errorf("collect: %w", err)
		}
	}
	record := func(tx *Tx) error {
		return errors.Join(tx.record(c, snapshots, run, said, &done), tx.dropPending(kept))
	}
	if err := v.recordWithFiles(ctx, c, &done, record); err != nil {
		return Collected{Failed: done.Failed}, fmt.Errorf("collect: %w", err)
	}
	return done, nil
}

// judge evaluates and stores each result as soon as it is there, which nobody sees
// before the run is recorded. It returns the run without them, and what is said of them.
func (v *Vault) judge(ctx context.Context, c Collection, snapshots []engine.Snapshot, ready *atHand) (engine.Run, engine.RunSummary, error) {
	fail := func(err error) (engine.Run, engine.RunSummary, error) { return engine.Run{}, engine.RunSummary{}, err }
	params, err := c.Params.Digest()
	if err != nil {
		return fail(err)
	}
	waiting := &batch{vault: v, ctx: ctx}
	summing := engine.NewSumming(params, engine.NewRosters(snapshots, waiting.put))
	each, documents := ready.bodies.EvaluateEach, v.Documents(ctx)
	if c.remembers(snapshots, ready) {
		each, documents = c.Known.Each, ready.bodies.Before(documents)
	}
	take := func(r engine.Result) error {
		said, body, err := summing.Add(r)
		if err == nil {
			err = waiting.result(body, said.Digest)
		}
		if err != nil {
			return fmt.Errorf("keep result of %s: %w", r.Check, err)
		}
		return nil
	}
	run, err := each(ctx, c.Checks, snapshots, documents, c.Params, engine.Telling(c.Checks, snapshots, c.Progress, take))
	if err == nil {
		err = waiting.flush()
	}
	if err != nil {
		return fail(err)
	}
	run.Tool = c.Tool
	said, err := summing.End(run)
	return run, said, err
}

// mostRemembered is of how many documents what is judged is kept in memory: more would
// take more of it than judging them anew is worth.
const mostRemembered = 4000

// remembers reports whether what is judged is to be kept in mind, or was: not where a
// document is left out that the vault has expunged, which stands in memory still, nor
// where not all of them were given anew.
func (c Collection) remembers(snapshots []engine.Snapshot, ready *atHand) bool {
	count, resumed := 0, false
	for _, s := range snapshots {
		count += len(s.Entries)
		resumed = resumed || !s.Resumed.IsZero()
	}
	return c.Known != nil && count <= mostRemembered && !resumed && !ready.expunged
}

func resumedOf(s engine.Snapshot) Resumed {
	r := Resumed{Target: s.Target, Since: s.Started}
	for _, p := range s.Populations {
		if !p.Seen.IsZero() {
			r.Kinds++
			r.Objects += p.Count
		}
	}
	return r
}

// recordWithFiles records what was collected, and with the same save the files that it
// was read from. A file that changed since is refused: it would be no proof.
func (v *Vault) recordWithFiles(ctx context.Context, c Collection, done *Collected, record func(*Tx) error) error {
	h, err := v.History(ctx)
	if err != nil {
		return err
	}
	var files []File
	var digests []engine.Digest
	for _, collector := range c.Collectors {
		from, is := collector.(engine.FileCollector)
		if !is || done.Failed[collector.Source()] != nil {
			continue
		}
		f := from.CollectedFile()
		if item, there := h.Holding(f.Digest); there {
			done.Files = append(done.Files, item)
			continue
		}
		item := questionnaires.Evidence{Title: "Result of another tool: " + f.Name, File: &questionnaires.FileSource{Obtained: questionnaires.OtherEvidence.Obtained()}}
		if f.Made.Before(c.Params.Now) {
			item.Collected = f.Made
		}
		files, digests = append(files, File{Item: item, Name: f.Name, Open: f.Open}), append(digests, f.Digest)
	}
	if len(files) == 0 {
		return v.Update(ctx, record)
	}
	_, err = v.take(ctx, files, func(tx *Tx, items []questionnaires.Evidence) error {
		for i, item := range items {
			if item.File.Digest != digests[i] {
				return fmt.Errorf("%.100q changed while it was collected", item.File.Name)
			}
		}
		if err := tx.attach(items); err != nil {
			return err
		}
		done.Files = append(done.Files, items...)
		return record(tx)
	})
	return err
}

// collectAll collects every source. One that fails does not stop the others; a
// vault that takes nothing in does. It also returns under what parts of the sources
// are kept.
func (v *Vault) collectAll(ctx context.Context, c Collection, failed map[string]error, ready *atHand) (snapshots []engine.Snapshot, kept []string, err error) {
	sources := map[string]string{} // by target
	for _, collector := range c.Collectors {
		source := collector.Source()
		at := &sitting{vault: v, fresh: c.Fresh, ready: ready}
		s, refused, err := v.collectOne(ctx, collector, c.Progress, at)
		switch {
		case ctx.Err() != nil:
			return nil, nil, fmt.Errorf("collect %s: %w", source, ctx.Err())
		case refused != nil:
			return nil, nil, fmt.Errorf("collect %s: %w", source, refused)
		case err != nil:
			failed[source] = errors.Join(failed[source], err)
			continue
		}
		if s.SawNothing() {
			failed[source] = errors.Join(failed[source], nothingSeen(source, s))
			continue
		}
		if other, twice := sources[s.Target.ID]; twice {
			return nil, nil, fmt.Errorf("collect: %s and %s are one target, %s: collect them one after the other", other, source, s.Target.ID)
		}
		sources[s.Target.ID] = source
		snapshots, kept = append(snapshots, s), append(kept, at.source)
	}
	if len(snapshots) == 0 {
		return nil, nil, nothingCollected(failed)
	}
	return snapshots, kept, nil
}

// nothingSeen is the error of a source of which not one object was seen: a wrong
// path, or no right at all. Recorded, it would stand in the place of real evidence.
func nothingSeen(source string, s engine.Snapshot) error {
	if len(s.Gaps) == 0 {
		return fmt.Errorf("collect %s: there is no object in it", source)
	}
	g := s.Gaps[0]
	return fmt.Errorf("collect %s: nothing could be seen: %s: %s", source, g.Reason, g.Cause)
}

// nothingCollected is the error of a collection of which nothing is left: that of
// the one source, or of the first by name and how many failed besides.
func nothingCollected(failed map[string]error) error {
	names := slices.Sorted(maps.Keys(failed))
	switch len(names) {
	case 0:
		return errors.New("collect: there is no source")
	case 1:
		return failed[names[0]]
	}
	return fmt.Errorf("%w (and %d other sources failed)", failed[names[0]], len(names)-1)
}

// collectOne stores what a source shows. Refused is the vault's own failure.
func (v *Vault) collectOne(ctx context.Context, collector engine.Collector, progress func(engine.Progress), at *sitting) (s engine.Snapshot, refused, err error) {
	waiting := &batch{vault: v, ctx: ctx, unlessExpunged: true, ready: at.ready}
	at.flush = waiting.flush
	s, err = collector.Collect(ctx, engine.Intake{Document: waiting.put, Progress: progress, Parts: at})
	if err == nil {
		err = waiting.flush()
	}
	return s, waiting.refused, err
}

// record writes snapshots, Params and run, and the entry that names them.
func (tx *Tx) record(c Collection, snapshots []engine.Snapshot, run engine.Run, said engine.RunSummary, done *Collected) error {
	if _, err := tx.putValue(c.Params); err != nil {
		return err
	}
	recorded := questionnaires.RecordedRun{Evaluated: c.Params.Now.UTC()}
	for _, check := range c.Checks {
		if check.Custom == nil {
			continue
		}
		if err := tx.PutDocument(engine.NewDocument(engine.Ref{}, check.Custom.Text)); err != nil {
			return err
		}
	}
	for _, s := range snapshots {
		if _, err := tx.PutSnapshot(s); err != nil {
			return err
		}
		seen, err := questionnaires.SeenOf(s)
		if err != nil {
			return err
		}
		recorded.Targets = append(recorded.Targets, seen)
	}
	if err := tx.putRun(run, said); err != nil {
		return err
	}
	recorded.Run = said.Digest
	h, err := tx.History()
	if err != nil {
		return err
	}
	titles := func(check string) string {
		for _, known := range c.Checks {
			if known.ID == check {
				return known.Words.Title
			}
		}
		return check
	}
	if recorded.Evidence, err = h.EvidenceOf(said, recorded.Targets, titles, tx.NewID); err != nil {
		return err
	}
	e, err := tx.Append(questionnaires.Draft{Action: questionnaires.RunRecorded, Subject: "run " + recorded.Run.String(), Payload: recorded})
	if err != nil {
		return err
	}
	for i := range recorded.Evidence {
		recorded.Evidence[i].Entry, recorded.Evidence[i].Author = e.ID, e.Author
	}
	done.Recorded, done.Entry = recorded, e
	return nil
}
