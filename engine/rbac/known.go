package rbac

import rbacv1 "k8s.io/api/rbac/v1"

var (
	reads  = []string{"get", "list", "watch"}
	writes = []string{"create", "update", "patch", "delete", "deletecollection"}
	both   = []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}
)

func on(verbs []string, group string, resources ...string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{Verbs: verbs, APIGroups: []string{group}, Resources: resources}
}

// KnownRules returns the rules that a default role for people has in Kubernetes
// 1.36, without what is added to them by aggregation. Manifests bind these roles
// and do not hold them. A test against the API server compares them.
func KnownRules(name string) []rbacv1.PolicyRule {
	switch name {
	case "cluster-admin":
		return []rbacv1.PolicyRule{on([]string{"*"}, "*", "*"), {Verbs: []string{"*"}, NonResourceURLs: []string{"*"}}}
	case "admin":
		return append(KnownRules("edit"),
			on([]string{"create"}, "authorization.k8s.io", "localsubjectaccessreviews"),
			on(both, rbacv1.GroupName, "roles", "rolebindings"))
	case "edit":
		return append(KnownRules("view"), editing()...)
	case "view":
		return viewing()
	}
	return nil
}

func viewing() []rbacv1.PolicyRule {
	return []rbacv1.PolicyRule{
		on(reads, "", "pods", "replicationcontrollers", "replicationcontrollers/scale", "serviceaccounts", "services", "services/status",
			"endpoints", "persistentvolumeclaims", "persistentvolumeclaims/status", "configmaps", "limitranges", "resourcequotas", "bindings",
			"pods/status", "resourcequotas/status", "namespaces/status", "replicationcontrollers/status", "pods/log", "namespaces", "events"),
		on(reads, "events.k8s.io", "events"),
		on(reads, "discovery.k8s.io", "endpointslices"),
		on(reads, "apps", "controllerrevisions", "statefulsets", "statefulsets/status", "statefulsets/scale", "daemonsets", "daemonsets/status",
			"deployments", "deployments/status", "deployments/scale", "replicasets", "replicasets/status", "replicasets/scale"),
		on(reads, "autoscaling", "horizontalpodautoscalers", "horizontalpodautoscalers/status"),
		on(reads, "batch", "jobs", "cronjobs", "cronjobs/status", "jobs/status"),
		on(reads, "extensions", "daemonsets", "daemonsets/status", "deployments", "deployments/scale", "deployments/status",
			"ingresses", "ingresses/status", "replicasets", "replicasets/scale", "replicasets/status", "replicationcontrollers/scale", "networkpolicies"),
		on(reads, "policy", "poddisruptionbudgets", "poddisruptionbudgets/status"),
		on(reads, "networking.k8s.io", "networkpolicies", "ingresses", "ingresses/status"),
		on(reads, "resource.k8s.io", "resourceclaims", "resourceclaims/status", "resourceclaimtemplates"),
	}
}

func editing() []rbacv1.PolicyRule {
	return []rbacv1.PolicyRule{
		on(reads, "", "pods/attach", "pods/proxy", "pods/exec", "pods/portforward", "secrets", "services/proxy"),
		on([]string{"impersonate"}, "", "serviceaccounts"),
		on(writes, "", "pods", "pods/attach", "pods/proxy", "pods/exec", "pods/portforward", "replicationcontrollers", "replicationcontrollers/scale",
			"serviceaccounts", "services", "services/proxy", "persistentvolumeclaims", "configmaps", "secrets", "events"),
		on([]string{"create"}, "", "pods/eviction", "serviceaccounts/token"),
		on(writes, "events.k8s.io", "events"),
		on(writes, "apps", "statefulsets", "statefulsets/scale", "daemonsets", "deployments", "deployments/scale", "deployments/rollback",
			"replicasets", "replicasets/scale"),
		on(writes, "autoscaling", "horizontalpodautoscalers"),
		on(writes, "batch", "jobs", "cronjobs"),
		on(writes, "extensions", "daemonsets", "deployments", "deployments/scale", "deployments/rollback", "ingresses", "replicasets", "replicasets/scale",
			"replicationcontrollers/scale", "networkpolicies"),
		on(writes, "policy", "poddisruptionbudgets"),
		on(writes, "networking.k8s.io", "networkpolicies", "ingresses"),
		on(both, "coordination.k8s.io", "leases"),
		on(writes, "resource.k8s.io", "resourceclaims", "resourceclaimtemplates"),
	}
}
