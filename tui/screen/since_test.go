package screen_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"filippo.io/age"

	"tickmark/engine"
	"tickmark/vault"
)

// What came out otherwise than in the collection before is on the first page.
func TestWhatChangedSinceTheLastCollection(t *testing.T) {
	m := newMerchant(t, 1)
	desk(t, newReader(m), 80, 24).ShowsNot("Since the last").Press("d").Shows("d: nothing was collected twice yet")
	v, err := vault.Open(t.Context(), m.Path, []age.Identity{m.identity}, vault.WithAuthor(m.signer), vault.WithClock(m.clock.Now))
	require.NoError(t, err)
	worse := m.Collection
	worse.Checks = checks()
	worse.Checks[2].Eval = func(v *engine.View) []engine.Detail {
		details := checks()[2].Eval(v)
		details[0].Verdict, details[0].Sentence = engine.Fail, "Container main runs as root"
		return details
	}
	_, err = v.Collect(t.Context(), worse)
	require.NoError(t, err)
	require.NoError(t, v.Close())
	d := desk(t, newReader(m), 80, 24).Shows("Since the last   ○ 1 new failure   d to compare")
	d.Press("d").Shows("○ new failure", "Containers do not run as root", "● pass (5 pass)", "○ fail (1 fail, 4 pass)")
	d.Golden("since-80x24").Press("enter").Shows("Container main runs as root").Press("esc", "b").ShowsNot("Container main runs as root")
}
