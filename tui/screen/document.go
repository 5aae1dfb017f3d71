package screen

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/tui/list"
	"tickmark/tui/theme"
)

// Document is a raw document as lines: JSON with what can be folded, or text.
type Document struct {
	lines  []docLine
	folded map[int]bool
	rows   *list.List[int] // indexes of lines
	found  int             // the line of the field that a detail speaks of, -1 if none
}

// docLine is one line. End is the line that closes what it opens, itself if it
// opens nothing.
type docLine struct {
	text string
	path string
	end  int
	size int // members of what it opens
}

// NewDocument lays canonical JSON out, a member a line, keys sorted. What is no
// JSON is shown as it is.
func NewDocument(body []byte) *Document {
	value, err := engine.DecodeJSON(body)
	if err != nil {
		return textDocument(string(body))
	}
	d := newDocument()
	d.lay("", "", value, 0, "")
	d.unfold()
	return d
}

func textDocument(text string) *Document {
	d := newDocument()
	for _, line := range theme.CleanLines(text) {
		d.lines = append(d.lines, docLine{text: line, end: len(d.lines)})
	}
	d.unfold()
	return d
}

func failedDocument(err error) *Document { return textDocument("✗ " + err.Error()) }

func newDocument() *Document {
	d := &Document{folded: map[int]bool{}, found: -1}
	// a filter keeps a line if it or the name of what it stands in holds the words
	d.rows = list.New(func(i int) string { return d.lines[i].path + " " + d.lines[i].text })
	return d
}

// lay appends the lines of a value.
func (d *Document) lay(path, head string, value any, depth int, tail string) {
	by := strings.Repeat("  ", depth)
	at := len(d.lines)
	open := func(bracket string, size int) {
		d.lines = append(d.lines, docLine{text: by + head + bracket, path: path, end: at, size: size})
	}
	shut := func(bracket string) {
		d.lines[at].end = len(d.lines)
		d.lines = append(d.lines, docLine{text: by + bracket + tail, path: path, end: len(d.lines)})
	}
	switch v := value.(type) {
	case map[string]any:
		if len(v) == 0 {
			open("{}"+tail, 0)
			return
		}
		open("{", len(v))
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for i, key := range keys {
			name, _ := json.Marshal(key) // a string always has a form
			d.lay(strings.TrimPrefix(path+"."+key, "."), theme.Clean(string(name))+": ", v[key], depth+1, comma(i, len(keys)))
		}
		shut("}")
	case []any:
		if len(v) == 0 {
			open("[]"+tail, 0)
			return
		}
		open("[", len(v))
		for i, member := range v {
			d.lay(fmt.Sprintf("%s[%d]", path, i), "", member, depth+1, comma(i, len(v)))
		}
		shut("]")
	default:
		text, err := engine.AppendCanonical(nil, v)
		if err != nil {
			text = []byte(err.Error())
		}
		open(theme.Clean(string(text))+tail, 0)
	}
}

func comma(i, n int) string {
	if i < n-1 {
		return ","
	}
	return ""
}

// unfold makes the rows of the lines that no fold hides.
func (d *Document) unfold() {
	var rows []int
	for i := 0; i < len(d.lines); i++ {
		rows = append(rows, i)
		if d.folded[i] {
			i = d.lines[i].end
		}
	}
	d.rows.SetItems(rows)
}

// flat says why nothing can be folded here, "" if it can.
func (d *Document) flat() string {
	if i, chosen := d.rows.Selected(); !chosen || d.lines[i].end == i {
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
	for path := field; path != ""; path = parentOf(path) {
		i := slices.IndexFunc(d.lines, func(l docLine) bool { return l.path == path })
		if i < 0 {
			continue
		}
		if path == field {
			d.found = i
		}
		for at := range d.folded {
			if at < i && d.lines[at].end >= i {
				delete(d.folded, at)
			}
		}
		d.unfold()
		d.rows.Select(func(row int) bool { return row == i })
		return
	}
	d.rows.Home()
}

func parentOf(path string) string {
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}

// Draw draws the lines; the one that a detail speaks of is marked.
func (d *Document) Draw(c Canvas, inUse bool) []string {
	lines := filterLine(c, d.rows)
	return append(lines, d.rows.Draw(c.Height-len(lines), func(i int, selected bool) string {
		l := d.lines[i]
		text := l.text
		if d.folded[i] {
			text += " … " + count(l.size, "member", "members") + " " + strings.TrimSpace(d.lines[l.end].text)
		}
		if i == d.found && (!selected || !inUse) {
			return c.Theme.Paint(theme.Accent, theme.Cut("▹ "+text, c.Width))
		}
		return row(c, text, selected, inUse)
	})...)
}
