package engine

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// View is what a check sees of one snapshot. It is shared by the checks of one
// evaluation, so that an object is decoded and an analysis made once. That of an
// Evaluation goes on to the next snapshot of its target, and knows what was read for
// what: see memory.go.
type View struct {
	snapshot   *Snapshot
	params     Params
	documents  Documents
	held       *Held            // that documents are read from, if they are
	entries    map[Kind][]Entry // of the snapshot; nil until one is asked for
	gaps       map[Kind][]Gap   // of the snapshot; nil until one is asked for
	unreadable map[Kind][]Gap
	looked     map[Kind]bool
	done       <-chan struct{} // closed when the evaluation is to stop; nil is never
	desk       *desk
	room       []byte // for a body
	memory
}

// desk is room for the details of one result after the other: those of a large target
// are millions of bytes. Nil where who judges keeps what was said.
type desk struct {
	room  []Detail
	taken bool // until the result has been handed over
}

// Room returns an empty list with room for so many details. What is put there is good
// until the check's result has been handed over.
func (v *View) Room(most int) []Detail {
	if v.desk == nil || v.desk.taken {
		return make([]Detail, 0, most)
	}
	most += roomUnseen
	if cap(v.desk.room) < most {
		v.desk.room = make([]Detail, 0, most)
	}
	v.desk.taken = true
	return v.desk.room
}

// roomUnseen is room for what was not seen, beside what was.
const roomUnseen = 64

// holds reports whether details lie on the desk.
func (d *desk) holds(details []Detail) bool {
	return d != nil && d.taken && len(details) > 0 && cap(d.room) > 0 && &details[0] == &d.room[:1][0]
}

// cleared returns the desk to the next check, with nothing on it that would stay in memory.
func (v *View) cleared() {
	if v.desk != nil && v.desk.taken {
		clear(v.desk.room[:cap(v.desk.room)])
		v.desk.taken = false
	}
}

// Object is one document of a View.
type Object struct {
	Ref    Ref
	Digest Digest
	body   []byte
	held   *Held // where the body is unpacked from; nil where it is to hand
	cited  [1]Digest
}

// Cited returns o as what proves a detail. It is shared and must not be written to.
func (o *Object) Cited() []Digest {
	switch {
	case o.Digest.IsZero():
		return []Digest{}
	case o.cited[0] == o.Digest:
		return o.cited[:]
	}
	return []Digest{o.Digest}
}

// Body returns the canonical bytes; they must not be written to.
func (o *Object) Body() []byte {
	if o.held == nil {
		return o.body
	}
	body, _ := o.held.Document(o.Digest) // which was there when the object was taken
	return body
}

// BodyOf is Body for who keeps nothing of it: it is good until the next one is asked for.
func (v *View) BodyOf(o *Object) []byte {
	if o.held == nil {
		return o.body
	}
	if v.room == nil {
		v.room = make([]byte, usualBody)
	}
	body, _ := o.held.unpacked(o.Digest, v.room)
	return body
}

// usualBody is room for most documents, in bytes.
const usualBody = 16 << 10

// NewView returns the view of one snapshot, for analyses outside an evaluation.
func NewView(s *Snapshot, documents Documents, params Params) *View {
	return &View{
		snapshot: s, params: params, documents: documents, unreadable: map[Kind][]Gap{}, looked: map[Kind]bool{}, memory: newMemory(),
	}
}

// Target is what was looked at.
func (v *View) Target() Target { return v.snapshot.Target }

// Params is what the checks are told, but for the time: who asks for that asks Now, so
// that what hangs on no time is told from what does.
func (v *View) Params() Params {
	p := v.params
	p.Now = time.Time{}
	return p
}

// Now is the time of the evaluation.
func (v *View) Now() time.Time {
	v.read(&v.clock)
	return v.params.Now
}

// Done is closed when the evaluation is to stop, for checks that run long; nil where
// nobody stops it. What a check says after that is not kept.
func (v *View) Done() <-chan struct{} { return v.done }

// Saw reports whether all objects of kind k were seen and could be read.
func (v *View) Saw(k Kind) bool {
	v.looked[k] = true
	v.read(v.sightOf(k))
	return v.snapshot.Saw(k) && len(v.unreadable[k]) == 0
}

// Looked returns the kinds that were asked of v so far, which is what a check has to
// say that it needs or looks at.
func (v *View) Looked() []Kind {
	return slices.SortedFunc(maps.Keys(v.looked), func(a, b Kind) int { return strings.Compare(a.String(), b.String()) })
}

// Hidden reports whether a gap may hide objects of kind k, or nobody asked for it. It is for kinds that a
// check does not need and that change what it may say where they exist; a kind
// that the target does not know hides none.
func (v *View) Hidden(k Kind) bool {
	v.looked[k] = true
	v.read(v.sightOf(k))
	return len(v.unreadable[k]) > 0 || v.snapshot.hides(k)
}

// Unreadable returns the objects of kind k that were seen and could not be read so
// far.
func (v *View) Unreadable(k Kind) []Gap { return v.unreadable[k] }

// Objects returns the documents of kind k in the order of their refs. A body
// that is not to hand becomes a gap of its kind, never a missing object.
func (v *View) Objects(k Kind) []*Object {
	v.looked[k] = true
	l := v.listingOf(k)
	v.read(l)
	return l.objects
}

// entriesOf returns the entries of kind k in the order of the snapshot: those of its
// group where it stands for all of them.
func (v *View) entriesOf(k Kind) []Entry {
	if k == ConstraintKind {
		var all []Entry
		for _, e := range v.snapshot.Entries {
			if e.Ref.Group == k.Group {
				all = append(all, e)
			}
		}
		return all
	}
	if v.entries == nil {
		v.entries = byKind(v.snapshot.Entries)
	}
	return v.entries[k]
}

// gapsOf returns the gaps of the snapshot that say they are of kind k, in its order.
func (v *View) gapsOf(k Kind) []Gap {
	if v.gaps == nil {
		v.gaps = map[Kind][]Gap{}
		for _, gap := range v.snapshot.Gaps {
			v.gaps[gap.Kind] = append(v.gaps[gap.Kind], gap)
		}
	}
	return v.gaps[k]
}

// byKind parts entries by kind. Those of one kind stand together in a sorted snapshot.
func byKind(entries []Entry) map[Kind][]Entry {
	parts := map[Kind][]Entry{}
	for i := 0; i < len(entries); {
		k, from := entries[i].Ref.Of(), i
		for i < len(entries) && entries[i].Ref.Kind == k.Kind && entries[i].Ref.Group == k.Group {
			i++
		}
		if parts[k] == nil {
			parts[k] = entries[from:i:i]
		} else {
			parts[k] = slices.Concat(parts[k], entries[from:i])
		}
	}
	return parts
}

// take reads the document of an entry; nil where it is not to hand.
func (v *View) take(e Entry) *Object {
	o := &Object{Ref: e.Ref, Digest: e.Digest, cited: [1]Digest{e.Digest}}
	if v.held != nil && v.held.holds(e.Digest) {
		o.held = v.held
		return o
	}
	var err error
	if o.body, err = v.documents(e.Digest); err != nil {
		v.lose(e.Ref, fmt.Errorf("read document %s: %w", e.Digest, err))
		return nil
	}
	return o
}

func (v *View) lose(ref Ref, err error) {
	k := ref.Of()
	if k.Group == ConstraintKind.Group {
		k = ConstraintKind
	}
	v.unreadable[k] = append(v.unreadable[k], Gap{
		Source: v.snapshot.Target.ID, Kind: k, Namespace: ref.Namespace, Name: ref.Name, Reason: Unreadable, Cause: err.Error(),
	})
}

// Typed is an object of a View as a Go type.
type Typed[T any] struct {
	*Object
	Value *T
}

// All returns the objects of kind k decoded as T. One that cannot be decoded
// becomes a gap of its kind. The values are shared: they must not be changed.
//
// A member is read only if it is spelt as the API server spells it: a server takes
// `hostpid: true` for no field at all, and so must a check.
func All[T any](v *View, k Kind) []Typed[T] {
	type key struct {
		kind Kind
		of   reflect.Type
	}
	return made(v, key{k, reflect.TypeFor[T]()}, func(v *View, before []Typed[T]) ([]Typed[T], bool) {
		objects := v.Objects(k)
		all := make([]Typed[T], 0, len(objects))
		known, read := 0, newReading()
		for _, o := range objects {
			for known < len(before) && before[known].Object != o && before[known].Ref.Compare(o.Ref) < 0 {
				known++
			}
			if known < len(before) && before[known].Object == o {
				all = append(all, before[known])
				continue
			}
			value := new(T)
			if err := read.into(v.BodyOf(o), value); err != nil {
				v.lose(o.Ref, err)
				continue
			}
			all = append(all, Typed[T]{Object: o, Value: value})
		}
		return all, false
	})
}
