package checks

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

func aNamespace(name string, labels map[string]string) *corev1.Namespace {
	return labelled(&corev1.Namespace{ObjectMeta: named("", name)}, labels)
}

func TestDefaultDenyOfNamespaces(t *testing.T) {
	const id = "namespaces-have-default-deny"
	open := denyAll(func(p *networkingv1.NetworkPolicy) {
		p.Name, p.Spec.Egress = "open", []networkingv1.NetworkPolicyEgressRule{{}}
	})
	some := denyAll(func(p *networkingv1.NetworkPolicy) { p.Spec.PodSelector.MatchLabels = map[string]string{"app": "api"} })
	host := func(p *corev1.Pod) { p.Spec.HostNetwork = true }

	assert.Equal(t, engine.Fail, newWorld(t, goodPod()).result(t, id).Verdict, "no policy at all")
	undone := newWorld(t, goodPod(), denyAll(), open).result(t, id)
	assert.Equal(t, engine.Fail, undone.Verdict)
	assert.Contains(t, undone.Details[0].Sentence, "Egress is opened to everybody for every pod by open")
	assert.Equal(t, engine.Fail, newWorld(t, goodPod(func(p *corev1.Pod) { p.Labels = map[string]string{"app": "api"} }), some).result(t, id).Verdict,
		"a policy for all pods of today")
	assert.Equal(t, engine.NotApplicable, newWorld(t, aNamespace("empty", nil)).result(t, id).Verdict)
	noted := newWorld(t, goodPod(host), denyAll()).result(t, id)
	assert.Equal(t, engine.Pass, noted.Verdict)
	assert.Contains(t, noted.Details[0].Sentence, "1 workload on the network of the node")

	listed := newWorld(t, aNamespace("pay", nil), goodPod(), denyAll()).result(t, id)
	require.Len(t, listed.Details, 1, "a namespace listed and used is one")
	assert.Len(t, listed.Details[0].Cites, 2)
	unlisted := newWorld(t, goodPod(), denyAll()).hide(namespaceKind).result(t, id)
	assert.Equal(t, engine.Pass, unlisted.Verdict, "it does not hang on listing namespaces")
}

func TestPodSecurityLabels(t *testing.T) {
	const id, level, version = "namespaces-enforce-pod-security", "pod-security.kubernetes.io/enforce", "pod-security.kubernetes.io/enforce-version"
	for name, c := range map[string]struct {
		labels map[string]string
		want   engine.Verdict
	}{
		"baseline":         {map[string]string{level: "baseline"}, engine.Pass},
		"a pinned version": {map[string]string{level: "restricted", version: "v1.30"}, engine.Pass},
		"no label":         {nil, engine.Fail},
		"only a warning":   {map[string]string{"pod-security.kubernetes.io/warn": "restricted"}, engine.Fail},
		"no such level":    {map[string]string{level: "Restricted"}, engine.Fail},
		"an empty level":   {map[string]string{level: ""}, engine.Fail},
		"no such version":  {map[string]string{level: "restricted", version: "newest"}, engine.Fail},
	} {
		assert.Equal(t, c.want, newWorld(t, aNamespace("pay", c.labels)).result(t, id).Verdict, name)
	}
	assert.Equal(t, engine.NotApplicable, newWorld(t, goodPod()).result(t, id).Verdict, "a namespace known from a pod has no labels to judge")
	warned := newWorld(t, aNamespace("pay", map[string]string{"pod-security.kubernetes.io/warn": "restricted"}))
	assert.Contains(t, warned.result(t, id).Details[0].Sentence, `it only warns of what is below "restricted"`)
	warned.add(engine.NewDocument(engine.Ref{Group: "kyverno.io", Kind: "ClusterPolicy", Name: "baseline"}, []byte(`{}`)))
	assert.Equal(t, engine.Unknown, warned.result(t, id).Verdict, "another admission policy may enforce the same")
}

func TestTokens(t *testing.T) {
	const id = "service-account-tokens-not-mounted"
	silent := func(p *corev1.Pod) { p.Spec.AutomountServiceAccountToken = nil }
	account := func(mount *bool) *corev1.ServiceAccount {
		return &corev1.ServiceAccount{ObjectMeta: named("pay", "api"), AutomountServiceAccountToken: mount}
	}
	projected := func(audience string) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			source := &corev1.ServiceAccountTokenProjection{Audience: audience, Path: "token"}
			p.Spec.Volumes = []corev1.Volume{{Name: "t", VolumeSource: corev1.VolumeSource{
				Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{ServiceAccountToken: source}}},
			}}}
		}
	}
	for name, c := range map[string]struct {
		objects []metav1.Object
		want    engine.Verdict
	}{
		"silence of both":                   {[]metav1.Object{goodPod(silent), account(nil)}, engine.Fail},
		"the account says no":               {[]metav1.Object{goodPod(silent), account(ptr(false))}, engine.Pass},
		"the account of another name":       {[]metav1.Object{goodPod(silent, func(p *corev1.Pod) { p.Spec.ServiceAccountName = "" }), account(ptr(false))}, engine.Fail},
		"by the old name of the field":      {[]metav1.Object{goodPod(silent, func(p *corev1.Pod) { p.Spec.ServiceAccountName, p.Spec.DeprecatedServiceAccount = "", "api" }), account(ptr(false))}, engine.Pass},
		"the pod stands before the account": {[]metav1.Object{goodPod(func(p *corev1.Pod) { p.Spec.AutomountServiceAccountToken = ptr(true) }), account(ptr(false))}, engine.Fail},
		"the account says yes, the pod no":  {[]metav1.Object{goodPod(), account(ptr(true))}, engine.Pass},
		"a volume holds one all the same":   {[]metav1.Object{goodPod(projected(""))}, engine.Fail},
		"a volume holds one by its name":    {[]metav1.Object{goodPod(projected("https://kubernetes.default.svc.cluster.local"))}, engine.Fail},
		"by the name that EKS gives it":     {[]metav1.Object{goodPod(projected("https://oidc.eks.eu-west-1.amazonaws.com/id/0AB"))}, engine.Fail},
		"a token for AWS":                   {[]metav1.Object{goodPod(projected("sts.amazonaws.com"))}, engine.Pass},
		"a token for somebody else":         {[]metav1.Object{goodPod(projected("vault"))}, engine.Pass},
		"a mirror pod":                      {[]metav1.Object{goodPod(silent, func(p *corev1.Pod) { p.Annotations = map[string]string{corev1.MirrorPodAnnotationKey: "x"} })}, engine.Pass},
	} {
		assert.Equal(t, c.want, newWorld(t, c.objects...).result(t, id).Verdict, name)
	}
}

func TestDefaultServiceAccounts(t *testing.T) {
	const id = "default-service-accounts-unused"
	account := &corev1.ServiceAccount{ObjectMeta: named("pay", "default")}
	byDefault := func(p *corev1.Pod) { p.Spec.ServiceAccountName = "" }
	assert.Equal(t, engine.Pass, newWorld(t, account, goodPod(byDefault)).result(t, id).Verdict, "without a token it is not used")
	for _, subject := range []rbacv1.Subject{
		{Kind: "ServiceAccount", Namespace: "pay", Name: "default"}, {Kind: "ServiceAccount", Name: "default"}, user("system:serviceaccount:pay:default"),
	} {
		bound := newWorld(t, account, inNamespace("pay", "Role", "reader", subject)).result(t, id)
		assert.Equal(t, engine.Fail, bound.Verdict, "%+v", subject)
		assert.Len(t, bound.Details[0].Cites, 2)
	}
	elsewhere := inNamespace("other", "Role", "reader", rbacv1.Subject{Kind: "ServiceAccount", Name: "default"})
	assert.Equal(t, engine.Pass, newWorld(t, account, elsewhere).result(t, id).Verdict)
}

func TestWhatHoldsASecret(t *testing.T) {
	assert.True(t, holdsSecret("colour", "a [redacted:token] b"), "what was redacted is one under any name")
	for _, value := range []string{"", "  ", "true", "No", "$(OTHER)"} {
		assert.False(t, holdsSecret("PASSWORD", value), "%q", value)
	}
	assert.True(t, holdsSecret("PASSWORD", "$(OTHER)x"))
	assert.True(t, holdsSecret("PASSWORD", "$$(OTHER)"))
}

func TestSecretValuesAreNotRepeated(t *testing.T) {
	const canary = "hunter2-canary"
	pod := goodPod(func(p *corev1.Pod) {
		p.Spec.Containers[0].Env = []corev1.EnvVar{
			{Name: "DB_PASSWORD", Value: canary},
			{Name: "DSN", Value: "postgres://u:[redacted:password]@db/" + canary},
			{Name: "OTHER", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{Key: "x"}}},
		}
		p.Spec.Containers[0].Args = []string{"--port=1", "--token=[redacted:token]"}
	})
	settings := &corev1.ConfigMap{ObjectMeta: named("pay", "s"), Data: map[string]string{"db.password": canary, "f": "[redacted:pan] " + canary}}
	for _, id := range []string{"secrets-not-in-environment", "configmaps-without-secrets"} {
		r := newWorld(t, pod, settings).result(t, id)
		assert.Equal(t, engine.Fail, r.Verdict)
		for _, d := range r.Details {
			assert.NotContains(t, d.Sentence+string(d.Value)+d.Field, canary)
		}
	}
	d := newWorld(t, pod).result(t, "secrets-not-in-environment").Details[0]
	assert.Contains(t, d.Sentence, "DB_PASSWORD, DSN, args[1]")
	assert.JSONEq(t, `["[redacted:password]","[redacted:token]"]`, string(d.Value))
}

func TestReferencesAreNoLiteralSecrets(t *testing.T) {
	r := newWorld(t, goodPod(func(p *corev1.Pod) {
		p.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "PASSWORD", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{Key: "x"}}}}
		p.Spec.Containers[0].EnvFrom = []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{}}}
	})).result(t, "secrets-not-in-environment")
	assert.Equal(t, engine.Pass, r.Verdict)
	assert.Contains(t, r.Details[0].Sentence, "1 variable and 1 whole Secret")
}

func TestRedactedBinaryDataIsRead(t *testing.T) {
	w := newWorld(t)
	w.add(engine.NewDocument(engine.Ref{Kind: "ConfigMap", Namespace: "pay", Name: "b"},
		[]byte(`{"apiVersion":"v1","binaryData":{"k":"[redacted:private-key]"},"kind":"ConfigMap","metadata":{"name":"b","namespace":"pay"}}`)))
	r := w.result(t, "configmaps-without-secrets")
	require.Len(t, r.Details, 1)
	assert.Equal(t, "binaryData[k]", r.Details[0].Field)
}

func TestWaysIn(t *testing.T) {
	const id = "services-exposed"
	ways := []metav1.Object{
		&corev1.Service{ObjectMeta: named("pay", "lb"), Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeLoadBalancer}},
		&corev1.Service{ObjectMeta: named("pay", "ips"), Spec: corev1.ServiceSpec{ExternalIPs: []string{"192.0.2.1"}}},
		&networkingv1.Ingress{ObjectMeta: named("pay", "in")},
	}
	for _, way := range ways {
		inside, outside, none := newWorld(t, way), newWorld(t, way), newWorld(t, way)
		inside.params.Zones = map[string][]engine.Selector{cdeZone: {{Target: "k8s:test", Namespaces: []string{"pa*"}}}}
		outside.params.Zones = map[string][]engine.Selector{cdeZone: {{Namespaces: []string{"cards"}}}}
		none.params.Zones = map[string][]engine.Selector{"office": {{}}}
		assert.Equal(t, engine.Fail, inside.result(t, id).Verdict, way.GetName())
		assert.Equal(t, engine.Pass, outside.result(t, id).Verdict, way.GetName())
		assert.Equal(t, engine.Unknown, none.result(t, id).Verdict, way.GetName())
	}
	assert.Equal(t, engine.Unknown, newWorld(t, &corev1.Service{ObjectMeta: named("pay", "x"), Spec: corev1.ServiceSpec{Type: "Tunnel"}}).result(t, id).Verdict)
}

// What a controller in front is told by routes is a way in as what an Ingress says is.
func TestRoutesAreWaysIn(t *testing.T) {
	const id = "services-exposed"
	route := func(apiVersion, kind, namespace, spec string) string {
		return "apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: r, namespace: " + namespace + "}\nspec: " + spec
	}
	for name, c := range map[string]struct {
		route string
		want  engine.Verdict
	}{
		"a Route":              {route("route.openshift.io/v1", "Route", "pay", "{host: pay.example, to: {kind: Service, name: s}}"), engine.Fail},
		"a Route elsewhere":    {route("route.openshift.io/v1", "Route", "web", "{host: web.example, to: {kind: Service, name: s}}"), engine.Pass},
		"a route of a Gateway": {route("gateway.networking.k8s.io/v1", "HTTPRoute", "pay", "{rules: [{backendRefs: [{name: s}]}]}"), engine.Fail},
		"one of TCP":           {route("gateway.networking.k8s.io/v1alpha2", "TCPRoute", "pay", "{rules: [{backendRefs: [{name: s}]}]}"), engine.Fail},
		"one from elsewhere":   {route("gateway.networking.k8s.io/v1", "HTTPRoute", "web", "{rules: [{backendRefs: [{name: s}, {name: s, namespace: pay}]}]}"), engine.Fail},
		"a copy for the zone":  {route("gateway.networking.k8s.io/v1", "HTTPRoute", "web", "{rules: [{filters: [{requestMirror: {backendRef: {name: s, namespace: pay}}}]}]}"), engine.Fail},
		"one elsewhere":        {route("gateway.networking.k8s.io/v1", "HTTPRoute", "web", "{rules: [{backendRefs: [{name: s, namespace: shop}]}]}"), engine.Pass},
	} {
		t.Run(name, func(t *testing.T) {
			w := fromYAML(t, c.route)
			w.params.Zones = map[string][]engine.Selector{cdeZone: {{Namespaces: []string{"pay"}}}}
			assert.Equal(t, c.want, w.result(t, id).Verdict, "%v", w.result(t, id).Details)
		})
	}
	w := newWorld(t, &corev1.Service{ObjectMeta: named("pay", "x")})
	w.params.Zones = map[string][]engine.Selector{cdeZone: {{Namespaces: []string{"pay"}}}}
	assert.Equal(t, engine.Pass, w.result(t, id).Verdict)
	w.snapshot.Gaps = []engine.Gap{{Kind: engine.Kind{Group: "route.openshift.io", Kind: "Route"}, Reason: engine.Forbidden}}
	assert.Equal(t, engine.Unknown, w.result(t, id).Verdict, "routes that were refused may lead anywhere")
}
