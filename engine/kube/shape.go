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
	entry := value.TypeReflectEntryOf(t)
	if entry.CanConvertToUnstructured() {
		s.writes = entry
	}
	if entry.CanConvertFromUnstructured() {
		s.reads = entry
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

// set puts what stands in a tree into a value, which is empty. False is that the
// library's converter has to do it: what is wrong, or not certain to be read as it does.
func (s *shape) set(v reflect.Value, from any) bool {
	if from == nil {
		return true
	}
	switch s.of.Kind() {
	case reflect.String:
		text, ok := from.(string)
		if ok {
			v.SetString(text)
		}
		return ok
	case reflect.Bool:
		is, ok := from.(bool)
		if ok {
			v.SetBool(is)
		}
		return ok
	case reflect.Int, reflect.Int32, reflect.Int64:
		n, ok := small(from)
		if ok {
			v.SetInt(n)
		}
		return ok
	default:
	}
	switch {
	case s.reads != nil:
		return s.setWord(v, from)
	case s.foreign:
		return false
	}
	switch s.of.Kind() {
	case reflect.Pointer:
		to := reflect.New(s.of.Elem())
		v.Set(to)
		return s.element.set(to.Elem(), from)
	case reflect.Struct:
		tree, ok := from.(map[string]any)
		return ok && tree != nil && s.setMembers(v, tree)
	case reflect.Map:
		tree, ok := from.(map[string]any)
		return ok && tree != nil && s.setEntries(v, tree)
	default:
		return s.setItems(v, from)
	}
}

func (s *shape) setItems(v reflect.Value, from any) bool {
	if s.element == nil { // bytes, of which withhold leaves nothing
		if from != "" {
			return false
		}
		v.Set(reflect.MakeSlice(s.of, 0, 0))
		return true
	}
	items, ok := from.([]any)
	if !ok || items == nil {
		return false
	}
	list := reflect.MakeSlice(s.of, len(items), len(items))
	for i, item := range items {
		if !s.element.set(list.Index(i), item) {
			return false
		}
	}
	v.Set(list)
	return true
}

// setWord lets a type read what is one word; of anything larger it may make what the
// library would not.
func (s *shape) setWord(v reflect.Value, from any) bool {
	if _, text := from.(string); !text {
		n, ok := small(from)
		if !ok {
			return false
		}
		if from = n; s.of == portType {
			v.Set(reflect.ValueOf(intstr.FromInt32(int32(n))))
			return true
		}
	}
	return s.reads.FromUnstructured(reflect.ValueOf(from), v) == nil
}

func (s *shape) setMembers(v reflect.Value, tree map[string]any) bool {
	for i := range s.fields {
		m := &s.fields[i]
		if m.name == "" {
			if !m.shape.setMembers(v.Field(m.index), tree) {
				return false
			}
			continue
		}
		if item := tree[m.name]; item != nil && !m.shape.set(v.Field(m.index), item) {
			return false
		}
	}
	return true
}

func (s *shape) setEntries(v reflect.Value, tree map[string]any) bool {
	entries := reflect.MakeMapWithSize(s.of, len(tree))
	for key, item := range tree {
		entry := reflect.New(s.of.Elem()).Elem()
		if !s.element.set(entry, item) {
			return false
		}
		entries.SetMapIndex(reflect.ValueOf(key).Convert(s.of.Key()), entry)
	}
	v.Set(entries)
	return true
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
