package policy

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	admissionv1 "k8s.io/api/admissionregistration/v1"

	"tickmark/engine"
)

// What a rule names is what a server asks its policies about: a resource with or without
// its parts, in its scope, and never policies and their bindings themselves.
func TestWhatARuleOfAPolicyNames(t *testing.T) {
	policyKind, bindingKind := engine.Kind{Group: admissionv1.GroupName, Kind: "ValidatingAdmissionPolicy"}, engine.Kind{Group: admissionv1.GroupName, Kind: "MutatingAdmissionPolicyBinding"}
	webhooks := engine.Kind{Group: admissionv1.GroupName, Kind: "ValidatingWebhookConfiguration"}
	r := &reading{World: World{Resources: slices.Concat(testResources, []Resource{
		{policyKind, "validatingadmissionpolicies", "v1", false}, {bindingKind, "mutatingadmissionpolicybindings", "v1", false}, {webhooks, "validatingwebhookconfigurations", "v1", false},
	})}}
	pods, maps, namespaces, deployments := testResources[0].Kind, testResources[1].Kind, testResources[2].Kind, testResources[3].Kind
	cluster := admissionv1.ClusterScope
	for name, c := range map[string]struct {
		groups, resources []string
		scope             *admissionv1.ScopeType
		want              []engine.Kind
	}{
		"one":                    {[]string{""}, []string{"pods"}, nil, []engine.Kind{pods}},
		"with its parts":         {[]string{""}, []string{"pods/*"}, nil, []engine.Kind{pods}},
		"a part of it":           {[]string{""}, []string{"pods/exec"}, nil, nil},
		"all of a group":         {[]string{""}, []string{"*"}, nil, []engine.Kind{pods, maps, namespaces}},
		"all":                    {[]string{"*"}, []string{"*/*"}, nil, []engine.Kind{pods, maps, namespaces, deployments, webhooks}},
		"all that is in none":    {[]string{"*"}, []string{"*"}, &cluster, []engine.Kind{namespaces, webhooks}},
		"policies by their name": {[]string{admissionv1.GroupName}, []string{"validatingadmissionpolicies", "mutatingadmissionpolicybindings"}, nil, nil},
		"what nobody here knows": {[]string{"example.com"}, []string{"things"}, nil, []engine.Kind{{Group: "example.com", Kind: "things"}}},
		"all of such":            {[]string{"example.com"}, []string{"*"}, nil, []engine.Kind{{Group: "example.com", Kind: "*"}}},
	} {
		rule := admissionv1.NamedRuleWithOperations{RuleWithOperations: admissionv1.RuleWithOperations{
			Operations: []admissionv1.OperationType{admissionv1.Create}, Rule: admissionv1.Rule{APIGroups: c.groups, APIVersions: []string{"*"}, Resources: c.resources, Scope: c.scope},
		}}
		var got []engine.Kind
		for _, one := range r.named(rule) {
			got = append(got, one.Kind)
		}
		assert.Equal(t, c.want, got, name)
	}
}
