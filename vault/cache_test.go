package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// A log of more members than are kept open reads as one.
func TestManyMembersAreReadThroughFewReaders(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	documents := make([]engine.Document, maxReaders+40)
	for i := range documents {
		documents[i] = engine.NewDocument(engine.Ref{Kind: "Pod"}, fmt.Appendf(nil, `{"n":%d,"pad":"%x"}`, i, bytes.Repeat([]byte{byte(i)}, 3000)))
		require.NoError(t, v.Update(t.Context(), func(tx *Tx) error { return tx.PutDocument(documents[i]) }))
	}
	require.Len(t, v.log.members, len(documents))
	v.cache.mu.Lock()
	clear(v.cache.chunks)
	v.cache.order.Init()
	v.cache.held = 0
	v.cache.mu.Unlock()
	for range 2 {
		for _, want := range documents {
			body, err := v.Body(t.Context(), want.Digest)
			require.NoError(t, err)
			assert.Equal(t, string(want.Body), string(body))
		}
	}
	assert.LessOrEqual(t, v.cache.recent.Len(), maxReaders)
	assert.Len(t, v.cache.readers, v.cache.recent.Len())
	require.NoError(t, v.Verify(t.Context()))
}

// The list of a large collection is stored in pieces, and once.
func TestLargeCollection(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	c := Collection{Collectors: []engine.Collector{benchCollector{name: "shop", n: longManifest + 1, size: 30}}, Checks: []engine.Check{benchCheck()}}
	first, err := v.Collect(t.Context(), c)
	require.NoError(t, err)
	second, err := v.Collect(t.Context(), c)
	require.NoError(t, err)
	assert.Equal(t, first.Recorded.Targets[0].Snapshot, second.Recorded.Targets[0].Snapshot)
	s, err := v.Snapshot(t.Context(), first.Recorded.Targets[0].Snapshot)
	require.NoError(t, err)
	assert.Len(t, s.Entries, longManifest+1)
	left, err := v.db.unfinished()
	require.NoError(t, err)
	assert.False(t, left)
	require.NoError(t, v.Verify(t.Context()))
}

// What is read from its start to its end, and then again, is there the second time as far
// as there is room.
func TestTheCacheKeepsWhatComesFirst(t *testing.T) {
	c, of := newCache(), &chunked{}
	read := func() (known int) {
		for i := range int64(2 * maxCached / sealedChunk) {
			if c.get(place{of, i}) != nil {
				known++
				continue
			}
			c.put(place{of, i}, make([]byte, sealedChunk))
		}
		return known
	}
	assert.Zero(t, read())
	assert.Zero(t, read(), "what comes last is kept")
	c = newCache()
	c.keepFirst(true)
	assert.Zero(t, read())
	assert.Equal(t, maxCached, c.held)
	c.keepFirst(false)
	assert.Equal(t, maxCached/sealedChunk, read())
	assert.LessOrEqual(t, c.held, maxCached)
}

// What is read of a log that is longer than what is kept says the same, read in whole
// chunks or bit by bit, and names what does not hold.
func TestALongLogIsReadInWholeChunks(t *testing.T) {
	text := make([]byte, 3*sealedChunk+100)
	for i := range text {
		text[i] = byte(i >> 8)
	}
	for name, first := range map[string]bool{"of what is kept": false, "of what is not": true} {
		broken := int64(-1)
		c := &chunked{size: int64(len(text)), cache: newCache(), wrong: func(chunk int64, err error) error { return fmt.Errorf("chunk %d: %w", chunk, err) }}
		c.reopen = func() (io.ReaderAt, error) { return brokenAt{bytes.NewReader(text), &broken}, nil }
		c.cache.keepFirst(first)
		c.cache.held = maxCached
		for _, at := range []int64{0, 7, sealedChunk, 2*sealedChunk + 1} {
			for _, size := range []int{1, sealedChunk, 2*sealedChunk + 5, len(text)} {
				p := make([]byte, size)
				n, err := c.ReadAt(p, at)
				require.Equal(t, text[at:min(int(at)+size, len(text))], p[:n], "%s: %d at %d", name, size, at)
				require.Equal(t, n < size, errors.Is(err, io.EOF), "%s: %d at %d: %v", name, size, at, err)
			}
		}
		clear(c.cache.chunks)
		broken = 2*sealedChunk + 3
		_, err := c.ReadAt(make([]byte, len(text)), 0)
		require.ErrorContains(t, err, "chunk 2: torn", name)
	}
}

// brokenAt reads nothing that holds one byte.
type brokenAt struct {
	io.ReaderAt
	at *int64
}

func (b brokenAt) ReadAt(p []byte, at int64) (int, error) {
	if at <= *b.at && *b.at < at+int64(len(p)) {
		return 0, errors.New("torn")
	}
	return b.ReaderAt.ReadAt(p, at)
}
