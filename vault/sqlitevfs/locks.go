package sqlitevfs

import (
	"sync"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// locks are those of the database: any number share it, one of them may announce
// that it will write, and one may have it alone.
type locks struct {
	mu       sync.Mutex
	shared   int
	reserved *openFile // who will write
	pending  *openFile // who waits for the others to leave, or has it alone
}

func (l *locks) take(f *openFile, level int32) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if level <= f.lock {
		return true
	}
	switch {
	case f.lock == sqlite3.SQLITE_LOCK_NONE:
		if l.pending != nil {
			return false
		}
		l.shared++
		f.lock = sqlite3.SQLITE_LOCK_SHARED
		return level == sqlite3.SQLITE_LOCK_SHARED
	case level == sqlite3.SQLITE_LOCK_RESERVED:
		if l.reserved != nil || l.pending != nil {
			return false
		}
		l.reserved, f.lock = f, level
		return true
	}
	if (l.reserved != nil && l.reserved != f) || (l.pending != nil && l.pending != f) {
		return false
	}
	l.pending, f.lock = f, sqlite3.SQLITE_LOCK_PENDING
	if l.shared > 1 {
		return false
	}
	f.lock = sqlite3.SQLITE_LOCK_EXCLUSIVE
	return true
}

func (l *locks) release(f *openFile, level int32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if level >= f.lock {
		return
	}
	if l.reserved == f {
		l.reserved = nil
	}
	if l.pending == f {
		l.pending = nil
	}
	if level == sqlite3.SQLITE_LOCK_NONE {
		l.shared--
	}
	f.lock = level
}

func (l *locks) isReserved() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reserved != nil || l.pending != nil
}

// xLock: who may not have the database alone can neither checkpoint nor remove the
// log.
func xLock(_ *libc.TLS, file uintptr, level int32) int32 {
	f := opened(file)
	if f.vfs.keepsLog && level > sqlite3.SQLITE_LOCK_RESERVED {
		return sqlite3.SQLITE_BUSY
	}
	if !f.vfs.locks.take(f, level) {
		return sqlite3.SQLITE_BUSY
	}
	return sqlite3.SQLITE_OK
}

func xUnlock(_ *libc.TLS, file uintptr, level int32) int32 {
	f := opened(file)
	f.vfs.locks.release(f, level)
	return sqlite3.SQLITE_OK
}

func xCheckReservedLock(_ *libc.TLS, file, out uintptr) int32 {
	*at[int32](out) = 0
	if opened(file).vfs.locks.isReserved() {
		*at[int32](out) = 1
	}
	return sqlite3.SQLITE_OK
}
