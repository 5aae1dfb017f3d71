package network

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
)

// A policy that no server takes is not in force: what it would close may be open, and a
// gap says so. Each of these would close the way from a to b if it were taken.
func TestWhatNoServerTakesClosesNothing(t *testing.T) {
	of := func(kind, name, spec string) string {
		version := map[string]string{"ClusterNetworkPolicy": "v1alpha2"}[kind]
		if version == "" {
			version = "v1alpha1"
		}
		return "apiVersion: policy.networking.k8s.io/" + version + "\nkind: " + kind + "\nmetadata: {name: " + name + "}\nspec: " + spec
	}
	const denies = `ingress: [{action: Deny, ` + fromOpen + `}]`
	long := `ingress: [` + strings.TrimSuffix(strings.Repeat(`{action: Deny, `+fromOpen+`}, `, 26), ", ") + `]`
	for name, policy := range map[string]string{
		"a direction in small letters":    networkPolicy(`{podSelector: {}, policyTypes: [ingress, Ingress]}`),
		"three directions":                networkPolicy(`{podSelector: {}, policyTypes: [Ingress, Egress, Ingress]}`),
		"a name of a port that is none":   networkPolicy(`{podSelector: {}, ingress: [{ports: [{port: HTTP}]}]}`),
		"an empty name of a port":         networkPolicy(`{podSelector: {}, ingress: [{ports: [{port: ""}]}]}`),
		"too long a name of a port":       networkPolicy(`{podSelector: {}, ingress: [{ports: [{port: a-name-of-16-chars}]}]}`),
		"what it says of the other way":   networkPolicy(`{podSelector: {}, policyTypes: [Ingress], egress: [{to: [{}]}]}`),
		"no priority":                     of("ClusterNetworkPolicy", "x", `{tier: Admin, `+ofZones+`, `+denies+`}`),
		"no priority, an older form":      of("AdminNetworkPolicy", "x", `{`+ofZones+`, `+denies+`}`),
		"a priority below":                of("ClusterNetworkPolicy", "x", `{tier: Admin, priority: -1, `+ofZones+`, `+denies+`}`),
		"a priority above":                of("AdminNetworkPolicy", "x", `{priority: 1001, `+ofZones+`, `+denies+`}`),
		"no tier":                         of("ClusterNetworkPolicy", "x", `{priority: 5, `+ofZones+`, `+denies+`}`),
		"a baseline of another name":      of("BaselineAdminNetworkPolicy", "x", `{`+ofZones+`, `+denies+`}`),
		"no subject":                      of("AdminNetworkPolicy", "x", `{priority: 5, `+denies+`}`),
		"an action of the other form":     of("ClusterNetworkPolicy", "x", `{tier: Admin, priority: 5, `+ofZones+`, ingress: [{action: Deny, `+fromOpen+`}, {action: Allow, `+fromOpen+`}]}`),
		"an action of the newer form":     of("AdminNetworkPolicy", "x", `{priority: 5, `+ofZones+`, ingress: [{action: Deny, `+fromOpen+`}, {action: Accept, `+fromOpen+`}]}`),
		"a baseline that passes":          of("BaselineAdminNetworkPolicy", "default", `{`+ofZones+`, ingress: [{action: Deny, `+fromOpen+`}, {action: Pass, `+fromOpen+`}]}`),
		"more rules than it may have":     of("ClusterNetworkPolicy", "x", `{tier: Admin, priority: 5, `+ofZones+`, `+long+`}`),
		"a rule of too long a name":       of("ClusterNetworkPolicy", "x", `{tier: Admin, priority: 5, `+ofZones+`, ingress: [{name: `+strings.Repeat("n", 101)+`, action: Deny, `+fromOpen+`}]}`),
		"a range from its end":            of("ClusterNetworkPolicy", "x", `{tier: Admin, priority: 5, `+ofZones+`, ingress: [{action: Deny, `+fromOpen+`}, {action: Deny, `+fromOpen+`, protocols: [{tcp: {destinationPort: {range: {start: 80, end: 80}}}}]}]}`),
		"a port too high":                 of("AdminNetworkPolicy", "x", `{priority: 5, `+ofZones+`, ingress: [{action: Deny, `+fromOpen+`}, {action: Deny, `+fromOpen+`, ports: [{portNumber: {protocol: TCP, port: 65536}}]}]}`),
		"another version":                 strings.Replace(of("ClusterNetworkPolicy", "x", `{tier: Admin, priority: 5, `+ofZones+`, `+denies+`}`), "v1alpha2", "v1", 1),
		"a list of ports that is empty":   of("ClusterNetworkPolicy", "x", `{tier: Admin, priority: 5, `+ofZones+`, ingress: [{action: Deny, `+fromOpen+`}, {action: Deny, `+fromOpen+`, protocols: []}]}`),
		"networks that are none":          of("ClusterNetworkPolicy", "x", `{tier: Admin, priority: 5, subject: {namespaces: {}}, `+denies+`, egress: [{action: Deny, to: [{networks: [10.0.0.300/8]}]}]}`),
		"the ports of the older form":     of("ClusterNetworkPolicy", "x", `{tier: Admin, priority: 5, `+ofZones+`, ingress: [{action: Deny, `+fromOpen+`, ports: [{portNumber: {protocol: TCP, port: 80}}]}]}`),
		"the protocols of the newer form": of("AdminNetworkPolicy", "x", `{priority: 5, `+ofZones+`, ingress: [{action: Deny, `+fromOpen+`, protocols: [{tcp: {}}]}]}`),
	} {
		documents := append(twoPods(), policy)
		_, possible := between(t, documents...)
		gaps := fromYAML(t, documents...).analyse().Gaps()
		said := slices.ContainsFunc(gaps, func(g engine.Gap) bool { return g.Name == "x" || g.Name == "p" || g.Name == "default" })
		assert.Equal(t, "All Connections", possible, name)
		assert.True(t, said, "%s: %v", name, gaps)
	}
}

// Of two policies of one name a server keeps one: which of them files do not say.
func TestOfTwoOfOneNameOneIsInForce(t *testing.T) {
	other := networkPolicy(`{podSelector: {matchLabels: {app: nobody}}, policyTypes: [Ingress]}`)
	admin := func(app string) string {
		return clusterPolicy("x", `{tier: Admin, priority: 5, subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: `+app+`}}}}, ingress: [{action: Deny, `+fromOpen+`}]}`)
	}
	for name, c := range map[string]struct {
		policies []string
		possible string
	}{
		"network policies":       {[]string{networkPolicy(denyB), other}, "All Connections"},
		"in the other order":     {[]string{other, networkPolicy(denyB)}, "All Connections"},
		"the same written twice": {[]string{networkPolicy(denyB), networkPolicy(denyB)}, "No Connections"},
		"of an administrator":    {[]string{admin("b"), admin("nobody")}, "All Connections"},
	} {
		documents := append(twoPods(), c.policies...)
		_, possible := between(t, documents...)
		assert.Equal(t, c.possible, possible, name)
		said := 0
		for _, g := range fromYAML(t, documents...).analyse().Gaps() {
			if strings.Contains(g.Cause, "beside it") {
				said++
			}
		}
		want := 1
		if possible == "No Connections" {
			want = 0
		}
		assert.Equal(t, want, said, "%s: said once", name)
	}
}

// The two forms of policies of administrators have no order: whatever their priorities,
// what either would allow is possible, and that it matters is said.
func TestFormsOfPoliciesHaveNoOrder(t *testing.T) {
	older := func(kind, name, spec string) string {
		return "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: " + kind + "\nmetadata: {name: " + name + "}\nspec: " + spec
	}
	newer := func(tier, action string, priority int) string {
		return clusterPolicy("new", fmt.Sprintf(`{tier: %s, priority: %d, %s, ingress: [{action: %s, %s}]}`, tier, priority, ofZones, action, fromOpen))
	}
	for name, c := range map[string]struct {
		policies []string
		possible string
		said     bool
	}{
		"the older denies first":           {[]string{older("AdminNetworkPolicy", "old", `{priority: 1, `+ofZones+`, ingress: [{action: Deny, `+fromOpen+`}]}`), newer("Admin", "Accept", 9)}, "All Connections", true},
		"the newer denies first":           {[]string{older("AdminNetworkPolicy", "old", `{priority: 9, `+ofZones+`, ingress: [{action: Allow, `+fromOpen+`}]}`), newer("Admin", "Deny", 1)}, "All Connections", true},
		"a baseline beside one":            {[]string{older("BaselineAdminNetworkPolicy", "default", `{`+ofZones+`, ingress: [{action: Allow, `+fromOpen+`}]}`), newer("Baseline", "Deny", 1)}, "All Connections", true},
		"both deny":                        {[]string{older("AdminNetworkPolicy", "old", `{priority: 1, `+ofZones+`, ingress: [{action: Deny, `+fromOpen+`}]}`), newer("Admin", "Deny", 9)}, "No Connections", false},
		"tiers have an order all the same": {[]string{older("BaselineAdminNetworkPolicy", "default", `{`+ofZones+`, ingress: [{action: Allow, `+fromOpen+`}]}`), newer("Admin", "Deny", 1)}, "No Connections", false},
		"of what comes before of its form": {[]string{
			older("AdminNetworkPolicy", "soon", `{priority: 1, `+ofZones+`, ingress: [{action: Deny, `+fromOpen+`}]}`), older("AdminNetworkPolicy", "old", `{priority: 2, `+ofZones+`, ingress: [{action: Allow, `+fromOpen+`}]}`), newer("Admin", "Deny", 9),
		}, "No Connections", false},
	} {
		documents := append(twoPods(), c.policies...)
		_, possible := between(t, documents...)
		assert.Equal(t, c.possible, possible, name)
		gaps := fromYAML(t, documents...).analyse().Gaps()
		said := slices.ContainsFunc(gaps, func(g engine.Gap) bool { return strings.Contains(g.Cause, "two forms") })
		assert.Equal(t, c.said, said, "%s: %v", name, gaps)
	}
}
