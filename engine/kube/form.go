package kube

import (
	"reflect"
	"sync"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"

	"tickmark/engine"
)

// form is what a tree of a struct's shape has to be like. It is found out once.
type form struct {
	once    sync.Once
	members map[string]*member // by name, those of embedded structs too
	always  []*member          // those that are written where nothing was said of them
	strange bool               // the library's converter does it
}

// settled is a part of a tree in the form in which its Go type writes what it reads of
// it: the form that a document has, whichever way its object came.
type settled struct {
	item  any
	same  bool          // item is what stood there
	empty bool          // JSON leaves it out where it may
	zero  bool          // the Go value is that of nothing
	value reflect.Value // of a type that has a form of its own
}

// settle settles what stands in a tree, in its place. False is that the library's
// converter has to do it: what is wrong, or not certain to be read as it does.
func (s *shape) settle(from any) (to settled, ok bool) {
	if from == nil {
		zero := reflect.Zero(s.of)
		item, err := new(grower).tree(s, zero)
		return settled{item: item, empty: isEmpty(zero), zero: true}, err == nil
	}
	if _, known := from.(engine.Written); known {
		return settled{item: from, same: true}, true
	}
	if s.reads != nil || s.writes != nil {
		return s.settleOwn(from)
	}
	to = settled{item: from, same: true}
	switch s.of.Kind() {
	case reflect.String:
		text, ok := from.(string)
		to.empty, to.zero = text == "", text == ""
		return to, ok
	case reflect.Bool:
		is, ok := from.(bool)
		to.empty, to.zero = !is, !is
		return to, ok
	case reflect.Int, reflect.Int32, reflect.Int64:
		n, ok := small(from)
		if _, same := from.(int64); !same {
			to.item, to.same = n, false
		}
		to.empty, to.zero = n == 0, n == 0
		return to, ok
	default:
	}
	if s.foreign {
		return to, false
	}
	switch s.of.Kind() {
	case reflect.Pointer:
		to, ok = s.element.settle(from)
		to.empty, to.zero, to.value = false, false, reflect.Value{}
	case reflect.Struct:
		tree, is := from.(map[string]any)
		if !is || tree == nil {
			return to, false
		}
		to.zero, ok = s.settleMembers(tree)
	case reflect.Map:
		tree, is := from.(map[string]any)
		to.empty = len(tree) == 0
		return to, is && tree != nil && s.settleEntries(tree)
	default:
		return s.settleItems(to)
	}
	return to, ok
}

var quantityType = reflect.TypeFor[resource.Quantity]()

// settleOwn settles a word of a type that has a form of its own, by its own reading and
// writing; of anything larger it may make what the library would not.
func (s *shape) settleOwn(from any) (to settled, ok bool) {
	if s.reads == nil || s.writes == nil || s.isWord() {
		return to, false
	}
	v := reflect.New(s.of).Elem()
	text, is := from.(string)
	if is && s.of == quantityType && engine.EndlessQuantity(text) {
		return to, false
	}
	if !is {
		n, ok := small(from)
		if !ok {
			return to, false
		}
		from = n
	}
	if port, number := from.(int64); number && s.of == portType {
		v.Set(reflect.ValueOf(intstr.FromInt32(int32(port))))
	} else if s.reads.FromUnstructured(reflect.ValueOf(from), v) != nil {
		return to, false
	}
	item, err := new(grower).tree(s, v)
	return settled{item: item, empty: isEmpty(v), zero: v.IsZero(), value: v}, err == nil
}

func (s *shape) settleItems(to settled) (settled, bool) {
	if s.element == nil { // bytes, of which withhold leaves nothing
		to.empty = true
		return to, to.item == ""
	}
	items, is := to.item.([]any)
	if !is || items == nil {
		return to, false
	}
	to.empty = len(items) == 0
	for i, item := range items {
		part, ok := s.element.settle(item)
		if !ok {
			return to, false
		}
		if !part.same {
			items[i] = part.item
		}
	}
	return to, true
}

func (s *shape) settleEntries(tree map[string]any) bool {
	for key, item := range tree {
		part, ok := s.element.settle(item)
		if !ok {
			return false
		}
		if !part.same {
			tree[key] = part.item
		}
	}
	return true
}

// settleMembers settles the tree of a struct, and reports whether it says nothing.
func (s *shape) settleMembers(tree map[string]any) (zero, ok bool) {
	s.form.once.Do(s.findForm)
	if s.form.strange {
		return false, false
	}
	zero = true
	for name, item := range tree {
		m := s.form.members[name]
		if m == nil || item == nil {
			delete(tree, name)
			continue
		}
		part, ok := m.shape.settle(item)
		if !ok {
			return false, false
		}
		zero = zero && part.zero
		switch {
		case m.leavesOut(part):
			delete(tree, name)
		case !part.same:
			tree[name] = part.item
		}
	}
	for _, m := range s.form.always {
		if _, there := tree[m.name]; there {
			continue
		}
		item, err := new(grower).field(m.shape, reflect.Zero(m.shape.of))
		if err != nil {
			return false, false
		}
		if item != nil { // what is null is in no document
			tree[m.name] = item
		}
	}
	return zero, true
}

// leavesOut reports whether JSON leaves out a member that came to this.
func (m *member) leavesOut(part settled) bool {
	switch {
	case m.omitEmpty && part.empty:
		return true
	case m.omitZero == nil:
		return false
	case part.value.IsValid():
		return m.omitZero(part.value)
	}
	return part.zero
}

// saysZero is a type that has a word of its own about being nothing.
var saysZero = reflect.TypeFor[interface{ IsZero() bool }]()

// findForm finds out what a struct's tree has to be like.
func (s *shape) findForm() {
	f := &s.form
	f.members, f.strange = map[string]*member{}, s.foreign
	var take func(of *shape)
	take = func(of *shape) {
		for i := range of.fields {
			m := &of.fields[i]
			if m.name == "" {
				f.strange = f.strange || m.shape.foreign
				take(m.shape)
				continue
			}
			own := m.shape.reads != nil || m.shape.writes != nil
			_, twice := f.members[m.name]
			f.strange = f.strange || twice || m.omitZero != nil && !own &&
				(m.shape.of.Implements(saysZero) || reflect.PointerTo(m.shape.of).Implements(saysZero))
			f.members[m.name] = m
			zero := reflect.Zero(m.shape.of)
			if !(m.omitEmpty && isEmpty(zero)) && (m.omitZero == nil || !m.omitZero(zero)) {
				f.always = append(f.always, m)
			}
		}
	}
	take(s)
}
