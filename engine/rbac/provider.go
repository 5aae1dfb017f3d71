package rbac

import (
	"fmt"
	"maps"
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
}

// ProviderKind is the kind beside the server's own word that tells a provider.
var ProviderKind = engine.Kind{Kind: "Node"}

// known is a provider with what the versions of its servers and kubelets and its endpoints
// hold, and with what labels of its nodes begin.
type known struct {
	Provider
	version, endpoint string
	labels            []string
}

var providers = [...]known{
	{
		Provider{Name: "EKS", Ref: engine.Ref{Group: "eks.amazonaws.com", Kind: "AccessEntry"}, grants: "AWS gives rights in it by access entries, and to whoever made it"},
		"-eks-", ".eks.amazonaws.com",
		[]string{"eks.amazonaws.com/"},
	},
	{
		Provider{Name: "GKE", Ref: engine.Ref{Group: "iam.googleapis.com", Kind: "AllowPolicy"}, grants: "Google Cloud gives rights in it by IAM"},
		"-gke.", ".gke.goog",
		[]string{"cloud.google.com/gke-"},
	},
	{
		Provider{Name: "AKS", Ref: engine.Ref{Group: "authorization.azure.com", Kind: "RoleAssignment"}, grants: "Azure may give rights in it by role assignments, and has a local account of system:masters unless that was switched off"},
		"-aks", ".azmk8s.io",
		[]string{"kubernetes.azure.com/"},
	},
}

// providerOf tells by the version of a server or kubelet, -1 for none.
func providerOf(version string) int {
	return slices.IndexFunc(providers[:], func(p known) bool { return strings.Contains(version, p.version) })
}

// nodeProvider is which of them a node is of, -1 for none.
type nodeProvider struct {
	at     int
	digest engine.Digest
}

var nodeProviders = engine.NewExtract(func(n engine.Typed[corev1.Node]) nodeProvider {
	if at := providerOf(n.Value.Status.NodeInfo.KubeletVersion); at >= 0 {
		return nodeProvider{at, n.Digest}
	}
	return nodeProvider{slices.IndexFunc(providers[:], func(p known) bool {
		return slices.ContainsFunc(slices.Collect(maps.Keys(n.Value.Labels)), func(label string) bool {
			return slices.ContainsFunc(p.labels, func(prefix string) bool { return strings.HasPrefix(label, prefix) })
		})
	}), n.Digest}
}, func(a, b nodeProvider) bool { return a == b })

var providerOfView = engine.NewSurvey(func(v *engine.View, _ *Provider) *Provider {
	target := v.Target()
	if strings.HasPrefix(target.ID, "manifests:") && !target.Provisional {
		return nil
	}
	if at := providerOf(target.ServerVersion); at >= 0 {
		return &providers[at].Provider
	}
	for i, p := range providers {
		if strings.Contains(target.Endpoint, p.endpoint) {
			return &providers[i].Provider
		}
	}
	for _, n := range nodeProviders.Of(v, ProviderKind) {
		if n.at >= 0 {
			p := providers[n.at].Provider
			p.Digest = n.digest
			return &p
		}
	}
	if own := strings.ContainsAny(target.ServerVersion, "+-"); own || v.Saw(ProviderKind) {
		return nil // another maker's build, or none of the nodes is a provider's
	}
	return &Provider{Ref: engine.Ref{Kind: ProviderKind.Kind}}
}, func(a, b *Provider) bool { return a == b || a != nil && b != nil && *a == *b })

// ProviderOf tells who grants rights beside the roles of a cluster, by what its server and
// its nodes say; nil where nobody does, as in files. Where that cannot be told it is one
// whose Name is "".
func ProviderOf(v *engine.View) *Provider { return providerOfView.Of(v) }

// String is a sentence about what a provider grants and the cluster does not show.
func (p Provider) String() string {
	if p.Name == "" {
		return "Nodes were not all seen: whether the cluster is one of EKS, GKE or AKS, where the provider grants rights beside the roles, is not known"
	}
	return fmt.Sprintf("The cluster is one of %s: %s. To whom, it does not show", p.Name, p.grants)
}
