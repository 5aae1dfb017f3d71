package vault

import (
	"os"

	"golang.org/x/sys/unix"
)

// startWriting asks the system to write a part of a file to the disk now, and does
// not wait for it: forcing the whole file at its end then finds little to do. It is
// a hint; whether writing fails is told by forcing alone.
func startWriting(f *os.File, at, n int64) {
	_ = unix.SyncFileRange(int(f.Fd()), at, n, unix.SYNC_FILE_RANGE_WRITE)
}
