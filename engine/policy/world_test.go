package policy

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"tickmark/engine"
)

// world is a snapshot of objects written by hand.
type world struct {
	snapshot engine.Snapshot
	bodies   map[engine.Digest][]byte
	params   engine.Params
}

// seen are the kinds that a world was asked for to the end.
var seen = []engine.Kind{
	{Kind: "Pod"},
	{Kind: "Namespace"},
	{Kind: "ConfigMap"},
	{Kind: "Service"},
	{Group: "apps", Kind: "Deployment"},
	{Group: "networking.k8s.io", Kind: "NetworkPolicy"},
	{Group: "rbac.authorization.k8s.io", Kind: "Role"},
	{Group: "rbac.authorization.k8s.io", Kind: "ClusterRole"},
	{Group: "rbac.authorization.k8s.io", Kind: "RoleBinding"},
	{Group: "rbac.authorization.k8s.io", Kind: "ClusterRoleBinding"},
}

func newWorld(t testing.TB, documents string) *world {
	t.Helper()
	w := &world{snapshot: engine.Snapshot{Target: engine.Target{ID: "k8s:test"}}, bodies: map[engine.Digest][]byte{}}
	counts := map[engine.Kind]int{}
	for _, text := range strings.Split(documents, "\n---\n") {
		if strings.TrimSpace(text) == "" {
			continue
		}
		var tree map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(text), &tree))
		body, err := engine.Canonical(tree)
		require.NoError(t, err)
		group, _, grouped := strings.Cut(textAt(tree, "apiVersion"), "/")
		if !grouped {
			group = ""
		}
		ref := engine.Ref{Group: group, Kind: textAt(tree, "kind"), Namespace: textAt(tree, "metadata", "namespace"), Name: textAt(tree, "metadata", "name")}
		doc := engine.NewDocument(ref, body)
		w.bodies[doc.Digest] = body
		w.snapshot.Entries = append(w.snapshot.Entries, engine.Entry{Ref: ref, Digest: doc.Digest})
		counts[ref.Of()]++
	}
	for _, k := range seen {
		w.snapshot.Populations = append(w.snapshot.Populations, engine.Population{Kind: k, Count: counts[k], Complete: true})
	}
	w.snapshot.Sort()
	return w
}

func (w *world) document(d engine.Digest) ([]byte, error) {
	if body, known := w.bodies[d]; known {
		return body, nil
	}
	return nil, errors.New("not there")
}

func (w *world) hide(k engine.Kind) *world {
	w.snapshot.Gaps = append(w.snapshot.Gaps, engine.Gap{Source: "test", Kind: k, Reason: engine.Forbidden, Cause: "forbidden"})
	return w
}

// evaluate runs policies and returns their results by id.
func (w *world) evaluate(t testing.TB, policies ...Policy) map[string]engine.Result {
	t.Helper()
	var checks []engine.Check
	for _, p := range policies {
		checks = append(checks, p.Check)
	}
	run, err := engine.Evaluate(context.Background(), checks, []engine.Snapshot{w.snapshot}, w.document, w.params)
	require.NoError(t, err)
	results := map[string]engine.Result{}
	for _, r := range run.Results {
		results[r.Check] = r
	}
	return results
}

var testAreas = []string{"pods", "network", "rbac", "secrets"}

func read(t testing.TB, text string) []Policy {
	t.Helper()
	all, err := Read([]File{{"p.yaml", []byte(text)}}, World{Areas: testAreas, Resources: testResources})
	require.NoError(t, err)
	return all
}

// policyOf writes a policy with an expression over pods; more are further lines.
func policyOf(expression string, more ...string) string {
	return "apiVersion: tickmark/v1\nkind: Policy\nid: test\nversion: 1\narea: pods\ntitle: Pods are good\nrationale: r\nhow: h\nremediation: m\n" +
		"match: {kinds: [Pod]}\nexpression: |\n  " + strings.ReplaceAll(expression, "\n", "\n  ") + "\n" + strings.Join(more, "\n") + "\n"
}

// verdictOf evaluates an expression over one pod.
func verdictOf(t testing.TB, expression string, more ...string) engine.Detail {
	t.Helper()
	w := newWorld(t, onePod)
	w.params.Zones = map[string][]engine.Selector{"cde": {{Namespaces: []string{"pay"}}}}
	details := w.evaluate(t, read(t, policyOf(expression, more...))...)["custom/test"].Details
	require.Len(t, details, 1)
	return details[0]
}

const onePod = `
apiVersion: v1
kind: Namespace
metadata: {name: pay, labels: {team: cards}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: pay}
data: {level: high}
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: pay, labels: {app: api}, annotations: {note: "[redacted:token]"}}
spec:
  hostNetwork: false
  priority: 3
  containers:
  - {name: api, image: "registry.example/pay/api:1", resources: {limits: {memory: 64Mi}}}
`
