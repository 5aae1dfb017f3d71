package pdf

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whoever has the report read aloud hears headings, rows, and pictures in words, in the order
// of the document.
func TestTheStructureIsReadByOthers(t *testing.T) {
	if _, err := exec.LookPath("pdfinfo"); err != nil {
		t.Skip("SKIPPED: pdfinfo is not installed here, and was not asked")
	}
	var b bytes.Buffer
	_, err := Write(context.Background(), &b, everything(), Options{})
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "report.pdf")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	out, err := exec.Command("pdfinfo", "-struct-text", path).CombinedOutput()
	require.NoError(t, err, "%s", out)
	said := string(out)
	assert.NotContains(t, said, "Error")
	for _, want := range []string{"Document\n", "H1", `"First"`, "H3", "Table", "TR", "TH", "TD", `"a29`, "Figure", "Größe"} {
		assert.Contains(t, said, want)
	}
	assert.Regexp(t, `(?s)"First".*"Second"`, said)
	assert.NotContains(t, said, "Page 2 of", "what is on every page is no part of it")
	assert.Contains(t, b.String(), "/Alt "+textString("Who reaches whom."))
}
