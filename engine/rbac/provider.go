package rbac

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

// Provider is who runs a cluster and grants rights in it beside its roles: on EKS, GKE
// and AKS the cloud does, and the cluster does not show to whom.
type Provider struct {
	Name   string        // "EKS"; "" where it cannot be told whether there is one
	Ref    engine.Ref    // what grants there
	Digest engine.Digest // of the node that tells it; zero where the server itself does
	grants string
	// doubt says why it cannot be told, where that is not for want of nodes.
	doubt string
}

// ProviderKind is the kind beside the server's own word that tells a provider.
var ProviderKind = engine.Kind{Kind: "Node"}

// known is a provider with what the versions of its servers and kubelets and its endpoints
// hold, with what labels of its nodes begin, and the machines that its nodes are, by the
// scheme of their provider ids.
type known struct {
	Provider
	version, endpoint string
	labels, machines  []string
	// elsewhere is what has the same versions, and is run by whoever installed it.
	elsewhere string
}

var providers = [...]known{
	{
		Provider{Name: "EKS", Ref: engine.Ref{Group: "eks.amazonaws.com", Kind: "AccessEntry"}, grants: "AWS gives rights in it by access entries, and to whoever made it"},
		"-eks-", ".eks.amazonaws.com",
		[]string{"eks.amazonaws.com/"},
		[]string{"aws", "eks-hybrid"},
		"EKS Anywhere",
	},
	{
		Provider{Name: "GKE", Ref: engine.Ref{Group: "iam.googleapis.com", Kind: "AllowPolicy"}, grants: "Google Cloud gives rights in it by IAM"},
		"-gke.", ".gke.goog",
		[]string{"cloud.google.com/gke-"},
		[]string{"gce"},
		"",
	},
	{
		Provider{Name: "AKS", Ref: engine.Ref{Group: "authorization.azure.com", Kind: "RoleAssignment"}, grants: "Azure may give rights in it by role assignments, and has a local account of system:masters unless that was switched off"},
		"-aks", ".azmk8s.io",
		[]string{"kubernetes.azure.com/"},
		[]string{"azure"},
		"",
	},
}

// providerOf tells by the version of a server or kubelet, -1 for none.
func providerOf(version string) int {
	return slices.IndexFunc(providers[:], func(p known) bool { return strings.Contains(version, p.version) })
}

// nodeProvider is which of them a node is of, -1 for none.
type nodeProvider struct {
	at int
	// sure says that it is, by a label that only the provider sets or by its version and the
	// machine that it is; elsewhere that its machine is none of the provider's.
	sure, elsewhere bool
	digest          engine.Digest
}

var nodeProviders = engine.NewExtract(func(n engine.Typed[corev1.Node]) nodeProvider {
	at := slices.IndexFunc(providers[:], func(p known) bool {
		for label := range n.Value.Labels {
			if slices.ContainsFunc(p.labels, func(prefix string) bool { return strings.HasPrefix(label, prefix) }) {
				return true
			}
		}
		return false
	})
	if at >= 0 {
		return nodeProvider{at, true, false, n.Digest}
	}
	of := nodeProvider{at: providerOf(n.Value.Status.NodeInfo.KubeletVersion), digest: n.Digest}
	if machine, _, told := strings.Cut(n.Value.Spec.ProviderID, "://"); told && of.at >= 0 {
		of.sure = slices.Contains(providers[of.at].machines, machine)
		of.elsewhere = !of.sure
	}
	return of
}, func(a, b nodeProvider) bool { return a == b })

var providerOfView = engine.NewSurvey(func(v *engine.View, _ *Provider) *Provider {
	target := v.Target()
	if strings.HasPrefix(target.ID, "manifests:") && !target.Provisional {
		return nil
	}
	for i, p := range providers {
		if strings.Contains(target.Endpoint, p.endpoint) {
			return &providers[i].Provider
		}
	}
	at, digest := providerOf(target.ServerVersion), engine.Digest{}
	nodes, elsewhere := nodeProviders.Of(v, ProviderKind), 0
	for _, n := range nodes {
		if n.sure {
			p := providers[n.at].Provider
			p.Digest = n.digest
			return &p
		}
		if at < 0 && n.at >= 0 {
			at, digest = n.at, n.digest
		}
		if n.elsewhere {
			elsewhere++
		}
	}
	if at >= 0 {
		return providers[at].byVersion(digest, elsewhere, len(nodes), v)
	}
	if own := strings.ContainsAny(target.ServerVersion, "+-"); own || v.Saw(ProviderKind) {
		return nil // another maker's build, or none of the nodes is a provider's
	}
	return &Provider{Ref: engine.Ref{Kind: ProviderKind.Kind}}
}, func(a, b *Provider) bool { return a == b || a != nil && b != nil && *a == *b })

// byVersion tells what a version alone tells, with so many of the nodes on machines of
// others: nothing, where the same build runs elsewhere and no node says which it is.
func (p known) byVersion(digest engine.Digest, elsewhere, nodes int, v *engine.View) *Provider {
	switch {
	case p.elsewhere != "" && nodes > 0 && elsewhere == nodes && v.Saw(ProviderKind):
		return nil // all of it runs where the provider has no say
	case p.elsewhere == "" && elsewhere == 0:
		of := p.Provider
		of.Digest = digest
		return &of
	}
	of := &Provider{Ref: engine.Ref{Kind: ProviderKind.Kind}, Digest: digest}
	of.doubt = fmt.Sprintf("Its version is one of %s, and some nodes are on machines of others: whether the provider grants rights in it beside the roles is not known", p.Name)
	if p.elsewhere != "" {
		of.doubt = fmt.Sprintf("Its version is one of %s and of %s, and nodes were not seen that all tell which it is: whether the provider grants rights in it beside the roles is not known",
			p.Name, p.elsewhere)
	}
	return of
}

// ProviderOf tells who grants rights beside the roles of a cluster, by what its server and
// its nodes say; nil where nobody does, as in files. Where that cannot be told it is one
// whose Name is "".
func ProviderOf(v *engine.View) *Provider { return providerOfView.Of(v) }

// String is a sentence about what a provider grants and the cluster does not show.
func (p Provider) String() string {
	if p.doubt != "" {
		return p.doubt
	}
	if p.Name == "" {
		return "Nodes were not all seen: whether the cluster is one of EKS, GKE or AKS, where the provider grants rights beside the roles, is not known"
	}
	return fmt.Sprintf("The cluster is one of %s: %s. To whom, it does not show", p.Name, p.grants)
}
