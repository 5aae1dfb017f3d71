package checks

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

// ofOthers is an object of a kind that holds a template of a privileged container.
func ofOthers(apiVersion, kind string) string {
	template := "template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: x, securityContext: {privileged: true}}]}}"
	if kind == "PodTemplate" {
		return "apiVersion: v1\nkind: PodTemplate\nmetadata: {name: web, namespace: pay}\n" + template
	}
	return "apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: web, namespace: pay}\nspec: {" + template + "}"
}

func TestTemplatesOfOtherKindsAreJudged(t *testing.T) {
	for _, of := range engine.PodTemplates() {
		if of.Workflow {
			continue
		}
		version := of.Kind.Group + "/v1"
		r := fromYAML(t, ofOthers(version, of.Kind.Kind)).result(t, "containers-not-privileged")
		require.Len(t, r.Details, 1, of.Kind)
		assert.Equal(t, engine.Fail, r.Verdict, of.Kind)
		assert.Equal(t, strings.Join(of.Path, ".")+".spec.containers[0].securityContext.privileged", r.Details[0].Field)
		assert.Equal(t, engine.Unknown, fromYAML(t, strings.Replace(ofOthers(version, of.Kind.Kind), "[{name", "[[], {name", 1)).result(t, "containers-not-privileged").Verdict, of.Kind)
	}
}

func TestARolloutThatUsesTheTemplateOfADeployment(t *testing.T) {
	const rollout = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: web, namespace: pay, uid: r-1}\nspec: {workloadRef: {apiVersion: apps/v1, kind: Deployment, name: api}}"
	alone := fromYAML(t, rollout).result(t, "containers-not-privileged")
	assert.Equal(t, engine.Unknown, alone.Verdict)
	assert.Equal(t, "Its pods are those of Deployment api, which was not seen", alone.Details[0].Sentence)
	quiet := newWorld(t, &corev1.ServiceAccount{ObjectMeta: named("pay", "default"), AutomountServiceAccountToken: ptr(false)})
	quiet.read(t, rollout)
	assert.Equal(t, engine.Unknown, quiet.result(t, "service-account-tokens-not-mounted").Verdict, "as whom its pods run was not seen")

	deployment := &appsv1.Deployment{ObjectMeta: named("pay", "api")}
	deployment.Spec.Template.Spec = goodPod().Spec
	made := &appsv1.ReplicaSet{ObjectMeta: named("pay", "web-1"), Spec: appsv1.ReplicaSetSpec{Replicas: ptr(int32(1))}}
	made.OwnerReferences = ownedBy("argoproj.io", "Rollout", "web", "r-1")
	made.Spec.Template.Spec = goodPod().Spec
	w := newWorld(t, deployment, made)
	w.read(t, rollout)
	assert.Equal(t, []string{"Deployment api api pass"}, subjects(w.result(t, "containers-not-privileged")))
	assert.Equal(t, engine.Unknown, fromYAML(t, strings.Replace(rollout, "name: api", "name: web", 1), "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}").result(t, "containers-not-privileged").Verdict,
		"of another namespace")
}
