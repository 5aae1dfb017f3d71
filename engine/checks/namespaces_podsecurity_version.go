package checks

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"tickmark/engine"
)

// Check pod-security-versions-current.
//
// Judges namespaces that enforce a Pod Security level (baseline or restricted).
// Passes for one that enforces it as the cluster's version has it, because it pins
// no version, or because no rule of that level has changed after the version that
// it pins, up to the server's own. Fails for the others, and names the versions that
// brought a change. Unknown where rules changed and the server's version is not known,
// as of files: its own rules may be no newer than the pinned ones. NotApplicable to all
// other namespaces: namespaces-enforce-pod-security judges those.
func podSecurityVersionsCurrent() check {
	return check{
		id: "pod-security-versions-current", version: 2, needs: []engine.Kind{namespaceKind}, looks: serverOnly(),
		eval: func(v *engine.View) []engine.Detail {
			server, err := api.ParseVersion(minorOf(serverOf(v).says))
			if err != nil {
				server = api.LatestVersion()
			}
			var details []engine.Detail
			for _, n := range engine.All[corev1.Namespace](v, namespaceKind) {
				details = append(details, judgePin(n.Value.Labels, server).of(n.Ref, n.Digest))
			}
			return details
		},
	}
}

func judgePin(labels map[string]string, server api.Version) finding {
	field := "metadata.labels[" + api.EnforceVersionLabel + "]"
	level, err := api.ParseLevel(labels[api.EnforceLevelLabel])
	if err != nil || level == api.LevelPrivileged {
		return notApplicable("metadata.labels["+api.EnforceLevelLabel+"]", nil, "It enforces no Pod Security level that bounds anything")
	}
	value, labelled := labels[api.EnforceVersionLabel]
	if !labelled {
		return passes(field, nil, "It enforces the level %s in the cluster's own version: none is pinned", level)
	}
	version, err := api.ParseVersion(value)
	if err != nil {
		return fails(field, value, "It pins the Pod Security version %q, which Kubernetes does not know", value)
	}
	changed := changesAfter(level, version, server)
	if len(changed) > 0 && server.Latest() {
		return unknown(field, value, "It enforces the level %s as it was in %s; its rules have changed in %s, and which version the cluster has is not known", level, value, list(changed))
	}
	if len(changed) > 0 {
		return fails(field, value, "It enforces the level %s as it was in %s; its rules have changed since, in: %s", level, value, list(changed))
	}
	return passes(field, value, "It enforces the level %s as it was in %s, and its rules have not changed since", level, value)
}

// changesAfter names the versions after one, up to another, in which a rule of a
// level changed.
func changesAfter(level api.Level, after, upTo api.Version) []string {
	var versions []api.Version
	for _, c := range policy.DefaultChecks() {
		for _, v := range c.Versions {
			concerns := c.Level == level || c.Level == api.LevelBaseline
			if concerns && after.Older(v.MinimumVersion) && !upTo.Older(v.MinimumVersion) && !slices.Contains(versions, v.MinimumVersion) {
				versions = append(versions, v.MinimumVersion)
			}
		}
	}
	slices.SortFunc(versions, func(a, b api.Version) int {
		if a.Older(b) {
			return -1
		}
		return 1
	})
	var names []string
	for _, v := range versions {
		names = append(names, v.String())
	}
	return names
}

// minorOf cuts a server's version such as v1.36.3-gke.1 to its minor release.
func minorOf(version string) string {
	dots := 0
	for i, c := range version {
		switch {
		case c == '.':
			dots++
		case (c < '0' || c > '9') && i > 0:
			dots = 2
		}
		if dots == 2 {
			return version[:i]
		}
	}
	return version
}
