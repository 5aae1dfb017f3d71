package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
