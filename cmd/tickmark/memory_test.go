package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMemoryGrowsWithWhatIsHeld(t *testing.T) {
	require.EqualValues(t, leastMemory, memoryFor(0, 0))
	require.EqualValues(t, leastMemory, memoryFor(110<<20, 0), "what fits stays low")
	require.EqualValues(t, 204<<20, memoryFor(140<<20, scanRoom), "a scan has room for garbage in any case")
	require.EqualValues(t, 688<<20, memoryFor(400<<20, 0), "what is held beyond has as much again for what comes")
}

func TestAScanAloneHasTheRoomThatItNeeds(t *testing.T) {
	d, out := atTerminal()
	d.out = out
	for _, c := range []struct {
		args []string
		room int64
	}{{[]string{"checks", "list"}, 0}, {[]string{"scan", "templates/scope.yaml"}, scanRoom}} {
		garbageRoom.Store(0)
		run(t.Context(), d, c.args)
		require.Equal(t, c.room, garbageRoom.Load(), "%v: %s", c.args, out)
	}
}
