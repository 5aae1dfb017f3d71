package pdf

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/reports"
)

// preflightPath is where Debian keeps PDFBox and what it needs.
const preflightPath = "/usr/share/java/preflight.jar:/usr/share/java/pdfbox2.jar:/usr/share/java/xmpbox.jar:/usr/share/java/fontbox2.jar:" +
	"/usr/share/java/commons-logging.jar:/usr/share/java/commons-io.jar:/usr/share/java/jaxb-api.jar:/usr/share/java/jaxb-runtime.jar:" +
	"/usr/share/java/jaxb-core.jar:/usr/share/java/javax.activation.jar:/usr/share/java/istack-commons-runtime.jar"

// preflight asks PDFBox of each file whether it is PDF/A-1b.
func preflight(t *testing.T, texts ...[]byte) []string {
	t.Helper()
	if _, err := os.Stat("/usr/share/java/preflight.jar"); err != nil {
		t.Skip("SKIPPED: PDFBox preflight is not here (libpdfbox2-java, libjaxb-api-java, libjaxb-java), and was not asked")
	}
	if _, err := exec.LookPath("javac"); err != nil {
		t.Skip("SKIPPED: no Java compiler is here, and PDFBox preflight was not asked")
	}
	arguments := []string{"-cp", preflightPath, filepath.Join("testdata", "Preflight.java")}
	for i, text := range texts {
		path := filepath.Join(t.TempDir(), fmt.Sprintf("report-%d.pdf", i))
		require.NoError(t, os.WriteFile(path, text, 0o600))
		arguments = append(arguments, path)
	}
	out, err := exec.Command("java", arguments...).Output()
	require.NoError(t, err, "%s", out)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	require.Len(t, lines, len(texts))
	return lines
}

// everything is a document with every block, links and text that no font covers.
func everything() reports.Document {
	doc := linked(30)
	doc.Draft, doc.Language = "3 problems are open", "en-GB"
	drawing := reports.Drawing{Width: 100, Height: 30}
	drawing.Boxes = []reports.Box{{X: 1, Y: 1, Width: 40, Height: 10, Edge: 0.3, Tone: reports.Good}}
	drawing.Labels = []reports.Label{{X: 5, Y: 6, Size: 8, Text: "shop"}}
	doc.Blocks = append([]reports.Block{reports.Cover{Kicker: "RECORD", Title: "Record", Entity: "Shop", Pill: reports.Pill{Text: "no conclusion recorded"}}}, doc.Blocks...)
	doc.Blocks = append(
		doc.Blocks,
		reports.Paragraph{Text: "Größe, Κρυπτογραφία, Шифрование, ✓ ✗, 漢字 😀 שלום مرحبا {nb} \x00\u202e"},
		reports.List{Items: []string{"one", "two"}},
		reports.Facts{Rows: []reports.Fact{{Name: "Head", Value: strings.Repeat("ab", 32)}}},
		reports.Donut{Figure: "3", Caption: "of 4", Slices: []reports.Slice{{Label: "In Place", Tone: reports.Good, Count: 3}, {Label: "Not in Place", Tone: reports.Bad, Count: 1}}},
		reports.Bars{Rows: []reports.Bar{{Number: "1", Label: "Networks", Figure: "1 of 2", Slices: []reports.Slice{{Label: "In Place", Tone: reports.Good, Count: 1}}}}},
		reports.Picture{Drawing: drawing, Caption: "Who reaches whom."},
		reports.Callout{Tone: reports.Warn, Title: "This is a draft", Text: "Three problems.", Items: []string{"1.2.1"}},
		reports.SignatureBlock{Field: "preparer", Role: "Prepared by", Person: "Mara Lindqvist"},
	)
	return doc
}

// PDFBox knows the first part of PDF/A: the same document without its manifest, declared
// as that, is valid. What is shipped declares the third, for the manifest.
func TestPreflightAcceptsTheSameDocumentAsPartOne(t *testing.T) {
	var a4, letter, whole bytes.Buffer
	for paper, to := range map[Paper]*bytes.Buffer{A4: &a4, Letter: &letter} {
		_, err := write(context.Background(), to, everything(), Options{Paper: paper}, archiveAlone)
		require.NoError(t, err)
		assert.NotContains(t, to.String(), "EmbeddedFile")
	}
	_, err := Write(context.Background(), &whole, everything(), Options{})
	require.NoError(t, err)
	assert.Contains(t, whole.String(), "<pdfaid:part>3</pdfaid:part>")
	said := preflight(t, a4.Bytes(), letter.Bytes(), whole.Bytes())
	assert.Equal(t, "valid", said[0])
	assert.Equal(t, "valid", said[1])
	assert.Contains(t, said[2], "not valid", "what is asked can say no")
}
