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
	"tickmark/questionnaires"
	"tickmark/reports"
	"tickmark/reports/timestamp/authoritytest"
	"tickmark/tui/screen"
	"tickmark/vault"
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
		"it is not replaced":                                                       {Kind: reports.Record, Format: "pdf", File: path},
		"none.pem: no such file or directory":                                      {Kind: reports.Record, Pen: screen.Pen{Key: in("none.pem")}},
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
	got, err := papers.Countersign(t.Context(), v, screen.Countersigning{File: in("shop-aoc-record.pdf")}, func(engine.Progress) {})
	require.NoError(t, err)
	assert.Contains(t, strings.Join(got.Lines, ""), "signed   "+in("shop-aoc-record.pdf")+", field ")
	require.NoError(t, os.WriteFile(in("torn.pdf"), []byte("%PDF-1.7\n"), 0o600))
	_, err = papers.Countersign(t.Context(), v, screen.Countersigning{File: in("torn.pdf")}, func(engine.Progress) {})
	require.ErrorContains(t, err, "torn.pdf")
	assert.Empty(t, out.String(), "nothing is said beside the desk")
}

// What is countersigned at a desk is noted in its vault, where it is of that vault.
func TestCountersigningAtTheDeskIsNoted(t *testing.T) {
	var out bytes.Buffer
	folder := t.TempDir()
	record := filepath.Join(folder, "shop.pdf")
	var desks []*vault.Vault
	var papers screen.Papers
	for _, name := range []string{"other.vault", "shop.vault"} { // the second one's paper is signed
		path := filepath.Join(folder, name)
		d := cornerShop(t, path, "saq-a", &out)
		v, err := d.open(t.Context(), path, opening{})
		require.NoError(t, err)
		defer func() { require.NoError(t, v.Close()) }()
		a, err := d.assessmentOf(t.Context(), v, "")
		require.NoError(t, err)
		desks, papers = append(desks, v), d.papers(path, opening{})
		_, err = papers.Print(t.Context(), v, a.Details.ID, screen.Printing{Kind: reports.Record, File: record}, func(engine.Progress) {})
		require.NoError(t, err)
	}
	text, err := os.ReadFile(record)
	require.NoError(t, err)
	other, own := desks[0], desks[1]
	for _, c := range []struct {
		at   *vault.Vault
		want string
	}{
		{nil, ""},
		{other, "noted    nowhere: the report is of another vault"},
		{own, "noted    in the side log of " + own.Path()},
	} {
		require.NoError(t, os.WriteFile(record, text, 0o600))
		got, err := papers.Countersign(t.Context(), c.at, screen.Countersigning{File: record}, func(engine.Progress) {})
		require.NoError(t, err)
		lines := strings.Join(got.Lines, "")
		assert.Contains(t, lines, "signed   "+record)
		assert.Contains(t, lines, c.want)
		assert.Equal(t, c.want != "", strings.Contains(lines, "noted"))
	}
	for v, want := range map[*vault.Vault]questionnaires.Action{other: questionnaires.ReportSigned, own: questionnaires.ReportCountersigned} {
		h, err := v.History(t.Context())
		require.NoError(t, err)
		side := h.SideLog()
		assert.Equal(t, want, side[len(side)-1].Action)
	}
}
