package pdf

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/reports"
)

// linked is a document with rows that lead to each other over many pages.
func linked(rows int) reports.Document {
	doc := reports.Document{Title: "Record", Entity: "Shop", Date: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), Manifest: []byte("{}")}
	table := func(name, to string) reports.Table {
		t := reports.Table{Columns: []reports.Column{{Title: "Id", Weight: 1}}}
		for i := range rows {
			t.Rows = append(t.Rows, reports.Row{
				Anchor: fmt.Sprint(name, i), Cells: []reports.Cell{{Links: []reports.Link{{Text: fmt.Sprint(to, i), To: fmt.Sprint(to, i)}, {Text: "nowhere", To: "nowhere"}}}},
			})
		}
		return t
	}
	doc.Blocks = []reports.Block{
		reports.Contents{Title: "Contents"},
		reports.Heading{Level: 1, Text: "First"},
		reports.Heading{Level: 3, Text: "Deep"},
		table("a", "b"),
		reports.Heading{Level: 1, Text: "Second"},
		reports.Heading{Level: 2, Text: "Below"},
		table("b", "a"),
	}
	return doc
}

func TestLinksLeadToTheirRows(t *testing.T) {
	f, err := newFonts()
	require.NoError(t, err)
	l := newLayout(linked(200), A4.sheet(), f)
	require.NoError(t, l.run(context.Background()))
	var b bytes.Buffer
	_, err = Write(context.Background(), &b, linked(200), Options{})
	require.NoError(t, err)
	file, err := takeApart(b.Bytes())
	require.NoError(t, err)

	kids := regexp.MustCompile(`(\d+) 0 R`).FindAllStringSubmatch(parseDict(file.objects[1]).get("Kids"), -1)
	require.Len(t, kids, len(l.pages))
	number := map[string]int{}
	for i, k := range kids {
		number[k[1]] = i + 1
	}
	dest := regexp.MustCompile(`/F 4 /Border \[0 0 0\] /Rect \[[^\]]*\] /Dest \[(\d+) 0 R /XYZ 0 ([\d.]+) null\]`)
	total := 0
	for i, k := range kids {
		var wanted []place
		for _, a := range l.pages[i].links {
			if at, known := l.anchors[a.to]; known {
				wanted = append(wanted, at)
			} else {
				assert.Equal(t, "nowhere", a.to)
			}
		}
		var annotations string
		for _, n := range references(parseDict(file.objects[atoiTest(k[1])]).get("Annots")) {
			annotations += string(file.objects[n])
		}
		found := dest.FindAllStringSubmatch(annotations, -1)
		require.Len(t, found, len(wanted), "page %d", i+1)
		for j, d := range found {
			assert.Equal(t, wanted[j].page, number[d[1]])
			total++
		}
	}
	assert.Equal(t, 400+3, total, "every row and, of the headings, those in the contents")
}

func atoiTest(s string) int {
	n := 0
	for _, c := range s {
		n = 10*n + int(c-'0')
	}
	return n
}

func TestOutlineCounts(t *testing.T) {
	var b bytes.Buffer
	_, err := Write(context.Background(), &b, linked(3), Options{})
	require.NoError(t, err)
	file, err := takeApart(b.Bytes())
	require.NoError(t, err)
	outlines := parseDict(file.objects[parseDict(file.objects[file.root]).ref("Outlines")])
	assert.Equal(t, "2", outlines.get("Count"), "two show; what is below them is closed")
	first := parseDict(file.objects[outlines.ref("First")])
	assert.Equal(t, "-1", first.get("Count"), "a third level below a first one is one step deeper")
	assert.Empty(t, parseDict(file.objects[first.ref("First")]).get("Count"))
}

func TestTakeApartRefusesOtherFiles(t *testing.T) {
	for _, s := range []string{
		"", "%PDF-1.7", "startxref\n9\n%%EOF", "startxref\n-1\n%%EOF", "xref\n0 9\n0000000000 65535 f \nstartxref\n0\n%%EOF",
		"\nxref\n0 2\n0000000000 65535 f \n9999999999 00000 n \ntrailer\n<<>>\nstartxref\n1\n%%EOF",
	} {
		_, err := takeApart([]byte(s))
		require.ErrorIs(t, err, errLayout, "%q", s)
	}
}

func FuzzTakeApart(f *testing.F) {
	var b bytes.Buffer
	_, err := Write(context.Background(), &b, linked(1), Options{})
	require.NoError(f, err)
	f.Add(b.Bytes())
	f.Add([]byte("<< /A (\\)) /B [<< /C /D >>] /E <00> >>startxref\n1\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if file, err := takeApart(raw); err == nil {
			require.Less(t, file.root, len(file.objects))
		}
		d := parseDict(raw)
		require.Equal(t, len(d), len(parseDict(d.bytes())), "what is written reads the same")
	})
}

func TestDictionaryKeepsWhatItDoesNotKnow(t *testing.T) {
	d := parseDict([]byte(`<</Type /Catalog /Title (a \) /Fake [ >> b)` + "\n" + `/Names << /Inner [1 0 R (x)] >> /Open [3 0 R /Fit] /Hex <0A> /N 5>> endobj`))
	assert.Equal(t, "/Catalog", d.get("Type"))
	assert.Equal(t, `(a \) /Fake [ >> b)`, d.get("Title"))
	assert.Equal(t, "<< /Inner [1 0 R (x)] >>", d.get("Names"))
	assert.Equal(t, "[3 0 R /Fit]", d.get("Open"))
	assert.Equal(t, "<0A>", d.get("Hex"))
	assert.Equal(t, "5", d.get("N"))
	d.set("N", "")
	d.set("Open", "null")
	assert.Equal(t, "null", parseDict(d.bytes()).get("Open"))
	assert.Empty(t, d.get("N"))
}

func TestColourProfile(t *testing.T) {
	p := colourProfile()
	assert.Equal(t, len(p), int(p[0])<<24|int(p[1])<<16|int(p[2])<<8|int(p[3]))
	assert.Equal(t, "mntrRGB XYZ ", string(p[12:24]))
	assert.Equal(t, "acsp", string(p[36:40]))
	assert.Zero(t, len(p)%4)
}

func TestLines(t *testing.T) {
	f, err := newFonts()
	require.NoError(t, err)
	h := hand{sans, 9.5, black}
	assert.Empty(t, f.lines(h, "", 50))
	assert.Equal(t, []string{"one", "", "two"}, f.lines(h, "one\n\ntwo", 50))
	for _, s := range []string{"one two three four five six", strings.Repeat("x", 300), "networking.k8s.io/NetworkPolicy/" + strings.Repeat("shop/", 30), "a  b   c    d"} {
		lines := f.lines(h, s, 30)
		for _, line := range lines {
			assert.LessOrEqual(t, f.width(h, line), 30.0)
		}
		bare := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		assert.Equal(t, bare(s), bare(strings.Join(lines, "")), "nothing is lost")
	}
	assert.LessOrEqual(t, f.width(h, f.line(h, strings.Repeat("wide ", 100), 40)), 40.0)
	assert.Equal(t, "short", f.line(h, "short", 40))
}
