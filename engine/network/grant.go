package network

import (
	"slices"
	"strings"

	"tickmark/engine"
)

// GrantKind is the kind by which a namespace lets what is in others refer to its objects:
// routes to its Services, Gateways to its Secrets.
var GrantKind = engine.Kind{Group: groupGateway, Kind: "ReferenceGrant"}

// referenceGrant is what matters here of a ReferenceGrant.
type referenceGrant struct {
	Spec struct {
		From []struct {
			Group     string `json:"group"`
			Kind      string `json:"kind"`
			Namespace string `json:"namespace"`
		} `json:"from"`
		To []struct {
			Group string `json:"group"`
			Kind  string `json:"kind"`
			Name  string `json:"name"`
		} `json:"to"`
	} `json:"spec"`
}

// lets reports whether a grant lets from refer to an object of its namespace.
func (g *referenceGrant) lets(from, object engine.Ref) bool {
	is, to := false, false
	for _, f := range g.Spec.From {
		is = is || f.Group == from.Group && f.Kind == from.Kind && f.Namespace == from.Namespace
	}
	for _, t := range g.Spec.To {
		to = to || t.Group == object.Group && t.Kind == object.Kind && (t.Name == "" || t.Name == object.Name)
	}
	return is && to
}

// Grants is what namespaces let others refer to by the Gateway API.
type Grants struct {
	of map[string][]*referenceGrant
	// whole says that there are no others: all were seen, of a cluster, beside which there
	// are no files.
	whole bool
}

// GrantsOf returns the grants of a view.
func GrantsOf(v *engine.View) Grants {
	g := Grants{of: map[string][]*referenceGrant{}}
	g.whole = !strings.HasPrefix(v.Target().ID, "manifests:") && v.Saw(GrantKind)
	for _, grant := range engine.All[referenceGrant](v, GrantKind) {
		g.of[grant.Ref.Namespace] = append(g.of[grant.Ref.Namespace], grant.Value)
	}
	return g
}

// Let reports whether from may refer to an object: one of its own namespace, or of one that
// lets it; and whether that is certain, as it is not where another grant may be there.
func (g Grants) Let(from, object engine.Ref) (lets, certain bool) {
	if from.Namespace == object.Namespace {
		return true, true
	}
	lets = slices.ContainsFunc(g.of[object.Namespace], func(one *referenceGrant) bool { return one.lets(from, object) })
	return lets, lets || g.whole
}
