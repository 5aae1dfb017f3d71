package checks

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

// refuse takes every object of a kind out, as a listing that was refused leaves it.
func (w *world) refuse(k engine.Kind) *world {
	var left []engine.Entry
	for _, e := range w.snapshot.Entries {
		if e.Ref.Of() != k {
			left = append(left, e)
		}
	}
	w.snapshot.Entries = left
	for i := range w.snapshot.Populations {
		if w.snapshot.Populations[i].Kind == k {
			w.snapshot.Populations[i].Complete = false
		}
	}
	return w.hide(k)
}

// What passes when all is seen neither passes nor fails when a kind that it needs
// is refused: what was not seen is no proof of absence.
func TestWhatWasRefusedProvesNothing(t *testing.T) {
	registry, err := All()
	require.NoError(t, err)
	known := maps.Clone(fixtures())
	silent := goodPod(func(p *corev1.Pod) { p.Spec.AutomountServiceAccountToken = nil })
	off := &corev1.ServiceAccount{ObjectMeta: named("pay", "api"), AutomountServiceAccountToken: ptr(false)}
	byDefault := goodPod(func(p *corev1.Pod) { p.Spec.AutomountServiceAccountToken, p.Spec.ServiceAccountName = nil, "" })
	defaultOff := &corev1.ServiceAccount{ObjectMeta: named("pay", "default"), AutomountServiceAccountToken: ptr(false)}
	more := map[string][]metav1.Object{
		"service-account-tokens-not-mounted": {silent, off},
		"default-service-accounts-unused":    {byDefault, defaultOff},
	}
	for _, c := range registry {
		for _, objects := range [][]metav1.Object{known[c.ID].pass, more[c.ID]} {
			if len(objects) == 0 {
				continue
			}
			for _, k := range c.Needs {
				w := newWorld(t, objects...)
				w.params = known[c.ID].params
				got := w.refuse(k).result(t, c.ID)
				assert.Equal(t, engine.Unknown, got.Verdict, "%s without %s: %+v", c.ID, k, got.Details)
			}
		}
	}
	admin := engine.NewDocument(engine.Ref{Group: "policy.networking.k8s.io", Kind: "AdminNetworkPolicy", Name: "allow-all"}, []byte(`{}`))
	above := newWorld(t, goodPod(), denyAll())
	above.add(admin)
	assert.Equal(t, engine.Unknown, above.result(t, "namespaces-have-default-deny").Verdict, "what comes before it is not evaluated")
	adminKind := engine.Kind{Group: "policy.networking.k8s.io", Kind: "AdminNetworkPolicy"}
	assert.Equal(t, engine.Unknown, newWorld(t, goodPod(), denyAll()).hide(adminKind).result(t, "namespaces-have-default-deny").Verdict,
		"administrators' policies that may not be listed")
	absent := newWorld(t, goodPod(), denyAll())
	absent.snapshot.Gaps = append(absent.snapshot.Gaps, engine.Gap{Kind: adminKind, Reason: engine.NotInstalled})
	assert.Equal(t, engine.Pass, absent.result(t, "namespaces-have-default-deny").Verdict, "a kind that the server does not know hides none")
	files := newWorld(t, silent)
	files.snapshot.Target.ID = "manifests:shop"
	assert.Equal(t, engine.Unknown, files.result(t, "service-account-tokens-not-mounted").Verdict, "the account may be in the cluster")
	odd := denyAll(func(p *networkingv1.NetworkPolicy) {
		p.Name, p.Spec.PodSelector = "odd", metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "a", Operator: "Near"}}}
	})
	assert.Equal(t, engine.Unknown, newWorld(t, goodPod(), denyAll(), odd).result(t, "namespaces-have-default-deny").Verdict,
		"a policy that cannot be understood")
	for _, user := range []string{"ContainerAdministrator", `NT AUTHORITY\SYSTEM`} {
		byName := goodPod(func(p *corev1.Pod) {
			p.Spec.NodeSelector = map[string]string{"kubernetes.io/os": "windows"}
			p.Spec.SecurityContext.WindowsOptions = &corev1.WindowsSecurityContextOptions{RunAsUserName: &user}
		})
		assert.Equal(t, engine.Fail, newWorld(t, byName).result(t, "pods-run-as-non-root").Verdict, user)
	}
	nobody := goodPod(func(p *corev1.Pod) { p.Spec.SecurityContext.RunAsUser = ptr(int64(-1)) })
	assert.Equal(t, engine.Fail, newWorld(t, nobody).result(t, "pods-run-as-non-root").Verdict, "a user that is none")
	open := denyAll(func(p *networkingv1.NetworkPolicy) {
		p.Name, p.Spec.Egress = "open", []networkingv1.NetworkPolicyEgressRule{{}}
	})
	w := newWorld(t, goodPod(), denyAll(), open)
	assert.Equal(t, engine.Fail, w.hide(engine.Kind{Group: "networking.k8s.io", Kind: "NetworkPolicy"}).result(t, "namespaces-have-default-deny").Verdict,
		"a policy that was seen to open everything fails, whatever else there is")
}

// A policy that no API server takes limits nothing and denies nothing, whatever it says.
func TestARefusedPolicyIsNoPass(t *testing.T) {
	const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: api, namespace: pay}\nspec: {containers: [{name: c, image: x}]}"
	for name, spec := range map[string]string{
		"an address range that is none": "{podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/33}}]}]}",
		"a peer of two kinds":           "{podSelector: {}, policyTypes: [Ingress, Egress], egress: [{to: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}]}",
		"a protocol that is none":       "{podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {}}], ports: [{port: 80, protocol: ICMP}]}]}",
	} {
		w := fromYAML(t, pod, "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: pay}\nspec: "+spec)
		for _, id := range []string{"namespaces-have-default-deny", "network-policies-limited", "network-policies-select-pods"} {
			result := w.result(t, id)
			assert.Equal(t, engine.Unknown, result.Verdict, "%s: %s", id, name)
			assert.Contains(t, result.Details[0].Sentence, "o API server takes", "%s: %s", id, name)
		}
	}
}
