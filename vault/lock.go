package vault

import (
	"fmt"
	"io"
	"os"
	"os/user"
	"strings"
	"time"
	"unicode"
)

// maxHolder bounds what is read of a lock file: its text comes from outside.
const maxHolder = 300

// lock is the advisory lock of a vault, on a file of its own, since each save
// gives the vault's own file another inode.
type lock struct {
	file *os.File
	path string
}

// lockVault takes the lock of the vault at path and writes down who holds it.
// Where another process has it, the error is ErrLocked and names that process.
func lockVault(path string, now time.Time) (*lock, error) {
	l := &lock{path: path + ".lock"}
	// The file may be removed by its holder between opening and locking: then it is
	// opened again.
	for range 10 {
		f, err := openLock(l.path)
		if err != nil {
			return nil, fmt.Errorf("lock: %w", err)
		}
		taken, err := tryLock(f)
		if err != nil {
			_ = f.Close()
			return nil, fmt.Errorf("lock %s: %w", l.path, err)
		}
		if !taken {
			holder := holderOf(f)
			_ = f.Close()
			return nil, fmt.Errorf("%w by %s", ErrLocked, holder)
		}
		if stillThere(f, l.path) {
			l.file = f
			return l, l.write(now)
		}
		_ = f.Close()
	}
	return nil, fmt.Errorf("%w by processes that come and go", ErrLocked)
}

func stillThere(f *os.File, path string) bool {
	opened, err := f.Stat()
	if err != nil {
		return false
	}
	named, err := os.Lstat(path)
	return err == nil && os.SameFile(opened, named)
}

func (l *lock) write(now time.Time) error {
	host, err := os.Hostname()
	if err != nil {
		host = "an unnamed host"
	}
	name := "an unnamed user"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	text := fmt.Sprintf("process %d on %s, user %s, since %s\n", os.Getpid(), host, name, now.UTC().Format(time.RFC3339))
	if err := l.file.Truncate(0); err != nil {
		return fmt.Errorf("lock %s: %w", l.path, err)
	}
	if _, err := l.file.WriteAt([]byte(text), 0); err != nil {
		return fmt.Errorf("lock %s: %w", l.path, err)
	}
	return nil
}

// holderOf reads who holds the lock. Who has just taken it has not written its name
// yet: a moment later it has.
func holderOf(f io.ReaderAt) string {
	for range 50 {
		if holder := readHolder(f); holder != "" {
			return holder
		}
		time.Sleep(5 * time.Millisecond)
	}
	return "another process"
}

// readHolder returns the holder's text as one line, "" while there is none.
func readHolder(f io.ReaderAt) string {
	b := make([]byte, maxHolder)
	n, _ := f.ReadAt(b, 0)
	text := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(b[:n]), " "))
	return strings.TrimSpace(text)
}

// release gives the lock up and removes its file while it is still held.
func (l *lock) release() error {
	if l == nil {
		return nil
	}
	if err := os.Remove(l.path); err != nil && !os.IsNotExist(err) {
		_ = l.file.Close()
		return fmt.Errorf("unlock: %w", err)
	}
	return l.file.Close()
}
