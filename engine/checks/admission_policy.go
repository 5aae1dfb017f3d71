package checks

import (
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"tickmark/engine"
)

var (
	kyvernoClusterPolicyKind  = engine.Kind{Group: "kyverno.io", Kind: "ClusterPolicy"}
	kyvernoPolicyKind         = engine.Kind{Group: "kyverno.io", Kind: "Policy"}
	validatingPolicyKind      = engine.Kind{Group: "policies.kyverno.io", Kind: "ValidatingPolicy"}
	imageValidatingPolicyKind = engine.Kind{Group: "policies.kyverno.io", Kind: "ImageValidatingPolicy"}
	namespacedValidatingKind  = engine.Kind{Group: "policies.kyverno.io", Kind: "NamespacedValidatingPolicy"}
	namespacedImagesKind      = engine.Kind{Group: "policies.kyverno.io", Kind: "NamespacedImageValidatingPolicy"}
	clusterImagePolicyKind    = engine.Kind{Group: "policy.sigstore.dev", Kind: "ClusterImagePolicy"}
	constraintTemplateKind    = engine.Kind{Group: "templates.gatekeeper.sh", Kind: "ConstraintTemplate"}
	admissionPolicyKind       = engine.Kind{Group: admissionv1.GroupName, Kind: "ValidatingAdmissionPolicy"}
	admissionBindingKind      = engine.Kind{Group: admissionv1.GroupName, Kind: "ValidatingAdmissionPolicyBinding"}
)

// Check admission-policies-enforce.
//
// Judges every policy of an admission controller that may refuse an object, by its
// own settings: Kyverno's policies with rules that validate or verify images,
// ValidatingPolicies and ImageValidatingPolicies (and those of one namespace), Sigstore's ClusterImagePolicies and
// ValidatingAdmissionPolicies with their bindings.
//
// Passes for one that refuses what breaks it. Fails for one that only audits or
// warns (Kyverno's default is Audit; for some namespaces counts too), that is not
// bound, that lets in what it could not be asked about (failurePolicy Ignore; the
// default is Fail), and for an image policy that says yes to everything. So it is for
// constraints of Gatekeeper's: one that warns, runs dry or denies elsewhere than on
// admission fails, and one that denies through a webhook that is not there or ignores
// what it was not answered; unknown where the webhook was not seen. Unknown also for a
// binding that lets everything in where its parameters are missing, and for a policy that
// its controller says is not ready. Not applicable for a policy that
// only changes, makes or records objects. What a policy asks for, what is excepted from
// it by objects of their own (Kyverno's PolicyExceptions), and whether its controller
// runs, is not judged.
func admissionPoliciesEnforce() check {
	needs := []engine.Kind{
		admissionPolicyKind, admissionBindingKind, kyvernoClusterPolicyKind, kyvernoPolicyKind, validatingPolicyKind,
		imageValidatingPolicyKind, namespacedValidatingKind, namespacedImagesKind, clusterImagePolicyKind, engine.ConstraintKind,
	}
	return check{id: "admission-policies-enforce", version: 3, needs: needs, looks: []engine.Kind{validatingWebhookKind}, eval: func(v *engine.View) []engine.Detail {
		var details []engine.Detail
		add := func(o *engine.Object, f finding, cites ...engine.Digest) {
			details = append(details, f.of(o.Ref, append([]engine.Digest{o.Digest}, cites...)...))
		}
		for _, kind := range []engine.Kind{kyvernoClusterPolicyKind, kyvernoPolicyKind} {
			for _, p := range engine.All[kyvernoPolicy](v, kind) {
				add(p.Object, p.Value.mode())
			}
		}
		for _, kind := range []engine.Kind{validatingPolicyKind, imageValidatingPolicyKind, namespacedValidatingKind, namespacedImagesKind} {
			for _, p := range engine.All[celPolicy](v, kind) {
				add(p.Object, p.Value.mode())
			}
		}
		for _, p := range engine.All[sigstorePolicy](v, clusterImagePolicyKind) {
			add(p.Object, p.Value.mode())
		}
		for _, c := range constraintsIn(v) {
			add(c.Object, judgeConstraint(v, c))
		}
		bindings := map[string][]engine.Typed[admissionv1.ValidatingAdmissionPolicyBinding]{}
		for _, b := range engine.All[admissionv1.ValidatingAdmissionPolicyBinding](v, admissionBindingKind) {
			bindings[b.Value.Spec.PolicyName] = append(bindings[b.Value.Spec.PolicyName], b)
		}
		for _, p := range engine.All[admissionv1.ValidatingAdmissionPolicy](v, admissionPolicyKind) {
			f, cites := judgeAdmissionPolicy(p.Value, bindings[p.Ref.Name])
			add(p.Object, f, cites...)
		}
		return details
	}}
}

func judgeAdmissionPolicy(p *admissionv1.ValidatingAdmissionPolicy, bindings []engine.Typed[admissionv1.ValidatingAdmissionPolicyBinding]) (finding, []engine.Digest) {
	cites := []engine.Digest{}
	soft, names, loose, narrow := []string{}, []string{}, []string{}, []string{}
	for _, b := range bindings {
		cites = append(cites, b.Digest)
		names = append(names, b.Ref.Name)
		if !slices.Contains(b.Value.Spec.ValidationActions, admissionv1.Deny) {
			soft = append(soft, b.Ref.Name)
		}
		if ref := b.Value.Spec.ParamRef; ref != nil && ref.ParameterNotFoundAction != nil && *ref.ParameterNotFoundAction == admissionv1.AllowAction {
			loose = append(loose, b.Ref.Name)
		}
		if narrows(b.Value.Spec.MatchResources) {
			narrow = append(narrow, b.Ref.Name)
		}
	}
	policy := p.Spec.FailurePolicy
	switch {
	case len(p.Spec.Validations) == 0:
		return notApplicable("spec.validations", nil, "It validates nothing"), cites
	case len(bindings) == 0:
		return fails("", nil, "It is bound to nothing, so that it refuses nothing"), nil
	case len(soft) > 0:
		return fails("", nil, "It only audits or warns by %s: %s", count(len(soft), "binding"), list(soft)), cites
	case policy != nil && *policy == admissionv1.Ignore:
		return fails("spec.failurePolicy", *policy, "What it cannot evaluate it lets in: its failure policy is Ignore"), cites
	case len(loose) > 0:
		return unknown("", nil, "Where its parameters are missing it lets everything in by %s: %s", count(len(loose), "binding"), list(loose)), cites
	}
	only := ""
	if len(narrow) > 0 {
		only = ", only of what is selected there: " + list(narrow)
	}
	return passes("spec.failurePolicy", policy, "It denies by %s: %s%s", count(len(names), "binding"), list(names), only), cites
}

// narrows reports whether a binding is for some of the objects that its policy is of.
func narrows(m *admissionv1.MatchResources) bool {
	selects := func(s *metav1.LabelSelector) bool {
		return s != nil && len(s.MatchLabels)+len(s.MatchExpressions) > 0
	}
	return m != nil && (selects(m.NamespaceSelector) || selects(m.ObjectSelector) || len(m.ResourceRules)+len(m.ExcludeResourceRules) > 0)
}

// kyvernoPolicy is a ClusterPolicy or Policy of Kyverno's.
type kyvernoPolicy struct {
	Spec struct {
		Action    string            `json:"validationFailureAction"`
		Overrides []kyvernoOverride `json:"validationFailureActionOverrides"`
		Failure   string            `json:"failurePolicy"`
		Webhook   struct {
			Failure    string `json:"failurePolicy"`
			Conditions []any  `json:"matchConditions"`
		} `json:"webhookConfiguration"`
		Admission *bool         `json:"admission"`
		Apply     string        `json:"applyRules"`
		Rules     []kyvernoRule `json:"rules"`
	} `json:"spec"`
	policyStatus
}

type kyvernoRule struct {
	Name          string       `json:"name"`
	Match         kyvernoMatch `json:"match"`
	Exclude       kyvernoMatch `json:"exclude"`
	Conditions    any          `json:"preconditions"`
	CELConditions []any        `json:"celPreconditions"`
	Validate      *struct {
		Action    string            `json:"failureAction"`
		Overrides []kyvernoOverride `json:"failureActionOverrides"`
	} `json:"validate"`
	Images []kyvernoImages `json:"verifyImages"`
}

// kyvernoImages is one image verification of a rule.
type kyvernoImages struct {
	Action       string   `json:"failureAction"`
	References   []string `json:"imageReferences"`
	Image        string   `json:"image"`
	Skip         []string `json:"skipImageReferences"`
	Required     *bool    `json:"required"`
	Attestors    []any    `json:"attestors"`
	Attestations []any    `json:"attestations"`
	Key          string   `json:"key"`
}

// action returns what comes of breaking a rule, with Kyverno's default.
func (p *kyvernoPolicy) action(own string) string {
	for _, action := range []string{own, p.Spec.Action} {
		if action != "" {
			return action
		}
	}
	return "Audit"
}

// failure returns what becomes of what Kyverno could not be asked about; the newer
// of its two fields counts first.
func (p *kyvernoPolicy) failure() (field, policy string) {
	if p.Spec.Webhook.Failure != "" {
		return "spec.webhookConfiguration.failurePolicy", p.Spec.Webhook.Failure
	}
	return "spec.failurePolicy", p.Spec.Failure
}

func enforces(action string) bool { return strings.EqualFold(action, "Enforce") }

// mode judges whether the policy refuses.
func (p *kyvernoPolicy) mode() finding {
	soft, judged := []string{}, 0
	overrides := slices.Clone(p.Spec.Overrides)
	for _, r := range p.Spec.Rules {
		actions := []string{}
		if r.Validate != nil {
			overrides = append(overrides, r.Validate.Overrides...)
			actions = append(actions, p.action(r.Validate.Action))
		}
		for _, i := range r.Images {
			actions = append(actions, p.action(i.Action))
		}
		judged += len(actions)
		if slices.ContainsFunc(actions, func(a string) bool { return !enforces(a) }) {
			soft = append(soft, brief(r.Name))
		}
	}
	overridden := slices.ContainsFunc(overrides, func(o kyvernoOverride) bool { return !enforces(o.Action) })
	field, failure := p.failure()
	switch {
	case judged == 0:
		return notApplicable("spec.rules", nil, "It validates nothing")
	case p.Spec.Admission != nil && !*p.Spec.Admission:
		return fails("spec.admission", false, "It is not applied when objects are admitted")
	case len(soft) > 0:
		return fails("spec.validationFailureAction", nilIfEmpty(p.Spec.Action), "It only audits by %s: %s", count(len(soft), "rule"), list(soft))
	case overridden:
		return fails("spec.validationFailureActionOverrides", overrides, "For some namespaces it only audits")
	case strings.EqualFold(failure, "Ignore"):
		return fails(field, failure, "While Kyverno does not answer it lets everything in: its failure policy is Ignore")
	case p.unready():
		return unready()
	}
	return passes("spec.validationFailureAction", nilIfEmpty(p.Spec.Action), "It refuses what breaks it")
}

// celPolicy is a ValidatingPolicy or ImageValidatingPolicy of Kyverno's.
type celPolicy struct {
	Spec struct {
		Actions     []string `json:"validationActions"`
		Failure     string   `json:"failurePolicy"`
		Constraints struct {
			NamespaceSelector *metav1.LabelSelector                 `json:"namespaceSelector"`
			ObjectSelector    *metav1.LabelSelector                 `json:"objectSelector"`
			Rules             []admissionv1.NamedRuleWithOperations `json:"resourceRules"`
			Excluded          []any                                 `json:"excludeResourceRules"`
		} `json:"matchConstraints"`
		Conditions []any `json:"matchConditions"`
		References []struct {
			Glob       string `json:"glob"`
			Expression string `json:"expression"`
		} `json:"matchImageReferences"`
		Attestors   []any           `json:"attestors"`
		Validations []celExpression `json:"validations"`
		Variables   []celExpression `json:"variables"`
		Images      struct {
			Required *bool `json:"required"`
		} `json:"validationConfigurations"`
		Evaluation struct {
			Mode      string `json:"mode"`
			Admission struct {
				Enabled *bool `json:"enabled"`
			} `json:"admission"`
		} `json:"evaluation"`
	} `json:"spec"`
	policyStatus
}

type celExpression struct {
	Expression string `json:"expression"`
}

func (p *celPolicy) mode() finding {
	s := p.Spec
	switch {
	case strings.EqualFold(s.Evaluation.Mode, "JSON"):
		return notApplicable("spec.evaluation.mode", s.Evaluation.Mode, "It judges no Kubernetes objects")
	case s.Evaluation.Admission.Enabled != nil && !*s.Evaluation.Admission.Enabled:
		return fails("spec.evaluation.admission.enabled", false, "It is not applied when objects are admitted")
	case len(s.Actions) > 0 && !slices.Contains(s.Actions, "Deny"):
		return fails("spec.validationActions", s.Actions, "It only audits or warns")
	case strings.EqualFold(s.Failure, "Ignore"):
		return fails("spec.failurePolicy", s.Failure, "While Kyverno does not answer it lets everything in: its failure policy is Ignore")
	case p.unready():
		return unready()
	}
	return passes("spec.validationActions", nilIfNone(s.Actions), "It refuses what breaks it")
}

// sigstorePolicy is a ClusterImagePolicy of Sigstore's policy controller.
type sigstorePolicy struct {
	Spec struct {
		Mode   string `json:"mode"`
		Images []struct {
			Glob string `json:"glob"`
		} `json:"images"`
		Match       []any               `json:"match"`
		Authorities []sigstoreAuthority `json:"authorities"`
	} `json:"spec"`
	policyStatus
}

// sigstoreAuthority is one of those that may vouch for an image; a static one
// answers without looking.
type sigstoreAuthority struct {
	Static *struct {
		Action string `json:"action"`
	} `json:"static"`
}

func (p *sigstorePolicy) mode() finding {
	// An image is let in by any one of the authorities.
	yes := slices.ContainsFunc(p.Spec.Authorities, func(a sigstoreAuthority) bool {
		return a.Static != nil && a.Static.Action == "pass"
	})
	switch {
	case strings.EqualFold(p.Spec.Mode, "warn"):
		return fails("spec.mode", p.Spec.Mode, "It only warns")
	case yes:
		return fails("spec.authorities", nil, "It lets in every image that it speaks of: an authority says yes without looking")
	case len(p.Spec.Authorities) == 0:
		return unknown("spec.authorities", nil, "It names no authority: what it accepts is not told")
	case p.unready():
		return unready()
	}
	return passes("spec.mode", nilIfEmpty(p.Spec.Mode), "It refuses images that none of its authorities vouches for")
}

// selectsNamespace reports whether a selector chooses a namespace, and whether
// that can be told. An empty selector chooses all.
func selectsNamespace(s *metav1.LabelSelector, n *namespace) (selected, known bool) {
	if s == nil || len(s.MatchLabels) == 0 && len(s.MatchExpressions) == 0 {
		return true, true
	}
	selector, err := metav1.LabelSelectorAsSelector(s)
	if err != nil || n.object == nil {
		return false, false
	}
	of := labels.Set{"kubernetes.io/metadata.name": n.ref.Name}
	for key, value := range n.object.Labels {
		of[key] = value
	}
	return selector.Matches(of), true
}
