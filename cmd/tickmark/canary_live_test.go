package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine/kube/planetest"
)

// noCanaryOfALiveCluster plants canaries on a live API server and looks for them in all that comes
// of its collection.
func noCanaryOfALiveCluster(t *testing.T, plane *planetest.Plane) {
	s := &seeds{}
	free := strings.ReplaceAll(places, "namespace: pay", "namespace: pay-notes") // which lets pods be as they are
	require.NoError(t, plane.Apply(t.Context(), []byte("{apiVersion: v1, kind: Namespace, metadata: {name: pay-notes}}\n---"+s.fill(t, free))))
	require.Greater(t, s.planted, 500)
	a, vault, kubeconfig := begin(t, plane, "cara", "auditors")
	for _, format := range []string{"text", "json", "sarif"} {
		a.hears("scan", "--kubeconfig", kubeconfig, "-o", format)
	}
	a.hears("preflight", "--kubeconfig", kubeconfig)
	assert.Contains(t, a.hears("collect", vault, "--kubeconfig", kubeconfig, "-o", "json"), "envtest")
	a.tells(vault)
}

// What a server, a proxy before it, or a kubeconfig says is text from outside: errors quote what they were given.
func TestNoCanaryOfAServersWordsIsKept(t *testing.T) {
	s := &seeds{}
	words := func() string { return "password=" + s.word() + " for " + s.card() + ", Bearer " + s.word() + "xxxxxx" }
	for _, status := range []int{http.StatusForbidden, http.StatusInternalServerError, http.StatusNotFound, http.StatusOK} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Warning", `299 - "`+words()+`"`)
			switch path := r.URL.Path; {
			case path == "/version":
				fmt.Fprintf(w, `{"gitVersion":%q}`, "v1.36.3 "+words())
			case strings.HasSuffix(path, "/kube-system"):
				fmt.Fprint(w, `{"metadata":{"name":"kube-system","uid":"11111111-0000-4000-8000-000000000001"}}`)
			case strings.HasSuffix(path, "selfsubjectreviews"):
				fmt.Fprintf(w, `{"status":{"userInfo":{"username":%q,"groups":[%q]}}}`, "ada "+words(), words())
			case path == "/apis":
				fmt.Fprint(w, `{"groups":[{"name":"apps","preferredVersion":{"version":"v1"}},{"name":"example.com","preferredVersion":{"version":"v1"}}]}`)
			case path == "/apis/apps/v1" && status == http.StatusOK:
				fmt.Fprint(w, `{"kind":"APIResourceList","resources":[{"name":"deployments","kind":"Deployment","namespaced":true,"verbs":["list"]}]}`)
			case status == http.StatusOK:
				fmt.Fprintf(w, `{"kind":%q,"apiVersion":"v1","items":[{"x":%q}], %s`, "X "+words(), words(), words())
			default:
				w.WriteHeader(status)
				fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":%q,"reason":"InternalError","code":%d}`, words(), status)
			}
		}))
		a := newAuditor(t)
		vault, kubeconfig := a.path("shop.vault"), a.path("kubeconfig")
		require.NoError(t, os.WriteFile(kubeconfig, fmt.Appendf(nil, `{"apiVersion":"v1","kind":"Config","current-context":"a","contexts":[{"name":"a","context":{"cluster":"a","user":"a"}}],
			"clusters":[{"name":"a","cluster":{"server":%q}}],"users":[{"name":"a","user":{"token":%q}}]}`, server.URL, s.word()), 0o600))
		a.hears("identity", "new", "--name", "Ann")
		a.hears("new", vault, "--questionnaire", "saq-d-merchant", "--entity", "Shop")
		for _, format := range []string{"text", "json"} {
			a.hears("scan", "--kubeconfig", kubeconfig, "-o", format, "--probe-anonymous")
			a.hears("collect", vault, "--kubeconfig", kubeconfig, "-o", format)
		}
		a.hears("preflight", "--kubeconfig", kubeconfig)
		a.hears("evidence", vault, "list", "-o", "json")
		a.does(exitDone, "vault", "compact", vault)
		finds(t, "the database", a.decrypted(vault))
		server.Close()
	}
}

// A kubeconfig that would run a command is refused with the command, and not with what it is given.
func TestACommandOfAKubeconfigIsSaidWithoutItsSecrets(t *testing.T) {
	s, a := &seeds{}, newAuditor(t)
	kubeconfig := a.path("kubeconfig password=" + s.word())
	require.NoError(t, os.WriteFile(kubeconfig, fmt.Appendf(nil, `{"apiVersion":"v1","kind":"Config","current-context":"a","contexts":[{"name":"a","context":{"cluster":"a","user":"a"}}],"clusters":[{"name":"a","cluster":{"server":"https://127.0.0.1:1"}}],
		"users":[{"name":"a","user":{"exec":{"apiVersion":"client.authentication.k8s.io/v1","command":"get-token","args":["--password",%q,"--user","ann"],"env":[{"name":"AWS_SECRET_ACCESS_KEY","value":%q}],"interactiveMode":"Never"}}}]}`, s.word(), s.word()), 0o600))
	a.hears("scan", "--kubeconfig", kubeconfig)
	assert.Contains(t, a.err.String(), "get-token")
	assert.Contains(t, a.err.String(), "[redacted:named-secret]")
	require.NoError(t, os.WriteFile(kubeconfig, []byte("apiVersion: v1\nusers: [password="+s.word()+"\n"), 0o600))
	a.hears("scan", "--kubeconfig", kubeconfig)
}
