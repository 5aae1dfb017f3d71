package policy

import (
	"encoding/json"
	"fmt"
	"slices"

	"tickmark/engine"
)

// examples are what the author of a policy says of it. Each is an object, or names and
// values: name, objects, params and zones.
type examples struct {
	Pass          []any `json:"pass"`
	Fail          []any `json:"fail"`
	Unknown       []any `json:"unknown"`
	NotApplicable []any `json:"notApplicable"`
}

// Example is a small world and what a policy is to say of it.
type Example struct {
	Place  string // in its file
	Name   string
	Want   engine.Verdict
	List   []byte // its objects, as a List in JSON
	Params engine.Params
}

// exampleWritten is an example that says more than its one object.
type exampleWritten struct {
	Name    string              `json:"name"`
	Objects []any               `json:"objects"`
	Params  map[string]string   `json:"params"`
	Zones   map[string][]string `json:"zones"` // namespaces by zone
}

// examples reads the examples of a policy.
func (b *building) examples(of examples) []Example {
	var all []Example
	for _, group := range []struct {
		place string
		want  engine.Verdict
		items []any
	}{
		{"pass", engine.Pass, of.Pass},
		{"fail", engine.Fail, of.Fail},
		{"unknown", engine.Unknown, of.Unknown},
		{"notApplicable", engine.NotApplicable, of.NotApplicable},
	} {
		for i, item := range group.items {
			place := fmt.Sprintf("examples.%s[%d]", group.place, i)
			if len(all) >= maxExamples {
				b.report(place, fmt.Sprintf("more than %d examples", maxExamples))
				return all
			}
			e, err := exampleOf(item)
			if err != nil {
				b.report(place, err.Error())
				continue
			}
			e.Place, e.Want = place, group.want
			all = append(all, e)
		}
	}
	return all
}

func exampleOf(item any) (Example, error) {
	written := exampleWritten{Objects: []any{item}}
	if tree, is := item.(map[string]any); is && tree["apiVersion"] == nil && tree["kind"] == nil {
		raw, err := json.Marshal(tree)
		if err != nil {
			return Example{}, fmt.Errorf("read example: %w", err)
		}
		written = exampleWritten{}
		for name := range tree {
			if !slices.Contains([]string{"name", "objects", "params", "zones"}, name) {
				return Example{}, fmt.Errorf("%q is not read here; known are name, objects, params, zones, or an object with apiVersion and kind", name)
			}
		}
		if err := json.Unmarshal(raw, &written); err != nil {
			return Example{}, fmt.Errorf("read example: %w", err)
		}
	}
	for _, o := range written.Objects {
		if tree, is := o.(map[string]any); !is || tree["apiVersion"] == nil || tree["kind"] == nil {
			return Example{}, fmt.Errorf("an object has no apiVersion or no kind")
		}
	}
	list, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "List", "items": append([]any{}, written.Objects...)})
	if err != nil {
		return Example{}, fmt.Errorf("read example: %w", err)
	}
	e := Example{Name: written.Name, List: list, Params: engine.Params{Zones: map[string][]engine.Selector{}}}
	for zone, namespaces := range written.Zones {
		e.Params.Zones[zone] = []engine.Selector{{Namespaces: namespaces}}
	}
	if len(written.Params) > 0 {
		// By the name of the policy, which the caller knows.
		e.Params.Custom = map[string]map[string]string{"": written.Params}
	}
	return e, nil
}

// Of returns the example's parameters for a policy.
func (e Example) Of(p Policy) engine.Params {
	params := e.Params
	if values, given := params.Custom[""]; given {
		params.Custom = map[string]map[string]string{p.Check.ID: values}
	}
	return params
}
