package network

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kubejson "sigs.k8s.io/json"

	"tickmark/engine"
)

// The kinds of policies that administrators set over the whole cluster.
var (
	AdminPolicyKind    = engine.Kind{Group: groupPolicy, Kind: "AdminNetworkPolicy"}
	BaselinePolicyKind = engine.Kind{Group: groupPolicy, Kind: "BaselineAdminNetworkPolicy"}
	ClusterPolicyKind  = engine.Kind{Group: groupPolicy, Kind: "ClusterNetworkPolicy"}
)

const groupPolicy = "policy.networking.k8s.io"

// adminForm is one of the two forms in which administrators write policies.
type adminForm int

// The form of AdminNetworkPolicy and BaselineAdminNetworkPolicy, and that of their
// successor, ClusterNetworkPolicy.
const (
	olderForm adminForm = iota
	clusterForm
)

// adminLimits is what the API of a form takes. What is beyond it no server takes, so that
// nothing of the policy is in force.
type adminLimits struct {
	version string
	allow   string // the action
	rules   int    // of one direction, and as many ports of a rule and peers
}

var adminForms = [...]adminLimits{olderForm: {"v1alpha1", "Allow", 100}, clusterForm: {"v1alpha2", "Accept", 25}}

const (
	lastPriority     = 1000
	longestRuleName  = 100
	mostNetworks     = 25 // of one peer
	onlyBaselineName = "default"
)

// refusal is why no server takes a policy.
type refusal struct{ error }

func refused(format string, args ...any) error {
	return refusal{fmt.Errorf("no API server takes it: "+format, args...)}
}

// adminPolicy is a policy of the three kinds. Rules are read one by one, so that
// one that is not understood hides itself alone.
type adminPolicy struct {
	APIVersion string `json:"apiVersion"`
	Spec       struct {
		Tier     string            `json:"tier"`
		Priority *int32            `json:"priority"`
		Subject  json.RawMessage   `json:"subject"`
		Ingress  []json.RawMessage `json:"ingress"`
		Egress   []json.RawMessage `json:"egress"`
	} `json:"spec"`
}

// adminPeer is a subject or a peer: exactly one of its fields is set.
type adminPeer struct {
	Namespaces  *metav1.LabelSelector `json:"namespaces"`
	Pods        *namespacedPods       `json:"pods"`
	Nodes       *metav1.LabelSelector `json:"nodes"`
	Networks    []string              `json:"networks"`
	DomainNames []string              `json:"domainNames"`
}

type namespacedPods struct {
	NamespaceSelector metav1.LabelSelector `json:"namespaceSelector"`
	PodSelector       metav1.LabelSelector `json:"podSelector"`
}

// adminRule is a rule of v1alpha1 (ports) or of v1alpha2 (protocols).
type adminRule struct {
	Name      string           `json:"name"`
	Action    string           `json:"action"`
	From      []adminPeer      `json:"from"`
	To        []adminPeer      `json:"to"`
	Ports     *[]adminPort     `json:"ports"`
	Protocols *[]adminProtocol `json:"protocols"`
}

type adminPort struct {
	PortNumber *struct {
		Protocol string `json:"protocol"`
		Port     int32  `json:"port"`
	} `json:"portNumber"`
	NamedPort *string `json:"namedPort"`
	PortRange *struct {
		Protocol string `json:"protocol"`
		Start    int32  `json:"start"`
		End      int32  `json:"end"`
	} `json:"portRange"`
}

type adminProtocol struct {
	TCP                  *protocolPorts `json:"tcp"`
	UDP                  *protocolPorts `json:"udp"`
	SCTP                 *protocolPorts `json:"sctp"`
	DestinationNamedPort string         `json:"destinationNamedPort"`
}

type protocolPorts struct {
	DestinationPort *struct {
		Number int32 `json:"number"`
		Range  *struct {
			Start int32 `json:"start"`
			End   int32 `json:"end"`
		} `json:"range"`
	} `json:"destinationPort"`
}

// strictly decodes what has no field that this program does not know: one that is
// passed over could turn some peers into all of them.
func strictly(raw []byte, into any) error {
	unknown, err := kubejson.UnmarshalStrict(raw, into, kubejson.DisallowUnknownFields)
	return errors.Join(append(unknown, err)...)
}

// newAdminPolicy reads a policy of an administrator, and what of it cannot be
// evaluated.
func newAdminPolicy(ref engine.Ref, digest engine.Digest, body []byte) (*policy, []error) {
	p := &policy{ref: ref, digest: digest, form: formOf(ref.Of()), subject: peer{inside: true, withoutHost: true}}
	var read adminPolicy
	if err := kubejson.UnmarshalCaseSensitivePreserveInts(body, &read); err != nil {
		p.subject.uncertain = true
		p.rules = [2][]rule{{unknownRule()}, {unknownRule()}}
		return p, []error{fmt.Errorf("read policy: %w", err)}
	}
	var faults []error
	limits := adminForms[p.form]
	if _, version, _ := strings.Cut(read.APIVersion, "/"); version != limits.version {
		faults = append(faults, fmt.Errorf("its version %q is none that is known", version))
		p.subject.uncertain = true
	}
	var of adminPeer
	err := strictly(read.Spec.Subject, &of)
	if err == nil {
		p.subject, err = of.understood(true)
	}
	if err != nil {
		faults = append(faults, fmt.Errorf("subject: %w", err))
	}
	if err := p.place(read.Spec.Tier, read.Spec.Priority); err != nil {
		faults = append(faults, err)
	}
	p.subject.uncertain = len(faults) > 0
	for d, rules := range [2][]json.RawMessage{Ingress: read.Spec.Ingress, Egress: read.Spec.Egress} {
		if len(rules) > limits.rules {
			faults = append(faults, refused("it has %d rules for %s, and %d are the most", len(rules), Direction(d), limits.rules))
		}
		for i, raw := range rules {
			r, wrong := newAdminRule(raw, p.ref.Of(), Direction(d))
			for _, err := range wrong {
				faults = append(faults, fmt.Errorf("%s rule %d: %w", Direction(d), i+1, err))
			}
			p.rules[d] = append(p.rules[d], r)
		}
	}
	p.subject.uncertain = p.subject.uncertain || slices.ContainsFunc(faults, func(err error) bool { return errors.As(err, new(refusal)) })
	return p, faults
}

// place puts p into its tier.
func (p *policy) place(tier string, priority *int32) error {
	p.tier = AdminTier
	switch p.ref.Of() {
	case BaselinePolicyKind:
		if p.tier = BaselineTier; p.ref.Name != onlyBaselineName {
			return refused("the only one that there may be is called %q", onlyBaselineName)
		}
		return nil
	case ClusterPolicyKind:
		switch tier {
		case "Admin":
		case "Baseline":
			p.tier = BaselineTier
		default:
			return refused("tier %q is none that is known", tier)
		}
	}
	if priority == nil || *priority < 0 || *priority > lastPriority {
		return refused("its priority is not from 0 to %d", lastPriority)
	}
	p.priority = *priority
	return nil
}

// unknownRule may match anything and allow it.
func unknownRule() rule {
	return rule{action: Allow, ports: AllPorts(), peers: []peer{{}}, uncertain: true}
}

func newAdminRule(raw []byte, kind engine.Kind, d Direction) (rule, []error) {
	var read adminRule
	if err := strictly(raw, &read); err != nil {
		return unknownRule(), []error{err}
	}
	form := formOf(kind)
	limits := adminForms[form]
	r := rule{name: read.Name, ports: AllPorts()}
	var faults []error
	switch {
	case read.Action == limits.allow:
	case read.Action == "Deny":
		r.action = Deny
	case read.Action == "Pass" && kind != BaselinePolicyKind:
		r.action = Pass
	default:
		faults = append(faults, refused("action %q is none that is known", read.Action))
		r.uncertain = true
	}
	peers := read.From
	if d == Egress {
		peers = read.To
	}
	if len(peers) == 0 {
		faults = append(faults, refused("it names no peer"))
		r.peers, r.uncertain = []peer{{}}, true
	}
	if len(peers) > limits.rules || utf8.RuneCountInString(read.Name) > longestRuleName {
		faults = append(faults, refused("it names more than %d peers, or its name is longer than %d characters", limits.rules, longestRuleName))
	}
	for _, p := range peers {
		of, err := p.understood(d == Ingress)
		if err != nil {
			faults = append(faults, err)
			of.uncertain = true
		}
		r.peers = append(r.peers, of)
	}
	if err := r.limit(form, read); err != nil {
		faults = append(faults, err)
		r.uncertain = true
	}
	return r, faults
}

// formOf is the form of a kind.
func formOf(kind engine.Kind) adminForm {
	if kind == ClusterPolicyKind {
		return clusterForm
	}
	return olderForm
}

// understood returns what a subject or a peer means. Networks and nodes are peers
// of what goes out alone.
func (a adminPeer) understood(podsOnly bool) (peer, error) {
	of := peer{inside: true, withoutHost: true}
	set := 0
	for _, is := range [...]bool{a.Namespaces != nil, a.Pods != nil, a.Nodes != nil, len(a.Networks) > 0, len(a.DomainNames) > 0} {
		if is {
			set++
		}
	}
	if set != 1 || podsOnly && a.Namespaces == nil && a.Pods == nil {
		return of, refused("a peer names exactly one kind of peers that its direction has")
	}
	var err error
	switch {
	case a.Namespaces != nil:
		of.namespaces, err = newSelector(a.Namespaces)
	case a.Pods != nil:
		if of.namespaces, err = newSelector(&a.Pods.NamespaceSelector); err == nil {
			of.pods, err = newSelector(&a.Pods.PodSelector)
		}
	case a.Nodes != nil:
		of.nodes, err = newSelector(a.Nodes)
	case len(a.DomainNames) > 0:
		err = errors.New("which addresses a domain name has is not known here")
	default:
		if of.withoutHost = false; len(a.Networks) > mostNetworks {
			return of, refused("a peer names more than %d networks", mostNetworks)
		}
		for _, cidr := range a.Networks {
			b, wrong := newBlock(cidr, nil)
			if _, err := netip.ParsePrefix(cidr); err != nil {
				return of, refused("%w", wrong)
			}
			if wrong != nil {
				return of, wrong
			}
			of.block = of.block.union(b)
		}
	}
	return of, err
}

// limit sets the ports of a rule; none named are all.
func (r *rule) limit(form adminForm, read adminRule) error {
	if read.Ports == nil && read.Protocols == nil {
		return nil
	}
	if form == olderForm && read.Protocols != nil || form == clusterForm && read.Ports != nil {
		return errors.New("it names its ports as the other form of these policies does")
	}
	r.ports = Ports{}
	add, n := r.addProtocols, 0
	if read.Ports != nil {
		add, n = r.addAdminPorts, len(*read.Ports)
	} else {
		n = len(*read.Protocols)
	}
	if n == 0 || n > adminForms[form].rules {
		return refused("its list of ports has %d, and is to have from 1 to %d", n, adminForms[form].rules)
	}
	return add(read)
}

func (r *rule) addAdminPorts(read adminRule) error {
	for _, p := range *read.Ports {
		if err := r.addAdminPort(p); err != nil {
			return err
		}
	}
	return nil
}

func (r *rule) addProtocols(read adminRule) error {
	for _, p := range *read.Protocols {
		if err := r.addProtocol(p); err != nil {
			return err
		}
	}
	return nil
}

func (r *rule) addAdminPort(p adminPort) error {
	name, from, to := "", int32(0), int32(0)
	switch {
	case p.NamedPort != nil && p.PortNumber == nil && p.PortRange == nil:
		r.named = append(r.named, namedPort{name: *p.NamedPort, any: true})
		return nil
	case p.PortNumber != nil && p.PortRange == nil && p.NamedPort == nil:
		name, from, to = p.PortNumber.Protocol, p.PortNumber.Port, p.PortNumber.Port
	case p.PortRange != nil && p.PortNumber == nil && p.NamedPort == nil:
		name, from, to = p.PortRange.Protocol, p.PortRange.Start, p.PortRange.End
	default:
		return refused("a port is one number, one name or one range")
	}
	protocol, known := protocolOf(name)
	switch {
	case !known:
		return fmt.Errorf("read port: protocol %q is none that policies know", name)
	case min(from, to) < firstPort || max(from, to) > lastPort:
		return refused("a port is from %d to %d", firstPort, lastPort)
	}
	return r.addRange(protocol, from, to)
}

func (r *rule) addProtocol(p adminProtocol) error {
	set := 0
	for protocol, ports := range [protocols]*protocolPorts{SCTP: p.SCTP, TCP: p.TCP, UDP: p.UDP} {
		if ports == nil {
			continue
		}
		set++
		from, to := int32(firstPort), int32(lastPort)
		if at := ports.DestinationPort; at != nil {
			if (at.Number != 0) == (at.Range != nil) {
				return refused("a destination port is one number or one range")
			}
			from, to = at.Number, at.Number
			if at.Range != nil {
				from, to = at.Range.Start, at.Range.End
			}
			if from < firstPort || to > lastPort || at.Range != nil && from >= to {
				return refused("%d to %d is no range of ports", from, to)
			}
		}
		if err := r.addRange(Protocol(protocol), from, to); err != nil {
			return err
		}
	}
	if p.DestinationNamedPort != "" {
		set++
		r.named = append(r.named, namedPort{name: p.DestinationNamedPort, any: true})
	}
	if set != 1 {
		return refused("a protocol is exactly one of tcp, udp, sctp and destinationNamedPort")
	}
	return nil
}
