package kube

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tickmark/engine"
)

// sign is something that is the same all over one cluster, as an object in a dump says it.
type sign struct {
	What  string `json:"what"`
	Value string `json:"value"`
}

// What signs are of.
const (
	signClusterID = "ClusterVersion"   // of OpenShift: the id of the cluster
	signServerURL = "Infrastructure"   // of OpenShift: where its API server is
	signAuthority = "kube-root-ca.crt" // that every namespace is told of
	signVersion   = "version of the server"
)

var (
	clusterVersionKind = engine.Kind{Group: "config.openshift.io", Kind: "ClusterVersion"}
	infrastructureKind = engine.Kind{Group: "config.openshift.io", Kind: "Infrastructure"}
)

// tellsCluster reports whether an object that is no evidence tells of which cluster a dump is.
func tellsCluster(of engine.Kind) bool { return of == clusterVersionKind || of == infrastructureKind }

// tells notes what an object says of its cluster.
func (c *coverage) tells(tree map[string]any, of engine.Kind, at spot) {
	text := func(part, key string) string {
		in, _ := tree[part].(map[string]any)
		said, _ := in[key].(string)
		return said
	}
	switch {
	case of == clusterVersionKind:
		c.signed(signClusterID, text("spec", "clusterID"), at)
	case of == infrastructureKind:
		c.signed(signServerURL, text("status", "apiServerURL"), at)
	case of == engine.ConfigMapKind && nameIn(tree).Name == signAuthority:
		if authority := strings.TrimSpace(text("data", "ca.crt")); authority != "" {
			c.signed(signAuthority, engine.Sum([]byte(authority)).String(), at)
		}
	}
}

func (c *coverage) signed(what, value string, at spot) {
	if value == "" {
		return
	}
	if c.signs == nil {
		c.signs = map[sign]string{}
	}
	if s := (sign{what, line(value)}); c.signs[s] == "" {
		c.signs[s] = at.String()
	}
}

// differing returns where two values of a sign stand; "" if there is one at most.
func (c *coverage) differing(what string) (one, other string) {
	var all []string
	for _, s := range slices.SortedFunc(maps.Keys(c.signs), func(a, b sign) int { return cmp.Compare(a.Value, b.Value) }) {
		if s.What == what {
			all = append(all, c.signs[s])
		}
	}
	if len(all) < 2 {
		return "", ""
	}
	slices.Sort(all)
	return all[0], all[1]
}

// immortal are objects that no API server lets anybody delete, so that one cluster has one
// of each.
var immortal = []engine.Ref{{Kind: "Namespace", Name: "default"}, {Kind: "Namespace", Name: "kube-public"}}

// ofOneCluster returns an error where what was read is certain to be of two clusters, and
// names what it may be of two as a gap of every kind. Entries are sorted.
func (d *dumpReader) ofOneCluster() error {
	if one, other := d.coverage.differing(signClusterID); one != "" {
		return fmt.Errorf("it is of two clusters, as their ids show in %s and %s; collect each by itself", Printable(one), Printable(other))
	}
	again := 0
	var first string
	entries := d.snapshot.Entries
	for i := 1; i < len(entries); i++ {
		a, b := entries[i-1], entries[i]
		if a.Ref.UID == "" || a.Ref.UID == b.Ref.UID || a.Ref.WithoutUID() != b.Ref.WithoutUID() {
			continue
		}
		if slices.Contains(immortal, a.Ref.WithoutUID()) {
			return fmt.Errorf("it is of two clusters, as the namespaces %s in it show: %s has another one than %s; collect each by itself", a.Ref.Name, Printable(b.Origin), Printable(a.Origin))
		}
		if k, _ := known(a.Ref.Of()); !k.namespaced || a.Ref.WithoutUID() == (engine.Ref{Kind: "Service", Namespace: "default", Name: "kubernetes"}) {
			if again++; again == 1 {
				first = fmt.Sprintf("%s is another object in %s than in %s", a.Ref.WithoutUID(), a.Origin, b.Origin)
			}
		}
	}
	if again > 1 {
		first += fmt.Sprintf(", as are %d more", again-1)
	}
	d.mayBeTwo(first)
	for _, s := range []struct{ what, says string }{
		{signServerURL, "the API server is at another address in %s than in %s"},
		{signAuthority, "pods trust another authority in %s than in %s"},
		{signVersion, "the API server is of another version in %s than in %s"},
	} {
		if one, other := d.coverage.differing(s.what); one != "" {
			d.mayBeTwo(fmt.Sprintf(s.says, one, other))
		}
	}
	d.mayBeTwo(listsApart(entries))
	return nil
}

// mayBeTwo names why a dump may be of two clusters.
func (d *dumpReader) mayBeTwo(why string) {
	if why != "" {
		d.note(engine.Gap{Source: d.source, Reason: engine.Unexplained, Cause: "it may be of two clusters, and which objects go together cannot be told: " + why})
	}
}

// listsApart names two lists of one kind that are of the same namespace, or of the whole
// cluster, and have no object in common: lists of one cluster have, unless a selector or
// time parted them. "" if there are none.
func listsApart(entries []engine.Entry) string {
	type scope struct {
		of        engine.Kind
		namespace string
	}
	places := map[string]dumpPlace{} // of files with lists
	for _, e := range entries {
		if file, _, listed := strings.Cut(e.Origin, " item "); listed {
			if _, met := places[file]; !met {
				places[file] = placeOf(file)
			}
		}
	}
	if len(places) < 2 {
		return ""
	}
	lists := map[scope]map[string]map[string]bool{} // names by file
	for _, e := range entries {
		file, _, listed := strings.Cut(e.Origin, " item ")
		if _, isKnown := known(e.Ref.Of()); !listed || !isKnown {
			continue
		}
		s := scope{e.Ref.Of(), e.Ref.Namespace}
		if p := places[file]; p.known && p.kind.of != s.of {
			continue // by its name it is a list of something else
		}
		if lists[s] == nil {
			lists[s] = map[string]map[string]bool{}
		}
		if lists[s][file] == nil {
			lists[s][file] = map[string]bool{}
		}
		lists[s][file][e.Ref.Name] = true
	}
	for _, s := range slices.SortedFunc(maps.Keys(lists), func(a, b scope) int {
		return cmp.Or(compareKinds(a.of, b.of), cmp.Compare(a.namespace, b.namespace))
	}) {
		files := slices.Sorted(maps.Keys(lists[s]))
		for i := 1; i < len(files); i++ {
			if apart(lists[s][files[i-1]], lists[s][files[i]]) {
				return fmt.Sprintf("the lists of %s%s in %s and %s have no object in common", s.of, inNamespace(s.namespace), files[i-1], files[i])
			}
		}
	}
	return ""
}

func apart(a, b map[string]bool) bool {
	for name := range a {
		if b[name] {
			return false
		}
	}
	return true
}

func inNamespace(namespace string) string {
	if namespace == "" {
		return ""
	}
	return " in namespace " + namespace
}
