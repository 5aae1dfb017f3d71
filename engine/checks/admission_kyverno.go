package checks

import (
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

var (
	kyvernoExceptionKind = engine.Kind{Group: "kyverno.io", Kind: "PolicyException"}
	celExceptionKind     = engine.Kind{Group: "policies.kyverno.io", Kind: "PolicyException"}
)

// policyStatus is what the controller of a policy says of it.
type policyStatus struct {
	Status struct {
		Conditions []engine.Condition `json:"conditions"`
		Condition  struct {
			Ready *bool `json:"ready"`
		} `json:"conditionStatus"`
	} `json:"status"`
}

// unready reports whether the controller says that the policy is not in force.
func (p policyStatus) unready() bool {
	return p.Status.Condition.Ready != nil && !*p.Status.Condition.Ready || slices.ContainsFunc(p.Status.Conditions, func(c engine.Condition) bool {
		return c.Type == "Ready" && c.Status == corev1.ConditionFalse
	})
}

func unready() finding {
	return unknown("status", nil, "Its controller says that it is not ready")
}

// kyvernoOverride is another action for some namespaces.
type kyvernoOverride struct {
	Action            string                `json:"action"`
	Namespaces        []string              `json:"namespaces"`
	NamespaceSelector *metav1.LabelSelector `json:"namespaceSelector"`
}

// chooses reports whether an override is for a namespace, and whether that can be told.
func (o kyvernoOverride) chooses(n *namespace) (chosen, known bool) {
	if len(o.Namespaces) > 0 && !slices.ContainsFunc(o.Namespaces, func(pattern string) bool { return like(pattern, n.ref.Name) }) {
		return false, true
	}
	if o.NamespaceSelector == nil {
		return len(o.Namespaces) > 0, true
	}
	return selectsNamespace(o.NamespaceSelector, n)
}

// like reports whether a name is like a pattern of Kyverno's.
func like(pattern, name string) bool {
	matched, err := path.Match(pattern, name)
	return err == nil && matched
}

// within judges the policy as it is for one namespace: by the first override that is for it.
func (p *kyvernoPolicy) within(n *namespace) finding {
	own := *p
	own.Spec.Overrides = nil
	for _, o := range p.Spec.Overrides {
		chosen, known := o.chooses(n)
		if !known {
			return unknown("spec.validationFailureActionOverrides", nil, "Whether it refuses or only audits in this namespace cannot be told")
		}
		if !chosen {
			continue
		}
		set := slices.ContainsFunc(p.Spec.Rules, func(r kyvernoRule) bool {
			return slices.ContainsFunc(r.Images, func(i kyvernoImages) bool { return i.Action != "" && enforces(i.Action) != enforces(o.Action) })
		})
		if set {
			return unknown("spec.validationFailureActionOverrides", nil, "The rule says another action than what the policy says of this namespace")
		}
		own.Spec.Action = o.Action
		break
	}
	return own.mode()
}

// kyvernoException lets some objects past rules of Kyverno's.
type kyvernoException struct {
	Spec struct {
		Exceptions []struct {
			Policy string   `json:"policyName"`
			Rules  []string `json:"ruleNames"`
		} `json:"exceptions"`
		Match    kyvernoMatch `json:"match"`
		Policies []struct {
			Name string `json:"name"`
			Kind string `json:"kind"`
		} `json:"policyRefs"` // of the newer kind
	} `json:"spec"`
}

// excepted says which exception may let pods of a namespace past a rule, "" if none does.
func excepted(v *engine.View, n *namespace, policy engine.Ref, rule string) string {
	for _, kind := range []engine.Kind{kyvernoExceptionKind, celExceptionKind} {
		for _, e := range engine.All[kyvernoException](v, kind) {
			if e.Value.speaksOf(policy, rule) && e.Value.mayChoose(n) {
				return "the exception " + brief(e.Ref.Name) + " lets some objects past it"
			}
		}
		if v.Hidden(kind) {
			return "exceptions from it could not all be seen"
		}
	}
	return ""
}

func (e *kyvernoException) speaksOf(policy engine.Ref, rule string) bool {
	if policy.Group != kyvernoClusterPolicyKind.Group {
		for _, p := range e.Spec.Policies {
			if p.Name == policy.Name && (p.Kind == "" || p.Kind == policy.Kind) {
				return true
			}
		}
		return false
	}
	for _, p := range e.Spec.Exceptions {
		if p.Policy != policy.Name && p.Policy != policy.Namespace+"/"+policy.Name {
			continue
		}
		if len(p.Rules) == 0 || slices.ContainsFunc(p.Rules, func(r string) bool { return like(r, rule) }) {
			return true
		}
	}
	return false
}

// mayChoose reports whether an exception may be for pods of a namespace. One of the newer
// kind chooses by expressions, which are not read.
func (e *kyvernoException) mayChoose(n *namespace) bool {
	chosen, known := e.Spec.Match.chooses(n)
	return chosen || !known || e.Spec.Match.empty()
}

// filterForm is one of Kyverno's resource filters: kind, namespace, name.
var filterForm = engine.Late(`\[([^,\]]*)(?:,([^,\]]*))?(?:,([^,\]]*))?\]`)

// kyvernoSettings are Kyverno's own, in a ConfigMap.
type kyvernoSettings struct {
	Data struct {
		Filters *string `json:"resourceFilters"`
	} `json:"data"`
}

// allKyvernoSettings are those of a view.
var allKyvernoSettings = engine.NewSurvey(func(v *engine.View, _ []engine.Typed[kyvernoSettings]) []engine.Typed[kyvernoSettings] {
	var all []engine.Typed[kyvernoSettings]
	for _, c := range engine.All[kyvernoSettings](v, configMapKind) {
		if c.Value.Data.Filters != nil && (strings.Contains(c.Ref.Name, "kyverno") || strings.Contains(c.Ref.Namespace, "kyverno")) {
			all = append(all, c)
		}
	}
	return all
}, nil)

// filtered says whether Kyverno's own settings may leave out the pods of a namespace, ""
// if they do not. Without them it goes by what they are unless somebody changed them.
func filtered(v *engine.View, n *namespace) string {
	settings := allKyvernoSettings.Of(v)
	for _, c := range settings {
		for _, f := range filterForm().FindAllStringSubmatch(*c.Value.Data.Filters, -1) {
			kind, in := strings.TrimSpace(f[1]), strings.TrimSpace(f[2])
			if ofPods := slices.Contains([]string{"Pod", "*", "*/*", "*/*/*", "v1/Pod", "*/Pod"}, kind); ofPods && (in == "" || like(in, n.ref.Name)) {
				return "its settings (ConfigMap " + brief(c.Ref.Name) + ") leave out pods here"
			}
		}
	}
	switch {
	case len(settings) > 0:
		return ""
	case v.Hidden(configMapKind):
		return "whether its settings leave out this namespace was not seen"
	case slices.Contains([]string{"kube-system", "kube-public", "kube-node-lease", "kyverno"}, n.ref.Name):
		return "its settings leave this namespace out unless somebody changed them"
	}
	return ""
}
