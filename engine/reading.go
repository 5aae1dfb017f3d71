package engine

import (
	"encoding"
	encodingjson "encoding/json"
	"hash/maphash"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"sigs.k8s.io/json"
)

// reading turns documents of one kind into values of a Go type, as the Kubernetes
// library does, which reads what it is not certain of. The objects of a cluster are much
// alike: what stands in many of them, such as the limits of a container, is in memory
// once. So the values are shared, not only among checks, but within each other.
type reading struct {
	parts map[partKey]part
	words map[string]string
	long  map[*form]int // how often parts of a form, which were long, are not looked at
	pairs Labels        // that are being read
	seed  maphash.Seed
}

type partKey struct {
	form *form
	hash uint64
}

// part is a piece of a document that was read.
type part struct {
	text  string
	value reflect.Value
}

// Bounds of what is looked for again.
const (
	longPart  = 512 // bytes
	manyParts = 1 << 15
	longWord  = 64 // bytes
	manyWords = 1 << 12
	longAgain = 15 // what is long, as a pod's spec is, mostly is long the next time
)

func newReading() *reading {
	return &reading{parts: map[partKey]part{}, words: map[string]string{}, long: map[*form]int{}, seed: maphash.MakeSeed()}
}

// into reads a document into an empty value.
func (r *reading) into(body []byte, value any) error {
	v := reflect.ValueOf(value).Elem()
	w := wellFormed{text: body}
	if r.value(&w, formOf(v.Type()), v) && w.ended() {
		return nil
	}
	v.SetZero()
	clear(r.parts) // those of this document stand in what was emptied
	return json.UnmarshalCaseSensitivePreserveInts(body, value)
}

// form is how a Go type is read from JSON.
type form struct {
	of      reflect.Type
	kind    reflect.Kind // Invalid is one that the library reads
	labels  bool         // of Labels, which stand in a document as a map does
	element *form        // of a pointer, list or map
	fields  []formField  // of a struct
	byName  map[string]int
}

type formField struct {
	index []int
	form  *form
}

// maxFields bounds a struct that is read here.
const maxFields = 64

// forms are those of the types that were met. They are made once and never changed.
var forms = struct {
	sync.Mutex
	known map[reflect.Type]*form
}{known: map[reflect.Type]*form{}}

func formOf(t reflect.Type) *form {
	forms.Lock()
	defer forms.Unlock()
	return newForm(t)
}

func newForm(t reflect.Type) *form {
	if f, known := forms.known[t]; known {
		return f
	}
	f := &form{of: t, kind: t.Kind()}
	forms.known[t] = f // before its parts: types may hold themselves
	switch {
	case t == reflect.TypeFor[Labels]():
		f.kind, f.labels = reflect.Map, true
	case readsItself(t):
		f.kind = reflect.Invalid
	case f.kind == reflect.String, f.kind == reflect.Bool, f.kind == reflect.Int, f.kind == reflect.Int32, f.kind == reflect.Int64:
	case f.kind == reflect.Pointer, f.kind == reflect.Slice && t.Elem().Kind() != reflect.Uint8,
		f.kind == reflect.Map && t.Key().Kind() == reflect.String && !readsItself(t.Key()):
		f.element = newForm(t.Elem())
	case f.kind == reflect.Struct:
		f.byName = map[string]int{}
		if !f.add(t, nil) || len(f.fields) > maxFields {
			f.kind = reflect.Invalid
		}
	default:
		f.kind = reflect.Invalid
	}
	return f
}

// readsItself reports whether a type says itself how it is read.
func readsItself(t reflect.Type) bool {
	for _, reads := range []reflect.Type{reflect.TypeFor[encodingjson.Unmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]()} {
		if t.Implements(reads) || reflect.PointerTo(t).Implements(reads) {
			return true
		}
	}
	return false
}

// add adds the fields of a struct; false where not all of them are plain.
func (f *form) add(t reflect.Type, within []int) bool {
	for i := range t.NumField() {
		field := t.Field(i)
		index := append(append([]int{}, within...), i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "-" && options == "":
			continue
		case field.Anonymous && name == "":
			if field.Type.Kind() != reflect.Struct || !f.add(field.Type, index) {
				return false
			}
			continue
		case !field.IsExported():
			continue
		case name == "":
			name = field.Name
		}
		if _, twice := f.byName[name]; twice || strings.Contains(options, "string") {
			return false
		}
		f.byName[name] = len(f.fields)
		f.fields = append(f.fields, formField{index, newForm(field.Type)})
	}
	return true
}

// value reads what stands next; false is for the library.
func (r *reading) value(w *wellFormed, f *form, v reflect.Value) bool {
	c := w.next()
	if f.kind == reflect.Invalid {
		return r.shared(w, f, v, r.byLibrary)
	}
	if c == 'n' {
		_, ok := w.word()
		return ok // as it is: empty
	}
	switch f.kind {
	case reflect.String:
		if c != '"' {
			return false
		}
		s, ok := r.word(w)
		v.SetString(s)
		return ok
	case reflect.Bool:
		v.SetBool(c == 't')
		_, ok := w.word()
		return ok && (c == 't' || c == 'f')
	case reflect.Int, reflect.Int32, reflect.Int64:
		word, ok := w.word()
		n, err := strconv.ParseInt(string(word), 10, f.of.Bits())
		v.SetInt(n)
		return ok && err == nil
	case reflect.Pointer:
		return r.shared(w, f, v, r.pointer)
	case reflect.Struct:
		return c == '{' && r.shared(w, f, v, r.fields)
	case reflect.Map:
		if f.labels {
			return c == '{' && r.shared(w, f, v, r.labels)
		}
		return c == '{' && r.shared(w, f, v, r.entries)
	default:
		return c == '[' && r.shared(w, f, v, r.items)
	}
}

// shared reads a part, unless the same one was read before.
func (r *reading) shared(w *wellFormed, f *form, v reflect.Value, read func(*wellFormed, *form, reflect.Value) bool) bool {
	if w.depth++; w.depth > maxDepth {
		return false
	}
	defer func() { w.depth-- }()
	if r.long[f] > 0 {
		r.long[f]--
		return read(w, f, v)
	}
	from := *w
	text, short := from.extent(longPart)
	if !short {
		r.long[f] = longAgain
		return read(w, f, v)
	}
	key := partKey{f, maphash.Bytes(r.seed, text)}
	if known, there := r.parts[key]; there && known.text == string(text) {
		v.Set(known.value)
		w.at = from.at
		return true
	}
	if !read(w, f, v) {
		return false
	}
	if len(r.parts) >= manyParts {
		clear(r.parts)
	}
	r.parts[key] = part{string(text), v} // and not a piece of the document, which need not stay
	return true
}

func (r *reading) byLibrary(w *wellFormed, _ *form, v reflect.Value) bool {
	text, whole := w.extent(len(w.text))
	return whole && utf8.Valid(text) && !hasLoneSurrogate(text) && json.UnmarshalCaseSensitivePreserveInts(text, v.Addr().Interface()) == nil
}

func (r *reading) word(w *wellFormed) (string, bool) {
	inside, escaped, ok := w.quoted()
	if escaped && ok {
		return unescaped(inside)
	}
	if !ok {
		return "", false
	}
	if len(inside) > longWord {
		return string(inside), true
	}
	s, known := r.words[string(inside)]
	if !known {
		if len(r.words) >= manyWords {
			clear(r.words)
		}
		s = string(inside)
		r.words[s] = s
	}
	return s, true
}

func (r *reading) pointer(w *wellFormed, f *form, v reflect.Value) bool {
	to := reflect.New(f.of.Elem())
	v.Set(to)
	if f.element.kind == reflect.Struct {
		return w.next() == '{' && r.fields(w, f.element, to.Elem())
	}
	return r.value(w, f.element, to.Elem())
}

func (r *reading) fields(w *wellFormed, f *form, v reflect.Value) bool {
	w.at++
	seen := uint64(0)
	for first := true; ; first = false {
		if more, ok := w.more('}', first); !more || !ok {
			return ok
		}
		inside, escaped, ok := w.quoted()
		if escaped || !ok || !w.colon() {
			return false
		}
		at, known := f.byName[string(inside)]
		if !known {
			if !w.skip(0) {
				return false
			}
			continue
		}
		if seen&(1<<at) != 0 {
			return false
		}
		seen |= 1 << at
		if field := &f.fields[at]; !r.value(w, field.form, v.FieldByIndex(field.index)) {
			return false
		}
	}
}

func (r *reading) entries(w *wellFormed, f *form, v reflect.Value) bool {
	w.at++
	count := 0
	made := reflect.MakeMap(f.of)
	for {
		more, ok := w.more('}', count == 0)
		if !ok {
			return false
		}
		if !more {
			break
		}
		key, ok := r.word(w)
		item := reflect.New(f.of.Elem()).Elem()
		if !ok || !w.colon() || !r.value(w, f.element, item) {
			return false
		}
		made.SetMapIndex(reflect.ValueOf(key).Convert(f.of.Key()), item)
		count++
	}
	v.Set(made)
	return made.Len() == count // no key stands twice
}

// labels reads Labels whose keys stand in their order, as they do in a canonical document.
func (r *reading) labels(w *wellFormed, _ *form, v reflect.Value) bool {
	w.at++
	r.pairs = r.pairs[:0]
	for {
		more, ok := w.more('}', len(r.pairs) == 0)
		if !ok {
			return false
		}
		if !more {
			break
		}
		key, ok := r.word(w)
		if n := len(r.pairs); !ok || n > 0 && r.pairs[n-1].Key >= key || !w.colon() {
			return false
		}
		value := ""
		switch w.next() {
		case '"':
			value, ok = r.word(w)
		case 'n':
			_, ok = w.word()
		default:
			return false
		}
		if !ok {
			return false
		}
		r.pairs = append(r.pairs, Label{key, value})
	}
	*v.Addr().Interface().(*Labels) = slices.Clip(append(Labels{}, r.pairs...))
	return true
}

func (r *reading) items(w *wellFormed, f *form, v reflect.Value) bool {
	ahead, count := *w, 0
	for ahead.at++; ahead.goesOn(']', count == 0); count++ {
		if _, whole := ahead.extent(len(w.text)); !whole {
			return false
		}
	}
	list := reflect.MakeSlice(f.of, count, count)
	w.at++
	for i := 0; ; i++ {
		more, ok := w.more(']', i == 0)
		if !ok || more && i == count {
			return false
		}
		if !more {
			v.Set(list)
			return i == count
		}
		if !r.value(w, f.element, list.Index(i)) {
			return false
		}
	}
}
