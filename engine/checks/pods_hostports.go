package checks

import (
	"strconv"

	"tickmark/engine"
)

// Check containers-without-host-ports.
//
// Fails for a container, init and ephemeral ones included, with a port that is
// opened on its node: one that names a hostPort, and every port it declares where
// its pod is on the node's network. Passes for all others. On the node's network a
// process listens on ports that it does not declare, too; pods-without-host-namespaces
// judges that.
func containersWithoutHostPorts() check {
	return check{id: "containers-without-host-ports", version: 1, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perContainer(v, judgeHostPorts)
	}}
}

func judgeHostPorts(w workload, c container) finding {
	var ports []string
	field := ""
	for i, p := range c.Ports {
		if p.HostPort == 0 {
			continue
		}
		if field == "" {
			field = c.at(index("ports", i))
		}
		ports = append(ports, strconv.Itoa(int(p.HostPort)))
	}
	switch {
	case len(ports) > 0 && w.spec.HostNetwork:
		return fails(field, ports, "Container %s opens on its node, whose network it uses, the ports: %s", c.Name, list(ports))
	case len(ports) > 0:
		return fails(field, ports, "Container %s opens on its node the ports: %s", c.Name, list(ports))
	}
	return passes(c.at("ports"), nil, "Container %s opens no port on its node", c.Name)
}
