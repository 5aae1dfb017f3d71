package engine

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// What holds nothing is no evidence, unless a cluster said that there is nothing.
func TestWhatASnapshotSawNothingOf(t *testing.T) {
	requests, pods := Kind{Group: "certificates.k8s.io", Kind: "CertificateSigningRequest"}, Kind{Kind: "Pod"}
	none := Population{Kind: requests, Complete: true}
	version := Population{Kind: ServerVersionKind, Count: 1, Complete: true}
	for name, c := range map[string]struct {
		snapshot Snapshot
		want     bool
	}{
		"an object":                     {Snapshot{Entries: []Entry{{Ref: Ref{Kind: "Pod", Name: "a"}}}}, false},
		"an empty folder":               {Snapshot{Target: Target{ID: "manifests:scan"}, Populations: []Population{none}}, true},
		"a cluster without any":         {Snapshot{Target: Target{ID: "k8s:uid"}, Populations: []Population{none, version}}, false},
		"what was not asked for beside": {Snapshot{Target: Target{ID: "k8s:uid"}, Populations: []Population{none}, Gaps: []Gap{{Kind: pods, Reason: NotAsked}}}, false},
		"a kind that it does not know":  {Snapshot{Target: Target{ID: "k8s:uid"}, Populations: []Population{version}, Gaps: []Gap{{Kind: requests, Reason: NotInstalled}}}, false},
		"that, and a refusal":           {Snapshot{Target: Target{ID: "k8s:uid"}, Gaps: []Gap{{Kind: requests, Reason: NotInstalled}, {Kind: pods, Reason: Forbidden}}}, true},
		"nothing was asked for":         {Snapshot{Target: Target{ID: "k8s:uid"}, Populations: []Population{version}, Gaps: []Gap{{Kind: pods, Reason: NotAsked}}}, true},
		"files that know no such kind":  {Snapshot{Target: Target{ID: "manifests:scan"}, Gaps: []Gap{{Kind: requests, Reason: NotInstalled}}}, true},
		"a cluster that refuses":        {Snapshot{Target: Target{ID: "k8s:uid"}, Populations: []Population{none}, Gaps: []Gap{{Kind: pods, Reason: Forbidden}}}, true},
		"the version alone":             {Snapshot{Target: Target{ID: "k8s:uid"}, Populations: []Population{version}, Entries: []Entry{{Ref: Ref{Group: FactGroup, Kind: "ServerVersion"}}}}, true},
		"a cluster that is not told":    {Snapshot{Target: Target{ID: "ca:x"}, Populations: []Population{none}}, true},
	} {
		assert.Equal(t, c.want, c.snapshot.SawNothing(), name)
	}
}
