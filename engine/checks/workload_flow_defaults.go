package checks

import (
	"fmt"
	"slices"

	"tickmark/engine"
	"tickmark/engine/argo"
)

// settings are what the controller of workflows puts into all of them.
type settings struct {
	doubt   string // why their pods may be others, "" if they are not
	patch   argo.Defaults
	patched bool // a patch is all of it
}

func settingsOf(v *engine.View) settings {
	s := settings{doubt: argo.PodsDefaulted(v)}
	s.patch, s.patched = argo.PatchDefaulted(v)
	return s
}

// over returns the workloads of a workflow as they are under s.
func (s settings) over(f flow) []*workload {
	all := make([]*workload, len(f.workloads))
	for i, w := range f.workloads {
		own := *w
		all[i] = &own
	}
	if s.doubt == "" {
		return all
	}
	var patched []*workload
	if s.patched {
		patched = f.workloadsOf(argo.ReadUnder(s.patch.Patch, f.of, f.object.Ref, f.object.Body()), nil)
	}
	for i, w := range all {
		if w.flow.unsure != "" {
			continue
		}
		of := *w.flow
		of.unsure = s.doubt
		if i < len(patched) && patched[i].flow.unsure == "" {
			of.either, of.by = []*workload{f.workloads[i], patched[i]}, s.patch
		}
		w.flow = &of
		w.admitUndoubted()
	}
	return all
}

// judgeEither judges a template without and with the patch of its controller's settings:
// what comes out alike holds, whether that ConfigMap is its controller's or not.
func (f *flowPod) judgeEither(judge func(workload, say), tell say) {
	var said [2][]engine.Detail
	for i, w := range f.either {
		judge(*w, f.saying(func(d engine.Detail) { said[i] = append(said[i], d) }))
	}
	with := said[1]
	for _, d := range said[0] {
		at := slices.IndexFunc(with, func(other engine.Detail) bool { return other.Container == d.Container })
		if at < 0 {
			tell(f.undecided(d))
			continue
		}
		other := with[at]
		if with = slices.Delete(with, at, at+1); other.Verdict != d.Verdict {
			d = f.undecided(d)
		}
		tell(d)
	}
	for _, d := range with {
		tell(f.undecided(d))
	}
}

// undecided is said where the patch makes a difference.
func (f *flowPod) undecided(d engine.Detail) engine.Detail {
	d.Verdict, d.Value = engine.Unknown, nil
	d.Sentence = fmt.Sprintf("Template %s: whether a patch of ConfigMap %s/%s (workflowDefaults), which decides it, is its controller's is not known", f.name, brief(f.by.Ref.Namespace), brief(f.by.Ref.Name))
	d.Cites = append(slices.Clip(d.Cites), f.by.Digest)
	return d
}

// around is what workflows are judged by beside what they say themselves.
type around struct {
	ref                     engine.Ref
	path, unsure, patch     string
	idle, suspended, either bool
}

// aroundFlows is that of a view. Whoever judges them one by one reads it as well: they are
// the same objects when it changes.
var aroundFlows = engine.NewSurvey(func(v *engine.View, _ []around) []around {
	var all []around
	for _, w := range workloads(v) {
		if w.flow != nil {
			all = append(all, around{w.object.Ref, w.path, w.flow.unsure, w.flow.by.Patch, w.idle, w.suspended, len(w.flow.either) > 0})
		}
	}
	return all
}, slices.Equal[[]around])

// accountsDefaulted reports whether workflows that name no account may run as one that
// their controller's ConfigMap names (workflowDefaults): where there is such a ConfigMap,
// or one may not have been seen.
func accountsDefaulted(v *engine.View) bool {
	if !slices.ContainsFunc(workloads(v), (*workload).namesNoAccount) {
		return false
	}
	if isManifests(v) || !v.Saw(configMapKind) {
		return true
	}
	return slices.ContainsFunc(argo.DefaultsOf(v), func(d argo.Defaults) bool { return d.Any })
}

// namesNoAccount reports whether w runs templates of a workflow as nobody in particular.
func (w *workload) namesNoAccount() bool {
	return w.flow != nil && !w.idle && w.spec.ServiceAccountName == ""
}
