package checks

import (
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"

	"tickmark/engine"
)

// Check namespaces-enforce-pod-security.
//
// Passes for a namespace whose label pod-security.kubernetes.io/enforce names
// baseline or restricted. Fails where it names privileged or no level there is,
// or is not there; Unknown instead where the cluster holds admission policies of
// another kind (Kyverno's, Gatekeeper's, a ValidatingAdmissionPolicy that is bound),
// which may enforce the same and are not read here, or where such could not all be seen.
// What a namespace audits or warns of is said. A default or an exemption in the API server's own configuration is not
// seen.
func namespacesEnforcePodSecurity() check {
	return check{
		id: "namespaces-enforce-pod-security", version: 2, needs: []engine.Kind{namespaceKind}, looks: otherAdmission(),
		eval: func(v *engine.View) []engine.Detail {
			var details []engine.Detail
			others, unseen := 0, ""
			for _, kind := range otherAdmission() {
				if others += len(v.Objects(kind)); v.Hidden(kind) {
					unseen = kind.String()
				}
			}
			for _, n := range engine.All[corev1.Namespace](v, namespaceKind) {
				f := judgeEnforcement(n.Value.Labels)
				f.sentence += alsoSaid(n.Value.Labels)
				switch {
				case f.verdict != engine.Fail:
				case others > 0:
					f.verdict = engine.Unknown
					f.sentence += "; the cluster holds other admission policies (" + strconv.Itoa(others) + "), which may enforce the same"
				case unseen != "":
					f.verdict = engine.Unknown
					f.sentence += "; whether other admission policies enforce the same was not seen: " + unseen + " objects could not all be"
				}
				details = append(details, f.of(n.Ref, n.Digest))
			}
			return details
		},
	}
}

// otherAdmission are the kinds with which others say which pods are let in.
func otherAdmission() []engine.Kind {
	return []engine.Kind{
		{Group: "admissionregistration.k8s.io", Kind: "ValidatingAdmissionPolicyBinding"},
		{Group: "kyverno.io", Kind: "ClusterPolicy"},
		{Group: "kyverno.io", Kind: "Policy"},
		{Group: "policies.kyverno.io", Kind: "ValidatingPolicy"},
		{Group: "templates.gatekeeper.sh", Kind: "ConstraintTemplate"},
	}
}

// alsoSaid names the levels of which a namespace writes an audit entry or a warning,
// neither of which keeps a pod out.
func alsoSaid(labels map[string]string) string {
	said := ""
	for _, l := range []struct{ label, does string }{{api.AuditLevelLabel, "audits"}, {api.WarnLevelLabel, "warns of"}} {
		if level := labels[l.label]; level != "" {
			said += fmt.Sprintf("; it only %s what is below %q", l.does, level)
		}
	}
	return said
}

func judgeEnforcement(labels map[string]string) finding {
	field := "metadata.labels[" + api.EnforceLevelLabel + "]"
	value, labelled := labels[api.EnforceLevelLabel]
	if !labelled {
		return fails(field, nil, "It names no Pod Security level to enforce")
	}
	level, err := api.ParseLevel(value)
	if err != nil {
		return fails(field, value, "The Pod Security level %q is none that Kubernetes knows", value)
	}
	if level == api.LevelPrivileged {
		return fails(field, value, "It enforces the level privileged, which allows everything")
	}
	version, pinned := labels[api.EnforceVersionLabel]
	if _, err := api.ParseVersion(version); pinned && err != nil {
		return fails("metadata.labels["+api.EnforceVersionLabel+"]", version, "The Pod Security version %q is none that Kubernetes knows", version)
	}
	if pinned {
		return passes(field, value, "It enforces the Pod Security level %s in version %s", value, version)
	}
	return passes(field, value, "It enforces the Pod Security level %s", value)
}
