package network

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"

	"tickmark/engine"
)

// class is pods that no policy tells apart: one namespace, the same values of every
// label that a selector asks for, the same named ports and the same place among the
// address blocks.
type class struct {
	namespace   string
	of          namespaceLabels
	labels      map[string]string
	hostNetwork bool
	addresses   []netip.Addr
	family      family // of its addresses, where its pods have others besides and policies tell them apart
	only        family // of its addresses, where policies name blocks and its pods have none of the other
	named       map[string][]portOf
}

// world is the peers that policies speak of: classes of pods first, then, by
// direction, the ranges of addresses outside. The last class is the arbitrary pod,
// of which nothing is known: what stands for a controller of Ingresses.
type world struct {
	classes   []class
	ofPod     []int // class of each pod, the first one
	also      []int // of a pod with addresses of both families, that of the other; -1 of others
	outside   [2][]AddressRange
	nodes     []node
	selected  map[string]bitset
	spaces    map[string][2]bitset
	host      bitset
	addressed [2][][]int // by direction and class: the ranges that its addresses are in
}

// node is a machine of the cluster.
type node struct {
	labels    map[string]string
	addresses block
}

func (w *world) arbitrary() int { return len(w.classes) - 1 }

// size is how many peers there are in a direction.
func (w *world) size(d Direction) int { return len(w.classes) + len(w.outside[d]) }

// newWorld groups pods by what policies can tell apart.
func newWorld(r *running, namespaces map[string]namespaceLabels, policies []*policy, nodes []node) *world {
	w := &world{nodes: nodes, selected: map[string]bitset{}, spaces: map[string][2]bitset{}, ofPod: make([]int, len(r.pods)), also: make([]int, len(r.pods))}
	blocked := len(nodes) > 0
	for d := range w.outside {
		blocks := blocksOf(policies, Direction(d))
		blocked = blocked || len(blocks) > 0
		for _, n := range nodes {
			blocks = append(blocks, n.addresses)
		}
		w.outside[d] = parts(blocks)
	}
	keys, names := asked(policies)
	numbers := map[string]int{}
	var key []byte
	number := func(c class) int {
		key = w.appendKey(key[:0], &c, keys, names)
		n, known := numbers[string(key)]
		if !known {
			if of, seen := namespaces[c.namespace]; seen {
				c.of = of
			} else {
				c.of = unseenNamespace(c.namespace)
			}
			n = len(w.classes)
			numbers[string(key)], w.classes = n, append(w.classes, c)
		}
		return n
	}
	for i := range r.pods {
		p := &r.pods[i]
		w.also[i] = -1
		if r.standsFor(i, keys, names) {
			w.ofPod[i] = -1
			continue
		}
		c := class{namespace: p.namespace, hostNetwork: p.hostNetwork, addresses: p.addresses}
		for _, n := range names {
			if ports := p.named[n]; len(ports) > 0 {
				if c.named == nil {
					c.named = map[string][]portOf{}
				}
				c.named[n] = ports
			}
		}
		c.labels = p.labels
		if blocked {
			switch four, six := byFamily(c.addresses); {
			case len(four) > 0 && len(six) > 0:
				c.addresses, c.family = six, ipv6
				w.also[i] = number(c)
				c.addresses, c.family = four, ipv4
			case len(four) > 0:
				c.only = ipv4
			case len(six) > 0:
				c.only = ipv6
			}
		}
		w.ofPod[i] = number(c)
	}
	w.classes = append(w.classes, class{})
	w.host = newBitset(len(w.classes))
	for d := range w.outside {
		for i, c := range w.classes {
			w.addressed[d] = append(w.addressed[d], w.partsOf(Direction(d), c.addresses))
			if c.hostNetwork {
				w.host.set(i)
			}
		}
	}
	return w
}

// standsFor reports whether pod i is what a workload makes pods of, and one of these
// runs: then its address is known.
func (r *running) standsFor(i int, keys, names []string) bool {
	p := &r.pods[i]
	if !p.template || len(p.addresses) > 0 {
		return false // a pod that has no address yet may get any
	}
	for _, j := range r.of[p.workload] {
		if of := &r.pods[j]; len(of.addresses) > 0 && p.like(of, keys, names) {
			return true
		}
	}
	return false
}

// like reports whether no policy that asks for these labels and names of ports tells
// two pods of a workload apart, but for their addresses.
func (p *pod) like(o *pod, keys, names []string) bool {
	if p.namespace != o.namespace || p.hostNetwork != o.hostNetwork {
		return false
	}
	for _, k := range keys {
		mine, have := p.labels[k]
		theirs, has := o.labels[k]
		if have != has || mine != theirs {
			return false
		}
	}
	return !slices.ContainsFunc(names, func(n string) bool { return !slices.Equal(p.named[n], o.named[n]) })
}

func (w *world) partsOf(d Direction, addresses []netip.Addr) []int {
	var all []int
	for _, a := range addresses {
		all = append(all, partAt(w.outside[d], a))
	}
	return all
}

// appendKey appends what tells classes apart.
func (w *world) appendKey(b []byte, c *class, keys, names []string) []byte {
	b = append(b, c.namespace...)
	if c.hostNetwork {
		b = append(b, "\x00host"...)
	}
	b = append(append(append(b, c.family.String()...), 0), c.only.String()...)
	for _, k := range keys {
		if value, there := c.labels[k]; there {
			b = append(append(strconv.AppendInt(append(b, "\x00="...), int64(len(value)), 10), ':'), value...)
		} else {
			b = append(b, "\x00-"...)
		}
	}
	for _, n := range names {
		b = append(b, 0)
		for _, p := range c.named[n] {
			b = strconv.AppendInt(append(b, p.protocol.String()...), int64(p.port), 10)
		}
	}
	for d := range w.outside {
		for _, part := range w.partsOf(Direction(d), c.addresses) {
			b = strconv.AppendInt(append(b, 0), int64(part), 10)
		}
	}
	return b
}

// asked returns the labels of pods and the names of ports that policies ask for.
func asked(policies []*policy) (keys, names []string) {
	labelled, named := map[string]bool{}, map[string]bool{}
	look := func(p peer) {
		if p.pods == nil {
			return
		}
		for i := range p.pods.require {
			labelled[p.pods.require[i].Key()] = true
		}
	}
	for _, p := range policies {
		look(p.subject)
		for _, rules := range p.rules {
			for _, r := range rules {
				for _, peer := range r.peers {
					look(peer)
				}
				for _, n := range r.named {
					named[n.name] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(labelled)), slices.Sorted(maps.Keys(named))
}

// ofPods returns the classes whose pods a selector selects. Of the arbitrary pod no
// label is known.
func (w *world) ofPods(s *selector) bitset {
	if set, known := w.selected[s.text]; known {
		return set
	}
	set := newBitset(len(w.classes))
	for i := range w.classes {
		if s.matches(w.classes[i].labels, true) == yes {
			set.set(i)
		}
	}
	w.selected[s.text] = set
	return set
}

// inNamespaces returns the classes in the namespaces that a selector selects, and
// those of which it cannot be said.
func (w *world) inNamespaces(s *selector) (sure, unsure bitset) {
	if sets, known := w.spaces[s.text]; known {
		return sets[0], sets[1]
	}
	sure, unsure = newBitset(len(w.classes)), newBitset(len(w.classes))
	answers := map[string]truth{}
	for i := range w.classes[:w.arbitrary()] {
		c := &w.classes[i]
		answer, known := answers[c.namespace]
		if !known {
			answer = s.matches(c.of.labels, c.of.known)
			answers[c.namespace] = answer
		}
		switch answer {
		case yes:
			sure.set(i)
		case maybe:
			unsure.set(i)
		case no:
		}
	}
	if s.matches(nil, true) == yes {
		sure.set(w.arbitrary())
	}
	w.spaces[s.text] = [2]bitset{sure, unsure}
	return sure, unsure
}

// find returns whom a peer means in a direction, and who may be meant: where a
// namespace or an address is not known. A pod with an address within a block and one
// outside of it is both.
func (w *world) find(p peer, d Direction) (sure, unsure bitset) {
	sure, unsure = newBitset(w.size(d)), newBitset(w.size(d))
	switch {
	case p.uncertain:
		unsure.fill(0, w.size(d))
		return sure, unsure
	case p.nodes != nil:
		w.findNodes(p.nodes, d, sure, unsure)
		return sure, unsure
	case p.block != nil:
		w.findBlock(p.block, d, sure, unsure)
		return sure, unsure
	case p.everybody():
		sure.fill(0, w.size(d))
		return sure, unsure
	}
	w.findPods(p, sure, unsure)
	return sure, unsure
}

func (w *world) findPods(p peer, sure, unsure bitset) {
	in, perhaps := newBitset(len(w.classes)), newBitset(len(w.classes))
	switch {
	case p.namespaces != nil:
		in, perhaps = w.inNamespaces(p.namespaces)
	case p.only != "":
		for i := range w.classes {
			if w.classes[i].namespace == p.only {
				in.set(i)
			}
		}
	default:
		in.fill(0, len(w.classes))
	}
	if p.pods != nil {
		of := w.ofPods(p.pods)
		in, perhaps = in.and(of), perhaps.and(of)
	}
	if p.withoutHost {
		in, perhaps = in.minus(w.host), perhaps.minus(w.host)
	}
	sure.or(in)
	unsure.or(perhaps)
	if a := w.arbitrary(); !sure.has(a) {
		unsure.set(a)
	}
}

func (w *world) findBlock(b block, d Direction, sure, unsure bitset) {
	within := newBitset(len(w.outside[d]))
	for _, r := range b {
		within.fill(partAt(w.outside[d], r.From), partAt(w.outside[d], r.To)+1)
	}
	within.each(func(i int) { sure.set(len(w.classes) + i) })
	for i := range w.classes {
		at := w.addressed[d][i]
		switch {
		case len(at) == 0:
			unsure.set(i)
		case slices.ContainsFunc(at, within.has):
			sure.set(i)
			if slices.ContainsFunc(at, func(part int) bool { return !within.has(part) }) {
				unsure.set(i)
			}
		}
	}
}

// findNodes looks nodes up by their labels. Where no node was seen with its
// addresses, any address may be one.
func (w *world) findNodes(s *selector, d Direction, sure, unsure bitset) {
	if len(w.nodes) == 0 {
		unsure.fill(len(w.classes), w.size(d))
		unsure.or(w.host)
		return
	}
	for _, n := range w.nodes {
		if s.matches(n.labels, true) == yes {
			w.findBlock(n.addresses, d, sure, newBitset(w.size(d)))
		}
	}
	w.host.each(func(i int) {
		if len(w.addressed[d][i]) == 0 {
			unsure.set(i)
		}
	})
}

// nodesOf reads the nodes of a view; none if some were not seen or have no address.
func nodesOf(v *engine.View) []node {
	type object struct {
		Metadata podMeta `json:"metadata"`
		Status   struct {
			Addresses []struct {
				Type    string `json:"type"`
				Address string `json:"address"`
			} `json:"addresses"`
		} `json:"status"`
	}
	kind := engine.Kind{Kind: "Node"}
	var all []node
	for _, o := range engine.All[object](v, kind) {
		n := node{labels: o.Value.Metadata.Labels}
		for _, a := range o.Value.Status.Addresses {
			if at, err := netip.ParseAddr(a.Address); err == nil {
				at = at.Unmap().WithZone("")
				n.addresses = n.addresses.union(block{{at, at}})
			}
		}
		if len(n.addresses) == 0 {
			return nil
		}
		all = append(all, n)
	}
	if !v.Saw(kind) {
		return nil
	}
	return all
}
