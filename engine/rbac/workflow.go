package rbac

import (
	"cmp"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
)

// flow is what a workflow, or a template of workflows, runs as an account, and the
// templates that it runs.
type flow struct {
	ref  engine.Ref
	runs []runner
	uses []engine.Ref
}

var flows = engine.NewExtract(func(o engine.Typed[struct{}]) flow {
	of, _ := engine.PodTemplateOf(o.Ref.Of())
	w := engine.ReadWorkflow(of, o.Ref, o.Body())
	f := flow{ref: o.Ref.WithoutUID(), uses: w.Uses}
	for _, account := range w.Accounts() {
		f.runs = append(f.runs, runner{ref: o.Ref, account: Subject{Kind: rbacv1.ServiceAccountKind, Namespace: o.Ref.Namespace, Name: cmp.Or(account, "default")}})
	}
	return f
}, func(a, b flow) bool {
	return a.ref == b.ref && slices.Equal(a.runs, b.runs) && slices.Equal(a.uses, b.uses)
})

func readFlow(v *engine.View, k engine.Kind) []runner {
	var all []runner
	for _, f := range flows.Of(v, k) {
		all = append(all, f.runs...)
	}
	return all
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
			runs[f.ref] = f.uses
			if t.Kind.Kind == "CronWorkflow" {
				crons = append(crons, f.ref)
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
