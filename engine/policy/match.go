package policy

import (
	"fmt"
	"path"
	"slices"

	"tickmark/engine"
)

// match says which objects a policy judges. What is empty chooses all.
type match struct {
	Kinds      []string          `json:"kinds"`      // "Pod", "Deployment.apps"
	Namespaces []string          `json:"namespaces"` // patterns as path.Match knows them
	Except     []string          `json:"except"`     // namespaces that are left out, patterns too
	Zones      []string          `json:"zones"`      // of the scope
	Labels     map[string]string `json:"labels"`     // all of them
}

func (m match) kinds() []engine.Kind { return kindsNamed(m.Kinds) }

func kindsNamed(names []string) []engine.Kind {
	kinds := make([]engine.Kind, len(names))
	for i, name := range names {
		kinds[i] = kindNamed(name)
	}
	return kinds
}

// place is the namespace that an object is in; a Namespace is in itself.
func place(r engine.Ref) string {
	if r.Of() == (engine.Kind{Kind: "Namespace"}) {
		return r.Name
	}
	return r.Namespace
}

// has reports whether an object is judged.
func (m match) has(v *engine.View, r engine.Ref, tree map[string]any) bool {
	namespace := place(r)
	if len(m.Namespaces) > 0 && !matchesAny(m.Namespaces, namespace) || matchesAny(m.Except, namespace) {
		return false
	}
	inZone := func(zone string) bool { return v.Params().InZone(zone, v.Target().ID, namespace) }
	if len(m.Zones) > 0 && !slices.ContainsFunc(m.Zones, inZone) {
		return false
	}
	labels := labelsOf(tree)
	for name, value := range m.Labels {
		if has, is := labels[name]; !is || has != value {
			return false
		}
	}
	return true
}

// undeclared are the zones that the scope does not have.
func (m match) undeclared(p engine.Params) []string {
	var missing []string
	for _, zone := range m.Zones {
		if _, declared := p.Zones[zone]; !declared {
			missing = append(missing, zone)
		}
	}
	return missing
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		is, err := path.Match(pattern, name)
		return err == nil && is
	})
}

// faults are what is wrong with m, by place.
func (m match) faults(report func(place, cause string)) {
	if len(m.Kinds) == 0 {
		report("match.kinds", "it names no kind, so that nothing is judged")
	}
	checkKinds("match.kinds", m.Kinds, report)
	for field, patterns := range map[string][]string{"namespaces": m.Namespaces, "except": m.Except} {
		for i, pattern := range patterns {
			if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
				report(fmt.Sprintf("match.%s[%d]", field, i), fmt.Sprintf("%q is no pattern of names", pattern))
			}
		}
	}
}

func checkKinds(at string, names []string, report func(place, cause string)) {
	for i, name := range names {
		if !kindText().MatchString(name) {
			report(fmt.Sprintf("%s[%d]", at, i), fmt.Sprintf("%q is no kind: want KIND or KIND.GROUP, such as Pod or Deployment.apps", name))
		} else if slices.Contains(names[:i], name) {
			report(fmt.Sprintf("%s[%d]", at, i), name+" stands twice")
		}
	}
}
