package network

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
)

// A route leads into another namespace where that lets it; where grants were not all seen,
// it may.
func TestRoutesIntoOtherNamespaces(t *testing.T) {
	const service = `{apiVersion: v1, kind: Service, metadata: {name: s, namespace: nb}, spec: {selector: {app: b}, ports: [{port: 80, targetPort: web}]}}`
	const way, none = "{gateway} => nb/b[Pod] : TCP 8080", ""
	route := func(namespace, spec string) string {
		return `{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: r, namespace: ` + namespace + `}, spec: {rules: [` + spec + `]}}`
	}
	grant := func(namespace, from, to string) string {
		return `{apiVersion: gateway.networking.k8s.io/v1beta1, kind: ReferenceGrant, metadata: {name: g, namespace: ` + namespace + `}, spec: {from: [` + from + `], to: [` + to + `]}}`
	}
	const routes, services = "{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: na}", "{group: '', kind: Service}"
	const backend = "{backendRefs: [{name: s, namespace: nb, port: 80}]}"
	const mirrored = "{backendRefs: [{name: own, filters: [{type: RequestMirror, requestMirror: {backendRef: {name: s, namespace: nb, port: 80}}}]}]}"
	for name, c := range map[string]struct {
		target  string
		hidden  bool
		objects []string
		want    string
	}{
		"granted":                        {"k8s:x", false, []string{route("na", backend), grant("nb", routes, services)}, way},
		"granted by name":                {"k8s:x", false, []string{route("na", backend), grant("nb", routes, "{group: '', kind: Service, name: s}")}, way},
		"not granted":                    {"k8s:x", false, []string{route("na", backend)}, none},
		"another Service":                {"k8s:x", false, []string{route("na", backend), grant("nb", routes, "{group: '', kind: Service, name: other}")}, none},
		"a Secret":                       {"k8s:x", false, []string{route("na", backend), grant("nb", routes, "{group: '', kind: Secret}")}, none},
		"routes of another namespace":    {"k8s:x", false, []string{route("na", backend), grant("nb", strings.Replace(routes, "na}", "nc}", 1), services)}, none},
		"routes of another kind":         {"k8s:x", false, []string{route("na", backend), grant("nb", strings.Replace(routes, "HTTP", "GRPC", 1), services)}, none},
		"a grant of the route's own":     {"k8s:x", false, []string{route("na", backend), grant("na", routes, services)}, none},
		"halves of two grants":           {"k8s:x", false, []string{route("na", backend), grant("nb", routes, "{group: '', kind: Secret}"), strings.Replace(grant("nb", strings.Replace(routes, "na}", "nc}", 1), services), "name: g", "name: h", 1)}, none},
		"within a namespace":             {"k8s:x", false, []string{route("nb", backend)}, way},
		"grants that were not seen":      {"k8s:x", true, []string{route("na", backend)}, way},
		"files, beside which may be one": {"manifests:x", false, []string{route("na", backend)}, way},
		"a copy of requests":             {"k8s:x", false, []string{route("na", mirrored), grant("nb", routes, services)}, way},
		"a copy, not granted":            {"k8s:x", false, []string{route("na", mirrored)}, none},
	} {
		world := fromYAML(t, append(append(twoPods(), service), c.objects...)...)
		world.snapshot.Target.ID = c.target
		world.snapshot.Populations = append(world.snapshot.Populations, engine.Population{Kind: GrantKind, Complete: !c.hidden})
		got := ""
		if all := lines(world.analyse()); strings.HasPrefix(all[len(all)-1], "{") {
			got = all[len(all)-1]
		}
		assert.Equal(t, c.want, got, name)
	}
	other := fromYAML(t, append(twoPods(), service, route("nb", "{backendRefs: [{group: example.com, kind: Service, name: s}]}"))...).analyse()
	assert.Empty(t, other.WaysIn(), "a Service of another group is none")
	assert.Contains(t, other.Gaps()[0].Cause+other.Gaps()[len(other.Gaps())-1].Cause, "it leads to a Service")
}
