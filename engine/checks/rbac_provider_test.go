package checks

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
	"tickmark/engine/rbac"
)

// saysWhoHas are the checks that a provider's own grants leave without an answer.
var saysWhoHas = append(Limited(),
	"access-inventory", "cluster-admin-bindings", "no-escalate-or-bind-rights", "no-impersonation-rights", "no-paths-to-cluster-admin", "system-masters-not-bound")

// Nobody passes because nobody is bound where the cloud lets in others: by whatever the
// cluster says of itself, and also where it says nothing.
func TestWhomAProviderLetsInIsNotKnown(t *testing.T) {
	node := func(change func(*corev1.Node)) *corev1.Node {
		n := &corev1.Node{ObjectMeta: named("", "n1")}
		n.Status.NodeInfo.KubeletVersion = "v1.36.3"
		change(n)
		return n
	}
	labelled := func(label string) *corev1.Node {
		return node(func(n *corev1.Node) { n.Labels = map[string]string{"kubernetes.io/os": "linux", label: "x"} })
	}
	machine := func(version, id string) *corev1.Node {
		return node(func(n *corev1.Node) { n.Status.NodeInfo.KubeletVersion, n.Spec.ProviderID = version, id })
	}
	for name, c := range map[string]struct {
		node              *corev1.Node
		version, endpoint string
		hidden            bool
		want              string // what grants beside the roles, "" for nothing
	}{
		"EKS by its endpoint":                {version: "v1.33.1-eks-7308294", endpoint: "https://1A.gr7.eu-north-1.eks.amazonaws.com", want: "AccessEntry.eks.amazonaws.com"},
		"EKS or EKS Anywhere":                {version: "v1.33.1-eks-7308294", want: "Node"},
		"the same, of which no node tells":   {version: "v1.33.1-eks-7308294", node: node(func(*corev1.Node) {}), want: "Node"},
		"EKS by its server and a machine":    {version: "v1.33.1-eks-7308294", node: machine("v1.33.1-eks-7308294", "aws:///eu-north-1a/i-1"), want: "AccessEntry.eks.amazonaws.com"},
		"EKS by a machine elsewhere":         {node: machine("v1.33.1-eks-7308294", "eks-hybrid:///eu-north-1/shop/mi-1"), want: "AccessEntry.eks.amazonaws.com"},
		"EKS Anywhere":                       {version: "v1.33.1-eks-7308294", node: machine("v1.33.1-eks-7308294", "vsphere://42")},
		"EKS Anywhere, by its kubelet":       {node: machine("v1.33.1-eks-7308294", "tinkerbell://eksa-system/a")},
		"EKS Anywhere, by some of its nodes": {version: "v1.33.1-eks-7308294", node: machine("v1.33.1-eks-7308294", "vsphere://42"), hidden: true, want: "Node"},
		"GKE on machines of others":          {version: "v1.33.1-gke.1107000", node: machine("v1.33.1-gke.1107000", "baremetal://10.0.0.1"), want: "Node"},
		"EKS by a node group":                {node: labelled("eks.amazonaws.com/nodegroup"), want: "AccessEntry.eks.amazonaws.com"},
		"EKS by a kubelet":                   {node: node(func(n *corev1.Node) { n.Status.NodeInfo.KubeletVersion = "v1.33.1-eks-7308294" }), want: "Node"},
		"GKE by its server":                  {version: "v1.33.1-gke.1107000", hidden: true, want: "AllowPolicy.iam.googleapis.com"},
		"GKE by a node pool":                 {node: labelled("cloud.google.com/gke-nodepool"), want: "AllowPolicy.iam.googleapis.com"},
		"AKS by its endpoint":                {version: "v1.33.1", endpoint: "https://shop-dns-1.hcp.westeurope.azmk8s.io:443", want: "RoleAssignment.authorization.azure.com"},
		"AKS by a node":                      {version: "v1.33.1", node: labelled("kubernetes.azure.com/cluster"), want: "RoleAssignment.authorization.azure.com"},
		"a server that anybody may have":     {version: "v1.33.1", hidden: true, want: "Node"},
		"a dump without a version and nodes": {hidden: true, want: "Node"},
		"nodes of nobody's":                  {version: "v1.33.1", node: labelled("example.com/eks.amazonaws.com")},
		"nodes on EC2":                       {version: "v1.33.1", node: node(func(n *corev1.Node) { n.Spec.ProviderID = "aws:///eu-north-1a/i-1" })},
		"another maker's server":             {version: "v1.33.1+k3s1", hidden: true},
	} {
		w := newWorld(t, clusterRole("viewer", rule([]string{"get"}, []string{""}, []string{"pods"})), bind("viewer", user("ann")))
		if c.node != nil {
			w = newWorld(t, clusterRole("viewer", rule([]string{"get"}, []string{""}, []string{"pods"})), bind("viewer", user("ann")), c.node)
		}
		w.snapshot.Target.ServerVersion, w.snapshot.Target.Endpoint = c.version, c.endpoint
		if c.hidden {
			w.hide(nodeKind)
		}
		for _, id := range saysWhoHas {
			r := w.result(t, id)
			if c.want == "" {
				assert.NotEqual(t, engine.Unknown, r.Verdict, "%s: %s", name, id)
				continue
			}
			require.Equal(t, engine.Unknown, r.Verdict, "%s: %s", name, id)
			i := slices.IndexFunc(r.Details, func(d engine.Detail) bool { return d.Verdict == engine.Unknown })
			assert.Equal(t, c.want, r.Details[i].Subject.Of().String(), "%s: %s", name, id)
			assert.Equal(t, c.node != nil && (c.want != "Node" || c.version == ""), len(r.Details[i].Cites) == 1, "%s: %s: the node that tells it is cited", name, id)
			assert.Equal(t, c.want == "Node", strings.Contains(r.Details[i].Sentence, "is not known"), "%s: %s", name, id)
		}
	}
	w := newWorld(t, bind("cluster-admin", user("ann")))
	w.snapshot.Target.ServerVersion = "v1.33.1-eks-7308294"
	assert.Equal(t, engine.Fail, w.result(t, "cluster-admin-bindings").Verdict, "what is seen to fail fails")
	files := fromYAML(t, "kind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {kind: ClusterRole, name: view}\nsubjects: [{kind: User, name: ann}]").hide(nodeKind)
	assert.Equal(t, engine.Pass, files.result(t, "cluster-admin-bindings").Verdict, "files are of no provider")
}

// What the analysis says of itself tells it too, for whoever asks it without a check.
func TestTheProviderIsAGapOfTheRights(t *testing.T) {
	w := newWorld(t, &rbacv1.ClusterRole{ObjectMeta: named("", "r")})
	assert.Empty(t, rbac.Of(engine.NewView(&w.snapshot, w.body, w.params)).Gaps())
	w.snapshot.Target.ServerVersion = "v1.33.1-gke.1107000"
	gaps := rbac.Of(engine.NewView(&w.snapshot, w.body, w.params)).Gaps()
	require.Len(t, gaps, 1)
	assert.Equal(t, engine.NotListed, gaps[0].Reason)
	assert.Contains(t, gaps[0].Cause, "Google Cloud gives rights in it by IAM")
}

// What a way may lead along and is not followed, or was not seen, is no pass.
func TestNoPathIsFoundOnlyWhereAllWasLookedAt(t *testing.T) {
	const id = "no-paths-to-cluster-admin"
	for name, c := range map[string]struct {
		rule   rbacv1.PolicyRule
		hidden engine.Kind
		want   engine.Verdict
	}{
		"a plain right":                    {rule([]string{"get"}, []string{""}, []string{"pods"}), engine.Kind{}, engine.Pass},
		"another's identity within limits": {rule([]string{"impersonate:user-info"}, []string{"authentication.k8s.io"}, []string{"users"}), engine.Kind{}, engine.Unknown},
		"by a wildcard":                    {rule(all(), []string{"authentication.k8s.io"}, []string{"serviceaccounts"}), engine.Kind{}, engine.Unknown},
		"reviews of tokens":                {rule(all(), []string{"authentication.k8s.io"}, []string{"tokenreviews"}), engine.Kind{}, engine.Pass},
		"workflows that were not listed":   {rule([]string{"get"}, []string{""}, []string{"pods"}), engine.Kind{Group: "argoproj.io", Kind: "CronWorkflow"}, engine.Unknown},
	} {
		w := newWorld(t, clusterRole("r", c.rule), bind("r", user("ann")))
		if !c.hidden.IsZero() {
			w.hide(c.hidden)
		}
		assert.Equal(t, c.want, w.result(t, id).Verdict, name)
	}
	w := newWorld(t, clusterRole("r", rule(all(), []string{"authentication.k8s.io"}, []string{"serviceaccounts"})), bind("r", user("ann")))
	assert.Equal(t, engine.Fail, w.result(t, "no-impersonation-rights").Verdict)
}
