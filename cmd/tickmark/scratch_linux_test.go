package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func memoryOrSkip(t *testing.T) *scratch {
	t.Helper()
	s, err := newScratch(func(string) string { return "" })
	if err != nil {
		t.Skipf("no folder in memory here: %v", err)
	}
	return s
}

// What was in the folder is zeros before it is gone.
func TestScratchIsWiped(t *testing.T) {
	s := memoryOrSkip(t)
	text := filepath.Join(s.path, "narrative.txt")
	require.NoError(t, os.MkdirAll(filepath.Join(s.path, "home", "deep"), 0o700))
	require.NoError(t, os.WriteFile(text, []byte(strings.Repeat("secret", 30_000)), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(s.path, "home", "deep", "copy"), []byte("secret"), 0o600))
	held, err := os.Open(text)
	require.NoError(t, err)
	defer held.Close()
	require.NoError(t, s.wipe())
	assert.NoDirExists(t, s.path)
	left, err := io.ReadAll(held)
	require.NoError(t, err)
	assert.Equal(t, make([]byte, 180_000), left)
}

// A killed process leaves its folder: the next one removes it, and no other.
func TestScratchOfTheDeadIsSwept(t *testing.T) {
	living := memoryOrSkip(t)
	dead := memoryOrSkip(t)
	require.NoError(t, os.WriteFile(filepath.Join(dead.path, "narrative.txt"), []byte("left behind"), 0o600))
	require.NoError(t, dead.lock.Close())
	others, err := os.MkdirTemp(filepath.Dir(living.path), scratchPrefix+"*")
	require.NoError(t, err)
	defer os.RemoveAll(others)
	require.NoError(t, os.Chmod(others, 0o755)) // none that this program makes
	require.NoError(t, memoryOrSkip(t).wipe())
	assert.NoDirExists(t, dead.path)
	assert.DirExists(t, living.path)
	assert.DirExists(t, others)
	require.NoError(t, living.wipe())
}

func TestScratchIsNeverOnADisk(t *testing.T) {
	folder := t.TempDir()
	if inMemory(folder) {
		t.Skip("temporary files are in memory here")
	}
	_, err := scratchIn(folder)
	require.ErrorContains(t, err, "is not in memory")
	link := filepath.Join(folder, "link")
	s := memoryOrSkip(t)
	require.NoError(t, os.Symlink(s.path, link))
	_, err = hold(link)
	require.ErrorIs(t, err, unix.ENOTDIR)
	require.NoError(t, s.wipe())
	// A place that is not in memory is passed over.
	s, err = newScratch(func(string) string { return folder })
	require.NoError(t, err)
	assert.NotContains(t, s.path, folder)
	require.NoError(t, s.wipe())
}

// The real Vim, with keys from a pipe, writes to nothing but the folder in memory.
func TestVimWritesNowhereElse(t *testing.T) {
	vim, err := exec.LookPath("vim")
	if err != nil {
		t.Skip("vim is not installed")
	}
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed")
	}
	require.NoError(t, memoryOrSkip(t).wipe())
	folder := t.TempDir()
	trace := filepath.Join(folder, "trace")
	wrapped := "#!/bin/sh\nexec strace -f -qq -e trace=%file -o " + trace + " " + vim + ` "$@"` + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(folder, "vim"), []byte(wrapped), 0o700))
	t.Setenv("VISUAL", filepath.Join(folder, "vim"))
	t.Setenv("TERM", "dumb")
	keys, write, err := os.Pipe()
	require.NoError(t, err)
	_, err = write.WriteString("Goseen by vim\x1b:undojoin\r:%!sort\r:wq\r")
	require.NoError(t, err)
	require.NoError(t, write.Close())
	d := outside()
	d.in, d.out, d.err = keys, io.Discard, io.Discard
	d.host.swap = func() ([]swapArea, error) { return nil, nil }
	text, err := d.edit(context.Background(), "what stood there", false)
	require.NoError(t, err)
	assert.Equal(t, "seen by vim\nwhat stood there", text)

	recorded, err := os.ReadFile(trace)
	require.NoError(t, err)
	writing := regexp.MustCompile(`O_WRONLY|O_RDWR|O_CREAT|O_TMPFILE|^\d+ +(creat|rename\w*|link\w*|symlink\w*|mkdir\w*|mknod\w*)\(`)
	within := regexp.MustCompile(`"(/dev/(tty|null|pts/\d+)|/(dev/shm|run/user/\d+)/` + scratchPrefix + `[^"]*|narrative\.txt)"`)
	seen := 0
	for line := range strings.Lines(string(recorded)) {
		if writing.MatchString(line) && !strings.Contains(line, "= -1 ") {
			seen++
			assert.Regexp(t, within, line)
		}
	}
	assert.Positive(t, seen, "the trace shows at least the text being written")
}
