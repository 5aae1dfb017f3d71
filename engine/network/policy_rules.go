package network

import (
	"errors"
	"fmt"
	"net/netip"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"

	"tickmark/engine"
)

// Refused says why p is not in force, or not for sure: no API server takes it, or files
// hold another of its name. It is nil where p is in force.
func (p Policy) Refused() error {
	if _, faults := p.understood(); len(faults) > 0 {
		return fmt.Errorf("%s: %w", notTaken, faults[0])
	}
	return p.again
}

const notTaken = "no API server takes it, so that it is not in force"

// errWrittenAgain is of policies that files hold under one name: a server keeps one.
var errWrittenAgain = errors.New("another policy of its name stands beside it, and a server keeps one of them: which is not known")

// writtenAgain are the names under which policies stand that are not the same.
func writtenAgain(v *engine.View, kind engine.Kind) map[engine.Ref]error {
	known, again := map[engine.Ref]engine.Digest{}, map[engine.Ref]error{}
	for _, o := range v.Objects(kind) {
		name := o.Ref.WithoutUID()
		if before, there := known[name]; there && before != o.Digest {
			again[name] = errWrittenAgain
		}
		known[name] = o.Digest
	}
	return again
}

// readPolicies reads the NetworkPolicies of a view.
func readPolicies(v *engine.View) []Policy {
	var all []Policy
	again := writtenAgain(v, PolicyKind)
	for _, o := range engine.All[networkingv1.NetworkPolicy](v, PolicyKind) {
		p := NewPolicy(o.Ref, o.Digest, &o.Value.Spec)
		p.again = again[o.Ref.WithoutUID()]
		all = append(all, p)
	}
	return all
}

// understood returns a NetworkPolicy as rules, and what of it no API server would
// take. A policy that none takes is not in force; what it would open may be open.
func (p Policy) understood() (*policy, []error) {
	own := p.Ref.Namespace
	q := &policy{ref: p.Ref, digest: p.Digest, tier: PolicyTier, subject: peer{only: own, inside: true}}
	var faults []error
	selector, err := newSelector(&p.Spec.PodSelector)
	if err != nil {
		faults = append(faults, err)
	}
	q.subject.pods = selector
	faults = append(faults, refusedTypes(p.Spec.PolicyTypes)...)
	q.isolates = [2]bool{Ingress: p.Isolates(Ingress), Egress: p.Isolates(Egress)}
	// A server reads the rules of both directions, also those that the policy is not for.
	add := func(d Direction, peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort) {
		rule, wrong := ruleOf(own, peers, ports)
		if faults = append(faults, wrong...); q.isolates[d] {
			q.rules[d] = append(q.rules[d], rule)
		}
	}
	for _, r := range p.Spec.Ingress {
		add(Ingress, r.From, r.Ports)
	}
	for _, r := range p.Spec.Egress {
		add(Egress, r.To, r.Ports)
	}
	q.subject.uncertain = len(faults) > 0 || p.again != nil
	return q, faults
}

// refusedTypes says which directions no server takes.
func refusedTypes(types []networkingv1.PolicyType) (faults []error) {
	for _, t := range types {
		if t != networkingv1.PolicyTypeIngress && t != networkingv1.PolicyTypeEgress {
			faults = append(faults, fmt.Errorf("read policyTypes: %q is no direction", t))
		}
	}
	if most := 2; len(types) > most {
		faults = append(faults, fmt.Errorf("read policyTypes: it names more than %d", most))
	}
	return faults
}

func ruleOf(own string, peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort) (rule, []error) {
	r := rule{action: Allow}
	var faults []error
	if len(ports) == 0 {
		r.ports = AllPorts()
	}
	for _, p := range ports {
		if err := r.add(p); err != nil {
			faults = append(faults, err)
			r.uncertain = true
		}
	}
	if len(peers) == 0 {
		r.peers = []peer{{}}
	}
	for _, p := range peers {
		of, err := peerOf(own, p)
		if err != nil {
			faults = append(faults, err)
			of.uncertain = true
		}
		r.peers = append(r.peers, of)
	}
	return r, faults
}

// add takes a port of a NetworkPolicy in.
func (r *rule) add(p networkingv1.NetworkPolicyPort) error {
	var name string
	if p.Protocol != nil {
		name = string(*p.Protocol)
	}
	protocol, known := protocolOf(name)
	switch {
	case !known:
		return fmt.Errorf("read port: protocol %q is none that policies know", name)
	case p.Port == nil && p.EndPort != nil:
		return errors.New("read port: endPort without port")
	case p.Port == nil:
		r.ports = r.ports.union(portsOf(protocol, firstPort, lastPort))
	case p.Port.Type == intstr.String && p.EndPort != nil:
		return fmt.Errorf("read port %q: endPort needs a number before it", p.Port.StrVal)
	case p.Port.Type == intstr.String && len(validation.IsValidPortName(p.Port.StrVal)) > 0:
		return fmt.Errorf("read port %q: it is no name of a port", p.Port.StrVal)
	case p.Port.Type == intstr.String:
		r.named = append(r.named, namedPort{name: p.Port.StrVal, protocol: protocol})
	default:
		last := p.Port.IntVal
		if p.EndPort != nil {
			last = *p.EndPort
		}
		return r.addRange(protocol, p.Port.IntVal, last)
	}
	return nil
}

func (r *rule) addRange(protocol Protocol, from, to int32) error {
	if from < firstPort || to > lastPort || from > to {
		return fmt.Errorf("read port: %d to %d is no range of ports", from, to)
	}
	r.ports = r.ports.union(portsOf(protocol, from, to))
	return nil
}

// peerOf reads a peer of a NetworkPolicy. One that names no namespaces means its
// own; an empty selector means every one.
func peerOf(own string, p networkingv1.NetworkPolicyPeer) (peer, error) {
	if p.IPBlock != nil {
		if p.PodSelector != nil || p.NamespaceSelector != nil {
			return peer{inside: true}, errors.New("read peer: an ipBlock stands with no selector")
		}
		if prefix, err := netip.ParsePrefix(p.IPBlock.CIDR); err == nil && isMapped(p.IPBlock.CIDR) {
			four := netip.PrefixFrom(prefix.Addr().Unmap(), max(prefix.Bits()-mappedBits, 0))
			return peer{block: block{rangeOf(four)}, inside: true, uncertain: true, mapped: true}, nil
		}
		b, err := newBlock(p.IPBlock.CIDR, p.IPBlock.Except)
		return peer{block: b, inside: true}, err
	}
	of := peer{inside: true}
	if p.PodSelector == nil && p.NamespaceSelector == nil {
		return of, errors.New("read peer: it names nobody")
	}
	var err error
	if p.PodSelector != nil {
		if of.pods, err = newSelector(p.PodSelector); err != nil {
			return of, err
		}
	}
	if p.NamespaceSelector == nil {
		of.only = own
		return of, nil
	}
	of.namespaces, err = newSelector(p.NamespaceSelector)
	return of, err
}
