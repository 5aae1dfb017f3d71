package network

import (
	"maps"
	"path"
	"slices"

	"k8s.io/apimachinery/pkg/labels"

	"tickmark/engine"
)

// Selection says which workloads are meant. What is empty chooses all.
type Selection struct {
	Namespaces []string // patterns as path.Match knows them
	Name       string   // of the workload, a pattern too
	Pods       labels.Selector
	InLabelled labels.Selector // namespaces by their labels
}

// has says whether a pod of a workload is meant: maybe where the labels of its namespace
// are not known.
func (s Selection) has(w Workload, p *pod, namespace namespaceLabels) truth {
	like := func(pattern, name string) bool {
		match, err := path.Match(pattern, name)
		return err == nil && match
	}
	if len(s.Namespaces) > 0 && !slices.ContainsFunc(s.Namespaces, func(pattern string) bool { return like(pattern, p.namespace) }) {
		return no
	}
	if s.Name != "" && !like(s.Name, w.Ref.Name) || s.Pods != nil && !s.Pods.Matches(labels.Set(p.labels)) {
		return no
	}
	if s.InLabelled == nil {
		return yes
	}
	require, selectable := s.InLabelled.Requirements()
	if !selectable {
		return no
	}
	in := selector{require: require}
	return in.matches(namespace.labels, namespace.known)
}

// Reach is what has to do with a set of workloads from outside it.
type Reach struct {
	Set []Workload
	// Unseen are the namespaces whose labels were not seen, so that what is in them may be
	// meant as well.
	Unseen []string
	// From are the connections into the set, To those out of it; what is inside it is
	// left out.
	From, To []Connection
	// WaysIn are the objects that lead from outside the cluster into the set.
	WaysIn []WayIn
	// Undenied are the namespaces of the set in which nothing denies by default.
	Undenied []Undenied
}

// Undenied is a namespace without a default deny in one direction.
type Undenied struct {
	Namespace string       `json:"namespace"`
	Direction Direction    `json:"direction"`
	OpenedBy  []engine.Ref `json:"openedBy,omitempty"` // policies that undo one
}

// Reach returns who can reach the workloads that are meant, and what they can reach.
func (a *Analysis) Reach(s Selection) Reach {
	in := make([]bool, len(a.running.workloads))
	namespaces, unseen := map[string]namespaceLabels{}, map[string]bool{}
	for _, c := range a.classes {
		namespaces[c.namespace] = c.of
	}
	for i := range a.running.pods {
		p := &a.running.pods[i]
		switch s.has(a.running.workloads[p.workload], p, namespaces[p.namespace]) {
		case yes:
			in[p.workload] = true
		case maybe:
			unseen[p.namespace] = true
		case no:
		}
	}
	r := Reach{Set: []Workload{}, Unseen: slices.AppendSeq([]string{}, maps.Keys(unseen)), From: []Connection{}, To: []Connection{}, WaysIn: []WayIn{}, Undenied: []Undenied{}}
	slices.Sort(r.Unseen)
	for i, w := range a.running.workloads {
		if !in[i] {
			continue
		}
		r.Set = append(r.Set, w)
		r.Undenied = append(r.Undenied, a.undenied(w.Ref.Namespace, r.Undenied)...)
	}
	outer := func(e end) bool { return e.workload < 0 || !in[e.workload] }
	inner := func(e end) bool { return !outer(e) }
	r.From = a.crossing(outer, inner)
	r.To = a.crossing(inner, outer)
	for _, c := range a.fromControllers() {
		if slices.ContainsFunc(r.Set, func(w Workload) bool { return w.String() == c.To }) {
			r.From = append(r.From, c)
		}
	}
	for _, w := range a.waysIn {
		if slices.Contains(r.Set, w.To) {
			r.WaysIn = append(r.WaysIn, w)
		}
	}
	return r
}

// crossing returns the connections between chosen ends that are possible.
func (a *Analysis) crossing(from, to func(end) bool) []Connection {
	all := []Connection{}
	destinations := a.ends(Egress)
	for _, f := range a.ends(Ingress) {
		if !from(f) {
			continue
		}
		for _, t := range destinations {
			if !to(t) {
				continue
			}
			if of, is := a.ofEnds(f, t); is && of.possible != noPorts {
				all = append(all, a.connection(f.name, t.name, of))
			}
		}
	}
	return all
}

// undenied returns in which directions a namespace has no default deny, if that is
// not said yet.
func (a *Analysis) undenied(namespace string, said []Undenied) []Undenied {
	if slices.ContainsFunc(said, func(u Undenied) bool { return u.Namespace == namespace }) {
		return nil
	}
	var all []Undenied
	for _, d := range [...]Direction{Ingress, Egress} {
		deny := a.isolation.DefaultDeny(namespace, d)
		if deny.Holds() {
			continue
		}
		u := Undenied{Namespace: namespace, Direction: d}
		for _, p := range deny.Opened {
			u.OpenedBy = append(u.OpenedBy, p.Ref)
		}
		all = append(all, u)
	}
	return all
}
