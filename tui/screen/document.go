package screen

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/tui/list"
	"tickmark/tui/theme"
)

// Document is a raw document as lines: JSON with what can be folded, or text.
type Document struct {
	lines  []engine.OutlineLine
	folded map[int]bool
	rows   *list.List[int] // indexes of lines
	found  int             // the line of the field that a detail speaks of, -1 if none
}

// NewDocument lays canonical JSON out, a member a line, keys sorted. What is no
// JSON is shown as it is.
func NewDocument(body []byte) *Document {
	lines, err := engine.Outline(body)
	if err != nil {
		return textDocument(string(body))
	}
	for i := range lines {
		lines[i].Text = strings.Repeat("  ", lines[i].Depth) + theme.Clean(lines[i].Text)
	}
	d := newDocument()
	d.lines = lines
	d.unfold()
	return d
}

func textDocument(text string) *Document {
	d := newDocument()
	for _, line := range theme.CleanLines(text) {
		d.lines = append(d.lines, engine.OutlineLine{Text: line, End: len(d.lines)})
	}
	d.unfold()
	return d
}

func failedDocument(err error) *Document { return textDocument("✗ " + err.Error()) }

func newDocument() *Document {
	d := &Document{folded: map[int]bool{}, found: -1}
	// a filter keeps a line if it or the name of what it stands in holds the words
	d.rows = list.New(func(i int) string { return d.lines[i].Path + " " + d.lines[i].Text })
	return d
}

// unfold makes the rows of the lines that no fold hides.
func (d *Document) unfold() {
	var rows []int
	for i := 0; i < len(d.lines); i++ {
		rows = append(rows, i)
		if d.folded[i] {
			i = d.lines[i].End
		}
	}
	d.rows.SetItems(rows)
}

// flat says why nothing can be folded here, "" if it can.
func (d *Document) flat() string {
	if i, chosen := d.rows.Selected(); !chosen || d.lines[i].End == i {
		return "there is nothing to fold on this line"
	}
	return ""
}

// Fold folds or unfolds what the line under the cursor opens.
func (d *Document) Fold() tea.Cmd {
	i, _ := d.rows.Selected()
	d.folded[i] = !d.folded[i]
	d.unfold()
	return nil
}

// Find puts the cursor on the field that a detail speaks of, or on the nearest
// that is there: a field that is missing is proven by what it is missing in.
func (d *Document) Find(field string) {
	d.found = -1
	i, exact := engine.FieldLine(d.lines, field)
	if i < 0 {
		d.rows.Home()
		return
	}
	if exact {
		d.found = i
	}
	for at := range d.folded {
		if at < i && d.lines[at].End >= i {
			delete(d.folded, at)
		}
	}
	d.unfold()
	d.rows.Select(func(row int) bool { return row == i })
}

// Draw draws the lines; the one that a detail speaks of is marked.
func (d *Document) Draw(c Canvas, inUse bool) []string {
	lines := filterLine(c, d.rows)
	return append(lines, d.rows.Draw(c.Height-len(lines), func(i int, selected bool) string {
		l := d.lines[i]
		text := l.Text
		if d.folded[i] {
			text += " … " + count(l.Size, "member", "members") + " " + strings.TrimSpace(d.lines[l.End].Text)
		}
		if i == d.found && (!selected || !inUse) {
			return c.Theme.Paint(theme.Accent, theme.Cut("▹ "+text, c.Width))
		}
		return row(c, text, selected, inUse)
	})...)
}
