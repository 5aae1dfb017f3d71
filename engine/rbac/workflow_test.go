package rbac

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
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
