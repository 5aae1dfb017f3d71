package kube

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"reflect"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"tickmark/engine"
)

// message is how a protobuf message at one place of a kind becomes a tree. What stands in
// its parts is the same in many objects of a cluster, such as the limits of a container:
// it is read, redacted and written once. What the types say is found out once too.
type message struct {
	shape *shape
	parts map[uint64]*part // by the number of the field
	drops uint64           // a field that is in no document, 0 where there is none
	room  reflect.Value    // a pointer to a value that all but the parts is read into
}

// part is a field that holds messages.
type part struct {
	name   string
	list   bool
	pairs  bool // of a map, which are read where they stand
	whole  bool // never kept: what is made of it is looked at again
	holds  reflect.Type
	shape  *shape   // of one in JSON
	of     *message // nil until one is met
	seen   uint64   // in which message
	missed int      // in turn, since one was known
}

// partReader turns objects in protobuf into trees, for one collection. What it is not
// certain of is read by the library.
type partReader struct {
	roots map[engine.Kind]*message
	spots map[string]*engine.Spot // by what an object in JSON says it is
	known map[partKey]knownPart
	kept  int // bytes of what is known
	seed  maphash.Seed
	count uint64     // of the messages
	rest  []byte     // of a message, its parts left out
	found []wirePart // of the messages that are being read, one on the other
	made  []madePart // of the object that is being read
	// reused says that some of an object in JSON stands there as it was written before.
	reused bool
}

type partKey struct {
	at   *part
	hash uint64
}

// knownPart is a part that was made before, as a document has it.
type knownPart struct {
	wire    string
	written engine.Written
}

type wirePart struct {
	at   *part
	wire []byte
}

type madePart struct {
	key  partKey
	wire []byte
	tree any
}

// Bounds of what is looked for again.
const (
	longPart    = 4 << 10 // bytes
	shortPart   = 48      // bytes: what is shorter is read where it stands
	mostKept    = 4 << 20 // bytes
	mostMissed  = 16      // in turn, before only every so-manieth is looked for
	everyMissed = 32
	deepestWire = 64
)

func newPartReader() partReader {
	return partReader{roots: map[engine.Kind]*message{}, spots: map[string]*engine.Spot{}, known: map[partKey]knownPart{}, seed: maphash.MakeSeed()}
}

// unmarshaler is what every type of Kubernetes has that stands in protobuf.
type unmarshaler interface{ Unmarshal(wire []byte) error }

// readsParts reports whether objects of a kind are read in parts. Of the others something
// is withheld or stripped below their first members.
func (k kind) readsParts() bool {
	switch k.of {
	case engine.Kind{Kind: "Secret"}, engine.Kind{Kind: "ConfigMap"}, engine.Kind{Kind: "Node"}:
		return false
	}
	return !k.custom
}

// root returns how objects of a kind are read; nil where that is not known.
func (r *partReader) root(k kind) *message {
	m, met := r.roots[k.of]
	if !met {
		m = newMessage(builtInTypes().AllKnownTypes()[k.gvk()])
		r.roots[k.of] = m
		for _, p := range m.partsNamed("metadata") {
			p.whole, p.of = true, newMessage(p.holds)
			if p.holds == reflect.TypeFor[metav1.ObjectMeta]() {
				p.of.drops = numberOf(reflect.TypeFor[metav1.ObjectMeta](), "ManagedFields")
			}
		}
	}
	return m
}

func (m *message) partsNamed(name string) (all []*part) {
	if m == nil {
		return nil
	}
	for _, p := range m.parts {
		if p.name == name {
			all = append(all, p)
		}
	}
	return all
}

// newMessage returns how a type is read; nil where that is not known.
func newMessage(t reflect.Type) *message {
	s := shapeOf(t)
	room := reflect.New(t)
	if _, reads := room.Interface().(unmarshaler); !reads || !s.isMessage() {
		return nil
	}
	m := &message{shape: s, parts: map[uint64]*part{}, room: room}
	for i := range s.fields {
		f := &s.fields[i]
		p := &part{name: f.name, holds: f.shape.of, list: f.shape.of.Kind() == reflect.Slice}
		of := f.shape
		if p.pairs = of.of.Kind() == reflect.Map; of.element != nil && !p.pairs {
			of = of.element
		}
		p.holds = of.of
		if number := numberOf(t, t.Field(f.index).Name); number != 0 && (p.pairs || f.omitZero == nil && f.isPart(of)) {
			m.parts[number] = p
		}
	}
	return m
}

// isMessage reports whether values are structs that the grower writes field by field.
func (s *shape) isMessage() bool {
	return s.of.Kind() == reflect.Struct && s.writes == nil && s.reads == nil && !s.foreign
}

// numberOf returns the number that a field has in protobuf; 0 where it has none, or is no
// text, message or list of those.
func numberOf(t reflect.Type, name string) uint64 {
	field, _ := t.FieldByName(name)
	form, rest, _ := strings.Cut(field.Tag.Get("protobuf"), ",")
	text, _, _ := strings.Cut(rest, ",")
	number, err := strconv.ParseUint(text, 10, 29)
	if form != "bytes" || err != nil {
		return 0
	}
	return number
}

// field takes the first field of a message. Only one of bytes has a value.
func field(wire []byte) (number uint64, value, all []byte, ok bool) {
	key, at := binary.Uvarint(wire)
	if at <= 0 || key>>3 == 0 || key>>3 >= 1<<29 {
		return 0, nil, nil, false
	}
	size := uint64(0)
	from := at
	switch key & 7 {
	case 0:
		_, n := binary.Uvarint(wire[at:])
		ok = n > 0
		from = at + max(n, 0)
	case 1:
		size, ok = 8, true
	case 2:
		length, n := binary.Uvarint(wire[at:])
		size, ok = length, n > 0
		from = at + max(n, 0)
	case 5:
		size, ok = 4, true
	}
	if !ok || size > uint64(len(wire)-from) {
		return 0, nil, nil, false
	}
	end := from + int(size)
	if key&7 == 2 {
		value = wire[from:end:end]
	}
	return key >> 3, value, wire[:end], true
}

// areFields reports whether a message is of whole fields.
func areFields(wire []byte) bool {
	for len(wire) > 0 {
		_, _, all, ok := field(wire)
		if !ok {
			return false
		}
		wire = wire[len(all):]
	}
	return true
}

// tree reads a message; false is for the library.
func (r *partReader) tree(g *grower, m *message, wire []byte, depth int) (map[string]any, bool) {
	if m == nil || depth > deepestWire {
		return nil, false
	}
	from := len(r.found)
	defer func() {
		clear(r.found[from:])
		r.found = r.found[:from]
	}()
	if !r.take(m, wire) {
		return nil, false
	}
	m.room.Elem().SetZero()
	if m.room.Interface().(unmarshaler).Unmarshal(r.rest) != nil {
		return nil, false
	}
	tree, err := g.members(m.shape, m.room.Elem())
	if err != nil {
		return nil, false
	}
	for i := from; i < len(r.found); {
		at := r.found[i].at
		if !at.list {
			item, ok := r.item(g, at, r.found[i].wire, depth)
			if !ok {
				return nil, false
			}
			tree[at.name] = item
			i++
			continue
		}
		items, _ := tree[at.name].([]any)
		for ; i < len(r.found) && r.found[i].at == at; i++ {
			item, ok := r.item(g, at, r.found[i].wire, depth)
			if !ok {
				return nil, false
			}
			items = append(items, item)
		}
		tree[at.name] = items
	}
	return tree, true
}

// take finds the parts of a message, and leaves all else of it in rest.
func (r *partReader) take(m *message, wire []byte) bool {
	r.rest = r.rest[:0]
	r.count++
	for len(wire) > 0 {
		number, value, all, ok := field(wire)
		if !ok {
			return false
		}
		wire = wire[len(all):]
		p := m.parts[number]
		switch {
		case number == m.drops:
			continue
		case p == nil:
		case p.pairs:
			if !areFields(value) { // the library reads over the end
				return false
			}
		case value == nil || !p.list && p.seen == r.count: // the library joins what stands twice
			return false
		case p.list || p.whole || len(value) > shortPart:
			r.found = append(r.found, wirePart{p, value})
			p.seen = r.count
			continue
		default:
			p.seen = r.count
		}
		r.rest = append(r.rest, all...)
	}
	return true
}

// item returns what a part holds: as it was written before, or as a tree.
func (r *partReader) item(g *grower, p *part, wire []byte, depth int) (any, bool) {
	if p.of == nil {
		p.of = newMessage(p.holds)
	}
	key, looked, written, known := r.look(p, wire)
	if known {
		return written, true
	}
	tree, ok := r.tree(g, p.of, wire, depth+1)
	if looked && ok {
		r.made = append(r.made, madePart{key, wire, tree})
	}
	return tree, ok
}

// look looks for a part, unless that was in vain too often.
func (r *partReader) look(p *part, wire []byte) (key partKey, looked bool, written engine.Written, known bool) {
	key.at = p
	looked = !p.whole && len(wire) <= longPart && (p.missed < mostMissed || p.missed%everyMissed == 0)
	if looked {
		key.hash = maphash.Bytes(r.seed, wire)
		if before, is := r.known[key]; is && before.wire == string(wire) {
			p.missed = 0
			return key, true, before.written, true
		}
	}
	p.missed++
	return key, looked, nil, false
}

// keep remembers the parts of an object in which nothing was redacted, as its document
// has them. What JSON may leave out, of the part or of what it is in, is not remembered.
func (r *partReader) keep() error {
	for _, p := range r.made {
		if s := p.key.at.shape; s != nil {
			if is, ok := s.settle(p.tree); !ok || is.empty || is.zero {
				continue
			}
		}
		written, err := engine.AppendCanonical(nil, p.tree)
		if err != nil {
			return err
		}
		if r.kept += len(p.wire) + len(written); r.kept > mostKept {
			clear(r.known)
			r.kept = len(p.wire) + len(written)
		}
		r.known[p.key] = knownPart{string(p.wire), written}
	}
	return nil
}

// fromWire makes the document of an object of a built-in kind in protobuf.
func (r *scribe) fromWire(wire []byte, k kind) (engine.Document, error) {
	defer r.parts.forget()
	tree, ok := r.parts.tree(&r.grower, r.parts.root(k), wire, 0)
	if !ok {
		object, err := k.fromProtobuf(wire)
		if err != nil {
			return engine.Document{}, fmt.Errorf("decode %s: %w", k.of, err)
		}
		return r.fromTyped(object, k, k.apiVersion())
	}
	before := r.Marks()
	doc, err := r.named(tree, k, k.apiVersion())
	if err == nil && r.Marks() == before {
		err = r.parts.keep()
	}
	return doc, err
}

// fromProtobuf reads an object as the library does.
func (k kind) fromProtobuf(wire []byte) (runtime.Object, error) {
	object, err := builtInTypes().New(k.gvk())
	if err != nil {
		return nil, err
	}
	reads, is := object.(unmarshaler)
	if !is {
		return nil, errForeign
	}
	return object, reads.Unmarshal(wire)
}

// inParts returns a list in protobuf as a page of objects that are read one by one; false
// where it is none of that kind, or not certain to be one.
func (k kind) inParts(body []byte) (page, bool) {
	wire, is := bytes.CutPrefix(body, []byte("k8s\x00"))
	if !is || !k.readsParts() {
		return page{}, false
	}
	var said runtime.Unknown
	var list []byte
	for rest := []byte(nil); len(wire) > 0; wire = wire[len(rest):] {
		number, value, all, ok := field(wire)
		if rest = all; !ok {
			return page{}, false
		}
		if number == 2 && value != nil && list == nil {
			list = value
		} else if said.Unmarshal(all) != nil || number == 2 {
			return page{}, false
		}
	}
	if list == nil || said.Kind != k.of.Kind+"List" || said.APIVersion != k.apiVersion() || said.ContentEncoding != "" {
		return page{}, false
	}
	return k.itemsOf(list)
}

// itemsOf takes a list apart.
func (k kind) itemsOf(list []byte) (page, bool) {
	var p page
	var head metav1.ListMeta
	for len(list) > 0 {
		number, value, all, ok := field(list)
		switch {
		case !ok || value == nil:
			return page{}, false
		case number == 1:
			if head.Unmarshal(value) != nil {
				return page{}, false
			}
		case number == 2:
			p.wire = append(p.wire, value)
		default:
			return page{}, false
		}
		list = list[len(all):]
	}
	p.next = head.Continue
	if left := head.RemainingItemCount; left != nil {
		p.expected = int(*left)
	}
	return p, true
}
