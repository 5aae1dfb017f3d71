package vault

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// TestReadersAndWriterDoNotWait: a desk goes on reading while a collection is taken
// in, while it is compacted, and sees one state until it looks again.
func TestReadersAndWriterDoNotWait(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	first := appendAnswers(t, v, "First")
	doc := engine.NewDocument(engine.Ref{Kind: "Pod", Name: "api"}, []byte(`{"kind":"Pod"}`))
	entries := func(tx *Tx) int {
		h, err := tx.History()
		require.NoError(t, err)
		var rows int
		require.NoError(t, tx.db.row("select count(*) from entries").Scan(&rows))
		require.Equal(t, len(h.Entries())+len(h.SideLog()), rows, "history and database are of one state")
		return rows
	}
	require.NoError(t, v.View(t.Context(), func(before *Tx) error {
		seen := entries(before)
		require.NoError(t, v.Update(t.Context(), func(tx *Tx) error {
			require.NoError(t, tx.PutDocument(doc))
			_, err := tx.Append(answer("Second"))
			require.NoError(t, err)
			_, err = v.Body(t.Context(), doc.Digest)
			require.ErrorIs(t, err, ErrAbsent, "nobody sees what is not saved")
			return v.View(t.Context(), func(beside *Tx) error {
				assert.Equal(t, seen, entries(beside))
				return nil
			})
		}))
		assert.Equal(t, seen, entries(before))
		require.NoError(t, v.Compact(t.Context(), nil))
		assert.Equal(t, seen, entries(before), "a compaction takes nothing away from who reads")
		payload, err := before.payload(first[0])
		require.NoError(t, err)
		assert.Equal(t, first[0].Digest, engine.Sum(payload))
		return v.View(t.Context(), func(after *Tx) error {
			assert.Equal(t, seen+1, entries(after))
			return nil
		})
	}))
	require.NoError(t, v.Verify(t.Context()))
}

func TestViewThatIsOpenAtTheClosing(t *testing.T) {
	v := newDesk(t).create()
	doc := engine.NewDocument(engine.Ref{Kind: "Pod", Name: "api"}, []byte(`{"kind":"Pod"}`))
	require.NoError(t, v.Update(t.Context(), func(tx *Tx) error { return tx.PutDocument(doc) }))
	require.NoError(t, v.View(t.Context(), func(tx *Tx) error {
		require.NoError(t, v.Close())
		_, err := tx.Body(doc.Digest)
		require.NoError(t, err, "what it began to read it reads to the end")
		_, err = v.Body(t.Context(), doc.Digest)
		require.ErrorIs(t, err, ErrClosed)
		return nil
	}))
}

// TestReadersWhileAnotherProcessWrites: who opens a vault in the middle of saves,
// folds and compactions sees all that was acknowledged before, and hears no alarm.
func TestReadersWhileAnotherProcessWrites(t *testing.T) {
	d := newDesk(t)
	memory := WithMemory(t.TempDir())
	v := d.create(memory)
	var saved atomic.Int64
	done := make(chan error, 1)
	go func() {
		done <- func() error {
			for i := range 150 {
				if _, err := v.Append(t.Context(), answer(fmt.Sprint("take ", i))); err != nil {
					return err
				}
				saved.Add(1)
				switch {
				case i%20 == 9:
					if err := v.Compact(t.Context(), nil); err != nil {
						return err
					}
				case i%20 == 19:
					v.writing.Lock()
					err := v.log.fold()
					v.writing.Unlock()
					if err != nil {
						return err
					}
				}
			}
			return nil
		}()
	}()
	opened := 0
	for running := true; running; opened++ {
		before := saved.Load()
		reader, err := d.tryOpen(ReadOnly(), memory, WithClock(time.Now))
		require.NoError(t, err)
		h := history(t, reader)
		require.GreaterOrEqual(t, int64(len(h.Entries())), 1+before)
		require.Empty(t, reader.Notices())
		require.NoError(t, reader.Close())
		select {
		case err := <-done:
			require.NoError(t, err)
			running = false
		default:
		}
	}
	assert.Positive(t, opened)
	require.NoError(t, v.Verify(t.Context()))
}

// meanwhile lets something happen between a reader's look at the base and at the log.
type meanwhile struct {
	realDisk
	happens func()
}

func (m *meanwhile) openLog(path string, as access) (logFile, error) {
	if happens := m.happens; happens != nil {
		m.happens = nil
		happens()
	}
	return m.realDisk.openLog(path, as)
}

func TestReaderBetweenBaseAndLog(t *testing.T) {
	for name, happens := range map[string]func(*testing.T, *Vault){
		"compaction": func(t *testing.T, v *Vault) { require.NoError(t, v.Compact(t.Context(), nil)) },
		"compaction and a save": func(t *testing.T, v *Vault) {
			require.NoError(t, v.Compact(t.Context(), nil))
			appendAnswers(t, v, "Third")
		},
		"a save": func(t *testing.T, v *Vault) { appendAnswers(t, v, "Third") },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			memory := WithMemory(t.TempDir())
			v := d.create(memory)
			appendAnswers(t, v, "First", "Second")
			reader, err := d.tryOpen(ReadOnly(), memory, withDisk(&meanwhile{happens: func() { happens(t, v) }}))
			require.NoError(t, err)
			assert.Equal(t, v.Head(), reader.Head(), "nothing that was acknowledged is missing")
			require.NoError(t, reader.Verify(t.Context()))
			assert.Empty(t, reader.Notices())
		})
	}
}

// TestReaderBeforeASaveIsRemembered: the memory is read after the files, and may be
// newer than they were.
func TestReaderBeforeASaveIsRemembered(t *testing.T) {
	d := newDesk(t)
	folder := t.TempDir()
	v := d.create(WithMemory(folder))
	appendAnswers(t, v, "First")
	reader, err := d.tryOpen(ReadOnly())
	require.NoError(t, err)
	appendAnswers(t, v, "Second")
	reader.settings.memory = folder
	require.NoError(t, reader.recall(func() error { return reader.reopen([]age.Identity{d.identity}, time.Time{}) }))
	assert.Equal(t, v.Head(), reader.Head())
	require.ErrorIs(t, func() error {
		old, err := d.tryOpen(ReadOnly())
		require.NoError(t, err)
		appendAnswers(t, v, "Third")
		old.settings.memory = folder
		return old.recall(func() error { return nil })
	}(), ErrRolledBack, "files that do not have it when they are looked at again were put back")
}
