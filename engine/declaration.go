package engine

import (
	"fmt"
	"net/netip"
	"path"
	"strconv"
	"strings"
)

// Declaration is a connection that the entity says it needs, as PCI DSS 1.2.5 wants it
// recorded: from where, to where, over which ports of the destination, and why.
type Declaration struct {
	// From and To are NAMESPACE/WORKLOAD, where both parts may hold patterns as path.Match
	// knows them; a range of addresses in CIDR notation; or, of From, one of the
	// controllers in front: {ingress-controller}, {gateway}.
	From string `json:"from"`
	To   string `json:"to"`
	// Ports are written as lists of connections write them: "TCP 8443,9000-9010,UDP 53",
	// or "All Connections".
	Ports string `json:"ports"`
	Why   string `json:"why,omitempty"` // the business reason
}

// String writes d as lists of connections do.
func (d Declaration) String() string { return d.From + " => " + d.To + " : " + d.Ports }

// ParseDeclaration reads what String writes.
func ParseDeclaration(text string) (Declaration, error) {
	from, rest, arrow := strings.Cut(text, "=>")
	to, ports, colon := strings.Cut(strings.TrimSpace(rest), " :") // ::/0 is a range
	if !arrow || !colon {
		return Declaration{}, fmt.Errorf("read connection %q: write FROM => TO : PORTS, as in shop/cart => pay/api : TCP 8443", text)
	}
	d := Declaration{From: strings.TrimSpace(from), To: strings.TrimSpace(to), Ports: strings.TrimSpace(ports)}
	if err := d.Check(); err != nil {
		return Declaration{}, fmt.Errorf("read connection %q: %w", text, err)
	}
	return d, nil
}

// AllPortsText is how every port of every protocol is written.
const AllPortsText = "All Connections"

// PortRange is a range of ports of one protocol, both ends included.
type PortRange struct {
	Protocol string // SCTP, TCP or UDP
	From, To int32  // 1 to 65535
}

// Check reports what is wrong with d, in one line.
func (d Declaration) Check() error {
	for _, end := range [...]string{d.From, d.To} {
		if err := checkEnd(end); err != nil {
			return err
		}
	}
	if strings.HasPrefix(d.To, "{") {
		return fmt.Errorf("%s: only a connection from it can be declared", d.To)
	}
	_, err := ParsePorts(d.Ports)
	return err
}

func checkEnd(text string) error {
	if _, err := netip.ParsePrefix(text); err == nil || text == "{ingress-controller}" || text == "{gateway}" {
		return nil
	}
	namespace, name, both := strings.Cut(text, "/")
	if !both || namespace == "" || name == "" || strings.Contains(name, "/") {
		return fmt.Errorf("%q is neither NAMESPACE/WORKLOAD, a range of addresses, {ingress-controller} nor {gateway}", text)
	}
	if _, err := path.Match(text, ""); err != nil {
		return fmt.Errorf("%q: %w", text, err)
	}
	return nil
}

// ParsePorts reads ports as Declaration.Ports has them.
func ParsePorts(text string) ([]PortRange, error) {
	if text == AllPortsText {
		return []PortRange{{"SCTP", 1, 65535}, {"TCP", 1, 65535}, {"UDP", 1, 65535}}, nil
	}
	var all []PortRange
	protocol := ""
	for _, part := range strings.Split(text, ",") {
		part = strings.TrimSpace(part)
		if name, rest, named := strings.Cut(part, " "); named {
			protocol, part = name, strings.TrimSpace(rest)
		}
		if protocol != "SCTP" && protocol != "TCP" && protocol != "UDP" {
			return nil, fmt.Errorf("ports %q: %q names neither SCTP, TCP nor UDP; write TCP 8443,9000-9010,UDP 53, or %s", text, part, AllPortsText)
		}
		first, last, ranged := strings.Cut(part, "-")
		if !ranged {
			last = first
		}
		from, errFrom := strconv.ParseUint(first, 10, 16)
		to, errTo := strconv.ParseUint(last, 10, 16)
		if errFrom != nil || errTo != nil || from == 0 || to < from {
			return nil, fmt.Errorf("ports %q: %q is no port and no range of ports between 1 and 65535", text, part)
		}
		all = append(all, PortRange{protocol, int32(from), int32(to)})
	}
	return all, nil
}
