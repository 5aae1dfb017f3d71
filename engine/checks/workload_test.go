package checks

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"tickmark/engine"
)

func ownedBy(group, kind, name, uid string) []metav1.OwnerReference {
	version := "v1"
	if group != "" {
		version = group + "/v1"
	}
	return []metav1.OwnerReference{{APIVersion: version, Kind: kind, Name: name, UID: types.UID(uid), Controller: ptr(true)}}
}

// deployed is a deployment, its replica set and its pod, all alike but for what
// change does to the pod.
func deployed(change func(*corev1.Pod)) []metav1.Object {
	template := corev1.PodTemplateSpec{Spec: goodPod().Spec}
	d := &appsv1.Deployment{ObjectMeta: named("pay", "api"), Spec: appsv1.DeploymentSpec{Template: template}}
	d.UID = "d-1"
	rs := &appsv1.ReplicaSet{ObjectMeta: named("pay", "api-1"), Spec: appsv1.ReplicaSetSpec{Replicas: ptr(int32(1)), Template: template}}
	rs.UID, rs.OwnerReferences = "rs-1", ownedBy("apps", "Deployment", "api", "d-1")
	pod := goodPod(change)
	pod.Name, pod.UID, pod.OwnerReferences = "api-1-x", "pod-1", ownedBy("apps", "ReplicaSet", "api-1", "rs-1")
	return []metav1.Object{d, rs, pod}
}

func subjects(r engine.Result) []string {
	names := []string{}
	for _, d := range r.Details {
		names = append(names, d.Subject.Kind+" "+d.Subject.Name+" "+d.Container+" "+d.Verdict.String())
	}
	return names
}

func TestWhatAControllerMadeIsJudgedOnce(t *testing.T) {
	for _, id := range []string{"containers-not-privileged", "pods-meet-restricted", "images-pinned-by-digest", "workloads-inventory"} {
		r := newWorld(t, deployed(func(*corev1.Pod) {})...).result(t, id)
		require.Len(t, r.Details, 1, id)
		assert.Equal(t, "Deployment", r.Details[0].Subject.Kind, id)
	}
}

func TestWhatIsWorseInARunningPodIsReported(t *testing.T) {
	changed := newWorld(t, deployed(func(p *corev1.Pod) { p.Spec.Containers[0].SecurityContext.Privileged = ptr(true) })...)
	assert.Equal(t, []string{"Deployment api api pass", "Pod api-1-x api fail"}, subjects(changed.result(t, "containers-not-privileged")))

	injected := newWorld(t, deployed(func(p *corev1.Pod) {
		p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: "proxy", Image: "mesh.example/proxy"})
	})...)
	assert.Equal(t, []string{"Deployment api api pass", "Pod api-1-x proxy fail"}, subjects(injected.result(t, "images-not-latest")))
	assert.Equal(t, []string{"Deployment api api pass"}, subjects(injected.result(t, "containers-not-privileged")), "it adds nothing bad here")
}

func TestOwnersThatAreNotThereHideNothing(t *testing.T) {
	bad := func(p *corev1.Pod) { p.Spec.HostPID = true }
	objects := deployed(bad)
	assert.Equal(t, []string{"Pod api-1-x  fail"}, subjects(newWorld(t, objects[2]).result(t, "pods-without-host-namespaces")), "the owner was not collected")

	pod := goodPod(bad)
	pod.OwnerReferences = ownedBy("argoproj.io", "Rollout", "api", "")
	assert.Equal(t, engine.Fail, newWorld(t, pod).result(t, "pods-without-host-namespaces").Verdict, "an owner of a custom kind")

	other := goodPod(bad)
	other.Name, other.OwnerReferences = "stray", ownedBy("apps", "ReplicaSet", "api-1", "of-another-life")
	assert.Len(t, newWorld(t, append(deployed(func(*corev1.Pod) {}), other)...).result(t, "pods-without-host-namespaces").Details, 2,
		"the owner of that UID is gone")

	a, b := goodPod(bad), goodPod(bad)
	a.Name, b.Name = "a", "b"
	a.OwnerReferences, b.OwnerReferences = ownedBy("", "Pod", "b", ""), ownedBy("", "Pod", "a", "")
	assert.Len(t, newWorld(t, a, b).result(t, "pods-without-host-namespaces").Details, 2, "owners in a circle")
}

func TestReplicaSetsOfThePastAreNotJudged(t *testing.T) {
	objects := deployed(func(*corev1.Pod) {})
	old := &appsv1.ReplicaSet{ObjectMeta: named("pay", "api-0"), Spec: appsv1.ReplicaSetSpec{Replicas: ptr(int32(0))}}
	old.OwnerReferences = ownedBy("apps", "Deployment", "api", "d-1")
	old.Spec.Template.Spec = goodPod(func(p *corev1.Pod) { p.Spec.HostPID = true }).Spec
	assert.Equal(t, engine.Pass, newWorld(t, append(objects, old)...).result(t, "pods-without-host-namespaces").Verdict)
	assert.Equal(t, engine.Fail, newWorld(t, old).result(t, "pods-without-host-namespaces").Verdict, "without its owner it may be scaled up by anybody")
}

func TestFieldsAreNamedAsInTheDocument(t *testing.T) {
	job := &batchv1.CronJob{ObjectMeta: named("pay", "settle")}
	job.Spec.JobTemplate.Spec.Template.Spec = goodPod(func(p *corev1.Pod) {
		p.Spec.InitContainers = []corev1.Container{{Name: "prepare", Image: pinned, SecurityContext: &corev1.SecurityContext{Privileged: ptr(true)}}}
	}).Spec
	r := newWorld(t, job).result(t, "containers-not-privileged")
	require.Len(t, r.Details, 2)
	assert.Equal(t, "spec.jobTemplate.spec.template.spec.initContainers[0].securityContext.privileged", r.Details[1].Field)
	assert.JSONEq(t, "true", string(r.Details[1].Value))
}

func TestWorkloadsWithoutContainersAreUnknown(t *testing.T) {
	for _, id := range []string{"pods-meet-baseline", "pods-run-as-non-root", "images-not-latest"} {
		empty := goodPod(func(p *corev1.Pod) { p.Spec.Containers = nil })
		assert.Equal(t, engine.Unknown, newWorld(t, empty).result(t, id).Verdict, id)
		bare := &corev1.ReplicationController{ObjectMeta: named("pay", "old")}
		assert.Equal(t, engine.Unknown, newWorld(t, bare).result(t, id).Verdict, id)
	}
}

func TestHostNetworkMakesEveryPortAPortOfTheNode(t *testing.T) {
	host := goodPod(func(p *corev1.Pod) {
		p.Spec.HostNetwork = true
		p.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 8443}}
	})
	r := newWorld(t, host).result(t, "pods-meet-baseline")
	assert.Contains(t, r.Details[0].Sentence, "8443")
}
