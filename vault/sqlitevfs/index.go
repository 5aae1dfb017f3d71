package sqlitevfs

import (
	"sync"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// checkpointLock is the lock that every checkpoint takes alone.
const checkpointLock = 1

// index is the log's index, which connections share: regions of SQLite's memory
// and eight locks. It lives as long as a connection uses it; the next one recovers
// it from the log.
type index struct {
	mu      sync.Mutex
	regions []uintptr
	users   int
	held    [sqlite3.SQLITE_SHM_NLOCK]int // -1 exclusive, else how many share it
	fence   sync.Mutex
}

// region returns the address of a region, 0 where it is not there and must not be
// made; false when memory is short.
func (x *index) region(tls *libc.TLS, f *openFile, number, size int32, extend bool) (uintptr, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !f.mapped {
		f.mapped = true
		x.users++
	}
	for int(number) >= len(x.regions) {
		if !extend {
			return 0, true
		}
		made := libc.Xcalloc(tls, 1, libc.Tsize_t(size))
		if made == 0 {
			return 0, false
		}
		x.regions = append(x.regions, made)
	}
	return x.regions[number], true
}

// leave gives up a connection's locks and, with the last one, the regions.
func (x *index) leave(tls *libc.TLS, f *openFile) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for place := range x.held {
		x.unlock(f, place)
	}
	if !f.mapped {
		return
	}
	f.mapped = false
	if x.users--; x.users > 0 {
		return
	}
	for _, address := range x.regions {
		libc.Xfree(tls, address)
	}
	x.regions = nil
}

func (x *index) unlock(f *openFile, place int) {
	bit := uint8(1) << place
	switch {
	case f.exclusive&bit != 0:
		x.held[place] = 0
		f.exclusive &^= bit
	case f.shared&bit != 0:
		x.held[place]--
		f.shared &^= bit
	}
}

// free reports whether f could have a lock.
func (x *index) free(f *openFile, place int, shared bool) bool {
	bit := uint8(1) << place
	if shared {
		return f.shared&bit != 0 || x.held[place] >= 0
	}
	return f.exclusive&bit != 0 || x.held[place] == 0
}

func (x *index) lock(f *openFile, place int, shared bool) {
	bit := uint8(1) << place
	switch {
	case shared && f.shared&bit == 0:
		x.held[place]++
		f.shared |= bit
	case !shared:
		x.held[place] = -1
		f.exclusive |= bit
	}
}

func xShmMap(tls *libc.TLS, file uintptr, number, size, extend int32, out uintptr) int32 {
	f := opened(file)
	address, fits := f.vfs.index.region(tls, f, number, size, extend != 0)
	*at[uintptr](out) = address
	if !fits {
		return sqlite3.SQLITE_NOMEM
	}
	return sqlite3.SQLITE_OK
}

// xShmLock takes or gives up n locks from first on, all or none.
func xShmLock(_ *libc.TLS, file uintptr, first, n, flags int32) int32 {
	f := opened(file)
	x := &f.vfs.index
	x.mu.Lock()
	defer x.mu.Unlock()
	shared := flags&sqlite3.SQLITE_SHM_SHARED != 0
	if flags&sqlite3.SQLITE_SHM_UNLOCK != 0 {
		for place := first; place < first+n; place++ {
			x.unlock(f, int(place))
		}
		return sqlite3.SQLITE_OK
	}
	// Recovery takes the checkpoint's lock together with its own.
	if f.vfs.keepsLog && first == checkpointLock && n == 1 {
		return sqlite3.SQLITE_BUSY
	}
	for place := first; place < first+n; place++ {
		if !x.free(f, int(place), shared) {
			return sqlite3.SQLITE_BUSY
		}
	}
	for place := first; place < first+n; place++ {
		x.lock(f, int(place), shared)
	}
	return sqlite3.SQLITE_OK
}

// xShmBarrier orders what one connection wrote into the index before what another
// reads.
func xShmBarrier(_ *libc.TLS, file uintptr) {
	x := &opened(file).vfs.index
	x.fence.Lock()
	defer x.fence.Unlock()
}

// xShmUnmap: the log is the caller's, so there is nothing to delete.
func xShmUnmap(tls *libc.TLS, file uintptr, _ int32) int32 {
	f := opened(file)
	f.vfs.index.leave(tls, f)
	return sqlite3.SQLITE_OK
}
