package kube_test

import (
	"net/http"
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
