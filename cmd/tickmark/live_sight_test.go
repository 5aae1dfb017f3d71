package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"tickmark/engine"
	"tickmark/engine/checks"
	"tickmark/engine/kube/planetest"
)

// scanned gives the results of a scan of the live server, by check.
func scanned(t *testing.T, plane *planetest.Plane, user, group string) map[string]resultForm {
	t.Helper()
	a := newAuditor(t)
	text, err := plane.User(user, group)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(a.path("kubeconfig"), text, 0o600))
	var form scanForm
	require.NoError(t, json.Unmarshal([]byte(a.does(exitAttention, "scan", "--kubeconfig", a.path("kubeconfig"), "-o", "json")), &form))
	byCheck := map[string]resultForm{}
	for _, r := range form.Results {
		byCheck[r.Check] = r
	}
	require.Greater(t, len(byCheck), 100)
	return byCheck
}

// doorman may list the namespaces, and nothing else.
const doorman = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: doorman}
rules: [{apiGroups: [""], resources: [namespaces], verbs: [get, list]}]
`

// asNobody collects as somebody whom no role was granted, which is an error and leaves
// nothing, and as somebody who sees the namespaces alone: what needs more stays unknown.
func asNobody(t *testing.T, plane *planetest.Plane) {
	a, vault, kubeconfig := begin(t, plane, "nobody", "no-group")
	a.does(exitError, "scan", "--kubeconfig", kubeconfig)
	assert.Contains(t, a.err.String(), "nothing at all could be read")
	a.does(exitError, "collect", vault, "--kubeconfig", kubeconfig)
	assert.Contains(t, a.err.String(), "nothing could be seen")
	assert.Empty(t, a.evidence(vault))

	require.NoError(t, plane.Apply(t.Context(), []byte(doorman+strings.NewReplacer("GROUP", "doormen", "ROLE", "doorman").Replace(bound))))
	results := scanned(t, plane, "dora", "doormen")
	registry, err := checks.All()
	require.NoError(t, err)
	needsMore := 0
	for _, c := range registry {
		// What the server does not know is told by discovery, which everybody may ask.
		told := func(k engine.Kind) bool {
			return slices.Contains([]engine.Kind{{Kind: "Namespace"}, engine.ServerVersionKind, engine.ConstraintKind}, k)
		}
		r, asked := results[c.ID]
		if !asked || !slices.ContainsFunc(c.Needs, func(k engine.Kind) bool { return !told(k) }) {
			continue
		}
		needsMore++
		assert.Equal(t, engine.Unknown, r.Verdict, "%s: %v", c.ID, r.Details)
		for _, d := range r.Details {
			if strings.HasPrefix(c.ID, "objects-without-") || c.ID == "kubernetes-version-supported" {
				continue // of what was seen: a namespace, and what the server says of itself
			}
			assert.NotEqual(t, engine.Pass, d.Verdict, "%s: %s", c.ID, d.Sentence)
		}
	}
	assert.Greater(t, needsMore, 100)
}

const scannerReport = `
apiVersion: aquasecurity.github.io/v1alpha1
kind: VulnerabilityReport
metadata:
  name: pod-api
  namespace: pay
  labels: {trivy-operator.resource.kind: Pod, trivy-operator.resource.name: api, trivy-operator.resource.namespace: pay, trivy-operator.container.name: api}
report:
  artifact: {repository: pay/api, digest: "sha256:0000000000000000000000000000000000000000000000000000000000000001"}
  registry: {server: registry.copperline.example}
  scanner: {name: Trivy, version: 0.60.0}
  updateTimestamp: "UPDATED"
  os: {family: debian, name: "12.9"}
  summary: {criticalCount: 0, highCount: 1, mediumCount: 0, lowCount: 0, unknownCount: 0}
  vulnerabilities: [{vulnerabilityID: CVE-2025-1, resource: libx, installedVersion: 1.2.3, fixedVersion: 1.2.4, severity: HIGH}]
`

// whatAScannerLeft is a report in a custom kind, which informs the checks of what runs.
func whatAScannerLeft(t *testing.T, plane *planetest.Plane) {
	before := scanned(t, plane, "alice", "auditors")["images-scanned"]
	assert.Equal(t, engine.Unknown, before.Verdict, "the server knows no scanner")
	require.NoError(t, plane.Install(schema.GroupVersionKind{Group: "aquasecurity.github.io", Version: "v1alpha1", Kind: "VulnerabilityReport"}, "vulnerabilityreports", true))
	require.NoError(t, plane.Apply(t.Context(), []byte(strings.Replace(scannerReport, "UPDATED", time.Now().UTC().Format(time.RFC3339), 1))))
	client, err := kubernetes.NewForConfig(plane.Admin())
	require.NoError(t, err)
	runs := `{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],"containerStatuses":[{"name":"api","ready":true,"restartCount":0,` +
		`"image":"registry.copperline.example/pay/api","imageID":"registry.copperline.example/pay/api@sha256:0000000000000000000000000000000000000000000000000000000000000001"}]}}`
	_, err = client.CoreV1().Pods("pay").Patch(t.Context(), "api", types.MergePatchType, []byte(runs), metav1.PatchOptions{}, "status")
	require.NoError(t, err)

	results := scanned(t, plane, "alice", "auditors")
	of := func(check string) engine.Verdict {
		for _, d := range results[check].Details {
			if strings.Contains(d.Sentence+d.Subject.String(), "pay/api") {
				return d.Verdict
			}
		}
		return engine.NotApplicable
	}
	assert.Equal(t, engine.Pass, of("images-scanned"), "%v", results["images-scanned"].Details)
	assert.Equal(t, engine.Fail, of("images-without-fixable-vulnerabilities"), "%v", results["images-without-fixable-vulnerabilities"].Details)
}
