//go:build unix

package pdf_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-pdf/fpdf"
	"github.com/stretchr/testify/require"

	"tickmark/reports"
	"tickmark/reports/pdf"
	"tickmark/testdata/figures"
)

// worked is the processor time of this process so far.
func worked(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peak is the greatest resident set of this process so far, in MiB.
func peak(t *testing.T) float64 {
	t.Helper()
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return float64(u.Maxrss) / 1024
}

// TestBenchReports is the printing half of `make bench-reports`: a record of about 300
// pages and an index of 20,000 items, beside fpdf writing the same words on as many
// lines with no layout, in turn in one run.
func TestBenchReports(t *testing.T) {
	if os.Getenv("TICKMARK_BENCH_REPORTS") == "" {
		t.Skip("runs by `make bench-reports` alone")
	}
	machine := figures.Machine()
	var rows []string
	row := func(measure, toReach, value string, reached bool, beside string) {
		verdict := ""
		if toReach != "" {
			verdict = map[bool]string{true: "yes", false: "**no**"}[reached]
		}
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s | %s |", measure, toReach, value, verdict, beside))
	}
	record := sample(1500)
	before := peak(t)
	pages, size, _, clock := written(t, record)
	memory := peak(t)
	var ours, floor []time.Duration
	lines := linesOf(t, record)
	for range 5 {
		_, _, again, by := written(t, record)
		ours, clock = append(ours, again), min(clock, by)
		began := worked(t)
		writeLines(t, io.Discard, lines)
		floor = append(floor, worked(t)-began)
	}
	slices.Sort(ours)
	slices.Sort(floor)
	took := ours[len(ours)/2]
	times := float64(took) / float64(floor[len(floor)/2])
	name := fmt.Sprintf("print a record of %d pages", pages)
	row(name, "≤ 2 s", fmt.Sprintf("%.2f s", took.Seconds()), took < 2*time.Second, fmt.Sprintf("%.2f s by the clock at best", clock.Seconds()))
	row("pages a second", "≥ 150", fmt.Sprintf("%.0f", float64(pages)/took.Seconds()), float64(pages)/took.Seconds() >= 150, "")
	row("beside fpdf writing the same text with no layout", "≤ 3x", fmt.Sprintf("%.1fx", times), times <= 3, fmt.Sprintf("%.2f s", floor[len(floor)/2].Seconds()))
	row("bytes a page", "", fmt.Sprintf("%.1f KiB", float64(size)/1024/float64(pages)), true, "every cell and link is tagged")
	row("memory, the whole process", "≤ 150 MB", fmt.Sprintf("%.0f MiB", memory), memory*1.048576 <= 150, fmt.Sprintf("%.0f MiB before", before))
	debug.FreeOSMemory()
	index := sample(0)
	index.Blocks = append(index.Blocks, reports.Table{
		Columns: []reports.Column{{Title: "Number", Weight: 23, Style: reports.Strong}, {Title: "Item", Weight: 73}, {Title: "Collected", Weight: 26}, {Title: "SHA-256", Weight: 48, Style: reports.Mono}},
		Rows:    evidence(20_000),
	})
	pages, _, took, _ = written(t, index)
	memory = peak(t)
	row(fmt.Sprintf("an index of 20,000 items, %d pages", pages), "", fmt.Sprintf("%.2f s", took.Seconds()), true, fmt.Sprintf("%.0f MiB in all", memory))
	table := fmt.Sprintf("%s; processor time, the median of 5.\n\n| measure | to reach | it is | reached | beside it |\n|---|---|---|---|---|\n%s\n",
		machine, strings.Join(rows, "\n"))
	fmt.Print("\n", table)
	figures.Write(t, "bench-reports", table)
}

func written(t *testing.T, doc reports.Document) (pages int, size counter, took, clock time.Duration) {
	t.Helper()
	began, at := worked(t), time.Now()
	l, err := pdf.Write(context.Background(), &size, doc, pdf.Options{})
	require.NoError(t, err)
	return l.Pages, size, worked(t) - began, time.Since(at)
}

// counter counts the bytes that are written.
type counter int

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// linesOf are the words of a document as lines, in the order in which it says them.
func linesOf(t *testing.T, doc reports.Document) []string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, reports.Text(&b, doc))
	var lines []string
	for line := range strings.Lines(b.String()) {
		if line = reports.Line(line); line != "" {
			lines = append(lines, strings.Map(func(r rune) rune {
				if r > 0xFFFF {
					return '?'
				}
				return r
			}, line))
		}
	}
	return lines
}

// writeLines is the floor: fpdf writes each line where the last one ended.
func writeLines(t *testing.T, w io.Writer, lines []string) {
	t.Helper()
	f := fpdf.New("P", "mm", "A4", "")
	f.AddUTF8FontFromBytes("sans", "", liberationsansregular.TTF)
	f.SetFont("sans", "", 8)
	for i, line := range lines {
		if i%60 == 0 {
			f.AddPage()
		}
		f.Text(20, 20+float64(i%60)*4, line)
	}
	require.NoError(t, f.Output(w))
}
