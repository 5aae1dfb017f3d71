package checks

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

const otherSHA = "sha256:fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

// runningPod is a pod on node n1 whose one container runs an image as a digest,
// or as what else stands for its imageID.
func runningPod(name, reference, ranAs string, changes ...func(*corev1.Pod)) *corev1.Pod {
	p := goodPod(func(p *corev1.Pod) {
		p.Name, p.Spec.NodeName, p.Spec.Containers[0].Image = name, "n1", reference
		p.Status.Phase = corev1.PodRunning
		p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
		if strings.HasPrefix(ranAs, "sha256:") {
			ranAs = "registry.example/any@" + ranAs
		}
		p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: p.Spec.Containers[0].Name, ImageID: ranAs, Ready: true}}
	})
	for _, change := range changes {
		change(p)
	}
	return p
}

func node(name string, changes ...func(*corev1.Node)) *corev1.Node {
	n := &corev1.Node{ObjectMeta: named("", name)}
	n.Status.NodeInfo.Architecture = "amd64"
	for _, change := range changes {
		change(n)
	}
	return n
}

// report is a report of a scanner, as its operator writes it.
type report struct {
	kind, owner, container               string
	server, repository, tag, digest      string
	scanner, updated, os, key, list, sum string
	eosl                                 bool
}

// reportOn is a clean report on the container api of a pod, with changes.
func reportOn(pod string, change func(*report)) string {
	r := report{
		kind: "VulnerabilityReport", owner: "Pod", container: "api", server: "registry.example", repository: "pay/api", digest: sha,
		scanner: "{name: Trivy, version: 0.60.0}", updated: "2026-01-01T00:00:00Z", os: "family: debian, name: '12.9'", key: "vulnerabilities", list: "[]",
		sum: "summary: {criticalCount: 0, highCount: 0, mediumCount: 2, lowCount: 5, unknownCount: 0}",
	}
	if change != nil {
		change(&r)
	}
	if r.key == "secrets" {
		r.sum = "summary: {criticalCount: 0}"
	}
	return fmt.Sprintf(`
apiVersion: aquasecurity.github.io/v1alpha1
kind: %s
metadata:
  name: pod-%s-%s
  namespace: pay
  labels: {trivy-operator.resource.kind: %s, trivy-operator.resource.name: %s, trivy-operator.resource.namespace: pay, trivy-operator.container.name: %s}
report:
  artifact: {repository: %s, tag: %q, digest: %q}
  registry: {server: %s}
  scanner: %s
  updateTimestamp: %q
  os: {%s, eosl: %t}
  %s
  %s: %s
`, r.kind, pod, r.container, r.owner, pod, r.container, r.repository, r.tag, r.digest, r.server, r.scanner, r.updated, r.os, r.eosl, r.sum, r.key, r.list)
}

func vulnerable(severity, fixed string) string {
	return fmt.Sprintf(`[{vulnerabilityID: CVE-2025-1, resource: libx, installedVersion: 1.2.3, fixedVersion: %q, severity: %s}]`, fixed, severity)
}

func TestReportsAreJoinedToWhatRuns(t *testing.T) {
	const scannedID, fixableID = "images-scanned", "images-without-fixable-vulnerabilities"
	byTag := func(r *report) { r.tag, r.digest = "1.2", otherSHA }
	bad := func(changes ...func(*report)) func(*report) {
		return func(r *report) {
			r.list = vulnerable("HIGH", "1.2.4")
			for _, change := range changes {
				change(r)
			}
		}
	}
	tagged := runningPod("api", "registry.example/pay/api:1.2", sha)
	for name, c := range map[string]struct {
		pod              *corev1.Pod
		change           func(*report)
		scanned, fixable engine.Verdict
	}{
		"of the digest that runs":             {runningPod("api", pinned, sha), nil, engine.Pass, engine.Pass},
		"of the digest, made for another pod": {runningPod("api", pinned, sha), func(r *report) { r.owner, r.container = "Job", "x" }, engine.Pass, engine.Pass},
		"of another digest":                   {runningPod("api", pinned, sha), bad(func(r *report) { r.digest = otherSHA }), engine.Fail, engine.Unknown},
		"of what is declared, not of what runs": {
			runningPod("api", pinned, otherSHA), bad(), engine.Unknown, engine.Fail,
		},
		"of the tag, clean":          {tagged, byTag, engine.Unknown, engine.Unknown},
		"of the tag, bad":            {tagged, bad(byTag), engine.Unknown, engine.Fail},
		"of the tag, old":            {tagged, func(r *report) { byTag(r); r.updated = "2025-01-01T00:00:00Z" }, engine.Fail, engine.Unknown},
		"of the tag before":          {tagged, bad(func(r *report) { r.tag, r.digest = "1.1", otherSHA }), engine.Fail, engine.Unknown},
		"of another repository":      {tagged, bad(byTag, func(r *report) { r.repository = "pay/other" }), engine.Fail, engine.Unknown},
		"of another container":       {tagged, bad(byTag, func(r *report) { r.container = "sidecar" }), engine.Fail, engine.Unknown},
		"by the configuration's id":  {runningPod("api", "registry.example/pay/api:1.2", otherSHA[7:]), byTag, engine.Pass, engine.Pass},
		"a status that says nothing": {runningPod("api", pinned, ""), nil, engine.Unknown, engine.Unknown},
		"no date":                    {runningPod("api", pinned, sha), func(r *report) { r.updated = "yesterday" }, engine.Unknown, engine.Unknown},
		"a date to come":             {runningPod("api", pinned, sha), func(r *report) { r.updated = "2027-01-01T00:00:00Z" }, engine.Unknown, engine.Unknown},
		"no scanner":                 {runningPod("api", pinned, sha), func(r *report) { r.scanner = "{}" }, engine.Unknown, engine.Unknown},
		"no summary":                 {runningPod("api", pinned, sha), func(r *report) { r.sum = "" }, engine.Unknown, engine.Unknown},
		"no list":                    {runningPod("api", pinned, sha), func(r *report) { r.key = "other" }, engine.Pass, engine.Unknown},
		"no fix":                     {runningPod("api", pinned, sha), func(r *report) { r.list = vulnerable("CRITICAL", "") }, engine.Pass, engine.Unknown},
		"medium with a fix":          {runningPod("api", pinned, sha), func(r *report) { r.list = vulnerable("MEDIUM", "2") }, engine.Pass, engine.Pass},
		"severity unknown":           {runningPod("api", pinned, sha), func(r *report) { r.sum = "summary: {unknownCount: 3}" }, engine.Pass, engine.Unknown},
		"counted, not listed":        {runningPod("api", pinned, sha), func(r *report) { r.sum = "summary: {criticalCount: 3}" }, engine.Pass, engine.Unknown},
		"empty, nothing recognised": {runningPod("api", pinned, sha), func(r *report) {
			r.os, r.sum = "family: none", "summary: {criticalCount: 0}"
		}, engine.Pass, engine.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, c.pod, node("n1"))
			w.read(t, reportOn("api", c.change))
			got := w.result(t, scannedID)
			assert.Equal(t, c.scanned, got.Verdict, "%+v", got.Details)
			got = w.result(t, fixableID)
			assert.Equal(t, c.fixable, got.Verdict, "%+v", got.Details)
		})
	}
}

// A report that was not seen may find what another did not, and may be younger.
func TestReportsOfAKindThatWasNotSeen(t *testing.T) {
	old := reportOn("api", func(r *report) { r.updated = "2025-08-01T00:00:00Z" })
	young := strings.Replace(reportOn("api", func(r *report) { r.kind = "ClusterVulnerabilityReport" }), "  namespace: pay\n", "", 1)
	grave := strings.Replace(young, "vulnerabilities: []", "vulnerabilities: "+vulnerable("HIGH", "1.2.4"), 1)
	ended := strings.Replace(young, "eosl: false", "eosl: true", 1)
	for name, c := range map[string]struct {
		check, seen, other string
		want               engine.Verdict // where both are seen
		hiding             engine.Verdict // where the other is not
	}{
		"a vulnerability":   {"images-without-fixable-vulnerabilities", reportOn("api", nil), grave, engine.Fail, engine.Unknown},
		"the end of a base": {"images-on-supported-base", reportOn("api", nil), ended, engine.Fail, engine.Unknown},
		"a younger one":     {"images-scanned", old, young, engine.Pass, engine.Unknown},
		"an older one":      {"images-scanned", young, old, engine.Pass, engine.Unknown},
		"what was found":    {"images-without-fixable-vulnerabilities", strings.Replace(reportOn("api", nil), "vulnerabilities: []", "vulnerabilities: "+vulnerable("HIGH", "1"), 1), young, engine.Fail, engine.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, runningPod("api", pinned, sha))
			w.read(t, c.seen, c.other)
			require.Len(t, w.snapshot.Entries, 3)
			assert.Equal(t, c.want, w.result(t, c.check).Verdict)
			kind := clusterVulnerabilityReportKind
			if c.seen == young {
				kind = vulnerabilityReportKind
			}
			hiding := w.without(kind, "").result(t, c.check)
			assert.Equal(t, c.hiding, hiding.Verdict, "%+v", hiding.Details)
			assert.True(t, c.hiding == engine.Fail || slices.ContainsFunc(hiding.Details, func(d engine.Detail) bool {
				return d.Verdict == engine.Unknown && (strings.Contains(d.Sentence, kind.Kind) || strings.Contains(d.Sentence, "not all reports were"))
			}), "%+v", hiding.Details)
		})
	}
}

func TestReportsOnAReplicaSetSpeakOfItsDeployment(t *testing.T) {
	owned := func(kind, name string) []metav1.OwnerReference {
		return []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: kind, Name: name, Controller: ptr(true)}}
	}
	template := corev1.PodTemplateSpec{Spec: goodPod(func(p *corev1.Pod) { p.Spec.Containers[0].Image = "nginx:1.27" }).Spec}
	deployment := &appsv1.Deployment{ObjectMeta: named("pay", "web"), Spec: appsv1.DeploymentSpec{Template: template}}
	set := &appsv1.ReplicaSet{ObjectMeta: named("pay", "web-1"), Spec: appsv1.ReplicaSetSpec{Template: template}}
	set.OwnerReferences = owned("Deployment", "web")
	pod := runningPod("web-1-x", "nginx:1.27", sha, func(p *corev1.Pod) { p.OwnerReferences = owned("ReplicaSet", "web-1") })
	w := newWorld(t, deployment, set, pod, node("n1"))
	w.read(t, reportOn("web-1", func(r *report) {
		r.owner, r.server, r.repository, r.tag, r.digest, r.list = "ReplicaSet", "index.docker.io", "library/nginx", "1.27", "", vulnerable("CRITICAL", "2")
	}))
	got := w.result(t, "images-without-fixable-vulnerabilities")
	assert.Equal(t, engine.Fail, got.Verdict)
	assert.Len(t, got.Details, 1)
	assert.Equal(t, "Deployment", got.Details[0].Subject.Kind)
	assert.Len(t, got.Details[0].Cites, 3, "the workload, the pod and the report")
	assert.Contains(t, got.Details[0].Sentence, "CRITICAL CVE-2025-1 in libx 1.2.3, fixed in 2")
}

func TestWithoutReportsNothingIsSaidOfImages(t *testing.T) {
	for _, id := range []string{"images-scanned", "images-without-fixable-vulnerabilities", "images-on-supported-base", "images-without-exposed-secrets"} {
		got := newWorld(t, runningPod("api", pinned, sha), runningPod("b", pinned, sha)).result(t, id)
		assert.Equal(t, engine.Unknown, got.Verdict, id)
		assert.Len(t, got.Details, 1, "said once for all")
		ended := runningPod("api", pinned, sha, func(p *corev1.Pod) { p.Status.Phase = corev1.PodSucceeded })
		assert.Equal(t, engine.NotApplicable, newWorld(t, ended).result(t, id).Verdict, "a pod that ended runs nothing")
	}
}

func TestReportsOfThousandsAndHostileOnes(t *testing.T) {
	var list strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&list, "{vulnerabilityID: CVE-%d, resource: \"\\e[31m%s\", severity: critical, fixedVersion: '1'},", i, strings.Repeat("x", 500))
	}
	w := newWorld(t, runningPod("api", pinned, sha))
	w.read(t, reportOn("api", func(r *report) { r.list = "[" + list.String() + "]" }))
	got := w.result(t, "images-without-fixable-vulnerabilities")
	assert.Equal(t, engine.Fail, got.Verdict)
	assert.Contains(t, got.Details[0].Sentence, "5000 findings")
	assert.Contains(t, got.Details[0].Sentence, "and 4997 more")
	assert.Less(t, len(got.Details[0].Sentence), 1000)
	assert.NotContains(t, got.Details[0].Sentence, "\x1b")

	odd := newWorld(t, runningPod("api", pinned, sha))
	odd.read(t, "apiVersion: aquasecurity.github.io/v1alpha1\nkind: VulnerabilityReport\nmetadata: {name: odd, namespace: pay}\nreport: [1, 2]\n")
	assert.Equal(t, engine.Unknown, odd.result(t, "images-scanned").Verdict, "a report that is none")
	secret := newWorld(t, runningPod("api", pinned, sha))
	secret.read(t, reportOn("api", func(r *report) {
		r.kind, r.key, r.list = "ExposedSecretReport", "secrets", "[{ruleID: aws-key, target: /app/.env, match: canary-value}]"
	}))
	assert.NotContains(t, fmt.Sprintf("%+v", secret.result(t, "images-without-exposed-secrets")), "canary-value")
}

func TestAnotherScannersCountsProveNoAbsence(t *testing.T) {
	summary := func(spec string) string {
		return `
apiVersion: spdx.softwarecomposition.kubescape.io/v1beta1
kind: VulnerabilityManifestSummary
metadata:
  name: pod-api-api
  namespace: pay
  labels: {kubescape.io/workload-kind: Pod, kubescape.io/workload-name: api, kubescape.io/workload-namespace: pay, kubescape.io/workload-container-name: api}
  annotations: {kubescape.io/image-id: "registry.example/pay/api@` + sha + `"}
spec: ` + spec
	}
	for _, spec := range []string{"{}", "{severities: {critical: {}, high: {}}}", "{severities: {critical: {all: 4}}}"} {
		w := newWorld(t, runningPod("api", pinned, sha))
		w.read(t, summary(spec))
		assert.Equal(t, engine.Unknown, w.result(t, "images-without-fixable-vulnerabilities").Verdict, spec)
		assert.Equal(t, engine.Unknown, w.result(t, "images-scanned").Verdict, spec)
	}
}

func TestOneReferenceRunsAsOneContent(t *testing.T) {
	arm := node("n2", func(n *corev1.Node) { n.Status.NodeInfo.Architecture = "arm64" })
	on := func(name string) func(*corev1.Pod) { return func(p *corev1.Pod) { p.Spec.NodeName = name } }
	for name, c := range map[string]struct {
		objects []metav1.Object
		want    engine.Verdict
	}{
		"pinned and run":             {[]metav1.Object{runningPod("a", pinned, sha), node("n1")}, engine.Pass},
		"pinned, another runs":       {[]metav1.Object{runningPod("a", pinned, otherSHA), node("n1")}, engine.Unknown},
		"pinned, a configuration":    {[]metav1.Object{runningPod("a", pinned, "docker://"+otherSHA), node("n1")}, engine.Unknown},
		"one tag on two platforms":   {[]metav1.Object{runningPod("a", "x:1", sha), runningPod("b", "x:1", otherSHA, on("n2")), node("n1"), arm}, engine.Pass},
		"one tag on unknown nodes":   {[]metav1.Object{runningPod("a", "x:1", sha), runningPod("b", "x:1", otherSHA, on("n3")), node("n1")}, engine.Unknown},
		"nothing in the status":      {[]metav1.Object{runningPod("a", "x:1", ""), node("n1")}, engine.Unknown},
		"a manifest that never ran":  {[]metav1.Object{goodPod()}, engine.NotApplicable},
		"two tags with two contents": {[]metav1.Object{runningPod("a", "x:1", sha), runningPod("b", "x:2", otherSHA), node("n1")}, engine.Pass},
	} {
		got := newWorld(t, c.objects...).result(t, "images-run-as-declared")
		assert.Equal(t, c.want, got.Verdict, "%s: %+v", name, got.Details)
	}
}

func TestPullPolicies(t *testing.T) {
	for name, c := range map[string]struct {
		image  string
		policy corev1.PullPolicy
		want   engine.Verdict
	}{
		"a digest, never":         {pinned, corev1.PullNever, engine.Pass},
		"a tag, always":           {"x:1", corev1.PullAlways, engine.Pass},
		"a tag, left out":         {"x:1", "", engine.Fail},
		"latest, left out":        {"x:latest", "", engine.Pass},
		"no tag, left out":        {"x", "", engine.Pass},
		"latest, if not present":  {"x:latest", corev1.PullIfNotPresent, engine.Fail},
		"a policy that is none":   {"x:1", "Sometimes", engine.Unknown},
		"a digest, and no policy": {"x@" + sha, "Sometimes", engine.Unknown},
	} {
		got := judged(t, "images-pulled-afresh", func(p *corev1.Pod) {
			p.Spec.Containers[0].Image, p.Spec.Containers[0].ImagePullPolicy = c.image, c.policy
		})
		assert.Equal(t, c.want, got, name)
	}
}

// What the scanner is told to leave out proves nothing by not being there.
func TestReportsOfAScannerThatLeavesOut(t *testing.T) {
	for settings, want := range map[string]engine.Verdict{
		"trivy.severity: 'UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL', trivy.ignoreUnfixed: 'false'": engine.Pass,
		"trivy.severity: 'high,critical'":                                                  engine.Pass,
		"trivy.severity: ''":                                                               engine.Pass,
		"trivy.severity: CRITICAL":                                                         engine.Unknown,
		"trivy.severity: 'MEDIUM,HIGH'":                                                    engine.Unknown,
		"trivy.ignoreUnfixed: 'true'":                                                      engine.Unknown,
		"trivy.ignoreFile: CVE-2025-1":                                                     engine.Unknown,
		"trivy.ignorePolicy: package trivy":                                                engine.Unknown,
		"trivy.skipDirs: /usr/lib":                                                         engine.Unknown,
		"other: '{\"trivy.severity\": \"CRITICAL\"}'":                                      engine.Pass,
	} {
		w := newWorld(t, runningPod("api", pinned, sha), node("n1"))
		w.read(t, reportOn("api", nil), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: trivy-operator-trivy-config, namespace: trivy-system}\ndata: {"+settings+"}")
		got := w.result(t, "images-without-fixable-vulnerabilities")
		assert.Equal(t, want, got.Verdict, "%s: %+v", settings, got.Details)
		w.read(t, reportOn("api", func(r *report) { r.list = vulnerable("HIGH", "1.2.4") }))
		assert.Equal(t, engine.Fail, w.result(t, "images-without-fixable-vulnerabilities").Verdict, "what it found is there: %s", settings)
	}
	unseen := newWorld(t, runningPod("api", pinned, sha), node("n1"))
	unseen.read(t, reportOn("api", nil))
	assert.Equal(t, engine.Pass, unseen.result(t, "images-without-fixable-vulnerabilities").Verdict)
	assert.Equal(t, engine.Unknown, unseen.hide(configMapKind).result(t, "images-without-fixable-vulnerabilities").Verdict, "its settings were not seen")
}
