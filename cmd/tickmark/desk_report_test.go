package main

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/reports"
	"tickmark/reports/timestamp/authoritytest"
	"tickmark/tui/screen"
)

// The workbench prints whatever the verb prints, and refuses it in the same words.
func TestTheDeskPrintsAsTheVerbDoes(t *testing.T) {
	var out bytes.Buffer
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	path := in("shop.vault")
	d := cornerShop(t, path, "saq-a", &out)
	v, err := d.open(t.Context(), path, opening{})
	require.NoError(t, err)
	defer func() { require.NoError(t, v.Close()) }()
	a, err := d.assessmentOf(t.Context(), v, "")
	require.NoError(t, err)
	papers := d.papers(path, opening{})
	print := func(w screen.Printing) (string, error) {
		said, err := papers.Print(t.Context(), v, a.Details.ID, w, func(engine.Progress) {})
		assert.Equal(t, err == nil, said.Attention, "a draft wants attention")
		return strings.Join(said.Lines, ""), err
	}
	sealed, err := age.GenerateX25519Identity()
	require.NoError(t, err)

	for _, c := range []struct {
		wish    screen.Printing
		file    string
		printed string
	}{
		{screen.Printing{Kind: reports.Record}, "shop.pdf", "printed  " + in("shop.pdf") + ", saq, "},
		{screen.Printing{Kind: reports.Attestation}, "shop-aoc-record.pdf", "aoc-record"},
		{screen.Printing{Kind: reports.Binder, Unsigned: true, Paper: "letter"}, "shop-evidence.pdf", "\nunsigned\n"},
		{screen.Printing{Kind: reports.Transfer}, "shop-transfer.xlsx", "transfer, xlsx"},
		{screen.Printing{Kind: reports.Record, Format: "oscal"}, "shop.oscal.json", "saq, oscal"},
		{screen.Printing{Kind: reports.Record, Format: "csv", Table: "problems"}, "shop.csv", "saq, csv"},
		{screen.Printing{Kind: reports.Record, File: in("own.md")}, "own.md", "saq, markdown"},
		{screen.Printing{Kind: reports.Record, Package: in("record.zip")}, "record.zip", "its list of digests signed"},
		{screen.Printing{Kind: reports.Record, Package: in("record.age"), To: []string{sealed.Recipient().String()}}, "record.age", "sealed"},
	} {
		text, err := print(c.wish)
		require.NoError(t, err, c.file)
		assert.Contains(t, text, c.printed)
		assert.FileExists(t, in(c.file))
	}
	for want, wish := range map[string]screen.Printing{
		"--kind transfer is a workbook, not pdf; name a file that ends with .xlsx": {Kind: reports.Transfer, Format: "pdf"},
		"only a PDF has --tsa, not json":                                           {Kind: reports.Record, Format: "json", Pen: screen.Pen{Authority: "http://127.0.0.1:1/"}},
		"only a PDF has --bundle, not json":                                        {Kind: reports.Record, Format: "json", Package: in("x.zip")},
		"--encrypt-to seals a package: --bundle FILE is needed":                    {Kind: reports.Record, To: []string{sealed.Recipient().String()}},
		"--unsigned and --reason exclude each other":                               {Kind: reports.Record, Unsigned: true, Pen: screen.Pen{Reason: "Read"}},
		"--date \"soon\" is no date":                                               {Kind: reports.Record, Date: "soon"},
		"neither a key nor a file":                                                 {Kind: reports.Record, Package: in("y.zip"), To: []string{"nobody"}},
		"it is not replaced":                                                       {Kind: reports.Record, File: path},
		"`tickmark identity new` makes one":                                        {Kind: reports.Record, Pen: screen.Pen{Key: in("none.pem")}},
	} {
		_, err := print(wish)
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "\n")
	}

	// a time stamp, and an authority that is not there
	authority, err := authoritytest.New(time.Now(), authoritytest.Options{})
	require.NoError(t, err)
	authority.Now = time.Now
	server := httptest.NewServer(authority)
	stamped := screen.Printing{Kind: reports.Summary, Pen: screen.Pen{Authority: server.URL}}
	text, err := print(stamped)
	require.NoError(t, err)
	assert.Contains(t, text, "of Test Time Authority")
	server.Close()
	_, err = print(stamped)
	require.ErrorContains(t, err, "connection refused")

	// a second signature
	got, err := papers.Countersign(t.Context(), screen.Countersigning{File: in("shop-aoc-record.pdf")}, func(engine.Progress) {})
	require.NoError(t, err)
	assert.Contains(t, strings.Join(got.Lines, ""), "signed   "+in("shop-aoc-record.pdf")+", field ")
	require.NoError(t, os.WriteFile(in("torn.pdf"), []byte("%PDF-1.7\n"), 0o600))
	_, err = papers.Countersign(t.Context(), screen.Countersigning{File: in("torn.pdf")}, func(engine.Progress) {})
	require.ErrorContains(t, err, "torn.pdf")
	assert.Empty(t, out.String(), "nothing is said beside the desk")
}
