package redaction

import (
	"cmp"
	"slices"
	"strings"

	"tickmark/engine"
)

// manifested returns where the values of Secrets stand in a text that holds their manifests in
// YAML: a file that a ConfigMap carries, an annotation, what a script applies.
func manifested(s string) []Span {
	for _, part := range []string{"kind", "ecret", "ata"} {
		if !strings.Contains(s, part) {
			return nil
		}
	}
	lines := linesOf(s)
	var spans []Span
	for i, l := range lines {
		if l.key != "kind" || !strings.EqualFold(strings.Trim(l.value(s), `"'`), "Secret") {
			continue
		}
		first, end := siblings(lines, i)
		for at := first; at < end; at++ {
			if of := lines[at]; of.column == l.column && (of.key == "data" || of.key == "stringData") {
				spans = append(spans, valuesOf(s, lines, at, end)...)
			}
		}
	}
	return outermost(spans)
}

// outermost puts spans in order, and leaves those out that stand within another: of a Secret in
// a Secret.
func outermost(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(b.To, a.To)) })
	kept := spans[:0]
	for _, at := range spans {
		if len(kept) == 0 || at.From >= kept[len(kept)-1].To {
			kept = append(kept, at)
		}
	}
	return kept
}

// yamlLine is a line of YAML.
type yamlLine struct {
	Span          // without its end
	column int    // of what stands there first, behind the dashes of lists; -1 of a blank one
	dashed bool   // it begins an item of a list
	key    string // "" if it has none
	after  int    // where the value of the key begins
}

// value is what stands beside a key, without a remark behind it.
func (l yamlLine) value(s string) string {
	text, _, _ := strings.Cut(s[l.after:l.To], " #")
	return strings.TrimSpace(text)
}

func linesOf(s string) []yamlLine {
	var lines []yamlLine
	for from := 0; from < len(s); {
		to := until(s, from, "\n")
		l := yamlLine{Span: Span{from, to}, column: -1}
		if to > from && s[to-1] == '\r' {
			l.To--
		}
		at := from
		for at < l.To && s[at] == ' ' {
			at++
		}
		for strings.HasPrefix(s[at:l.To], "- ") {
			l.dashed = true
			at = skipBlanks(s[:l.To], at+1)
		}
		if at < l.To {
			l.column = at - from
			l.key, l.after = keyAt(s[:l.To], at)
		}
		lines, from = append(lines, l), to+1
	}
	return lines
}

// keyAt returns the key that a line begins with, and where its value begins.
func keyAt(line string, at int) (key string, after int) {
	end := at
	if line[at] == '"' || line[at] == '\'' {
		if end = closing(line, at+1, line[at]) + 1; end > len(line) {
			return "", 0
		}
	} else {
		end = until(line, at, ": \t")
	}
	if end >= len(line) || line[end] != ':' || end+1 < len(line) && line[end+1] != ' ' && line[end+1] != '\t' {
		return "", 0
	}
	return strings.Trim(line[at:end], `"'`), skipBlanks(line, end+1)
}

// siblings returns the lines of the mapping that a line with the kind of an object is of. It
// has no other, so that no line is passed over for each of many.
func siblings(lines []yamlLine, i int) (first, end int) {
	column := lines[i].column
	ends := func(l yamlLine) bool {
		return l.column >= 0 && (l.column < column || l.column == column && (l.key == "" || l.key == "kind"))
	}
	first, end = i, i+1
	for first > 0 && !(lines[first].dashed && lines[first].column == column) && !ends(lines[first-1]) {
		first--
	}
	for end < len(lines) && !ends(lines[end]) && !(lines[end].dashed && lines[end].column == column) {
		end++
	}
	return first, end
}

// valuesOf returns the values below data or stringData, or beside it.
func valuesOf(s string, lines []yamlLine, at, end int) (spans []Span) {
	parent := lines[at]
	if text := parent.value(s); text != "" && text[0] != '#' {
		if from := parent.after; text != "{}" && text != "null" && !strings.HasPrefix(text, "{{") && !strings.Contains(text, Mark) {
			if text[0] == '{' {
				from++
			}
			spans = append(spans, Span{from, max(from, until(s[:parent.To], from, "}"))})
		}
		return spans
	}
	for i := at + 1; i < end && (lines[i].column < 0 || lines[i].column > parent.column); {
		l, next := lines[i], i+1
		for next < end && (lines[next].column < 0 || lines[next].column > l.column) {
			next++
		}
		if l.key != "" {
			from, last := l.after, next-1
			for last > i && lines[last].column < 0 {
				last--
			}
			if text := l.value(s); last > i && (text == "" || text[0] == '|' || text[0] == '>') {
				from = lines[i+1].From + max(0, lines[i+1].column)
			}
			found := Span{from, max(from, lines[last].To)}
			if text := strings.TrimSpace(s[found.From:found.To]); text != "" && text != `""` && !isMarker(text) && !strings.HasPrefix(text, "{{") {
				spans = append(spans, found)
			}
		}
		i = next
	}
	return spans
}

// embedded redacts the Secrets in a text that is JSON, as tools keep the last state that they
// applied: one by itself, in a list, or in what another object holds.
func (r *Redactor) embedded(s string) string {
	begin := strings.TrimLeft(s, " \t\r\n")
	if begin == "" || begin[0] != '{' && begin[0] != '[' || !strings.Contains(s, "ata\"") {
		return s
	}
	v, err := engine.DecodeJSON([]byte(s))
	if err != nil {
		return s
	}
	before := r.Counts[secretValue]
	if tree, is := v.(map[string]any); is && tree["kind"] == nil && tree["stringData"] != nil {
		r.secret(tree)
	}
	r.secretsIn(v)
	if r.Counts[secretValue] == before {
		return s
	}
	out, err := engine.AppendCanonical(nil, v)
	if err != nil {
		return r.mark(secretValue)
	}
	return string(out)
}

// secretsIn redacts the Secrets that a decoded value holds.
func (r *Redactor) secretsIn(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			r.secretsIn(item)
		}
	case map[string]any:
		if kind, _ := v["kind"].(string); strings.EqualFold(kind, "Secret") {
			r.secret(v)
		}
		for _, member := range v {
			r.secretsIn(member)
		}
	}
}
