package kube_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/engine/kube"
)

var namespaceKind = engine.Kind{Kind: "Namespace"}

// saved is a dump: contents by the names of files.
type saved map[string]string

// with returns the dump with other files, "" for one that is not there.
func (s saved) with(files saved) saved {
	all := maps.Clone(s)
	for name, text := range files {
		if all[name] = text; text == "" {
			delete(all, name)
		}
	}
	return all
}

func (s saved) folder(t testing.TB) string {
	dir := t.TempDir()
	for name, text := range s {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

func (s saved) tar(t testing.TB) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(s)) {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(s[name])), ModTime: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}))
		_, err := io.WriteString(w, s[name])
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func zipped(t testing.TB, raw []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(raw)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func (s saved) zip(t testing.TB) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range s {
		f, err := w.Create(name)
		require.NoError(t, err)
		_, err = io.WriteString(f, text)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func onDisk(t testing.TB, name string, raw []byte) string {
	p := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(p, raw, 0o600))
	return p
}

func dump(paths ...string) *kube.Dump {
	return &kube.Dump{Paths: paths, Name: "shop", Tool: engine.Tool{Name: "tickmark", Version: "test"}, Now: clock}
}

// lists is a List as kubectl prints it.
func lists(items ...string) string {
	return `{"apiVersion":"v1","items":[` + strings.Join(items, ",") + `],"kind":"List","metadata":{"resourceVersion":""}}`
}

func namespaceJSON(name string) string {
	return fmt.Sprintf(`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":%q,"uid":"uid-of-%s"}}`, name, name)
}

func podJSON(namespace, name string, more ...string) string {
	return fmt.Sprintf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":%q,"namespace":%q,"uid":"uid-of-%[1]s"%[3]s},"spec":{"containers":[{"name":"c","image":"nginx"}]}}`, name, namespace, strings.Join(more, ""))
}

// bare is an object as it stands in a list of Go types: without apiVersion and kind.
func bare(object string) string {
	_, rest, _ := strings.Cut(object, `"metadata"`)
	return `{"metadata"` + rest
}

var allNamespaces = lists(namespaceJSON("default"), namespaceJSON("kube-system"), namespaceJSON("pay"))

// printed is what `kubectl get ... -A -o json` prints.
var printed = saved{
	"namespaces.json": allNamespaces,
	"pods.json":       lists(podJSON("pay", "api"), podJSON("kube-system", "dns")),
}

func TestAListOfAllNamespacesIsComplete(t *testing.T) {
	s, _ := collect(t, dump(printed.folder(t)))
	assert.Equal(t, "k8s:uid-of-kube-system", s.Target.ID)
	assert.False(t, s.Target.Provisional)
	assert.True(t, s.Saw(podKind))
	assert.True(t, s.Saw(namespaceKind))
	gaps := gapsOf(s, networkPolicy)
	require.Len(t, gaps, 1, "what the dump does not list is named")
	assert.Equal(t, engine.NotListed, gaps[0].Reason)
	assert.Equal(t, "read networkpolicies.networking.k8s.io: the dump holds no list", gaps[0].Cause)
	assert.Contains(t, originOf(s, "api"), "pods.json item 1")
}

func originOf(s engine.Snapshot, name string) string {
	for _, e := range s.Entries {
		if e.Ref.Name == name {
			return e.Origin
		}
	}
	return ""
}

// What is missing of pods in each dump, "" where nothing is.
func TestADumpIsCompleteOnlyForWhatItsListsCover(t *testing.T) {
	perNamespace := saved{
		"default/pods.json":     `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":null}`,
		"kube-system/pods.json": `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[` + bare(podJSON("kube-system", "dns")) + `]}`,
		"pay/pods.json":         `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[` + bare(podJSON("pay", "api")) + `]}`,
	}
	bundle := saved{
		"b/cluster-resources/namespaces.json":         "[" + strings.Join([]string{bare(namespaceJSON("default")), bare(namespaceJSON("kube-system")), bare(namespaceJSON("pay"))}, ",") + "]",
		"b/cluster-resources/namespaces-errors.json":  "null",
		"b/cluster-resources/pods/default.json":       "[]",
		"b/cluster-resources/pods/kube-system.json":   "[" + bare(podJSON("kube-system", "dns")) + "]",
		"b/cluster-resources/pods/pay.json":           `{"metadata":{},"items":[` + bare(podJSON("pay", "api")) + `]}`,
		"b/cluster-resources/pods-errors.json":        "{}",
		"b/cluster-resources/auth-cani-list/pay.json": `[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]`,
		"b/cluster-info/cluster_version.json":         `{"info":{"gitVersion":"v1.31.2"},"string":"v1.31.2"}`,
	}
	gather := saved{
		"m/namespaces/default/core/pods.yaml":             "apiVersion: v1\nkind: PodList\nitems: []\n",
		"m/namespaces/kube-system/core/pods.yaml":         "---\napiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: dns, namespace: kube-system, uid: u1}\n  spec: {containers: [{name: c, image: nginx}]}\nkind: PodList\nmetadata: {resourceVersion: \"9\"}\n",
		"m/namespaces/pay/core/pods.yaml":                 "---\napiVersion: v1\nitems:\n- metadata: {name: api, namespace: pay, uid: u2}\n  spec: {containers: [{name: c, image: nginx}]}\nkind: PodList\nmetadata: {resourceVersion: \"9\"}\n",
		"m/cluster-scoped-resources/core/namespaces.yaml": "---\napiVersion: v1\nitems:\n- metadata: {name: default}\n- metadata: {name: kube-system, uid: k}\n- metadata: {name: pay}\nkind: NamespaceList\nmetadata: {resourceVersion: \"9\"}\n",
	}
	for name, c := range map[string]struct {
		dump saved
		want string // in the causes of the gaps of pods
	}{
		"all namespaces":                 {printed, ""},
		"one namespace":                  {printed.with(saved{"pods.json": lists(podJSON("pay", "api"))}), "namespaces default, kube-system were asked for"},
		"an empty list":                  {printed.with(saved{"pods.json": `{"kind":"PodList","apiVersion":"v1","items":[]}`}), "namespaces default, kube-system, pay were asked for"},
		"a refusal, or nothing":          {perNamespace.with(saved{"namespaces.json": allNamespaces, "default/pods.json": lists()}), "kubectl prints the same where it was refused"},
		"single objects":                 {printed.with(saved{"pods.json": podJSON("pay", "api")}), "holds no list"},
		"no list of namespaces":          {printed.with(saved{"namespaces.json": ""}), ""},
		"some namespaces":                {perNamespace.with(saved{"namespaces.json": lists(namespaceJSON("kube-system"), namespaceJSON("pay"))}), "which others there are: save them too (kubectl get namespaces -o json)"},
		"a namespace that is not listed": {perNamespace.with(saved{"namespaces.json": allNamespaces, "old/services.json": lists(`{"apiVersion":"v1","kind":"Service","metadata":{"name":"x","namespace":"old"}}`)}), "does not say which others there are"},
		"a page":                         {printed.with(saved{"pods.json": strings.Replace(printed["pods.json"], `"resourceVersion":""`, `"continue":"abc"`, 1)}), "a page of a longer list"},
		"a page by its count":            {printed.with(saved{"pods.json": strings.Replace(printed["pods.json"], `"resourceVersion":""`, `"remainingItemCount":12`, 1)}), "a page of a longer list"},
		"an owner that is not there": {printed.with(saved{
			"pods.json": lists(podJSON("pay", "api"), podJSON("kube-system", "dns")),
			"rs.json":   lists(`{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"r","namespace":"pay","uid":"r","ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"gone","uid":"gone"}]}}`),
		}), "gone is named by"},
		"cluster-info dump":             {perNamespace, "does not say which others there are"},
		"with a list of namespaces":     {perNamespace.with(saved{"namespaces.json": allNamespaces}), ""},
		"a namespace's pods missing":    {perNamespace.with(saved{"namespaces.json": allNamespaces, "pay/pods.json": ""}), "namespaces pay were asked for"},
		"support bundle":                {bundle, ""},
		"support bundle with a refusal": {bundle.with(saved{"b/cluster-resources/pods/pay.json": "", "b/cluster-resources/pods-errors.json": `{"pay":"pods is forbidden"}`}), "says so of pay: pods is forbidden"},
		"support bundle with no list":   {bundle.with(saved{"b/cluster-resources/pods/pay.json": ""}), "namespaces pay were asked for"},
		"must-gather":                   {gather, ""},
		"must-gather without a list":    {gather.with(saved{"m/namespaces/pay/core/pods.yaml": ""}), "namespaces pay were asked for"},
		"several values in a file":      {saved{"all.json": allNamespaces + "\n" + printed["pods.json"]}, ""},
		"everything in one list":        {saved{"all.json": lists(namespaceJSON("default"), namespaceJSON("kube-system"), podJSON("default", "a"), podJSON("kube-system", "b"))}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := collect(t, dump(c.dump.folder(t)))
			var causes []string
			for _, g := range gapsOf(s, podKind) {
				causes = append(causes, g.Cause)
			}
			if c.want == "" {
				assert.Empty(t, causes)
				assert.True(t, s.Saw(podKind), "%+v", s.Gaps[:min(3, len(s.Gaps))])
				return
			}
			assert.Contains(t, strings.Join(causes, "\n"), c.want)
			assert.False(t, s.Saw(podKind))
		})
	}
	s, _ := collect(t, dump(bundle.folder(t)))
	assert.Equal(t, "v1.31.2", s.Target.ServerVersion)
}

// An empty List is what kubectl prints when it may not list, too. A kind that no
// namespace is of has nothing else to show that it was not seen.
func TestAnEmptyListOfNoKindIsNoAnswer(t *testing.T) {
	classes := engine.Kind{Group: "storage.k8s.io", Kind: "StorageClass"}
	s, _ := collect(t, dump(printed.with(saved{"storageclasses.json": lists()}).folder(t)))
	assert.False(t, s.Saw(classes))
	gaps := gapsOf(s, classes)
	require.Len(t, gaps, 1)
	assert.Equal(t, engine.NotListed, gaps[0].Reason)
	typed := `{"kind":"StorageClassList","apiVersion":"storage.k8s.io/v1","items":[]}`
	s, _ = collect(t, dump(printed.with(saved{"storageclasses.json": typed}).folder(t)))
	assert.True(t, s.Saw(classes))
}

// Metadata shows that objects are there, and nothing that could be judged: neither in a
// dump nor among manifests is it the list of a kind, or an object.
func TestMetadataAloneIsNoEvidence(t *testing.T) {
	const api = `{"metadata":{"name":"api","namespace":"pay","uid":"u"}}`
	one := `{"apiVersion":"meta.k8s.io/v1","kind":"PartialObjectMetadata","metadata":{"name":"api","namespace":"pay"}}`
	for name, text := range map[string]string{
		"a list":                    `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":{},"items":[` + api + `]}`,
		"a list that says it last":  `{"items":[` + api + `],"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1"}`,
		"a list of nothing":         `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":{},"items":[]}`,
		"a List of them":            lists(one),
		"a List with a pod as well": lists(podJSON("pay", "b"), podJSON("kube-system", "c"), one),
		"one":                       one,
		"a table":                   `{"kind":"Table","apiVersion":"meta.k8s.io/v1","columnDefinitions":[],"rows":[{"cells":["api"],"object":` + one + `}]}`,
		"a list as YAML":            "kind: PartialObjectMetadataList\napiVersion: meta.k8s.io/v1\nitems:\n- metadata: {name: api, namespace: pay}\n",
		"much of it":                `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","items":[` + strings.Repeat(api+",", 20000) + api + `]}`,
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := collect(t, dump(printed.with(saved{"pods.json": text}).folder(t)))
			assert.False(t, s.Saw(podKind))
			assert.True(t, s.Saw(namespaceKind), "its place says what it is of")
			gaps := gapsOf(s, podKind)
			require.Len(t, gaps, 1)
			assert.Contains(t, gaps[0].Cause, "metadata alone")
			assert.Contains(t, gaps[0].Cause, "kubectl get pods --all-namespaces -o json")

			files, _ := scan(t, saved{"pods.yaml": text}.folder(t))
			require.Len(t, gapsOf(files, engine.Kind{}), 1)
			assert.Contains(t, gapsOf(files, engine.Kind{})[0].Cause, "metadata alone")
			assert.False(t, files.Saw(podKind))
		})
	}
	s, _ := collect(t, dump(printed.with(saved{"anything.json": lists(one)}).folder(t)))
	assert.False(t, s.Saw(namespaceKind), "it may be of anything")
}

// Who leaves of an object nothing but its metadata leaves a policy that denies everything
// and a role that grants nothing: it is none.
func TestAnObjectThatWasStrippedIsNone(t *testing.T) {
	object := func(apiVersion, kind, namespace, rest string) string {
		return fmt.Sprintf(`{"apiVersion":%q,"kind":%q,"metadata":{"name":"x","namespace":%q,"uid":"x"}%s}`, apiVersion, kind, namespace, rest)
	}
	for _, c := range []struct{ group, version, kind, rest string }{
		{"networking.k8s.io", "networking.k8s.io/v1", "NetworkPolicy", `,"spec":{"podSelector":{}}`},
		{"rbac.authorization.k8s.io", "rbac.authorization.k8s.io/v1", "Role", `,"rules":null`},
		{"", "v1", "Secret", `,"type":"Opaque"`},
		{"apps", "apps/v1", "Deployment", `,"spec":{}`},
	} {
		of := engine.Kind{Group: c.group, Kind: c.kind}
		bare, whole := object(c.version, c.kind, "pay", ""), object(c.version, c.kind, "pay", c.rest)
		other := object(c.version, c.kind, "default", c.rest)
		for name, text := range map[string]string{
			"in a List":       lists(bare, other),
			"in a typed list": fmt.Sprintf(`{"apiVersion":%q,"kind":"%sList","items":[%s,%s]}`, c.version, c.kind, bare, other),
			"by itself":       lists(other, whole) + bare,
		} {
			s, _ := collect(t, dump(printed.with(saved{"some.json": text}).folder(t)))
			gaps := gapsOf(s, of)
			require.NotEmpty(t, gaps, "%s %s", c.kind, name)
			assert.Contains(t, gaps[0].Cause, "1 of them with metadata alone", "%s %s", c.kind, name)
			assert.False(t, s.Saw(of), "%s %s", c.kind, name)
			p, _ := s.Population(of)
			assert.Equal(t, strings.Count(text, strings.TrimPrefix(c.rest, ",")), p.Count, "%s %s: what was left of it is no object", c.kind, name)
		}
		if s, _ := collect(t, dump(printed.with(saved{"some.json": lists(whole, other)}).folder(t))); c.kind != "Role" { // every cluster has more roles
			assert.True(t, s.Saw(of), "%s: %+v", c.kind, gapsOf(s, of))
		}
	}
	account := object("v1", "ServiceAccount", "pay", "")
	s, _ := collect(t, dump(printed.with(saved{"some.json": lists(account, strings.Replace(account, "pay", "default", 1))}).folder(t)))
	assert.True(t, s.Saw(engine.Kind{Kind: "ServiceAccount"}), "there need be no more of it")
}

// Where a dump shows that the cluster has a kind that makes pods and does not list it, its
// pods are not all that it may run.
func TestAKindThatMakesPodsAndIsNotInTheDump(t *testing.T) {
	const defined = `{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"rollouts.argoproj.io"},"spec":{"group":"argoproj.io","names":{"kind":"Rollout","plural":"rollouts"}}}`
	const other = `{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"a.b.example"},"spec":{"group":"b.example","names":{"kind":"A","plural":"a"}}}`
	one := `{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"api","namespace":"pay"},"spec":{"template":{"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}`
	for name, c := range map[string]struct {
		files saved
		saw   bool
	}{
		"nothing speaks of it":          {saved{}, true},
		"no such definition":            {saved{"crds.json": lists(other)}, true},
		"its definition":                {saved{"crds.json": lists(defined)}, false},
		"one whose owner it is":         {saved{"pods.json": lists(podJSON("kube-system", "dns"), podJSON("pay", "a", `,"ownerReferences":[{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","name":"r","uid":"r","controller":true}]`))}, false},
		"one of it":                     {saved{"one.json": one}, false},
		"what kubectl prints refused":   {saved{"rollouts.json": lists()}, false},
		"one namespace":                 {saved{"pay/rollouts.json": `{"apiVersion":"argoproj.io/v1alpha1","kind":"RolloutList","items":[]}`}, false},
		"all of them":                   {saved{"crds.json": lists(defined), "rollouts.json": lists(one, strings.Replace(one, `"pay"`, `"default"`, 1))}, true},
		"a library of which none comes": {saved{"crds.json": lists(strings.NewReplacer("rollouts", "workflowtemplates", "Rollout", "WorkflowTemplate").Replace(defined))}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := collect(t, dump(printed.with(c.files).folder(t)))
			assert.Equal(t, c.saw, s.Saw(podKind), "%+v", gapsOf(s, podKind))
			for _, g := range gapsOf(s, podKind) {
				assert.Contains(t, g.Cause, "what makes pods could not be seen")
			}
		})
	}
}

func TestAPersonSaysThatAllWasAskedFor(t *testing.T) {
	d := dump(printed.with(saved{
		"networkpolicies.json": lists(), "cr.json": lists(`{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"reader"},"rules":[]}`),
	}).folder(t))
	d.Whole = true
	s, _ := collect(t, d)
	assert.True(t, s.Saw(networkPolicy))
	p, _ := s.Population(networkPolicy)
	assert.Contains(t, p.Query, "by the word of who collected")
	roles := engine.Kind{Group: "rbac.authorization.k8s.io", Kind: "ClusterRole"}
	assert.False(t, s.Saw(roles), "no word makes up for what every cluster has")
	assert.Contains(t, gapsOf(s, roles)[0].Cause, "cluster-admin, which every cluster has")
}

// A dump that cannot be read whole hides something, of which no kind is known.
func TestWhatOfADumpIsNotReadIsAGap(t *testing.T) {
	pods := printed["pods.json"]
	for name, c := range map[string]struct{ text, cause string }{
		"cut off":             {pods[:len(pods)-60], "breaks off"},
		"cut off in an item":  {pods[:len(pods)/2], "breaks off"},
		"something behind":    {pods + "==== behind", "invalid character"},
		"items twice":         {strings.Replace(pods, `"kind":"List"`, `"kind":"List","items":[]`, 1), "stands twice"},
		"a misspelt list":     {strings.Replace(pods, `"items"`, `"Items"`, 1), "without a list of items"},
		"an item of no kind":  {lists(`{"kind":"Pod","metadata":{"name":"x"}}`), "a kind and no apiVersion"},
		"items that are none": {`{"apiVersion":"v1","kind":"PodList","items":{"a":1}}`, "no list"},
		"no text":             {"\x00\x01\x02", "NUL"},
		"a broken item":       {lists(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","name":"b"}}`), "stands twice"},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := collect(t, dump(printed.with(saved{"pods.json": c.text}).folder(t)))
			gaps := gapsOf(s, engine.Kind{})
			require.NotEmpty(t, gaps)
			assert.Contains(t, gaps[0].Cause, c.cause)
			assert.False(t, s.Saw(podKind))
			assert.False(t, s.Saw(namespaceKind), "it may hide anything")
		})
	}
}

func TestOneObjectInTwoFiles(t *testing.T) {
	same, _ := collect(t, dump(printed.with(saved{"again/pod.json": podJSON("pay", "api")}).folder(t)))
	assert.True(t, same.Saw(podKind))
	p, _ := same.Population(podKind)
	assert.Equal(t, 2, p.Count, "it is counted once")

	other, _ := collect(t, dump(printed.with(saved{"again/pod.json": podJSON("pay", "api", `,"labels":{"a":"b"}`)}).folder(t)))
	gaps := gapsOf(other, podKind)
	require.Len(t, gaps, 1)
	assert.Equal(t, "api", gaps[0].Name)
	assert.Contains(t, gaps[0].Cause, "which one holds cannot be told")
	assert.Len(t, other.Entries, 6, "both are evidence")
	anew, _ := collect(t, dump(printed.with(saved{"again/pod.json": strings.Replace(podJSON("pay", "api"), "uid-of-", "another-uid-of-", 1)}).folder(t)))
	for _, twice := range []engine.Snapshot{other, anew} {
		p, _ = twice.Population(podKind)
		assert.Equal(t, 2, p.Count, "a cluster holds one object of a name")
		refs, _, _ := twice.Select(engine.Selection{Kind: podKind}, nil)
		assert.Len(t, refs, 2, "it is drawn once")
	}
}

func TestADumpOfTwoClustersIsRefused(t *testing.T) {
	two := printed.with(saved{"other/ns.json": lists(`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"kube-system","uid":"another"}}`)})
	_, err := dump(two.folder(t)).Collect(context.Background(), engine.Intake{})
	assert.ErrorContains(t, err, "it is of two clusters")
}

func TestAnArchiveIsReadAsItsFolder(t *testing.T) {
	files := printed.with(saved{"pay/api/logs.txt": `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"logged","namespace":"pay"}}`, "logs/x.json": podJSON("pay", "logged")})
	want, _ := collect(t, dump(files.folder(t)))
	content, err := want.Content()
	require.NoError(t, err)
	for name, raw := range map[string][]byte{
		"dump.tar": files.tar(t), "dump.tar.gz": zipped(t, files.tar(t)), "dump.tgz": zipped(t, files.tar(t)), "dump.zip": files.zip(t), "anything": zipped(t, files.tar(t)),
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := collect(t, dump(onDisk(t, name, raw)))
			got, err := s.Content()
			require.NoError(t, err)
			assert.Equal(t, content, got)
			assert.Len(t, s.Gaps, len(want.Gaps))
			assert.Contains(t, originOf(s, "api"), name+"/pods.json item 1")
			if strings.Contains(name, "tar") {
				assert.Equal(t, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), s.Saved)
			}
		})
	}
	one, _ := collect(t, dump(onDisk(t, "pods.json.gz", zipped(t, []byte(printed["pods.json"])))))
	assert.Len(t, one.Entries, 2, "a compressed file is that file")
}

// link is a zip file that holds a link to a file outside.
func link(t testing.TB) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "pods.json"}
	h.SetMode(fs.ModeSymlink | 0o777)
	f, err := w.CreateHeader(h)
	require.NoError(t, err)
	_, err = io.WriteString(f, "/etc/pods.json")
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// A file that was written after the collection began says nothing of when it was saved.
func TestAFileOfTomorrowTellsNoTime(t *testing.T) {
	folder := printed.folder(t)
	for _, day := range []time.Time{clock().Add(time.Hour), time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), clock().Add(-time.Hour)} {
		for name := range printed {
			require.NoError(t, os.Chtimes(filepath.Join(folder, name), day, day))
		}
		s, _ := collect(t, dump(folder))
		if day = day.UTC(); day.After(clock()) || day.Year() < 2014 {
			day = time.Time{}
		}
		assert.Equal(t, day, s.Saved.UTC())
	}
}

func TestAHostileArchiveIsAGap(t *testing.T) {
	good := printed.tar(t)
	member := func(headers ...*tar.Header) []byte {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for _, h := range headers {
			body := podJSON("pay", "outside")
			if h.Typeflag == 0 {
				h.Size = int64(len(body))
			}
			require.NoError(t, w.WriteHeader(h))
			if h.Typeflag == 0 {
				_, err := io.WriteString(w, body)
				require.NoError(t, err)
			}
		}
		require.NoError(t, w.Close())
		return b.Bytes()
	}
	for name, c := range map[string]struct {
		raw   []byte
		cause string
	}{
		"a path upwards":         {member(&tar.Header{Name: "../../pods.json"}), "leads out of the archive"},
		"a path inside upwards":  {member(&tar.Header{Name: "a/../../pods.json"}), "leads out of the archive"},
		"an absolute path":       {member(&tar.Header{Name: "/etc/pods.json"}), "leads out of the archive"},
		"a path of Windows":      {member(&tar.Header{Name: `..\pods.json`}), "leads out of the archive"},
		"a link outside":         {member(&tar.Header{Name: "pods.json", Typeflag: tar.TypeSymlink, Linkname: "../../etc/passwd"}), "leaves the folder"},
		"a link to nothing":      {member(&tar.Header{Name: "pods.json", Typeflag: tar.TypeSymlink, Linkname: "other.json"}), "leads nowhere"},
		"a device":               {member(&tar.Header{Name: "pods.json", Typeflag: tar.TypeChar}), "neither a file"},
		"a nested archive":       {saved{"in.tar.gz": string(zipped(t, good))}.tar(t), "an archive inside"},
		"a gzip that was cut":    {zipped(t, good)[:len(zipped(t, good))/2], "breaks off"},
		"a gzip without its sum": {zipped(t, good)[:len(zipped(t, good))-4], "breaks off"},
		"a tar that was cut":     {good[:700], "breaks off"},
		"a tar cut at a file":    {good[:1024], "cut off"},
		"an archive behind it":   {slices.Concat(saved{"a.json": lists()}.tar(t), member(&tar.Header{Name: "b.json"})), "behind the end of the archive"},
		"a bomb":                 {zipped(t, saved{"pods.json": strings.Repeat(" ", 40<<20)}.tar(t)), "times its size"},
		"a link in a zip":        {link(t), "leaves the folder"},
		"a zip that was cut":     {printed.zip(t)[:100], "not a valid zip file"},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := collect(t, dump(onDisk(t, "x", c.raw)))
			gaps := gapsOf(s, engine.Kind{})
			require.NotEmpty(t, gaps)
			assert.Contains(t, gaps[0].Cause, c.cause)
			assert.Empty(t, originOf(s, "outside"))
		})
	}
}
