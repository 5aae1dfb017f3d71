package checks

import (
	"fmt"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"tickmark/engine"
	"tickmark/engine/network"
)

// Check network-policies-inventory.
//
// An inventory: each NetworkPolicy, AdminNetworkPolicy, BaselineAdminNetworkPolicy and
// ClusterNetworkPolicy, which are the rules of the network security control that 1.2.7
// has reviewed. It judges nothing.
func networkPoliciesInventory() check {
	return check{id: "network-policies-inventory", version: 1, needs: []engine.Kind{network.PolicyKind}, looks: append(kindsAbove(), network.BaselinePolicyKind), eval: func(v *engine.View) []engine.Detail {
		var details []engine.Detail
		for _, p := range engine.All[networkingv1.NetworkPolicy](v, network.PolicyKind) {
			spec := p.Value.Spec
			f := notApplicable("spec.policyTypes", spec.PolicyTypes, "A policy with %s in and %s out", count(len(spec.Ingress), "rule"), count(len(spec.Egress), "rule"))
			details = append(details, f.on(p.Object))
		}
		for _, kind := range []engine.Kind{network.AdminPolicyKind, network.BaselinePolicyKind, network.ClusterPolicyKind} {
			for _, o := range v.Objects(kind) {
				details = append(details, notApplicable("", nil, "A policy of the administrators of the cluster").on(o))
			}
		}
		return details
	}}
}

// Check network-policies-select-pods.
//
// Fails for a NetworkPolicy that selects no pod of its namespace, neither one that
// runs nor one that a workload makes: it protects nothing, by a slip of the pen or
// because what it was for has gone. A policy for every pod of a namespace in which
// nothing runs passes: it waits for what comes. Unknown where its selector is not
// understood, where not all pods and workloads could be seen, and among manifests, where
// what others make of custom resources is not seen.
func networkPoliciesSelectPods() check {
	return check{id: "network-policies-select-pods", version: 1, needs: append(workloadKinds(), network.PolicyKind), eval: func(v *engine.View) []engine.Detail {
		policies := engine.All[networkingv1.NetworkPolicy](v, network.PolicyKind)
		if len(policies) == 0 {
			return nil
		}
		policed := map[string]bool{}
		for _, o := range policies {
			policed[o.Ref.Namespace] = true
		}
		all := workloads(v)
		inNamespace := map[string][]*workload{}
		for i := 0; i < len(all); { // those of one namespace mostly stand together
			at, from := all[i].object.Ref.Namespace, i
			for i < len(all) && all[i].object.Ref.Namespace == at {
				i++
			}
			if policed[at] {
				inNamespace[at] = append(inNamespace[at], all[from:i]...)
			}
		}
		var details []engine.Detail
		for _, o := range policies {
			p := network.NewPolicy(o.Ref, o.Digest, &o.Value.Spec)
			f := inForce(p, judgeSelection(p, inNamespace[o.Ref.Namespace]))
			switch {
			case f.verdict != engine.Fail:
			case isManifests(v):
				f = unknown(f.field, p.Selector(), "It selects no pod of the manifests; what else makes pods in its namespace was not seen")
			case !sawAll(v, workloadKinds()):
				f = unknown(f.field, p.Selector(), "It selects no pod that was seen in its namespace, and not all could be")
			}
			details = append(details, f.on(o.Object))
		}
		return details
	}}
}

func judgeSelection(p network.Policy, there []*workload) finding {
	const field = "spec.podSelector"
	if p.Invalid != nil {
		return unknown(field, nil, "Its selector cannot be understood")
	}
	selected := 0
	for _, w := range there {
		if p.Selects(w.meta.Labels) {
			selected++
		}
	}
	switch {
	case selected > 0:
		return passes(field, p.Selector(), "It selects the pods of %s", count(selected, "workload"))
	case p.SelectsAll():
		return passes(field, "", "It selects every pod of its namespace, in which nothing runs")
	}
	return fails(field, p.Selector(), "It selects no pod of its namespace, where %s", runs(len(there)))
}

func runs(n int) string {
	if n == 0 {
		return "nothing runs"
	}
	return count(n, "workload") + " are"
}

// Check network-policies-limited.
//
// Fails for a rule of a NetworkPolicy that opens every port to or from everybody: no
// peer and no port is named, or its peers are all addresses or every pod of every
// namespace, without a port. Such a rule is no restriction. Unknown for a policy that no
// API server takes. Passes for every other policy.
func networkPoliciesLimited() check {
	return check{id: "network-policies-limited", version: 1, needs: []engine.Kind{network.PolicyKind}, eval: func(v *engine.View) []engine.Detail {
		var details []engine.Detail
		for _, o := range engine.All[networkingv1.NetworkPolicy](v, network.PolicyKind) {
			spec := &o.Value.Spec
			var open []string
			for i, r := range spec.Ingress {
				if len(r.Ports) == 0 && unlimited(r.From) {
					open = append(open, fmt.Sprintf("spec.ingress[%d]", i))
				}
			}
			for i, r := range spec.Egress {
				if len(r.Ports) == 0 && unlimited(r.To) {
					open = append(open, fmt.Sprintf("spec.egress[%d]", i))
				}
			}
			f := passes("spec", nil, "Each of its %d rules names peers or ports", len(spec.Ingress)+len(spec.Egress))
			switch {
			case len(open) > 0:
				f = fails(open[0], nil, "A rule without any limit opens every port to everybody: %s", strings.Join(open, ", "))
			case len(spec.Ingress)+len(spec.Egress) == 0:
				f = passes("spec", nil, "It has no rule, and so allows nothing")
			}
			details = append(details, inForce(network.NewPolicy(o.Ref, o.Digest, spec), f).on(o.Object))
		}
		return details
	}}
}

// inForce is what is found of a policy, and no pass of one that no API server takes.
func inForce(p network.Policy, f finding) finding {
	if refused := p.Refused(); f.verdict == engine.Pass && refused != nil {
		return unknown(f.field, f.value, "It cannot be told: %s", refused)
	}
	return f
}

// unlimited reports whether peers leave nobody out.
func unlimited(peers []networkingv1.NetworkPolicyPeer) bool {
	if len(peers) == 0 {
		return true
	}
	for _, p := range peers {
		if p.IPBlock != nil {
			if strings.HasSuffix(p.IPBlock.CIDR, "/0") && len(p.IPBlock.Except) == 0 {
				return true
			}
			continue
		}
		pods := p.PodSelector == nil || len(p.PodSelector.MatchLabels)+len(p.PodSelector.MatchExpressions) == 0
		all := p.NamespaceSelector != nil && len(p.NamespaceSelector.MatchLabels)+len(p.NamespaceSelector.MatchExpressions) == 0
		if pods && all {
			return true
		}
	}
	return false
}
