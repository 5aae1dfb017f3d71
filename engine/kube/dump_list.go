package kube

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"tickmark/engine"
)

// list is a list as it is read. What it is of may stand behind its items, in them,
// or nowhere but in the place of its file.
type list struct {
	at         spot
	head       head // what it says of itself; zero until that was read
	place      dumpPlace
	items      int
	depth      int // lists around it
	kinds      map[engine.Kind]bool
	namespaces map[string]bool
	waiting    []waiting // items whose kind the list may tell behind them
	size       int       // bytes of those
}

// waiting is an item that waits for its kind.
type waiting struct {
	tree map[string]any
	item int
}

func (d *dumpReader) begin(at spot, h head) *list {
	return &list{at: at, head: h, place: placeOf(at.file), kinds: map[engine.Kind]bool{}, namespaces: map[string]bool{}}
}

// headIn returns what an object that was read so far says of itself.
func headIn(tree map[string]any) head {
	h, err := headOf(tree)
	if err != nil {
		return head{}
	}
	return h
}

// foreign reports whether a list says that none of its items is of a kind that is
// read.
func (l *list) foreign() bool {
	of, typed := l.typed()
	if !typed {
		return false
	}
	_, isKnown := known(of)
	_, ofFamily := familyOf(of)
	return !isKnown && !ofFamily && of != definitionKind && !tellsCluster(of) && namesakeOf(of).IsZero()
}

// typed returns the kind that a list says it is of, as it is called today.
func (l *list) typed() (engine.Kind, bool) {
	name, ok := strings.CutSuffix(l.head.of.Kind, "List")
	if !ok || name == "" {
		return engine.Kind{}, false
	}
	return today(head{apiVersion: l.head.apiVersion, of: engine.Kind{Group: l.head.of.Group, Kind: name}}), true
}

// today returns the kind that an object of a former group is now.
func today(h head) engine.Kind {
	if group, former := formerly[h.apiVersion][h.of.Kind]; former {
		return engine.Kind{Group: group, Kind: h.of.Kind}
	}
	if now, former := reshaped[h.of]; former {
		return now
	}
	return h.of
}

// lost names an item that could not be read.
func (d *dumpReader) lost(l *list, err error) {
	gap := l.at.gap(engine.Unreadable, fmt.Sprintf("item %d: %v", l.items, err))
	if of, typed := l.typed(); typed {
		gap.Kind = of
	}
	d.gap(gap)
}

// item takes the next item of a list, of a size in bytes.
func (d *dumpReader) item(l *list, v any, size int) error {
	tree, ok := v.(map[string]any)
	if !ok {
		if _, typed := l.typed(); typed || l.place.known {
			d.lost(l, errors.New("it is no object"))
		}
		return nil
	}
	if tree["apiVersion"] != nil || tree["kind"] != nil {
		return d.taken(l, tree, l.items)
	}
	if d.watched(tree, l.at) {
		return nil
	}
	if _, typed := l.typed(); !typed && l.head.of.IsZero() {
		if l.size += size + waitingItem; l.size > maxWaiting {
			d.gap(l.at.gap(engine.TooLarge, "more items than are kept until their kind is told behind them"))
			return nil
		}
		l.waiting = append(l.waiting, waiting{tree, l.items})
		return nil
	}
	return d.nameless(l, tree, l.items)
}

// nameless takes an item that does not say its kind: the list says it, or its place.
func (d *dumpReader) nameless(l *list, tree map[string]any, item int) error {
	name, isList := strings.CutSuffix(l.head.of.Kind, "List")
	switch {
	case isList && name != "":
		tree["apiVersion"], tree["kind"] = l.head.apiVersion, name
	case l.place.known && !l.place.kind.custom && !isReshaped(l.place.kind.of):
		tree["apiVersion"], tree["kind"] = l.place.kind.apiVersion(), l.place.kind.of.Kind
	case l.place.known:
		gap := l.at.gap(engine.Unsupported, fmt.Sprintf("item %d: it does not say its apiVersion", item))
		gap.Kind = l.place.kind.of
		d.gap(gap)
		return nil
	case !l.head.of.IsZero() || nameIn(tree).Name != "":
		d.gap(l.at.gap(engine.Unreadable, fmt.Sprintf("item %d: neither it nor its list says of which kind it is", item)))
		return nil
	default:
		return nil // a list of something else
	}
	return d.taken(l, tree, item)
}

// isReshaped reports whether a kind had another shape once: an object that says no
// version may have either.
func isReshaped(of engine.Kind) bool {
	for _, now := range reshaped {
		if now == of {
			return true
		}
	}
	return false
}

// taken takes an item that says its kind.
func (d *dumpReader) taken(l *list, tree map[string]any, item int) error {
	at := l.at
	at.item = item
	h, err := headOf(tree)
	if err != nil {
		d.lost(l, err)
		return nil
	}
	if _, listed := itemsOf(tree); listed && isList(h.of.Kind) {
		return d.value(tree, at, l.depth+1)
	}
	of := today(h)
	l.kinds[of] = true
	if namespace := nameIn(tree).Namespace; namespace != "" {
		l.namespaces[namespace] = true
	}
	return d.object(tree, h, at)
}

// finish ends a list that was read whole. Tree is what it says of itself.
func (d *dumpReader) finish(l *list, tree map[string]any) error {
	if l.head = headIn(tree); !l.head.of.IsZero() && !isList(l.head.of.Kind) {
		d.gap(l.at.gap(engine.Unsupported, fmt.Sprintf("read %s: it has items and is no List", l.head.of)))
		return nil
	}
	for _, w := range l.waiting {
		if err := d.nameless(l, w.tree, w.item); err != nil {
			return err
		}
	}
	of, typed := l.typed()
	if typed {
		l.kinds[of] = true
	}
	for of := range l.kinds {
		if isExtract(of) {
			d.extract(of, l.at)
			return nil
		}
	}
	switch {
	case typed && len(l.kinds) > 1:
		d.gap(l.at.gap(engine.Unreadable, fmt.Sprintf("read %s: it holds other kinds as well", l.head.of)))
	case l.saysNothing() && l.place.known && !d.coverage.whole:
		gap := l.at.gap(engine.NotListed, "an empty List of no kind: kubectl prints the same where it was refused")
		gap.Kind = l.place.kind.of
		d.gap(gap)
		d.lists++
		return nil
	case len(l.kinds) == 0 && l.place.known:
		l.kinds[l.place.kind.of] = true
	}
	if len(l.kinds) > 0 {
		d.lists++
	}
	switch {
	case goesOn(tree):
		d.part(l, engine.PageFailed, "a page of a longer list: the rest is not in the file")
		return nil
	case l.at.open && l.items > 0:
		d.part(l, engine.NotListed, "nothing stands behind its items, as kubectl writes it: it cannot be told from a list that was cut off")
		return nil
	}
	for of := range l.kinds {
		d.coverage.listed(of, l)
	}
	return nil
}

// extract names a list or an object of which the dump holds an extract alone.
func (d *dumpReader) extract(of engine.Kind, at spot) {
	gap := extracted(of, placeOf(at.file))
	gap.Source, gap.Line = at.file, at.line
	d.gap(gap)
	d.lists++
}

// strip counts an object that was left with its metadata alone; its namespace is one.
func (d *dumpReader) strip(of engine.Kind, namespace string, at spot) {
	if namespace != "" {
		d.coverage.named(owner{of: namespaceKind, name: namespace}, at)
	}
	if d.stripped == nil {
		d.stripped = map[engine.Kind]int{}
	}
	d.stripped[of]++
}

// nameStripped names those of one file.
func (d *dumpReader) nameStripped(at spot) {
	for _, of := range slices.SortedFunc(maps.Keys(d.stripped), compareKinds) {
		gap := stripped(of, d.stripped[of])
		gap.Source = at.file
		d.gap(gap)
	}
	d.stripped = nil
}

// saysNothing reports whether a list is what kubectl prints of nothing: of no objects,
// and of a request that was refused.
func (l *list) saysNothing() bool { return l.items == 0 && l.head.of == engine.Kind{Kind: "List"} }

// goesOn reports whether a list says that it is a page of a longer one.
func goesOn(tree map[string]any) bool {
	metadata, _ := tree["metadata"].(map[string]any)
	next, left := metadata["continue"], metadata["remainingItemCount"]
	return next != nil && next != "" || left != nil && fmt.Sprint(left) != "0"
}

// endsOpen reports whether a list in YAML ends with its items, so that a shorter one
// would be YAML as well.
func endsOpen(n *yaml.Node) bool {
	for n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
		n = n.Content[0]
	}
	if last := len(n.Content) - 1; n.Kind == yaml.MappingNode && last > 0 && n.Style&yaml.FlowStyle == 0 && n.Content[last-1].Value == "items" {
		n = n.Content[last]
	}
	return n.Kind == yaml.SequenceNode && n.Style&yaml.FlowStyle == 0
}

// part names what a list may not hold that is a part of a longer one.
func (d *dumpReader) part(l *list, reason engine.GapReason, cause string) {
	gap := l.at.gap(reason, cause)
	if len(l.kinds) == 0 {
		d.gap(gap)
	}
	for _, k := range kinds {
		if l.kinds[k.of] {
			gap.Kind = k.of
			d.gap(gap)
		}
	}
}

// value takes a decoded value: an object, a list, or neither.
func (d *dumpReader) value(v any, at spot, depth int) error {
	if depth > maxLists {
		d.gap(at.gap(engine.Unreadable, "Lists in Lists, too many deep"))
		return nil
	}
	items, isArray := v.([]any)
	if isArray {
		return d.whole(at, head{}, items, nil, depth)
	}
	tree, ok := v.(map[string]any)
	if !ok {
		return nil // a word, a number: no object
	}
	if tree["apiVersion"] == nil && tree["kind"] == nil {
		return d.plain(tree, at, depth)
	}
	h, err := headOf(tree)
	if err != nil {
		d.gap(at.gap(engine.Unreadable, err.Error()))
		return nil
	}
	if isExtract(h.of) {
		d.extract(h.of, at)
		return nil
	}
	items, listed := itemsOf(tree)
	if cause := brokenList(tree, h, listed); cause != "" {
		d.gap(at.gap(engine.Unreadable, cause))
		return nil
	}
	if isList(h.of.Kind) && listed {
		return d.whole(at, h, items, tree, depth)
	}
	return d.object(tree, h, at)
}

// whole takes a list that was decoded as one.
func (d *dumpReader) whole(at spot, h head, items []any, tree map[string]any, depth int) error {
	l := d.begin(at, h)
	l.depth = depth
	for _, v := range items {
		if l.items++; l.foreign() {
			break
		}
		if err := d.item(l, v, 0); err != nil {
			return err
		}
	}
	return d.finish(l, tree)
}

// plain takes an object that says no kind: what a server says of its version, a list
// or an object that its place names, or nothing of Kubernetes.
func (d *dumpReader) plain(tree map[string]any, at spot, depth int) error {
	if version := versionIn(tree); version != "" && strings.Contains(lastStep(at.file), "version") {
		d.snapshot.Target.ServerVersion = line(version)
		d.coverage.signed(signVersion, version, at)
		return nil
	}
	if hasSpelling(tree, "apiVersion") && hasSpelling(tree, "kind") {
		d.gap(at.gap(engine.Unreadable, "read object: its apiVersion and kind are misspelt"))
		return nil
	}
	if items, listed := itemsOf(tree); listed {
		return d.whole(at, head{}, items, tree, depth)
	}
	if d.watched(tree, at) {
		return nil
	}
	place := placeOf(at.file)
	if !place.known || nameIn(tree).Name == "" {
		return nil
	}
	return d.nameless(d.begin(at, head{}), tree, 0)
}

// watched names an event of a watch about an object of a kind that is read, and reports
// whether it is one.
func (d *dumpReader) watched(tree map[string]any, at spot) bool {
	object, _ := tree["object"].(map[string]any)
	if _, typed := tree["type"].(string); !typed || object == nil {
		return false
	}
	gap := at.gap(engine.Unsupported, "an event of a watch: it says what became of an object, not what is there; save a list (kubectl get -o json without --watch)")
	gap.Kind = today(headIn(object))
	_, isKnown := known(gap.Kind)
	if _, ofFamily := familyOf(gap.Kind); !isKnown && !ofFamily {
		return false
	}
	d.gap(gap)
	return true
}

// versionIn returns the version of the server in what kubectl, a support bundle and a
// server itself print of it.
func versionIn(tree map[string]any) string {
	for _, key := range []string{"serverVersion", "info"} {
		if of, ok := tree[key].(map[string]any); ok {
			tree = of
		}
	}
	version, _ := tree["gitVersion"].(string)
	return version
}

func lastStep(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// object takes one object. What is of no kind in the table is passed over: a live
// collection does not ask for it. One that is called like a kind of the table and is
// not it could hide one.
func (d *dumpReader) object(tree map[string]any, h head, at spot) error {
	if d.coverage.definition(tree, h) {
		return nil
	}
	d.coverage.tells(tree, h.of, at)
	ref := nameIn(tree)
	gap := at.gap(engine.Unsupported, fmt.Sprintf("read %s: apiVersion %s is not read, only that of current clusters", h.of, h.apiVersion))
	gap.Namespace, gap.Name, gap.Kind = ref.Namespace, ref.Name, today(h)
	k, isKnown := known(gap.Kind)
	if _, ofFamily := familyOf(gap.Kind); ofFamily {
		k.custom, isKnown = true, true
	}
	_, other := reshaped[h.of]
	switch {
	case isServerFile(h.of):
		d.serverFile(tree, h.of, at.file)
	case !isKnown:
		namesake := namesakeOf(h.of)
		if ours := !strings.Contains(h.of.Group, ".") || strings.HasSuffix(h.of.Group, ".k8s.io"); namesake.IsZero() || !ours {
			return nil
		}
		gap.Kind, gap.Cause = namesake, fmt.Sprintf("read %s: kind %s of apiVersion %s is not evaluated", namesake, h.of.Kind, h.apiVersion)
		d.gap(gap)
		return nil
	case other, !k.custom && h.of == gap.Kind && h.apiVersion != k.apiVersion() && formerly[h.apiVersion][h.of.Kind] == "":
		d.gap(gap)
		return nil
	}
	h.of = gap.Kind
	d.coverage.refer(tree, h.of, at)
	if isStripped(tree, h.of) {
		d.strip(h.of, ref.Namespace, at)
		return nil
	}
	cut := ""
	if at.ends && at.item == 0 { // of a list it is told in another way
		cut = lacks(tree, h.of)
	}
	doc, err := d.fromParts(tree, h)
	if err != nil {
		gap.Reason, gap.Cause = engine.Unreadable, err.Error()
		d.gap(gap)
		return nil
	}
	if doc.Ref.Of() == namespaceKind && doc.Ref.Name == "kube-system" && doc.Ref.UID != "" {
		if err := d.ofCluster(doc.Ref.UID, at.String()); err != nil {
			return err
		}
	}
	if cut != "" {
		gap.Reason, gap.Cause = engine.Unreadable, fmt.Sprintf("read %s: %s", h.of, cut)
		d.gap(gap)
	}
	return d.add(doc, line(at.String()))
}
