package questionnaires

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// namespace classes a namespace, of every target.
func namespace(name string, class Class) Classification {
	return Classification{Selection: Selection{Kind: NamespaceClassed, Name: name}, Class: class}
}

func TestAnOlderScopeReadsAsBefore(t *testing.T) {
	old := `{"zones":{"cde":[{"namespaces":["pay","pay-*"]},{"target":"k8s:1"}],"edge":[{"namespaces":["ingress"]}]},"trustedRegistries":["r.example"],"description":"d"}`
	var s Scope
	require.NoError(t, json.Unmarshal([]byte(old), &s))
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	assert.Equal(t, engine.Params{
		Zones: map[string][]engine.Selector{
			"cde": {{Namespaces: []string{"pay", "pay-*"}}, {Target: "k8s:1"}}, "edge": {{Namespaces: []string{"ingress"}}},
		},
		TrustedRegistries: []string{"r.example"}, Now: now,
	}, s.Params(now))
	assert.Equal(t, CardholderEnvironment, s.ClassOf(Selection{Kind: NamespaceClassed, Name: "pay-batch", Target: "k8s:2"}))
	assert.True(t, s.Same(s.settled()), "written as classes it is the same scope")
	assert.NotContains(t, s.settled().Zones, CardholderData)
}

func TestZonesFollowFromTheClasses(t *testing.T) {
	s := Scope{Classes: []Classification{
		namespace("pay", CardholderEnvironment), namespace("pay-*", CardholderEnvironment), namespace("shop", ConnectedTo),
		{Selection: Selection{Kind: ClusterClassed, Target: "k8s:9"}, Class: CardholderEnvironment},
		{Selection: Selection{Kind: ControlPlane}, Class: SecurityImpacting},
	}}
	assert.Equal(t, map[string][]engine.Selector{
		"cde": {{Namespaces: []string{"pay", "pay-*"}}, {Target: "k8s:9"}}, "connected-to": {{Namespaces: []string{"shop"}}},
	}, s.EvidenceZones())
	assert.Equal(t, []string{"mail"}, s.Unclassed("k8s:1", []string{"mail", "pay", "pay-batch", "shop", "kube-system"}), "kube-system bears card data")
	assert.Empty(t, s.Unclassed("k8s:9", []string{"mail"}), "the whole cluster is classed")
	assert.Nil(t, Scope{}.EvidenceZones())
}

func TestTheStrictestClassCounts(t *testing.T) {
	s := Scope{Classes: []Classification{namespace("*", ConnectedTo), namespace("pay", CardholderEnvironment)}}
	of := func(kind Classed, name string) Class {
		return s.ClassOf(Selection{Kind: kind, Name: name, Target: "k8s:1"})
	}
	assert.Equal(t, CardholderEnvironment, of(NamespaceClassed, "pay"))
	assert.Equal(t, ConnectedTo, of(NamespaceClassed, "shop"))
	assert.Equal(t, SecurityImpacting, of(NamespaceClassed, "kube-system"))
	assert.Equal(t, Unclassed, of(AccountClassed, "aws:aws:1"))
	for _, part := range ClusterParts() {
		assert.Equal(t, SecurityImpacting, of(part, ""), part)
		assert.Equal(t, Unclassed, Scope{Classes: s.Classes[:1]}.ClassOf(Selection{Kind: part}), "no card data, no rule")
	}
	assert.Len(t, s.Classed(), 2+len(ClusterParts()))
	assert.Equal(t, "namespace/pay", s.Classed()[0].String())
}
