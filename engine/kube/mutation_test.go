package kube_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
)

// What a policy among the files changes as objects are taken in is not what they say, where
// a binding puts it in force.
func TestWhatIsChangedAtAdmission(t *testing.T) {
	policy := func(rule string) string {
		return "apiVersion: admissionregistration.k8s.io/v1beta1\nkind: MutatingAdmissionPolicy\nmetadata: {name: m}\nspec: {matchConstraints: {resourceRules: [" + rule + "]}}\n"
	}
	const binding = "---\napiVersion: admissionregistration.k8s.io/v1beta1\nkind: MutatingAdmissionPolicyBinding\nmetadata: {name: b}\nspec: {policyName: m}\n"
	const pods = "{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}"
	deployment := engine.Kind{Group: "apps", Kind: "Deployment"}
	for name, c := range map[string]struct {
		text string
		want []engine.Kind
	}{
		"not bound":              {policy(pods), nil},
		"bound":                  {policy(pods) + binding, []engine.Kind{podKind}},
		"a part of pods":         {policy("{apiGroups: [''], operations: [UPDATE], resources: [pods/ephemeralcontainers]}") + binding, []engine.Kind{podKind}},
		"another group":          {policy("{apiGroups: [apps], operations: [CREATE], resources: [deployments, deployments]}") + binding, []engine.Kind{deployment}},
		"everything":             {policy("{apiGroups: ['*'], operations: ['*'], resources: ['*']}") + binding, []engine.Kind{{}}},
		"what nobody here reads": {policy("{apiGroups: [example.com], operations: ['*'], resources: [things]}") + binding, nil},
	} {
		s, _ := scan(t, folder(t, map[string]string{"m.yaml": c.text, "pod.yaml": fmt.Sprintf(pod, "fine")}))
		var hidden []engine.Kind
		for _, g := range s.Gaps {
			assert.Contains(t, g.Cause, "MutatingAdmissionPolicy m changes such objects")
			assert.False(t, s.Saw(g.Kind))
			hidden = append(hidden, g.Kind)
		}
		assert.Equal(t, c.want, hidden, name)
	}
}
