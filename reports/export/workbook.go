package export

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"tickmark/engine"
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

// write writes the workbook row by row. Every cell is text, whatever it begins with, and
// stays text when it is edited: none is a formula. One workbook gives one sequence of bytes,
// and nothing of it is on a disk but what w writes.
func (b workbook) write(w io.Writer) error {
	if err := b.parts(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// parts writes the parts of the file by name, the rows into those that are sheets.
func (b workbook) parts(w io.Writer) error {
	frame, looks, err := b.frame()
	if err != nil {
		return err
	}
	parts, err := zip.NewReader(bytes.NewReader(frame), int64(len(frame)))
	if err != nil {
		return err
	}
	slices.SortFunc(parts.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	names := make([]string, len(b.sheets))
	for n := range names {
		names[n] = fmt.Sprintf("xl/worksheets/sheet%d.xml", n+1)
	}
	out := zip.NewWriter(w)
	for _, part := range parts.File {
		if n := slices.Index(names, part.Name); n < 0 {
			err = out.Copy(part)
		} else {
			err = b.sheets[n].write(out, part, looks)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", part.Name, err)
		}
	}
	return out.Close()
}

// frame is the workbook without its rows, and how its cells look.
func (b workbook) frame() (text []byte, looks styles, err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	made := b.made.UTC().Format(time.RFC3339)
	if err := f.SetDocProps(&excelize.DocProperties{Creator: "Tickmark", LastModifiedBy: "Tickmark", Created: made, Modified: made}); err != nil {
		return nil, looks, err
	}
	if looks, err = stylesOf(f); err != nil {
		return nil, looks, err
	}
	for n, s := range b.sheets {
		if n == 0 {
			err = f.SetSheetName("Sheet1", s.name)
		} else {
			_, err = f.NewSheet(s.name)
		}
		if err == nil {
			err = s.frame(f)
		}
		if err != nil {
			return nil, looks, fmt.Errorf("sheet %s: %w", s.name, err)
		}
	}
	buffer, err := f.WriteToBuffer()
	if err != nil {
		return nil, looks, err
	}
	return buffer.Bytes(), looks, nil
}

// frame sets the columns, and what stays in sight above the rows.
func (s sheet) frame(f *excelize.File) error {
	for i, c := range s.columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err == nil {
			err = f.SetColWidth(s.name, name, name, c.width)
		}
		if err != nil {
			return err
		}
	}
	top := len(s.notes) + 1
	return f.SetPanes(s.name, &excelize.Panes{Freeze: true, YSplit: top, TopLeftCell: fmt.Sprintf("A%d", top+1), ActivePane: "bottomLeft"})
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

// The element of a sheet that holds its rows.
const rowsBegin, rowsEnd = "<sheetData>", "</sheetData>"

// write writes a sheet: what the frame has of it, with its rows.
func (s sheet) write(out *zip.Writer, frame *zip.File, looks styles) error {
	from, err := frame.Open()
	if err != nil {
		return err
	}
	text, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	before, after, empty := strings.Cut(string(text), rowsBegin+rowsEnd)
	if !empty {
		return errors.New("the frame has no room for rows")
	}
	to, err := out.CreateHeader(&zip.FileHeader{Name: frame.Name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	r := rowWriter{w: bufio.NewWriterSize(to, 64<<10)}
	r.raw(before + rowsBegin)
	for _, note := range s.notes {
		r.row(looks.head, reports.Line(note))
	}
	titles := make([]string, len(s.columns))
	for i, c := range s.columns {
		titles[i] = c.title
	}
	r.row(looks.head, titles...)
	for _, row := range s.rows {
		for _, part := range continued(row) {
			r.row(looks.body, part...)
		}
	}
	r.raw(rowsEnd + after)
	return r.w.Flush()
}

// rowWriter writes rows as XML. The first error stays, and its Flush tells it.
type rowWriter struct {
	w      *bufio.Writer
	number int
}

func (r *rowWriter) raw(s string) {
	_, _ = r.w.WriteString(s) // the first error stays, and Flush tells it
}

// numbered is what a program takes for a character by its number, where _ follows.
var numbered = engine.Late(`_(x[0-9A-Fa-f]{4})`)

// row writes the cells of a row, each of them text.
func (r *rowWriter) row(style int, texts ...string) {
	r.number++
	fmt.Fprintf(r.w, `<row r="%d">`, r.number)
	for i, text := range texts {
		at, _ := excelize.CoordinatesToCellName(i+1, r.number) // both begin at 1
		fmt.Fprintf(r.w, `<c r="%s" s="%d"`, at, style)
		if text == "" {
			r.raw("/>")
			continue
		}
		r.raw(` t="inlineStr"><is><t xml:space="preserve">`)
		_ = xml.EscapeText(r.w, []byte(numbered().ReplaceAllString(text, "_x005F_$1"))) // as in raw
		r.raw("</t></is></c>")
	}
	r.raw("</row>")
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
