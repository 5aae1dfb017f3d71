package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A cluster that says that it does not know the one kind that a check needs has answered:
// the check is unknown, which is no error.
func TestScanForAKindThatIsNotInstalled(t *testing.T) {
	const group = "/apis/aquasecurity.github.io"
	for name, c := range map[string]struct {
		group, kinds string // what the server has, and of the group
		status       int
		says         string
	}{
		"no such group":    {"apps", "", exitAttention, "unknown  configuration-audits-without-failures"},
		"no such kind":     {"aquasecurity.github.io", `{"name":"others","kind":"Other","verbs":["list"]}`, exitAttention, "not-installed list configauditreports"},
		"it may be listed": {"aquasecurity.github.io", `{"name":"configauditreports","kind":"ConfigAuditReport","namespaced":true,"verbs":["list"]}`, exitDone, ""},
		"it is refused":    {"aquasecurity.github.io", `{"name":"configauditreports","kind":"ConfigAuditReport","namespaced":true,"verbs":["list"]}`, exitError, ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				switch path := r.URL.Path; {
				case path == "/version":
					fmt.Fprint(w, `{"gitVersion":"v1.36.3"}`)
				case strings.HasSuffix(path, "/kube-system"):
					fmt.Fprint(w, `{"metadata":{"name":"kube-system","uid":"11111111-0000-4000-8000-000000000001"}}`)
				case strings.HasSuffix(path, "selfsubjectreviews"):
					fmt.Fprint(w, `{"status":{"userInfo":{"username":"ada"}}}`)
				case path == "/apis":
					fmt.Fprintf(w, `{"groups":[{"name":%q,"preferredVersion":{"version":"v1alpha1"}}]}`, c.group)
				case path == group+"/v1alpha1":
					fmt.Fprintf(w, `{"kind":"APIResourceList","resources":[%s]}`, c.kinds)
				case strings.HasPrefix(path, group) && c.status != exitError:
					fmt.Fprint(w, `{"apiVersion":"aquasecurity.github.io/v1alpha1","kind":"ConfigAuditReportList","metadata":{},"items":[]}`)
				default:
					w.WriteHeader(http.StatusForbidden)
				}
			}))
			defer server.Close()
			a := newAuditor(t)
			require.NoError(t, os.WriteFile(a.path("kubeconfig"), kubeconfigOf(server.URL), 0o600))
			out := a.does(c.status, "scan", "--kubeconfig", a.path("kubeconfig"), "--check", "configuration-audits-without-failures")
			assert.Contains(t, out, c.says)
			assert.NotContains(t, out, "pass  ")
		})
	}
}

// What the libraries would write of a broken answer is a gap, and not a line in the middle
// of a screen.
func TestNothingIsWrittenBesideTheGaps(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch path := r.URL.Path; {
		case path == "/version":
			fmt.Fprint(w, `{"gitVersion":"v1.36.3"}`)
		case strings.HasSuffix(path, "/kube-system"):
			fmt.Fprint(w, `{"metadata":{"name":"kube-system","uid":"11111111-0000-4000-8000-000000000001"}}`)
		case strings.HasSuffix(path, "selfsubjectreviews"):
			fmt.Fprint(w, `{"status":{"userInfo":{"username":"ada"}}}`)
		default:
			w.Header().Set("Content-Length", "500")
			fmt.Fprint(w, `{"kind":"ServiceList"`) // and no more
		}
	}))
	defer server.Close()
	a := newAuditor(t)
	require.NoError(t, os.WriteFile(a.path("kubeconfig"), kubeconfigOf(server.URL), 0o600))
	command := exec.Command("tickmark", "scan", "--kubeconfig", a.path("kubeconfig"), "--check", "services-exposed")
	command.Env = append(os.Environ(), "HOME="+a.path(""), "XDG_CONFIG_HOME="+a.path("config"), "XDG_STATE_HOME="+a.path("state"))
	var stderr strings.Builder
	command.Stderr = &stderr
	require.Error(t, command.Run())
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	assert.Len(t, lines, 2, stderr.String())
	assert.True(t, strings.HasPrefix(lines[0], "error: ") && strings.HasPrefix(lines[len(lines)-1], "hint: "), stderr.String())
}

// kubeconfigOf leads to a server as somebody.
func kubeconfigOf(url string) []byte {
	return fmt.Appendf(nil, `{"apiVersion":"v1","kind":"Config","current-context":"a","contexts":[{"name":"a","context":{"cluster":"a","user":"a"}}],
		"clusters":[{"name":"a","cluster":{"server":%q}}],"users":[{"name":"a","user":{"token":"x"}}]}`, url)
}
