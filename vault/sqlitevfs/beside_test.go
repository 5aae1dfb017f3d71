package sqlitevfs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	accounts = 20
	total    = accounts * 100
	moves    = 60
)

// TestReadersSeeSnapshots: while a writer moves amounts between accounts, in many
// small and some large transactions, each reader sees one state from its
// transaction's first look to its last: nothing half moved, nothing newer, and never
// an older state than it saw before. SQLite's checkpoints run, or are held off.
func TestReadersSeeSnapshots(t *testing.T) {
	for name, opts := range map[string][]Option{"with checkpoints": nil, "without": {WithoutCheckpoints()}} {
		t.Run(name, func(t *testing.T) {
			_, db := register(t, &memory{}, &memory{}, opts...)
			_, err := db.Exec(fmt.Sprintf(`pragma wal_autocheckpoint=20; create table account(id integer primary key, amount, pad);
				create index by_amount on account(amount); create table state(moves); insert into state values (0);
				with recursive c(x) as (select 1 union all select x+1 from c where x < %d) insert into account select x, 100, zeroblob(700) from c`, accounts))
			require.NoError(t, err)
			done, failures := make(chan struct{}), make(chan error, 100)
			var reading sync.WaitGroup
			for range 3 {
				reading.Go(func() { failures <- readUntil(t.Context(), db, done) })
			}
			require.NoError(t, moveAbout(db))
			close(done)
			reading.Wait()
			close(failures)
			for err := range failures {
				require.NoError(t, err)
			}
			assert.Equal(t, fmt.Sprint(moves), one(t, db, "select moves from state"))
			assert.Equal(t, "ok", one(t, db, "pragma integrity_check"))
		})
	}
}

func moveAbout(db *sql.DB) error {
	random := rand.New(rand.NewPCG(1, 2))
	for n := range moves {
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		steps := 1 + random.IntN(3)
		if n%20 == 7 {
			steps = accounts * 5
		}
		for range steps {
			if _, err := tx.Exec("update account set amount = amount + iif(id = ?1, -?3, ?3) where id in (?1, ?2) and ?1 <> ?2",
				1+random.IntN(accounts), 1+random.IntN(accounts), random.IntN(50)); err != nil {
				return errors.Join(err, tx.Rollback())
			}
		}
		if n%11 == 3 { // what is rolled back is seen by nobody
			if _, err := tx.Exec("update account set amount = 0"); err != nil {
				return err
			}
			if err := tx.Rollback(); err != nil {
				return err
			}
			if tx, err = db.Begin(); err != nil {
				return err
			}
		}
		if _, err := tx.Exec("update state set moves = moves + 1"); err != nil {
			return errors.Join(err, tx.Rollback())
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

func readUntil(ctx context.Context, db *sql.DB, done <-chan struct{}) error {
	last := 0
	for {
		seen, err := readOnce(ctx, db)
		if err != nil {
			return err
		}
		if seen < last {
			return fmt.Errorf("after %d moves it saw %d", last, seen)
		}
		last = seen
		select {
		case <-done:
			return nil
		default:
		}
	}
}

// readOnce looks at the database in several ways within one transaction.
func readOnce(ctx context.Context, db *sql.DB) (moves int, err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	if err := tx.QueryRow("select moves from state").Scan(&moves); err != nil {
		return 0, err
	}
	for _, query := range []string{
		"select sum(amount) from account", "select sum(amount) from account indexed by by_amount where amount > -1e9", "select sum(amount) from account",
	} {
		var sum, again int
		if err := errors.Join(tx.QueryRow(query).Scan(&sum), tx.QueryRow("select moves from state").Scan(&again)); err != nil {
			return 0, err
		}
		if sum != total || again != moves {
			return 0, fmt.Errorf("after %d moves it saw %d of %d, and then %d moves", moves, sum, total, again)
		}
	}
	return moves, nil
}

// TestNothingElseIsOpened: whatever SQL asks for, only the database and its log are
// opened. What would be another file is refused, or stays in memory.
func TestNothingElseIsOpened(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	t.Setenv("SQLITE_TMPDIR", folder)
	t.Chdir(folder)
	const spill = `create temp table s as with recursive c(x) as (select 1 union all select x+1 from c where x < 14000)
		select randomblob(200) as b from c; select b from s order by b limit 1; drop table s`
	for statement, allowed := range map[string]bool{
		"attach '/etc/passwd' as p": false, "attach '/database2' as p": false, "attach 'other.db' as p": false,
		"attach '/database-journal' as p": false, "attach '/database-wal' as p": false,
		"vacuum into 'out.db'": false, "vacuum into '/tmp/out.db'": false,
		"select load_extension('/lib/libc.so.6')":                false,
		"pragma journal_mode=delete; create table j(a)":          false,
		"pragma temp_store=file; pragma cache_size=10; " + spill: false,
		"attach ':memory:' as m; create table m.t(a); detach m":  true,
		"pragma cache_size=10; " + spill:                         true,
		"vacuum":                                                 true,
		"savepoint a; create table t(a unique); insert or replace into t values (1), (1); rollback to a; release a": true,
	} {
		t.Run(statement[:min(30, len(statement))], func(t *testing.T) {
			_, db := register(t, &memory{}, &memory{})
			db.SetMaxOpenConns(1)
			_, err := db.Exec(statement)
			assert.Equal(t, allowed, err == nil, "%v", err)
			files, err := os.ReadDir(folder)
			require.NoError(t, err)
			assert.Empty(t, files)
		})
	}
}

// TestEachConnectionLearnsTheCause: of connections that fail beside each other none
// takes the cause away from another.
func TestEachConnectionLearnsTheCause(t *testing.T) {
	log := &memory{}
	vfs, db := register(t, &memory{}, log, WithoutCheckpoints())
	_, err := db.Exec("create table t(a)")
	require.NoError(t, err)
	cause := errors.New("the seal does not hold")
	var both [2]*sql.Conn
	for i := range both {
		both[i], err = db.Conn(t.Context())
		require.NoError(t, err)
		defer both[i].Close()
	}
	log.set(cause)
	for _, conn := range both {
		_, err := conn.ExecContext(t.Context(), "insert into t values (1)")
		require.Error(t, err)
	}
	for range both {
		require.ErrorIs(t, vfs.Err(), cause)
	}
}
