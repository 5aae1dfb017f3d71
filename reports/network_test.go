package reports

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
	"tickmark/engine/network"
)

// What was not seen of a network stands beside what is not evaluated of it, and where
// policies were not seen nobody is told that none is there.
func TestANetworkSaysWhatWasNotSeen(t *testing.T) {
	none := func(engine.Digest) ([]byte, error) { return nil, errors.New("there is no document") }
	seen := engine.Snapshot{Target: engine.Target{ID: "manifests:x"}, Populations: []engine.Population{{Kind: network.PolicyKind, Complete: true}}}
	n := networkOf(&seen, none, engine.Params{})
	assert.True(t, n.PoliciesSeen)
	unseen := engine.Snapshot{Target: engine.Target{ID: "manifests:x"}, Gaps: []engine.Gap{
		{Kind: network.PolicyKind, Reason: engine.Forbidden, Cause: "forbidden"},
		{Kind: engine.Kind{Group: "cilium.io", Kind: "CiliumNetworkPolicy"}, Reason: engine.NotInstalled, Cause: "not installed"},
		{Kind: engine.Kind{Kind: "Secret"}, Reason: engine.Forbidden, Cause: "forbidden too"},
	}}
	n = networkOf(&unseen, none, engine.Params{})
	assert.False(t, n.PoliciesSeen)
	assert.Equal(t, "NetworkPolicy.networking.k8s.io: forbidden", GapWords(n.Segments.Gaps[0]))
	for _, g := range n.Segments.Gaps {
		assert.NotContains(t, []string{"not installed", "forbidden too"}, g.Cause, "it hides nothing of the network")
	}
}
