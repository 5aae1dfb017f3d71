package checks

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"

	"tickmark/engine"
)

// Check namespaces-enforce-pod-security.
//
// Passes for a namespace whose label pod-security.kubernetes.io/enforce names
// baseline or restricted. Fails where it names privileged or no level there is,
// or is not there. A default or an exemption in the API server's own
// configuration is not seen; neither are admission controllers of others.
func namespacesEnforcePodSecurity() check {
	return check{
		id: "namespaces-enforce-pod-security", version: 1, needs: []engine.Kind{namespaceKind},
		eval: func(v *engine.View) []engine.Detail {
			var details []engine.Detail
			for _, n := range engine.All[corev1.Namespace](v, namespaceKind) {
				details = append(details, judgeEnforcement(n.Value.Labels).of(n.Ref, n.Digest))
			}
			return details
		},
	}
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
