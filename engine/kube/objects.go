package kube

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"tickmark/engine"
)

// object takes one object with its head.
func (s *scan) object(tree map[string]any, h head, at place) error {
	if group, former := formerly[h.apiVersion][h.of.Kind]; former {
		h.of.Group = group
	} else if now, former := reshaped[h.of]; former {
		s.unsupported(tree, now, h, at)
		return nil
	} else if k, isKnown := known(h.of); isKnown && !k.custom && h.apiVersion != k.apiVersion() {
		s.unsupported(tree, h.of, h, at)
		return nil
	}
	name := nameIn(tree)
	doc, err := s.fromTree(tree, h)
	if err != nil {
		s.gap(engine.Gap{Source: at.file, Line: at.line, Kind: h.of, Namespace: name.Namespace, Name: name.Name, Reason: engine.Unreadable, Cause: err.Error()})
		return nil
	}
	s.counts[h.of]++
	return s.add(doc, Printable(at.String()))
}

// unsupported names an object that is written for a version of the API that this
// program does not read.
func (s *scan) unsupported(tree map[string]any, of engine.Kind, h head, at place) {
	name := nameIn(tree)
	s.gap(engine.Gap{
		Source: at.file, Line: at.line, Kind: of, Namespace: name.Namespace, Name: name.Name, Reason: engine.Unsupported,
		Cause: fmt.Sprintf("read %s: apiVersion %s is not read, only that of current clusters", of, h.apiVersion),
	})
}

func nameIn(tree map[string]any) engine.Ref {
	metadata, _ := tree["metadata"].(map[string]any)
	name, _ := metadata["name"].(string)
	namespace, _ := metadata["namespace"].(string)
	return engine.Ref{Namespace: namespace, Name: name}
}

// unreadable names a document that was parsed and could not be taken.
func (s *scan) unreadable(at place, h head, err error) {
	line, cause := lineOf(err.Error(), at.first)
	if line == at.first {
		line = at.line
	}
	gap := engine.Gap{Source: at.file, Line: line, Kind: h.of, Reason: engine.Unreadable, Cause: cause}
	if errors.Is(err, errAliases) {
		gap.Reason = engine.TooLarge
	}
	s.gap(gap)
}

// headOfNode reads the kind of a document whose other parts could not be read;
// the zero head if it is not plainly there.
func headOfNode(n *yaml.Node) head {
	tree := map[string]any{}
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		key, member := n.Content[i].Value, n.Content[i+1]
		if (key != "apiVersion" && key != "kind") || member.Kind != yaml.ScalarNode {
			continue
		}
		if _, twice := tree[key]; twice {
			return head{}
		}
		tree[key] = member.Value
	}
	h, err := headOf(tree)
	if err != nil || isList(h.of.Kind) {
		return head{}
	}
	return h
}

// maxWithin is how many objects in one document that is none are named.
const maxWithin = 20

// within names the objects that a document which is none holds further down, as
// the values of a chart may.
func (s *scan) within(v any, at place) {
	found := inner(nil, v, 0)
	for i, object := range found {
		if i == maxWithin {
			s.gap(engine.Gap{
				Source: at.file, Line: at.line, Reason: engine.Unsupported,
				Cause: fmt.Sprintf("%d more objects inside a document that is none", len(found)-i),
			})
			return
		}
		s.gap(engine.Gap{
			Source: at.file, Line: at.line, Kind: object.Of(), Namespace: object.Namespace, Name: object.Name, Reason: engine.Unsupported,
			Cause: "an object inside a document that is none",
		})
	}
}

// inner appends the objects that stand somewhere in v.
func inner(found []engine.Ref, v any, depth int) []engine.Ref {
	if depth > maxNesting {
		return found
	}
	switch v := v.(type) {
	case map[string]any:
		if h, err := headOf(v); err == nil {
			ref := nameIn(v)
			ref.Group, ref.Kind = h.of.Group, h.of.Kind
			return append(found, ref)
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			found = inner(found, v[key], depth+1)
		}
	case []any:
		for _, item := range v {
			found = inner(found, item, depth+1)
		}
	}
	return found
}
