package checks

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

// Pods with the image of an agent that watch no node, or may not, as charts and platforms
// install them.
func TestAgentsThatMayNotWatchTheirNode(t *testing.T) {
	of := func(kind string) func(*corev1.Pod) {
		return func(p *corev1.Pod) { p.OwnerReferences[0].Kind = kind }
	}
	blind := func(p *corev1.Pod) { p.Spec.Volumes, p.Spec.Containers[0].VolumeMounts = nil, nil }
	sees := func(folder string) func(*corev1.Pod) {
		return func(p *corev1.Pod) { blind(p); giveFolder(&p.Spec, folder) }
	}
	hostPID := func(p *corev1.Pod) { blind(p); p.Spec.HostPID = true }
	privileged := func(p *corev1.Pod) {
		blind(p)
		p.Spec.Containers[0].SecurityContext = &corev1.SecurityContext{Privileged: new(true)}
	}
	beside := func(p *corev1.Pod) { // whose container is given what the pod's first one is not
		p.Spec.Containers = append([]corev1.Container{{Name: "app", Image: "registry.example/pay/api:1", VolumeMounts: p.Spec.Containers[0].VolumeMounts}}, p.Spec.Containers...)
		p.Spec.Containers[1].VolumeMounts = nil
	}
	with := func(name, value string) func(*corev1.Pod) {
		return func(p *corev1.Pod) { p.Spec.Containers[0].Env = []corev1.EnvVar{{Name: name, Value: value}} }
	}
	const (
		runtime, files, malware, logs = "runtime-agents-on-nodes", "file-integrity-agents-on-nodes", "malware-agents-on-nodes", "log-shippers-on-nodes"
		datadog, fio                  = "gcr.io/datadoghq/agent:7.60", "registry.redhat.io/compliance/openshift-file-integrity-rhel8-operator:v1.3"
		otel                          = "ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-k8s:0.120"
	)
	for name, c := range map[string]struct {
		check string
		image string
		pod   func(*corev1.Pod)
		want  engine.Verdict
	}{
		"Falco as a DaemonSet":                     {runtime, falco, sees("/proc"), engine.Pass},
		"Falco by the node's processes":            {runtime, falco, hostPID, engine.Pass},
		"Falco with privileges":                    {runtime, falco, privileged, engine.Pass},
		"Falco as a static pod":                    {runtime, falco, of("Node"), engine.Pass},
		"Falco for the audit log, of a Deployment": {runtime, falco, func(p *corev1.Pod) { blind(p); of("ReplicaSet")(p) }, engine.Unknown},
		"Falco of a Deployment on this node":       {runtime, falco, of("ReplicaSet"), engine.Unknown},
		"CrowdStrike's sidecar":                    {runtime, "registry.crowdstrike.com/falcon-container/us-1/release/falcon-sensor:7", func(p *corev1.Pod) { blind(p); of("ReplicaSet")(p) }, engine.Unknown},
		"Aqua's admission controller":              {runtime, "registry.aquasec.com/aquasec/kube-enforcer:2022.4", of("ReplicaSet"), engine.Unknown},
		"Defender's publisher alone":               {runtime, "mcr.microsoft.com/azuredefender/stable/security-publisher:1", nil, engine.Unknown},
		"Trend's usage controller":                 {runtime, "trendmicro/container-security/workload-operator:2", nil, engine.Unknown},
		"Datadog as installed":                     {runtime, datadog, nil, engine.Unknown},
		"Datadog with runtime security":            {runtime, datadog, with("DD_RUNTIME_SECURITY_CONFIG_ENABLED", "true"), engine.Pass},
		"Datadog with runtime security off":        {files, datadog, with("DD_RUNTIME_SECURITY_CONFIG_ENABLED", "false"), engine.Unknown},
		"Datadog without logs":                     {logs, datadog, sees("/var/run"), engine.Unknown},
		"Datadog with logs":                        {logs, datadog, sees("/var/log/pods"), engine.Pass},
		"GuardDuty looks for no malware":           {malware, "602401143452.dkr.ecr.eu-west-1.amazonaws.com/aws-guardduty-agent:v1.10", hostPID, engine.Unknown},
		"Kubescape as installed":                   {malware, "quay.io/kubescape/node-agent:v0.2", hostPID, engine.Unknown},
		"ClamAV for what is uploaded":              {malware, clam, func(p *corev1.Pod) { blind(p); of("ReplicaSet")(p) }, engine.Unknown},
		"ClamAV of each node":                      {malware, clam, sees("/"), engine.Pass},
		"the File Integrity Operator itself":       {files, fio, func(p *corev1.Pod) { blind(p); of("ReplicaSet")(p) }, engine.Unknown},
		"its AIDE":                                 {files, fio, sees("/"), engine.Pass},
		"a shipper beside an application":          {logs, fluentBit, func(p *corev1.Pod) { blind(p); of("ReplicaSet")(p) }, engine.Unknown},
		"one beside a DaemonSet's container":       {logs, fluentBit, beside, engine.Unknown},
		"a shipper of journals":                    {logs, fluentBit, sees("/run/log/journal"), engine.Pass},
		"a shipper of containers":                  {logs, fluentBit, sees("/var/lib/docker/containers/"), engine.Pass},
		"a shipper on Windows":                     {logs, fluentBit, sees(`C:\var\log\containers`), engine.Pass},
		"a shipper of another folder":              {logs, fluentBit, sees("/var/logs"), engine.Unknown},
		"a shipper with privileges and no folder":  {logs, fluentBit, privileged, engine.Unknown},
		"a collector of traces on each node":       {logs, otel, sees("/proc"), engine.Unknown},
		"a collector that others send to":          {logs, otel, func(p *corev1.Pod) { blind(p); of("StatefulSet")(p) }, engine.Unknown},
		"CloudWatch's agent, of metrics":           {logs, "public.ecr.aws/cloudwatch-agent/cloudwatch-agent:1.3", sees("/"), engine.Unknown},
		"an exporter of Google's":                  {logs, "gke.gcr.io/fluent-bit-gke-exporter:v1", nil, engine.Unknown},
		"an exporter of others'":                   {logs, "registry.example/pay/fluent-bit-exporter:1", nil, engine.Unknown},
		"Rancher's Fluent Bit":                     {logs, "rancher/mirrored-fluent-fluent-bit:3.1", nil, engine.Pass},
	} {
		pod := agentOn("n1", c.image)
		if c.pod != nil {
			c.pod(pod)
		}
		got := newWorld(t, node("n1"), pod).result(t, c.check)
		assert.Equal(t, c.want, got.Verdict, "%s: %+v", name, got.Details)
	}
}

func TestNodesThatOnlySeemWatched(t *testing.T) {
	const id = "log-shippers-on-nodes"
	sidecar := runningPod("web", fluentBit, sha, func(p *corev1.Pod) { p.Spec.NodeName = "n2" })
	got := newWorld(t, node("n1"), node("n2"), agentOn("n1", fluentBit), sidecar).result(t, id)
	assert.Equal(t, engine.Fail, got.Verdict, "a shipper beside an application stands for none of the node's")
	assert.Contains(t, fmt.Sprint(got.Details), "No pod known as a log shipper is here, although 1 node has one; pod web of Fluent Bit, which is here, is given nothing")

	doubtful := agentOn("n1", "public.ecr.aws/cloudwatch-agent/cloudwatch-agent:1")
	got = newWorld(t, node("n1"), node("n2"), doubtful).result(t, id)
	assert.Equal(t, engine.Unknown, got.Verdict, "what may be an agent elsewhere fails no node: %+v", got.Details)

	w := newWorld(t, node("n1"), node("n2"), agentOn("n1", fluentBit))
	w.snapshot.Gaps = append(w.snapshot.Gaps, engine.Gap{Kind: podKind, Namespace: "logging", Reason: engine.Forbidden, Cause: "may not be listed"})
	assert.Equal(t, engine.Unknown, w.result(t, id).Verdict, "the node's agent may be in a namespace that was not seen")

	set := agentSet(1)
	set.Spec.Template.Spec.NodeSelector = map[string]string{"kubernetes.io/os": "linux"}
	windows := node("n2", func(n *corev1.Node) { n.Labels = map[string]string{"kubernetes.io/os": "windows"} })
	got = newWorld(t, node("n1"), windows, agentOn("n1", falco), set).result(t, "runtime-agents-on-nodes")
	assert.Contains(t, fmt.Sprint(got.Details), "DaemonSet falco selects nodes with kubernetes.io/os=linux, which this one is not")
}

func TestAgentsThatAreRolledOutInParts(t *testing.T) {
	const id = "security-agents-ready"
	none := func(name, reference string) *appsv1.DaemonSet {
		d := agentSet(0)
		d.Name, d.Status.DesiredNumberScheduled = name, 0
		d.Spec.Template.Spec.Containers[0].Image = reference
		return d
	}
	web := &appsv1.Deployment{ObjectMeta: named("pay", "web")}
	web.Spec.Replicas = new(int32(0))
	web.Status.ObservedGeneration = 1
	web.Spec.Template.Spec.Containers = []corev1.Container{{Name: "web", Image: "registry.example/pay/web:1"}, {Name: "logs", Image: fluentBit}}
	lone := web.DeepCopy()
	lone.Name, lone.Spec.Template.Spec.Containers = "aggregator", lone.Spec.Template.Spec.Containers[1:]
	for name, c := range map[string]struct {
		objects []metav1.Object
		want    engine.Verdict
	}{
		"one for nodes that are not there":  {[]metav1.Object{agentSet(2), none("falco-windows", falco)}, engine.Pass},
		"another product's is no part":      {[]metav1.Object{agentSet(2), none("tetragon", "quay.io/cilium/tetragon:v1")}, engine.Fail},
		"none of its parts":                 {[]metav1.Object{none("falco", falco), none("falco-windows", falco)}, engine.Fail},
		"a part that is not ready":          {[]metav1.Object{agentSet(1), none("falco-windows", falco)}, engine.Fail},
		"an application with a shipper":     {[]metav1.Object{web}, engine.NotApplicable},
		"a shipper that was scaled to zero": {[]metav1.Object{lone}, engine.Fail},
	} {
		got := newWorld(t, c.objects...).result(t, id)
		assert.Equal(t, c.want, got.Verdict, "%s: %+v", name, got.Details)
	}
}
