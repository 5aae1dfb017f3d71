package kube_test

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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

// What the libraries would write of a broken answer is a gap, and not a line in the middle
// of a screen.
func TestNothingIsWrittenBesideTheGaps(t *testing.T) {
	p := built(t)
	r, w, err := os.Pipe()
	require.NoError(t, err)
	screen := os.Stderr
	os.Stderr = w
	s, _ := collect(t, live(meddled(p.Admin(), func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		if r.URL.Path != "/api/v1/services" {
			return next.RoundTrip(r)
		}
		broken := answer(r, http.StatusOK, "")
		broken.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"kind":"ServiceList"`), failing{}))
		return broken, nil
	})))
	os.Stderr = screen
	require.NoError(t, w.Close())
	written, err := io.ReadAll(r)
	require.NoError(t, err)
	assert.Empty(t, string(written))
	assert.Len(t, gapsOf(s, engine.Kind{Kind: "Service"}), 1)
}

// failing is a connection that breaks.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
