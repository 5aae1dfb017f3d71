package network

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"path"
	"slices"

	"tickmark/engine"
)

// Crossing is what policies say of one workload of a zone and of all that is outside
// the zone, in one direction.
type Crossing struct {
	Workload  Workload
	Direction Direction // Ingress: into the zone
	// Peers counts who is outside and may exchange something with it. Those on the
	// network of a node are not among them, as no policy is certain to hold them.
	Peers int
	// Undeclared are the connections of which more is allowed than was declared, and
	// Unsure those of which more is possible: the first of them in the order of their
	// names, and how many there are.
	Undeclared, Unsure []Connection
	UndeclaredCount    int
	UnsureCount        int
}

// mostNamed is how many connections of a Crossing are named.
const mostNamed = 5

// Crossings holds what was declared against what the policies allow over the edge of a
// zone: for each workload in it, in the order of their names.
func (a *Analysis) Crossings(inZone func(namespace string) bool, d Direction, declared []engine.Declaration) []Crossing {
	e := a.edgeOf(inZone, d, declared)
	var all []Crossing
	for i := range a.running.workloads {
		if e.inside(i) {
			all = append(all, e.holdAll(a.running.end(i)))
		}
	}
	return all
}

// edge is the outside of a zone as one direction meets it.
type edge struct {
	*Analysis
	inside    func(workload int) bool
	direction Direction
	declared  []engine.Declaration
	ports     []portSet // of each declaration
	peers     []*outer
	in        []Connection // from the controllers in front

	undeclared, unsure []met // room for those of one workload after the other
}

// outer is peers outside the zone that no policy and no declaration tells apart: the
// first of them in the order of their names, and how many they are.
type outer struct {
	named []ranked
	count int
	space string // their namespace, Outside, or the controller in front
	means bitset // the declarations that mean them
}

// ranked is a peer with its place among all.
type ranked struct {
	end
	rank int
}

// ordered returns the ends of a connection of a peer with one inside.
func ordered(d Direction, peer, inside end) (from, to end) {
	if d == Ingress {
		return peer, inside
	}
	return inside, peer
}

func (a *Analysis) edgeOf(inZone func(namespace string) bool, d Direction, declared []engine.Declaration) *edge {
	e := &edge{Analysis: a, inside: a.running.inside(inZone), direction: d, declared: declared}
	for _, one := range declared {
		ports, err := engine.ParsePorts(one.Ports)
		if err != nil {
			ports = nil // it means nothing, and allows nothing
		}
		var sum Ports
		for _, r := range ports {
			protocol, _ := protocolOf(r.Protocol)
			sum = sum.union(portsOf(protocol, r.From, r.To))
		}
		e.ports = append(e.ports, a.ports.add(sum))
	}
	type likeness struct {
		group int // of workloads; those outside come after these
		means string
	}
	alike := map[likeness]*outer{}
	var key []byte
	for rank, p := range a.ends(d) {
		if p.workload >= 0 && (a.running.workloads[p.workload].HostNetwork || e.inside(p.workload)) {
			continue
		}
		means := e.matching(p, d == Egress)
		like := likeness{group: len(a.groups) + p.part}
		if p.workload >= 0 {
			like.group = a.groupOf[p.workload]
		}
		if len(means) > 0 {
			key = key[:0]
			for _, bits := range means {
				key = binary.AppendUvarint(key, bits)
			}
			like.means = string(key)
		}
		o := alike[like]
		if o == nil {
			o = &outer{space: Outside, means: means}
			if p.workload >= 0 {
				o.space = a.running.workloads[p.workload].Ref.Namespace
			}
			alike[like], e.peers = o, append(e.peers, o)
		}
		if o.count++; len(o.named) < mostNamed {
			o.named = append(o.named, ranked{p, rank})
		}
	}
	if d == Ingress {
		e.in = a.fromControllers()
	}
	return e
}

// matching returns the declarations that mean an end, as their destination or as
// their source.
func (e *edge) matching(p end, asDestination bool) bitset {
	means := newBitset(len(e.declared))
	for i, one := range e.declared {
		text := one.From
		if asDestination {
			text = one.To
		}
		if e.means(text, p) {
			means.set(i)
		}
	}
	return means
}

func (e *edge) means(text string, p end) bool {
	if p.workload >= 0 {
		w := e.running.workloads[p.workload]
		match, err := path.Match(text, w.Ref.Namespace+"/"+w.Ref.Name)
		return err == nil && match
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil || p.part < 0 {
		return text == p.name
	}
	outside := e.outside[e.direction][p.part]
	return prefix.Contains(outside.From) && prefix.Contains(outside.To)
}

// holdAll holds what was declared against all that one workload of the zone may
// exchange with the outside.
func (e *edge) holdAll(inside end) Crossing {
	undeclared, unsure := e.undeclared[:0], e.unsure[:0]
	c := Crossing{Workload: e.running.workloads[inside.workload], Direction: e.direction}
	e.each(inside, func(o *outer, _, beyond answer) {
		c.Peers += o.count
		switch {
		case beyond.allowed != noPorts:
			c.UndeclaredCount += o.count
			undeclared = o.meet(undeclared, beyond)
		case beyond.possible != noPorts:
			c.UnsureCount += o.count
			unsure = o.meet(unsure, beyond)
		}
	})
	name := func(peers []met) []Connection {
		slices.SortFunc(peers, func(x, y met) int { return cmp.Compare(x.rank, y.rank) })
		var all []Connection
		for _, p := range peers[:min(len(peers), mostNamed)] {
			from, to := ordered(e.direction, p.end, inside)
			all = append(all, e.connection(from.name, to.name, p.beyond))
		}
		return all
	}
	c.Undeclared, c.Unsure = name(undeclared), name(unsure)
	e.undeclared, e.unsure = undeclared, unsure
	return c
}

// met is a peer with what may be exchanged with it beyond what was declared.
type met struct {
	ranked
	beyond answer
}

// meet adds the peers that have a name.
func (o *outer) meet(all []met, beyond answer) []met {
	all = slices.Grow(all, len(o.named))
	for _, p := range o.named {
		all = append(all, met{p, beyond})
	}
	return all
}

// each calls held for all that one workload of the zone may exchange with the outside:
// with what is possible, and with what of it was not declared.
func (e *edge) each(inside end, held func(o *outer, of, beyond answer)) {
	own := e.matching(inside, e.direction == Ingress)
	hold := func(o *outer, of answer) {
		if of.possible != noPorts {
			held(o, of, e.beyondDeclared(of, own.and(o.means)))
		}
	}
	for _, o := range e.peers {
		of, _ := e.ofEnds(ordered(e.direction, o.named[0].end, inside))
		hold(o, of)
	}
	for i, in := range e.in {
		if in.To != inside.name {
			continue
		}
		p := end{in.From, -1, -1}
		hold(&outer{named: []ranked{{p, -1 - i}}, count: 1, space: in.From, means: e.matching(p, false)},
			answer{e.Analysis.ports.add(in.Allowed), e.Analysis.ports.add(in.Possible)})
	}
}

// beyondDeclared returns what is left of an answer without the ports of declarations.
func (e *edge) beyondDeclared(of answer, declarations bitset) answer {
	var fine portSet
	for i := range e.declared {
		if declarations.has(i) {
			fine = e.Analysis.ports.union(fine, e.ports[i])
		}
	}
	return answer{e.Analysis.ports.minus(of.allowed, fine), e.Analysis.ports.minus(of.possible, fine)}
}

// Unpoliced names the workloads outside a zone that are on the network of a node,
// where no policy is certain to hold them.
func (a *Analysis) Unpoliced(inZone func(namespace string) bool) []Workload {
	var all []Workload
	inside := a.running.inside(inZone)
	for i := range a.running.workloads {
		if w := &a.running.workloads[i]; w.HostNetwork && !inside(i) {
			all = append(all, *w)
		}
	}
	return all
}

// ReachesAddress returns whether each workload may open a port of an address outside,
// and whether that cannot be excluded.
func (a *Analysis) ReachesAddress(workload int, at netip.Addr, protocol Protocol, port int32) (allowed, possible bool) {
	of := a.beyond(workload, Egress, partAt(a.outside[Egress], at))
	return a.ports.sets[of.allowed].Contains(protocol, port), a.ports.sets[of.possible].Contains(protocol, port)
}
