package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/engine/kube/planetest"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/reports"
)

// shop is what runs on the live server: a good payment service and, beside it, a
// namespace without default deny.
const shop = `
apiVersion: v1
kind: Namespace
metadata: {name: pay, labels: {pod-security.kubernetes.io/enforce: restricted}}
---
apiVersion: v1
kind: Namespace
metadata: {name: pay-batch}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: pay}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: v1
kind: Secret
metadata: {name: acquirer, namespace: pay}
stringData: {key: tickmark-canary-live}
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: pay}
spec:
  nodeName: n-1
  automountServiceAccountToken: false
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: api
    image: registry.copperline.example/pay/api@sha256:0000000000000000000000000000000000000000000000000000000000000001
    resources: {limits: {cpu: 100m, memory: 64Mi}}
    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
---
apiVersion: v1
kind: Pod
metadata: {name: settle, namespace: pay-batch}
spec: {containers: [{name: settle, image: "docker.io/library/busybox:latest", securityContext: {privileged: true}}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: kube-apiserver-cp-1
  namespace: kube-system
  labels: {component: kube-apiserver, tier: control-plane}
  annotations: {kubernetes.io/config.mirror: b1e04b406c2d7c918e78030a66e358c8}
spec:
  nodeName: cp-1
  hostNetwork: true
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.36.3
    command: [kube-apiserver, --authorization-mode=RBAC, --token-auth-file=/etc/tokens.csv, --service-account-lookup=true, "--etcd-servers=https://127.0.0.1:2379"]
`

// bound grants the printed role to a group.
const bound = `
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: GROUP}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ROLE}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: GROUP}]
`

// auditor is a person at the door with a home of her own.
type auditor struct {
	t    *testing.T
	door *door
	home string
	out  bytes.Buffer
	err  bytes.Buffer
}

func newAuditor(t *testing.T) *auditor {
	t.Helper()
	a := &auditor{t: t, home: t.TempDir(), door: outside()}
	a.door.config = filepath.Join(a.home, "tickmark")
	a.door.out, a.door.err = &a.out, &a.err
	a.door.getenv = func(string) string { return "" }
	return a
}

// does runs one command line and wants its exit status.
func (a *auditor) does(status int, args ...string) string {
	a.t.Helper()
	a.out.Reset()
	a.err.Reset()
	got := run(a.t.Context(), a.door, args)
	require.Equal(a.t, status, got, "tickmark %s\n%s%s", strings.Join(args, " "), a.out.String(), a.err.String())
	assert.NotContains(a.t, a.out.String()+a.err.String(), "tickmark-canary-live")
	return a.out.String()
}

func (a *auditor) path(name string) string { return filepath.Join(a.home, name) }

// evidence returns the newest item of each check.
func (a *auditor) evidence(vault string) map[string]questionnaires.Evidence {
	a.t.Helper()
	var items []questionnaires.Evidence
	require.NoError(a.t, json.Unmarshal([]byte(a.does(exitDone, "evidence", vault, "list", "-o", "json")), &items))
	byCheck := map[string]questionnaires.Evidence{}
	for _, item := range items {
		byCheck[item.Result.Check] = item
	}
	return byCheck
}

// paper is the composed report as text.
func (a *auditor) paper(path string) string {
	a.t.Helper()
	ctx := a.t.Context()
	v, err := a.door.open(ctx, path, opening{readOnly: true})
	require.NoError(a.t, err)
	defer v.Close()
	history, err := v.History(ctx)
	require.NoError(a.t, err)
	id, err := history.Choose("")
	require.NoError(a.t, err)
	catalogue, err := pci.Catalogue()
	require.NoError(a.t, err)
	dossier, err := reports.Load(ctx, v, catalogue, id, history.Entries()[len(history.Entries())-1].Time)
	require.NoError(a.t, err)
	document, err := reports.Compose(dossier)
	require.NoError(a.t, err)
	var text bytes.Buffer
	require.NoError(a.t, reports.Text(&text, document))
	return strings.Join(strings.Fields(text.String()), " ") // lines are wrapped
}

// The whole job against a live API server, as an auditor with the least role that
// the product prints, and with less.
func TestTheMainJobOnALiveServer(t *testing.T) {
	if os.Getenv(planetest.NoPlane) != "" {
		planetest.Need(t, nil)
	}
	plane, err := planetest.Start(planetest.Lax)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, plane.Stop()) })
	require.NoError(t, plane.Apply(t.Context(), []byte(shop)))
	role := newAuditor(t).does(exitDone, "collect", "--print-role")
	less := strings.NewReplacer("ingresses, networkpolicies]", "ingresses]", "name: "+kube.RoleName, "name: less").Replace(role)
	require.NotEqual(t, role, less)
	for group, granted := range map[string]string{"auditors": role, "half-auditors": less} {
		name := kube.RoleName
		if granted == less {
			name = "less"
		}
		binding := strings.NewReplacer("GROUP", group, "ROLE", name).Replace(bound)
		require.NoError(t, plane.Apply(context.Background(), []byte(granted+binding)))
	}

	t.Run("as nobody", func(t *testing.T) { asNobody(t, plane) })
	t.Run("what a scanner left", func(t *testing.T) { whatAScannerLeft(t, plane) })
	t.Run("with the least role", func(t *testing.T) { withTheLeastRole(t, plane) })
	t.Run("canaries", func(t *testing.T) { noCanaryOfALiveCluster(t, plane) })
	t.Run("without networkpolicies", func(t *testing.T) { withoutNetworkPolicies(t, plane) })
}

func begin(t *testing.T, plane *planetest.Plane, user, group string) (a *auditor, vault, kubeconfig string) {
	t.Helper()
	a = newAuditor(t)
	vault, kubeconfig = a.path("shop.vault"), a.path("kubeconfig")
	text, err := plane.User(user, group)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(kubeconfig, text, 0o600))
	a.does(exitDone, "identity", "new", "--name", user)
	a.does(exitDone, "new", vault, "--questionnaire", "saq-d-merchant", "--entity", "Copperline Outfitters")
	a.does(exitDone, "scope", vault, "set", "--cde", "pay,pay-*", "--registry", "registry.copperline.example")
	return a, vault, kubeconfig
}

func withTheLeastRole(t *testing.T, plane *planetest.Plane) {
	a, vault, kubeconfig := begin(t, plane, "alice", "auditors")
	a.does(exitAttention, "scan", "--kubeconfig", kubeconfig)
	a.does(exitAttention, "collect", vault, "--kubeconfig", kubeconfig)
	evidence := a.evidence(vault)
	deny := evidence["namespaces-have-default-deny"]
	assert.Equal(t, engine.Fail, deny.Result.Verdict)
	assert.Zero(t, deny.Result.Unknown, "the least role sees everything that the check needs")
	assert.True(t, strings.HasPrefix(deny.Result.Target, "k8s:"))
	shown := a.does(exitDone, "evidence", vault, "show", deny.Label())
	assert.Contains(t, shown, "collector   alice")
	assert.Contains(t, shown, "pay-batch")
	assert.Equal(t, engine.Fail, evidence["containers-not-privileged"].Result.Verdict)
	assert.Equal(t, engine.Pass, evidence["api-server-authorizes"].Result.Verdict, "by the arguments of its pod")
	assert.Equal(t, engine.Fail, evidence["api-server-without-static-credentials"].Result.Verdict)
	assert.Equal(t, engine.Unknown, evidence["etcd-checks-clients"].Result.Verdict, "no pod runs it")
	assert.Equal(t, engine.Unknown, evidence["anonymous-requests-refused"].Result.Verdict, "nobody asked for it")

	a.does(exitDone, "answer", vault, "1.3.1", "--response", "not-in-place", "--narrative", "pay-batch denies nothing; CHG-1182.", "--target-date", "2199-12-31", "--evidence", deny.Label())
	report := a.path("report.pdf")
	a.does(exitAttention, "report", vault, "-o", report)
	a.does(exitDone, "verify", report, "--vault", vault)
	paper := a.paper(vault)
	assert.True(t, strings.Contains(paper, "pay-batch denies nothing; CHG-1182."), "the answer is printed")
	assert.False(t, strings.Contains(paper, "forbidden for"), "nothing was refused")
	assert.False(t, strings.Contains(paper, "tickmark-canary-live"), "a secret is printed")
	a.does(exitDone, "vault", "verify", vault)
}

func withoutNetworkPolicies(t *testing.T, plane *planetest.Plane) {
	a, vault, kubeconfig := begin(t, plane, "bea", "half-auditors")
	foreseen := a.does(exitAttention, "preflight", vault, "--kubeconfig", kubeconfig)
	assert.Contains(t, foreseen, `unknown  namespaces-have-default-deny: list networkpolicies.networking.k8s.io: forbidden for "bea"`)
	assert.Contains(t, foreseen, "list secrets: asked for only by name (--with secrets)")
	assert.Contains(t, a.does(exitDone, "preflight", "--kubeconfig", kubeconfig, "--check", "containers-not-privileged"), "1 of 1 check would be answered")
	a.does(exitAttention, "collect", vault, "--kubeconfig", kubeconfig)
	evidence := a.evidence(vault)
	deny := evidence["namespaces-have-default-deny"]
	assert.NotZero(t, deny.Result.Unknown)
	assert.Zero(t, deny.Result.Passed, "what rests on policies that were not seen never passes")
	assert.Equal(t, engine.Unknown, deny.Result.Verdict)
	assert.Equal(t, engine.Fail, evidence["containers-not-privileged"].Result.Verdict, "the other checks are not held up")

	// An answer of hers is not contradicted by what could not be seen, nor supported.
	a.does(exitDone, "answer", vault, "1.3.1", "--response", "in-place", "--narrative", "By the firewall's own listing.", "--evidence", deny.Label())
	a.does(exitAttention, "report", vault, "-o", a.path("report.pdf"))
	paper := a.paper(vault)
	assert.True(t, strings.Contains(paper, `list networkpolicies.networking.k8s.io: forbidden for "bea"`), "the gap is printed")
	_, stayed, found := strings.Cut(paper, "Checks that stayed unknown Evidence")
	require.True(t, found)
	assert.True(t, strings.Contains(stayed, "(namespaces-have-default-deny)"))
}
