package engine

import (
	"slices"
	"strings"
)

// FactGroup is the group of the documents that collectors write themselves: what a
// source says of itself, and how it answers.
const FactGroup = "tickmark"

// FactVersion is the apiVersion of these documents.
const FactVersion = FactGroup + "/v1"

// What is evidence of a cluster and no object of its API.
var (
	// ServerVersionKind is what the API server says of its build, named "api-server".
	ServerVersionKind = Kind{Group: FactGroup, Kind: "ServerVersion"}
	// AnonymousProbeKind is how the API server answered requests without credentials,
	// by status and media type alone, named "api-server".
	AnonymousProbeKind = Kind{Group: FactGroup, Kind: "AnonymousProbe"}
	// ConstraintKind stands for all constraints of Gatekeeper's, each of which is of a
	// kind that a template in the cluster makes.
	ConstraintKind = Kind{Group: "constraints.gatekeeper.sh", Kind: "*"}
	// KubeletConfigurationKind is what the kubelet of a node runs with, named as the
	// node. A file of this kind, which has no name, is what one would be started with.
	KubeletConfigurationKind = Kind{Group: "kubelet.config.k8s.io", Kind: "KubeletConfiguration"}
	// AuditPolicyKind and EncryptionConfigurationKind are files that an API server is
	// started with, named by where they lay: the steps of the path below what was read,
	// joined by colons. That one is there does not show that a server reads it.
	AuditPolicyKind             = Kind{Group: "audit.k8s.io", Kind: "Policy"}
	EncryptionConfigurationKind = Kind{Group: "apiserver.config.k8s.io", Kind: "EncryptionConfiguration"}
)

// SawNothing reports whether a snapshot holds not one object of its target, nor the
// answer that there is none: what the target said of itself is no object.
func (s Snapshot) SawNothing() bool {
	for _, e := range s.Entries {
		if e.Ref.Group != FactGroup {
			return false
		}
	}
	return !s.answered()
}

// answered reports whether a cluster that tells which one it is answered all that it was
// asked for, of which there may be nothing, or which it does not know. Files answer
// nothing: what is not in them may be elsewhere.
func (s Snapshot) answered() bool {
	refused := slices.ContainsFunc(s.Gaps, func(g Gap) bool { return g.Reason != NotInstalled && g.Reason != NotAsked })
	listed := slices.ContainsFunc(s.Populations, func(p Population) bool { return p.Complete && p.Kind != ServerVersionKind })
	unknown := slices.ContainsFunc(s.Gaps, func(g Gap) bool { return g.Reason == NotInstalled })
	return strings.HasPrefix(s.Target.ID, "k8s:") && !refused && (listed || unknown)
}
