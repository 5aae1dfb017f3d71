package contents

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/go-pdf/fpdf"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"tickmark/engine"
)

// card is a number of the brands' own test ranges.
const card = "4111 1111 1111 1111"

const tight = "4111111111111111"

func search(t testing.TB, name string, body []byte) engine.Contents {
	t.Helper()
	found, err := Search(context.Background(), name, bytes.NewReader(body), int64(len(body)))
	require.NoError(t, err)
	return found
}

func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		require.NoError(t, err)
		_, err = io.WriteString(w, files[i+1])
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

func commented(t testing.TB, comment string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	require.NoError(t, errors.Join(z.SetComment(comment), z.Close()))
	return b.Bytes()
}

func tarred(t testing.TB, name, body string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(body)), Typeflag: tar.TypeReg}))
	_, err := io.WriteString(w, body)
	require.NoError(t, errors.Join(err, w.Close()))
	return b.Bytes()
}

func gzipped(t testing.TB, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(body)
	require.NoError(t, errors.Join(err, w.Close()))
	return b.Bytes()
}

func wide(text string, big bool) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}

func sheet(t testing.TB, value any) []byte {
	t.Helper()
	f := excelize.NewFile()
	require.NoError(t, f.SetCellValue("Sheet1", "B2", value))
	require.NoError(t, f.SetCellValue("Sheet1", "B3", "a note"))
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	return b.Bytes()
}

// page is a PDF of a page that another program drew.
func page(t testing.TB, draw func(*fpdf.Fpdf)) []byte {
	t.Helper()
	f := fpdf.New("P", "mm", "A4", "")
	f.SetFont("Helvetica", "", 11)
	f.AddPage()
	f.Cell(40, 10, "The policy")
	f.AddPage()
	draw(f)
	var b bytes.Buffer
	require.NoError(t, f.Output(&b))
	return b.Bytes()
}

// drawn is a PDF of one page with the words that draw it, and objects beside it.
func drawn(words string, more ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1/Resources<</Font<</F1 5 0 R>>>>>> endobj\n" +
		"3 0 obj <</Type/Page/Parent 2 0 R/Contents 4 0 R>> endobj\n")
	fmt.Fprintf(&b, "4 0 obj <</Length %d>> stream\n%s\nendstream endobj\n", len(words), words)
	for _, o := range more {
		b.WriteString(o + "\n")
	}
	b.WriteString("trailer <</Root 1 0 R>>\n%%EOF\n")
	return b.Bytes()
}

func deflated(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, err := io.WriteString(w, text)
	require.NoError(t, errors.Join(err, w.Close()))
	return b.String()
}

func mailOf(body string) []byte {
	return []byte("From: nadia@example.com\r\nSubject: The list\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=xx\r\n\r\n" + body)
}

func TestWhatStandsInAFileIsFound(t *testing.T) {
	word := func(runs string) string {
		return `<?xml version="1.0"?><w:document><w:body><w:p>` + runs + `</w:p></w:body></w:document>`
	}
	type5 := "5 0 obj <</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 6 0 R>> endobj"
	table := "1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfrange <0010> <0019> <0030> endbfrange"
	cmap := fmt.Sprintf("6 0 obj <</Length %d>> stream\n%s\nendstream endobj", len(table), table)
	var glyphs strings.Builder
	for _, c := range tight {
		fmt.Fprintf(&glyphs, "%04x", 0x10+c-'0')
	}
	packed := deflated(t, "BT (nothing) Tj ET\nBT ("+card+") Tj ET")
	for name, tt := range map[string]struct {
		file  string
		body  []byte
		place string
	}{
		"text":                  {"a.txt", []byte("first\nsecond " + card + "\n"), "line 2"},
		"no name":               {"", []byte("x " + tight), "line 1"},
		"at a window's edge":    {"a.txt", []byte(strings.Repeat("x", window+margin-8) + " " + card), "line 1"},
		"far in":                {"a.txt", []byte(strings.Repeat("words\n", 200_000) + card), "line 200001"},
		"UTF-8 with a mark":     {"a.csv", []byte("\xef\xbb\xbfname;" + tight), "line 1"},
		"UTF-16":                {"a.txt", wide("\ufeffone\n"+card, false), "line 2"},
		"UTF-16, big":           {"a.txt", wide("\ufeffone\n"+card, true), "line 2"},
		"UTF-16, no mark":       {"a.txt", wide("one\n"+card, false), "line 2"},
		"a legacy encoding":     {"a.txt", []byte("Gr\xfc\xdfe " + card), "line 1"},
		"HTML":                  {"a.html", []byte("<html><body><p>4111 <b>1111</b> 1111\n1111</p>"), ""},
		"HTML, references":      {"a.html", []byte("<html><p>&#52;111111111111111</p>"), ""},
		"an attribute":          {"a.html", []byte(`<html><p data-pan="` + tight + `">x</p>`), "its markup"},
		"a comment":             {"a.xml", []byte(`<?xml version="1.0"?><a><!-- <b> ` + tight + ` --></a>`), "its markup"},
		"a Word file's runs":    {"a.docx", zipped(t, "word/document.xml", word("<w:r><w:t>4111 11</w:t></w:r><w:r><w:rPr/><w:t>11 1111 1111</w:t></w:r>")), "word/document.xml"},
		"a sheet's text":        {"a.xlsx", sheet(t, card), "xl/sharedStrings.xml"},
		"a sheet's number":      {"a.xlsx", sheet(t, int64(4111111111111111)), "xl/worksheets/sheet1.xml"},
		"a presentation":        {"a.pptx", zipped(t, "ppt/slides/slide1.xml", `<?xml version="1.0"?><p:sld><a:p><a:r><a:t>4111</a:t></a:r><a:r><a:t> 1111 1111 1111</a:t></a:r></a:p></p:sld>`), "ppt/slides/slide1.xml"},
		"an ODF text":           {"a.odt", zipped(t, "content.xml", `<?xml version="1.0"?><office:text><text:p>4111<text:span> 1111 1111</text:span> 1111</text:p></office:text>`), "content.xml"},
		"a zip":                 {"a.zip", zipped(t, "x/list.csv", "a\n"+tight), "x/list.csv, line 2"},
		"a zip in a zip":        {"a.zip", zipped(t, "inner.zip", string(zipped(t, "list.csv", tight))), "inner.zip, list.csv, line 1"},
		"a tar in a gzip":       {"a.tgz", gzipped(t, tarred(t, "list.csv", tight)), "list.csv, line 1"},
		"a folder in a zip":     {"a.zip", zipped(t, card+"/a.txt", "nothing"), "the name of a file in it"},
		"a zip's comment":       {"a.zip", commented(t, card), "its comments"},
		"an attribute, escaped": {"a.html", []byte(`<html><p data-pan="&#52;111111111111111">x</p>`), "its markup"},
		"a name in a zip":       {"a.zip", zipped(t, tight+".txt", "nothing"), "the name of a file in it"},
		"mail":                  {"a.eml", mailOf("--xx\r\n\r\nHello " + card + "\r\n--xx--\r\n"), "line 1"},
		"mail without a name":   {"", mailOf("--xx\r\n\r\nHello " + card + "\r\n--xx--\r\n"), "line 1"},
		"mail, quoted":          {"a.eml", mailOf("--xx\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n4111 1111 11=\r\n11 1111\r\n--xx--\r\n"), "line 1"},
		"mail, an attachment":   {"a.eml", mailOf("--xx\r\nContent-Type: application/zip; name=l.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString(zipped(t, "list.csv", tight)) + "\r\n--xx--\r\n"), "l.zip, list.csv, line 1"},
		"mail, its subject":     {"a.eml", []byte("From: a@b\r\nSubject: =?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte(card)) + "?=\r\n\r\nx"), "its header"},
		"PDF":                   {"a.pdf", page(t, func(f *fpdf.Fpdf) { f.Cell(40, 10, card) }), "page 2"},
		"PDF, a table":          {"a.pdf", page(t, func(f *fpdf.Fpdf) { f.Cell(40, 10, "12"); f.Cell(40, 10, tight); f.Cell(40, 10, "34") }), "page 2"},
		"PDF, its title":        {"a.pdf", page(t, func(f *fpdf.Fpdf) { f.SetTitle(card, false) }), "outside of its pages"},
		"PDF, letter by letter": {"a.pdf", drawn("BT 1 0 0 1 10 700 Tm " + strings.Join(strings.Split("("+strings.Join(strings.Split(tight, ""), ") Tj 6 0 Td (")+") Tj", ""), "") + " ET"), "page 1"},
		"PDF, kerned":           {"a.pdf", drawn("BT [(41) -20 (11) -300 (1111) -300 (1111) -300 (1111)] TJ ET"), "page 1"},
		"PDF, in hexadecimal":   {"a.pdf", drawn("BT <34313131 20 31313131 20 31313131 20 31313131> Tj ET"), "page 1"},
		"PDF, glyphs":           {"a.pdf", drawn("BT /F1 12 Tf <"+glyphs.String()+"> Tj ET", type5, cmap), "page 1"},
		"PDF, named letters":    {"a.pdf", drawn("BT /F1 12 Tf (abbb bbbb bbbb bbbb) Tj ET", "5 0 obj <</Type/Font/Subtype/Type1/Encoding<</Differences[97/four/one]>>>> endobj"), "page 1"},
		"PDF, a field":          {"a.pdf", drawn("BT ET", "7 0 obj <</T(pan)/V("+card+")>> endobj"), "outside of its pages"},
		"PDF, a stamp":          {"a.pdf", drawn("BT ET", fmt.Sprintf("7 0 obj <</Subtype/Form/Filter/FlateDecode/Length %d>> stream\n%s\nendstream endobj", len(packed), packed)), "a field or a stamp"},
		"PDF, attached":         {"a.pdf", drawn("BT ET", fmt.Sprintf("7 0 obj <</Type/EmbeddedFile/Length %d>> stream\n%s\nendstream endobj", len(tight), tight)), "attachment 7, line 1"},
		"PDF, drawn over":       {"a.pdf", drawn("BT ("+card+") Tj ET", "4 0 obj <</Length 7>> stream\nBT ET  \nendstream endobj"), "an earlier version of it"},
		"PDF in a zip":          {"a.zip", zipped(t, "a.pdf", string(page(t, func(f *fpdf.Fpdf) { f.Cell(40, 10, card) }))), "a.pdf, page 2"},
		"an older Office file":  {"a.doc", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x01\x02\x03"), wide("x "+card+" x", false)...), ""},
		"strings in a binary":   {"a.bin", append([]byte("\x7fELF\x00\x01\x02\x03\x00\x00"), []byte(tight+"\x00\x01")...), ""},
		"an image's notes":      {"a.png", append([]byte("\x89PNG\r\n\x1a\n\x00\x00"), []byte("Comment\x00"+card+"\x00")...), ""},
		"a private key":         {"a.pem", []byte("x\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n"), "line 2"},
		"a token":               {"a.json", []byte(`{"key": "AKIAIOSFODNN7EXAMPLE"}`), "line 1"},
	} {
		t.Run(name, func(t *testing.T) {
			found := search(t, tt.file, tt.body)
			require.Len(t, found.Hits, 1, "%+v", found)
			assert.Equal(t, tt.place, found.Hits[0].Place)
			assert.Equal(t, 1, found.Hits[0].Count)
			assert.Contains(t, []string{cardNumber, "private-key", "aws-key"}, found.Hits[0].Kind)
			assert.NotContains(t, fmt.Sprintf("%+v", found), tight, "never the value")
			assert.NotContains(t, fmt.Sprintf("%+v", found), card)
		})
	}
}

func TestWhatHoldsNothingIsClean(t *testing.T) {
	for name, body := range map[string][]byte{
		"a.txt": []byte("The order 4111 1111 1111 1112 and the number 1234567890123456."), "a.html": []byte("<html><p>4111</p><p>1111</p></html>"),
		"a.xlsx": sheet(t, "a list"), "a.pdf": page(t, func(f *fpdf.Fpdf) { f.Cell(40, 10, "nothing") }), "a.zip": zipped(t, "a.txt", "nothing"),
		"a.eml": mailOf("--xx\r\n\r\nHello\r\n--xx--\r\n"), "empty": {},
	} {
		found := search(t, name, body)
		assert.Empty(t, found.Hits, name)
		assert.Empty(t, found.Unread, name)
		assert.Equal(t, Version, found.Version)
	}
}

// What could not be read is told, and why.
func TestWhatCannotBeReadIsNotClean(t *testing.T) {
	secret := zipped(t, "a.txt", "nothing")
	secret[6] |= 1                                           // the flag of the file
	secret[bytes.Index(secret, []byte("PK\x01\x02"))+8] |= 1 // and of its entry
	noise := make([]byte, 8000)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	bomb := gzipped(t, bytes.Repeat([]byte("0 "), 40<<20))
	deep := []byte("nothing")
	for range maxDepth + 2 {
		deep = zipped(t, "a.zip", string(deep))
	}
	type0 := "5 0 obj <</Type/Font/Subtype/Type0/Encoding/Identity-H>> endobj"
	for name, tt := range map[string]struct {
		body []byte
		why  string
	}{
		"a.png":    {append([]byte("\x89PNG\r\n\x1a\n"), noise...), anImage},
		"b.jpg":    {append([]byte("\xff\xd8\xff\xe0"), noise...), anImage},
		"a.bin":    {noise, unknownForm},
		"s.zip":    {secret, "encrypted"},
		"cut.zip":  {zipped(t, "a.txt", "nothing")[:40], "broken"},
		"a.7z":     {append([]byte("7z\xbc\xaf\x27\x1c"), noise...), "7z"},
		"bomb.gz":  {bomb, "unpacks to more"},
		"deep.zip": {deep, "too many archives"},
		"e.pdf":    {[]byte("%PDF-1.7\n1 0 obj <</Type/Catalog>> endobj trailer <</Encrypt 4 0 R>>"), "encrypted"},
		"no.pdf":   {append([]byte("%PDF-1.7\n"), noise...), "no page"},
		"cut.pdf":  {page(t, func(f *fpdf.Fpdf) {})[:200], "it is broken"},
		"g.pdf":    {drawn("BT /F1 12 Tf <00100011> Tj ET", type0), blindFont},
		"i.pdf":    {drawn("BT ET", "7 0 obj <</Subtype/Image/Length 1>> stream\nx\nendstream endobj"), "its images"},
		"i.docx":   {zipped(t, "word/document.xml", `<?xml version="1.0"?><w:p/>`, "word/media/image1.png", "\x89PNG\r\n\x1a\n"), anImage},
		"x.age":    {[]byte("age-encryption.org/v1\n"), "encrypted"},
		"two.tar":  {slices.Concat(tarred(t, "a.txt", "nothing"), tarred(t, "b.txt", "nothing")), "is not read"},
		"odd.tar":  {kind(tarred(t, "a.txt", "nothing"), 'V'), "of a kind that is not read"},
		"host.txt": {[]byte(strings.Repeat("\xc3\x81\x99\x84\x40\xf4\xf1\xf1\xf1", 30)), "EBCDIC"},
		"odd.eml":  {[]byte("no header\n\nbm90aGluZw==\n"), "looks like mail"},
		"a.mbox":   {[]byte("From a@b Sat Nov 21 10:00:00 2026\nFrom: a@b\nSubject: x\n\nbm90aGluZw==\n"), "a mailbox"},
		"uu.eml":   {mailOf("--xx\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nx\r\n--xx--\r\n"), "in a way that is not read"},
		"two.eml":  {mailOf("--xx\r\nContent-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\nx\r\n--xx--\r\n"), "cannot be told"},
		"no.eml":   {[]byte("From: a@b\r\nContent-Type: multipart/mixed\r\n\r\nbm90aGluZw==\r\n"), "where its parts end"},
		"half.txt": {append(bytes.Repeat([]byte("words\n"), 2000), noise...), "turns from text"},
	} {
		t.Run(name, func(t *testing.T) {
			found := search(t, name, tt.body)
			assert.Empty(t, found.Hits)
			require.NotEmpty(t, found.Unread, "%+v", found)
			assert.Contains(t, fmt.Sprintf("%+v", found.Unread), tt.why)
		})
	}
}

// kind makes the file of a tar one of another kind.
func kind(archive []byte, flag byte) []byte {
	archive[156] = flag
	sum := 8 * int(' ')
	for i, c := range archive[:512] {
		if i < 148 || i >= 156 {
			sum += int(c)
		}
	}
	copy(archive[148:], fmt.Sprintf("%06o\x00 ", sum))
	return archive
}

func TestManyHitsAreCounted(t *testing.T) {
	found := search(t, "a.csv", []byte(strings.Repeat(tight+"\n", 4000)))
	require.Len(t, found.Hits, maxHits+1)
	all := 0
	for _, h := range found.Hits {
		all += h.Count
	}
	assert.Equal(t, 4000, all)
	images := make([]string, 0, 100)
	for i := range 50 {
		images = append(images, fmt.Sprintf("%d.png", i), "\x89PNG\r\n\x1a\n")
	}
	found = search(t, "a.zip", zipped(t, images...))
	require.Len(t, found.Unread, maxUnread+1)
	assert.Equal(t, "and 30 more parts", found.Unread[maxUnread].Why)
}

// failing is a file that a disk gives up.
type failing struct{ io.ReaderAt }

func (failing) ReadAt([]byte, int64) (int, error) { return 0, errors.New("the disk gives up") }

func TestAFileThatCannotBeReadIsAnError(t *testing.T) {
	_, err := Search(context.Background(), "a.txt", failing{}, 100)
	require.ErrorContains(t, err, "the disk gives up")
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = Search(ended, "a.txt", strings.NewReader(card), int64(len(card)))
	require.ErrorIs(t, err, context.Canceled)
}

func FuzzSearch(f *testing.F) {
	f.Add("a.pdf", page(f, func(p *fpdf.Fpdf) { p.Cell(40, 10, card) }))
	f.Add("b.pdf", drawn("BT /F1 12 Tf [(a) 3 <41>] TJ (x) ' ET BI ID xx EI Q", "5 0 obj <</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 6 0 R>> endobj",
		"6 0 obj <</Length 60>> stream\n1 beginbfrange <00> <ff> [<0030> <0031>] endbfrange 1 beginbfchar <00> <0041> endbfchar\nendstream endobj",
		"8 0 obj <</Type/ObjStm/N 2/First 8/Length 20>> stream\n9 0 10 3 [1] <</A 9 0 R>>\nendstream endobj"))
	f.Add("a.zip", zipped(f, "a.zip", string(zipped(f, "a.txt", card)), "b.xml", "<?xml?><a>4&#49;11</a>"))
	f.Add("a.tgz", gzipped(f, tarred(f, "a.txt", card)))
	f.Add("a.eml", mailOf("--xx\r\nContent-Transfer-Encoding: base64\r\n\r\nNDExMQ==\r\n--xx--\r\n"))
	f.Add("a.html", []byte("<html><!-- x --><p a='b'>4111 <b>1111</b></p><![CDATA[ x ]]>"))
	f.Add("a.txt", wide("\ufeff"+card, false))
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		found := search(t, name, body)
		if len(found.Hits) > maxHits+1 || len(found.Unread) > maxUnread+1 {
			t.Fatalf("more is told than is kept: %d, %d", len(found.Hits), len(found.Unread))
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 8<<20)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	var list strings.Builder
	for list.Len() < 8<<20 {
		fmt.Fprintf(&list, "%d;order of %d;%d.%02d\n", r.Uint32(), r.Uint32N(1000), r.Uint32N(10000), r.Uint32N(100))
	}
	text := strings.Repeat("What is allowed through the firewall is reviewed each half-year by the network lead.\n", 8<<20/86)
	for name, body := range map[string][]byte{
		"text": []byte(text), "numbers": []byte(list.String()), "noise": noise, "markup": []byte("<html>" + strings.Repeat("<p>What is <b>allowed</b> through.</p>\n", 8<<20/39)),
		"gzip": gzipped(b, []byte(text)),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(8 << 20)
			for b.Loop() {
				search(b, name, body)
			}
		})
	}
}
