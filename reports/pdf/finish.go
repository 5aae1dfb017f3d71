package pdf

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"tickmark/reports"
)

// ManifestName is the name of the manifest inside the file.
const ManifestName = "evidence-manifest.json"

// finish makes an archive's file of the pages (PDF 1.7, declared as PDF/A-3b): metadata,
// output intent, associated manifest, bookmarks, structure, dates with their zone, names of
// subset fonts. Of the first part of PDF/A it is the same without the manifest. It returns
// the version that the file declares.
func (f *file) finish(doc reports.Document, part int, l *layout) (version string, err error) {
	tag := f.subsetTag()
	for n, body := range f.objects {
		if bytes.HasPrefix(body, []byte("<</Type /Font")) { // and its descriptor
			f.objects[n] = nameFonts(body, tag)
		}
	}
	catalog := parseDict(f.objects[f.root])
	f.outline(&catalog, l)
	version = "1.7"
	if part == archiveAlone {
		version, doc.Manifest = "1.4", nil
		if err := f.characterSets(); err != nil {
			return "", err
		}
	}
	f.archive(&catalog, doc, version, part)
	f.attach(&catalog, doc)
	f.structure(&catalog, l)
	f.objects[f.root] = catalog.bytes()
	info := parseDict(f.objects[f.info])
	info.set("CreationDate", "("+pdfDate(doc.Date)+")")
	info.set("ModDate", "("+pdfDate(doc.Date)+")")
	f.objects[f.info] = info.bytes()
	return version, nil
}

func pdfDate(t time.Time) string { return t.UTC().Format("D:20060102150405Z") }

// subsetTag is the six letters that mark the fonts as subsets: they follow from them.
func (f *file) subsetTag() string {
	sum := sha256.New()
	for _, body := range f.objects {
		if bytes.HasPrefix(body, []byte("<</Type /Font")) || bytes.Contains(body[:min(len(body), 200)], []byte("/Length1")) {
			sum.Write(body)
		}
	}
	letters := sum.Sum(nil)[:6]
	for i := range letters {
		letters[i] = 'A' + letters[i]%26
	}
	return string(letters)
}

func nameFonts(body []byte, tag string) []byte {
	for i, name := range [faceCount]string{"LiberationSans", "LiberationSans-Bold", "LiberationMono", "DejaVuSans"} {
		body = bytes.ReplaceAll(body, []byte("/utf8"+names[i]), []byte("/"+tag+"+"+name))
	}
	return body
}

// archive adds what makes the file readable without this program and in any year.
func (f *file) archive(catalog *dict, doc reports.Document, version string, part int) {
	profile := f.add(stream("/N 3 /Filter /FlateDecode", deflate(colourProfile())))
	metadata := f.add(stream("/Type /Metadata /Subtype /XML", xmp(doc, part)))
	catalog.set("Version", "/"+version)
	catalog.set("Metadata", reference(metadata))
	catalog.set("OutputIntents", "[<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1) "+
		"/Info (sRGB IEC61966-2.1) /DestOutputProfile "+reference(profile)+" >>]")
	catalog.set("ViewerPreferences", "<< /DisplayDocTitle true >>")
	if lang := language(doc.Language); lang != "" {
		catalog.set("Lang", "("+lang+")")
	}
}

// language keeps what a language tag may hold.
func language(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, s)
}

// attach embeds the manifest as a file that belongs to the document.
func (f *file) attach(catalog *dict, doc reports.Document) {
	catalog.set("Names", "")
	if len(doc.Manifest) == 0 {
		return
	}
	data := f.add(stream(fmt.Sprintf("/Type /EmbeddedFile /Subtype /application#2Fjson /Filter /FlateDecode /Params << /Size %d /ModDate (%s) >>",
		len(doc.Manifest), pdfDate(doc.Date)), deflate(doc.Manifest)))
	spec := f.add(fmt.Appendf(nil, "<< /Type /Filespec /F (%s) /UF (%s) /Desc (Digests and provenance of the evidence) "+
		"/AFRelationship /Data /EF << /F %d 0 R /UF %d 0 R >> >>\n", ManifestName, ManifestName, data, data))
	catalog.set("AF", "["+reference(spec)+"]")
	catalog.set("Names", "<< /EmbeddedFiles << /Names [("+ManifestName+") "+reference(spec)+"] >> >>")
}

func reference(n int) string { return strconv.Itoa(n) + " 0 R" }

func deflate(b []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	_, _ = w.Write(b) // a bytes.Buffer takes everything
	_ = w.Close()
	return out.Bytes()
}

// write writes the file: one table, one end mark, and an identifier made from all that
// stands before it. Objects are let go as they are written.
func (f *file) write(w io.Writer, version string) error {
	sum := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(w, sum), 64<<10)
	at := 0
	put := func(b []byte) {
		n, _ := out.Write(b) // the first error stays, and Flush tells it
		at += n
	}
	put([]byte("%PDF-" + version + "\n%\xe2\xe3\xcf\xd3\n"))
	offsets := make([]int, len(f.objects))
	for n, body := range f.objects {
		if n == 0 {
			continue
		}
		offsets[n] = at
		put(strconv.AppendInt(nil, int64(n), 10))
		put([]byte(" 0 obj\n"))
		put(bytes.TrimRight(body, "\n"))
		put([]byte("\nendobj\n"))
		f.objects[n] = nil
	}
	if err := out.Flush(); err != nil {
		return err
	}
	id, table := sum.Sum(nil)[:16], at
	put(fmt.Appendf(nil, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)))
	for _, offset := range offsets[1:] {
		put(fmt.Appendf(nil, "%010d 00000 n \n", offset))
	}
	put(fmt.Appendf(nil, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%x> <%x>] >>\nstartxref\n%d\n%%%%EOF\n", len(offsets), f.root, f.info, id, id, table))
	return out.Flush()
}

// xmp is the metadata of the file; it says what the document information says.
func xmp(doc reports.Document, part int) []byte {
	date := doc.Date.UTC().Format("2006-01-02T15:04:05Z")
	text := func(s string) string {
		var b bytes.Buffer
		_ = xml.EscapeText(&b, []byte((&fonts{}).plane(reports.Line(s)))) // a bytes.Buffer takes everything
		return b.String()
	}
	return fmt.Appendf(nil, `<?xpacket begin="`+"\uFEFF"+`" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>%d</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:description>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%s</xmp:ModifyDate><xmp:MetadataDate>%s</xmp:MetadataDate>
<xmp:CreatorTool>%s</xmp:CreatorTool><pdf:Producer>%s</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>`, part, text(doc.Title+" — "+doc.Entity), text(doc.Author), text(doc.Subject), date, date, date, producer, producer)
}
