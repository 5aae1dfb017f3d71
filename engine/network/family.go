package network

import (
	"net/netip"
)

// family is one of the two families of addresses, or neither of them in particular.
type family int

const (
	noFamily family = iota
	ipv4
	ipv6
)

func (f family) String() string { return [...]string{"", "IPv4", "IPv6"}[f] }

// Family is what goes between two workloads over one family of addresses.
type Family struct {
	Name              string // IPv4 or IPv6
	Allowed, Possible Ports
}

// byFamily parts addresses by their family.
func byFamily(all []netip.Addr) (four, six []netip.Addr) {
	for _, a := range all {
		if a.Is4() {
			four = append(four, a)
		} else {
			six = append(six, a)
		}
	}
	return four, six
}

// meets reports whether pods may speak to each other by these families of their addresses: one
// of both families and one of a single family by that alone. Two of a single family each are
// told apart by nothing, since their addresses may be translated, as is one without an address.
func (c *class) meets(other *class) bool {
	return c.speaks(other.family) && other.speaks(c.family)
}

// speaks reports whether a pod may speak over a family.
func (c *class) speaks(f family) bool {
	own := max(c.family, c.only)
	return f == own || f == noFamily || own == noFamily
}

// over returns what goes between two workloads over one family.
func (a *Analysis) over(f family, from, to int) (sum answer) {
	for _, s := range a.classesOf(from) {
		for _, t := range a.classesOf(to) {
			if a.classes[s].speaks(f) && a.classes[t].speaks(f) {
				sum = a.join(sum, a.between(s, t))
			}
		}
	}
	return sum
}

// has reports whether a pod of a workload has addresses of both families, by that of one.
func (a *Analysis) has(workload int, f family) bool {
	for _, c := range a.classesOf(workload) {
		if a.classes[c].family == f {
			return true
		}
	}
	return false
}

// differ reports whether two workloads have addresses of both families, and what goes between
// them over one is not what goes over the other.
func (a *Analysis) differ(from, to int) (four, six answer, differ bool) {
	if !a.split || !a.has(from, ipv4) || !a.has(from, ipv6) || !a.has(to, ipv4) || !a.has(to, ipv6) {
		return four, six, false
	}
	four, six = a.over(ipv4, from, to), a.over(ipv6, from, to)
	return four, six, four != six
}

// families says what goes between two ends over each family, where it is not the same.
func (a *Analysis) families(from, to end) []Family {
	if from.workload < 0 || to.workload < 0 {
		return nil
	}
	four, six, differ := a.differ(from.workload, to.workload)
	if !differ {
		return nil
	}
	return []Family{
		{ipv4.String(), a.ports.sets[four.allowed], a.ports.sets[four.possible]},
		{ipv6.String(), a.ports.sets[six.allowed], a.ports.sets[six.possible]},
	}
}
