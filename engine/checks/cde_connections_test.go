package checks

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

func TestWhatCrossesTheEdgeIsHeldAgainstWhatWasDeclared(t *testing.T) {
	const (
		namespaces = "{kind: Namespace, apiVersion: v1, metadata: {name: pay}}\n---\n{kind: Namespace, apiVersion: v1, metadata: {name: shop}}\n---\n"
		api        = "{kind: Deployment, apiVersion: apps/v1, metadata: {namespace: pay, name: api}, spec: {template: {metadata: {labels: {app: api}}, spec: {containers: [{name: a, ports: [{containerPort: 8443}]}]}}}}\n---\n"
		cart       = "{kind: Deployment, apiVersion: apps/v1, metadata: {namespace: shop, name: cart}, spec: {template: {metadata: {labels: {app: cart}}, spec: {containers: [{name: a}]}}}}\n---\n"
		policy     = "{kind: NetworkPolicy, apiVersion: networking.k8s.io/v1, metadata: {namespace: pay, name: p}, spec: {podSelector: {}, policyTypes: [Ingress], ingress: [RULES]}}\n---\n"
		fromCart   = "{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}, podSelector: {matchLabels: {app: cart}}}], ports: [{port: 8443}]}"
		fromRange  = "{from: [{ipBlock: {cidr: 192.0.2.0/24}}], ports: [{port: 443}]}"
		fromOpen   = "{from: [{namespaceSelector: {matchLabels: {zone: open}}}]}"
		ingress    = "{kind: Ingress, apiVersion: networking.k8s.io/v1, metadata: {namespace: pay, name: i}, spec: {defaultBackend: {service: {name: api, port: {number: 443}}}}}\n---\n{kind: Service, apiVersion: v1, metadata: {namespace: pay, name: api}, spec: {selector: {app: api}, ports: [{port: 443, targetPort: 8443}]}}\n---\n"
	)
	with := func(rules ...string) string {
		return namespaces + api + cart + strings.Replace(policy, "RULES", strings.Join(rules, ", "), 1)
	}
	declare := func(from, to, ports string) []engine.Declaration {
		return []engine.Declaration{{From: from, To: to, Ports: ports}}
	}
	for name, c := range map[string]struct {
		documents string
		declared  []engine.Declaration
		want      engine.Verdict
		says      string
	}{
		"nothing is let in":                          {with(), nil, engine.Pass, "Nothing outside"},
		"what is let in is declared":                 {with(fromCart), declare("shop/cart", "pay/api", "TCP 8443"), engine.Pass, "1 peer may reach it, all as declared"},
		"by a pattern":                               {with(fromCart), declare("shop/*", "pay/*", "TCP 8000-9000"), engine.Pass, "as declared"},
		"another port is declared":                   {with(fromCart), declare("shop/cart", "pay/api", "TCP 443"), engine.Fail, "shop/cart[Deployment] TCP 8443"},
		"another protocol is declared":               {with(fromCart), declare("shop/cart", "pay/api", "UDP 8443"), engine.Fail, "TCP 8443"},
		"another peer is declared":                   {with(fromCart), declare("shop/web", "pay/api", "TCP 8443"), engine.Fail, "1 peer"},
		"nothing is declared":                        {with(fromCart), nil, engine.Unknown, "no connection was declared as needed"},
		"a range is declared, in which a pod may be": {with(fromRange), declare("192.0.2.0/24", "pay/api", "TCP 443"), engine.Unknown, "cannot be excluded that 1 peer"},
		"half of a range is declared":                {with(fromRange), declare("192.0.2.0/25", "pay/api", "TCP 443"), engine.Fail, "192.0.2.0-192.0.2.255[External]"},
		"a label that a namespace may have":          {strings.Replace(with(fromOpen), "{kind: Namespace, apiVersion: v1, metadata: {name: shop}}\n---\n", "", 1), declare("a/b", "pay/api", "TCP 1"), engine.Unknown, "cannot be excluded"},
		"no policy at all":                           {namespaces + api + cart, declare("shop/cart", "pay/api", "TCP 8443"), engine.Fail, "0.0.0.0-255.255.255.255[External]"},
		"the controller in front":                    {with("{from: [{namespaceSelector: {}}], ports: [{port: 8443}]}") + ingress, declare("shop/cart", "pay/api", "TCP 8443"), engine.Fail, "{ingress-controller}"},
		"the controller in front is declared":        {with("{from: [{namespaceSelector: {}}], ports: [{port: 8443}]}") + ingress, append(declare("shop/cart", "pay/api", "TCP 8443"), declare("{ingress-controller}", "pay/api", "TCP 8443")...), engine.Pass, "2 peers"},
		"a way in that nobody follows":               {with() + "{kind: Service, apiVersion: v1, metadata: {namespace: edge, name: lb}, spec: {type: LoadBalancer, ports: [{port: 443}]}}", nil, engine.Unknown, "without a selector"},
		"on the network of its node":                 {strings.Replace(with(), "spec: {containers: [{name: a, ports", "spec: {hostNetwork: true, containers: [{name: a, ports", 1), nil, engine.Unknown, "network of its node"},
		"a peer on the network of its node":          {strings.Replace(with(), "app: cart}}, spec: {", "app: cart}}, spec: {hostNetwork: true, ", 1), nil, engine.Pass, "1 workload elsewhere on the network of a node"},
		"a policy of the network plugin besides":     {with() + "{kind: CiliumNetworkPolicy, apiVersion: cilium.io/v2, metadata: {namespace: pay, name: x}}", nil, engine.Unknown, "not evaluated"},
		"a plugin that enforces nothing":             {with() + "{kind: DaemonSet, apiVersion: apps/v1, metadata: {namespace: kube-system, name: kube-flannel-ds}, spec: {template: {spec: {hostNetwork: true, containers: [{name: f, image: flannel/flannel:1}]}}}}", nil, engine.Unknown, "enforces no policy"},
	} {
		t.Run(name, func(t *testing.T) {
			f := fixture{params: engine.Params{Zones: map[string][]engine.Selector{cdeZone: {{Namespaces: []string{"pay"}}}}, Declared: c.declared}}
			r := f.world(t, nil, c.documents).result(t, "cde-reached-only-as-declared")
			require.Len(t, r.Details, 1)
			assert.Equal(t, c.want, r.Verdict, r.Details[0].Sentence)
			assert.Contains(t, r.Details[0].Sentence, c.says)
		})
	}
}

func TestWithoutACardholderDataEnvironmentNothingIsJudged(t *testing.T) {
	for _, id := range []string{"cde-reached-only-as-declared", "cde-reaches-only-as-declared", "cde-closed-to-metadata"} {
		r := newWorld(t, goodPod()).result(t, id)
		assert.Equal(t, engine.Unknown, r.Verdict)
		assert.Contains(t, r.Details[0].Sentence, "No cardholder data environment was declared")
	}
}

func TestWaysInUseTLS(t *testing.T) {
	ingress := func(annotations, spec string) string {
		return "{kind: Ingress, apiVersion: networking.k8s.io/v1, metadata: {namespace: pay, name: i, annotations: {" + annotations + "}}, spec: {" + spec + "}}"
	}
	gateway := func(protocol string) string {
		return "{kind: Gateway, apiVersion: gateway.networking.k8s.io/v1, metadata: {namespace: pay, name: g}, spec: {listeners: [{name: a, protocol: " + protocol + ", port: 80}]}}\n---\n"
	}
	bound := func(to, rule string) string {
		return "{kind: HTTPRoute, apiVersion: gateway.networking.k8s.io/v1, metadata: {namespace: pay, name: r}, spec: {parentRefs: [{name: g" + to + "}], rules: [" + rule + "]}}"
	}
	route := func(rule string) string { return bound("", rule) }
	for name, c := range map[string]struct {
		documents string
		want      engine.Verdict
	}{
		"an entry for every host":             {ingress("", "tls: [{}], rules: [{host: a}, {host: b}]"), engine.Pass},
		"a host left out":                     {ingress("", "tls: [{hosts: [a]}], rules: [{host: a}, {host: b}]"), engine.Fail},
		"a rule for every host":               {ingress("", "tls: [{hosts: [a]}], rules: [{http: {paths: []}}]"), engine.Fail},
		"a default backend":                   {ingress("", "tls: [{hosts: [a]}], rules: [{host: a}], defaultBackend: {service: {name: x}}"), engine.Fail},
		"a load balancer before it":           {ingress("alb.ingress.kubernetes.io/certificate-arn: arn", "rules: [{host: a}]"), engine.Unknown},
		"a listener that speaks HTTPS":        {gateway("HTTPS"), engine.Pass},
		"one that speaks HTTP to a backend":   {gateway("HTTP") + route("{backendRefs: [{name: api}]}"), engine.Fail},
		"one that redirects only":             {gateway("HTTP") + route("{filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}]}"), engine.Pass},
		"one that redirects to HTTP":          {gateway("HTTP") + route("{filters: [{type: RequestRedirect, requestRedirect: {hostname: x}}]}"), engine.Fail},
		"one that no HTTPRoute is bound to":   {gateway("HTTP"), engine.Unknown},
		"one whose route is for its port":     {gateway("HTTP") + bound(", port: 80", "{backendRefs: [{name: api}]}"), engine.Fail},
		"one whose route is for another":      {gateway("HTTP") + bound(", port: 443", "{backendRefs: [{name: api}]}"), engine.Unknown},
		"a route to a Service of its name":    {gateway("HTTP") + bound(", kind: Service", "{backendRefs: [{name: api}]}"), engine.Unknown},
		"one with a route without rules":      {gateway("HTTP") + route(""), engine.Fail},
		"a Gateway without listeners":         {"{kind: Gateway, apiVersion: gateway.networking.k8s.io/v1, metadata: {namespace: pay, name: g}, spec: {}}", engine.Unknown},
		"one of a protocol that says nothing": {gateway("TCP"), engine.Unknown},
		"an open Route":                       {"{kind: Route, apiVersion: route.openshift.io/v1, metadata: {namespace: pay, name: r}, spec: {to: {kind: Service, name: x}}}", engine.Fail},
		"a Route that lets plain requests in": {"{kind: Route, apiVersion: route.openshift.io/v1, metadata: {namespace: pay, name: r}, spec: {tls: {termination: edge, insecureEdgeTerminationPolicy: Allow}}}", engine.Fail},
		"a Route that redirects them":         {"{kind: Route, apiVersion: route.openshift.io/v1, metadata: {namespace: pay, name: r}, spec: {tls: {termination: edge, insecureEdgeTerminationPolicy: Redirect}}}", engine.Pass},
		"a Route that says not where it ends": {"{kind: Route, apiVersion: route.openshift.io/v1, metadata: {namespace: pay, name: r}, spec: {tls: {}}}", engine.Unknown},
		"no way in":                           {goodService, engine.NotApplicable},
	} {
		t.Run(name, func(t *testing.T) {
			r := fixture{}.world(t, nil, c.documents).result(t, "ways-in-use-tls")
			assert.Equal(t, c.want, r.Verdict, "%+v", r.Details)
		})
	}
}

func TestLoadBalancersLimitSources(t *testing.T) {
	for name, c := range map[string]struct {
		annotations, ranges string
		want                engine.Verdict
	}{
		"a range":                {"", "192.0.2.0/24", engine.Pass},
		"everybody":              {"", "192.0.2.0/24, '::/0'", engine.Fail},
		"nobody named":           {"", "", engine.Fail},
		"what is no range":       {"", "office", engine.Unknown},
		"an annotation":          {"service.beta.kubernetes.io/load-balancer-source-ranges: '192.0.2.0/24, 198.51.100.0/24'", "", engine.Pass},
		"one that names nothing": {"service.beta.kubernetes.io/load-balancer-source-ranges: ','", "", engine.Unknown},
		"internal":               {"networking.gke.io/load-balancer-type: Internal", "", engine.Pass},
	} {
		document := "{kind: Service, apiVersion: v1, metadata: {namespace: pay, name: api, annotations: {" + c.annotations + "}}, spec: {type: LoadBalancer, loadBalancerSourceRanges: [" + c.ranges + "]}}"
		r := fixture{}.world(t, nil, document).result(t, "load-balancers-limit-sources")
		assert.Equal(t, c.want, r.Verdict, "%s: %+v", name, r.Details)
	}
}

const goodService = "{kind: Service, apiVersion: v1, metadata: {namespace: pay, name: api}, spec: {ports: [{port: 8443}]}}"
