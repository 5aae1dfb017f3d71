package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"tickmark/engine"
)

// newMountedOffice keeps its vault on a file system of its own, of size bytes.
func newMountedOffice(t *testing.T, size int) *office {
	t.Helper()
	folder := t.TempDir()
	if err := unix.Mount("tmpfs", folder, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		t.Skipf("SKIPPED: no file system may be mounted here, so that none was full or read-only: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(folder, unix.MNT_DETACH) })
	o := &office{t: t, home: t.TempDir(), vault: filepath.Join(folder, "shop.vault")}
	o.found()
	return o
}

// fill leaves no more than some bytes of the file system free.
func (o *office) fill(leave int64) (filler string) {
	o.t.Helper()
	filler = filepath.Join(filepath.Dir(o.vault), "filler")
	f, err := os.Create(filler)
	require.NoError(o.t, err)
	_, err = io.Copy(f, rand.Reader)
	require.ErrorIs(o.t, err, unix.ENOSPC)
	info, err := f.Stat()
	require.NoError(o.t, err)
	require.NoError(o.t, f.Truncate(info.Size()-leave))
	require.NoError(o.t, f.Close())
	return filler
}

// TestFullDisk: what cannot be written any more is said in one line and leaves the
// vault as it was; when there is room again, work goes on.
func TestFullDisk(t *testing.T) {
	o := newMountedOffice(t, 3<<20)
	scan := filepath.Join(o.home, "scan.bin")
	noise := make([]byte, 6<<20)
	_, _ = rand.Read(noise)
	require.NoError(t, os.WriteFile(scan, noise, 0o600))
	filler := o.fill(8 << 10)
	o.refuses(exitError, "no space left on device",
		[]string{"answer", o.vault, "2.2.2", "--response", "not-applicable", "--narrative", strings.Repeat("A long story. ", 4000)},
		[]string{"attach", o.vault, scan, "--requirement", "2.2.2"},
		[]string{"vault", "compact", o.vault},
	)
	o.done("vault", "verify", o.vault)
	require.NoError(t, os.Remove(filler))
	o.refuses(exitError, "no space left on device", []string{"attach", o.vault, scan, "--requirement", "2.2.2"})
	o.done("vault", "verify", o.vault)
	o.done("answer", o.vault, "2.2.2", "--response", "not-applicable", "--narrative", "There is room again.")
	o.done("vault", "compact", o.vault)
	o.done("vault", "verify", o.vault)
}

// TestAFullDiskLeavesTheReportsThatAreThere: no half of a report or a package takes the
// place of a whole one.
func TestAFullDiskLeavesTheReportsThatAreThere(t *testing.T) {
	o := newMountedOffice(t, 6<<20)
	folder := filepath.Dir(o.vault)
	report, packed := filepath.Join(folder, "record.pdf"), filepath.Join(folder, "record.zip")
	status, said := o.run("report", o.vault, "-o", report, "--bundle", packed)
	require.Equal(t, exitAttention, status, said)
	before := files(t, folder)
	filler := o.fill(8 << 10)
	o.refuses(exitError, "no space left on device",
		[]string{"report", o.vault, "-o", report},
		[]string{"report", o.vault, "--bundle", packed},
		[]string{"report", o.vault, "--bundle", filepath.Join(folder, "new.zip")},
	)
	require.NoError(t, os.Remove(filler))
	assert.Equal(t, before, files(t, folder), "the ones before, and nothing else")
}

// TestFullDiskAfterTheFirstOfManySaves: a file that is taken in by several saves and
// does not fit leaves no trace in what the vault shows.
func TestFullDiskAfterTheFirstOfManySaves(t *testing.T) {
	o := newMountedOffice(t, 7<<20)
	scan := filepath.Join(o.home, "scan.bin")
	noise := make([]byte, 12<<20)
	_, _ = rand.Read(noise)
	require.NoError(t, os.WriteFile(scan, noise, 0o600))
	head := o.head()
	status, said := o.run("attach", o.vault, scan, "--requirement", "2.2.2")
	assert.Equal(t, exitError, status)
	assert.Contains(t, said, "no space left on device")
	assert.Len(t, strings.Split(strings.TrimSpace(said), "\n"), 1, said)
	assert.Equal(t, head, o.head())
	o.done("vault", "verify", o.vault)
}

// TestReadOnlyFileSystem: a vault there can be read and not written; its report is the same, and
// noted nowhere.
func TestReadOnlyFileSystem(t *testing.T) {
	o := newMountedOffice(t, 3<<20)
	noted, unnoted := filepath.Join(o.home, "noted.pdf"), filepath.Join(o.home, "unnoted.pdf")
	printed := func(out string) (said string) {
		text, err := o.command("report", o.vault, "-o", out, "--unsigned").Output()
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit, "a draft")
		require.Equal(t, exitAttention, exit.ExitCode(), "%s", exit.Stderr)
		return string(text)
	}
	assert.NotContains(t, printed(noted), "nowhere")
	require.NoError(t, unix.Mount("", filepath.Dir(o.vault), "", unix.MS_REMOUNT|unix.MS_RDONLY, ""))
	o.refuses(exitError, "read-only file system",
		[]string{"answer", o.vault, "2.2.2", "--response", "not-applicable", "--narrative", "Over it."},
		[]string{"vault", "compact", o.vault},
		[]string{"new", filepath.Join(filepath.Dir(o.vault), "new.vault"), "--questionnaire", "saq-a", "--entity", "Another Shop"},
	)
	o.done("vault", "verify", o.vault)
	status, said := o.run("status", o.vault)
	assert.Equal(t, exitAttention, status, said)
	assert.Contains(t, printed(unnoted), "noted    nowhere: the vault cannot be written\n")
	assert.Equal(t, files(t, o.home)["noted.pdf"], files(t, o.home)["unnoted.pdf"])
}

// TestPipeInAVaultsPlace: a pipe that nobody writes to is not waited for.
func TestPipeInAVaultsPlace(t *testing.T) {
	o := newOffice(t)
	log := o.read("-wal")
	require.NoError(t, os.Remove(o.vault+"-wal"))
	require.NoError(t, unix.Mkfifo(o.vault+"-wal", 0o600))
	o.refuses(exitError, "open its log: it is no regular file")
	o.write("-wal", log)
	require.NoError(t, os.Remove(o.vault))
	require.NoError(t, unix.Mkfifo(o.vault, 0o600))
	o.refuses(exitError, "no regular file")
}

// TestSecondWriterIsToldTheFirst: while a process writes, another one that wants to
// write ends with 5 and names it, and one that reads is not held up.
func TestSecondWriterIsToldTheFirst(t *testing.T) {
	o := newOffice(t)
	pipe := filepath.Join(o.home, "pipe")
	require.NoError(t, unix.Mkfifo(pipe, 0o600))
	first := o.command("attach", o.vault, pipe, "--requirement", "2.2.2")
	require.NoError(t, first.Start())
	t.Cleanup(func() { _ = first.Process.Kill() })
	input, err := os.OpenFile(pipe, os.O_WRONLY, 0)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		held, err := os.ReadFile(o.vault + ".lock")
		return err == nil && len(held) > 0
	}, time.Minute, 10*time.Millisecond)

	host, err := os.Hostname()
	require.NoError(t, err)
	o.refuses(exitLocked, fmt.Sprintf("locked by process %d on %s, user ", first.Process.Pid, host),
		[]string{"answer", o.vault, "2.2.2", "--response", "not-applicable", "--narrative", "Over it."},
		[]string{"vault", "compact", o.vault},
		[]string{"undo", o.vault},
	)
	o.done("vault", "verify", o.vault)
	status, said := o.run("status", o.vault)
	assert.Equal(t, exitAttention, status, said)

	_, err = input.WriteString("seen live")
	require.NoError(t, err)
	require.NoError(t, input.Close())
	require.NoError(t, first.Wait())
	_, err = os.Lstat(o.vault + ".lock")
	require.ErrorIs(t, err, fs.ErrNotExist)
	o.done("vault", "compact", o.vault)
}

// files are the digests of the reports and packages in a folder, by name.
func files(t *testing.T, folder string) map[string]engine.Digest {
	t.Helper()
	all := map[string]engine.Digest{}
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".pdf") || strings.HasSuffix(e.Name(), ".zip") || strings.Contains(e.Name(), ".zip.") || strings.Contains(e.Name(), ".pdf.") {
			text, err := os.ReadFile(filepath.Join(folder, e.Name()))
			require.NoError(t, err)
			all[e.Name()] = engine.Sum(text)
		}
	}
	return all
}
