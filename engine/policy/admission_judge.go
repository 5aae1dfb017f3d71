package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	admissionv1 "k8s.io/api/admissionregistration/v1"

	"tickmark/engine"
)

// admission is one validation of an admission policy.
type admission struct {
	boundRule  // what the policy constrains itself to
	policy     admissionv1.ValidatingAdmissionPolicy
	env        *cel.Env
	bound      []admissionv1.ValidatingAdmissionPolicyBinding
	boundRules []boundRule
	holders
	variables  []variable
	conditions []*expression
	holds      *expression
	says       *expression
	message    string
	title      string
	misspelt   map[engine.Kind]string // what is asked for that objects of a kind cannot have
	meter      *meter
	running    *sync.Mutex
}

// holders are what may hold parameters.
type holders struct {
	objects    []map[string]any      // of the files
	paramScope admissionv1.ScopeType // of their kind; "" where it is not known
}

// needs are the kinds without which the validation cannot be judged.
func (a *admission) needs() []engine.Kind {
	var kinds []engine.Kind
	add := func(k engine.Kind) {
		if !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	for _, c := range a.rules {
		add(c.Kind)
	}
	all := slices.Concat(a.conditions, []*expression{a.holds, a.says})
	for _, v := range a.variables {
		all = append(all, v.expression)
	}
	constraints := []*admissionv1.MatchResources{a.policy.Spec.MatchConstraints}
	for _, b := range a.bound {
		constraints = append(constraints, b.Spec.MatchResources)
	}
	selected := slices.ContainsFunc(constraints, func(m *admissionv1.MatchResources) bool { return m != nil && m.NamespaceSelector != nil })
	if selected || usesOf(all...)["namespaceObject"] {
		add(engine.Kind{Kind: "Namespace"})
	}
	return kinds
}

func (a *admission) eval(v *engine.View) []engine.Detail {
	a.running.Lock()
	defer a.running.Unlock()
	e := newEvaluation(v, a.meter)
	var details []engine.Detail
	var done []engine.Kind
	for _, c := range a.rules {
		if slices.Contains(done, c.Kind) {
			continue
		}
		done = append(done, c.Kind)
		for _, o := range v.Objects(c.Kind) {
			if d, judged := a.object(e, o); judged {
				details = append(details, d)
			}
		}
	}
	return details
}

// object judges an object under every binding that chooses it.
func (a *admission) object(e *evaluation, o *engine.Object) (engine.Detail, bool) {
	tree, err := decoded(e.view, o)
	if err != nil {
		return said{engine.Unknown, cannotTell(err), nil}.of(o), true
	}
	chosen, unsure := a.chosen(o.Ref, nil)
	if !chosen.chooses() {
		return engine.Detail{}, false
	}
	if is, err := selects(e.view, a.policy.Spec.MatchConstraints, o.Ref, tree); err != nil {
		return said{engine.Unknown, cannotTell(err), nil}.of(o), true
	} else if !is {
		return engine.Detail{}, false
	}
	if unsure != nil {
		return said{engine.Unknown, cannotTell(unsure), nil}.of(o), true
	}
	if says, wrong := a.misspelt[o.Ref.Of()]; wrong {
		return said{engine.Unknown, "The policy does not say what is meant: " + oneLine(says), nil}.of(o), true
	}
	if len(a.bound) == 0 {
		return a.under(e, nil, chosen, o, tree).of(o), true
	}
	worst, judged := said{verdict: engine.NotApplicable}, false
	for i := range a.bound {
		b := &a.bound[i]
		under, unsure := a.boundRules[i].chosen(o.Ref, &chosen)
		if !under.chooses() {
			continue
		}
		one := said{}
		switch is, err := selects(e.view, b.Spec.MatchResources, o.Ref, tree); {
		case err == nil && !is:
			continue
		case err != nil || unsure != nil:
			one = said{engine.Unknown, cannotTell(cmp.Or(err, unsure)), nil}
		default:
			one = a.under(e, b, under, o, tree)
			one.sentence += " (binding " + b.Name + ")"
		}
		if !judged || worst.verdict.Worse(one.verdict) != worst.verdict {
			worst = one
		}
		judged = true
	}
	return worst.of(o), judged
}

// said is what is said of an object, and what it rests on beside the object.
type said struct {
	verdict  engine.Verdict
	sentence string
	cites    []engine.Digest
}

func (s said) of(o *engine.Object) engine.Detail {
	return engine.Detail{Subject: o.Ref, Verdict: s.verdict, Sentence: s.sentence, Cites: append([]engine.Digest{o.Digest}, s.cites...)}
}

// under judges an object by each of the parameters of a binding, and gives the worst.
func (a *admission) under(e *evaluation, b *admissionv1.ValidatingAdmissionPolicyBinding, c constraint, o *engine.Object, tree map[string]any) said {
	params, err := a.paramsOf(e.view, b, o.Ref)
	if err != nil {
		return said{engine.Unknown, cannotTell(err), nil}
	}
	if len(params) == 0 {
		if action := b.Spec.ParamRef.ParameterNotFoundAction; action != nil && *action == admissionv1.AllowAction {
			return said{engine.NotApplicable, "What holds the parameters is not there, and the binding lets pass what comes in", nil}
		}
		if failure := a.policy.Spec.FailurePolicy; failure != nil && *failure == admissionv1.Ignore {
			return said{engine.NotApplicable, "What holds the parameters is not there, and the policy lets pass what it cannot judge", nil}
		}
		return said{engine.Fail, "What holds the parameters is not there, and the binding then lets nothing in", nil}
	}
	worst := said{verdict: engine.NotApplicable}
	for i, p := range params {
		one := a.with(e, p, c, o, tree)
		if !p.digest.IsZero() {
			one.cites = []engine.Digest{p.digest}
		}
		if i == 0 || worst.verdict.Worse(one.verdict) != worst.verdict {
			worst = one
		}
	}
	return worst
}

// with judges an object as if it came in now.
func (a *admission) with(e *evaluation, p param, c constraint, o *engine.Object, tree map[string]any) said {
	vars := map[string]any{
		"object": tree, "oldObject": types.NullValue, "request": requestFor(c, o.Ref, tree), "namespaceObject": namespaceOf(e.view, o.Ref), "params": types.NullValue,
	}
	if p.tree != nil {
		vars["params"] = p.tree
	}
	hidden := []*cel.AttributePatternType{
		cel.AttributePattern("authorizer"), cel.AttributePattern("authorizer.requestResource"),
		cel.AttributePattern("request").QualString("userInfo"), cel.AttributePattern("request").QualString("options"), cel.AttributePattern("request").QualString("uid"),
	}
	if !c.create {
		hidden = append(hidden, cel.AttributePattern("oldObject"))
	}
	known, err := cel.PartialVars(vars, hidden...)
	if err != nil {
		return said{engine.Unknown, cannotTell(err), nil}
	}
	for _, x := range a.variables {
		vars["variables."+x.name] = e.lazily(x.expression, func() any { return known })
	}
	for i, condition := range a.conditions {
		applies, err := e.truth(condition, known)
		if err != nil {
			return said{engine.Unknown, cannotTell(fmt.Errorf("condition %s: %w", a.policy.Spec.MatchConditions[i].Name, err)), nil}
		}
		if !applies {
			return said{engine.NotApplicable, "The condition " + a.policy.Spec.MatchConditions[i].Name + " of the policy takes it out", nil}
		}
	}
	holds, err := e.truth(a.holds, known)
	switch {
	case err != nil:
		return said{engine.Unknown, cannotTell(err), nil}
	case holds:
		return said{engine.Pass, "It satisfies " + a.title, nil}
	}
	text := e.text(a.says, known)
	if text == "" {
		text = a.message
	}
	if text == "" {
		text = "It breaks " + a.title
	}
	return said{engine.Fail, text, nil}
}

// requestFor is the request by which an object would come in. Who makes it is unknown.
func requestFor(c constraint, r engine.Ref, tree map[string]any) map[string]any {
	version := textAt(tree, "apiVersion")
	if _, after, grouped := strings.Cut(version, "/"); grouped {
		version = after
	}
	operation := string(admissionv1.Create)
	if !c.create {
		operation = string(admissionv1.Update)
	}
	kind := map[string]any{"group": r.Group, "version": version, "kind": r.Kind}
	resource := map[string]any{"group": r.Group, "version": version, "resource": c.Name}
	return map[string]any{
		"kind": kind, "requestKind": kind, "resource": resource, "requestResource": resource, "subResource": "", "requestSubResource": "",
		"name": r.Name, "namespace": place(r), "operation": operation, "dryRun": false,
	}
}
