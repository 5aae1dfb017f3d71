package imports

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine/findings"
)

// Whatever a file holds, it is refused in one line, or what is read of it can be written,
// printed and counted; and what is no JSON is never called whole.
func FuzzImport(f *testing.F) {
	samples, err := filepath.Glob("testdata/*")
	require.NoError(f, err)
	for _, name := range samples {
		if info, err := os.Stat(name); err != nil || info.IsDir() {
			continue
		}
		raw, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(string(raw))
	}
	f.Fuzz(func(t *testing.T, content string) {
		got, err := text(t, content)
		if err != nil {
			assert.NotContains(t, err.Error(), "\n")
			return
		}
		isText := strings.HasSuffix(got.report.Format, "text")
		if lines := got.report.Tool.Name == "Falco" || got.report.Format == "OCSF findings"; got.report.Whole && !isText && !lines && utf8.ValidString(content) {
			dec := json.NewDecoder(strings.NewReader(strings.TrimPrefix(content, "\ufeff")))
			for dec.More() {
				var v any
				if err := dec.Decode(&v); err != nil {
					assert.NoError(t, err, "it was called whole")
					return
				}
			}
		}
		for _, k := range findings.Kinds() {
			_, listed := got.snapshot.Population(k)
			assert.True(t, listed)
		}
		_, err = got.snapshot.Digest()
		require.NoError(t, err)
		for _, g := range got.snapshot.Gaps {
			assert.NotContains(t, g.Cause, "\n")
		}
	})
}
