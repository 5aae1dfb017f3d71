package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// lowRoom is how much memory is taken before garbage goes, in bytes: half a million
// objects of a collection, or a folder of gigabytes, need less.
const lowRoom = 176 << 20

// lean keeps memory low from here on, on the command line and at the desk alike. Who
// sets GOMEMLIMIT knows better.
func (d *door) lean() {
	if d.getenv("GOMEMLIMIT") != "" {
		return
	}
	room := int64(lowRoom)
	debug.SetMemoryLimit(room)
	var again func(*[1]metrics.Sample)
	again = func(held *[1]metrics.Sample) {
		metrics.Read(held[:])
		if next := roomFor(held[0].Value.Uint64()); next != room {
			room = next
			debug.SetMemoryLimit(room)
		}
		runtime.AddCleanup(new([4]uintptr), again, held)
	}
	// What nobody holds goes with each collection of garbage, and says that there was one.
	runtime.AddCleanup(new([4]uintptr), again, &[1]metrics.Sample{{Name: "/gc/heap/live:bytes"}})
}

// roomFor is how much memory is taken where so much is held: a vault that needs more
// than there is room for would have nothing but its garbage collected.
func roomFor(held uint64) int64 { return max(lowRoom, int64(held+held/4)) }
