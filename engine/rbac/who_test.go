package rbac

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"tickmark/engine"
)

// rightsOf reads manifests of roles and bindings through a view.
func rightsOf(t *testing.T, documents ...string) *Rights {
	return Of(viewOf(t, "k8s:test", documents...))
}

// inManifests reads them as files, beside which a cluster may hold more.
func inManifests(t *testing.T, documents ...string) *Rights {
	return Of(viewOf(t, "manifests:test", documents...))
}

func viewOf(t *testing.T, target string, documents ...string) *engine.View {
	t.Helper()
	return viewOfTarget(t, engine.Target{ID: target}, documents...)
}

func viewOfTarget(t *testing.T, target engine.Target, documents ...string) *engine.View {
	t.Helper()
	snapshot := engine.Snapshot{Target: target}
	bodies := map[engine.Digest][]byte{}
	for _, d := range documents {
		raw, err := []byte(d), error(nil)
		if d[0] != '{' {
			raw, err = yaml.YAMLToJSON(raw)
		}
		require.NoError(t, err)
		body, err := engine.CanonicalJSON(raw)
		require.NoError(t, err)
		var head struct {
			metav1.TypeMeta
			metav1.ObjectMeta `json:"metadata"`
		}
		require.NoError(t, json.Unmarshal(raw, &head))
		group := rbacv1.GroupName
		if head.APIVersion != "" {
			group = head.GroupVersionKind().Group
		}
		document := engine.NewDocument(engine.Ref{Group: group, Kind: head.Kind, Namespace: head.Namespace, Name: head.Name}, body)
		bodies[document.Digest] = body
		snapshot.Entries = append(snapshot.Entries, engine.Entry{Ref: document.Ref, Digest: document.Digest})
	}
	snapshot.Sort()
	for _, k := range append(Kinds(), EscalationKinds()...) {
		snapshot.Populations = append(snapshot.Populations, engine.Population{Kind: k, Complete: true})
	}
	return engine.NewView(&snapshot, func(d engine.Digest) ([]byte, error) { return bodies[d], nil }, engine.Params{})
}

const (
	exec    = "kind: ClusterRole\nmetadata: {name: exec}\nrules: [{verbs: [create], apiGroups: [''], resources: [pods/exec]}]"
	bindAnn = "kind: RoleBinding\nmetadata: {name: ann, namespace: pay}\nroleRef: {kind: ClusterRole, name: exec}\nsubjects: [{kind: User, name: ann}]"
	bindAll = "kind: ClusterRoleBinding\nmetadata: {name: ops}\nroleRef: {kind: ClusterRole, name: exec}\nsubjects: [{kind: Group, name: ops}, {kind: ServiceAccount, name: bot, namespace: ci}]"
)

func who(r *Rights, verb, group, resource, namespace string) []string {
	names := []string{}
	for _, g := range r.Who(verb, group, resource, namespace) {
		names = append(names, g.Subject.String()+" by "+g.Binding.Ref.Name)
	}
	return names
}

func TestWho(t *testing.T) {
	r := rightsOf(t, exec, bindAnn, bindAll)
	assert.Equal(t, []string{"Group ops by ops", "ServiceAccount ci/bot by ops", "User ann by ann"}, who(r, "create", "", "pods/exec", "pay"))
	assert.Equal(t, []string{"Group ops by ops", "ServiceAccount ci/bot by ops"}, who(r, "create", "", "pods/exec", ""), "in the whole cluster")
	assert.Equal(t, []string{"Group ops by ops", "ServiceAccount ci/bot by ops"}, who(r, "create", "", "pods/exec", "other"))
	assert.Empty(t, who(r, "get", "", "pods/exec", "pay"))
	assert.Empty(t, who(r, "create", "", "pods", "pay"), "a subresource is not its resource")
	assert.Empty(t, who(r, "create", "apps", "pods/exec", "pay"))
	g := r.Who("create", "", "pods/exec", "pay")[2]
	assert.Equal(t, "exec", g.Binding.Role.Ref.Name)
	assert.False(t, g.Everywhere())
	assert.Equal(t, []string{"create"}, g.Binding.Role.Rules[g.Rule].Verbs)
}

// Source of the cases: the rules of rbac.authorization.k8s.io as the API server
// evaluates them.
func TestAllows(t *testing.T) {
	for name, c := range map[string]struct {
		verbs, groups, resources []string
		resource                 string
		want                     bool
	}{
		"a wildcard holds for subresources":            {[]string{"*"}, []string{"*"}, []string{"*"}, "pods/exec", true},
		"a subresource of everything":                  {[]string{"get"}, []string{""}, []string{"*/exec"}, "pods/exec", true},
		"a subresource of everything, not another one": {[]string{"get"}, []string{""}, []string{"*/exec"}, "pods/log", false},
		"a subresource of everything, not the thing":   {[]string{"get"}, []string{""}, []string{"*/exec"}, "pods", false},
		"everything of a resource is no pattern":       {[]string{"get"}, []string{""}, []string{"pods/*"}, "pods/exec", false},
		"a resource is not its subresource":            {[]string{"get"}, []string{""}, []string{"pods"}, "pods/exec", false},
		"no verb":                                      {nil, []string{""}, []string{"pods"}, "pods", false},
		"no group is not the core group":               {[]string{"get"}, nil, []string{"pods"}, "pods", false},
		"another case is another name":                 {[]string{"get"}, []string{""}, []string{"Pods"}, "pods", false},
	} {
		rule := rbacv1.PolicyRule{Verbs: c.verbs, APIGroups: c.groups, Resources: c.resources}
		assert.Equal(t, c.want, Allows(rule, "get", "", c.resource), name)
	}
}

func TestRoleOfAnotherNamespaceIsNotMeant(t *testing.T) {
	r := rightsOf(t,
		"kind: Role\nmetadata: {name: r, namespace: other}\nrules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}]",
		"kind: RoleBinding\nmetadata: {name: b, namespace: pay}\nroleRef: {kind: Role, name: r}\nsubjects: [{kind: User, name: ann}]")
	assert.Empty(t, who(r, "get", "", "pods", "pay"))
	require.Len(t, r.Dangling(), 1)
	assert.Equal(t, "Role.rbac.authorization.k8s.io pay/r", r.Dangling()[0].RoleRef.String())
}

func TestAggregation(t *testing.T) {
	const labelledRole = "kind: ClusterRole\nmetadata: {name: part, labels: {into: whole}}\nrules: [{verbs: [get], apiGroups: [''], resources: [pods]}]"
	const whole = "kind: ClusterRole\nmetadata: {name: whole, labels: {into: whole}}\naggregationRule: {clusterRoleSelectors: [{matchLabels: {into: whole}}]}"
	const binding = "kind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {kind: ClusterRole, name: whole}\nsubjects: [{kind: User, name: ann}]"
	assert.Equal(t, []string{"User ann by b"}, who(inManifests(t, labelledRole, whole, binding), "get", "", "pods", ""), "gathered, in a circle with itself")
	assert.Empty(t, who(rightsOf(t, labelledRole, whole, binding), "get", "", "pods", ""), "in a cluster what stands in the role counts")
	written := whole + "\nrules: [{verbs: [list], apiGroups: [''], resources: [pods]}]"
	r := rightsOf(t, labelledRole, written, binding)
	assert.Empty(t, who(r, "get", "", "pods", ""), "what the controller wrote is what holds")
	assert.Len(t, who(r, "list", "", "pods", ""), 1)

	role := func(name, selectors, labels string) string {
		return "kind: ClusterRole\nmetadata: {name: " + name + ", labels: {" + labels + "}}\naggregationRule: {clusterRoleSelectors: [" + selectors + "]}"
	}
	for name, whole := range map[string]string{
		"over two steps and back": role("whole", "{matchLabels: {into: middle}}", "into: top") + "\n---\n" +
			role("middle", "{matchExpressions: [{key: into, operator: In, values: [whole, top]}]}", "into: middle"),
		"an empty selector is everything": role("whole", "{}", ""),
		"one of two selectors":            role("whole", "{matchLabels: {into: nothing}}, {matchExpressions: [{key: into, operator: Exists}]}", ""),
	} {
		assert.Equal(t, []string{"User ann by b"}, who(inManifests(t, append(strings.Split(whole, "\n---\n"), labelledRole, binding)...), "get", "", "pods", ""), name)
	}
	for _, selector := range []string{"{matchLabels: {into: nothing}}", "{matchExpressions: [{key: into, operator: Like, values: [whole]}]}"} {
		assert.Empty(t, who(inManifests(t, labelledRole, role("whole", selector, ""), binding), "get", "", "pods", ""), selector)
	}
}

func TestRightsThroughGroupsNobodyNames(t *testing.T) {
	toGroup := func(name string) string {
		return "kind: ClusterRoleBinding\nmetadata: {name: '" + name + "'}\nroleRef: {kind: ClusterRole, name: exec}\nsubjects: [{kind: Group, name: '" + name + "'}]"
	}
	r := rightsOf(t, exec, bindAll, toGroup("system:authenticated"), toGroup("system:serviceaccounts:ci"), toGroup("system:serviceaccounts"), toGroup("system:unauthenticated"),
		"kind: ClusterRoleBinding\nmetadata: {name: byname}\nroleRef: {kind: ClusterRole, name: exec}\nsubjects: [{kind: User, name: 'system:serviceaccount:ci:bot'}]")
	names := func(s Subject) []string {
		list := []string{}
		for _, b := range r.Of(s) {
			list = append(list, b.Ref.Name)
		}
		return list
	}
	assert.Equal(t, []string{"byname", "ops", "system:authenticated", "system:serviceaccounts", "system:serviceaccounts:ci"},
		names(Subject{Kind: "ServiceAccount", Namespace: "ci", Name: "bot"}))
	assert.Equal(t, names(Subject{Kind: "ServiceAccount", Namespace: "ci", Name: "bot"}), names(Subject{Kind: "User", Name: "system:serviceaccount:ci:bot"}))
	assert.Equal(t, []string{"system:authenticated"}, names(Subject{Kind: "User", Name: "ann"}))
	assert.Equal(t, []string{"system:unauthenticated"}, names(Subject{Kind: "User", Name: "system:anonymous"}))
	assert.Equal(t, []string{"ops"}, names(Subject{Kind: "Group", Name: "ops"}))
}
