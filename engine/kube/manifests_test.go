package kube_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/engine/kube"
)

const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec: {containers: [{name: c, image: nginx}]}\n"

var podKind = engine.Kind{Kind: "Pod"}

// folder writes files below a new folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return dir
}

func scan(t *testing.T, paths ...string) (engine.Snapshot, kept) {
	t.Helper()
	return collect(t, &kube.Manifests{Paths: paths, Name: "scan", Now: clock})
}

func TestManifestsOfAllForms(t *testing.T) {
	dir := folder(t, map[string]string{
		"a.yaml":      "# comment\n---\n" + fmt.Sprintf(pod, "one") + "--- # two\n" + fmt.Sprintf(pod, "two") + "...\n---\n",
		"b/list.yml":  "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: three}, spec: {containers: []}}\n- apiVersion: v1\n  kind: PodList\n  items: [{metadata: {name: four, namespace: pay}}]\n",
		"c.json":      `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"five"},"spec":{"hostNetwork":true}}`,
		"d.yaml":      "apiVersion: v1\nkind: Pod\nmetadata: {name: six}\nspec:\n  hostPID: yes\n  hostIPC: 'no' # quoted\n",
		"e.yaml":      "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: old}\nspec: {jobTemplate: {spec: {template: {spec: {containers: []}}}}}\n",
		"f.yaml":      "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: custom}\nspec: {empty: {}, none: ~}\n",
		"values.yaml": "replicas: 3\nimage: {tag: x}\n", "dashboard.json": `{"panels":[{"title":"x"}]}`, "Chart.yaml": "apiVersion: v2\nname: pay\n",
		"notes.txt": "{{ not read }}",
	})
	s, documents := scan(t, dir)
	var names []string
	for _, e := range s.Entries {
		names = append(names, strings.TrimPrefix(e.Origin, filepath.ToSlash(dir)+"/")+" "+e.Ref.String())
	}
	assert.ElementsMatch(t, []string{
		"a.yaml:3 Pod default/one", "a.yaml:8 Pod default/two", "b/list.yml:1 Pod default/three", "b/list.yml:1 Pod pay/four",
		"c.json:1 Pod default/five", "e.yaml:1 CronJob.batch default/old", "f.yaml:1 Thing.example.com custom",
	}, names)
	require.Len(t, s.Gaps, 1, "%v", s.Gaps)
	assert.Equal(t, "six", s.Gaps[0].Name, "text where a switch belongs does not decode")
	assert.Equal(t, podKind, s.Gaps[0].Kind)
	assert.Equal(t, engine.Unreadable, s.Gaps[0].Reason)
	assert.Contains(t, string(documents.find(t, s, engine.Kind{Group: "batch", Kind: "CronJob"}, "default", "old").Body), `"apiVersion":"batch/v1beta1"`)
	assert.Equal(t, `{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"custom"},"spec":{"empty":{}}}`,
		string(documents.find(t, s, engine.Kind{Group: "example.com", Kind: "Thing"}, "", "custom").Body))
	population, _ := s.Population(podKind)
	assert.Equal(t, 5, population.Count)
	assert.True(t, s.Saw(networkPolicy), "there is none, and that is known")
	assert.Equal(t, "manifests:scan", s.Target.ID)
}

func TestWhatCannotBeReadIsAGap(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'j'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	for name, c := range map[string]struct {
		text   string
		kind   engine.Kind
		line   int
		reason engine.GapReason
		cause  string
	}{
		"no YAML":          {"a: [\n", engine.Kind{}, 1, engine.Unreadable, "did not find expected"},
		"template":         {"kind: Pod\n{{ if .x }}\na: b\n{{ end }}\n", engine.Kind{}, 2, engine.Unreadable, "a template and no YAML: render it first"},
		"template value":   {"apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .name }}\n", engine.Kind{Kind: "Service"}, 4, engine.Unreadable, "a template"},
		"NUL":              {"a: b\n\x00", engine.Kind{}, 2, engine.Unreadable, "NUL"},
		"no UTF-8":         {"a: b\nc: \xff\n", engine.Kind{}, 2, engine.Unreadable, "no UTF-8"},
		"alias bomb":       {bomb, engine.Kind{}, 0, engine.TooLarge, "aliases"},
		"alias to itself":  {"apiVersion: v1\nkind: Pod\nspec: &a\n  b: *a\n", podKind, 0, engine.Unreadable, "nested deeper"},
		"depth":            {"apiVersion: v1\nkind: Pod\nspec: " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000), podKind, 3, engine.Unreadable, "nested deeper"},
		"too deep to read": {strings.Repeat("[", 200000), engine.Kind{}, 0, engine.Unreadable, "depth"},
		"JSON depth":       {`{"apiVersion":"v1","kind":"Pod","a":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "}", engine.Kind{}, 1, engine.Unreadable, "nested deeper"},
		"too many values":  {"a: [" + strings.Repeat("x,", 600000) + "]", engine.Kind{}, 1, engine.TooLarge, "500,000"},
		"key twice":        {"apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\nspec: {hostPID: true}\n", podKind, 5, engine.Unreadable, "stands twice"},
		"kind alone":       {"kind: Pod\nmetadata: {name: a}\n", engine.Kind{}, 1, engine.Unreadable, "no apiVersion"},
		"no name":          {"apiVersion: v1\nkind: Pod\n", podKind, 1, engine.Unreadable, "no name"},
		"escape in name":   {"apiVersion: v1\nkind: Pod\nmetadata: {name: \"a\\e[2Jb\"}\n", podKind, 1, engine.Unreadable, "name is none"},
		"wrong type":       {"apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: [x]\n", podKind, 1, engine.Unreadable, "decode Pod"},
		"too large number": {"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: 4294967297}\n", engine.Kind{Group: "apps", Kind: "Deployment"}, 1, engine.Unreadable, "decode Deployment"},
		"former shape":     {"apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a}\n", engine.Kind{Group: "networking.k8s.io", Kind: "Ingress"}, 1, engine.Unsupported, "is not read"},
		"List of a map":    {"apiVersion: v1\nkind: List\nitems: {a: {apiVersion: v1, kind: Pod}}\n", engine.Kind{}, 1, engine.Unreadable, "without a list of items"},
		"List of nothing":  {"apiVersion: v1\nkind: List\nitems:\n", engine.Kind{}, 1, engine.Unreadable, "without a list of items"},
		"Items":            {"apiVersion: v1\nkind: List\nItems: [{apiVersion: v1, kind: Pod}]\n", engine.Kind{}, 1, engine.Unreadable, "without a list of items"},
		"items and Items":  {"apiVersion: v1\nkind: List\nitems: []\nItems: [{apiVersion: v1, kind: Pod}]\n", engine.Kind{}, 1, engine.Unreadable, "without a list of items"},
		"list":             {"apiVersion: v1\nkind: list\nitems: [{apiVersion: v1, kind: Pod}]\n", engine.Kind{}, 1, engine.Unreadable, "without a list of items"},
		"SecretList":       {"apiVersion: v1\nkind: SecretList\nmetadata: {name: a}\n", engine.Kind{}, 1, engine.Unreadable, "without a list of items"},
		"custom List":      {"apiVersion: a.b/v1\nkind: RolloutList\nmetadata: {name: a}\nItems: []\n", engine.Kind{}, 1, engine.Unreadable, "without a list of items"},
		"Kind":             {"APIVersion: v1\nKind: Pod\nmetadata: {name: a}\n", engine.Kind{}, 1, engine.Unreadable, "misspelt"},
		"pod, key twice":   {"apiVersion: v1\nkind: pod\na: 1\na: 2\n", podKind, 4, engine.Unreadable, "stands twice"},
		"former in values": {"extra:\n- apiVersion: extensions/v1beta1\n  kind: Deployment\n  metadata: {name: a}\n", engine.Kind{Group: "apps", Kind: "Deployment"}, 1, engine.Unsupported, "inside a document"},
		"pods in values":   {"extra:\n- {apiVersion: a.b/v1, kind: Rollout, spec: {template: {spec: {containers: []}}}}\n", podKind, 1, engine.Unsupported, "inside a document"},
		"inside values":    {"extra:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: a}\n", engine.Kind{Kind: "Secret"}, 1, engine.Unsupported, "inside a document"},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := scan(t, folder(t, map[string]string{"x.yaml": c.text, "y.yaml": fmt.Sprintf(pod, "fine")}))
			require.Len(t, s.Gaps, 1, "%v", s.Gaps)
			g := s.Gaps[0]
			assert.Equal(t, c.kind, g.Kind)
			assert.Equal(t, c.reason, g.Reason)
			assert.Contains(t, g.Cause, c.cause)
			if c.line > 0 {
				assert.Equal(t, c.line, g.Line)
			}
			assert.Len(t, s.Entries, 1, "the other file is read")
			if c.kind == podKind || c.kind.IsZero() {
				assert.False(t, s.Saw(podKind))
			}
		})
	}
}

// What lies among manifests and may hold some is named, and not passed over for its name.
func TestArchivesAndTemplatesAmongManifestsAreGaps(t *testing.T) {
	dir := folder(t, map[string]string{
		"a.yaml": fmt.Sprintf(pod, "one"), "charts/redis.tgz": "packed", "more.yaml.gz": "packed", "b.yaml.j2": fmt.Sprintf(pod, "{{ x }}"),
		"_helpers.tpl": "{{ define }}", "README.md": "x", "run.sh.tmpl": "x",
	})
	s, _ := scan(t, dir)
	var causes []string
	for _, g := range s.Gaps {
		assert.Equal(t, engine.Unsupported, g.Reason)
		causes = append(causes, strings.TrimPrefix(g.Source, filepath.ToSlash(dir)+"/")+" "+strings.SplitN(g.Cause, ":", 2)[0])
	}
	assert.ElementsMatch(t, []string{"b.yaml.j2 a template by its name", "charts/redis.tgz an archive or a compressed file", "more.yaml.gz an archive or a compressed file"}, causes)
	assert.Len(t, s.Entries, 1)
}

func TestJSONValuesOneAfterTheOther(t *testing.T) {
	one := func(name string) string {
		return `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"` + name + `"}}`
	}
	s, _ := scan(t, folder(t, map[string]string{"a.json": one("one") + "\n" + one("two") + one("three") + "\n", "b.json": one("four") + "\n{"}))
	var names []string
	for _, e := range s.Entries {
		names = append(names, e.Ref.Name+e.Origin[strings.LastIndex(e.Origin, ":"):])
	}
	assert.ElementsMatch(t, []string{"one:1", "two:2", "three:2", "four:1"}, names)
	require.Len(t, s.Gaps, 1, "what breaks off")
	assert.Contains(t, s.Gaps[0].Source, "b.json")
}

func TestAnObjectOfAnotherKindHidesWhatItCouldBe(t *testing.T) {
	template := "template: {spec: {containers: [{name: c, image: x, securityContext: {privileged: true}}]}}"
	kindOf := func(group, name string) engine.Kind { return engine.Kind{Group: group, Kind: name} }
	for name, c := range map[string]struct {
		text   string
		hidden []engine.Kind
		kept   bool
	}{
		"wrong group":                 {"apiVersion: v1\nkind: Deployment\nspec: {replicas: 1}", []engine.Kind{kindOf("apps", "Deployment")}, true},
		"wrong case":                  {"apiVersion: v1\nkind: pod", []engine.Kind{podKind}, true},
		"invented group":              {"apiVersion: core/v1\nkind: Pod", []engine.Kind{podKind}, true},
		"other policy":                {"apiVersion: projectcalico.org/v3\nkind: NetworkPolicy", []engine.Kind{networkPolicy}, true},
		"Secret":                      {"apiVersion: core/v1\nkind: SECRET\nstringData: {a: b}", []engine.Kind{kindOf("", "Secret")}, false},
		"Rollout":                     {"apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec: {" + template + "}", nil, true},
		"DeploymentConfig":            {"apiVersion: apps.openshift.io/v1\nkind: DeploymentConfig\nspec: {" + template + "}", nil, true},
		"an old group":                {"apiVersion: v1\nkind: DeploymentConfig\nspec: {" + template + "}", []engine.Kind{podKind}, true},
		"PodTemplate":                 {"apiVersion: v1\nkind: PodTemplate\n" + template, nil, true},
		"Knative":                     {"apiVersion: serving.knative.dev/v1\nkind: Service\nspec: {" + template + "}", nil, true},
		"another Service":             {"apiVersion: example.com/v1\nkind: Service\nspec: {" + template + "}", []engine.Kind{podKind, kindOf("", "Service")}, true},
		"WorkflowTemplate":            {"apiVersion: argoproj.io/v1alpha1\nkind: WorkflowTemplate\nspec: {templates: [{name: a, container: {image: x}}]}", nil, true},
		"a workflow of another group": {"apiVersion: workflows.example.com/v1\nkind: WorkflowTemplate\nspec: {templates: [{name: a, container: {image: x}}]}", []engine.Kind{podKind}, true},
		"a script":                    {"apiVersion: workflows.example.com/v1\nkind: CronWorkflow\nspec: {workflowSpec: {templates: [{name: a, script: {image: x, source: a}}]}}", []engine.Kind{podKind}, true},
		"steps of a task":             {"apiVersion: tekton.dev/v1\nkind: Task\nspec: {steps: [{name: a, image: x}]}", []engine.Kind{podKind}, true},
		"JobSet":                      {"apiVersion: jobset.x-k8s.io/v1\nkind: JobSet\nspec: {replicatedJobs: [{template: {spec: {" + template + "}}}]}", []engine.Kind{podKind}, true},
		"containers in place":         {"apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nspec: {predictor: {containers: [{image: x}]}}", []engine.Kind{podKind}, true},
		"objects inside":              {"apiVersion: template.openshift.io/v1\nkind: Template\nobjects: [{apiVersion: apps/v1, kind: Deployment, spec: {" + template + "}}]", []engine.Kind{podKind}, true},
		"pattern of a policy":         {"apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nspec: {rules: [{validate: {pattern: {spec: {containers: [{image: x}]}}}}]}", nil, true},
		"plain custom object":         {"apiVersion: example.com/v1\nkind: Thing\nspec: {template: {spec: {size: 3}}}", nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := scan(t, folder(t, map[string]string{"x.yaml": c.text + "\nmetadata: {name: x}\n", "y.yaml": fmt.Sprintf(pod, "fine")}))
			var hidden []engine.Kind
			for _, g := range s.Gaps {
				assert.Equal(t, engine.Unsupported, g.Reason)
				assert.Equal(t, "x", g.Name)
				assert.False(t, s.Saw(g.Kind))
				hidden = append(hidden, g.Kind)
			}
			assert.ElementsMatch(t, c.hidden, hidden)
			assert.Equal(t, c.kept, len(s.Entries) == 2)
		})
	}
}

func TestAnUnreadableObjectOfACustomKindMayHoldPods(t *testing.T) {
	s, _ := scan(t, folder(t, map[string]string{"x.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec: {}\nspec: {}\n", "y.yaml": fmt.Sprintf(pod, "fine")}))
	assert.Len(t, s.Gaps, 2, "%v", s.Gaps)
	assert.False(t, s.Saw(podKind))
	assert.True(t, s.Saw(networkPolicy))
}

func TestNothingThereIsNoAnswer(t *testing.T) {
	empty, notes := folder(t, nil), folder(t, map[string]string{"values.yaml": "a: b\n", "notes.txt": fmt.Sprintf(pod, "unread")})
	none := filepath.Join(folder(t, map[string]string{"none.yaml": "apiVersion: v1\nkind: List\nitems: []\n"}), "none.yaml")
	full := folder(t, map[string]string{"a.yaml": fmt.Sprintf(pod, "a")})
	for name, c := range map[string]struct{ paths, sources []string }{
		"an empty folder":            {[]string{empty}, []string{empty}},
		"a folder without objects":   {[]string{notes}, []string{notes}},
		"beside one that holds some": {[]string{full, empty, notes}, []string{empty, notes}},
		"an empty List":              {[]string{none}, []string{none}},
		"an empty List beside a pod": {[]string{none, full}, nil},
		"what holds objects":         {[]string{full}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := scan(t, c.paths...)
			var sources []string
			for _, g := range s.Gaps {
				assert.True(t, g.Kind.IsZero())
				assert.Equal(t, "it holds no Kubernetes object", g.Cause)
				sources = append(sources, filepath.FromSlash(g.Source))
			}
			assert.Equal(t, c.sources, sources)
			assert.Equal(t, len(c.sources) == 0, s.Saw(networkPolicy))
		})
	}
}

func TestOneBrokenDocumentDoesNotHideTheOthers(t *testing.T) {
	s, _ := scan(t, folder(t, map[string]string{"x.yaml": fmt.Sprintf(pod, "a") + "---\na: [\n---\n" + fmt.Sprintf(pod, "b")}))
	assert.Len(t, s.Entries, 2)
	require.Len(t, s.Gaps, 1)
	assert.GreaterOrEqual(t, s.Gaps[0].Line, 5)
}

func TestALargeFileCostsNothing(t *testing.T) {
	dir := folder(t, map[string]string{"large.yaml": ""})
	require.NoError(t, os.Truncate(filepath.Join(dir, "large.yaml"), 200<<20))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s, _ := scan(t, dir)
	runtime.ReadMemStats(&after)
	require.Len(t, s.Gaps, 1)
	assert.Equal(t, engine.TooLarge, s.Gaps[0].Reason)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20))
}

func TestAListOfADumpIsReadItemByItem(t *testing.T) {
	var b strings.Builder
	b.WriteString("{\n \"apiVersion\": \"v1\",\n \"items\": [\n")
	for i := range 2000 {
		fmt.Fprintf(&b, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c%d"},"data":{"a":%q}},`+"\n", i, strings.Repeat("x", 600))
	}
	b.WriteString(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"last"}}], "kind": "List"}`)
	s, _ := scan(t, folder(t, map[string]string{"dump.json": b.String()}))
	assert.Empty(t, s.Gaps)
	assert.Len(t, s.Entries, 2001)
}

func TestAPageIsNotTheWholeList(t *testing.T) {
	const item = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[]}}`
	for name, c := range map[string]struct {
		kind, padding string
		hidden        engine.Kind
	}{
		"List":       {"List", "", engine.Kind{}},
		"PodList":    {"PodList", "", podKind},
		"large List": {"PodList", strings.Repeat(" ", 2<<20), podKind},
	} {
		t.Run(name, func(t *testing.T) {
			text := `{"apiVersion":"v1","kind":"` + c.kind + `","metadata":{"continue":%q},"items":[` + item + c.padding + `]}`
			s, _ := scan(t, folder(t, map[string]string{"x.json": fmt.Sprintf(text, "eyJ2")}))
			assert.Len(t, s.Entries, 1)
			require.Len(t, s.Gaps, 1, "%v", s.Gaps)
			assert.Equal(t, c.hidden, s.Gaps[0].Kind)
			assert.Equal(t, engine.PageFailed, s.Gaps[0].Reason)
			whole, _ := scan(t, folder(t, map[string]string{"x.json": fmt.Sprintf(text, "")}))
			assert.Empty(t, whole.Gaps)
		})
	}
}

func TestNoLinkLeadsOutOfAFolder(t *testing.T) {
	outside := folder(t, map[string]string{"secret.yaml": fmt.Sprintf(pod, "outside")})
	dir := folder(t, map[string]string{"in.yaml": fmt.Sprintf(pod, "inside")})
	require.NoError(t, os.Symlink(filepath.Join(outside, "secret.yaml"), filepath.Join(dir, "link.yaml")))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "folder")))
	require.NoError(t, os.Symlink("in.yaml", filepath.Join(dir, "same.yaml")))
	s, _ := scan(t, dir)
	assert.Len(t, s.Entries, 1)
	assert.Len(t, s.Gaps, 2, "%v", s.Gaps)

	s, _ = scan(t, filepath.Join(dir, "absent"))
	require.Len(t, s.Gaps, 1)
	assert.Equal(t, "no such file or directory", s.Gaps[0].Cause)
}

func TestALinkIsReadIfWhatItLeadsToIsNot(t *testing.T) {
	dir := folder(t, map[string]string{"pod.txt": fmt.Sprintf(pod, "linked"), "below/in.yaml": fmt.Sprintf(pod, "once")})
	for link, to := range map[string]string{"pod.yaml": "pod.txt", "in.yaml": "below/in.yaml", "again.yaml": "pod.yaml", "folder.yaml": "below", "pod": "pod.txt"} {
		require.NoError(t, os.Symlink(filepath.FromSlash(to), filepath.Join(dir, link)))
	}
	s, _ := scan(t, dir)
	assert.Empty(t, s.Gaps)
	var origins []string
	for _, e := range s.Entries {
		origins = append(origins, strings.TrimPrefix(e.Origin, filepath.ToSlash(dir)+"/")+" "+e.Ref.Name)
	}
	assert.ElementsMatch(t, []string{"pod.yaml:1 linked", "below/in.yaml:1 once"}, origins)
}

func TestSecretsOfManifestsAreRedacted(t *testing.T) {
	s, _ := scan(t, folder(t, map[string]string{"world.yaml": world}))
	assert.Empty(t, s.Gaps)
	assert.Positive(t, s.Redacted["secret-value"])
	twice, _ := scan(t, folder(t, map[string]string{"a.yaml": fmt.Sprintf(pod, "a"), "b.yaml": fmt.Sprintf(pod, "a")}))
	assert.Len(t, twice.Entries, 2, "an object that stands in two files has two origins")
}

func TestCorpus(t *testing.T) {
	root := os.Getenv("TICKMARK_CORPUS_MANIFESTS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "corpora", "manifests")
	}
	if _, err := os.Stat(root); err != nil {
		t.Skipf("%s is absent: TICKMARK_CORPUS_MANIFESTS names the corpus", root)
	}
	s, documents := scan(t, root)
	assert.Greater(t, len(s.Entries), 400)
	images, seen := 0, map[string]bool{}
	for _, e := range s.Entries {
		seen[e.Origin[:strings.LastIndexByte(e.Origin, ':')]] = true
		images += strings.Count(string(documents[e.Digest].Body), `"image":"`)
		assert.NotContains(t, string(documents[e.Digest].Body), `"image":"[redacted`)
	}
	assert.Greater(t, images, 150)
	assert.Zero(t, s.Redacted["card-number"])
	for _, g := range s.Gaps {
		seen[g.Source] = true
	}
	quiet := 0
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !seen[filepath.ToSlash(path)] {
			quiet++
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.False(t, strings.Contains(string(text), "\nkind:") && strings.Contains(string(text), "\napiVersion:"), "%s was passed over", path)
		}
		return err
	}))
	t.Logf("%d objects, %d gaps, %d files that are no objects, redacted %v", len(s.Entries), len(s.Gaps), quiet, s.Redacted)
}

func FuzzManifests(f *testing.F) {
	f.Add([]byte(fmt.Sprintf(pod, "a")))
	f.Add([]byte("a: &a [*a]\n---\n<<: {a: b}\nkind: List\napiVersion: v1\nitems: [1, {}]\n"))
	f.Add([]byte(`{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"a":"YQ=="}}]}`))
	f.Add([]byte("%YAML 1.1\n---\nkind: {{ x }}\n..."))
	f.Add([]byte("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: 1e3, template: {spec: {containers: [{env: [{name: TOKEN, value: x}]}]}}}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "x.yaml")
		require.NoError(t, os.WriteFile(path, text, 0o600))
		s, err := (&kube.Manifests{Paths: []string{path}, Name: "scan"}).Collect(t.Context(), engine.Intake{Document: func(d engine.Document) error {
			canonical, err := engine.CanonicalJSON(d.Body)
			require.NoError(t, err)
			assert.Equal(t, string(canonical), string(d.Body))
			return nil
		}})
		require.NoError(t, err)
		for _, g := range s.Gaps {
			assert.Equal(t, kube.Printable(g.Cause), g.Cause)
		}
	})
}

// A Route of OpenShift 3, which had it in the core group, is a way in like one of today.
func TestARouteOfOpenShift3(t *testing.T) {
	old := onDisk(t, "old.yaml", []byte("apiVersion: v1\nkind: Route\nmetadata: {name: r, namespace: pay}\nspec: {host: pay.example}\n"))
	for name, c := range map[string]engine.Collector{"manifests": &kube.Manifests{Paths: []string{old}, Name: "scan", Now: clock}, "dump": dump(old)} {
		s, _ := collect(t, c)
		require.Len(t, s.Entries, 1, name)
		assert.Equal(t, engine.Kind{Group: "route.openshift.io", Kind: "Route"}, s.Entries[0].Ref.Of(), name)
	}
}
