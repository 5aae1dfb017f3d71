package vault

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/require"
)

// The floors: plain SQLite, which seals nothing, and the simple design, which seals
// the whole file at every save.

// plainSave is what one save adds: rows by table, in the order of the schema.
type plainSave struct {
	Tables []string
	Rows   []map[string]any
}

// plainDatabase opens an ordinary SQLite file as a careful program does.
func plainDatabase(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=synchronous(2)&_pragma=journal_mode(wal)&_pragma=temp_store(2)&_pragma=foreign_keys(1)&_pragma=cache_size(-4096)")
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	return db
}

// rowsBeyond returns what n saves added to before, one by one: the k-th of the rows
// that are new in each table.
func rowsBeyond(t testing.TB, before, after string, n int) []plainSave {
	old, grown := plainDatabase(t, before), plainDatabase(t, after)
	defer old.Close()
	defer grown.Close()
	saves := make([]plainSave, n)
	for _, table := range []string{"documents", "chunks", "entries"} {
		var last int64
		require.NoError(t, old.QueryRow("select coalesce(max(rowid), 0) from "+table).Scan(&last))
		rows, err := grown.Query("select * from "+table+" where rowid > ? order by rowid", last)
		require.NoError(t, err)
		columns, err := rows.Columns()
		require.NoError(t, err)
		k := 0
		for ; rows.Next(); k++ {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			require.NoError(t, rows.Scan(into...))
			row := map[string]any{}
			for i, c := range columns {
				row[c] = values[i]
			}
			require.Less(t, k, n, table)
			saves[k].Tables, saves[k].Rows = append(saves[k].Tables, table), append(saves[k].Rows, row)
		}
		require.NoError(t, rows.Close())
		require.Contains(t, []int{0, n}, k, "%s: not one row for each save", table)
	}
	return saves
}

func (s plainSave) write(t testing.TB, db *sql.DB) {
	t.Helper()
	tx, err := db.Begin()
	require.NoError(t, err)
	for i, table := range s.Tables {
		var names, marks []string
		var values []any
		for name, value := range s.Rows[i] {
			names, marks, values = append(names, name), append(marks, "?"), append(values, value)
		}
		_, err := tx.Exec(fmt.Sprintf("insert into %s (%s) values (%s)", table, strings.Join(names, ","), strings.Join(marks, ",")), values...)
		require.NoError(t, err)
	}
	require.NoError(t, tx.Commit())
}

// payloadQuery reads the first answer in the schema at hand.
func payloadQuery(t testing.TB, row func(query string, args ...any) *sql.Row) string {
	t.Helper()
	var inEntries bool
	require.NoError(t, row("select count(*) from pragma_table_info('entries') where name = 'payload'").Scan(&inEntries))
	if inEntries {
		return "select payload from entries where action = 'answer-given' order by sequence limit 1"
	}
	return `select c.data from entries e join documents d on d.digest = e.digest join chunks c on c.document = d.id
		where e.action = 'answer-given' order by e.sequence limit 1`
}

func plainFirstAnswer(t testing.TB, db *sql.DB) {
	t.Helper()
	var payload []byte
	require.NoError(t, db.QueryRow(payloadQuery(t, db.QueryRow)).Scan(&payload))
	require.Contains(t, string(payload), "Revision")
}

// wholeFile is the simple design: the database in memory, all of it sealed again at
// each save.
type wholeFile struct {
	path string
	pool *sql.DB
	conn *sql.Conn
}

// serializer is what the driver's connections can do besides.
type serializer interface {
	Serialize() ([]byte, error)
	Deserialize([]byte) error
}

func openWhole(t testing.TB, path string) *wholeFile {
	t.Helper()
	sealed, err := os.Open(path)
	require.NoError(t, err)
	defer sealed.Close()
	info, err := sealed.Stat()
	require.NoError(t, err)
	plain, err := age.Decrypt(sealed, benchKey(t))
	require.NoError(t, err)
	all := bytes.NewBuffer(make([]byte, 0, info.Size()))
	_, err = io.Copy(all, plain)
	require.NoError(t, err)
	raw := all.Bytes()
	raw[writeVersion], raw[readVersion] = inMemory, inMemory
	w := &wholeFile{path: path}
	w.pool, err = sql.Open("sqlite", "file::memory:?_pragma=temp_store(2)")
	require.NoError(t, err)
	w.pool.SetMaxOpenConns(1)
	w.conn, err = w.pool.Conn(t.Context())
	require.NoError(t, err)
	require.NoError(t, w.conn.Raw(func(c any) error { return c.(serializer).Deserialize(raw) }))
	return w
}

func (w *wholeFile) firstAnswer(t testing.TB) {
	t.Helper()
	row := func(query string, args ...any) *sql.Row { return w.conn.QueryRowContext(t.Context(), query, args...) }
	var payload []byte
	require.NoError(t, row(payloadQuery(t, row)).Scan(&payload))
	require.Contains(t, string(payload), "Revision")
}

func (w *wholeFile) save(t testing.TB, s plainSave) {
	t.Helper()
	for i, table := range s.Tables {
		var names, marks []string
		var values []any
		for name, value := range s.Rows[i] {
			names, marks, values = append(names, name), append(marks, "?"), append(values, value)
		}
		_, err := w.conn.ExecContext(t.Context(), fmt.Sprintf("insert into %s (%s) values (%s)", table, strings.Join(names, ","), strings.Join(marks, ",")), values...)
		require.NoError(t, err)
	}
	var all []byte
	require.NoError(t, w.conn.Raw(func(c any) (err error) { all, err = c.(serializer).Serialize(); return err }))
	require.NoError(t, writeSealed(t.Context(), realDisk{}, w.path, []age.Recipient{benchKey(t).Recipient()}, func(to io.Writer) error {
		_, err := to.Write(all)
		return err
	}, func() error { return nil }))
}

// diskRate writes size bytes as a compaction does, and forces them, at how many
// bytes per second.
func diskRate(t testing.TB, folder string, size int64) float64 {
	t.Helper()
	block := make([]byte, 256<<10)
	_, _ = benchRandom(3).Read(block)
	path := filepath.Join(folder, "raw")
	defer os.Remove(path)
	f, err := os.Create(path)
	require.NoError(t, err)
	started := time.Now()
	for at := int64(0); at < size; at += int64(len(block)) {
		_, err := f.Write(block)
		require.NoError(t, err)
	}
	require.NoError(t, f.Sync())
	elapsed := time.Since(started)
	require.NoError(t, f.Close())
	return float64(size) / elapsed.Seconds()
}

// ageRate is how many bytes per second age alone opens and seals again.
func ageRate(t testing.TB, path string) float64 {
	t.Helper()
	in, err := os.Open(path)
	require.NoError(t, err)
	defer in.Close()
	started := time.Now()
	plain, err := age.Decrypt(in, benchKey(t))
	require.NoError(t, err)
	sealed, err := age.Encrypt(io.Discard, benchKey(t).Recipient())
	require.NoError(t, err)
	n, err := io.CopyBuffer(struct{ io.Writer }{sealed}, plain, make([]byte, 64<<10))
	require.NoError(t, err)
	require.NoError(t, sealed.Close())
	return float64(n) / time.Since(started).Seconds()
}

// pipe is n bytes of a deterministic stream that does not pack.
func pipe(seed uint64, n int64) io.Reader { return io.LimitReader(benchRandom(seed), n) }
