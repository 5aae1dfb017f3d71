package checks

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

// Checks containers-keep-no-capabilities and containers-add-no-capabilities.
//
// The first fails for a container, init and ephemeral ones included, that keeps a
// capability of Linux other than NET_BIND_SERVICE once what it drops is taken from
// what container runtimes give by default and what it adds is put there. A list of
// dropped ones that leaves none is as good as ALL. The second fails for one that
// adds what the runtimes do not give by default. A privileged container holds all
// of them, whatever it says, and fails both. NotApplicable on Windows.

func containersKeepNoCapabilities() check {
	return check{id: "containers-keep-no-capabilities", version: 2, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perContainer(v, judgeKept)
	}}
}

func containersAddNoCapabilities() check {
	return check{id: "containers-add-no-capabilities", version: 2, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perContainer(v, judgeAdded)
	}}
}

// byDefault is what containerd and Docker give a container that asks for nothing;
// CRI-O gives fewer.
var byDefault = []string{
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID",
	"SETPCAP", "SETUID", "SYS_CHROOT",
}

// harmless lets a process listen below port 1024, which the restricted standard
// allows.
const harmless = "NET_BIND_SERVICE"

const allCapabilities = "ALL"

// spelled writes capabilities in capitals: runtimes read them in any case.
func spelled(capabilities []corev1.Capability) []string {
	names := make([]string, len(capabilities))
	for i, c := range capabilities {
		names[i] = strings.ToUpper(string(c))
	}
	return names
}

// bare takes off what a name of a capability should not have: a space, and the kernel's
// prefix, which CRI-O reads and containerd puts before it once more. What is added
// counts either way; what is dropped counts only as every runtime reads it.
func bare(names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = strings.TrimPrefix(strings.TrimSpace(name), "CAP_")
	}
	return all
}

// held is what a container adds and drops, and what it keeps of it.
type held struct{ added, dropped, kept []string }

func capabilitiesOf(c container) held {
	var of held
	if c.SecurityContext == nil || c.SecurityContext.Capabilities == nil {
		of.kept = byDefault
		return of
	}
	of.added, of.dropped = bare(spelled(c.SecurityContext.Capabilities.Add)), spelled(c.SecurityContext.Capabilities.Drop)
	if !slices.Contains(of.dropped, allCapabilities) {
		for _, name := range byDefault {
			if !slices.Contains(of.dropped, name) {
				of.kept = append(of.kept, name)
			}
		}
	}
	for _, name := range of.added {
		if !slices.Contains(of.kept, name) {
			of.kept = append(of.kept, name)
		}
	}
	return of
}

func privileged(c container) bool {
	return c.SecurityContext != nil && c.SecurityContext.Privileged != nil && *c.SecurityContext.Privileged
}

func judgeKept(w workload, c container) finding {
	field := c.at("securityContext.capabilities.drop")
	if w.windows() {
		return notApplicable(field, nil, "Container %s runs on Windows, which has no capabilities", c.Name)
	}
	if privileged(c) {
		return fails(c.at("securityContext.privileged"), true, "Container %s is privileged and holds every capability, whatever it drops", c.Name)
	}
	of := capabilitiesOf(c)
	kept := slices.DeleteFunc(slices.Clone(of.kept), func(name string) bool { return name == harmless })
	switch {
	case len(kept) > 0 && len(of.dropped) == 0 && len(of.added) == 0:
		return fails(field, nil, "Container %s drops no capability and keeps all that the runtime gives", c.Name)
	case len(kept) > 0:
		return fails(field, of.dropped, "Container %s keeps the capabilities: %s", c.Name, list(kept))
	case len(of.kept) > 0:
		return passes(field, of.dropped, "Container %s keeps no capability but %s", c.Name, harmless)
	}
	return passes(field, of.dropped, "Container %s keeps no capability", c.Name)
}

func judgeAdded(w workload, c container) finding {
	field := c.at("securityContext.capabilities.add")
	if w.windows() {
		return notApplicable(field, nil, "Container %s runs on Windows, which has no capabilities", c.Name)
	}
	if privileged(c) {
		return fails(c.at("securityContext.privileged"), true, "Container %s is privileged and holds every capability, whatever it adds", c.Name)
	}
	added := capabilitiesOf(c).added
	beyond := slices.DeleteFunc(slices.Clone(added), func(name string) bool { return slices.Contains(byDefault, name) })
	switch {
	case len(beyond) > 0:
		return fails(field, added, "Container %s adds capabilities that runtimes do not give by default: %s", c.Name, list(beyond))
	case len(added) > 0:
		return passes(field, added, "Container %s adds only capabilities that runtimes give by default: %s", c.Name, list(added))
	}
	return passes(field, nil, "Container %s adds no capability", c.Name)
}
