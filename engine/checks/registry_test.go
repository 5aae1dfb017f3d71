package checks

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

// fixture shows a check passing and failing; its unknown fixture is the passing
// one with a gap in each kind the check needs.
type fixture struct {
	pass, fail []metav1.Object
	params     engine.Params
	// Reasons why there is no such fixture.
	noPass, noFail string
}

func pods(changes ...func(*corev1.Pod)) []metav1.Object { return []metav1.Object{goodPod(changes...)} }

func fixtures() map[string]fixture {
	reader := clusterRole("reader", rule([]string{"get"}, []string{""}, []string{"secrets"}))
	admin := clusterRole("cluster-admin", rule(all(), all(), all()))
	viewer := clusterRole("viewer", rule([]string{"get"}, []string{""}, []string{"pods"}))
	cde := map[string][]engine.Selector{cdeZone: {{Namespaces: []string{"pay"}}}}
	service := func(kind corev1.ServiceType) []metav1.Object {
		return []metav1.Object{&corev1.Service{ObjectMeta: named("pay", "api"), Spec: corev1.ServiceSpec{Type: kind}}}
	}
	namespace := func(level string) []metav1.Object {
		meta := named("", "pay")
		meta.Labels = map[string]string{"pod-security.kubernetes.io/enforce": level}
		return []metav1.Object{&corev1.Namespace{ObjectMeta: meta}}
	}
	configMap := func(key, value string) []metav1.Object {
		return []metav1.Object{&corev1.ConfigMap{ObjectMeta: named("pay", "settings"), Data: map[string]string{key: value}}}
	}
	return map[string]fixture{
		"pods-meet-baseline":   {pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.HostPID = true })},
		"pods-meet-restricted": {pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.SecurityContext.SeccompProfile = nil })},
		"pods-run-as-non-root": {pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.SecurityContext.RunAsNonRoot = nil })},
		"containers-not-privileged": {pass: pods(), fail: pods(func(p *corev1.Pod) {
			p.Spec.Containers[0].SecurityContext.Privileged = ptr(true)
		})},
		"pods-without-host-namespaces": {pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.HostIPC = true })},
		"containers-have-limits": {pass: pods(), fail: pods(func(p *corev1.Pod) {
			delete(p.Spec.Containers[0].Resources.Limits, corev1.ResourceMemory)
		})},
		"images-from-trusted-registries": {
			pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.Containers[0].Image = "nginx:1.27" }),
			params: engine.Params{TrustedRegistries: []string{"registry.example/pay"}},
		},
		"images-pinned-by-digest": {pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.Containers[0].Image = "nginx:1.27" })},
		"images-not-latest":       {pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.Containers[0].Image = "nginx" })},
		"namespaces-have-default-deny": {
			pass: append(pods(), denyAll()),
			fail: append(pods(), denyAll(func(p *networkingv1.NetworkPolicy) { p.Spec.PolicyTypes = p.Spec.PolicyTypes[:1] })),
		},
		"namespaces-enforce-pod-security": {pass: namespace("restricted"), fail: namespace("privileged")},
		"cluster-admin-bindings": {
			pass: []metav1.Object{admin, viewer, bind("viewer", user("ann"))}, fail: []metav1.Object{admin, bind("cluster-admin", user("ann"))},
		},
		"roles-without-wildcards": {pass: []metav1.Object{viewer}, fail: []metav1.Object{clusterRole("all", rule(all(), []string{""}, []string{"pods"}))}},
		"secrets-read-by-few": {
			pass: []metav1.Object{reader, bind("reader", user("ann"), user("bob"), user("cy"))},
			fail: []metav1.Object{reader, bind("reader", user("ann"), user("bob"), user("cy"), user("di"))},
		},
		"default-service-accounts-unused": {
			pass: append(pods(), &corev1.ServiceAccount{ObjectMeta: named("pay", "default")}),
			fail: pods(func(p *corev1.Pod) { p.Spec.AutomountServiceAccountToken, p.Spec.ServiceAccountName = nil, "" }),
		},
		"service-account-tokens-not-mounted": {pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.AutomountServiceAccountToken = nil })},
		"secrets-not-in-environment": {pass: pods(), fail: pods(func(p *corev1.Pod) {
			p.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "DB_PASSWORD", Value: "hunter2"}}
		})},
		"configmaps-without-secrets": {pass: configMap("colour", "blue"), fail: configMap("application.properties", "url=x\npw=[redacted:password]\n")},
		"anonymous-has-no-access": {
			pass: []metav1.Object{viewer, bind("viewer", user("ann"))}, fail: []metav1.Object{viewer, bind("viewer", group("system:unauthenticated"))},
		},
		"workloads-inventory": {pass: pods(), noPass: "an inventory judges nothing", noFail: "an inventory judges nothing"},
		"services-exposed": {
			pass: service(corev1.ServiceTypeClusterIP), fail: service(corev1.ServiceTypeNodePort), params: engine.Params{Zones: cde},
		},
	}
}

func TestEveryCheckHasItsFixtures(t *testing.T) {
	known := fixtures()
	registry, err := All()
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(registry), 21)
	for _, c := range registry {
		t.Run(c.ID, func(t *testing.T) {
			f, has := known[c.ID]
			require.True(t, has, "no fixtures")
			delete(known, c.ID)
			pass := func() *world {
				w := newWorld(t, f.pass...)
				w.params = f.params
				return w
			}
			passed := pass().result(t, c.ID)
			if f.noPass == "" {
				assert.Equal(t, engine.Pass, passed.Verdict, "passing fixture: %+v", passed.Details)
			} else {
				assert.Equal(t, engine.NotApplicable, passed.Verdict)
			}
			proved(t, passed)
			if f.noFail == "" {
				w := newWorld(t, f.fail...)
				w.params = f.params
				failed := w.result(t, c.ID)
				assert.Equal(t, engine.Fail, failed.Verdict, "failing fixture: %+v", failed.Details)
				proved(t, failed)
			}
			for _, k := range c.Needs {
				assert.Equal(t, engine.Unknown, pass().hide(k).result(t, c.ID).Verdict, "with a gap in %s", k)
			}
		})
	}
	assert.Empty(t, known, "fixtures of checks that are not there")
}

// proved says of every detail that it names a subject, says something, and
// cites what it rests on.
func proved(t *testing.T, r engine.Result) {
	t.Helper()
	require.NotEmpty(t, r.Details)
	for _, d := range r.Details {
		assert.NotEmpty(t, d.Subject.Kind)
		assert.NotEmpty(t, d.Sentence)
		assert.NotContains(t, d.Sentence, "%!", "a sentence that was not filled in")
		assert.NotContains(t, d.Cites, engine.Digest{})
		if d.Value != nil {
			canonical, err := engine.CanonicalJSON(d.Value)
			require.NoError(t, err)
			assert.Equal(t, string(canonical), string(d.Value))
		}
	}
	assert.True(t, slices.ContainsFunc(r.Details, func(d engine.Detail) bool { return len(d.Cites) > 0 }), "nothing is cited")
}

func TestRegistryIsOrderedAndItsOwn(t *testing.T) {
	first, err := All()
	require.NoError(t, err)
	assert.True(t, slices.IsSortedFunc(first, func(a, b engine.Check) int { return cmpString(a.ID, b.ID) }))
	first[0].ID = "changed"
	second, err := All()
	require.NoError(t, err)
	assert.NotEqual(t, "changed", second[0].ID)
	_, err = Find("no-such-check")
	require.ErrorContains(t, err, "no-such-check")
}

func cmpString(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

func TestRegistryRefusesWhatIsNotWhole(t *testing.T) {
	words := "area: pods\ntitle: a\nrationale: b\nhow: c\nremediation: d\n"
	one := check{id: "one", version: 1, needs: workloadKinds(), eval: func(*engine.View) []engine.Detail { return nil }}
	for name, c := range map[string]struct {
		list  []check
		files fstest.MapFS
		want  string
	}{
		"no words":        {[]check{one}, fstest.MapFS{"words/other.yaml": {Data: []byte(words)}}, "read words of check one"},
		"an unknown word": {[]check{one}, fstest.MapFS{"words/one.yaml": {Data: []byte(words + "titel: x\n")}}, "titel"},
		"an empty word":   {[]check{one}, fstest.MapFS{"words/one.yaml": {Data: []byte("area: pods\ntitle: a\n")}}, "words are missing"},
		"a strange area":  {[]check{one}, fstest.MapFS{"words/one.yaml": {Data: []byte("area: moon\n")}}, "moon"},
		"an id twice":     {[]check{one, one}, fstest.MapFS{"words/one.yaml": {Data: []byte(words)}}, "stands twice"},
		"words too many": {
			[]check{one}, fstest.MapFS{"words/one.yaml": {Data: []byte(words)}, "words/two.yaml": {Data: []byte(words)}}, "two.yaml",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := assemble(c.list, c.files)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestNothingPassesInAnEmptyCluster(t *testing.T) {
	registry, err := All()
	require.NoError(t, err)
	for _, c := range registry {
		assert.Equal(t, engine.NotApplicable, newWorld(t).result(t, c.ID).Verdict, c.ID)
	}
}
