package network

import (
	"cmp"
	"slices"

	"tickmark/engine"
)

// Tier is a stage of the decision. A stage decides only what those before it left
// open.
type Tier int

// The tiers, in the order in which they decide.
const (
	AdminTier    Tier = iota // AdminNetworkPolicy, ClusterNetworkPolicy of the tier Admin
	PolicyTier               // NetworkPolicy
	BaselineTier             // BaselineAdminNetworkPolicy, ClusterNetworkPolicy of the tier Baseline
)

var tierNames = [...]string{"admin", "network-policy", "baseline"}

// String returns "admin", "network-policy" or "baseline".
func (t Tier) String() string { return tierNames[t] }

// MarshalText writes what String returns.
func (t Tier) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// Action is what a rule does with what it matches.
type Action int

// The actions.
const (
	Allow Action = iota
	Deny
	Pass // leaves it to the next tier
)

var actionNames = [...]string{"allow", "deny", "pass"}

// String returns "allow", "deny" or "pass".
func (a Action) String() string { return actionNames[a] }

// MarshalText writes what String returns.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// policy is one policy of any kind, understood.
type policy struct {
	ref      engine.Ref
	digest   engine.Digest
	tier     Tier
	form     adminForm // of an administrator's
	priority int32
	subject  peer
	isolates [2]bool // of a NetworkPolicy, by direction
	rules    [2][]rule
}

// before orders policies as they decide; forms and equal priorities are told apart by
// name alone, which no plugin promises.
func (p *policy) before(o *policy) int {
	return cmp.Or(cmp.Compare(p.tier, o.tier), cmp.Compare(p.form, o.form), cmp.Compare(p.priority, o.priority), p.ref.Compare(o.ref))
}

// rule is one rule of a policy in one direction.
type rule struct {
	name   string
	action Action
	peers  []peer
	ports  Ports       // those with a number
	named  []namedPort // those that the pod at the other end gives a number
	// uncertain says that the rule could not be understood: it may match anything.
	uncertain bool
}

// namedPort is a port by the name that a container gives it.
type namedPort struct {
	name     string
	protocol Protocol
	any      bool // of any protocol
}

// resolved returns the ports of r at a pod with these named ports.
func (r *rule) resolved(named map[string][]portOf) Ports {
	sum := r.ports
	for _, n := range r.named {
		for _, p := range named[n.name] {
			if n.any || p.protocol == n.protocol {
				sum = sum.union(portsOf(p.protocol, p.port, p.port))
			}
		}
	}
	return sum
}

// peer is who is at the other end, or, as a subject, whom a policy is for. What is
// set must hold together; blocks and nodes stand alone. The zero peer is everybody.
type peer struct {
	only        string    // the one namespace
	namespaces  *selector // nil is every namespace
	pods        *selector // nil is every pod
	inside      bool      // pods alone, and no address outside the cluster
	block       block
	nodes       *selector
	withoutHost bool // pods on the network of their node are not meant
	// uncertain says that who is meant could not be understood.
	uncertain bool
	mapped    bool // for the form in which its block is written, see isMapped
}

// everybody reports whether p names nobody in particular.
func (p peer) everybody() bool {
	return !p.inside && p.block == nil && p.nodes == nil && !p.uncertain
}

// blocksOf returns the address blocks that policies name in a direction.
func blocksOf(policies []*policy, d Direction) []block {
	var all []block
	for _, p := range policies {
		for _, r := range p.rules[d] {
			for _, peer := range r.peers {
				if peer.block != nil {
					all = append(all, peer.block)
				}
			}
		}
	}
	return all
}

// namesNodes reports whether a rule means nodes by their labels.
func namesNodes(policies []*policy) bool {
	return slices.ContainsFunc(policies, func(p *policy) bool {
		return slices.ContainsFunc(p.rules[Egress], func(r rule) bool {
			return slices.ContainsFunc(r.peers, func(of peer) bool { return of.nodes != nil })
		})
	})
}
