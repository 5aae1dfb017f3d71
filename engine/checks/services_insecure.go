package checks

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

// insecurePorts are the well-known ports of protocols that send what they carry, or
// the password to it, in the clear (IANA's registry of service names).
var insecurePorts = map[string]string{
	"TCP 21": "FTP", "TCP 23": "Telnet", "UDP 69": "TFTP", "TCP 110": "POP3", "TCP 143": "IMAP", "UDP 161": "SNMP", "TCP 389": "LDAP",
	"TCP 512": "rexec", "TCP 513": "rlogin", "TCP 514": "rsh", "TCP 873": "rsync", "TCP 5900": "VNC", "TCP 6000": "X11",
	"TCP 2375": "Docker without TLS", "TCP 11211": "memcached", "UDP 11211": "memcached",
}

// insecureNames are names of ports that say the same.
var insecureNames = []string{"telnet", "ftp", "tftp", "rsh", "rlogin", "rexec", "vnc"}

// Check services-without-insecure-protocols.
//
// Fails for a Service with a port that by its number or name belongs to a protocol
// without encryption (FTP, Telnet, SNMP, LDAP and the like): such a service has to be
// justified and secured otherwise. Passes for every other Service. HTTP on a Service
// is not judged here: see ways-in-use-tls. What really speaks on a port is not seen.
func servicesWithoutInsecureProtocols() check {
	return check{id: "services-without-insecure-protocols", version: 1, needs: []engine.Kind{serviceKind}, eval: func(v *engine.View) []engine.Detail {
		var details []engine.Detail
		for _, s := range engine.All[corev1.Service](v, serviceKind) {
			var insecure []string
			field := ""
			for i, p := range s.Value.Spec.Ports {
				protocol := cmp.Or(string(p.Protocol), "TCP")
				what := insecurePorts[fmt.Sprintf("%s %d", protocol, p.Port)]
				if target := p.TargetPort.IntValue(); what == "" && target > 0 {
					what = insecurePorts[fmt.Sprintf("%s %d", protocol, target)]
				}
				for _, name := range insecureNames {
					if what == "" && (p.Name == name || strings.HasPrefix(p.Name, name+"-")) {
						what = name
					}
				}
				if what != "" {
					insecure = append(insecure, fmt.Sprintf("%s %d (%s)", protocol, p.Port, what))
					field = cmp.Or(field, fmt.Sprintf("spec.ports[%d]", i))
				}
			}
			f := passes("spec.ports", len(s.Value.Spec.Ports), "None of its %s belongs to a protocol that is known to be without encryption", count(len(s.Value.Spec.Ports), "port"))
			if len(insecure) > 0 {
				f = fails(field, insecure, "By number or name, a protocol without encryption: %s", list(insecure))
			}
			details = append(details, f.of(s.Ref, s.Digest))
		}
		return details
	}}
}

// internalBalancer are annotations by which a load balancer has no address outside the
// provider's network.
var internalBalancer = map[string]string{
	"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal", "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
	"networking.gke.io/load-balancer-type": "Internal", "cloud.google.com/load-balancer-type": "Internal",
	"service.beta.kubernetes.io/azure-load-balancer-internal": "true",
}

// Check load-balancers-limit-sources.
//
// For each Service of type LoadBalancer: passes where loadBalancerSourceRanges limits
// who is let in to less than everybody, or an annotation of the provider makes it
// internal; fails otherwise. Unknown for a range that is none. Limits that a firewall
// in front sets are not seen here.
func loadBalancersLimitSources() check {
	return check{id: "load-balancers-limit-sources", version: 1, needs: []engine.Kind{serviceKind}, eval: func(v *engine.View) []engine.Detail {
		var details []engine.Detail
		for _, s := range engine.All[corev1.Service](v, serviceKind) {
			if s.Value.Spec.Type == corev1.ServiceTypeLoadBalancer {
				details = append(details, judgeBalancer(s.Value).of(s.Ref, s.Digest))
			}
		}
		return details
	}}
}

func judgeBalancer(s *corev1.Service) finding {
	const field = "spec.loadBalancerSourceRanges"
	for _, name := range slices.Sorted(maps.Keys(internalBalancer)) {
		if s.Annotations[name] == internalBalancer[name] {
			return passes("metadata.annotations", name, "It is internal to the provider's network, by the annotation %s", name)
		}
	}
	ranges := s.Spec.LoadBalancerSourceRanges
	if text := s.Annotations["service.beta.kubernetes.io/load-balancer-source-ranges"]; len(ranges) == 0 && text != "" {
		ranges = strings.Split(text, ",")
	}
	for _, r := range ranges {
		if strings.HasSuffix(strings.TrimSpace(r), "/0") {
			return fails(field, ranges, "It lets everybody in: %s", strings.TrimSpace(r))
		}
	}
	if len(ranges) == 0 {
		return fails(field, nil, "It limits nobody: no source range is named, which lets everybody in")
	}
	for _, r := range ranges {
		if _, err := netip.ParsePrefix(strings.TrimSpace(r)); err != nil {
			return unknown(field, ranges, "A source range is not understood: %q", brief(r))
		}
	}
	return passes(field, ranges, "It lets in %s only", list(ranges))
}
