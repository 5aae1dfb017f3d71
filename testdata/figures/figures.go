// Package figures writes what the benchmarks measure into docs/benchmarks.md: each has
// a section there between two marks, and what people wrote around it stays. Tests alone
// import it.
package figures

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Write puts a table into a benchmark's section.
func Write(t testing.TB, benchmark, table string) {
	t.Helper()
	path := document(t)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	written, err := between(string(text), benchmark, table)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte(written), 0o600)) // it is there, and keeps its mode
}

// document looks for it upwards: tests run in the folder of their package.
func document(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for ; ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "docs", "benchmarks.md")
		if _, err := os.Stat(path); err == nil {
			return path
		}
		require.NotEqual(t, dir, filepath.Dir(dir), "no folder above has docs/benchmarks.md")
	}
}

// Machine is what they are measured on as it is when they begin, with how many others
// want its processors: figures of a busy machine are worth less.
func Machine() string {
	load := "unknown"
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		load, _, _ = strings.Cut(string(text), " ")
	}
	return fmt.Sprintf("%s on %s/%s, %d cores, with a load of %s when it began", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), load)
}

func between(text, benchmark, table string) (string, error) {
	begins, ends := "<!-- "+benchmark+" begins -->\n", "<!-- "+benchmark+" ends -->"
	before, rest, begun := strings.Cut(text, begins)
	_, after, ended := strings.Cut(rest, ends)
	if !begun || !ended {
		return "", fmt.Errorf("write figures: the document has no section %s", benchmark)
	}
	return before + begins + table + ends + after, nil
}
