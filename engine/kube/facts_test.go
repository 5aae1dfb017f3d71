package kube_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/engine/kube/planetest"
)

// asked notes every path that leaves for the server.
type asked struct {
	mu    sync.Mutex
	paths []string
}

func (a *asked) watching(config *rest.Config) *rest.Config {
	return meddled(config, func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		a.mu.Lock()
		a.paths = append(a.paths, r.URL.Path)
		a.mu.Unlock()
		return next.RoundTrip(r)
	})
}

func TestWhatIsNotNamedIsNotAskedFor(t *testing.T) {
	p := built(t)
	var seen asked
	l := live(seen.watching(p.Admin()))
	l.Wish = kube.Wish{}
	s, documents := collect(t, l)

	for _, path := range seen.paths {
		assert.NotContains(t, path, "/secrets")
		assert.NotContains(t, path, "/proxy")
	}
	for kind, flag := range map[engine.Kind]string{
		{Kind: "Secret"}:                "--with secrets",
		engine.KubeletConfigurationKind: "--with nodes/proxy",
		engine.AnonymousProbeKind:       "--probe-anonymous",
	} {
		gaps := gapsOf(s, kind)
		require.Len(t, gaps, 1, kind)
		assert.Equal(t, engine.NotAsked, gaps[0].Reason)
		assert.Contains(t, gaps[0].Cause, flag)
		assert.False(t, s.Saw(kind))
		view := engine.NewView(&s, nil, engine.Params{})
		assert.True(t, view.Hidden(kind), "it may be there")
	}
	assert.True(t, s.Saw(engine.Kind{Kind: "Pod"}))

	version := documents.find(t, s, engine.ServerVersionKind, "", "api-server")
	assert.Contains(t, string(version.Body), `"gitVersion":"v1.36.3"`)
	assert.Contains(t, string(version.Body), `"platform":"linux/`)
	assert.True(t, s.Saw(engine.ServerVersionKind))
}

const configz = `{"kubeletconfig":{
	"enableServer":true,"port":10250,"readOnlyPort":0,
	"authentication":{"anonymous":{"enabled":false},"webhook":{"enabled":true,"cacheTTL":"2m0s"},"x509":{"clientCAFile":"/etc/kubernetes/pki/ca.crt"}},
	"authorization":{"mode":"Webhook"},
	"staticPodURLHeader":{"Authorization":["Bearer c4nary-do-not-keep"]}}}`

const moreNodes = `
apiVersion: v1
kind: Node
metadata: {name: n2}
---
apiVersion: v1
kind: Node
metadata: {name: n3}
---
apiVersion: v1
kind: Node
metadata: {name: n4}
`

func TestKubeletsAreAskedThroughTheProxyOfTheirNode(t *testing.T) {
	p := built(t)
	require.NoError(t, p.Apply(t.Context(), []byte(moreNodes)))
	l := live(meddled(p.Admin(), func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		node, proxied := strings.CutPrefix(r.URL.Path, "/api/v1/nodes/")
		switch node {
		case "n1/proxy/configz":
			return answer(r, 200, configz), nil
		case "n2/proxy/configz":
			return answer(r, 503, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"error trying to reach service: dial tcp 10.0.0.2:10250: i/o timeout","reason":"ServiceUnavailable","code":503}`), nil
		case "n3/proxy/configz":
			return answer(r, 200, `{"kubeletconfig":`+strings.Repeat(" ", 1<<20)+`{"port":10250}}`), nil
		case "n4/proxy/configz":
			return answer(r, 200, `<html>not a kubelet</html>`), nil
		}
		assert.False(t, proxied && strings.Contains(node, "/"), "nothing else of a node is asked for: %s", node)
		return next.RoundTrip(r)
	}))
	l.Wish = kube.Wish{With: []kube.Extra{kube.WithNodesProxy}}
	s, documents := collect(t, l)

	kubelet := string(documents.find(t, s, engine.KubeletConfigurationKind, "", "n1").Body)
	assert.Contains(t, kubelet, `"apiVersion":"kubelet.config.k8s.io/v1beta1"`)
	assert.Contains(t, kubelet, `"anonymous":{"enabled":false}`)
	assert.Contains(t, kubelet, `"readOnlyPort":0`)
	reasons := map[string]engine.GapReason{}
	for _, g := range gapsOf(s, engine.KubeletConfigurationKind) {
		reasons[g.Name] = g.Reason
	}
	assert.Equal(t, map[string]engine.GapReason{"n2": engine.Unreachable, "n3": engine.TooLarge, "n4": engine.Unreadable}, reasons)
	assert.False(t, s.Saw(engine.KubeletConfigurationKind))
}

func TestAnonymousRequestsAreSentWithoutCredentials(t *testing.T) {
	hardened := planetest.Need(t, plane)
	lax, err := planetest.Start(planetest.Lax)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, lax.Stop()) })
	for name, c := range map[string]struct {
		plane *planetest.Plane
		says  string
	}{
		"hardened": {hardened, `"requests":[{"media":"application/json","path":"/api/v1/namespaces?limit=1","status":401},{"media":"application/json","path":"/api/v1/pods?limit=1","status":401},{"media":"application/json","path":"/version","status":401},{"media":"text/plain","path":"/healthz","status":200}]`},
		"lax":      {lax, `"requests":[{"media":"application/json","path":"/api/v1/namespaces?limit=1","status":200},{"media":"application/json","path":"/api/v1/pods?limit=1","status":200},{"media":"application/json","path":"/version","status":200},{"media":"text/plain","path":"/healthz","status":200}]`},
	} {
		t.Run(name, func(t *testing.T) {
			l := live(c.plane.Admin())
			l.Wish = kube.Wish{Kinds: []engine.Kind{engine.AnonymousProbeKind, {Kind: "Namespace"}}, With: []kube.Extra{kube.WithAnonymous}}
			s, documents := collect(t, l)
			probe := string(documents.find(t, s, engine.AnonymousProbeKind, "", "api-server").Body)
			assert.Contains(t, probe, c.says)
			assert.NotContains(t, probe, "kube-system", "no body is kept")
			assert.True(t, s.Saw(engine.AnonymousProbeKind))
		})
	}
}
