package network

import (
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

// second reads the rules a second time, one connection at a time and in the plainest
// way: from a pod or an address to a pod or an address, on one port.
type second struct {
	namespaces map[string]map[string]string
	policies   []*networkingv1.NetworkPolicy
	admin      []secondAdmin
}

type secondPod struct {
	namespace string
	labels    map[string]string
	address   netip.Addr
	named     map[string][]portOf
	outside   bool
}

type secondAdmin struct {
	tier     Tier
	priority int32
	subject  adminPeer
	rules    [2][]adminRule
}

func selected(s *metav1.LabelSelector, of map[string]string) bool {
	selector, err := metav1.LabelSelectorAsSelector(s)
	return err == nil && selector.Matches(labels.Set(of))
}

func (s *second) allowed(from, to secondPod, protocol Protocol, port int32) bool {
	return s.direction(Egress, from, to, to, protocol, port) && s.direction(Ingress, to, from, to, protocol, port)
}

// direction decides for the pod own and the other end; the port is that of target.
func (s *second) direction(d Direction, own, other, target secondPod, protocol Protocol, port int32) bool {
	if own.outside {
		return true
	}
	if decided, allow := s.tier(AdminTier, d, own, other, target, protocol, port); decided {
		return allow
	}
	isolated := false
	for _, p := range s.policies {
		if p.Namespace != own.namespace || !selected(&p.Spec.PodSelector, own.labels) {
			continue
		}
		types := p.Spec.PolicyTypes
		if len(types) == 0 {
			types = []networkingv1.PolicyType{"Ingress"}
			if len(p.Spec.Egress) > 0 {
				types = append(types, "Egress")
			}
		}
		if !slices.Contains(types, map[Direction]networkingv1.PolicyType{Ingress: "Ingress", Egress: "Egress"}[d]) {
			continue
		}
		isolated = true
		if d == Ingress {
			for _, r := range p.Spec.Ingress {
				if s.peers(p.Namespace, r.From, other) && portsInclude(r.Ports, target, protocol, port) {
					return true
				}
			}
			continue
		}
		for _, r := range p.Spec.Egress {
			if s.peers(p.Namespace, r.To, other) && portsInclude(r.Ports, target, protocol, port) {
				return true
			}
		}
	}
	if isolated {
		return false
	}
	if decided, allow := s.tier(BaselineTier, d, own, other, target, protocol, port); decided {
		return allow
	}
	return true
}

func (s *second) peers(own string, peers []networkingv1.NetworkPolicyPeer, other secondPod) bool {
	for _, p := range peers {
		switch {
		case p.IPBlock != nil:
			in := netip.MustParsePrefix(p.IPBlock.CIDR).Contains(other.address)
			for _, e := range p.IPBlock.Except {
				in = in && !netip.MustParsePrefix(e).Contains(other.address)
			}
			if in {
				return true
			}
		case other.outside:
		case p.NamespaceSelector == nil && other.namespace != own:
		case p.NamespaceSelector != nil && !selected(p.NamespaceSelector, s.namespaces[other.namespace]):
		case p.PodSelector == nil || selected(p.PodSelector, other.labels):
			return true
		}
	}
	return len(peers) == 0
}

func portsInclude(ports []networkingv1.NetworkPolicyPort, target secondPod, protocol Protocol, port int32) bool {
	for _, p := range ports {
		if p.Protocol != nil && string(*p.Protocol) != protocol.String() || p.Protocol == nil && protocol != TCP {
			continue
		}
		switch {
		case p.Port == nil:
			return true
		case p.Port.StrVal != "":
			if slices.Contains(target.named[p.Port.StrVal], portOf{protocol, port}) {
				return true
			}
		case p.EndPort != nil:
			if p.Port.IntVal <= port && port <= *p.EndPort {
				return true
			}
		case p.Port.IntVal == port:
			return true
		}
	}
	return len(ports) == 0
}

// tier asks the policies of administrators one after the other, and says whether one
// of them decided.
func (s *second) tier(tier Tier, d Direction, own, other, target secondPod, protocol Protocol, port int32) (decided, allow bool) {
	for _, p := range s.admin { // in order
		if p.tier != tier || !s.admits(p.subject, own) {
			continue
		}
		for _, r := range p.rules[d] {
			if !slices.ContainsFunc(append(r.From, r.To...), func(a adminPeer) bool { return s.admits(a, other) }) || !adminPortsInclude(r, target, protocol, port) {
				continue
			}
			switch r.Action {
			case "Pass":
				return false, false
			case "Deny":
				return true, false
			}
			return true, true
		}
	}
	return false, false
}

func (s *second) admits(a adminPeer, p secondPod) bool {
	switch {
	case a.Networks != nil:
		return slices.ContainsFunc(a.Networks, func(cidr string) bool { return netip.MustParsePrefix(cidr).Contains(p.address) })
	case p.outside:
		return false
	case a.Namespaces != nil:
		return selected(a.Namespaces, s.namespaces[p.namespace])
	}
	return selected(&a.Pods.NamespaceSelector, s.namespaces[p.namespace]) && selected(&a.Pods.PodSelector, p.labels)
}

func adminPortsInclude(r adminRule, target secondPod, protocol Protocol, port int32) bool {
	if r.Ports == nil {
		return true
	}
	for _, p := range *r.Ports {
		switch {
		case p.NamedPort != nil && slices.Contains(target.named[*p.NamedPort], portOf{protocol, port}):
			return true
		case p.PortNumber != nil && p.PortNumber.Protocol == protocol.String() && p.PortNumber.Port == port:
			return true
		case p.PortRange != nil && p.PortRange.Protocol == protocol.String() && p.PortRange.Start <= port && port <= p.PortRange.End:
			return true
		}
	}
	return false
}

// dice makes random clusters: few values, so that selectors meet.
type dice struct{ *rand.Rand }

func pick[T any](d dice, all ...T) T { return all[d.IntN(len(all))] }

func (d dice) labels() map[string]any {
	of := map[string]any{}
	for _, k := range []string{"app", "tier"} {
		if d.IntN(3) > 0 {
			of[k] = pick(d, "a", "b")
		}
	}
	return of
}

func (d dice) selector() map[string]any {
	switch d.IntN(6) {
	case 0:
		return map[string]any{}
	case 1:
		return map[string]any{"matchLabels": d.labels()}
	}
	key := pick(d, "app", "tier")
	switch operator := pick(d, "In", "NotIn", "Exists", "DoesNotExist"); operator {
	case "In", "NotIn":
		return map[string]any{"matchExpressions": []any{map[string]any{"key": key, "operator": operator, "values": []any{pick(d, "a", "b", "c")}}}}
	default:
		return map[string]any{"matchExpressions": []any{map[string]any{"key": key, "operator": operator}}}
	}
}

func (d dice) cidr() string {
	return pick(d, "10.0.0.0/24", "10.0.0.2/31", "0.0.0.0/0", "10.0.0.1/32", "::/0", "192.0.2.0/25", "fd00::/16")
}

func (d dice) peers() []any {
	all := []any{}
	for range d.IntN(3) {
		switch d.IntN(4) {
		case 0:
			all = append(all, map[string]any{"podSelector": d.selector()})
		case 1:
			all = append(all, map[string]any{"namespaceSelector": d.selector()})
		case 2:
			all = append(all, map[string]any{"namespaceSelector": d.selector(), "podSelector": d.selector()})
		default:
			block := map[string]any{"cidr": d.cidr()}
			if block["cidr"] == "10.0.0.0/24" {
				block["except"] = []any{"10.0.0.1/32", "10.0.0.4/30"}
			}
			all = append(all, map[string]any{"ipBlock": block})
		}
	}
	return all
}

func (d dice) ports() []any {
	all := []any{}
	for range d.IntN(3) {
		p := map[string]any{"protocol": pick(d, "TCP", "UDP")}
		switch d.IntN(4) {
		case 0:
			p["port"] = pick(d, "web", "dns", "none")
		case 1:
			p["port"], p["endPort"] = 80, 81
		case 2:
			p["port"] = pick(d, 53, 80, 82)
		}
		all = append(all, p)
	}
	return all
}

func (d dice) networkPolicy(i int) map[string]any {
	spec := map[string]any{"podSelector": d.selector()}
	if d.IntN(3) > 0 {
		spec["policyTypes"] = pick(d, []any{"Ingress"}, []any{"Egress"}, []any{"Ingress", "Egress"})
	}
	for _, direction := range [...][2]string{{"ingress", "from"}, {"egress", "to"}} {
		rules := []any{}
		for range d.IntN(3) {
			rules = append(rules, map[string]any{direction[1]: d.peers(), "ports": d.ports()})
		}
		if len(rules) > 0 {
			spec[direction[0]] = rules
		}
	}
	return map[string]any{
		"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "spec": spec,
		"metadata": map[string]any{"name": fmt.Sprintf("p%d", i), "namespace": pick(d, "n0", "n1")},
	}
}

func (d dice) adminPeer(networks bool) map[string]any {
	switch {
	case networks && d.IntN(3) == 0:
		return map[string]any{"networks": []any{d.cidr()}}
	case d.IntN(2) == 0:
		return map[string]any{"namespaces": d.selector()}
	}
	return map[string]any{"pods": map[string]any{"namespaceSelector": d.selector(), "podSelector": d.selector()}}
}

// adminPolicy writes a policy of its own priority: among equals no order is promised.
func (d dice) adminPolicy(i int) map[string]any {
	baseline := i == 0
	spec := map[string]any{"subject": d.adminPeer(false), "priority": i}
	for _, direction := range [...][2]string{{"ingress", "from"}, {"egress", "to"}} {
		rules := []any{}
		for range d.IntN(4) {
			action := pick(d, "Allow", "Deny", "Pass")
			if baseline {
				action = pick(d, "Allow", "Deny")
			}
			rule := map[string]any{"action": action, direction[1]: []any{d.adminPeer(direction[0] == "egress"), d.adminPeer(false)}}
			switch d.IntN(4) {
			case 0:
				rule["ports"] = []any{map[string]any{"portNumber": map[string]any{"protocol": pick(d, "TCP", "UDP"), "port": pick(d, 53, 80)}}}
			case 1:
				rule["ports"] = []any{map[string]any{"namedPort": pick(d, "web", "dns")}, map[string]any{"portRange": map[string]any{"protocol": "TCP", "start": 80, "end": 82}}}
			}
			rules = append(rules, rule)
		}
		spec[direction[0]] = rules
	}
	kind := "AdminNetworkPolicy"
	if baseline {
		kind = "BaselineAdminNetworkPolicy"
	}
	return map[string]any{
		"apiVersion": groupPolicy + "/v1alpha1", "kind": kind, "spec": spec, "metadata": map[string]any{"name": fmt.Sprintf("a%d", i)},
	}
}

// cluster throws objects and reads them the second way.
func (d dice) cluster(t *testing.T) ([]string, *second, map[string]secondPod) {
	s := &second{namespaces: map[string]map[string]string{}}
	var documents []string
	object := func(of map[string]any, into any) {
		raw, err := json.Marshal(of)
		require.NoError(t, err)
		documents = append(documents, string(raw))
		require.NoError(t, json.Unmarshal(raw, into))
	}
	pods := map[string]secondPod{}
	for _, address := range []string{"10.0.0.5", "192.0.2.1", "192.0.2.129", "8.8.8.8", "fd00::1", "2001:db8::1"} {
		pods[address] = secondPod{address: netip.MustParseAddr(address), outside: true}
	}
	for n := range 3 {
		var ns metav1.PartialObjectMetadata
		name := fmt.Sprintf("n%d", n)
		object(map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name, "labels": d.labels()}}, &ns)
		s.namespaces[name] = map[string]string{namespaceName: name}
		for k, v := range ns.Labels {
			s.namespaces[name][k] = v
		}
	}
	for i := range 4 {
		name, address := fmt.Sprintf("pod%d", i), fmt.Sprintf("10.0.0.%d", i)
		web := pick(d, 80, 81)
		var pod metav1.PartialObjectMetadata
		object(map[string]any{
			"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": name, "namespace": pick(d, "n0", "n1", "n2"), "labels": d.labels()},
			"spec": map[string]any{"containers": []any{map[string]any{"ports": []any{
				map[string]any{"name": "web", "containerPort": web}, map[string]any{"name": "dns", "containerPort": 53, "protocol": "UDP"},
			}}}},
			"status": map[string]any{"podIP": address},
		}, &pod)
		pods[pod.Namespace+"/"+name+"[Pod]"] = secondPod{
			namespace: pod.Namespace, labels: pod.Labels, address: netip.MustParseAddr(address),
			named: map[string][]portOf{"web": {{TCP, int32(web)}}, "dns": {{UDP, 53}}},
		}
	}
	for i := range d.IntN(5) {
		p := &networkingv1.NetworkPolicy{}
		object(d.networkPolicy(i), p)
		s.policies = append(s.policies, p)
	}
	for i := range d.IntN(4) {
		var p struct {
			Spec struct {
				Priority        int32
				Subject         adminPeer
				Ingress, Egress []adminRule
			}
		}
		object(d.adminPolicy(i), &p)
		tier := AdminTier
		if i == 0 {
			tier = BaselineTier
		}
		s.admin = append(s.admin, secondAdmin{tier, p.Spec.Priority, p.Spec.Subject, [2][]adminRule{p.Spec.Ingress, p.Spec.Egress}})
	}
	return documents, s, pods
}

// TestSecondReading holds the analysis against the plain evaluator on random clusters.
func TestSecondReading(t *testing.T) {
	for seed := range uint64(150) {
		d := dice{rand.New(rand.NewPCG(seed, 1))}
		documents, s, pods := d.cluster(t)
		a := fromYAML(t, documents...).analyse()
		a.twoFold = true
		got := map[[2]string]Ports{}
		for c := range a.Connections() {
			require.True(t, c.Possible.contains(c.Allowed), "seed %d: %s", seed, c)
			got[[2]string{c.From, c.To}] = c.Allowed
		}
		for fromName, from := range pods {
			for toName, to := range pods {
				if fromName == toName || from.outside && to.outside {
					continue
				}
				names := [2]string{nameOf(a, from, fromName, Ingress), nameOf(a, to, toName, Egress)}
				for _, protocol := range []Protocol{TCP, UDP} {
					for _, port := range []int32{53, 80, 81, 82, 443} {
						require.Equal(t, s.allowed(from, to, protocol, port), got[names].Contains(protocol, port),
							"seed %d: %v %s %d\n%v", seed, names, protocol, port, documents)
					}
				}
			}
		}
	}
}

func nameOf(a *Analysis, p secondPod, name string, d Direction) string {
	if !p.outside {
		return name
	}
	return a.outside[d][partAt(a.outside[d], p.address)].String() + "[External]"
}
