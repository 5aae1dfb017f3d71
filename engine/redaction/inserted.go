package redaction

import (
	"strings"

	"tickmark/engine"
)

// insertForm are the names of the columns of a statement that adds rows to a table of a database.
var insertForm = engine.Late(`(?i)\bINSERT\s+(?:IGNORE\s+)?INTO\s+\S+?\s*\(([^()]*)\)\s*VALUES\s*`)

// inserted returns where the secrets stand that a statement of SQL puts into a table.
func inserted(s string) []Span {
	var found []Span
	for _, m := range insertForm().FindAllStringSubmatchIndex(s, -1) {
		names := strings.Split(s[m[2]:m[3]], ",")
		for i := range names {
			names[i] = strings.Trim(names[i], " \t\r\n\"`[]")
		}
		for at := m[1]; at < len(s) && s[at] == '('; {
			values, end := valuesAt(s, at+1)
			for i := range min(len(values), len(names)) {
				text := textIn(s, values[i])
				if value := s[text.From:text.To]; endsInSecret(names[i]) && !holdsNothingUnder(names[i], value) && !strings.Contains(value, Mark) {
					found = append(found, text)
				}
			}
			if at = skipSpace(s, end); at < len(s) && s[at] == ',' {
				at = skipSpace(s, at+1)
			}
		}
	}
	return found
}

// valuesAt returns the values of a row, and where it ends.
func valuesAt(s string, at int) (values []Span, end int) {
	from, depth := at, 0
	for at < len(s) {
		switch c := s[at]; c {
		case '\'', '"':
			at = min(len(s)-1, closing(s, at+1, c))
		case '(':
			depth++
		case ')', ',':
			if depth == 0 {
				values = append(values, Span{from, at})
				from = at + 1
			}
			if c == ',' {
				break
			}
			if depth == 0 {
				return values, at + 1
			}
			depth--
		}
		at++
	}
	return values, len(s)
}

// textIn returns the text of a value: what stands between its quotes, also where a function takes it.
func textIn(s string, value Span) Span {
	if i := strings.IndexAny(s[value.From:value.To], `'"`); i >= 0 {
		from := value.From + i + 1
		return Span{from, min(value.To, closing(s, from, s[from-1]))}
	}
	return Span{value.To, value.To}
}
