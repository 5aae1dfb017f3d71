package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/reports/printer"
)

func TestRewritingSaysHowFastAndHowLong(t *testing.T) {
	assert.Equal(t, "256 of 1000 MiB, 128 MiB/s, 6s left", bytesDone(256<<20, 1000<<20, 2*time.Second))
	assert.Equal(t, "0 of 1 MiB", bytesDone(0, 5, 0), "no rate is known yet")

	d, said := outside(), &bytes.Buffer{}
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	d.err, d.now = said, func() time.Time { return now }
	for terminal, want := range map[bool]string{false: "", true: "\r\x1b[Kcompacting: 4 of 8 MiB, 4 MiB/s, 1s left\r\x1b[K"} {
		said.Reset()
		d.terminal = func(io.Writer) bool { return terminal }
		line := d.progress()
		now = now.Add(time.Second)
		show := line.Bytes("compacting")
		show(4<<20, 8<<20)
		show(5<<20, 8<<20) // within a tenth of a second
		line.Done()
		assert.Equal(t, want, said.String())
	}
}

func TestPrintingSaysHowFastAndHowLong(t *testing.T) {
	d, said := outside(), &bytes.Buffer{}
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	d.err, d.now, d.terminal = said, func() time.Time { return now }, func(io.Writer) bool { return true }
	line := d.progress()
	for _, step := range []struct {
		at   printer.Step
		want string
	}{
		{printer.Step{Part: "composing"}, "composing"},
		{printer.Step{Part: "drawing the pages"}, "drawing the pages"},
		{printer.Step{Part: "drawing the pages", Done: 100, All: 400, WhatCounts: "pages"}, "drawing the pages: 100 of 400 pages, 50/s, 6s left"},
		{printer.Step{Part: "signing and verifying"}, "signing and verifying"},
		{printer.Step{Part: "packing", All: 9, WhatCounts: "items"}, "packing: 0 of 9 items"},
	} {
		now = now.Add(2 * time.Second)
		said.Reset()
		line.Step(step.at)
		assert.Equal(t, "\r\x1b[K"+step.want, said.String())
	}
}

func TestACollectionSaysHowFastAndHowLong(t *testing.T) {
	d, said := outside(), &bytes.Buffer{}
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	d.err, d.now, d.terminal = said, func() time.Time { return now }, func(io.Writer) bool { return true }
	line := d.progress()
	for _, step := range []struct {
		after time.Duration
		at    engine.Progress
		want  string
	}{
		{0, engine.Progress{Source: "prod", What: "Node"}, "prod: Node, 0 objects"},
		{2 * time.Second, engine.Progress{Source: "prod", What: "Pod", Seen: 500, Total: 2000, Gaps: 2}, "prod: Pod, 500 of 2000 objects, 250/s, 6s left, 2 gaps"},
		{time.Millisecond, engine.Progress{Source: "prod", What: "Pod", Seen: 501}, ""},
		{time.Millisecond, engine.Progress{Source: "test", What: "Node", Seen: 4}, "test: Node, 4 objects"},
		{time.Second, engine.Progress{Source: "test", What: "Node\x1b[2J", Seen: 10}, "test: Node[2J, 10 objects, 10/s"},
		{time.Second, engine.Progress{Source: engine.Evaluating, Total: 143}, "evaluating, 0 of 143 checks"},
		{2 * time.Second, engine.Progress{Source: engine.Evaluating, What: "nodes-ready", Seen: 13, Total: 143}, "evaluating: nodes-ready, 13 of 143 checks, 6/s, 20s left"},
	} {
		now = now.Add(step.after)
		said.Reset()
		line.Show(step.at)
		_, shown, _ := strings.Cut(said.String(), "\x1b[K")
		assert.Equal(t, step.want, shown)
	}
}

func TestAReportSaysAtWhichPartItIs(t *testing.T) {
	var out, said bytes.Buffer
	path := filepath.Join(t.TempDir(), "shop.vault")
	d := cornerShop(t, path, "saq-a", &out)
	d.err, d.terminal = &said, func(w io.Writer) bool { return w == io.Writer(&said) }
	at := d.now()
	d.now = func() time.Time { return at } // where pages take long, it is said how many there are
	require.Equal(t, exitAttention, run(t.Context(), d, []string{"report", path, "-o", path + ".pdf", "--bundle", path + ".zip"}), out.String())
	assert.Equal(t, []string{"reading the evidence", "composing", "drawing the pages", "signing and verifying", "packing", ""},
		strings.Split(said.String(), "\r\x1b[K")[1:])
}

func TestTakingInSaysHowFar(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dump.bin")
	require.NoError(t, os.WriteFile(path, make([]byte, 10), 0o600))
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	var said []int64
	r := follow(f, func(done, total int64) {
		assert.EqualValues(t, 10, total)
		said = append(said, done)
	})
	part := make([]byte, 6)
	for range 2 {
		_, err = r.Read(part)
		require.NoError(t, err)
	}
	_, err = r.(io.Seeker).Seek(0, io.SeekStart)
	require.NoError(t, err)
	_, err = r.Read(part)
	require.NoError(t, err)
	assert.Equal(t, []int64{6, 10, 6}, said)
}

func TestReadingSaysHowLong(t *testing.T) {
	at := engine.Progress{Source: "dump", What: "pods.json", Seen: 1200, Read: 16 << 20, Size: 64 << 20}
	assert.Equal(t, "dump: pods.json, 1200 objects, 16 of 64 MiB, 8 MiB/s, 6s left", progressText(at, 2*time.Second))
}
