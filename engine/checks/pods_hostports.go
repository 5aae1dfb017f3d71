package checks

import (
	"strconv"

	"tickmark/engine"
)

// Check containers-without-host-ports.
//
// Fails for a container, init and ephemeral ones included, with a port that is
// opened on its node: one that names a hostPort, and every port it declares where
// its pod is on the node's network. Unknown for one there that declares none, since a
// process listens on ports that it does not declare, too. Passes for all others.
func containersWithoutHostPorts() check {
	return check{id: "containers-without-host-ports", version: 2, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
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
	if w.spec.HostNetwork {
		return unknown(c.at("ports"), nil, "Container %s uses the network of its node and declares no port: which it opens there cannot be told", c.Name)
	}
	return passes(c.at("ports"), nil, "Container %s opens no port on its node", c.Name)
}
