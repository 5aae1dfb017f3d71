package checks

import (
	"fmt"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"

	"tickmark/engine"
)

// Check ways-in-use-tls.
//
// For each Ingress: every host that its rules name, and the default backend, must be
// under one of its tls entries; an entry without hosts is good for all. For each
// Gateway: every listener must speak HTTPS or TLS, and an HTTP one fails unless every
// HTTPRoute bound to it by name only redirects. With none bound, routes of another
// kind may serve it, and it is Unknown. For each OpenShift Route: tls is set and
// insecure requests are refused or redirected. Unknown where Gateways or Routes may be
// hidden.
//
// What an Ingress controller is told by annotations and settings of its own is not
// read: an Ingress without tls whose controller or load balancer ends TLS before it is
// Unknown where an annotation of a known controller says so. Which protocol versions
// and ciphers are offered is not seen here.
func waysInUseTLS() check {
	return check{id: "ways-in-use-tls", version: 2, needs: []engine.Kind{ingressKind}, looks: []engine.Kind{gatewayKind, httpRouteKind, openshiftRouteKind}, eval: func(v *engine.View) []engine.Detail {
		var details []engine.Detail
		for _, i := range engine.All[networkingv1.Ingress](v, ingressKind) {
			details = append(details, judgeIngressTLS(i.Value).of(i.Ref, i.Digest))
		}
		for _, g := range engine.All[gateway](v, gatewayKind) {
			details = append(details, judgeListeners(v, g.Ref, g.Value).of(g.Ref, g.Digest))
		}
		for _, r := range engine.All[openshiftRoute](v, openshiftRouteKind) {
			details = append(details, judgeRouteTLS(r.Value).of(r.Ref, r.Digest))
		}
		return append(details, hidden(v, gatewayKind, openshiftRouteKind)...)
	}}
}

var (
	gatewayKind        = engine.Kind{Group: "gateway.networking.k8s.io", Kind: "Gateway"}
	httpRouteKind      = engine.Kind{Group: "gateway.networking.k8s.io", Kind: "HTTPRoute"}
	openshiftRouteKind = engine.Kind{Group: "route.openshift.io", Kind: "Route"}
)

// gateway is what matters here of a Gateway.
type gateway struct {
	Spec struct {
		Listeners []struct {
			Name     string `json:"name"`
			Protocol string `json:"protocol"`
			Port     int32  `json:"port"`
		} `json:"listeners"`
	} `json:"spec"`
}

// httpRoute is what matters here of an HTTPRoute.
type httpRoute struct {
	Spec struct {
		ParentRefs []struct {
			Kind        string `json:"kind"`
			Namespace   string `json:"namespace"`
			Name        string `json:"name"`
			SectionName string `json:"sectionName"`
			Port        int32  `json:"port"`
		} `json:"parentRefs"`
		Rules []struct {
			BackendRefs []struct{} `json:"backendRefs"`
			Filters     []struct {
				Type            string `json:"type"`
				RequestRedirect *struct {
					Scheme string `json:"scheme"`
				} `json:"requestRedirect"`
			} `json:"filters"`
		} `json:"rules"`
	} `json:"spec"`
}

// openshiftRoute is what matters here of a Route.
type openshiftRoute struct {
	Spec struct {
		TLS *struct {
			Termination string `json:"termination"`
			Insecure    string `json:"insecureEdgeTerminationPolicy"`
		} `json:"tls"`
	} `json:"spec"`
}

// endsBefore are annotations by which a load balancer in front of the Ingress ends TLS.
var endsBefore = []string{
	"alb.ingress.kubernetes.io/certificate-arn", "networking.gke.io/managed-certificates", "ingress.gcp.kubernetes.io/pre-shared-cert",
	"appgw.ingress.kubernetes.io/appgw-ssl-certificate", "nginx.ingress.kubernetes.io/force-ssl-redirect", "haproxy.org/ssl-certificate",
}

func judgeIngressTLS(i *networkingv1.Ingress) finding {
	open := openHosts(&i.Spec)
	if len(open) == 0 {
		return passes("spec.tls", i.Spec.TLS, "Every host of it is under a tls entry")
	}
	for _, name := range endsBefore {
		if value := i.Annotations[name]; value != "" && value != "false" {
			return unknown("metadata.annotations", name, "No tls entry covers %s; by the annotation %s a load balancer may end TLS before it", list(open), name)
		}
	}
	return fails("spec.tls", i.Spec.TLS, "No tls entry covers %s: it is served without encryption", list(open))
}

// openHosts names what an Ingress serves and no tls entry covers.
func openHosts(spec *networkingv1.IngressSpec) []string {
	var covered []string
	for _, t := range spec.TLS {
		if len(t.Hosts) == 0 {
			return nil
		}
		covered = append(covered, t.Hosts...)
	}
	var open []string
	for _, host := range hostsOf(spec) {
		name := host
		if name == "" {
			name = "every host"
		}
		if (host == "" || !slices.Contains(covered, host)) && !slices.Contains(open, name) {
			open = append(open, name)
		}
	}
	if spec.DefaultBackend != nil && !slices.Contains(open, "every host") {
		open = append(open, "every host")
	}
	return open
}

func judgeListeners(v *engine.View, ref engine.Ref, g *gateway) finding {
	var plain, unsure []string
	for _, l := range g.Spec.Listeners {
		what := fmt.Sprintf("%s (%s %d)", l.Name, l.Protocol, l.Port)
		switch l.Protocol {
		case "HTTPS", "TLS":
		case "HTTP":
			switch redirects, seen := onlyRedirects(v, ref, l.Name, l.Port); {
			case !seen:
				unsure = append(unsure, what)
			case !redirects:
				plain = append(plain, what)
			}
		default:
			unsure = append(unsure, what)
		}
	}
	switch {
	case len(plain) > 0:
		return fails("spec.listeners", plain, "Served without encryption: listener %s", list(plain))
	case len(g.Spec.Listeners) == 0:
		return unknown("spec.listeners", nil, "It names no listener: what it serves is told elsewhere")
	case len(unsure) > 0:
		return unknown("spec.listeners", unsure, "Whether it is encrypted is not seen here: listener %s", list(unsure))
	}
	return passes("spec.listeners", len(g.Spec.Listeners), "Every listener speaks TLS, or only sends its callers there")
}

// onlyRedirects reports whether every route bound to a listener sends callers to
// https and has no backend, and whether that was seen of any. Where no HTTPRoute is
// bound, what the listener serves may be in routes of a kind that is not read.
func onlyRedirects(v *engine.View, gateway engine.Ref, listener string, port int32) (redirects, seen bool) {
	if v.Hidden(httpRouteKind) {
		return false, false
	}
	redirects = true
	for _, r := range engine.All[httpRoute](v, httpRouteKind) {
		for _, p := range r.Value.Spec.ParentRefs {
			namespace := p.Namespace
			if namespace == "" {
				namespace = r.Ref.Namespace
			}
			elsewhere := p.Kind != "" && p.Kind != gateway.Kind || p.Name != gateway.Name || namespace != gateway.Namespace
			if elsewhere || p.SectionName != "" && p.SectionName != listener || p.Port != 0 && p.Port != port {
				continue
			}
			seen = true
			redirects = redirects && len(r.Value.Spec.Rules) > 0
			for _, rule := range r.Value.Spec.Rules {
				sent := false
				for _, f := range rule.Filters {
					sent = sent || f.RequestRedirect != nil && f.RequestRedirect.Scheme == "https"
				}
				redirects = redirects && sent && len(rule.BackendRefs) == 0
			}
		}
	}
	return redirects, seen
}

func judgeRouteTLS(r *openshiftRoute) finding {
	switch t := r.Spec.TLS; {
	case t == nil:
		return fails("spec.tls", nil, "It has no tls: it is served without encryption")
	case t.Insecure == "Allow":
		return fails("spec.tls.insecureEdgeTerminationPolicy", t.Insecure, "Requests without encryption are let in beside encrypted ones")
	case t.Termination == "edge":
		return passes("spec.tls.termination", t.Termination, "It is encrypted up to the router; behind it it is not")
	case t.Termination == "reencrypt", t.Termination == "passthrough":
		return passes("spec.tls.termination", t.Termination, "It is encrypted")
	default:
		return unknown("spec.tls.termination", nilIfEmpty(t.Termination), "Where its encryption ends is not understood: %q", brief(t.Termination))
	}
}
