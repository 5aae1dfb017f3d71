package rbac

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// Who enters what a workflow runs is the account as which it runs: its own, that of a
// template of others which it runs, or the one that its controller's settings name.
func TestWhomWorkflowsRunAs(t *testing.T) {
	cron := func(spec string) string {
		return "apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nmetadata: {name: nightly, namespace: pay}\nspec: {workflowSpec: " + spec + "}"
	}
	library := func(name, spec string) string {
		return "apiVersion: argoproj.io/v1alpha1\nkind: WorkflowTemplate\nmetadata: {name: " + name + ", namespace: pay}\nspec: " + spec
	}
	const (
		account  = "kind: ServiceAccount\nmetadata: {name: strong, namespace: pay}"
		bound    = "kind: ClusterRoleBinding\nmetadata: {name: s}\nroleRef: {kind: ClusterRole, name: all}\nsubjects: [{kind: ServiceAccount, name: strong, namespace: pay}]"
		whole    = "{workflowTemplateRef: {name: lib}}"
		step     = "{templates: [{name: m, steps: [[{name: s, templateRef: {name: lib, template: t}}]]}]}"
		template = "templates: [{name: t, container: {image: x}}]}"
		settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argo, namespace: argo}\ndata: {workflowDefaults: 'spec: {serviceAccountName: strong}'}"
		nobody   = "{templates: [{name: t, container: {image: x}}]}"
	)
	for name, c := range map[string]struct {
		documents []string
		want      bool
	}{
		"nobody in particular":                   {[]string{cron(nobody)}, false},
		"its own":                                {[]string{cron("{serviceAccountName: strong, " + template)}, true},
		"the whole of a template":                {[]string{cron(whole), library("lib", "{serviceAccountName: strong, "+template)}, true},
		"the whole, as another":                  {[]string{cron("{serviceAccountName: weak, workflowTemplateRef: {name: lib}}"), library("lib", "{serviceAccountName: strong, "+template)}, false},
		"a step, under its own":                  {[]string{cron(step), library("lib", "{serviceAccountName: strong, "+template)}, false},
		"a step that names it":                   {[]string{cron(step), library("lib", "{templates: [{name: t, serviceAccountName: strong, container: {image: x}}]}")}, true},
		"a step of a template of a step":         {[]string{cron(step), library("lib", strings.Replace(step, "lib", "more", 1)), library("more", "{templates: [{name: t, executor: {serviceAccountName: strong}, container: {image: x}}]}")}, true},
		"a template that nothing runs":           {[]string{cron(nobody), library("lib", "{serviceAccountName: strong, "+template)}, false},
		"the settings of its controller":         {[]string{cron(nobody), settings}, true},
		"a patch that names it":                  {[]string{cron("{serviceAccountName: weak, podSpecPatch: 'serviceAccountName: strong', " + template)}, true},
		"a patch that names another":             {[]string{cron("{serviceAccountName: strong, podSpecPatch: 'serviceAccountName: weak', " + template)}, false},
		"a step, under a patch that names it":    {[]string{cron(strings.Replace(step, "{", "{podSpecPatch: 'serviceAccountName: strong', ", 1)), library("lib", "{"+template)}, true},
		"a patch of its controller":              {[]string{cron("{serviceAccountName: weak, " + template), strings.Replace(settings, "serviceAccountName: strong", `podSpecPatch: "serviceAccountName: strong"`, 1)}, true},
		"the same, of one that names an account": {[]string{cron("{serviceAccountName: weak, " + template), settings}, false},
	} {
		documents := append(split(strong)[:1], account, bound, "kind: ClusterRole\nmetadata: {name: r}\nrules: [{verbs: [create], apiGroups: [''], resources: [pods/exec]}]", fmt.Sprintf(bindIn, "pay"))
		path, is := EscalationsOf(viewOf(t, "k8s:test", append(documents, c.documents...)...)).ToEverything(Subject{Kind: "User", Name: "ann"})
		assert.Equal(t, c.want, is, "%s: %s", name, path)
	}
}

// Where a parameter, a patch or a setting decides whom a workflow runs as, who enters it
// comes to a place of which nobody knows where it leads; a parameter that is given is read.
func TestWhomWorkflowsMayRunAs(t *testing.T) {
	const (
		strongly = "kind: ServiceAccount\nmetadata: {name: strong, namespace: pay}"
		bound    = "kind: ClusterRoleBinding\nmetadata: {name: s}\nroleRef: {kind: ClusterRole, name: all}\nsubjects: [{kind: ServiceAccount, name: strong, namespace: pay}]"
		given    = "arguments: {parameters: [{name: other, value: x}, {name: as, value: strong}]}, "
		named    = "serviceAccountName: '{{workflow.parameters.as}}', "
		template = "templates: [{name: t, container: {image: x}}]}"
		whole    = "workflowTemplateRef: {name: lib}}"
	)
	of := func(kind, name, spec string) string {
		if kind == "CronWorkflow" {
			spec = "{workflowSpec: " + spec + "}"
		}
		return "apiVersion: argoproj.io/v1alpha1\nkind: " + kind + "\nmetadata: {name: " + name + ", namespace: pay}\nspec: " + spec
	}
	cron := func(spec string) string { return of("CronWorkflow", "nightly", spec) }
	library := func(spec string) string { return of("WorkflowTemplate", "lib", spec) }
	settings := func(data string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argo, namespace: argo}\ndata: {workflowDefaults: '" + data + "'}"
	}
	for name, c := range map[string]struct {
		documents  []string
		path, open bool
	}{
		"a parameter that is given":            {[]string{cron("{" + given + named + template)}, true, false},
		"the same, of a Workflow":              {[]string{of("Workflow", "w", "{"+given+named+template)}, true, false},
		"of a template":                        {[]string{cron("{" + given + "templates: [{name: t, serviceAccountName: '{{ workflow.parameters.as }}', container: {image: x}}]}")}, true, false},
		"given, and it is another":             {[]string{cron("{" + strings.Replace(given, "strong", "weak", 1) + named + template)}, false, false},
		"not given":                            {[]string{cron("{" + named + template)}, false, true},
		"given from elsewhere":                 {[]string{cron("{arguments: {parameters: [{name: as, valueFrom: {configMapKeyRef: {name: c, key: k}}}]}, " + named + template)}, false, true},
		"given by another parameter":           {[]string{cron("{" + strings.Replace(given, "strong", "'{{workflow.name}}'", 1) + named + template)}, false, true},
		"given twice":                          {[]string{cron("{" + strings.Replace(given, "name: other", "name: as", 1) + named + template)}, false, true},
		"redacted":                             {[]string{cron("{" + strings.Replace(given, "strong", "'[redacted:token]'", 1) + named + template)}, false, true},
		"of a step":                            {[]string{cron("{templates: [{name: t, serviceAccountName: '{{inputs.parameters.as}}', container: {image: x}}]}")}, false, true},
		"an expression":                        {[]string{cron("{serviceAccountName: \"{{=workflow.parameters.as}}\", " + given + template)}, false, true},
		"a template, whose default it is":      {[]string{cron("{" + whole), library("{" + given + named + template)}, false, true},
		"a template that nothing runs":         {[]string{library("{" + named + template)}, false, false},
		"of its executor":                      {[]string{cron("{executor: {serviceAccountName: '{{workflow.parameters.as}}'}, " + template)}, false, true},
		"for all that it takes from others":    {[]string{cron("{" + named + whole), library("{" + template)}, false, true},
		"a patch that cannot be told":          {[]string{cron("{podSpecPatch: '{{workflow.parameters.patch}}', " + template)}, false, true},
		"a patch in another case":              {[]string{cron("{podSpecPatch: 'ServiceAccountName: strong', " + template)}, false, true},
		"a patch of something else":            {[]string{cron("{serviceAccountName: weak, podSpecPatch: 'hostEverything: true', " + template)}, false, false},
		"nobody, and settings not seen":        {[]string{cron("{" + template)}, false, true},
		"a patch of a template":                {[]string{cron("{templates: [{name: t, podSpecPatch: 'serviceAccount: [', container: {image: x}}]}")}, false, true},
		"defaults of templates":                {[]string{cron("{serviceAccountName: weak, templateDefaults: {serviceAccountName: strong}, " + template)}, true, false},
		"a patch of its controller":            {[]string{cron("{serviceAccountName: weak, " + template), settings("spec: {podSpecPatch: \"{{workflow.parameters.p}}\"}")}, false, true},
		"what is given does not reach the lib": {[]string{cron("{" + given + "templates: [{name: m, steps: [[{name: s, templateRef: {name: lib, template: t}}]]}]}"), library("{templates: [{name: t, serviceAccountName: '{{workflow.parameters.as}}', container: {image: x}}]}")}, false, true},
	} {
		exec := []string{"kind: ClusterRole\nmetadata: {name: r}\nrules: [{verbs: [create], apiGroups: [''], resources: [pods/exec]}]", fmt.Sprintf(bindIn, "pay")}
		v := viewOf(t, "k8s:test", append(append(split(strong)[:1], append(exec, strongly, bound)...), c.documents...)...)
		ann := Subject{Kind: "User", Name: "ann"}
		_, is := EscalationsOf(v).ToEverything(ann)
		ref, open := EscalationsOf(v).Opens(ann)
		assert.Equal(t, c.path, is, name)
		assert.Equal(t, c.open, open, name)
		assert.Len(t, EscalationsOf(v).Gaps(), map[bool]int{true: 1}[open], name)
		if open {
			assert.Equal(t, "pay", ref.Namespace)
		}
		_, open = EscalationsOf(v).Opens(Subject{Kind: "User", Name: "bob"})
		assert.False(t, open, name)
	}
}

// nearestOpen is the answer of Opens, looked for from the subject on.
func (e *Escalations) nearestOpen(s Subject) (engine.Ref, bool) {
	start, known := e.start(s)
	if !known {
		return engine.Ref{}, false
	}
	met := map[int]bool{start: true}
	for queue := []int{start}; len(queue) > 0; queue = queue[1:] {
		at := e.places[queue[0]]
		for _, r := range e.runs.all {
			if at.kind == aSubject && opened(at.subject) && r.account() == at.subject {
				return r.ref, true
			}
		}
		for _, i := range e.out[queue[0]] {
			if to := e.ways[i].to; !met[to] {
				met[to] = true
				queue = append(queue, to)
			}
		}
	}
	return engine.Ref{}, false
}

// manyWorkflows are namespaces in each of which a workflow takes its account from a parameter
// or names one, and a user enters its pods, makes some in the next, or reads.
func manyWorkflows(dice *rand.Rand, namespaces int) []string {
	documents := []string{
		"kind: ClusterRole\nmetadata: {name: enters}\nrules: [{verbs: [create], apiGroups: [''], resources: [pods/exec]}]",
		"kind: ClusterRole\nmetadata: {name: makes}\nrules: [{verbs: [create], apiGroups: [''], resources: [pods]}]",
		"kind: ClusterRole\nmetadata: {name: reads}\nrules: [{verbs: [get], apiGroups: [''], resources: [pods]}]",
	}
	for i := range namespaces {
		account := []string{"'{{workflow.parameters.as}}'", "runner"}[dice.IntN(2)]
		documents = append(documents,
			fmt.Sprintf("kind: ServiceAccount\nmetadata: {name: runner, namespace: n%d}", i),
			fmt.Sprintf("apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nmetadata: {name: w, namespace: n%d}\nspec: {workflowSpec: {serviceAccountName: %s, templates: [{name: t, container: {image: x}}]}}", i, account))
		for j := range 2 {
			subject := []string{fmt.Sprintf("{kind: User, name: u%d}", i), fmt.Sprintf("{kind: ServiceAccount, name: runner, namespace: n%d}", i)}[j]
			documents = append(documents, fmt.Sprintf("kind: RoleBinding\nmetadata: {name: b%d, namespace: n%d}\nroleRef: {kind: ClusterRole, name: %s}\nsubjects: [%s]",
				j, dice.IntN(namespaces), []string{"enters", "makes", "reads"}[dice.IntN(3)], subject))
		}
	}
	return documents
}

func TestTheNearestOpenWorkflowIsTheSameFromBothEnds(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	opens := 0
	for range 40 {
		e := EscalationsOf(viewOf(t, "k8s:test", manyWorkflows(dice, 2+dice.IntN(12))...))
		for _, s := range append(e.Subjects(), Subject{Kind: "User", Name: "nobody"}) {
			want, wanted := e.nearestOpen(s)
			got, is := e.Opens(s)
			require.Equal(t, wanted, is, "%s", s)
			require.Equal(t, want, got, "%s", s)
			if is {
				opens++
			}
		}
	}
	assert.Greater(t, opens, 50)
}
