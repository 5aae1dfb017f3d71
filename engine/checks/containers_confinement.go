package checks

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

// Checks containers-have-seccomp-profile and containers-keep-access-control.
//
// The first passes for a container whose seccomp profile, its own or its pod's, is
// RuntimeDefault or a file of its node; what such a file allows is not seen. Fails
// for Unconfined, for a privileged container, which no profile holds, and where
// none is named: then the container is unconfined unless the kubelet's
// configuration gives it one, which an object does not show. The annotations of
// before version 1.19 are not read since 1.27 and count as nothing.
//
// The second fails for a container that switches AppArmor off (its profile, its
// annotation or its pod's profile says Unconfined), that names a profile of no known
// kind, that takes an SELinux type which confines nothing much, or that is privileged.
// Passes for all others: where nothing is said the runtime's own profile holds, on
// nodes that have AppArmor or SELinux at all, which a pod does not show.
//
// Both are NotApplicable on Windows.

func containersHaveSeccompProfile() check {
	return check{id: "containers-have-seccomp-profile", version: 3, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perContainer(v, judgeSeccomp)
	}}
}

func containersKeepAccessControl() check {
	return check{id: "containers-keep-access-control", version: 3, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perContainer(v, judgeAccessControl)
	}}
}

func judgeSeccomp(w workload, c container) finding {
	if w.windows() {
		return notApplicable(c.at("securityContext.seccompProfile"), nil, "Container %s runs on Windows, which has no seccomp", c.Name)
	}
	if privileged(c) {
		return fails(c.at("securityContext.privileged"), true, "Container %s is privileged: no seccomp profile holds it", c.Name)
	}
	profile, field := effective(w, c, "seccompProfile",
		func(s *corev1.PodSecurityContext) *corev1.SeccompProfile { return s.SeccompProfile },
		func(s *corev1.SecurityContext) *corev1.SeccompProfile { return s.SeccompProfile })
	if profile == nil {
		return withoutSeccomp(w, c)
	}
	field += ".type"
	switch profile.Type {
	case corev1.SeccompProfileTypeRuntimeDefault:
		return passes(field, profile.Type, "Container %s has the runtime's default seccomp profile", c.Name)
	case corev1.SeccompProfileTypeLocalhost:
		file := ""
		if profile.LocalhostProfile != nil {
			file = *profile.LocalhostProfile
		}
		if file == "" {
			return fails(field, profile.Type, "Container %s names a seccomp profile of its node and no file: no server takes it", c.Name)
		}
		return passes(field, profile.Type, "Container %s has a seccomp profile of its node, file %q; what it allows is not seen", c.Name, file)
	case corev1.SeccompProfileTypeUnconfined:
		return fails(field, profile.Type, "Container %s has no seccomp profile: it says Unconfined", c.Name)
	}
	return fails(field, profile.Type, "Container %s names a kind of seccomp profile that Kubernetes does not know", c.Name)
}

func withoutSeccomp(w workload, c container) finding {
	for _, key := range []string{"container.seccomp.security.alpha.kubernetes.io/" + c.Name, "seccomp.security.alpha.kubernetes.io/pod"} {
		if value, there := w.meta.Annotations.Lookup(key); there {
			return fails(c.at("securityContext.seccompProfile"), nil,
				"Container %s names a seccomp profile in the annotation %s alone (%q), which Kubernetes does not read since 1.27", c.Name, key, value)
		}
	}
	return fails(c.at("securityContext.seccompProfile"), nil,
		"Container %s names no seccomp profile, nor does its pod: it is unconfined unless the kubelet's seccompDefault gives it one", c.Name)
}

// confining are the SELinux types that the Pod Security Standards allow.
var confining = []string{"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}

func judgeAccessControl(w workload, c container) finding {
	field := c.at("securityContext")
	if w.windows() {
		return notApplicable(field, nil, "Container %s runs on Windows, which has neither AppArmor nor SELinux", c.Name)
	}
	if privileged(c) {
		return fails(c.at("securityContext.privileged"), true, "Container %s is privileged: neither AppArmor nor SELinux holds it", c.Name)
	}
	options, at := effective(w, c, "seLinuxOptions",
		func(s *corev1.PodSecurityContext) *corev1.SELinuxOptions { return s.SELinuxOptions },
		func(s *corev1.SecurityContext) *corev1.SELinuxOptions { return s.SELinuxOptions })
	if options != nil && !slices.Contains(confining, options.Type) {
		return fails(at+".type", options.Type, "Container %s takes the SELinux type %q, which is none of those that confine a container", c.Name, options.Type)
	}
	if options != nil && (options.User != "" || options.Role != "") {
		return fails(at, options, "Container %s takes an SELinux user or role of its own", c.Name)
	}
	return judgeAppArmor(w, c)
}

// judgeAppArmor reads the profile as the API server does: the container's own field,
// then its annotation, which the server makes a field of the container, then the pod's.
func judgeAppArmor(w workload, c container) finding {
	if c.SecurityContext == nil || c.SecurityContext.AppArmorProfile == nil {
		if f, said := judgeAppArmorAnnotation(w, c); said {
			return f
		}
	}
	profile, field := effective(w, c, "appArmorProfile",
		func(s *corev1.PodSecurityContext) *corev1.AppArmorProfile { return s.AppArmorProfile },
		func(s *corev1.SecurityContext) *corev1.AppArmorProfile { return s.AppArmorProfile })
	if profile == nil {
		return passes(c.at("securityContext"), nil, "Container %s switches neither AppArmor nor SELinux off", c.Name)
	}
	switch profile.Type {
	case corev1.AppArmorProfileTypeUnconfined:
		return fails(field+".type", profile.Type, "Container %s switches AppArmor off", c.Name)
	case corev1.AppArmorProfileTypeRuntimeDefault, corev1.AppArmorProfileTypeLocalhost:
		return passes(field+".type", profile.Type, "Container %s keeps AppArmor: its profile is %s", c.Name, profile.Type)
	}
	return fails(field+".type", profile.Type, "Container %s names a kind of AppArmor profile that Kubernetes does not know", c.Name)
}

// judgeAppArmorAnnotation judges the annotation for a container; an empty one says nothing.
func judgeAppArmorAnnotation(w workload, c container) (f finding, said bool) {
	key := corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix + c.Name
	value, field := w.meta.Annotations.Get(key), w.metadata("annotations["+key+"]")
	switch {
	case value == "":
		return finding{}, false
	case value == corev1.DeprecatedAppArmorBetaProfileNameUnconfined:
		return fails(field, value, "Container %s switches AppArmor off by an annotation of its pod", c.Name), true
	case value != corev1.DeprecatedAppArmorBetaProfileRuntimeDefault && !strings.HasPrefix(value, corev1.DeprecatedAppArmorBetaProfileNamePrefix):
		return fails(field, value, "Container %s names in an annotation of its pod an AppArmor profile that Kubernetes does not know", c.Name), true
	}
	return passes(field, value, "Container %s keeps AppArmor: an annotation of its pod names the profile %q", c.Name, value), true
}
