package export

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// What a program reads of a workbook is what a library of workbooks makes when it is asked
// for the same: its sheets, its makers, how wide columns are, what stays in sight, and how cells look.
func TestAWorkbookIsWhatALibraryMakes(t *testing.T) {
	many := sheet{name: "many columns"}
	for i := range 60 {
		many.columns = append(many.columns, column{"Column", float64(4 + i)})
	}
	for name, b := range map[string]workbook{
		"one":          {time.Time{}, []sheet{{name: "one", columns: []column{{"A", 10}}}}},
		"no columns":   {time.Unix(1700000000, 0), []sheet{{name: "none"}}},
		"several":      {time.Date(2026, 3, 4, 5, 6, 7, 0, time.FixedZone("", 3600)), []sheet{{name: `A & "B" <c>`, notes: []string{"n", "m"}, columns: []column{{"T", 10}, {"U", 40.5}}, rows: [][]string{{"a"}}}, {name: "日本"}, many}},
		"many columns": {time.Unix(1, 0), []sheet{many}},
	} {
		t.Run(name, func(t *testing.T) {
			var text bytes.Buffer
			require.NoError(t, b.write(&text))
			wellFormed(t, text.Bytes())
			ours, err := excelize.OpenReader(&text)
			require.NoError(t, err)
			theirs, looks := byLibrary(t, b)
			assert.Equal(t, theirs.GetSheetList(), ours.GetSheetList())
			want, err := theirs.GetDocProps()
			require.NoError(t, err)
			got, err := ours.GetDocProps()
			require.NoError(t, err)
			assert.Equal(t, want, got)
			for _, s := range b.sheets {
				for i := range max(len(s.columns), 1) {
					at, err := excelize.ColumnNumberToName(i + 1)
					require.NoError(t, err)
					wide, err := theirs.GetColWidth(s.name, at)
					require.NoError(t, err)
					is, err := ours.GetColWidth(s.name, at)
					require.NoError(t, err)
					assert.InDelta(t, wide, is, 0, at)
				}
				panes, err := theirs.GetPanes(s.name)
				require.NoError(t, err)
				seen, err := ours.GetPanes(s.name)
				require.NoError(t, err)
				assert.Equal(t, panes, seen)
			}
			for _, style := range []int{asHead, asBody} {
				want, err := theirs.GetStyle(looks[style])
				require.NoError(t, err)
				got, err := ours.GetStyle(style)
				require.NoError(t, err)
				assert.Equal(t, want.NumFmt, got.NumFmt)
				assert.Equal(t, want.Alignment, got.Alignment)
				assert.Equal(t, want.Font.Bold, got.Font.Bold)
				assert.Equal(t, want.Fill.Pattern, got.Fill.Pattern)
				assert.Equal(t, len(want.Border), len(got.Border))
			}
			require.NoError(t, errors.Join(ours.Close(), theirs.Close()))
		})
	}
}

// byLibrary is the frame of a workbook as a library makes it, and its styles.
func byLibrary(t *testing.T, b workbook) (*excelize.File, map[int]int) {
	t.Helper()
	f := excelize.NewFile()
	made := b.made.UTC().Format(time.RFC3339)
	require.NoError(t, f.SetDocProps(&excelize.DocProperties{Creator: "Tickmark", LastModifiedBy: "Tickmark", Created: made, Modified: made}))
	looks := map[int]int{}
	for _, style := range []int{asHead, asBody} {
		n, err := f.NewStyle(&excelize.Style{
			NumFmt: 49, Font: &excelize.Font{Bold: style == asHead}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true},
		})
		require.NoError(t, err)
		looks[style] = n
	}
	for n, s := range b.sheets {
		if n == 0 {
			require.NoError(t, f.SetSheetName("Sheet1", s.name))
		} else {
			_, err := f.NewSheet(s.name)
			require.NoError(t, err)
		}
		for i, c := range s.columns {
			name, err := excelize.ColumnNumberToName(i + 1)
			require.NoError(t, err)
			require.NoError(t, f.SetColWidth(s.name, name, name, c.width))
		}
		top := len(s.notes) + 1
		cell, err := excelize.CoordinatesToCellName(1, top+1)
		require.NoError(t, err)
		require.NoError(t, f.SetPanes(s.name, &excelize.Panes{Freeze: true, YSplit: top, TopLeftCell: cell, ActivePane: "bottomLeft"}))
	}
	return f, looks
}

// wellFormed reads every part of a workbook, and looks that each that is named is there.
func wellFormed(t *testing.T, text []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	require.NoError(t, err)
	there := map[string]bool{}
	for _, part := range z.File {
		there["/"+part.Name] = true
	}
	named := 0
	for _, part := range z.File {
		from, err := part.Open()
		require.NoError(t, err)
		folder, _, _ := strings.Cut(part.Name, "_rels/")
		for decoder := xml.NewDecoder(from); ; {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, part.Name)
			element, is := token.(xml.StartElement)
			for _, a := range element.Attr {
				switch {
				case is && a.Name.Local == "PartName":
					assert.True(t, there[a.Value], a.Value)
					named++
				case is && a.Name.Local == "Target":
					assert.True(t, there["/"+folder+a.Value], a.Value)
					named++
				}
			}
		}
		require.NoError(t, from.Close())
	}
	assert.Greater(t, named, 7)
}

// A sheet has a name that every program takes, and no other sheet has it.
func TestSheetsAreCalledAsALibraryLets(t *testing.T) {
	for _, name := range []string{
		"", "a", "'a", "a'", "a'b", "a:b", `a\b`, "a/b", "a?b", "a*b", "a[b", "a]b", "漢字", strings.Repeat("a", 31), strings.Repeat("a", 32),
		strings.Repeat("漢", 31), strings.Repeat("漢", 32), strings.Repeat("😀", 15), strings.Repeat("😀", 16), " ",
	} {
		f := excelize.NewFile()
		_, theirs := f.NewSheet(name)
		require.NoError(t, f.Close())
		assert.Equal(t, theirs == nil, workbook{sheets: []sheet{{name: name}}}.write(io.Discard) == nil, "%q", name)
	}
	require.ErrorContains(t, workbook{sheets: []sheet{{name: "About"}, {name: "about"}}}.write(io.Discard), `sheet "about": another one has its name`)
}

func TestColumnsAreNamedAsALibraryNamesThem(t *testing.T) {
	for n := range excelize.MaxColumns {
		name, err := excelize.ColumnNumberToName(n + 1)
		require.NoError(t, err)
		require.Equal(t, name, columnName(n))
	}
}
