package checks

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// workflow is a workflow of a kind, by its specification.
func workflow(kind, name, spec string) string {
	if kind == "CronWorkflow" {
		spec = "{schedule: '* * * * *', workflowSpec: " + spec + "}"
	}
	namespace := ", namespace: pay"
	if kind == "ClusterWorkflowTemplate" {
		namespace = ""
	}
	return "apiVersion: argoproj.io/v1alpha1\nkind: " + kind + "\nmetadata: {name: " + name + namespace + "}\nspec: " + spec
}

func TestWorkflowsOfEveryKindAreJudged(t *testing.T) {
	const spec = "{entrypoint: run, templates: [{name: all, steps: [[{name: one, template: run}]]}, {name: run, container: {image: x, securityContext: {privileged: true}}, sidecars: [{name: side, image: x}]}]}"
	for kind, at := range map[string]string{
		"Workflow": "spec", "WorkflowTemplate": "spec", "ClusterWorkflowTemplate": "spec", "CronWorkflow": "spec.workflowSpec",
	} {
		r := fromYAML(t, workflow(kind, "build", spec)).result(t, "containers-not-privileged")
		assert.Equal(t, []string{kind + " build run/main fail", kind + " build run/side pass"}, subjects(r))
		assert.Equal(t, at+".templates[1].container.securityContext.privileged", r.Details[0].Field)
		assert.Equal(t, "Template run: Container main is privileged: it is root on its node", r.Details[0].Sentence)
	}
}

// Each template is judged with what its workflow says of all, and passes with its containers
// alone: its controller adds others.
func TestTemplatesOfWorkflows(t *testing.T) {
	const privileged, nonRoot, limits = "containers-not-privileged", "pods-run-as-non-root", "containers-have-limits"
	const host, baseline, socket, paths, token = "pods-without-host-namespaces", "pods-meet-baseline", "containers-without-runtime-socket", "pods-without-host-paths", "service-account-tokens-not-mounted"
	const environment, pinnedBy = "secrets-not-in-environment", "images-pinned-by-digest"
	one := func(settings, template string) string {
		return "{" + settings + "templates: [{name: run, " + template + "}]}"
	}
	const plain = "container: {image: x}"
	for name, c := range map[string]struct {
		check, spec string
		want        engine.Verdict
		field       string
	}{
		"a script":                     {privileged, one("", "script: {image: x, source: echo, securityContext: {privileged: true}}"), engine.Fail, "spec.templates[0].script.securityContext.privileged"},
		"a set of containers":          {privileged, one("", "containerSet: {containers: [{name: a, image: x}, {name: b, image: x, securityContext: {privileged: true}}]}"), engine.Fail, "spec.templates[0].containerSet.containers[1].securityContext.privileged"},
		"an init container":            {privileged, one("", plain+", initContainers: [{name: i, image: x, securityContext: {privileged: true}}]"), engine.Fail, "spec.templates[0].initContainers[0].securityContext.privileged"},
		"a template within steps":      {privileged, "{templates: [{name: all, steps: [[{name: one, inline: {container: {image: x, securityContext: {privileged: true}}}}]]}]}", engine.Fail, "spec.templates[0].steps[0][0].inline.container.securityContext.privileged"},
		"a template within a task":     {privileged, "{templates: [{name: all, dag: {tasks: [{name: one, inline: {container: {image: x, securityContext: {privileged: true}}}}]}}]}", engine.Fail, "spec.templates[0].dag.tasks[0].inline.container.securityContext.privileged"},
		"an orderly container":         {privileged, one("", plain), engine.Pass, "spec.templates[0].container.securityContext.privileged"},
		"the user of all":              {nonRoot, one("securityContext: {runAsNonRoot: true}, ", plain), engine.Pass, "spec.securityContext.runAsNonRoot"},
		"the template's own context":   {nonRoot, one("securityContext: {runAsNonRoot: true}, ", plain+", securityContext: {fsGroup: 1}"), engine.Fail, "spec.templates[0].container.securityContext.runAsNonRoot"},
		"the node's network":           {host, one("hostNetwork: true, ", plain), engine.Fail, "spec.hostNetwork"},
		"what the controller may add":  {host, one("", plain), engine.Unknown, "spec.templates[0]"},
		"a level that it breaks":       {baseline, one("", "container: {image: x, securityContext: {privileged: true}}"), engine.Fail, "spec.templates[0]"},
		"a level that it keeps":        {baseline, one("", plain), engine.Unknown, "spec.templates[0]"},
		"a volume of all":              {paths, one("volumes: [{name: v, hostPath: {path: /data}}], ", "container: {image: x, volumeMounts: [{name: v, mountPath: /d}]}"), engine.Fail, "spec.volumes[0].hostPath.path"},
		"a volume of all, not mounted": {paths, one("volumes: [{name: v, hostPath: {path: /data}}], ", plain), engine.Unknown, "spec.templates[0].volumes"},
		"mounts that are mirrored":     {socket, one("", "container: {image: x, volumeMounts: [{name: v, mountPath: /d}]}, volumes: [{name: v, hostPath: {path: /run}}], sidecars: [{name: s, image: x, mirrorVolumeMounts: true}]"), engine.Fail, "spec.templates[0].container.volumeMounts[0]"},
		"mounts of a set":              {socket, one("", "containerSet: {volumeMounts: [{name: v, mountPath: /d}], containers: [{name: a, image: x}]}, volumes: [{name: v, hostPath: {path: /run}}]"), engine.Fail, "spec.templates[0].containerSet.containers[0].volumeMounts[0]"},
		"a token":                      {token, one("automountServiceAccountToken: true, ", plain), engine.Unknown, "spec.automountServiceAccountToken"},
		"a token that is kept back":    {token, one("automountServiceAccountToken: false, executor: {serviceAccountName: e}, ", plain), engine.Unknown, "spec.automountServiceAccountToken"},
		"a patch":                      {privileged, one("podSpecPatch: '{}', ", plain), engine.Pass, "spec.templates[0].container.securityContext.privileged"},
		"a patch that does harm":       {privileged, one(`podSpecPatch: 'containers: [{name: main, securityContext: {privileged: true}}]', `, plain), engine.Fail, "spec.podSpecPatch"},
		"a patch that mends":           {privileged, one("", `container: {image: x, securityContext: {privileged: true}}, podSpecPatch: 'containers: [{name: main, securityContext: {privileged: false}}]'`), engine.Pass, "spec.templates[0].podSpecPatch"},
		"a patch of the pod":           {host, one(`podSpecPatch: 'hostPID: true', `, plain), engine.Fail, "spec.podSpecPatch"},
		"a patch that adds a token":    {token, one(`automountServiceAccountToken: false, podSpecPatch: 'automountServiceAccountToken: true', `, plain), engine.Fail, "spec.podSpecPatch"},
		"a patch of the controller's":  {privileged, one(`podSpecPatch: 'containers: [{name: wait, resources: {}}]', `, plain), engine.Unknown, "spec.templates[0].containers"},
		"a patch of one template":      {privileged, one("", plain+", podSpecPatch: '{{inputs.parameters.patch}}'"), engine.Unknown, "spec.templates[0].containers"},
		"defaults of templates":        {privileged, one("templateDefaults: {securityContext: {}}, ", plain), engine.Unknown, "spec.templates[0].containers"},
		"defaults of when they run":    {privileged, one("templateDefaults: {timeout: 30s}, ", plain), engine.Pass, ""},
		"a resource":                   {privileged, one("", "resource: {action: create, manifest: x}"), engine.Unknown, ""},
		"a plugin":                     {privileged, one("", "plugin: {hello: {}}"), engine.Unknown, ""},
		"a kind of a later release":    {privileged, one("", "orbit: {}"), engine.Unknown, ""},
		"no templates":                 {privileged, "{entrypoint: run}", engine.Unknown, ""},
		"only a pause":                 {privileged, one("", "suspend: {}"), engine.NotApplicable, ""},
		"no list":                      {privileged, "{templates: 7}", engine.Unknown, ""},
		"what is no template":          {privileged, "{templates: [7]}", engine.Unknown, ""},
		"a container of another type":  {privileged, one("", "container: {image: 7}"), engine.Unknown, ""},
		"a parameter as the image":     {pinnedBy, one("", "container: {image: '{{inputs.parameters.image}}'}"), engine.Unknown, "spec.templates[0].container.image"},
		"the same, for another check":  {privileged, one("", "container: {image: '{{inputs.parameters.image}}'}"), engine.Pass, ""},
		"a parameter as the account":   {token, one("serviceAccountName: '{{workflow.parameters.account}}', ", plain), engine.Unknown, "spec.templates[0].containers"},
		"a parameter as a path":        {socket, one("", plain+", volumes: [{name: v, hostPath: {path: '{{inputs.parameters.path}}'}}]"), engine.Unknown, "spec.templates[0].containers"},
		"a parameter as a limit":       {limits, one("", "container: {image: x, resources: {limits: {cpu: 1, memory: '{{inputs.parameters.memory}}'}}}"), engine.Unknown, "spec.templates[0].containers"},
		"a parameter in the arguments": {environment, one("", "container: {image: x, args: ['{{inputs.parameters.what}}']}"), engine.Unknown, "spec.templates[0].container.args[0]"},
		"a parameter as a variable":    {environment, one("", "container: {image: x, env: [{name: A, value: '{{inputs.parameters.what}}'}]}"), engine.Unknown, "spec.templates[0].container.env[0].value"},
		"a variable":                   {environment, one("", "container: {image: x, env: [{name: A, value: b}]}"), engine.Pass, ""},
	} {
		r := fromYAML(t, workflow("Workflow", "build", c.spec)).result(t, c.check)
		assert.Equal(t, c.want, r.Verdict, "%s: %+v", name, r.Details)
		if c.field != "" && assert.NotEmpty(t, r.Details, name) {
			at := slices.IndexFunc(r.Details, func(d engine.Detail) bool { return d.Verdict == c.want })
			assert.Equal(t, c.field, r.Details[at].Field, name)
		}
	}
}

func TestWorkflowsThatRunTheTemplatesOfOthers(t *testing.T) {
	const id = "pods-run-as-non-root"
	const steps = "templates: [{name: all, steps: [[{name: one, templateRef: {name: lib, template: run}}]]}]"
	const user = "securityContext: {runAsUser: 1000}, "
	library := workflow("WorkflowTemplate", "lib", "{"+user+"templates: [{name: run, container: {image: x}}]}")
	for name, c := range map[string]struct {
		documents []string
		want      []string
	}{
		"not seen":                 {[]string{workflow("Workflow", "w", "{"+user+steps+"}")}, []string{"Workflow w templates of others unknown"}},
		"with its settings":        {[]string{workflow("Workflow", "w", "{"+user+steps+"}"), library}, []string{"WorkflowTemplate lib run/main pass"}},
		"with settings of its own": {[]string{workflow("Workflow", "w", "{"+steps+"}"), library}, []string{"Workflow w templates of others unknown", "WorkflowTemplate lib run/main pass"}},
		"the whole of it":          {[]string{workflow("CronWorkflow", "w", "{workflowTemplateRef: {name: lib}}"), library}, []string{"WorkflowTemplate lib run/main pass"}},
		"the whole, and more":      {[]string{workflow("Workflow", "w", "{serviceAccountName: ops, workflowTemplateRef: {name: lib}}"), library}, []string{"Workflow w templates of others unknown", "WorkflowTemplate lib run/main pass"}},
		"one of the cluster's":     {[]string{workflow("Workflow", "w", "{workflowTemplateRef: {name: lib, clusterScope: true}}"), library}, []string{"Workflow w templates of others unknown", "WorkflowTemplate lib run/main pass"}},
	} {
		assert.Equal(t, c.want, subjects(fromYAML(t, c.documents...).result(t, id)), name)
	}
}

// Whose token nobody gets by what was seen is not found in order where a workflow may run
// as it, and a template that nothing runs counts for nobody.
func TestAccountsOfWorkflows(t *testing.T) {
	const unused, dormant = "default-service-accounts-unused", "service-accounts-not-dormant"
	account := "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: pay}"
	const run = "{templates: [{name: run, container: {image: x}}]}"
	world := func(documents ...string) *world { return newWorldOf(t, append(documents, account)...) }
	assert.Equal(t, engine.Fail, world(workflow("Workflow", "w", run)).result(t, unused).Verdict)
	assert.Equal(t, engine.Pass, world(workflow("WorkflowTemplate", "w", run)).result(t, unused).Verdict, "nothing runs it")
	assert.Equal(t, engine.Fail, world(workflow("WorkflowTemplate", "w", run), workflow("Workflow", "r", "{workflowTemplateRef: {name: w}}")).result(t, unused).Verdict)
	assert.Equal(t, engine.Unknown, world(workflow("Workflow", "r", "{serviceAccountName: ops, workflowTemplateRef: {name: w}}")).result(t, unused).Verdict)
	bound := []string{
		"apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: pay}\nroleRef: {kind: Role, name: r, apiGroup: rbac.authorization.k8s.io}\nsubjects: [{kind: ServiceAccount, name: ops, namespace: pay}]",
		strings.Replace(account, "default", "ops", 1),
	}
	ops := strings.Replace(run, "{templates", "{serviceAccountName: ops, templates", 1)
	assert.Equal(t, engine.Pass, world(append(bound, workflow("CronWorkflow", "w", ops))...).result(t, dormant).Verdict)
	assert.Equal(t, engine.Fail, world(append(bound, workflow("WorkflowTemplate", "w", ops))...).result(t, dormant).Verdict)
}

// What runs as whom is not certain of workflows that name no account where their
// controller's ConfigMap has defaults, or was not seen.
func TestDefaultsOfTheControllerOfWorkflows(t *testing.T) {
	const unused, dormant = "default-service-accounts-unused", "service-accounts-not-dormant"
	const accounts = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: pay}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ops, namespace: pay}\n---\n" +
		"apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: pay}\nroleRef: {kind: Role, name: r, apiGroup: rbac.authorization.k8s.io}\nsubjects: [{kind: ServiceAccount, name: ops, namespace: pay}]"
	nobody := workflow("Workflow", "w", "{templates: [{name: run, container: {image: x}}]}")
	named := workflow("Workflow", "w", "{serviceAccountName: ci, templates: [{name: run, container: {image: x}}]}")
	settings := func(data string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: workflow-controller-configmap, namespace: argo}\ndata: {" + data + "}"
	}
	const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: pay}\nspec: {containers: [{name: c, image: x}]}"
	for name, c := range map[string]struct {
		documents       []string
		hidden          bool
		unused, dormant engine.Verdict
	}{
		"no ConfigMap of it":              {[]string{nobody}, false, engine.Fail, engine.Fail},
		"one without defaults":            {[]string{nobody, settings("parallelism: '10'")}, false, engine.Fail, engine.Fail},
		"defaults":                        {[]string{nobody, settings("workflowDefaults: 'spec: {serviceAccountName: ops}'")}, false, engine.Unknown, engine.Unknown},
		"defaults of old":                 {[]string{nobody, settings("config: '{workflowDefaults: {spec: {serviceAccountName: ops}}}'")}, false, engine.Unknown, engine.Unknown},
		"ConfigMaps that were not seen":   {[]string{nobody}, true, engine.Unknown, engine.Unknown},
		"a pod that gets the token too":   {[]string{nobody, pod, settings("workflowDefaults: 'spec: {}'")}, false, engine.Fail, engine.Unknown},
		"an account of their own":         {[]string{named, settings("workflowDefaults: 'spec: {}'")}, false, engine.Pass, engine.Fail},
		"none, and ConfigMaps not seen":   {nil, true, engine.Pass, engine.Fail},
		"a template that nobody runs yet": {[]string{strings.Replace(nobody, "kind: Workflow", "kind: WorkflowTemplate", 1)}, true, engine.Pass, engine.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorldOf(t, append(strings.Split(accounts, "\n---\n"), c.documents...)...)
			if c.hidden {
				w = w.without(configMapKind, "")
			}
			assert.Equal(t, c.unused, w.result(t, unused).Verdict, "%+v", w.result(t, unused).Details)
			assert.Equal(t, c.dormant, w.result(t, dormant).Verdict, "%+v", w.result(t, dormant).Details)
		})
	}
}

// What the controller of workflows puts into all of them is not in what they say: nothing is
// found in order, and nothing fails, by what they say alone.
func TestSettingsOfTheControllerOfWorkflows(t *testing.T) {
	const privileged, limits = "containers-not-privileged", "containers-have-limits"
	flow := workflow("Workflow", "w", "{serviceAccountName: ci, templates: [{name: run, container: {image: x}}]}")
	library := workflow("WorkflowTemplate", "w", "{templates: [{name: run, container: {image: x}}]}")
	settings := func(data string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: of-argo, namespace: argo}\ndata: {" + data + "}"
	}
	changed := func(text string) string { return settings("workflowDefaults: '" + text + "'") }
	for name, c := range map[string]struct {
		documents []string
		hidden    bool
		want      engine.Verdict
		says      string
	}{
		"no ConfigMap":                {[]string{flow}, false, engine.Pass, ""},
		"another ConfigMap":           {[]string{flow, settings("podSpecPatch: x")}, false, engine.Pass, ""},
		"defaults of when they run":   {[]string{flow, changed("spec: {ttlStrategy: {secondsAfterCompletion: 60}}")}, false, engine.Pass, ""},
		"an account, which has one":   {[]string{flow, changed("spec: {serviceAccountName: ops}")}, false, engine.Pass, ""},
		"a patch and something else":  {[]string{flow, changed("spec: {hostNetwork: true, podSpecPatch: \"{containers: [{name: main, securityContext: {privileged: true}}]}\"}")}, false, engine.Unknown, "argo/of-argo has their controller change its pods (hostNetwork, podSpecPatch, "},
		"a patch that is no text":     {[]string{flow, changed("spec: {podSpecPatch: {}}")}, false, engine.Unknown, "(podSpecPatch)"},
		"a patch with a parameter":    {[]string{flow, changed("spec: {podSpecPatch: \"{hostPID: {{workflow.parameters.p}}}\"}")}, false, engine.Unknown, "(podSpecPatch)"},
		"a name in another case":      {[]string{flow, changed("spec: {PodSpecPatch: x}")}, false, engine.Unknown, "(podSpecPatch)"},
		"patches of two":              {[]string{flow, changed("spec: {podSpecPatch: \"hostPID: true\"}"), strings.Replace(changed("spec: {podSpecPatch: \"hostIPC: true\"}"), "of-argo", "too", 1)}, false, engine.Unknown, "(podSpecPatch)"},
		"a patch for templates":       {[]string{library, changed("spec: {podSpecPatch: x}")}, false, engine.Unknown, "(podSpecPatch)"},
		"defaults of templates":       {[]string{flow, changed("{\"spec\":{\"templateDefaults\":{\"container\":{}}}}")}, false, engine.Unknown, "(templateDefaults)"},
		"a name with an escape":       {[]string{flow, changed("{\"spec\":{\"podSpec\\u0050atch\":\"x\"}}")}, false, engine.Unknown, "(workflowDefaults)"},
		"defaults of old":             {[]string{flow, settings("config: 'workflowDefaults: {spec: {hostNetwork: true}}'")}, false, engine.Unknown, "(hostNetwork)"},
		"settings of old without any": {[]string{flow, settings("config: 'parallelism: 3, executor: {securityContext: {}}'")}, false, engine.Pass, ""},
		"settings of main containers": {[]string{flow, settings("mainContainer: 'securityContext: {privileged: true}'")}, false, engine.Unknown, "(mainContainer)"},
		"what was not seen":           {[]string{flow}, true, engine.Unknown, "ConfigMaps were not all seen"},
		"a reason of its own":         {[]string{workflow("Workflow", "w", "{podSpecPatch: x, templates: [{name: run, container: {image: x}}]}")}, true, engine.Unknown, "A patch (podSpecPatch)"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorldOf(t, c.documents...)
			if c.hidden {
				w = w.without(configMapKind, "")
			}
			r := w.result(t, privileged)
			require.Len(t, r.Details, 1)
			assert.Equal(t, c.want, r.Verdict, "%+v", r.Details)
			assert.Contains(t, r.Details[0].Sentence, c.says)
			if c.want == engine.Unknown {
				assert.Equal(t, engine.Unknown, w.result(t, limits).Verdict, "nor does it fail for what may be put in")
			}
		})
	}
}

// Where a patch is all that the controller's settings change, what comes out alike with it
// and without it holds, and the rest is unknown.
func TestThePatchOfTheControllerOfWorkflows(t *testing.T) {
	const privileged, limits, host, account = "containers-not-privileged", "containers-have-limits", "pods-without-host-namespaces", "service-accounts-not-dormant"
	world := func(flow, patch string) *world {
		return newWorldOf(t, flow, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: of-argo, namespace: argo}\ndata: {workflowDefaults: 'spec: {podSpecPatch: \""+patch+"\"}'}",
			"apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ci, namespace: pay}")
	}
	plain := workflow("Workflow", "w", "{serviceAccountName: ci, templates: [{name: run, container: {image: x}}]}")
	own := workflow("Workflow", "w", "{serviceAccountName: ci, podSpecPatch: '{}', templates: [{name: run, container: {image: x}}]}")
	bad := workflow("Workflow", "w", "{serviceAccountName: ci, templates: [{name: run, container: {image: x, securityContext: {privileged: true}}}]}")
	for name, c := range map[string]struct {
		flow, patch, check string
		want               engine.Verdict
	}{
		"nothing to do with it":      {plain, "containers: [{name: main, resources: {limits: {cpu: 1, memory: 1}}}]", privileged, engine.Pass},
		"what it may mend":           {plain, "containers: [{name: main, resources: {limits: {cpu: 1, memory: 1}}}]", limits, engine.Unknown},
		"what it may spoil":          {plain, "containers: [{name: main, securityContext: {privileged: true}}]", privileged, engine.Unknown},
		"one more container":         {plain, "containers: [{name: more, image: y, securityContext: {privileged: true}}]", privileged, engine.Unknown},
		"one container less":         {bad, "containers: [{name: main, $patch: delete}, {name: more, image: y}]", privileged, engine.Unknown},
		"a patch of its own is last": {own, "containers: [{name: main, securityContext: {privileged: true}}]", privileged, engine.Pass},
		"what stays bad":             {bad, "containers: [{name: main, resources: {limits: {cpu: 1, memory: 1}}}]", privileged, engine.Fail},
		"a pod that it may spoil":    {plain, "hostPID: true", host, engine.Unknown},
		"a pod as it is":             {plain, "hostPID: false", host, engine.Unknown},
		"another account":            {plain, "serviceAccountName: other", "default-service-accounts-unused", engine.NotApplicable},
		"what is its controller's":   {plain, "containers: [{name: wait, securityContext: {privileged: true}}]", privileged, engine.Unknown},
	} {
		r := world(c.flow, c.patch).result(t, c.check)
		assert.Equal(t, c.want, r.Verdict, "%s: %+v", name, r.Details)
	}
	r := world(plain, "containers: [{name: main, securityContext: {privileged: true}}]").result(t, privileged)
	require.Len(t, r.Details, 1)
	assert.Contains(t, r.Details[0].Sentence, "ConfigMap argo/of-argo (workflowDefaults), which decides it")
	assert.Len(t, r.Details[0].Cites, 2)
}

// What is said of workflows is said anew when the settings of their controller are others,
// or what runs them: they are the same objects.
func TestWorkflowsJudgedAgain(t *testing.T) {
	checks, err := assembled()
	require.NoError(t, err)
	settings := func(data string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: of-argo, namespace: argo}\ndata: {" + data + "}"
	}
	flow := workflow("WorkflowTemplate", "w", "{templates: [{name: run, container: {image: x}}]}")
	again := engine.NewEvaluation()
	for _, documents := range [][]string{
		{flow, settings("a: b")},
		{flow, settings("workflowDefaults: 'spec: {hostNetwork: true}'")},
		{flow, settings("workflowDefaults: 'spec: {podSpecPatch: \"hostPID: true\"}'")},
		{flow, settings("workflowDefaults: 'spec: {podSpecPatch: \"{containers: [{name: main, securityContext: {privileged: true}}]}\"}'")},
		{flow, settings("a: b"), workflow("CronWorkflow", "c", "{workflowTemplateRef: {name: w}}")},
		{flow, settings("a: b")},
	} {
		w := newWorldOf(t, documents...)
		got, want := map[string]string{}, map[string]string{}
		take := func(to map[string]string) func(engine.Result) error {
			return func(r engine.Result) error {
				text, err := json.Marshal(r) // its details are the evaluation's
				to[r.Check] = string(text)
				return err
			}
		}
		snapshots := []engine.Snapshot{w.snapshot}
		_, err := again.Each(t.Context(), checks, snapshots, w.body, w.params, take(got))
		require.NoError(t, err)
		_, err = engine.EvaluateEach(t.Context(), checks, snapshots, w.body, w.params, take(want))
		require.NoError(t, err)
		for id := range want {
			assert.Equal(t, want[id], got[id], "%s: %v", id, documents)
		}
	}
}

// What is suspended runs nothing: it keeps no account in use, and is counted as what it is.
func TestWhatIsSuspended(t *testing.T) {
	const dormant, inventory = "service-accounts-not-dormant", "workloads-inventory"
	const account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ops, namespace: pay}\n---\n" +
		"apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: pay}\nroleRef: {kind: Role, name: r, apiGroup: rbac.authorization.k8s.io}\nsubjects: [{kind: ServiceAccount, name: ops, namespace: pay}]"
	const pod = "{template: {spec: {serviceAccountName: ops, containers: [{name: c, image: x}]}}}"
	cronJob := func(suspend string) string {
		return "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c, namespace: pay}\nspec: {schedule: '* * * * *', suspend: " + suspend + ", jobTemplate: {spec: " + pod + "}}"
	}
	job := func(suspend string) string {
		return "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j, namespace: pay}\nspec: {suspend: " + suspend + ", " + pod[1:]
	}
	const templates = "serviceAccountName: ops, templates: [{name: run, container: {image: x}}]}"
	cron := func(suspend string) string {
		return strings.Replace(workflow("CronWorkflow", "w", "{"+templates), "{schedule", "{suspend: "+suspend+", schedule", 1)
	}
	uses := strings.Replace(workflow("CronWorkflow", "u", "{workflowTemplateRef: {name: lib}}"), "{schedule", "{suspend: true, schedule", 1)
	library := workflow("WorkflowTemplate", "lib", "{"+templates)
	for name, c := range map[string]struct {
		documents []string
		want      engine.Verdict
		suspended int
	}{
		"a CronJob":                      {[]string{cronJob("false")}, engine.Pass, 0},
		"a suspended CronJob":            {[]string{cronJob("true")}, engine.Unknown, 1},
		"a Job":                          {[]string{job("false")}, engine.Pass, 0},
		"a suspended Job":                {[]string{job("true")}, engine.Unknown, 1},
		"a Job beside what is suspended": {[]string{job("false"), cronJob("true")}, engine.Pass, 1},
		"a workflow":                     {[]string{workflow("Workflow", "w", "{"+templates)}, engine.Pass, 0},
		"a suspended workflow":           {[]string{workflow("Workflow", "w", "{suspend: true, "+templates)}, engine.Unknown, 1},
		"a CronWorkflow":                 {[]string{cron("false")}, engine.Pass, 0},
		"a suspended CronWorkflow":       {[]string{cron("true")}, engine.Unknown, 1},
		"a template that one runs":       {[]string{uses, library}, engine.Unknown, 1},
		"one that another runs too":      {[]string{uses, library, workflow("Workflow", "w", "{workflowTemplateRef: {name: lib}}")}, engine.Pass, 0},
		"a template that nothing runs":   {[]string{library}, engine.Fail, 0},
		"a Job that has ended":           {[]string{job("false") + "\nstatus: {conditions: [{type: Complete, status: 'True'}]}"}, engine.Unknown, 0},
		"a Job that is at its end":       {[]string{job("false") + "\nstatus: {conditions: [{type: Complete, status: 'False'}, {type: FailureTarget, status: 'True'}]}"}, engine.Pass, 0},
		"a pod that has ended":           {[]string{"apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: pay}\nspec: {serviceAccountName: ops, containers: [{name: c, image: x}]}\nstatus: {phase: Failed}"}, engine.Unknown, 0},
		"a workflow that has ended":      {[]string{workflow("Workflow", "w", "{"+templates) + "\nstatus: {phase: Succeeded}"}, engine.Unknown, 0},
		"one that runs":                  {[]string{workflow("Workflow", "w", "{"+templates) + "\nstatus: {phase: Running}"}, engine.Pass, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorldOf(t, append(strings.Split(account, "\n---\n"), c.documents...)...)
			assert.Equal(t, c.want, w.result(t, dormant).Verdict, "%+v", w.result(t, dormant).Details)
			suspended := 0
			for _, d := range w.result(t, inventory).Details {
				if strings.Contains(d.Sentence, "suspended, and will run 1 image: x") {
					suspended++
				}
			}
			assert.Equal(t, c.suspended, suspended, "%+v", w.result(t, inventory).Details)
		})
	}
	gone := newWorldOf(t, append(strings.Split(account, "\n---\n")[1:], cronJob("false"))...)
	assert.Equal(t, engine.Fail, gone.result(t, dormant).Verdict, "an account that is not there")
}

func TestSecretsOfWorkflows(t *testing.T) {
	const spec = "{templates: [{name: run, container: {image: x}, outputs: {artifacts: [{name: a, path: /o, s3: {bucket: b, accessKeySecret: {name: store, key: id}}}]}}]}"
	w := newWorldOf(t, workflow("Workflow", "w", spec), "apiVersion: v1\nkind: Secret\nmetadata: {name: store, namespace: pay}\ndata: {id: '[redacted:secret-value]'}")
	assert.Equal(t, engine.Pass, w.result(t, "secrets-used").Verdict)
	shared := newWorldOf(t, workflow("ClusterWorkflowTemplate", "w", spec), "apiVersion: v1\nkind: Secret\nmetadata: {name: store, namespace: pay}")
	assert.Equal(t, engine.Unknown, shared.result(t, "secret-references-resolve").Verdict, "of whichever namespace runs it")
	assert.Empty(t, newWorldOf(t, workflow("ClusterWorkflowTemplate", "w", spec)).result(t, "namespaces-have-default-deny").Details, "it is in no namespace")
	marked := workflow("Workflow", "w", "{templates: [{name: run, container: {image: x, env: [{name: A, value: '[redacted:token]'}], command: [sh]}}]}")
	assert.Equal(t, engine.Fail, fromYAML(t, marked).result(t, "secrets-not-in-environment").Verdict)
	r := fromYAML(t, marked).result(t, "objects-without-secrets")
	require.Len(t, r.Details, 1)
	assert.Equal(t, engine.Pass, r.Verdict, "judged as the environment of its container")
	assert.Equal(t, engine.Fail, fromYAML(t, strings.Replace(marked, "spec: {", "spec: {arguments: {parameters: [{name: p, value: '[redacted:token]'}]}, ", 1)).result(t, "objects-without-secrets").Verdict)
}
