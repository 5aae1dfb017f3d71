package kube

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tickmark/engine"
)

// coverage is which part of the cluster the lists of a dump are of.
//
// A list says neither which namespaces it was asked of nor whether a selector left
// objects out. It is taken for one of all namespaces where objects of two stand in
// it, since nobody can ask for two and not for all; for one of a single namespace
// where its objects or its place name that one; and otherwise for no listing. A kind
// is complete where a list of all namespaces was read, or one of each namespace of a
// whole list of namespaces. An empty List that says no kind is no listing either:
// kubectl prints the same where it was refused. What every cluster has must be there, and what other
// objects name as their owner: a list without it is not whole.
type coverage struct {
	whole  bool
	seen   map[engine.Kind]*covered
	owners map[owner]string // where each was named, first
	served map[engine.Kind]bool
	custom bool            // the definitions of custom kinds were listed
	signs  map[sign]string // of the cluster, and where each was met first
}

// covered is what the lists of one kind are of.
type covered struct {
	cluster    bool
	namespaces map[string]bool
	files      []string
}

// owner is an object that another one names as its owner, or a node with a pod.
type owner struct {
	of        engine.Kind
	uid, name string
}

var (
	namespaceKind  = engine.Kind{Kind: "Namespace"}
	definitionKind = engine.Kind{Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition"}
)

// NoList is what a gap says of a kind of which a dump holds no list.
const NoList = "the dump holds no list"

// anchors are objects that every cluster has, since its API server makes them.
var anchors = map[engine.Kind][]string{
	namespaceKind:                                  {"/default", "/kube-system"},
	{Kind: "Service"}:                              {"default/kubernetes"},
	{Group: groupRBAC, Kind: "ClusterRole"}:        {"/cluster-admin"},
	{Group: groupRBAC, Kind: "ClusterRoleBinding"}: {"/cluster-admin"},
	{Group: groupRBAC, Kind: "Role"}:               {"kube-system/extension-apiserver-authentication-reader"},
	{Group: groupRBAC, Kind: "RoleBinding"}:        {"kube-system/system::extension-apiserver-authentication-reader"},
}

// listed notes a list of a kind that was read to its end.
func (c *coverage) listed(of engine.Kind, l *list) {
	if of == definitionKind {
		c.custom = true
		return
	}
	k, isKnown := known(of)
	if !isKnown {
		return
	}
	seen := c.seen[of]
	if seen == nil {
		seen = &covered{namespaces: map[string]bool{}}
		c.seen[of] = seen
	}
	seen.files = append(seen.files, l.at.file)
	switch {
	case !k.namespaced:
		seen.cluster = true
	case l.place.sure:
		delete(l.namespaces, l.place.namespace)
		if len(l.namespaces) == 0 {
			seen.namespaces[l.place.namespace] = true
		}
	case c.whole || len(l.namespaces) > 1:
		seen.cluster = true
	case len(l.namespaces) == 1:
		for namespace := range l.namespaces {
			seen.namespaces[namespace] = true
		}
	case l.place.namespace != "":
		seen.namespaces[l.place.namespace] = true
	}
}

// definition notes the definition of a custom kind, and reports whether an object is
// one.
func (c *coverage) definition(tree map[string]any, h head) bool {
	if h.of != definitionKind {
		return false
	}
	spec, _ := tree["spec"].(map[string]any)
	names, _ := spec["names"].(map[string]any)
	group, _ := spec["group"].(string)
	name, _ := names["kind"].(string)
	if c.served == nil {
		c.served = map[engine.Kind]bool{}
	}
	of := engine.Kind{Group: group, Kind: name}
	c.served[of] = true
	if family, is := familyOf(of); is {
		c.served[family] = true
	}
	return true
}

// refer notes which objects an object shows to exist.
func (c *coverage) refer(tree map[string]any, of engine.Kind, at spot) {
	metadata, _ := tree["metadata"].(map[string]any)
	references, _ := metadata["ownerReferences"].([]any)
	for _, r := range references {
		reference, _ := r.(map[string]any)
		h, err := headOf(reference)
		uid, _ := reference["uid"].(string)
		name, _ := reference["name"].(string)
		if _, isKnown := known(h.of); err == nil && isKnown && uid != "" {
			c.named(owner{of: h.of, uid: uid, name: name}, at)
		}
	}
	if spec, _ := tree["spec"].(map[string]any); of == podKind && spec != nil {
		if node, _ := spec["nodeName"].(string); node != "" {
			c.named(owner{of: nodeKind, name: node}, at)
		}
	}
}

// shows reports whether something in the dump says that the cluster knows a kind.
func (c *coverage) shows(of engine.Kind) bool {
	for o := range c.owners {
		if o.of == of {
			return true
		}
	}
	return c.seen[of] != nil || c.served[of]
}

func (c *coverage) named(o owner, at spot) {
	if _, is := c.owners[o]; !is {
		c.owners[o] = at.String()
	}
}

// settle ends the reading: entries once each, what differs named, populations and
// what is missing of each kind. Entries are sorted.
func (d *dumpReader) settle(complete bool) {
	read := map[engine.Kind]int{} // in all files, before
	for _, e := range d.snapshot.Entries {
		read[e.Ref.Of()]++
	}
	d.once()
	there := map[engine.Kind]map[string]bool{} // names and UIDs of each kind
	namespaces := map[string]bool{}
	counts := map[engine.Kind]int{}
	for _, e := range d.snapshot.Entries {
		of := e.Ref.Of()
		if there[of] == nil {
			there[of] = map[string]bool{}
		}
		if name := e.Ref.Namespace + "/" + e.Ref.Name; !there[of][name] { // at two times it is one
			there[of][name] = true
			counts[of]++
			if family, is := familyOf(of); is {
				counts[family]++
			}
		}
		there[of]["uid "+e.Ref.UID] = true
		if e.Ref.Namespace != "" {
			namespaces[e.Ref.Namespace] = true
		}
	}
	missing := d.coverage.missing(there, namespaces)
	for _, k := range kinds {
		before := d.saving.adopted[k.of] > 0 && d.saving.adopted[k.of] == read[k.of]
		d.population(k, counts[k.of], missing[k.of], complete, before)
	}
}

// population says of one kind how many there are, and what may be missing; before, that an
// interrupted collection had read all of them.
func (d *dumpReader) population(k kind, count int, missing string, complete, before bool) {
	seen := d.coverage.seen[k.of]
	query := "read " + d.source
	if seen != nil {
		files := seen.files[:min(len(seen.files), 3)]
		query = "read " + strings.Join(files, " ")
		if more := len(seen.files) - len(files); more > 0 {
			query += fmt.Sprintf(" and %d more", more)
		}
		if d.coverage.whole {
			query += " (of all namespaces and without a selector, by the word of who collected)"
		}
	}
	p := engine.Population{Kind: k.of, Count: count, Complete: missing == "" && complete, Query: line(query)}
	if before {
		p.Seen = d.saving.begun
	}
	named := slices.ContainsFunc(d.snapshot.Gaps, func(g engine.Gap) bool { return g.Kind == k.of && g.Name == "" })
	switch {
	case missing == "":
	case seen == nil && count == 0 && k.custom && d.coverage.custom && !d.coverage.served[k.of]:
		if p.Complete = k.effectless && complete; p.Complete {
			p.Query = line("read " + d.source + ": the cluster does not know the kind")
		} else {
			d.gap(engine.Gap{Source: d.source, Kind: k.of, Reason: engine.NotInstalled, Cause: "list " + k.qualified() + ": the cluster does not know the kind"})
		}
	case !named:
		gap := engine.Gap{Source: d.source, Kind: k.of, Reason: engine.NotListed, Cause: "read " + k.qualified() + ": " + missing}
		if count > 0 || d.coverage.shows(k.of) {
			d.gap(gap)
		} else { // for all the dump says, the cluster does not know the kind
			d.note(gap)
		}
	}
	if count > 0 || p.Complete {
		d.snapshot.Populations = append(d.snapshot.Populations, p)
	}
}

// missing says by kind why the lists of it do not cover the cluster.
func (c *coverage) missing(there map[engine.Kind]map[string]bool, inUse map[string]bool) map[engine.Kind]string {
	missing := map[engine.Kind]string{}
	for _, o := range slices.SortedFunc(maps.Keys(c.owners), compareOwners) {
		id := "uid " + o.uid
		if o.uid == "" {
			id = "/" + o.name
		}
		if seen := c.seen[o.of]; seen != nil && !there[o.of][id] && missing[o.of] == "" {
			missing[o.of] = fmt.Sprintf("%s is named by %s and is not in the dump: its list is not whole", o.name, c.owners[o])
		}
	}
	for _, k := range kinds {
		if seen := c.seen[k.of]; seen == nil {
			missing[k.of] = NoList
			continue
		}
		for _, anchor := range anchors[k.of] {
			if !there[k.of][anchor] {
				missing[k.of] = fmt.Sprintf("%s, which every cluster has, is not in it: its list is not whole", strings.TrimPrefix(anchor, "/"))
			}
		}
	}
	all := there[namespaceKind]
	for _, namespace := range slices.Sorted(maps.Keys(inUse)) {
		if missing[namespaceKind] == "" && !all["/"+namespace] {
			missing[namespaceKind] = fmt.Sprintf("there are objects in the namespace %s, which is not in it: its list is not whole", namespace)
		}
	}
	for _, k := range kinds {
		if missing[k.of] == "" && k.namespaced && !c.seen[k.of].cluster {
			missing[k.of] = c.uncovered(k, all, missing[namespaceKind] == "")
		}
	}
	return missing
}

func compareKinds(a, b engine.Kind) int {
	return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Kind, b.Kind))
}

func compareOwners(a, b owner) int {
	return cmp.Or(
		cmp.Compare(a.of.Group, b.of.Group), cmp.Compare(a.of.Kind, b.of.Kind), cmp.Compare(a.name, b.name), cmp.Compare(a.uid, b.uid))
}

// listNamespaces says how the lists of a dump can be told to be of all namespaces.
const listNamespaces = ": save them too (kubectl get namespaces -o json)"

// uncovered says which namespaces no list of a kind is of.
func (c *coverage) uncovered(k kind, namespaces map[string]bool, all bool) string {
	of := c.seen[k.of].namespaces
	if !all {
		if len(of) == 0 {
			return "its list does not say of which namespaces it is, and the dump does not say which there are" + listNamespaces
		}
		return fmt.Sprintf("its lists are of the namespaces %s, and the dump does not say which others there are%s", someOf(of), listNamespaces)
	}
	left := map[string]bool{}
	for name := range namespaces {
		if namespace, is := strings.CutPrefix(name, "/"); is && !of[namespace] {
			left[namespace] = true
		}
	}
	if len(left) == 0 {
		return ""
	}
	return "no list shows that the namespaces " + someOf(left) + " were asked for"
}

// someOf names the first of many.
func someOf(set map[string]bool) string {
	names := slices.Sorted(maps.Keys(set))
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// once leaves one entry of an object that stands in several files. Where their
// contents differ, all stay, and a gap says that nobody can tell which one holds.
func (d *dumpReader) once() {
	entries := d.snapshot.Entries
	kept := entries[:0]
	var last string
	for _, e := range entries {
		same := len(kept) > 0 && kept[len(kept)-1].Ref.WithoutUID() == e.Ref.WithoutUID()
		if same && kept[len(kept)-1].Ref == e.Ref && kept[len(kept)-1].Digest == e.Digest {
			continue
		}
		if ref := e.Ref.WithoutUID().String(); same && ref != last {
			last = ref
			d.gap(engine.Gap{
				Source: kept[len(kept)-1].Origin, Kind: e.Ref.Of(), Namespace: e.Ref.Namespace, Name: e.Ref.Name, Reason: engine.Unexplained,
				Cause: "it stands in " + e.Origin + " as well, with other contents: which one holds cannot be told",
			})
		}
		kept = append(kept, e)
	}
	d.snapshot.Entries = kept
}
