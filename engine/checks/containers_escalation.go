package checks

import "tickmark/engine"

// Check containers-cannot-gain-privileges.
//
// Passes for a container, init and ephemeral ones included, with
// allowPrivilegeEscalation false: no process in it gains more than it started
// with, by a setuid program for one. Fails where the field is true or left out,
// which is the same, and for a privileged container or one that adds SYS_ADMIN,
// which the API server gives true whatever stands there. NotApplicable on Windows.
func containersCannotGainPrivileges() check {
	return check{id: "containers-cannot-gain-privileges", version: 2, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perContainer(v, judgeEscalation)
	}}
}

func judgeEscalation(w workload, c container) finding {
	field := c.at("securityContext.allowPrivilegeEscalation")
	var allowed *bool
	if c.SecurityContext != nil {
		allowed = c.SecurityContext.AllowPrivilegeEscalation
	}
	switch {
	case w.windows():
		return notApplicable(field, nil, "Container %s runs on Windows, where the field has no meaning", c.Name)
	case privileged(c):
		return fails(c.at("securityContext.privileged"), true, "Container %s is privileged, which allows its processes everything", c.Name)
	case administersKernel(c):
		return fails(c.at("securityContext.capabilities.add"), capabilitiesOf(c).added, "Container %s adds a capability with which its processes gain privileges", c.Name)
	case allowed == nil:
		return fails(field, nil, "Processes of container %s may gain privileges: allowPrivilegeEscalation is left out, which allows it", c.Name)
	case *allowed:
		return fails(field, true, "Processes of container %s may gain privileges: allowPrivilegeEscalation is true", c.Name)
	}
	return passes(field, false, "Processes of container %s gain no privileges", c.Name)
}

// administersKernel reports whether a container adds what is close to root on its node.
func administersKernel(c container) bool {
	for _, name := range capabilitiesOf(c).added {
		if name == "SYS_ADMIN" || name == allCapabilities {
			return true
		}
	}
	return false
}
