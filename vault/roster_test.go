package vault

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// rosterOf is the list by which a result names its subjects.
func rosterOf(t *testing.T, v *Vault, item questionnaires.Evidence) engine.Digest {
	t.Helper()
	body, err := v.Body(t.Context(), item.Digest())
	require.NoError(t, err)
	var told struct {
		Alike struct{ Rosters []engine.Digest }
	}
	require.NoError(t, json.Unmarshal(body, &told))
	require.Len(t, told.Alike.Rosters, 1)
	return told.Alike.Rosters[0]
}

func passes(t *testing.T, v *Vault, item questionnaires.Evidence, count int) {
	t.Helper()
	result, err := item.Result.Read(v.Documents(t.Context()))
	require.NoError(t, err)
	require.Len(t, result.Details, count)
	assert.Equal(t, count, result.Count(engine.Pass))
	for _, d := range result.Details {
		require.Len(t, d.Cites, 1)
	}
}

// What results name their subjects by goes where they go, and is there as long as they are.
func TestRostersStandBesideTheirResults(t *testing.T) {
	_, _, v, w := parted(t, nil)
	done, err := w.Collect(t.Context(), collection(cluster{name: "shop", n: 1000}))
	require.NoError(t, err)
	item := done.Recorded.Evidence[0]
	roster := rosterOf(t, w, item)
	merged(t, v, w)
	passes(t, v, item, 1000)

	h := history(t, v)
	draft, err := h.ExpungeDocument(roster, "a name in it")
	require.NoError(t, err)
	_, err = v.Expunge(t.Context(), draft, nil)
	require.ErrorContains(t, err, "it is a roster, by which results name what was seen")
	passes(t, v, item, 1000)

	snapshot, err := v.Snapshot(t.Context(), done.Recorded.Targets[0].Snapshot)
	require.NoError(t, err)
	draft, err = h.ExpungeDocument(snapshot.Entries[7].Digest, "a card number")
	require.NoError(t, err)
	_, err = v.Expunge(t.Context(), draft, nil)
	require.NoError(t, err)
	passes(t, v, item, 1000)
	require.NoError(t, v.Verify(t.Context()))

	again, err := v.Collect(t.Context(), collection(cluster{name: "shop", n: 1001}))
	require.NoError(t, err)
	assert.NotEqual(t, roster, rosterOf(t, v, again.Recorded.Evidence[0]), "there is one more, and one that was expunged")
	passes(t, v, item, 1000)
}

// A result whose roster is damaged is not read with details missing.
func TestADamagedRosterIsTold(t *testing.T) {
	v := newDesk(t).create()
	done, err := v.Collect(t.Context(), collection(cluster{name: "shop", n: 400}))
	require.NoError(t, err)
	item := done.Recorded.Evidence[0]
	roster := rosterOf(t, v, item)
	require.NoError(t, v.update(t.Context(), func(tx *Tx) error {
		return tx.change("damage", func() error { return tx.db.expunge(roster) })
	}))
	_, err = item.Result.Read(v.Documents(t.Context()))
	require.ErrorContains(t, err, roster.Short())
	var tamper *TamperError
	require.ErrorAs(t, v.Verify(t.Context()), &tamper)
	_, err = v.Run(t.Context(), done.Recorded.Run)
	require.ErrorContains(t, err, roster.Short())
}
