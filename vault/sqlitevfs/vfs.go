package sqlitevfs

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// File is a store of bytes. Its methods are called from several goroutines.
type File interface {
	// ReadAt follows io.ReaderAt: past the end it returns io.EOF.
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
	// Sync returns when what was written cannot be lost any more.
	Sync() error
	// Size is in bytes.
	Size() (int64, error)
}

// VFS is one database that SQLite can open by name until Close.
type VFS struct {
	name      string
	database  File
	log       File
	keepsLog  bool
	locks     locks
	index     index
	open      atomic.Int64 // files that SQLite holds open
	mu        sync.Mutex
	cause     error
	token     uintptr
	tls       *libc.TLS
	structure uintptr // Tsqlite3_vfs, in SQLite's memory
	cname     uintptr
	closed    bool
}

// Option changes how a database is registered.
type Option func(*VFS)

// WithoutCheckpoints never lets SQLite move the log into the database.
func WithoutCheckpoints() Option { return func(v *VFS) { v.keepsLog = true } }

// databaseName and logName are all that SQLite can open.
const (
	databaseName = "/database"
	logName      = databaseName + "-wal"
)

// maxPath is the longest name SQLite may hand over, in bytes.
const maxPath = 512

// Register makes a database and its log known to SQLite, under a name that no
// other registration of this process has.
func Register(database, log File, opts ...Option) (*VFS, error) {
	v := &VFS{database: database, log: log}
	for _, option := range opts {
		option(v)
	}
	v.token = handles.put(v)
	v.name = fmt.Sprintf("tickmark-%d", v.token)
	v.tls = libc.NewTLS()
	cname, err := libc.CString(v.name)
	if err != nil {
		handles.drop(v.token)
		v.tls.Close()
		return nil, fmt.Errorf("register VFS: %w", err)
	}
	v.cname = cname
	v.structure = libc.Xcalloc(v.tls, 1, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_vfs{})))
	if v.structure == 0 {
		v.free()
		return nil, errors.New("register VFS: out of memory")
	}
	*at[sqlite3.Tsqlite3_vfs](v.structure) = sqlite3.Tsqlite3_vfs{
		FiVersion: 1, FszOsFile: int32(unsafe.Sizeof(handle{})), FmxPathname: maxPath, FzName: cname, FpAppData: v.token,
		FxOpen: entry(xOpen), FxDelete: entry(xDelete), FxAccess: entry(xAccess), FxFullPathname: entry(xFullPathname),
		FxRandomness: entry(xRandomness), FxSleep: entry(xSleep), FxCurrentTime: entry(xCurrentTime), FxGetLastError: entry(xGetLastError),
	}
	if code := sqlite3.Xsqlite3_vfs_register(v.tls, v.structure, 0); code != sqlite3.SQLITE_OK {
		v.free()
		return nil, fmt.Errorf("register VFS: SQLite answers %d", code)
	}
	return v, nil
}

// Name is what SQLite knows the database's VFS by.
func (v *VFS) Name() string { return v.name }

// DSN is the data source name of the database for the driver "sqlite", with its
// further parameters as they are.
func (v *VFS) DSN(parameters ...string) string {
	return "file:" + databaseName + "?" + strings.Join(append([]string{"vfs=" + v.name}, parameters...), "&")
}

// Err returns what a store last failed with, nil where none ever did. It is not
// forgotten: of several connections that fail beside each other each may ask.
func (v *VFS) Err() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.cause
}

func (v *VFS) failed(code int32, cause error) int32 {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.cause = cause
	return code
}

// Close makes SQLite forget the database. All connections must have been closed.
// The stores are the caller's to close.
func (v *VFS) Close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return nil
	}
	if n := v.open.Load(); n > 0 {
		return fmt.Errorf("close VFS %s: %d files are still open", v.name, n)
	}
	v.closed = true
	if code := sqlite3.Xsqlite3_vfs_unregister(v.tls, v.structure); code != sqlite3.SQLITE_OK {
		return fmt.Errorf("close VFS %s: SQLite answers %d", v.name, code)
	}
	v.free()
	return nil
}

func (v *VFS) free() {
	handles.drop(v.token)
	if v.structure != 0 {
		libc.Xfree(v.tls, v.structure)
	}
	libc.Xfree(v.tls, v.cname)
	v.tls.Close()
}
