package network

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"

	"tickmark/engine"
)

func written(t *testing.T, name, spec string) Policy {
	t.Helper()
	var s networkingv1.NetworkPolicySpec
	require.NoError(t, yaml.UnmarshalStrict([]byte(spec), &s))
	return NewPolicy(engine.Ref{Group: PolicyKind.Group, Kind: PolicyKind.Kind, Namespace: "pay", Name: name}, engine.Sum([]byte(name)), &s)
}

func TestDefaultDeny(t *testing.T) {
	for name, c := range map[string]struct {
		spec            string
		ingress, egress bool
	}{
		"types left out isolate ingress alone":            {`podSelector: {}`, true, false},
		"types left out with egress rules isolate both":   {"podSelector: {}\negress: [{ports: [{port: 53, protocol: UDP}]}]", true, true},
		"an empty list of egress rules is no egress rule": {"podSelector: {}\negress: []", true, false},
		"only what is listed is isolated":                 {"podSelector: {}\npolicyTypes: [Egress]", false, true},
		"egress rules without the type do nothing":        {"podSelector: {}\npolicyTypes: [Ingress]\negress: [{}]", true, false},
		"a rule without peers and ports opens all":        {"podSelector: {}\npolicyTypes: [Ingress, Egress]\ningress: [{}]", false, true},
		"every namespace opens all":                       {"podSelector: {}\ningress: [{from: [{namespaceSelector: {}}]}]", false, false},
		"every pod of every namespace opens all":          {"podSelector: {}\ningress: [{from: [{namespaceSelector: {}, podSelector: {}}]}]", false, false},
		"the own namespace is not everybody":              {"podSelector: {}\ningress: [{from: [{podSelector: {}}]}]", true, false},
		"the internet on every port":                      {"podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]", false, false},
		"the internet on one port":                        {"podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 443}]}]", false, true},
		"everybody on the range of all ports":             {"podSelector: {}\ningress: [{ports: [{port: 1, endPort: 65535}]}]", false, false},
		"halves of the internet in one rule":              {"podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{ipBlock: {cidr: 0.0.0.0/1}}, {ipBlock: {cidr: 128.0.0.0/1}}]}]", false, false},
		"halves of the internet in two rules":             {"podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{ipBlock: {cidr: 0.0.0.0/1}}]}, {to: [{ipBlock: {cidr: 128.0.0.0/1}}]}]", false, false},
		"one half of the internet":                        {"podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{ipBlock: {cidr: 0.0.0.0/1}}]}]", false, true},
		"the internet but for one address":                {"podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [8.8.8.8/32]}}]}]", false, false},
		"the internet but for private networks":           {"podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16]}}]}]", false, false},
		"the internet of IPv6 in halves":                  {"podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{ipBlock: {cidr: \"2000::/4\"}}, {ipBlock: {cidr: \"3000::/4\"}}]}]", false, false},
		"the internet of IPv4 as IPv6 writes it":          {"podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{ipBlock: {cidr: \"::ffff:0:0/96\"}}]}]", false, false},
		"private networks":                                {"podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]", false, true},
		"every port in two ranges":                        {"podSelector: {}\ningress: [{ports: [{port: 1, endPort: 30000}]}, {ports: [{port: 30001, endPort: 65535}]}]", false, false},
		"every namespace without a label":                 {"podSelector: {}\ningress: [{from: [{namespaceSelector: {matchExpressions: [{key: zone, operator: NotIn, values: [cde]}]}}]}]", false, false},
		"some pods are not all":                           {"podSelector: {matchLabels: {app: api}}", false, false},
		"an expression is not all":                        {"podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}", false, false},
		"a selector that cannot be read isolates nobody":  {"podSelector: {matchExpressions: [{key: app, operator: Near}]}", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			all := NewPolicies([]Policy{written(t, "p", c.spec)})
			assert.Equal(t, c.ingress, all.DefaultDeny("pay", Ingress).Holds(), "ingress")
			assert.Equal(t, c.egress, all.DefaultDeny("pay", Egress).Holds(), "egress")
			assert.False(t, all.DefaultDeny("other", Ingress).Holds(), "another namespace")
		})
	}
}

func TestSecondPolicyForEveryPodUndoesTheFirst(t *testing.T) {
	all := NewPolicies([]Policy{written(t, "deny", `podSelector: {}`), written(t, "open", "podSelector: {}\ningress: [{}]")})
	deny := all.DefaultDeny("pay", Ingress)
	assert.False(t, deny.Holds())
	require.Len(t, deny.Opened, 1)
	assert.Equal(t, "open", deny.Opened[0].Ref.Name)
}

func TestOpeningForPodsWithoutLabelsUndoesTheDefault(t *testing.T) {
	const opens = "\ningress: [{from: [{ipBlock: {cidr: 0.0.0.0/1}}]}]"
	for name, c := range map[string]struct {
		policies []string
		holds    bool
	}{
		"NotIn alone":          {[]string{"podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [api]}]}\ningress: [{}]"}, false},
		"DoesNotExist alone":   {[]string{"podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}\ningress: [{}]"}, false},
		"In is somebody":       {[]string{"podSelector: {matchExpressions: [{key: app, operator: In, values: [api]}]}\ningress: [{}]"}, true},
		"halves in two":        {[]string{"podSelector: {}" + opens, "podSelector: {}\ningress: [{from: [{ipBlock: {cidr: 128.0.0.0/1}}]}]"}, false},
		"half of it":           {[]string{"podSelector: {}" + opens}, true},
		"a half for somebody":  {[]string{"podSelector: {}" + opens, "podSelector: {matchLabels: {app: a}}\ningress: [{from: [{ipBlock: {cidr: 128.0.0.0/1}}]}]"}, true},
		"what nobody can read": {[]string{"podSelector: {}\ningress: [{from: [{ipBlock: {cidr: everything}}]}]"}, true},
	} {
		all := []Policy{written(t, "deny", "podSelector: {}")}
		for _, spec := range c.policies {
			all = append(all, written(t, "open", spec))
		}
		assert.Equal(t, c.holds, NewPolicies(all).DefaultDeny("pay", Ingress).Holds(), name)
	}
}

func TestIsolationBySelector(t *testing.T) {
	all := NewPolicies([]Policy{
		written(t, "api", "podSelector: {matchLabels: {app: api}}"),
		written(t, "not-web", "podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}\npolicyTypes: [Egress]"),
	})
	names := func(podLabels map[string]string, d Direction) []string {
		list := []string{}
		for _, p := range all.Isolation("pay", podLabels, d) {
			list = append(list, p.Ref.Name)
		}
		return list
	}
	assert.Equal(t, []string{"api"}, names(map[string]string{"app": "api"}, Ingress))
	assert.Equal(t, []string{"not-web"}, names(map[string]string{"app": "api"}, Egress))
	assert.Empty(t, names(map[string]string{"app": "web"}, Egress))
	assert.Equal(t, []string{"not-web"}, names(nil, Egress), "NotIn matches a pod without the label")
	assert.Empty(t, all.Isolation("other", map[string]string{"app": "api"}, Ingress))
}
