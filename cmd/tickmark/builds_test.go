package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// TestBuildsPrintTheSame is `make builds`: programs that were made in different ways print the same
// vault in the same bytes, each on a desk of its own. One has words of 32 bits, and one is not
// optimized and has the race detector in it, which orders goroutines otherwise.
func TestBuildsPrintTheSame(t *testing.T) {
	if os.Getenv("TICKMARK_BUILDS") == "" {
		t.Skip("runs by `make builds` alone: it compiles the whole program twice")
	}
	o := newOffice(t)
	shown, err := o.command("demo", "--report", filepath.Join(o.home, "demo.pdf")).CombinedOutput()
	require.NoError(t, err, "%s", shown)
	vaults, err := filepath.Glob(filepath.Join(o.home, "tickmark-demo-*", "*.vault"))
	require.NoError(t, err)
	require.Len(t, vaults, 1)
	var first map[string]engine.Digest
	for _, made := range []struct {
		name  string
		as    []string // variables of the compiler
		flags []string
		desk  []string
		umask string
	}{
		{"as it is tested", nil, nil, []string{"TZ=UTC"}, "022"},
		{
			"with words of 32 bits",
			[]string{"GOARCH=386", "CGO_ENABLED=0"},
			[]string{"-trimpath"},
			[]string{"TZ=Asia/Kolkata", "LC_ALL=ar_EG.UTF-8", "LANG=tr_TR.UTF-8", "GOMAXPROCS=1", "GOGC=5"},
			"077",
		},
		{
			"with the race detector, and not optimized",
			[]string{"CGO_ENABLED=1"},
			[]string{"-race", "-gcflags=all=-N -l"},
			[]string{"TZ=America/St_Johns", "LC_ALL=C", "GOMAXPROCS=7", "GOGC=400"},
			"000",
		},
	} {
		desk := t.TempDir()
		program := "tickmark"
		if made.as != nil {
			program = filepath.Join(desk, "tickmark")
			build := exec.Command("go", append([]string{"build", "-o", program}, append(made.flags, ".")...)...)
			build.Env = append(os.Environ(), made.as...)
			said, err := build.CombinedOutput()
			require.NoError(t, err, "%s", said)
		}
		require.NoError(t, os.CopyFS(filepath.Join(desk, "keys"), os.DirFS(filepath.Join(o.home, "config"))))
		require.NoError(t, os.Mkdir(filepath.Join(desk, "papers"), 0o700))
		for _, args := range [][]string{
			{"saq.pdf", "--kind", "saq"},
			{"saq-letter.pdf", "--kind", "saq", "--paper", "letter"},
			{"binder.pdf", "--kind", "evidence"},
			{"attestation.pdf", "--kind", "aoc-record"},
			{"summary.pdf", "--kind", "summary"},
			{"transfer.xlsx", "--kind", "transfer"},
			{"all.xlsx"},
			{"all.json"},
			{"all.md"},
			{"all.csv"},
			{"all.sarif"},
			{"all.oscal.json"},
		} {
			line := []string{"-c", "umask " + made.umask + `; exec "$@"`, "sh", program, "report", vaults[0], "--read-only"}
			if filepath.Ext(args[0]) == ".pdf" {
				line = append(line, "--unsigned")
			}
			print := exec.Command("sh", append(append(line, "-o"), args...)...)
			print.Dir = filepath.Join(desk, "papers")
			print.Env = append(append(os.Environ(), "HOME="+desk, "TMPDIR="+desk, "XDG_CONFIG_HOME="+filepath.Join(desk, "keys"), "XDG_STATE_HOME="+desk), made.desk...)
			said, err := print.CombinedOutput()
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit, "a draft")
			require.Equal(t, exitAttention, exit.ExitCode(), "%s: %s", args, said)
		}
		papers := map[string]engine.Digest{}
		entries, err := os.ReadDir(filepath.Join(desk, "papers"))
		require.NoError(t, err)
		for _, e := range entries {
			text, err := os.ReadFile(filepath.Join(desk, "papers", e.Name()))
			require.NoError(t, err)
			papers[e.Name()] = engine.Sum(text)
		}
		require.Len(t, papers, 12)
		if first == nil {
			first = papers
		}
		assert.Equal(t, first, papers, made.name)
	}
}
