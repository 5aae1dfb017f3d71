package network

import (
	"net/netip"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// second reads the rules a second time, one connection at a time and in the plainest
// way: from a pod or an address to a pod or an address, on one port.
type second struct {
	namespaces map[string]map[string]string
	nodes      []secondNode
	domains    map[string][]netip.Addr // which nothing but this reading knows
	policies   []*networkingv1.NetworkPolicy
	admin      []secondAdmin // in the order in which they decide
	read       map[*metav1.LabelSelector]labels.Selector
}

// secondPod is a pod, or an address outside.
type secondPod struct {
	workload, namespace string
	labels              map[string]string
	address             netip.Addr
	named               map[string][]portOf
	outside, host       bool
	both, hidden        bool // it has addresses of both families; it has one that is not known
}

type secondNode struct {
	labels  map[string]string
	address netip.Addr
}

type secondAdmin struct {
	tier     Tier
	newer    bool // of the form that has no order with the other
	priority int32
	subject  adminPeer
	rules    [2][]adminRule
}

func (s *second) selected(by *metav1.LabelSelector, of map[string]string) bool {
	selector, known := s.read[by]
	if !known {
		var err error
		if selector, err = metav1.LabelSelectorAsSelector(by); err != nil {
			panic(err)
		}
		s.read[by] = selector
	}
	return selector.Matches(labels.Set(of))
}

// at is where a connection arrives.
type at struct {
	target   secondPod
	protocol Protocol
	port     int32
}

func (s *second) allowed(from, to secondPod, protocol Protocol, port int32) bool {
	where := at{to, protocol, port}
	return s.direction(Egress, from, to, where) && s.direction(Ingress, to, from, where)
}

// direction decides for the pod own and the other end.
func (s *second) direction(d Direction, own, other secondPod, where at) bool {
	if own.outside {
		return true
	}
	if decided, allow := s.tier(AdminTier, d, own, other, where); decided {
		return allow
	}
	isolated := false
	for _, p := range s.policies {
		if p.Namespace != own.namespace || !s.selected(&p.Spec.PodSelector, own.labels) || !slices.Contains(typesOf(p), d) {
			continue
		}
		isolated = true
		if d == Ingress {
			for _, r := range p.Spec.Ingress {
				if s.peers(p.Namespace, r.From, other) && where.in(r.Ports) {
					return true
				}
			}
			continue
		}
		for _, r := range p.Spec.Egress {
			if s.peers(p.Namespace, r.To, other) && where.in(r.Ports) {
				return true
			}
		}
	}
	if isolated {
		return false
	}
	if decided, allow := s.tier(BaselineTier, d, own, other, where); decided {
		return allow
	}
	return true
}

func typesOf(p *networkingv1.NetworkPolicy) []Direction {
	var all []Direction
	for _, t := range p.Spec.PolicyTypes {
		all = append(all, map[networkingv1.PolicyType]Direction{"Ingress": Ingress, "Egress": Egress}[t])
	}
	if len(all) > 0 {
		return all
	}
	if len(p.Spec.Egress) > 0 {
		return []Direction{Ingress, Egress}
	}
	return []Direction{Ingress}
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
		case p.NamespaceSelector != nil && !s.selected(p.NamespaceSelector, s.namespaces[other.namespace]):
		case p.PodSelector == nil || s.selected(p.PodSelector, other.labels):
			return true
		}
	}
	return len(peers) == 0
}

// in reports whether ports of a NetworkPolicy hold where it arrives.
func (w at) in(ports []networkingv1.NetworkPolicyPort) bool {
	for _, p := range ports {
		if p.Protocol != nil && string(*p.Protocol) != w.protocol.String() || p.Protocol == nil && w.protocol != TCP {
			continue
		}
		switch {
		case p.Port == nil:
			return true
		case p.Port.StrVal != "":
			if slices.Contains(w.target.named[p.Port.StrVal], portOf{w.protocol, w.port}) {
				return true
			}
		case p.EndPort != nil:
			if p.Port.IntVal <= w.port && w.port <= *p.EndPort {
				return true
			}
		case p.Port.IntVal == w.port:
			return true
		}
	}
	return len(ports) == 0
}

// tier asks the policies of administrators one after the other, and says whether one
// of them decided.
func (s *second) tier(tier Tier, d Direction, own, other secondPod, where at) (decided, allow bool) {
	for _, p := range s.admin {
		if p.tier != tier || !s.admits(p.subject, own) {
			continue
		}
		for _, r := range p.rules[d] {
			if !slices.ContainsFunc(slices.Concat(r.From, r.To), func(a adminPeer) bool { return s.admits(a, other) }) || !where.ofAdmin(r) {
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

// admits reports whether an administrator means a pod or an address. Pods on the
// network of their node are meant by their address alone.
func (s *second) admits(a adminPeer, p secondPod) bool {
	switch {
	case a.Networks != nil:
		return slices.ContainsFunc(a.Networks, func(cidr string) bool { return netip.MustParsePrefix(cidr).Contains(p.address) })
	case a.DomainNames != nil:
		return slices.ContainsFunc(a.DomainNames, func(name string) bool { return slices.Contains(s.domains[name], p.address) })
	case a.Nodes != nil:
		return slices.ContainsFunc(s.nodes, func(n secondNode) bool { return n.address == p.address && s.selected(a.Nodes, n.labels) })
	case p.outside, p.host:
		return false
	case a.Namespaces != nil:
		return s.selected(a.Namespaces, s.namespaces[p.namespace])
	}
	return s.selected(&a.Pods.NamespaceSelector, s.namespaces[p.namespace]) && s.selected(&a.Pods.PodSelector, p.labels)
}

// ofAdmin reports whether the ports of an administrator's rule hold where it arrives.
func (w at) ofAdmin(r adminRule) bool {
	if r.Ports == nil && r.Protocols == nil {
		return true
	}
	named := func(name string) bool { return slices.Contains(w.target.named[name], portOf{w.protocol, w.port}) }
	if r.Ports != nil {
		for _, p := range *r.Ports {
			switch {
			case p.NamedPort != nil && named(*p.NamedPort):
				return true
			case p.PortNumber != nil && p.PortNumber.Protocol == w.protocol.String() && p.PortNumber.Port == w.port:
				return true
			case p.PortRange != nil && p.PortRange.Protocol == w.protocol.String() && p.PortRange.Start <= w.port && w.port <= p.PortRange.End:
				return true
			}
		}
		return false
	}
	for _, p := range *r.Protocols {
		of := map[Protocol]*protocolPorts{TCP: p.TCP, UDP: p.UDP, SCTP: p.SCTP}[w.protocol]
		switch {
		case p.DestinationNamedPort != "" && named(p.DestinationNamedPort):
			return true
		case of == nil:
		case of.DestinationPort == nil, of.DestinationPort.Number == w.port:
			return true
		case of.DestinationPort.Range != nil && of.DestinationPort.Range.Start <= w.port && w.port <= of.DestinationPort.Range.End:
			return true
		}
	}
	return false
}

// orders are the orders in which policies may decide: those of one tier, form and
// priority have none, nor has one form with the other.
func (s *second) orders() [][]secondAdmin {
	all := [][]secondAdmin{nil}
	for _, tier := range []Tier{AdminTier, BaselineTier} {
		of := [2][][]secondAdmin{{nil}, {nil}}
		for form, newer := range []bool{false, true} {
			var in []secondAdmin
			for _, p := range s.admin {
				if p.tier == tier && p.newer == newer {
					in = append(in, p)
				}
			}
			for from := 0; from < len(in); {
				to := from + 1
				for to < len(in) && in[to].priority == in[from].priority {
					to++
				}
				of[form] = behind(of[form], permutations(in[from:to]))
				from = to
			}
		}
		var mixed [][]secondAdmin
		for _, older := range of[0] {
			for _, newer := range of[1] {
				mixed = append(mixed, shuffles(older, newer)...)
			}
		}
		all = behind(all, mixed)
	}
	return all
}

// behind puts each of the others behind each of some.
func behind(some, others [][]secondAdmin) [][]secondAdmin {
	var all [][]secondAdmin
	for _, before := range some {
		for _, of := range others {
			all = append(all, slices.Concat(before, of))
		}
	}
	return all
}

// shuffles are two lists as one, each in its own order.
func shuffles(a, b []secondAdmin) [][]secondAdmin {
	if len(a) == 0 || len(b) == 0 {
		return [][]secondAdmin{slices.Concat(a, b)}
	}
	return slices.Concat(behind([][]secondAdmin{a[:1]}, shuffles(a[1:], b)), behind([][]secondAdmin{b[:1]}, shuffles(a, b[1:])))
}

func permutations(of []secondAdmin) [][]secondAdmin {
	if len(of) < 2 {
		return [][]secondAdmin{of}
	}
	var all [][]secondAdmin
	for i := range of {
		rest := slices.Delete(slices.Clone(of), i, i+1)
		for _, p := range permutations(rest) {
			all = append(all, slices.Concat([]secondAdmin{of[i]}, p))
		}
	}
	return all
}

// nameIn is what an analysis calls an end.
func (p secondPod) nameIn(a *Analysis, d Direction) string {
	if !p.outside {
		return p.workload
	}
	return a.outside[d][partAt(a.outside[d], p.address)].String() + "[External]"
}
