package pdf_test

import (
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"tickmark/reports/pdf"
)

// BenchmarkWrite prints a record of about 300 pages. The aim of the house: at least
// 150 pages a second, 300 pages in less than 150 MB.
func BenchmarkWrite(b *testing.B) {
	doc := sample(1500)
	b.ReportAllocs()
	pages := 0
	for b.Loop() {
		l, err := pdf.Write(context.Background(), io.Discard, doc, pdf.Options{})
		require.NoError(b, err)
		pages += l.Pages
	}
	b.ReportMetric(float64(pages)/float64(b.N), "pages")
	b.ReportMetric(float64(pages)/b.Elapsed().Seconds(), "pages/s")
}
