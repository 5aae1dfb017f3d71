package vault

import (
	"bytes"
	"fmt"
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
