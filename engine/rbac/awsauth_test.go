package rbac

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func awsAuthYAML(data string) string {
	return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: aws-auth, namespace: kube-system}\ndata: " + data
}

// Who may write into the ConfigMap that EKS reads is whoever he likes.
func TestWhoMayChangeAWSAuth(t *testing.T) {
	const inSystem = "kind: RoleBinding\nmetadata: {name: b, namespace: kube-system}\nroleRef: {kind: ClusterRole, name: r}\nsubjects: [{kind: User, name: ann}]"
	elsewhere := fmt.Sprintf(bindIn, "pay")
	patch := "{verbs: [patch], apiGroups: [''], resources: [configmaps]"
	for name, c := range map[string]struct {
		rule, binding string
		want          bool
	}{
		"in its namespace":  {patch + "}", inSystem, true},
		"everywhere":        {patch + "}", everywhereAnn, true},
		"by its name":       {patch + ", resourceNames: [aws-auth]}", inSystem, true},
		"another one":       {patch + ", resourceNames: [coredns]}", inSystem, false},
		"another namespace": {patch + "}", elsewhere, false},
		"reads it":          {strings.Replace(patch, "patch", "get", 1) + "}", inSystem, false},
	} {
		documents := append(split(strong), "kind: ClusterRole\nmetadata: {name: r}\nrules: ["+c.rule+"]", c.binding)
		ann := Subject{Kind: "User", Name: "ann"}
		path, is := EscalationsOf(viewOf(t, "k8s:test", append(documents, awsAuthYAML("{}"))...)).ToEverything(ann)
		assert.Equal(t, c.want, is, name)
		if is {
			assert.Equal(t, "maps an identity of AWS to system:masters in ConfigMap kube-system/aws-auth: Group system:masters", path.String())
		}
		_, is = EscalationsOf(viewOf(t, "k8s:test", documents...)).ToEverything(ann)
		assert.False(t, is, "%s: no cluster but one of EKS reads such a ConfigMap", name)
	}
}

// An identity of AWS holds what its name and its groups hold, together.
func TestWhomAWSLetsIn(t *testing.T) {
	const data = `{mapRoles: "- {rolearn: 'arn:aws:iam::1:role/ops', username: ops, groups: ['system:masters']}\n- {rolearn: 'arn:aws:iam::1:role/dev', username: 'dev:{{SessionName}}', groups: [binders, makers]}\n- {rolearn: 'arn:aws:iam::1:role/ro', groups: [nobody]}"}`
	half := func(name, verb, resource string) []string {
		return []string{
			"kind: ClusterRole\nmetadata: {name: " + name + "}\nrules: [{verbs: [" + verb + "], apiGroups: [rbac.authorization.k8s.io], resources: [" + resource + "]}]",
			"kind: ClusterRoleBinding\nmetadata: {name: " + name + "}\nroleRef: {kind: ClusterRole, name: " + name + "}\nsubjects: [{kind: Group, name: " + name + "}]",
		}
	}
	documents := append(append(half("binders", "bind", "clusterroles"), half("makers", "create", "clusterrolebindings")...), awsAuthYAML(data))
	e := EscalationsOf(viewOf(t, "k8s:test", documents...))
	ops, dev, ro := Subject{Kind: "User", Name: "ops"}, Subject{Kind: "User", Name: "dev:{{SessionName}}"}, Subject{Kind: "User", Name: "arn:aws:iam::1:role/ro"}
	assert.Subset(t, e.Subjects(), []Subject{ops, dev, ro})
	assert.True(t, e.Admin(ops), "as a member of system:masters")
	path, is := e.ToEverything(dev)
	assert.True(t, is, "by two groups together")
	assert.Contains(t, path.String(), "binds cluster-admin to itself")
	for _, s := range []Subject{ro, {Kind: "Group", Name: "binders"}} {
		_, is = e.ToEverything(s)
		assert.False(t, is, s)
	}
}

// A user name may be that of a service account, which is then in the groups too.
func TestAWSLetsInAServiceAccount(t *testing.T) {
	const data = `{mapUsers: "- {userarn: 'arn:aws:iam::1:user/ci', username: 'system:serviceaccount:ci:bot', groups: ['system:masters']}"}`
	bot := Subject{Kind: "ServiceAccount", Namespace: "ci", Name: "bot"}
	e := EscalationsOf(viewOf(t, "k8s:test", awsAuthYAML(data)))
	assert.Equal(t, []Subject{bot}, e.Subjects())
	assert.True(t, e.Admin(bot))
}

func FuzzAWSAuth(f *testing.F) {
	for _, text := range []string{"", "[]", "- rolearn: a", "- {userarn: a, groups: [b]}", "a: b", "- [", "- 1", "&a [*a]"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		raw, err := json.Marshal(map[string]any{
			"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]string{"name": awsAuthName, "namespace": awsAuthNamespace},
			"data": map[string]string{"mapRoles": text, "mapUsers": text, "mapAccounts": text},
		})
		require.NoError(t, err)
		a := AWSAuthOf(viewOf(t, "k8s:test", string(raw)))
		require.NotNil(t, a)
		for _, m := range a.Mapped {
			assert.NotEmpty(t, m.Subject.Name)
		}
	})
}

// Whoever takes the user name of an identity of AWS is not in its groups.
func TestTheNameOfAnIdentityOfAWS(t *testing.T) {
	const data = `{mapRoles: "- {rolearn: 'arn:aws:iam::1:role/ops', username: ops, groups: ['system:masters', admins]}"}`
	const request = "{verbs: [create, update], apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests, certificatesigningrequests/approval]}, {verbs: [approve], apiGroups: [certificates.k8s.io], resources: [signers]}"
	bound := func(kind, name string) string {
		return "kind: ClusterRoleBinding\nmetadata: {name: to-" + name + "}\nroleRef: {kind: ClusterRole, name: all}\nsubjects: [{kind: " + kind + ", name: " + name + "}]"
	}
	for name, c := range map[string]struct {
		rules, bound string
		want         bool
	}{
		"speaking as him":           {"{verbs: [impersonate], " + core + "resources: [users], resourceNames: [ops]}", bound("Group", "admins"), false},
		"speaking as any user":      {"{verbs: [impersonate], " + core + "resources: [users]}", bound("Group", "admins"), false},
		"as him, who is bound":      {"{verbs: [impersonate], " + core + "resources: [users], resourceNames: [ops]}", bound("User", "ops"), true},
		"as any, of whom one is":    {"{verbs: [impersonate], " + core + "resources: [users]}", bound("User", "ops"), true},
		"a certificate of his name": {request, "", false},
		"one of his name and group": {request, bound("Group", "admins"), true},
		"one of his name, bound":    {request, bound("User", "ops"), true},
	} {
		documents := []string{"kind: ClusterRole\nmetadata: {name: all}\nrules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}]", "kind: ClusterRole\nmetadata: {name: r}\nrules: [" + c.rules + "]", everywhereAnn, awsAuthYAML(data)}
		if c.bound != "" {
			documents = append(documents, c.bound)
		}
		e := EscalationsOf(viewOf(t, "k8s:test", documents...))
		path, is := e.ToEverything(Subject{Kind: "User", Name: "ann"})
		assert.Equal(t, c.want, is, "%s: %s", name, path)
		if c.want && c.bound == bound("User", "ops") {
			assert.Equal(t, "User ops", path.Steps[0].Becomes, name)
		}
		assert.True(t, e.Admin(Subject{Kind: "User", Name: "ops"}), "he himself is in his groups")
	}
}
