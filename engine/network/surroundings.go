package network

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"tickmark/engine"
)

func isIPv6(a netip.Addr) bool { return a.Is6() }

// others are kinds that allow or forbid connections beside the policies that are
// evaluated, each with what it is.
var others = []struct {
	group string
	kinds string
	what  string
	// restricts says that it takes connections away and adds none.
	restricts bool
}{
	{"cilium.io", "CiliumNetworkPolicy CiliumClusterwideNetworkPolicy", "a policy of the network plugin", false},
	{"crd.projectcalico.org", "NetworkPolicy GlobalNetworkPolicy StagedNetworkPolicy Tier", "a policy of the network plugin", false},
	{"projectcalico.org", "NetworkPolicy GlobalNetworkPolicy Tier", "a policy of the network plugin", false},
	{"crd.antrea.io", "NetworkPolicy ClusterNetworkPolicy Tier", "a policy of the network plugin", false},
	{"k8s.ovn.org", "EgressFirewall AdminPolicyBasedExternalRoute", "a policy of the network plugin", false},
	{"networking.k8s.aws", "ApplicationNetworkPolicy ClusterNetworkPolicy", "a policy of the network plugin", false},
	{"security.istio.io", "AuthorizationPolicy PeerAuthentication", "a policy of the service mesh", true},
	{"networking.istio.io", "Gateway Sidecar VirtualService ServiceEntry", "a rule of the service mesh", true},
	{"policy.linkerd.io", "Server AuthorizationPolicy ServerAuthorization", "a policy of the service mesh", true},
	{"consul.hashicorp.com", "ServiceIntentions", "a policy of the service mesh", true},
	{"k8s.cni.cncf.io", "NetworkAttachmentDefinition MultiNetworkPolicy", "a secondary network, where these policies do not apply", false},
	{"k8s.ovn.org", "UserDefinedNetwork ClusterUserDefinedNetwork", "a network of its own, which parts pods whatever policies say", true},
	{"kubevirt.io", "VirtualMachine VirtualMachineInstance", "a virtual machine, whose pod is not among the workloads", false},
}

// read are the kinds that are read here.
func read() []engine.Kind {
	kinds := append([]engine.Kind{PolicyKind, serviceKind, ingressKind, {Kind: "Namespace"}, {Kind: "Node"}}, makersKinds...)
	return append(kinds, RouteKinds()...)
}

// Kinds are all that an analysis reads: what it evaluates, and what decides
// connections beside it.
func Kinds() []engine.Kind {
	kinds := append(read(), podKind, AdminPolicyKind, BaselinePolicyKind, ClusterPolicyKind, GrantKind)
	for _, o := range others {
		for _, name := range strings.Fields(o.kinds) {
			kinds = append(kinds, engine.Kind{Group: o.group, Kind: name})
		}
	}
	return kinds
}

// lookForUnlisted names the kinds that decide connections and that a collection did not
// see to the end. Files hold what they hold, but for what could not be read of them.
func (a *Analysis) lookForUnlisted(v *engine.View) {
	seen := v.Saw
	if strings.HasPrefix(a.target.ID, "manifests:") {
		seen = func(k engine.Kind) bool { return !v.Hidden(k) }
	}
	var ways, more []string
	for _, k := range RouteKinds() {
		if !seen(k) {
			ways = append(ways, k.Kind)
		}
	}
	for _, k := range []engine.Kind{AdminPolicyKind, BaselinePolicyKind, ClusterPolicyKind} {
		if !seen(k) {
			more = append(more, k.Kind)
		}
	}
	for _, o := range others {
		for _, name := range strings.Fields(o.kinds) {
			switch k := (engine.Kind{Group: o.group, Kind: name}); {
			case seen(k):
			case o.restricts:
				ways = append(ways, k.String())
			default:
				more = append(more, k.String())
			}
		}
	}
	if len(ways) > 0 {
		a.gap(engine.Ref{Group: PolicyKind.Group, Kind: PolicyKind.Kind}, engine.Unsupported,
			fmt.Errorf("not listed in this collection, and may lead in or forbid connections: %s", strings.Join(ways, ", ")))
	}
	if len(more) > 0 {
		a.mayAllowMore(engine.Ref{Group: PolicyKind.Group, Kind: PolicyKind.Kind},
			fmt.Errorf("not listed in this collection, and may allow connections: %s", strings.Join(more, ", ")))
	}
}

// lookAround names what else decides connections here.
func (a *Analysis) lookAround(v *engine.View) {
	for _, k := range read() {
		a.gaps = append(a.gaps, v.Unreadable(k)...)
	}
	a.lookForUnlisted(v)
	for _, o := range others {
		for _, name := range strings.Fields(o.kinds) {
			for _, found := range v.Objects(engine.Kind{Group: o.group, Kind: name}) {
				if o.restricts {
					a.gap(found.Ref, engine.Unsupported, errors.New("not evaluated: "+o.what))
					continue
				}
				a.mayAllowMore(found.Ref, errors.New("not evaluated: "+o.what))
			}
		}
	}
	for _, ref := range a.running.annotated {
		a.mayAllowMore(ref, errors.New("its pods ask for a secondary network, where these policies do not apply"))
	}
	for _, ref := range a.running.unsure {
		a.mayAllowMore(ref, errors.New("which pods come of it cannot be told by what was seen of workflows and of their controller's settings"))
	}
	onNode := errors.New("its pods are on the network of their node: whether a policy applies to them is the plugin's choice")
	for i := range a.running.workloads {
		if w := &a.running.workloads[i]; w.HostNetwork {
			a.gap(w.Ref, engine.Unsupported, onNode)
		}
	}
	if len(a.running.workloads) == 0 {
		a.gap(engine.Ref{Kind: podKind.Kind}, engine.Unsupported, errors.New("nothing that runs was seen: that there is no connection says nothing"))
	}
	a.lookForPlugin(v)
	for tie := range a.ties {
		one, other := a.policies[tie[0]], a.policies[tie[1]]
		have := "have one priority"
		if one.form != other.form {
			have = "are of two forms that have no order"
		}
		a.gap(other.ref, engine.Unsupported, fmt.Errorf("it and %s %s and decide differently: the plugin chooses which comes first", one.ref, have))
	}
	if !a.twoFold && a.opensIPv6() {
		a.mayAllowMore(engine.Ref{Group: PolicyKind.Group, Kind: PolicyKind.Kind}, errors.New("policies forbid addresses of IPv4 alone: where the cluster has IPv6 as well, they are reached by that"))
	}
	a.sayUncertain()
}

// opensIPv6 reports whether something is allowed over IPv6 that is not over IPv4.
func (a *Analysis) opensIPv6() bool {
	for d := range a.of {
		last := len(a.outside[d]) - 1 // without blocks of IPv6 all of it is one part
		for _, p := range a.profiles[d] {
			var four portSet
			for part := range last {
				four = a.ports.union(four, p.answers[len(a.classes)+part].allowed)
			}
			six := p.answers[len(a.classes)+last].allowed
			if a.ports.minus(six, four) != noPorts {
				return true
			}
		}
	}
	return false
}

// alike are the workloads off the networks of nodes, together where no policy tells them
// apart.
func (a *Analysis) alike() [][]int {
	groups := make([][]int, len(a.groups))
	for w := range a.running.workloads {
		if !a.running.workloads[w].HostNetwork {
			groups[a.groupOf[w]] = append(groups[a.groupOf[w]], w)
		}
	}
	return slices.DeleteFunc(groups, func(g []int) bool { return len(g) == 0 })
}

// sayUncertain counts what may be allowed beyond what is.
func (a *Analysis) sayUncertain() {
	like := a.alike()
	pairs := 0
	for _, from := range like {
		for _, to := range like {
			if of := a.pair(from[0], to[0]); of.allowed == of.possible {
				continue
			}
			if pairs += len(from) * len(to); from[0] == to[0] {
				pairs -= len(from) // none has connections to itself here
			}
		}
	}
	if pairs > 0 {
		a.gap(engine.Ref{Kind: podKind.Kind}, engine.Unsupported,
			fmt.Errorf("between %d pairs of workloads more may be allowed: addresses of pods, labels of namespaces or what a policy means are not known", pairs))
	}
}
