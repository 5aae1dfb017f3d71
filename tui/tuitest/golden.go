package tuitest

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden frames anew")

// Golden compares a frame with testdata/NAME.golden; -update writes it.
func (d *Driver) Golden(name string) *Driver {
	d.t.Helper()
	golden(d.t, name, d.Frame()+"\n")
	return d
}

func golden(t testing.TB, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "go test ./tui/screen -update writes the golden frames")
	require.Equal(t, string(want), got, "the frame %s differs; look at it, then -update", name)
}
