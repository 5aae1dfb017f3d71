package rbac

import (
	"cmp"
	"reflect"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
	"tickmark/engine/argo"
)

// flow is a workflow, or a template of workflows, and the templates that it runs.
type flow struct {
	ref  engine.Ref // with UID
	says argo.Workflow
	uses []engine.Ref
}

var flows = engine.NewExtract(func(o engine.Typed[struct{}]) flow {
	of, _ := engine.PodTemplateOf(o.Ref.Of())
	w := argo.Read(of, o.Ref, o.Body())
	return flow{ref: o.Ref, says: w, uses: w.Uses}
}, func(a, b flow) bool { return reflect.DeepEqual(a, b) })

// readFlow returns what the workflows of a kind run as an account, by what they say
// themselves, by the templates of others that they run, and, as nobody in particular, by
// the defaults of their controller.
func readFlow(v *engine.View, k engine.Kind) []runner {
	known := map[engine.Ref]flow{}
	for _, t := range engine.PodTemplates() {
		if t.Workflow && !t.Makes {
			for _, f := range flows.Of(v, t.Kind) {
				known[f.ref.WithoutUID()] = f
			}
		}
	}
	var all []runner
	for _, f := range flows.Of(v, k) {
		names := f.accounts(known)
		if len(names) > 0 {
			names = append(names, argo.AccountsDefaulted(v, names)...)
		}
		for i, name := range names {
			if names[i] = cmp.Or(name, "default"); !slices.Contains(names[:i], names[i]) {
				all = append(all, runner{ref: f.ref, name: names[i]})
			}
		}
	}
	return all
}

// opened reports whether a subject stands for the account of a workflow that is decided as
// it runs.
func opened(s Subject) bool { return s.Kind == rbacv1.ServiceAccountKind && s.Name == argo.OpenAccount }

// openings are the places where what runs as an account that cannot be told is, and how far
// each place is from the nearest.
type openings struct {
	workflows map[Subject]engine.Ref // the first that runs as such an account
	steps     []int                  // of each place; -1 where none is reached
}

// openings finds them once, from those places backwards.
func (e *Escalations) openings() *openings {
	if e.runs.open != nil {
		return e.runs.open
	}
	o := &openings{workflows: map[Subject]engine.Ref{}}
	for _, r := range e.runs.all {
		if _, known := o.workflows[r.account()]; !known && opened(r.account()) {
			o.workflows[r.account()] = r.ref
		}
	}
	e.runs.open = o
	if len(o.workflows) == 0 {
		return o
	}
	into := make([][]int, len(e.places)) // places, by those that they lead to
	for _, w := range e.ways {
		into[w.to] = append(into[w.to], w.from)
	}
	var queue []int
	o.steps = make([]int, len(e.places))
	for i, p := range e.places {
		if o.steps[i] = -1; p.kind == aSubject && o.workflows[p.subject] != (engine.Ref{}) {
			o.steps[i] = 0
			queue = append(queue, i)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, from := range into[queue[0]] {
			if o.steps[from] < 0 {
				o.steps[from] = o.steps[queue[0]] + 1
				queue = append(queue, from)
			}
		}
	}
	return o
}

// Opens reports whether a subject comes to what runs as an account that cannot be told, and
// names such a workflow, the nearest: where that leads is not known.
func (e *Escalations) Opens(s Subject) (workflow engine.Ref, is bool) {
	o := e.openings()
	at, known := e.start(s)
	if !known || len(o.workflows) == 0 || o.steps[at] < 0 {
		return engine.Ref{}, false
	}
	for o.steps[at] > 0 {
		nearer := slices.IndexFunc(e.out[at], func(i int) bool { return o.steps[e.ways[i].to] == o.steps[at]-1 })
		at = e.ways[e.out[at][nearer]].to
	}
	return o.workflows[e.places[at].subject], true
}

// Gaps are the workflows of which it cannot be told as whom they run.
func (e *Escalations) Gaps() []engine.Gap {
	var all []engine.Gap
	for _, r := range e.runs.all {
		if opened(r.account()) {
			all = append(all, engine.Gap{
				Source: e.rights.target, Kind: r.ref.Of(), Namespace: r.ref.Namespace, Name: r.ref.Name, Reason: engine.Unsupported,
				Cause: "read " + r.ref.Kind + ": the service account that it runs as is decided as it runs: where entering it leads is not known",
			})
		}
	}
	return all
}

// accounts are those as which f runs, over any number of templates of others; "" is
// nobody in particular.
func (f flow) accounts(known map[engine.Ref]flow) []string {
	names, met := f.says.Accounts(), map[engine.Ref]bool{}
	for queue := []flow{f}; len(queue) > 0; queue = queue[1:] {
		for _, ref := range queue[0].uses {
			if used, there := known[ref]; there && !met[ref] {
				met[ref] = true
				names = append(names, used.says.AccountsFor(queue[0].says)...)
				queue = append(queue, used)
			}
		}
	}
	return names
}

// use is a template of workflows, and a CronWorkflow that runs it again and again.
type use struct {
	template engine.Ref // without UID
	resource string
	by       engine.Ref
}

// usesOf returns which templates CronWorkflows run, over any number of steps. A Workflow
// holds a copy of what it runs.
func usesOf(v *engine.View) []use {
	runs, resources := map[engine.Ref][]engine.Ref{}, map[engine.Kind]string{}
	var crons []engine.Ref
	for _, t := range engine.PodTemplates() {
		if !t.Workflow {
			continue
		}
		resources[t.Kind] = probe{group: t.Kind.Group, ofOthers: true}.says(t.Resource)
		for _, f := range flows.Of(v, t.Kind) {
			ref := f.ref.WithoutUID()
			runs[ref] = f.uses
			if t.Kind.Kind == "CronWorkflow" {
				crons = append(crons, ref)
			}
		}
	}
	var all []use
	for _, cron := range crons {
		met := map[engine.Ref]bool{}
		for queue := slices.Clone(runs[cron]); len(queue) > 0; queue = queue[1:] {
			if template := queue[0]; !met[template] {
				met[template] = true
				all = append(all, use{template, resources[template.Of()], cron})
				queue = append(queue, runs[template]...)
			}
		}
	}
	return all
}

// byTemplates: who changes a template that is run in a namespace decides what runs there,
// and as which of its accounts.
func (e *Escalations) byTemplates(i int, h hand) {
	for _, may := range h.all(changeTemplates) {
		for _, u := range e.runs.used {
			if in := may.everywhere() || may.namespace() == u.template.Namespace; in && may.of(u.template.Name) && slices.Contains(may.resources, u.resource) {
				e.take(i, place{kind: anyAccount, namespace: u.by.Namespace}, "change-workload", []held{may}, "changes what %s runs for %s", short(u.template), short(u.by))
			}
		}
	}
}
