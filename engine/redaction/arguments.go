package redaction

import "strings"

// flags redacts the value after a flag that stands as an item of its own.
func (r *Redactor) flags(words []any) {
	for i := range len(words) - 1 {
		flag, _ := words[i].(string)
		value, ok := words[i+1].(string)
		if ok && strings.HasPrefix(flag, "-") && !strings.HasPrefix(value, "--") && !strings.ContainsAny(flag, "= \n") &&
			NamesSecret(flag) && !holdsNothingUnder(flag, value) {
			words[i+1] = r.mark(namedSecret)
		}
	}
}

// commandLine redacts the words of a container's command and its arguments, which
// belong together: `mysql` may stand in the one and `-pSECRET` in the other.
func (r *Redactor) commandLine(m map[string]any) {
	var lists [][]any
	for _, key := range []string{"command", "args"} {
		if words, ok := m[key].([]any); ok {
			lists = append(lists, words)
		}
	}
	if len(lists) == 0 {
		return
	}
	line, at := joinWords(lists)
	seen := look(line)
	for i := range commands {
		p := &commands[i]
		if !seen.has(p) {
			continue
		}
		for _, found := range p.expr.compiled().FindAllStringSubmatchIndex(line, -1) {
			r.word(lists, at, line, Span{found[2*p.replaces], found[2*p.replaces+1]})
		}
	}
}

// place is a word of a command line: in which list, the how-manieth, and where.
type place struct {
	list, word int
	Span
}

// joinWords writes the words of lists as one line. A word that is a script of its own
// ends what came before.
func joinWords(lists [][]any) (string, []place) {
	var line strings.Builder
	var at []place
	for l, words := range lists {
		for w, word := range words {
			text, ok := word.(string)
			if !ok || strings.ContainsAny(text, " \n\t") {
				line.WriteString("\n")
				continue
			}
			if line.Len() > 0 {
				line.WriteString(" ")
			}
			at = append(at, place{l, w, Span{line.Len(), line.Len() + len(text)}})
			line.WriteString(text)
		}
	}
	return line.String(), at
}

// word redacts a part of a command line in the word that holds it.
func (r *Redactor) word(lists [][]any, at []place, line string, found Span) {
	for _, p := range at {
		if found.From < p.From || found.To > p.To || isMarker(line[found.From:found.To]) || isReference(line[found.From:found.To]) {
			continue
		}
		lists[p.list][p.word] = line[p.From:found.From] + r.mark(namedSecret) + line[found.To:p.To]
	}
}
