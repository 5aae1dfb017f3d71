package checks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

const falco, fluentBit, clam = "docker.io/falcosecurity/falco:0.41", "cr.fluentbit.io/fluent/fluent-bit:4", "clamav/clamav:1.4"

// agentOn is a pod of a DaemonSet that is given the logs of its node.
func agentOn(node, reference string, changes ...func(*corev1.Pod)) *corev1.Pod {
	return runningPod("agent-"+node, reference, sha, append([]func(*corev1.Pod){func(p *corev1.Pod) {
		p.Spec.NodeName = node
		p.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "DaemonSet", Name: "agent", Controller: new(true)}}
		giveFolder(&p.Spec, "/var/log")
	}}, changes...)...)
}

// giveFolder gives a folder of the node to the first container of a pod.
func giveFolder(spec *corev1.PodSpec, folder string) {
	spec.Volumes = append(spec.Volumes, corev1.Volume{Name: "host", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: folder}}})
	spec.Containers[0].VolumeMounts = append(spec.Containers[0].VolumeMounts, corev1.VolumeMount{Name: "host", MountPath: "/host"})
}

func notReady(p *corev1.Pod) { p.Status.Conditions[0].Status = corev1.ConditionFalse }

func agentSet(ready int32) *appsv1.DaemonSet {
	d := &appsv1.DaemonSet{ObjectMeta: named("falco", "falco")}
	d.Spec.Template.Spec.Containers = []corev1.Container{{Name: "falco", Image: falco}}
	giveFolder(&d.Spec.Template.Spec, "/proc")
	d.Status = appsv1.DaemonSetStatus{ObservedGeneration: 1, DesiredNumberScheduled: 2, NumberReady: ready}
	return d
}

const (
	policyReportYAML = `
apiVersion: wgpolicyk8s.io/v1alpha2
kind: PolicyReport
metadata: {name: pods, namespace: pay}
summary: {pass: 1, fail: 0}
results:
- {policy: require-limits, rule: limits, result: pass, timestamp: {seconds: 1767225600}}
`
	failingReportYAML = `
apiVersion: wgpolicyk8s.io/v1alpha2
kind: PolicyReport
metadata: {name: pods, namespace: pay}
scope: {apiVersion: apps/v1, kind: Deployment, name: web, namespace: pay}
results:
- {policy: require-limits, rule: limits, result: fail, message: "no\n\u001b[31mlimits", timestamp: {seconds: 1767225600}}
`
	auditReportYAML = `
apiVersion: aquasecurity.github.io/v1alpha1
kind: ConfigAuditReport
metadata: {name: replicaset-web, namespace: pay, labels: {trivy-operator.resource.kind: ReplicaSet, trivy-operator.resource.name: web-1}}
report:
  updateTimestamp: "2026-01-01T00:00:00Z"
  summary: {criticalCount: 0}
  checks: [{checkID: KSV001, severity: MEDIUM, title: a, success: %s}]
`
)

func runtimeFixtures() map[string]fixture {
	nodes := func(pods ...metav1.Object) []metav1.Object { return append(pods, node("n1"), node("n2")) }
	onNodes := func(reference string) fixture {
		return fixture{pass: nodes(agentOn("n1", reference), agentOn("n2", reference)), fail: nodes(agentOn("n1", reference))}
	}
	return map[string]fixture{
		"admission-policies-enforce":            admissionFixtures()["admission-policies-enforce"],
		"runtime-agents-on-nodes":               onNodes(falco),
		"file-integrity-agents-on-nodes":        onNodes(falco),
		"malware-agents-on-nodes":               onNodes(clam),
		"log-shippers-on-nodes":                 onNodes(fluentBit),
		"security-agents-ready":                 {pass: []metav1.Object{agentSet(2)}, fail: []metav1.Object{agentSet(1)}},
		"policy-reports-without-failures":       {passYAML: policyReportYAML, failYAML: failingReportYAML},
		"configuration-audits-without-failures": {passYAML: fmt.Sprintf(auditReportYAML, "true"), failYAML: fmt.Sprintf(auditReportYAML, "false")},
		"gatekeeper-audits-without-violations": {
			passYAML: constraintYAML("{}", "{auditTimestamp: '2026-01-01T00:00:00Z', totalViolations: 0}"),
			failYAML: constraintYAML("{}", "{auditTimestamp: '2026-01-01T00:00:00Z', totalViolations: 1, violations: [{kind: Namespace, version: v1, name: shop, message: no owner, enforcementAction: warn}]}"),
		},
		"file-integrity-scans-without-changes": {
			passYAML: integrityYAML("condition: Succeeded, lastProbeTime: '2026-01-01T00:00:00Z'"),
			failYAML: integrityYAML("condition: Failed, lastProbeTime: '2026-01-01T00:00:00Z', filesChanged: 2, resultConfigMapName: aide-n1"),
		},
		"workload-runtimes-inventory": {
			pass: pods(), params: engine.Params{Zones: map[string][]engine.Selector{cdeZone: {{Namespaces: []string{"pay"}}}}},
			noPass: "an inventory judges nothing", noFail: "an inventory judges nothing",
		},
	}
}

func TestAgentsAreKnownByTheirImages(t *testing.T) {
	v := engine.NewView(&engine.Snapshot{}, nil, engine.Params{})
	for reference, want := range map[string]string{
		falco: "Falco",
		"mirror.example/proxy/falcosecurity/falco-no-driver@" + sha:              "Falco",
		"quay.io/cilium/tetragon:v1.4":                                           "Tetragon",
		"falcon.example.com/falcon-sensor/us-1/release/falcon-sensor:7.2":        "CrowdStrike Falcon",
		"registry.twistlock.com/twistlock/defender:defender_34":                  "Prisma Cloud Defender",
		"registry.aquasec.com/enforcer:2022.4":                                   "Aqua Enforcer",
		"mcr.microsoft.com/azuredefender/stable/low-level-collector:2":           "Microsoft Defender for Containers",
		"602401143452.dkr.ecr.eu-west-1.amazonaws.com/aws-guardduty-agent:v1.10": "Amazon GuardDuty",
		"registry.redhat.io/advanced-cluster-security/rhacs-collector-rhel8:4.7": "StackRox",
		"mcr.microsoft.com/azuremonitor/containerinsights/ciprod:3":              "Azure Monitor agent",
		"gke.gcr.io/fluent-bit:v1":                                               "Fluent Bit",
		"public.ecr.aws/aws-observability/aws-for-fluent-bit:2":                  "Fluent Bit",
		"registry.redhat.io/openshift-logging/vector-rhel9:v6":                   "Vector",
		"registry.example/pay/falco-like-shop:1":                                 "",
		"registry.example/pay/api:1":                                             "", "nginx": "", "not an image": "", "docker.io/library/vector:1": "",
	} {
		name := ""
		if agents := agentsIn(v, reference); len(agents) > 0 {
			name = agents[0].Name
		}
		assert.Equal(t, want, name, reference)
	}
	for _, broken := range []string{"agents: [{name: x}]", "agents: [{name: x, does: [magic], images: [x]}]", "agents: [{name: x, does: [logs], images: ['[']}]", "agent: []"} {
		_, err := readAgents([]byte(broken))
		require.Error(t, err, broken)
	}
}

func TestWhichNodesLackAnAgent(t *testing.T) {
	const id = "runtime-agents-on-nodes"
	tainted := node("n2", func(n *corev1.Node) {
		n.Spec.Taints = []corev1.Taint{{Key: "cde", Value: "only", Effect: corev1.TaintEffectNoSchedule}}
	})
	fargate := node("n2", func(n *corev1.Node) { n.Labels = map[string]string{"eks.amazonaws.com/compute-type": "fargate"} })
	init := func(p *corev1.Pod) {
		p.Spec.InitContainers = []corev1.Container{{Name: "init", Image: falco}}
	}
	for name, c := range map[string]struct {
		objects []metav1.Object
		want    engine.Verdict
		says    string
	}{
		"none anywhere":        {[]metav1.Object{node("n1"), agentOn("n1", "nginx:1")}, engine.Unknown, "No pod in the cluster is known"},
		"not ready":            {[]metav1.Object{node("n1"), agentOn("n1", falco, notReady)}, engine.Fail, "not ready"},
		"ended":                {[]metav1.Object{node("n1"), agentOn("n1", falco, func(p *corev1.Pod) { p.Status.Phase = corev1.PodFailed })}, engine.Fail, "not ready"},
		"an init container":    {[]metav1.Object{node("n1"), agentOn("n1", "nginx:1", init)}, engine.Unknown, "No pod in the cluster"},
		"a log shipper is not": {[]metav1.Object{node("n1"), agentOn("n1", fluentBit)}, engine.Unknown, "No pod in the cluster"},
		"kept out by a taint":  {[]metav1.Object{node("n1"), tainted, agentOn("n1", falco), agentSet(1)}, engine.Fail, "DaemonSet falco does not tolerate its taint cde=only:NoSchedule"},
		"a virtual node":       {[]metav1.Object{node("n1"), fargate, agentOn("n1", falco)}, engine.Unknown, "virtual node"},
	} {
		got := newWorld(t, c.objects...).result(t, id)
		assert.Equal(t, c.want, got.Verdict, "%s: %+v", name, got.Details)
		assert.Contains(t, fmt.Sprint(got.Details), c.says, name)
	}
}

func TestAgentsThatAreNotReady(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*appsv1.DaemonSet)
		want   engine.Verdict
	}{
		"no status":          {func(d *appsv1.DaemonSet) { d.Status = appsv1.DaemonSetStatus{} }, engine.Unknown},
		"changed since":      {func(d *appsv1.DaemonSet) { d.Generation = 2 }, engine.Unknown},
		"no node to run on":  {func(d *appsv1.DaemonSet) { d.Status.DesiredNumberScheduled = 0 }, engine.Fail},
		"no agent after all": {func(d *appsv1.DaemonSet) { d.Spec.Template.Spec.Containers[0].Image = "nginx" }, engine.NotApplicable},
	} {
		d := agentSet(2)
		c.change(d)
		assert.Equal(t, c.want, newWorld(t, d).result(t, "security-agents-ready").Verdict, name)
	}
}

func TestReportsOfPolicyEngines(t *testing.T) {
	const id = "policy-reports-without-failures"
	report := func(rest string) string {
		return "apiVersion: wgpolicyk8s.io/v1alpha2\nkind: PolicyReport\nmetadata: {name: r, namespace: pay}\n" + rest
	}
	const passed = "{policy: p, result: pass, timestamp: {seconds: 1767225600}}"
	for rest, want := range map[string]engine.Verdict{
		"":            engine.Unknown,
		"results: []": engine.Unknown,
		"results: [{policy: p, result: skip, timestamp: {seconds: 1767225600}}]": engine.Unknown,
		"results: [" + passed + "]":                                                              engine.Pass,
		"results: [{policy: p, result: pass}]":                                                   engine.Unknown,
		"results: [{policy: p, result: pass, timestamp: {seconds: 1700000000}}]":                 engine.Unknown,
		"results: [" + passed + ", {policy: p, result: warn}]":                                   engine.Unknown,
		"results: [" + passed + ", {policy: p, result: error}]":                                  engine.Unknown,
		"results: [" + passed + ", {policy: p, result: marvellous}]":                             engine.Unknown,
		"results: [" + passed + ", {policy: p, result: fail}]":                                   engine.Fail,
		"summary: {fail: 3}\nresults: [" + passed + "]":                                          engine.Fail,
		"results: [" + passed + ", {policy: p, result: pass, timestamp: {seconds: 1700000000}}]": engine.Unknown,
		"results: [" + passed + ", {policy: p, result: pass}]":                                   engine.Unknown,
		"results: [" + passed + ", {policy: p, result: skip}]":                                   engine.Pass,
		"summary: {pass: 1, warn: 2}\nresults: [" + passed + "]":                                 engine.Unknown,
		"summary: {pass: 1, error: 1}\nresults: [" + passed + "]":                                engine.Unknown,
		"results: 7": engine.Unknown,
	} {
		w := newWorld(t)
		w.read(t, report(rest))
		got := w.result(t, id)
		assert.Equal(t, want, got.Verdict, "%s: %+v", rest, got.Details)
	}
	many := newWorld(t)
	many.read(t, report("results: ["+strings.Repeat("{policy: p, result: fail, message: "+strings.Repeat("x", 1000)+"},", 3000)+"]"))
	got := many.result(t, id)
	assert.Equal(t, engine.Fail, got.Verdict)
	assert.Len(t, got.Details, mostResults+1)
	hostile := newWorld(t)
	hostile.read(t, failingReportYAML)
	got = hostile.result(t, id)
	assert.Equal(t, "Deployment", got.Details[0].Subject.Kind)
	assert.NotContains(t, got.Details[0].Sentence, "\x1b")
	assert.NotContains(t, got.Details[0].Sentence, "\n")
}
