package network

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// Connection is what one peer may open to another: the ports are the
// destination's.
type Connection struct {
	From, To string
	// Allowed is what the policies allow as configured.
	Allowed Ports
	// Possible is Allowed and what cannot be excluded: where an address, the labels of
	// a namespace or a policy is not known, or on the network of a node.
	Possible Ports
	// Families says what goes over each family of addresses, where both ends have both and
	// it is not the same: Allowed and Possible are of either.
	Families []Family
	// allowed and possible as text, which thousands of connections share
	texts [2]string
}

// String writes c as `pay/web[Deployment] => pay/api[Deployment] : TCP 8080`.
func (c Connection) String() string { return c.From + " => " + c.To + " : " + c.Text(false) }

// Text returns what is allowed, or what is possible, and over which family where they differ.
func (c Connection) Text(possible bool) string {
	text := c.texts[0]
	if possible {
		text = c.texts[1]
	}
	of, alike := make([]string, len(c.Families)), true
	for i, f := range c.Families {
		ports := f.Allowed
		if possible {
			ports = f.Possible
		}
		of[i] = ports.String()
		alike = alike && of[i] == of[0]
	}
	if alike {
		return text
	}
	for i, f := range c.Families {
		of[i] = f.Name + ": " + of[i]
	}
	return text + " (" + strings.Join(of, "; ") + ")"
}

// Certain reports whether nothing more is possible than what is allowed.
func (c Connection) Certain() bool { return c.texts[0] == c.texts[1] }

// AllowedText returns what is allowed as text.
func (c Connection) AllowedText() string { return c.texts[0] }

// PossibleText returns what is possible as text.
func (c Connection) PossibleText() string { return c.texts[1] }

// end is one end of connections: a workload, a range of addresses, or an arbitrary
// pod in front.
type end struct {
	name     string
	workload int // -1 for what is outside
	part     int // of the direction
}

// ends returns the ends of connections in the order of their names: as sources for
// Ingress, else as destinations.
func (a *Analysis) ends(d Direction) []end {
	inOrder := func(x, y end) int { return cmp.Or(strings.Compare(x.name, y.name), cmp.Compare(x.part, y.part)) }
	var outside []end
	for i, r := range a.outside[d] {
		if r.From.Is4() || a.twoFold {
			outside = append(outside, end{r.String() + "[External]", -1, i})
		}
	}
	slices.SortFunc(outside, inOrder)
	all := make([]end, 0, len(a.running.workloads)+len(outside))
	for i := range a.running.workloads { // which are in order
		own := a.running.end(i)
		for len(outside) > 0 && inOrder(outside[0], own) < 0 {
			all, outside = append(all, outside[0]), outside[1:]
		}
		all = append(all, own)
	}
	return append(all, outside...)
}

func (a *Analysis) connection(from, to string, of answer) Connection {
	return Connection{
		From: from, To: to, Allowed: a.ports.sets[of.allowed], Possible: a.ports.sets[of.possible],
		texts: [2]string{a.ports.texts[of.allowed], a.ports.texts[of.possible]},
	}
}

// Connections returns every connection that is possible, in the order of its ends.
// One of which nothing is allowed is among them with an empty Allowed. A workload's
// connections with itself are left out.
func (a *Analysis) Connections() iter.Seq[Connection] {
	anybody := func(Peer) bool { return true }
	return a.Between(anybody, anybody)
}

func (a *Analysis) ofEnds(from, to end) (answer, bool) {
	switch {
	case from.workload >= 0 && to.workload >= 0:
		if from.workload == to.workload {
			return answer{}, false
		}
		return a.pair(from.workload, to.workload), true
	case from.workload >= 0:
		return a.beyond(from.workload, Egress, to.part), true
	case to.workload >= 0:
		return a.beyond(to.workload, Ingress, from.part), true
	}
	return answer{}, false
}
