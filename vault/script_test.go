package vault

import (
	"bufio"
	"crypto/md5"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// record is one statement or query of a sqllogictest script with what it must
// answer: https://sqlite.org/sqllogictest, "about.wiki".
type record struct {
	line  int // of its first line, from 1
	query bool
	sql   string
	fails bool // a statement that must be refused
	resultForm
}

// resultForm is how a query's answer is written down and what it must be.
type resultForm struct {
	types    string // a T, I or R for each column
	order    sorting
	label    string   // queries of one label answer alike
	verified bool     // the script says what the answer is
	want     []string // values, or the one line of their hash
}

type sorting int

const (
	asAnswered sorting = iota
	byRow
	byValue
)

var sortings = map[string]sorting{"": asAnswered, "nosort": asAnswered, "rowsort": byRow, "valuesort": byValue}

// engine is whom `skipif` and `onlyif` mean.
const engineName = "sqlite"

// lines reads a script without its comments.
type lines struct {
	in     *bufio.Scanner
	number int
}

// next returns the next line, without its end; one of spaces is empty.
func (l *lines) next() (string, bool) {
	for l.in.Scan() {
		l.number++
		line := strings.TrimSuffix(l.in.Text(), "\r")
		if strings.TrimSpace(line) == "" {
			return "", true
		}
		if !strings.HasPrefix(line, "#") {
			return line, true
		}
	}
	return "", false
}

// until returns what comes before an empty line or one of the ends.
func (l *lines) until(ends ...string) (before []string, end string) {
	for {
		line, more := l.next()
		if !more || line == "" || slices.Contains(ends, line) {
			return before, line
		}
		before = append(before, line)
	}
}

// readScript reads a sqllogictest script as SQLite would run it: what is meant for
// others is left out, and `halt` ends it.
func readScript(r io.Reader) ([]record, error) {
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	l := &lines{in: in}
	var all []record
	for {
		line, more := l.next()
		if !more {
			return all, in.Err()
		}
		if line == "" {
			continue
		}
		words, ours := meant(l, strings.Fields(line))
		if !ours {
			if len(words) > 0 {
				l.until()
			}
			continue
		}
		if words[0] == "halt" {
			return all, nil
		}
		rec, err := readRecord(l, words)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", l.number, err)
		}
		if rec.sql != "" {
			all = append(all, rec)
		}
	}
}

// meant reads the conditions before a record.
func meant(l *lines, words []string) (record []string, ours bool) {
	ours = true
	for words[0] == "skipif" || words[0] == "onlyif" {
		named := len(words) > 1 && strings.EqualFold(words[1], engineName)
		ours = ours && named == (words[0] == "onlyif")
		line, _ := l.next()
		if words = strings.Fields(line); len(words) == 0 {
			return nil, false
		}
	}
	return words, ours
}

func readRecord(l *lines, words []string) (record, error) {
	words = append(words, "", "", "")
	rec := record{line: l.number}
	switch words[0] {
	case "hash-threshold":
		// Whether an answer stands there in full or as its hash shows in itself.
		_, err := strconv.Atoi(words[1])
		l.until()
		return rec, err
	case "statement":
		if words[1] != "ok" && words[1] != "error" {
			return rec, fmt.Errorf("a statement is ok or error, not %.40q", words[1])
		}
		rec.fails = words[1] == "error"
		sql, _ := l.until()
		rec.sql = strings.Join(sql, "\n")
		return rec, nil
	case "query":
		return readQuery(l, rec, words)
	}
	return rec, fmt.Errorf("%.40q is no kind of record", words[0])
}

func readQuery(l *lines, rec record, words []string) (record, error) {
	order, known := sortings[words[2]]
	switch {
	case !known:
		return rec, fmt.Errorf("%.40q is no way to sort", words[2])
	case words[1] == "" || strings.Trim(words[1], "TIR") != "":
		return rec, fmt.Errorf("%.40q are no types of columns", words[1])
	}
	rec.query, rec.types, rec.order, rec.label = true, words[1], order, words[3]
	sql, end := l.until("----")
	rec.sql = strings.Join(sql, "\n")
	if end == "----" {
		rec.verified = true
		rec.want, _ = l.until()
	}
	return rec, nil
}

// arranged puts an answer's values into the order in which they are compared.
func (f resultForm) arranged(values []string) []string {
	width := len(f.types)
	if f.order == byValue {
		width = 1
	}
	if f.order != asAnswered && width > 0 {
		rows := slices.Collect(slices.Chunk(values, width))
		slices.SortStableFunc(rows, slices.Compare)
		values = slices.Concat(rows...)
	}
	return values
}

func hashOf(values []string) string {
	h := md5.New()
	for _, v := range values {
		fmt.Fprintln(h, v)
	}
	return fmt.Sprintf("%d values hashing to %x", len(values), h.Sum(nil))
}

var hashed = regexp.MustCompile(`^\d+ values hashing to [0-9a-f]{32}$`)

// accepts reports whether arranged values are what the script says.
func (f resultForm) accepts(values []string) bool {
	switch {
	case !f.verified:
		return true
	case len(f.want) == 1 && hashed.MatchString(f.want[0]):
		return f.want[0] == hashOf(values)
	}
	return slices.Equal(f.want, values)
}

func TestScriptIsRead(t *testing.T) {
	const text = "# a comment\nhash-threshold 8\n\nonlyif mssql\nhalt\n\nstatement ok\r\ncreate table t(\r\n# within\r\na)\r\n\r\n" +
		"statement error\ninsert into u values (1)\n   \nskipif sqlite # not here\nquery I nosort\nselect 1\n----\n2\n\n" +
		"onlyif SQLite\nskipif mysql\nquery TI rowsort label-1\nselect 'b', 2 union\nselect 'a', 1\n----\na\n1\nb\n2\n\n" +
		"query R\nselect 1\n\nhalt\n\nstatement ok\nnever\n"
	records, err := readScript(strings.NewReader(text))
	require.NoError(t, err)
	assert.Equal(t, []record{
		{line: 7, sql: "create table t(\na)"},
		{line: 12, sql: "insert into u values (1)", fails: true},
		{line: 23, query: true, sql: "select 'b', 2 union\nselect 'a', 1", resultForm: resultForm{
			types: "TI", order: byRow, label: "label-1", verified: true, want: []string{"a", "1", "b", "2"},
		}},
		{line: 32, query: true, sql: "select 1", resultForm: resultForm{types: "R"}},
	}, records)
	for _, wrong := range []string{"statement maybe\nx\n", "query X\nselect 1\n", "query\nselect 1\n", "query I backwards\nselect 1\n", "loop i 1 2\n", "hash-threshold many\n"} {
		_, err := readScript(strings.NewReader("\n\n" + wrong))
		require.ErrorContains(t, err, "line 3: ", wrong)
	}
}

func TestAnswersAreArranged(t *testing.T) {
	values := []string{"b", "1", "a", "2", "a", "10"}
	assert.Equal(t, values, resultForm{types: "TI"}.arranged(values))
	assert.Equal(t, []string{"a", "10", "a", "2", "b", "1"}, resultForm{types: "TI", order: byRow}.arranged(values))
	assert.Equal(t, []string{"1", "10", "2", "a", "a", "b"}, resultForm{types: "TI", order: byValue}.arranged(values))
	assert.Equal(t, "3 values hashing to c0710d6b4f15dfa88f600b0e6b624077", hashOf([]string{"1", "2", "3"}))
	assert.True(t, resultForm{verified: true, want: []string{hashOf(values)}}.accepts(values))
	assert.False(t, resultForm{verified: true, want: []string{hashOf(values[1:])}}.accepts(values))
	assert.False(t, resultForm{verified: true}.accepts(values))
	assert.True(t, resultForm{}.accepts(values))
}

// FuzzScript: whatever a script holds, reading it ends, with records that can be run.
func FuzzScript(f *testing.F) {
	f.Add("statement ok\ncreate table t(a)\n\nquery I rowsort x\nselect 1\n----\n1\n")
	f.Add("onlyif sqlite\nskipif mysql\nhalt\n")
	f.Add("hash-threshold 8\n\nquery TIR valuesort\n\n----\r\n3 values hashing to 00\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		records, err := readScript(strings.NewReader(text))
		if err != nil {
			require.True(t, strings.HasPrefix(err.Error(), "line ") || errors.Is(err, bufio.ErrTooLong), "%v", err)
			return
		}
		last := 0
		for _, rec := range records {
			require.Greater(t, rec.line, last, "records in their order")
			last = rec.line
			require.NotEmpty(t, rec.sql)
			require.Equal(t, rec.query, rec.types != "")
			require.Len(t, rec.arranged(rec.want), len(rec.want))
		}
	})
}
