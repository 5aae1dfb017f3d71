package argo

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// workflowOf reads a Workflow that is called build.
func workflowOf(body string) Workflow {
	all := engine.PodTemplates()
	of := all[slices.IndexFunc(all, func(t engine.PodTemplate) bool { return t.Kind.Kind == "Workflow" })]
	return Read(of, engine.Ref{Group: "argoproj.io", Kind: "Workflow", Namespace: "pay", Name: "build"}, []byte(body))
}

func TestReadWorkflow(t *testing.T) {
	w := workflowOf(`{"spec":{"serviceAccountName":"ci","podMetadata":{"labels":{"team":"pay"}},"executor":{"serviceAccountName":"exec"},
		"volumes":[{"name":"unused"},{"name":"v"}],"templates":[
		{"name":"run","metadata":{"labels":{"app":"a"}},"container":{"image":"x","volumeMounts":[{"name":"v"}]}},
		{"name":"own","serviceAccountName":"other","script":{"image":"y","source":"echo"}},
		{"name":"all","dag":{"tasks":[{"templateRef":{"name":"lib","clusterScope":true}},{"templateRef":{"name":"near"}}]}}]}}`)
	require.Len(t, w.Pods, 2)
	assert.Equal(t, []string{"ci", "exec", "other"}, w.Accounts())
	assert.Equal(t, []engine.Ref{{Group: "argoproj.io", Kind: "ClusterWorkflowTemplate", Name: "lib"}, {Group: "argoproj.io", Kind: "WorkflowTemplate", Namespace: "pay", Name: "near"}}, w.Uses)
	text, err := engine.Canonical(w.Pods[0].Pod)
	require.NoError(t, err)
	assert.JSONEq(t, `{"metadata":{"annotations":{},"labels":{"team":"pay","app":"a","workflows.argoproj.io/workflow":"build"}},
		"spec":{"serviceAccountName":"ci","containers":[{"name":"main","image":"x","volumeMounts":[{"name":"v"}]}],"volumes":[{"name":"v"}]}}`, string(text))
	for field, at := range map[string]string{
		"containers[0].image": "spec.templates[0].container.image", "volumes[0].name": "spec.volumes[1].name", "serviceAccountName": "spec.serviceAccountName",
		"hostNetwork": "spec.hostNetwork", "securityContext": "spec.templates[0].securityContext",
	} {
		assert.Equal(t, at, w.Pods[0].At(field))
	}
	assert.Equal(t, "spec.templates[1].serviceAccountName", w.Pods[1].At("serviceAccountName"))
}

// Pods that remove artifacts run as the account that is named for them, and what is in
// them is their controller's.
func TestPodsThatRemoveArtifacts(t *testing.T) {
	const head, tail = `{"spec":{"serviceAccountName":"ci",`, `}]}}`
	output := func(gc string) string {
		return `"templates":[{"name":"run","container":{"image":"x"},"outputs":{"artifacts":[{"name":"a","path":"/a"` + gc + `}]}`
	}
	for name, c := range map[string]struct {
		body string
		want []string // accounts
		pods int
	}{
		"none":                      {head + output("") + tail, []string{"ci"}, 1},
		"never":                     {head + `"artifactGC":{"strategy":"Never","serviceAccountName":"gc"},` + output("") + tail, []string{"ci"}, 1},
		"as the default account":    {head + `"artifactGC":{"strategy":"OnWorkflowDeletion"},` + output("") + tail, []string{"", "ci"}, 2},
		"as one of its own":         {head + `"artifactGC":{"strategy":"OnWorkflowCompletion","serviceAccountName":"gc"},` + output("") + tail, []string{"ci", "gc"}, 2},
		"of one artifact":           {head + output(`,"artifactGC":{"strategy":"OnWorkflowDeletion","serviceAccountName":"one"}`) + tail, []string{"ci", "one"}, 2},
		"of one artifact, by all":   {head + `"artifactGC":{"strategy":"OnWorkflowDeletion","serviceAccountName":"gc"},` + output(`,"artifactGC":{"strategy":"OnWorkflowCompletion"}`) + tail, []string{"ci", "gc"}, 3},
		"never, but of an artifact": {head + `"artifactGC":{"strategy":"Never"},` + output(`,"artifactGC":{"strategy":"OnWorkflowCompletion","serviceAccountName":"one"}`) + tail, []string{"ci", "one"}, 2},
		"an artifact never":         {head + `"artifactGC":{"strategy":"OnWorkflowDeletion","serviceAccountName":"gc"},` + output(`,"artifactGC":{"strategy":"Never","serviceAccountName":"one"}`) + tail, []string{"ci", "gc"}, 2},
	} {
		w := workflowOf(c.body)
		assert.Equal(t, c.want, w.Accounts(), name)
		require.Len(t, w.Pods, c.pods, name)
		for _, p := range w.Pods[1:] {
			assert.Contains(t, p.Unsure, "to remove artifacts", name)
			assert.Contains(t, p.Path(), "artifactGC", name)
		}
	}
}

// FuzzReadWorkflow says that whatever stands in a workflow is read to an end, and that
// what is said to stand somewhere does.
func FuzzReadWorkflow(f *testing.F) {
	for _, body := range []string{
		`{"spec":{"templates":[{"name":"a","container":{"image":"x"},"sidecars":[{"name":"s","mirrorVolumeMounts":true}],"volumes":[{"name":"v"}]}]}}`,
		`{"spec":{"volumes":[{"name":"v"}],"templates":[{"containerSet":{"volumeMounts":[{"name":"v"}],"containers":[{"name":"a"},7]},"initContainers":[null]}]}}`,
		`{"spec":{"templates":[{"steps":[[{"inline":{"script":{"image":"x","env":[{"value":"{{x}}"}]}}}]],"outputs":{"artifacts":[{"s3":{"keySecret":{"name":"s","key":"k"}}}]}}]}}`,
		`{"spec":{"artifactGC":{"strategy":"OnWorkflowDeletion","serviceAccountName":"gc"},"templates":[{"container":{},"outputs":{"artifacts":[{"artifactGC":{}},7]}}]}}`,
		`{"spec":{"podSpecPatch":"containers: [{name: main, $patch: delete}, {name: n, image: i}]","templates":[{"podSpecPatch":"{\"volumes\":[{\"name\":\"v\",\"emptyDir\":{}}]}","container":{"image":"x"}}]}}`,
		`{"spec":{"podSpecPatch":"$setElementOrder/containers: [{name: b}]\n$retainKeys: [hostPID]\nhostPID: true","templates":[{"container":{"image":"x"}}]}}`,
		`{"spec":{"workflowTemplateRef":{"name":"w"},"podSpecPatch":"{}"}}`, `{"spec":{"templates":[{"dag":{"tasks":[{"inline":{"dag":{"tasks":[]}}}]}}]}}`, `[]`, `{"spec":{"templates":7}}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		w := workflowOf(string(body))
		lines, err := engine.Outline(body)
		if err != nil {
			assert.NotEmpty(t, w.Pods)
			return
		}
		for _, p := range w.Pods {
			if _, err := engine.Canonical(p.Pod); err != nil {
				t.Fatalf("%s: %v", p.Name, err)
			}
			for part, at := range p.places {
				if _, exact := engine.FieldLine(lines, at); !exact && part != "hostNetwork" {
					t.Fatalf("%s of %s does not stand at %s", part, p.Name, at)
				}
			}
			for part, at := range p.patches {
				if _, exact := engine.FieldLine(lines, at); !exact {
					t.Fatalf("%s of %s does not stand at %s", part, p.Name, at)
				}
			}
		}
	})
}
