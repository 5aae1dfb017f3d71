package checks

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/engine/network"
	"tickmark/engine/rbac"
)

// without returns w as a collector leaves it that was refused a kind: in one namespace,
// or in all of them where none is named.
func (w *world) without(k engine.Kind, namespace string) *world {
	is := func(r engine.Ref) bool {
		return (r.Of() == k || k == engine.ConstraintKind && r.Group == k.Group) && (namespace == "" || r.Namespace == namespace)
	}
	left := *w
	left.snapshot.Entries = slices.DeleteFunc(slices.Clone(w.snapshot.Entries), func(e engine.Entry) bool { return is(e.Ref) })
	left.snapshot.Populations = slices.Clone(w.snapshot.Populations)
	for i := range left.snapshot.Populations {
		if left.snapshot.Populations[i].Kind == k {
			left.snapshot.Populations[i].Complete = false
		}
	}
	left.snapshot.Gaps = slices.Clone(w.snapshot.Gaps)
	for _, of := range []engine.Kind{k, podKind} { // a collector names the pods that a kind of others may hide
		if of == k || slices.ContainsFunc(engine.PodTemplates(), func(t engine.PodTemplate) bool { return t.Kind == k && t.Makes }) {
			left.snapshot.Gaps = append(left.snapshot.Gaps, engine.Gap{Kind: of, Namespace: namespace, Reason: engine.Forbidden, Cause: "may not be listed"})
		}
	}
	return &left
}

// verdicts are the worst of what a check says of each subject.
func verdicts(r engine.Result) map[string]engine.Verdict {
	all := map[string]engine.Verdict{}
	for _, d := range r.Details {
		key := d.Subject.String() + " " + d.Container
		if known, there := all[key]; there {
			all[key] = known.Worse(d.Verdict)
			continue
		}
		all[key] = d.Verdict
	}
	return all
}

// proves are the kinds whose absence takes nothing from a pass, by check: "" is of all.
var proves = map[string][]engine.Kind{
	// No pod comes of one by itself; what hangs on a version says so; and what ConfigMaps change
	// in workflows (TestSettingsOfTheControllerOfWorkflows) is in no fixture.
	"": append(templatesAlone(), engine.ServerVersionKind, configMapKind),
	// What it judges is of the kinds that it needs; these are read along.
	"admission-policies-enforce":      {{Group: "admissionregistration.k8s.io", Kind: "ValidatingWebhookConfiguration"}},
	"default-roles-not-widened":       {rbac.RoleKind, rbac.RoleBindingKind, rbac.ClusterRoleBindingKind},
	"default-service-accounts-unused": {rbac.RoleKind, rbac.ClusterRoleKind},
	"roles-without-wildcards":         {rbac.RoleBindingKind, rbac.ClusterRoleBindingKind},
	"service-accounts-not-dormant":    {rbac.RoleKind, rbac.ClusterRoleKind},
	"secrets-read-by-few":             append(workloadKinds(), append(engine.PodTemplateKinds(), namespaceKind)...),
	"no-paths-to-cluster-admin":       {secretKind}, // nobody in the fixture reads Secrets
	"pods-entered-by-few":             {podKind},    // without them more counts, see TestWhoEntersPodsByGet
	// A namespace is judged that was seen, or in which something was.
	"namespaces-have-default-deny": {namespaceKind},
	"namespaces-have-quotas":       {namespaceKind},
	// A pod on each node proves it; a label proves it whatever policies say beside it.
	"file-integrity-agents-on-nodes":  {daemonSetKind},
	"log-shippers-on-nodes":           {daemonSetKind},
	"malware-agents-on-nodes":         {daemonSetKind},
	"runtime-agents-on-nodes":         {daemonSetKind},
	"namespaces-enforce-pod-security": {kyvernoClusterPolicyKind, kyvernoPolicyKind, validatingPolicyKind, constraintTemplateKind, admissionBindingKind},
	// A service mesh takes connections away; ways in lead to what the policies let in, and
	// without a grant that was seen there are more of them. Nodes are on no network of pods.
	"cde-reached-only-as-declared": append(meshKinds(), nodeKind, network.GrantKind),
	"cde-reaches-only-as-declared": slices.Concat(meshKinds(), network.RouteKinds(), []engine.Kind{nodeKind, network.GrantKind}),
	"cde-closed-to-metadata":       slices.Concat(meshKinds(), network.RouteKinds(), []engine.Kind{nodeKind, serviceKind, ingressKind, network.GrantKind}),
	// A listener that sends its callers to one that speaks TLS needs a route that was seen.
	"ways-in-use-tls": {httpRouteKind},
	// A report in date, a policy or a Secret that is named proves it; what only a Gateway names
	// is in TestCertificatesOfGateways.
	"images-scanned":               moreReports(),
	"images-verified-at-admission": append(elsewhereKinds(), nodeKind),
	"secret-references-resolve":    {externalSecretKind, sealedSecretKind, certificateKind, network.GrantKind},
	"secrets-used":                 {gatewayKind, network.GrantKind},
	"secrets-changed-recently":     {externalSecretKind, sealedSecretKind, certificateKind},
}

// templatesAlone are the templates of which no pods come by themselves.
func templatesAlone() []engine.Kind {
	var kinds []engine.Kind
	for _, t := range engine.PodTemplates() {
		if !t.Makes {
			kinds = append(kinds, t.Kind)
		}
	}
	return kinds
}

// meshKinds are the kinds by which connections are taken away beside the policies.
func meshKinds() []engine.Kind {
	return slices.DeleteFunc(network.Kinds(), func(k engine.Kind) bool {
		return !slices.Contains([]string{"security.istio.io", "networking.istio.io", "policy.linkerd.io", "consul.hashicorp.com"}, k.Group) &&
			k.Kind != "UserDefinedNetwork" && k.Kind != "ClusterUserDefinedNetwork"
	})
}

// listed makes all that a check reads a whole listing.
func (w *world) listed(c engine.Check) *world {
	for _, k := range c.Reads() {
		if _, is := w.snapshot.Population(k); !is {
			w.snapshot.Populations = append(w.snapshot.Populations, engine.Population{Kind: k, Complete: true})
		}
	}
	return w
}

// TestNothingPassesForWhatWasRefused says of every check and every kind that it reads: a
// result is no pass where that kind was refused, in all namespaces or in one; and of no
// subject is a pass said that was none when all was seen.
func TestNothingPassesForWhatWasRefused(t *testing.T) {
	registry, err := assembled()
	require.NoError(t, err)
	known := fixtures()
	for _, c := range registry {
		t.Run(c.ID, func(t *testing.T) {
			f := known[c.ID]
			for _, whole := range []*world{f.world(t, f.pass, f.passYAML).listed(c), f.world(t, f.fail, f.failYAML).listed(c)} {
				seen := verdicts(whole.result(t, c.ID))
				for _, k := range c.Reads() {
					for _, namespace := range []string{"", "pay", "elsewhere"} {
						r := whole.without(k, namespace).result(t, c.ID)
						where := fmt.Sprintf("without %s of %q: %+v", k, namespace, r.Details)
						if !slices.Contains(proves[""], k) && !slices.Contains(proves[c.ID], k) {
							assert.NotEqual(t, engine.Pass, r.Verdict, where)
						}
						for subject, verdict := range verdicts(r) {
							if before, there := seen[subject]; verdict == engine.Pass && (!there || before != engine.Pass) {
								assert.Fail(t, "a pass that hangs on what was not seen", "%s, before %v: %s", subject, before, where)
							}
						}
					}
				}
			}
		})
	}
}

// TestNothingPassesWhereNothingWasSeen says that no check finds anything in order where all
// that it reads was refused.
func TestNothingPassesWhereNothingWasSeen(t *testing.T) {
	registry, err := assembled()
	require.NoError(t, err)
	for _, c := range registry {
		w := newWorld(t).listed(c)
		for _, k := range c.Reads() {
			w = w.without(k, "")
		}
		for _, d := range w.result(t, c.ID).Details {
			assert.NotEqual(t, engine.Pass, d.Verdict, "%s: %+v", c.ID, d)
		}
	}
}

// TestWhatWasRefusedTurnsNothingIntoAPass says the same of clusters with much of what all
// fixtures hold, where one check's objects are another's surroundings.
func TestWhatWasRefusedTurnsNothingIntoAPass(t *testing.T) {
	for seed := range uint64(3) {
		c := newChanging(t, seed)
		c.params.Zones = map[string][]engine.Selector{cdeZone: {{Namespaces: []string{"pay"}}}}
		for range 900 {
			c.put()
		}
		c.snapshot.Sort()
		for _, check := range c.checks {
			c.listed(check)
		}
		before := c.verdictsOf(c.world)
		for _, k := range c.kinds {
			for _, namespace := range []string{"", "pay"} {
				for id, of := range c.verdictsOf(c.without(k, namespace)) {
					if id == "kubernetes-version-supported" && k == engine.ServerVersionKind {
						continue // the kubelet's release is judged, and beside it the server's is unknown
					}
					for subject, verdict := range of {
						// What stands under something that was seen is judged there, and by itself else.
						if was, there := before[id][subject]; there && verdict == engine.Pass && was != engine.Pass {
							assert.Fail(t, "a pass that hangs on what was not seen", "%s without %s of %q: %s, before %v", id, k, namespace, subject, was)
						}
					}
				}
			}
		}
	}
}

// TestWhatWasRefusedTurnsNothingIntoAFailure says that nothing fails for want of what was
// not seen, since that may be just what it lacks. Left out are what makes pods, since those
// are judged in its place, and single kinds of Gatekeeper's constraints, of which a
// collector names the family.
func TestWhatWasRefusedTurnsNothingIntoAFailure(t *testing.T) {
	makesPods := slices.DeleteFunc(slices.Concat(workloadKinds(), engine.PodTemplateKinds()), func(k engine.Kind) bool { return k == podKind })
	for seed := range uint64(4) {
		c := newChanging(t, seed)
		c.params.Zones = map[string][]engine.Selector{cdeZone: {{Namespaces: []string{"pay"}}}}
		c.snapshot.Sort()
		for _, check := range c.checks {
			c.listed(check)
		}
		before := c.verdictsOf(c.world)
		for _, k := range c.kinds {
			if slices.Contains(makesPods, k) || k.Group == engine.ConstraintKind.Group {
				continue
			}
			for id, of := range c.verdictsOf(c.without(k, "")) {
				for subject, verdict := range of {
					if was := before[id][subject]; verdict == engine.Fail && was != engine.Fail {
						assert.Fail(t, "a failure that hangs on what was not seen", "%s without %s: %s, before %v", id, k, subject, was)
					}
				}
			}
		}
	}
}

// verdictsOf are the verdicts of all checks by their ids.
func (c *changing) verdictsOf(w *world) map[string]map[string]engine.Verdict {
	all := map[string]map[string]engine.Verdict{}
	_, err := engine.EvaluateEach(context.Background(), c.checks, []engine.Snapshot{w.snapshot}, w.body, w.params, func(r engine.Result) error {
		all[r.Check] = verdicts(r)
		return nil
	})
	require.NoError(c, err)
	return all
}
