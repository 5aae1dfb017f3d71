//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	sigsyaml "sigs.k8s.io/yaml"

	"tickmark/engine"
	"tickmark/engine/checks"
	"tickmark/engine/kube"
	"tickmark/engine/kube/planetest"
	"tickmark/questionnaires"
	"tickmark/testdata/figures"
)

// TestBenchEngine is `make bench-engine`: what reading and judging clusters costs, with
// the floor beside it, from one run. TICKMARK_BENCH_ENGINE is `all`, which writes the
// table of docs/benchmarks.md too, or names some of the parts. The scripts that make the
// inputs lie beside the repository, or where TICKMARK_GENERATORS says.
func TestBenchEngine(t *testing.T) {
	asked := os.Getenv("TICKMARK_BENCH_ENGINE")
	if asked == "" {
		t.Skip("runs by `make bench-engine` alone: it needs some minutes and a control plane")
	}
	registry, err := checks.All()
	require.NoError(t, err)
	b := &engineBench{benchTable{T: t, machine: figures.Machine(), folder: t.TempDir()}, registry}
	for _, part := range []struct {
		name string
		run  func()
	}{{"yaml", b.yaml}, {"json", b.snapshot}, {"changed", b.changed}, {"connections", b.connections}, {"room", b.room}, {"dump", b.dump}, {"live", b.live}} {
		if asked == "all" || slices.Contains(strings.Split(asked, ","), part.name) {
			part.run()
		}
	}
	table := fmt.Sprintf("%d checks; %s.\n\n%s",
		len(registry), b.machine, b.rowsText())
	fmt.Print("\n", table)
	if asked == "all" {
		figures.Write(t, "bench-engine", table)
	}
}

type engineBench struct {
	benchTable
	registry []engine.Check
}

// generated makes an input with one of the scripts, once.
func (b *engineBench) generated(script string, n int) string {
	b.Helper()
	folder := filepath.Join(b.folder, script+strconv.Itoa(n))
	if _, err := os.Stat(folder); err == nil {
		return folder
	}
	from := os.Getenv("TICKMARK_GENERATORS")
	if from == "" {
		from = "../../../shared/generators"
	}
	path := filepath.Join(from, script+".py")
	_, err := os.Stat(path)
	require.NoError(b, err, "the script that makes the input: TICKMARK_GENERATORS names its folder")
	b.process("python3", path, strconv.Itoa(n), folder)
	return folder
}

// best runs the program some times, and returns the least that processors worked for it
// in seconds, and its memory then in MiB.
func (b *engineBench) best(times int, args ...string) (seconds, memory float64) {
	b.Helper()
	for i := range times {
		_, took, peak := b.tickmark(args...)
		if s := took.worked.Seconds(); i == 0 || s < seconds {
			seconds, memory = s, float64(peak)/(1<<20)
		}
	}
	return seconds, memory
}

// yaml judges workloads in YAML, beside parsing the same files.
func (b *engineBench) yaml() {
	few, many := b.generated("workloads", 2000), b.generated("workloads", 20_000)
	floor := func(folder string) string {
		return fmt.Sprintf("parsing the YAML alone: %.3g s", b.parsing(folder))
	}
	small, memory := b.best(5, "scan", few)
	b.add("2,000 workloads in YAML, whole process", small, 1, "s", floor(few))
	b.add("memory of it", memory, 0, "MiB", "")
	large, memory := b.best(3, "scan", many)
	b.add("20,000 workloads in YAML, whole process", large, 8, "s", floor(many))
	b.add("memory of it", memory, 150, "MiB", "")
	b.add("20,000 in terms of 2,000", large/small, 11, "x", "")
	large, memory = b.best(1, "scan", many, "-o", "json")
	b.add("the same with every result printed as JSON", large, 0, "s", fmt.Sprintf("%.0f MiB", memory))
}

// parsing is the least time in which a library takes the files of a folder apart.
func (b *engineBench) parsing(folder string) float64 {
	least := 0.0
	for i := range 2 {
		w := startWatch()
		for _, text := range b.files(folder) {
			for decoder := yaml.NewDecoder(bytes.NewReader(text)); ; {
				var node yaml.Node
				err := decoder.Decode(&node)
				if errors.Is(err, io.EOF) {
					break
				}
				require.NoError(b, err)
			}
		}
		if s := w.stop().worked.Seconds(); i == 0 || s < least {
			least = s
		}
	}
	return least
}

func (b *engineBench) files(folder string) [][]byte {
	var all [][]byte
	names, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	require.NoError(b, err)
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(b, err)
		all = append(all, text)
	}
	return all
}

// asList writes the objects of a folder as the List that kubectl prints.
func (b *engineBench) asList(folder string) string {
	var items []json.RawMessage
	for _, text := range b.files(folder) {
		for _, one := range bytes.Split(text, []byte("---\n"))[1:] {
			item, err := sigsyaml.YAMLToJSON(one)
			require.NoError(b, err)
			items = append(items, item)
		}
	}
	text, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "List", "items": items})
	require.NoError(b, err)
	path := folder + ".json"
	require.NoError(b, os.WriteFile(path, text, 0o600))
	return path
}

// snapshot judges the same workloads as they stand in a saved list.
func (b *engineBench) snapshot() {
	path := b.asList(b.generated("workloads", 2000))
	text, err := os.ReadFile(path)
	require.NoError(b, err)
	w := startWatch()
	var tree any
	require.NoError(b, json.Unmarshal(text, &tree))
	floor := w.stop().worked.Seconds()
	took, memory := b.best(15, "scan", "--dump", path)
	b.add("2,000 as a JSON snapshot, whole process", took, 0.2, "s", fmt.Sprintf("parsing the JSON alone: %.3g s", floor))
	b.add("memory of it", memory, 0, "MiB", "")
}

// connections lists what policies allow.
func (b *engineBench) connections() {
	took := map[int]float64{}
	for _, n := range []int{100, 200, 400} {
		took[n], _ = b.best(5, "network", "connections", b.generated("policies", n))
	}
	b.add("connections of 100 deployments, whole process", took[100], 0, "s", "")
	b.add("of 200 deployments", took[200], 0, "s", "")
	b.add("of 400 deployments under 80 policies", took[400], 0.27, "s", "netpol-analyzer: 27 to 30 s")
	b.add("400 in terms of 100", took[400]/took[100], 6, "x", "netpol-analyzer: 19x")
}

// collected reads manifests into memory.
func (b *engineBench) collected(folder string) ([]engine.Snapshot, map[engine.Digest][]byte) {
	bodies := map[engine.Digest][]byte{}
	s, err := (&kube.Manifests{Paths: []string{folder}, Name: "bench"}).Collect(b.Context(), engine.Intake{Document: func(d engine.Document) error {
		bodies[d.Digest] = d.Body
		return nil
	}})
	require.NoError(b, err)
	return []engine.Snapshot{s}, bodies
}

// theCluster is what stands beside the generated workloads, so that something is
// analysed: one is changed, and network and rights of the whole are looked at.
const theCluster = `---
apiVersion: v1
kind: Namespace
metadata: {name: ns-1, labels: {tier: cde}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: ns-1}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ann}]
`

// changed judges 20,000 objects, and again where one of them is another one: of the kind
// that changes most, and of those on which the whole hangs.
func (b *engineBench) changed() {
	folder := b.generated("workloads", 20_000)
	require.NoError(b, os.WriteFile(filepath.Join(folder, "the-cluster.yaml"), []byte(theCluster), 0o600))
	snapshots, bodies := b.collected(folder)
	read := func(d engine.Digest) ([]byte, error) { return bodies[d], nil }
	params := engine.Params{Zones: map[string][]engine.Selector{questionnaires.CardholderData: {{Namespaces: []string{"ns-1"}}}}}
	first := 0.0
	for i := range 5 {
		runtime.GC()
		w := startWatch()
		_, err := engine.EvaluateEach(b.Context(), b.registry, snapshots, read, params, func(engine.Result) error { return nil })
		require.NoError(b, err)
		if s := w.stop().worked.Seconds(); i == 0 || s < first {
			first = s
		}
	}
	b.add("evaluation of 20,000 objects, alone", first, 0, "s", "in memory, read already, of no result kept")
	again := engine.NewEvaluation()
	evaluate := func() (seconds float64) {
		runtime.GC()
		w := startWatch()
		_, err := again.Each(b.Context(), b.registry, snapshots, read, params, func(engine.Result) error { return nil })
		require.NoError(b, err)
		return w.stop().worked.Seconds()
	}
	evaluate()
	for _, c := range []struct{ kind, from, to string }{
		{"Deployment", `"runAsNonRoot":true`, `"runAsNonRoot":false`},
		{"Pod", `"image":"nginx:1.27.2"`, `"image":"nginx:1.28.%d"`},
		{"Namespace", `"tier":"cde"`, `"tier":"cde%d"`},
		{"NetworkPolicy", `"policyTypes":["Ingress","Egress"]`, `"policyTypes":["Ingress"]`},
		{"ClusterRoleBinding", `"name":"ann"`, `"name":"ann%d"`},
	} {
		best := 0.0
		for i := range 9 {
			before := snapshots[0].Entries
			snapshots[0].Entries = b.altered(before, bodies, c.kind, c.from, strings.ReplaceAll(c.to, "%d", strconv.Itoa(i)))
			if s := evaluate(); i == 0 || s < best {
				best = s
			}
			if i == 0 {
				b.sameWhole(again, snapshots, read, params)
			}
			snapshots[0].Entries = before
			evaluate()
		}
		b.add("the same where one "+c.kind+" changed", 100*best/first, 2, "%", fmt.Sprintf("%.1f ms", 1000*best))
	}
}

// altered returns entries of which one of a kind, in whose document a text stands, is
// another document.
func (b *engineBench) altered(entries []engine.Entry, bodies map[engine.Digest][]byte, kind, from, to string) []engine.Entry {
	b.Helper()
	all := slices.Clone(entries)
	at := slices.IndexFunc(all, func(e engine.Entry) bool { return e.Ref.Kind == kind && bytes.Contains(bodies[e.Digest], []byte(from)) })
	require.GreaterOrEqual(b, at, 0, "%s with %s", kind, from)
	d := engine.NewDocument(all[at].Ref, bytes.Replace(bodies[all[at].Digest], []byte(from), []byte(to), 1))
	require.NotEqual(b, all[at].Digest, d.Digest, "%s with %s", kind, to)
	bodies[d.Digest] = d.Body
	all[at].Digest = d.Digest
	return all
}

// sameWhole says that what was judged again says the same as judging all of it.
func (b *engineBench) sameWhole(again *engine.Evaluation, snapshots []engine.Snapshot, read engine.Documents, params engine.Params) {
	b.Helper()
	digest, err := params.Digest()
	require.NoError(b, err)
	type each func(context.Context, []engine.Check, []engine.Snapshot, engine.Documents, engine.Params, func(engine.Result) error) (engine.Run, error)
	summed := func(evaluate each) engine.RunSummary {
		sum := engine.NewSumming(digest, nil)
		run, err := evaluate(b.Context(), b.registry, snapshots, read, params, func(r engine.Result) error {
			_, _, err := sum.Add(r)
			return err
		})
		require.NoError(b, err)
		said, err := sum.End(run)
		require.NoError(b, err)
		return said
	}
	require.Equal(b, summed(engine.EvaluateEach).Digest, summed(again.Each).Digest)
}

// vault makes a vault to collect into.
func (b *engineBench) vault(name string) string {
	path := filepath.Join(b.folder, name+".vault")
	b.tickmark("new", path, "--questionnaire", "roc", "--entity", "Copperline Outfitters")
	return path
}

// dump collects a list of a million lines into a vault.
func (b *engineBench) dump() {
	var items []*corev1.Pod
	for i := range 17_000 {
		pod := podOf(i)
		pod.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}
		items = append(items, pod)
	}
	text, err := json.MarshalIndent(map[string]any{"apiVersion": "v1", "kind": "List", "items": items}, "", "    ")
	require.NoError(b, err)
	path := filepath.Join(b.folder, "million.json")
	require.NoError(b, os.WriteFile(path, text, 0o600))
	require.Greater(b, bytes.Count(text, []byte("\n")), 1_000_000)
	took, memory := b.best(1, "collect", b.vault("dump"), "--dump", path)
	b.add("a list of a million lines, 17,000 pods, collected, evaluated and stored in a vault", took, 0, "s", "")
	b.add("memory of it", memory, 0, "MiB", "")
}

const benchLive = 10_000 // pods of the live cluster

// podOf is a pod as a Deployment makes it.
func podOf(i int) *corev1.Pod {
	yes, no := true, false
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: fmt.Sprintf("api-%d", i), Namespace: fmt.Sprintf("shop-%d", i%20),
			Labels: map[string]string{"app": fmt.Sprintf("api-%d", i%200), "tier": "web"},
		},
		Spec: corev1.PodSpec{
			ServiceAccountName: "default", AutomountServiceAccountToken: &no,
			Containers: []corev1.Container{{
				Name: "api", Image: "registry.example/pay/api:2.4.1",
				Ports: []corev1.ContainerPort{{ContainerPort: 8080}, {ContainerPort: 9090}},
				Env: []corev1.EnvVar{{Name: "LOG_LEVEL", Value: "info"}, {Name: "DB_PASSWORD", ValueFrom: &corev1.EnvVarSource{
					SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "db"}, Key: "password"},
				}}},
				SecurityContext: &corev1.SecurityContext{
					RunAsNonRoot: &yes, AllowPrivilegeEscalation: &no, ReadOnlyRootFilesystem: &yes,
					Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
				},
				VolumeMounts: []corev1.VolumeMount{{Name: "tmp", MountPath: "/tmp"}},
			}},
			Volumes: []corev1.Volume{{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}},
		},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, PodIP: fmt.Sprintf("10.1.%d.%d", i/250, 1+i%250)},
	}
}

// live collects pods from an API server into a vault, beside listing them alone.
func (b *engineBench) live() {
	plane, err := planetest.Start(planetest.Lax)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, plane.Stop()) })
	b.fill(plane)
	kubeconfig := filepath.Join(b.folder, "kubeconfig")
	text, err := plane.User("bench", "system:masters")
	require.NoError(b, err)
	require.NoError(b, os.WriteFile(kubeconfig, text, 0o600))
	floor := 0.0
	for i := range 3 {
		if s := b.listing(plane); i == 0 || s < floor {
			floor = s
		}
	}
	took := 0.0
	for i := range 2 {
		s, _ := b.best(1, "collect", b.vault("live"+strconv.Itoa(i)), "--kubeconfig", kubeconfig, "--fresh")
		if i == 0 || s < took {
			took = s
		}
	}
	b.add("10,000 pods of a live API server, collected, evaluated and stored in a new vault", took, 0, "s", fmt.Sprintf("%.1f times listing them alone", took/floor))
	took, memory := b.best(2, "collect", b.vault("live"), "--kubeconfig", kubeconfig, "--fresh")
	b.add("the same, the lesser of that and again into the vault that has them", took, 0, "s", fmt.Sprintf("listing them alone, in pages and protobuf: %.3g s", floor))
	b.add("in terms of listing them", took/floor, 4, "x", "")
	b.add("memory of it", memory, 150, "MiB", "")
}

// fill makes the pods.
func (b *engineBench) fill(plane *planetest.Plane) {
	var namespaces strings.Builder
	for i := range 20 {
		fmt.Fprintf(&namespaces, "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop-%d}\n", i)
	}
	require.NoError(b, plane.Apply(b.Context(), []byte(namespaces.String())))
	client, err := kubernetes.NewForConfig(plane.Admin())
	require.NoError(b, err)
	failed := make(chan error, benchLive)
	var all sync.WaitGroup
	const makers = 8
	for maker := range makers {
		all.Go(func() {
			for i := maker; i < benchLive; i += makers {
				pod := podOf(i)
				if _, err := client.CoreV1().Pods(pod.Namespace).Create(b.Context(), pod, metav1.CreateOptions{}); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	all.Wait()
	close(failed)
	for err := range failed {
		require.NoError(b, err)
	}
}

// listing pages through the pods in protobuf, and does nothing with them.
func (b *engineBench) listing(plane *planetest.Plane) float64 {
	config := plane.Admin()
	config.ContentType, config.AcceptContentTypes = "application/vnd.kubernetes.protobuf", "application/vnd.kubernetes.protobuf"
	w := startWatch()
	client, err := kubernetes.NewForConfig(config)
	require.NoError(b, err)
	seen := 0
	for options := (metav1.ListOptions{Limit: 500}); ; {
		page, err := client.CoreV1().Pods("").List(b.Context(), options)
		require.NoError(b, err)
		seen += len(page.Items)
		if options.Continue = page.Continue; options.Continue == "" {
			break
		}
	}
	require.Equal(b, benchLive, seen)
	return w.stop().worked.Seconds()
}
