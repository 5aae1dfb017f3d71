package checks

import (
	"strings"

	"tickmark/engine"
)

// Check pods-without-host-namespaces.
//
// Fails for a workload whose pods share the process (hostPID), interprocess
// (hostIPC) or network (hostNetwork) namespace of their node. Passes for all
// others: each is false where it is left out.
func podsWithoutHostNamespaces() check {
	return check{id: "pods-without-host-namespaces", version: 1, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perPod(v, judgeHostNamespaces)
	}}
}

func judgeHostNamespaces(w workload) finding {
	var names, fields []string
	for _, n := range []struct {
		shared      bool
		name, field string
	}{
		{w.spec.HostNetwork, "network", "hostNetwork"},
		{w.spec.HostPID, "process", "hostPID"},
		{w.spec.HostIPC, "interprocess", "hostIPC"},
	} {
		if n.shared {
			names, fields = append(names, n.name), append(fields, n.field)
		}
	}
	if len(names) == 0 {
		return passes(w.path, nil, "It shares no namespace of its node: hostNetwork, hostPID and hostIPC are left out or false")
	}
	return fails(w.field(fields[0]), true, "It shares with its node the namespaces: %s (%s)", strings.Join(names, ", "), strings.Join(fields, ", "))
}
