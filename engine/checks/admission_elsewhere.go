package checks

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

var (
	gatekeeperProviderKind = engine.Kind{Group: "externaldata.gatekeeper.sh", Kind: "Provider"}
	openshiftImagesKind    = engine.Kind{Group: "config.openshift.io", Kind: "ClusterImagePolicy"}
	openshiftImageKind     = engine.Kind{Group: "config.openshift.io", Kind: "ImagePolicy"}
)

// elsewhereKinds are kinds that say that images may be verified by what is not read.
func elsewhereKinds() []engine.Kind {
	return []engine.Kind{constraintTemplateKind, gatekeeperProviderKind, openshiftImagesKind, openshiftImageKind}
}

// otherVerifiers are verifiers whose policies are not collected, by a part of the
// name of their webhooks or of the service behind them.
var otherVerifiers = []struct{ part, name string }{
	{"connaisseur", "Connaisseur"},
	{"portieris", "Portieris"},
	{"kubewarden", "Kubewarden"},
	{"cosigned.sigstore.dev", "Sigstore's cosigned"},
	{"enforcer.chainguard.dev", "Chainguard Enforce"},
	{"stackrox", "StackRox"},
	{"neuvector", "NeuVector"},
	{"aquasec", "Aqua"},
	{"twistlock", "Prisma Cloud"},
	{"sysdig", "Sysdig"},
	{"falcon-kac", "CrowdStrike"},
	{"wiz-admission", "Wiz"},
	{"trendmicro", "Trend Micro"},
	{"anchore", "Anchore"},
}

// verifiedElsewhere says what may verify images besides the policies that are read,
// "" if there is no sign of any.
func verifiedElsewhere(v *engine.View) string {
	for _, h := range webhooks(v) {
		for _, other := range otherVerifiers {
			if strings.Contains(h.name, other.part) {
				return "a webhook of " + other.name + " may verify them by settings that are not collected"
			}
		}
	}
	for _, t := range engine.All[metav1.PartialObjectMetadata](v, constraintTemplateKind) {
		if strings.Contains(strings.ToLower(t.Ref.Name), "ratify") {
			return "Ratify may verify them behind Gatekeeper, by constraints whose rules are not read"
		}
	}
	for _, o := range v.Objects(gatekeeperProviderKind) {
		return "Gatekeeper asks " + brief(o.Ref.Name) + ", which may verify them, by constraints whose rules are not read"
	}
	for _, w := range workloads(v) {
		if w.asksImagePolicy {
			return "the API server asks an ImagePolicyWebhook, whose settings are a file on its node"
		}
	}
	for _, n := range engine.All[corev1.Node](v, nodeKind) {
		if strings.HasPrefix(n.Value.Spec.ProviderID, "gce://") {
			return "Binary Authorization may verify them on Google's side"
		}
	}
	for _, kind := range append(verifyingKinds(), elsewhereKinds()...) {
		if v.Hidden(kind) {
			return "what may be a " + kind.Kind + " could not be seen"
		}
	}
	return ""
}

// verifiedByNodes says which image policy of OpenShift may verify images of a namespace on
// its nodes, "" if there is none. The one that comes with it is of its own releases.
func verifiedByNodes(v *engine.View, n *namespace) string {
	for _, kind := range []engine.Kind{openshiftImagesKind, openshiftImageKind} {
		for _, o := range v.Objects(kind) {
			if kind == openshiftImagesKind && o.Ref.Name != "openshift" || kind == openshiftImageKind && o.Ref.Namespace == n.ref.Name {
				return "nodes may verify them when they pull them, by " + kind.Kind + " " + brief(o.Ref.Name)
			}
		}
	}
	return ""
}
