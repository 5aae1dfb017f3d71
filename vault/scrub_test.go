package vault

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fragments are the pieces of eight bytes of what must not be found: whatever has
// sixteen bytes of it has a whole piece.
type fragments struct {
	sieve  []uint64
	pieces map[uint64]bool
}

func newFragments() *fragments {
	return &fragments{sieve: make([]uint64, 1<<16), pieces: map[uint64]bool{}}
}

func (f *fragments) add(body []byte) {
	for ; len(body) >= 8; body = body[8:] {
		piece := binary.LittleEndian.Uint64(body)
		f.pieces[piece] = true
		f.sieve[piece%(1<<22)/64] |= 1 << (piece % 64)
	}
}

// found is how many pieces stand anywhere in an image.
func (f *fragments) found(image []byte) int {
	n := 0
	for i := 0; i+8 <= len(image); i++ {
		piece := binary.LittleEndian.Uint64(image[i:])
		if f.sieve[piece%(1<<22)/64]&(1<<(piece%64)) != 0 && f.pieces[piece] {
			n++
		}
	}
	return n
}

func scattered(r *rand.Rand, size int) []byte {
	b := make([]byte, 0, size+8)
	for len(b) < size {
		b = binary.LittleEndian.AppendUint64(b, r.Uint64())
	}
	return b[:size]
}

// readsLike opens an image as a plain file and compares it with the database.
func readsLike(t *testing.T, image []byte, d *database, query string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.db")
	require.NoError(t, os.WriteFile(path, image, 0o600))
	plain, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer plain.Close()
	var verdict, got, want string
	require.NoError(t, plain.QueryRow("pragma integrity_check").Scan(&verdict))
	require.Equal(t, "ok", verdict)
	require.NoError(t, plain.QueryRow(query).Scan(&got))
	require.NoError(t, d.row(query).Scan(&want))
	require.Equal(t, want, got)
	// It can be written to again, in the pages that were freed.
	_, err = plain.Exec("insert into t values (null, zeroblob(100000)); insert into i values (zeroblob(9000), 1); delete from t where id % 3 = 1")
	require.NoError(t, err)
	require.NoError(t, plain.QueryRow("pragma integrity_check").Scan(&verdict))
	require.Equal(t, "ok", verdict)
	require.NoError(t, os.Remove(path))
}

// TestScrubbedPagesKeepNothingThatWasDeleted: tables and indexes, short and long
// values, pages that are split, joined, freed and used again.
func TestScrubbedPagesKeepNothingThatWasDeleted(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 3))
		d, err := openDatabase()
		require.NoError(t, err)
		require.NoError(t, d.exec(fmt.Sprintf("pragma page_size=%d", pageSize)))
		require.NoError(t, d.exec(`create table t(id integer primary key, b blob not null);
			create table i(b blob primary key, n integer) without rowid; create index ti on t(substr(b, 1, 900))`))
		deleted := newFragments()
		size := func() int { return []int{20, 100, 700, 3000, 4061, 4062, 9000, 70_000}[r.IntN(8)] + r.IntN(50) }
		drop := func(table, key string) {
			var b []byte
			if d.row("select b from "+table+" where "+key+" order by random() limit 1").Scan(&b) == nil {
				deleted.add(b)
				require.NoError(t, d.exec("delete from "+table+" where b = ?", b))
			}
		}
		for range 300 {
			switch r.IntN(5) {
			case 0, 1:
				require.NoError(t, d.exec("insert into t(b) values (?)", scattered(r, size())))
			case 2:
				require.NoError(t, d.exec("insert into i values (?, ?)", scattered(r, size()), r.Int64()))
			case 3:
				drop("t", "true")
			default:
				drop("i", "true")
			}
		}
		var plain, clean bytes.Buffer
		require.NoError(t, d.eachPage(t.Context(), func(_ uint32, page []byte) error { _, err := plain.Write(page); return err }))
		require.NotZero(t, deleted.found(plain.Bytes()), "SQLite keeps remains, or this shows nothing")
		require.NoError(t, d.writePages(t.Context(), &clean, true))
		assert.Zero(t, deleted.found(clean.Bytes()), "seed %d", seed)
		clean.Bytes()[writeVersion], clean.Bytes()[readVersion] = inMemory, inMemory // a plain file, for writing
		readsLike(t, clean.Bytes(), d, `select coalesce(group_concat(hex(substr(b, -20)) || id), '') || coalesce((select group_concat(n || hex(substr(b, -20))) from i), '') from t`)

		// Without looking everything over first, trees and free pages alone.
		clean.Reset()
		require.NoError(t, d.pages(t.Context(), &clean))
		assert.Less(t, deleted.found(clean.Bytes()), deleted.found(plain.Bytes())/2)
		require.NoError(t, d.close())
	}
}

func TestPageThatSQLiteDoesNotWriteIsNotScrubbed(t *testing.T) {
	d, err := newDatabase()
	require.NoError(t, err)
	defer d.close()
	whole, err := d.page(2)
	require.NoError(t, err)
	for name, change := range map[string]func(page []byte){
		"more cells than fit":       func(p []byte) { binary.BigEndian.PutUint16(p[3:], 4000) },
		"a cell outside":            func(p []byte) { binary.BigEndian.PutUint16(p[3:], 1); binary.BigEndian.PutUint16(p[8:], 4095) },
		"a cell in the header":      func(p []byte) { binary.BigEndian.PutUint16(p[3:], 1); binary.BigEndian.PutUint16(p[8:], 3) },
		"free blocks in a circle":   func(p []byte) { binary.BigEndian.PutUint16(p[1:], 200); binary.BigEndian.PutUint16(p[200:], 200) },
		"a free block out of bound": func(p []byte) { binary.BigEndian.PutUint16(p[1:], 4094) },
	} {
		page := bytes.Clone(whole)
		clear(page[8:])
		page[0] = leafTable
		binary.BigEndian.PutUint16(page[1:], 0)
		binary.BigEndian.PutUint16(page[3:], 0)
		require.NoError(t, scrubTree(page, 0), name)
		change(page)
		require.Error(t, scrubTree(page, 0), name)
	}
}

func FuzzScrubTree(f *testing.F) {
	d, err := newDatabase()
	require.NoError(f, err)
	defer d.close()
	require.NoError(f, d.eachPage(f.Context(), func(_ uint32, page []byte) error {
		f.Add(bytes.Clone(page))
		return nil
	}))
	f.Fuzz(func(t *testing.T, page []byte) {
		page = append(bytes.Clone(page), make([]byte, pageSize)...)[:pageSize]
		for _, header := range []int{0, databaseHeader} {
			once := bytes.Clone(page)
			if scrubTree(once, header) != nil {
				continue
			}
			twice := bytes.Clone(once)
			require.NoError(t, scrubTree(twice, header))
			require.Equal(t, once, twice)
			before, _, err := cellsOf(page, header)
			require.NoError(t, err)
			after, _, err := cellsOf(once, header)
			require.NoError(t, err)
			require.Equal(t, before, after)
			for _, c := range before {
				require.Equal(t, page[c.at:c.at+c.size], once[c.at:c.at+c.size])
			}
		}
	})
}
