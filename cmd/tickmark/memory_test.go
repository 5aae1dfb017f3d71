package main

import (
	"runtime"
	"runtime/metrics"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMemoryGrowsWithWhatIsHeld(t *testing.T) {
	require.EqualValues(t, ordinary.least, ordinary.limit(ordinary.first, 0))
	require.EqualValues(t, ordinary.least, ordinary.limit(ordinary.first, 110<<20), "what fits stays low")
	require.EqualValues(t, 688<<20, ordinary.limit(ordinary.first, 400<<20), "what is held beyond has as much again for what comes")
	require.EqualValues(t, collecting.least, collecting.limit(collecting.first, 60<<20))
	require.EqualValues(t, 760<<20, collecting.limit(collecting.first, 400<<20), "a large cluster has room")
	require.EqualValues(t, scanning.least, scanning.limit(scanning.least, 60<<20))
	require.EqualValues(t, 65<<20, scanning.limit(scanning.first, 1<<20), "a scan of little takes little, and more by and by")
	require.EqualValues(t, 144<<20, scanning.limit(scanning.least, 100<<20), "a scan has room for garbage in any case")
	require.EqualValues(t, 744<<20, scanning.limit(scanning.least, 400<<20))
}

func TestAScanAloneIsKeptAsItNeeds(t *testing.T) {
	d, out := atTerminal()
	d.out = out
	for _, c := range []struct {
		args []string
		as   *upkeep
	}{{[]string{"checks", "list"}, ordinary}, {[]string{"scan", "templates/scope.yaml"}, scanning}} {
		d.lean()
		run(t.Context(), d, c.args)
		require.Same(t, c.as, kept.Load(), "%v: %s", c.args, out)
	}
	d.tidy(ordinary)
}

func TestWhatIsTakenAtOnceIsLeftToWhatComes(t *testing.T) {
	held := func() uint64 {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		return live[0].Value.Uint64()
	}
	runtime.GC() // what other tests held stays in both
	before := held()
	scanning.take()
	require.Less(t, held(), before+uint64(scanning.pages)/2)
}
