package argo

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// patched is a workflow of one template under a patch of its own and one of the template.
func patched(t *testing.T, ofAll, ofOne string) Pod {
	t.Helper()
	quote := func(s string) string {
		text, err := json.Marshal(s)
		require.NoError(t, err)
		return string(text)
	}
	w := workflowOf(`{"spec":{"serviceAccountName":"ci","podSpecPatch":` + quote(ofAll) + `,"templates":[{"name":"run","podSpecPatch":` + quote(ofOne) + `,
		"container":{"name":"else","image":"x","env":[{"name":"A","value":"a"}]},"sidecars":[{"name":"side","image":"y","securityContext":{"privileged":true}}],
		"volumes":[{"name":"v","emptyDir":{}}]}]}}`)
	require.Len(t, w.Pods, 1)
	return w.Pods[0]
}

// A patch does what the controller makes of it: YAML or JSON, that of the workflow before
// that of the template, members of lists by their names.
func TestPatches(t *testing.T) {
	const main, side = `{"name":"main","image":"x","env":[{"name":"A","value":"a"}]}`, `{"name":"side","image":"y","securityContext":{"privileged":true}}`
	const volumes = `"volumes":[{"name":"v","emptyDir":{}}]`
	for name, c := range map[string]struct{ ofAll, ofOne, want string }{
		"none":                   {"", "", `{"serviceAccountName":"ci","containers":[` + main + `,` + side + `],` + volumes + `}`},
		"YAML":                   {"hostPID: true", "", `{"serviceAccountName":"ci","hostPID":true,"containers":[` + main + `,` + side + `],` + volumes + `}`},
		"JSON":                   {"", `{"containers":[{"name":"side","securityContext":{"privileged":false}}]}`, `{"serviceAccountName":"ci","containers":[` + main + `,{"name":"side","image":"y","securityContext":{"privileged":false}}],` + volumes + `}`},
		"the template's is last": {"hostPID: true\nhostIPC: true", "hostPID: false", `{"serviceAccountName":"ci","hostPID":false,"hostIPC":true,"containers":[` + main + `,` + side + `],` + volumes + `}`},
		"one more container":     {"containers: [{name: new, image: z}]", "", `{"serviceAccountName":"ci","containers":[{"name":"new","image":"z"},` + main + `,` + side + `],` + volumes + `}`},
		"one less":               {"containers: [{name: side, $patch: delete}]", "", `{"serviceAccountName":"ci","containers":[` + main + `],` + volumes + `}`},
		"instead of all":         {"containers: [{name: new, image: z}, {$patch: replace}]", "", `{"serviceAccountName":"ci","containers":[{"name":"new","image":"z"}],` + volumes + `}`},
		"a variable":             {"containers: [{name: main, env: [{name: B, value: b}]}]", "", `{"serviceAccountName":"ci","containers":[{"name":"main","image":"x","env":[{"name":"B","value":"b"},{"name":"A","value":"a"}]},` + side + `],` + volumes + `}`},
		"an account":             {"serviceAccountName: other", "", `{"serviceAccountName":"other","containers":[` + main + `,` + side + `],` + volumes + `}`},
		"no account":             {"serviceAccountName: null\nserviceAccount: old", "", `{"serviceAccountName":"old","serviceAccount":"old","containers":[` + main + `,` + side + `],` + volumes + `}`},
	} {
		p := patched(t, c.ofAll, c.ofOne)
		require.Empty(t, p.Unsure, name)
		text, err := engine.Canonical(p.Pod["spec"])
		require.NoError(t, err)
		assert.JSONEq(t, c.want, string(text), name)
	}
}

// Where a patch may be read otherwise by the controller, or changes what is its own, its
// pods are not known.
func TestPatchesThatCannotBeTold(t *testing.T) {
	const parameter, unread, secret = "in which a parameter decides", "that cannot be read", "in which a secret stood"
	for name, c := range map[string]struct{ patch, says string }{
		"a parameter":                  {"containers: [{name: main, image: '{{inputs.parameters.i}}'}]", parameter},
		"an expression":                {`{"hostPID": {{=asBool(inputs.parameters.p)}}}`, parameter},
		"what was redacted":            {"containers: [{name: main, env: [{name: A, value: '[redacted:token]'}]}]", secret},
		"a name in another case":       {"containers: [{name: main, securityContext: {Privileged: true}}]", unread},
		"a name of a later release":    {"hostEverything: true", unread},
		"another type":                 {"containers: {name: main}", unread},
		"a number as a boolean":        {"hostPID: 1", unread},
		"one name twice":               {"hostPID: false\nhostPID: true", unread},
		"one name twice, in JSON":      {`{"hostPID": false, "hostPID": true}`, unread},
		"two documents":                {"hostPID: false\n---\nhostPID: true", unread},
		"a quantity without an end":    {"containers: [{name: main, resources: {limits: {memory: '1e-2147483648'}}}]", unread},
		"no object":                    {"[]", unread},
		"no YAML":                      {"a: [", unread},
		"a directive that is none":     {"$patch: move", "cannot be applied"},
		"a container without a name":   {"containers: [{image: z}]", "cannot be applied"},
		"a container of its own":       {"containers: [{name: wait, securityContext: {privileged: true}}]", "changes a container of its controller's"},
		"the same, with an image":      {"initContainers: [{name: init, image: z}]", "changes a container of its controller's"},
		"one of which nothing is said": {"containers: [{name: other, resources: {}}]", "changes a container of its controller's"},
		"a volume of its own":          {"volumes: [{name: var-run-argo, hostPath: {path: /run}}]", "changes a volume of its controller's"},
	} {
		for i, p := range []Pod{patched(t, c.patch, ""), patched(t, "hostIPC: true", c.patch)} {
			assert.Contains(t, p.Unsure, "A patch (podSpecPatch) "+c.says, "%s, %d", name, i)
		}
	}
	w := workflowOf(`{"spec":{"podSpecPatch":{"hostPID":false},"templates":[{"name":"run","container":{"image":"x"}}]}}`)
	assert.Contains(t, w.Pods[0].Unsure, "that is no text")
}

// What a patch sets stands in the patch, and all else where it stood, wherever it is then.
func TestPlacesOfPatches(t *testing.T) {
	p := patched(t, "containers: [{name: new, image: z}, {name: main, securityContext: {privileged: true}}]", "volumes: [{name: v, emptyDir: null, hostPath: {path: /}}]\nhostPID: true")
	require.Empty(t, p.Unsure)
	for field, at := range map[string]string{
		"containers[0].image":                      "spec.podSpecPatch",
		"containers[1].image":                      "spec.templates[0].container.image",
		"containers[1].securityContext.privileged": "spec.podSpecPatch",
		"containers[2].securityContext.privileged": "spec.templates[0].sidecars[0].securityContext.privileged",
		"containers[2].env[0]":                     "spec.templates[0].sidecars[0].env[0]",
		"volumes[0].hostPath.path":                 "spec.templates[0].podSpecPatch",
		"hostPID":                                  "spec.templates[0].podSpecPatch",
		"hostNetwork":                              "spec.hostNetwork",
		"serviceAccountName":                       "spec.serviceAccountName",
	} {
		assert.Equal(t, at, p.At(field), field)
	}
}

// Whom a patch names is who its pods run as, and those of the templates that it takes from
// others.
func TestAccountsOfPatches(t *testing.T) {
	const body = `{"spec":{"serviceAccountName":"ci","podSpecPatch":"serviceAccountName: patched","templates":[{"name":"run","serviceAccountName":"own","container":{"image":"x"}},
		{"name":"all","steps":[[{"templateRef":{"name":"lib","template":"x"}}]]}]}}`
	w := workflowOf(body)
	assert.Equal(t, []string{"patched"}, w.Accounts())
	assert.Equal(t, []string{"own", "patched"}, w.AccountsFor(Workflow{account: "of-another"}), "whose patch is not that of another")
	account, known := w.Account()
	assert.True(t, known)
	assert.Equal(t, "patched", account)
}
