package vault

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

const (
	pageSize      = 4096
	applicationID = 0x54636b6d // "Tckm"
	sqliteMagic   = "SQLite format 3\x00"
	// Bytes 18 and 19 of a database say how it is written and read: 2 is WAL, as
	// the file has it for the log to come, 1 what a database in memory must have.
	writeVersion, readVersion = 18, 19
	inWAL, inMemory           = 2, 1
)

//go:embed migrations/*.sql
var migrations embed.FS

// schemaVersion is the version of the last migration, in PRAGMA user_version.
const schemaVersion = 1

// database is an SQLite database in memory, on one connection. Its statements
// are short and run to their end whatever becomes of a context: an interrupted
// one would roll back the transaction of another caller.
type database struct {
	pool *sql.DB
	conn *sql.Conn
}

// temp_store keeps sorts out of temporary files, which would be plaintext on the
// disk; trusted_schema and defensive distrust what a hostile file brings.
const memoryDatabase = "file::memory:?_defensive=1&_pragma=temp_store(2)&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)"

func openDatabase() (*database, error) {
	pool, err := sql.Open("sqlite", memoryDatabase)
	if err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	pool.SetMaxOpenConns(1)
	conn, err := pool.Conn(context.Background())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open SQLite: %w", err), pool.Close())
	}
	return &database{pool: pool, conn: conn}, nil
}

func (d *database) close() error { return errors.Join(d.conn.Close(), d.pool.Close()) }

func (d *database) exec(query string, args ...any) error {
	_, err := d.conn.ExecContext(context.Background(), query, args...)
	return err
}

// insert runs an insertion and returns the row's number.
func (d *database) insert(query string, args ...any) (int64, error) {
	result, err := d.conn.ExecContext(context.Background(), query, args...)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

func (d *database) row(query string, args ...any) *sql.Row {
	return d.conn.QueryRowContext(context.Background(), query, args...)
}

// each calls scan for every row.
func (d *database) each(scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := d.conn.QueryContext(context.Background(), query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// newDatabase makes an empty vault's database.
func newDatabase() (*database, error) {
	d, err := openDatabase()
	if err != nil {
		return nil, err
	}
	for _, pragma := range []string{fmt.Sprintf("pragma page_size=%d", pageSize), fmt.Sprintf("pragma application_id=%d", applicationID)} {
		if err := d.exec(pragma); err != nil {
			return nil, errors.Join(fmt.Errorf("make database: %w", err), d.close())
		}
	}
	if err := d.prepare(); err != nil {
		return nil, errors.Join(fmt.Errorf("make database: %w", err), d.close())
	}
	return d, nil
}

// loadDatabase opens a vault's database and brings it to the present schema. It
// takes image over. One that is no vault's, or whose schema is not exactly one
// of ours, is refused: a trigger in it would run with our rights.
func loadDatabase(image []byte) (*database, error) {
	if err := checkImage(image); err != nil {
		return nil, err
	}
	d, err := openDatabase()
	if err != nil {
		return nil, err
	}
	image[writeVersion], image[readVersion] = inMemory, inMemory
	if err := d.load(image); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func checkImage(image []byte) error {
	switch {
	case len(image) < pageSize || !bytes.HasPrefix(image, []byte(sqliteMagic)):
		return errors.New("the age file holds no SQLite database")
	case len(image)%pageSize != 0 || binary.BigEndian.Uint16(image[16:]) != pageSize:
		return fmt.Errorf("its SQLite database is not of whole pages of %d bytes", pageSize)
	case image[writeVersion] != inWAL || image[readVersion] != inWAL:
		return errors.New("its SQLite database is not in WAL mode, so no vault's")
	}
	return nil
}

func (d *database) load(image []byte) error {
	err := d.conn.Raw(func(driver any) error {
		loader, can := driver.(interface{ Deserialize([]byte) error })
		if !can {
			return errors.New("the driver cannot load a database from memory")
		}
		return loader.Deserialize(image)
	})
	if err != nil {
		return fmt.Errorf("load database: %w", err)
	}
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
	if err := d.prepare(); err != nil {
		return fmt.Errorf("load database: %w", err)
	}
	return d.checkSchema()
}

// prepare runs the migrations that are still to be done, each in a transaction.
func (d *database) prepare() error {
	var version int
	if err := d.row("pragma user_version").Scan(&version); err != nil {
		return err
	}
	for next := version + 1; next <= schemaVersion; next++ {
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
	return d.exec("pragma foreign_keys=on")
}

// checkSchema compares the schema with that of a database made anew.
func (d *database) checkSchema() error {
	fresh, err := newDatabase()
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

// pages writes the database as it stands, the open transaction included, page by
// page and in WAL mode.
func (d *database) pages(ctx context.Context, w io.Writer) error {
	next := 1
	err := d.each(func(rows *sql.Rows) error {
		var number int
		var page sql.RawBytes
		if err := rows.Scan(&number, &page); err != nil {
			return err
		}
		if number != next || len(page) != pageSize {
			return fmt.Errorf("page %d of %d bytes came where page %d was due", number, len(page), next)
		}
		if next++; number == 1 {
			page = slices.Clone(page)
			page[writeVersion], page[readVersion] = inWAL, inWAL
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		_, err := w.Write(page)
		return err
	}, "select pgno, data from sqlite_dbpage('main')")
	if err != nil {
		return fmt.Errorf("write pages: %w", err)
	}
	return nil
}
