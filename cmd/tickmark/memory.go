package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// leastMemory is how much memory is taken before garbage goes, in bytes: half a million
// objects of a collection, or a folder of gigabytes, need less.
const leastMemory = 176 << 20

// garbage is how much of it may lie about, in percent of what is held, before it is
// collected: below the limit, where there is room. A scan of 2,000 workloads spends a
// tenth less time at 200 than at 100.
const garbage = 200

// garbageRoom is what there is for garbage in any case, in bytes: a verb that needs more than
// others stores it when it begins. It is the process's, as the limit is.
var garbageRoom atomic.Int64

// lean keeps memory low from here on, on the command line and at the desk alike. Who
// sets GOMEMLIMIT or GOGC knows better.
func (d *door) lean() {
	if d.getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	if d.getenv("GOMEMLIMIT") != "" {
		return
	}
	limit := int64(leastMemory)
	debug.SetMemoryLimit(limit)
	var again func(*[1]metrics.Sample)
	again = func(held *[1]metrics.Sample) {
		metrics.Read(held[:])
		if next := memoryFor(held[0].Value.Uint64(), garbageRoom.Load()); next != limit {
			limit = next
			debug.SetMemoryLimit(limit)
		}
		runtime.AddCleanup(new([4]uintptr), again, held)
	}
	// What nobody holds goes with each collection of garbage, and says that there was one.
	runtime.AddCleanup(new([4]uintptr), again, &[1]metrics.Sample{{Name: "/gc/heap/live:bytes"}})
}

// memoryFor is how much memory is taken where so much is held: what needs more than the
// limit would have nothing but its garbage collected. Twice of what is held beyond the
// first part of it, and in any case the room that was asked for beside it.
func memoryFor(held uint64, room int64) int64 {
	return max(leastMemory, 2*int64(held)-heldLean, int64(held)+room)
}

// heldLean is what is held without room for as much garbage beside it, and scanRoom what
// a scan has in any case, in bytes: a scan of 20,000 workloads spends a third less time
// with it, and a folder of 2 GB that is taken in at the desk would come past 256 MiB.
const (
	heldLean = 112 << 20
	scanRoom = 64 << 20
)
