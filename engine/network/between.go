package network

import (
	"iter"
	"slices"
	"strings"
)

// Peer is one end of connections as lists and pictures name it.
type Peer struct {
	Space string // its namespace, Outside, or the controller in front
	Name  string // "pay/api[Deployment]", a range of addresses, or the controller in front
}

func (a *Analysis) peerOf(e end) Peer {
	switch {
	case e.workload >= 0:
		return Peer{a.running.workloads[e.workload].Ref.Namespace, e.name}
	case strings.HasPrefix(e.name, "{"):
		return Peer{e.name, e.name}
	}
	return Peer{Outside, e.name}
}

// Between returns the connections between chosen peers that are possible, in the order
// of their ends, those of the controllers in front last.
func (a *Analysis) Between(from, to func(Peer) bool) iter.Seq[Connection] {
	chosen := func(all []end, choose func(Peer) bool) []end {
		return slices.DeleteFunc(all, func(e end) bool { return !choose(a.peerOf(e)) })
	}
	return func(yield func(Connection) bool) {
		destinations := chosen(a.ends(Egress), to)
		for _, source := range chosen(a.ends(Ingress), from) {
			for _, destination := range destinations {
				of, is := a.ofEnds(source, destination)
				if !is || of.possible == noPorts {
					continue
				}
				c := a.connection(source.name, destination.name, of)
				if c.Families = a.families(source, destination); !yield(c) {
					return
				}
			}
		}
		for _, c := range a.fromControllers() {
			namespace, _, _ := strings.Cut(c.To, "/")
			if from(Peer{c.From, c.From}) && to(Peer{namespace, c.To}) && !yield(c) {
				return
			}
		}
	}
}

// Undenied returns in which namespaces with workloads nothing denies by default, in the
// order of their names.
func (a *Analysis) Undenied() []Undenied {
	all := []Undenied{}
	last := ""
	for i, w := range a.running.workloads {
		if i > 0 && w.Ref.Namespace == last {
			continue
		}
		last = w.Ref.Namespace
		all = append(all, a.undenied(last, nil)...)
	}
	return all
}

// Merged adds the spaces of a matrix up under the names that of gives them, in the order
// of names. A namespace that of gives none of them is left out; what is outside stays
// last.
func (m Matrix) Merged(names []string, of func(space string) string) Matrix {
	all := Matrix{Spaces: append(slices.Clone(names), Outside)}
	for range all.Spaces {
		all.Cells = append(all.Cells, make([]Cell, len(all.Spaces)))
	}
	at := make([]int, len(m.Spaces))
	for i, space := range m.Spaces {
		at[i] = len(names)
		if i < len(m.Spaces)-1 {
			at[i] = slices.Index(names, of(space))
		}
	}
	for i, row := range m.Cells {
		for j, c := range row {
			if at[i] >= 0 && at[j] >= 0 {
				sum := &all.Cells[at[i]][at[j]]
				*sum = Cell{
					Pairs: sum.Pairs + c.Pairs, Allowed: sum.Allowed + c.Allowed, Possible: sum.Possible + c.Possible, Split: sum.Split + c.Split,
					Ports: sum.Ports.union(c.Ports), Unsure: sum.Unsure.union(c.Unsure),
				}
			}
		}
	}
	return all
}
