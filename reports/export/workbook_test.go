package export

import (
	"bytes"
	"os"
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
