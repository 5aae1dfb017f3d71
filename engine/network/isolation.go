package network

import (
	"k8s.io/apimachinery/pkg/labels"

	"tickmark/engine"
)

// Policies are the network policies of one target by namespace.
type Policies struct {
	byNamespace map[string][]Policy
}

// NewPolicies groups policies by namespace and keeps their order.
func NewPolicies(policies []Policy) *Policies {
	all := &Policies{byNamespace: map[string][]Policy{}}
	for _, p := range policies {
		all.byNamespace[p.Ref.Namespace] = append(all.byNamespace[p.Ref.Namespace], p)
	}
	return all
}

type policiesKey struct{}

// PoliciesOf reads the policies of a view, once per view.
func PoliciesOf(v *engine.View) *Policies {
	return engine.Memo(v, policiesKey{}, func() *Policies { return NewPolicies(readPolicies(v)) })
}

// In returns the policies of a namespace in the order of their names.
func (p *Policies) In(namespace string) []Policy { return p.byNamespace[namespace] }

// Isolation returns the policies that isolate a pod with these labels in
// direction d; none means that every connection is allowed.
func (p *Policies) Isolation(namespace string, podLabels map[string]string, d Direction) []Policy {
	var isolating []Policy
	for _, policy := range p.byNamespace[namespace] {
		if policy.Isolates(d) && policy.Selects(labels.Set(podLabels)) {
			isolating = append(isolating, policy)
		}
	}
	return isolating
}

// DefaultDeny is what stands between the pods of a namespace and everybody in
// one direction.
type DefaultDeny struct {
	By     []Policy // policies that isolate every pod, those to come included
	Opened []Policy // those that alone or together allow everything to a pod without labels
}

// Holds reports whether connections are denied unless a policy allows them.
func (d DefaultDeny) Holds() bool { return len(d.By) > 0 && len(d.Opened) == 0 }

// DefaultDeny returns the default deny of a namespace in direction d. What a policy
// opens for pods without labels it opens for those that nobody thought of, whatever
// it leaves out by name.
func (p *Policies) DefaultDeny(namespace string, d Direction) DefaultDeny {
	var deny DefaultDeny
	var together opening
	var parts []Policy
	for _, policy := range p.byNamespace[namespace] {
		if !policy.Isolates(d) || !policy.Selects(labels.Set(nil)) {
			continue
		}
		if policy.SelectsAll() {
			deny.By = append(deny.By, policy)
		}
		var alone opening
		alone.add(policy, d)
		if alone.opensAll() {
			deny.Opened = append(deny.Opened, policy)
		}
		if len(alone.blocks) > 0 {
			parts = append(parts, policy)
			together.add(policy, d)
		}
	}
	if len(deny.Opened) == 0 && together.opensAll() {
		deny.Opened = parts
	}
	return deny
}
