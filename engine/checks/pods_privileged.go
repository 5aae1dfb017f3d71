package checks

import (
	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

// Check containers-not-privileged.
//
// Fails for a container, init and ephemeral ones included, that is privileged,
// and for a Windows HostProcess container (its own option, else its pod's), which
// is the same on Windows. Passes for all others: privileged is false where it is
// left out.
func containersNotPrivileged() check {
	return check{id: "containers-not-privileged", version: 1, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perContainer(v, judgePrivileged)
	}}
}

func judgePrivileged(w workload, c container) finding {
	field := c.at("securityContext.privileged")
	hostProcess, hostField := effective(w, c, "windowsOptions.hostProcess",
		func(s *corev1.PodSecurityContext) *bool { return hostProcess(s.WindowsOptions) },
		func(s *corev1.SecurityContext) *bool { return hostProcess(s.WindowsOptions) })
	switch {
	case c.SecurityContext != nil && c.SecurityContext.Privileged != nil && *c.SecurityContext.Privileged:
		return fails(field, true, "Container %s is privileged: it is root on its node", c.Name)
	case hostProcess != nil && *hostProcess:
		return fails(hostField, true, "Container %s is a Windows HostProcess container: it runs on its node", c.Name)
	case c.SecurityContext != nil && c.SecurityContext.Privileged != nil:
		return passes(field, false, "Container %s is not privileged", c.Name)
	}
	return passes(field, nil, "Container %s is not privileged: the field is left out", c.Name)
}

func hostProcess(o *corev1.WindowsSecurityContextOptions) *bool {
	if o == nil {
		return nil
	}
	return o.HostProcess
}
