package vault

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/testdata/figures"
)

// TestBenchVault is `make bench-vault`: the figures of a vault of 1 GB beside plain
// SQLite and beside the simple design, from one run. TICKMARK_BENCH_VAULT is `all`,
// which writes the table of docs/benchmarks.md too, or names some of the parts.
func TestBenchVault(t *testing.T) {
	asked := os.Getenv("TICKMARK_BENCH_VAULT")
	if asked == "" {
		t.Skip("runs by `make bench-vault` alone: it needs some minutes and 8 GB of disk")
	}
	b := &bench{T: t, machine: figures.Machine(), fixture: largeVault(t)}
	parts := []struct {
		name string
		run  func(*bench)
	}{
		{"open", (*bench).opening},
		{"save", (*bench).saving},
		{"whole", (*bench).whole},
		{"intake", (*bench).intake},
		{"compact", (*bench).compaction},
		{"fold", (*bench).folding},
		{"large", (*bench).largeIntake},
	}
	for _, part := range parts {
		if asked == "all" || slices.Contains(strings.Split(asked, ","), part.name) {
			part.run(b)
		}
	}
	table := b.table()
	fmt.Print("\n", table)
	if asked == "all" {
		figures.Write(t, "bench-vault", table)
	}
}

// bench gathers the rows of the table.
type bench struct {
	*testing.T
	machine string
	fixture benchFixture
	rows    []benchRow
}

// child runs one job in a process of its own, under /usr/bin/time where it is there.
func (b *bench) child(job benchJob) benchReport {
	b.Helper()
	text, err := json.Marshal(job)
	require.NoError(b, err)
	command := []string{os.Args[0], "-test.run=^TestBenchVaultChild$", "-test.timeout=60m"}
	const gnuTime = "/usr/bin/time"
	_, missing := os.Stat(gnuTime)
	if missing == nil {
		command = append([]string{gnuTime, "-v"}, command...)
	}
	c := exec.Command(command[0], command[1:]...)
	c.Env = append(os.Environ(), benchJobVariable+"="+string(text))
	var out, notes bytes.Buffer
	c.Stdout, c.Stderr = &out, &notes
	started := time.Now()
	err = c.Run()
	elapsed := time.Since(started)
	require.NoError(b, err, "%s\n%s", out.String(), notes.String())
	_, after, found := strings.Cut(out.String(), benchReportMark)
	require.True(b, found, out.String())
	line, _, _ := strings.Cut(after, "\n")
	var r benchReport
	require.NoError(b, json.Unmarshal([]byte(line), &r))
	r.Process, r.Peak = elapsed, r.Bytes["peak"]
	if m := regexp.MustCompile(`Maximum resident set size \(kbytes\): (\d+)`).FindStringSubmatch(notes.String()); m != nil {
		kilobytes, _ := strconv.ParseInt(m[1], 10, 64)
		r.Peak = kilobytes << 10
	}
	b.Logf("%s %s: %v in all, peak %s", job.Do, filepath.Base(job.Path), elapsed.Round(time.Millisecond), fmt.Sprintf("%.0f MiB", mib(r.Peak)))
	return r
}

// opening compares processes, in turn, that open and read the first answer.
func (b *bench) opening() {
	const rounds = 9
	logged, folded := b.withLog(32_000_000), b.withLog(32_000_000)
	require.NoError(b, benchOpen(b, folded).Close())
	times := map[string][]time.Duration{}
	for range rounds {
		ours, theirs := b.child(benchJob{Do: "open", Path: b.fixture.scratch(b)}), b.child(benchJob{Do: "open-plain", Path: b.fixture.plain()})
		times["ours"], times["process"] = append(times["ours"], ours.Times["open"]...), append(times["process"], ours.Process)
		times["plain"], times["plain process"] = append(times["plain"], theirs.Times["open"]...), append(times["plain process"], theirs.Process)
		// Closing a vault folds its log, so that each opening needs another.
		again := b.fixture.scratch(b)
		copyFile(b, logPath(logged), logPath(again))
		times["logged"] = append(times["logged"], b.child(benchJob{Do: "open", Path: again}).Times["open"]...)
		times["folded"] = append(times["folded"], b.child(benchJob{Do: "open", Path: folded}).Times["open"]...)
	}
	plain := ms(times["plain"])
	b.add(benchRow{measure: "open, read the first answer", unit: milliseconds, ours: ms(times["ours"]), most: 50, plain: plain})
	b.add(benchRow{measure: "the same behind a log of 32 MB", unit: milliseconds, ours: ms(times["folded"]), most: 150, plain: plain})
	b.add(benchRow{measure: "the same, 200 saves of it unfolded", unit: milliseconds, ours: ms(times["logged"]), most: 150, plain: plain})
	b.add(benchRow{measure: "without that log, whole process", unit: milliseconds, ours: ms(times["process"]), plain: ms(times["plain process"])})
}

// withLog is the vault with a log of n bytes: documents, and behind them 200 answers
// that nobody folded, since the program was killed.
func (b *bench) withLog(n int64) string {
	path := b.fixture.scratch(b)
	v := benchOpen(b, path)
	random, raw := benchRandom(77), make([]byte, benchSize)
	drafts := benchDrafts(b, v, benchAnswers, 200)
	for size := int64(0); size < n-int64(len(drafts))*10_000; {
		require.NoError(b, v.Update(b.Context(), func(tx *Tx) error {
			for range 100 {
				_, _ = random.Read(raw)
				if err := tx.PutDocument(engine.NewDocument(engine.Ref{Kind: "Pod"}, fmt.Appendf(nil, `{"pad":"%s"}`, base64.StdEncoding.EncodeToString(raw)))); err != nil {
					return err
				}
			}
			return nil
		}))
		info, err := os.Stat(logPath(path))
		require.NoError(b, err)
		size = info.Size()
	}
	for _, d := range drafts {
		_, err := v.Append(b.Context(), d)
		require.NoError(b, err)
	}
	// Closing folds: what a kill would leave is put back.
	copyFile(b, logPath(path), path+".killed")
	require.NoError(b, v.Close())
	require.NoError(b, os.Rename(path+".killed", logPath(path)))
	info, err := os.Stat(logPath(path))
	require.NoError(b, err)
	b.Logf("the log is of %.1f MB", float64(info.Size())/1e6)
	return path
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	require.NoError(t, err)
	defer in.Close()
	out, err := os.Create(to)
	require.NoError(t, err)
	_, err = io.Copy(out, in)
	require.NoError(t, err)
	require.NoError(t, out.Close())
}

// saving compares single saves with plain SQLite's, in turn in one process.
func (b *bench) saving() {
	db, v := plainDatabase(b, b.plainCopy()), benchOpen(b, b.fixture.scratch(b))
	defer db.Close()
	drafts := benchDrafts(b, v, benchAnswers, benchSaves)
	var ours, theirs []time.Duration
	for i, s := range b.fixture.readSaves(b) {
		started := time.Now()
		_, err := v.Append(b.Context(), drafts[i])
		ours = append(ours, time.Since(started))
		require.NoError(b, err)
		started = time.Now()
		s.write(b, db)
		theirs = append(theirs, time.Since(started))
	}
	require.NoError(b, v.Close())
	b.add(benchRow{measure: "save one answer, p50", unit: milliseconds, ours: ms(ours), plain: ms(theirs), mostTimes: 4})
	b.add(benchRow{measure: "save one answer, p95", unit: milliseconds, ours: percentile(ours, 95), plain: percentile(theirs, 95)})
	answering := b.child(benchJob{Do: "answer", Path: b.fixture.scratch(b), N: 200})
	plainly := b.child(benchJob{Do: "answer-plain", Path: b.plainCopy(), N: 200})
	b.add(benchRow{measure: "appended per save", unit: kilobytes, ours: float64(answering.Bytes["log"]) / 1e3, most: 16})
	b.add(benchRow{measure: "written per save, as the kernel counts", unit: kilobytes, ours: float64(answering.Bytes["written"]) / 1e3, plain: float64(plainly.Bytes["written"]) / 1e3})
	b.add(benchRow{measure: "memory, answering", unit: mebibytes, ours: mib(answering.Peak), most: 64, plain: mib(plainly.Peak)})
}

// plainCopy is the plain file to be written to.
func (b *bench) plainCopy() string {
	path := filepath.Join(filepath.Dir(b.fixture.scratch(b)), "plain.db")
	copyFile(b, b.fixture.plain(), path)
	return path
}

// whole measures the simple design, and puts its figures beside ours.
func (b *bench) whole() {
	r := b.child(benchJob{Do: "whole", Path: b.fixture.scratch(b), N: 2})
	for i := range b.rows {
		row := &b.rows[i]
		switch row.measure {
		case "open, read the first answer":
			row.whole = ms(r.Times["open"])
		case "without that log, whole process":
			row.whole = ms(r.Times["open"])
		case "save one answer, p50", "save one answer, p95":
			row.whole = ms(r.Times["save"])
		case "written per save, as the kernel counts":
			row.whole = float64(r.Bytes["written"]) / 1e3
		case "memory, answering":
			row.whole = mib(r.Peak)
		}
	}
}

// intake takes 100 MB into the large vault, one file.
func (b *bench) intake() {
	const size = 100 << 20
	ours := b.child(benchJob{Do: "attach", Path: b.fixture.scratch(b), N: 1, Size: size})
	plain := b.child(benchJob{Do: "attach-plain", Path: b.plainCopy(), N: 1, Size: size})
	b.add(benchRow{measure: "take in 100 MB of evidence", unit: milliseconds, ours: ms(ours.Times["take in"]), plain: ms(plain.Times["take in"])})
	b.add(benchRow{measure: "memory, taking in 100 MB", unit: mebibytes, ours: mib(ours.Peak), most: 160, plain: mib(plain.Peak)})
}

// largeIntake takes 2 GB into a new vault, which is compacted when it is closed.
func (b *bench) largeIntake() {
	const size = 2 << 30
	for _, job := range []struct {
		what string
		job  benchJob
	}{
		{"2 GB, one file", benchJob{Do: "attach", N: 1, Size: size}},
		{"2 GB, 20 files", benchJob{Do: "attach", N: 20, Size: size}},
		{"2 GB, a collection of 500,000 documents", benchJob{Do: "collect", N: 500_000, Size: size}},
	} {
		folder, err := os.MkdirTemp(b.fixture.folder, "scratch-")
		require.NoError(b, err)
		job.job.Path = filepath.Join(folder, "new.vault")
		r := b.child(job.job)
		require.NoError(b, os.RemoveAll(folder))
		b.Logf("%s: taken in %v, closed %v, peak before closing %.0f MiB", job.what, sum(r.Times["take in"]), r.Times["close"], mib(r.Bytes["peak before closing"]))
		b.add(benchRow{measure: "memory, taking in " + job.what, unit: mebibytes, ours: mib(r.Peak), most: 256})
	}
}

// compaction is measured in turn with what the disk and age do alone.
func (b *bench) compaction() {
	const rounds = 3
	var ours, disk, seal []float64
	for range rounds {
		path := b.withLog(32 << 20)
		r := b.child(benchJob{Do: "compact", Path: path})
		ours = append(ours, float64(r.Bytes["size"])/r.Times["compact"][0].Seconds()/1e6)
		disk = append(disk, diskRate(b, filepath.Dir(path), r.Bytes["size"])/1e6)
		seal = append(seal, ageRate(b, path)/1e6)
		b.Logf("compaction %.0f MB/s, raw disk %.0f, age %.0f", ours[len(ours)-1], disk[len(disk)-1], seal[len(seal)-1])
	}
	b.add(benchRow{measure: "compact, beside writing the same to the disk", unit: rate, ours: middle(ours), beside: middle(disk), leastPart: partOf(disk, seal)})
	b.add(benchRow{measure: "compact, beside age opening and sealing", unit: rate, ours: middle(ours), beside: middle(seal), leastPart: partOf(seal, disk)})
}

// partOf is the part of a rate that is asked for, none where the other is slower.
func partOf(this, other []float64) float64 {
	if middle(this) <= middle(other) {
		return 0.7
	}
	return 0
}

// folding closes a vault behind as many small saves as are put up with.
func (b *bench) folding() {
	var times []time.Duration
	for range 5 {
		times = append(times, b.child(benchJob{Do: "fold", Path: b.fixture.scratch(b), N: manyMembers}).Times["fold"]...)
	}
	b.add(benchRow{measure: "fold 256 members and close", unit: milliseconds, ours: ms(times), most: 200})
}
