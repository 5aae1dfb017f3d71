package checks

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

// Check pods-run-as-non-root.
//
// Judges every container, init and ephemeral ones included, by what holds for it
// after its own security context has been laid over its pod's:
//   - fails if it runs as user 0, even with runAsNonRoot, since the two
//     contradict each other;
//   - passes if it runs as another user, or if runAsNonRoot is true, because the
//     kubelet then starts no image that would run as root;
//   - fails otherwise: the image decides.
//
// On Windows user numbers mean nothing: passes with runAsNonRoot alone, and fails
// for ContainerAdministrator. A user namespace (hostUsers: false) is no pass: the
// process is still root in its container.
func podsRunAsNonRoot() check {
	return check{id: "pods-run-as-non-root", version: 3, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perContainer(v, judgeNonRoot)
	}}
}

func judgeNonRoot(w workload, c container) finding {
	nonRoot, nonRootField := effective(w, c, "runAsNonRoot",
		func(s *corev1.PodSecurityContext) *bool { return s.RunAsNonRoot }, func(s *corev1.SecurityContext) *bool { return s.RunAsNonRoot })
	user, userField := effective(w, c, "runAsUser",
		func(s *corev1.PodSecurityContext) *int64 { return s.RunAsUser }, func(s *corev1.SecurityContext) *int64 { return s.RunAsUser })
	// The name counts wherever it stands: nothing may say that a pod is for Windows.
	name, nameField := effective(w, c, "windowsOptions.runAsUserName", podUserName, containerUserName)
	if name != nil && administers(*name) {
		return fails(nameField, *name, "Container %s runs as the administrator of its Windows container", c.Name)
	}
	if w.windows() {
		user = nil
	}
	switch {
	case user != nil && *user < 0:
		return fails(userField, *user, "Container %s runs as user %d, which is no user", c.Name, *user)
	case user != nil && *user == 0:
		return fails(userField, *user, "Container %s runs as user 0, root", c.Name)
	case user != nil:
		return passes(userField, *user, "Container %s runs as user %d", c.Name, *user)
	case nonRoot != nil && *nonRoot:
		return passes(nonRootField, true, "Container %s is not started as root: runAsNonRoot is true", c.Name)
	case nonRoot != nil:
		return fails(nonRootField, false, "Container %s may run as root: runAsNonRoot is false", c.Name)
	case name != nil && w.windows():
		return fails(nameField, *name, "Container %s runs as the Windows user %s, and nothing keeps that from being an administrator: runAsNonRoot is left out", c.Name, *name)
	}
	return fails(c.at("securityContext.runAsNonRoot"), nil,
		"Container %s may run as root: neither it nor its pod sets runAsNonRoot or a user, so that the image decides", c.Name)
}

// administers reports whether a Windows user may do everything in its container.
func administers(user string) bool {
	_, name, qualified := strings.Cut(user, `\`)
	if !qualified {
		name = user
	}
	return slices.ContainsFunc([]string{"ContainerAdministrator", "Administrator", "SYSTEM"}, func(s string) bool { return strings.EqualFold(s, name) })
}

// effective returns what holds for a container of a field that its pod may set
// too, and where it stands; nil where neither sets it.
func effective[T any](
	w workload, c container, name string, ofPod func(*corev1.PodSecurityContext) *T, ofContainer func(*corev1.SecurityContext) *T,
) (*T, string) {
	if c.SecurityContext != nil {
		if v := ofContainer(c.SecurityContext); v != nil {
			return v, c.at("securityContext." + name)
		}
	}
	if w.spec.SecurityContext != nil {
		if v := ofPod(w.spec.SecurityContext); v != nil {
			return v, w.field("securityContext." + name)
		}
	}
	return nil, ""
}

func podUserName(s *corev1.PodSecurityContext) *string {
	if s.WindowsOptions == nil {
		return nil
	}
	return s.WindowsOptions.RunAsUserName
}

func containerUserName(s *corev1.SecurityContext) *string {
	if s.WindowsOptions == nil {
		return nil
	}
	return s.WindowsOptions.RunAsUserName
}
