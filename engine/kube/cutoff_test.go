package kube_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// A file of YAML that was cut off between two lines reads as it stands. Where an object at
// its end lacks what it has to have, that is said; what stands before another was not cut.
func TestAnObjectAtTheEndOfAFileMayHaveBeenCutOff(t *testing.T) {
	whole := "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\n  namespace: pay\nspec:\n  replicas: 2\n  template:\n    spec:\n      hostNetwork: false\n      containers:\n      - name: api\n        image: nginx\n"
	lines := strings.SplitAfter(whole, "\n")
	of := engine.Kind{Group: "apps", Kind: "Deployment"}
	for n := 5; n < len(lines); n++ {
		text := strings.Join(lines[:n], "")
		for how, gaps := range map[string][]engine.Gap{
			"manifests": first(scan(t, folder(t, map[string]string{"a.yaml": text}))), "dump": first(collect(t, dump(saved{"pay/a.yaml": text}.folder(t)))),
			"among them": first(scan(t, folder(t, map[string]string{"a.yaml": whole + "---\n" + text}))),
		} {
			found := false
			for _, g := range gaps {
				found = found || g.Kind == of && (g.Name == "api" && strings.Contains(g.Cause, "it may have been cut off") || strings.Contains(g.Cause, "metadata alone"))
			}
			assert.Equal(t, n <= 11, found, "%s, %d lines: %v", how, n, lines[n-1])
		}
	}
	for name, text := range map[string]string{
		"before another": strings.Join(lines[:5], "") + "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: pay}\n",
		"with its end":   strings.Join(lines[:5], "") + "...\n", "in braces": "{apiVersion: apps/v1, kind: Deployment, metadata: {name: api}}\n",
		"with no roles": "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: r\n",
	} {
		assert.Empty(t, first(scan(t, folder(t, map[string]string{"a.yaml": text}))), name)
	}
}

func first(s engine.Snapshot, _ kept) []engine.Gap { return s.Gaps }

func TestAnObjectThatDoesNotFitNamesTheField(t *testing.T) {
	for text, want := range map[string]string{
		"hostPID: 'yes'": "spec.hostPID is a string", "containers: nginx": "spec.containers is a string", "containers: [{name: a, ports: [{containerPort: x}]}]": "spec.containers.ports.containerPort is a string",
		"containers: [{name: a, env: [{name: A, value: 1}]}]": "spec.containers.env.value is a number", "activeDeadlineSeconds: 1.5": "spec.activeDeadlineSeconds is a number",
	} {
		gaps := first(scan(t, folder(t, map[string]string{"a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {" + text + "}\n"})))
		require.NotEmpty(t, gaps, text)
		assert.Contains(t, gaps[0].Cause, "decode Pod: "+want)
	}
}

// A kind that is called after secrets is no name of one: why it could not be seen is said.
func TestWhyAKindCalledAfterSecretsCouldNotBeSeen(t *testing.T) {
	s, _ := collect(t, dump(saved{"pods.json": lists(podJSON("pay", "api"))}.folder(t)))
	said := 0
	for _, g := range s.Gaps {
		assert.NotContains(t, g.Cause, "[redacted:", "%s", g.Kind)
		if g.Kind.Kind == "ExternalSecret" {
			said++
			assert.Equal(t, "read externalsecrets.external-secrets.io: the dump holds no list", g.Cause)
		}
	}
	assert.Equal(t, 1, said)
}
