package checks

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

// verifiers returns the policies that verify images.
func verifiers(v *engine.View) []verifier {
	var all []verifier
	for _, kind := range []engine.Kind{kyvernoClusterPolicyKind, kyvernoPolicyKind} {
		for _, p := range engine.All[kyvernoPolicy](v, kind) {
			for _, r := range p.Value.Spec.Rules {
				for _, i := range r.Images {
					all = append(all, kyvernoVerifier(v, p, r, i))
				}
			}
		}
	}
	for _, kind := range []engine.Kind{imageValidatingPolicyKind, namespacedImagesKind} {
		for _, p := range engine.All[celPolicy](v, kind) {
			all = append(all, celVerifier(v, p))
		}
	}
	for _, p := range engine.All[sigstorePolicy](v, clusterImagePolicyKind) {
		all = append(all, sigstoreVerifier(p))
	}
	return all
}

func kyvernoVerifier(v *engine.View, p engine.Typed[kyvernoPolicy], r kyvernoRule, i kyvernoImages) verifier {
	one := *p.Value
	one.Spec.Rules = []kyvernoRule{{Name: r.Name, Images: []kyvernoImages{i}}}
	verifier := verifier{object: p.Object, name: "Kyverno policy " + p.Ref.Name, hook: "kyverno"}
	verifier.mode = func(n *namespace) finding {
		mode := one.within(n)
		switch {
		case mode.verdict != engine.Pass:
		case len(i.Attestors) == 0 && len(i.Attestations) == 0 && i.Key == "":
			return fails("", nil, "It verifies no signature and no attestation")
		case i.Required != nil && !*i.Required:
			return fails("", nil, "It does not require that images are verified")
		}
		return mode
	}
	verifier.doubt = func(n *namespace) string {
		return cmp.Or(filtered(v, n), excepted(v, n, p.Ref, r.Name))
	}
	switch spec := p.Value.Spec; {
	case len(i.Skip) > 0:
		verifier.partial = "it skips some images"
	case r.Conditions != nil || len(r.CELConditions)+len(spec.Webhook.Conditions) > 0:
		verifier.partial = "it applies under conditions"
	case strings.EqualFold(spec.Apply, "One") && len(spec.Rules) > 1:
		verifier.partial = "only the first of its rules that matches applies"
	}
	for _, reference := range append(slices.Clone(i.References), i.Image) {
		if reference != "" {
			verifier.images = append(verifier.images, globbed(reference, false))
		}
	}
	own := ""
	if p.Ref.Of() == kyvernoPolicyKind {
		own = p.Ref.Namespace
	}
	verifier.matches = func(n *namespace) (bool, bool) {
		if own != "" && own != n.ref.Name {
			return false, true
		}
		matches, known := r.Match.chooses(n)
		if !known || !matches {
			return matches, known
		}
		excluded, known := r.Exclude.chooses(n)
		switch {
		case r.Exclude.empty():
		case !known:
			return false, false
		case excluded:
			return false, true
		}
		return true, true
	}
	return verifier
}

func celVerifier(v *engine.View, p engine.Typed[celPolicy]) verifier {
	s := p.Value.Spec
	verifier := verifier{object: p.Object, name: "Kyverno image policy " + p.Ref.Name, hook: "kyverno"}
	mode := p.Value.verifying()
	verifier.mode = func(*namespace) finding { return mode }
	verifier.doubt = func(n *namespace) string {
		return cmp.Or(filtered(v, n), excepted(v, n, p.Ref, ""))
	}
	verifier.containersAlone = !p.Value.mentions("initContainers")
	if s.Images.Required != nil && !*s.Images.Required {
		verifier.partial = "it does not require that images are verified"
	}
	if len(s.Conditions) > 0 || len(s.Constraints.Excluded) > 0 || s.Constraints.ObjectSelector != nil {
		verifier.partial = "it matches under conditions"
	}
	if len(s.Constraints.Rules) > 0 && !slices.ContainsFunc(s.Constraints.Rules, func(r admissionv1.NamedRuleWithOperations) bool {
		return len(r.ResourceNames) == 0 && asksOfPods(r.RuleWithOperations)
	}) {
		verifier.partial = "it may not be asked when pods are made"
	}
	for _, reference := range s.References {
		if reference.Expression != "" {
			verifier.partial = "it chooses images by an expression"
		}
		if reference.Glob != "" {
			verifier.images = append(verifier.images, globbed(reference.Glob, false))
		}
	}
	verifier.matches = func(n *namespace) (bool, bool) {
		if p.Ref.Of() == namespacedImagesKind && p.Ref.Namespace != n.ref.Name {
			return false, true
		}
		return selectsNamespace(s.Constraints.NamespaceSelector, n)
	}
	return verifier
}

// mentions reports whether an expression of the policy has a word in it.
func (p *celPolicy) mentions(word string) bool {
	has := func(e celExpression) bool { return strings.Contains(e.Expression, word) }
	return slices.ContainsFunc(p.Spec.Validations, has) || slices.ContainsFunc(p.Spec.Variables, has)
}

// verifying judges whether the policy refuses images that are not verified.
func (p *celPolicy) verifying() finding {
	mode := p.mode()
	switch {
	case mode.verdict != engine.Pass:
	case !p.mentions("verifyImageSignatures") && !p.mentions("verifyAttestationSignatures"):
		return fails("spec.validations", nil, "It verifies no signature and no attestation: none of its expressions asks for it")
	case len(p.Spec.Attestors) == 0:
		return unknown("", nil, "It names no attestor: what it verifies is in its expressions")
	}
	return mode
}

func sigstoreVerifier(p engine.Typed[sigstorePolicy]) verifier {
	verifier := verifier{object: p.Object, name: "Sigstore policy " + p.Ref.Name, hook: "policy.sigstore.dev"}
	mode := p.Value.mode()
	verifier.mode = func(*namespace) finding { return mode }
	if len(p.Value.Spec.Match) > 0 {
		verifier.partial = "it matches some objects only"
	}
	for _, i := range p.Value.Spec.Images {
		verifier.images = append(verifier.images, globbed(i.Glob, true))
	}
	verifier.matches = func(*namespace) (bool, bool) { return true, true } // its webhook's selector decides
	return verifier
}

// globbed makes a pattern of a glob: a star stands for anything, or, where parts
// count, for anything within one part and two stars for anything.
func globbed(glob string, parts bool) *regexp.Regexp {
	const longest = 512
	if len(glob) > longest {
		return regexp.MustCompile(`[^\s\S]`) // matches nothing
	}
	var b strings.Builder
	b.WriteString("^")
	for i := 0; i < len(glob); i++ {
		switch {
		case parts && strings.HasPrefix(glob[i:], "**"):
			b.WriteString(".*")
			i++
		case parts && glob[i] == '*':
			b.WriteString("[^/]*")
		case glob[i] == '*':
			b.WriteString(".*")
		case glob[i] == '?':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(glob[i : i+1]))
		}
	}
	pattern, err := regexp.Compile(b.String() + "$")
	if err != nil {
		return regexp.MustCompile(`[^\s\S]`)
	}
	return pattern
}

// kyvernoMatch is what a rule of Kyverno's applies to.
type kyvernoMatch struct {
	Any       []kyvernoBlock    `json:"any"`
	All       []kyvernoBlock    `json:"all"`
	Resources *kyvernoResources `json:"resources"`
}

type kyvernoBlock struct {
	Resources    kyvernoResources `json:"resources"`
	Subjects     []any            `json:"subjects"`
	Roles        []any            `json:"roles"`
	ClusterRoles []any            `json:"clusterRoles"`
}

type kyvernoResources struct {
	Kinds             []string              `json:"kinds"`
	Name              string                `json:"name"`
	Names             []string              `json:"names"`
	Namespaces        []string              `json:"namespaces"`
	NamespaceSelector *metav1.LabelSelector `json:"namespaceSelector"`
	Selector          *metav1.LabelSelector `json:"selector"`
	Annotations       map[string]any        `json:"annotations"`
	Operations        []string              `json:"operations"`
}

func (m kyvernoMatch) empty() bool { return len(m.Any) == 0 && len(m.All) == 0 && m.Resources == nil }

// chooses reports whether all pods of a namespace are chosen, and whether that can
// be told.
func (m kyvernoMatch) chooses(n *namespace) (chosen, known bool) {
	blocks := slices.Clone(m.Any)
	if m.Resources != nil {
		blocks = append(blocks, kyvernoBlock{Resources: *m.Resources})
	}
	if len(m.All) == 1 {
		blocks = append(blocks, m.All...)
	} else if len(m.All) > 1 {
		return false, false
	}
	known = true
	for _, b := range blocks {
		matches, told := b.chooses(n)
		if matches && told {
			return true, true
		}
		known = known && told
	}
	return false, known
}

func (b kyvernoBlock) chooses(n *namespace) (chosen, known bool) {
	r := b.Resources
	pods := len(r.Kinds) == 0 || slices.ContainsFunc(r.Kinds, func(k string) bool {
		return slices.Contains([]string{"*", "*/*", "*/*/*", "v1/*", "Pod"}, k) || strings.HasSuffix(k, "/Pod")
	})
	named := len(r.Namespaces) == 0 || slices.ContainsFunc(r.Namespaces, func(pattern string) bool { return like(pattern, n.ref.Name) })
	selected, told := selectsNamespace(r.NamespaceSelector, n)
	narrowed := r.Name != "" || len(r.Names) > 0 || r.Selector != nil || len(r.Annotations) > 0 ||
		len(b.Subjects)+len(b.Roles)+len(b.ClusterRoles) > 0 || len(r.Operations) > 0 && !slices.Contains(r.Operations, "CREATE")
	switch {
	case !pods || !named || told && !selected:
		return false, true
	case !told || narrowed:
		return false, false
	}
	return true, true
}
