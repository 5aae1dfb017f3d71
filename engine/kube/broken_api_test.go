package kube_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"tickmark/engine"
)

// What an API server has and cannot give is a gap: a kind whose conversion webhook does not
// answer, and a group that another server is to answer for which is not there.
func TestAKindThatTheServerCannotGiveIsAGap(t *testing.T) {
	p := built(t)
	client, err := dynamic.NewForConfig(p.Admin())
	require.NoError(t, err)
	definitions := client.Resource(schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"})
	services := client.Resource(schema.GroupVersionResource{Group: "apiregistration.k8s.io", Version: "v1", Resource: "apiservices"})
	converted := engine.Kind{Group: "secscan.quay.redhat.com", Kind: "ImageManifestVuln"}
	aggregated := engine.Kind{Group: "projectcalico.org", Kind: "GlobalNetworkPolicy"}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		_ = services.Delete(ctx, "v3.projectcalico.org", metav1.DeleteOptions{})
		_ = definitions.Delete(ctx, "imagemanifestvulns.secscan.quay.redhat.com", metav1.DeleteOptions{})
	})

	require.NoError(t, p.Install(gvk(converted.Group, "v1alpha1", converted.Kind), "imagemanifestvulns", true))
	require.NoError(t, p.Apply(t.Context(), []byte("apiVersion: secscan.quay.redhat.com/v1alpha1\nkind: ImageManifestVuln\nmetadata: {name: x, namespace: default}\n")))
	_, err = definitions.Patch(t.Context(), "imagemanifestvulns.secscan.quay.redhat.com", types.JSONPatchType, []byte(`[
		{"op":"add","path":"/spec/versions/-","value":{"name":"v1","served":true,"storage":false,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}},
		{"op":"add","path":"/spec/conversion","value":{"strategy":"Webhook","webhook":{"conversionReviewVersions":["v1"],"clientConfig":{"url":"https://127.0.0.1:1/convert"}}}},
		{"op":"add","path":"/spec/preserveUnknownFields","value":false}]`), metav1.PatchOptions{})
	require.NoError(t, err)
	_, err = services.Create(t.Context(), &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": map[string]any{"name": "v3.projectcalico.org"},
		"spec": map[string]any{
			"group": aggregated.Group, "version": "v3", "groupPriorityMinimum": int64(1500), "versionPriority": int64(20), "insecureSkipTLSVerify": true,
			"service": map[string]any{"name": "calico-api", "namespace": "default"},
		},
	}}, metav1.CreateOptions{})
	require.NoError(t, err)
	resource := client.Resource(schema.GroupVersionResource{Group: converted.Group, Version: "v1", Resource: "imagemanifestvulns"})
	require.Eventually(t, func() bool {
		_, err := resource.List(t.Context(), metav1.ListOptions{})
		return err != nil && !isNotFound(err)
	}, 2*time.Minute, 200*time.Millisecond, "the webhook does not answer")
	require.Eventually(t, func() bool {
		s, err := services.Get(t.Context(), "v3.projectcalico.org", metav1.GetOptions{})
		conditions, _, _ := unstructured.NestedSlice(s.Object, "status", "conditions")
		return err == nil && len(conditions) > 0
	}, 2*time.Minute, 200*time.Millisecond, "the group is known not to be available")

	reader := live(auditor(t, p, "broken-api"))
	reader.Timeout = 5 * time.Second // what is not available is asked for again
	s, _ := collect(t, reader)
	for _, k := range []engine.Kind{converted, aggregated} {
		gaps := gapsOf(s, k)
		require.NotEmpty(t, gaps, "%s", k)
		assert.NotEqual(t, engine.NotInstalled, gaps[0].Reason, "%+v", gaps[0])
		assert.False(t, s.Saw(k), "%s", k)
		assert.True(t, engine.NewView(&s, nil, engine.Params{}).Hidden(k), "%s", k)
	}
	assert.Contains(t, gapsOf(s, converted)[0].Cause, "conversion webhook", "it says what failed")
	assert.True(t, s.Saw(engine.Kind{Kind: "Namespace"}), "the rest is seen")
}

func isNotFound(err error) bool {
	status, is := err.(interface{ Status() metav1.Status })
	return is && status.Status().Code == 404
}
