package pdf

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/reports"
)

// Whoever has the report read aloud hears headings, rows, and pictures in words, in the order
// of the document.
func TestTheStructureIsReadByOthers(t *testing.T) {
	if _, err := exec.LookPath("pdfinfo"); err != nil {
		t.Skip("SKIPPED: pdfinfo is not installed here, and was not asked")
	}
	var b bytes.Buffer
	_, err := Write(context.Background(), &b, everything(), Options{})
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "report.pdf")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	out, err := exec.Command("pdfinfo", "-struct-text", path).CombinedOutput()
	require.NoError(t, err, "%s", out)
	said := string(out)
	assert.NotContains(t, said, "Error")
	for _, want := range []string{"Document\n", "H1", `"First"`, "H2 (block)\n    \"Deep\"", "Form", "Table", "TR", "TH", "TD", `"a29`, "Figure", "Größe", "TOCI", "Link", "LBody"} {
		assert.Contains(t, said, want)
	}
	assert.Regexp(t, `(?s)"First".*"Second"`, said)
	assert.NotContains(t, said, "H3", "no level is left out")
	assert.NotRegexp(t, `P \(block\)\n *P `, said, "nothing is there that says nothing")
	assert.NotContains(t, said, "Page 2 of", "what is on every page is no part of it")
	assert.Contains(t, b.String(), "/Alt "+textString("Who reaches whom."))
}

// references are the objects that a value refers to, in order.
func references(value string) []int {
	var all []int
	for _, m := range regexp.MustCompile(`(\d+) 0 R`).FindAllStringSubmatch(value, -1) {
		n, _ := strconv.Atoi(m[1])
		all = append(all, n)
	}
	return all
}

// tagged is the structure of a file as another program reads it.
type tagged struct {
	t       *testing.T
	file    *file
	parents map[int][]int // by key: the elements of a page's marks, or of one link
	seen    map[int]bool
	cells   map[int]int // of the first row of a table
	marks   int
	noted   int // links and fields
}

func readStructure(t *testing.T, doc reports.Document) (*tagged, int) {
	t.Helper()
	var b bytes.Buffer
	_, err := Write(context.Background(), &b, doc, Options{})
	require.NoError(t, err)
	f, err := takeApart(b.Bytes())
	require.NoError(t, err)
	root := parseDict(f.objects[parseDict(f.objects[f.root]).ref("StructTreeRoot")])
	s := &tagged{t: t, file: f, parents: map[int][]int{}, seen: map[int]bool{}, cells: map[int]int{}}
	nums := parseDict(f.objects[root.ref("ParentTree")]).get("Nums")
	for _, m := range regexp.MustCompile(`(\d+) (\[[^\]]*\]|\d+ 0 R)`).FindAllStringSubmatch(strings.Trim(nums, "[]")+"]", -1) {
		key, _ := strconv.Atoi(m[1])
		_, twice := s.parents[key]
		require.False(t, twice, "key %d", key)
		s.parents[key] = references(m[2])
	}
	next, _ := strconv.Atoi(root.get("ParentTreeNextKey"))
	require.Equal(t, next, len(s.parents))
	return s, root.ref("K")
}

// walk reads an element: what it holds leads back to it, and it holds what its role may.
func (s *tagged) walk(n, above int) []string {
	require.False(s.t, s.seen[n], "element %d stands twice", n)
	s.seen[n] = true
	d := parseDict(s.file.objects[n])
	require.Equal(s.t, above, d.ref("P"))
	role := strings.TrimPrefix(d.get("S"), "/")
	kids := strings.Trim(d.get("K"), "[]")
	var below []string
	annotations := 0
	for _, m := range regexp.MustCompile(`<<[^>]*>>|\d+ 0 R|\d+`).FindAllString(kids, -1) {
		switch {
		case strings.Contains(m, "/OBJR"):
			object := parseDict([]byte(m)).ref("Obj")
			key, err := strconv.Atoi(parseDict(s.file.objects[object]).get("StructParent"))
			require.NoError(s.t, err)
			require.Equal(s.t, []int{n}, s.parents[key])
			annotations++
		case strings.Contains(m, "/MCR"):
			d := parseDict([]byte(m))
			s.mark(n, d.ref("Pg"), d.get("MCID"))
		case strings.HasSuffix(m, "R"):
			below = append(below, s.walk(references(m)[0], n)...)
		default:
			s.mark(n, d.ref("Pg"), m)
		}
	}
	s.noted += annotations
	require.Equal(s.t, role == "Link" || role == "Form", annotations > 0, "links and fields and nothing else have annotations")
	may := map[string]string{"L": "LI", "LI": "LBody", "TR": "TH TD", "Table": "TR", "TOC": "TOCI", "TOCI": "Reference", "Reference": "Link"}
	for _, b := range below {
		if want, limited := may[role]; limited {
			require.Contains(s.t, strings.Fields(want), b, role)
		}
	}
	switch role {
	case "TR":
		if _, first := s.cells[above]; !first {
			s.cells[above] = len(below)
		}
		assert.Equal(s.t, s.cells[above], len(below), "cells of a row")
	case "TH":
		assert.Regexp(s.t, "^/(Column|Row)$", parseDict(s.file.objects[d.ref("A")]).get("Scope"))
	case "Figure":
		assert.Greater(s.t, len(d.get("Alt")), 15)
		assert.Regexp(s.t, `^<</O /Layout /Placement /Block /BBox \[56\.69 [\d.]+ 538\.58 [\d.]+\]>>$`, d.get("A"), "where it is")
	}
	return []string{role}
}

// mark is content of a page, which leads back to its element.
func (s *tagged) mark(element, page int, number string) {
	key, err := strconv.Atoi(parseDict(s.file.objects[page]).get("StructParents"))
	require.NoError(s.t, err)
	n, err := strconv.Atoi(number)
	require.NoError(s.t, err)
	require.Equal(s.t, element, s.parents[key][n])
	s.marks++
}

// Everything that is marked on a page, and every link, belongs to one element, which names
// it; each row has the cells of its table.
func TestTheStructureHangsTogether(t *testing.T) {
	s, root := readStructure(t, everything())
	roles := s.walk(root, parseDict(s.file.objects[s.file.root]).ref("StructTreeRoot"))
	assert.Equal(t, []string{"Document"}, roles)
	marks, noted := 0, 0
	for key, of := range s.parents {
		if key < len(s.file.pageNumbers()) {
			marks += len(of)
		} else {
			noted += len(of)
		}
	}
	assert.Equal(t, marks, s.marks)
	assert.Equal(t, noted, s.noted)
	assert.Equal(t, 2*30+3+1, noted, "every row that leads somewhere, the contents, and the signature's field")
}

// strings of a page's content, in which anything may stand.
var contentString = regexp.MustCompile(`(?s)\((?:\\.|[^\\)])*\)`)

// What is saved of the state of a page is restored: a reader has to go 28 deep and no deeper.
func TestWhatIsSavedOnAPageIsRestored(t *testing.T) {
	var b bytes.Buffer
	_, err := Write(context.Background(), &b, everything(), Options{})
	require.NoError(t, err)
	f, err := takeApart(b.Bytes())
	require.NoError(t, err)
	for i, n := range f.pageNumbers() {
		content, err := inflate(f.objects[parseDict(f.objects[n]).ref("Contents")])
		require.NoError(t, err)
		depth, deepest := 0, 0
		for _, word := range strings.Fields(contentString.ReplaceAllString(string(content), "")) {
			switch word {
			case "q":
				depth++
			case "Q":
				depth--
			}
			deepest = max(deepest, depth)
		}
		assert.Zero(t, depth, "page %d", i+1)
		assert.LessOrEqual(t, deepest, 2, "page %d", i+1)
	}
}

func TestSignatureFieldsHaveNamesOfTheirOwn(t *testing.T) {
	for _, names := range [][]string{{""}, {"a.b"}, {"a\x1b[2J"}, {"a\nb"}, {strings.Repeat("a", 101)}, {"a", "b", "a"}} {
		doc := linked(1)
		for _, name := range names {
			doc.Blocks = append(doc.Blocks, reports.SignatureBlock{Field: name})
		}
		var b bytes.Buffer
		_, err := Write(context.Background(), &b, doc, Options{})
		assert.ErrorContains(t, err, "write PDF: signature field ", names)
		assert.Zero(t, b.Len())
	}
}
