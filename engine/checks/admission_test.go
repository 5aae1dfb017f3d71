package checks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

// kyverno is a policy that verifies images, in the form of Kyverno's.
func kyverno(spec, match, verify string) string {
	return fmt.Sprintf(`
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: signed}
spec:
  %s
  rules:
  - name: cosign
    match: %s
    verifyImages: [%s]
`, spec, match, verify)
}

func hookYAML(kind, name, service, rest string) string {
	return fmt.Sprintf(`
apiVersion: admissionregistration.k8s.io/v1
kind: %s
metadata: {name: %s}
webhooks:
- name: %s
  clientConfig: {service: {name: %s, namespace: x}}
  rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  %s
`, kind, name, name, service, rest)
}

const (
	allPods = "{any: [{resources: {kinds: [Pod]}}]}"
	ours    = `{imageReferences: ["registry.example/pay/*"], attestors: [{entries: [{keys: {publicKeys: x}}]}]}`
)

var kyvernoHook = hookYAML("MutatingWebhookConfiguration", "mutate.kyverno.svc-fail", "kyverno-svc", "")

func admissionFixtures() map[string]fixture {
	const in = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: api, namespace: pay}\nspec: {containers: [{name: api, image: " + pinned + "}]}\n" +
		"---\napiVersion: v1\nkind: Namespace\nmetadata: {name: pay}\n---"
	return map[string]fixture{
		"images-verified-at-admission": {
			passYAML: kyverno("validationFailureAction: Enforce", allPods, ours) + in + kyvernoHook,
			failYAML: kyverno("background: true", allPods, ours) + in + kyvernoHook,
		},
		"admission-policies-enforce": {
			passYAML: kyverno("validationFailureAction: enforce", allPods, ours), failYAML: kyverno("background: true", allPods, ours),
		},
	}
}

func TestImagesVerifiedAtAdmission(t *testing.T) {
	const enforce = "validationFailureAction: Enforce"
	sigstore := func(spec string) string {
		return "apiVersion: policy.sigstore.dev/v1beta1\nkind: ClusterImagePolicy\nmetadata: {name: keyless}\nspec: " + spec
	}
	const keyless = `{images: [{glob: "registry.example/**"}], authorities: [{keyless: {url: x}}]`
	optIn := hookYAML("ValidatingWebhookConfiguration", "policy.sigstore.dev", "webhook", "namespaceSelector: {matchLabels: {policy.sigstore.dev/include: 'true'}}")
	cel := func(spec string) string {
		return "apiVersion: policies.kyverno.io/v1\nkind: ImageValidatingPolicy\nmetadata: {name: cel}\nspec: " +
			strings.Replace(spec, "{", `{validations: [{expression: "images.containers.map(i, verifyImageSignatures(i, [attestors.a])).all(e, e > 0)"}], `, 1)
	}
	for name, c := range map[string]struct {
		yaml string
		want engine.Verdict
		says string
	}{
		"nothing at all":                 {"", engine.Fail, "No policy here verifies images"},
		"no webhook":                     {kyverno(enforce, allPods, ours), engine.Fail, "no webhook of its controller"},
		"a webhook that ignores":         {kyverno(enforce, allPods, ours) + "---" + hookYAML("MutatingWebhookConfiguration", "m", "kyverno-svc", "failurePolicy: Ignore"), engine.Fail, "Ignore"},
		"a webhook elsewhere":            {kyverno(enforce, allPods, ours) + "---" + hookYAML("MutatingWebhookConfiguration", "m", "kyverno-svc", "namespaceSelector: {matchLabels: {a: b}}"), engine.Fail, "leaves out this namespace"},
		"a webhook under a condition":    {kyverno(enforce, allPods, ours) + "---" + hookYAML("MutatingWebhookConfiguration", "m", "kyverno-svc", "objectSelector: {matchLabels: {a: b}}"), engine.Unknown, "cannot be told"},
		"audit for some":                 {kyverno(enforce+"\n  validationFailureActionOverrides: [{action: Audit, namespaces: [pay]}]", allPods, ours) + "---" + kyvernoHook, engine.Fail, "only audits"},
		"fails open":                     {kyverno(enforce+"\n  failurePolicy: Ignore", allPods, ours) + "---" + kyvernoHook, engine.Fail, "Ignore"},
		"another namespace":              {kyverno(enforce, "{any: [{resources: {kinds: [Pod], namespaces: [shop]}}]}", ours) + "---" + kyvernoHook, engine.Fail, "No policy here"},
		"a selector of pods":             {kyverno(enforce, "{any: [{resources: {kinds: [Pod], selector: {matchLabels: {a: b}}}}]}", ours) + "---" + kyvernoHook, engine.Unknown, "matches this namespace"},
		"this namespace excluded":        {strings.Replace(kyverno(enforce, allPods, ours), "    verifyImages", "    exclude: {any: [{resources: {namespaces: [p*]}}]}\n    verifyImages", 1) + "---" + kyvernoHook, engine.Fail, "No policy here"},
		"another image":                  {kyverno(enforce, allPods, strings.Replace(ours, "/pay/", "/shop/", 1)) + "---" + kyvernoHook, engine.Fail, "No policy verifies registry.example/pay/api"},
		"no attestor":                    {kyverno(enforce, allPods, `{imageReferences: ["*"]}`) + "---" + kyvernoHook, engine.Fail, "no signature"},
		"not required":                   {kyverno(enforce, allPods, strings.Replace(ours, "{", "{required: false, ", 1)) + "---" + kyvernoHook, engine.Fail, "does not require"},
		"sigstore, opted in":             {sigstore(keyless+"}") + "\n---" + optIn, engine.Pass, "Sigstore policy keyless"},
		"sigstore warns":                 {sigstore(keyless+", mode: warn}") + "\n---" + optIn, engine.Fail, "only warns"},
		"sigstore says yes":              {sigstore(`{images: [{glob: "**"}], authorities: [{static: {action: pass}}]}`) + "\n---" + optIn, engine.Fail, "says yes without looking"},
		"sigstore, one part only":        {sigstore(`{images: [{glob: "registry.example/*"}], authorities: [{keyless: {}}]}`) + "\n---" + optIn, engine.Fail, "No policy verifies"},
		"cel":                            {cel(`{matchImageReferences: [{glob: "registry.example/*"}], attestors: [{name: a}]}`) + "\n---" + kyvernoHook, engine.Pass, "Kyverno image policy cel"},
		"cel, audit":                     {cel(`{validationActions: [Audit], matchImageReferences: [{glob: "*"}], attestors: [{name: a}]}`) + "\n---" + kyvernoHook, engine.Fail, "audits"},
		"cel, an expression":             {cel(`{matchImageReferences: [{expression: "true"}], attestors: [{name: a}]}`) + "\n---" + kyvernoHook, engine.Unknown, "expression"},
		"cel, pods":                      {cel(`{matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}, matchImageReferences: [{glob: "*"}], attestors: [{name: a}]}`) + "\n---" + kyvernoHook, engine.Pass, "Kyverno image policy cel"},
		"cel, no pods":                   {cel(`{matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}]}, matchImageReferences: [{glob: "*"}], attestors: [{name: a}]}`) + "\n---" + kyvernoHook, engine.Unknown, "may not be asked"},
		"fails open, by its newer field": {kyverno(enforce+"\n  webhookConfiguration: {failurePolicy: Ignore}", allPods, ours) + "---" + kyvernoHook, engine.Fail, "Ignore"},
		"its webhook's conditions":       {kyverno(enforce+"\n  webhookConfiguration: {matchConditions: [{name: a}]}", allPods, ours) + "---" + kyvernoHook, engine.Unknown, "under conditions"},
		"preconditions":                  {strings.Replace(kyverno(enforce, allPods, ours), "    verifyImages", "    preconditions: {all: [{key: a}]}\n    verifyImages", 1) + "---" + kyvernoHook, engine.Unknown, "under conditions"},
		"kinds of another group":         {kyverno(enforce, "{any: [{resources: {kinds: [apps/v1/*]}}]}", ours) + "---" + kyvernoHook, engine.Fail, "No policy here"},
		"connaisseur":                    {hookYAML("MutatingWebhookConfiguration", "c", "connaisseur-svc", ""), engine.Unknown, "Connaisseur"},
		"ratify":                         {"apiVersion: templates.gatekeeper.sh/v1\nkind: ConstraintTemplate\nmetadata: {name: ratifyverification}", engine.Unknown, "Ratify"},
	} {
		ns := &corev1.Namespace{ObjectMeta: named("", "pay")}
		ns.Labels = map[string]string{"policy.sigstore.dev/include": "true"}
		w := newWorld(t, goodPod(), ns)
		w.read(t, documentEnd.Split(c.yaml, -1)...)
		got := w.result(t, "images-verified-at-admission")
		assert.Equal(t, c.want, got.Verdict, "%s: %+v", name, got.Details)
		assert.Contains(t, fmt.Sprint(got.Details), c.says, name)
	}
	for _, kind := range append(verifyingKinds(), constraintTemplateKind) {
		got := newWorld(t, goodPod()).hide(kind).result(t, "images-verified-at-admission")
		assert.NotContains(t, fmt.Sprint(got.Verdict), "fail", "what was not seen of %s may verify", kind)
	}
	gke := node("n1", func(n *corev1.Node) { n.Spec.ProviderID = "gce://p/z/n" })
	assert.Equal(t, engine.Unknown, newWorld(t, goodPod(), gke).result(t, "images-verified-at-admission").Verdict)
	server := goodPod(func(p *corev1.Pod) {
		p.Namespace, p.Spec.Containers[0].Command = "kube-system", []string{"kube-apiserver", "--enable-admission-plugins=NodeRestriction,ImagePolicyWebhook"}
	})
	assert.Equal(t, engine.Unknown, newWorld(t, server).result(t, "images-verified-at-admission").Verdict)
}

func TestAdmissionPoliciesThatRefuse(t *testing.T) {
	policy := func(spec string) string {
		return "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: p}\nspec: " + spec
	}
	binding := func(actions string) string {
		return "\n---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: {name: b}\nspec: {policyName: p, validationActions: " + actions + "}"
	}
	const one = "{validations: [{expression: 'false'}]}"
	for name, c := range map[string]struct {
		yaml string
		want engine.Verdict
	}{
		"not bound":                        {policy(one), engine.Fail},
		"bound, denies":                    {policy(one) + binding("[Deny]"), engine.Pass},
		"bound, warns":                     {policy(one) + binding("[Warn, Audit]"), engine.Fail},
		"bound, missing is let in":         {policy(one) + binding("[Deny], paramRef: {name: x, parameterNotFoundAction: Allow}"), engine.Unknown},
		"one that only records":            {policy("{auditAnnotations: [{key: a}]}") + binding("[Deny]"), engine.NotApplicable},
		"fails open":                       {policy("{failurePolicy: Ignore, validations: [{expression: 'false'}]}") + binding("[Deny]"), engine.Fail},
		"a rule that only audits for some": {"apiVersion: kyverno.io/v1\nkind: Policy\nmetadata: {name: v, namespace: pay}\nspec: {rules: [{name: v, validate: {failureAction: Enforce, failureActionOverrides: [{action: Audit, namespaces: [pay]}]}}]}", engine.Fail},
		"one that only generates":          {"apiVersion: kyverno.io/v1\nkind: Policy\nmetadata: {name: g, namespace: pay}\nspec: {rules: [{name: g, generate: {}}]}", engine.NotApplicable},
		"a rule of its own mode":           {"apiVersion: kyverno.io/v1\nkind: Policy\nmetadata: {name: v, namespace: pay}\nspec: {rules: [{name: v, validate: {failureAction: Enforce}}, {name: w, validate: {}}]}", engine.Fail},
		"a template of Gatekeeper":         {"apiVersion: templates.gatekeeper.sh/v1\nkind: ConstraintTemplate\nmetadata: {name: k8sallowedrepos}", engine.NotApplicable},
		"a constraint that denies":         {constraintYAML("{}", "") + gatekeeperHookYAML("Fail"), engine.Pass},
		"one that warns":                   {constraintYAML("{enforcementAction: warn}", "") + gatekeeperHookYAML("Fail"), engine.Fail},
		"one that runs dry":                {constraintYAML("{enforcementAction: dryrun}", "") + gatekeeperHookYAML("Fail"), engine.Fail},
		"one that denies on admission":     {constraintYAML("{enforcementAction: scoped, scopedEnforcementActions: [{action: deny, enforcementPoints: [{name: validation.gatekeeper.sh}]}]}", "") + gatekeeperHookYAML("Fail"), engine.Pass},
		"one that denies in audits alone":  {constraintYAML("{enforcementAction: scoped, scopedEnforcementActions: [{action: deny, enforcementPoints: [{name: audit.gatekeeper.sh}]}]}", "") + gatekeeperHookYAML("Fail"), engine.Fail},
		"one that denies by policies":      {constraintYAML("{enforcementAction: scoped, scopedEnforcementActions: [{action: deny, enforcementPoints: [{name: vap.k8s.io}]}]}", ""), engine.NotApplicable},
		"Gatekeeper fails open":            {constraintYAML("{}", "") + gatekeeperHookYAML("Ignore"), engine.Fail},
		"Gatekeeper is not asked":          {constraintYAML("{}", ""), engine.Fail},
		"what is no constraint":            {constraintYAML("[]", ""), engine.Unknown},
		"what is no policy":                {"apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: x}\nspec: []", engine.Unknown},
	} {
		w := newWorld(t, []metav1.Object{}...)
		w.read(t, documentEnd.Split(c.yaml, -1)...)
		got := w.result(t, "admission-policies-enforce")
		assert.Equal(t, c.want, got.Verdict, "%s: %+v", name, got.Details)
	}
	// For whom a binding is not, the policy refuses nothing: it is said.
	for match, only := range map[string]bool{
		"": false, ", matchResources: {}": false, ", matchResources: {namespaceSelector: {}}": false,
		", matchResources: {namespaceSelector: {matchLabels: {pci: 'true'}}}":                                                    true,
		", matchResources: {objectSelector: {matchExpressions: [{key: a, operator: Exists}]}}":                                   true,
		", matchResources: {excludeResourceRules: [{apiGroups: [''], apiVersions: [v1], operations: ['*'], resources: [pods]}]}": true,
	} {
		w := newWorld(t, []metav1.Object{}...)
		w.read(t, documentEnd.Split(policy(one)+binding("[Deny]"+match), -1)...)
		got := w.result(t, "admission-policies-enforce")
		require.Len(t, got.Details, 1)
		assert.Equal(t, engine.Pass, got.Verdict, match)
		want := "It denies by 1 binding: b"
		if only {
			want += ", only of what is selected there: b"
		}
		assert.Equal(t, want, got.Details[0].Sentence, match)
	}
}

func FuzzGlobs(f *testing.F) {
	for _, glob := range []string{"**", "registry.example/*", "a?[", "\\", strings.Repeat("*", 600)} {
		f.Add(glob, "registry.example/pay/api:1")
	}
	f.Fuzz(func(t *testing.T, glob, name string) {
		for _, parts := range []bool{true, false} {
			got := globbed(glob, parts).MatchString(name)
			if !strings.ContainsAny(glob, "*?") && strings.ToValidUTF8(glob, "") == glob && len(glob) < 512 {
				assert.Equal(t, glob == name, got, "a glob without stars is a name")
			}
		}
	})
}
