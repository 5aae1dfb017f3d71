package checks

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
	"tickmark/engine/rbac"
)

// Whom EKS lets in beside the bindings is judged, and what of it was not seen is said.
func TestIdentitiesThatAWSLetsIn(t *testing.T) {
	auth := func(roles string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: aws-auth, namespace: kube-system}\ndata: {mapRoles: \"" + roles + "\"}"
	}
	const ops = "- {rolearn: 'arn:aws:iam::1:role/ops', username: ops, groups: ['system:masters']}"
	const dev = "- {rolearn: 'arn:aws:iam::1:role/dev', username: dev, groups: [devs]}"
	r := newWorldOf(t, auth(ops)).result(t, "system-masters-not-bound")
	assert.Equal(t, engine.Fail, r.Verdict)
	assert.Equal(t, engine.Ref{Group: rbac.RoleKind.Group, Kind: "User", Name: "ops"}, r.Details[0].Subject)
	for id, want := range map[string]engine.Verdict{"system-masters-not-bound": engine.NotApplicable, "no-paths-to-cluster-admin": engine.Pass} {
		assert.Equal(t, want, newWorldOf(t, auth(dev)).result(t, id).Verdict, id)
		assert.Equal(t, engine.Unknown, newWorldOf(t, auth("{")).result(t, id).Verdict, id)
		eks := newWorldOf(t).hide(configMapKind)
		assert.Equal(t, engine.Unknown, eks.result(t, id).Verdict, "it does not say what it is: %s", id)
		eks.snapshot.Target.ServerVersion = "v1.33.1+k3s1"
		assert.Equal(t, engine.NotApplicable, eks.result(t, id).Verdict, "of another provider")
		eks.snapshot.Target.ServerVersion = "v1.33.1-eks-7308294"
		assert.Equal(t, engine.Unknown, eks.result(t, id).Verdict, id)
	}
	changing := clusterRole("changer", rule([]string{"update"}, []string{""}, []string{"configmaps"}))
	w := newWorld(t, changing, bind("changer", user("ann")))
	assert.Equal(t, engine.Pass, w.result(t, "no-paths-to-cluster-admin").Verdict)
	w.read(t, auth(dev))
	assert.Equal(t, engine.Fail, w.result(t, "no-paths-to-cluster-admin").Verdict)
}
