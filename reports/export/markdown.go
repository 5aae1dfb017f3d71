package export

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"tickmark/reports"
)

// markdownBegin is how a report as Markdown begins.
const markdownBegin = "# Tickmark: "

// markdown writes the whole document as Markdown, in which no text marks anything up
// and nothing is HTML or a link.
func markdown(w io.Writer, d reports.Document) error {
	m := markdownPrinter{bufio.NewWriter(w)}
	m.say("%s%s", markdownBegin, plain(d.Title))
	if d.Draft != "" {
		m.say("**DRAFT: %s**", plain(d.Draft))
	}
	m.say("%s", plain(notice))
	for _, b := range d.Blocks {
		m.block(b)
	}
	m.say("%s · vault %s · head %s", plain(d.Protection), plain(d.Vault), plain(d.Head))
	if err := m.w.Flush(); err != nil {
		return fmt.Errorf("write Markdown: %w", err)
	}
	return nil
}

type markdownPrinter struct {
	w *bufio.Writer // its error is sticky and is returned by Flush
}

// say writes a paragraph.
func (m markdownPrinter) say(format string, texts ...any) { fmt.Fprintf(m.w, format+"\n\n", texts...) }

func (m markdownPrinter) block(b reports.Block) {
	switch b := b.(type) {
	case reports.Cover:
		m.say("%s", plain(b.Entity))
		m.say("%s", plain(b.Detail))
		m.say("**%s**", plain(b.Pill.Text))
		m.facts(b.Facts)
		m.say("%s: `%s`", plain(b.Panel.Title), strings.ReplaceAll(reports.Line(b.Panel.Digest), "`", ""))
		m.lines(b.Note)
	case reports.Heading:
		m.say("%s %s", strings.Repeat("#", min(max(b.Level, 1), 3)+1), plain(b.Text))
	case reports.Paragraph:
		m.lines(b.Text)
	case reports.List:
		m.items(b.Items)
	case reports.Facts:
		m.facts(b.Rows)
	case reports.Table:
		m.table(b)
	case reports.Donut:
		m.say("%s %s", plain(b.Figure), plain(b.Caption))
		items := make([]string, len(b.Slices))
		for i, s := range b.Slices {
			items[i] = fmt.Sprintf("%s: %d", s.Label, s.Count)
		}
		m.items(items)
	case reports.Bars:
		m.bars(b)
	case reports.Picture:
		m.lines(b.Caption)
		m.items(b.Words)
	case reports.Callout:
		m.say("**%s**", plain(b.Title))
		m.lines(b.Text)
		m.items(b.Items)
	case reports.SignatureBlock:
		m.say("%s: %s", plain(b.Role), plain(b.Person))
		m.lines(b.Note)
	}
}

// lines writes a text, each of its lines as a paragraph.
func (m markdownPrinter) lines(text string) {
	for one := range strings.SplitSeq(reports.Clean(text), "\n") {
		if one = plain(one); one != "" {
			m.say("%s", one)
		}
	}
}

func (m markdownPrinter) items(items []string) {
	for _, item := range items {
		fmt.Fprintf(m.w, "- %s\n", joined(item))
	}
	if len(items) > 0 {
		m.say("")
	}
}

func (m markdownPrinter) facts(rows []reports.Fact) {
	for _, f := range rows {
		fmt.Fprintf(m.w, "- **%s**: %s\n", plain(f.Name), joined(f.Value))
	}
	if len(rows) > 0 {
		m.say("")
	}
}

func (m markdownPrinter) table(t reports.Table) {
	if len(t.Rows) == 0 {
		m.lines(t.Empty)
		return
	}
	head, rule := "|", "|"
	for _, c := range t.Columns {
		head += " " + plain(c.Title) + " |"
		rule += " --- |"
	}
	fmt.Fprintf(m.w, "%s\n%s\n", head, rule)
	for _, row := range t.Rows {
		_, _ = m.w.WriteString("|")
		for _, c := range row.Cells {
			fmt.Fprintf(m.w, " %s |", joined(c.Plain()))
		}
		_, _ = m.w.WriteString("\n")
	}
	m.say("")
}

func (m markdownPrinter) bars(b reports.Bars) {
	items := make([]string, len(b.Rows))
	for i, row := range b.Rows {
		parts := []string{}
		for _, s := range row.Slices {
			if s.Count > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", s.Count, s.Label))
			}
		}
		items[i] = fmt.Sprintf("%s %s: %s (%s)", row.Number, row.Label, row.Figure, strings.Join(parts, ", "))
	}
	m.items(items)
}

// joined is a text of several lines on one: a cell has no more.
func joined(text string) string {
	var lines []string
	for one := range strings.SplitSeq(reports.Clean(text), "\n") {
		if one = plain(one); one != "" {
			lines = append(lines, one)
		}
	}
	return strings.Join(lines, " / ")
}
