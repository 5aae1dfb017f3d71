package network

// opening is what rules allow to whom nobody named: to every pod, and to ranges of
// addresses.
type opening struct {
	everybody, pods Ports
	blocks          []block
	ports           []Ports // of each block
}

// add takes in what the rules of a policy open.
func (o *opening) add(p Policy, d Direction) {
	understood, _ := p.understood()
	for _, r := range understood.rules[d] {
		for _, peer := range r.peers {
			switch {
			case peer.uncertain && !peer.mapped:
			case peer.block != nil:
				o.blocks, o.ports = append(o.blocks, peer.block), append(o.ports, r.ports)
			case peer.everybody():
				o.everybody = o.everybody.union(r.ports)
			case peer.only == "" && peer.namespaces.unlabelled() && peer.pods.unlabelled():
				o.pods = o.pods.union(r.ports)
			}
		}
	}
}

// unlabelled reports whether s selects what has no label, as it does all that is to
// come.
func (s *selector) unlabelled() bool { return s == nil || s.matches(nil, true) == yes }

// The part of the internet that an opening may leave out and still be one: a 256th,
// in 65,536ths of a family.
const (
	leastIPv4 = 1 << 8
	leastIPv6 = 1 << 5 // of 2000::/3
)

// opensAll reports whether every TCP port is open to everybody: to every pod, or to
// next to the whole internet, however many blocks it is written in.
func (o *opening) opensAll() bool {
	every := portsOf(TCP, firstPort, lastPort)
	if o.everybody.union(o.pods).contains(every) {
		return true
	}
	if len(o.blocks) == 0 {
		return false
	}
	var open block
	for _, part := range parts(o.blocks) {
		sum := o.everybody
		for i, b := range o.blocks {
			if b.holds(part) {
				sum = sum.union(o.ports[i])
			}
		}
		if sum.contains(every) {
			open = append(open, part)
		}
	}
	return open.leavesOut(publicIPv4()) <= leastIPv4 || open.leavesOut(publicIPv6()) <= leastIPv6
}

// holds reports whether a part that no block tells apart is in b.
func (b block) holds(part AddressRange) bool {
	for _, r := range b {
		if r.contains(part.From) {
			return true
		}
	}
	return false
}
