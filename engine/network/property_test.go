package network

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

var tried = []int32{1, 52, 53, 79, 80, 81, 82, 83, 443, 65535}

// link is a connection that is tried, by the names of its ends.
type link struct {
	from, to string
	protocol Protocol
	port     int32
}

// links are what the second reading allows, of all that could be, by the names that an
// analysis has. A workload may what one of its pods may.
func (c *thrown) links(a *Analysis) map[link]bool {
	all := map[link]bool{}
	for _, from := range c.pods {
		for _, to := range c.pods {
			l := link{from: from.nameIn(a, Ingress), to: to.nameIn(a, Egress)}
			if from.outside && to.outside || !from.outside && from.workload == to.workload {
				continue
			}
			if pods := !from.outside && !to.outside; pods && (from.both || to.both) && !from.hidden && !to.hidden && from.address.Is4() != to.address.Is4() {
				continue // a connection is over one family
			}
			for _, l.protocol = range []Protocol{TCP, UDP, SCTP} {
				for _, l.port = range tried {
					all[l] = all[l] || c.allowed(from, to, l.protocol, l.port)
				}
			}
		}
	}
	return all
}

func connectionsOf(t *testing.T, a *Analysis) map[[2]string]Connection {
	t.Helper()
	a.twoFold = true // addresses of IPv6 are listed, whether or not something has one
	got := map[[2]string]Connection{}
	for c := range a.Connections() {
		require.True(t, c.Possible.contains(c.Allowed), c.String())
		got[[2]string{c.From, c.To}] = c
	}
	return got
}

// TestSecondReading holds the analysis against the plain evaluator on random clusters of
// which everything is known.
func TestSecondReading(t *testing.T) {
	allowed := 0
	for seed := range uint64(150) {
		c := dice{Rand: rand.New(rand.NewPCG(seed, 1)), older: seed%2 == 1}.cluster(t)
		a := fromYAML(t, c.documents...).analyse()
		got := connectionsOf(t, a)
		onNodes := func(name string) bool {
			return slices.ContainsFunc(a.Workloads(), func(w Workload) bool { return w.HostNetwork && w.String() == name })
		}
		for l, want := range c.links(a) {
			of := got[[2]string{l.from, l.to}]
			require.Equal(t, want, of.Allowed.Contains(l.protocol, l.port), "seed %d: %v\n%v", seed, l, c.documents)
			if !onNodes(l.from) && !onNodes(l.to) {
				require.Equal(t, want, of.Possible.Contains(l.protocol, l.port), "seed %d: %v is certain\n%v", seed, l, c.documents)
			}
			if want {
				allowed++
			}
		}
	}
	require.NotZero(t, allowed)
}

// Whatever is not known, the addresses of pods, the labels of namespaces, the order of
// policies: what may be allowed is possible, and an order that matters is said.
func TestSecondReadingOfWhatIsNotKnown(t *testing.T) {
	for seed := range uint64(150) {
		d := dice{Rand: rand.New(rand.NewPCG(seed, 2)), ties: true, hidden: seed%2 == 1}
		c := d.cluster(t)
		a := fromYAML(t, c.documents...).analyse()
		got, first := connectionsOf(t, a), map[link]bool(nil)
		for _, c.admin = range c.orders() {
			links := c.links(a)
			if first == nil {
				first = links
			}
			said := slices.ContainsFunc(a.Gaps(), func(g engine.Gap) bool { return strings.Contains(g.Cause, "the plugin chooses") })
			require.True(t, said || d.hidden || maps.Equal(first, links), "seed %d: an order that matters is said\n%v", seed, c.documents)
			for l, may := range links {
				if may {
					require.True(t, got[[2]string{l.from, l.to}].Possible.Contains(l.protocol, l.port), "seed %d: %v\n%v", seed, l, c.documents)
				}
			}
		}
	}
}
