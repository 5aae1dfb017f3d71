package kube_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/engine/kube"
)

// FuzzDump reads anything as a dump: it is evidence or a gap, and never passes for all
// that a cluster has. Whatever is read is the same evidence when it is read again.
func FuzzDump(f *testing.F) {
	pods := printed["pods.json"]
	for _, seed := range []string{
		pods, printed["namespaces.json"], pods + "\n" + allNamespaces, pods[:len(pods)/2], "[]", "null", "{}", `{"items":null}`, `{"items":[{}]}`,
		`{"items":[{"metadata":{"name":"a"}}],"kind":"PodList","apiVersion":"v1"}`, "kind: List\napiVersion: v1\nitems:\n- kind: Pod\n", "PK\x03\x04",
		`{"kind":"PodList","apiVersion":"v1","metadata":{"continue":"x"},"items":[` + bare(podJSON("pay", "a")) + `]}`,
	} {
		f.Add([]byte(seed), "pay/pods.json")
	}
	f.Add(printed.tar(f), "dump.tar")
	f.Add(zipped(f, printed.tar(f)), "dump.tgz")
	f.Add(printed.zip(f), "dump.zip")
	f.Add([]byte(`{"pay":"forbidden"}`), "cluster-resources/pods-errors.json")
	f.Fuzz(func(t *testing.T, raw []byte, name string) {
		clean := filepath.Clean("/" + name)
		if len(clean) > 200 || bytes.ContainsRune([]byte(clean), 0) {
			t.Skip()
		}
		p := filepath.Join(t.TempDir(), clean)
		if os.MkdirAll(filepath.Dir(p), 0o700) != nil || os.WriteFile(p, raw, 0o600) != nil {
			t.Skip()
		}
		read := func() (engine.Snapshot, error) { return dump(p).Collect(context.Background(), engine.Intake{}) }
		s, err := read()
		if err != nil {
			return // of two clusters
		}
		if len(s.Entries) == 0 {
			assert.NotEmpty(t, s.Gaps, "nothing was read, and nothing is missing")
		}
		for _, g := range s.Gaps {
			assert.Equal(t, kube.Printable(g.Cause), g.Cause)
		}
		for _, p := range s.Populations {
			if p.Complete && p.Kind == podKind {
				_, listed := s.Population(namespaceKind)
				assert.True(t, listed || p.Count > 1, "pods of which namespaces?")
			}
		}
		again, err := read()
		require.NoError(t, err)
		one, err := s.Digest()
		require.NoError(t, err)
		two, err := again.Digest()
		require.NoError(t, err)
		assert.Equal(t, one, two)
	})
}
