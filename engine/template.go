package engine

// PodTemplate is a kind beyond Kubernetes' own controllers whose objects hold what
// pods are made of.
type PodTemplate struct {
	Kind     Kind
	Resource string   // in requests, e.g. "rollouts"
	Path     []string // of the template in the object
	Makes    bool     // pods come of it by itself
}

// PodTemplates are the kinds whose template can be told by its place alone. Others,
// whose pods are put together of several parts, are not among them.
func PodTemplates() []PodTemplate {
	all := []PodTemplate{{Kind: Kind{Kind: "PodTemplate"}, Resource: "podtemplates", Path: []string{"template"}}}
	for _, of := range []struct{ group, kind, resource string }{
		{"apps.kruise.io", "BroadcastJob", "broadcastjobs"},
		{"apps.kruise.io", "CloneSet", "clonesets"},
		{"apps.kruise.io", "DaemonSet", "daemonsets"},
		{"apps.kruise.io", "StatefulSet", "statefulsets"},
		{"apps.openshift.io", "DeploymentConfig", "deploymentconfigs"},
		{"argoproj.io", "Rollout", "rollouts"},
		{"serving.knative.dev", "Configuration", "configurations"},
		{"serving.knative.dev", "Service", "services"},
	} {
		all = append(all, PodTemplate{Kind: Kind{Group: of.group, Kind: of.kind}, Resource: of.resource, Path: []string{"spec", "template"}, Makes: true})
	}
	return all
}

// PodTemplateKinds are the kinds of PodTemplates.
func PodTemplateKinds() []Kind {
	var kinds []Kind
	for _, t := range PodTemplates() {
		kinds = append(kinds, t.Kind)
	}
	return kinds
}
