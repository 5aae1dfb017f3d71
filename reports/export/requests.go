package export

import (
	"fmt"
	"io"
	"strings"
	"time"

	"tickmark/engine"
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
var requestColumns = []column{
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

// WriteXLSX writes the list as a workbook of one sheet, in which no cell is a formula.
func (l RequestList) WriteXLSX(w io.Writer) error {
	day, _ := time.Parse(time.DateOnly, string(l.Day)) // the zero time where there is none
	all := sheet{name: "Requests", columns: requestColumns}
	for _, r := range l.Requests {
		all.rows = append(all.rows, l.row(r))
	}
	return workbook{day, []sheet{all}}.write(w)
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
var listItem = engine.Late(`^([0-9]+)([.)])( |$)`)

// unlinked keeps an address from being made a link.
var unlinked = strings.NewReplacer("://", `\://`, "www.", `www\.`, "WWW.", `WWW\.`, "Www.", `Www\.`, "@", `\@`)

// plain is a text on one line that Markdown shows as it is.
func plain(text string) string {
	var b strings.Builder
	for i, r := range reports.Line(text) {
		if r < 0x80 && (strings.ContainsRune("\\`*_{}[]<>#|~&!", r) || i == 0 && strings.ContainsRune("-+=", r)) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return listItem().ReplaceAllString(unlinked.Replace(b.String()), `$1\$2$3`)
}
