package vault

import (
	"container/list"
	"io"
	"sync"
)

// maxCached bounds the opened chunks that a vault keeps in memory, in bytes: of its
// base and of the members of its log together.
const maxCached = 16 << 20

// maxReaders is how many of age's readers are kept, each of which holds a chunk: a
// log that a large intake left has hundreds of members.
const maxReaders = 64

// cache keeps the chunks that were read last, opened, and the readers they came
// from. It is shared by all that is read of one vault.
type cache struct {
	mu     sync.Mutex
	held   int
	first  bool // what comes first is kept, and not what comes last
	chunks map[place]*list.Element
	order  list.List // the last used first

	readers map[*chunked]*list.Element
	recent  list.List // the last used first
}

type openReader struct {
	of    *chunked
	plain io.ReaderAt
}

type place struct {
	of    *chunked
	index int64
}

type cachedChunk struct {
	place place
	plain []byte
}

func newCache() *cache {
	return &cache{chunks: map[place]*list.Element{}, readers: map[*chunked]*list.Element{}}
}

// keep remembers a reader for the next time.
func (c *cache) keep(of *chunked, plain io.ReaderAt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, there := c.readers[of]; there {
		return
	}
	c.readers[of] = c.recent.PushFront(openReader{of, plain})
	if len(c.readers) > maxReaders {
		delete(c.readers, c.recent.Remove(c.recent.Back()).(openReader).of)
	}
}

// reader returns age's reader of a file, which is opened again where it was let go.
func (c *cache) reader(of *chunked) (io.ReaderAt, error) {
	c.mu.Lock()
	element, there := c.readers[of]
	if there {
		c.recent.MoveToFront(element)
	}
	c.mu.Unlock()
	if there {
		return element.Value.(openReader).plain, nil
	}
	plain, err := of.reopen()
	if err != nil {
		return nil, err
	}
	c.keep(of, plain)
	return plain, nil
}

func (c *cache) get(at place) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, there := c.chunks[at]
	if !there {
		return nil
	}
	c.order.MoveToFront(element)
	return element.Value.(*cachedChunk).plain
}

// keepFirst lets the cache keep what comes first from now on, and no longer what comes
// last: of what is read from its start to its end twice, nothing would be there the
// second time.
func (c *cache) keepFirst(first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.first = first
}

// isFull reports whether what comes now is not kept.
func (c *cache) isFull() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.first && c.held+sealedChunk > maxCached
}

func (c *cache) put(at place, plain []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, there := c.chunks[at]; there || c.first && c.held+len(plain) > maxCached {
		return
	}
	c.chunks[at] = c.order.PushFront(&cachedChunk{at, plain})
	c.held += len(plain)
	for c.held > maxCached {
		last := c.order.Back()
		old := c.order.Remove(last).(*cachedChunk)
		delete(c.chunks, old.place)
		c.held -= len(old.plain)
	}
}

// chunked reads an age file's plaintext at any place, in whole chunks that are kept
// for a while.
type chunked struct {
	// reopen returns age's reader, which authenticates what it hands out.
	reopen func() (io.ReaderAt, error)
	size   int64
	cache  *cache
	// wrong says what a failed reading of a chunk means.
	wrong func(chunk int64, err error) error
}

func (c *chunked) ReadAt(p []byte, at int64) (int, error) {
	n := 0
	for n < len(p) {
		if at >= c.size {
			return n, io.EOF
		}
		if whole := c.whole(p[n:], at); len(whole) > 0 && c.cache.isFull() && c.open(at/sealedChunk, whole) == nil {
			n, at = n+len(whole), at+int64(len(whole))
			continue
		}
		chunk, err := c.chunk(at / sealedChunk) // which says what is wrong with which
		if err != nil {
			return n, err
		}
		copied := copy(p[n:], chunk[at%sealedChunk:])
		n, at = n+copied, at+int64(copied)
	}
	return n, nil
}

// whole returns as much of the room for what is read at a place as is of whole chunks.
func (c *chunked) whole(room []byte, at int64) []byte {
	left := c.size - at
	switch {
	case at%sealedChunk != 0:
		return nil
	case int64(len(room)) >= left:
		return room[:left]
	}
	return room[:len(room)/sealedChunk*sealedChunk]
}

func (c *chunked) chunk(index int64) ([]byte, error) {
	at := place{c, index}
	if kept := c.cache.get(at); kept != nil {
		return kept, nil
	}
	plain := make([]byte, min(sealedChunk, c.size-index*sealedChunk))
	if err := c.open(index, plain); err != nil {
		return nil, err
	}
	c.cache.put(at, plain)
	return plain, nil
}

// open reads from the chunk with an index on.
func (c *chunked) open(index int64, plain []byte) error {
	r, err := c.cache.reader(c)
	if err != nil {
		return c.wrong(index, err)
	}
	if n, err := r.ReadAt(plain, index*sealedChunk); n < len(plain) {
		return c.wrong(index, err)
	}
	return nil
}
