package network

import (
	"reflect"
	"slices"
	"strings"

	"sigs.k8s.io/json"

	"tickmark/engine"
	"tickmark/engine/argo"
)

// workflow is a workflow as what makes pods, one maker for each of its templates.
type workflow struct {
	ref    engine.Ref
	pods   []maker
	unsure bool // there may be other pods, or these may have other labels
}

// workflows are those that make pods.
var workflows = engine.NewExtract(
	func(o engine.Typed[manifest]) workflow { return readWorkflow(o, "") },
	func(a, b workflow) bool { return reflect.DeepEqual(a, b) })

// readWorkflow reads a workflow into which its controller puts a patch of pods.
func readWorkflow(o engine.Typed[manifest], patch string) workflow {
	if phase := o.Value.Status.Phase; phase == "Succeeded" || phase == "Failed" || phase == "Error" {
		return workflow{ref: o.Ref} // it has ended, and makes no more
	}
	kind, _ := engine.PodTemplateOf(o.Ref.Of())
	of := argo.ReadUnder(patch, kind, o.Ref, o.Body())
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
}

// workflowsOf returns the workflows of a kind: those are unsure of which the settings of
// their controller may make pods with other labels, ports or networks.
func workflowsOf(v *engine.View, kind engine.Kind) []workflow {
	all := workflows.Of(v, kind)
	if len(all) == 0 || argo.PodsDefaulted(v) == "" {
		return all
	}
	all = slices.Clone(all)
	by, patched := argo.PatchDefaulted(v)
	objects := engine.All[manifest](v, kind)
	for i := range all {
		alike := patched && i < len(objects) && objects[i].Ref == all[i].ref && reflect.DeepEqual(all[i], readWorkflow(objects[i], by.Patch))
		all[i].unsure = all[i].unsure || len(all[i].pods) > 0 && !alike
	}
	return all
}
