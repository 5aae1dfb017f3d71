//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// benchTable gathers the rows of a table of figures.
type benchTable struct {
	*testing.T
	machine string
	folder  string // what is kept between runs
	rows    []benchRow
}

// benchRow is one measure.
type benchRow struct {
	measure, toReach, ours, reached, beside string
}

func (b *benchTable) add(measure string, ours, most float64, unit, beside string) {
	r := benchRow{measure: measure, ours: fmt.Sprintf("%.3g %s", ours, unit), beside: beside}
	if ours >= 100 {
		r.ours = fmt.Sprintf("%.0f %s", ours, unit)
	}
	if most > 0 {
		r.toReach, r.reached = fmt.Sprintf("≤ %g %s", most, unit), "yes"
		if ours > most {
			r.reached = "**no**"
		}
	}
	b.rows = append(b.rows, r)
	b.Logf("%+v", r)
}

// rowsText is the table as Markdown has it.
func (b *benchTable) rowsText() string {
	var s strings.Builder
	s.WriteString("| measure | to reach | it is | reached | beside it |\n|---|---|---|---|---|\n")
	for _, r := range b.rows {
		fmt.Fprintf(&s, "| %s | %s | %s | %s | %s |\n", r.measure, r.toReach, r.ours, r.reached, r.beside)
	}
	return s.String()
}

// tickmark runs the built program in the home of the engagement, and returns what it
// said, how long it took and its maximum resident set.
func (b *benchTable) tickmark(args ...string) (said string, took watch, peak int64) {
	b.Helper()
	program, err := filepath.Abs("../../bin/tickmark")
	require.NoError(b, err)
	return b.process(program, args...)
}

// process runs a program in the same way.
func (b *benchTable) process(program string, args ...string) (said string, took watch, peak int64) {
	b.Helper()
	c := exec.Command(program, args...)
	c.Env = append(os.Environ(), "XDG_CONFIG_HOME="+b.folder, "XDG_STATE_HOME="+filepath.Join(b.folder, "state"), "HOME="+b.folder)
	var out, notes bytes.Buffer
	c.Stdout, c.Stderr = &out, &notes
	started := time.Now()
	require.NoError(b, c.Start())
	ended := make(chan struct{})
	peaks := peakOf(c.Process.Pid, ended)
	err := c.Wait()
	took = watch{time.Since(started), c.ProcessState.UserTime() + c.ProcessState.SystemTime()}
	close(ended)
	if status := c.ProcessState.ExitCode(); status != 0 && status != 3 {
		require.NoError(b, err, "%s %s", out.String(), notes.String())
	}
	peak = <-peaks
	return out.String(), took, peak
}

// peakOf looks at a process until it ended, and tells its maximum resident set: what the
// system counts of a child that ended holds what its parent had when it began.
func peakOf(process int, ended <-chan struct{}) <-chan int64 {
	told := make(chan int64, 1)
	go func() {
		var peak int64
		for {
			select {
			case <-ended:
				told <- peak
				return
			case <-time.After(5 * time.Millisecond):
			}
			text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", process))
			if _, rest, is := strings.Cut(string(text), "VmHWM:"); is {
				var kib int64
				_, _ = fmt.Sscan(rest, &kib)
				peak = max(peak, kib<<10)
			}
		}
	}()
	return told
}

// watch tells how long something took, and how long processors worked for it, which is
// what can be compared where others use the machine too.
type watch struct{ clock, worked time.Duration }

var began = time.Now()

func startWatch() watch { return watch{time.Since(began), processors()} }

func (w watch) stop() watch { return watch{time.Since(began) - w.clock, processors() - w.worked} }

// processors is the time that all processors have worked for this process.
func processors() time.Duration {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t)
	return time.Duration(t.Nano())
}

func times(all []watch) (worked, clock []time.Duration) {
	for _, w := range all {
		worked, clock = append(worked, w.worked), append(clock, w.clock)
	}
	return worked, clock
}

// middle is the median of some times, and nearly is what all but one in twenty reach.
func middle(all []time.Duration) float64 { return ms(slices.Sorted(slices.Values(all))[len(all)/2]) }

func nearly(all []time.Duration) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return ms(sorted[min(len(sorted)-1, len(sorted)*95/100)])
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
