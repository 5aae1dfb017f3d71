package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMemoryGrowsWithWhatIsHeld(t *testing.T) {
	require.EqualValues(t, leastMemory, memoryFor(0))
	require.EqualValues(t, leastMemory, memoryFor(110<<20), "what fits stays low")
	require.EqualValues(t, 688<<20, memoryFor(400<<20), "what is held beyond has as much again for what comes")
}
