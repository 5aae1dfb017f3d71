package sheet

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// reader fills a noun and keeps what is wrong.
type reader struct {
	lines Lines
	errs  Errors
	depth int
}

func (r *reader) fill(n *yaml.Node, path string, into any) {
	r.value(n, path, reflect.ValueOf(into).Elem())
}

func (r *reader) wrong(n *yaml.Node, path, format string, args ...any) {
	r.errs = append(r.errs, Error{Name: r.lines.name, Line: n.Line, Path: path, Cause: fmt.Sprintf(format, args...)})
}

// value reads a node into a value of any type that nouns are made of.
func (r *reader) value(n *yaml.Node, path string, v reflect.Value) {
	r.lines.at[path] = n.Line
	if r.depth++; r.depth > maxDepth {
		r.wrong(n, path, "stands deeper than %d levels", maxDepth)
		r.depth--
		return
	}
	defer func() { r.depth-- }()
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		r.wrong(n, path, "anchors and aliases are not read")
		return
	case n.Style&yaml.TaggedStyle != 0:
		r.wrong(n, path, "tags are not read")
		return
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		v.SetZero()
		return
	case v.Kind() == reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		r.value(n, path, v.Elem())
		return
	}
	if text, is := v.Addr().Interface().(encoding.TextUnmarshaler); is {
		r.text(n, path, text)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		r.mapping(n, path, v)
	case reflect.Map:
		r.pairs(n, path, v)
	case reflect.Slice:
		r.list(n, path, v)
	case reflect.Interface:
		if open, is := r.open(n, path); is {
			v.Set(reflect.ValueOf(&open).Elem())
		}
	default:
		r.scalar(n, path, v)
	}
}

// text reads a scalar into what knows how to read its text.
func (r *reader) text(n *yaml.Node, path string, into encoding.TextUnmarshaler) {
	if n.Kind != yaml.ScalarNode {
		r.wrong(n, path, "want a text, not %s", kindOf(n))
		return
	}
	if err := into.UnmarshalText([]byte(n.Value)); err != nil {
		r.wrong(n, path, "%s", err)
	}
}

func (r *reader) scalar(n *yaml.Node, path string, v reflect.Value) {
	if n.Kind != yaml.ScalarNode {
		r.wrong(n, path, "want %s, not %s", wanted(v), kindOf(n))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.Value)
	case reflect.Bool:
		yes := n.Value == "true" || n.Value == "yes"
		if !yes && n.Value != "false" && n.Value != "no" {
			r.wrong(n, path, "want yes or no, not %q", n.Value)
			return
		}
		v.SetBool(yes)
	case reflect.Int, reflect.Int64:
		i, err := strconv.ParseInt(n.Value, 10, v.Type().Bits())
		if err != nil {
			r.wrong(n, path, "want a whole number, not %q", n.Value)
			return
		}
		v.SetInt(i)
	case reflect.Float64:
		f, err := strconv.ParseFloat(n.Value, 64)
		if err != nil || f != f || f-f != 0 {
			r.wrong(n, path, "want a number, not %q", n.Value)
			return
		}
		v.SetFloat(f)
	default:
		panic("sheet: a noun holds a " + v.Type().String())
	}
}

func (r *reader) list(n *yaml.Node, path string, v reflect.Value) {
	if n.Kind != yaml.SequenceNode {
		r.wrong(n, path, "want a list, not %s", kindOf(n))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, item := range n.Content {
		r.value(item, fmt.Sprintf("%s[%d]", path, i), v.Index(i))
	}
}

// keys goes through a mapping, and refuses a key that is none or stands twice.
func (r *reader) keys(n *yaml.Node, path string, each func(key, value *yaml.Node, path string)) {
	if n.Kind != yaml.MappingNode {
		r.wrong(n, path, "want names and values, not %s", kindOf(n))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case key.Kind != yaml.ScalarNode || key.Style&yaml.TaggedStyle != 0 || key.Anchor != "":
			r.wrong(key, path, "a name is a plain text")
		case seen[key.Value]:
			r.wrong(key, path, "%q stands twice", key.Value)
		default:
			seen[key.Value] = true
			at := key.Value
			if path != "" {
				at = path + "." + key.Value
			}
			each(key, n.Content[i+1], at)
		}
	}
}

func (r *reader) mapping(n *yaml.Node, path string, v reflect.Value) {
	places := placesOf(v.Type())
	r.keys(n, path, func(key, value *yaml.Node, at string) {
		for _, p := range places {
			if p.name == key.Value {
				r.value(value, at, v.FieldByIndex(p.index))
				return
			}
		}
		r.wrong(key, path, "%q is not read here; known are %s", key.Value, namesOf(places))
	})
}

func (r *reader) pairs(n *yaml.Node, path string, v reflect.Value) {
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	r.keys(n, path, func(key, value *yaml.Node, at string) {
		k := reflect.New(v.Type().Key()).Elem()
		before := len(r.errs)
		if text, is := k.Addr().Interface().(encoding.TextUnmarshaler); is {
			r.text(key, at, text)
		} else {
			r.scalar(key, at, k)
		}
		held := reflect.New(v.Type().Elem()).Elem()
		r.value(value, at, held)
		if len(r.errs) == before {
			v.SetMapIndex(k, held)
		}
	})
}

// place is a field of a noun by the name that sheets call it.
type place struct {
	name  string
	index []int
	omit  bool // where it is empty
}

// placesOf returns the fields of a struct in order, those of embedded structs among
// them.
func placesOf(t reflect.Type) []place {
	var all []place
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case !f.IsExported() || name == "-" || f.Anonymous && name == "":
			continue
		case name == "":
			name = f.Name
		}
		all = append(all, place{name: name, index: f.Index, omit: strings.Contains(options, "omit")})
	}
	return all
}

func namesOf(places []place) string {
	names := make([]string, len(places))
	for i, p := range places {
		names[i] = p.name
	}
	return strings.Join(names, ", ")
}

func wanted(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Bool:
		return "yes or no"
	case reflect.Int, reflect.Int64, reflect.Float64:
		return "a number"
	default:
		return "a text"
	}
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "names and values"
	case yaml.SequenceNode:
		return "a list"
	case yaml.DocumentNode, yaml.ScalarNode, yaml.AliasNode:
	}
	return "a single value"
}

// open reads a value whose form the noun leaves open, such as an object that it holds:
// names and values, lists, texts, numbers as they are written, yes and no.
func (r *reader) open(n *yaml.Node, path string) (any, bool) {
	switch n.Kind {
	case yaml.MappingNode:
		members := map[string]any{}
		r.keys(n, path, func(key, value *yaml.Node, at string) {
			var member any
			r.value(value, at, reflect.ValueOf(&member).Elem())
			members[key.Value] = member
		})
		return members, true
	case yaml.SequenceNode:
		items := make([]any, len(n.Content))
		for i, item := range n.Content {
			r.value(item, fmt.Sprintf("%s[%d]", path, i), reflect.ValueOf(&items[i]).Elem())
		}
		return items, true
	case yaml.DocumentNode, yaml.ScalarNode, yaml.AliasNode:
	}
	switch n.ShortTag() {
	case "!!bool", "!!int", "!!float":
		var value any
		if err := n.Decode(&value); err != nil {
			r.wrong(n, path, "%q is no value", n.Value)
			return nil, false
		}
		return value, true
	}
	return n.Value, true
}
