package vault

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// TestWhatIsCollectedAgainIsRecordedTheSame collects with and without what is left of
// earlier collections, while objects come and go and one is expunged.
func TestWhatIsCollectedAgainIsRecordedTheSame(t *testing.T) {
	v := newDesk(t).create()
	known := engine.NewEvaluation()
	now, asked := v.settings.now(), 0
	check := podsAreNamed()
	judge := check.Eval
	check.Eval = func(view *engine.View) []engine.Detail { asked++; return judge(view) }
	record := func(n int, known *engine.Evaluation) engine.Digest {
		t.Helper()
		c := collection(cluster{name: "shop", n: n})
		c.Checks, c.Known, c.Fresh = []engine.Check{check}, known, true
		c.Params.Now = now
		done, err := v.Collect(t.Context(), c)
		require.NoError(t, err)
		return done.Recorded.Run
	}
	both := func(n, times int) {
		t.Helper()
		anew := record(n, nil)
		asked = 0
		assert.Equal(t, anew, record(n, known))
		assert.Equal(t, times, asked, "of %d", n)
	}
	both(5, 1)
	both(5, 0)
	both(7, 1)
	both(4, 1)
	h := history(t, v)
	snapshot, err := v.Snapshot(t.Context(), h.Evidence()[0].Result.Snapshot)
	require.NoError(t, err)
	draft, err := h.ExpungeDocument(snapshot.Entries[0].Digest, "a card number")
	require.NoError(t, err)
	_, err = v.Expunge(t.Context(), draft, nil)
	require.NoError(t, err)
	both(4, 1)
	assert.Contains(t, lastVerdicts(t, v), engine.Unknown, "what was expunged is not known any more")
	both(mostRemembered+1, 1)
	both(mostRemembered+1, 1)
}

// lastVerdicts are those of the last run's evidence.
func lastVerdicts(t *testing.T, v *Vault) []engine.Verdict {
	t.Helper()
	var all []engine.Verdict
	for _, item := range history(t, v).Evidence() {
		if item.Result != nil {
			all = append(all, item.Result.Verdict)
		}
	}
	return all[len(all)-1:]
}
