package kube_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// What kustomize changes is not what the files say: nothing passes for what they say.
func TestWhatKustomizeMakesIsNotSeen(t *testing.T) {
	const said = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
	for name, c := range map[string]struct {
		file, text string
		hidden     []engine.Kind
		cause      string
	}{
		"only resources":           {"a/kustomization.yaml", "resources: [../base, ../base/pod.yaml]\nreplicas: [{name: x, count: 2}]\npatches: []\n", nil, ""},
		"only resources, in full":  {"a/kustomization.yaml", said + "resources: [../base]\n", nil, ""},
		"patches":                  {"a/kustomization.yaml", "resources: [../base]\npatches: [{patch: x}]\n", []engine.Kind{{}}, "(patches)"},
		"an older spelling":        {"a/kustomization.yml", "bases: [../base]\npatchesStrategicMerge: [x.yaml]\n", []engine.Kind{{}}, "(patchesStrategicMerge)"},
		"a name without extension": {"a/Kustomization", "nameSuffix: -a\nnamespace: pay\n", []engine.Kind{{}}, "(nameSuffix, namespace)"},
		"a component":              {"a/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: x\n", []engine.Kind{{}}, "(namePrefix)"},
		"under another name":       {"a/k.yaml", said + "transformers: [x.yaml]\n", []engine.Kind{{}}, "(transformers)"},
		"what nobody knows yet":    {"a/kustomization.yaml", said + "novelty: {a: b}\n", []engine.Kind{{}}, "(novelty)"},
		"images":                   {"a/kustomization.yaml", said + "images: [{name: a, newTag: b}]\n", []engine.Kind{podKind}, "(images)"},
		"generators": {
			"a/kustomization.yaml", said + "configMapGenerator: [{name: a}]\nsecretGenerator: [{name: a}]\n",
			[]engine.Kind{{Kind: "ConfigMap"}, {Kind: "Secret"}},
			"Generator)",
		},
		"a repository":             {"a/kustomization.yaml", "resources: [https://example.com/a.yaml]\n", []engine.Kind{{}}, "example.com"},
		"a repository by its name": {"a/kustomization.yaml", "resources: [github.com/example/a]\n", []engine.Kind{{}}, "github.com/example/a"},
		"outside":                  {"a/kustomization.yaml", "resources: [../../other]\n", []engine.Kind{{}}, "../../other"},
		"Flux, as it is":           {"a/flux.yaml", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x}\nspec: {path: ./base, patches: []}\n", nil, ""},
		"Flux, changed": {
			"a/flux.yaml", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x}\nspec: {path: ./base, postBuild: {substitute: {a: b}}}\n",
			[]engine.Kind{{}},
			"(spec.postBuild)",
		},
		"the same name elsewhere": {"a/kustomization.yaml", "apiVersion: example.com/v1\nkind: Kustomization\nmetadata: {name: x}\npatches: [x]\n", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := scan(t, folder(t, map[string]string{c.file: c.text, "base/pod.yaml": fmt.Sprintf(pod, "fine")}))
			var hidden []engine.Kind
			for _, g := range s.Gaps {
				assert.Equal(t, engine.Unsupported, g.Reason)
				assert.Contains(t, g.Source, c.file)
				assert.Contains(t, g.Cause, c.cause)
				assert.False(t, s.Saw(g.Kind))
				hidden = append(hidden, g.Kind)
			}
			assert.ElementsMatch(t, c.hidden, hidden)
			assert.Equal(t, len(hidden) == 0 || hidden[0] == engine.Kind{Kind: "ConfigMap"}, s.Saw(podKind))
		})
	}
}

// An object that holds others is not what they are: each of them is named, and a
// Secret among them stays one.
func TestAnObjectThatHoldsObjects(t *testing.T) {
	s, documents := scan(t, folder(t, map[string]string{"x.yaml": `apiVersion: template.openshift.io/v1
kind: Template
metadata: {name: x}
objects:
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: all}, roleRef: {kind: ClusterRole, name: cluster-admin}}
- {apiVersion: v1, kind: Secret, metadata: {name: key, namespace: pay}, stringData: {plain: horsebattery}, data: {more: c3RhcGxl}}
---
apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata: {name: y, namespace: c}
spec: {workload: {manifests: [{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: open, namespace: pay}, spec: {}}]}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: z, ownerReferences: [{apiVersion: v1, kind: ConfigMap, metadata: {}}]}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}}
`}))
	var named []string
	for _, g := range s.Gaps {
		assert.Equal(t, engine.Unsupported, g.Reason)
		named = append(named, fmt.Sprintf("%s %s/%s: %s", g.Kind, g.Namespace, g.Name, g.Cause))
	}
	assert.ElementsMatch(t, []string{
		"ClusterRoleBinding.rbac.authorization.k8s.io /all: read Template.template.openshift.io: an object that it holds is not evaluated",
		"Secret pay/key: read Template.template.openshift.io: an object that it holds is not evaluated",
		"NetworkPolicy.networking.k8s.io pay/open: read ManifestWork.work.open-cluster-management.io: an object that it holds is not evaluated",
	}, named)
	require.Len(t, s.Entries, 3)
	for _, d := range documents {
		assert.NotContains(t, string(d.Body), "horsebattery")
		assert.NotContains(t, string(d.Body), "c3RhcGxl")
	}
	assert.Equal(t, 2, s.Redacted["secret-value"])
}
