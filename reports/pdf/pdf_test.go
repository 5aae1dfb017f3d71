package pdf_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/reports"
	"tickmark/reports/pdf"
)

func write(t *testing.T, doc reports.Document, o pdf.Options) ([]byte, pdf.Layout) {
	t.Helper()
	var b bytes.Buffer
	l, err := pdf.Write(context.Background(), &b, doc, o)
	require.NoError(t, err)
	return b.Bytes(), l
}

// tool runs an independent reader over a file and returns what it prints.
func tool(t *testing.T, file []byte, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("NOT TESTED: %s is not installed (Debian: poppler-utils, qpdf, mupdf-tools)", name)
	}
	in := filepath.Join(t.TempDir(), "report.pdf")
	require.NoError(t, os.WriteFile(in, file, 0o600))
	for i, a := range args {
		if a == "FILE" {
			args[i] = in
		}
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	require.NoError(t, err, "%s %v: %s", name, args, out)
	return string(out)
}

// pages are the texts of the pages as a reader extracts them.
func pages(t *testing.T, file []byte) []string {
	t.Helper()
	return strings.Split(strings.TrimSuffix(tool(t, file, "pdftotext", "-layout", "FILE", "-"), "\f"), "\f")
}

func TestSameDocumentSameBytes(t *testing.T) {
	doc := sample(40)
	// characters that share a glyph, and such that only the second font has
	doc.Blocks = append(doc.Blocks, reports.Paragraph{Text: "- \u2010 \u2011 \u00ad \u00a0 Ω \u2126 μ µ ✓ ✗ ⚠ Δ ∆ א ب"})
	for _, o := range []pdf.Options{{}, {Paper: pdf.Letter}} {
		first, _ := write(t, doc, o)
		for range 5 {
			again, _ := write(t, doc, o)
			require.True(t, bytes.Equal(first, again))
		}
	}
}

func TestReadersAcceptTheFile(t *testing.T) {
	file, l := write(t, sample(40), pdf.Options{})
	t.Run("qpdf", func(t *testing.T) {
		assert.Contains(t, tool(t, file, "qpdf", "--check", "FILE"), "No syntax or stream encoding errors")
	})
	t.Run("fonts embedded as subsets", func(t *testing.T) {
		lines := strings.Split(strings.TrimSpace(tool(t, file, "pdffonts", "FILE")), "\n")[2:]
		require.Len(t, lines, 4)
		for _, line := range lines {
			assert.Regexp(t, `^[A-Z]{6}\+\S+ .*Identity-H\s+yes yes yes`, line)
		}
	})
	t.Run("information", func(t *testing.T) {
		info := tool(t, file, "pdfinfo", "FILE")
		assert.Contains(t, info, "Self-Assessment Record — Zürich Payments AG")
		assert.Contains(t, info, "Ana Łukasiewicz")
		assert.Contains(t, info, "PDF version:     1.7")
		assert.Regexp(t, `(?m)^Pages: +`+itoa(l.Pages)+`$`, info)
	})
	t.Run("mutool", func(t *testing.T) {
		assert.NotContains(t, tool(t, file, "mutool", "info", "FILE"), "error")
	})
	t.Run("manifest", func(t *testing.T) {
		assert.Contains(t, tool(t, file, "qpdf", "--list-attachments", "FILE"), pdf.ManifestName)
		assert.Equal(t, `{"evidence":[]}`, tool(t, file, "qpdf", "--show-attachment="+pdf.ManifestName, "FILE"))
	})
}

func TestShapeOfTheFile(t *testing.T) {
	file, _ := write(t, sample(5), pdf.Options{})
	assert.True(t, bytes.HasPrefix(file, []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")))
	assert.Equal(t, 1, bytes.Count(file, []byte("%%EOF")), "a signature is appended to one revision")
	assert.Equal(t, 2, bytes.Count(file, []byte("xref")), "one table, found by one startxref")
	assert.Contains(t, string(file), "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>")
	assert.Contains(t, string(file), "/S /GTS_PDFA1")
	assert.Contains(t, string(file), "/AFRelationship /Data")
	assert.Contains(t, string(file), "(D:20261120103000Z)")
	assert.Regexp(t, `/ID \[<[0-9a-f]{32}> <[0-9a-f]{32}>\]`, string(file))
	assert.NotContains(t, string(file), "/Encrypt")
	assert.NotContains(t, string(file), "/JavaScript")

	bare := sample(5)
	bare.Manifest = nil
	file, _ = write(t, bare, pdf.Options{})
	assert.NotContains(t, string(file), "/EmbeddedFile")
}

func TestEveryWordIsOnAPage(t *testing.T) {
	file, l := write(t, sample(12), pdf.Options{})
	got := pages(t, file)
	require.Len(t, got, l.Pages)
	whole := strings.Join(got, "\n")
	for _, want := range []string{
		"no conclusion recorded", "In Place with CCW", "Rules are reviewed at least every six months", "Evidence-12", "0123456789abcdef0123456789abcdef",
		"No requirement was answered Not Tested.", "Κρυπτογραφία", "{nb}", "✓", "□U+6F22", "□U+1F600", "of 269 answered", "Explained in small letters.",
	} {
		assert.Contains(t, whole, want)
	}
	for i, p := range got[1:] {
		assert.Contains(t, p, "DRAFT: 3 problems are open", "page %d", i+2)
		assert.Contains(t, p, "Page "+itoa(i+2)+" of "+itoa(l.Pages))
	}
	assert.Contains(t, got[0], "DRAFT")
}

func TestContentsAndBookmarksLeadToTheirHeadings(t *testing.T) {
	doc := sample(60)
	file, _ := write(t, doc, pdf.Options{})
	texts := pages(t, file)
	outline := tool(t, file, "mutool", "show", "FILE", "outline")
	contents := texts[1]
	for _, h := range doc.Headings() {
		page := 0
		for _, line := range strings.Split(outline, "\n") {
			if _, after, found := strings.Cut(line, `"`+h.Text+`"`); found {
				_, after, _ = strings.Cut(after, "#page=")
				page = atoi(after)
			}
		}
		require.NotZero(t, page, h.Text)
		assert.Contains(t, texts[page-1], h.Text)
		if h.Level <= 2 {
			assert.Regexp(t, h.Text+`\s*[. ]*\s`+itoa(page)+`\n`, contents)
		}
	}
}

// fieldRect is where the field of a signature is.
var fieldRect = regexp.MustCompile(`/FT /Sig /F 132 /T \(preparer\) /TU \(Signature: Prepared by\) /P \d+ 0 R /Rect \[([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)\]`)

func TestSignatureFieldsStandWhereTheRoomIs(t *testing.T) {
	for _, o := range []pdf.Options{{}, {Paper: pdf.Letter}} {
		file, l := write(t, sample(5), o)
		found := fieldRect.FindAllStringSubmatch(string(file), -1)
		require.Len(t, found, 1)
		var rect [4]float64
		for i := range rect {
			rect[i] = atof(found[0][i+1])
		}
		assert.InDelta(t, 86/25.4*72, rect[2]-rect[0], 0.01)
		assert.InDelta(t, 36/25.4*72, rect[3]-rect[1], 0.01)
		height := map[pdf.Paper]float64{pdf.A4: 841.89, pdf.Letter: 792}[o.Paper]
		crop := []string{
			"-f", itoa(l.Pages), "-l", itoa(l.Pages), "-x", itoa(int(rect[0])), "-y", itoa(int(height - rect[3])),
			"-W", itoa(int(rect[2] - rect[0])), "-H", itoa(int(rect[3] - rect[1])), "FILE", "-",
		}
		assert.Contains(t, tool(t, file, "pdftotext", crop...), "signature field preparer")
	}
}

func TestANarrativeLongerThanPages(t *testing.T) {
	doc := sample(3)
	var words []string
	for i := range 30000 {
		words = append(words, "w"+itoa(i))
	}
	doc.Blocks = append(doc.Blocks, reports.Table{
		Columns: []reports.Column{{Title: "Id", Weight: 20}, {Title: "Narrative", Weight: 100}},
		Rows: []reports.Row{{Cells: []reports.Cell{{Text: "9.9.9"}, {
			Text: strings.Join(words[:8000], " "), Facts: []reports.Fact{{Name: "Plan", Value: strings.Join(words[8000:16000], " ")}},
			Note: strings.Join(words[16000:20000], " "),
		}}}},
	}, reports.Facts{Rows: []reports.Fact{{Name: "Worksheet", Value: strings.Join(words[20000:26000], " ")}, {Name: strings.Join(words[26000:27000], " "), Value: "y"}}},
		reports.Paragraph{Text: strings.Join(words[27000:], " ")}, reports.Callout{Title: "Long", Items: words[:500]})
	file, l := write(t, doc, pdf.Options{})
	assert.Greater(t, l.Pages, 40)
	whole := strings.Fields(strings.Join(pages(t, file), " "))
	seen := map[string]bool{}
	for _, w := range whole {
		seen[w] = true
	}
	for _, w := range words {
		require.True(t, seen[w], w)
	}
}

// Whatever stands before it, a heading has the beginning of its table on its page,
// and a row that leads has the row that it leads.
func TestNothingStaysBehindAtTheFootOfAPage(t *testing.T) {
	tall := strings.Repeat("Said at length. ", 60)
	columns := []reports.Column{{Title: "Id", Weight: 1}, {Title: "Text", Weight: 3}}
	doc := sample(0)
	doc.Blocks = nil
	for n := range 40 {
		row := func(leads bool, id, text string) reports.Row {
			return reports.Row{Leads: leads, Cells: []reports.Cell{{Text: id + itoa(n) + "."}, {Text: text}}}
		}
		doc.Blocks = append(doc.Blocks, reports.Heading{Level: 1, Text: "One"})
		for range n {
			doc.Blocks = append(doc.Blocks, reports.Paragraph{Text: "Filled."})
		}
		doc.Blocks = append(doc.Blocks, reports.Heading{Level: 2, Text: "Heading" + itoa(n) + "."}, reports.Heading{Level: 3, Text: "Below" + itoa(n) + "."},
			reports.Table{Columns: columns, Rows: []reports.Row{row(true, "First", tall), row(false, "Second", "short"), row(true, "Third", tall), row(false, "Fourth", tall)}})
	}
	file, _ := write(t, doc, pdf.Options{})
	on := map[string]int{}
	for i, page := range pages(t, file) {
		for _, word := range strings.Fields(page) {
			if on[word] == 0 {
				on[word] = i + 1
			}
		}
	}
	for n := range 40 {
		at := func(word string) int { return on[word+itoa(n)+"."] }
		require.NotZero(t, at("Fourth"))
		assert.Equal(t, at("Heading"), at("Below"), "%d paragraphs", n)
		assert.Equal(t, at("Heading"), at("First"), "%d paragraphs", n)
		assert.Equal(t, at("First"), at("Second"), "%d paragraphs", n)
		assert.Equal(t, at("Third"), at("Fourth"), "%d paragraphs", n)
	}
}

func TestHostileText(t *testing.T) {
	for in, want := range map[string]string{
		"{nb} and {nb}":             "{nb} and {nb}",
		"\x1b[2Jwiped":              "‹U+001B›[2Jwiped",
		"pay\u202efdp.exe":          "pay‹U+202E›fdp.exe",
		"zero\u200bwidth":           "zero‹U+200B›width",
		"emoji \U0001F600!":         "emoji □U+1F600!",
		"han \u6f22":                "han □U+6F22",
		") Tj ET /JS (app.alert(1)": ") Tj ET /JS (app.alert(1)",
		`back\slash \) endstream`:   `back\slash \) endstream`,
		"%%EOF startxref 0":         "%%EOF startxref 0",
		"bad\xff\xfebytes":          "bad��bytes",
		"dots \u010d \u0d0d":        "dots č □U+0D0D", // 0x0D as half of a character
	} {
		doc := sample(1)
		doc.Entity, doc.Title, doc.Author, doc.Subject, doc.Protection, doc.Draft, doc.Vault = in, in, in, in, in, in, in
		doc.Blocks = []reports.Block{
			reports.Heading{Level: 1, Text: in},
			reports.Paragraph{Text: in},
			reports.Table{Columns: []reports.Column{{Title: in, Weight: 1}}, Rows: []reports.Row{{Cells: []reports.Cell{{Text: in, Pill: reports.Pill{Text: in}}}}}},
		}
		file, l := write(t, doc, pdf.Options{})
		assert.Equal(t, 1, l.Pages, "%q", in)
		assert.Contains(t, tool(t, file, "qpdf", "--check", "FILE"), "No syntax or stream encoding errors", "%q", in)
		assert.GreaterOrEqual(t, strings.Count(tool(t, file, "pdftotext", "-raw", "FILE", "-"), want), 3, "%q", in)
	}
}

func TestLongWordsStayOnTheSheet(t *testing.T) {
	long := strings.Repeat("W", 400) + "/" + strings.Repeat("networking.k8s.io/", 40)
	doc := sample(1)
	doc.Draft = long
	doc.Blocks = []reports.Block{
		reports.Cover{Kicker: long, Title: long, Entity: long, Detail: long, Pill: reports.Pill{Text: long}, Facts: []reports.Fact{{Name: long, Value: long}}, Panel: reports.Panel{Title: long, Digest: long, Note: long}, Note: long},
		reports.Contents{Title: long},
		reports.Heading{Level: 2, Text: long},
		reports.Paragraph{Text: long},
		reports.List{Items: []string{long}},
		reports.Facts{Rows: []reports.Fact{{Name: long, Value: long}}},
		reports.Bars{Rows: []reports.Bar{{Number: long, Label: long, Figure: long}}},
		reports.Donut{Figure: long, Caption: long, Slices: []reports.Slice{{Label: long, Count: 1}}},
		reports.SignatureBlock{Field: "preparer", Role: long, Person: long, Note: long},
	}
	file, _ := write(t, doc, pdf.Options{})
	boxes := tool(t, file, "pdftotext", "-bbox", "FILE", "-")
	words := 0
	for _, line := range strings.Split(boxes, "\n") {
		_, after, found := strings.Cut(line, `xMax="`)
		if !found || !strings.Contains(line, "<word") {
			continue
		}
		words++
		assert.LessOrEqual(t, atof(after), 595.28-20/25.4*72+1, line)
	}
	assert.Greater(t, words, 20)
}

func TestSignatureCard(t *testing.T) {
	card := pdf.Card{
		Name: "Ana Łukasiewicz", Subject: "CN=Ana Łukasiewicz", Issuer: "CN=Zürich Payments CA", Reason: "I answer for it.",
		Time: time.Date(2026, 11, 20, 11, 30, 0, 0, time.FixedZone("CET", 3600)),
	}
	file, err := pdf.SignatureCard(card)
	require.NoError(t, err)
	again, err := pdf.SignatureCard(card)
	require.NoError(t, err)
	assert.Equal(t, file, again)
	text := tool(t, file, "pdftotext", "FILE", "-")
	for _, want := range []string{"Digitally signed", "Ana Łukasiewicz", "Zürich Payments CA", "2026-11-20 10:30:00 UTC", "I answer for it."} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "Time stamp")
	assert.Contains(t, tool(t, file, "pdfinfo", "FILE"), "243.78 x 102.05 pts")
	card.Authority, card.Subject, card.Issuer = "tsa.example.net", strings.Repeat("OU=Assurance, ", 20), strings.Repeat("OU=Authority, ", 20)
	file, err = pdf.SignatureCard(card)
	require.NoError(t, err)
	text = tool(t, file, "pdftotext", "FILE", "-")
	for _, want := range []string{"2026-11-20 10:30:00 UTC, as the signer claims", "Time stamp: by tsa.example.net, its time in the signature", "I answer for it."} {
		assert.Contains(t, text, want, "however long the names are")
	}
	_, err = pdf.SignatureCard(pdf.Card{Name: strings.Repeat("long ", 300), Subject: "\x1b\U0001F600", Reason: strings.Repeat("why ", 500)})
	require.NoError(t, err)
}

func TestNothingIsWrittenWhenItFails(t *testing.T) {
	var b bytes.Buffer
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := pdf.Write(ctx, &b, sample(3), pdf.Options{})
	require.ErrorIs(t, err, context.Canceled)
	undated := sample(1)
	undated.Date = time.Time{}
	_, err = pdf.Write(context.Background(), &b, undated, pdf.Options{})
	require.ErrorContains(t, err, "no date")
	assert.Zero(t, b.Len())
	_, err = pdf.Write(context.Background(), full{}, sample(1), pdf.Options{})
	require.ErrorIs(t, err, errFull)
}

var errFull = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "plain", "a\x1b[31m\u202e\xff\U0001F600{nb}", ") Tj", strings.Repeat("x", 5000), "\n\n\n", "č\u0d0d\\", "e\u0301\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		doc := sample(0)
		doc.Entity, doc.Title, doc.Draft = s, s, s
		doc.Blocks = []reports.Block{
			reports.Cover{Title: s, Entity: s, Pill: reports.Pill{Text: s}, Facts: []reports.Fact{{Name: s, Value: s}}},
			reports.Contents{Title: s},
			reports.Heading{Level: 1, Text: s},
			reports.Paragraph{Text: s},
			reports.List{Items: []string{s}},
			reports.Callout{Title: s, Text: s, Items: []string{s}},
			reports.Table{Columns: []reports.Column{{Title: s, Weight: 1}, {Title: s, Weight: 3, Style: reports.Mono}}, Rows: []reports.Row{{Cells: []reports.Cell{{Pill: reports.Pill{Text: s}, Title: s}, {Text: s, Note: s}}}}},
			reports.SignatureBlock{Field: "preparer", Role: s, Person: s, Note: s},
		}
		var b bytes.Buffer
		_, err := pdf.Write(context.Background(), &b, doc, pdf.Options{})
		require.NoError(t, err)
		require.Equal(t, 1, bytes.Count(b.Bytes(), []byte("\nstartxref\n")))
	})
}

// Whoever opens a long answer in the middle reads whose it is.
func TestARowThatGoesOnSaysWhatItIs(t *testing.T) {
	doc := sample(0)
	doc.Blocks = []reports.Block{reports.Table{
		Columns: []reports.Column{{Title: "Requirement", Weight: 1}, {Title: "Response", Weight: 5}},
		Rows:    []reports.Row{{Cells: []reports.Cell{{Text: "3.4.2"}, {Text: strings.Repeat("a long answer ", 4000)}}}},
	}}
	file, _ := write(t, doc, pdf.Options{})
	all := pages(t, file)
	require.Greater(t, len(all), 5)
	for i, page := range all {
		assert.Equal(t, 1, strings.Count(page, "3.4.2"), "page %d", i+1)
		assert.Equal(t, i > 0, strings.Contains(page, "continued"), "page %d", i+1)
	}
}
