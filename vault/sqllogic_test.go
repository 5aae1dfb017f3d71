package vault

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sampled is how many records of a script the ordinary tests run; `make corpus` runs
// them all. What SQL answers is no matter of races.
const sampled, sampledRaced = 2000, 60

// TestSQLLogic runs the public sqllogictest scripts in three ways: on a plain file,
// on a database in a vault's own stores, and on what age, tar and sqlite3 recover of
// that in the middle and at the end. All must answer alike, and as the script says.
func TestSQLLogic(t *testing.T) {
	folder := os.Getenv("TICKMARK_CORPUS_SQL")
	if folder == "" {
		folder = filepath.Join("..", "..", "shared", "corpora", "sqllogictest")
	}
	scripts, err := filepath.Glob(filepath.Join(folder, "*.test"))
	require.NoError(t, err)
	if len(scripts) == 0 {
		t.Skipf("SKIPPED: %s holds no *.test (TICKMARK_CORPUS_SQL names the folder)", folder)
	}
	for _, path := range scripts {
		name := strings.TrimSuffix(filepath.Base(path), ".test")
		t.Run(name, func(t *testing.T) {
			f, err := os.Open(path)
			require.NoError(t, err)
			defer f.Close()
			records, err := readScript(f)
			require.NoError(t, err)
			whole := len(records)
			if os.Getenv("TICKMARK_CORPUS_WHOLE") == "" {
				records = sample(records, sampled)
			}
			if raced {
				records = sample(records, sampledRaced)
			}
			run := newTrial(t)
			agree := run.all(records)
			fmt.Printf("sqllogictest %s: %d of %d agree\n", name, agree, len(records))
			if len(records) < whole {
				fmt.Printf("sqllogictest %s: a sample of %d records (make corpus runs all)\n", name, whole)
			}
			assert.Equal(t, len(records), agree)
		})
	}
}

// sample takes the first statements, which make the tables, and an even share of the
// rest in their order. A statement changes what later queries answer, so that a
// script is cut off rather than thinned where statements go on.
func sample(records []record, most int) []record {
	if len(records) <= most {
		return records
	}
	last := 0
	for i, rec := range records {
		if !rec.query {
			last = i
		}
	}
	if last >= most/2 {
		return records[:most]
	}
	queries, some := records[last+1:], slices.Clone(records[:last+1])
	for i := range most - len(some) {
		some = append(some, queries[i*len(queries)/(most-last-1)])
	}
	return some
}

// trial is one script on its three databases.
type trial struct {
	t         *testing.T
	plain     *database
	plainPath string
	kept      *stacked
	recovered *database // nil before the handover
	done      int
	temporary bool // there is what a connection alone holds
	labels    map[string]string
}

func newTrial(t *testing.T) *trial {
	t.Helper()
	run := &trial{t: t, plainPath: filepath.Join(t.TempDir(), "plain.db"), kept: newStacked(t), labels: map[string]string{}}
	run.plain = openPlain(t, run.plainPath)
	return run
}

// openPlain opens a file with SQLite's own settings; nothing is lost by a crash that
// a test would miss.
func openPlain(t *testing.T, path string) *database {
	t.Helper()
	pool, err := sql.Open("sqlite", "file:"+path+"?_pragma=synchronous(0)")
	require.NoError(t, err)
	d, err := connect(nil, pool)
	require.NoError(t, err)
	d.memory = pool // closed with it
	t.Cleanup(func() { _ = d.close() })
	return d
}

var temporary = regexp.MustCompile(`(?i)\bcreate\s+temp`)

// all runs the records and returns how many agreed. From the middle on, the file
// recovered there goes on beside the other two; temporary tables are in no file.
func (run *trial) all(records []record) int {
	agreed := make([]bool, len(records))
	handover := len(records) / 2
	if i := slices.IndexFunc(records, func(r record) bool { return temporary.MatchString(r.sql) }); i >= 0 {
		handover = min(handover, i)
	}
	for i, rec := range records {
		if i >= handover && run.recovered == nil && !run.kept.inTransaction() {
			run.recovered = run.recover("in the middle")
		}
		run.temporary = run.temporary || temporary.MatchString(rec.sql)
		agreed[i] = run.one(rec)
		run.maintain()
	}
	run.ending(records, agreed)
	agree := 0
	for _, yes := range agreed {
		if yes {
			agree++
		}
	}
	return agree
}

// maintain does between two records what a vault does between two saves.
func (run *trial) maintain() {
	run.done++
	log := run.kept.log
	switch {
	case log.small() > manyMembers, run.done%97 == 50:
		require.NoError(run.t, log.fold())
	case run.done%401 == 15 && !run.temporary && !run.kept.inTransaction():
		run.kept.compact()
	}
}

// recover opens what others' programs get from the files as they are.
func (run *trial) recover(when string) *database {
	run.t.Helper()
	if missing := strangersTools(); missing != "" {
		run.t.Logf("SKIPPED %s: %s is not installed, so that nobody else recovered the database", when, missing)
		return nil
	}
	folder := run.t.TempDir()
	run.kept.copyTo(folder)
	strangerRecovers(run.t, folder, run.kept.identity.String())
	return openPlain(run.t, filepath.Join(folder, "a.db"))
}

// one runs a record on each database and tells every difference.
func (run *trial) one(rec record) bool {
	want := run.answer(run.plain, rec)
	agree := run.expected(rec, want)
	for name, d := range map[string]*database{"the vault's stores": run.kept.db, "the recovered file": run.recovered} {
		if d == nil {
			continue
		}
		if got := run.answer(d, rec); !got.equals(want) {
			run.t.Errorf("line %d: %s answer %s, a plain file %s", rec.line, name, got, want)
			agree = false
		}
	}
	return agree
}

// expected compares a plain file's answer with what the script says.
func (run *trial) expected(rec record, got answered) bool {
	switch {
	case !rec.query && rec.fails != (got.failure != ""):
		run.t.Errorf("line %d: the statement should fail: %v; it answers %s", rec.line, rec.fails, got)
		return false
	case rec.query && (got.failure != "" || !rec.accepts(got.values)):
		run.t.Errorf("line %d: the script says %.200q, a plain file %s", rec.line, rec.want, got)
		return false
	case rec.label != "":
		hash := hashOf(got.values)
		if before, known := run.labels[rec.label]; known && before != hash {
			run.t.Errorf("line %d: another answer than before of label %s", rec.line, rec.label)
			return false
		}
		run.labels[rec.label] = hash
	}
	return true
}

// ending compares all databases as they are at last: their whole content, and every
// query asked once more after opening them anew.
func (run *trial) ending(records []record, agreed []bool) {
	t := run.t
	require.NoError(t, run.plain.close())
	run.plain = openPlain(t, run.plainPath)
	run.kept.reopen()
	want := dump(t, run.plain)
	all := map[string]*database{"the vault's stores": run.kept.db, "the file recovered in the middle": run.recovered, "the file recovered at the end": run.recover("at the end")}
	for name, d := range all {
		if d == nil {
			continue
		}
		var sound string
		require.NoError(t, d.row("pragma integrity_check").Scan(&sound))
		assert.Equal(t, "ok", sound, name)
		assert.Equal(t, want, dump(t, d), name)
	}
	delete(all, "the file recovered in the middle") // it may have temporary tables yet
	for i, rec := range records {
		if !rec.query {
			continue
		}
		want := run.answer(run.plain, rec)
		for name, d := range all {
			if d == nil {
				continue
			}
			if got := run.answer(d, rec); !got.equals(want) {
				t.Errorf("line %d, asked again at the end: %s answer %s, a plain file %s", rec.line, name, got, want)
				agreed[i] = false
			}
		}
	}
}

// answered is what a database says to a record.
type answered struct {
	values  []string
	failure string // SQLite's error
}

func (a answered) equals(b answered) bool {
	return a.failure == b.failure && slices.Equal(a.values, b.values)
}

func (a answered) String() string {
	if a.failure != "" {
		return "error: " + a.failure
	}
	return fmt.Sprintf("%.200q", a.values)
}

func (run *trial) answer(d *database, rec record) answered {
	if !rec.query {
		if err := execute(d, rec.sql); err != nil {
			return answered{failure: err.Error()}
		}
		return answered{}
	}
	values, err := ask(d, rec.sql, rec.types)
	if err != nil {
		// An error while it runs ends the answer; one before makes it none.
		if compiling := execute(d, "explain "+rec.sql); compiling != nil || len(values) > 0 {
			return answered{failure: err.Error()}
		}
	}
	return answered{values: rec.arranged(values)}
}

// execute runs what is run once, so that it is not kept prepared.
func execute(d *database, statement string) error {
	_, err := d.conn.ExecContext(context.Background(), statement)
	return d.explain(err)
}

// ask returns a query's values as sqllogictest writes them down.
func ask(d *database, query, types string) ([]string, error) {
	rows, err := d.conn.QueryContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	if types != "" && len(columns) != len(types) {
		return nil, fmt.Errorf("it has %d columns, not %d", len(columns), len(types))
	}
	var cells []any
	row := make([]any, len(columns))
	for i := range row {
		row[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(row...); err != nil {
			return nil, err
		}
		for _, cell := range row {
			cells = append(cells, *cell.(*any))
		}
	}
	failure := rows.Err()
	if err := rows.Close(); err != nil && failure == nil {
		return nil, err
	}
	values := make([]string, len(cells))
	for i, cell := range cells {
		if types == "" {
			values[i] = fmt.Sprintf("%T %v", cell, cell)
		} else if values[i], err = written(d, types[i%len(types)], cell); err != nil {
			return nil, err
		}
	}
	return values, failure
}

// written is a value as SQLite's own runner writes it: a 32-bit integer, a number of
// three places, or a text of printable ASCII.
func written(d *database, kind byte, cell any) (string, error) {
	var text string
	switch v := cell.(type) {
	case nil:
		return "NULL", nil
	case time.Time:
		return "", fmt.Errorf("the driver took a text for a time: %s", v)
	case int64:
		switch kind {
		case 'I':
			return fmt.Sprint(int32(v)), nil
		case 'T':
			return fmt.Sprint(v), nil
		}
	case string:
		text = v
	case []byte:
		text, cell = string(v), string(v)
	}
	switch kind {
	case 'I':
		var n int64
		err := d.row("select cast(? as integer)", cell).Scan(&n)
		return fmt.Sprint(int32(n)), err
	case 'R':
		err := d.row("select format('%.3f', cast(? as real))", cell).Scan(&text)
		return text, err
	}
	if _, real := cell.(float64); real {
		if err := d.row("select cast(? as text)", cell).Scan(&text); err != nil {
			return "", err
		}
	}
	return printable(text), nil
}

func printable(text string) string {
	text, _, _ = strings.Cut(text, "\x00")
	if text == "" {
		return "(empty)"
	}
	b := []byte(text)
	for i := range b {
		if b[i] < ' ' || b[i] > '~' {
			b[i] = '@'
		}
	}
	return string(b)
}

// dump is everything in a database: its schema and every row of its tables.
func dump(t *testing.T, d *database) map[string][]string {
	t.Helper()
	var tables []string
	all := map[string][]string{}
	require.NoError(t, d.each(func(rows *sql.Rows) error {
		var kind, name, text string
		if err := rows.Scan(&kind, &name, &text); err != nil {
			return err
		}
		all["schema"] = append(all["schema"], kind+" "+name+" "+text)
		if kind == "table" {
			tables = append(tables, name)
		}
		return nil
	}, "select type, name, coalesce(sql, '') from sqlite_schema where name <> '_journal' order by 1, 2"))
	for _, table := range tables {
		rows, err := ask(d, `select * from "`+strings.ReplaceAll(table, `"`, `""`)+`"`, "")
		require.NoError(t, err)
		all[table] = rows
	}
	return all
}
