package kube

import (
	"cmp"
	"slices"
	"strings"

	"tickmark/engine"
)

// Wish is what is asked of a cluster. The zero Wish is everything that is asked
// for without being named.
type Wish struct {
	// Kinds are those that the chosen checks need or look at; nil is every kind of the table.
	Kinds []engine.Kind
	// With names what is asked for by name alone.
	With []Extra
}

// Extra is something that is asked of a cluster only by name.
type Extra string

// The extras.
const (
	WithSecrets    Extra = "secrets"
	WithNodesProxy Extra = "nodes/proxy"
	WithAnonymous  Extra = "anonymous"
)

// Extras is every extra with what speaks against it.
var Extras = []engine.Reserved{
	{Name: string(WithSecrets), Warning: "a list of secrets cannot be limited to their names: whoever holds this permission reads every value; Tickmark redacts them as they arrive"},
	{Name: string(WithNodesProxy), Warning: "nodes/proxy is near root on every node: whoever holds this permission can run commands in its containers; grant it for one collection"},
	{Name: string(WithAnonymous), Warning: "requests without credentials are sent to the API server; its audit log and whoever watches it will see them"},
}

var (
	secretKind = engine.Kind{Kind: "Secret"}
	nodeKind   = engine.Kind{Kind: "Node"}
)

// byName is what has to be named for a kind, "" for most.
func byName(k engine.Kind) Extra {
	switch k {
	case secretKind:
		return WithSecrets
	case engine.KubeletConfigurationKind:
		return WithNodesProxy
	case engine.AnonymousProbeKind:
		return WithAnonymous
	}
	return ""
}

// needed reports whether the chosen checks need or look at a kind. The nodes are
// needed where their kubelets are asked.
func (w Wish) needed(k engine.Kind) bool {
	return w.Kinds == nil || slices.Contains(w.Kinds, k) || k == nodeKind && w.asks(engine.KubeletConfigurationKind)
}

// asks reports whether a kind is asked for.
func (w Wish) asks(k engine.Kind) bool {
	name := byName(k)
	return w.needed(k) && (name == "" || slices.Contains(w.With, name))
}

// rows are the rows of the table that are asked for.
func (w Wish) rows() []kind {
	var rows []kind
	for _, k := range kinds {
		if w.asks(k.of) {
			rows = append(rows, k)
		}
	}
	return rows
}

// leave notes that a kind is not asked for: a gap where the chosen checks read it
// and nobody named it.
func (c *collection) leave(k engine.Kind, source, asked string) {
	if c.wish.needed(k) {
		c.gap(engine.Gap{Source: source, Kind: k, Reason: engine.NotAsked, Cause: asked + ": asked for only by name (" + byName(k).flag() + ")"})
	}
}

// asked are the kinds that a snapshot says it is limited to: the server's version
// is always told, and nodes where their kubelets are asked.
func (w Wish) asked() []engine.Kind {
	if w.Kinds == nil {
		return nil
	}
	kinds := append(slices.Clone(w.Kinds), engine.ServerVersionKind)
	if w.asks(nodeKind) {
		kinds = append(kinds, nodeKind)
	}
	slices.SortFunc(kinds, func(a, b engine.Kind) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Group, b.Group))
	})
	return slices.Compact(kinds)
}

// flag is how an extra is named on the command line.
func (e Extra) flag() string {
	if e == WithAnonymous {
		return "--probe-anonymous"
	}
	return "--with " + string(e)
}
