package vault

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

var pods = engine.Kind{Kind: "Pod"}

// cluster is a source with n pods; after stopAt of them it calls stop.
type cluster struct {
	name   string
	n      int
	err    error
	stopAt int
	stop   func()
}

func (c cluster) Source() string { return c.name }

func (c cluster) Collect(ctx context.Context, to engine.Intake) (engine.Snapshot, error) {
	if c.err != nil {
		return engine.Snapshot{}, c.err
	}
	s := engine.Snapshot{
		Target: engine.Target{ID: "k8s:" + c.name, Name: c.name}, Canonical: engine.CanonicalVersion,
		Started: time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC), Ended: time.Date(2026, 5, 4, 8, 1, 0, 0, time.UTC),
	}
	for i := range c.n {
		if c.stop != nil && i == c.stopAt {
			c.stop()
		}
		if err := ctx.Err(); err != nil {
			return s, err
		}
		ref := engine.Ref{Kind: "Pod", Namespace: "pay", Name: fmt.Sprintf("api-%d", i)}
		doc := engine.NewDocument(ref, fmt.Appendf(nil, `{"kind":"Pod","metadata":{"name":%q},"pad":%q}`, ref.Name, fmt.Sprintf("%05000d", i)))
		if err := to.Document(doc); err != nil {
			return s, err
		}
		s.Entries = append(s.Entries, engine.Entry{Ref: ref, Digest: doc.Digest})
	}
	s.Populations = []engine.Population{{Kind: pods, Count: c.n, Complete: true}}
	s.Sort()
	return s, nil
}

func podsAreNamed() engine.Check {
	return engine.Check{
		ID: "pods-are-named", Version: 1, Needs: []engine.Kind{pods}, Words: engine.Words{Title: "Pods are named"},
		Eval: func(view *engine.View) []engine.Detail {
			var details []engine.Detail
			for _, o := range view.Objects(pods) {
				details = append(details, engine.Detail{Subject: o.Ref, Verdict: engine.Pass, Sentence: "It has a name.", Cites: []engine.Digest{o.Digest}})
			}
			return details
		},
	}
}

func collection(collectors ...engine.Collector) Collection {
	return Collection{Collectors: collectors, Checks: []engine.Check{podsAreNamed()}, Tool: engine.Tool{Name: "tickmark", Version: "test"}}
}

func TestCollectRecordsARunThatCanBeReadBack(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	refused := errors.New("connection refused")
	done, err := v.Collect(t.Context(), collection(cluster{name: "shop", n: 1500}, cluster{name: "dead", err: refused}))
	require.NoError(t, err)
	require.ErrorIs(t, done.Failed["dead"], refused)
	require.Len(t, done.Recorded.Evidence, 1)
	assert.Equal(t, "Pods are named", done.Recorded.Evidence[0].Title)
	assert.Equal(t, 1500, done.Recorded.Evidence[0].Result.Passed)
	require.NoError(t, v.Close())

	v = d.open()
	require.NoError(t, v.Verify(t.Context()))
	assert.Equal(t, done.Recorded.Evidence, history(t, v).Evidence())
	run, err := v.Run(t.Context(), done.Recorded.Run)
	require.NoError(t, err)
	require.Len(t, run.Results, 1)
	assert.Len(t, run.Results[0].Details, 1500)
	assert.Equal(t, "test", run.Tool.Version)
	snapshot, err := v.Snapshot(t.Context(), run.Snapshots[0])
	require.NoError(t, err)
	digest, err := snapshot.Digest()
	require.NoError(t, err)
	assert.Equal(t, done.Recorded.Targets[0].Snapshot, digest)
	for _, named := range []engine.Digest{run.Params, done.Recorded.Evidence[0].Digest(), snapshot.Entries[7].Digest} {
		_, err = v.Body(t.Context(), named)
		require.NoError(t, err, "what an entry names is in the vault")
	}

	again, err := v.Collect(t.Context(), collection(cluster{name: "shop", n: 1500}))
	require.NoError(t, err)
	assert.Equal(t, 2, again.Recorded.Evidence[0].Number)
	runs, err := v.Runs(t.Context())
	require.NoError(t, err)
	assert.Len(t, runs, 2)
	snapshots, err := v.Snapshots(t.Context())
	require.NoError(t, err)
	assert.Len(t, snapshots, 1, "an equal snapshot is stored once")
}

func nothingVisible(t *testing.T, v *Vault) {
	t.Helper()
	snapshots, err := v.Snapshots(t.Context())
	require.NoError(t, err)
	runs, err := v.Runs(t.Context())
	require.NoError(t, err)
	assert.Empty(t, snapshots)
	assert.Empty(t, runs)
	assert.Empty(t, history(t, v).Evidence())
}

func TestInterruptedCollectionIsInvisible(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := v.Collect(ctx, collection(cluster{name: "shop", n: 1500, stopAt: 1200, stop: cancel}))
	require.ErrorIs(t, err, context.Canceled)
	nothingVisible(t, v)
	appendAnswers(t, v, "Afterwards")
	require.NoError(t, v.Verify(t.Context()), "documents put before are harmless")
	_, err = v.Collect(t.Context(), collection(cluster{name: "shop", n: 1500}))
	require.NoError(t, err)
}

func TestCollectionsThatCannotBeRecorded(t *testing.T) {
	d := newDesk(t)
	disk := &faultyDisk{}
	v := d.create(withDisk(disk))
	refused := errors.New("connection refused")
	done, err := v.Collect(t.Context(), collection(cluster{name: "dead", err: refused}))
	require.ErrorIs(t, err, refused)
	require.ErrorIs(t, done.Failed["dead"], refused)
	_, err = v.Collect(t.Context(), collection(cluster{name: "shop", n: 1}, cluster{name: "shop", n: 2}))
	require.ErrorContains(t, err, "one target")
	disk.step, disk.cause = "write", errors.New("no space left on device")
	_, err = v.Collect(t.Context(), collection(cluster{name: "shop", n: 1}))
	require.ErrorIs(t, err, disk.cause)
	nothingVisible(t, v)
}

// Of many documents one that is not there is found, wherever it stands among them; one
// that two objects share counts for both.
func TestSnapshotNeedsItsDocuments(t *testing.T) {
	v := newDesk(t).create()
	var entries []engine.Entry
	require.NoError(t, v.Update(t.Context(), func(tx *Tx) error {
		for i := range 3 * manyAsked {
			d := engine.NewDocument(engine.Ref{Kind: "Pod", Name: fmt.Sprint("api-", i)}, fmt.Appendf(nil, "%d", max(i, 1)))
			entries = append(entries, engine.Entry{Ref: d.Ref, Digest: d.Digest})
			if err := tx.PutDocument(d); err != nil {
				return err
			}
		}
		return nil
	}))
	put := func(entries []engine.Entry) error {
		return v.Update(t.Context(), func(tx *Tx) error {
			_, err := tx.PutSnapshot(engine.Snapshot{Entries: entries})
			return err
		})
	}
	require.NoError(t, put(entries))
	require.NoError(t, put(entries[:5]))
	for _, some := range [][]engine.Entry{entries, entries[:5]} {
		for at := range some {
			without := slices.Clone(some)
			without[at] = engine.Entry{Ref: engine.Ref{Kind: "Pod", Name: "gone"}, Digest: engine.Sum(fmt.Appendf(nil, "x%d", at))}
			err := put(without)
			require.ErrorIs(t, err, ErrAbsent)
			require.ErrorContains(t, err, "gone")
		}
	}
}

// listing is a source whose kinds are listed one after the other, as of a cluster; it
// is stopped before the kind at.
type listing struct {
	kinds  []string
	at     int
	listed []string
	began  time.Time
}

func (l *listing) Source() string { return "shop" }

func (l *listing) Collect(ctx context.Context, to engine.Intake) (engine.Snapshot, error) {
	s := engine.Snapshot{Target: engine.Target{ID: "k8s:shop"}, Started: l.began, Ended: l.began}
	parts, err := to.Parts.Earlier(ctx, "shop as ada")
	if err != nil {
		return s, err
	}
	earlier := map[string]engine.Part{}
	for _, p := range parts {
		earlier[p.Key] = p
	}
	for i, kind := range l.kinds {
		p, kept := earlier[kind]
		if kept {
			s.Started, s.Resumed = p.Begun, l.began
		} else {
			if i == l.at {
				return s, errors.New("the cable was pulled")
			}
			l.listed = append(l.listed, kind)
			doc := engine.NewDocument(engine.Ref{Kind: kind, Name: "a"}, fmt.Appendf(nil, `{"kind":%q}`, kind))
			if err := to.Document(doc); err != nil {
				return s, err
			}
			p = engine.Part{
				Key: kind, Begun: l.began, Seen: l.began, Entries: []engine.Entry{{Ref: doc.Ref, Digest: doc.Digest}},
				Population: engine.Population{Kind: engine.Kind{Kind: kind}, Count: 1, Complete: true},
			}
			if err := to.Parts.Keep(ctx, "shop as ada", p); err != nil {
				return s, err
			}
		}
		s.Entries, s.Populations = append(s.Entries, p.Entries...), append(s.Populations, p.Population)
	}
	return s, nil
}

func TestWhatAnInterruptedCollectionSawIsKeptForAnHour(t *testing.T) {
	kinds := []string{"Namespace", "Pod", "Secret"}
	for name, c := range map[string]struct {
		later  time.Duration
		fresh  bool
		listed []string
	}{
		"soon":  {59 * time.Minute, false, []string{"Secret"}},
		"late":  {61 * time.Minute, false, kinds},
		"fresh": {time.Minute, true, kinds},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			v := d.create()
			began := v.settings.now().UTC().Truncate(time.Second)
			_, err := v.Collect(t.Context(), collection(&listing{kinds: kinds, at: 2, began: began.Add(-c.later)}))
			require.ErrorContains(t, err, "the cable was pulled")
			require.NoError(t, v.Close())

			v = d.open()
			again := &listing{kinds: kinds, at: -1, began: began}
			work := collection(again)
			work.Fresh = c.fresh
			done, err := v.Collect(t.Context(), work)
			require.NoError(t, err)
			assert.Equal(t, c.listed, again.listed)
			snapshot, err := v.Snapshot(t.Context(), done.Recorded.Targets[0].Snapshot)
			require.NoError(t, err)
			assert.Len(t, snapshot.Entries, 3)
			if len(c.listed) == 1 {
				assert.Equal(t, began.Add(-c.later), snapshot.Started, "a snapshot is as old as its oldest part")
				require.Len(t, done.Resumed, 1)
			}
			require.NoError(t, v.Verify(t.Context()))

			again.listed = nil
			_, err = v.Collect(t.Context(), collection(again))
			require.NoError(t, err)
			assert.Equal(t, kinds, again.listed, "what is recorded is not gone on with")
		})
	}
}

// Results are stored by few saves, each packed as it comes, and are there byte for byte:
// short and long ones, and one that is there already.
func TestManyResultsAreFewSaves(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	c := collection(cluster{name: "shop", n: 3})
	c.Checks = nil
	for i := range 40 {
		check := podsAreNamed()
		check.ID = fmt.Sprintf("pods-are-named-%02d", i)
		check.Eval = func(view *engine.View) []engine.Detail {
			var details []engine.Detail
			for n := range 1 + 4000*(i%2) {
				for _, o := range view.Objects(engine.Kind{Kind: "Pod"}) {
					details = append(details, engine.Detail{Subject: o.Ref, Field: fmt.Sprint("f", i, n), Verdict: engine.Pass, Sentence: "It has a name.", Cites: []engine.Digest{engine.Sum(fmt.Append(nil, i, n))}})
				}
			}
			return details
		}
		c.Checks = append(c.Checks, check)
	}
	before := len(v.log.members)
	done, err := v.Collect(t.Context(), c)
	require.NoError(t, err)
	saves := len(v.log.members) - before
	assert.Less(t, saves, 20)
	again, err := v.Collect(t.Context(), c)
	require.NoError(t, err)
	for i, item := range done.Recorded.Evidence {
		assert.Equal(t, item.Digest(), again.Recorded.Evidence[i].Digest())
	}
	assert.Less(t, len(v.log.members)-before-saves, 5, "what is there already is not stored again")
	require.NoError(t, v.Close())
	v = d.open()
	require.NoError(t, v.Verify(t.Context()))
	run, err := v.Run(t.Context(), done.Recorded.Run)
	require.NoError(t, err)
	require.Len(t, run.Results, 40)
	assert.Len(t, run.Results[1].Details, 3*4001)
}
