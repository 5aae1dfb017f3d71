package vault

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// canary is in everything that a fault run saves. It must never stand on a disk.
const canary = "CANARY-7f3a9c51-PLAINTEXT"

// faultRuns is how many fault runs are asked for: TICKMARK_FAULTS, or a sample.
func faultRuns(t *testing.T) int {
	text := os.Getenv("TICKMARK_FAULTS")
	if text == "" {
		return 450
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, "TICKMARK_FAULTS")
	return n
}

// tally counts fault runs by how they ended.
type tally struct {
	runs, lost, alarms, untold, others int
}

func (c *tally) String() string {
	flips := "every flip told"
	if c.untold > 0 {
		flips = fmt.Sprintf("%d flips not told", c.untold)
	}
	return fmt.Sprintf("faults: %d runs, %d lost, %d false alarms, %s", c.runs, c.lost, c.alarms, flips)
}

// Ways in which a fault run must not end.
var (
	errLost      = errors.New("an acknowledged save is lost")
	errAlarm     = errors.New("a false alarm of tampering")
	errUntold    = errors.New("a flip is not told")
	errPlaintext = errors.New("there is plaintext on the disk")
)

// count takes note of how a run ended.
func (c *tally) count(t *testing.T, err error, format string, args ...any) {
	c.runs++
	switch {
	case err == nil:
		return
	case errors.Is(err, errLost):
		c.lost++
	case errors.Is(err, errAlarm):
		c.alarms++
	case errors.Is(err, errUntold):
		c.untold++
	default:
		c.others++
	}
	if bad := c.lost + c.alarms + c.untold + c.others; bad <= 20 {
		t.Errorf("%s: %v", fmt.Sprintf(format, args...), err)
	}
}

// TestFaults lets the power fail, bits flip and disks refuse, at every moment of a
// vault's life. `make faults` runs it whole.
func TestFaults(t *testing.T) {
	if os.Getenv("TICKMARK_KILLED_AT") != "" {
		liveUntilKilled(t)
		return
	}
	c, n := &tally{}, faultRuns(t)
	every := 6
	if n >= 10_000 {
		every = 1
	}
	t.Run("kills", func(t *testing.T) { killRuns(t, c, every) })
	t.Run("refusals", func(t *testing.T) { refusalRuns(t, c, n >= 10_000) })
	t.Run("flips", func(t *testing.T) { flipRuns(t, c, n/3) })
	t.Run("crashes", func(t *testing.T) { crashRuns(t, c, n-c.runs) })
	fmt.Println(c)
}
