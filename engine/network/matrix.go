package network

// Outside is how a Matrix names what is outside the cluster: no namespace is called so.
const Outside = "outside the cluster"

// Matrix is who can reach whom, namespace by namespace, with what is outside the
// cluster last.
type Matrix struct {
	Spaces []string
	Cells  [][]Cell // from, to
}

// Cell is what the workloads of one namespace may send to those of another.
type Cell struct {
	Pairs    int // of workloads; outside counts as one
	Allowed  int // of which something is allowed
	Possible int // of which something cannot be excluded
	Split    int // of which IPv4 and IPv6 let through different things
	Ports    Ports
	Unsure   Ports // Ports and what cannot be excluded
}

// alike is workloads of one namespace that no policy tells apart.
type alike struct {
	space int
	first int // the number of the first of them
	count int
}

// Matrix adds the connections up by namespace.
func (a *Analysis) Matrix() Matrix {
	m, groups := a.spaces()
	outside := len(m.Spaces)
	m.Spaces = append(m.Spaces, Outside)
	m.Cells = make([][]Cell, len(m.Spaces))
	for i := range m.Cells {
		m.Cells[i] = make([]Cell, len(m.Spaces))
	}
	for _, from := range groups {
		for _, to := range groups {
			pairs := from.count * to.count
			if from == to {
				pairs -= from.count
			}
			if pairs > 0 {
				cell := &m.Cells[from.space][to.space]
				if a.count(cell, pairs, a.pair(from.first, to.first)); a.split {
					if _, _, differ := a.differ(from.first, to.first); differ {
						cell.Split += pairs
					}
				}
			}
		}
		a.count(&m.Cells[outside][from.space], from.count, a.anyBeyond(from.first, Ingress))
		a.count(&m.Cells[from.space][outside], from.count, a.anyBeyond(from.first, Egress))
	}
	return m
}

// spaces returns the namespaces in order, and their workloads in groups.
func (a *Analysis) spaces() (m Matrix, groups []*alike) {
	known := make([]*alike, len(a.groups))
	for i, w := range a.running.workloads {
		if n := len(m.Spaces); n == 0 || m.Spaces[n-1] != w.Ref.Namespace {
			m.Spaces = append(m.Spaces, w.Ref.Namespace)
		}
		key := a.groupOf[i]
		if g := known[key]; g != nil {
			g.count++
			continue
		}
		known[key] = &alike{space: len(m.Spaces) - 1, first: i, count: 1}
		groups = append(groups, known[key])
	}
	return m, groups
}

// anyBeyond returns what a workload may exchange with any address outside.
func (a *Analysis) anyBeyond(workload int, d Direction) answer {
	var sum answer
	for part, r := range a.outside[d] {
		if r.From.Is4() || a.twoFold {
			sum = a.join(sum, a.beyond(workload, d, part))
		}
	}
	return sum
}

func (a *Analysis) count(c *Cell, pairs int, of answer) {
	c.Pairs += pairs
	if of.allowed != noPorts {
		c.Allowed += pairs
	}
	if of.possible != noPorts {
		c.Possible += pairs
	}
	c.Ports = a.ports.sets[a.ports.union(a.ports.add(c.Ports), of.allowed)]
	c.Unsure = a.ports.sets[a.ports.union(a.ports.add(c.Unsure), of.possible)]
}
