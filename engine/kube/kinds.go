package kube

import (
	"slices"
	"strings"
	"sync"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	batchv1 "k8s.io/api/batch/v1"
	certificatesv1 "k8s.io/api/certificates/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	nodev1 "k8s.io/api/node/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"tickmark/engine"
)

// kind is one row of the table: what is listed, how it is decoded, and what the
// printed role grants.
type kind struct {
	of         engine.Kind
	version    string // of built-in kinds; custom ones are asked in the version the server prefers
	resource   string
	namespaced bool
	custom     bool
	// effectless says that where the server does not know the kind, there is none
	// in force: a policy that nobody enforces. Of other custom kinds, such as the
	// reports of a scanner, absence says nothing.
	effectless bool
}

const (
	groupApps         = "apps"
	groupBatch        = "batch"
	groupNetworking   = "networking.k8s.io"
	groupRBAC         = "rbac.authorization.k8s.io"
	groupAdmission    = "admissionregistration.k8s.io"
	groupCertificates = "certificates.k8s.io"
	groupNode         = "node.k8s.io"
	groupStorage      = "storage.k8s.io"
)

// kinds is everything that is collected, in the order in which it is asked for.
// Listing, decoding, manifests and the printed role all come from it.
var kinds = slices.Concat(builtInKinds, customKinds)

var builtInKinds = []kind{
	builtIn("", "v1", "Namespace", "namespaces", false),
	builtIn("", "v1", "Node", "nodes", false),
	builtIn("", "v1", "Pod", "pods", true),
	builtIn("", "v1", "PodTemplate", "podtemplates", true),
	builtIn("", "v1", "ServiceAccount", "serviceaccounts", true),
	builtIn("", "v1", "Secret", "secrets", true),
	builtIn("", "v1", "ConfigMap", "configmaps", true),
	builtIn("", "v1", "Service", "services", true),
	builtIn("", "v1", "ReplicationController", "replicationcontrollers", true),
	builtIn("", "v1", "PersistentVolume", "persistentvolumes", false),
	builtIn("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", true),
	builtIn("", "v1", "ResourceQuota", "resourcequotas", true),
	builtIn("", "v1", "LimitRange", "limitranges", true),
	builtIn(groupApps, "v1", "Deployment", "deployments", true),
	builtIn(groupApps, "v1", "StatefulSet", "statefulsets", true),
	builtIn(groupApps, "v1", "DaemonSet", "daemonsets", true),
	builtIn(groupApps, "v1", "ReplicaSet", "replicasets", true),
	builtIn(groupBatch, "v1", "Job", "jobs", true),
	builtIn(groupBatch, "v1", "CronJob", "cronjobs", true),
	builtIn(groupNetworking, "v1", "Ingress", "ingresses", true),
	builtIn(groupNetworking, "v1", "IngressClass", "ingressclasses", false),
	builtIn(groupNetworking, "v1", "NetworkPolicy", "networkpolicies", true),
	builtIn(groupRBAC, "v1", "Role", "roles", true),
	builtIn(groupRBAC, "v1", "RoleBinding", "rolebindings", true),
	builtIn(groupRBAC, "v1", "ClusterRole", "clusterroles", false),
	builtIn(groupRBAC, "v1", "ClusterRoleBinding", "clusterrolebindings", false),
	builtIn(groupAdmission, "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", false),
	builtIn(groupAdmission, "v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", false),
	builtIn(groupAdmission, "v1", "ValidatingAdmissionPolicy", "validatingadmissionpolicies", false),
	builtIn(groupAdmission, "v1", "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings", false),
	builtIn(groupCertificates, "v1", "CertificateSigningRequest", "certificatesigningrequests", false),
	builtIn(groupNode, "v1", "RuntimeClass", "runtimeclasses", false),
	builtIn(groupStorage, "v1", "StorageClass", "storageclasses", false),
	builtIn(groupStorage, "v1", "CSIDriver", "csidrivers", false),
}

func builtIn(group, version, name, resource string, namespaced bool) kind {
	return kind{of: engine.Kind{Group: group, Kind: name}, version: version, resource: resource, namespaced: namespaced}
}

// formerly lists, by a version of the API that current clusters no longer serve,
// the kinds that had the shape there that they have today, each with its
// group of today. Their objects are read as that kind and keep the apiVersion
// they were written with.
var formerly = map[string]map[string]string{
	"v1":            {"Route": "route.openshift.io", "SecurityContextConstraints": "security.openshift.io"}, // of OpenShift 3
	"batch/v1beta1": {"CronJob": groupBatch},
	"apps/v1beta1":  {"Deployment": groupApps, "StatefulSet": groupApps},
	"apps/v1beta2":  {"Deployment": groupApps, "StatefulSet": groupApps, "DaemonSet": groupApps, "ReplicaSet": groupApps},
	"extensions/v1beta1": {
		"Deployment": groupApps, "DaemonSet": groupApps, "ReplicaSet": groupApps, "NetworkPolicy": groupNetworking,
	},
	groupRBAC + "/v1beta1": {
		"Role": groupRBAC, "RoleBinding": groupRBAC, "ClusterRole": groupRBAC, "ClusterRoleBinding": groupRBAC,
	},
	groupNetworking + "/v1beta1": {"IngressClass": groupNetworking},
	groupNode + "/v1beta1":       {"RuntimeClass": groupNode},
	groupStorage + "/v1beta1":    {"StorageClass": groupStorage, "CSIDriver": groupStorage},
	groupAdmission + "/v1beta1": {
		"ValidatingAdmissionPolicy": groupAdmission, "ValidatingAdmissionPolicyBinding": groupAdmission,
	},
}

// reshaped lists kinds that had another group and another shape: to a reader they
// are the kind of today, and this program does not read them.
var reshaped = map[engine.Kind]engine.Kind{
	{Group: "extensions", Kind: "Ingress"}: {Group: groupNetworking, Kind: "Ingress"},
}

// known returns the row of a kind.
func known(of engine.Kind) (kind, bool) {
	k, ok := byKind()[of]
	return k, ok
}

// byKind holds the rows of the table by their kind.
var byKind = sync.OnceValue(func() map[engine.Kind]kind {
	rows := make(map[engine.Kind]kind, len(kinds))
	for _, k := range kinds {
		rows[k.of] = k
	}
	return rows
})

func (k kind) gvk() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: k.of.Group, Version: k.version, Kind: k.of.Kind}
}

func (k kind) apiVersion() string { return k.gvk().GroupVersion().String() }

// path returns the request path of a list over all namespaces.
func (k kind) path(version string) string {
	if k.of.Group == "" {
		return "/api/" + version + "/" + k.resource
	}
	return "/apis/" + k.of.Group + "/" + version + "/" + k.resource
}

// qualified returns the resource as kubectl and RBAC messages write it.
func (k kind) qualified() string { return strings.TrimSuffix(k.resource+"."+k.of.Group, ".") }

// builtInTypes holds the Go types of the built-in kinds and nothing else; it is
// filled once and never changed.
var builtInTypes = sync.OnceValue(func() *runtime.Scheme {
	types := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		corev1.AddToScheme, appsv1.AddToScheme, batchv1.AddToScheme, networkingv1.AddToScheme,
		rbacv1.AddToScheme, admissionv1.AddToScheme, authenticationv1.AddToScheme,
		authorizationv1.AddToScheme, certificatesv1.AddToScheme, nodev1.AddToScheme, storagev1.AddToScheme,
	} {
		if err := add(types); err != nil {
			panic(err) // two kinds of one name in the pinned module: seen by every test
		}
	}
	return types
})
