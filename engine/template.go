package engine

import "slices"

// PodTemplate is a kind beyond Kubernetes' own controllers whose objects hold what
// pods are made of.
type PodTemplate struct {
	Kind     Kind
	Resource string   // in requests, e.g. "rollouts"
	Path     []string // of the template in the object, or of the specification of a workflow
	Makes    bool     // pods come of it by itself
	Cluster  bool     // it is in no namespace
	// Workflow says that its pods are put together of several parts: engine/argo reads it.
	Workflow bool
}

// ConfigMapKind is the kind in which controllers find their settings.
var ConfigMapKind = Kind{Kind: "ConfigMap"}

const argoGroup = "argoproj.io"

// PodTemplates are the kinds whose pods can be told by the object alone. The list is
// shared and must not be changed.
func PodTemplates() []PodTemplate { return podTemplates }

// PodTemplateOf is the one of a kind.
func PodTemplateOf(kind Kind) (of PodTemplate, is bool) {
	at := slices.IndexFunc(podTemplates, func(t PodTemplate) bool { return t.Kind == kind })
	if at < 0 {
		return PodTemplate{}, false
	}
	return podTemplates[at], true
}

// HoldsPodTemplate reports whether a kind is one of PodTemplates.
func HoldsPodTemplate(kind Kind) bool {
	_, is := PodTemplateOf(kind)
	return is
}

var podTemplates = func() []PodTemplate {
	all := []PodTemplate{{Kind: Kind{Kind: "PodTemplate"}, Resource: "podtemplates", Path: []string{"template"}}}
	for _, of := range []struct{ group, kind, resource string }{
		{"apps.kruise.io", "BroadcastJob", "broadcastjobs"},
		{"apps.kruise.io", "CloneSet", "clonesets"},
		{"apps.kruise.io", "DaemonSet", "daemonsets"},
		{"apps.kruise.io", "StatefulSet", "statefulsets"},
		{"apps.openshift.io", "DeploymentConfig", "deploymentconfigs"},
		{argoGroup, "Rollout", "rollouts"},
		{"serving.knative.dev", "Configuration", "configurations"},
		{"serving.knative.dev", "Service", "services"},
	} {
		all = append(all, PodTemplate{Kind: Kind{Group: of.group, Kind: of.kind}, Resource: of.resource, Path: []string{"spec", "template"}, Makes: true})
	}
	workflow := func(kind, resource string, path ...string) PodTemplate {
		return PodTemplate{Kind: Kind{Group: argoGroup, Kind: kind}, Resource: resource, Path: path, Workflow: true}
	}
	runs, cron, cluster := workflow("Workflow", "workflows", "spec"), workflow("CronWorkflow", "cronworkflows", "spec", "workflowSpec"), workflow("ClusterWorkflowTemplate", "clusterworkflowtemplates", "spec")
	runs.Makes, cron.Makes, cluster.Cluster = true, true, true
	return append(all, cluster, cron, runs, workflow("WorkflowTemplate", "workflowtemplates", "spec"))
}()

// PodTemplateKinds are the kinds of PodTemplates.
func PodTemplateKinds() []Kind {
	var kinds []Kind
	for _, t := range PodTemplates() {
		kinds = append(kinds, t.Kind)
	}
	return kinds
}
