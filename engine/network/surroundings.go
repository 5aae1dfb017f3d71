package network

import (
	"errors"
	"fmt"
	"net/netip"
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
}{
	{"cilium.io", "CiliumNetworkPolicy CiliumClusterwideNetworkPolicy", "a policy of the network plugin"},
	{"crd.projectcalico.org", "NetworkPolicy GlobalNetworkPolicy StagedNetworkPolicy Tier", "a policy of the network plugin"},
	{"projectcalico.org", "NetworkPolicy GlobalNetworkPolicy Tier", "a policy of the network plugin"},
	{"crd.antrea.io", "NetworkPolicy ClusterNetworkPolicy Tier", "a policy of the network plugin"},
	{"k8s.ovn.org", "EgressFirewall AdminPolicyBasedExternalRoute", "a policy of the network plugin"},
	{"networking.k8s.aws", "ApplicationNetworkPolicy ClusterNetworkPolicy", "a policy of the network plugin"},
	{"security.istio.io", "AuthorizationPolicy PeerAuthentication", "a policy of the service mesh"},
	{"networking.istio.io", "Gateway Sidecar VirtualService ServiceEntry", "a rule of the service mesh"},
	{"policy.linkerd.io", "Server AuthorizationPolicy ServerAuthorization", "a policy of the service mesh"},
	{"consul.hashicorp.com", "ServiceIntentions", "a policy of the service mesh"},
	{"k8s.cni.cncf.io", "NetworkAttachmentDefinition MultiNetworkPolicy", "a secondary network, where these policies do not apply"},
	{"k8s.ovn.org", "UserDefinedNetwork ClusterUserDefinedNetwork", "a network of its own, which parts pods whatever policies say"},
	{"kubevirt.io", "VirtualMachine VirtualMachineInstance", "a virtual machine, whose pod is not among the workloads"},
}

// The network plugins that enforce no policy, by a word of the name of their
// DaemonSet, and those that do.
var (
	pluginsWithout = []string{"flannel"}
	pluginsWith    = []string{"calico", "canal", "cilium", "antrea", "weave", "kube-router", "ovn", "ovnkube", "azure-npm", "aws-network-policy-agent", "kube-network-policies", "kindnet"}
)

// read are the kinds that are read here.
func read() []engine.Kind {
	kinds := append([]engine.Kind{PolicyKind, serviceKind, ingressKind, routeKind, {Kind: "Namespace"}, {Kind: "Node"}}, makersKinds...)
	return append(kinds, gatewayRoutes()...)
}

// lookForUnlisted names the kinds that decide connections and that a collection from
// a live cluster did not ask for. Files hold what they hold.
func (a *Analysis) lookForUnlisted(v *engine.View) {
	if strings.HasPrefix(a.target.ID, "manifests:") {
		return
	}
	var unlisted []string
	for _, k := range gatewayRoutes() {
		if !v.Saw(k) {
			unlisted = append(unlisted, k.Kind)
		}
	}
	for _, o := range others {
		for _, name := range strings.Fields(o.kinds) {
			if k := (engine.Kind{Group: o.group, Kind: name}); !v.Saw(k) {
				unlisted = append(unlisted, k.String())
			}
		}
	}
	if len(unlisted) > 0 {
		a.gap(engine.Ref{Group: PolicyKind.Group, Kind: PolicyKind.Kind}, engine.Unsupported,
			fmt.Errorf("not listed in this collection, and may allow or forbid connections: %s", strings.Join(unlisted, ", ")))
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
				a.gap(found.Ref, engine.Unsupported, errors.New("not evaluated: "+o.what))
			}
		}
	}
	for _, ref := range a.running.annotated {
		a.gap(ref, engine.Unsupported, errors.New("its pods ask for a secondary network, where these policies do not apply"))
	}
	for _, w := range a.running.workloads {
		if w.HostNetwork {
			a.gap(w.Ref, engine.Unsupported, errors.New("its pods are on the network of their node: whether a policy applies to them is the plugin's choice"))
		}
	}
	if len(a.running.workloads) == 0 {
		a.gap(engine.Ref{Kind: podKind.Kind}, engine.Unsupported, errors.New("nothing that runs was seen: that there is no connection says nothing"))
	}
	a.lookForPlugin()
	for tie := range a.ties {
		a.gap(a.policies[tie[1]].ref, engine.Unsupported,
			fmt.Errorf("it and %s have one priority and decide differently: the plugin chooses which comes first", a.policies[tie[0]].ref))
	}
	if !a.twoFold && a.opensIPv6() {
		a.gap(engine.Ref{Group: PolicyKind.Group, Kind: PolicyKind.Kind}, engine.Unsupported, errors.New("policies forbid addresses of IPv4 alone: where the cluster has IPv6 as well, they are reached by that"))
	}
	a.sayUncertain()
}

// lookForPlugin names a plugin that enforces no policy.
func (a *Analysis) lookForPlugin() {
	var without *Workload
	for i, w := range a.running.workloads {
		if w.Ref.Kind != "DaemonSet" {
			continue
		}
		for _, word := range pluginsWith {
			if strings.Contains(w.Ref.Name, word) {
				return
			}
		}
		for _, word := range pluginsWithout {
			if strings.Contains(w.Ref.Name, word) {
				without = &a.running.workloads[i]
			}
		}
	}
	if without != nil {
		a.gap(without.Ref, engine.Unsupported, errors.New("the network plugin enforces no policy, and none that does was seen: every connection may be possible"))
	}
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

// sayUncertain counts what may be allowed beyond what is.
func (a *Analysis) sayUncertain() {
	pairs := 0
	for from := range a.running.workloads {
		for to := range a.running.workloads {
			if from == to || a.running.workloads[from].HostNetwork || a.running.workloads[to].HostNetwork {
				continue
			}
			if of := a.pair(from, to); of.allowed != of.possible {
				pairs++
			}
		}
	}
	if pairs > 0 {
		a.gap(engine.Ref{Kind: podKind.Kind}, engine.Unsupported,
			fmt.Errorf("between %d pairs of workloads more may be allowed: addresses of pods or labels of namespaces are not known", pairs))
	}
}
