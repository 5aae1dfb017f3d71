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

// built is how a program was made, and the desk that it stands on.
type built struct {
	name  string
	as    []string // variables of the compiler; none is the program that is tested
	flags []string
	desk  []string
	umask string
}

// builds are made in different ways: with words of 32 bits, and not optimized with the race detector,
// which orders goroutines otherwise.
var builds = []built{
	{name: "as it is tested", desk: []string{"TZ=UTC"}, umask: "022"},
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
}

// compared is what each of them prints: a file, and how it is asked for.
var compared = [][]string{
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
}

// TestBuildsPrintTheSame is `make builds`: programs that were made in different ways print the same
// vault in the same bytes, each on a desk of its own.
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
	for _, b := range builds {
		papers := b.papers(t, vaults[0], filepath.Join(o.home, "config"))
		require.Len(t, papers, len(compared))
		if first == nil {
			first = papers
		}
		assert.Equal(t, first, papers, b.name)
	}
}

// program makes the program.
func (b built) program(t *testing.T, desk string) string {
	t.Helper()
	if b.as == nil {
		return "tickmark"
	}
	program := filepath.Join(desk, "tickmark")
	build := exec.Command("go", append([]string{"build", "-o", program}, append(b.flags, ".")...)...)
	build.Env = append(os.Environ(), b.as...)
	said, err := build.CombinedOutput()
	require.NoError(t, err, "%s", said)
	return program
}

// papers are the digests of what it prints of a vault.
func (b built) papers(t *testing.T, vault, keys string) map[string]engine.Digest {
	t.Helper()
	desk := t.TempDir()
	program, folder := b.program(t, desk), filepath.Join(desk, "papers")
	require.NoError(t, os.CopyFS(filepath.Join(desk, "keys"), os.DirFS(keys)))
	require.NoError(t, os.Mkdir(folder, 0o700))
	papers := map[string]engine.Digest{}
	for _, args := range compared {
		line := []string{"-c", "umask " + b.umask + `; exec "$@"`, "sh", program, "report", vault, "--read-only"}
		if filepath.Ext(args[0]) == ".pdf" {
			line = append(line, "--unsigned")
		}
		printing := exec.Command("sh", append(append(line, "-o"), args...)...)
		printing.Dir = folder
		printing.Env = append(append(os.Environ(), "HOME="+desk, "TMPDIR="+desk, "XDG_CONFIG_HOME="+filepath.Join(desk, "keys"), "XDG_STATE_HOME="+desk), b.desk...)
		said, err := printing.CombinedOutput()
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit, "a draft")
		require.Equal(t, exitAttention, exit.ExitCode(), "%s: %s", args, said)
		text, err := os.ReadFile(filepath.Join(folder, args[0]))
		require.NoError(t, err)
		papers[args[0]] = engine.Sum(text)
	}
	return papers
}
