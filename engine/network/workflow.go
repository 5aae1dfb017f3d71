package network

import (
	"reflect"
	"strings"

	"sigs.k8s.io/json"

	"tickmark/engine"
)

// workflow is a workflow as what makes pods, one maker for each of its templates.
type workflow struct {
	ref    engine.Ref
	pods   []maker
	unsure bool // there may be other pods, or these may have other labels
}

// workflows are those that make pods.
var workflows = engine.NewExtract(
	func(o engine.Typed[manifest]) workflow {
		if phase := o.Value.Status.Phase; phase == "Succeeded" || phase == "Failed" || phase == "Error" {
			return workflow{ref: o.Ref} // it has ended, and makes no more
		}
		kind, _ := engine.PodTemplateOf(o.Ref.Of())
		of := engine.ReadWorkflow(kind, o.Ref, o.Body())
		w := workflow{ref: o.Ref, unsure: len(of.Uses) > 0}
		for _, p := range of.Pods {
			m := &manifest{Metadata: o.Value.Metadata}
			body, err := engine.Canonical(p.Pod)
			if m.Spec.Template = new(template); err == nil {
				err = json.UnmarshalCaseSensitivePreserveInts(body, m.Spec.Template)
			}
			w.pods = append(w.pods, maker{o.Ref, m})
			w.unsure = w.unsure || err != nil || p.Unsure != ""
			for name, value := range m.Spec.Template.Metadata.Labels {
				w.unsure = w.unsure || strings.Contains(name+value, "{{")
			}
		}
		return w
	},
	func(a, b workflow) bool { return reflect.DeepEqual(a, b) })
