package merchant

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	builtin "tickmark/engine/checks"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
)

// evaluate collects the cluster as manifests and runs every built-in check.
func evaluate(t *testing.T) (engine.Run, map[engine.Digest][]byte) {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.CopyFS(folder, Cluster()))
	now := time.Date(2026, time.November, 16, 9, 14, 0, 0, time.UTC)
	documents := map[engine.Digest][]byte{}
	collector := &kube.Manifests{Paths: []string{folder}, Name: Target, Now: func() time.Time { return now }}
	snapshot, err := collector.Collect(context.Background(), engine.Intake{Document: func(d engine.Document) error {
		documents[d.Digest] = d.Body
		return nil
	}})
	require.NoError(t, err)
	assert.Empty(t, snapshot.Gaps, "the merchant's cluster is seen whole")
	all, err := builtin.All()
	require.NoError(t, err)
	run, err := engine.Evaluate(context.Background(), all, []engine.Snapshot{snapshot}, func(d engine.Digest) ([]byte, error) {
		body, ok := documents[d]
		if !ok {
			return nil, fmt.Errorf("no document %s", d)
		}
		return body, nil
	}, Scope().Params(now))
	require.NoError(t, err)
	return run, documents
}

// oneSided are the checks of which the merchant's cluster shows less than a pass and a
// fail, each with the reason.
var oneSided = map[string]string{
	"access-administered-by-few":             "its roles and bindings are written by few",
	"access-inventory":                       "an inventory judges nothing",
	"admission-changed-by-few":               "nobody is granted it beside those who may do everything",
	"admission-policies-enforce":             "nobody wrote a policy",
	"anonymous-requests-refused":             "requests without credentials were not asked for",
	"api-server-admission":                   "there is one API server",
	"api-server-authorizes":                  "there is one API server",
	"api-server-checks-kubelets":             "there is one API server",
	"api-server-etcd-tls":                    "there is one API server",
	"api-server-has-certificate":             "there is one API server",
	"api-server-keeps-audit-log":             "there is one API server",
	"api-server-limits-kubelets":             "there is one API server",
	"api-server-refuses-anonymous":           "there is one API server",
	"api-server-strong-tls":                  "there is one API server",
	"api-server-without-insecure-port":       "there is one API server",
	"api-server-without-static-credentials":  "there is one API server",
	"api-server-writes-audit-log":            "there is one API server",
	"audit-log-without-secret-values":        "the file of the audit policy is not among what is read",
	"bindings-not-dangling":                  "every role that is bound is there or is in every cluster",
	"broad-groups-have-no-rights":            "no group of everybody is bound to more than what is public",
	"cardholder-nodes-dedicated":             "one node runs workloads",
	"cde-reached-only-as-declared":           "pos-bridge is on the network of its node, and manifests do not name the controller of an Ingress",
	"cde-reaches-only-as-declared":           "pos-bridge is on the network of its node, and manifests have no addresses of pods",
	"cde-secrets-read-from-inside":           "one account reads Secrets there, from outside",
	"certificates-approved-by-few":           "nobody is granted it beside those who may do everything",
	"certificates-without-system-masters":    "manifests hold no requests",
	"configuration-audits-without-failures":  "no scanner's reports are among the manifests",
	"container-runtimes-supported":           "all nodes are of one release",
	"containers-without-runtime-socket":      "nobody mounts one",
	"control-plane-nodes-dedicated":          "there is one control plane",
	"control-plane-without-profiling":        "there is one control plane",
	"controllers-have-own-accounts":          "there is one control plane",
	"controllers-listen-locally":             "there is one control plane",
	"debug-containers-added-by-few":          "few may do everything, and nobody is granted this",
	"default-roles-not-widened":              "no role of its own is aggregated into a default one",
	"etcd-checks-clients":                    "there is one control plane",
	"etcd-checks-peers":                      "there is one control plane",
	"file-integrity-agents-on-nodes":         "none of its images is known as an agent's",
	"file-integrity-scans-without-changes":   "OpenShift's operator is not there",
	"gatekeeper-audits-without-violations":   "Gatekeeper is not there",
	"images-on-supported-base":               "no scanner's reports are among the manifests",
	"images-run-as-declared":                 "no status among the manifests says what ran",
	"images-scanned":                         "no scanner's reports are among the manifests",
	"images-verified-at-admission":           "nobody verifies images",
	"images-without-exposed-secrets":         "no scanner's reports are among the manifests",
	"containers-without-host-ports":          "what its control plane listens on without declaring it is not told",
	"images-without-fixable-vulnerabilities": "no scanner's reports are among the manifests",
	"kubelets-ask-for-authorization":         "kubelets were not asked",
	"kubelets-check-callers":                 "kubelets were not asked",
	"kubelets-default-seccomp":               "kubelets were not asked",
	"kubelets-end-idle-streams":              "kubelets were not asked",
	"kubelets-have-certificates":             "kubelets were not asked",
	"kubelets-protect-kernel":                "kubelets were not asked",
	"kubelets-reached-by-few":                "nobody is granted it beside those who may do everything",
	"kubelets-refuse-anonymous":              "kubelets were not asked",
	"kubelets-rotate-certificates":           "kubelets were not asked",
	"kubelets-strong-tls":                    "kubelets were not asked",
	"kubelets-without-read-only-port":        "kubelets were not asked",
	"kubernetes-version-supported":           "all nodes are of one release",
	"load-balancers-limit-sources":           "there is one load balancer, and it is public",
	"log-shippers-on-nodes":                  "none of its images is known as an agent's",
	"malware-agents-on-nodes":                "none of its images is known as an agent's",
	"namespaces-changed-by-few":              "nobody is granted it beside those who may do everything",
	"network-plugin-enforces":                "there is one network plugin",
	"network-policies-changed-by-few":        "few may write them",
	"network-policies-inventory":             "an inventory judges nothing",
	"network-policies-select-pods":           "every policy selects something",
	"no-lasting-token-secrets":               "no Secret holds a token of a service account",
	"no-paths-to-cluster-admin":              "what its people and workloads hold leads no further",
	"node-systems-supported":                 "all nodes are of one release",
	"nodes-inventory":                        "an inventory judges nothing",
	"objects-without-secrets":                "its annotations and labels hold none",
	"people-log-on-by-provider":              "there is one API server",
	"persistent-volumes-created-by-few":      "nobody is granted it beside those who may do everything",
	"persistent-volumes-not-on-host":         "its volumes are those of a storage class, and not among its manifests",
	"pod-security-versions-current":          "manifests do not tell which version the cluster has",
	"pods-entered-by-few":                    "few may enter pods in each namespace",
	"pods-have-controllers":                  "its pods are all kept by something",
	"pods-know-cluster-authority":            "there is one control plane",
	"pods-set-safe-sysctls":                  "nobody sets a parameter of the kernel",
	"pods-without-debug-containers":          "nobody looked into a pod",
	"policy-reports-without-failures":        "no policy engine's reports are among the manifests",
	"registries-inventory":                   "an inventory judges nothing",
	"runtime-agents-on-nodes":                "none of its images is known as an agent's",
	"secret-references-resolve":              "every Secret that is named is there",
	"secret-stores-inventory":                "an inventory judges nothing",
	"secrets-changed-recently":               "its Secrets were all made this year",
	"secrets-encrypted-at-rest":              "its one API server is told to encrypt",
	"secrets-inventory":                      "an inventory judges nothing",
	"secrets-used":                           "what manifests do not name, the cluster may",
	"security-agents-ready":                  "none of its images is known as an agent's",
	"service-account-tokens-end":             "there is one API server",
	"service-accounts-not-dormant":           "manifests do not tell what else runs",
	"service-accounts-not-shared":            "each application has an account of its own",
	"services-without-insecure-protocols":    "no Service has a port of such a protocol",
	"system-masters-not-bound":               "only the binding that Kubernetes creates names it",
	"tokens-requested-by-few":                "few may do so in each namespace",
	"ways-in-use-tls":                        "both Ingresses use TLS",
	"workload-runtimes-inventory":            "an inventory judges nothing",
	"workloads-changed-by-few":               "few may do so in each namespace",
	"workloads-inventory":                    "an inventory judges nothing",
}

func TestChecksFindSomethingToPassAndToFail(t *testing.T) {
	run, documents := evaluate(t)
	all, err := builtin.All()
	require.NoError(t, err)
	asked := slices.DeleteFunc(all, func(c engine.Check) bool { return c.Needs[0].Group == engine.ImportGroup }) // of other tools' results, which it has not
	require.Len(t, run.Results, len(asked))
	for _, r := range run.Results {
		both := r.Count(engine.Pass) > 0 && r.Count(engine.Fail) > 0 && r.Count(engine.Unknown) == 0
		reason, excused := oneSided[r.Check]
		assert.NotEqual(t, both, excused, "%s: %s; it passes %d, fails %d, does not know %d", r.Check, reason,
			r.Count(engine.Pass), r.Count(engine.Fail), r.Count(engine.Unknown))
	}
	for digest, body := range documents {
		for _, canary := range Canaries() {
			assert.NotContains(t, string(body), canary, "document %s", digest)
		}
	}
}

// TestAnswersAgreeWithTheEvidence joins answers and results: what is answered In
// Place is contradicted once and no more, and an answer that rests on a failing
// check says so.
func TestAnswersAgreeWithTheEvidence(t *testing.T) {
	run, _ := evaluate(t)
	var latest []questionnaires.Evidence
	failing := map[string]bool{}
	for _, r := range run.Results {
		failing[r.Check] = r.Verdict == engine.Fail
		latest = append(latest, questionnaires.Evidence{Result: &questionnaires.ResultSource{Target: r.Target, Check: r.Check, Verdict: r.Verdict}})
	}
	catalogue, err := pci.Catalogue()
	require.NoError(t, err)
	all, err := Answers()
	require.NoError(t, err)
	var contradicted []string
	for _, a := range all {
		r, known := catalogue.Requirement(a.Requirement)
		require.True(t, known || a.Subtree, "%s", a.Requirement)
		contradicts := questionnaires.Suggest(r, latest).Stance == questionnaires.Contradicts
		if contradicts && a.Response == questionnaires.InPlace {
			contradicted = append(contradicted, a.Requirement.String())
			continue
		}
		if contradicts {
			assert.Equal(t, questionnaires.NotInPlace, a.Response, "%s", a.Requirement)
		}
		for _, check := range a.Checks {
			if failing[check] {
				assert.Regexp(t, `(?i)fail`, a.Narrative, "%s rests on failing %s", a.Requirement, check)
			}
		}
	}
	assert.Equal(t, []string{Contradicted}, contradicted)
}
