package network

import (
	"fmt"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"tickmark/engine"
)

// PolicyKind is the kind of NetworkPolicy objects.
var PolicyKind = engine.Kind{Group: networkingv1.GroupName, Kind: "NetworkPolicy"}

// Direction is the way of a connection as seen from a pod.
type Direction int

// The directions.
const (
	Ingress Direction = iota // into the pod
	Egress                   // out of the pod
)

// String returns "ingress" or "egress".
func (d Direction) String() string {
	if d == Egress {
		return "egress"
	}
	return "ingress"
}

// Policy is one NetworkPolicy, read.
type Policy struct {
	Ref    engine.Ref
	Digest engine.Digest
	Spec   *networkingv1.NetworkPolicySpec
	// Invalid says why the pod selector cannot be understood; nil where it can.
	// An invalid policy selects nothing.
	Invalid error

	selector labels.Selector
}

// NewPolicy reads the spec of a policy.
func NewPolicy(ref engine.Ref, digest engine.Digest, spec *networkingv1.NetworkPolicySpec) Policy {
	p := Policy{Ref: ref, Digest: digest, Spec: spec, selector: labels.Nothing()}
	selector, err := metav1.LabelSelectorAsSelector(&spec.PodSelector)
	if err != nil {
		p.Invalid = fmt.Errorf("read pod selector of %s: %w", ref, err)
		return p
	}
	p.selector = selector
	return p
}

// SelectsAll reports whether p selects every pod of its namespace, those to come
// included: its pod selector is empty.
func (p Policy) SelectsAll() bool { return p.Invalid == nil && p.selector.Empty() }

// Selects reports whether p selects a pod of its namespace with these labels.
func (p Policy) Selects(podLabels map[string]string) bool {
	return p.Invalid == nil && p.selector.Matches(labels.Set(podLabels))
}

// Isolates reports whether the pods that p selects are isolated in direction d.
// A policy that names no types isolates ingress, and egress only where it has
// egress rules, as the API server fills it in.
func (p Policy) Isolates(d Direction) bool {
	if len(p.Spec.PolicyTypes) == 0 {
		return d == Ingress || len(p.Spec.Egress) > 0
	}
	want := networkingv1.PolicyTypeIngress
	if d == Egress {
		want = networkingv1.PolicyTypeEgress
	}
	return slices.Contains(p.Spec.PolicyTypes, want)
}

// Opens reports whether a rule of p allows every port of everybody, of every pod
// of the cluster or of the whole internet in direction d: such a policy isolates
// in name only.
func (p Policy) Opens(d Direction) bool {
	if !p.Isolates(d) {
		return false
	}
	if d == Ingress {
		return slices.ContainsFunc(p.Spec.Ingress, func(r networkingv1.NetworkPolicyIngressRule) bool {
			return allPorts(r.Ports) && anybody(r.From)
		})
	}
	return slices.ContainsFunc(p.Spec.Egress, func(r networkingv1.NetworkPolicyEgressRule) bool {
		return allPorts(r.Ports) && anybody(r.To)
	})
}

// allPorts reports whether a rule's list of ports names every TCP port: none
// listed, TCP without a number, or the range of all numbers.
func allPorts(ports []networkingv1.NetworkPolicyPort) bool {
	return len(ports) == 0 || slices.ContainsFunc(ports, func(p networkingv1.NetworkPolicyPort) bool {
		if p.Protocol != nil && *p.Protocol != "TCP" {
			return false
		}
		return p.Port == nil || p.EndPort != nil && *p.EndPort == 65535 && p.Port.IntValue() <= 1
	})
}

func anybody(peers []networkingv1.NetworkPolicyPeer) bool {
	return len(peers) == 0 || slices.ContainsFunc(peers, func(p networkingv1.NetworkPolicyPeer) bool {
		if p.IPBlock != nil {
			return p.IPBlock.CIDR == "0.0.0.0/0" || p.IPBlock.CIDR == "::/0"
		}
		return isEmpty(p.NamespaceSelector) && (p.PodSelector == nil || isEmpty(p.PodSelector))
	})
}

func isEmpty(s *metav1.LabelSelector) bool {
	return s != nil && len(s.MatchLabels) == 0 && len(s.MatchExpressions) == 0
}
