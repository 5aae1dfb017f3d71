package kube

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/structured-merge-diff/v6/value"
)

// shape is how values of a Go type stand in a tree. Every object of a cluster passes
// through its type, for which the converter of the Kubernetes library asks anew, of each
// field of each object, what stands in its tag. It gives the same trees; a test holds
// the two against each other.
type shape struct {
	of      reflect.Type
	writes  *value.TypeReflectCacheEntry // of a type that has a form of its own, nil else
	reads   *value.TypeReflectCacheEntry // of one that reads a form of its own
	element *shape                       // of a pointer, list or map
	fields  []member                     // of a struct
	form    form                         // of a struct, found out when it is first asked for
	foreign bool                         // the library's converter does what is not read or written above
}

// member is a field of a struct as JSON has it.
type member struct {
	index     int
	name      string // "" is one whose own members stand in its place
	omitEmpty bool
	omitZero  func(reflect.Value) bool
	shape     *shape
}

// shapes are those of the types that were met. They are made once and never changed.
var shapes = struct {
	sync.Mutex
	known map[reflect.Type]*shape
}{known: map[reflect.Type]*shape{}}

// shapeOf returns the shape of a type.
func shapeOf(t reflect.Type) *shape {
	shapes.Lock()
	defer shapes.Unlock()
	return newShape(t)
}

func newShape(t reflect.Type) *shape {
	if s, known := shapes.known[t]; known {
		return s
	}
	s := &shape{of: t}
	shapes.known[t] = s // before its parts: types may hold themselves
	if hasForm(t) {
		entry := value.TypeReflectEntryOf(t)
		if entry.CanConvertToUnstructured() {
			s.writes = entry
		}
		if entry.CanConvertFromUnstructured() {
			s.reads = entry
		}
	}
	if s.writes != nil && s.reads != nil {
		return s
	}
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int32, reflect.Int64:
	case reflect.Pointer:
		s.element = newShape(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 {
			s.element = newShape(t.Elem())
		}
	case reflect.Map:
		s.element, s.foreign = newShape(t.Elem()), t.Key().Kind() != reflect.String
	case reflect.Struct:
		for i := range t.NumField() {
			m, known := newMember(t.Field(i), i)
			s.foreign = s.foreign || !known
			if m.name != "-" {
				s.fields = append(s.fields, m)
			}
		}
	default:
		s.foreign = true
	}
	return s
}

// hasForm reports whether a type may have a form of its own. What the library calls a
// converter is a Marshaler too; of the others the library is not asked, which would look at
// all that they hold.
func hasForm(t reflect.Type) bool {
	writes := reflect.TypeFor[json.Marshaler]()
	return t.Implements(writes) || reflect.PointerTo(t).Implements(writes) || t.Implements(reflect.TypeFor[json.Unmarshaler]())
}

func newMember(f reflect.StructField, index int) (m member, known bool) {
	m = member{index: index, shape: newShape(f.Type)}
	tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	if m.name = tag; tag == "" && !f.Anonymous {
		m.name = f.Name
	}
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "omitempty":
			m.omitEmpty = true
		case "omitzero":
			m.omitZero = value.OmitZeroFunc(f.Type)
		}
	}
	inPlace := f.Type.Kind() == reflect.Struct && m.shape.writes == nil && m.shape.reads == nil && !m.shape.foreign
	return m, f.IsExported() && (m.name != "" || inPlace)
}

// errForeign says that the library's converter has to do it, which may also say what is
// wrong.
var errForeign = errors.New("a value of a shape that is not known here")

// grower makes trees. What it found of the structs that it is in is on one pile, so that
// each tree has room for what is there, and not for all that its type knows.
type grower struct{ pile []present }

// present is a member that is there.
type present struct {
	name string
	item any
}

// tree returns a value as a tree.
func (g *grower) tree(s *shape, v reflect.Value) (any, error) {
	switch {
	case s.of == portType:
		if word, plain := portWord(v.Interface().(intstr.IntOrString)); plain {
			return word, nil
		}
		return s.writes.ToUnstructured(v)
	case s.writes != nil:
		return s.writes.ToUnstructured(v)
	case s.foreign:
		return nil, errForeign
	}
	if word, is := s.word(v); is {
		return word, nil
	}
	if s.of.Kind() == reflect.Struct {
		return g.members(s, v)
	}
	if v.IsNil() {
		return nil, nil
	}
	switch s.of.Kind() {
	case reflect.Pointer:
		return g.tree(s.element, v.Elem())
	case reflect.Map:
		return g.entries(s, v)
	default:
		return g.items(s, v)
	}
}

// portType is the one type of many fields that the library writes to JSON and reads
// again for a word.
var portType = reflect.TypeFor[intstr.IntOrString]()

func portWord(port intstr.IntOrString) (word any, plain bool) {
	if port.Type == intstr.Int {
		return int64(port.IntVal), true
	}
	return port.StrVal, port.Type == intstr.String && utf8.ValidString(port.StrVal)
}

// isWord reports whether values are one word for Go too.
func (s *shape) isWord() bool {
	_, is := s.word(reflect.Zero(s.of))
	return is
}

// word returns a value that is one word.
func (s *shape) word(v reflect.Value) (word any, is bool) {
	switch s.of.Kind() {
	case reflect.String:
		return v.String(), true
	case reflect.Bool:
		return v.Bool(), true
	case reflect.Int, reflect.Int32, reflect.Int64:
		return v.Int(), true
	default:
		return nil, false
	}
}

func (g *grower) items(s *shape, v reflect.Value) (any, error) {
	if s.element == nil {
		return base64.StdEncoding.EncodeToString(v.Bytes()), nil
	}
	items := make([]any, v.Len())
	for i := range items {
		var err error
		if items[i], err = g.tree(s.element, v.Index(i)); err != nil {
			return nil, err
		}
	}
	return items, nil
}

func (g *grower) entries(s *shape, v reflect.Value) (any, error) {
	tree := make(map[string]any, v.Len())
	for each := v.MapRange(); each.Next(); {
		item, err := g.tree(s.element, each.Value())
		if err != nil {
			return nil, err
		}
		tree[each.Key().String()] = item
	}
	return tree, nil
}

// members returns a struct as a tree.
func (g *grower) members(s *shape, v reflect.Value) (map[string]any, error) {
	from := len(g.pile)
	defer func() {
		clear(g.pile[from:])
		g.pile = g.pile[:from]
	}()
	if err := g.find(s, v); err != nil {
		return nil, err
	}
	tree := make(map[string]any, len(g.pile)-from)
	for _, p := range g.pile[from:] {
		tree[p.name] = p.item
	}
	return tree, nil
}

// find piles up the members that are there.
func (g *grower) find(s *shape, v reflect.Value) error {
	for i := range s.fields {
		m := &s.fields[i]
		field := v.Field(m.index)
		if m.omitEmpty && isEmpty(field) || m.omitZero != nil && m.omitZero(field) {
			continue
		}
		if m.name == "" {
			if err := g.find(m.shape, field); err != nil {
				return err
			}
			continue
		}
		item, err := g.field(m.shape, field)
		if err != nil {
			return err
		}
		g.pile = append(g.pile, present{m.name, item})
	}
	return nil
}

// field is tree for a field of a struct, of which the library takes what is one word as
// it is, whatever forms its type has.
func (g *grower) field(s *shape, v reflect.Value) (any, error) {
	if word, is := s.word(v); is {
		return word, nil
	}
	return g.tree(s, v)
}

// isEmpty reports whether JSON leaves a field out that may be.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Map, reflect.Slice, reflect.String, reflect.Array:
		return v.Len() == 0
	case reflect.Struct:
		return false
	default:
		return v.IsZero()
	}
}

// small returns an integer of 32 bits, however the tree has it.
func small(from any) (int64, bool) {
	switch n := from.(type) {
	case int64:
		return n, n >= math.MinInt32 && n <= math.MaxInt32
	case json.Number:
		i, err := strconv.ParseInt(string(n), 10, 32)
		return i, err == nil && string(n) == strconv.FormatInt(i, 10)
	}
	return 0, false
}
