package vault

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// benchRow is one measure: zero stands for what was not measured or is not asked.
type benchRow struct {
	measure   string
	unit      benchUnit
	ours      float64
	plain     float64 // plain SQLite
	whole     float64 // the simple design
	beside    float64 // another floor, named by the measure
	most      float64 // of ours
	mostTimes float64 // of plain SQLite
	leastPart float64 // of the other floor
}

type benchUnit int

const (
	milliseconds benchUnit = iota
	kilobytes
	mebibytes
	rate
)

func (u benchUnit) text(n float64) string {
	digits := 0
	switch {
	case n == 0:
		return "-"
	case n < 10:
		digits = 2
	case n < 100:
		digits = 1
	}
	return fmt.Sprintf("%.*f %s", digits, n, [...]string{"ms", "KB", "MiB", "MB/s"}[u])
}

func (r benchRow) target() string {
	switch {
	case r.most > 0:
		return "≤ " + fmt.Sprintf("%g %s", r.most, [...]string{"ms", "KB", "MiB", "MB/s"}[r.unit])
	case r.mostTimes > 0:
		return fmt.Sprintf("≤ %gx plain", r.mostTimes)
	case r.leastPart > 0:
		return fmt.Sprintf("≥ %.0f %%", r.leastPart*100)
	}
	return ""
}

func (r benchRow) verdict() string {
	holds := true
	switch {
	case r.most > 0:
		holds = r.ours <= r.most
	case r.mostTimes > 0:
		holds = r.ours <= r.mostTimes*r.plain
	case r.leastPart > 0:
		holds = r.ours >= r.leastPart*r.beside
	default:
		return ""
	}
	if holds {
		return "yes"
	}
	return "**no**"
}

func (b *bench) add(r benchRow) {
	b.rows = append(b.rows, r)
	b.Log(r.line())
}

func (r benchRow) line() string {
	beside, ratio := r.unit.text(r.plain), times(r.ours, r.plain)
	if r.beside > 0 {
		beside, ratio = r.unit.text(r.beside), fmt.Sprintf("%.0f %%", 100*r.ours/r.beside)
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %s | %s |", r.measure, r.target(), r.unit.text(r.ours), r.verdict(), beside, ratio, r.unit.text(r.whole), times(r.whole, r.ours))
}

func times(a, b float64) string {
	switch {
	case a == 0 || b == 0:
		return ""
	case a/b >= 100:
		return fmt.Sprintf("%.0fx", a/b)
	}
	return fmt.Sprintf("%.1fx", a/b)
}

// table is the measures in the order they were taken.
func (b *bench) table() string {
	var s strings.Builder
	info, err := os.Stat(b.fixture.vault())
	require.NoError(b, err)
	fmt.Fprintf(&s, "A vault of %.2f GB with %d documents and %d answers; %s.\n\n", float64(info.Size())/1e9, benchCollections*benchDocuments, benchAnswers, b.machine)
	s.WriteString("| measure | to reach | vault | reached | beside it: plain SQLite | vault / it | whole-file design | it / vault |\n|---|---|---|---|---|---|---|---|\n")
	for _, r := range b.rows {
		s.WriteString(r.line() + "\n")
	}
	return s.String()
}

func ms(times []time.Duration) float64 { return percentile(times, 50) }

// percentile is in milliseconds.
func percentile(times []time.Duration, p int) float64 {
	sorted := slices.Sorted(slices.Values(times))
	return float64(sorted[min(len(sorted)*p/100, len(sorted)-1)]) / float64(time.Millisecond)
}

func middle(values []float64) float64 { return slices.Sorted(slices.Values(values))[len(values)/2] }

func mib(n int64) float64 { return float64(n) / (1 << 20) }

func sum(times []time.Duration) time.Duration {
	var all time.Duration
	for _, t := range times {
		all += t
	}
	return all.Round(time.Millisecond)
}
