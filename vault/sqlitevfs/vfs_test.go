package sqlitevfs

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// memory is a store of bytes that can be told to fail.
type memory struct {
	mu    sync.Mutex
	data  []byte
	syncs int
	fail  error
}

func (m *memory) ReadAt(p []byte, at int64) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return 0, m.fail
	}
	return bytes.NewReader(m.data).ReadAt(p, at)
}

func (m *memory) WriteAt(p []byte, at int64) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return 0, m.fail
	}
	if need := int(at) + len(p); need > len(m.data) {
		m.data = append(m.data, make([]byte, need-len(m.data))...)
	}
	return copy(m.data[at:], p), nil
}

func (m *memory) Truncate(n int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if int(n) < len(m.data) {
		m.data = m.data[:n]
	}
	return m.fail
}

func (m *memory) Sync() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.syncs++
	return m.fail
}

func (m *memory) Size() (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return int64(len(m.data)), nil
}

func (m *memory) set(fail error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = fail
}

const (
	inMemory = "_pragma=temp_store(2)"
	durable  = "_pragma=synchronous(2)"
	patient  = "_pragma=busy_timeout(5000)"
)

// register opens a database over two stores, in WAL mode.
func register(t *testing.T, database, log File, opts ...Option) (*VFS, *sql.DB) {
	t.Helper()
	if size, err := database.Size(); size == 0 {
		require.NoError(t, err)
		vfs, db := connect(t, database, log)
		db.SetMaxOpenConns(1)
		_, err = db.Exec("pragma journal_mode=memory; pragma journal_mode=wal")
		require.NoError(t, err)
		require.NoError(t, db.Close())
		require.NoError(t, vfs.Close())
	}
	return connect(t, database, log, opts...)
}

func connect(t *testing.T, database, log File, opts ...Option) (*VFS, *sql.DB) {
	t.Helper()
	vfs, err := Register(database, log, opts...)
	require.NoError(t, err)
	db, err := sql.Open("sqlite", vfs.DSN(inMemory, durable, patient))
	require.NoError(t, err)
	t.Cleanup(func() { _ = errors.Join(db.Close(), vfs.Close()) })
	return vfs, db
}

func one(t *testing.T, db interface {
	QueryRow(string, ...any) *sql.Row
}, query string,
) string {
	t.Helper()
	var answer string
	require.NoError(t, db.QueryRow(query).Scan(&answer))
	return answer
}

func TestKeptInTwoStores(t *testing.T) {
	database, log := &memory{}, &memory{}
	vfs, db := register(t, database, log)
	_, err := db.Exec("create table answer(id integer primary key, words text); insert into answer(words) values ('one'), ('two')")
	require.NoError(t, err)
	assert.Equal(t, "wal", one(t, db, "pragma journal_mode"))
	assert.NotZero(t, log.syncs)
	require.NoError(t, db.Close())
	require.NoError(t, vfs.Close())
	assert.Empty(t, log.data, "the last connection moved the log into the database")
	assert.True(t, bytes.HasPrefix(database.data, []byte("SQLite format 3\x00")))

	_, again := register(t, database, log)
	assert.Equal(t, "2", one(t, again, "select count(*) from answer"))
}

func TestLogIsKeptAndReplayedByAnotherSQLite(t *testing.T) {
	database, log := &memory{}, &memory{}
	_, db := register(t, database, log)
	_, err := db.Exec("create table t(a)")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	before := bytes.Clone(database.data)
	vfs, db := register(t, database, log, WithoutCheckpoints())
	for i := range 50 {
		_, err = db.Exec("insert into t values (?)", i)
		require.NoError(t, err)
	}
	for _, mode := range []string{"passive", "full", "truncate"} {
		_, err := db.Exec("pragma wal_checkpoint(" + mode + ")")
		require.NoError(t, err)
	}
	require.NoError(t, db.Close())
	require.NoError(t, vfs.Close())
	require.NotEmpty(t, log.data)
	assert.Equal(t, before, database.data)

	path := filepath.Join(t.TempDir(), "a.db")
	require.NoError(t, os.WriteFile(path, before, 0o600))
	require.NoError(t, os.WriteFile(path+"-wal", log.data, 0o600))
	plain, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer plain.Close()
	assert.Equal(t, "50", one(t, plain, "select count(*) from t"))
	assert.Equal(t, "ok", one(t, plain, "pragma integrity_check"))
}

func TestReaderKeepsItsSnapshotBesideAWriter(t *testing.T) {
	_, db := register(t, &memory{}, &memory{}, WithoutCheckpoints())
	_, err := db.Exec("create table t(a); insert into t values (1)")
	require.NoError(t, err)
	reader, err := db.Begin()
	require.NoError(t, err)
	assert.Equal(t, "1", one(t, reader, "select count(*) from t"))
	_, err = db.Exec("insert into t values (2)")
	require.NoError(t, err, "a reader does not stop a writer")
	assert.Equal(t, "1", one(t, reader, "select count(*) from t"))
	assert.Equal(t, "2", one(t, db, "select count(*) from t"))
	require.NoError(t, reader.Rollback())
}

// TestManyConnections: readers see whole transactions only, while two writers take
// turns.
func TestManyConnections(t *testing.T) {
	_, db := register(t, &memory{}, &memory{}, WithoutCheckpoints())
	_, err := db.Exec("create table t(writer, n); create index i on t(writer, n)")
	require.NoError(t, err)
	const writers, rounds, rows = 2, 40, 5
	var group sync.WaitGroup
	failures := make(chan error, 1000)
	done := make(chan struct{})
	for range 3 {
		group.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				var n int
				if err := db.QueryRow("select count(*) from t").Scan(&n); err != nil || n%rows != 0 {
					failures <- fmt.Errorf("a reader saw %d rows: %w", n, err)
					return
				}
			}
		})
	}
	var writing sync.WaitGroup
	for w := range writers {
		writing.Go(func() {
			for n := range rounds {
				if _, err := db.Exec(fmt.Sprintf(`begin immediate; insert into t with recursive c(x) as (select 1 union all
					select x+1 from c where x < %d) select %d, %d from c; commit`, rows, w, n)); err != nil {
					failures <- err
				}
			}
		})
	}
	writing.Wait()
	close(done)
	group.Wait()
	close(failures)
	for err := range failures {
		require.NoError(t, err)
	}
	assert.Equal(t, fmt.Sprint(writers*rounds*rows), one(t, db, "select count(*) from t"))
	assert.Equal(t, "ok", one(t, db, "pragma integrity_check"))
}

func TestCauseIsKept(t *testing.T) {
	database, log := &memory{}, &memory{}
	vfs, db := register(t, database, log, WithoutCheckpoints())
	_, err := db.Exec("create table t(a)")
	require.NoError(t, err)
	require.NoError(t, vfs.Err())
	cause := errors.New("no space left on device")
	log.set(cause)
	_, err = db.Exec("insert into t values (1)")
	require.Error(t, err)
	require.ErrorIs(t, vfs.Err(), cause)
	require.ErrorIs(t, vfs.Err(), cause, "each of several connections may ask")
	log.set(nil)
	_, err = db.Exec("insert into t values (2)")
	require.NoError(t, err)
	assert.Equal(t, "2", one(t, db, "select group_concat(a) from t"))
}

func TestCloseWaitsForConnections(t *testing.T) {
	vfs, db := register(t, &memory{}, &memory{})
	_, err := db.Exec("create table t(a)")
	require.NoError(t, err)
	require.ErrorContains(t, vfs.Close(), "still open")
	require.NoError(t, db.Close())
	require.NoError(t, vfs.Close())
	require.NoError(t, vfs.Close())
}

// TestAnswersLikeAPlainFile runs the same statements on a plain file and here.
func TestAnswersLikeAPlainFile(t *testing.T) {
	plain, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "plain.db"))
	require.NoError(t, err)
	defer plain.Close()
	_, here := register(t, &memory{}, &memory{})
	_, kept := register(t, &memory{}, &memory{}, WithoutCheckpoints())
	statements := []string{
		"create table a(id integer primary key, t text, n real)", "create table b(a references a, v blob)",
		"with recursive c(x) as (select 1 union all select x+1 from c where x < 1000) insert into a select x, 'row ' || x % 97, x / 7.0 from c",
		"create index ai on a(t, n)", "insert into b select id, zeroblob(id % 900) from a", "delete from a where id % 3 = 0",
		"savepoint s", "update a set t = upper(t)", "rollback to s", "release s", "update a set n = -n where t like '%1'", "drop index ai", "vacuum",
	}
	queries := []string{
		"select count(*), sum(n), min(t), max(t) from a", "select group_concat(t) from (select distinct t from a order by t desc)",
		"select sum(length(v)) from a left join b on b.a = a.id", "select t, count(*), avg(n) from a group by t order by 2 desc, 1 limit 5",
		"select count(*) from (select a.t from a join a as other on a.t = other.t and a.id < other.id where a.id < 90)", "pragma integrity_check",
	}
	for _, db := range []*sql.DB{plain, here, kept} {
		db.SetMaxOpenConns(1)
		for _, statement := range statements {
			_, err := db.Exec(statement)
			require.NoError(t, err, statement)
		}
	}
	for _, query := range queries {
		want := answers(t, plain, query)
		assert.Equal(t, want, answers(t, here, query), query)
		assert.Equal(t, want, answers(t, kept, query), query)
	}
}

func answers(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.Query(query)
	require.NoError(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	var all []string
	for rows.Next() {
		cells := make([]any, len(columns))
		for i := range cells {
			cells[i] = new(any)
		}
		require.NoError(t, rows.Scan(cells...))
		for _, cell := range cells {
			all = append(all, fmt.Sprint(*cell.(*any)))
		}
	}
	require.NoError(t, rows.Err())
	return all
}
