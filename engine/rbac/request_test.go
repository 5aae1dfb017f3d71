package rbac

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// role is a cluster role of one rule that is bound to ann everywhere.
func boundRole(rule string) []string {
	return []string{
		"kind: ClusterRole\nmetadata: {name: r}\nrules: [{" + rule + "}]",
		"kind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {kind: ClusterRole, name: r}\nsubjects: [{kind: User, name: ann}]",
	}
}

// Source of the cases: the rules of rbac.authorization.k8s.io as the API server
// evaluates them. The test against a live one asks it.
func TestRequests(t *testing.T) {
	const named = "verbs: ['*'], apiGroups: [''], resources: [secrets, pods/exec], resourceNames: [tls]"
	for name, c := range map[string]struct {
		rule    string
		request Request
		want    string
	}{
		"of a named object":                {named, Request{Verb: "get", Resource: "secrets", Name: "tls"}, "allowed"},
		"of another object":                {named, Request{Verb: "get", Resource: "secrets", Name: "db"}, "limited"},
		"of no object":                     {named, Request{Verb: "list", Resource: "secrets"}, "limited"},
		"a list of the one":                {named, Request{Verb: "list", Resource: "secrets", Name: "tls"}, "allowed"},
		"a subresource of it":              {named, Request{Verb: "create", Resource: "pods", Subresource: "exec", Name: "tls"}, "allowed"},
		"the empty name is no name":        {"verbs: [list], apiGroups: [''], resources: [secrets], resourceNames: ['']", Request{Verb: "list", Resource: "secrets"}, "allowed"},
		"every scale":                      {"verbs: [get], apiGroups: [apps], resources: ['*/scale']", Request{Verb: "get", Group: "apps", Resource: "deployments", Subresource: "scale"}, "allowed"},
		"everything of pods is no pattern": {"verbs: [get], apiGroups: [''], resources: ['pods/*']", Request{Verb: "get", Resource: "pods", Subresource: "log"}, ""},
		"a URL":                            {"verbs: [get], nonResourceURLs: [/metrics]", Request{Verb: "get", URL: "/metrics"}, "allowed"},
		"below a URL":                      {"verbs: [get], nonResourceURLs: [/metrics]", Request{Verb: "get", URL: "/metrics/slis"}, ""},
		"below a URL with a star":          {"verbs: [get], nonResourceURLs: ['/metrics*']", Request{Verb: "get", URL: "/metrics/slis"}, "allowed"},
		"a star in the middle":             {"verbs: [get], nonResourceURLs: ['/a/*/b']", Request{Verb: "get", URL: "/a/x/b"}, ""},
		"every URL":                        {"verbs: ['*'], nonResourceURLs: ['*']", Request{Verb: "put", URL: "/logs/"}, "allowed"},
		"every resource is no URL":         {"verbs: ['*'], apiGroups: ['*'], resources: ['*']", Request{Verb: "get", URL: "/metrics"}, ""},
		"every URL is no resource":         {"verbs: ['*'], nonResourceURLs: ['*']", Request{Verb: "get", Resource: "pods"}, ""},
	} {
		holders := rightsOf(t, boundRole(c.rule)...).WhoCan(c.request)
		got := map[bool]string{true: "allowed"}[len(holders.Grants) > 0] + map[bool]string{true: "limited"}[len(holders.Limited) > 0]
		assert.Equal(t, c.want, got, name)
	}
}

func TestARequestAboutTheWholeCluster(t *testing.T) {
	r := rightsOf(t, exec, bindAnn, bindAll)
	q := Request{Verb: "create", Resource: "pods", Subresource: "exec"}
	assert.Equal(t, "[Group ops ServiceAccount ci/bot]", fmt.Sprint(SubjectsOf(r.WhoCan(q).Grants)))
	assert.Equal(t, "[User ann]", fmt.Sprint(SubjectsOf(r.WhoCan(q).Within)), "in one namespace")
	q.Namespace = "pay"
	assert.Equal(t, "[Group ops ServiceAccount ci/bot User ann]", fmt.Sprint(SubjectsOf(r.WhoCan(q).Grants)))
	assert.Len(t, r.May(Subject{Kind: "User", Name: "system:serviceaccount:ci:bot"}, q), 1, "an account by its user name")
	assert.Empty(t, r.May(Subject{Kind: "User", Name: "cy"}, q))
	assert.Len(t, r.May(Subject{Kind: "User", Name: "cy"}, q, "ops"), 1, "in a group that the authenticator names")
	assert.Equal(t, "[ServiceAccount ci/bot]", fmt.Sprint(r.MembersOf(Subject{Kind: "Group", Name: "system:serviceaccounts:ci"})))
	assert.Empty(t, r.MembersOf(Subject{Kind: "Group", Name: "ops"}), "whom the authenticator puts there is not known")
}

func TestANamespaceIsNeverTheWholeCluster(t *testing.T) {
	r := inManifests(t, exec, "kind: RoleBinding\nmetadata: {name: b}\nroleRef: {kind: ClusterRole, name: exec}\nsubjects: [{kind: User, name: ann}]")
	assert.Empty(t, r.WhoCan(Request{Verb: "create", Resource: "pods", Subresource: "exec"}).Grants, "manifests may name none")
}

// What no API server takes is not in force, and is named.
func TestRefusedBindings(t *testing.T) {
	for want, part := range map[string]string{
		`its roleRef is of the API group "apps"`:                "roleRef: {apiGroup: apps, kind: ClusterRole, name: exec}\nsubjects: [{kind: User, name: ann}]",
		`its roleRef is of the kind "Role"`:                     "roleRef: {kind: Role, name: exec}\nsubjects: [{kind: User, name: ann}]",
		"its roleRef names no role":                             "roleRef: {kind: ClusterRole}\nsubjects: [{kind: User, name: ann}]",
		`subject 2, a User, is of the API group "v1"`:           "roleRef: {kind: ClusterRole, name: exec}\nsubjects: [{kind: User, name: ann}, {kind: User, name: bob, apiGroup: v1}]",
		"subject 1, a service account, has no namespace":        "roleRef: {kind: ClusterRole, name: exec}\nsubjects: [{kind: ServiceAccount, name: bot}]",
		`subject 1 is of the kind "Robot"`:                      "roleRef: {kind: ClusterRole, name: exec}\nsubjects: [{kind: Robot, name: r2}]",
		"subject 1 has no name":                                 "roleRef: {kind: ClusterRole, name: exec}\nsubjects: [{kind: User}]",
		`subject 1, a ServiceAccount, is of the API group "v1"`: "roleRef: {kind: ClusterRole, name: exec}\nsubjects: [{kind: ServiceAccount, apiGroup: v1, namespace: a, name: bot}]",
	} {
		r := inManifests(t, exec, "kind: ClusterRoleBinding\nmetadata: {name: b}\n"+part)
		assert.Empty(t, r.WhoCan(Request{Verb: "create", Resource: "pods", Subresource: "exec"}).Grants, want)
		require.Len(t, r.Gaps(), 1, want)
		assert.Contains(t, r.Gaps()[0].Cause, want)
	}
	taken := "kind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: exec}\n" +
		"subjects: [{kind: Group, name: ops, apiGroup: rbac.authorization.k8s.io}, {kind: ServiceAccount, name: bot, namespace: ci}]"
	assert.Empty(t, inManifests(t, exec, taken).Gaps())
}

func TestWhatManifestsLeaveOut(t *testing.T) {
	r := inManifests(t, exec, exec, bindAll,
		"kind: RoleBinding\nmetadata: {name: e, namespace: pay}\nroleRef: {kind: ClusterRole, name: edit}\nsubjects: [{kind: User, name: ed}]",
		"kind: RoleBinding\nmetadata: {name: m, namespace: pay}\nroleRef: {kind: Role, name: mystery}\nsubjects: [{kind: User, name: ann}]")
	var causes []string
	for _, g := range r.Gaps() {
		causes = append(causes, g.Cause)
	}
	assert.Len(t, causes, 3, "two of one name and one that is elsewhere: %q", causes)
	assert.Contains(t, causes[2], "Role.rbac.authorization.k8s.io pay/mystery is bound by RoleBinding.rbac.authorization.k8s.io pay/m and is not among the manifests")
	assert.Equal(t, "[User ed]", fmt.Sprint(SubjectsOf(r.WhoCan(Request{Verb: "list", Resource: "secrets", Namespace: "pay"}).Grants)), "edit is the same in every cluster")
	assert.Empty(t, rightsOf(t, bindAnn).WhoCan(Request{Verb: "list", Resource: "secrets", Namespace: "pay"}).Grants)
}

// Ten thousand bindings, each subject asked about: nothing may be quadratic.
func TestManyBindings(t *testing.T) {
	documents := []string{exec}
	for i := range 10000 {
		documents = append(documents, fmt.Sprintf(`{"kind": "RoleBinding", "metadata": {"name": "b", "namespace": "n%d"}, "roleRef": {"kind": "ClusterRole", "name": "exec"}, "subjects": [{"kind": "User", "name": "u%d"}]}`, i, i))
	}
	v := viewOf(t, "k8s:test", documents...)
	r := Of(v)
	for _, s := range r.Subjects() {
		require.Len(t, r.Of(s), 1)
	}
	assert.Len(t, engine.All[struct{}](v, RoleBindingKind), 10000)
}
