package network

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Protocol is a protocol that policies know ports of.
type Protocol int

// The protocols, in the order in which they are written.
const (
	SCTP Protocol = iota
	TCP
	UDP
	protocols
)

var protocolNames = [protocols]string{"SCTP", "TCP", "UDP"}

// String returns "SCTP", "TCP" or "UDP".
func (p Protocol) String() string { return protocolNames[p] }

// protocolOf reads the name of a protocol; none given is TCP.
func protocolOf(name string) (Protocol, bool) {
	if name == "" {
		return TCP, true
	}
	i := slices.Index(protocolNames[:], name)
	return Protocol(i), i >= 0
}

// PortRange is a range of ports, both ends included.
type PortRange struct{ From, To int32 }

const firstPort, lastPort = 1, 65535

// Ports is a set of ports of each protocol: the ports of a connection are those of
// its destination. The zero value is empty.
type Ports struct{ of [protocols][]PortRange }

// AllPorts returns every port of every protocol.
func AllPorts() Ports {
	var p Ports
	for i := range p.of {
		p.of[i] = []PortRange{{firstPort, lastPort}}
	}
	return p
}

// portsOf returns one range of one protocol.
func portsOf(protocol Protocol, from, to int32) Ports {
	var p Ports
	if from = max(from, firstPort); from <= to {
		p.of[protocol] = []PortRange{{from, min(to, lastPort)}}
	}
	return p
}

// IsEmpty reports whether nothing is in p.
func (p Ports) IsEmpty() bool {
	return len(p.of[SCTP]) == 0 && len(p.of[TCP]) == 0 && len(p.of[UDP]) == 0
}

// Contains reports whether a port is in p.
func (p Ports) Contains(protocol Protocol, port int32) bool {
	return slices.ContainsFunc(p.of[protocol], func(r PortRange) bool { return r.From <= port && port <= r.To })
}

// contains reports whether all of o is in p.
func (p Ports) contains(o Ports) bool { return o.minus(p).IsEmpty() }

// String writes p as the lists of connections do: "All Connections", or
// "TCP 80,8000-8010,UDP 53".
func (p Ports) String() string {
	var b strings.Builder
	all := true
	for i, ranges := range p.of {
		all = all && len(ranges) == 1 && ranges[0] == PortRange{firstPort, lastPort}
		for j, r := range ranges {
			if b.Len() > 0 {
				b.WriteByte(',')
			}
			if j == 0 {
				b.WriteString(protocolNames[i] + " ")
			}
			b.WriteString(strconv.Itoa(int(r.From)))
			if r.To > r.From {
				b.WriteString("-" + strconv.Itoa(int(r.To)))
			}
		}
	}
	switch {
	case all:
		return "All Connections"
	case b.Len() == 0:
		return "No Connections"
	}
	return b.String()
}

// MarshalText writes what String returns.
func (p Ports) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

func (p Ports) union(o Ports) Ports {
	var sum Ports
	for i := range p.of {
		sum.of[i] = joined(slices.Concat(p.of[i], o.of[i]))
	}
	return sum
}

// joined sorts ranges and makes one of those that overlap or touch.
func joined(ranges []PortRange) []PortRange {
	slices.SortFunc(ranges, func(a, b PortRange) int { return cmp.Compare(a.From, b.From) })
	var all []PortRange
	for _, r := range ranges {
		if last := len(all) - 1; last >= 0 && r.From <= all[last].To+1 {
			all[last].To = max(all[last].To, r.To)
			continue
		}
		all = append(all, r)
	}
	return all
}

func (p Ports) minus(o Ports) Ports {
	var rest Ports
	for i := range p.of {
		rest.of[i] = without(p.of[i], o.of[i])
	}
	return rest
}

func without(ranges, taken []PortRange) []PortRange {
	var rest []PortRange
	for _, r := range ranges {
		for _, t := range taken {
			if t.To < r.From || t.From > r.To {
				continue
			}
			if t.From > r.From {
				rest = append(rest, PortRange{r.From, t.From - 1})
			}
			r.From = t.To + 1
		}
		if r.From <= r.To {
			rest = append(rest, r)
		}
	}
	return rest
}

func (p Ports) intersect(o Ports) Ports { return p.minus(p.minus(o)) }

// portTable gives equal sets of ports one number, and remembers what came of two:
// thousands of pairs have a handful of sets.
type portTable struct {
	sets   []Ports
	texts  []string
	number map[string]portSet
	known  map[portStep]portSet
}

// portSet is the number of a set of ports in a portTable.
type portSet int32

const (
	noPorts  portSet = 0
	allPorts portSet = 1
)

type portStep struct {
	what byte
	a, b portSet
}

func newPortTable() *portTable {
	t := &portTable{number: map[string]portSet{}, known: map[portStep]portSet{}}
	t.add(Ports{})
	t.add(AllPorts())
	return t
}

func (t *portTable) add(p Ports) portSet {
	text := p.String()
	n, known := t.number[text]
	if !known {
		n = portSet(len(t.sets))
		t.number[text], t.sets, t.texts = n, append(t.sets, p), append(t.texts, text)
	}
	return n
}

func (t *portTable) step(what byte, a, b portSet, of func(Ports, Ports) Ports) portSet {
	key := portStep{what, a, b}
	n, known := t.known[key]
	if !known {
		n = t.add(of(t.sets[a], t.sets[b]))
		t.known[key] = n
	}
	return n
}

func (t *portTable) union(a, b portSet) portSet {
	switch {
	case a == b || b == noPorts || a == allPorts:
		return a
	case a == noPorts || b == allPorts:
		return b
	}
	return t.step('|', min(a, b), max(a, b), Ports.union)
}

func (t *portTable) intersect(a, b portSet) portSet {
	switch {
	case a == b || a == noPorts || b == allPorts:
		return a
	case b == noPorts || a == allPorts:
		return b
	}
	return t.step('&', min(a, b), max(a, b), Ports.intersect)
}

func (t *portTable) minus(a, b portSet) portSet {
	switch {
	case a == b || a == noPorts || b == allPorts:
		return noPorts
	case b == noPorts:
		return a
	}
	return t.step('-', a, b, Ports.minus)
}
