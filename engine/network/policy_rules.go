package network

import (
	"errors"
	"fmt"
	"net/netip"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Refused says why no API server takes p, so that it is not in force; nil where one does.
func (p Policy) Refused() error {
	if _, faults := p.understood(); len(faults) > 0 {
		return faults[0]
	}
	return nil
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
	q.isolates = [2]bool{Ingress: p.Isolates(Ingress), Egress: p.Isolates(Egress)}
	for _, r := range p.Spec.Ingress {
		if !q.isolates[Ingress] {
			break
		}
		rule, wrong := ruleOf(own, r.From, r.Ports)
		q.rules[Ingress], faults = append(q.rules[Ingress], rule), append(faults, wrong...)
	}
	for _, r := range p.Spec.Egress {
		if !q.isolates[Egress] {
			break
		}
		rule, wrong := ruleOf(own, r.To, r.Ports)
		q.rules[Egress], faults = append(q.rules[Egress], rule), append(faults, wrong...)
	}
	q.subject.uncertain = len(faults) > 0
	return q, faults
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
