package network

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// twoPods are a in one namespace and b in another, as they run.
func twoPods() []string {
	return []string{
		`{apiVersion: v1, kind: Namespace, metadata: {name: na, labels: {zone: open}}}`,
		`{apiVersion: v1, kind: Namespace, metadata: {name: nb, labels: {zone: cde}}}`,
		`{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: na, labels: {app: a}}, status: {podIP: 10.0.0.1}}`,
		`{apiVersion: v1, kind: Pod, metadata: {name: b, namespace: nb, labels: {app: b}}, spec: {containers: [{ports: [{name: web, containerPort: 8080}]}]}, status: {podIP: 10.0.0.2}}`,
	}
}

// between returns what a may send to b, as allowed and as possible.
func between(t *testing.T, documents ...string) (allowed, possible string) {
	t.Helper()
	x, err := fromYAML(t, documents...).analyse().Explain("na/a", "nb/b")
	require.NoError(t, err)
	return x.Connection.AllowedText(), x.Connection.PossibleText()
}

func clusterPolicy(name, spec string) string {
	return "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: " + name + "}\nspec: " + spec
}

func networkPolicy(spec string) string {
	return "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: nb}\nspec: " + spec
}

const (
	denyB    = `{podSelector: {}, policyTypes: [Ingress]}`
	ofZones  = `subject: {namespaces: {matchLabels: {zone: cde}}}`
	fromOpen = `from: [{namespaces: {matchLabels: {zone: open}}}]`
)

func TestTiers(t *testing.T) {
	const (
		all  = "All Connections"
		none = "No Connections"
	)
	for name, c := range map[string]struct {
		policies []string
		want     string
	}{
		"nothing is denied by itself":         {nil, all},
		"a network policy denies":             {[]string{networkPolicy(denyB)}, none},
		"the admin tier accepts before it":    {[]string{networkPolicy(denyB), clusterPolicy("x", `{tier: Admin, priority: 5, `+ofZones+`, ingress: [{action: Accept, `+fromOpen+`, protocols: [{tcp: {destinationPort: {number: 443}}}]}]}`)}, "TCP 443"},
		"a range and a protocol":              {[]string{networkPolicy(denyB), clusterPolicy("x", `{tier: Admin, priority: 5, `+ofZones+`, ingress: [{action: Accept, `+fromOpen+`, protocols: [{udp: {destinationPort: {range: {start: 10, end: 20}}}}, {sctp: {}}]}]}`)}, "SCTP 1-65535,UDP 10-20"},
		"a named port is the pod's":           {[]string{networkPolicy(denyB), clusterPolicy("x", `{tier: Admin, priority: 5, `+ofZones+`, ingress: [{action: Accept, `+fromOpen+`, protocols: [{destinationNamedPort: web}]}]}`)}, "TCP 8080"},
		"the smaller priority decides":        {[]string{clusterPolicy("late", `{tier: Admin, priority: 6, `+ofZones+`, ingress: [{action: Accept, `+fromOpen+`}]}`), clusterPolicy("soon", `{tier: Admin, priority: 5, `+ofZones+`, ingress: [{action: Deny, `+fromOpen+`}]}`)}, none},
		"pass leaves it to network policies":  {[]string{networkPolicy(denyB), clusterPolicy("soon", `{tier: Admin, priority: 5, `+ofZones+`, ingress: [{action: Pass, `+fromOpen+`}]}`), clusterPolicy("late", `{tier: Admin, priority: 6, `+ofZones+`, ingress: [{action: Accept, `+fromOpen+`}]}`)}, none},
		"the baseline denies where none is":   {[]string{clusterPolicy("x", `{tier: Baseline, priority: 5, `+ofZones+`, ingress: [{action: Deny, `+fromOpen+`}]}`)}, none},
		"a network policy overrides it":       {[]string{networkPolicy(`{podSelector: {}, ingress: [{ports: [{port: 80}]}]}`), clusterPolicy("x", `{tier: Baseline, priority: 5, `+ofZones+`, ingress: [{action: Deny, `+fromOpen+`}]}`)}, "TCP 80"},
		"networks mean pods by their address": {[]string{clusterPolicy("x", `{tier: Admin, priority: 5, subject: {namespaces: {}}, egress: [{action: Deny, to: [{networks: [10.0.0.2/32]}]}]}`)}, none},
	} {
		allowed, possible := between(t, append(twoPods(), c.policies...)...)
		assert.Equal(t, c.want, allowed, name)
		assert.Equal(t, c.want, possible, name)
	}
}

// TestWhatIsNotKnownIsNeverClosed holds that nothing is excluded that may be.
func TestWhatIsNotKnownIsNeverClosed(t *testing.T) {
	const all, none = "All Connections", "No Connections"
	pods := twoPods()
	for name, c := range map[string]struct {
		documents         []string
		allowed, possible string
		gap               string
	}{
		"the address of a pod": {
			[]string{pods[0], pods[1], `{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: na}}`, pods[3], networkPolicy(`{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}`)},
			none, all, "more may be allowed",
		},
		"the labels of a namespace": {
			[]string{pods[1], pods[2], pods[3], networkPolicy(`{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {zone: open}}}]}]}`)},
			none, all, "more may be allowed",
		},
		"the name of a namespace is known": {
			[]string{pods[1], pods[2], pods[3], networkPolicy(`{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: na}}}]}]}`)},
			all, all, "",
		},
		"the network of a node": {
			[]string{pods[0], pods[1], `{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: na}, spec: {hostNetwork: true}}`, pods[3], networkPolicy(denyB)},
			none, all, "network of their node",
		},
		"a policy that no server takes": {
			append(twoPods(), networkPolicy(`{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/99}}]}]}`)),
			all, all, "not in force",
		},
		"a policy of which an older version of the API is written": {
			append(twoPods(), networkPolicy(denyB), clusterPolicy("x", `{tier: Admin, priority: 5, `+ofZones+`, ingress: [{action: Accept, from: [{namespaces: {sameLabels: [zone]}}]}]}`)),
			none, all, "unknown field",
		},
		"a tier that is not known": {
			append(twoPods(), networkPolicy(denyB), clusterPolicy("x", `{tier: Middle, priority: 5, `+ofZones+`, ingress: [{action: Accept, `+fromOpen+`}]}`)),
			none, all, "tier",
		},
		"two policies of one priority": {
			append(twoPods(), clusterPolicy("first", `{tier: Admin, priority: 5, `+ofZones+`, ingress: [{action: Deny, `+fromOpen+`}]}`), clusterPolicy("second", `{tier: Admin, priority: 5, `+ofZones+`, ingress: [{action: Accept, `+fromOpen+`}]}`)),
			none, all, "one priority",
		},
		"a policy of the plugin": {
			append(twoPods(), networkPolicy(denyB), `{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: x, namespace: nb}}`),
			none, none, "a policy of the network plugin",
		},
		"a service mesh": {
			append(twoPods(), `{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: x, namespace: nb}}`),
			all, all, "service mesh",
		},
		"a secondary network": {
			[]string{pods[0], pods[1], `{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: na, annotations: {k8s.v1.cni.cncf.io/networks: second}}, status: {podIP: 10.0.0.1}}`, pods[3]},
			all, all, "secondary network",
		},
		"a plugin that enforces nothing": {
			append(twoPods(), networkPolicy(denyB), `{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: cni, namespace: kube-flannel}, spec: {template: {spec: {hostNetwork: true, containers: [{image: 'docker.io/flannel/flannel:v0.27.0'}]}}}}`),
			none, none, "enforces no policy",
		},
		"what only carries the name of one that does": {
			append(twoPods(), networkPolicy(denyB), `{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: cni, namespace: kube-flannel}, spec: {template: {spec: {hostNetwork: true, containers: [{image: 'docker.io/flannel/flannel:v0.27.0'}]}}}}`,
				`{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: calico-exporter, namespace: kube-flannel}, spec: {template: {spec: {hostNetwork: true, containers: [{image: 'example/exporter:1'}]}}}}`),
			none, none, "enforces no policy",
		},
		"a name of the internet": {
			append(twoPods(), clusterPolicy("x", `{tier: Admin, priority: 5, subject: {namespaces: {}}, egress: [{action: Accept, to: [{domainNames: [pay.example]}]}, {action: Deny, to: [{networks: [0.0.0.0/0, "::/0"]}]}]}`)),
			none, all, "domain name",
		},
	} {
		t.Run(name, func(t *testing.T) {
			allowed, possible := between(t, c.documents...)
			assert.Equal(t, c.allowed, allowed)
			assert.Equal(t, c.possible, possible)
			gaps := fromYAML(t, c.documents...).analyse().Gaps()
			said := slices.ContainsFunc(gaps, func(g engine.Gap) bool { return strings.Contains(g.Cause, c.gap) })
			assert.Equal(t, c.gap != "", said && len(gaps) > 0, "%+v", gaps)
		})
	}
}

// Of two policies of one priority either may come first, also where the one that comes
// first by its name allows all that the other denies.
func TestTwoPoliciesOfOnePriority(t *testing.T) {
	for _, action := range []string{"Accept", "Pass"} {
		a := fromYAML(t, append(twoPods(),
			clusterPolicy("first", `{tier: Baseline, priority: 5, `+ofZones+`, ingress: [{action: `+action+`, `+fromOpen+`}]}`),
			clusterPolicy("second", `{tier: Baseline, priority: 5, `+ofZones+`, ingress: [{action: Deny, from: [{namespaces: {}}]}]}`))...).analyse()
		assert.True(t, slices.ContainsFunc(a.Gaps(), func(g engine.Gap) bool { return g.Name == "second" && strings.Contains(g.Cause, "one priority") }), "%s: %v", action, a.Gaps())
	}
}

// A pod that waits for its address may get another than its sisters have.
func TestAPodWithoutAnAddressBesideOneThatHas(t *testing.T) {
	const of = `ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: r, uid: u, controller: true}]`
	pods := twoPods()
	x, err := fromYAML(t, pods[0], pods[1], pods[3], networkPolicy(`{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.9/32}}]}]}`),
		`{apiVersion: v1, kind: Pod, metadata: {name: r-1, namespace: na, `+of+`}, status: {podIP: 10.0.0.1}}`,
		`{apiVersion: v1, kind: Pod, metadata: {name: r-2, namespace: na, `+of+`}, status: {phase: Pending}}`).analyse().Explain("na/r", "nb/b")
	require.NoError(t, err)
	assert.Equal(t, "No Connections", x.Connection.AllowedText())
	assert.Equal(t, "All Connections", x.Connection.PossibleText())
}

// What cannot be said of whom a policy means is passed on, and not decided.
func TestWhatIsPassedOnIsNotKnownEither(t *testing.T) {
	pods := twoPods()
	const fromBlock = `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}`
	allowed, possible := between(t, pods[0], pods[1], `{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: na}}`, pods[3], networkPolicy(fromBlock),
		clusterPolicy("x", `{tier: Admin, priority: 5, `+ofZones+`, ingress: [{action: Pass, `+fromOpen+`}]}`))
	assert.Equal(t, [...]string{"No Connections", "All Connections"}, [...]string{allowed, possible})
}

// A namespace that files hold twice has labels that nobody knows, and a node without an
// address may be anywhere.
func TestWhatStandsTwiceOrWithoutAnAddress(t *testing.T) {
	pods := twoPods()
	for _, zone := range []string{"open", "closed"} {
		_, possible := between(t, `{apiVersion: v1, kind: Namespace, metadata: {name: na, labels: {zone: closed}}}`, `{apiVersion: v1, kind: Namespace, metadata: {name: na, labels: {zone: open}}}`,
			pods[1], pods[2], pods[3], networkPolicy(`{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {zone: `+zone+`}}}]}]}`))
		assert.Equal(t, "All Connections", possible, zone)
	}

	node := func(name, addresses string) string {
		return `{apiVersion: v1, kind: Node, metadata: {name: ` + name + `}, status: {addresses: [` + addresses + `]}}`
	}
	a := fromYAML(t, append(pods, node("n1", `{type: InternalIP, address: 192.0.2.5}`), node("n2", ""), clusterPolicy("x",
		`{tier: Admin, priority: 5, subject: {namespaces: {}}, egress: [{action: Accept, to: [{nodes: {}}]}, {action: Deny, to: [{networks: [0.0.0.0/0]}]}]}`))...).analyse()
	x, err := a.Explain("na/a", "192.0.2.6")
	require.NoError(t, err)
	assert.Equal(t, "All Connections", x.Connection.PossibleText())
	assert.True(t, slices.ContainsFunc(a.Gaps(), func(g engine.Gap) bool { return strings.Contains(g.Cause, "their addresses were not seen") }), "%v", a.Gaps())
}

// Labels that no server takes make no pod of another: a file may hold anything.
func TestLabelsThatLookLikeOthers(t *testing.T) {
	pods := twoPods()
	tiered := func(name, labels string) string {
		return `{apiVersion: v1, kind: Pod, metadata: {name: ` + name + `, namespace: nb, labels: ` + labels + `}, status: {podIP: 10.0.0.3}}`
	}
	x, err := fromYAML(t, pods[0], pods[1], pods[2], tiered("a", `{app: a, tier: "b\0=c"}`), tiered("b", `{app: "a\0=b", tier: c}`),
		networkPolicy(`{podSelector: {matchExpressions: [{key: app, operator: In, values: [a]}, {key: tier, operator: Exists}]}}`)).analyse().Explain("na/a", "nb/b")
	require.NoError(t, err)
	assert.Equal(t, "All Connections", x.Connection.PossibleText())
}

// A pod is one host: who reaches one of its addresses reaches it.
func TestAPodIsDeniedByAllOfItsAddresses(t *testing.T) {
	namespaces := twoPods()[:2]
	pod := func(name, v4, v6 string) string {
		return fmt.Sprintf(`{apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: n%s}, status: {podIP: %s, podIPs: [{ip: %s}, {ip: "%s"}]}}`, name, name, v4, v4, v6)
	}
	pods := append(namespaces, pod("a", "10.0.0.1", "fd00::1"), pod("b", "10.0.0.2", "fd00::2"))
	deny := func(networks string) string {
		return clusterPolicy("x", `{tier: Admin, priority: 5, subject: {namespaces: {}}, egress: [{action: Deny, to: [{networks: [`+networks+`]}]}]}`)
	}
	for networks, want := range map[string]string{`10.0.0.0/8`: "All Connections", `10.0.0.0/8, "fd00::/16"`: "No Connections"} {
		allowed, possible := between(t, append(slices.Clone(pods), deny(networks))...)
		assert.Equal(t, want, allowed, networks)
		assert.Equal(t, want, possible, networks)
	}
}

func TestAddressesOfBothFamilies(t *testing.T) {
	documents := append(twoPods(), networkPolicy(`{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: "2001:db8::/32", except: ["2001:db8:1::/48"]}}], ports: [{port: 443}]}]}`))
	var into []string
	for _, line := range lines(fromYAML(t, documents...).analyse()) {
		if strings.Contains(line, "=> nb/b") {
			into = append(into, line)
		}
	}
	assert.Equal(t, []string{
		"2001:db8:2::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff[External] => nb/b[Pod] : TCP 443",
		"2001:db8::-2001:db8:0:ffff:ffff:ffff:ffff:ffff[External] => nb/b[Pod] : TCP 443",
	}, into)
	forbids := append(twoPods(), clusterPolicy("x", `{tier: Admin, priority: 5, subject: {namespaces: {}}, egress: [{action: Deny, to: [{networks: [0.0.0.0/0]}]}]}`))
	gaps := fromYAML(t, forbids...).analyse().Gaps()
	require.Len(t, gaps, 1)
	assert.Contains(t, gaps[0].Cause, "IPv4 alone")
}

func TestNodesAsPeers(t *testing.T) {
	policy := clusterPolicy("x", `{tier: Admin, priority: 5, subject: {namespaces: {}}, egress: [{action: Accept, to: [{nodes: {matchLabels: {role: db}}}]}, {action: Deny, to: [{networks: [0.0.0.0/0]}]}]}`)
	seen := fromYAML(t, append(twoPods(), policy, `{apiVersion: v1, kind: Node, metadata: {name: node, labels: {role: db}}, status: {addresses: [{type: InternalIP, address: 192.0.2.5}]}}`)...).analyse()
	x, err := seen.Explain("na/a", "192.0.2.5")
	require.NoError(t, err)
	assert.Equal(t, "na/a[Pod] => 192.0.2.5-192.0.2.5[External] : All Connections", x.Connection.String())
	x, err = seen.Explain("na/a", "192.0.2.6")
	require.NoError(t, err)
	assert.True(t, x.Connection.Certain() && x.Connection.Allowed.IsEmpty())
	unseen := fromYAML(t, append(twoPods(), policy)...).analyse()
	x, err = unseen.Explain("na/a", "192.0.2.6")
	require.NoError(t, err)
	assert.Equal(t, "All Connections", x.Connection.PossibleText(), "any address may be a node's")
}

func TestWaysIn(t *testing.T) {
	const service = `{apiVersion: v1, kind: Service, metadata: {name: s, namespace: nb}, spec: {type: TYPE, selector: {app: b}, ports: [{name: w, port: 80, targetPort: web}, {name: m, port: 90, targetPort: 9090}]}}`
	for name, c := range map[string]struct {
		kind, object, want string
	}{
		"an Ingress by number":     {"ClusterIP", `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, namespace: nb}, spec: {rules: [{http: {paths: [{backend: {service: {name: s, port: {number: 80}}}}]}}]}}`, "{ingress-controller} => nb/b[Pod] : TCP 8080"},
		"an Ingress by name":       {"ClusterIP", `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, namespace: nb}, spec: {defaultBackend: {service: {name: s, port: {name: m}}}}}`, "{ingress-controller} => nb/b[Pod] : TCP 9090"},
		"a Route by all ports":     {"ClusterIP", `{apiVersion: route.openshift.io/v1, kind: Route, metadata: {name: r, namespace: nb}, spec: {to: {kind: Service, name: s}}}`, "{ingress-controller} => nb/b[Pod] : TCP 8080,9090"},
		"a route of a Gateway":     {"ClusterIP", `{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: r, namespace: na}, spec: {rules: [{backendRefs: [{name: s, namespace: nb, port: 90}]}]}}`, "{gateway} => nb/b[Pod] : TCP 9090"},
		"a Service that is not":    {"ClusterIP", `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, namespace: nb}, spec: {defaultBackend: {service: {name: other, port: {number: 80}}}}}`, ""},
		"a port the Service lacks": {"ClusterIP", `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, namespace: nb}, spec: {defaultBackend: {service: {name: s, port: {number: 81}}}}}`, ""},
	} {
		a := fromYAML(t, append(twoPods(), strings.Replace(service, "TYPE", c.kind, 1), c.object)...).analyse()
		all := lines(a)
		got := ""
		if last := all[len(all)-1]; strings.HasPrefix(last, "{") {
			got = last
		}
		assert.Equal(t, c.want, got, name)
	}
	open := fromYAML(t, append(twoPods(), strings.Replace(service, "TYPE", "LoadBalancer", 1), networkPolicy(denyB))...).analyse()
	require.Len(t, open.WaysIn(), 1)
	w := open.WaysIn()[0]
	assert.Equal(t, [...]string{"LoadBalancer", "TCP 8080,9090", "No Connections"}, [...]string{w.Through, w.Ports.String(), w.Allowed.String()})
}

// Where a way in leads that nobody here follows is said, and keeps no connection between
// pods from an answer.
func TestWaysInThatAreNotFollowed(t *testing.T) {
	const bare = `{apiVersion: v1, kind: Service, metadata: {name: s, namespace: nb}, spec: {type: TYPE, ports: [{port: 80}]}}`
	const ingress = `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, namespace: nb}, spec: {defaultBackend: {BACKEND}}}`
	const route = `{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: r, namespace: na}, spec: {rules: [{backendRefs: [{KIND name: s, namespace: nb}]}]}}`
	with := strings.Replace
	for name, c := range map[string]struct {
		objects []string
		want    string
	}{
		"a load balancer without a selector":        {[]string{with(bare, "TYPE", "LoadBalancer", 1)}, "Service without a selector"},
		"one inside the cluster":                    {[]string{with(bare, "TYPE", "ClusterIP", 1)}, ""},
		"that an Ingress leads to":                  {[]string{with(bare, "TYPE", "ClusterIP", 1), with(ingress, "BACKEND", "service: {name: s, port: {number: 80}}", 1)}, "Service without a selector"},
		"an Ingress that leads to something else":   {[]string{with(ingress, "BACKEND", "resource: {apiGroup: example.com, kind: Bucket, name: b}", 1)}, "it leads to a Bucket"},
		"a Gateway that leads to something else":    {[]string{with(route, "KIND", "kind: ServiceImport,", 1)}, "it leads to a ServiceImport"},
		"a Gateway that leads to what is not there": {[]string{with(route, "KIND", "", 1)}, ""},
	} {
		a := fromYAML(t, append(twoPods(), c.objects...)...).analyse()
		var says []string
		for _, g := range a.Gaps() {
			if LeadsIn(g.Kind) {
				says = append(says, g.Cause)
			}
		}
		assert.Equal(t, c.want != "", len(says) == 1, "%s: %v", name, says)
		assert.Contains(t, strings.Join(says, ""), c.want, name)
	}
}

func TestPodsBelongToTheirController(t *testing.T) {
	const owned = `ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: u1, controller: true}]`
	pod := `{apiVersion: v1, kind: Pod, metadata: {name: web-1-x, namespace: na, ` + owned + `}, status: {phase: PHASE}}`
	set := `{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-1, namespace: na, uid: u1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: u2, controller: true}]}, spec: {replicas: 0}}`
	running := strings.Replace(pod, "PHASE", "Running", 1)
	names := func(documents ...string) (all []string) {
		for _, w := range fromYAML(t, documents...).analyse().Workloads() {
			all = append(all, w.String())
		}
		return all
	}
	assert.Equal(t, []string{"na/web-1[ReplicaSet]"}, names(running), "its controller was not seen")
	assert.Equal(t, []string{"na/web[Deployment]"}, names(running, set, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: na, uid: u2}}`))
	assert.Empty(t, names(strings.Replace(pod, "PHASE", "Succeeded", 1)), "what has ended")
	assert.Empty(t, names(set), "what runs nothing")
	const rollout = `{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: web, namespace: na}, spec: {template: {metadata: {labels: {app: a}}, spec: {containers: []}}}}`
	assert.Equal(t, []string{"na/web[Rollout]"}, names(rollout))
	assert.Empty(t, names(`{apiVersion: v1, kind: PodTemplate, metadata: {name: p, namespace: na}, template: {}}`), "no pod comes of it by itself")
	assert.Equal(t, []string{"na/api[Deployment]"}, names(`{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: web, namespace: na}, spec: {workloadRef: {kind: Deployment, name: api}}}`,
		`{apiVersion: apps/v1, kind: Deployment, metadata: {name: api, namespace: na}}`))
	const cron = `{apiVersion: argoproj.io/v1alpha1, kind: CronWorkflow, metadata: {name: night, namespace: na}, spec: {workflowSpec: {podMetadata: {labels: {app: a}}, templates: [{name: run, container: {image: x}}, {name: all, steps: []}]}}}`
	assert.Equal(t, []string{"na/night[CronWorkflow]"}, names(cron))
	assert.Empty(t, fromYAML(t, cron).analyse().Doubts())
	const flow = `{apiVersion: argoproj.io/v1alpha1, kind: Workflow, metadata: {name: f, namespace: na}, spec: {workflowTemplateRef: {name: w}}, status: {phase: PHASE}}`
	assert.Len(t, fromYAML(t, cron, strings.Replace(flow, "PHASE", "Running", 1)).analyse().Doubts(), 1, "which pods come of it is not known")
	assert.Empty(t, fromYAML(t, cron, strings.Replace(flow, "PHASE", "Error", 1)).analyse().Doubts(), "none come any more")
	assert.Len(t, fromYAML(t, strings.Replace(cron, "app: a", "app: '{{x}}'", 1)).analyse().Doubts(), 1)
	const settings = `{apiVersion: v1, kind: ConfigMap, metadata: {name: argo, namespace: argo}, data: {workflowDefaults: 'spec: {podMetadata: {labels: {app: b}}}'}}`
	assert.Len(t, fromYAML(t, cron, settings).analyse().Doubts(), 1, "its controller may give its pods other labels")
	assert.Empty(t, fromYAML(t, settings).analyse().Doubts(), "nor is there any workflow")
	for patch, doubts := range map[string]int{"containers: [{name: main, resources: {}}]": 0, "hostNetwork: true": 1, "containers: [{name: main, ports: [{name: p, containerPort: 80}]}]": 1, "hostNetwork: {{x}}": 1} {
		changed := strings.Replace(settings, "podMetadata: {labels: {app: b}}", `podSpecPatch: "`+patch+`"`, 1)
		assert.Len(t, fromYAML(t, cron, changed).analyse().Doubts(), doubts, "its controller may patch its pods: %s", patch)
	}
	patched := fromYAML(t, strings.Replace(cron, "templates:", `podSpecPatch: "hostNetwork: true", templates:`, 1)).analyse()
	assert.Empty(t, patched.Doubts())
	assert.True(t, patched.Workloads()[0].HostNetwork)
	circle := `{apiVersion: batch/v1, kind: Job, metadata: {name: j, namespace: na, ownerReferences: [{kind: Job, name: j, controller: true}]}}`
	assert.Equal(t, []string{"na/j[Job]"}, names(circle))
}

// BenchmarkConnections lists the connections of generated deployments, five policies
// to a namespace.
func BenchmarkConnections(b *testing.B) {
	generator := filepath.Join("..", "..", "..", "shared", "generators", "policies.py")
	for _, n := range []int{100, 200, 400} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			dir := b.TempDir()
			if out, err := exec.Command("python3", generator, strconv.Itoa(n), dir).CombinedOutput(); err != nil {
				b.Skipf("no generator: %s", out)
			}
			c := fromYAML(b, documentsIn(b, dir)...)
			b.ResetTimer()
			for range b.N {
				count := 0
				for range c.analyse().Connections() {
					count++
				}
				require.NotZero(b, count)
			}
		})
	}
}
