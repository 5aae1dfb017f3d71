package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"tickmark/engine"
)

// constraint is one kind that a rule of an admission policy names.
type constraint struct {
	Resource
	names          []string // of objects; none is all
	create, update bool     // when it comes in, when it is changed
	// otherwise says that the rule names other versions of the kind than the one that is
	// listed: whether the server takes these for the same hangs on what it serves.
	otherwise bool
}

// but takes out the operations of another.
func (c constraint) but(o constraint) constraint {
	c.create, c.update = c.create && !o.create, c.update && !o.update
	return c
}

// and leaves the operations that another has too.
func (c constraint) and(o constraint) constraint {
	c.create, c.update = c.create && o.create, c.update && o.update
	return c
}

// boundRule is what a policy or a binding of it is narrowed to.
type boundRule struct {
	rules, excluded []constraint
	narrows         bool // it has rules, be it that they choose nothing
}

// constrained reads the rules of a policy or a binding.
func (r *reading) constrained(m *admissionv1.MatchResources, report func(place, cause string)) (rules, excluded []constraint) {
	if m == nil {
		return nil, nil
	}
	for _, s := range []*metav1.LabelSelector{m.NamespaceSelector, m.ObjectSelector} {
		if _, err := metav1.LabelSelectorAsSelector(s); err != nil {
			report("matchResources", err.Error())
		}
	}
	for _, rule := range m.ResourceRules {
		rules = append(rules, r.named(rule)...)
	}
	for _, rule := range m.ExcludeResourceRules {
		excluded = append(excluded, r.named(rule)...)
	}
	return rules, excluded
}

// named are the kinds of a rule. One that names a resource that nobody knows stands
// for a kind that was never listed, so that its objects are unknown.
func (r *reading) named(rule admissionv1.NamedRuleWithOperations) []constraint {
	has := func(op admissionv1.OperationType) bool {
		return slices.Contains(rule.Operations, op) || slices.Contains(rule.Operations, admissionv1.OperationAll)
	}
	of := constraint{names: rule.ResourceNames, create: has(admissionv1.Create), update: has(admissionv1.Update)}
	if !of.chooses() {
		return nil
	}
	var all []constraint
	for _, group := range rule.APIGroups {
		for _, name := range rule.Resources {
			name = strings.TrimSuffix(name, "/*")
			if strings.Contains(name, "/") {
				continue // a part of an object that comes in by itself
			}
			found := name == "*" && slices.ContainsFunc(r.Resources, func(known Resource) bool { return known.Kind.Group == group })
			for _, known := range r.Resources {
				if group != "*" && group != known.Kind.Group || name != "*" && name != known.Name || !inScope(rule.Scope, known.Namespaced) {
					continue
				}
				if found = true; exempt(known.Kind) {
					continue
				}
				of.Resource = known
				of.otherwise = !slices.Contains(rule.APIVersions, "*") && !slices.Contains(rule.APIVersions, known.Version)
				all = append(all, of)
			}
			if !found && group != "*" { // "*" is all that a group has of which nothing is known
				of.Resource, of.otherwise = Resource{Kind: engine.Kind{Group: group, Kind: name}, Name: name}, false
				all = append(all, of)
			}
		}
	}
	return all
}

// exempt reports whether a server takes objects of a kind in without asking any policy:
// policies and their bindings, so that none can keep itself from being taken back.
func exempt(k engine.Kind) bool {
	return k.Group == admissionv1.GroupName && strings.Contains(k.Kind, "AdmissionPolicy")
}

func inScope(scope *admissionv1.ScopeType, namespaced bool) bool {
	if scope == nil || *scope == admissionv1.AllScopes {
		return true
	}
	return namespaced == (*scope == admissionv1.NamespacedScope)
}

// constraintOf returns what the rules that choose an object say together: at least, and
// at most.
func constraintOf(rules []constraint, r engine.Ref) (least, most constraint) {
	for _, c := range rules {
		if c.Kind == r.Of() && (len(c.names) == 0 || slices.Contains(c.names, r.Name)) {
			most.Resource, most.create, most.update = c.Resource, most.create || c.create, most.update || c.update
			if !c.otherwise {
				least.Resource, least.create, least.update = c.Resource, least.create || c.create, least.update || c.update
			}
		}
	}
	return least, most
}

var errOtherVersions = errors.New("a rule names another version of its kind than the one that was seen, and which the server takes for the same is not known")

// chosen returns what rules, but for what is excluded, choose of an object. Narrowed is
// what is chosen before; a rule narrows it where there are any.
func (b boundRule) chosen(r engine.Ref, narrowed *constraint) (constraint, error) {
	least, most := constraintOf(b.rules, r)
	switch {
	case narrowed != nil && !b.narrows:
		least, most = *narrowed, *narrowed
	case narrowed != nil:
		least, most = narrowed.and(least), narrowed.and(most)
	}
	leastOut, mostOut := constraintOf(b.excluded, r)
	least, most = least.but(mostOut), most.but(leastOut)
	if least.create != most.create || least.update != most.update {
		return most, errOtherVersions
	}
	return most, nil
}

// chooses reports whether c is any operation.
func (c constraint) chooses() bool { return c.create || c.update }

// selects reports whether the selectors of m choose an object.
func selects(v *engine.View, m *admissionv1.MatchResources, r engine.Ref, tree map[string]any) (bool, error) {
	if m == nil {
		return true, nil
	}
	matches := func(s *metav1.LabelSelector, of map[string]string) bool {
		selector, err := metav1.LabelSelectorAsSelector(s)
		return err == nil && selector.Matches(labels.Set(of))
	}
	if m.ObjectSelector != nil && !matches(m.ObjectSelector, labelsOf(tree)) {
		return false, nil
	}
	if m.NamespaceSelector == nil || len(m.NamespaceSelector.MatchLabels)+len(m.NamespaceSelector.MatchExpressions) == 0 || place(r) == "" {
		return true, nil
	}
	namespace, err := namespaceTree(v, place(r))
	if err != nil {
		return false, err
	}
	of := labelsOf(namespace)
	of["kubernetes.io/metadata.name"] = place(r) // which every server puts there
	return matches(m.NamespaceSelector, of), nil
}

// paramObjects are the objects of the files that are of the kind of the parameters.
func (a *admission) paramObjects() []map[string]any {
	found := []map[string]any{}
	for _, o := range a.objects {
		if o["kind"] == a.policy.Spec.ParamKind.Kind && o["apiVersion"] == a.policy.Spec.ParamKind.APIVersion {
			found = append(found, o)
		}
	}
	return found
}

// scopeOf is where the objects of a kind are; "" where nobody here knows.
func (r *reading) scopeOf(k *admissionv1.ParamKind) admissionv1.ScopeType {
	if k == nil {
		return ""
	}
	group, _, grouped := strings.Cut(k.APIVersion, "/")
	if !grouped {
		group = ""
	}
	for _, known := range r.Resources {
		switch {
		case known.Kind != engine.Kind{Group: group, Kind: k.Kind}:
		case known.Namespaced:
			return admissionv1.NamespacedScope
		default:
			return admissionv1.ClusterScope
		}
	}
	return ""
}

// param is an object that holds parameters, with its digest where it is evidence.
type param struct {
	tree   any // null where the policy takes none
	digest engine.Digest
}

// paramsOf returns what a binding gives a policy for an object.
func (a *admission) paramsOf(v *engine.View, b *admissionv1.ValidatingAdmissionPolicyBinding, r engine.Ref) ([]param, error) {
	kind := a.policy.Spec.ParamKind
	if kind == nil {
		return []param{{}}, nil
	}
	if b == nil || b.Spec.ParamRef == nil {
		return nil, fmt.Errorf("the policy takes parameters from a %s, and no binding names one", kind.Kind)
	}
	where := *b.Spec.ParamRef
	switch inNone := a.paramScope == admissionv1.ClusterScope; {
	case inNone && where.Namespace != "":
		return nil, fmt.Errorf("the binding names a namespace, and a %s is in none", kind.Kind)
	case a.paramScope == admissionv1.NamespacedScope && where.Namespace == "" && place(r) == "":
		return nil, fmt.Errorf("the binding takes a %s from the namespace of what comes in, and this is in none", kind.Kind)
	}
	namespace := cmp.Or(where.Namespace, place(r))
	selector, err := metav1.LabelSelectorAsSelector(where.Selector)
	if err != nil {
		return nil, err
	}
	var found []param
	take := func(tree map[string]any, digest engine.Digest) {
		in, name := textAt(tree, "metadata", "namespace"), textAt(tree, "metadata", "name")
		named := where.Name != "" && where.Name == name || where.Selector != nil && selector.Matches(labels.Set(labelsOf(tree)))
		if named && (in == "" || in == namespace) {
			found = append(found, param{tree, digest})
		}
	}
	for _, tree := range a.paramObjects() {
		before := len(found)
		if take(tree, engine.Digest{}); len(found) > before && a.paramScope == admissionv1.NamespacedScope && textAt(tree, "metadata", "namespace") == "" {
			return nil, fmt.Errorf("the %s %s that stands beside the policy says no namespace", kind.Kind, oneLine(textAt(tree, "metadata", "name")))
		}
	}
	if len(found) > 0 && where.Selector == nil {
		return found, nil
	}
	written := slices.Clone(found)
	group, _, grouped := strings.Cut(kind.APIVersion, "/")
	if !grouped {
		group = ""
	}
	of := engine.Kind{Group: group, Kind: kind.Kind}
	for _, o := range v.Objects(of) {
		tree, err := decoded(v, o)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(written, func(p param) bool { // which will take its place
			return textAt(p.tree, "metadata", "namespace") == o.Ref.Namespace && textAt(p.tree, "metadata", "name") == o.Ref.Name
		}) {
			take(tree, o.Digest)
		}
	}
	if len(found) == 0 || where.Selector != nil { // a selector chooses those too that were not seen
		return found, unseen(v, of)
	}
	return found, nil
}
