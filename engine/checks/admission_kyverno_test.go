package checks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

// What lets images past a policy of Kyverno's that verifies them, or keeps it in force here
// although it is not elsewhere.
func TestWhatLetsImagesPastKyverno(t *testing.T) {
	const enforce = "validationFailureAction: Enforce"
	enforced := kyverno(enforce, allPods, ours) + "---" + kyvernoHook
	overridden := func(spec string) string { return kyverno(spec, allPods, ours) + "---" + kyvernoHook }
	beside := func(document string) string { return enforced + "---\n" + document }
	exception := func(spec string) string {
		return beside("apiVersion: kyverno.io/v2\nkind: PolicyException\nmetadata: {name: e, namespace: x}\nspec: " + spec)
	}
	settings := func(filters string) string {
		return beside("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kyverno, namespace: kyverno}\ndata: {resourceFilters: '" + filters + "'}")
	}
	const signed = "images.containers.map(i, verifyImageSignatures(i, [attestors.a])).all(e, e > 0)"
	cel := func(kind, namespace, expression, rest string) string {
		return "apiVersion: policies.kyverno.io/v1\nkind: " + kind + "\nmetadata: {name: cel, namespace: " + namespace + "}\nspec: {matchImageReferences: [{glob: '*'}], attestors: [{name: a}], " +
			"validations: [{expression: '" + expression + "'}]" + rest + "\n---" + kyvernoHook
	}
	for name, c := range map[string]struct {
		yaml string
		want engine.Verdict
		says string
	}{
		"as it is": {enforced, engine.Pass, "verified when they are admitted"},
		"enforced here, audited elsewhere": {
			overridden("validationFailureAction: Audit\n  validationFailureActionOverrides: [{action: Enforce, namespaces: [p*]}]"), engine.Pass, "",
		},
		"audited elsewhere alone": {overridden(enforce + "\n  validationFailureActionOverrides: [{action: Audit, namespaces: [shop]}]"), engine.Pass, ""},
		"audited by a selector": {
			overridden(enforce + "\n  validationFailureActionOverrides: [{action: audit, namespaceSelector: {matchLabels: {tier: low}}}]"), engine.Fail, "only audits",
		},
		"enforced elsewhere alone": {
			overridden("validationFailureAction: Audit\n  validationFailureActionOverrides: [{action: Enforce, namespaces: [shop]}]"), engine.Fail, "only audits",
		},
		"the first override decides": {
			overridden(enforce + "\n  validationFailureActionOverrides: [{action: Enforce, namespaces: [pay]}, {action: Audit, namespaces: ['*']}]"), engine.Pass, "",
		},
		"the rule says another": {
			kyverno("validationFailureActionOverrides: [{action: Audit, namespaces: [pay]}]", allPods, strings.Replace(ours, "{", "{failureAction: Enforce, ", 1)) + "---" + kyvernoHook,
			engine.Unknown, "another action",
		},
		"not ready": {
			strings.Replace(enforced, "---", "status: {conditions: [{type: Ready, status: 'False'}]}\n---", 1), engine.Unknown, "not ready",
		},
		"excepted":                     {exception("{exceptions: [{policyName: signed, ruleNames: [cosign]}], match: {any: [{resources: {kinds: [Pod], namespaces: [pay]}}]}}"), engine.Unknown, "exception e"},
		"excepted by a selector":       {exception("{exceptions: [{policyName: signed, ruleNames: ['*']}], match: {any: [{resources: {kinds: [Pod], selector: {matchLabels: {a: b}}}}]}}"), engine.Unknown, "exception e"},
		"excepted elsewhere":           {exception("{exceptions: [{policyName: signed, ruleNames: [cosign]}], match: {any: [{resources: {kinds: [Pod], namespaces: [shop]}}]}}"), engine.Pass, ""},
		"excepted from another rule":   {exception("{exceptions: [{policyName: signed, ruleNames: [other]}], match: {any: [{resources: {kinds: [Pod]}}]}}"), engine.Pass, ""},
		"excepted from another policy": {exception("{exceptions: [{policyName: other, ruleNames: [cosign]}], match: {any: [{resources: {kinds: [Pod]}}]}}"), engine.Pass, ""},
		"filtered":                     {settings("[Event,*,*] [*/*,pay,*]"), engine.Unknown, "ConfigMap kyverno"},
		"filtered by a pattern":        {settings("[Pod,p*,*]"), engine.Unknown, "ConfigMap kyverno"},
		"pods filtered everywhere":     {settings("[Pod]"), engine.Unknown, "ConfigMap kyverno"},
		"as they come":                 {settings("[Event,*,*][*/*,kube-system,*][Node/*,*,*][ConfigMap,pay,kyverno]"), engine.Pass, ""},
		"cel":                          {cel("ImageValidatingPolicy", "''", signed, "}"), engine.Pass, ""},
		"cel that verifies nothing":    {cel("ImageValidatingPolicy", "''", "true", "}"), engine.Fail, "verifies no signature"},
		"cel that need not verify":     {cel("ImageValidatingPolicy", "''", signed, ", validationConfigurations: {required: false}}"), engine.Unknown, "does not require"},
		"cel, not ready":               {strings.Replace(cel("ImageValidatingPolicy", "''", signed, "}"), "\n---", "\nstatus: {conditionStatus: {ready: false}}\n---", 1), engine.Unknown, "not ready"},
		"cel of this namespace":        {cel("NamespacedImageValidatingPolicy", "pay", signed, "}"), engine.Pass, ""},
		"cel of another namespace":     {cel("NamespacedImageValidatingPolicy", "shop", signed, "}"), engine.Fail, "No policy here"},
		"cel, excepted":                {cel("ImageValidatingPolicy", "''", signed, "}") + "---\napiVersion: policies.kyverno.io/v1\nkind: PolicyException\nmetadata: {name: e, namespace: x}\nspec: {policyRefs: [{name: cel, kind: ImageValidatingPolicy}]}", engine.Unknown, "exception e"},
		"a webhook of cluster objects": {strings.Replace(enforced, "resources: [pods]", "resources: ['*'], scope: Cluster", 1), engine.Fail, "no webhook"},
		"Kubewarden":                   {hookYAML("ValidatingWebhookConfiguration", "clusterwide-verify-image-signatures.kubewarden.admission", "policy-server-default", ""), engine.Unknown, "Kubewarden"},
		"StackRox":                     {hookYAML("ValidatingWebhookConfiguration", "policyeval.stackrox.io", "admission-control", "failurePolicy: Ignore"), engine.Unknown, "StackRox"},
		"a provider of Gatekeeper's":   {"apiVersion: externaldata.gatekeeper.sh/v1beta1\nkind: Provider\nmetadata: {name: cosign-gatekeeper-provider}", engine.Unknown, "cosign-gatekeeper-provider"},
		"OpenShift's nodes":            {"apiVersion: config.openshift.io/v1\nkind: ImagePolicy\nmetadata: {name: i, namespace: pay}", engine.Unknown, "nodes may verify"},
		"of another namespace":         {"apiVersion: config.openshift.io/v1\nkind: ImagePolicy\nmetadata: {name: i, namespace: shop}", engine.Fail, "No policy here"},
		"that of OpenShift's own":      {"apiVersion: config.openshift.io/v1\nkind: ClusterImagePolicy\nmetadata: {name: openshift}", engine.Fail, "No policy here"},
	} {
		low := &corev1.Namespace{ObjectMeta: named("", "pay")}
		low.Labels = map[string]string{"tier": "low"}
		w := newWorld(t, goodPod(), low)
		w.read(t, documentEnd.Split(c.yaml, -1)...)
		got := w.result(t, "images-verified-at-admission")
		assert.Equal(t, c.want, got.Verdict, "%s: %+v", name, got.Details)
		assert.Contains(t, fmt.Sprint(got.Details), c.says, name)
	}
	for _, kind := range []engine.Kind{kyvernoExceptionKind, celExceptionKind, configMapKind} {
		w := newWorld(t, goodPod(), &corev1.Namespace{ObjectMeta: named("", "pay")}).hide(kind)
		w.read(t, documentEnd.Split(enforced, -1)...)
		assert.Equal(t, engine.Unknown, w.result(t, "images-verified-at-admission").Verdict, "%s that were not seen may let images past", kind)
	}
}

func TestImagesThatNoWebhookKeepsOut(t *testing.T) {
	policy := kyverno("validationFailureAction: Enforce", allPods, ours) + "---" + kyvernoHook
	cel := "apiVersion: policies.kyverno.io/v1\nkind: ImageValidatingPolicy\nmetadata: {name: cel}\nspec: {matchImageReferences: [{glob: '*'}], attestors: [{name: a}], " +
		"validations: [{expression: 'images.containers.map(i, verifyImageSignatures(i, [attestors.a])).all(e, e > 0)'}]}\n---" + kyvernoHook
	static := goodPod(func(p *corev1.Pod) {
		p.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "Node", Name: "n1", Controller: new(true)}}
	})
	initial := goodPod(func(p *corev1.Pod) {
		p.Spec.InitContainers = []corev1.Container{{Name: "init", Image: strings.Replace(pinned, "/api", "/init", 1)}}
	})
	for name, c := range map[string]struct {
		pod  *corev1.Pod
		yaml string
		want engine.Verdict
		says string
	}{
		"a static pod":                       {static, policy, engine.Unknown, "a static pod"},
		"an init container":                  {initial, policy, engine.Pass, ""},
		"an init container no one speaks of": {initial, cel, engine.Unknown, "init containers"},
		"one that is spoken of":              {initial, strings.Replace(cel, "images.containers.map", "(images.containers + images.initContainers).map", 1), engine.Pass, ""},
		"no init container":                  {goodPod(), cel, engine.Pass, ""},
	} {
		w := newWorld(t, c.pod, &corev1.Namespace{ObjectMeta: named("", "pay")})
		w.read(t, documentEnd.Split(c.yaml, -1)...)
		got := w.result(t, "images-verified-at-admission")
		assert.Equal(t, c.want, got.Verdict, "%s: %+v", name, got.Details)
		assert.Contains(t, fmt.Sprint(got.Details), c.says, name)
	}
}
