package kube

import (
	"encoding/json"
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	"tickmark/engine"
)

// json reads one JSON value.
func (s *scan) json(text []byte, at place) error {
	var v any
	err := errLarge
	if len(text) <= largeJSON {
		v, err = engine.DecodeJSON(text)
	}
	if err == nil {
		return s.document(v, at, 0)
	}
	if list, members, ok := listIn(text); ok && !isExtract(list.of) {
		if metadata, err := decodeMember(members["metadata"]); err == nil {
			s.list(metadata, list, at)
			return s.items(list, members["items"], at)
		}
	}
	if errors.Is(err, errLarge) {
		v, err = engine.DecodeJSON(text)
	}
	if err != nil {
		s.unreadable(at, head{}, err)
		return nil
	}
	return s.document(v, at, 0)
}

// errLarge says of a file that it was not decoded as a whole yet.
var errLarge = errors.New("a large file")

// decodeMember decodes a member of an object, nil where it has none of the name.
func decodeMember(text []byte) (any, error) {
	if text == nil {
		return nil, nil
	}
	return engine.DecodeJSON(text)
}

// listIn takes a JSON List apart, so that a dump of a cluster needs no tree of its
// own, and what cannot be read of one item hides no other. A member that stands twice
// makes it no List.
func listIn(text []byte) (head, map[string][]byte, bool) {
	h, members, ok := membersIn(text)
	items := members["items"]
	return h, members, ok && isList(h.of.Kind) && len(items) > 0 && items[0] == '['
}

// membersIn takes a JSON object apart that says what it is, with no member twice.
func membersIn(text []byte) (head, map[string][]byte, bool) {
	members := map[string][]byte{}
	whole := engine.EachMember(text, func(name string, member []byte) bool {
		if members[name] != nil || name != "items" && strings.EqualFold(name, "items") {
			return false
		}
		members[name] = member
		return true
	})
	var apiVersion, kind string
	if !whole || json.Unmarshal(members["apiVersion"], &apiVersion) != nil || json.Unmarshal(members["kind"], &kind) != nil {
		return head{}, nil, false
	}
	h, err := headOf(map[string]any{"apiVersion": apiVersion, "kind": kind})
	return h, members, err == nil
}

// headOfItem reads the kind of an item of which other parts could not be read; the zero
// head if neither the item nor its List says it plainly.
func headOfItem(item []byte, list head) head {
	said := map[string][][]byte{}
	if !engine.EachMember(item, func(name string, member []byte) bool { said[name] = append(said[name], member); return true }) {
		return head{}
	}
	tree := map[string]any{}
	for _, name := range []string{"apiVersion", "kind"} {
		var text string
		switch of := said[name]; {
		case len(of) == 0:
		case len(of) > 1 || json.Unmarshal(of[0], &text) != nil:
			return head{}
		default:
			tree[name] = text
		}
	}
	return plainHead(tree, list)
}

// items takes the items of a JSON List one by one.
func (s *scan) items(list head, items []byte, at place) error {
	var read int64
	s.reading.begins(func() int64 { return read })
	return engine.EachItem(items, s.parts.spot, func(item []byte, v any, wrong error) error {
		read += int64(len(item))
		defer s.parts.forget()
		if wrong != nil {
			s.unreadable(at, headOfItem(item, list), wrong)
			return nil
		}
		return s.item(v, list, at, 1)
	})
}

// list takes note of a List that is read. One that says where it goes on is a
// page of what was asked for: the rest is not in the file.
func (s *scan) list(metadata any, h head, at place) {
	s.lists++
	m, _ := metadata.(map[string]any)
	if next := m["continue"]; next == nil || next == "" {
		return
	}
	of, _ := listOf(h.of.Kind)
	s.gap(engine.Gap{
		Source: at.file, Line: at.line, Kind: namesakeOf(engine.Kind{Group: h.of.Group, Kind: of}), Reason: engine.PageFailed,
		Cause: "read " + h.of.String() + ": a page of a longer list",
	})
}

// itemsOf returns the items of a List, and whether they are a plain list. Of a list that
// says of which kind it is, null is the empty one, as Go writes it.
func itemsOf(tree map[string]any) ([]any, bool) {
	items, ok := tree["items"].([]any)
	if v, there := tree["items"]; there && v == nil {
		kind, _ := tree["kind"].(string)
		ok = isList(kind) && kind != "List"
	}
	return items, ok && !hasSpelling(tree, "items")
}

// brokenList returns why an object that says to be a List is none that can be
// read; "" if it can, or is no List: a custom object may be called one.
func brokenList(tree map[string]any, h head, listed bool) string {
	if listed && isList(h.of.Kind) {
		return ""
	}
	of, ok := listOf(h.of.Kind)
	_, items := tree["items"]
	if !ok || of != "" && !items && !hasSpelling(tree, "items") && namesakeOf(engine.Kind{Group: h.of.Group, Kind: of}).IsZero() {
		return ""
	}
	return "read " + h.of.String() + ": a List without a list of items"
}

// listOf returns the kind of which a kind is the List, in any spelling of List.
func listOf(kind string) (of string, ok bool) {
	const list = "List"
	if at := len(kind) - len(list); at >= 0 && strings.EqualFold(kind[at:], list) {
		return kind[:at], true
	}
	return "", false
}

// hasSpelling reports whether an object has a member that differs from a name in
// its case alone.
func hasSpelling(tree map[string]any, name string) bool {
	for key := range tree {
		if key != name && strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}

func isList(kind string) bool { return strings.HasSuffix(kind, "List") }

// item takes an item of a List, whose kind may be told by the list alone.
func (s *scan) item(v any, list head, at place, lists int) error {
	tree, ok := v.(map[string]any)
	if !ok {
		s.gap(engine.Gap{Source: at.file, Line: at.line, Reason: engine.Unreadable, Cause: "an item of a List that is no object"})
		return nil
	}
	if of := strings.TrimSuffix(list.of.Kind, "List"); of != "" && tree["apiVersion"] == nil && tree["kind"] == nil {
		tree["apiVersion"], tree["kind"] = list.apiVersion, of
	}
	if tree["apiVersion"] == nil && tree["kind"] == nil {
		s.gap(engine.Gap{Source: at.file, Line: at.line, Reason: engine.Unreadable, Cause: "an item of a List without apiVersion and kind"})
		return nil
	}
	return s.document(tree, at, lists)
}

// listOfNodes takes a List in YAML apart, of which a part cannot be read, so that it hides
// no other; one that has a key twice is none.
func listOfNodes(n *yaml.Node) (list head, items []*yaml.Node, ok bool) {
	if n.Kind != yaml.MappingNode {
		return head{}, nil, false
	}
	tree, met := map[string]any{}, map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, member := n.Content[i], n.Content[i+1]
		name := key.Value
		if !isPlainKey(key) || key.Tag == "!!merge" || met[strings.ToLower(name)] {
			return head{}, nil, false
		}
		met[strings.ToLower(name)] = true
		switch name {
		case "items":
			if items, ok = member.Content, member.Kind == yaml.SequenceNode; !ok {
				return head{}, nil, false
			}
		default:
			v, err := (&reader{}).value(member, 0)
			if err != nil {
				return head{}, nil, false
			}
			tree[name] = v
		}
	}
	if next, _ := tree["metadata"].(map[string]any); next["continue"] != nil && next["continue"] != "" {
		return head{}, nil, false
	}
	list, err := headOf(tree)
	return list, items, ok && err == nil && isList(list.of.Kind) && !isExtract(list.of)
}

// nodes takes the items of a List in YAML one by one.
func (s *scan) nodes(list head, items []*yaml.Node, c chunk, of place) error {
	s.lists++
	r := &reader{}
	for _, n := range items {
		at := place{file: of.file, line: c.line + n.Line - 1, first: of.first}
		v, err := r.value(n, 0)
		if err != nil {
			s.unreadable(at, headOfNodeIn(n, list), asTemplate(c.text, err))
			continue
		}
		if err := s.item(v, list, at, 1); err != nil {
			return err
		}
	}
	return nil
}
