package kube_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// What kustomize changes is not what the files say: nothing passes for what they say.
func TestWhatKustomizeMakesIsNotSeen(t *testing.T) {
	const said = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
	for name, c := range map[string]struct {
		file, text string
		hidden     []engine.Kind
		cause      string
	}{
		"only resources":           {"a/kustomization.yaml", "resources: [../base, ../base/pod.yaml]\nreplicas: [{name: x, count: 2}]\npatches: []\n", nil, ""},
		"only resources, in full":  {"a/kustomization.yaml", said + "resources: [../base]\n", nil, ""},
		"patches":                  {"a/kustomization.yaml", "resources: [../base]\npatches: [{patch: x}]\n", []engine.Kind{{}}, "(patches)"},
		"an older spelling":        {"a/kustomization.yml", "bases: [../base]\npatchesStrategicMerge: [x.yaml]\n", []engine.Kind{{}}, "(patchesStrategicMerge)"},
		"a name without extension": {"a/Kustomization", "nameSuffix: -a\n", []engine.Kind{{}}, "(nameSuffix)"},
		"a component":              {"a/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: x\n", []engine.Kind{{}}, "(namePrefix)"},
		"under another name":       {"a/k.yaml", said + "transformers: [x.yaml]\n", []engine.Kind{{}}, "(transformers)"},
		"what nobody knows yet":    {"a/kustomization.yaml", said + "novelty: {a: b}\n", []engine.Kind{{}}, "(novelty)"},
		"images":                   {"a/kustomization.yaml", said + "images: [{name: a, newTag: b}]\n", []engine.Kind{podKind}, "(images)"},
		"generators": {
			"a/kustomization.yaml", said + "configMapGenerator: [{name: a}]\nsecretGenerator: [{name: a}]\n",
			[]engine.Kind{{Kind: "ConfigMap"}, {Kind: "Secret"}},
			"Generator)",
		},
		"a repository":             {"a/kustomization.yaml", "resources: [https://example.com/a.yaml]\n", []engine.Kind{{}}, "example.com"},
		"a repository by its name": {"a/kustomization.yaml", "resources: [github.com/example/a]\n", []engine.Kind{{}}, "github.com/example/a"},
		"outside":                  {"a/kustomization.yaml", "resources: [../../other]\n", []engine.Kind{{}}, "../../other"},
		"Flux, as it is":           {"a/flux.yaml", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x}\nspec: {path: ./base, patches: []}\n", nil, ""},
		"Flux, changed": {
			"a/flux.yaml", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x}\nspec: {path: ./base, postBuild: {substitute: {a: b}}}\n",
			[]engine.Kind{{}},
			"(spec.postBuild)",
		},
		"a file that is not read":      {"a/kustomization.yaml", "resources: [more.txt]\n", []engine.Kind{{}}, "more.txt"},
		"a component that is here":     {"a/kustomization.yaml", "components: [../base]\n", nil, ""},
		"a component that is not here": {"a/kustomization.yaml", "components: [../none]\n", []engine.Kind{{}}, "../none"},
		"only checks":                  {"a/kustomization.yaml", "resources: [../base]\nvalidators: [x.yaml]\n", nil, ""},
		"charts":                       {"a/kustomization.yaml", "helmCharts: [{name: x}]\n", []engine.Kind{{}}, "(helmCharts)"},
		"Flux, of another repository": {
			"a/flux.yaml", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x}\nspec: {path: ./none}\n", []engine.Kind{{}}, "./none",
		},
		"the same name elsewhere": {"a/kustomization.yaml", "apiVersion: example.com/v1\nkind: Kustomization\nmetadata: {name: x}\npatches: [x]\n", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := scan(t, folder(t, map[string]string{c.file: c.text, "base/pod.yaml": fmt.Sprintf(pod, "fine"), "a/more.txt": fmt.Sprintf(pod, "more")}))
			var hidden []engine.Kind
			for _, g := range s.Gaps {
				assert.Equal(t, engine.Unsupported, g.Reason)
				assert.Contains(t, g.Source, c.file)
				assert.Contains(t, g.Cause, c.cause)
				assert.False(t, s.Saw(g.Kind))
				hidden = append(hidden, g.Kind)
			}
			assert.ElementsMatch(t, c.hidden, hidden)
			assert.Equal(t, len(hidden) == 0 || hidden[0] == engine.Kind{Kind: "ConfigMap"}, s.Saw(podKind))
		})
	}
}

// A namespace makes other objects of those that are not there yet, and of what names them.
func TestANamespaceOfAKustomization(t *testing.T) {
	object := func(kind, name, namespace string) string {
		if namespace != "" {
			namespace = ", namespace: " + namespace
		}
		return "---\n{apiVersion: " + kind[:strings.LastIndex(kind, "/")] + ", kind: " + kind[strings.LastIndex(kind, "/")+1:] + ", metadata: {name: " + name + namespace + "}}\n"
	}
	bound := func(account, namespace string) string {
		return "---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b}, roleRef: {kind: ClusterRole, name: r, apiGroup: rbac.authorization.k8s.io}, " +
			"subjects: [{kind: ServiceAccount, name: " + account + ", namespace: " + namespace + "}]}\n"
	}
	const takes, namespace = "resources: [../base]\n", "namespace: pay\n"
	inPay := object("v1/Pod", "p", "pay")
	for name, c := range map[string]struct {
		overlay, base, objects string
		want                   string
	}{
		"all are there":                    {takes + namespace, "resources: [all.yaml]\n", inPay + object("v1/Namespace", "pay", "") + object("rbac.authorization.k8s.io/v1/ClusterRole", "r", ""), ""},
		"one is elsewhere":                 {takes + namespace, "resources: [all.yaml]\n", inPay + object("v1/Pod", "q", "shop"), "namespace pay, of 1 that"},
		"some name none":                   {takes + namespace, "resources: [all.yaml]\n", inPay + object("v1/Pod", "q", "") + object("v1/Pod", "r", ""), "namespace pay, of 2 that"},
		"what is not taken in":             {"resources: []\n" + namespace, "resources: [all.yaml]\n", object("v1/Pod", "q", "shop"), ""},
		"what the base takes in":           {takes, "namespace: pay\nresources: [all.yaml]\n", object("v1/Pod", "q", "shop"), "namespace pay, of 1 that"},
		"the default one":                  {takes + "namespace: default\n", "resources: [all.yaml]\n", object("v1/Pod", "q", ""), ""},
		"a namespace of another name":      {takes + namespace, "resources: [all.yaml]\n", inPay + object("v1/Namespace", "shop", ""), "Namespace shop"},
		"an account called default":        {takes + namespace, "resources: [all.yaml]\n", inPay + bound("default", "shop"), "ClusterRoleBinding"},
		"the same, there":                  {takes + namespace, "resources: [all.yaml]\n", inPay + bound("default", "pay"), ""},
		"another account":                  {takes + namespace, "resources: [all.yaml]\n", inPay + bound("ops", "shop"), ""},
		"fields that are told otherwise":   {takes + namespace + "configurations: [x.yaml]\n", "resources: [all.yaml]\n", inPay, "(namespace)"},
		"a custom object of a namespace":   {takes + namespace, "resources: [all.yaml]\n", inPay + object("example.com/v1/Thing", "t", "shop"), "Thing.example.com"},
		"a component that is put there":    {"components: [../base]\n" + namespace, "resources: [all.yaml]\n", object("v1/Pod", "q", "shop"), "namespace pay, of 1 that"},
		"a file itself":                    {"resources: [../base/all.yaml]\n" + namespace, "", object("v1/Pod", "q", "shop"), "namespace pay, of 1 that"},
		"a link, under which none is read": {"resources: [../link]\n" + namespace, "resources: [all.yaml]\n", object("v1/Pod", "q", "shop"), "../link"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, map[string]string{"over/kustomization.yaml": c.overlay, "base/kustomization.yaml": c.base, "base/all.yaml": c.objects})
			require.NoError(t, os.Symlink("base", filepath.Join(dir, "link")))
			s, _ := scan(t, dir)
			if c.want == "" {
				assert.Empty(t, s.Gaps)
				return
			}
			require.Len(t, s.Gaps, 1)
			assert.Contains(t, s.Gaps[0].Cause, c.want)
			assert.False(t, s.Saw(podKind))
		})
	}
}

// What a controller makes of charts and repositories is not among the files that ask for
// it, and a template of a chart is no object.
func TestWhatControllersMakeIsNotSeen(t *testing.T) {
	deployer := func(kind, spec string) string {
		at := strings.LastIndex(kind, "/")
		return "apiVersion: " + kind[:at] + "\nkind: " + kind[at+1:] + "\nmetadata: {name: x, namespace: ops}\nspec: {" + spec + "}\n"
	}
	const chart = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
	braces := "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: '{{ .Values.image }}'}]}\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a release of Flux":             {map[string]string{"x.yaml": deployer("helm.toolkit.fluxcd.io/v2/HelmRelease", "chart: {}")}, "HelmRelease ops/x makes"},
		"an application of Argo CD":     {map[string]string{"x.yaml": deployer("argoproj.io/v1alpha1/Application", "source: {}")}, "Application ops/x makes"},
		"a set of them, in a List":      {map[string]string{"x.yaml": "apiVersion: v1\nkind: List\nitems: [{apiVersion: argoproj.io/v1alpha1, kind: ApplicationSet, metadata: {name: x, namespace: ops}}]\n"}, "ApplicationSet ops/x makes"},
		"an operator":                   {map[string]string{"x.yaml": deployer("operators.coreos.com/v1alpha1/Subscription", "name: y")}, "Subscription ops/x makes"},
		"of another group":              {map[string]string{"x.yaml": deployer("app.k8s.io/v1beta1/Application", "")}, ""},
		"a template of a chart":         {map[string]string{"c/Chart.yaml": chart, "c/templates/sub/pod.yaml": braces}, "a template of a Helm chart"},
		"one without braces":            {map[string]string{"c/Chart.yaml": chart, "c/templates/pod.yaml": fmt.Sprintf(pod, "plain")}, ""},
		"braces beside a chart":         {map[string]string{"c/Chart.yaml": chart, "c/crds/pod.yaml": braces}, ""},
		"templates of no chart":         {map[string]string{"c/templates/pod.yaml": braces}, ""},
		"a chart of a repository":       {map[string]string{"c/Chart.yaml": chart + "dependencies: [{name: redis, repository: 'https://example.com'}]\n"}, "(redis)"},
		"a chart with one that is here": {map[string]string{"c/Chart.yaml": chart + "dependencies: [{name: redis}]\n", "c/charts/redis/Chart.yaml": chart}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.files["fine.yaml"] = fmt.Sprintf(pod, "fine")
			s, _ := scan(t, folder(t, c.files))
			assert.Equal(t, c.want == "", s.Saw(podKind), "%+v", s.Gaps)
			if c.want == "" {
				assert.Empty(t, s.Gaps)
				return
			}
			require.Len(t, s.Gaps, 1)
			assert.Contains(t, s.Gaps[0].Cause, c.want)
		})
	}
}

// An object that holds others is not what they are: each of them is named, and a
// Secret among them stays one.
func TestAnObjectThatHoldsObjects(t *testing.T) {
	s, documents := scan(t, folder(t, map[string]string{"x.yaml": `apiVersion: template.openshift.io/v1
kind: Template
metadata: {name: x}
objects:
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: all}, roleRef: {kind: ClusterRole, name: cluster-admin}}
- {apiVersion: v1, kind: Secret, metadata: {name: key, namespace: pay}, stringData: {plain: horsebattery}, data: {more: c3RhcGxl}}
---
apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata: {name: y, namespace: c}
spec: {workload: {manifests: [{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: open, namespace: pay}, spec: {}}]}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: z, ownerReferences: [{apiVersion: v1, kind: ConfigMap, metadata: {}}]}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}}
`}))
	var named []string
	for _, g := range s.Gaps {
		assert.Equal(t, engine.Unsupported, g.Reason)
		named = append(named, fmt.Sprintf("%s %s/%s: %s", g.Kind, g.Namespace, g.Name, g.Cause))
	}
	assert.ElementsMatch(t, []string{
		"ClusterRoleBinding.rbac.authorization.k8s.io /all: read Template.template.openshift.io: an object that it holds is not evaluated",
		"Secret pay/key: read Template.template.openshift.io: an object that it holds is not evaluated",
		"NetworkPolicy.networking.k8s.io pay/open: read ManifestWork.work.open-cluster-management.io: an object that it holds is not evaluated",
	}, named)
	require.Len(t, s.Entries, 3)
	for _, d := range documents {
		assert.NotContains(t, string(d.Body), "horsebattery")
		assert.NotContains(t, string(d.Body), "c3RhcGxl")
	}
	assert.Equal(t, 2, s.Redacted["secret-value"])
}
