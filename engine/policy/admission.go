package policy

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apiserver/pkg/cel/library"
	kubejson "sigs.k8s.io/json"

	"tickmark/engine"
	"tickmark/engine/sheet"
)

// admitted is what files hold of admission policies.
type admitted struct {
	policies []admissionWritten
	bindings []admissionv1.ValidatingAdmissionPolicyBinding
	objects  []map[string]any // that may hold parameters
}

// admissionWritten is an admission policy and where it stands.
type admissionWritten struct {
	admissionv1.ValidatingAdmissionPolicy
	tree map[string]any
	file string
	line int
}

// object takes an object that is no policy of one's own.
func (r *reading) object(name string, before int, lines sheet.Lines, tree map[string]any) {
	kind, _ := tree["kind"].(string)
	apiVersion, _ := tree["apiVersion"].(string)
	if items, is := tree["items"].([]any); is && strings.HasSuffix(kind, "List") {
		for _, item := range items {
			one, is := item.(map[string]any)
			if !is || one["apiVersion"] == Version || one["kind"] == PolicyKind {
				r.report(name, before+max(1, lines.Line("")), "items", "an item is no object, or a Policy, which stands in a document of its own")
				continue
			}
			r.object(name, before, lines, one)
		}
		return
	}
	line := before + max(1, lines.Line(""))
	if kind == "" || apiVersion == "" {
		r.report(name, line, "", "it is no object with apiVersion and kind")
		return
	}
	var err error
	group, _, _ := strings.Cut(apiVersion, "/")
	switch {
	case group == admissionv1.GroupName && kind == "ValidatingAdmissionPolicy":
		p := admissionWritten{tree: tree, file: name, line: line}
		if err = strictly(tree, &p.ValidatingAdmissionPolicy); err == nil {
			r.admitted.policies = append(r.admitted.policies, p)
		}
	case group == admissionv1.GroupName && kind == "ValidatingAdmissionPolicyBinding":
		var b admissionv1.ValidatingAdmissionPolicyBinding
		if err = strictly(tree, &b); err == nil {
			refusedBinding(&b, func(place, cause string) { r.report(name, line, place, cause) })
			r.admitted.bindings = append(r.admitted.bindings, b)
		}
	case kind == "ValidatingAdmissionPolicy", kind == "ValidatingAdmissionPolicyBinding":
		err = fmt.Errorf("%q is no version of it: want %s/v1", apiVersion, admissionv1.GroupName)
	default:
		r.admitted.objects = append(r.admitted.objects, tree)
	}
	if err != nil {
		r.report(name, line, "", fmt.Sprintf("read %s: %s", kind, err))
	}
}

// strictly decodes a tree. What the type does not know, in its own case, is an error: what
// is misspelt must not be passed over.
func strictly(tree map[string]any, into any) error {
	raw, err := json.Marshal(tree)
	if err != nil {
		return err
	}
	unknown, err := kubejson.UnmarshalStrict(raw, into, kubejson.DisallowUnknownFields)
	return cmp.Or(err, errors.Join(unknown...))
}

// admissions compiles the admission policies, once all files were read.
func (r *reading) admissions() {
	for _, p := range r.admitted.policies {
		r.admission(p)
	}
}

func (r *reading) admission(p admissionWritten) {
	known := len(r.wrong)
	b := &building{meter: &meter{}, report: func(place, cause string) { r.report(p.file, p.line, place, cause) }}
	base := b.admissionBase(p)
	if base == nil {
		return
	}
	refusedPolicy(&p.ValidatingAdmissionPolicy, b.report)
	base.rules, base.excluded = r.constrained(p.Spec.MatchConstraints, b.report)
	passing := len(base.rules) == 0 && p.Spec.MatchConstraints != nil && len(p.Spec.MatchConstraints.ResourceRules) > 0
	if len(base.rules) == 0 && !passing && len(r.wrong) == known {
		b.report("spec.matchConstraints.resourceRules", "they name nothing, so that no object can be judged")
	}
	if len(p.Spec.Validations) == 0 {
		b.report("spec.validations", "it validates nothing")
	}
	base.bound = slices.DeleteFunc(slices.Clone(r.admitted.bindings), func(o admissionv1.ValidatingAdmissionPolicyBinding) bool {
		return o.Spec.PolicyName != p.Name
	})
	for i := range base.bound {
		rules, excluded := r.constrained(base.bound[i].Spec.MatchResources, b.report)
		m := base.bound[i].Spec.MatchResources
		base.boundRules = append(base.boundRules, boundRule{rules, excluded, m != nil && len(m.ResourceRules) > 0})
	}
	base.objects, base.paramScope = r.admitted.objects, r.scopeOf(p.Spec.ParamKind)
	text := r.admissionText(p, base)
	for i, v := range p.Spec.Validations {
		at := fmt.Sprintf("spec.validations[%d]", i)
		one := *base
		one.holds = b.compile(base.env, at+".expression", v.Expression, cel.BoolType)
		one.says = b.compile(base.env, at+".messageExpression", v.MessageExpression, cel.StringType)
		one.misspelt = r.misspeltBy(p, base.rules, written{"", at + ".expression", v.Expression})
		one.message, one.title = oneLine(v.Message), fmt.Sprintf("validation %d of %s", i+1, p.Name)
		check := engine.Check{
			ID: fmt.Sprintf("admission/%s/%d", p.Name, i+1), Version: 1, Area: "pods", Needs: one.needs(), Eval: one.eval,
			Words: admissionWords(p.Name, i+1, v), Custom: &engine.Custom{Text: text},
		}
		if passing {
			check.Needs, check.Eval = []engine.Kind{admissionPolicyKind}, leavesNothing(p.Name)
		}
		if len(r.wrong) > known {
			continue
		}
		if err := check.Validate(); err != nil {
			b.report(at, err.Error())
			continue
		}
		r.policies = append(r.policies, Policy{Check: check, Source: fmt.Sprintf("%s:%d", p.file, p.line), Admits: true})
	}
}

var admissionPolicyKind = engine.Kind{Group: admissionv1.GroupName, Kind: "ValidatingAdmissionPolicy"}

// leavesNothing judges a policy that is about requests alone of which no object tells: the
// others of its folder are asked all the same, and of this one the result says why not.
func leavesNothing(name string) func(*engine.View) []engine.Detail {
	return func(*engine.View) []engine.Detail {
		return []engine.Detail{{
			Subject: engine.Ref{Group: admissionPolicyKind.Group, Kind: admissionPolicyKind.Kind, Name: name}, Field: "spec.matchConstraints.resourceRules",
			Sentence: "It cannot be told: the policy is about requests that create or update no object by itself (deleting, connecting, parts of objects), and objects that are there show none of them",
		}}
	}
}

// misspeltBy says by kind which field a validation asks for that the objects cannot
// have. The server warns of it and runs the policy all the same.
func (r *reading) misspeltBy(p admissionWritten, rules []constraint, validation written) map[engine.Kind]string {
	var all []written
	for _, v := range p.Spec.Variables {
		all = append(all, written{v.Name, "variable " + v.Name, v.Expression})
	}
	for _, c := range p.Spec.MatchConditions {
		all = append(all, written{"", "condition " + c.Name, c.Expression})
	}
	var kinds []engine.Kind
	for _, c := range rules {
		if !slices.Contains(kinds, c.Kind) {
			kinds = append(kinds, c.Kind)
		}
	}
	says := map[engine.Kind]string{}
	for kind, wrong := range r.spelling.wrong(kinds, append(all, validation)) {
		if len(wrong) > 0 {
			says[kind] = fmt.Sprintf("%s: %s", wrong[0].place, wrong[0])
		}
	}
	return says
}

func admissionWords(name string, n int, v admissionv1.Validation) engine.Words {
	title := fmt.Sprintf("Objects satisfy validation %d of the admission policy %s", n, name)
	if v.Message != "" {
		title += ": " + oneLine(v.Message)
	}
	return engine.Words{
		Title:       title,
		Rationale:   "An admission policy judges what comes in after it was made; what was there before may break it.",
		How:         "The expression of the validation over every object that the policy and its bindings select, as if it came in now.",
		Remediation: "Change the object so that the policy admits it, or the policy where it asks for too much.",
	}
}

// admissionText is what was run: the policy, its bindings and what may hold their
// parameters.
func (r *reading) admissionText(p admissionWritten, of *admission) []byte {
	whole := map[string]any{"policy": p.tree, "bindings": of.bound}
	if p.Spec.ParamKind != nil {
		whole["objects"] = of.paramObjects()
	}
	text, err := engine.Canonical(whole)
	if err != nil {
		r.report(p.file, p.line, "", err.Error())
	}
	return text
}

// admissionBase compiles what the validations of a policy share.
func (b *building) admissionBase(p admissionWritten) *admission {
	base, err := language()
	if err != nil {
		b.report("", err.Error())
		return nil
	}
	env, err := base.Extend(
		cel.Variable("object", cel.DynType), cel.Variable("oldObject", cel.DynType), cel.Variable("request", cel.DynType),
		cel.Variable("params", cel.DynType), cel.Variable("namespaceObject", cel.DynType),
		cel.Variable("authorizer", library.AuthorizerType), cel.Variable("authorizer.requestResource", library.ResourceCheckType),
	)
	if err != nil {
		b.report("", err.Error())
		return nil
	}
	a := &admission{policy: p.ValidatingAdmissionPolicy, meter: b.meter, running: &sync.Mutex{}}
	if len(p.Spec.Variables) > maxVariables {
		b.report("spec.variables", fmt.Sprintf("more than %d", maxVariables))
		return nil
	}
	for i, v := range p.Spec.Variables {
		at := fmt.Sprintf("spec.variables[%d]", i)
		x := b.compile(env, "variables["+v.Name+"]", v.Expression)
		if x == nil || !varText().MatchString(v.Name) {
			b.report(at, "it is no variable with a name and an expression")
			return nil
		}
		a.variables = append(a.variables, variable{v.Name, x})
		if env, err = env.Extend(cel.Variable("variables."+v.Name, x.kind)); err != nil {
			b.report(at, err.Error())
			return nil
		}
	}
	for i, c := range p.Spec.MatchConditions {
		at := fmt.Sprintf("spec.matchConditions[%d].expression", i)
		if x := b.compile(env, at, c.Expression, cel.BoolType); x != nil {
			a.conditions = append(a.conditions, x)
		} else {
			b.report(at, "it says nothing")
		}
	}
	a.env = env
	return a
}
