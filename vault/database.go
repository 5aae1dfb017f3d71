package vault

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"modernc.org/sqlite"

	"tickmark/vault/sqlitevfs"
)

const (
	pageSize      = 4096
	applicationID = 0x54636b6d // "Tckm"
	sqliteMagic   = "SQLite format 3\x00"
	limitAttached = 7 // SQLITE_LIMIT_ATTACHED
	// Bytes 18 and 19 of a database say how it is written and read: 2 is WAL, as
	// the file has it for the log to come, 1 what a database in memory must have.
	writeVersion, readVersion = 18, 19
	inWAL, inMemory           = 2, 1
)

//go:embed migrations/*.sql
var migrations embed.FS

// schemaVersion is the version of the last migration, in PRAGMA user_version.
const schemaVersion = 4

// database is one connection to an SQLite database, a vault's or one in memory,
// for one goroutine at a time. Its statements are short and run to their end
// whatever becomes of a context.
type database struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt // by text: preparing costs more than running
	memory     *sql.DB              // of a database in memory
	vfs        *sqlitevfs.VFS       // nil in memory
	packed     []byte               // room for the next chunk that is put: SQLite copies what it is given
}

// temp_store keeps sorts out of temporary files, which would be plaintext on the
// disk; trusted_schema and defensive distrust what a hostile file brings.
var connection = []string{"_defensive=1", "_pragma=temp_store(2)", "_pragma=trusted_schema(0)", "_pragma=cell_size_check(1)"}

// stored are the further settings of a vault's connections: every commit forces the
// log, and nothing of it is ever moved into the base. The page cache is of 2 MiB.
var stored = []string{"_pragma=synchronous(2)", "_pragma=wal_autocheckpoint(0)", "_pragma=cache_size(-2048)", "_pragma=foreign_keys(1)"}

// openDatabase makes a database in memory.
func openDatabase() (*database, error) {
	pool, err := sql.Open("sqlite", "file::memory:?"+strings.Join(connection, "&"))
	if err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	d, err := connect(nil, pool)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	d.memory = pool
	return d, nil
}

func connect(vfs *sqlitevfs.VFS, pool *sql.DB) (*database, error) {
	d := &database{vfs: vfs, statements: map[string]*sql.Stmt{}}
	var err error
	if d.conn, err = pool.Conn(context.Background()); err != nil {
		return nil, fmt.Errorf("open SQLite: %w", d.explain(err))
	}
	if vfs != nil {
		// ATTACH could name another VFS, and with it any file.
		if _, err := sqlite.Limit(d.conn, limitAttached, 0); err != nil {
			return nil, errors.Join(fmt.Errorf("open SQLite: %w", err), d.close())
		}
	}
	return d, nil
}

func (d *database) close() error {
	if d == nil {
		return nil
	}
	var wrong []error
	for _, s := range d.statements {
		wrong = append(wrong, s.Close())
	}
	wrong = append(wrong, d.conn.Close())
	if d.memory != nil {
		wrong = append(wrong, d.memory.Close())
	}
	return errors.Join(wrong...)
}

// prepared returns a statement that is kept for the next time. Texts come from the
// program, so there are few.
func (d *database) prepared(query string) (*sql.Stmt, error) {
	if s, known := d.statements[query]; known {
		return s, nil
	}
	s, err := d.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	d.statements[query] = s
	return s, nil
}

// explain puts the cause, which SQLite does not know, before its own error.
func (d *database) explain(err error) error {
	var of *sqlite.Error
	if err == nil || d.vfs == nil || !errors.As(err, &of) {
		return err
	}
	const full, ioError, cannotOpen = 13, 10, 14
	if kind := of.Code() & 0xff; kind != full && kind != ioError && kind != cannotOpen {
		return err
	}
	if cause := d.vfs.Err(); cause != nil {
		return cause
	}
	return err
}

func (d *database) exec(query string, args ...any) error {
	_, err := d.result(query, args)
	return d.explain(err)
}

// insert runs an insertion and returns the row's number.
func (d *database) insert(query string, args ...any) (int64, error) {
	result, err := d.result(query, args)
	if err != nil {
		return 0, d.explain(err)
	}
	return result.LastInsertId()
}

// insertNew runs an insertion that does nothing where there is such a row, and reports
// whether it added one.
func (d *database) insertNew(query string, args ...any) (row int64, added bool, err error) {
	result, err := d.result(query, args)
	if err != nil {
		return 0, false, d.explain(err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return 0, false, err
	}
	row, err = result.LastInsertId()
	return row, err == nil, err
}

func (d *database) result(query string, args []any) (sql.Result, error) {
	if strings.Contains(query, ";") { // a script
		return d.conn.ExecContext(context.Background(), query, args...)
	}
	s, err := d.prepared(query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(context.Background(), args...)
}

// oneRow is the answer to a query of one row.
type oneRow struct {
	of  *database
	row *sql.Row
	err error
}

// Scan follows sql.Row.
func (r oneRow) Scan(into ...any) error {
	if r.err == nil {
		r.err = r.row.Scan(into...)
	}
	return r.of.explain(r.err)
}

func (d *database) row(query string, args ...any) oneRow {
	s, err := d.prepared(query)
	if err != nil {
		return oneRow{of: d, err: err}
	}
	return oneRow{of: d, row: s.QueryRowContext(context.Background(), args...)}
}

// each calls scan for every row.
func (d *database) each(scan func(*sql.Rows) error, query string, args ...any) error {
	s, err := d.prepared(query)
	if err != nil {
		return d.explain(err)
	}
	rows, err := s.QueryContext(context.Background(), args...)
	if err != nil {
		return d.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return d.explain(rows.Err())
}

// newDatabase makes an empty vault's database.
func newDatabase() (*database, error) { return databaseOf(schemaVersion) }

// databaseOf makes an empty vault's database as a released schema had it.
func databaseOf(schema int) (*database, error) {
	d, err := openDatabase()
	if err != nil {
		return nil, err
	}
	for _, pragma := range []string{fmt.Sprintf("pragma page_size=%d", pageSize), fmt.Sprintf("pragma application_id=%d", applicationID)} {
		if err := d.exec(pragma); err != nil {
			return nil, errors.Join(fmt.Errorf("make database: %w", err), d.close())
		}
	}
	if err := d.migrate(0, schema); err != nil {
		return nil, errors.Join(fmt.Errorf("make database: %w", err), d.close())
	}
	return d, nil
}

// connections are SQLite's to a database over a base and its log.
type connections struct {
	vfs  *sqlitevfs.VFS
	pool *sql.DB
}

func overStores(base, log sqlitevfs.File) (*connections, error) {
	vfs, err := sqlitevfs.Register(base, log, sqlitevfs.WithoutCheckpoints())
	if err != nil {
		return nil, err
	}
	pool, err := sql.Open("sqlite", vfs.DSN(slices.Concat(connection, stored)...))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open SQLite: %w", err), vfs.Close())
	}
	return &connections{vfs, pool}, nil
}

func (c *connections) open() (*database, error) { return connect(c.vfs, c.pool) }

func (c *connections) close() error {
	if c == nil {
		return nil
	}
	return errors.Join(c.pool.Close(), c.vfs.Close())
}

// nothing is the log of a base that is looked at alone.
type nothing struct{}

func (nothing) ReadAt([]byte, int64) (int, error)  { return 0, io.EOF }
func (nothing) WriteAt([]byte, int64) (int, error) { return 0, errImmutable }
func (nothing) Truncate(int64) error               { return nil }
func (nothing) Sync() error                        { return nil }
func (nothing) Size() (int64, error)               { return 0, nil }

// journal reads what the log of a base is sealed to, from the base alone.
func journal(b sqlitevfs.File) (generation int64, identity string, err error) {
	c, err := overStores(b, nothing{})
	if err != nil {
		return 0, "", err
	}
	d, err := c.open()
	if err == nil {
		err = d.isVault()
	}
	if err == nil {
		if err = d.row("select generation, identity from _journal").Scan(&generation, &identity); err != nil {
			err = tampered("journal", "%w", err)
		}
	}
	return generation, identity, errors.Join(err, d.close(), c.close())
}

// load brings a vault's database to the present schema. One that is no vault's, or
// whose schema is not exactly one of ours, is refused before anything is run in it:
// a trigger would run with our rights.
func (d *database) load() error {
	if err := d.isVault(); err != nil {
		return err
	}
	var version int
	if err := d.row("pragma user_version").Scan(&version); err != nil {
		return fmt.Errorf("load database: %w", err)
	}
	if err := d.checkSchema(version); err != nil {
		return err
	}
	if err := d.migrate(version, schemaVersion); err != nil {
		return fmt.Errorf("load database: %w", err)
	}
	return nil
}

func (d *database) isVault() error {
	var id, version int
	if err := errors.Join(d.row("pragma application_id").Scan(&id), d.row("pragma user_version").Scan(&version)); err != nil {
		return fmt.Errorf("load database: %w", err)
	}
	switch {
	case id != applicationID || version < 1:
		return errors.New("its SQLite database is no vault's")
	case version > schemaVersion:
		return fmt.Errorf("schema %d, this program knows %d: %w", version, schemaVersion, ErrNewer)
	}
	return nil
}

// migrate brings one schema to another, each step in a transaction.
func (d *database) migrate(from, to int) error {
	for next := from + 1; next <= to; next++ {
		script, err := migrations.ReadFile(fmt.Sprintf("migrations/%d.sql", next))
		if err != nil {
			return err
		}
		err = d.exec(fmt.Sprintf("begin immediate;\n%s;\npragma user_version=%d;\ncommit", script, next))
		if err != nil {
			_ = d.exec("rollback")
			return fmt.Errorf("migrate to schema %d: %w", next, err)
		}
	}
	return nil
}

// checkSchema compares the schema with that of a database made anew.
func (d *database) checkSchema(version int) error {
	fresh, err := databaseOf(version)
	if err != nil {
		return err
	}
	defer fresh.close()
	want, err := fresh.schema()
	if err != nil {
		return err
	}
	have, err := d.schema()
	if err != nil {
		return tampered("schema", "%w", err)
	}
	if !slices.Equal(have, want) {
		return tampered("schema", "its tables are not those of a vault")
	}
	return nil
}

func (d *database) schema() ([]string, error) {
	var all []string
	err := d.each(func(rows *sql.Rows) error {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		all = append(all, line)
		return nil
	}, "select type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') from sqlite_schema order by 1")
	return all, err
}
