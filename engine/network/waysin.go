package network

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"tickmark/engine"
)

// WayIn is an object by which what is outside the cluster reaches a workload.
type WayIn struct {
	By engine.Ref `json:"by"`
	// Through is who opens the connection to the pod: "{ingress-controller}",
	// "{gateway}", or the Service's type where the node itself passes it on.
	Through string   `json:"through"`
	To      Workload `json:"to"`
	// Ports are the pod's that the object leads to; of them Allowed is what policies
	// allow to a pod of which nothing is known, Possible what they may allow to one.
	Ports    Ports `json:"ports"`
	Allowed  Ports `json:"allowed"`
	Possible Ports `json:"possible"`
}

// The names of the controllers that stand in front.
const (
	ingressController = "{ingress-controller}"
	gatewayController = "{gateway}"
)

const groupGateway = "gateway.networking.k8s.io"

var (
	serviceKind = engine.Kind{Kind: "Service"}
	ingressKind = engine.Kind{Group: networkingv1.GroupName, Kind: "Ingress"}
	routeKind   = engine.Kind{Group: "route.openshift.io", Kind: "Route"}
)

// RouteKinds are the kinds beside Ingress by which a controller in front leads to Services.
func RouteKinds() []engine.Kind { return append(gatewayRoutes(), routeKind) }

// gatewayRoutes are the kinds that lead from a Gateway to Services.
func gatewayRoutes() []engine.Kind {
	var kinds []engine.Kind
	for _, name := range [...]string{"HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"} {
		kinds = append(kinds, engine.Kind{Group: groupGateway, Kind: name})
	}
	return kinds
}

// service is what matters here of a Service.
type service struct {
	Spec struct {
		Type        string            `json:"type"`
		Selector    map[string]string `json:"selector"`
		ExternalIPs []string          `json:"externalIPs"`
		Ports       []servicePort     `json:"ports"`
	} `json:"spec"`
}

type servicePort struct {
	Name       string             `json:"name"`
	Protocol   string             `json:"protocol"`
	Port       int32              `json:"port"`
	TargetPort intstr.IntOrString `json:"targetPort"`
}

// openshiftRoute is what matters here of an OpenShift Route.
type openshiftRoute struct {
	Spec struct {
		To                routeTarget   `json:"to"`
		AlternateBackends []routeTarget `json:"alternateBackends"`
		Port              *struct {
			TargetPort intstr.IntOrString `json:"targetPort"`
		} `json:"port"`
	} `json:"spec"`
}

type routeTarget struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// gatewayRoute is what matters here of the routes of the Gateway API.
type gatewayRoute struct {
	Spec struct {
		Rules []struct {
			BackendRefs []struct {
				backendRef
				Filters []routeFilter `json:"filters"`
			} `json:"backendRefs"`
			Filters []routeFilter `json:"filters"`
		} `json:"rules"`
	} `json:"spec"`
}

type backendRef struct {
	Group     string `json:"group"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Port      *int32 `json:"port"`
}

// routeFilter is what sends requests to somebody else as well.
type routeFilter struct {
	RequestMirror *struct {
		BackendRef backendRef `json:"backendRef"`
	} `json:"requestMirror"`
}

// doorway looks up what Services lead to.
type doorway struct {
	*Analysis
	services map[engine.Ref]*service
	grants   Grants
	found    []WayIn
}

// readWaysIn finds every way in that the view has.
func (a *Analysis) readWaysIn(v *engine.View) []WayIn {
	d := &doorway{Analysis: a, services: map[engine.Ref]*service{}}
	services := engine.All[service](v, serviceKind)
	for _, s := range services {
		d.services[key(s.Ref)] = s.Value
	}
	for _, s := range services {
		through := s.Value.Spec.Type
		if through != "LoadBalancer" && through != "NodePort" {
			if len(s.Value.Spec.ExternalIPs) == 0 {
				continue
			}
			through = "ExternalIPs"
		}
		d.lead(s.Ref, through, s.Value, s.Ref.Namespace, func(servicePort) bool { return true })
	}
	for _, i := range engine.All[networkingv1.Ingress](v, ingressKind) {
		d.ingress(i.Ref, &i.Value.Spec)
	}
	for _, r := range engine.All[openshiftRoute](v, routeKind) {
		d.route(r.Ref, r.Value)
	}
	d.grants = GrantsOf(v)
	for _, kind := range gatewayRoutes() {
		for _, r := range engine.All[gatewayRoute](v, kind) {
			d.gateway(r.Ref, r.Value)
		}
	}
	slices.SortStableFunc(d.found, func(x, y WayIn) int {
		return cmp.Or(strings.Compare(x.Through, y.Through), strings.Compare(x.To.String(), y.To.String()), x.By.Compare(y.By))
	})
	return d.found
}

func (d *doorway) ingress(ref engine.Ref, spec *networkingv1.IngressSpec) {
	var backends []networkingv1.IngressBackend
	if spec.DefaultBackend != nil {
		backends = append(backends, *spec.DefaultBackend)
	}
	for _, r := range spec.Rules {
		if r.HTTP == nil {
			continue
		}
		for _, p := range r.HTTP.Paths {
			backends = append(backends, p.Backend)
		}
	}
	for _, b := range backends {
		if b.Service == nil {
			if b.Resource != nil {
				d.unfollowed(ref, "it leads to a "+b.Resource.Kind)
			}
			continue
		}
		port := b.Service.Port
		d.to(ref, ingressController, ref.Namespace, b.Service.Name, func(p servicePort) bool {
			return port.Name != "" && p.Name == port.Name || port.Number != 0 && p.Port == port.Number
		})
	}
}

func (d *doorway) route(ref engine.Ref, r *openshiftRoute) {
	for _, to := range append([]routeTarget{r.Spec.To}, r.Spec.AlternateBackends...) {
		if to.Kind != "" && to.Kind != "Service" {
			continue
		}
		d.to(ref, ingressController, ref.Namespace, to.Name, func(p servicePort) bool {
			if r.Spec.Port == nil {
				return true
			}
			want := r.Spec.Port.TargetPort
			return want == p.TargetPort || want.Type == intstr.String && want.StrVal == p.Name || want.Type == intstr.Int && want.IntVal == p.Port
		})
	}
}

func (d *doorway) gateway(ref engine.Ref, r *gatewayRoute) {
	for _, rule := range r.Spec.Rules {
		var backends []backendRef
		filters := slices.Clone(rule.Filters)
		for _, b := range rule.BackendRefs {
			backends, filters = append(backends, b.backendRef), append(filters, b.Filters...)
		}
		for _, f := range filters {
			if f.RequestMirror != nil {
				backends = append(backends, f.RequestMirror.BackendRef)
			}
		}
		for _, b := range backends {
			namespace := cmp.Or(b.Namespace, ref.Namespace)
			switch {
			case !d.granted(ref, namespace, b):
			case b.Group != "" || b.Kind != "" && b.Kind != serviceKind.Kind:
				d.unfollowed(ref, "it leads to a "+cmp.Or(b.Kind, serviceKind.Kind))
			default:
				d.to(ref, gatewayController, namespace, b.Name, func(p servicePort) bool { return b.Port == nil || p.Port == *b.Port })
			}
		}
	}
}

// granted reports whether a route may lead into a namespace: its own, or one that lets it
// by a grant. Where grants were not all seen there may be one.
func (d *doorway) granted(route engine.Ref, namespace string, to backendRef) bool {
	if to.Group != "" || to.Kind != "" && to.Kind != serviceKind.Kind {
		return true
	}
	lets, certain := d.grants.Let(route, engine.Ref{Kind: serviceKind.Kind, Namespace: namespace, Name: to.Name})
	return lets || !certain
}

// to leads to a Service by its name.
func (d *doorway) to(by engine.Ref, through, namespace, name string, wanted func(servicePort) bool) {
	if s := d.services[key(engine.Ref{Kind: serviceKind.Kind, Namespace: namespace, Name: name})]; s != nil {
		d.lead(by, through, s, namespace, wanted)
	}
}

// unfollowed says of a way in that nobody here knows where it leads.
func (d *doorway) unfollowed(by engine.Ref, why string) {
	d.gap(by, engine.Unsupported, errors.New(why+": which pods are reached by it is not followed"))
}

// LeadsIn reports whether objects of a kind lead in from outside the cluster. What they
// allow is told of connections between pods without them.
func LeadsIn(k engine.Kind) bool {
	return k == serviceKind || k == ingressKind || slices.Contains(RouteKinds(), k)
}

// lead adds a way in to every workload whose pods a Service selects. A Service
// without selector leads to endpoints of which nothing is known.
func (d *doorway) lead(by engine.Ref, through string, s *service, namespace string, wanted func(servicePort) bool) {
	if len(s.Spec.Selector) == 0 {
		d.unfollowed(by, "it leads to a Service without a selector, whose endpoints somebody writes")
		return
	}
	ways := map[int]*WayIn{}
	for i := range d.running.pods {
		p := &d.running.pods[i]
		if d.ofPod[i] < 0 || p.namespace != namespace || !selects(s.Spec.Selector, p.labels) {
			continue
		}
		var ports Ports
		for _, port := range s.Spec.Ports {
			if wanted(port) {
				ports = ports.union(port.at(p))
			}
		}
		if ports.IsEmpty() {
			continue
		}
		w := ways[p.workload]
		if w == nil {
			w = &WayIn{By: by, Through: through, To: d.running.workloads[p.workload]}
			ways[p.workload] = w
		}
		of := d.of[Ingress][d.ofPod[i]].answers[d.arbitrary()]
		if p.hostNetwork {
			of.possible = allPorts
		}
		w.Ports = w.Ports.union(ports)
		w.Allowed = w.Allowed.union(ports.intersect(d.ports.sets[of.allowed]))
		w.Possible = w.Possible.union(ports.intersect(d.ports.sets[of.possible]))
	}
	for i := range d.running.workloads {
		if w := ways[i]; w != nil {
			d.found = append(d.found, *w)
		}
	}
}

func selects(selector, labels map[string]string) bool {
	for k, v := range selector {
		if have, there := labels[k]; !there || have != v {
			return false
		}
	}
	return true
}

// at returns the port of a pod that a Service's port leads to.
func (s servicePort) at(p *pod) Ports {
	protocol, known := protocolOf(s.Protocol)
	if !known {
		return Ports{}
	}
	if s.TargetPort.Type == intstr.String && s.TargetPort.StrVal != "" {
		var sum Ports
		for _, named := range p.named[s.TargetPort.StrVal] {
			if named.protocol == protocol {
				sum = sum.union(portsOf(protocol, named.port, named.port))
			}
		}
		return sum
	}
	port := cmp.Or(s.TargetPort.IntVal, s.Port)
	return portsOf(protocol, port, port)
}

// WaysIn returns every way in, those that policies close included.
func (a *Analysis) WaysIn() []WayIn { return a.waysIn }

// fromControllers adds up the ways in of the controllers that stand in front, by
// workload.
func (a *Analysis) fromControllers() []Connection {
	var all []Connection
	for i := 0; i < len(a.waysIn); {
		w := a.waysIn[i]
		var sum answer
		for ; i < len(a.waysIn) && a.waysIn[i].Through == w.Through && a.waysIn[i].To == w.To; i++ {
			sum = a.join(sum, answer{a.ports.add(a.waysIn[i].Allowed), a.ports.add(a.waysIn[i].Possible)})
		}
		if strings.HasPrefix(w.Through, "{") && sum.possible != noPorts {
			all = append(all, a.connection(w.Through, w.To.String(), sum))
		}
	}
	slices.SortStableFunc(all, func(x, y Connection) int { return -strings.Compare(y.From, x.From) })
	return all
}
