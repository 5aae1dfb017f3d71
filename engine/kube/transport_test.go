package kube

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

// recorder answers every request and remembers that it came through.
type recorder struct {
	seen int
	code int
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	r.seen++
	return &http.Response{
		StatusCode: r.code, Header: http.Header{}, Request: request, Body: io.NopCloser(strings.NewReader("{}")),
		TLS: &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{{Raw: []byte("leaf")}, {Raw: []byte("root")}}}},
	}, nil
}

// everything is all that can be asked for.
var everything = Wish{With: []Extra{WithSecrets, WithNodesProxy, WithAnonymous}}

// crossing is a request and whether it may leave the machine.
type crossing struct {
	method, target string
	header         http.Header
	wish           Wish
	passes         bool
}

func TestOnlyWhatIsOnTheListLeavesTheMachine(t *testing.T) {
	for _, c := range []crossing{
		{method: "GET", target: "/version", passes: true},
		{method: "GET", target: "/api", passes: true},
		{method: "GET", target: "/api/v1", passes: true},
		{method: "GET", target: "/apis", passes: true},
		{method: "GET", target: "/apis/aquasecurity.github.io", passes: true},
		{method: "GET", target: "/apis/apps/v1", passes: true},
		{method: "GET", target: "/api/v1/pods?limit=500&continue=x", passes: true},
		{method: "GET", target: "/api/v1/namespaces/kube-system", passes: true},
		{method: "GET", target: "/apis/networking.k8s.io/v1/networkpolicies", passes: true},
		{method: "GET", target: "/apis/policy.networking.k8s.io/v1alpha1/adminnetworkpolicies", passes: true},
		{method: "POST", target: "/apis/authentication.k8s.io/v1/selfsubjectreviews", passes: true},
		{method: "POST", target: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", passes: true},
		{method: "POST", target: "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", passes: true},

		{method: "POST", target: "/api/v1/namespaces/pay/pods"},
		{method: "POST", target: "/apis/authorization.k8s.io/v1/subjectaccessreviews"},
		{method: "POST", target: "/api/v1/namespaces/pay/serviceaccounts/api/token"},
		{method: "PUT", target: "/api/v1/namespaces/pay/pods/api"},
		{method: "PATCH", target: "/api/v1/namespaces/pay/pods/api"},
		{method: "DELETE", target: "/api/v1/namespaces/pay/pods/api"},
		{method: "DELETE", target: "/api/v1/namespaces/pay/pods"},
		{method: "OPTIONS", target: "/api/v1/pods"},
		{method: "CONNECT", target: "/api/v1/pods"},
		{method: "POST", target: "/api/v1/namespaces/pay/pods/api/exec?command=sh"},
		{method: "GET", target: "/api/v1/namespaces/pay/pods/api/exec?command=sh"},
		{method: "GET", target: "/api/v1/namespaces/pay/pods/api/attach"},
		{method: "GET", target: "/api/v1/namespaces/pay/pods/api/portforward"},
		{method: "GET", target: "/api/v1/namespaces/pay/pods/api/log"},
		{method: "GET", target: "/api/v1/namespaces/pay/pods/api/proxy/"},
		{method: "GET", target: "/api/v1/namespaces/pay/services/api/proxy/metrics"},
		{method: "GET", target: "/api/v1/nodes/n1/proxy/configz"},
		{method: "GET", target: "/api/v1/secrets"},
		{method: "GET", target: "/api/v1/namespaces/pay/secrets"},
		{method: "GET", target: "/api/v1/namespaces/pay/secrets/db"},
		{method: "GET", target: "/api/v1/proxy/nodes/n1"},
		{method: "GET", target: "/api/v1/watch/pods"},
		{method: "GET", target: "/api/v1/pods?watch=true"},
		{method: "GET", target: "/api/v1/pods?watch=1"},
		{method: "GET", target: "/api/v1/pods", header: http.Header{"Upgrade": {"SPDY/3.1"}}},
		{method: "GET", target: "/api/v1/pods", header: http.Header{"Connection": {"keep-alive, Upgrade"}}},
		{method: "GET", target: "/api/v1/events"},
		{method: "GET", target: "/api/v1/namespaces/pay/nodes"},
		{method: "GET", target: "/metrics"},
		{method: "GET", target: "/logs/"},
		{method: "GET", target: "/debug/pprof/"},
		{method: "GET", target: "/"},
		{method: "GET", target: "/api/v1//pods"},
		{method: "GET", target: "/api/v1/pods/../nodes/n1/proxy"},
		{method: "GET", target: "/api/v1/namespaces/pay/pods/api%2Fexec"},
		{method: "GET", target: "/apis/networking.k8s.io/v1/pods"},
		{method: "GET", target: "https://other.example/api/v1/pods"},
		{method: "GET", target: "https://kube.example:444/api/v1/pods"},
	} {
		c.tried(t)
	}
}

func TestOnlyWhatIsWishedForLeavesTheMachine(t *testing.T) {
	pods := Wish{Kinds: []engine.Kind{{Kind: "Pod"}}}
	for _, c := range []crossing{
		{method: "GET", target: "/api/v1/secrets?limit=500", wish: everything, passes: true},
		{method: "GET", target: "/api/v1/nodes/n1.example/proxy/configz", wish: everything, passes: true},
		{method: "GET", target: "/api/v1/pods", wish: pods, passes: true},
		{method: "GET", target: "/api/v1/namespaces/kube-system", wish: pods, passes: true},
		{method: "GET", target: "/api/v1/nodes", wish: pods},
		{method: "GET", target: "/api/v1/secrets", wish: Wish{Kinds: pods.Kinds, With: everything.With}},
		{method: "GET", target: "/api/v1/namespaces/default", wish: pods},
		{method: "GET", target: "/api/v1/nodes/n1/proxy/logs/", wish: everything},
		{method: "GET", target: "/api/v1/nodes/n1/proxy/run/pay/api/c", wish: everything},
		{method: "GET", target: "/api/v1/nodes/n1/proxy/configz/", wish: everything},
		{method: "GET", target: "/api/v1/nodes/n1%2Fproxy/configz", wish: everything},
		{method: "GET", target: "/api/v1/nodes//proxy/configz", wish: everything},
		{method: "GET", target: "/api/v1/nodes/../proxy/configz", wish: everything},
		{method: "POST", target: "/api/v1/nodes/n1/proxy/configz", wish: everything},
		{method: "GET", target: "/api/v1/namespaces/pay/nodes/n1/proxy/configz", wish: everything},
		{method: "GET", target: "/healthz", wish: everything},
	} {
		c.tried(t)
	}
}

// tried sends the request through the guard of one server.
func (c crossing) tried(t *testing.T) {
	t.Helper()
	target := c.target
	if strings.HasPrefix(target, "/") {
		target = "https://kube.example" + target
	}
	next := &recorder{code: 200}
	guard := newReadOnly(&url.URL{Scheme: "https", Host: "kube.example"}, next, c.wish)
	request, err := http.NewRequestWithContext(context.Background(), c.method, target, nil)
	require.NoError(t, err)
	for key, values := range c.header {
		request.Header[key] = values
	}
	response, err := guard.RoundTrip(request)
	if c.passes {
		require.NoError(t, err, "%s %s", c.method, c.target)
		assert.Equal(t, 1, next.seen)
		assert.NoError(t, response.Body.Close())
		return
	}
	require.ErrorIs(t, err, errRefused, "%s %s", c.method, c.target)
	assert.Zero(t, next.seen, "%s %s left the machine", c.method, c.target)
}

func TestAServerBelowAPathIsReachedThereOnly(t *testing.T) {
	next := &recorder{code: 200}
	guard := newReadOnly(&url.URL{Scheme: "https", Host: "h", Path: "/k8s/c-1/"}, next, Wish{})
	ask := func(target string) error {
		request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, target, nil)
		require.NoError(t, err)
		response, err := guard.RoundTrip(request)
		if err == nil {
			_ = response.Body.Close()
		}
		return err
	}
	require.NoError(t, ask("https://h/k8s/c-1/api/v1/pods"))
	require.ErrorIs(t, ask("https://h/api/v1/pods"), errRefused)
	require.ErrorIs(t, ask("https://h/k8s/c-2/api/v1/pods"), errRefused)
	assert.Equal(t, "4813494d137e1631bba301d5acab6e7bb7aa74ce1185d456565ef51d737677b2", guard.authority(), "SHA-256 of the root, not of the leaf")

	next.code = http.StatusSwitchingProtocols
	require.ErrorIs(t, ask("https://h/k8s/c-1/api/v1/pods"), errRefused)
}

func TestTheRoleGrantsWhatTheTransportAllows(t *testing.T) {
	role := PrintRole(everything)
	for _, k := range kinds {
		assert.Contains(t, role, k.resource)
		assert.True(t, everything.readable(k.path("v1")), k.path("v1"))
	}
	assert.Contains(t, role, "resources: [secrets]")
	assert.Contains(t, role, "resources: [nodes/proxy]")
	unnamed := PrintRole(Wish{})
	assert.NotRegexp(t, `[\[ ]secrets[,\]]`, unnamed)
	assert.NotContains(t, unnamed, "nodes/proxy")
	for _, verb := range []string{"watch", "create", "update", "patch", "delete", "*", "impersonate"} {
		assert.NotContains(t, role, "verbs: ["+verb)
		assert.NotContains(t, role, ", "+verb+"]")
	}
}

// What is asked for of others is what checks know a template of, and whoever may not
// see it does not see all that pods come of.
func TestKindsOfOthersThatMakePods(t *testing.T) {
	for _, of := range engine.PodTemplates() {
		k, isKnown := known(of.Kind)
		require.True(t, isKnown, of.Kind)
		assert.Equal(t, of.Resource, k.resource)
		for reason, hides := range map[engine.GapReason]bool{engine.Forbidden: of.Makes, engine.NotListed: of.Makes, engine.NotInstalled: false} {
			g := newGathering("test", engine.Tool{}, nil, engine.Intake{})
			g.gap(engine.Gap{Kind: of.Kind, Reason: reason, Cause: "list"})
			assert.Equal(t, hides, !g.snapshot.Saw(podKind) && len(g.snapshot.Gaps) == 2, "%s %s", of.Kind, reason)
		}
	}
	role := PrintRole(Wish{Kinds: []engine.Kind{{Group: "argoproj.io", Kind: "Rollout"}}})
	assert.Contains(t, role, "- apiGroups: [\"argoproj.io\"]\n  resources: [rollouts]\n  verbs: [list]\n")
	assert.NotContains(t, role, "knative")
}

// The kinds of a group that people name themselves are asked for together, and no more
// of them than lists.
func TestKindsThatAreMadeInTheCluster(t *testing.T) {
	w := Wish{Kinds: []engine.Kind{engine.ConstraintKind}}
	assert.True(t, w.readable("/apis/constraints.gatekeeper.sh/v1beta1/k8srequiredlabels"))
	assert.False(t, w.readable("/apis/constraints.gatekeeper.sh/v1beta1/k8srequiredlabels/x/status"))
	assert.False(t, w.readable("/apis/constraints.gatekeeper.sh/v1beta1/namespaces/a/k8srequiredlabels"))
	assert.False(t, w.readable("/apis/apps/v1/deployments"))
	assert.False(t, Wish{Kinds: []engine.Kind{podKind}}.readable("/apis/constraints.gatekeeper.sh/v1beta1/k8srequiredlabels"))
	assert.Contains(t, PrintRole(w), "- apiGroups: [\"constraints.gatekeeper.sh\"]\n  resources: [\"*\"]\n  verbs: [list]\n")

	all := together(map[string]offer{"B": {"v1", []metav1.APIResource{{Name: "b", Kind: "B", Version: "v1"}}}, "A": {"v1beta1", []metav1.APIResource{{Name: "a", Kind: "A", Version: "v1beta1"}}}})
	assert.Len(t, all.members, 2, "each in its own version")
	assert.NotEmpty(t, all.version)
	assert.Empty(t, together(nil).version, "of a group that is not there")
}
