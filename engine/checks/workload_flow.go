package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/json"

	"tickmark/engine"
	"tickmark/engine/argo"
)

// flowPod is what is known of a workload that is a template of a workflow.
type flowPod struct {
	name   string // of the template, "" for those of others
	at     func(name string) string
	unsure string // why what runs cannot be told, "" if it can
	shared bool   // it is in no namespace, and runs in that of whoever uses it
	// either is what runs without and with the patch of a ConfigMap that may be its
	// controller's; empty where that is not the only doubt.
	either  []*workload
	by      argo.Defaults
	secrets []secretUse // what it names of Secrets, where what runs cannot be told
}

// flow is a workflow with its templates as workloads.
type flow struct {
	argo.Workflow
	of        engine.PodTemplate
	object    *engine.Object
	workloads []*workload
	resting   bool // suspended, or at its end
	ended     bool
}

// flowHead is what is read of a workflow beside its templates.
type flowHead struct {
	Metadata engine.Ownership `json:"metadata"`
	Spec     struct {
		Suspend bool `json:"suspend"`
	} `json:"spec"`
	Status struct {
		Phase string `json:"phase"`
	} `json:"status"`
}

// readFlows reads the kinds that are workflows.
var readFlows = engine.NewExtract(func(o engine.Typed[flowHead]) flow {
	of, _ := engine.PodTemplateOf(o.Ref.Of())
	f := flow{Workflow: argo.Read(of, o.Ref, o.Body()), of: of, object: o.Object}
	f.ended = of.Makes && slices.Contains([]string{"Succeeded", "Failed", "Error"}, o.Value.Status.Phase)
	f.resting = o.Value.Spec.Suspend || f.ended
	f.workloads = f.workloadsOf(f.Workflow, o.Value.Metadata.Controller())
	return f
}, nil)

// workloadsOf makes workloads of the pods of a reading of f.
func (f flow) workloadsOf(read argo.Workflow, owner *metav1.OwnerReference) []*workload {
	var all []*workload
	for _, p := range read.Pods {
		w := &workload{object: f.object, owner: owner, path: p.Path(), meta: &engine.PodMetadata{}, spec: &engine.PodSpec{}}
		w.flow = &flowPod{name: cmp.Or(brief(p.Name), p.Path()), at: p.At, unsure: p.Unsure, shared: f.of.Cluster}
		var template heldTemplate
		raw, err := engine.Canonical(p.Pod)
		if err == nil {
			err = json.UnmarshalCaseSensitivePreserveInts(raw, &template)
		}
		switch {
		case err != nil && p.Unsure == "":
			w.flow.unsure = "It cannot be read"
		case err == nil:
			w.meta, w.spec = &template.Metadata, &template.Spec
		}
		w.admitUndoubted()
		all = append(all, w)
	}
	return all
}

// admitUndoubted is admit for a template of a workflow: of one whose pods cannot be told
// nothing but the account and the Secrets are known.
func (w *workload) admitUndoubted() {
	w.admit()
	if w.flow.unsure != "" {
		w.flow.secrets = usesOf(*w)
		w.spec = ofAccount(w.spec.ServiceAccountName)
		w.all = []container{}
	}
}

// ofAccount is what is known of a pod of which nothing but its account is.
func ofAccount(name string) *engine.PodSpec {
	return &engine.PodSpec{PodAccount: engine.PodAccount{ServiceAccountName: name}}
}

// withFlows adds the templates of workflows. One that runs those of another is judged
// there; where it has settings of its own, or the other was not seen, nobody can tell.
func (d declared) withFlows(v *engine.View) declared {
	known := map[engine.Ref]flow{}
	var all []flow
	for _, t := range engine.PodTemplates() {
		if !t.Workflow {
			continue
		}
		for _, f := range readFlows.Of(v, t.Kind) {
			known[f.object.Ref.WithoutUID()] = f
			all = append(all, f)
		}
	}
	runs := runningFlows(all, known, func(f flow) bool { return !f.resting })
	mayRun := runningFlows(all, known, func(flow) bool { return true })
	var defaulted settings
	if len(all) > 0 {
		defaulted = settingsOf(v)
	}
	for _, f := range all {
		ref := f.object.Ref.WithoutUID()
		idle := !mayRun[ref]
		for _, w := range defaulted.over(f) {
			w.ended = f.ended
			w.suspended = !idle && !runs[ref] && !f.ended
			w.idle = idle
			d.workloads = append(d.workloads, w)
		}
		if !f.JudgedIn(func(r engine.Ref) (argo.Workflow, bool) { used, there := known[r]; return used.Workflow, there }) {
			d.workloads = append(d.workloads, f.elsewhere(idle))
			d.unsure = d.unsure || !idle
		}
		// A template that every namespace may use runs as an account of whoever does.
		d.unsure = d.unsure || !idle && f.of.Cluster
	}
	d.unsure = d.unsure || slices.ContainsFunc(d.workloads, func(w *workload) bool {
		return !w.idle && len(w.containers()) == 0 && (w.template != nil || w.flow != nil)
	})
	return d
}

// runningFlows are the workflows of which pods come: those that run, of the ones that are
// wanted, and whose templates they run, in any number of steps.
func runningFlows(all []flow, known map[engine.Ref]flow, wanted func(flow) bool) map[engine.Ref]bool {
	runs := map[engine.Ref]bool{}
	var run func(f flow)
	run = func(f flow) {
		ref := f.object.Ref.WithoutUID()
		if runs[ref] {
			return
		}
		runs[ref] = true
		for _, used := range f.Uses {
			if other, there := known[used]; there {
				run(other)
			}
		}
	}
	for _, f := range all {
		if f.of.Makes && wanted(f) {
			run(f)
		}
	}
	return runs
}

// elsewhere stands for what a workflow runs of the templates of others.
func (f flow) elsewhere(idle bool) *workload {
	names := make([]string, len(f.Uses))
	for i, r := range f.Uses {
		names[i] = r.Kind + " " + brief(r.Name)
	}
	path := strings.Join(f.of.Path, ".")
	account, known := f.Account()
	w := &workload{object: f.object, path: path, meta: &engine.PodMetadata{}, spec: ofAccount(account), idle: idle || !known, all: []container{}}
	w.flow = &flowPod{shared: f.of.Cluster, at: func(name string) string { return path + "." + name }, unsure: fmt.Sprintf(
		"It runs templates of %s under settings of its own (account, volumes, security context), or they were not seen", list(names))}
	return w
}

// ofFlows says of which template of a workflow a detail is. What its controller adds to the
// pods of a template, and what its own settings change, only the pods show: of a template
// nothing is found in order but its containers.
func ofFlows(judge func(workload, say)) func(workload, say) {
	return func(w workload, tell say) {
		switch {
		case w.flow == nil:
			judge(w, tell)
		case len(w.flow.either) == 2:
			w.flow.judgeEither(judge, tell)
		default:
			judge(w, w.flow.saying(tell))
		}
	}
}

// saying passes on what is said of the template.
func (f *flowPod) saying(tell say) say {
	return func(d engine.Detail) {
		switch {
		case f.name == "":
			d.Container = "templates of others"
		case d.Container != "":
			d.Container = f.name + "/" + d.Container
			d.Sentence = fmt.Sprintf("Template %s: %s", f.name, d.Sentence)
		case d.Verdict == engine.Pass:
			d.Verdict, d.Container = engine.Unknown, f.name
			d.Sentence = fmt.Sprintf("As template %s declares it: %s; what its controller adds and changes, its pods show", f.name, d.Sentence)
		default:
			d.Container = f.name
			d.Sentence = fmt.Sprintf("Template %s: %s", f.name, d.Sentence)
		}
		tell(d)
	}
}

// sawWorkloads reports whether all that runs was seen, and can be told.
func sawWorkloads(v *engine.View) bool {
	return sawAll(v, workloadKinds()) && !allDeclared.Of(v).unsure
}
