package checks

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"

	"tickmark/engine"
	"tickmark/engine/kube"
)

// corpus returns the folder of a corpus: from a variable, else beside the
// project. Where it is absent the test says so and is skipped.
func corpus(t *testing.T, variable, folder string) string {
	t.Helper()
	dir := os.Getenv(variable)
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpora", folder)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("corpus %s is absent (%s is not set to its folder)", folder, variable)
	}
	return dir
}

var documentEnd = regexp.MustCompile(`(?m)^---.*$`)

func manifests(t *testing.T, files ...string) *world {
	t.Helper()
	var documents []string
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, d := range documentEnd.Split(string(raw), -1) {
			if strings.TrimSpace(d) != "" {
				documents = append(documents, d)
			}
		}
	}
	return fromYAML(t, documents...)
}

func TestBadPods(t *testing.T) {
	dir := corpus(t, "TICKMARK_CORPUS_BADPODS", "manifests/badpods")
	files, err := filepath.Glob(filepath.Join(dir, "*", "*", "*.yaml"))
	require.NoError(t, err)
	agree := 0
	for _, file := range files {
		want := engine.Fail
		if strings.HasPrefix(filepath.Base(file), "nothing-allowed") {
			want = engine.Pass
		}
		result := manifests(t, file).result(t, "pods-meet-baseline")
		if assert.Equal(t, want, result.Verdict, "%s: %+v", file, result.Details) {
			agree++
		}
	}
	fmt.Printf("badpods: %d of %d agree\n", agree, len(files))
	require.NotZero(t, len(files))
}

func podSecurityFixtures(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("TICKMARK_CORPUS_PSA"); dir != "" {
		return dir
	}
	out, err := exec.CommandContext(context.Background(), "go", "list", "-m", "-f", "{{.Dir}}", "k8s.io/pod-security-admission").Output()
	dir := filepath.Join(strings.TrimSpace(string(out)), "test", "testdata")
	if _, statErr := os.Stat(dir); err != nil || statErr != nil {
		t.Skip("the Pod Security fixtures of the Go module are absent")
	}
	return dir
}

// TestPodSecurityFixtures compares with the fixtures of the Kubernetes project, each
// a manifest on its way through the collector and the engine.
func TestPodSecurityFixtures(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(podSecurityFixtures(t), "*", "*", "*", "*.yaml"))
	require.NoError(t, err)
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	require.NoError(t, err)
	newest := api.Version{}
	for _, file := range files {
		if v := versionOf(t, file); newest.Older(v) {
			newest = v
		}
	}
	seen, agree := 0, 0
	for _, file := range files {
		version := versionOf(t, file)
		parts := strings.Split(filepath.ToSlash(file), "/")
		level, folder := api.Level(parts[len(parts)-4]), parts[len(parts)-2]
		seen++
		w := collected(t, file)
		all := workloads(engine.NewView(&w.snapshot, w.body, w.params))
		require.Len(t, all, 1, file)
		judge := newPodSecurity(evaluator, api.LevelVersion{Level: level, Version: version})
		got := judge.of(*all[0])
		if assert.Equal(t, folder, got.verdict.String(), "%s: %s", file, got.sentence) {
			agree++
		}
		if version == newest {
			assert.Equal(t, folder, w.result(t, "pods-meet-"+string(level)).Verdict.String(), "%s: by the check itself", file)
		}
	}
	fmt.Printf("pod-security: %d of %d agree\n", agree, seen)
	require.NotZero(t, seen)
}

// makers are the kinds that make pods, each with the place of the pod's template.
var makers = map[string]string{
	"apps/v1 Deployment": "spec.template", "apps/v1 ReplicaSet": "spec.template", "apps/v1 DaemonSet": "spec.template", "apps/v1 StatefulSet": "spec.template",
	"batch/v1 Job": "spec.template", "batch/v1 CronJob": "spec.jobTemplate.spec.template", "v1 ReplicationController": "spec.template", "v1 PodTemplate": "template",
	"argoproj.io/v1alpha1 Rollout": "spec.template", "apps.openshift.io/v1 DeploymentConfig": "spec.template", "apps.kruise.io/v1alpha1 CloneSet": "spec.template",
	"serving.knative.dev/v1 Service": "spec.template",
}

// TestPodSecurityOfWhatMakesPods puts the pods of the newest fixtures into each kind that
// makes pods: it is judged as the pod is.
func TestPodSecurityOfWhatMakesPods(t *testing.T) {
	seen, agree := 0, 0
	for _, level := range []string{"baseline", "restricted"} {
		folders, err := filepath.Glob(filepath.Join(podSecurityFixtures(t), level, "*"))
		require.NoError(t, err)
		newest := slices.MaxFunc(folders, func(a, b string) int {
			return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) // v1.9 before v1.10
		})
		files, err := filepath.Glob(filepath.Join(newest, "*", "*.yaml"))
		require.NoError(t, err)
		for maker, at := range makers {
			w := newWorld(t)
			for i, file := range files {
				w.add(made(t, file, maker, at, fmt.Sprintf("%s-%d", filepath.Base(filepath.Dir(file)), i)))
			}
			for _, d := range w.result(t, "pods-meet-"+level).Details {
				want, _, _ := strings.Cut(d.Subject.Name, "-")
				if seen++; assert.Equal(t, want, d.Verdict.String(), "%s %s: %s", maker, d.Subject.Name, d.Sentence) {
					agree++
				}
			}
		}
	}
	fmt.Printf("pod-security in %d other kinds: %d of %d agree\n", len(makers), agree, seen)
	require.NotZero(t, seen)
}

// made is a pod's manifest as the template in an object that makes pods.
func made(t *testing.T, file, maker, at, name string) engine.Document {
	t.Helper()
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	var pod map[string]any
	require.NoError(t, yaml.Unmarshal(raw, &pod))
	var inner any = map[string]any{"metadata": pod["metadata"], "spec": pod["spec"]}
	steps := strings.Split(at, ".")
	for _, step := range slices.Backward(steps) {
		inner = map[string]any{step: inner}
	}
	tree := inner.(map[string]any)
	apiVersion, kind, _ := strings.Cut(maker, " ")
	tree["apiVersion"], tree["kind"], tree["metadata"] = apiVersion, kind, map[string]any{"name": name, "namespace": "pay"}
	raw, err = yaml.Marshal(tree)
	require.NoError(t, err)
	raw, err = yaml.YAMLToJSON(raw)
	require.NoError(t, err)
	document, _, err := kube.Document(raw)
	require.NoError(t, err, file)
	return document
}

func versionOf(t *testing.T, file string) api.Version {
	t.Helper()
	version, err := api.ParseVersion(filepath.Base(filepath.Dir(filepath.Dir(file))))
	require.NoError(t, err)
	return version
}

// collected is the world of one manifest as the collector gives it to the engine:
// decoded by its type, redacted and in canonical bytes.
func collected(t *testing.T, file string) *world {
	t.Helper()
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	raw, err = yaml.YAMLToJSON(raw)
	require.NoError(t, err)
	document, _, err := kube.Document(raw)
	require.NoError(t, err, file)
	w := newWorld(t)
	w.add(document)
	return w
}

// otherCheck joins a folder of the corpus to the check of ours that asks the
// same, or to the part of it.
type otherCheck struct {
	id string
	// part says which failing details are the folder's question; nil is all.
	part func(engine.Detail) bool
	// anybody is where the folder forbids what our check counts: any holder fails.
	anybody bool
	// differs names files that are judged otherwise on purpose, with the reason.
	differs map[string]string
}

func says(text string) func(engine.Detail) bool {
	return func(d engine.Detail) bool { return strings.Contains(d.Sentence, text) }
}

// fails reports whether details answer the folder's question with a failure.
func (o otherCheck) fails(details []engine.Detail) bool {
	return slices.ContainsFunc(details, func(d engine.Detail) bool {
		if o.anybody {
			return d.Verdict == engine.Fail || !strings.HasPrefix(d.Sentence, "Nobody is granted it")
		}
		return d.Verdict == engine.Fail && (o.part == nil || o.part(d))
	})
}

// otherChecks leaves out the folders that ask what no check of ours asks: probes,
// replicas, priorities and budgets say nothing of security, and linuxHardening is
// content with any one of four measures that are judged here one by one; nakedPod
// compares a label with a name. Roles that nobody is bound to give nobody anything:
// of the folders of exec and attach, those of bindings are compared.
func otherChecks() map[string]otherCheck {
	const byName = "it exempts bindings by their name; here a name excuses nobody who holds the right"
	const whenLatest = "where no policy is written, the API server fills in Always for an image without a tag"
	entering := otherCheck{id: "pods-entered-by-few", anybody: true, differs: map[string]string{
		"success.gce_calico_binding.yaml":                                                    byName,
		"success.system_prefix_binding.yaml":                                                 byName,
		"success.defaultclusterrolebinding_clusteradmin.yaml":                                byName,
		"success.defaultclusterrolebinding_system-controller-generic-garbage-collector.yaml": byName,
		"success.role_binding_cluster_role_binding.yaml":                                     "its folder looks at Roles alone; the ClusterRole that is bound there allows everything",
	}}
	return map[string]otherCheck{
		"automountServiceAccountToken": {id: "service-account-tokens-not-mounted"},
		"clusterrolebindingClusterAdmin": {id: "cluster-admin-bindings", differs: map[string]string{
			"success.gce_calico_binding.yaml":    byName,
			"success.system_prefix_binding.yaml": byName,
		}},
		"cpuLimitsMissing":           {id: "containers-have-limits", part: says("cpu")},
		"memoryLimitsMissing":        {id: "containers-have-limits", part: says("memory")},
		"dangerousCapabilities":      {id: "containers-add-no-capabilities"},
		"hostIPCSet":                 {id: "pods-without-host-namespaces", part: says("hostIPC")},
		"hostNetworkSet":             {id: "pods-without-host-namespaces", part: says("hostNetwork")},
		"hostPIDSet":                 {id: "pods-without-host-namespaces", part: says("hostPID")},
		"hostPathSet":                {id: "pods-without-host-paths"},
		"hostPortSet":                {id: "containers-without-host-ports"},
		"hostProcess":                {id: "containers-not-privileged"},
		"insecureCapabilities":       {id: "containers-keep-no-capabilities"},
		"notReadOnlyRootFilesystem":  {id: "root-filesystems-read-only"},
		"privilegeEscalationAllowed": {id: "containers-cannot-gain-privileges"},
		"procMount":                  {id: "containers-mask-proc"},
		"rolebindingClusterAdminClusterRole": {id: "cluster-admin-bindings", differs: map[string]string{
			"success.gce_calico_binding.yaml":    byName,
			"success.system_prefix_binding.yaml": byName,
		}},
		"rolebindingClusterAdminRole": {id: "cluster-admin-bindings", differs: map[string]string{
			"success.gce_calico_binding.yaml":    byName,
			"success.system_prefix_binding.yaml": byName,
		}},
		"missingNetworkPolicy": {id: "namespaces-have-default-deny", differs: map[string]string{
			"success.yaml": "a policy that selects one pod by its label is no default for the pods that come after it, and one rule lets in every address",
		}},
		"pullPolicyNotAlways": {id: "images-pulled-afresh", differs: map[string]string{
			"failure.cron-job.yaml": whenLatest,
			"failure.yaml":          whenLatest,
		}},
		"tlsSettingsMissing": {id: "ways-in-use-tls", differs: map[string]string{
			"success.yaml": "the certificate is for example.com, and the rule answers for every other name as well",
		}},
		"clusterrolebindingPodExecAttach":     entering,
		"rolebindingClusterRolePodExecAttach": entering,
		"rolebindingRolePodExecAttach":        entering,
		"runAsPrivileged":                     {id: "containers-not-privileged"},
		"runAsRootAllowed":                    {id: "pods-run-as-non-root"},
		"tagNotSpecified":                     {id: "images-not-latest"},
	}
}

func TestWorkloadChecks(t *testing.T) {
	dir := corpus(t, "TICKMARK_CORPUS_WORKLOADS", "workload-checks")
	total, agree := 0, 0
	for _, folder := range sortedKeys(otherChecks()) {
		other := otherChecks()[folder]
		files, err := filepath.Glob(filepath.Join(dir, folder, "*.yaml"))
		require.NoError(t, err)
		for _, file := range files {
			name := filepath.Base(file)
			wantFail := strings.HasPrefix(name, "failure") && !strings.HasSuffix(name, "mutated.yaml")
			if !wantFail && !strings.HasPrefix(name, "success") && !strings.HasSuffix(name, "mutated.yaml") {
				continue
			}
			total++
			result := manifests(t, file).result(t, other.id)
			assert.NotEmpty(t, result.Details, "%s/%s was not judged at all", folder, name)
			if other.fails(result.Details) == wantFail {
				agree++
				continue
			}
			reason, known := other.differs[name]
			fmt.Printf("workload-checks: %s/%s: %s says %s; %s\n", folder, name, other.id, result.Verdict, reason)
			assert.True(t, known, "%s/%s: %+v", folder, name, result.Details)
		}
	}
	fmt.Printf("workload-checks: %d of %d agree\n", agree, total)
	require.NotZero(t, total)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// folderOf is the world of a folder of manifests.
func folderOf(t *testing.T, folder string) *world {
	t.Helper()
	w := &world{bodies: map[engine.Digest][]byte{}}
	w.params.Now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	collector := &kube.Manifests{Paths: []string{folder}, Name: "corpus", Now: func() time.Time { return w.params.Now }}
	var err error
	w.snapshot, err = collector.Collect(t.Context(), engine.Intake{Document: func(d engine.Document) error {
		w.bodies[d.Digest] = d.Body
		return nil
	}})
	require.NoError(t, err)
	return w
}

// TestKubePrometheus names everything that fails in well-hardened manifests. Each was
// looked at and is true of what is written there: the agent that measures nodes reads
// them as a whole and adds SYS_TIME, two workloads name no seccomp profile, the namespace
// sets no bounds and has no policy for every pod, every policy opens all ways out, images
// go by tags, five pods ask for a token, and two roles are written with wildcards.
func TestKubePrometheus(t *testing.T) {
	w := folderOf(t, corpus(t, "TICKMARK_CORPUS_KUBE_PROMETHEUS", "manifests/kube-prometheus"))
	const (
		agent, prober, space = "DaemonSet.apps monitoring/node-exporter", "Deployment.apps monitoring/blackbox-exporter", "Namespace monitoring"
		deployment, policy   = "Deployment.apps monitoring/", "NetworkPolicy.networking.k8s.io monitoring/"
	)
	each := func(before string, names ...string) (all []string) {
		for _, name := range names {
			all = append(all, before+name)
		}
		return all
	}
	images := slices.Concat(
		each(agent, " kube-rbac-proxy", " node-exporter"), each(prober, " blackbox-exporter", " kube-rbac-proxy", " module-configmap-reloader"),
		each(deployment, "grafana grafana", "kube-state-metrics kube-rbac-proxy-main", "kube-state-metrics kube-rbac-proxy-self", "kube-state-metrics kube-state-metrics",
			"prometheus-adapter prometheus-adapter", "prometheus-operator kube-rbac-proxy", "prometheus-operator prometheus-operator"),
	)
	want := map[string][]string{
		"containers-add-no-capabilities":    {agent + " node-exporter"},
		"containers-have-seccomp-profile":   {agent + " node-exporter", prober + " blackbox-exporter", prober + " module-configmap-reloader"},
		"containers-keep-no-capabilities":   {agent + " node-exporter"},
		"containers-without-host-ports":     {agent + " kube-rbac-proxy"},
		"containers-without-runtime-socket": {agent + " node-exporter"},
		"images-pinned-by-digest":           images,
		"images-pulled-afresh":              images,
		"images-verified-at-admission":      {space},
		"namespaces-enforce-pod-security":   {space},
		"namespaces-have-default-deny":      {space},
		"namespaces-have-quotas":            {space},
		"network-policies-limited": each(policy, "alertmanager-main", "blackbox-exporter", "grafana", "kube-state-metrics",
			"node-exporter", "prometheus-adapter", "prometheus-k8s", "prometheus-operator"),
		"pods-keep-processes-apart":    {agent},
		"pods-meet-baseline":           {agent},
		"pods-meet-restricted":         {agent, prober},
		"pods-without-host-namespaces": {agent},
		"pods-without-host-paths":      {agent, agent},
		"roles-without-wildcards":      each("ClusterRole.rbac.authorization.k8s.io ", "prometheus-operator", "resource-metrics-server-resources"),
		"service-account-tokens-not-mounted": slices.Concat([]string{agent, prober},
			each(deployment, "kube-state-metrics", "prometheus-adapter", "prometheus-operator")),
	}
	all, err := All()
	require.NoError(t, err)
	run, err := engine.Evaluate(t.Context(), all, []engine.Snapshot{w.snapshot}, w.body, w.params)
	require.NoError(t, err)
	got := map[string][]string{}
	for _, r := range run.Results {
		for _, d := range r.Details {
			if d.Verdict == engine.Fail {
				got[r.Check] = append(got[r.Check], strings.TrimSpace(d.Subject.String()+" "+d.Container))
			}
		}
	}
	assert.Equal(t, want, got)
}
