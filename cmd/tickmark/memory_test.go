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
