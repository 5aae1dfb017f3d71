package checks

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

var (
	validatingWebhookKind = engine.Kind{Group: admissionv1.GroupName, Kind: "ValidatingWebhookConfiguration"}
	mutatingWebhookKind   = engine.Kind{Group: admissionv1.GroupName, Kind: "MutatingWebhookConfiguration"}
)

// Check images-verified-at-admission.
//
// Judges every namespace with workloads. Passes where each image that its workloads
// declare is matched by a policy that verifies signatures or attestations and
// refuses there (Kyverno's verifyImages and ImageValidatingPolicies, of the cluster or the
// namespace, Sigstore's ClusterImagePolicies), where the policy matches the namespace, and
// where its controller's webhook is registered for pods there and fails closed. Fails where no
// policy verifies images, or where all that do only audit, leave the namespace or an
// image out, or let in what they could not be asked about.
//
// Unknown where a policy or selector cannot be told to match; where an exception or
// Kyverno's own settings may leave out pods; of static pods, which a node runs whatever is
// refused, and of init containers where a policy's expressions do not speak of them; and
// where images may be verified by what is not in the cluster's objects: another
// verifier's webhook (Connaisseur, Kubewarden and others), what Gatekeeper asks (Ratify),
// the nodes of OpenShift by its image policies, the API server's ImagePolicyWebhook,
// Binary Authorization on GKE. Whether a webhook answers, and whose keys a policy trusts,
// is not judged. A ValidatingAdmissionPolicy can look at a reference and not at a
// signature, and does not count.
func imagesVerifiedAtAdmission() check {
	return check{
		id: "images-verified-at-admission", version: 3, needs: slices.Concat(workloadKinds(), []engine.Kind{namespaceKind}, verifyingKinds()),
		looks: append(elsewhereKinds(), nodeKind, configMapKind, kyvernoExceptionKind, celExceptionKind),
		eval: func(v *engine.View) []engine.Detail {
			all := verifiers(v)
			elsewhere := verifiedElsewhere(v)
			hooks := webhooks(v)
			var details []engine.Detail
			for _, n := range namespaces(v) {
				if len(n.workloads) > 0 {
					f, cites := judgeVerification(v, n, all, hooks, elsewhere)
					details = append(details, f.of(n.ref, append([]engine.Digest{proofOf(n)}, cites...)...))
				}
			}
			return details
		},
	}
}

// verifyingKinds are the kinds by which images are verified.
func verifyingKinds() []engine.Kind {
	return []engine.Kind{
		validatingWebhookKind, mutatingWebhookKind, kyvernoClusterPolicyKind, kyvernoPolicyKind, imageValidatingPolicyKind, namespacedImagesKind, clusterImagePolicyKind,
	}
}

// proofOf is what a detail of a namespace cites: it, or a workload where it was
// not seen.
func proofOf(n *namespace) engine.Digest {
	if n.digest.IsZero() {
		return n.workloads[0].object.Digest
	}
	return n.digest
}

// verifier is a policy that verifies images.
type verifier struct {
	object  *engine.Object
	name    string // of the policy with its engine
	mode    func(*namespace) finding
	doubt   func(*namespace) string // why it may not be asked about all pods there; nil where nothing is known
	hook    string                  // part of the name of its webhooks or of the service behind them
	images  []*regexp.Regexp        // patterns of what it verifies
	partial string                  // why it may match less than it seems to, "" if nothing
	matches func(*namespace) (matches, known bool)
	// containersAlone says that init containers may not be looked at.
	containersAlone bool
}

// judgeVerification judges one namespace by all policies that verify images.
func judgeVerification(v *engine.View, n *namespace, all []verifier, hooks []webhook, elsewhere string) (finding, []engine.Digest) {
	elsewhere = cmp.Or(elsewhere, verifiedByNodes(v, n))
	if len(all) == 0 && elsewhere == "" {
		return fails("", nil, "No policy here verifies images when they are admitted"), nil
	}
	left := maps.Clone(n.references())
	static, initial := staticAndInitial(n)
	var cites []engine.Digest
	var by, doubts, reasons []string
	for _, policy := range all {
		matches, known := policy.matches(n)
		if known && !matches {
			continue
		}
		cites = append(cites, policy.object.Digest)
		doubt := policy.partial
		if !known {
			doubt = "whether it matches this namespace cannot be told"
		} else if doubt == "" && policy.doubt != nil {
			doubt = policy.doubt(n)
		}
		reason, hookDoubt := refusesThrough(v, policy, n, hooks)
		if doubt == "" {
			doubt = hookDoubt
		}
		switch {
		case reason != "":
			reasons = append(reasons, policy.name+": "+reason)
			continue
		case doubt != "":
			doubts = append(doubts, policy.name+": "+doubt)
			continue
		}
		by = append(by, policy.name)
		for reference := range left {
			switch {
			case !policy.verifies(reference):
			case static[reference]:
				doubts = append(doubts, "a static pod has "+brief(reference)+", which its node runs whatever is refused")
			case policy.containersAlone && initial[reference]:
				doubts = append(doubts, policy.name+" may not look at init containers, of which one has "+brief(reference))
			default:
				delete(left, reference)
			}
		}
	}
	if elsewhere != "" {
		doubts = append(doubts, elsewhere)
	}
	missed := sortedSet(left)
	slices.Sort(doubts)
	doubts = slices.Compact(doubts)
	switch {
	case len(missed) == 0 && !sawWorkloads(v):
		return unknown("", nil, "All images that were seen to be declared here are verified when they are admitted, by %s; not all that runs was seen", list(by)), cites
	case len(missed) == 0:
		return passes("", nil, "All images declared here are verified when they are admitted, by %s", list(by)), cites
	case len(doubts) > 0:
		return unknown("", nil, "Whether images are verified when they are admitted cannot be told of %s; %s", list(missed), list(doubts)), cites
	case len(by) > 0:
		return fails("", nil, "No policy verifies %s; others are verified by %s", list(missed), list(by)), cites
	case len(reasons) > 0:
		return fails("", nil, "Images are not kept out by verification: %s", list(reasons)), cites
	}
	return fails("", nil, "No policy here verifies images when they are admitted"), cites
}

// staticAndInitial returns the references in a namespace that static pods have, which a node
// runs unasked, and those of init containers, which not all policies look at.
func staticAndInitial(n *namespace) (static, initial map[string]bool) {
	static, initial = map[string]bool{}, map[string]bool{}
	for _, w := range n.workloads {
		if w.meta.Annotations.Has(corev1.MirrorPodAnnotationKey) || w.owner != nil && w.owner.Kind == nodeKind.Kind {
			for reference := range w.references() {
				static[reference] = true
			}
		}
		for i := range w.spec.InitContainers {
			initial[w.spec.InitContainers[i].Image] = true
		}
	}
	return static, initial
}

func sortedSet(of map[string]bool) []string {
	all := make([]string, 0, len(of))
	for name := range of {
		all = append(all, brief(name))
	}
	slices.Sort(all)
	return all
}

// refusesThrough says why a policy refuses nothing in a namespace, and what is in
// doubt about it.
func refusesThrough(v *engine.View, policy verifier, n *namespace, hooks []webhook) (reason, doubt string) {
	switch mode := policy.mode(n); mode.verdict {
	case engine.Fail, engine.NotApplicable:
		return mode.sentence, ""
	case engine.Unknown:
		return "", mode.sentence
	case engine.Pass:
	}
	registered := false
	for _, h := range hooks {
		if !strings.Contains(h.name, policy.hook) || !h.pods {
			continue
		}
		registered = true
		selected, known := selectsNamespace(h.selector, n)
		switch {
		case !known || h.narrowed:
			doubt = "whether its webhook is asked about all pods here cannot be told"
		case selected && h.ignores:
			reason = "its webhook's failure policy is Ignore"
		case selected:
			return "", ""
		}
	}
	switch {
	case !registered && isManifests(v):
		return "", "its webhook is not among the manifests"
	case !registered:
		return "no webhook of its controller is registered for pods", ""
	case reason != "" || doubt != "":
		return reason, doubt
	}
	return "its webhook leaves out this namespace", ""
}

// webhook is a webhook that may refuse pods.
type webhook struct {
	name     string // with that of its service
	selector *metav1.LabelSelector
	pods     bool // it is asked when pods are made
	ignores  bool // what it could not be asked about is let in
	narrowed bool // by labels of objects or by conditions
}

func webhooks(v *engine.View) []webhook {
	var all []webhook
	for _, c := range engine.All[admissionv1.ValidatingWebhookConfiguration](v, validatingWebhookKind) {
		for i := range c.Value.Webhooks {
			h := &c.Value.Webhooks[i]
			all = append(all, webhookOf(h.Name, &h.ClientConfig, h.NamespaceSelector, h.ObjectSelector, h.Rules, h.FailurePolicy, len(h.MatchConditions)))
		}
	}
	for _, c := range engine.All[admissionv1.MutatingWebhookConfiguration](v, mutatingWebhookKind) {
		for i := range c.Value.Webhooks {
			h := &c.Value.Webhooks[i]
			all = append(all, webhookOf(h.Name, &h.ClientConfig, h.NamespaceSelector, h.ObjectSelector, h.Rules, h.FailurePolicy, len(h.MatchConditions)))
		}
	}
	return all
}

func webhookOf(name string, client *admissionv1.WebhookClientConfig, namespaces, objects *metav1.LabelSelector, rules []admissionv1.RuleWithOperations,
	failure *admissionv1.FailurePolicyType, conditions int,
) webhook {
	h := webhook{name: name, selector: namespaces, ignores: failure != nil && *failure == admissionv1.Ignore}
	if client.Service != nil {
		h.name += " " + client.Service.Name
	}
	h.narrowed = conditions > 0 || objects != nil && len(objects.MatchLabels)+len(objects.MatchExpressions) > 0
	h.pods = slices.ContainsFunc(rules, asksOfPods)
	return h
}

// asksOfPods reports whether a rule is for pods when they are made.
func asksOfPods(r admissionv1.RuleWithOperations) bool {
	has := func(list []string, names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(list, n) })
	}
	if r.Scope != nil && *r.Scope == admissionv1.ClusterScope {
		return false // where no pod is
	}
	creates := slices.Contains(r.Operations, admissionv1.Create) || slices.Contains(r.Operations, admissionv1.OperationAll)
	return creates && has(r.APIGroups, "", "*") && has(r.Resources, "pods", "*", "*/*")
}

// verifies reports whether a pattern of the policy matches a reference, written as
// it stands or with what is implied.
func (p verifier) verifies(reference string) bool {
	i, err := parseImage(reference)
	if err != nil {
		return false
	}
	tagged := i.name()
	switch {
	case i.tag != "":
		tagged += ":" + i.tag
	case i.digest == "":
		tagged += ":latest"
	}
	forms := []string{tagged, i.name()}
	if i.digest != "" {
		forms = append(forms, tagged+"@"+i.digest, i.name()+"@"+i.digest)
	}
	for _, form := range forms {
		if i.registry == "docker.io" {
			forms = append(forms, "index."+form)
		}
	}
	return slices.ContainsFunc(p.images, func(pattern *regexp.Regexp) bool { return slices.ContainsFunc(forms, pattern.MatchString) })
}

// asksImagePolicy reports whether a container is told to ask an ImagePolicyWebhook, as an
// API server.
func asksImagePolicy(c *engine.Container) bool {
	asks := func(argument string) bool {
		return strings.HasPrefix(argument, "--enable-admission-plugins") && strings.Contains(argument, "ImagePolicyWebhook")
	}
	return slices.ContainsFunc(c.Command, asks) || slices.ContainsFunc(c.Args, asks)
}
