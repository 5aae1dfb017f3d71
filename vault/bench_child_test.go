package vault

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
)

// Each measure runs in a process of its own, so that its memory is its own.

// benchJob is what a child is asked to do.
type benchJob struct {
	Do   string
	Path string
	N    int
	Size int64
}

// benchReport is what it tells of it.
type benchReport struct {
	Times map[string][]time.Duration
	Bytes map[string]int64
	// Process is the time from its start to its end, Peak its maximum resident set
	// size in bytes; the parent fills them in.
	Process time.Duration
	Peak    int64
}

func (r *benchReport) time(name string, what func()) {
	started := time.Now()
	what()
	r.Times[name] = append(r.Times[name], time.Since(started))
}

const benchJobVariable, benchReportMark = "TICKMARK_BENCH_VAULT_JOB", "REPORT "

func TestBenchVaultChild(t *testing.T) {
	text := os.Getenv(benchJobVariable)
	if text == "" {
		t.Skip("runs as a child of `make bench-vault` alone")
	}
	var job benchJob
	require.NoError(t, json.Unmarshal([]byte(text), &job))
	report := benchReport{Times: map[string][]time.Duration{}, Bytes: map[string]int64{}}
	do := map[string]func(*testing.T, benchJob, *benchReport){
		"open": childOpen, "open-plain": childOpenPlain, "whole": childWhole, "answer": childAnswer, "answer-plain": childAnswerPlain,
		"attach": childAttach, "attach-plain": childAttachPlain, "collect": childCollect, "compact": childCompact, "fold": childFold,
	}
	do[job.Do](t, job, &report)
	b, err := json.Marshal(report)
	require.NoError(t, err)
	fmt.Println(benchReportMark + string(b))
}

// childOpen opens once, or N times for a profile.
func childOpen(t *testing.T, job benchJob, r *benchReport) {
	for range max(1, job.N) {
		var v *Vault
		r.time("open", func() {
			v = benchOpen(t, job.Path)
			firstAnswer(t, v)
		})
		r.time("close", func() { require.NoError(t, v.Close()) })
	}
}

func childOpenPlain(t *testing.T, job benchJob, r *benchReport) {
	r.time("open", func() {
		db := plainDatabase(t, job.Path)
		plainFirstAnswer(t, db)
		defer db.Close()
	})
}

// childAnswer answers as an assessor does: reads the first answer, derives the
// assessment, saves.
func childAnswer(t *testing.T, job benchJob, r *benchReport) {
	v := benchOpen(t, job.Path)
	firstAnswer(t, v)
	drafts := benchDrafts(t, v, benchAnswers, job.N)
	before := writtenBytes(t)
	for _, d := range drafts {
		r.time("save", func() {
			_, err := v.Append(t.Context(), d)
			require.NoError(t, err)
		})
	}
	r.Bytes["written"] = (writtenBytes(t) - before) / int64(job.N)
	info, err := os.Stat(logPath(job.Path))
	require.NoError(t, err)
	r.Bytes["log"] = info.Size() / int64(job.N)
	benchDrafts(t, v, benchAnswers, 1)
	require.NoError(t, v.Close())
}

func childAnswerPlain(t *testing.T, job benchJob, r *benchReport) {
	db := plainDatabase(t, job.Path)
	defer db.Close()
	plainFirstAnswer(t, db)
	before := writtenBytes(t)
	saves := benchFixture{job.Path[:strings.LastIndex(job.Path, "/scratch-")]}.readSaves(t)[:job.N]
	for _, s := range saves {
		r.time("save", func() { s.write(t, db) })
	}
	r.Bytes["written"] = (writtenBytes(t) - before) / int64(job.N)
}

func childWhole(t *testing.T, job benchJob, r *benchReport) {
	var w *wholeFile
	r.time("open", func() {
		w = openWhole(t, job.Path)
		w.firstAnswer(t)
	})
	before := writtenBytes(t)
	saves := benchFixture{job.Path[:strings.LastIndex(job.Path, "/scratch-")]}.readSaves(t)
	for _, s := range saves[:job.N] {
		r.time("save", func() { w.save(t, s) })
	}
	r.Bytes["written"] = (writtenBytes(t) - before) / int64(job.N)
}

// childAttach takes in N files of Size bytes in all.
func childAttach(t *testing.T, job benchJob, r *benchReport) {
	v := benchOrCreate(t, job.Path)
	for i := range job.N {
		r.time("take in", func() {
			_, err := v.PutEvidence(t.Context(), questionnaires.Evidence{Title: "Dump"}, "dump.bin", pipe(uint64(i)+9, job.Size/int64(job.N)))
			require.NoError(t, err)
		})
	}
	benchClose(t, v, r)
}

// childAttachPlain is what plain SQLite needs for the same bytes.
func childAttachPlain(t *testing.T, job benchJob, r *benchReport) {
	db := plainDatabase(t, job.Path)
	defer db.Close()
	r.time("take in", func() {
		digest, buffer, source := sha256.New(), make([]byte, maxIntake), pipe(9, job.Size)
		result, err := db.Exec("insert into documents (size) values (?)", job.Size)
		require.NoError(t, err)
		document, err := result.LastInsertId()
		require.NoError(t, err)
		for place := 0; int64(place)*maxChunk < job.Size; {
			n, err := io.ReadFull(source, buffer)
			require.NoError(t, err)
			tx, err := db.Begin()
			require.NoError(t, err)
			for part := range slices.Chunk(buffer[:n], maxChunk) {
				digest.Write(part)
				_, err := tx.Exec("insert into chunks (document, place, encoding, size, data) values (?, ?, 'raw', ?, ?)", document, place, len(part), part)
				require.NoError(t, err)
				place++
			}
			require.NoError(t, tx.Commit())
		}
		_, err = db.Exec("update documents set digest = ? where id = ?", digest.Sum(nil), document)
		require.NoError(t, err)
	})
}

// childCollect takes in one collection of N documents, of Size bytes in all.
func childCollect(t *testing.T, job benchJob, r *benchReport) {
	v := benchOrCreate(t, job.Path)
	size := (int(job.Size)/job.N - 100) * 3 / 4
	old := debug.SetMemoryLimit(176 << 20) // as `tickmark collect` does
	r.time("take in", func() { benchCollect(t, v, benchCollector{name: "shop", n: job.N, size: size, seed: 5}) })
	debug.SetMemoryLimit(old)
	debug.FreeOSMemory()
	benchClose(t, v, r)
}

// benchClose notes what memory was needed before the closing, and compacts first
// where that is due, as the program does.
func benchClose(t *testing.T, v *Vault, r *benchReport) {
	r.Bytes["peak before closing"] = peakMemory(t)
	r.time("close", func() {
		if v.LogIsLong() {
			require.NoError(t, v.Compact(t.Context(), nil))
		}
		require.NoError(t, v.Close())
	})
	r.Bytes["peak"] = peakMemory(t)
}

func benchOrCreate(t *testing.T, path string) *Vault {
	if _, err := os.Stat(path); err == nil {
		return benchOpen(t, path)
	}
	v, err := Create(t.Context(), path, []age.Recipient{benchKey(t).Recipient()}, WithAuthor(signer(t, "Ada Auditor", 1)), ForEntity("Corner Shop"))
	require.NoError(t, err)
	return v
}

func childCompact(t *testing.T, job benchJob, r *benchReport) {
	v := benchOpen(t, job.Path)
	r.time("compact", func() { require.NoError(t, v.Compact(t.Context(), nil)) })
	info, err := os.Stat(job.Path)
	require.NoError(t, err)
	r.Bytes["size"] = info.Size()
	require.NoError(t, v.Close())
}

// childFold saves N times, one less than is put up with, and closes, which folds.
func childFold(t *testing.T, job benchJob, r *benchReport) {
	v := benchOpen(t, job.Path)
	for _, d := range benchDrafts(t, v, benchAnswers, job.N) {
		_, err := v.Append(t.Context(), d)
		require.NoError(t, err)
	}
	r.time("fold", func() { require.NoError(t, v.Close()) })
}

// writtenBytes is what this process caused to be written to disks, 0 where the
// system does not count it.
func writtenBytes(t testing.TB) int64 { return procNumber("/proc/self/io", "write_bytes:") }

// peakMemory is the greatest resident set of this process so far, in bytes.
func peakMemory(t testing.TB) int64 { return procNumber("/proc/self/status", "VmHWM:") << 10 }

func procNumber(path, name string) int64 {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, found := strings.CutPrefix(line, name); found {
			n, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return n
		}
	}
	return 0
}
