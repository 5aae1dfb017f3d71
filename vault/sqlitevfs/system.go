package sqlitevfs

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// handle is what SQLite holds of an open file, in its own memory.
type handle struct {
	base  sqlite3.Tsqlite3_file
	token uintptr // of an *openFile
}

// openFile is one connection's file.
type openFile struct {
	File
	vfs  *VFS
	lock int32 // as SQLite counts: SQLITE_LOCK_NONE to _EXCLUSIVE
	// shared and exclusive are the locks of the log's index, a bit each.
	shared, exclusive uint8
	mapped            bool
}

func opened(file uintptr) *openFile { return value[*openFile](at[handle](file).token) }

func vfsOf(structure uintptr) *VFS {
	return value[*VFS](at[sqlite3.Tsqlite3_vfs](structure).FpAppData)
}

var errRefused = errors.New("a database in WAL mode and its log are all that is opened")

// xOpen opens the database and its log and refuses all else: journals, temporary
// files, attached databases.
func xOpen(_ *libc.TLS, structure, name, file uintptr, flags int32, granted uintptr) int32 {
	v, h := vfsOf(structure), at[handle](file)
	h.base.FpMethods = 0
	asked := ""
	if name != 0 {
		asked = libc.GoString(name)
	}
	var store File
	switch {
	case flags&sqlite3.SQLITE_OPEN_MAIN_DB != 0 && asked == databaseName:
		store = v.database
	case flags&sqlite3.SQLITE_OPEN_WAL != 0 && asked == logName:
		store = v.log
	default:
		return v.failed(sqlite3.SQLITE_CANTOPEN, fmt.Errorf("open %.100q (flags %#x): %w", asked, flags, errRefused))
	}
	h.token = handles.put(&openFile{File: store, vfs: v})
	if granted != 0 {
		*at[int32](granted) = flags
	}
	v.open.Add(1)
	h.base.FpMethods = uintptr(unsafe.Pointer(&methods))
	return sqlite3.SQLITE_OK
}

// xDelete empties the log, which is all that SQLite may delete.
func xDelete(_ *libc.TLS, structure, name uintptr, _ int32) int32 {
	v := vfsOf(structure)
	if libc.GoString(name) != logName {
		return sqlite3.SQLITE_IOERR_DELETE_NOENT
	}
	if err := v.log.Truncate(0); err != nil {
		return v.failed(sqlite3.SQLITE_IOERR_DELETE, err)
	}
	return sqlite3.SQLITE_OK
}

// xAccess says which files are there: a log without bytes is not.
func xAccess(_ *libc.TLS, structure, name uintptr, _ int32, out uintptr) int32 {
	v := vfsOf(structure)
	there := int32(0)
	switch libc.GoString(name) {
	case databaseName:
		there = 1
	case logName:
		size, err := v.log.Size()
		if err != nil {
			return v.failed(sqlite3.SQLITE_IOERR_ACCESS, err)
		}
		if size > 0 {
			there = 1
		}
	}
	*at[int32](out) = there
	return sqlite3.SQLITE_OK
}

// xFullPathname leaves names as they are.
func xFullPathname(_ *libc.TLS, _, name uintptr, size int32, out uintptr) int32 {
	given := libc.GoString(name)
	if len(given)+1 > int(size) {
		return sqlite3.SQLITE_CANTOPEN
	}
	into := bytesAt(out, len(given)+1)
	copy(into, given)
	into[len(given)] = 0
	return sqlite3.SQLITE_OK
}

func xRandomness(_ *libc.TLS, _ uintptr, n int32, out uintptr) int32 {
	_, _ = rand.Read(bytesAt(out, int(n))) // it never fails
	return n
}

func xSleep(_ *libc.TLS, _ uintptr, microseconds int32) int32 {
	time.Sleep(time.Duration(microseconds) * time.Microsecond)
	return microseconds
}

// xCurrentTime gives the Julian day, for SQL's own functions of time.
func xCurrentTime(_ *libc.TLS, _, out uintptr) int32 {
	*at[float64](out) = 2440587.5 + float64(time.Now().UnixMilli())/86_400_000
	return sqlite3.SQLITE_OK
}

func xGetLastError(*libc.TLS, uintptr, int32, uintptr) int32 { return 0 }

var methods = sqlite3.Tsqlite3_io_methods{
	FiVersion: 2,
	FxClose:   entry(xClose), FxRead: entry(xRead), FxWrite: entry(xWrite), FxTruncate: entry(xTruncate), FxSync: entry(xSync),
	FxFileSize: entry(xFileSize), FxLock: entry(xLock), FxUnlock: entry(xUnlock), FxCheckReservedLock: entry(xCheckReservedLock),
	FxFileControl: entry(xFileControl), FxSectorSize: entry(xSectorSize), FxDeviceCharacteristics: entry(xDeviceCharacteristics),
	FxShmMap: entry(xShmMap), FxShmLock: entry(xShmLock), FxShmBarrier: entry(xShmBarrier), FxShmUnmap: entry(xShmUnmap),
}

func xClose(tls *libc.TLS, file uintptr) int32 {
	h := at[handle](file)
	f := value[*openFile](h.token)
	f.vfs.index.leave(tls, f)
	f.vfs.locks.release(f, sqlite3.SQLITE_LOCK_NONE)
	handles.drop(h.token)
	h.base.FpMethods = 0
	f.vfs.open.Add(-1)
	return sqlite3.SQLITE_OK
}

// xRead fills what lies past the end with zeros, as SQLite asks.
func xRead(_ *libc.TLS, file, buffer uintptr, n int32, offset int64) int32 {
	f, into := opened(file), bytesAt(buffer, int(n))
	read, err := f.ReadAt(into, offset)
	switch {
	case read == len(into):
		return sqlite3.SQLITE_OK
	case err == nil || errors.Is(err, io.EOF):
		clear(into[read:])
		return sqlite3.SQLITE_IOERR_SHORT_READ
	}
	return f.vfs.failed(sqlite3.SQLITE_IOERR_READ, err)
}

func xWrite(_ *libc.TLS, file, buffer uintptr, n int32, offset int64) int32 {
	f := opened(file)
	if _, err := f.WriteAt(bytesAt(buffer, int(n)), offset); err != nil {
		return f.vfs.failed(sqlite3.SQLITE_IOERR_WRITE, err)
	}
	return sqlite3.SQLITE_OK
}

func xTruncate(_ *libc.TLS, file uintptr, size int64) int32 {
	f := opened(file)
	if err := f.Truncate(size); err != nil {
		return f.vfs.failed(sqlite3.SQLITE_IOERR_TRUNCATE, err)
	}
	return sqlite3.SQLITE_OK
}

func xSync(_ *libc.TLS, file uintptr, _ int32) int32 {
	f := opened(file)
	if err := f.Sync(); err != nil {
		return f.vfs.failed(sqlite3.SQLITE_IOERR_FSYNC, err)
	}
	return sqlite3.SQLITE_OK
}

func xFileSize(_ *libc.TLS, file, out uintptr) int32 {
	f := opened(file)
	size, err := f.Size()
	if err != nil {
		return f.vfs.failed(sqlite3.SQLITE_IOERR_FSTAT, err)
	}
	*at[int64](out) = size
	return sqlite3.SQLITE_OK
}

func xFileControl(*libc.TLS, uintptr, int32, uintptr) int32 { return sqlite3.SQLITE_NOTFOUND }

func xSectorSize(*libc.TLS, uintptr) int32 { return 4096 }

// xDeviceCharacteristics: a write that fails harms no bytes beside its own.
func xDeviceCharacteristics(*libc.TLS, uintptr) int32 {
	return sqlite3.SQLITE_IOCAP_POWERSAFE_OVERWRITE | sqlite3.SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN
}
