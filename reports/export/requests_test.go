package export

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"tickmark/questionnaires"
)

var id = questionnaires.MustRequirementID

// hostile is a list whose texts try to be more than texts.
func hostile() RequestList {
	list := RequestList{Owner: "Nadia", Day: "2026-11-21"}
	for i, text := range []string{
		"=HYPERLINK(\"http://evil.example\";\"click\")", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\n=1", "=cmd|' /C calc'!A0", "<b>bold</b> & [link](http://x)",
		"# heading\n- item\n1. one\n```\ncode", "|a|b|", "\u202egnp.exe", "_x003D_1+1", "<![CDATA[x]]>", strings.Repeat("é=", 20000),
	} {
		list.Requests = append(list.Requests, questionnaires.Request{
			Number: i + 1, What: text, System: text, Owner: text, Due: "2026-11-20", Requirements: []questionnaires.RequirementID{id("1.2.2"), id("1.2.7")},
			Procedures:      []questionnaires.Procedure{{Requirement: id("1.2.2"), Letter: "a"}},
			RequestStanding: questionnaires.RequestStanding{State: questionnaires.ReturnedRequest, Reason: text},
		})
	}
	return list
}

func sheetOf(t *testing.T, l RequestList) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, l.WriteXLSX(&b))
	return b.Bytes()
}

func TestNoCellIsAFormula(t *testing.T) {
	list := hostile()
	raw := sheetOf(t, list)
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	require.NoError(t, err)
	defer f.Close()
	require.Equal(t, []string{"Requests"}, f.GetSheetList())
	rows, err := f.GetRows("Requests")
	require.NoError(t, err)
	require.Equal(t, len(list.Requests)+2, len(rows), "a title, and a row in which what is too long for a cell goes on")
	assert.Equal(t, "Req-14 (continued)", rows[15][0])
	assert.Equal(t, []string{"Req-1", "=HYPERLINK(\"http://evil.example\";\"click\")", "1.2.2.a, 1.2.7"}, rows[1][:3])
	assert.Equal(t, "_x003D_1+1", rows[12][1])
	assert.Equal(t, "returned, overdue", rows[1][7])
	for n, row := range rows {
		for i, text := range row {
			name, err := excelize.CoordinatesToCellName(i+1, n+1)
			require.NoError(t, err)
			formula, err := f.GetCellFormula("Requests", name)
			require.NoError(t, err)
			assert.Empty(t, formula, name)
			kind, err := f.GetCellType("Requests", name)
			require.NoError(t, err)
			if text != "" {
				assert.Contains(t, []excelize.CellType{excelize.CellTypeInlineString, excelize.CellTypeSharedString}, kind, name)
			}
			style, err := f.GetCellStyle("Requests", name)
			require.NoError(t, err)
			look, err := f.GetStyle(style)
			require.NoError(t, err)
			assert.Equal(t, 49, look.NumFmt, "it stays text when it is edited")
		}
	}
	assert.Equal(t, raw, sheetOf(t, hostile()), "one list, one sequence of bytes")
}

// What leaves the house says what the requests say.
func TestListSaysNothingElse(t *testing.T) {
	list := RequestList{Owner: "Nadia", Day: "2026-11-21", Requests: []questionnaires.Request{{
		ID: "0123456789abcdef", Number: 7, What: "Reviews", RequestStanding: questionnaires.RequestStanding{
			Author: questionnaires.Author{Name: "MaraTheAssessor"}, Assessment: "fedcba9876543210", Evidence: []questionnaires.ID{"eeeeeeeeeeeeeeee"},
			Conflicts: []string{"was changed by IvoTheOther"}, Beside: []questionnaires.Request{{What: "Other version"}},
		},
	}}}
	var all bytes.Buffer
	require.NoError(t, list.WriteMarkdown(&all))
	assert.Contains(t, all.String(), "## Req-7\n\nReviews\n")
	raw := sheetOf(t, list)
	archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	require.NoError(t, err)
	for _, part := range archive.File {
		r, err := part.Open()
		require.NoError(t, err)
		_, err = io.Copy(&all, r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
	}
	for _, secret := range []string{"0123456789abcdef", "MaraTheAssessor", "fedcba9876543210", "eeeeeeeeeeeeeeee", "IvoTheOther", "Other version", "xuri"} {
		assert.NotContains(t, all.String(), secret)
	}
	assert.Contains(t, all.String(), "Reviews")
}

func TestMarkdownShowsTextsAsTheyAre(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, hostile().WriteMarkdown(&b))
	text := b.String()
	for _, want := range []string{`\<b\>bold\</b\> \& \[link\](http\://x)`, "\n\\# heading\n", "\n\\- item\n", "\n1\\. one\n", "\n\\`\\`\\`\n", `‹U+202E›gnp.exe`, "- Requirements: 1.2.2.a, 1.2.7\n"} {
		assert.Contains(t, text, want)
	}
	assert.Equal(t, len(hostile().Requests), strings.Count(text, "\n## Req-"))
}
