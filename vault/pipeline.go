package vault

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
)

const (
	// blockSize is how much is handed over at a time, in bytes, and blocksAhead how
	// many blocks may wait.
	blockSize   = 256 << 10
	blocksAhead = 4
)

// pipeline hands what is written to another goroutine, in blocks, so that one half
// of the work is done beside the other: pages are read and opened while those before
// them are sealed and written.
type pipeline struct {
	block  []byte
	full   chan []byte
	empty  chan []byte
	failed atomic.Pointer[error]
}

// through runs produce, whose output goes to w in the order it was written. When w
// fails, so does produce with its next block. It returns when both have ended.
func through(w io.Writer, produce func(io.Writer) error) error {
	p := &pipeline{full: make(chan []byte, blocksAhead), empty: make(chan []byte, blocksAhead)}
	for range blocksAhead {
		p.empty <- make([]byte, 0, blockSize)
	}
	p.block = <-p.empty
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.drain(w)
	}()
	err := produce(p)
	if err == nil && len(p.block) > 0 {
		p.full <- p.block
	}
	close(p.full)
	<-ended
	if failed := p.failed.Load(); failed != nil {
		return *failed
	}
	return err
}

// drain writes blocks until there are no more. After a failure they are let go.
func (p *pipeline) drain(w io.Writer) {
	for block := range p.full {
		if p.failed.Load() == nil {
			if _, err := w.Write(block); err != nil {
				p.failed.Store(&err)
			}
		}
		p.empty <- block[:0]
	}
}

// Write follows io.Writer.
func (p *pipeline) Write(b []byte) (int, error) {
	written := 0
	for len(b) > 0 {
		if failed := p.failed.Load(); failed != nil {
			return written, *failed
		}
		n := min(len(b), blockSize-len(p.block))
		p.block = append(p.block, b[:n]...)
		b, written = b[n:], written+n
		if len(p.block) == blockSize {
			p.full <- p.block
			p.block = <-p.empty
		}
	}
	return written, nil
}

// readAhead hands over what another goroutine reads meanwhile.
type readAhead struct {
	blocks chan aheadBlock
	empty  chan []byte
	stop   chan struct{}
	ended  chan struct{}
	block  aheadBlock // at hand
	rest   []byte     // of it
}

type aheadBlock struct {
	buffer []byte
	n      int
	err    error // after its bytes
}

// ahead reads size bytes of r beside whoever uses them, where they are many. Stop must
// be called at the end; r is not used after it.
func ahead(r io.Reader, size int64) (reader io.Reader, stop func()) {
	if size < 2*blockSize {
		return r, func() {}
	}
	a := &readAhead{
		blocks: make(chan aheadBlock, blocksAhead), empty: make(chan []byte, blocksAhead),
		stop: make(chan struct{}), ended: make(chan struct{}),
	}
	buffers := aheadBuffers.Get().(*[blocksAhead][]byte)
	for _, buffer := range buffers {
		a.empty <- buffer
	}
	go a.fill(r)
	return a, func() {
		close(a.stop)
		<-a.ended
		aheadBuffers.Put(buffers)
	}
}

// aheadBuffers are kept for the next one: a log has many members.
var aheadBuffers = sync.Pool{New: func() any {
	var buffers [blocksAhead][]byte
	for i := range buffers {
		buffers[i] = make([]byte, blockSize)
	}
	return &buffers
}}

func (a *readAhead) fill(r io.Reader) {
	defer close(a.ended)
	for {
		var buffer []byte
		select {
		case buffer = <-a.empty:
		case <-a.stop:
			return
		}
		n, err := io.ReadFull(r, buffer)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		a.blocks <- aheadBlock{buffer, n, err}
		if err != nil {
			return
		}
	}
}

// Read follows io.Reader.
func (a *readAhead) Read(b []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.block.err != nil {
			return 0, a.block.err
		}
		if a.block.buffer != nil {
			a.empty <- a.block.buffer
		}
		a.block = <-a.blocks
		a.rest = a.block.buffer[:a.block.n]
	}
	n := copy(b, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}
