package vault

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// asNobody takes root's rights to files from this test, where it has them.
func asNobody(t *testing.T, folder string) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	const nobody = 65534
	for at := folder; at != "/" && at != os.TempDir(); at = filepath.Dir(at) {
		require.NoError(t, os.Chown(at, nobody, nobody))
	}
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, entry := range entries {
		require.NoError(t, os.Chown(filepath.Join(folder, entry.Name()), nobody, nobody))
	}
	runtime.LockOSThread()
	require.NoError(t, unix.Setfsuid(nobody))
	t.Cleanup(func() {
		require.NoError(t, unix.Setfsuid(0))
		runtime.UnlockOSThread()
	})
}

func TestReadOnlyFolder(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	appendAnswers(t, v, "Before")
	require.NoError(t, v.Close())
	folder := filepath.Dir(d.path)
	asNobody(t, folder)
	require.NoError(t, os.Chmod(folder, 0o500))
	t.Cleanup(func() { _ = os.Chmod(folder, 0o700) })
	_, err := d.tryOpen(WithAuthor(d.author))
	require.ErrorContains(t, err, "permission denied")
	v, err = d.tryOpen()
	require.NoError(t, err)
	require.Len(t, history(t, v).Entries(), 2)
	require.NoError(t, v.Close())
}

// TestReadOnlyLog: a log that its user may not write opens for reading, and a writer
// is told before anything is done.
func TestReadOnlyLog(t *testing.T) {
	d, _ := savedDesk(t)
	asNobody(t, filepath.Dir(d.path))
	require.NoError(t, os.Chmod(logPath(d.path), 0o400))
	_, err := d.tryOpen(WithAuthor(d.author))
	require.ErrorContains(t, err, "open its log: permission denied")
	v, err := d.tryOpen()
	require.NoError(t, err)
	require.Len(t, history(t, v).Entries(), 5)
	require.NoError(t, v.Close())
}
