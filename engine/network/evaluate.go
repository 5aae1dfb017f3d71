package network

import (
	"fmt"
	"slices"
	"strings"
)

// row is a rule with whom it matches.
type row struct {
	action       Action
	ports        portSet
	sure, unsure bitset
	policy, rule int // its place
}

// answer is what a direction of a pod allows: as configured, and at most.
type answer struct{ allowed, possible portSet }

// profile is what one direction of some classes allows to every peer.
type profile struct {
	answers []answer // by peer
}

// evaluation applies policies to a world.
type evaluation struct {
	*world
	ports    *portTable
	policies []*policy
	subjects [][2]bitset       // by policy: the classes that it is for, and may be for
	rows     map[rowsKey][]row // by policy, direction and, where it matters, class
	profiles [2]map[string]*profile
	of       [2][]*profile // by direction and class
	ties     map[[2]int]bool
	nearby   map[string][]int // by namespace: the policies that can be for it
}

type rowsKey struct {
	policy int
	d      Direction
	class  int // -1 where no port is named
}

func evaluate(w *world, policies []*policy) *evaluation {
	e := &evaluation{
		world: w, ports: newPortTable(), policies: policies, rows: map[rowsKey][]row{},
		profiles: [2]map[string]*profile{{}, {}}, ties: map[[2]int]bool{}, nearby: map[string][]int{},
	}
	for _, p := range policies {
		sure, unsure := newBitset(len(w.classes)), newBitset(len(w.classes))
		w.findPods(p.subject, sure, unsure)
		if p.subject.uncertain {
			unsure.or(sure)
			if p.tier != PolicyTier {
				unsure.fill(0, w.arbitrary())
			}
			sure = newBitset(len(w.classes))
		}
		e.subjects = append(e.subjects, [2]bitset{sure, unsure})
	}
	for d := range e.of {
		for c := range w.classes[:w.arbitrary()] {
			e.of[d] = append(e.of[d], e.profile(c, Direction(d)))
		}
	}
	return e
}

// near returns the policies that can be for pods of a namespace, in their order.
func (e *evaluation) near(namespace string) []int {
	if all, known := e.nearby[namespace]; known {
		return all
	}
	var all []int
	for i, p := range e.policies {
		if p.subject.only == "" || p.subject.only == namespace {
			all = append(all, i)
		}
	}
	e.nearby[namespace] = all
	return all
}

// concern is a policy that is for a class, or may be.
type concern struct {
	policy int
	sure   bool
	class  int // that gives the named ports their numbers, -1 where none is named
	rows   []row
}

// concerns returns the policies of a class in a direction, in their order.
func (e *evaluation) concerns(c int, d Direction) []concern {
	var all []concern
	for _, i := range e.near(e.classes[c].namespace) {
		p := e.policies[i]
		sure, unsure := e.subjects[i][0].has(c), e.subjects[i][1].has(c)
		if !sure && !unsure || p.tier == PolicyTier && !p.isolates[d] || p.tier != PolicyTier && len(p.rules[d]) == 0 {
			continue
		}
		class := -1
		if d == Ingress && slices.ContainsFunc(p.rules[d], func(r rule) bool { return len(r.named) > 0 }) {
			class = c
		}
		all = append(all, concern{i, sure, class, e.rowsOf(rowsKey{i, d, class})})
	}
	return all
}

// profile returns what a class allows in a direction. Classes under the same
// policies have the same.
func (e *evaluation) profile(c int, d Direction) *profile {
	concerns := e.concerns(c, d)
	var key strings.Builder
	for _, of := range concerns {
		fmt.Fprintf(&key, "%d %t %d,", of.policy, of.sure, of.class)
	}
	if known := e.profiles[d][key.String()]; known != nil {
		return known
	}
	p := &profile{answers: make([]answer, e.size(d))}
	for _, group := range e.alike(concerns, d) {
		a := e.decide(concerns, group.first())
		group.each(func(i int) { p.answers[i] = a })
	}
	e.profiles[d][key.String()] = p
	return p
}

// alike parts the peers of a direction into those that the same rules match.
func (e *evaluation) alike(concerns []concern, d Direction) []bitset {
	whole := newBitset(e.size(d))
	whole.fill(0, e.size(d))
	groups := []bitset{whole}
	for _, c := range concerns {
		for _, r := range c.rows {
			for _, by := range [...]bitset{r.sure, r.unsure} {
				for i, n := 0, len(groups); i < n; i++ {
					in := groups[i].and(by)
					if in.empty() {
						continue
					}
					if out := groups[i].minus(by); !out.empty() {
						groups[i] = in
						groups = append(groups, out)
					}
				}
			}
		}
	}
	return groups
}

// rowsOf returns the rules of a policy with whom they match.
func (e *evaluation) rowsOf(k rowsKey) []row {
	if rows, known := e.rows[k]; known {
		return rows
	}
	var rows []row
	for i := range e.policies[k.policy].rules[k.d] {
		r := &e.policies[k.policy].rules[k.d][i]
		sure, unsure := newBitset(e.size(k.d)), newBitset(e.size(k.d))
		for _, p := range r.peers {
			s, u := e.find(p, k.d)
			if r.action != Allow { // a pod's other address is not denied with one of them
				s = s.minus(u)
			}
			sure.or(s)
			unsure.or(u)
		}
		if r.uncertain {
			unsure.or(sure)
			sure = newBitset(e.size(k.d))
		}
		unsure = unsure.minus(sure)
		at := row{action: r.action, sure: sure, unsure: unsure, policy: k.policy, rule: i}
		switch {
		case r.uncertain:
			at.ports = allPorts
			rows = append(rows, at)
		case len(r.named) == 0 || k.d == Ingress:
			var named map[string][]portOf
			if k.class >= 0 {
				named = e.classes[k.class].named
			}
			at.ports = e.ports.add(r.resolved(named))
			rows = append(rows, at)
		default:
			rows = append(rows, e.byPort(r, at)...)
		}
	}
	e.rows[k] = rows
	return rows
}

// byPort splits a rule with named ports by what the names mean at the other end.
func (e *evaluation) byPort(r *rule, at row) []row {
	meant := map[portSet]bitset{}
	var order []portSet
	for i := range e.size(Egress) {
		var named map[string][]portOf
		if i < len(e.classes) {
			named = e.classes[i].named
		}
		ports := e.ports.add(r.resolved(named))
		if meant[ports] == nil {
			meant[ports] = newBitset(e.size(Egress))
			order = append(order, ports)
		}
		meant[ports].set(i)
	}
	var rows []row
	for _, ports := range order {
		one := at
		one.ports, one.sure, one.unsure = ports, at.sure.and(meant[ports]), at.unsure.and(meant[ports])
		rows = append(rows, one)
	}
	return rows
}

// decide returns what is allowed to one peer: tier by tier from the last, each
// taking what it decides from what those behind it would.
func (e *evaluation) decide(concerns []concern, peer int) answer {
	open := answer{allPorts, allPorts}
	a := e.tier(concerns, BaselineTier, peer, open, open)
	a = e.networkPolicies(concerns, peer, a)
	return e.tier(concerns, AdminTier, peer, a, a)
}

// networkPolicies adds up what policies allow; where none isolates, what the
// baseline leaves is allowed.
func (e *evaluation) networkPolicies(concerns []concern, peer int, otherwise answer) answer {
	isolated := false
	var a answer
	for _, c := range concerns {
		if e.policies[c.policy].tier != PolicyTier {
			continue
		}
		isolated = isolated || c.sure
		for _, r := range c.rows {
			sure, unsure := r.sure.has(peer), r.unsure.has(peer)
			if sure && c.sure {
				a.allowed = e.ports.union(a.allowed, r.ports)
			}
			if sure || unsure {
				a.possible = e.ports.union(a.possible, r.ports)
			}
		}
	}
	if !isolated {
		return answer{otherwise.allowed, e.ports.union(a.possible, otherwise.possible)}
	}
	return a
}

// decision is what policies of administrators make of a connection: what they allow, all
// that they decide, and what they would allow at most.
type decision struct{ allowed, matched, possible portSet }

// then returns what is decided where a comes before b.
func (e *evaluation) then(a, b decision) decision {
	return decision{
		allowed:  e.ports.union(a.allowed, e.ports.minus(b.allowed, a.matched)),
		matched:  e.ports.union(a.matched, b.matched),
		possible: e.ports.union(a.possible, e.ports.minus(b.possible, a.matched)),
	}
}

// either returns what is decided where the plugin chooses which comes first: what either
// would allow is possible. A comes first by its name.
func (e *evaluation) either(a, b decision) decision {
	d := e.then(a, b)
	d.possible = e.ports.union(a.possible, b.possible)
	return d
}

// differ reports whether it matters which of two comes first.
func (e *evaluation) differ(a, b decision) bool {
	both := e.ports.intersect(a.matched, b.matched)
	return e.ports.intersect(a.allowed, both) != e.ports.intersect(b.allowed, both)
}

// tier applies the policies of administrators of one tier. Those of one priority have no
// order that a plugin must keep, nor have the policies of one form with those of another.
func (e *evaluation) tier(concerns []concern, tier Tier, peer int, otherwise, next answer) answer {
	var sum decision
	var before []concern // of the other form
	for len(concerns) > 0 {
		first := e.policies[concerns[0].policy]
		end := e.alikeUntil(concerns, func(p *policy) bool { return p.tier == first.tier && p.form == first.form })
		if first.tier == tier {
			one := e.ordered(concerns[:end], peer, next)
			if len(before) > 0 && e.differ(sum, one) {
				e.tie(before, concerns[:end], peer, next)
			}
			sum, before = e.either(sum, one), concerns[:end]
		}
		concerns = concerns[end:]
	}
	return answer{
		allowed:  e.ports.union(sum.allowed, e.ports.minus(otherwise.allowed, sum.matched)),
		possible: e.ports.union(sum.possible, e.ports.minus(otherwise.possible, sum.matched)),
	}
}

// alikeUntil returns how many of the first concerns are with policies that are alike.
func (e *evaluation) alikeUntil(concerns []concern, alike func(*policy) bool) int {
	if n := slices.IndexFunc(concerns, func(c concern) bool { return !alike(e.policies[c.policy]) }); n >= 0 {
		return n
	}
	return len(concerns)
}

// ordered applies policies of one tier and form by their priorities.
func (e *evaluation) ordered(concerns []concern, peer int, next answer) decision {
	var sum decision
	for len(concerns) > 0 {
		priority := e.policies[concerns[0].policy].priority
		end := e.alikeUntil(concerns, func(p *policy) bool { return p.priority == priority })
		var equal decision
		var refused portSet
		for i, c := range concerns[:end] {
			one := e.apply(c, peer, next)
			equal, refused = e.either(equal, one), e.ports.union(refused, e.ports.minus(one.matched, one.allowed))
			if i > 0 && e.ports.intersect(equal.possible, refused) != noPorts {
				e.tie(concerns[:i], concerns[i:i+1], peer, next)
			}
		}
		sum, concerns = e.then(sum, equal), concerns[end:]
	}
	return sum
}

// tie notes the policies between which it matters who comes first.
func (e *evaluation) tie(some, others []concern, peer int, next answer) {
	for _, a := range some {
		for _, b := range others {
			if e.differ(e.apply(a, peer, next), e.apply(b, peer, next)) {
				e.ties[[2]int{a.policy, b.policy}] = true
			}
		}
	}
}

// apply returns what one policy of an administrator decides of a peer.
func (e *evaluation) apply(c concern, peer int, next answer) decision {
	var d decision
	for _, r := range c.rows {
		sure, unsure := r.sure.has(peer), r.unsure.has(peer)
		if !sure && !unsure {
			continue
		}
		ports := e.ports.minus(r.ports, d.matched)
		switch r.action {
		case Allow:
			d.possible = e.ports.union(d.possible, ports)
		case Pass:
			d.possible = e.ports.union(d.possible, e.ports.intersect(ports, next.possible))
		case Deny:
		}
		if !sure || !c.sure {
			continue
		}
		switch r.action {
		case Allow:
			d.allowed = e.ports.union(d.allowed, ports)
		case Pass:
			d.allowed = e.ports.union(d.allowed, e.ports.intersect(ports, next.allowed))
		case Deny:
		}
		d.matched = e.ports.union(d.matched, ports)
	}
	return d
}
