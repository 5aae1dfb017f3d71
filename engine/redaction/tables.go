package redaction

import (
	"slices"
	"strings"
	"unicode"

	"tickmark/engine"
)

// columns returns where the secrets of tables stand: in a column whose name says secret, or in
// a column of values beside a name that does. Their cells are parted by commas, semicolons,
// tabulators or bars, or stand below each other.
func columns(s string) []Span {
	var found []Span
	before := "" // the line before
	for from := 0; from < len(s); {
		end := until(s, from, "\n")
		next := end + 1
		if line := strings.TrimRight(s[from:end], "\r"); end < len(s) && len(line) <= maxHeading && namesColumns(line) {
			for _, part := range []byte{'|', '\t', ';', ',', ' '} {
				t := table{part: part}
				if !t.named(line, s[next:]) || t.goesOn(before) {
					continue
				}
				if spans, to := t.secrets(s, next); to > next {
					found, next = append(found, spans...), to
					break
				}
			}
		}
		before, from = s[from:end], next
	}
	return found
}

// Bounds of the line with the names of a table's columns.
const (
	maxHeading = 2000 // bytes
	maxName    = 40   // bytes of a name
	maxWords   = 3    // words of one
)

// namesColumns reports whether a line may hold the name of a column that is looked for.
func namesColumns(line string) bool {
	seen := look(line)
	return seen.named || seen.written || valueNames().MatchString(line)
}

var (
	// heading is a name of a column.
	heading = engine.Late(`^[\p{L}_][\p{L}\p{M}\p{N} _./#-]*$`)
	// valueNames name the column that has the values of what another one names.
	valueNames = engine.Late(`(?i)\b(?:value|default|default value|content|wert|valeur|valor)\b`)
	// cellsApart is what stands apart from others by two blanks.
	cellsApart = engine.Late(`\S+(?: \S+)*`)
	// unclear are names of columns that have secrets, or names and counts of something.
	unclear = []string{"token", "tokens", "secret", "secrets", "pass", "pw", "clave", "parola"}
)

// table is one whose first line names its columns.
type table struct {
	part   byte // what parts cells; a blank where they stand below each other
	cells  []Span
	names  []string
	secret []int // columns that have secrets
	value  int   // the column that has values of what the first one names; 0 where none does
	spaced bool  // blanks follow what parts cells, as in a sentence
}

// named reads the names of the columns, and reports whether secrets may stand below one.
func (t *table) named(line, below string) bool {
	t.cells = t.split(line)
	if len(t.cells) < 2 || t.part == '|' && !barred(line, below) {
		return false
	}
	for i, cell := range t.cells {
		raw := line[cell.From:cell.To]
		name := cellText(raw)
		t.spaced = t.spaced || i > 0 && (t.part == ',' || t.part == ';') && strings.HasPrefix(raw, " ")
		if len(name) > maxName || !heading().MatchString(name) || strings.Count(name, " ") >= maxWords || t.part == ' ' && name != strings.ToUpper(name) {
			return false
		}
		t.names = append(t.names, name)
		switch {
		case endsInSecret(name):
			t.secret = append(t.secret, i)
		case valueNames().FindString(name) == name:
			t.value = i
		}
	}
	if t.spaced && slices.ContainsFunc(t.names, func(name string) bool { return strings.Contains(name, " ") }) {
		return false
	}
	return len(t.secret) > 0 || t.value > 0
}

// goesOn reports whether a line before the one with the names is of the same table: then they name
// nothing. A sentence with as many commas is of none.
func (t *table) goesOn(before string) bool {
	return t.part != ' ' && len(t.split(before)) == len(t.cells) && !isRule(before) && strings.Contains(before, string(t.part)+" ") == (t.spaced || t.part == '|')
}

// endsInSecret reports whether a name says secret with its last word: not when a password was changed.
func endsInSecret(name string) bool {
	words := nameWords(name)
	return len(words) > 0 && namesSecret(name, false) && namesSecret(words[len(words)-1], true)
}

// barred reports whether bars part the cells of a line, and not the programs of a shell.
func barred(line, below string) bool {
	next, _, _ := strings.Cut(below, "\n")
	return strings.HasPrefix(strings.TrimSpace(line), "|") || !strings.Contains(line, " ") || isRule(next)
}

// secrets returns where the secrets stand in the lines from at on, and where the table ends.
func (t *table) secrets(s string, at int) (found []Span, end int) {
	end = at
	for at < len(s) {
		next := until(s, at, "\n")
		line := strings.TrimRight(s[at:next], "\r")
		if !isRule(line) {
			cells := t.row(line)
			if cells == nil {
				break
			}
			for _, i := range t.secret {
				found = t.take(found, line, cells[i], at, t.names[i])
			}
			if name := cellText(line[cells[0].From:cells[0].To]); t.value > 0 && namesSecret(name, false) {
				found = t.take(found, line, cells[t.value], at, name)
			}
			end = min(len(s), next+1)
		}
		at = next + 1
	}
	return found, end
}

// take takes the value of a cell, unless it is none.
func (t *table) take(found []Span, line string, cell Span, at int, name string) []Span {
	value := cellText(line[cell.From:cell.To])
	if value == "" || holdsNothingUnder(name, value) || strings.Contains(value, Mark) {
		return found
	}
	lower := strings.ToLower(name)
	switch {
	case slices.Contains(unclear, lower) && !mixed(value):
		return found
	case (t.part == '|' || t.part == ' ') && (strings.HasSuffix(lower, "secret") || strings.Contains(value, " ")) && !mixed(value):
		return found // the name of one, or a sentence about one
	}
	from := at + cell.From + strings.Index(line[cell.From:cell.To], value)
	return append(found, Span{from, from + len(value)})
}

// mixed reports whether a value is no word: it has letters and digits.
func mixed(value string) bool {
	return strings.ContainsAny(value, "0123456789") && strings.ContainsFunc(value, unicode.IsLetter)
}

// row returns the cells of a line, nil where it is none of the table.
func (t *table) row(line string) []Span {
	if t.part == ' ' {
		return t.aligned(line)
	}
	cells := t.split(line)
	if len(cells) != len(t.cells) {
		return nil
	}
	if t.spaced {
		for _, cell := range cells {
			if strings.Contains(strings.TrimSpace(line[cell.From:cell.To]), " ") {
				return nil
			}
		}
	}
	return cells
}

// aligned returns the cells of a line that stand below the names of their columns.
func (t *table) aligned(line string) []Span {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	var cells []Span
	for i, name := range t.cells {
		from, to := min(name.From, len(line)), len(line)
		if i+1 < len(t.cells) {
			to = min(t.cells[i+1].From, len(line))
		}
		if from > 0 && from < len(line) && line[from-1] != ' ' {
			return nil
		}
		cells = append(cells, Span{from, to})
	}
	return cells
}

// split returns the cells of a line.
func (t *table) split(line string) []Span {
	from, end := 0, len(line)
	switch t.part {
	case ' ':
		var cells []Span
		for _, at := range cellsApart().FindAllStringIndex(line, -1) {
			cells = append(cells, Span{at[0], at[1]})
		}
		return cells
	case '|':
		from = len(line) - len(strings.TrimLeft(line, " \t|"))
		end = len(strings.TrimRight(line, " \t|"))
	}
	var cells []Span
	for at := from; at <= end; {
		to := at
		if at < end && (line[at] == '"' || line[at] == '\'') && t.part != '|' {
			to = min(end, closing(line, at+1, line[at])+1)
		}
		for to < end && line[to] != t.part {
			to++
		}
		cells = append(cells, Span{at, to})
		at = to + 1
		if t.part == '|' && at < end && line[at] == '|' {
			at++ // as wikis part names
		}
	}
	return cells
}

// cellText is what stands in a cell, without blanks and quotes.
func cellText(cell string) string { return strings.Trim(cell, " \t\r\"'`*") }

// isRule reports whether a line is drawn between the lines of a table.
func isRule(line string) bool {
	return strings.Trim(line, "+-|:= \t\r─━│┼") == "" && (strings.Contains(line, "--") || strings.Contains(line, "==") || strings.ContainsAny(line, "─━"))
}
