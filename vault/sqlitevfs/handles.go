package sqlitevfs

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// registry gives Go values numbers that SQLite can keep in its own memory, where a
// Go pointer may not lie. SQLite's list of VFSs is the process's; so is this one.
type registry struct {
	last   atomic.Uintptr
	values sync.Map
}

var handles registry

func (r *registry) put(value any) uintptr {
	token := r.last.Add(1)
	r.values.Store(token, value)
	return token
}

func (r *registry) drop(token uintptr) { r.values.Delete(token) }

// value returns what put stored; a wrong token is a fault of this package.
func value[T any](token uintptr) T {
	v, _ := handles.values.Load(token)
	return v.(T)
}

// at looks at SQLite's memory, which Go's collector neither moves nor frees.
func at[T any](address uintptr) *T {
	return (*T)(*(*unsafe.Pointer)(unsafe.Pointer(&address)))
}

func bytesAt(address uintptr, n int) []byte { return unsafe.Slice(at[byte](address), n) }

// entry is the address by which SQLite calls a function of the package level.
func entry[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }
