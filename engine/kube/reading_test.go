package kube_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/engine/kube"
)

// How far files and dumps are read is told in bytes, of which there are as many as on disk:
// by the file, within a large one, and by the archive.
func TestHowFarFilesAreRead(t *testing.T) {
	const many = 2000
	var stream, list bytes.Buffer
	list.WriteString(`{"apiVersion":"v1","kind":"PodList","metadata":{},"items":[`)
	for i := range many {
		fmt.Fprintf(&stream, "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p-%d, namespace: pay}\nspec: {containers: [{name: c, image: x}]}\n", i)
		if i > 0 {
			list.WriteByte(',')
		}
		fmt.Fprintf(&list, `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p-%d","namespace":"pay","annotations":{"a":"%0600d"}},"spec":{"containers":[{"name":"c","image":"x"}]}}`, i, i)
	}
	list.WriteString("]}")
	files := saved{}
	for i := range 40 {
		files[fmt.Sprintf("pods-%02d.yaml", i)] = stream.String()[:stream.Len()/2]
	}
	alone := func(name string, text []byte) string {
		at := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(at, text, 0o600))
		return at
	}
	manifests := func(paths ...string) engine.Collector { return &kube.Manifests{Paths: paths, Name: "m"} }
	saves := func(paths ...string) engine.Collector { return &kube.Dump{Paths: paths, Name: "d"} }
	for name, c := range map[string]struct {
		of    func(paths ...string) engine.Collector
		paths []string
	}{
		"a folder":            {manifests, []string{files.folder(t)}},
		"a file of YAML":      {manifests, []string{alone("a.yaml", stream.Bytes())}},
		"a list":              {manifests, []string{alone("a.json", list.Bytes())}},
		"a folder and a file": {manifests, []string{files.folder(t), alone("a.yaml", stream.Bytes())}},
		"a dump":              {saves, []string{files.folder(t)}},
		"a list in a dump":    {saves, []string{alone("pods.json", list.Bytes())}},
		"an archive":          {saves, []string{alone("a.tar.gz", zipped(t, files.tar(t)))}},
		"a zip file":          {saves, []string{alone("a.zip", files.zip(t))}},
		"two archives":        {saves, []string{alone("a.zip", files.zip(t)), alone("b.tar", files.tar(t))}},
	} {
		var size, last int64
		for _, p := range c.paths {
			require.NoError(t, filepath.WalkDir(p, func(path string, entry os.DirEntry, err error) error {
				require.NoError(t, err)
				if info, err := entry.Info(); err == nil && !entry.IsDir() {
					size += info.Size()
				}
				return nil
			}))
		}
		told := map[int64]bool{}
		_, err := c.of(c.paths...).Collect(t.Context(), engine.Intake{Progress: func(at engine.Progress) {
			require.Equal(t, size, at.Size, name)
			require.GreaterOrEqual(t, at.Read, last, "%s: it goes back at %s", name, at.What)
			require.LessOrEqual(t, at.Read, size, name)
			last, told[at.Read*10/size] = at.Read, true
		}})
		require.NoError(t, err)
		assert.GreaterOrEqual(t, len(told), 4, "%s: %v", name, told)
		assert.Greater(t, last, size*6/10, name)
	}
}
