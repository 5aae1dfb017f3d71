package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// textWidth is the width of a report printed as text, in characters.
const textWidth = 110

// Text writes d as plain text: what a golden file compares, and what a person
// without a PDF viewer reads. It holds every word of the document; only page
// numbers and colours are missing.
func Text(w io.Writer, d Document) error {
	t := textPrinter{w: bufio.NewWriter(w), headings: d.Headings()}
	if d.Draft != "" {
		t.line(0, "DRAFT: "+d.Draft)
		t.gap()
	}
	for _, b := range d.Blocks {
		t.block(b)
	}
	t.line(0, Line(d.Protection)+" · vault "+Line(d.Vault))
	if err := t.w.Flush(); err != nil {
		return fmt.Errorf("write report as text: %w", err)
	}
	return nil
}

type textPrinter struct {
	w        *bufio.Writer // its error is sticky and is returned by Flush
	headings []Heading
}

func (t *textPrinter) block(b Block) {
	switch b := b.(type) {
	case Cover:
		t.cover(b)
	case Contents:
		t.contents(b)
	case Heading:
		t.heading(b)
	case Paragraph:
		t.line(0, b.Text)
		t.gap()
	case List:
		t.items(b.Items)
	case Facts:
		t.facts(b.Rows)
	case Table:
		t.table(b)
	case Donut:
		t.donut(b)
	case Bars:
		t.bars(b)
	case Picture:
		t.line(0, b.Caption)
		t.items(b.Words)
	case Callout:
		t.callout(b)
	case SignatureBlock:
		t.signature(b)
	}
}

// line writes s, wrapped, indented by n.
func (t *textPrinter) line(n int, s string) {
	for _, l := range wrapText(Clean(s), textWidth-n) {
		t.raw(strings.Repeat(" ", n) + l)
	}
}

func (t *textPrinter) raw(s string) { _, _ = t.w.WriteString(strings.TrimRight(s, " ") + "\n") }
func (t *textPrinter) gap()         { t.raw("") }

func (t *textPrinter) cover(c Cover) {
	t.line(0, c.Kicker)
	t.line(0, c.Title)
	t.raw(strings.Repeat("=", textWidth))
	t.line(0, c.Entity)
	t.line(0, c.Detail)
	t.line(0, "["+c.Pill.Text+"]")
	t.gap()
	t.facts(c.Facts)
	t.line(0, c.Panel.Title+": "+c.Panel.Digest)
	t.line(0, c.Panel.Note)
	t.gap()
	t.line(0, c.Note)
	t.gap()
}

func (t *textPrinter) contents(c Contents) {
	t.heading(Heading{Level: 1, Text: c.Title})
	for _, h := range t.headings {
		if h.Level <= 2 {
			t.line(2*h.Level, h.Text)
		}
	}
	t.gap()
}

func (t *textPrinter) heading(h Heading) {
	text := Line(h.Text)
	t.line(0, text)
	if h.Level < 3 {
		t.raw(strings.Repeat([]string{"=", "-"}[max(h.Level, 1)-1], min(utf8.RuneCountInString(text), textWidth)))
	}
	t.gap()
}

func (t *textPrinter) items(items []string) {
	for _, item := range items {
		t.cells([]int{2, textWidth - 3}, []string{"-", item})
	}
	t.gap()
}

func (t *textPrinter) facts(rows []Fact) {
	for _, f := range rows {
		t.cells([]int{28, textWidth - 29}, []string{f.Name, f.Value})
	}
	t.gap()
}

func (t *textPrinter) table(tab Table) {
	if len(tab.Rows) == 0 {
		t.line(0, tab.Empty)
		t.gap()
		return
	}
	widths, titles := make([]int, len(tab.Columns)), make([]string, len(tab.Columns))
	total := 0.0
	for _, c := range tab.Columns {
		total += c.Weight
	}
	for i, c := range tab.Columns {
		widths[i] = max(6, int(c.Weight/total*float64(textWidth))-1)
		titles[i] = c.Title
	}
	t.cells(widths, titles)
	t.raw(strings.Repeat("-", textWidth))
	for i, row := range tab.Rows {
		if row.Leads && i > 0 {
			t.gap()
		}
		texts := make([]string, len(row.Cells))
		for i, c := range row.Cells {
			texts[i] = c.Plain()
		}
		t.cells(widths, texts)
	}
	t.gap()
}

// Plain is the text of a cell, line by line.
func (c Cell) Plain() string {
	var parts []string
	if c.Pill.Text != "" {
		parts = append(parts, "["+c.Pill.Text+"]")
	}
	for _, s := range []string{c.Title, c.Text} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	for _, f := range c.Facts {
		parts = append(parts, f.Name+": "+f.Value)
	}
	for _, l := range c.Links {
		parts = append(parts, l.Text)
	}
	if c.Note != "" {
		parts = append(parts, "("+c.Note+")")
	}
	return strings.Join(parts, "\n")
}

// cells writes texts side by side, each wrapped to its width.
func (t *textPrinter) cells(widths []int, texts []string) {
	columns, height := make([][]string, len(texts)), 1
	for i, s := range texts {
		columns[i] = wrapText(Clean(s), widths[i])
		height = max(height, len(columns[i]))
	}
	for k := range height {
		var b strings.Builder
		for i, c := range columns {
			cell := ""
			if k < len(c) {
				cell = c[k]
			}
			b.WriteString(cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+1))
		}
		t.raw(b.String())
	}
}

func (t *textPrinter) donut(d Donut) {
	t.line(0, d.Figure+" "+d.Caption)
	for _, s := range d.Slices {
		t.line(2, fmt.Sprintf("%6d  %s", s.Count, s.Label))
	}
	t.gap()
}

func (t *textPrinter) bars(b Bars) {
	for _, r := range b.Rows {
		var parts []string
		for _, s := range r.Slices {
			if s.Count > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", s.Count, s.Label))
			}
		}
		t.cells([]int{4, 44, 10, textWidth - 61}, []string{r.Number, r.Label, r.Figure, strings.Join(parts, ", ")})
	}
	t.gap()
}

func (t *textPrinter) callout(c Callout) {
	t.line(0, "!! "+c.Title)
	if c.Text != "" {
		t.line(3, c.Text)
	}
	for _, item := range c.Items {
		t.cells([]int{4, textWidth - 5}, []string{"  -", item})
	}
	t.gap()
}

func (t *textPrinter) signature(s SignatureBlock) {
	t.line(0, s.Role+": "+s.Person)
	t.line(2, s.Note)
	t.line(2, "[signature field "+s.Field+"]")
	t.gap()
}

// wrapText breaks s into lines of at most width characters, at spaces where there
// are any. It returns at least one line.
func wrapText(s string, width int) []string {
	var lines []string
	for _, p := range strings.Split(s, "\n") {
		lines = append(lines, wrapParagraph(p, width)...)
	}
	return lines
}

func wrapParagraph(p string, width int) []string {
	var lines []string
	rest := []rune(p)
	for len(rest) > width {
		cut := width
		for i := width; i > 0; i-- {
			if rest[i] == ' ' {
				cut = i
				break
			}
		}
		lines = append(lines, string(rest[:cut]))
		rest = rest[cut:]
		for len(rest) > 0 && rest[0] == ' ' {
			rest = rest[1:]
		}
	}
	return append(lines, string(rest))
}
