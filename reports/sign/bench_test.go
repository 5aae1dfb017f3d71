package sign_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tickmark/reports"
	"tickmark/reports/pdf"
	"tickmark/reports/sign"
)

// record is a record of about 300 pages as it is printed, tagged and with its manifest, and
// two empty fields.
func record(t testing.TB) (text []byte, pages int) {
	t.Helper()
	responses := reports.Table{Columns: []reports.Column{{Title: "Requirement", Weight: 27, Style: reports.Strong}, {Title: "Response", Weight: 116}, {Title: "Evidence", Weight: 27, Style: reports.Mono}}}
	evidence := reports.Table{Columns: []reports.Column{{Title: "Number", Weight: 20, Style: reports.Strong}, {Title: "Item", Weight: 64}, {Title: "Collected", Weight: 24}, {Title: "SHA-256", Weight: 62, Style: reports.Mono}}}
	for i := range 1750 {
		to := fmt.Sprintf("evidence-%d", i+1)
		responses.Rows = append(responses.Rows, reports.Row{Cells: []reports.Cell{
			{Text: fmt.Sprintf("%d.%d.%d", i/135+1, i/9%15+1, i%9+1)},
			{Title: "Rules are reviewed at least every six months", Text: fmt.Sprintf("Review records of %d rules were produced, each with an approver and a date. ", i) + strings.Repeat("More is said of it. ", i%7), Note: "Ana Łukasiewicz, 2026-11-18"},
			{Links: []reports.Link{{Text: to, To: to}}},
		}})
		evidence.Rows = append(evidence.Rows, reports.Row{Anchor: to, Cells: []reports.Cell{
			{Text: to},
			{Title: "Namespaces refuse what no policy allows", Text: fmt.Sprintf("shop-prod: %d pass, 1 fail, 0 unknown", i)},
			{Text: "2026-05-03 10:00 UTC", Note: "auditor, tickmark 0.1"},
			{Text: fmt.Sprintf("%x", sha256.Sum256([]byte(to)))},
		}})
	}
	var base bytes.Buffer
	layout, err := pdf.Write(t.Context(), &base, reports.Document{
		Title: "Self-Assessment Record", Entity: "Copperline Outfitters", Author: "Ana Łukasiewicz", Language: "en-GB", Date: when, Manifest: []byte(`{"evidence":[]}`),
		Blocks: []reports.Block{
			reports.Heading{Level: 1, Text: "Responses"},
			responses,
			reports.Heading{Level: 1, Text: "Evidence"},
			evidence,
			reports.Heading{Level: 1, Text: "Signatures"},
			reports.SignatureBlock{Field: "preparer", Role: "Prepared by"},
			reports.SignatureBlock{Field: "officer", Role: "Executive officer"},
		},
	}, pdf.Options{})
	require.NoError(t, err)
	return base.Bytes(), layout.Pages
}

func BenchmarkSign300Pages(b *testing.B) {
	ada := newSigner(b, "Ada Auditor")
	base, _ := record(b)
	b.SetBytes(int64(len(base)))
	for b.Loop() {
		ada.sign(b, base, "preparer", nil)
	}
}

func BenchmarkVerify300Pages(b *testing.B) {
	ada, eva := newSigner(b, "Ada Auditor"), newSigner(b, "Eva Officer")
	base, _ := record(b)
	text := eva.sign(b, ada.sign(b, base, "preparer", nil), "officer", nil)
	o := sign.VerifyOptions{Now: when.Add(time.Hour), Roots: []*x509.Certificate{ada.chain[0], eva.chain[0]}}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		v, err := sign.Verify(text, o)
		require.NoError(b, err)
		require.Equal(b, sign.IntactTrusted, v.Status)
	}
}
