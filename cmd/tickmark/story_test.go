package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"tickmark/testdata/merchant"
)

func TestMain(m *testing.M) {
	play()
	testscript.Main(m, map[string]func(){"tickmark": storyMain})
}

// storyMain is main on a host whose swap is the story's, none if it names no recorded
// system.
func storyMain() {
	d := outside()
	d.host.swap = func() ([]swapArea, error) {
		if recorded := os.Getenv("STORY_SYSTEM"); recorded != "" {
			return swapAreas(os.DirFS(recorded))
		}
		return nil, nil
	}
	os.Exit(start(d))
}

// TestStories runs one story per verb, as a person at a shell would. Each begins
// with an empty home.
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/stories",
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "config"))
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			env.Setenv("TMPDIR", env.WorkDir)
			env.Setenv("TODAY", time.Now().UTC().Format(time.DateOnly))
			env.Setenv("LATER", time.Now().UTC().AddDate(0, 6, 0).Format(time.DateOnly))
			env.Setenv("KUBECONFIG", filepath.Join(env.WorkDir, "no-kubeconfig"))
			return os.CopyFS(filepath.Join(env.WorkDir, "cluster"), merchant.Cluster())
		},
		Condition: func(condition string) (bool, error) {
			if condition != "scratch" {
				return false, errors.New("unknown condition " + condition)
			}
			s, err := newScratch(func(string) string { return "" })
			if err != nil {
				return false, nil
			}
			return true, s.wipe()
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"ends":      ends,
			"flip":      flip,
			"append":    appendText,
			"resize":    resize,
			"same":      same,
			"valid":     valid,
			"canaries":  canaries,
			"keyof":     keyOf,
			"hardware":  hardware,
			"authority": authority,
			"container": container,
			"replace":   replace,
			"answers":   answersTo,
			"analyses":  analysesFor,
			"requests":  requestsOf,
			"passes":    passesAll,
			"nowhere":   nowhere,
			"unpack":    unpack,
			"repack":    repack,
			"unfield":   unfield,
			"later":     later,
		},
	})
}

// ends STATUS VERB...: runs tickmark and wants an exit status. On an error it
// wants one line that says so, and at most one hint.
func ends(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: ends STATUS ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec("tickmark", args[1:]...)
	got := exitDone
	if err != nil {
		text := err.Error()
		if _, after, found := strings.Cut(text, "exit status "); found {
			got, _ = strconv.Atoi(strings.TrimSpace(after))
		} else {
			ts.Fatalf("tickmark %s: %v", strings.Join(args[1:], " "), err)
		}
	}
	if got != want {
		ts.Fatalf("tickmark %s ended with %d, want %d", strings.Join(args[1:], " "), got, want)
	}
	said := strings.TrimSpace(notices.ReplaceAllString(ts.ReadFile("stderr"), ""))
	if got == exitDone || got == exitAttention {
		return
	}
	lines := strings.Split(said, "\n")
	if !strings.HasPrefix(lines[0], "error: ") || len(lines) > 2 || (len(lines) == 2 && !strings.HasPrefix(lines[1], "hint: ")) {
		ts.Fatalf("an error is one line and perhaps a hint, not:\n%s", said)
	}
}

// notices are lines that stand before or after an error.
var notices = regexp.MustCompile(`(?m)^(notice|warning): .*\n`)

// flip FILE OFFSET: changes one bit. A negative offset counts from the end.
func flip(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	text, err := os.ReadFile(path)
	ts.Check(err)
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	if at < 0 {
		at += len(text)
	}
	text[at] ^= 1
	ts.Check(os.WriteFile(path, text, 0o600))
}

// append FILE TEXT: writes after the end.
func appendText(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_WRONLY, 0o600)
	ts.Check(err)
	_, err = f.WriteString(args[1])
	ts.Check(err)
	ts.Check(f.Close())
}

// resize FILE BYTES: cuts a file, or makes it longer without writing.
func resize(ts *testscript.TestScript, _ bool, args []string) {
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	path := ts.MkAbs(args[0])
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	ts.Check(err)
	ts.Check(f.Close())
	ts.Check(os.Truncate(path, size))
}

// same FILE FILE: the two hold the same bytes.
func same(ts *testscript.TestScript, neg bool, args []string) {
	a, b := ts.ReadFile(args[0]), ts.ReadFile(args[1])
	if (a == b) == neg {
		ts.Fatalf("%s and %s: equal is %v", args[0], args[1], a == b)
	}
}

// replace FILE OLD NEW: writes NEW wherever OLD stands.
func replace(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, args[1], args[2])), 0o600))
}

// keyof IDENTITIES [FILE]: writes the public key of an identity file into FILE, and
// into $KEY.
func keyOf(ts *testscript.TestScript, _ bool, args []string) {
	_, key, found := strings.Cut(ts.ReadFile(args[0]), "# public key: ")
	key, _, _ = strings.Cut(key, "\n")
	if !found {
		ts.Fatalf("%s names no public key", args[0])
	}
	ts.Setenv("KEY", key)
	if len(args) > 1 {
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte("# of a colleague\n"+key+"\n"), 0o600))
	}
}

// canaries FILE...: no secret of the merchant's cluster stands in a file, nor does
// any in what was printed last.
func canaries(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range append(args, "stdout", "stderr") {
		text := ts.ReadFile(name)
		for _, canary := range merchant.Canaries() {
			if strings.Contains(text, canary) != neg {
				ts.Fatalf("%s: a secret stands there: %v", name, !neg)
			}
		}
	}
}

// The keys that a verb makes are readable by their owner alone.
func TestKeysAreTheOwnersAlone(t *testing.T) {
	d := outside()
	d.config = filepath.Join(t.TempDir(), "tickmark")
	m, err := d.ensureKeys("Mara Lindqvist", false)
	require.NoError(t, err)
	require.Equal(t, made{true, true, true}, m)
	for _, name := range []string{identityFile, authorFile, signingFile} {
		info, err := os.Stat(d.folder(name))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}
	before, err := os.ReadFile(d.folder(signingFile))
	require.NoError(t, err)
	m, err = d.ensureKeys("Somebody Else", true)
	require.NoError(t, err)
	require.Equal(t, made{}, m, "what is there is never replaced")
	after, err := os.ReadFile(d.folder(signingFile))
	require.NoError(t, err)
	require.True(t, bytes.Equal(before, after))
	signer, err := d.author()
	require.NoError(t, err)
	require.Equal(t, "Mara Lindqvist", signer.Author.Name)
}

func TestStateFolder(t *testing.T) {
	none := map[string]string{}
	for _, c := range []struct {
		system string
		env    map[string]string
		want   string
	}{
		{"linux", map[string]string{"HOME": "/home/mara"}, "/home/mara/.local/state/tickmark"},
		{"linux", map[string]string{"HOME": "/home/mara", "XDG_STATE_HOME": "/state"}, "/state/tickmark"},
		{"linux", map[string]string{"HOME": "/home/mara", "XDG_STATE_HOME": "relative"}, "/home/mara/.local/state/tickmark"},
		{"linux", none, ""},
		{"darwin", none, "/config"},
		{"windows", map[string]string{"LocalAppData": "/local"}, "/local/tickmark"},
		{"windows", none, ""},
	} {
		require.Equal(t, c.want, stateFolder(c.system, func(name string) string { return c.env[name] }, "/config"), c.system)
	}
}
