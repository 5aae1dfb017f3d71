package policy

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"tickmark/engine"
	"tickmark/engine/redaction"
)

// adapter gives CEL the values of documents. What was redacted is an error, not a
// text: an expression that looks at it would judge the mark in its place.
type adapter struct{}

// NativeToValue implements types.Adapter.
func (a adapter) NativeToValue(value any) ref.Val {
	switch v := value.(type) {
	case string:
		if strings.Contains(v, redaction.Mark) {
			return types.NewErr("%s", isRedacted)
		}
		return types.String(v)
	case json.Number:
		return numberOf(v)
	case map[string]any:
		return types.NewStringInterfaceMap(a, v)
	case []any:
		return types.NewDynamicList(a, v)
	}
	return types.DefaultTypeAdapter.NativeToValue(value)
}

const isRedacted = "a value that it looks at was redacted when it was collected"

// numberOf keeps integers exact.
func numberOf(n json.Number) ref.Val {
	if i, err := n.Int64(); err == nil {
		return types.Int(i)
	}
	if u, err := strconv.ParseUint(string(n), 10, 64); err == nil {
		return types.Uint(u)
	}
	f, err := n.Float64()
	if err != nil {
		return types.NewErr("number %s: it is too large", n)
	}
	return types.Double(f)
}

type decodedKey struct{}

// decoded returns the tree of a document, once per view.
func decoded(v *engine.View, o *engine.Object) (map[string]any, error) {
	all := engine.Memo(v, decodedKey{}, func() map[engine.Digest]map[string]any { return map[engine.Digest]map[string]any{} })
	if tree, known := all[o.Digest]; known {
		return tree, nil
	}
	value, err := engine.DecodeJSON(o.Body())
	if err != nil {
		return nil, err
	}
	tree, _ := value.(map[string]any)
	all[o.Digest] = tree
	return tree, nil
}

// at returns what stands at a path of names, and whether anything does.
func at(tree any, path ...string) (any, bool) {
	for _, name := range path {
		members, is := tree.(map[string]any)
		if !is {
			return nil, false
		}
		if tree, is = members[name]; !is {
			return nil, false
		}
	}
	return tree, true
}

// textAt returns the text at a path, "" where there is none.
func textAt(tree any, path ...string) string {
	value, _ := at(tree, path...)
	text, _ := value.(string)
	return text
}

// labelsOf returns the labels of an object.
func labelsOf(tree map[string]any) map[string]string {
	labels := map[string]string{}
	value, _ := at(tree, "metadata", "labels")
	members, _ := value.(map[string]any)
	for name, v := range members {
		if text, is := v.(string); is {
			labels[name] = text
		}
	}
	return labels
}
