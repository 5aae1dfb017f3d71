package kube_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
)

const mutationBinding = "\n---\napiVersion: admissionregistration.k8s.io/v1beta1\nkind: MutatingAdmissionPolicyBinding\nmetadata: {name: b}\nspec: {policyName: m}\n"

// webhook is a webhook of a configuration called hooks.
func webhook(fields string) string {
	return "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: m}\nwebhooks: [{name: a.example.com, " + fields + "}]\n"
}

// What among the files changes objects as they are taken in leaves open what becomes of
// those that it is asked about, and of no others.
func TestWhatIsChangedAtAdmission(t *testing.T) {
	policy := func(constraints string) string {
		return "apiVersion: admissionregistration.k8s.io/v1beta1\nkind: MutatingAdmissionPolicy\nmetadata: {name: m}\nspec: {matchConstraints: {" + constraints + "}}\n"
	}
	kyverno := func(kind, rule string) string {
		return "apiVersion: kyverno.io/v1\nkind: " + kind + "\nmetadata: {name: m, namespace: na}\nspec: {rules: [{name: r, " + rule + "}]}"
	}
	const pods = "{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}"
	const deployments = "{apiGroups: [apps], operations: [CREATE], resources: [deployments, deployments]}"
	const everything = "{apiGroups: ['*'], operations: ['*'], resources: ['*']}"
	deployment, namespace := engine.Kind{Group: "apps", Kind: "Deployment"}, engine.Kind{Kind: "Namespace"}
	const made = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, namespace: na, labels: {a: b}}\nspec: {selector: {matchLabels: {app: d}}, template: {metadata: {labels: {app: d}}, spec: {containers: [{name: c, image: x}]}}}\n"
	const cron = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: d, namespace: na}\nspec: {schedule: '* * * * *', jobTemplate: {spec: {template: {metadata: {labels: {app: d}}, spec: {containers: [{name: c, image: x}]}}}}}\n"
	const rollout = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: d, namespace: na}\nspec: {template: {metadata: {labels: {app: d}}, spec: {containers: [{name: c, image: x}]}}}\n"
	const na = "apiVersion: v1\nkind: Namespace\nmetadata: {name: na, labels: {inject: 'on'}}\n"
	stored := "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: na, uid: 5f4c}\nspec: {containers: [{name: c, image: x}]}\n"
	only := func(fields string) string { return webhook("rules: [" + pods + "], " + fields) }
	for name, c := range map[string]struct {
		text, object string
		want         []engine.Kind
	}{
		"a policy, not bound":             {policy("resourceRules: [" + pods + "]"), made, nil},
		"a policy":                        {policy("resourceRules: ["+pods+"]") + mutationBinding, made, []engine.Kind{podKind}},
		"a policy of a part of pods":      {policy("resourceRules: [{apiGroups: [''], operations: [UPDATE], resources: [pods/ephemeralcontainers]}]") + mutationBinding, made, []engine.Kind{podKind}},
		"a policy of another group":       {policy("resourceRules: ["+deployments+"]") + mutationBinding, made, []engine.Kind{deployment}},
		"a policy of everything":          {policy("resourceRules: ["+everything+"]") + mutationBinding, made, []engine.Kind{deployment, podKind}},
		"a policy elsewhere":              {policy("namespaceSelector: {matchLabels: {inject: 'off'}}, resourceRules: ["+pods+"]") + mutationBinding, made + "---\n" + na, nil},
		"a policy of what nobody reads":   {policy("resourceRules: [{apiGroups: [example.com], operations: ['*'], resources: [things]}]") + mutationBinding, made, nil},
		"a webhook":                       {webhook("rules: [" + pods + "]"), made, []engine.Kind{podKind}},
		"a webhook, and no pods":          {webhook("rules: [" + pods + "]"), na, nil},
		"a webhook, and a CronJob":        {webhook("rules: [" + pods + "]"), cron, []engine.Kind{podKind}},
		"a webhook, and a kind of others": {webhook("rules: [" + pods + "]"), rollout, []engine.Kind{podKind}},
		"a webhook, and what is stored":   {webhook("rules: [" + pods + "]"), stored, nil},
		"a webhook of namespaces":         {webhook("rules: [{apiGroups: [''], operations: [CREATE], resources: [namespaces]}], namespaceSelector: {matchLabels: {inject: 'on'}}"), made + "---\n" + na, []engine.Kind{namespace}},
		"a webhook that removes nothing":  {webhook("rules: [{apiGroups: [''], operations: [DELETE, CONNECT], resources: [pods]}]"), made, nil},
		"one that is asked of updates":    {webhook("rules: [{apiGroups: [''], operations: [UPDATE], resources: [pods]}]"), made, []engine.Kind{podKind}},
		"a webhook of long ago":           {"apiVersion: admissionregistration.k8s.io/v1beta1" + webhook("rules: [" + pods + "]")[len("apiVersion: admissionregistration.k8s.io/v1"):], made, []engine.Kind{{Group: "admissionregistration.k8s.io", Kind: "MutatingWebhookConfiguration"}, podKind}},
		"a namespace that it has":         {only("namespaceSelector: {matchLabels: {inject: 'on'}}"), made + "---\n" + na, []engine.Kind{podKind}},
		"a namespace that it has not":     {only("namespaceSelector: {matchExpressions: [{key: inject, operator: DoesNotExist}]}"), made + "---\n" + na, nil},
		"a namespace that was not seen":   {only("namespaceSelector: {matchLabels: {inject: 'on'}}"), made, []engine.Kind{podKind}},
		"a name of it":                    {only("namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: na}}"), made, []engine.Kind{podKind}},
		"another name":                    {only("namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [na]}]}"), made, nil},
		"a selector that cannot be read":  {only("namespaceSelector: {matchExpressions: [{key: a, operator: Near}]}"), made, []engine.Kind{podKind}},
		"pods that it selects":            {only("objectSelector: {matchLabels: {app: d}}"), made, []engine.Kind{podKind}},
		"labels of their controller's":    {only("objectSelector: {matchLabels: {a: b}}"), made, nil},
		"labels that a controller gives":  {only("objectSelector: {matchExpressions: [{key: pod-template-hash, operator: Exists}]}"), made, []engine.Kind{podKind}},
		"labels of a kind of others":      {only("objectSelector: {matchLabels: {rollouts-pod-template-hash: x}}"), rollout, []engine.Kind{podKind}},
		"two webhooks":                    {webhook("rules: [" + pods + "], namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}, {name: b, rules: [" + deployments + "]"), made, []engine.Kind{deployment}},
		"Kyverno's":                       {kyverno("ClusterPolicy", "match: {any: [{resources: {kinds: [v1/Pod]}}]}, mutate: {patchStrategicMerge: {}}"), made, []engine.Kind{podKind}},
		"Kyverno's in the old form":       {kyverno("ClusterPolicy", "match: {resources: {kinds: ['Deploy*']}}, mutate: {}"), made, []engine.Kind{deployment}},
		"Kyverno's of other objects":      {kyverno("ClusterPolicy", "match: {any: [{resources: {kinds: [Secret]}}]}, mutate: {targets: [{apiVersion: apps/v1, kind: Deployment}]}"), made, []engine.Kind{deployment}},
		"Kyverno's that validates":        {kyverno("ClusterPolicy", "match: {any: [{resources: {kinds: [Pod]}}]}, validate: {}"), made, nil},
		"Kyverno's of its namespace":      {kyverno("Policy", "match: {any: [{resources: {kinds: [Pod]}}]}, mutate: {}"), made, []engine.Kind{podKind}},
		"Kyverno's of another":            {kyverno("Policy", "match: {any: [{resources: {kinds: [Pod]}}]}, mutate: {}"), "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: nb}\nspec: {containers: [{name: c, image: x}]}\n", nil},
		"Gatekeeper's":                    {"apiVersion: mutations.gatekeeper.sh/v1\nkind: Assign\nmetadata: {name: m}\nspec: {applyTo: [{groups: [''], kinds: [Pod], versions: [v1]}], location: spec.hostPID, parameters: {assign: {value: true}}}\n", made, []engine.Kind{podKind}},
	} {
		for _, order := range []map[string]string{{"a.yaml": c.text, "b.yaml": c.object}, {"b.yaml": c.text, "a.yaml": c.object}} {
			s, _ := scan(t, folder(t, order))
			var hidden []engine.Kind
			for _, g := range s.Gaps {
				assert.False(t, s.Saw(g.Kind), name)
				hidden = append(hidden, g.Kind)
			}
			assert.Equal(t, c.want, hidden, "%s: %v", name, s.Gaps)
		}
	}
}

// A gap says what changes objects and where, once for each kind.
func TestWhatChangesObjectsIsNamed(t *testing.T) {
	hook := webhook("rules: [{apiGroups: [''], operations: [CREATE], resources: [pods]}]")
	const other = "\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: other}\nspec: {containers: [{name: c, image: x}]}\n"
	s, _ := scan(t, folder(t, map[string]string{"m.yaml": hook, "p.yaml": fmt.Sprintf(pod, "fine")}))
	assert.Len(t, s.Gaps, 1)
	assert.Equal(t, "MutatingWebhookConfiguration m changes such objects as a server takes them in: what it makes of them is not in the files", s.Gaps[0].Cause)
	assert.Equal(t, 1, s.Gaps[0].Line)
	s, _ = scan(t, folder(t, map[string]string{"m.yaml": hook, "p.yaml": other[5:]}))
	assert.Equal(t, "other", s.Gaps[0].Namespace)
	s, _ = scan(t, folder(t, map[string]string{"m.yaml": hook, "p.yaml": fmt.Sprintf(pod, "fine") + other}))
	assert.Len(t, s.Gaps, 1)
	assert.Contains(t, s.Gaps[0].Cause, "such objects in 2 namespaces as")
	assert.Empty(t, s.Gaps[0].Namespace)
}
