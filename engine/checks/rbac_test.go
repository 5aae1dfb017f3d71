package checks

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

var bootstrapped = map[string]string{"kubernetes.io/bootstrapping": "rbac-defaults"}

func labelled[T metav1.Object](o T, labels map[string]string) T {
	o.SetLabels(labels)
	return o
}

func inNamespace(namespace, kind, role string, subjects ...rbacv1.Subject) *rbacv1.RoleBinding {
	return &rbacv1.RoleBinding{
		ObjectMeta: named(namespace, role+"-binding"), RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: kind, Name: role}, Subjects: subjects,
	}
}

func manifestsOf(w *world) *world {
	w.snapshot.Target.ID = "manifests:test"
	return w
}

func TestClusterAdmin(t *testing.T) {
	const id = "cluster-admin-bindings"
	admin := labelled(clusterRole("cluster-admin", rule(all(), all(), all())), bootstrapped)
	byKubernetes := labelled(bind("cluster-admin", group("system:masters")), bootstrapped)
	byKubernetes.Name = "cluster-admin"
	assert.Equal(t, engine.NotApplicable, newWorld(t, admin, byKubernetes).result(t, id).Verdict)

	one := labelled(bind("cluster-admin", group("system:masters"), user("eve")), bootstrapped)
	one.Name = "cluster-admin"
	assert.Equal(t, engine.Fail, newWorld(t, admin, one).result(t, id).Verdict, "somebody was added to the built-in binding")
	assert.Equal(t, engine.Fail, newWorld(t, admin, bind("cluster-admin", group("system:masters"))).result(t, id).Verdict, "a second binding of somebody's own")

	assert.Equal(t, engine.Fail, newWorld(t, inNamespace("pay", "ClusterRole", "cluster-admin", user("ann"))).result(t, id).Verdict,
		"in one namespace, and the role not collected")
	limited := rule(all(), all(), all())
	limited.ResourceNames = []string{"one"}
	assert.Equal(t, engine.Pass, newWorld(t, clusterRole("one", limited), bind("one", user("ann"))).result(t, id).Verdict)
	assert.Equal(t, engine.Pass, newWorld(t, admin, bind("cluster-admin")).result(t, id).Verdict, "a binding of nobody")
}

func TestBindingsToRolesThatAreNotThere(t *testing.T) {
	for _, id := range []string{"cluster-admin-bindings", "anonymous-has-no-access"} {
		binding := bind("mystery", group("system:unauthenticated"))
		assert.Equal(t, engine.Pass, newWorld(t, binding).result(t, id).Verdict, id+": in a cluster it grants nothing")
		assert.Equal(t, engine.Unknown, manifestsOf(newWorld(t, binding)).result(t, id).Verdict, id+": manifests may be a part of the whole")
		invented := bind("system:invented", group("system:unauthenticated"))
		assert.Equal(t, engine.Unknown, manifestsOf(newWorld(t, invented)).result(t, id).Verdict, id+": a reserved prefix is no knowledge")
	}
	assert.Equal(t, engine.Pass, manifestsOf(newWorld(t, bind("view", user("ann")))).result(t, "cluster-admin-bindings").Verdict)
	assert.Equal(t, engine.Unknown, manifestsOf(newWorld(t, bind("mystery", user("ann")))).result(t, "secrets-read-by-few").Verdict)
	assert.Equal(t, engine.Unknown, manifestsOf(newWorld(t, bind("view", group("system:unauthenticated")))).result(t, "anonymous-has-no-access").Verdict)
}

func TestWildcards(t *testing.T) {
	const id = "roles-without-wildcards"
	for name, c := range map[string]struct {
		rule rbacv1.PolicyRule
		want engine.Verdict
	}{
		"verbs":              {rule(all(), []string{""}, []string{"pods"}), engine.Fail},
		"resources":          {rule([]string{"get"}, []string{""}, all()), engine.Fail},
		"groups":             {rule([]string{"get"}, all(), []string{"pods"}), engine.Fail},
		"every scale":        {rule([]string{"get"}, []string{"apps"}, []string{"*/scale"}), engine.Fail},
		"a star inside":      {rule([]string{"get"}, []string{""}, []string{"pods/log"}), engine.Pass},
		"every URL":          {rbacv1.PolicyRule{Verbs: []string{"get"}, NonResourceURLs: all()}, engine.Fail},
		"every URL, spelled": {rbacv1.PolicyRule{Verbs: []string{"get"}, NonResourceURLs: []string{"/*"}}, engine.Fail},
		"some URLs":          {rbacv1.PolicyRule{Verbs: []string{"get"}, NonResourceURLs: []string{"/healthz/*"}}, engine.Pass},
	} {
		assert.Equal(t, c.want, newWorld(t, clusterRole("some", c.rule)).result(t, id).Verdict, name)
	}
	everything := rule(all(), all(), all())
	own := rule([]string{"delete", "get", "list", "watch"}, all(), all())
	assert.Equal(t, engine.NotApplicable, newWorld(t, labelled(clusterRole("system:controller:namespace-controller", own), bootstrapped)).result(t, id).Verdict)
	assert.Equal(t, engine.Fail, newWorld(t, labelled(clusterRole("system:controller:namespace-controller", everything), bootstrapped)).result(t, id).Verdict, "none but cluster-admin allows everything")
	assert.Equal(t, engine.Fail, newWorld(t, labelled(clusterRole("system:evil", everything), bootstrapped)).result(t, id).Verdict, "a reserved prefix and the label")
	assert.Equal(t, engine.Fail, newWorld(t, clusterRole("system:controller:namespace-controller", everything)).result(t, id).Verdict, "the name alone")
	assert.Equal(t, engine.Fail, newWorld(t, labelled(clusterRole("mine", everything), bootstrapped)).result(t, id).Verdict, "the label alone")
}

func TestSecretReaders(t *testing.T) {
	const id = "secrets-read-by-few"
	secrets := func(verbs ...string) *rbacv1.ClusterRole {
		return clusterRole("reader", rule(verbs, []string{""}, []string{"secrets"}))
	}
	few := bind("reader", user("ann"), user("bob"))
	more := inNamespace("pay", "ClusterRole", "reader", user("cy"), user("di"))
	r := newWorld(t, secrets("list"), few, more).result(t, id)
	require.Len(t, r.Details, 2)
	assert.Equal(t, "Namespace pay", r.Details[0].Subject.String())
	assert.Equal(t, engine.Fail, r.Details[0].Verdict, "two of the cluster and two of the namespace are four")
	assert.Equal(t, engine.Pass, r.Details[1].Verdict, "two for the cluster: %s", r.Details[1].Sentence)
	assert.JSONEq(t, `["User ann","User bob","User cy","User di"]`, string(r.Details[0].Value))

	w := newWorld(t, secrets("get"), few)
	w.params.Limits = map[string]int{id: 1}
	assert.Equal(t, engine.Fail, w.result(t, id).Verdict, "the number is the assessment's")
	assert.Equal(t, engine.Fail, newWorld(t, secrets("watch"), bind("reader", group("system:serviceaccounts"))).result(t, id).Verdict, "a group of everybody")
	assert.Equal(t, engine.Pass, newWorld(t, secrets("create", "update"), bind("reader", group("system:authenticated"))).result(t, id).Verdict, "writing shows nothing")
	assert.Equal(t, engine.Fail, newWorld(t, clusterRole("reader", rule(all(), all(), all())), bind("reader", user("a"), user("b"), user("c"), user("d"))).result(t, id).Verdict, "by wildcard")
	assert.Equal(t, engine.Fail, manifestsOf(newWorld(t, bind("cluster-admin", user("a"), user("b"), user("c"), user("d")))).result(t, id).Verdict,
		"cluster-admin is known without being among the manifests")

	one := secrets("get")
	one.Rules[0].ResourceNames = []string{"tls"}
	named := newWorld(t, one, bind("reader", user("a"), user("b"), user("c"), user("d"))).result(t, id)
	assert.Equal(t, engine.Pass, named.Verdict)
	assert.Contains(t, named.Details[0].Sentence, "4 subjects limited to named objects")
}

func TestAnonymous(t *testing.T) {
	const id = "anonymous-has-no-access"
	urls := func(urls ...string) *rbacv1.ClusterRole {
		return clusterRole("r", rbacv1.PolicyRule{Verbs: []string{"get"}, NonResourceURLs: urls})
	}
	everybody := bind("r", group("system:unauthenticated"))
	assert.Equal(t, engine.Pass, newWorld(t, urls("/healthz", "/version", "/apis/*"), everybody).result(t, id).Verdict)
	assert.Equal(t, engine.Fail, newWorld(t, urls("/healthz", "/metrics"), everybody).result(t, id).Verdict)
	assert.Equal(t, engine.Fail, newWorld(t, urls("*"), bind("r", user("system:anonymous"))).result(t, id).Verdict)
	assert.Equal(t, engine.Fail, newWorld(t, bind("cluster-admin", user("ann"), user("system:anonymous"))).result(t, id).Verdict)

	info := &rbacv1.Role{ObjectMeta: named("kube-public", "info"), Rules: []rbacv1.PolicyRule{rule([]string{"get"}, []string{""}, []string{"configmaps"})}}
	info.Rules[0].ResourceNames = []string{"cluster-info"}
	assert.Equal(t, engine.Pass, newWorld(t, info, inNamespace("kube-public", "Role", "info", user("system:anonymous"))).result(t, id).Verdict)
	info.Rules[0].ResourceNames = nil
	assert.Equal(t, engine.Fail, newWorld(t, info, inNamespace("kube-public", "Role", "info", user("system:anonymous"))).result(t, id).Verdict)
}

// What somebody may write to look harmless.
func TestRightsInDisguise(t *testing.T) {
	const few, admins = "secrets-read-by-few", "cluster-admin-bindings"
	unnamed := rule([]string{"list", "watch"}, []string{""}, []string{"secrets"})
	unnamed.ResourceNames = []string{""}
	everybody := bind("reader", group("system:authenticated"))
	assert.Equal(t, engine.Fail, newWorld(t, clusterRole("reader", unnamed), everybody).result(t, few).Verdict, "an empty name is every list")
	unnamed.Verbs = []string{"get"}
	assert.Equal(t, engine.Pass, newWorld(t, clusterRole("reader", unnamed), everybody).result(t, few).Verdict, "a get always names its object")

	reader := clusterRole("reader", rule([]string{"get"}, []string{""}, []string{"secrets"}))
	mine := labelled(bind("reader", user("a"), user("b"), user("c"), user("d")), bootstrapped)
	mine.Name = "system:b"
	assert.Equal(t, engine.Fail, newWorld(t, reader, mine).result(t, few).Verdict, "a binding dressed as one of Kubernetes")

	for name, c := range map[string]struct {
		binding string
		subject rbacv1.Subject
		want    engine.Verdict
	}{
		"a part of Kubernetes":                 {"system:kube-scheduler", user("system:kube-scheduler"), engine.NotApplicable},
		"an account added by its user name":    {"system:kube-scheduler", user("system:serviceaccount:pay:bot"), engine.Fail},
		"the accounts of a namespace":          {"system:kube-scheduler", group("system:serviceaccounts:pay"), engine.Fail},
		"everybody":                            {"system:kube-scheduler", group("system:authenticated"), engine.Fail},
		"a binding that Kubernetes never made": {"edit", group("system:ops"), engine.Fail},
	} {
		role := clusterRole(c.binding, rule([]string{"impersonate"}, []string{""}, []string{"users"}))
		dressed := labelled(bind(c.binding, c.subject), bootstrapped)
		dressed.Name = c.binding
		assert.Equal(t, c.want, newWorld(t, role, dressed).result(t, "no-impersonation-rights").Verdict, name)
	}

	for _, name := range []string{"admin", "edit"} {
		open := manifestsOf(newWorld(t, bind(name, group("system:authenticated")))).result(t, few)
		assert.Equal(t, engine.Fail, open.Verdict, "%s reads Secrets in every cluster: %+v", name, open.Details)
	}
	for _, d := range manifestsOf(newWorld(t, bind("mystery", user("ann")))).result(t, few).Details {
		assert.Equal(t, engine.Unknown, d.Verdict, d.Sentence)
	}

	parts := clusterRole("god", rule([]string{"get", "list", "watch"}, all(), all()), rule([]string{"create", "update", "patch", "delete"}, all(), all()))
	assert.Equal(t, engine.Fail, newWorld(t, parts, bind("god", user("ann"))).result(t, admins).Verdict, "everything in two rules")
	for _, verb := range []string{"get", "list", "watch"} {
		twice := manifestsOf(newWorld(t, clusterRole("x", rule(all(), all(), all())), clusterRole("x", rule([]string{verb}, []string{""}, []string{"events"})), bind("x", user("ann"))))
		assert.Equal(t, engine.Fail, twice.result(t, admins).Verdict, "the worse of two roles of one name counts in either order")
	}
}
