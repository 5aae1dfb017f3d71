package kube

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tickmark/engine"
)

// mutation is what policies among files change in objects as a server takes them in.
type mutation struct {
	policies map[string]mutator
	bound    map[string]bool // policies, by name, of which there is a binding
}

// mutator is a policy that changes objects of some kinds; the zero kind is all.
type mutator struct {
	at    place
	kinds []engine.Kind
}

var (
	mutationPolicyKind  = engine.Kind{Group: groupAdmission, Kind: "MutatingAdmissionPolicy"}
	mutationBindingKind = engine.Kind{Group: groupAdmission, Kind: "MutatingAdmissionPolicyBinding"}
)

// take notes a policy or a binding.
func (m *mutation) take(tree map[string]any, of engine.Kind, at place) {
	if of != mutationPolicyKind && of != mutationBindingKind {
		return
	}
	if m.policies == nil {
		m.policies, m.bound = map[string]mutator{}, map[string]bool{}
	}
	spec, _ := tree["spec"].(map[string]any)
	if of == mutationBindingKind {
		name, _ := spec["policyName"].(string)
		m.bound[name] = true
		return
	}
	constraints, _ := spec["matchConstraints"].(map[string]any)
	rules, _ := constraints["resourceRules"].([]any)
	one := mutator{at: at}
	for _, r := range rules {
		rule, _ := r.(map[string]any)
		one.kinds = append(one.kinds, kindsOfRule(words(rule["apiGroups"]), words(rule["resources"]))...)
	}
	m.policies[nameIn(tree).Name] = one
}

func words(v any) []string {
	var all []string
	list, _ := v.([]any)
	for _, w := range list {
		if text, is := w.(string); is {
			all = append(all, text)
		}
	}
	return all
}

// kindsOfRule are the kinds of the table that a rule of an admission policy means, and the
// zero kind for one that means all.
func kindsOfRule(groups, resources []string) []engine.Kind {
	var found []engine.Kind
	anyGroup := slices.Contains(groups, "*")
	for _, name := range resources {
		resource, _, _ := strings.Cut(name, "/")
		if resource == "*" && anyGroup {
			return []engine.Kind{{}}
		}
		for _, k := range kinds {
			if (anyGroup || slices.Contains(groups, k.of.Group)) && (resource == "*" || resource == k.resource) {
				found = append(found, k.of)
			}
		}
	}
	return found
}

// mutated names what bound policies among the files change.
func (s *scan) mutated() {
	for _, name := range slices.Sorted(maps.Keys(s.mutation.policies)) {
		p := s.mutation.policies[name]
		if !s.mutation.bound[name] {
			continue
		}
		slices.SortFunc(p.kinds, func(a, b engine.Kind) int { return strings.Compare(a.String(), b.String()) })
		for _, of := range slices.Compact(p.kinds) {
			s.note(engine.Gap{
				Source: p.at.file, Line: p.at.line, Kind: of, Reason: engine.Unsupported,
				Cause: fmt.Sprintf("MutatingAdmissionPolicy %s changes such objects as a server takes them in, and is not evaluated", Printable(name)),
			})
		}
	}
}
