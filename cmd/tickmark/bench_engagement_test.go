//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tickmark/testdata/figures"
	"tickmark/tui"
	"tickmark/tui/screen"
	"tickmark/tui/tuitest"
	"tickmark/vault"
)

// What the engagement of the figures holds.
const (
	benchAssessments = 5
	benchRequests    = 400 // of each assessment
	benchFiles       = 10  // of each request
	benchDeliveries  = 2   // by which they come
	benchAnswers     = 8   // of each requirement
	benchFolder      = 5000
	benchFolderBytes = 2 << 30
	benchOfOne       = 10_000 // files for one request
	benchRecords     = 500    // of scans, training, reviews and changes, for the lists
)

// TestBenchEngagement is `make bench-engagement`: the figures of a whole engagement,
// with the floor beside them where there is one, from one run. TICKMARK_BENCH_ENGAGEMENT
// is `all`, which writes the table of docs/benchmarks.md too, or names some of the parts.
func TestBenchEngagement(t *testing.T) {
	asked := os.Getenv("TICKMARK_BENCH_ENGAGEMENT")
	if asked == "" {
		t.Skip("runs by `make bench-engagement` alone: it needs some minutes and 8 GB of disk")
	}
	b := &engagementBench{benchTable: benchTable{T: t, machine: figures.Machine()}}
	b.build()
	if sent, is := strings.CutPrefix(asked, "desk:"); is {
		b.atDesk(sent)
		return
	}
	for _, part := range []struct {
		name string
		run  func()
	}{{"open", b.opening}, {"lists", b.lists}, {"import", b.importing}, {"one", b.ofOneRequest}} {
		if asked == "all" || slices.Contains(strings.Split(asked, ","), part.name) {
			part.run()
		}
	}
	table := b.table()
	fmt.Print("\n", table)
	if asked == "all" {
		figures.Write(t, "bench-engagement", table)
	}
}

// engagementBench gathers the rows of the table.
type engagementBench struct {
	benchTable
	door    *door
	entries int
}

func (b *engagementBench) table() string {
	var s strings.Builder
	fmt.Fprintf(&s, "A vault of %d assessments, %d requests and %d files in %d entries; %s.\n\n",
		benchAssessments, benchAssessments*benchRequests, benchAssessments*benchRequests*benchFiles, b.entries, b.machine)
	return s.String() + b.rowsText()
}

// copied is the vault under another name, to be written to.
func (b *engagementBench) copied() string {
	folder, err := os.MkdirTemp(b.folder, "scratch-")
	require.NoError(b, err)
	b.Cleanup(func() { _ = os.RemoveAll(folder) })
	path := filepath.Join(folder, "whole.vault")
	require.NoError(b, os.Link(b.path(), path))
	return path
}

// took adds how long something took: the middle of some times.
func (b *engagementBench) took(measure string, all []watch, most float64) {
	worked, clock := times(all)
	b.add(measure, middle(worked), most, "ms", fmt.Sprintf("%.3g ms by the clock", middle(clock)))
}

// opening measures what stands before the first frame.
func (b *engagementBench) opening() {
	const rounds = 5
	var opened, derived, again, process []watch
	var peak int64
	for range rounds {
		w := startWatch()
		v, err := b.door.open(b.Context(), b.path(), opening{readOnly: true})
		require.NoError(b, err)
		opened = append(opened, w.stop())
		for _, into := range []*[]watch{&derived, &again} {
			w = startWatch()
			a, err := b.door.assessmentOf(b.Context(), v, "Shop 3")
			require.NoError(b, err)
			*into = append(*into, w.stop())
			b.entries = len(a.History().Entries())
		}
		require.NoError(b, v.Close())
		var took watch
		_, took, peak = b.tickmark("request", b.path(), "list", "--assessment", "Shop 3")
		process = append(process, took)
	}
	b.took("open the vault, read-only", opened, 0)
	b.took("derive its assessment for the first time, every signature checked", derived, 0)
	b.took("derive it again, as after each change", again, 0)
	b.took("`tickmark request list`, whole process", process, 0)
	b.add("its memory", float64(peak)/(1<<20), 256, "MiB", "")
}

// lists measures the first frame of each list, and keys in it.
func (b *engagementBench) lists() {
	path := b.copied()
	v, err := b.door.open(b.Context(), path, opening{})
	require.NoError(b, err)
	b.fillRecords(v)
	first := startWatch()
	d, router := b.desk(path, "Shop 3", &v)
	_ = router.View()
	b.took("dashboard, first frame of all (the assessment derived within)", []watch{first.stop()}, 0)
	for _, room := range []struct {
		name string
		open []string
	}{
		{"dashboard", []string{"a", "esc"}},
		{"requirements", []string{"a"}},
		{"problems", []string{"p"}},
		{"evidence", []string{"e"}},
		{"requests", room("what came")},
		{"samples", room("drawn from them")},
		{"stage", room("section by section")},
		{"calendar", room("done and missed")},
		{"records", room("attestations")},
		{"one requirement, with all files beside it", []string{"a", "down", "down", "enter"}},
	} {
		b.list(d, router, room.name, room.open)
	}
	d.Press(room("what came")...)
	var saved []watch
	for range 10 {
		d.Press("down")
		save := startWatch()
		d.Press("x")
		_ = router.View()
		saved = append(saved, save.stop())
	}
	b.took("a request withdrawn: key to the frame that shows it saved", saved, 0)
	require.NoError(b, v.Close())
}

// desk is the workbench on a vault.
func (b *engagementBench) desk(path, assessment string, v **vault.Vault) (*tuitest.Driver, *tui.Router) {
	w, err := b.door.bench(path, opening{assessment: assessment}, chosen{}, nil, v)
	require.NoError(b, err)
	router := tui.New(tui.Options{First: screen.NewUnlock(b.Context(), w)})
	return tuitest.New(b, router, 120, 40), router
}

// room are the keys that go where the list of all rooms has these words alone.
func room(words string) []string {
	return slices.Concat([]string{":", "/"}, strings.Split(words, ""), []string{"enter", "enter"})
}

func (b *engagementBench) list(d *tuitest.Driver, router *tui.Router, name string, open []string) {
	d.Press(open[:len(open)-1]...)
	first := startWatch()
	d.Press(open[len(open)-1])
	frame := router.View()
	b.took(name+", first frame", []watch{first.stop()}, 100)
	require.NotContains(b, frame, "does nothing")
	if os.Getenv("TICKMARK_BENCH_FRAMES") != "" {
		b.Log(d.Frame())
	}
	var keys []watch
	press := func(all []string, times int) {
		for i := range times {
			key := startWatch()
			d.Press(all[i%len(all)])
			_ = router.View()
			keys = append(keys, key.stop())
		}
	}
	press([]string{"down", "down", "pgdown", "up", "end", "home"}, 300)
	d.Press("/")
	press([]string{"p", "a", "p", "backspace", "backspace", "backspace"}, 60)
	_, clock := times(keys)
	b.add(name+", key to frame, p95", nearly(clock), 10, "ms", fmt.Sprintf("%.2g ms at p50", middle(clock)))
	d.Press("esc")
	if name != "dashboard" {
		d.Press("esc", "esc", "esc", "esc")
	}
}

// importing takes a folder of 2 GB in, beside copying it with its digests alone.
func (b *engagementBench) importing() {
	sent, path := b.folderOf("folder", benchFolder, benchFolderBytes), b.copied()
	floor := b.plainCopy(sent)
	said, took, peak := b.tickmark("request", path, "import", sent, "--assessment", "Report on Compliance")
	require.Contains(b, said, fmt.Sprintf("%d taken in, 0 there already", benchFolder))
	b.add("import 5,000 files of 2 GB", took.worked.Seconds(), 0, "s", besideCopy(took, floor))
	b.add("memory, importing them", float64(peak)/(1<<20), 256, "MiB", "")
	said, took, _ = b.tickmark("request", path, "import", sent, "--assessment", "Report on Compliance")
	require.Contains(b, said, fmt.Sprintf("0 taken in, %d there already", benchFolder))
	b.add("the same folder again", took.worked.Seconds(), 0, "s", "nothing is taken in twice")
	program, err := os.Executable()
	require.NoError(b, err)
	b.Setenv("TICKMARK_BENCH_ENGAGEMENT", "desk:"+sent)
	_, _, peak = b.process(program, "-test.run", "^TestBenchEngagement$", "-test.timeout", "60m")
	b.add("memory, importing them at the desk", float64(peak)/(1<<20), 256, "MiB", "from opening to closing")
}

// atDesk opens the workbench, takes a folder in and leaves: a process of its own.
func (b *engagementBench) atDesk(sent string) {
	path := b.copied()
	b.door.lean()
	v, err := b.door.open(b.Context(), path, opening{})
	require.NoError(b, err)
	d, _ := b.desk(path, "Report on Compliance", &v)
	d.Press(room("what came")...).Press("i", "/").Type("folder").Press("enter", "enter", "ctrl+u").Type(sent).Press("enter", "esc", "S")
	d.Shows(fmt.Sprintf("%d taken in, 0 there already", benchFolder)).Press("esc", "esc", "esc")
	b.door.finish(b.Context(), v)
}

// ofOneRequest takes many small files in for one request.
func (b *engagementBench) ofOneRequest() {
	sent, path := b.folderOf("one", benchOfOne, benchOfOne*2000), b.copied()
	floor := b.plainCopy(sent)
	said, took, peak := b.tickmark("request", path, "import", sent, "--assessment", "Report on Compliance")
	require.Contains(b, said, fmt.Sprintf("%d taken in", benchOfOne))
	b.add("import 10,000 small files for one request", took.worked.Seconds(), 0, "s", besideCopy(took, floor))
	b.add("memory, importing them", float64(peak)/(1<<20), 256, "MiB", "")
	_, took, _ = b.tickmark("request", path, "show", "Req-1", "--assessment", "Report on Compliance")
	b.add("show that request, whole process", ms(took.worked), 0, "ms", "")
}

// besideCopy says what copying the same files alone took.
func besideCopy(took, floor watch) string {
	return fmt.Sprintf("copying them to the same disk with their SHA-256: %.3g s, %.1fx; by the clock %.3g s and %.3g s, %.1fx",
		floor.worked.Seconds(), took.worked.Seconds()/floor.worked.Seconds(), took.clock.Seconds(), floor.clock.Seconds(), took.clock.Seconds()/floor.clock.Seconds())
}
