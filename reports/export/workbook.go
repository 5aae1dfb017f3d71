package export

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"tickmark/reports"
)

// column is a column of a sheet.
type column struct {
	title string
	width float64
}

// sheet is a table of texts. Notes stand above it.
type sheet struct {
	name    string
	notes   []string
	columns []column
	rows    [][]string
}

// add adds a row of cells.
func (s *sheet) add(cells ...string) { s.rows = append(s.rows, cells) }

// workbook is sheets of one day.
type workbook struct {
	made   time.Time
	sheets []sheet
}

// maxCell is what a cell of a workbook holds, in characters of UTF-16.
const maxCell = 32767

// pieces are a text as cells hold it: what is too long for one goes on in the next.
func pieces(text string) []string {
	text = reports.Clean(text)
	if len(text) <= maxCell {
		return []string{text}
	}
	var all []string
	for units, from := 0, 0; ; {
		at := from
		for at < len(text) {
			r, size := utf8.DecodeRuneInString(text[at:])
			if units += utf16.RuneLen(r); units > maxCell {
				break
			}
			at += size
		}
		all = append(all, text[from:at])
		if from, units = at, 0; from >= len(text) {
			return all
		}
	}
}

// continued are the rows that a row takes: its first cell stands in each, and a text
// that is too long for a cell goes on in the row below.
func continued(row []string) [][]string {
	rows := [][]string{make([]string, len(row))}
	for i, text := range row {
		for n, piece := range pieces(text) {
			if n == len(rows) {
				rows = append(rows, make([]string, len(row)))
				rows[n][0] = rows[0][0] + " (continued)"
			}
			rows[n][i] = piece
		}
	}
	return rows
}

// nowhere is no folder on any system. The library keeps a large sheet in a file below
// its folder for temporary ones, in the clear, and in memory where it cannot make one.
const nowhere = "\x00"

// write writes the workbook. Every cell is text, whatever it begins with, and stays
// text when it is edited: none is a formula. One workbook gives one sequence of bytes.
func (b workbook) write(w io.Writer) (err error) {
	f := excelize.NewFile(excelize.Options{TmpDir: nowhere})
	defer func() {
		if closing := f.Close(); err == nil {
			err = closing
		}
		if err != nil {
			err = fmt.Errorf("write workbook: %w", err)
		}
	}()
	made := b.made.UTC().Format(time.RFC3339)
	if err := f.SetDocProps(&excelize.DocProperties{Creator: "Tickmark", LastModifiedBy: "Tickmark", Created: made, Modified: made}); err != nil {
		return err
	}
	styles, err := stylesOf(f)
	if err != nil {
		return err
	}
	for n, s := range b.sheets {
		if n == 0 {
			err = f.SetSheetName("Sheet1", s.name)
		} else {
			_, err = f.NewSheet(s.name)
		}
		if err != nil {
			return err
		}
		if err := s.write(f, styles); err != nil {
			return fmt.Errorf("sheet %s: %w", s.name, err)
		}
	}
	return ordered(w, f)
}

// ordered writes the parts of a file by name: excelize writes sheets in any order.
func ordered(w io.Writer, f *excelize.File) error {
	text, err := f.WriteToBuffer()
	if err != nil {
		return err
	}
	parts, err := zip.NewReader(bytes.NewReader(text.Bytes()), int64(text.Len()))
	if err != nil {
		return err
	}
	slices.SortFunc(parts.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	out := zip.NewWriter(w)
	for _, part := range parts.File {
		if err := out.Copy(part); err != nil {
			return err
		}
	}
	return out.Close()
}

// styles are the looks of cells, all of them of text.
type styles struct{ head, body int }

func stylesOf(f *excelize.File) (s styles, err error) {
	const asText = 49 // the format @
	style := func(bold bool) (int, error) {
		return f.NewStyle(&excelize.Style{
			NumFmt: asText, Font: &excelize.Font{Bold: bold}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true},
		})
	}
	if s.head, err = style(true); err != nil {
		return s, err
	}
	s.body, err = style(false)
	return s, err
}

func (s sheet) write(f *excelize.File, look styles) error {
	stream, err := f.NewStreamWriter(s.name)
	if err != nil {
		return err
	}
	titles := make([]string, len(s.columns))
	for i, c := range s.columns {
		titles[i] = c.title
		if err := stream.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
	}
	top := len(s.notes) + 1
	panes := excelize.Panes{Freeze: true, YSplit: top, TopLeftCell: fmt.Sprintf("A%d", top+1), ActivePane: "bottomLeft"}
	if err := stream.SetPanes(&panes); err != nil {
		return err
	}
	number := 0
	set := func(style int, texts []string) error {
		number++
		cells := make([]any, len(texts))
		for i, text := range texts {
			cells[i] = excelize.Cell{StyleID: style, Value: text}
		}
		return stream.SetRow(fmt.Sprintf("A%d", number), cells)
	}
	for _, note := range s.notes {
		if err := set(look.head, []string{reports.Line(note)}); err != nil {
			return err
		}
	}
	if err := set(look.head, titles); err != nil {
		return err
	}
	for _, row := range s.rows {
		for _, part := range continued(row) {
			if err := set(look.body, part); err != nil {
				return err
			}
		}
	}
	return stream.Flush()
}

// standingColumn is the first column of a table, which says how far the record is.
const standingColumn = "Tickmark record"

// csv writes the sheet as CSV, in which no cell begins like a formula: not as a cell,
// nor where a program takes other signs for what parts cells. Standing goes into the
// first column of each row.
func (s sheet) csv(w io.Writer, standing string) error {
	out := csv.NewWriter(w)
	titles := []string{standingColumn}
	for _, c := range s.columns {
		titles = append(titles, c.title)
	}
	rows := append([][]string{titles}, s.rows...)
	for n, row := range rows {
		cells := row
		if n > 0 {
			cells = make([]string, 0, len(row)+1)
			for _, text := range append([]string{standing}, row...) {
				cells = append(cells, inert(reports.Clean(text)))
			}
		}
		if err := out.Write(cells); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// inert is a text in which an apostrophe stands before what a program might take for
// the beginning of a formula.
func inert(text string) string {
	var b strings.Builder
	begins := true
	for _, r := range text {
		switch {
		case begins && strings.ContainsRune("=+-@＝＋－＠", r):
			b.WriteByte('\'')
			begins = false
		case strings.ContainsRune(";\n", r):
			begins = true
		case r != ' ' && r != '\u00a0' && r != '\'':
			begins = false
		}
		b.WriteRune(r)
	}
	return b.String()
}
