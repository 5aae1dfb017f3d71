package network

import (
	"errors"
	"fmt"
	"net/netip"

	"tickmark/engine"
)

// Effect is what one policy has to do with a connection.
type Effect struct {
	Direction Direction  `json:"direction"` // egress of the source, ingress of the destination
	Policy    engine.Ref `json:"policy"`
	Tier      Tier       `json:"tier"`
	Rule      int        `json:"rule"` // from 1; 0 where a NetworkPolicy isolates and no rule of it matches
	Name      string     `json:"name,omitempty"`
	Action    Action     `json:"action"`
	Ports     Ports      `json:"ports"`
	// Certain is false where it is not known whether the policy or its rule is meant.
	Certain bool `json:"certain"`
	// Family is IPv4 or IPv6 where it is so over that one alone.
	Family string `json:"family,omitempty"`
}

// String writes e as a sentence.
func (e Effect) String() string {
	text := fmt.Sprintf("%s: %s %ss %s", e.Direction, e.Policy, e.Action, e.Ports)
	switch {
	case e.Rule == 0:
		text = fmt.Sprintf("%s: %s isolates, and no rule of it matches", e.Direction, e.Policy)
	case e.Action == Pass:
		text = fmt.Sprintf("%s: %s passes %s on", e.Direction, e.Policy, e.Ports)
	case e.Action == Deny:
		text = fmt.Sprintf("%s: %s denies %s", e.Direction, e.Policy, e.Ports)
	}
	if e.Rule > 0 {
		text += fmt.Sprintf(" (rule %d)", e.Rule)
	}
	if !e.Certain {
		text += ", perhaps"
	}
	if e.Family != "" {
		text += ", over " + e.Family
	}
	return text
}

// Explanation is what decides one pair, in the order in which it is decided.
type Explanation struct {
	Connection Connection
	Effects    []Effect
}

// Explain returns what decides between two ends: workloads by `namespace/name`, an
// address outside, or either as lists write them; a controller in front as the source.
func (a *Analysis) Explain(from, to string) (Explanation, error) {
	source, err := a.endNamed(from, Ingress)
	if err != nil {
		return Explanation{}, err
	}
	destination, err := a.endNamed(to, Egress)
	if err != nil {
		return Explanation{}, err
	}
	x := Explanation{Effects: []Effect{}}
	if x.Connection, err = a.connecting(source, destination); err != nil {
		return Explanation{}, fmt.Errorf("explain %s to %s: %w", source.name, destination.name, err)
	}
	x.Effects = a.effects(x.Effects, source, destination, Egress)
	x.Effects = a.effects(x.Effects, destination, source, Ingress)
	return x, nil
}

// connecting returns the connection between two ends, whether or not something is
// possible over it.
func (a *Analysis) connecting(from, to end) (Connection, error) {
	if !from.inFront() {
		if of, is := a.ofEnds(from, to); is {
			c := a.connection(from.name, to.name, of)
			c.Families = a.families(from, to)
			return c, nil
		}
		return Connection{}, errors.New("it needs two workloads, or one and an address")
	}
	for _, c := range a.fromControllers() {
		if c.From == from.name && c.To == to.name {
			return c, nil
		}
	}
	return Connection{}, errors.New("nothing leads that way")
}

// inFront reports whether the end is a controller in front.
func (e end) inFront() bool { return e.workload < 0 && e.part < 0 }

// endNamed finds an end of connections by what a person or a list calls it.
func (a *Analysis) endNamed(name string, d Direction) (end, error) {
	if name == ingressController || name == gatewayController {
		if d == Ingress {
			return end{name, -1, -1}, nil
		}
		return end{}, fmt.Errorf("find %q: what stands in front is a source, and no destination", name)
	}
	for i, r := range a.outside[d] {
		if external := r.String() + "[External]"; external == name {
			return end{external, -1, i}, nil
		}
	}
	if at, err := netip.ParseAddr(name); err == nil {
		i := partAt(a.outside[d], at.Unmap().WithZone(""))
		return end{a.outside[d][i].String() + "[External]", -1, i}, nil
	}
	found := end{workload: -1}
	for i, w := range a.running.workloads {
		if w.String() != name && w.Ref.Namespace+"/"+w.Ref.Name != name {
			continue
		}
		if found.workload >= 0 {
			return end{}, fmt.Errorf("find %q: it is both %s and %s", name, a.running.workloads[found.workload], w)
		}
		found = a.running.end(i)
	}
	if found.workload < 0 {
		return end{}, fmt.Errorf("find %q: there is no such workload, and it is no address", name)
	}
	return found, nil
}

// peersAt returns the numbers under which a direction knows an end. What stands in
// front is an arbitrary pod.
func (a *Analysis) peersAt(e end) []int {
	if e.inFront() {
		return []int{a.arbitrary()}
	}
	if e.workload < 0 {
		return []int{len(a.classes) + e.part}
	}
	return a.classesOf(e.workload)
}

func (a *Analysis) effects(all []Effect, own, other end, d Direction) []Effect {
	if own.workload < 0 {
		return all
	}
	over := map[string]map[family]bool{} // by the effect as text
	from := len(all)
	for _, class := range a.classesOf(own.workload) {
		for _, c := range a.concerns(class, d) {
			for _, peer := range a.peersAt(other) {
				by := noFamily
				if peer < len(a.classes) && !other.inFront() {
					if !a.classes[class].meets(&a.classes[peer]) {
						continue
					}
					by = max(a.classes[class].family, a.classes[peer].family)
				}
				for _, e := range a.effect(c, peer, d) {
					text := e.String()
					if over[text] == nil {
						over[text] = map[family]bool{}
						all = append(all, e)
					}
					over[text][by] = true
				}
			}
		}
	}
	for i := from; i < len(all); i++ {
		if of := over[all[i].String()]; len(of) == 1 {
			for f := range of {
				all[i].Family = f.String()
			}
		}
	}
	return all
}

func (a *Analysis) effect(c concern, peer int, d Direction) []Effect {
	p := a.policies[c.policy]
	var all []Effect
	for _, r := range c.rows {
		if sure := r.sure.has(peer); sure || r.unsure.has(peer) {
			all = append(all, Effect{
				Direction: d, Policy: p.ref, Tier: p.tier, Rule: r.rule + 1, Name: p.rules[d][r.rule].name,
				Action: r.action, Ports: a.ports.sets[r.ports], Certain: sure && c.sure,
			})
		}
	}
	if len(all) == 0 && p.tier == PolicyTier {
		all = append(all, Effect{Direction: d, Policy: p.ref, Tier: p.tier, Action: Deny, Ports: AllPorts(), Certain: c.sure})
	}
	return all
}
