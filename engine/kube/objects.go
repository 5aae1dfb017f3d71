package kube

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"tickmark/engine"
)

// object takes one object with its head.
func (s *scan) object(tree map[string]any, h head, at place) error {
	s.mutation.take(tree, h.of, at)
	if group, former := formerly[h.apiVersion][h.of.Kind]; former {
		h.of.Group = group
	} else if now, former := reshaped[h.of]; former {
		s.unsupported(tree, now, h, at)
		return nil
	} else if k, isKnown := known(h.of); isKnown && !k.custom {
		if h.apiVersion != k.apiVersion() {
			s.unsupported(tree, h.of, h, at)
			return nil
		}
	} else if !s.custom(tree, h, at) {
		return nil
	}
	s.bindsDefault(tree, h.of, at)
	s.mutation.sees(tree, h.of)
	s.serverFile(tree, h.of, at.file)
	name, cut := nameIn(tree), ""
	if at.ends {
		cut = lacks(tree, h.of)
	}
	doc, err := s.fromParts(tree, h)
	if err != nil {
		s.gap(engine.Gap{Source: at.file, Line: at.line, Kind: h.of, Namespace: name.Namespace, Name: name.Name, Reason: engine.Unreadable, Cause: err.Error()})
		return nil
	}
	if cut != "" {
		s.gap(engine.Gap{Source: at.file, Line: at.line, Kind: h.of, Namespace: name.Namespace, Name: name.Name, Reason: engine.Unreadable, Cause: fmt.Sprintf("read %s: %s", h.of, cut)})
	}
	s.counts[h.of]++
	return s.add(doc, line(at.String()))
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

// custom names what an object of a kind that is not built in could hide, and
// reports whether it is kept: a kind of the table under a group or in a spelling
// that is not its own is for a reader that kind, and a pod is a pod whoever makes
// it. What is called a Secret is never kept as a document of unknown shape.
func (s *scan) custom(tree map[string]any, h head, at place) bool {
	name := nameIn(tree)
	gap := engine.Gap{Source: at.file, Line: at.line, Namespace: name.Namespace, Name: name.Name, Reason: engine.Unsupported}
	namesake := namesakeOf(h.of)
	if !namesake.IsZero() && namesake != h.of {
		gap.Kind = namesake
		gap.Cause = fmt.Sprintf("read %s: kind %s of apiVersion %s is not evaluated", namesake, h.of.Kind, h.apiVersion)
		s.gap(gap)
	}
	if !engine.HoldsPodTemplate(h.of) && holdsPods("", tree, 0) {
		gap.Kind = podKind
		gap.Cause = fmt.Sprintf("read %s: it holds a pod template of a kind that is not evaluated", h.of)
		s.gap(gap)
	}
	s.held(tree, h, at)
	s.deployer(tree, h, at)
	return namesake.Kind != "Secret"
}

// podKind is what stands for all that runs in containers.
var podKind = engine.Kind{Kind: "Pod"}

// namesakeOf returns the kind of the table that a kind is called after, in any
// spelling; zero if there is none. Names of custom kinds (Policy, Server, Gateway)
// mean something in their own group alone, but for the cluster's network policies.
func namesakeOf(of engine.Kind) engine.Kind {
	if engine.HoldsPodTemplate(of) {
		return of
	}
	for _, k := range kinds {
		if strings.EqualFold(k.of.Kind, of.Kind) && (!k.custom || k.of.Group == groupPolicy || k.of.Group == of.Group) {
			return k.of
		}
	}
	return engine.Kind{}
}

// patternKeys stand before what a policy engine compares pods with, or would
// change in them: no pod comes of it.
var patternKeys = []string{"pattern", "anyPattern", "patchStrategicMerge"}

// holdsPods reports whether something in v, the member key of an object, looks
// like the specification of a pod: a spec with containers, or containers, a container
// or steps with an image. What is nested too deep to be looked at may hold one.
func holdsPods(key string, v any, depth int) bool {
	if depth > maxNesting {
		return true
	}
	switch v := v.(type) {
	case map[string]any:
		if containers, ok := v["containers"].([]any); ok && (key == "spec" || slices.ContainsFunc(containers, hasImage)) {
			return true
		}
		if hasImage(v["container"]) || hasImage(v["script"]) {
			return true
		}
		if steps, ok := v["steps"].([]any); ok && slices.ContainsFunc(steps, hasImage) {
			return true
		}
		for name, member := range v {
			about := depth == 0 && (name == "metadata" || name == "status")
			if !about && !slices.Contains(patternKeys, name) && holdsPods(name, member, depth+1) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return holdsPods("", item, depth+1) })
	}
	return false
}

func hasImage(container any) bool {
	c, _ := container.(map[string]any)
	return c["image"] != nil
}

func nameIn(tree map[string]any) engine.Ref {
	metadata, _ := tree["metadata"].(map[string]any)
	name, _ := metadata["name"].(string)
	namespace, _ := metadata["namespace"].(string)
	return engine.Ref{Namespace: namespace, Name: name}
}

// unreadable names a document that was parsed and could not be taken. One of a
// custom kind may have held a pod template.
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
	if _, isKnown := known(h.of); !isKnown && !h.of.IsZero() {
		gap.Kind, gap.Cause = podKind, fmt.Sprintf("read %s: it could not be read and may hold a pod template", h.of)
		s.gap(gap)
	}
}

// headOfNode reads the kind of a document whose other parts could not be read;
// the zero head if it is not plainly there.
func headOfNode(n *yaml.Node) head { return headOfNodeIn(n, head{}) }

// headOfNodeIn does so of an item of a List, which may say the kind.
func headOfNodeIn(n *yaml.Node, list head) head {
	if n.Kind != yaml.MappingNode {
		return head{}
	}
	tree := map[string]any{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, member := n.Content[i], n.Content[i+1]
		if !isPlainKey(key) {
			return head{} // which may say it
		}
		if key.Value != "apiVersion" && key.Value != "kind" {
			continue
		}
		if _, twice := tree[key.Value]; twice || member.Kind != yaml.ScalarNode {
			return head{}
		}
		tree[key.Value] = member.Value
	}
	return plainHead(tree, list)
}

// isPlainKey reports whether a key is what is written there.
func isPlainKey(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.ShortTag() != "!!binary"
}

// plainHead is what is meant by what an object, or else the List that it stands in, says
// that it is; the zero head if neither says it, or it is a List.
func plainHead(tree map[string]any, list head) head {
	if of := strings.TrimSuffix(list.of.Kind, "List"); len(tree) == 0 && of != "" {
		tree["apiVersion"], tree["kind"] = list.apiVersion, of
	}
	h, err := headOf(tree)
	if err != nil {
		return head{}
	}
	if _, list := listOf(h.of.Kind); list {
		return head{}
	}
	h.of = meantBy(h.of)
	return h
}

// meantBy returns the kind of the table that a kind is for a reader, or the kind
// itself if there is none.
func meantBy(of engine.Kind) engine.Kind {
	if namesake := namesakeOf(of); !namesake.IsZero() {
		return namesake
	}
	return of
}

// held names the objects that an object of a kind of its own holds and somebody makes
// of it: the objects of a Template, the manifests of a ManifestWork. What only refers
// to an object has no metadata of it. Pods were named already.
func (s *scan) held(tree map[string]any, h head, at place) {
	var found []engine.Ref
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		if key != "metadata" && key != "status" {
			found = inner(found, tree[key], 0, func(object map[string]any) bool { return object["metadata"] != nil })
		}
	}
	found = slices.DeleteFunc(found, func(object engine.Ref) bool {
		_, isKnown := known(object.Of())
		return !isKnown || object.Of() == podKind
	})
	s.named(found, at, fmt.Sprintf("read %s: an object that it holds is not evaluated", h.of))
}

// maxWithin is how many objects in one document that is none are named.
const maxWithin = 20

// within names the objects that a document which is none holds further down, as
// the values of a chart may.
func (s *scan) within(v any, at place) {
	s.named(inner(nil, v, 0, func(map[string]any) bool { return true }), at, "an object inside a document that is none")
}

// named makes a gap of each object, and one of what is more than can be listed.
func (s *scan) named(found []engine.Ref, at place, cause string) {
	for i, object := range found {
		gap := engine.Gap{
			Source: at.file, Line: at.line, Kind: object.Of(), Namespace: object.Namespace, Name: object.Name, Reason: engine.Unsupported, Cause: cause,
		}
		if i == maxWithin {
			gap.Kind, gap.Namespace, gap.Name = engine.Kind{}, "", ""
			gap.Cause = fmt.Sprintf("%s, and %d more", cause, len(found)-i)
			s.gap(gap)
			return
		}
		s.gap(gap)
	}
}

// inner appends the objects that stand somewhere in v and are wanted.
func inner(found []engine.Ref, v any, depth int, wanted func(map[string]any) bool) []engine.Ref {
	if depth > maxNesting {
		return found
	}
	switch v := v.(type) {
	case map[string]any:
		if h, err := headOf(v); err == nil && wanted(v) {
			ref := nameIn(v)
			of := meantBy(h.of)
			if _, isKnown := known(of); !isKnown && holdsPods("", v, 0) {
				of = podKind
			}
			ref.Group, ref.Kind = of.Group, of.Kind
			return append(found, ref)
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			found = inner(found, v[key], depth+1, wanted)
		}
	case []any:
		for _, item := range v {
			found = inner(found, item, depth+1, wanted)
		}
	}
	return found
}
