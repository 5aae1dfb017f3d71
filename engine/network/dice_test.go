package network

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// dice makes random clusters: few values, so that selectors meet.
type dice struct {
	*rand.Rand
	// ties gives policies of administrators the same priorities, and both forms to one cluster.
	ties bool
	// older lets them be of the older form where there is one form alone.
	older bool
	// hidden leaves out addresses of pods and of nodes and labels of namespaces, and names
	// domains.
	hidden bool
}

func pick[T any](d dice, all ...T) T { return all[d.IntN(len(all))] }

// one in so many.
func (d dice) one(in int) bool { return d.IntN(in) == 0 }

func (d dice) labels() map[string]any {
	of := map[string]any{}
	for _, k := range []string{"app", "tier"} {
		if !d.one(3) {
			of[k] = pick(d, "a", "b", "")
		}
	}
	return of
}

func (d dice) requirement(key string, values ...any) map[string]any {
	switch operator := pick(d, "In", "NotIn", "Exists", "DoesNotExist"); operator {
	case "In", "NotIn":
		d.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
		return map[string]any{"key": key, "operator": operator, "values": values[:1+d.IntN(len(values)-1)]}
	default:
		return map[string]any{"key": key, "operator": operator}
	}
}

func (d dice) selector() map[string]any {
	s := map[string]any{}
	switch d.IntN(8) {
	case 0:
		return s
	case 1:
		return map[string]any{"matchLabels": map[string]any{}, "matchExpressions": []any{}}
	case 2, 3:
		s["matchLabels"] = d.labels()
		if d.one(2) {
			return s
		}
	}
	all := []any{}
	for range 1 + d.IntN(2) {
		all = append(all, d.requirement(pick(d, "app", "tier"), "a", "b", "c", ""))
	}
	s["matchExpressions"] = all
	return s
}

func (d dice) namespaces() map[string]any {
	if d.one(4) {
		return map[string]any{"matchExpressions": []any{d.requirement(namespaceName, "n0", "n1", "n2", "n9")}}
	}
	return d.selector()
}

func (d dice) cidr() string {
	return pick(d, "10.0.0.0/24", "10.0.0.2/31", "0.0.0.0/0", "10.0.0.1/32", "::/0", "192.0.2.0/25", "fd00::/16", "10.0.0.6/8", "fd00::1/128")
}

func (d dice) block() map[string]any {
	block := map[string]any{"cidr": d.cidr()}
	inside := map[string][]any{
		"10.0.0.0/24": {"10.0.0.1/32", "10.0.0.4/30", "10.0.0.0/28", "10.0.0.2/31"},
		"0.0.0.0/0":   {"10.0.0.0/8", "192.0.2.0/24", "0.0.0.0/1", "10.0.0.3/32", "8.8.8.8/32"},
		"::/0":        {"fd00::/8", "2001:db8::/32", "fd00::2/127"},
	}[block["cidr"].(string)]
	if len(inside) > 0 && !d.one(3) {
		d.Shuffle(len(inside), func(i, j int) { inside[i], inside[j] = inside[j], inside[i] })
		block["except"] = inside[:d.IntN(len(inside))]
	}
	return block
}

func (d dice) peers() []any {
	all := []any{}
	for range d.IntN(3) {
		switch d.IntN(4) {
		case 0:
			all = append(all, map[string]any{"podSelector": d.selector()})
		case 1:
			all = append(all, map[string]any{"namespaceSelector": d.namespaces()})
		case 2:
			all = append(all, map[string]any{"namespaceSelector": d.namespaces(), "podSelector": d.selector()})
		default:
			all = append(all, map[string]any{"ipBlock": d.block()})
		}
	}
	return all
}

// reach is a range of ports.
func (d dice) reach() (from, to int) {
	from = pick(d, 1, 53, 79, 80, 81, 82, 443)
	return from, pick(d, from, from+1, from+3, 65535)
}

func (d dice) ports() []any {
	all := []any{}
	for range d.IntN(3) {
		p := map[string]any{}
		if !d.one(4) {
			p["protocol"] = pick(d, "TCP", "UDP", "SCTP")
		}
		switch d.IntN(4) {
		case 0:
			p["port"] = pick(d, "web", "dns", "none")
		case 1:
			p["port"], p["endPort"] = d.reach()
		case 2:
			p["port"], _ = d.reach()
		}
		all = append(all, p)
	}
	return all
}

func (d dice) networkPolicy(i int) map[string]any {
	spec := map[string]any{}
	if !d.one(8) {
		spec["podSelector"] = d.selector()
	}
	if d.one(2) {
		spec["policyTypes"] = pick(d, []any{"Ingress"}, []any{"Egress"}, []any{"Ingress", "Egress"}, []any{})
	}
	for _, direction := range [...][2]string{{"ingress", "from"}, {"egress", "to"}} {
		if d.one(3) {
			continue
		}
		rules := []any{}
		for range d.IntN(3) {
			rule := map[string]any{}
			if !d.one(5) {
				rule[direction[1]] = d.peers()
			}
			if !d.one(3) {
				rule["ports"] = d.ports()
			}
			rules = append(rules, rule)
		}
		spec[direction[0]] = rules
	}
	return map[string]any{
		"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "spec": spec,
		"metadata": map[string]any{"name": fmt.Sprintf("p%d", i), "namespace": pick(d, "n0", "n1")},
	}
}

func (d dice) adminPeer(egress bool) map[string]any {
	switch {
	case egress && d.hidden && d.one(4):
		return map[string]any{"domainNames": []any{pick(d, "pay.example", "*.bank.example")}}
	case egress && d.one(3):
		return map[string]any{"networks": []any{d.cidr(), d.cidr()}[:1+d.IntN(2)]}
	case egress && d.one(5):
		return map[string]any{"nodes": d.selector()}
	case d.one(2):
		return map[string]any{"namespaces": d.namespaces()}
	}
	return map[string]any{"pods": map[string]any{"namespaceSelector": d.namespaces(), "podSelector": d.selector()}}
}

// adminPorts are the ports of a rule as the first form of these policies has them.
func (d dice) adminPorts() []any {
	all := []any{}
	for range 1 + d.IntN(2) {
		protocol := pick(d, "TCP", "UDP", "SCTP")
		from, to := d.reach()
		all = append(all, pick(d,
			map[string]any{"portNumber": map[string]any{"protocol": protocol, "port": from}},
			map[string]any{"portRange": map[string]any{"protocol": protocol, "start": from, "end": to}},
			map[string]any{"namedPort": pick(d, "web", "dns")}))
	}
	return all
}

// protocols are the ports of a rule as ClusterNetworkPolicy has them.
func (d dice) protocols() []any {
	all := []any{}
	for range 1 + d.IntN(2) {
		protocol := pick(d, "tcp", "udp", "sctp")
		from, to := d.reach()
		to = max(to, from+1)
		all = append(all, pick(d,
			map[string]any{protocol: map[string]any{}},
			map[string]any{protocol: map[string]any{"destinationPort": map[string]any{"number": from}}},
			map[string]any{protocol: map[string]any{"destinationPort": map[string]any{"range": map[string]any{"start": from, "end": to}}}},
			map[string]any{"destinationNamedPort": pick(d, "web", "dns")}))
	}
	return all
}

// adminPolicy writes a policy of one of the three kinds.
func (d dice) adminPolicy(i int) map[string]any {
	kind, name, version, accept := "ClusterNetworkPolicy", fmt.Sprintf("a%d", i), "v1alpha1", "Allow"
	if d.ties && d.one(3) || !d.ties && d.older {
		kind = "AdminNetworkPolicy"
	}
	if i == 0 && d.one(2) && (d.ties || d.older) {
		kind, name = "BaselineAdminNetworkPolicy", "default" // of which there is one
	}
	spec := map[string]any{"subject": d.adminPeer(false)}
	if kind != "BaselineAdminNetworkPolicy" {
		spec["priority"] = i
		if d.ties {
			spec["priority"] = d.IntN(2)
		}
	}
	if kind == "ClusterNetworkPolicy" {
		version, accept, spec["tier"] = "v1alpha2", "Accept", pick(d, "Admin", "Baseline")
	}
	for _, direction := range [...][2]string{{"ingress", "from"}, {"egress", "to"}} {
		rules := []any{}
		for range d.IntN(4) {
			rule := map[string]any{"action": pick(d, accept, "Deny", "Pass"), direction[1]: []any{d.adminPeer(direction[0] == "egress"), d.adminPeer(false)}[:1+d.IntN(2)]}
			if kind == "BaselineAdminNetworkPolicy" {
				rule["action"] = pick(d, accept, "Deny")
			}
			switch {
			case d.one(2):
			case version == "v1alpha2":
				rule["protocols"] = d.protocols()
			default:
				rule["ports"] = d.adminPorts()
			}
			rules = append(rules, rule)
		}
		spec[direction[0]] = rules
	}
	return map[string]any{
		"apiVersion": groupPolicy + "/" + version, "kind": kind, "spec": spec, "metadata": map[string]any{"name": name},
	}
}

// thrown is a cluster, and how it is read the second way. Each of the pods stands with all
// the addresses that it may have.
type thrown struct {
	documents []string
	*second
	pods []secondPod
}

func (c *thrown) object(t *testing.T, of map[string]any, into any) {
	t.Helper()
	raw, err := json.Marshal(of)
	require.NoError(t, err)
	c.documents = append(c.documents, string(raw))
	if into != nil {
		require.NoError(t, json.Unmarshal(raw, into))
	}
}

// cluster throws objects and reads them the second way.
func (d dice) cluster(t *testing.T) *thrown {
	c := &thrown{second: &second{namespaces: map[string]map[string]string{}, read: map[*metav1.LabelSelector]labels.Selector{}}}
	for _, address := range []string{"10.0.0.9", "192.0.2.1", "192.0.2.129", "8.8.8.8", "fd00::1", "2001:db8::1", "172.16.0.1", "172.16.0.2"} {
		c.pods = append(c.pods, secondPod{address: netip.MustParseAddr(address), outside: true})
	}
	c.domains = map[string][]netip.Addr{}
	for _, name := range []string{"pay.example", "*.bank.example"} {
		c.domains[name] = []netip.Addr{pick(d, c.pods...).address, netip.MustParseAddr(pick(d, "10.0.0.1", "10.0.0.4", "172.16.0.1"))}
	}
	for i := range 2 {
		n := secondNode{labels: map[string]string{}, address: netip.AddrFrom4([4]byte{172, 16, 0, byte(i + 1)})}
		var node metav1.PartialObjectMetadata
		addresses := []any{map[string]any{"type": "InternalIP", "address": n.address.String()}}
		if d.hidden && d.one(3) {
			addresses = []any{}
		}
		c.object(t, map[string]any{
			"apiVersion": "v1", "kind": "Node", "metadata": map[string]any{"name": fmt.Sprintf("node%d", i), "labels": d.labels()},
			"status": map[string]any{"addresses": addresses},
		}, &node)
		n.labels = node.Labels
		c.nodes = append(c.nodes, n)
	}
	for n := range 3 {
		name, of := fmt.Sprintf("n%d", n), d.labels()
		c.namespaces[name] = map[string]string{namespaceName: name}
		for k, v := range of {
			c.namespaces[name][k] = v.(string)
		}
		if !d.hidden || !d.one(3) {
			c.object(t, map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name, "labels": of}}, nil)
		}
	}
	for i := range 6 {
		d.pod(t, c, i)
	}
	for i := range d.IntN(5) {
		p := &networkingv1.NetworkPolicy{}
		c.object(t, d.networkPolicy(i), p)
		c.policies = append(c.policies, p)
	}
	for i := range d.IntN(5) {
		var p struct {
			Kind string
			Spec struct {
				Tier            string
				Priority        int32
				Subject         adminPeer
				Ingress, Egress []adminRule
			}
		}
		c.object(t, d.adminPolicy(i), &p)
		of := secondAdmin{AdminTier, p.Kind == "ClusterNetworkPolicy", p.Spec.Priority, p.Spec.Subject, [2][]adminRule{p.Spec.Ingress, p.Spec.Egress}}
		if p.Kind == "BaselineAdminNetworkPolicy" || p.Spec.Tier == "Baseline" {
			of.tier = BaselineTier
		}
		c.admin = append(c.admin, of)
	}
	slices.SortStableFunc(c.admin, func(a, b secondAdmin) int {
		return cmp.Or(cmp.Compare(a.tier, b.tier), cmp.Compare(a.priority, b.priority))
	})
	return c
}

// pod throws a pod: some of a controller that was not seen, some on the network of a node.
func (d dice) pod(t *testing.T, c *thrown, i int) {
	name, addresses := fmt.Sprintf("pod%d", i), []string{pick(d, fmt.Sprintf("10.0.0.%d", i), fmt.Sprintf("10.0.0.%d", i), fmt.Sprintf("fd00::%d", i))}
	p := secondPod{namespace: pick(d, "n0", "n1", "n2"), labels: map[string]string{}, named: map[string][]portOf{}, host: d.one(8)}
	metadata := map[string]any{"name": name, "namespace": p.namespace, "labels": d.labels()}
	for k, v := range metadata["labels"].(map[string]any) {
		p.labels[k] = v.(string)
	}
	p.workload = p.namespace + "/" + name + "[Pod]"
	if d.one(3) {
		metadata["ownerReferences"] = []any{map[string]any{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "set", "uid": "u", "controller": true}}
		p.workload = p.namespace + "/set[ReplicaSet]"
	}
	containers := []any{}
	for _, web := range []portOf{{TCP, pick(d, int32(80), 81)}, {pick(d, TCP, UDP, SCTP), pick(d, int32(80), 82)}}[:1+d.IntN(2)] {
		p.named["web"] = append(p.named["web"], web)
		containers = append(containers, map[string]any{"ports": []any{map[string]any{"name": "web", "containerPort": web.port, "protocol": web.protocol.String()}}})
	}
	spec := map[string]any{"containers": containers, "hostNetwork": p.host}
	if d.one(2) { // a port of what has ended is none
		sidecar := map[string]any{"ports": []any{map[string]any{"name": "dns", "containerPort": 53, "protocol": "UDP"}}}
		if d.one(2) {
			sidecar["restartPolicy"] = "Always"
			p.named["dns"] = []portOf{{UDP, 53}}
		}
		spec["initContainers"] = []any{sidecar}
	}
	if p.host {
		addresses = []string{pick(d, "172.16.0.1", "172.16.0.2")}
	}
	status := map[string]any{"podIP": addresses[0]}
	switch {
	case d.hidden && d.one(3):
		status, p.hidden = map[string]any{}, true
		addresses = []string{"10.0.0.1", "10.0.0.5", "10.0.0.3", "fd00::2", "192.0.2.7"}
	case d.hidden && d.one(3):
		addresses = append(addresses, fmt.Sprintf("fd00::%d", i), "192.0.2.200")
		p.both = true
		status["podIPs"] = []any{map[string]any{"ip": addresses[0]}, map[string]any{"ip": addresses[1]}, map[string]any{"ip": addresses[2]}}
	}
	c.object(t, map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status}, nil)
	for _, address := range addresses {
		p.address = netip.MustParseAddr(address)
		c.pods = append(c.pods, p)
	}
}
