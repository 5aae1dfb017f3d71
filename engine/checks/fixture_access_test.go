package checks

import (
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

func account(namespace, name string) rbacv1.Subject {
	return rbacv1.Subject{Kind: "ServiceAccount", Namespace: namespace, Name: name}
}

// anyVerb is a role that may do everything with one resource.
func anyVerb(group, resource string) *rbacv1.ClusterRole {
	return clusterRole("r", rule(all(), []string{group}, []string{resource}))
}

// accessFixtures are those of who may do what.
func accessFixtures() map[string]fixture {
	viewer := clusterRole("viewer", rule([]string{"get"}, []string{""}, []string{"pods"}))
	viewing := []metav1.Object{viewer, bind("viewer", user("ann"))}
	many := bind("r", user("ann"), user("bob"), user("cy"), user("di"))
	inPay := engine.Params{Zones: map[string][]engine.Selector{cdeZone: {{Namespaces: []string{"pay"}}}}}
	reader := clusterRole("r", rule([]string{"get"}, []string{""}, []string{"secrets"}))
	token := func(p *corev1.Pod) { p.Spec.AutomountServiceAccountToken = ptr(true) }
	other := func(p *corev1.Pod) { p.Name = "other" }
	own := &corev1.ServiceAccount{ObjectMeta: named("pay", "api")}
	fixtures := map[string]fixture{
		"access-inventory":            {pass: viewing, noPass: "an inventory judges nothing", noFail: "an inventory judges nothing"},
		"bindings-not-dangling":       {pass: viewing, fail: []metav1.Object{bind("viewer", user("ann"))}},
		"broad-groups-have-no-rights": {pass: viewing, fail: []metav1.Object{viewer, bind("viewer", group("system:authenticated"))}},
		"system-masters-not-bound":    {pass: viewing, fail: []metav1.Object{viewer, bind("viewer", group("system:masters"))}},
		"no-escalate-or-bind-rights":  {pass: viewing, fail: []metav1.Object{clusterRole("r", rule([]string{"bind"}, []string{rbacv1.GroupName}, []string{"clusterroles"})), bind("r", user("ann"))}},
		"no-impersonation-rights":     {pass: viewing, fail: []metav1.Object{clusterRole("r", rule([]string{"impersonate"}, []string{""}, []string{"users"})), bind("r", user("ann"))}},
		"no-paths-to-cluster-admin": {pass: viewing, fail: []metav1.Object{
			clusterRole("r", rule([]string{"impersonate"}, []string{""}, []string{"users", "groups"})), bind("r", user("ann")),
		}},
		"default-roles-not-widened": {
			pass: []metav1.Object{labelled(clusterRole("things", rule([]string{"get"}, []string{"example.com"}, []string{"things"})), intoView)},
			fail: []metav1.Object{labelled(clusterRole("things", rule([]string{"get"}, []string{""}, []string{"secrets"})), intoView)},
		},
		"cde-secrets-read-from-inside": {
			params: inPay, pass: []metav1.Object{reader, inNamespace("pay", "ClusterRole", "r", account("pay", "api"))},
			fail: []metav1.Object{reader, inNamespace("pay", "ClusterRole", "r", account("shop", "web"))},
		},
		"service-accounts-not-shared":  {pass: append(pods(token), own), fail: append(pods(token), goodPod(token, other), own)},
		"service-accounts-not-dormant": {pass: append(pods(), own, viewer, bind("viewer", account("pay", "api"))), fail: []metav1.Object{own, viewer, bind("viewer", account("pay", "api"))}},
		"no-lasting-token-secrets": {
			passYAML: "{kind: Secret, apiVersion: v1, metadata: {name: db, namespace: pay}, type: Opaque}",
			failYAML: "{kind: Secret, apiVersion: v1, metadata: {name: t, namespace: pay, annotations: {kubernetes.io/service-account.name: api}}, type: kubernetes.io/service-account-token}",
		},
		"certificates-without-system-masters": {
			passYAML: requestOf("ann", "[{type: Approved, status: 'True'}]", "dev"), failYAML: requestOf("ann", "[{type: Approved, status: 'True'}]", "system:masters"),
		},
	}
	for id, resource := range map[string][2]string{
		"pods-entered-by-few": {"", "pods/exec"}, "debug-containers-added-by-few": {"", "pods/ephemeralcontainers"}, "workloads-changed-by-few": {"apps", "deployments"},
		"tokens-requested-by-few": {"", "serviceaccounts/token"}, "certificates-approved-by-few": {"certificates.k8s.io", "signers"}, "kubelets-reached-by-few": {"", "nodes/proxy"},
		"admission-changed-by-few": {admissionGroup, "mutatingwebhookconfigurations"}, "persistent-volumes-created-by-few": {"", "persistentvolumes"},
		"access-administered-by-few": {rbacv1.GroupName, "rolebindings"}, "namespaces-changed-by-few": {"", "namespaces"}, "network-policies-changed-by-few": {"networking.k8s.io", "networkpolicies"},
	} {
		fixtures[id] = fixture{pass: []metav1.Object{anyVerb(resource[0], resource[1]), bind("r", user("ann"))}, fail: []metav1.Object{anyVerb(resource[0], resource[1]), many}}
	}
	return fixtures
}

var intoView = map[string]string{"rbac.authorization.k8s.io/aggregate-to-view": "true"}
