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

// MarshalText writes what String returns.
func (d Direction) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Policy is one NetworkPolicy, read.
type Policy struct {
	Ref    engine.Ref
	Digest engine.Digest
	Spec   *networkingv1.NetworkPolicySpec
	// Invalid says why the pod selector cannot be understood; nil where it can.
	// An invalid policy selects nothing.
	Invalid error

	selector labels.Selector
	again    error // another of its name stands beside it
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

// Selector returns the pod selector as kubectl writes it, "" where it is empty.
func (p Policy) Selector() string { return p.selector.String() }

// Selects reports whether p selects a pod of its namespace with these labels.
func (p Policy) Selects(podLabels labels.Labels) bool {
	return p.Invalid == nil && p.selector.Matches(podLabels)
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
