package network

import (
	"cmp"
	"slices"
	"strings"

	"tickmark/engine"
)

// Arrow is what passes between a namespace outside a zone and a workload in it, as a
// picture of the zone shows it.
type Arrow struct {
	Space     string // a namespace, Outside, or a controller in front
	Workload  Workload
	Direction Direction // Ingress: into the zone
	Allowed   Ports
	Possible  Ports
	// Undeclared are the ports of Allowed that nobody declared as needed.
	Undeclared Ports
}

// Ends returns the names of where the arrow begins and of where it points.
func (a Arrow) Ends() (from, to string) {
	if a.Direction == Egress {
		return a.Workload.String(), a.Space
	}
	return a.Space, a.Workload.String()
}

// Arrows returns what crosses the edge of a zone, in the order of workloads, directions
// and namespaces. Peers on the network of a node are left out, as no policy is certain
// to hold them.
func (a *Analysis) Arrows(inZone func(namespace string) bool, declared []engine.Declaration) []Arrow {
	var all []Arrow
	for _, d := range [...]Direction{Ingress, Egress} {
		e := a.edgeOf(inZone, d, declared)
		for i, w := range a.running.workloads {
			if !e.inside(i) {
				continue
			}
			sums := map[string]*Arrow{}
			e.each(a.running.end(i), func(o *outer, of, beyond answer) {
				s := sums[o.space]
				if s == nil {
					s = &Arrow{Space: o.space, Workload: w, Direction: d}
					sums[o.space] = s
				}
				s.Allowed = s.Allowed.union(a.ports.sets[of.allowed])
				s.Possible = s.Possible.union(a.ports.sets[of.possible])
				s.Undeclared = s.Undeclared.union(a.ports.sets[beyond.allowed])
			})
			for _, s := range sums {
				all = append(all, *s)
			}
		}
	}
	slices.SortFunc(all, func(x, y Arrow) int {
		return cmp.Or(strings.Compare(x.Workload.String(), y.Workload.String()), cmp.Compare(x.Direction, y.Direction), strings.Compare(x.Space, y.Space))
	})
	return all
}
