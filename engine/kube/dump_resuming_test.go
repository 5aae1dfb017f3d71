package kube

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// parts keeps in memory what a vault keeps.
type parts map[string]map[string]engine.Part

func (p parts) Earlier(_ context.Context, source string) ([]engine.Part, error) {
	return slices.Collect(maps.Values(p[source])), nil
}

func (p parts) Keep(_ context.Context, source string, part engine.Part) error {
	if p[source] == nil {
		p[source] = map[string]engine.Part{}
	}
	p[source][part.Key] = part
	return nil
}

var dumpDay = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// savedCluster is a dump with lists of namespaces, what names them, what cannot be read,
// and what tells the cluster and its version.
func savedCluster() map[string]string {
	files := map[string]string{
		"a/namespaces.json": `{"apiVersion":"v1","kind":"NamespaceList","items":[{"metadata":{"name":"kube-system","uid":"u-1"}},{"metadata":{"name":"default"}},{"metadata":{"name":"pay"}}]}`,
		"b/version.json":    `{"serverVersion":{"gitVersion":"v1.36.3"}}`,
		"c/broken.json":     `{"apiVersion":"v1","kind":"PodList","items":[7]}`,
		"d/crds.json":       `{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinitionList","items":[{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"x"},"spec":{"group":"argoproj.io","names":{"kind":"Rollout"}}}]}`,
		"e/secrets.json":    `{"apiVersion":"v1","kind":"SecretList","items":[{"metadata":{"name":"s","namespace":"pay"},"data":{"a":"Yg=="}}]}`,
	}
	for i, namespace := range []string{"default", "kube-system", "pay"} {
		files[fmt.Sprintf("f/pods-%s.json", namespace)] = fmt.Sprintf(
			`{"apiVersion":"v1","kind":"PodList","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p%d","namespace":%q,"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"r","uid":"gone"}]},"spec":{"containers":[{"name":"c","image":"x"}]}}]}`, i, namespace)
	}
	return files
}

func asFolder(t *testing.T, files map[string]string) string {
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		require.NoError(t, os.Chtimes(path, dumpDay, dumpDay))
	}
	return dir
}

func asTar(t *testing.T, files map[string]string) string {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(files[name])), ModTime: dumpDay}))
		_, err := w.Write([]byte(files[name]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	path := filepath.Join(t.TempDir(), "dump.tar")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path
}

// readDump reads a dump until so many documents were handed over, and returns how many
// were.
func readDump(t *testing.T, path string, kept parts, most int) (engine.Snapshot, int, error) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	n := 0
	d := &Dump{Paths: []string{path}, Name: "x", Now: func() time.Time { return dumpDay.Add(time.Hour) }, files: 2}
	to := engine.Intake{Document: func(engine.Document) error {
		if n++; n == most {
			stop()
		}
		return nil
	}}
	if kept != nil {
		to.Parts = kept
	}
	s, err := d.Collect(ctx, to)
	return s, n, err
}

// alike drops what tells that a collection was gone on with.
func alike(s engine.Snapshot) engine.Snapshot {
	s.Resumed = time.Time{}
	s.Populations = slices.Clone(s.Populations)
	for i := range s.Populations {
		s.Populations[i].Seen = time.Time{}
	}
	return s
}

// Wherever the reading of a dump stops, the next one shows the same as one that was never
// stopped, and takes in less.
func TestADumpGoesOnWhereItStopped(t *testing.T) {
	for name, path := range map[string]string{"folder": asFolder(t, savedCluster()), "archive": asTar(t, savedCluster())} {
		want, all, err := readDump(t, path, nil, 0)
		require.NoError(t, err)
		require.Equal(t, 7, all)
		for most := 1; most <= all; most++ {
			kept := parts{}
			_, _, err := readDump(t, path, kept, most)
			require.ErrorIs(t, err, context.Canceled)
			got, n, err := readDump(t, path, kept, 0)
			require.NoError(t, err)
			assert.Equal(t, alike(want), alike(got), "%s, stopped at %d", name, most)
			assert.Equal(t, len(kept) > 0 && n < all, !got.Resumed.IsZero(), "%s, stopped at %d", name, most)
			if most > 4 {
				assert.Less(t, n, all, "%s, stopped at %d", name, most)
				assert.False(t, got.Resumed.IsZero())
			}
		}
	}
}

// Two clusters are told apart wherever the reading stopped: what was read before speaks of
// its cluster as well.
func TestTwoClustersAreToldApartInADumpThatGoesOn(t *testing.T) {
	list := func(items ...string) string {
		return `{"apiVersion":"v1","kind":"List","items":[` + strings.Join(items, ",") + `]}`
	}
	object := func(apiVersion, kind, metadata, rest string) string {
		return fmt.Sprintf(`{"apiVersion":%q,"kind":%q,"metadata":{%s}%s}`, apiVersion, kind, metadata, rest)
	}
	// A pod before and behind, so that there is where to stop.
	around := func(file, one, other string) map[string]string {
		files := map[string]string{"b/" + file: one, "d/" + file: other}
		for _, name := range []string{"a", "c", "e", "f"} {
			files[name+"/pod.json"] = object("v1", "Pod", fmt.Sprintf(`"name":%q,"namespace":%q`, name, name), `,"spec":{"containers":[{"name":"c","image":"x"}]}`)
		}
		return files
	}
	namespace := func(name, uid string) string {
		return object("v1", "Namespace", fmt.Sprintf(`"name":%q,"uid":%q`, name, uid), "")
	}
	openshift := func(kind, member, key, value string) string {
		return object("config.openshift.io/v1", kind, `"name":"cluster"`, fmt.Sprintf(`,%q:{%q:%q}`, member, key, value))
	}
	for name, c := range map[string]struct {
		files   map[string]string
		refused bool
	}{
		"kube-system":            {around("namespaces.json", namespace("kube-system", "1"), namespace("kube-system", "2")), true},
		"default":                {around("namespaces.json", namespace("default", "1"), namespace("default", "2")), true},
		"ids of OpenShift":       {around("cluster.json", openshift("ClusterVersion", "spec", "clusterID", "1"), openshift("ClusterVersion", "spec", "clusterID", "2")), true},
		"addresses of OpenShift": {around("cluster.json", openshift("Infrastructure", "status", "apiServerURL", "https://a"), openshift("Infrastructure", "status", "apiServerURL", "https://b")), false},
		"versions":               {around("version.json", `{"serverVersion":{"gitVersion":"v1.35.1"}}`, `{"serverVersion":{"gitVersion":"v1.36.1"}}`), false},
		"lists of namespaces":    {around("namespaces.json", list(namespace("a", "1")), list(namespace("b", "2"))), false},
	} {
		for form, path := range map[string]string{"folder": asFolder(t, c.files), "archive": asTar(t, c.files)} {
			want, all, wrong := readDump(t, path, nil, 0)
			if c.refused {
				require.ErrorContains(t, wrong, "two clusters", name)
			} else {
				require.NoError(t, wrong, name)
				require.True(t, slices.ContainsFunc(want.Gaps, func(g engine.Gap) bool { return strings.Contains(g.Cause, "two clusters") }), name)
			}
			gone := false
			for most := 1; most <= all; most++ {
				kept := parts{}
				_, _, err := readDump(t, path, kept, most)
				require.Error(t, err)
				got, n, err := readDump(t, path, kept, 0)
				gone = gone || n < all
				if c.refused {
					assert.EqualError(t, err, wrong.Error(), "%s in a %s, stopped at %d", name, form, most)
					continue
				}
				require.NoError(t, err)
				assert.Equal(t, alike(want), alike(got), "%s in a %s, stopped at %d", name, form, most)
			}
			assert.True(t, gone, "%s in a %s is gone on with somewhere", name, form)
		}
	}
}

func TestAFileThatChangedIsReadAgain(t *testing.T) {
	files := savedCluster()
	path := asFolder(t, files)
	kept := parts{}
	_, _, err := readDump(t, path, kept, 7)
	require.True(t, errors.Is(err, context.Canceled))
	changed := filepath.Join(path, "a/namespaces.json")
	require.NoError(t, os.Chtimes(changed, dumpDay.Add(time.Minute), dumpDay.Add(time.Minute)))
	_, n, err := readDump(t, path, kept, 0)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, n, 3, "its namespaces are taken in again")

	require.NoError(t, os.WriteFile(changed, []byte(`{"apiVersion":"v1","kind":"NamespaceList","items":[{"metadata":{"name":"kube-system","uid":"another"}}]}`), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(path, "z.json"), []byte(files["a/namespaces.json"]), 0o600))
	_, _, err = readDump(t, path, parts{}, 0)
	require.ErrorContains(t, err, "two clusters")
}

// The times of members may be the same in every archive; its own is not.
func TestAnArchiveThatChangedIsReadAgain(t *testing.T) {
	path, kept := asTar(t, savedCluster()), parts{}
	_, _, err := readDump(t, path, kept, 7)
	require.ErrorIs(t, err, context.Canceled)
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, bytes.ReplaceAll(raw, []byte(`"uid":"u-1"`), []byte(`"uid":"u-2"`)), 0o600))
	require.NoError(t, os.Chtimes(path, dumpDay.Add(time.Minute), dumpDay.Add(time.Minute)))
	s, n, err := readDump(t, path, kept, 0)
	require.NoError(t, err)
	assert.Equal(t, 7, n)
	assert.Equal(t, "k8s:u-2", s.Target.ID)
}

// Kinds that are made in a cluster are in a dump too: what of them is there is read, and
// that it is all of them no list says.
func TestConstraintsInADump(t *testing.T) {
	files := savedCluster()
	files["g/k8srequiredlabels.json"] = `{"apiVersion":"constraints.gatekeeper.sh/v1beta1","kind":"K8sRequiredLabelsList","items":[{"apiVersion":"constraints.gatekeeper.sh/v1beta1","kind":"K8sRequiredLabels","metadata":{"name":"owners"}}]}`
	s, n, err := readDump(t, asFolder(t, files), nil, 0)
	require.NoError(t, err)
	assert.Equal(t, 8, n)
	assert.True(t, slices.ContainsFunc(s.Entries, func(e engine.Entry) bool { return e.Ref.Kind == "K8sRequiredLabels" && e.Ref.Name == "owners" }))
	assert.False(t, s.Saw(engine.ConstraintKind))
}
