package export

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"tickmark/questionnaires"
	"tickmark/reports"
)

// RequestList is what one owner is asked for. It says what the requests say and nothing
// else of the vault: it leaves the house.
type RequestList struct {
	Owner    string // "" for those that nobody owns yet
	Day      questionnaires.Day
	Requests []questionnaires.Request
}

// requestColumns are those of the sheet, with their widths.
var requestColumns = []struct {
	title string
	width float64
}{
	{"Number", 10},
	{"What is wanted", 80},
	{"Requirements", 16},
	{"Period", 14},
	{"System", 28},
	{"Owner", 18},
	{"Due", 12},
	{"State", 12},
	{"Returned because", 40},
}

// row is a request as the cells of its row.
func (l RequestList) row(r questionnaires.Request) []string {
	due, state := string(r.Due), r.Word()
	if r.Overdue(l.Day) {
		state += ", overdue"
	}
	return []string{r.Label(), r.What, r.Serving(), r.Period(), r.System, r.Owner, due, state, r.Reason}
}

// maxCell is what a cell of a sheet holds, in characters of UTF-16.
const maxCell = 32767

// cell is a text as a cell holds it.
func cell(text string) string {
	text = reports.Clean(text)
	if len(text) <= maxCell {
		return text
	}
	const cut = " [cut]"
	runes := []rune(text)
	return string(runes[:min(len(runes), maxCell/2-len(cut))]) + cut
}

// WriteXLSX writes the list as a sheet. Every cell is text, whatever it begins with, and
// stays text when it is edited: none is a formula. One list gives one sequence of bytes.
func (l RequestList) WriteXLSX(w io.Writer) (err error) {
	const sheet, asText = "Requests", 49 // 49 is the format @
	f := excelize.NewFile()
	defer func() {
		if closing := f.Close(); err == nil {
			err = closing
		}
		if err != nil {
			err = fmt.Errorf("write requests: %w", err)
		}
	}()
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	day, _ := time.Parse(time.DateOnly, string(l.Day)) // the zero time where there is none
	made := day.UTC().Format(time.RFC3339)
	if err := f.SetDocProps(&excelize.DocProperties{Creator: "Tickmark", LastModifiedBy: "Tickmark", Created: made, Modified: made}); err != nil {
		return err
	}
	style := func(bold bool) (int, error) {
		return f.NewStyle(&excelize.Style{
			NumFmt: asText, Font: &excelize.Font{Bold: bold}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true},
		})
	}
	head, err := style(true)
	if err != nil {
		return err
	}
	body, err := style(false)
	if err != nil {
		return err
	}
	stream, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	titles := make([]string, len(requestColumns))
	for i, c := range requestColumns {
		titles[i] = c.title
		if err := stream.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
	}
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	rows := [][]string{titles}
	for _, r := range l.Requests {
		rows = append(rows, l.row(r))
	}
	for n, row := range rows {
		cells, id := make([]any, len(row)), body
		if n == 0 {
			id = head
		}
		for i, text := range row {
			cells[i] = excelize.Cell{StyleID: id, Value: cell(text)}
		}
		if err := stream.SetRow(fmt.Sprintf("A%d", n+1), cells); err != nil {
			return err
		}
	}
	if err := stream.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}

// WriteMarkdown writes the list as Markdown, in which no text of a request marks
// anything up.
func (l RequestList) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Requests\n")
	if l.Owner != "" {
		fmt.Fprintf(&b, "\nFor %s. ", plain(l.Owner))
	} else {
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "As of %s.\nPlease put the number into the name of each file, such as \"Req-12 - policy.pdf\".\n", l.Day)
	for _, r := range l.Requests {
		row := l.row(r)
		fmt.Fprintf(&b, "\n## %s\n\n", row[0])
		for line := range strings.SplitSeq(reports.Clean(r.What), "\n") {
			if line = plain(line); line != "" {
				b.WriteString(line + "\n\n")
			}
		}
		for i, c := range requestColumns[2:] {
			if text := plain(row[i+2]); text != "" {
				fmt.Fprintf(&b, "- %s: %s\n", c.title, text)
			}
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write requests: %w", err)
	}
	return nil
}

// listItem is what begins a numbered list.
var listItem = regexp.MustCompile(`^([0-9]+)([.)])( |$)`)

// plain is a text on one line that Markdown shows as it is.
func plain(text string) string {
	var b strings.Builder
	for i, r := range reports.Line(text) {
		if r < 0x80 && (strings.ContainsRune("\\`*_{}[]<>#|~&!", r) || i == 0 && strings.ContainsRune("-+=", r)) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return listItem.ReplaceAllString(b.String(), `$1\$2$3`)
}
