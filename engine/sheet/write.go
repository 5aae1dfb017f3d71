package sheet

import (
	"bytes"
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Write returns a noun as a sheet that Read fills it from again: what may be absent
// and is empty is left out.
func Write(v any) ([]byte, error) { return write(v, writer{}) }

// Skeleton returns a noun as a sheet to be filled in: every place of it is there, and
// of each list that is empty one item.
func Skeleton(v any) ([]byte, error) { return write(v, writer{whole: true}) }

func write(v any, w writer) ([]byte, error) {
	root, err := w.node(reflect.ValueOf(v), 0)
	if err != nil {
		return nil, fmt.Errorf("write sheet: %w", err)
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		return nil, fmt.Errorf("write sheet: %w", err)
	}
	if err := encoder.Close(); err != nil {
		return nil, fmt.Errorf("write sheet: %w", err)
	}
	return b.Bytes(), nil
}

type writer struct{ whole bool }

func (w writer) node(v reflect.Value, depth int) (*yaml.Node, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("deeper than %d levels", maxDepth)
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() && !w.whole {
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}, nil
		}
		if v.IsNil() {
			v = reflect.New(v.Type().Elem())
		}
		return w.node(v.Elem(), depth)
	}
	if text, is := v.Interface().(encoding.TextMarshaler); is {
		b, err := text.MarshalText()
		return textNode(string(b)), err
	}
	switch v.Kind() {
	case reflect.Struct:
		return w.mapping(v, depth)
	case reflect.Map:
		return w.pairs(v, depth)
	case reflect.Slice:
		return w.list(v, depth)
	case reflect.String:
		return textNode(v.String()), nil
	case reflect.Bool:
		return plain("!!bool", strconv.FormatBool(v.Bool())), nil
	case reflect.Int, reflect.Int64:
		return plain("!!int", strconv.FormatInt(v.Int(), 10)), nil
	case reflect.Float64:
		return plain("!!float", strconv.FormatFloat(v.Float(), 'g', -1, 64)), nil
	default:
		return nil, fmt.Errorf("a noun holds a %s", v.Type())
	}
}

func plain(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

// textNode is a text, over several lines where it has several.
func textNode(text string) *yaml.Node {
	n := plain("!!str", text)
	if strings.Contains(text, "\n") {
		n.Style = yaml.LiteralStyle
	}
	return n
}

func (w writer) mapping(v reflect.Value, depth int) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, p := range placesOf(v.Type()) {
		field, err := v.FieldByIndexErr(p.index)
		if err != nil || p.omit && !w.whole && empty(field) {
			continue
		}
		value, err := w.node(field, depth+1)
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, textNode(p.name), value)
	}
	return n, nil
}

func empty(v reflect.Value) bool {
	return v.IsZero() || (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0
}

func (w writer) list(v reflect.Value, depth int) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	if v.Len() == 0 && w.whole && depth < maxDepth-1 {
		v = reflect.MakeSlice(v.Type(), 1, 1)
	}
	for i := range v.Len() {
		value, err := w.node(v.Index(i), depth+1)
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, value)
	}
	if len(n.Content) == 0 {
		n.Style = yaml.FlowStyle
	}
	return n, nil
}

func (w writer) pairs(v reflect.Value, depth int) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.MappingNode}
	type pair struct{ key, value *yaml.Node }
	pairs := make([]pair, 0, v.Len())
	for iter := v.MapRange(); iter.Next(); {
		key, err := w.node(iter.Key(), depth+1)
		if err != nil {
			return nil, err
		}
		value, err := w.node(iter.Value(), depth+1)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, pair{key, value})
	}
	slices.SortFunc(pairs, func(a, b pair) int { return strings.Compare(a.key.Value, b.key.Value) })
	for _, p := range pairs {
		n.Content = append(n.Content, p.key, p.value)
	}
	if len(n.Content) == 0 {
		n.Style = yaml.FlowStyle
	}
	return n, nil
}
