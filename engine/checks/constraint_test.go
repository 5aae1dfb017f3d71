package checks

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
)

func constraintYAML(spec, status string) string {
	text := "apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: K8sRequiredLabels\nmetadata: {name: owners}\nspec: " + spec + "\n"
	if status != "" {
		text += "status: " + status + "\n"
	}
	return text
}

func gatekeeperHookYAML(policy string) string {
	return "---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: gatekeeper}\nwebhooks: [{name: validation.gatekeeper.sh, failurePolicy: " + policy + "}]\n"
}

func integrityYAML(last string) string {
	return "apiVersion: fileintegrity.openshift.io/v1alpha1\nkind: FileIntegrity\nmetadata: {name: all, namespace: openshift-file-integrity}\n---\n" +
		"apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n---\n" +
		"apiVersion: fileintegrity.openshift.io/v1alpha1\nkind: FileIntegrityNodeStatus\nmetadata: {name: all-n1, namespace: openshift-file-integrity}\nnodeName: n1\nlastResult: {" + last + "}\n"
}

// What an audit says is taken with its date and its counts: what it counts beyond what it
// lists is not lost.
func TestWhatGatekeepersAuditsSay(t *testing.T) {
	const one = "violations: [{group: apps, version: v1, kind: Deployment, namespace: pay, name: api, message: no owner}]"
	for name, c := range map[string]struct {
		status string
		want   engine.Verdict
		says   string
	}{
		"never audited":      {"", engine.Unknown, "nothing may have been looked at"},
		"audited, no count":  {"{auditTimestamp: '2026-01-01T00:00:00Z'}", engine.Unknown, "nothing may have been looked at"},
		"no violation":       {"{auditTimestamp: '2026-01-01T00:00:00Z', totalViolations: 0}", engine.Pass, "2026-01-01"},
		"of long ago":        {"{auditTimestamp: '2025-01-01T00:00:00Z', totalViolations: 0}", engine.Unknown, "older than 92 days"},
		"one":                {"{auditTimestamp: '2026-01-01T00:00:00Z', totalViolations: 1, " + one + "}", engine.Fail, "Constraint K8sRequiredLabels owners is broken"},
		"more than it lists": {"{auditTimestamp: '2026-01-01T00:00:00Z', totalViolations: 345, " + one + "}", engine.Fail, "counts 345 failures and lists 1"},
		"a list, no count":   {"{auditTimestamp: '2026-01-01T00:00:00Z', " + one + "}", engine.Fail, "no owner"},
		"of another shape":   {"{totalViolations: many}", engine.Unknown, "cannot be read"},
	} {
		r := newWorldOf(t, constraintYAML("{}", c.status)).result(t, "gatekeeper-audits-without-violations")
		assert.Equal(t, c.want, r.Verdict, name)
		var says []string
		for _, d := range r.Details {
			says = append(says, d.Sentence)
		}
		assert.Contains(t, strings.Join(says, "; "), c.says, name)
	}
	of := newWorldOf(t, constraintYAML("{}", "{"+one+"}")).result(t, "gatekeeper-audits-without-violations")
	assert.Equal(t, engine.Ref{Group: "apps", Kind: "Deployment", Namespace: "pay", Name: "api"}, of.Details[0].Subject)
	assert.Equal(t, engine.NotApplicable, newWorldOf(t).result(t, "gatekeeper-audits-without-violations").Verdict)
}

func TestWhatTheFileIntegrityOperatorSays(t *testing.T) {
	for last, want := range map[string]engine.Verdict{
		"condition: Succeeded, lastProbeTime: '2026-01-01T00:00:00Z'": engine.Pass,
		"condition: Succeeded, lastProbeTime: '2025-12-01T00:00:00Z'": engine.Fail,
		"condition: Succeeded, lastProbeTime: '2027-12-01T00:00:00Z'": engine.Unknown,
		"condition: Succeeded": engine.Unknown,
		"condition: Errored, lastProbeTime: '2026-01-01T00:00:00Z', errorMessage: no db": engine.Unknown,
		"condition: Failed, lastProbeTime: '2025-01-01T00:00:00Z', filesAdded: 1":        engine.Fail,
		"":                    engine.Unknown,
		"condition: [Failed]": engine.Unknown,
	} {
		r := newWorldOf(t, documentEnd.Split(integrityYAML(last), -1)...).result(t, "file-integrity-scans-without-changes")
		assert.Equal(t, want, r.Verdict, "%s: %v", last, r.Details)
	}
	assert.Equal(t, engine.Unknown, newWorldOf(t, documentEnd.Split(strings.Replace(integrityYAML("condition: Succeeded, lastProbeTime: '2026-01-01T00:00:00Z'"), "name: n1}", "name: n2}", 1), -1)...).result(t, "file-integrity-scans-without-changes").Verdict,
		"a node without a result")
	gone := "---\napiVersion: fileintegrity.openshift.io/v1alpha1\nkind: FileIntegrityNodeStatus\nmetadata: {name: all-n0, namespace: openshift-file-integrity}\nnodeName: n0\nlastResult: {condition: Failed, lastProbeTime: '2025-01-01T00:00:00Z', filesAdded: 1}\n"
	documents := documentEnd.Split(integrityYAML("condition: Succeeded, lastProbeTime: '2026-01-01T00:00:00Z'")+gone, -1)
	assert.Equal(t, engine.Pass, newWorldOf(t, documents...).result(t, "file-integrity-scans-without-changes").Verdict, "a result for a node that is gone")
	unseen := newWorldOf(t, documents...).hide(nodeKind)
	assert.Equal(t, engine.Unknown, unseen.result(t, "file-integrity-scans-without-changes").Verdict, "the node may be there, or gone")
	assert.Equal(t, engine.NotApplicable, newWorldOf(t, "apiVersion: v1\nkind: Node\nmetadata: {name: n1}").result(t, "file-integrity-scans-without-changes").Verdict)
}

// newWorldOf is a cluster that holds these documents.
func newWorldOf(t *testing.T, documents ...string) *world {
	w := newWorld(t)
	w.read(t, documents...)
	return w
}
