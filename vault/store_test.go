package vault

import (
	"testing"

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
