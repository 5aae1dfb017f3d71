package rbac

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Who may use OpenShift's SecurityContextConstraints is whom a role lets, and whom they
// name themselves; nobody gains anything else by that.
func TestWhoMayUseConstraints(t *testing.T) {
	r := rightsOf(t, append(boundRole("verbs: [use], apiGroups: [security.openshift.io], resources: [securitycontextconstraints], resourceNames: [privileged]"),
		"apiVersion: security.openshift.io/v1\nkind: SecurityContextConstraints\nmetadata: {name: privileged}\nusers: ['system:admin', 'system:serviceaccount:ci:bot']\ngroups: [ops]",
		"apiVersion: security.openshift.io/v1\nkind: SecurityContextConstraints\nmetadata: {name: restricted}\ngroups: ['system:authenticated']")...)
	q := Request{Verb: "use", Group: GroupOf("securitycontextconstraints"), Resource: "securitycontextconstraints", Name: "privileged"}
	assert.Equal(t, "[Group ops User ann User system:admin User system:serviceaccount:ci:bot]", fmt.Sprint(SubjectsOf(r.WhoCan(q).Grants)))
	assert.Len(t, r.May(Subject{Kind: "ServiceAccount", Namespace: "ci", Name: "bot"}, q), 1)
	q.Namespace = "pay"
	holders := r.WhoCan(q)
	require.Len(t, holders.Grants, 4, "in every namespace")
	paths := fmt.Sprint(holders.Grants[1].Path(), holders.Grants[3].Path())
	assert.Contains(t, paths, "SecurityContextConstraints privileged names it among its own users")
	assert.Contains(t, paths, "SecurityContextConstraints privileged names it among its own groups")
	q.Name = ""
	assert.Len(t, r.WhoCan(q).Limited, 5, "each for one alone")
	assert.Empty(t, r.WhoCan(q).Grants)
	for _, other := range []Request{{Verb: "get", Group: q.Group, Resource: q.Resource}, {Verb: "use", Resource: q.Resource, Name: "privileged"}, {Verb: "use", Group: q.Group, Resource: q.Resource, Subresource: "x", Name: "privileged"}} {
		assert.Empty(t, r.WhoCan(other).Grants, "%s", other)
		assert.Empty(t, other.Reads())
	}
	assert.Len(t, r.Bindings(), 1, "they bind no role")
}
