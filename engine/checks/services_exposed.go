package checks

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"tickmark/engine"
	"tickmark/engine/network"
)

var (
	serviceKind = engine.Kind{Kind: "Service"}
	ingressKind = engine.Kind{Group: networkingv1.GroupName, Kind: "Ingress"}
)

// cdeZone is the zone that the scope gives to the cardholder data environment.
const cdeZone = "cde"

// Check services-exposed.
//
// A way in from outside the cluster is a Service of type LoadBalancer or NodePort
// or with external IPs, an Ingress, an OpenShift Route, or a route of the Gateway API.
// Fails for one in a namespace of the cardholder data environment, or that names a
// Service there: it has to be justified. Passes for one elsewhere, and for Services
// that are by themselves reached from inside only. Unknown for every way in while the
// scope declares no cardholder data environment, and where routes may be hidden.
//
// Ports of the node that pods open themselves, and the kinds by which other
// controllers in front are told where to lead, are not judged here.
func servicesExposed() check {
	return check{
		id: "services-exposed", version: 2, needs: []engine.Kind{serviceKind, ingressKind}, looks: network.RouteKinds(),
		eval: func(v *engine.View) []engine.Detail {
			var details []engine.Detail
			for _, s := range engine.All[corev1.Service](v, serviceKind) {
				details = append(details, judgeService(v, s.Ref.Namespace, &s.Value.Spec).of(s.Ref, s.Digest))
			}
			for _, i := range engine.All[networkingv1.Ingress](v, ingressKind) {
				f := judgeWayIn(v, i.Ref.Namespace, "spec.rules", hostsOf(&i.Value.Spec), "An Ingress")
				details = append(details, f.of(i.Ref, i.Digest))
			}
			for _, kind := range network.RouteKinds() {
				for _, r := range engine.All[routeInFront](v, kind) {
					details = append(details, judgeRoute(v, r.Ref, r.Value).of(r.Ref, r.Digest))
				}
			}
			return append(details, hidden(v, network.RouteKinds()...)...)
		},
	}
}

// routeInFront is what matters here of an OpenShift Route and of a route of the Gateway
// API, of which only the latter leads into other namespaces.
type routeInFront struct {
	Spec struct {
		Host      string   `json:"host"`
		Hostnames []string `json:"hostnames"`
		Rules     []struct {
			BackendRefs []elsewhere `json:"backendRefs"`
			Filters     []struct {
				RequestMirror *struct {
					BackendRef elsewhere `json:"backendRef"`
				} `json:"requestMirror"`
			} `json:"filters"`
		} `json:"rules"`
	} `json:"spec"`
}

type elsewhere struct {
	Namespace string `json:"namespace"`
}

// judgeRoute judges a route by the namespace that it stands in, and by those it names.
func judgeRoute(v *engine.View, ref engine.Ref, r *routeInFront) finding {
	hosts := r.Spec.Hostnames
	if r.Spec.Host != "" {
		hosts = []string{r.Spec.Host}
	}
	what := "A " + ref.Kind
	if strings.HasPrefix(ref.Kind, "H") {
		what = "An " + ref.Kind
	}
	leads := []string{}
	for _, rule := range r.Spec.Rules {
		for _, to := range rule.BackendRefs {
			leads = append(leads, to.Namespace)
		}
		for _, f := range rule.Filters {
			if f.RequestMirror != nil {
				leads = append(leads, f.RequestMirror.BackendRef.Namespace)
			}
		}
	}
	for _, namespace := range leads {
		if namespace != "" && v.Params().InZone(cdeZone, v.Target().ID, namespace) {
			return judgeWayIn(v, namespace, "spec.rules", hosts, what+" that names a Service of "+namespace)
		}
	}
	return judgeWayIn(v, ref.Namespace, "spec", hosts, what)
}

func judgeService(v *engine.View, namespace string, spec *corev1.ServiceSpec) finding {
	switch {
	case spec.Type == corev1.ServiceTypeLoadBalancer || spec.Type == corev1.ServiceTypeNodePort:
		return judgeWayIn(v, namespace, "spec.type", spec.Type, "A Service of type "+string(spec.Type))
	case len(spec.ExternalIPs) > 0:
		return judgeWayIn(v, namespace, "spec.externalIPs", spec.ExternalIPs, "A Service with external IPs "+strings.Join(spec.ExternalIPs, ", "))
	case spec.Type == "":
		return passes("spec.type", nil, "By itself it is reached from inside the cluster only: its type is left out, which means ClusterIP")
	case spec.Type == corev1.ServiceTypeClusterIP || spec.Type == corev1.ServiceTypeExternalName:
		return passes("spec.type", spec.Type, "By itself it is reached from inside the cluster only: its type is %s", spec.Type)
	}
	return unknown("spec.type", spec.Type, "Its type %q is none that is known", spec.Type)
}

func judgeWayIn(v *engine.View, namespace, field string, value any, what string) finding {
	switch {
	case len(v.Params().Zones[cdeZone]) == 0:
		return unknown(field, value, "%s, reachable from outside; no cardholder data environment was declared", what)
	case v.Params().InZone(cdeZone, v.Target().ID, namespace):
		return fails(field, value, "%s into the cardholder data environment, reachable from outside: to be justified", what)
	}
	return passes(field, value, "%s, reachable from outside, and not in the cardholder data environment", what)
}

func hostsOf(spec *networkingv1.IngressSpec) []string {
	hosts := []string{}
	for _, r := range spec.Rules {
		hosts = append(hosts, r.Host)
	}
	return hosts
}
