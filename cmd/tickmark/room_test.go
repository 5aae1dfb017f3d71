package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRoomGrowsWithWhatIsHeld(t *testing.T) {
	require.EqualValues(t, lowRoom, roomFor(0))
	require.EqualValues(t, lowRoom, roomFor(140<<20), "what fits stays low")
	require.EqualValues(t, 500<<20, roomFor(400<<20), "a quarter of what is held is left for what comes")
}
