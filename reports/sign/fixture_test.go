package sign

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"image"
	"image/png"
	"testing"
	"time"

	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-pdf/fpdf"
	"github.com/stretchr/testify/require"
)

var now = time.Date(2026, 3, 2, 10, 30, 0, 0, time.UTC)

const (
	assessor = "preparer" // as the fields of reports are named
	officer  = "officer"
)

// report draws a small unsigned report with a title, links, a bookmark and a see-through rectangle.
func report(t testing.TB, pages int) []byte {
	t.Helper()
	p := fpdf.New("P", "mm", "A4", "")
	p.SetCatalogSort(true)
	p.SetCreationDate(now)
	p.SetModificationDate(now)
	p.SetTitle("Self-assessment of a merchant", true)
	p.SetFont("Helvetica", "", 11)
	for n := range pages {
		p.AddPage()
		p.Bookmark(fmt.Sprintf("Page %d", n+1), 0, 0)
		for line := range 40 {
			p.CellFormat(0, 5, fmt.Sprintf("%d.%d Response: Not in Place (finding %d)", n, line, n*line), "", 1, "", false, 0, "")
		}
		p.SetAlpha(0.5, "Normal")
		p.Rect(20, 250, 40, 20, "F")
		p.SetAlpha(1, "Normal")
	}
	p.LinkString(20, 20, 40, 10, "https://example.test/")
	var out bytes.Buffer
	require.NoError(t, p.Output(&out))
	return out.Bytes()
}

// appearance draws the visible block of a signature.
func appearance(t testing.TB, text string) []byte {
	t.Helper()
	p := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: 244, Ht: 102}})
	p.SetCatalogSort(true)
	p.SetCreationDate(now)
	p.SetModificationDate(now)
	p.AddPage()
	p.SetFont("Helvetica", "B", 12)
	p.Text(10, 20, text)
	var out bytes.Buffer
	require.NoError(t, p.Output(&out))
	return out.Bytes()
}

// drawnBlock has an embedded font, a picture and something see-through.
func drawnBlock(t testing.TB, text string) []byte {
	t.Helper()
	p := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: 244, Ht: 102}})
	p.SetCatalogSort(true)
	p.SetCreationDate(now)
	p.SetModificationDate(now)
	p.AddUTF8FontFromBytes("sans", "", liberationsansregular.TTF)
	p.AddPage()
	picture := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	for i := range picture.Pix {
		picture.Pix[i] = byte(i * 3)
	}
	var encoded bytes.Buffer
	require.NoError(t, png.Encode(&encoded, picture))
	p.RegisterImageOptionsReader("seal", fpdf.ImageOptions{ImageType: "PNG"}, &encoded)
	p.SetFillColor(235, 251, 238)
	p.Rect(0, 0, 244, 102, "F")
	p.SetAlpha(0.5, "Normal")
	p.ImageOptions("seal", 200, 40, 30, 30, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
	p.SetAlpha(1, "Normal")
	p.SetFont("sans", "", 14)
	p.Text(10, 24, text)
	var out bytes.Buffer
	require.NoError(t, p.Output(&out))
	return out.Bytes()
}

func prepared(t testing.TB, pages int) []byte {
	t.Helper()
	return prepareFields(t, report(t, pages), []Field{
		{assessor, pages, [4]float64{56, 400, 300, 502}},
		{officer, pages, [4]float64{56, 250, 300, 352}},
	})
}

// person is somebody with a certificate of their own.
type person struct {
	options Options
	root    *x509.Certificate
}

func newPerson(t testing.TB, name string) person {
	t.Helper()
	text, err := NewCertificate(rand.Reader, name, now)
	require.NoError(t, err)
	signer, chain, err := LoadKey(text)
	require.NoError(t, err)
	return person{Options{Signer: signer, Chain: chain, When: now, Reason: "Completed the self-assessment"}, chain[0]}
}

func (p person) sign(t testing.TB, pdf []byte, field string) []byte {
	t.Helper()
	o := p.options
	o.Field, o.Appearance = field, appearance(t, o.Chain[0].Subject.CommonName)
	out, err := Sign(pdf, o)
	require.NoError(t, err)
	return out
}

func check(t testing.TB, pdf []byte, trusted ...person) *Verification {
	t.Helper()
	o := VerifyOptions{Now: now.Add(time.Hour)}
	for _, p := range trusted {
		o.Roots = append(o.Roots, p.root)
	}
	v, err := Verify(pdf, o)
	require.NoError(t, err)
	return v
}

// increment appends a revision as any program could; put gets the update and the file's own
// objects.
func increment(t testing.TB, pdf []byte, put func(u *update, f *file)) []byte {
	t.Helper()
	f, err := readWhole(pdf)
	require.NoError(t, err)
	u := newUpdate(f)
	put(u, f)
	out, _ := u.bytes()
	return out
}

func firstPage(t testing.TB, f *file) page {
	t.Helper()
	pages, err := f.pages()
	require.NoError(t, err)
	return pages[0]
}
