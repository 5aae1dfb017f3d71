package checks

import (
	"fmt"
	"strings"

	"tickmark/engine"
	"tickmark/engine/network"
)

// Check namespaces-have-default-deny.
//
// Passes for a namespace in which a NetworkPolicy with an empty pod selector
// isolates every pod for ingress, and one for egress, so that what no policy
// allows is denied for pods to come as well. Fails where either is missing, or
// where policies, alone or together, allow everything again to a pod without labels:
// an opening that leaves pods out by name, and one in several blocks of addresses,
// is one. Policies that together select all pods of today are no default. NotApplicable for a namespace
// in which nothing runs.
//
// Pods on the node's network are outside every NetworkPolicy; the sentence counts
// them. Whether the network plugin enforces policies is not seen here.
//
// Where policies could not all be seen, one that is missing may be among them: then
// it is Unknown, and only a policy that was seen to open everything fails.
//
// A policy that no API server takes (an address range that is none, a selector that cannot
// be understood) is not in force, and of two of one name that differ one alone is; with one,
// what would pass is Unknown.
//
// A policy of an administrator (AdminNetworkPolicy, ClusterNetworkPolicy) is decided
// before and may allow what is denied here; with one, what would pass is Unknown.
//
// Namespaces are those listed and those that a workload is in, so that the answer
// does not hang on the right to list namespaces.
func namespacesHaveDefaultDeny() check {
	return check{
		id: "namespaces-have-default-deny", version: 2, needs: append(workloadKinds(), network.PolicyKind),
		looks: append(kindsAbove(), namespaceKind),
		eval: func(v *engine.View) []engine.Detail {
			policies := network.PoliciesOf(v)
			var details []engine.Detail
			for _, n := range namespaces(v) {
				d := judgeDefaultDeny(n, policies, v.Saw(network.PolicyKind))
				if above := policiesAbove(v); d.Verdict == engine.Pass && len(above) > 0 {
					d.Verdict = engine.Unknown
					d.Sentence += "; but " + list(above) + " comes before it and may allow what it denies"
				}
				for _, p := range policies.In(n.ref.Name) {
					if refused := p.Refused(); d.Verdict == engine.Pass && refused != nil {
						d.Verdict = engine.Unknown
						d.Sentence += "; but of " + p.Ref.Name + ": " + refused.Error()
					}
				}
				details = append(details, d)
			}
			return details
		},
	}
}

// kindsAbove are the kinds of policies that are decided before any NetworkPolicy.
func kindsAbove() []engine.Kind {
	return []engine.Kind{network.AdminPolicyKind, network.ClusterPolicyKind}
}

// policiesAbove names the policies of administrators, which are decided before any
// NetworkPolicy and may allow what it denies.
func policiesAbove(v *engine.View) []string {
	var names []string
	for _, k := range kindsAbove() {
		for _, o := range v.Objects(k) {
			names = append(names, o.Ref.String())
		}
		if v.Hidden(k) {
			names = append(names, "what may be a "+k.Kind+" and could not be seen")
		}
	}
	return names
}

func judgeDefaultDeny(n *namespace, policies *network.Policies, seen bool) engine.Detail {
	const field = "spec.podSelector"
	cites := []engine.Digest{n.digest}
	for _, p := range policies.In(n.ref.Name) {
		cites = append(cites, p.Digest)
	}
	hosts := hostNetworked(n)
	deny := [...]network.DefaultDeny{
		policies.DefaultDeny(n.ref.Name, network.Ingress), policies.DefaultDeny(n.ref.Name, network.Egress),
	}
	value := map[string][]string{"ingress": policyNames(deny[0].By), "egress": policyNames(deny[1].By)}
	switch {
	case deny[0].Holds() && deny[1].Holds():
		return passes(field, value, "Denied by default: ingress by %s, egress by %s%s",
			list(value["ingress"]), list(value["egress"]), hosts).of(n.ref, cites...)
	case len(n.workloads) == 0:
		return notApplicable(field, value, "Nothing runs in it; it has no default deny in both directions").of(n.ref, cites...)
	}
	var lacks []string
	opened := false
	for i, d := range deny {
		if !d.Holds() {
			lacks = append(lacks, lacking(network.Direction(i), d))
			opened = opened || len(d.Opened) > 0
		}
	}
	if !seen && !opened {
		return unknown(field, value, "No default deny was seen, and the policies could not all be seen%s", hosts).of(n.ref, cites...)
	}
	sentence := strings.Join(lacks, "; ")
	return fails(field, value, "%s%s%s", strings.ToUpper(sentence[:1]), sentence[1:], hosts).of(n.ref, cites...)
}

func lacking(direction network.Direction, d network.DefaultDeny) string {
	if len(d.Opened) > 0 {
		return fmt.Sprintf("%s is opened to everybody for every pod by %s", direction, list(policyNames(d.Opened)))
	}
	return fmt.Sprintf("no policy for every pod denies %s by default", direction)
}

func policyNames(policies []network.Policy) []string {
	names := []string{}
	for _, p := range policies {
		names = append(names, p.Ref.Name)
	}
	return names
}

func hostNetworked(n *namespace) string {
	hosts := 0
	for _, w := range n.workloads {
		if w.spec.HostNetwork {
			hosts++
		}
	}
	if hosts == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s on the network of the node, where no policy applies)", count(hosts, "workload"))
}
