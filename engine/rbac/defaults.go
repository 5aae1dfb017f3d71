package rbac

import (
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
)

// What Kubernetes 1.36 creates by itself: its bootstrap policy.

// userFacing are the default cluster roles that are meant to be bound to people.
var userFacing = [...]string{"cluster-admin", "admin", "edit", "view"}

// systemRoles are the default cluster roles of components and of everybody.
var systemRoles = [...]string{
	"system:aggregate-to-admin", "system:aggregate-to-edit", "system:aggregate-to-view", "system:auth-delegator", "system:basic-user",
	"system:certificates.k8s.io:certificatesigningrequests:nodeclient", "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient",
	"system:certificates.k8s.io:kube-apiserver-client-approver", "system:certificates.k8s.io:kube-apiserver-client-kubelet-approver",
	"system:certificates.k8s.io:kubelet-serving-approver", "system:certificates.k8s.io:legacy-unknown-approver",
	"system:cluster-trust-bundle-discovery", "system:discovery", "system:heapster", "system:kube-aggregator",
	"system:kube-controller-manager", "system:kube-dns", "system:kube-scheduler", "system:kubelet-api-admin", "system:monitoring",
	"system:node", "system:node-bootstrapper", "system:node-problem-detector", "system:node-proxier",
	"system:persistent-volume-provisioner", "system:public-info-viewer", "system:service-account-issuer-discovery", "system:volume-scheduler",
}

// controllers are the names, after "system:controller:", of the default roles and
// bindings of the controllers.
var controllers = [...]string{
	"attachdetach-controller", "bootstrap-signer", "certificate-controller", "cloud-provider", "clusterrole-aggregation-controller",
	"cronjob-controller", "daemon-set-controller", "deployment-controller", "device-taint-eviction-controller", "disruption-controller",
	"endpoint-controller", "endpointslice-controller", "endpointslicemirroring-controller", "ephemeral-volume-controller",
	"expand-controller", "generic-garbage-collector", "horizontal-pod-autoscaler", "job-controller",
	"legacy-service-account-token-cleaner", "namespace-controller", "node-controller", "persistent-volume-binder",
	"pod-garbage-collector", "pv-protection-controller", "pvc-protection-controller", "replicaset-controller", "replication-controller",
	"resource-claim-controller", "resourcequota-controller", "root-ca-cert-publisher", "route-controller", "selinux-warning-controller",
	"service-account-controller", "service-cidrs-controller", "service-controller", "statefulset-controller", "token-cleaner",
	"ttl-after-finished-controller", "ttl-controller", "validatingadmissionpolicy-status-controller",
	"volumeattributesclass-protection-controller",
}

// inNamespaces are the default roles and bindings of namespaces, but for those of
// controllers.
var inNamespaces = [...]string{
	"extension-apiserver-authentication-reader", "system::extension-apiserver-authentication-reader",
	"system::leader-locking-kube-controller-manager", "system::leader-locking-kube-scheduler",
}

// withWildcards are the default roles that have a "*" somewhere.
var withWildcards = [...]string{
	"cluster-admin", "system:kube-controller-manager", "system:kubelet-api-admin", "system:controller:disruption-controller",
	"system:controller:generic-garbage-collector", "system:controller:horizontal-pod-autoscaler",
	"system:controller:namespace-controller", "system:controller:resourcequota-controller",
}

// Default reports whether every cluster has a cluster role of this name from its
// start. Manifests refer to such roles without holding them.
func Default(name string) bool {
	return slices.Contains(userFacing[:], name) || slices.Contains(systemRoles[:], name) || ofController(name)
}

// ReadsSecrets reports whether a default cluster role is known to read every
// Secret where it is bound.
func ReadsSecrets(name string) bool {
	switch name {
	case "cluster-admin", "admin", "edit", "system:aggregate-to-edit", "system:node", "system:kube-controller-manager",
		"system:controller:generic-garbage-collector", "system:controller:legacy-service-account-token-cleaner",
		"system:controller:namespace-controller", "system:controller:resourcequota-controller":
		return true
	}
	return false
}

func ofController(name string) bool {
	short, is := strings.CutPrefix(name, "system:controller:")
	return is && slices.Contains(controllers[:], short)
}

// builtIn reports whether Kubernetes created an object of this name: it carries
// the bootstrapping label and one of the names above. Either alone could be put on
// anything; both could be too, so that callers ask for more.
func builtIn(name string, labels map[string]string) bool {
	return labels["kubernetes.io/bootstrapping"] == "rbac-defaults" &&
		(Default(name) || slices.Contains(inNamespaces[:], name))
}

// builtInRole adds that only those default roles have wildcards that are known to,
// and that none but cluster-admin allows everything.
func builtInRole(name string, labels map[string]string, rules []rbacv1.PolicyRule) bool {
	if !builtIn(name, labels) {
		return false
	}
	wild := slices.ContainsFunc(rules, func(r rbacv1.PolicyRule) bool {
		return slices.Contains(r.Verbs, "*") || slices.Contains(r.Resources, "*") || slices.Contains(r.APIGroups, "*") || slices.Contains(r.NonResourceURLs, "*")
	})
	return name == "cluster-admin" || !AllowEverything(rules) && (!wild || slices.Contains(withWildcards[:], name))
}

// toEverybody are the default bindings that name groups which subjects are in by
// themselves.
var toEverybody = [...]string{
	"system:basic-user", "system:cluster-trust-bundle-discovery", "system:discovery", "system:public-info-viewer", "system:service-account-issuer-discovery",
}

// builtInBinding adds that a default binding grants the role of its own name, and
// to parts of Kubernetes alone. The API server puts back what is missing in one and
// leaves what somebody added.
func builtInBinding(b *Binding, labels map[string]string) bool {
	named := b.RoleRef.Name == b.Ref.Name || "system::"+b.RoleRef.Name == b.Ref.Name
	forPeople := b.Ref.Name != "cluster-admin" && slices.Contains(userFacing[:], b.Ref.Name) // nobody is bound to these from the start
	return named && !forPeople && builtIn(b.Ref.Name, labels) && !slices.ContainsFunc(b.Subjects, func(s Subject) bool {
		s = canonical(s)
		switch {
		case s.Kind == rbacv1.ServiceAccountKind:
			return s.Namespace != "kube-system"
		case strings.HasPrefix(s.Name, "system:serviceaccounts:") || s.Name == "system:anonymous":
			return true
		case s.Name == "system:authenticated" || s.Name == "system:unauthenticated" || s.Name == "system:serviceaccounts":
			return !slices.Contains(toEverybody[:], b.Ref.Name)
		}
		return !strings.HasPrefix(s.Name, "system:")
	})
}
