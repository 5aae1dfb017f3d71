package vault

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"
)

// wreck is a vault of which parts may be damaged. Its pages are read one by one, past
// SQLite: what cannot be authenticated is never looked at, and what can be is found
// whatever led to it is lost. It is only read.
type wreck struct {
	pieces *pieces
	file   *os.File
	base   *chunked
	bad    map[int64]bool // chunks of the base that do not hold
	log    *sealedLog
	frames map[uint32]int64 // where in SQLite's log the newest state of a page begins
	count  uint32           // pages
	free   *scrubber        // nil where the list of free pages is damaged
	faults Inspection       // of which Faults and Dropped are filled in
}

// openWreck authenticates everything. Its error is one after which nothing can be
// read: no identity, no header, no file.
func openWreck(ctx context.Context, path string, identities []age.Identity, told *counting) (*wreck, error) {
	w := &wreck{bad: map[int64]bool{}, frames: map[uint32]int64{}}
	var err error
	if w.pieces, w.file, err = openPieces(path, identities); err != nil {
		return nil, err
	}
	told.total = w.pieces.length
	if err := w.authenticate(ctx, told); err != nil {
		return nil, errors.Join(err, w.close())
	}
	c := newCache()
	w.base = &chunked{reopen: func() (io.ReaderAt, error) { return w, nil }, cache: c, wrong: func(_ int64, err error) error { return err }}
	if n := w.pieces.count(); n > 0 {
		_, length := w.pieces.place(n - 1)
		w.base.size = (n-1)*sealedChunk + max(length-sealedTag, 0)
	}
	w.count = uint32(min(w.base.size/pageSize, tooManyPages-1))
	w.openLog(path, c)
	if err := w.readFrames(); err != nil {
		w.faults.add("log", err)
	}
	if w.free, err = newScrubber(w.count, w.page); err != nil {
		w.free = nil
	}
	return w, nil
}

func (w *wreck) close() error {
	return errors.Join(w.log.close(), w.file.Close())
}

func (w *wreck) authenticate(ctx context.Context, told *counting) error {
	for i := range w.pieces.count() {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, length := w.pieces.place(i)
		if _, err := w.pieces.chunk(i); err != nil {
			w.bad[i] = true
			w.faults.addRange(err, length)
		}
		told.count(int(length))
	}
	return nil
}

// ReadAt gives whole chunks to the cache.
func (w *wreck) ReadAt(p []byte, at int64) (int, error) {
	if w.bad[at/sealedChunk] {
		return 0, &TamperError{Member: w.pieces.member, Offset: -1, Err: errors.New("a chunk does not hold")}
	}
	plain, err := w.pieces.chunk(at / sealedChunk)
	if err != nil {
		return 0, err
	}
	if n := copy(p, plain); n < len(p) {
		return n, io.ErrUnexpectedEOF
	}
	return len(p), nil
}

// openLog opens the log as far as it holds from its beginning on: what follows a
// member that is lost cannot be relied on without it.
func (w *wreck) openLog(path string, c *cache) {
	w.log = &sealedLog{path: logPath(path), disk: realDisk{}, readOnly: true, cache: c}
	if _, err := os.Lstat(w.log.path); errors.Is(err, os.ErrNotExist) {
		return
	}
	row, found := w.journal()
	if !found {
		w.faults.add("log", errors.New("none of it can be read: the key of its members is lost with the base"))
		return
	}
	w.log.generation = row[1].n
	var err error
	if w.log.identity, w.log.recipient, err = journalKeys(string(row[2].b)); err == nil {
		err = w.log.recover()
	}
	if err != nil {
		w.faults.add("log", err)
	}
	w.faults.Dropped = w.log.dropped
}

// journal finds the row with the key of the log, in the base alone.
func (w *wreck) journal() (tableRow, bool) {
	for n := uint32(1); n <= w.count; n++ {
		var found tableRow
		_ = w.rowsOf(n, func(_ int64, local []byte, _ cell) {
			if r, ok := parseRecord(local); ok && r.looks("tnt") && r.whole() && strings.HasPrefix(string(r[2].b), "AGE-SECRET-KEY-") {
				found = r
			}
		})
		if found != nil {
			return found, true
		}
	}
	return nil, false
}

// readFrames finds the newest state of each page that was saved since the base.
func (w *wreck) readFrames() error {
	waiting := map[uint32]int64{}
	header := make([]byte, frameHeader)
	for at := int64(logHeader); at+frameSize <= w.log.size; at += frameSize {
		if _, err := w.log.ReadAt(header, at); err != nil {
			return err
		}
		waiting[binary.BigEndian.Uint32(header)] = at + frameHeader
		size := binary.BigEndian.Uint32(header[4:])
		if size == 0 {
			continue
		}
		for page, at := range waiting {
			w.frames[page] = at
		}
		clear(waiting)
		w.count = min(size, tooManyPages-1)
	}
	return nil
}

func (w *wreck) page(number uint32) ([]byte, error) {
	page := make([]byte, pageSize)
	var err error
	if at, newer := w.frames[number]; newer {
		_, err = w.log.ReadAt(page, at)
	} else {
		_, err = w.base.ReadAt(page, int64(number-1)*pageSize)
	}
	if err != nil {
		return nil, fmt.Errorf("read page %d: %w", number, err)
	}
	return page, nil
}

// rowsOf shows the rows of a page that is a leaf of a table, each with as much of it
// as stands in that page. Other pages have none.
func (w *wreck) rowsOf(number uint32, see func(id int64, local []byte, c cell)) error {
	if w.free != nil && w.free.empty.has(number) {
		return nil
	}
	page, err := w.page(number)
	if err != nil {
		return err
	}
	header := treeHeader(number)
	if page[header] != leafTable {
		return nil
	}
	cells, _, err := cellsOf(page, header)
	if err != nil {
		return nil // the continuation of a long value, or nothing of SQLite's
	}
	for _, c := range cells {
		payload, n := varint(page[c.at:])
		id, m := varint(page[c.at+n:])
		start := c.at + n + m
		see(id, page[start:start+int(payload-c.left)], c)
	}
	return nil
}

// assemble follows a long value as far as its pages can be read.
func (w *wreck) assemble(local []byte, c cell) []byte {
	whole := bytes.Clone(local)
	for next, left := c.overflow, c.left; left > 0; left -= pageSize - 4 {
		if next < 2 || next > w.count {
			break
		}
		page, err := w.page(next)
		if err != nil {
			break
		}
		whole = append(whole, page[4:4+min(left, pageSize-4)]...)
		next = binary.BigEndian.Uint32(page)
	}
	return whole
}
