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
	workloads []*workload
	count     int             // of them
	images    map[string]bool // what references returns; nil until it is asked for
}

// references are those of the images that are declared in n. They are shared.
func (n *namespace) references() map[string]bool {
	if n.images == nil {
		n.images = map[string]bool{}
		for _, w := range n.workloads {
			for reference := range w.references() {
				n.images[reference] = true
			}
		}
	}
	return n.images
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
		there := workloads(v)
		inNone := func(w *workload) bool { return w.flow != nil && w.flow.shared }
		if slices.ContainsFunc(there, inNone) {
			there = slices.DeleteFunc(slices.Clone(there), inNone)
		}
		of := make([]*namespace, len(there))
		for i, w := range there {
			name := w.object.Ref.Namespace
			if i > 0 && of[i-1].ref.Name == name {
				of[i] = of[i-1]
			} else if n, is := known[name]; is {
				of[i] = n
			} else {
				of[i] = add(engine.Ref{Kind: namespaceKind.Kind, Name: name})
			}
			of[i].count++
		}
		for i, n := range of {
			if n.workloads == nil {
				n.workloads = make([]*workload, 0, n.count)
			}
			n.workloads = append(n.workloads, there[i])
		}
		slices.SortFunc(all, func(a, b *namespace) int { return cmp.Compare(a.ref.Name, b.ref.Name) })
		return all
	})
}
