package export

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// TestALargeSheetStaysInMemory: what an assessment says is never on a disk in the clear,
// a temporary file included.
func TestALargeSheetStaysInMemory(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	large := sheet{name: "large", columns: []column{{title: "Text", width: 40}}}
	for range 700 { // 21 MB
		large.rows = append(large.rows, []string{strings.Repeat("narrative ", 3000)})
	}
	watch := &watching{t: t, folder: folder}
	require.NoError(t, workbook{sheets: []sheet{large}}.write(watch))
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Empty(t, left)
	f, err := excelize.OpenReader(bytes.NewReader(watch.Bytes()), excelize.Options{UnzipXMLSizeLimit: 1 << 30})
	require.NoError(t, err)
	rows, err := f.GetRows("large")
	require.NoError(t, err)
	assert.Len(t, rows, 701)
	require.NoError(t, f.Close())
}

// Whatever a text holds, the same text is read from its cell.
func TestCellsHoldTheTextsThatWereWritten(t *testing.T) {
	texts := []string{"plain", "", " spaces ", "two\nlines\n", "=1+1", "<c>&amp;\"'", "_x003D_1", "_x0041_x0042_", "_x005F_x0041_", "a_xff_b", "]]>", "漢字 😀", strings.Repeat("é", maxCell)}
	s := sheet{name: "A & B", notes: []string{"<note>"}}
	for range texts {
		s.columns = append(s.columns, column{"<title>", 10})
	}
	s.rows = [][]string{texts, {"first"}, nil}
	var b bytes.Buffer
	require.NoError(t, workbook{sheets: []sheet{{name: "none"}, s}}.write(&b))
	f, err := excelize.OpenReader(&b)
	require.NoError(t, err)
	rows, err := f.GetRows("A & B")
	require.NoError(t, err)
	assert.Equal(t, []string{"<note>"}, rows[0])
	assert.Equal(t, "<title>", rows[1][0])
	assert.Equal(t, texts, rows[2])
	assert.Equal(t, []string{"first"}, rows[3])
	panes, err := f.GetPanes("A & B")
	require.NoError(t, err)
	assert.Equal(t, "A3", panes.TopLeftCell, "notes and titles stay in sight")
	require.NoError(t, f.Close())
}

// Of a large workbook only a row at a time is in memory as it is written.
func TestAWorkbookIsWrittenRowByRow(t *testing.T) {
	s := sheet{name: "large", columns: []column{{"Text", 40}}}
	for i := range 3000 { // 9 MB
		s.rows = append(s.rows, []string{strings.Repeat(fmt.Sprintf("%x ", sha256.Sum256([]byte{byte(i), byte(i >> 8)})), 46)})
	}
	m := &measuring{before: held()}
	require.NoError(t, workbook{sheets: []sheet{s}}.write(m))
	assert.Greater(t, m.writes, 20)
	assert.Less(t, m.most, uint64(4<<20), "held beside the texts themselves")
	runtime.KeepAlive(s)
}

// held is what is in memory now.
func held() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// measuring looks now and then how much more is in memory than before.
type measuring struct {
	before, most uint64
	writes       int
}

func (m *measuring) Write(b []byte) (int, error) {
	if m.writes++; m.writes%10 == 1 {
		if now := held(); now > m.before {
			m.most = max(m.most, now-m.before)
		}
	}
	return len(b), nil
}

// No part of a text that a program may take for a cell begins like a formula.
func TestNothingBeginsLikeAFormula(t *testing.T) {
	for in, want := range map[string]string{
		"=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠x": "'＠x",
		" =1": " '=1", "\u00a0=1": "\u00a0'=1", "'=1": "''=1", "    =1": "    '=1", "a;=1": "a;'=1", "a\n=1": "a\n'=1", "a\n\u00a0-1": "a\n\u00a0'-1",
		"a=1": "a=1", "1-2": "1-2", "plain": "plain", "": "",
	} {
		assert.Equal(t, want, inert(in), "%q", in)
	}
}

// watching looks into a folder while a workbook is written.
type watching struct {
	bytes.Buffer
	t      *testing.T
	folder string
}

func (w *watching) Write(b []byte) (int, error) {
	there, err := os.ReadDir(w.folder)
	require.NoError(w.t, err)
	assert.Empty(w.t, there, "a temporary file")
	return w.Buffer.Write(b)
}
