package checks

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/json"

	"tickmark/engine"
)

// templated is what is read of an object of a kind that holds a template of pods.
// The template is decoded by itself: nobody but its controller holds it to a form.
type templated struct {
	Metadata engine.Ownership `json:"metadata"`
	Template *heldTemplate    `json:"template"`
	Spec     struct {
		Template *heldTemplate `json:"template"`
		// Workload is where a Rollout takes its template from that has none of its own.
		Workload *struct {
			APIVersion string `json:"apiVersion"`
			Kind       string `json:"kind"`
			Name       string `json:"name"`
		} `json:"workloadRef"`
	} `json:"spec"`
}

// heldTemplate is a template of pods that is one altogether, what nobody looks at too.
type heldTemplate engine.PodTemplateSpec

// UnmarshalJSON reads a template that the API server would take.
func (t *heldTemplate) UnmarshalJSON(text []byte) error {
	var whole struct {
		Spec corev1.PodSpec `json:"spec"`
	}
	if err := json.UnmarshalCaseSensitivePreserveInts(text, &whole); err != nil {
		return err
	}
	return json.UnmarshalCaseSensitivePreserveInts(text, (*engine.PodTemplateSpec)(t))
}

// templates reads the kinds beyond Kubernetes' own that hold a template of pods. One
// that cannot be read, or whose template is elsewhere, is a workload without
// containers, of which nothing can be said but that.
func templates(v *engine.View) []*workload {
	var all []*workload
	for _, of := range engine.PodTemplates() {
		if of.Workflow {
			continue
		}
		for _, o := range v.Objects(of.Kind) {
			w := &workload{object: o, path: strings.Join(of.Path, ".") + ".spec", meta: &engine.PodMetadata{}, spec: &engine.PodSpec{}, idle: !of.Makes}
			var t templated
			if err := json.UnmarshalCaseSensitivePreserveInts(o.Body(), &t); err == nil {
				w.owner = t.Metadata.Controller()
				template := t.Spec.Template
				if len(of.Path) == 1 {
					template = t.Template
				}
				switch ref := t.Spec.Workload; {
				case template != nil:
					w.meta, w.spec = &template.Metadata, &template.Spec
				case ref != nil:
					group, _, grouped := strings.Cut(ref.APIVersion, "/")
					if !grouped {
						group = ""
					}
					w.template = &engine.Ref{Group: group, Kind: ref.Kind, Namespace: o.Ref.Namespace, Name: ref.Name}
				}
			}
			all = append(all, w)
		}
	}
	return all
}

// lentIn parts the workloads whose template is that of another one which is there: it
// is judged there, and what they make counts as its own.
func lentIn(all []*workload) (own []*workload, lent map[engine.Ref]*workload) {
	there := map[engine.Ref]bool{}
	for _, w := range all {
		there[w.object.Ref.WithoutUID()] = true
	}
	lent = map[engine.Ref]*workload{}
	for _, w := range all {
		if w.template != nil && w.template.Name != "" && there[*w.template] {
			lent[w.object.Ref.WithoutUID()] = w
			continue
		}
		own = append(own, w)
	}
	return own, lent
}

// whyNone says why a workload has no containers that could be judged.
func (w workload) whyNone() string {
	if w.flow != nil && w.flow.unsure != "" {
		return w.flow.unsure
	}
	if w.template != nil && w.template.Name != "" {
		return fmt.Sprintf("Its pods are those of %s %s, which was not seen", w.template.Kind, w.template.Name)
	}
	return "It has no containers, so that it cannot be judged"
}
