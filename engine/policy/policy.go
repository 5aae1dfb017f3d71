package policy

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/google/cel-go/common/types"

	"tickmark/engine"
)

// Policy is a check of an organisation's own, compiled.
type Policy struct {
	Check    engine.Check
	Source   string // file and line
	Params   []Param
	Examples []Example
	Admits   bool // it is a validation of an admission policy, which has no examples
}

// Takes reports why a policy cannot be run with values of its parameters.
func (p Policy) Takes(values map[string]string) error {
	for name, text := range values {
		i := slices.IndexFunc(p.Params, func(o Param) bool { return o.Name == name })
		if i < 0 {
			return fmt.Errorf("policy %s has no parameter %q", p.Check.ID, name)
		}
		if _, err := p.Params[i].value(text); err != nil {
			return fmt.Errorf("policy %s: %w", p.Check.ID, err)
		}
	}
	return nil
}

// rule is what a policy of one's own judges by.
type rule struct {
	id        string
	title     string
	match     match
	declared  []engine.Kind // that cluster.objects may list
	params    []Param
	variables []variable
	skip      *expression // notApplicableWhen
	holds     *expression
	says      *expression // messageExpression
	message   string
	field     string
	meter     *meter
	running   *sync.Mutex // one view at a time uses the meter
}

// variable is an expression with a name.
type variable struct {
	name string
	*expression
}

// eval judges every object that is meant. It is a pure function of the view.
func (r *rule) eval(v *engine.View) []engine.Detail {
	r.running.Lock()
	defer r.running.Unlock()
	e := newEvaluation(v, r.meter)
	for _, zone := range r.match.undeclared(v.Params()) {
		return []engine.Detail{{
			Subject:  engine.Ref{Kind: r.match.kinds()[0].Kind, Group: r.match.kinds()[0].Group},
			Sentence: fmt.Sprintf("The scope has no zone %q, so that it is not known what is in it", oneLine(zone)),
		}}
	}
	var details []engine.Detail
	for _, kind := range r.match.kinds() {
		for _, o := range v.Objects(kind) {
			tree, err := decoded(v, o)
			if err != nil {
				details = append(details, r.detail(o, nil, engine.Unknown, cannotTell(err)))
				continue
			}
			if r.match.has(v, o.Ref, tree) {
				details = append(details, r.judge(e, o, tree))
			}
		}
	}
	return details
}

func (r *rule) judge(e *evaluation, o *engine.Object, tree map[string]any) engine.Detail {
	vars := map[string]any{"object": tree, "namespaceObject": namespaceOf(e.view, o.Ref), "pod": podOf(o.Ref, tree), "now": types.Timestamp{Time: e.view.Now()}}
	factsIn(e.view, r.declared, vars)
	if err := bind(r.params, e.view.Params().Custom[r.id], vars); err != nil {
		return r.detail(o, tree, engine.Unknown, cannotTell(err))
	}
	for _, x := range r.variables {
		vars["variables."+x.name] = e.lazily(x.expression, func() any { return vars })
	}
	if r.skip != nil {
		skip, err := e.truth(r.skip, vars)
		if err != nil {
			return r.detail(o, tree, engine.Unknown, cannotTell(fmt.Errorf("%s: %w", r.skip.place, err)))
		}
		if skip {
			return r.detail(o, tree, engine.NotApplicable, "The policy does not apply to it")
		}
	}
	holds, err := e.truth(r.holds, vars)
	switch {
	case err != nil:
		return r.detail(o, tree, engine.Unknown, cannotTell(err))
	case holds:
		return r.detail(o, tree, engine.Pass, "It holds: "+r.title)
	}
	said := e.text(r.says, vars)
	if said == "" {
		said = r.message
	}
	if said == "" {
		said = "It does not hold: " + r.title
	}
	return r.detail(o, tree, engine.Fail, said)
}

func cannotTell(err error) string { return "It cannot be told: " + oneLine(err.Error()) }

func (r *rule) detail(o *engine.Object, tree map[string]any, verdict engine.Verdict, sentence string) engine.Detail {
	d := engine.Detail{Subject: o.Ref, Verdict: verdict, Sentence: sentence, Field: r.field, Cites: []engine.Digest{o.Digest}}
	if value, there := valueAt(tree, r.field); there {
		if raw, err := engine.Canonical(value); err == nil {
			d.Value = json.RawMessage(raw)
		}
	}
	return d
}

// pathStep is one step of a path such as spec.containers[0].image.
var pathStep = engine.Late(`^([^.\[\]]+)((?:\[\d{1,4}\])*)$`)

// valueAt returns what stands at a field, and whether anything does.
func valueAt(tree map[string]any, field string) (any, bool) {
	var value any = tree
	if field == "" || tree == nil {
		return nil, false
	}
	for _, name := range strings.Split(field, ".") {
		parts := pathStep().FindStringSubmatch(name)
		if parts == nil {
			return nil, false
		}
		var there bool
		if value, there = at(value, parts[1]); !there {
			return nil, false
		}
		for _, index := range strings.FieldsFunc(parts[2], func(r rune) bool { return r == '[' || r == ']' }) {
			items, is := value.([]any)
			n, err := strconv.Atoi(index)
			if !is || err != nil || n >= len(items) {
				return nil, false
			}
			value = items[n]
		}
	}
	return value, true
}

var podKind = engine.Kind{Kind: "Pod"}

// templates are where kinds that make pods keep the pod.
var templates = func() map[string][]string {
	all := maps.Clone(ownTemplates)
	for _, t := range engine.PodTemplates() {
		if !t.Workflow { // it makes pods of several parts, and an expression asks about one
			all[t.Kind.String()] = t.Path
		}
	}
	return all
}()

var ownTemplates = map[string][]string{
	"Pod": {}, "ReplicationController": {"spec", "template"}, "DaemonSet.apps": {"spec", "template"}, "Deployment.apps": {"spec", "template"},
	"ReplicaSet.apps": {"spec", "template"}, "StatefulSet.apps": {"spec", "template"}, "Job.batch": {"spec", "template"},
	"CronJob.batch": {"spec", "jobTemplate", "spec", "template"},
}

// runsPods reports whether a kind is a pod or makes pods.
func runsPods(k engine.Kind) bool { _, does := templates[k.String()]; return does }

// podOf is the pod, or what pods are made of, with its metadata and spec.
func podOf(r engine.Ref, tree map[string]any) func() any {
	return func() any {
		path, does := templates[r.Of().String()]
		if !does {
			return types.NewErr("a %s makes no pods", r.Kind)
		}
		pod, there := at(tree, path...)
		if !there {
			return types.NewErr("it has no template of a pod")
		}
		return pod
	}
}
