package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// upkeep is how much memory is taken before garbage goes.
type upkeep struct {
	// garbage is how much of it may lie about, in percent of what is held, before it is
	// collected below the limit, where there is room; -1 where all of the limit is taken.
	garbage int
	first   int64 // the limit at first, in bytes: memory that was not had before costs most
	least   int64 // the limit where little is held, in bytes, once garbage was collected some times
	room    int64 // for garbage beside what is held, in any case, in bytes
	lean    int64 // what is held without room for as much garbage beside it, in bytes
	pages   int   // of memory that is taken at once, in large pages, in bytes
}

var (
	// ordinary is that of most verbs: half a million objects of a collection, or a folder of
	// gigabytes, need less than the limit.
	ordinary = &upkeep{garbage: 200, first: 176 << 20, least: 176 << 20, lean: 112 << 20}
	// collecting is that of a collection into a vault: of 10,000 pods some 50 MiB are held
	// while it judges, beside as much of the program itself.
	collecting = &upkeep{garbage: 200, first: 96 << 20, least: 96 << 20, room: 32 << 20, lean: 40 << 20}
	// scanning is that of a scan, which reads much and holds little until it judges: 20,000
	// workloads hold some 65 MiB then, beside 40 of the program itself.
	scanning = &upkeep{garbage: -1, first: 52 << 20, least: 101 << 20, room: 32 << 20, lean: 56 << 20, pages: 40 << 20}
)

// limit is how much memory is taken where so much is held, after some limit before: what
// needs more than the least would have nothing but its garbage collected.
func (u *upkeep) limit(before int64, held uint64) int64 {
	return max(min(u.least, before+before/4), 2*int64(held)-u.lean, int64(held)+u.room)
}

// kept is the upkeep of the process: a verb that needs another one than most stores it when
// it begins.
var kept atomic.Pointer[upkeep]

// lean keeps memory low from here on, on the command line and at the desk alike.
func (d *door) lean() {
	d.tidy(ordinary)
	if d.getenv("GOMEMLIMIT") != "" {
		return
	}
	var again func(*[1]metrics.Sample)
	again = func(held *[1]metrics.Sample) {
		metrics.Read(held[:])
		debug.SetMemoryLimit(kept.Load().limit(debug.SetMemoryLimit(-1), held[0].Value.Uint64()))
		runtime.AddCleanup(new([4]uintptr), again, held)
	}
	// What nobody holds goes with each collection of garbage, and says that there was one.
	runtime.AddCleanup(new([4]uintptr), again, &[1]metrics.Sample{{Name: "/gc/heap/live:bytes"}})
}

// tidy takes an upkeep. Who sets GOMEMLIMIT or GOGC knows better.
func (d *door) tidy(u *upkeep) {
	kept.Store(u)
	if d.getenv("GOMEMLIMIT") == "" {
		if d.getenv("GOGC") == "" {
			debug.SetGCPercent(u.garbage)
		}
		u.take()
		debug.SetMemoryLimit(u.first)
		return
	}
	if d.getenv("GOGC") == "" {
		debug.SetGCPercent(ordinary.garbage)
	}
}

// take takes memory from the system and leaves it to what comes. To be given it in pieces of
// 4 KiB, as each is first touched, costs a short scan a tenth of its time.
func (u *upkeep) take() {
	if u.pages > 0 {
		inLargePages(make([]byte, u.pages))
		runtime.GC() // which lets go of it
	}
}
