package policy

import (
	"fmt"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
)

// What no API server takes is in force nowhere, and judged here it would leave out what
// its author meant: it is refused with its place.

// refusedPolicy reports what no server takes of a policy.
func refusedPolicy(p *admissionv1.ValidatingAdmissionPolicy, report func(place, cause string)) {
	if f := p.Spec.FailurePolicy; f != nil {
		oneOfWords(report, "spec.failurePolicy", string(*f), string(admissionv1.Fail), string(admissionv1.Ignore))
	}
	if k := p.Spec.ParamKind; k != nil && (k.APIVersion == "" || k.Kind == "") {
		report("spec.paramKind", "it wants an apiVersion and a kind")
	}
	for i, v := range p.Spec.Validations {
		if strings.TrimSpace(v.Expression) == "" {
			report(fmt.Sprintf("spec.validations[%d].expression", i), "it says nothing")
		}
	}
	var names []string
	for i, c := range p.Spec.MatchConditions {
		if c.Name == "" || slices.Contains(names, c.Name) {
			report(fmt.Sprintf("spec.matchConditions[%d].name", i), fmt.Sprintf("%q: want a name, once", c.Name))
		}
		names = append(names, c.Name)
	}
	refusedMatch("spec.matchConstraints", p.Spec.MatchConstraints, report)
}

// refusedBinding reports what no server takes of a binding.
func refusedBinding(b *admissionv1.ValidatingAdmissionPolicyBinding, report func(place, cause string)) {
	if b.Spec.PolicyName == "" {
		report("spec.policyName", "it is missing")
	}
	actions := b.Spec.ValidationActions
	for _, a := range actions {
		oneOfWords(report, "spec.validationActions", string(a), string(admissionv1.Deny), string(admissionv1.Warn), string(admissionv1.Audit))
	}
	if len(actions) == 0 || slices.Contains(actions, admissionv1.Deny) && slices.Contains(actions, admissionv1.Warn) {
		report("spec.validationActions", "want at least one, and not both Deny and Warn")
	}
	if p := b.Spec.ParamRef; p != nil {
		if (p.Name == "") == (p.Selector == nil) {
			report("spec.paramRef", "want a name or a selector")
		}
		if p.ParameterNotFoundAction == nil {
			report("spec.paramRef.parameterNotFoundAction", "it is missing")
		} else {
			oneOfWords(report, "spec.paramRef.parameterNotFoundAction", string(*p.ParameterNotFoundAction), string(admissionv1.AllowAction), string(admissionv1.DenyAction))
		}
	}
	refusedMatch("spec.matchResources", b.Spec.MatchResources, report)
}

func refusedMatch(at string, m *admissionv1.MatchResources, report func(place, cause string)) {
	if m == nil {
		return
	}
	if p := m.MatchPolicy; p != nil {
		oneOfWords(report, at+".matchPolicy", string(*p), string(admissionv1.Exact), string(admissionv1.Equivalent))
	}
	for i, r := range m.ResourceRules {
		refusedRule(fmt.Sprintf("%s.resourceRules[%d]", at, i), r, report)
	}
	for i, r := range m.ExcludeResourceRules {
		refusedRule(fmt.Sprintf("%s.excludeResourceRules[%d]", at, i), r, report)
	}
}

func refusedRule(at string, r admissionv1.NamedRuleWithOperations, report func(place, cause string)) {
	var operations []string
	for _, o := range r.Operations {
		operations = append(operations, string(o))
		oneOfWords(report, at+".operations", string(o), string(admissionv1.Create), string(admissionv1.Update), string(admissionv1.Delete), string(admissionv1.Connect), string(admissionv1.OperationAll))
	}
	for _, list := range []struct {
		name string
		of   []string
		none bool // "" is one
	}{{"operations", operations, false}, {"apiGroups", r.APIGroups, true}, {"apiVersions", r.APIVersions, false}, {"resources", r.Resources, false}} {
		switch {
		case len(list.of) == 0:
			report(at+"."+list.name, "it names none")
		case !list.none && slices.Contains(list.of, ""):
			report(at+"."+list.name, "an empty name is none")
		case list.name != "resources" && len(list.of) > 1 && slices.Contains(list.of, "*"):
			report(at+"."+list.name, `"*" stands alone`)
		}
	}
	if r.Scope != nil {
		oneOfWords(report, at+".scope", string(*r.Scope), string(admissionv1.ClusterScope), string(admissionv1.NamespacedScope), string(admissionv1.AllScopes))
	}
}

// oneOfWords reports a word that is none of those that a server knows, which are in their
// own case.
func oneOfWords(report func(place, cause string), at, word string, want ...string) {
	if !slices.Contains(want, word) {
		report(at, fmt.Sprintf("%q is none of %s", word, strings.Join(want, ", ")))
	}
}
