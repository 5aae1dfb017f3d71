package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tickmark/reports"
)

// ManifestName is the name of the manifest inside the file.
const ManifestName = "evidence-manifest.json"

// finish writes the library's file anew as an archive's file (PDF 1.7, declared as
// PDF/A-3b): metadata, output intent, identifier, associated manifest, outline counts,
// print flags, dates with their zone, names of subset fonts. Of the first part of PDF/A it
// is the same without the manifest.
func finish(raw []byte, doc reports.Document, part int, l *layout) ([]byte, error) {
	f, err := takeApart(raw)
	if err != nil {
		return nil, err
	}
	f.settleFonts(subsetTag(raw))
	if err := f.contents(l); err != nil {
		return nil, err
	}
	catalog := parseDict(f.objects[f.root])
	f.outline(catalog.ref("Outlines"))
	version := "1.7"
	if part == archiveAlone {
		version, doc.Manifest = "1.4", nil
		if err := f.characterSets(); err != nil {
			return nil, err
		}
	}
	f.archive(&catalog, doc, version, part)
	f.attach(&catalog, doc)
	if err := f.structure(&catalog, l); err != nil {
		return nil, err
	}
	f.objects[f.root] = catalog.bytes()
	info := parseDict(f.objects[f.info])
	info.set("CreationDate", "("+pdfDate(doc.Date)+")")
	info.set("ModDate", "("+pdfDate(doc.Date)+")")
	f.objects[f.info] = info.bytes()
	return f.bytes(version), nil
}

// contents puts the packed content of every page in its place.
func (f *file) contents(l *layout) error {
	pages := f.pageNumbers()
	if len(pages) != len(l.pages) {
		return fmt.Errorf("read %d pages of %d: %w", len(pages), len(l.pages), errLayout)
	}
	var packs packer
	for i, n := range pages {
		at := parseDict(f.objects[n]).ref("Contents")
		if at <= 0 || at >= len(f.objects) {
			return fmt.Errorf("read page %d: %w", i+1, errLayout)
		}
		content := l.pages[i].content
		if content == nil {
			drawn, err := plainStream(f.objects[at])
			if err != nil {
				return fmt.Errorf("read page %d: %w", i+1, err)
			}
			content = packs.pack(drawn)
		}
		f.objects[at], l.pages[i].content = stream("/Filter /FlateDecode", content), nil
	}
	return nil
}

// packer packs the content of pages, quickly and in memory of its own.
type packer struct {
	out    bytes.Buffer
	zipped *zlib.Writer
}

func (p *packer) pack(content []byte) []byte {
	p.out.Reset()
	if p.zipped == nil {
		p.zipped, _ = zlib.NewWriterLevel(&p.out, zlib.BestSpeed) // the level is one
	} else {
		p.zipped.Reset(&p.out)
	}
	_, _ = p.zipped.Write(content) // a bytes.Buffer takes everything
	_ = p.zipped.Close()
	return bytes.Clone(p.out.Bytes())
}

func pdfDate(t time.Time) string { return t.UTC().Format("D:20060102150405Z") }

// subsetTag is the six letters that mark the fonts as subsets.
func subsetTag(raw []byte) string {
	sum := sha256.Sum256(raw)
	letters := make([]byte, 6)
	for i := range letters {
		letters[i] = 'A' + sum[i]%26
	}
	return string(letters)
}

// outline gives every bookmark the number of those below it, closed (negative), and
// the root the number of those that show.
func (f *file) outline(root int) {
	if root <= 0 || root >= len(f.objects) {
		return
	}
	d := parseDict(f.objects[root])
	d.set("Count", strconv.Itoa(f.outlineLevel(d.ref("First"))))
	f.objects[root] = d.bytes()
}

// outlineLevel sets the counts of an item and its later siblings and returns how
// many they are.
func (f *file) outlineLevel(n int) int {
	count := 0
	for n > 0 && n < len(f.objects) {
		count++
		d := parseDict(f.objects[n])
		below := ""
		if first := d.ref("First"); first > 0 {
			below = strconv.Itoa(-f.outlineLevel(first))
		}
		d.set("Count", below)
		f.objects[n] = d.bytes()
		n = d.ref("Next")
	}
	return count
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

// bytes writes the file: one table, one end mark, and an identifier made from all
// that stands before it.
func (f *file) bytes(version string) []byte {
	var b bytes.Buffer
	size := 0
	for _, body := range f.objects {
		const around = 40 // its number, its end and its line in the table
		size += len(body) + around
	}
	b.Grow(size)
	b.WriteString("%PDF-" + version + "\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(f.objects))
	for n, body := range f.objects {
		if n == 0 {
			continue
		}
		offsets[n] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n", n)
		b.Write(bytes.TrimRight(body, "\n"))
		b.WriteString("\nendobj\n")
	}
	id := sha256.Sum256(b.Bytes())
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(f.objects))
	for _, offset := range offsets[1:] {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%x> <%x>] >>\nstartxref\n%d\n%%%%EOF\n",
		len(f.objects), f.root, f.info, id[:16], id[:16], table)
	return b.Bytes()
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
