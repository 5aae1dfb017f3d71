package checks

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

var namespaceKind = engine.Kind{Kind: "Namespace"}

// namespace is a namespace that is there itself, or is only known because
// something is in it.
type namespace struct {
	ref       engine.Ref
	digest    engine.Digest // zero where the object itself was not seen
	object    *corev1.Namespace
	workloads []workload
}

type namespacesKey struct{}

// namespaces returns the namespaces of a view, once per view: those listed, and
// those that a workload is in. Manifests that name no namespace are in one
// without a name.
func namespaces(v *engine.View) []*namespace {
	return engine.Memo(v, namespacesKey{}, func() []*namespace {
		known := map[string]*namespace{}
		var all []*namespace
		add := func(ref engine.Ref) *namespace {
			n := &namespace{ref: ref}
			known[ref.Name] = n
			all = append(all, n)
			return n
		}
		for _, o := range engine.All[corev1.Namespace](v, namespaceKind) {
			n := add(o.Ref)
			n.digest, n.object = o.Digest, o.Value
		}
		for _, w := range workloads(v) {
			name := w.object.Ref.Namespace
			n, there := known[name]
			if !there {
				n = add(engine.Ref{Kind: namespaceKind.Kind, Name: name})
			}
			n.workloads = append(n.workloads, w)
		}
		slices.SortFunc(all, func(a, b *namespace) int { return cmp.Compare(a.ref.Name, b.ref.Name) })
		return all
	})
}
