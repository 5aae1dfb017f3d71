package redaction

import (
	"slices"
	"strings"

	"tickmark/engine"
)

// inMarkup returns the value that stands beside a name in HTML or XML: in the next cell, in the
// next element of a pair, behind a word in bold, in the element whose attribute has the name.
func inMarkup(s string, from, to int, quoted bool) (Span, bool) {
	if quoted {
		return attributed(s, from, to)
	}
	rest := s[to:min(len(s), to+maxMarkup)]
	if m := fieldForm().FindStringSubmatchIndex(rest); m != nil {
		return Span{to + m[2], to + m[3]}, true
	}
	m := tagsForm().FindStringIndex(rest)
	if m == nil {
		return Span{}, false
	}
	value, is := node(s, to+m[1])
	text := s[value.From:value.To]
	return value, is && (mixed(text) || !slices.Contains(unclear, strings.ToLower(s[from:to]))) && tagsBetween(rest[:m[1]]).lead(text)
}

// tags are those between a name and a text: the names of the elements that end and that begin.
type tags struct {
	ended, begun []string
	said         bool // a colon stands among them
}

func tagsBetween(s string) (of tags) {
	for _, m := range tagForm().FindAllStringSubmatch(s, -1) {
		if name := strings.ToLower(m[2]); m[1] == "" {
			of.begun = append(of.begun, name)
		} else {
			of.ended = append(of.ended, name)
		}
	}
	of.said = strings.Contains(tagForm().ReplaceAllString(s, ""), ":")
	return of
}

// lead reports whether the tags lead from a name to its value.
func (of tags) lead(value string) bool {
	all := slices.Concat(of.ended, of.begun)
	first := of.ended[0]
	switch {
	case slices.ContainsFunc(all, func(name string) bool { return slices.Contains(rowsOf, name) }):
		return false
	case slices.ContainsFunc(of.ended, isCell):
		begun := slices.DeleteFunc(slices.Clone(of.begun), func(name string) bool { return !isCell(name) })
		return len(begun) == 1 && begun[0] != "th"
	case pairsOf[first] != nil:
		return len(of.begun) > 0 && slices.Contains(pairsOf[first], of.begun[0])
	}
	return slices.Contains(ofWords, first) && (len(of.begun) == 0 || of.begun[0] == first) && !strings.Contains(value, " ") && (mixed(value) || of.said)
}

func isCell(name string) bool { return slices.Contains(cellsOf, name) }

// maxMarkup bounds what stands between a name and its value, in bytes.
const maxMarkup = 400

var (
	// tagsForm are the tags behind a text, with what of it is none of its words.
	tagsForm = engine.Late(`^(?:\s|&nbsp;|:|\([^()<>\n]{0,40}\))*</[^<>]*>(?:\s|&nbsp;|:|<[^<>]*>)*`)
	tagForm  = engine.Late(`<(/?)(?:[\w-]+:)?([\w-]+)[^<>]*>?`)
	// fieldForm is a field of a form behind its label.
	fieldForm = engine.Late(`(?is)^[^<>\n]{0,20}</label>\s*<input\b[^<>]*?\bvalue=["']([^"'<>]+)`)
	rowsOf    = []string{"tr", "row", "table-row", "thead", "tbody", "table"}
	cellsOf   = []string{"td", "th", "table-cell", "cell", "c"}
	ofWords   = []string{"b", "strong", "em", "i", "u", "code", "span", "div", "p", "font", "tt"}
	pairsOf   = map[string][]string{"dt": {"dd"}, "key": {"string", "value", "integer", "real"}, "name": {"value", "string"}}
)

// node returns the text up to the next tag, without blanks around.
func node(s string, at int) (Span, bool) {
	at = skipSpace(s, at)
	end := until(s, at, "<")
	text := strings.TrimRight(s[at:end], " \t\r\n")
	return Span{at, at + len(text)}, text != ""
}

// attributed returns the text of an element whose attribute has the name: <property name="password">.
func attributed(s string, from, to int) (Span, bool) {
	if !attributeForm().MatchString(s[max(0, from-maxBeside):from]) {
		return Span{}, false
	}
	m := restForm().FindStringIndex(s[to:min(len(s), to+maxMarkup)])
	if m == nil {
		return Span{}, false
	}
	return node(s, to+m[1])
}

var (
	attributeForm = engine.Late(`<[\w:.-]+\s(?:[^<>]*\s)?(?:name|key)=["']$`)
	restForm      = engine.Late(`^(?:["'][^<>]*[^<>/]>|["']>)\s*(?:<value>)?`)
)

// markupColumns returns where the secrets of tables in HTML stand: below the name of their column.
func markupColumns(s string) []Span {
	var found []Span
	var t *table
	for _, row := range rowsForm().FindAllStringSubmatchIndex(s, -1) {
		if row[2] < 0 { // a table ends
			t = nil
			continue
		}
		var in []Span
		heads := true
		for _, m := range cellsForm().FindAllStringSubmatchIndex(s[row[2]:row[3]], -1) {
			heads = heads && s[row[2]+m[2]]|0x20 == 'h'
			text, _ := node(s, row[2]+m[4]+len(tagsAhead().FindString(s[row[2]+m[4]:row[2]+m[5]])))
			in = append(in, Span{min(text.From, row[2]+m[5]), min(text.To, row[2]+m[5])})
		}
		switch {
		case len(in) < 2:
		case t == nil || heads:
			t = &table{part: '|', cells: in}
			for i, cell := range in {
				name := s[cell.From:cell.To]
				t.names = append(t.names, name)
				if heading().MatchString(name) && strings.Count(name, " ") < maxWords && endsInSecret(name) {
					t.secret = append(t.secret, i)
				}
			}
		case len(in) == len(t.cells):
			for _, i := range t.secret {
				found = t.take(found, s, in[i], 0, t.names[i])
			}
		}
	}
	return found
}

var (
	rowsForm  = engine.Late(`(?is)<tr\b[^<>]*>(.*?)</tr\s*>|</table\s*>`)
	cellsForm = engine.Late(`(?is)<t([hd])\b[^<>]*>(.*?)</t[hd]\s*>`)
	tagsAhead = engine.Late(`^(?:\s|<[^<>]*>)*`)
)
