package kube_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"tickmark/engine"
)

// A list that is of something else does not say that there is none of what was asked for.
func TestAnAnswerOfAnotherKindIsAGap(t *testing.T) {
	p := built(t)
	require.NoError(t, p.Install(gvk("aquasecurity.github.io", "v1alpha1", "VulnerabilityReport"), "vulnerabilityreports", true))
	require.NoError(t, p.Install(gvk("policy.networking.k8s.io", "v1alpha1", "AdminNetworkPolicy"), "adminnetworkpolicies", false))
	for path, c := range map[string]struct {
		of   engine.Kind
		body string
	}{
		"/api/v1/services": {engine.Kind{Kind: "Service"}, `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":null}`},
		"/api/v1/nodes":    {engine.Kind{Kind: "Node"}, `{"kind":"Status","apiVersion":"v1","status":"Success"}`},
		"/apis/aquasecurity.github.io/v1alpha1/vulnerabilityreports": {
			engine.Kind{Group: "aquasecurity.github.io", Kind: "VulnerabilityReport"}, `{"kind":"ThingList","apiVersion":"example.com/v1","metadata":{},"items":[]}`,
		},
		"/apis/policy.networking.k8s.io/v1alpha1": {engine.Kind{Group: "policy.networking.k8s.io", Kind: "AdminNetworkPolicy"}, `{"kind":"Thing","apiVersion":"v1"}`},
	} {
		s, _ := collect(t, live(meddled(p.Admin(), func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
			if r.URL.Path == path {
				return answer(r, http.StatusOK, c.body), nil
			}
			return next.RoundTrip(r)
		})))
		assert.False(t, s.Saw(c.of), path)
		for _, g := range gapsOf(s, c.of) {
			assert.Contains(t, g.Cause, "answer", path)
		}
	}
}

// A list that says that more of it follows, and not where, is not all there is.
func TestAListThatSaysThatMoreFollowsIsAGap(t *testing.T) {
	p := built(t)
	s, _ := collect(t, live(meddled(p.Admin(), func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/api/v1/services" {
			return answer(r, http.StatusOK, `{"kind":"ServiceList","apiVersion":"v1","metadata":{"remainingItemCount":5},"items":[]}`), nil
		}
		return next.RoundTrip(r)
	})))
	services := engine.Kind{Kind: "Service"}
	assert.False(t, s.Saw(services))
	if gaps := gapsOf(s, services); assert.Len(t, gaps, 1) {
		assert.Contains(t, gaps[0].Cause, "5 more follow")
	}
}

// A namespace that was made, or made anew, while a cluster was listed is not among those
// that were listed: what is said of all namespaces is not said of it.
func TestANamespaceThatIsMadeMeanwhileIsAGap(t *testing.T) {
	p := built(t)
	s, _ := collect(t, live(meddled(p.Admin(), func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/api/v1/namespaces" {
			return answer(r, http.StatusOK, `{"kind":"NamespaceList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"default"}},{"metadata":{"name":"kube-system"}},{"metadata":{"name":"kube-public"}}]}`), nil
		}
		return next.RoundTrip(r)
	})))
	assert.False(t, s.Saw(namespaceKind))
	gaps := gapsOf(s, namespaceKind)
	require.Len(t, gaps, 1)
	assert.Equal(t, "pay", gaps[0].Name)
	assert.Contains(t, gaps[0].Cause, "made meanwhile")
	whole, _ := collect(t, live(p.Admin()))
	assert.True(t, whole.Saw(namespaceKind))
}

// Pages that lead in a circle have no end, and are given up.
func TestPagesInACircleAreAGap(t *testing.T) {
	p := built(t)
	asked := 0
	s, _ := collect(t, live(meddled(p.Admin(), func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		if r.URL.Path != "/api/v1/services" {
			return next.RoundTrip(r)
		}
		asked++
		if asked > 20 {
			return answer(r, http.StatusForbidden, `{}`), nil
		}
		token := map[string]string{"": "a", "a": "b", "b": "c", "c": "a"}[r.URL.Query().Get("continue")]
		return answer(r, http.StatusOK, `{"kind":"ServiceList","apiVersion":"v1","metadata":{"continue":"`+token+`"},"items":[]}`), nil
	})))
	services := engine.Kind{Kind: "Service"}
	assert.False(t, s.Saw(services))
	require.Len(t, gapsOf(s, services), 1)
	assert.Contains(t, gapsOf(s, services)[0].Cause, "same page again")
}

// A server of long ago has kinds in versions that are not read: what is not found in
// today's is not what the server does not know.
func TestAKindThatIsServedInAnotherVersionIsHidden(t *testing.T) {
	cronJob, policy := engine.Kind{Group: "batch", Kind: "CronJob"}, engine.Kind{Group: "admissionregistration.k8s.io", Kind: "ValidatingAdmissionPolicy"}
	for name, c := range map[string]struct {
		groups string
		hidden bool
	}{
		"in another version": {`{"name":"batch","versions":[{"groupVersion":"batch/v1","version":"v1"},{"groupVersion":"batch/v1beta1","version":"v1beta1"}],"preferredVersion":{"version":"v1"}}`, true},
		"in none":            {`{"name":"batch","versions":[{"groupVersion":"batch/v1","version":"v1"}],"preferredVersion":{"version":"v1"}}`, false},
		"no such group":      {`{"name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}],"preferredVersion":{"version":"v1"}}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			says := map[string]string{
				"/version": `{"gitVersion":"v1.20.4"}`, "/api/v1/namespaces/kube-system": `{"metadata":{"uid":"u"}}`,
				"/apis":        `{"kind":"APIGroupList","groups":[` + c.groups + `]}`,
				"/api/v1/pods": `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[]}`,
			}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if says[r.URL.Path] == "" {
					http.NotFound(w, r)
					return
				}
				_, _ = io.WriteString(w, says[r.URL.Path])
			}))
			defer server.Close()
			s, _ := collect(t, live(&rest.Config{Host: server.URL}))
			view := engine.NewView(&s, nil, engine.Params{})
			assert.Equal(t, c.hidden, view.Hidden(cronJob), "%+v", gapsOf(s, cronJob))
			assert.False(t, s.Saw(cronJob))
			assert.False(t, view.Hidden(policy), "it is of no version of the server")
			assert.True(t, view.Hidden(engine.Kind{Kind: "Secret"}) && view.Hidden(engine.Kind{Kind: "Service"}), "every server has them")
		})
	}
}
