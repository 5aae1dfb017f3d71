package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMemoryGrowsWithWhatIsHeld(t *testing.T) {
	require.EqualValues(t, ordinary.least, ordinary.limit(0))
	require.EqualValues(t, ordinary.least, ordinary.limit(110<<20), "what fits stays low")
	require.EqualValues(t, 688<<20, ordinary.limit(400<<20), "what is held beyond has as much again for what comes")
	require.EqualValues(t, scanning.least, scanning.limit(60<<20))
	require.EqualValues(t, 128<<20, scanning.limit(100<<20), "a scan has room for garbage in any case")
	require.EqualValues(t, 640<<20, scanning.limit(400<<20))
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
