package redaction

import (
	"regexp"
	"strings"

	"tickmark/engine"
)

// blockAfter returns the block scalar of YAML that begins at at, the lines below that
// are indented deeper than the name's.
func blockAfter(s string, from, at int) (Span, bool) {
	if m := heredocForm().FindStringSubmatchIndex(s[at:]); m != nil {
		end := regexp.MustCompile(`(?m)^[ \t]*` + s[at+m[2]:at+m[3]] + `\b`).FindStringIndex(s[at+m[1]:])
		if end == nil {
			return Span{at + m[1], len(s)}, true
		}
		return Span{at + m[1], at + m[1] + max(0, end[0]-1)}, true
	}
	m := blockForm().FindStringIndex(s[at:])
	if m == nil {
		return Span{}, false
	}
	indent := indentOf(s, from)
	begin, end := at+m[1], at+m[1]
	for line := begin; line < len(s); {
		next := until(s, line, "\n")
		text := s[line:next]
		if blank := strings.TrimSpace(text) == ""; !blank && len(text)-len(strings.TrimLeft(text, " ")) <= indent {
			break
		} else if !blank {
			end = next
		}
		line = next + 1
	}
	begin += len(s[begin:end]) - len(strings.TrimLeft(s[begin:end], " \r\n"))
	return Span{begin, max(begin, end)}, true
}

// blockForm opens a block scalar.
var blockForm = engine.Late(`^[|>][+-]?[0-9]?[+-]?[ \t]*(?:#[^\n]*)?\r?\n`)

// heredocForm opens a text that ends with a word of its own.
var heredocForm = engine.Late(`^<<[-~]?["']?([A-Za-z_]\w{0,40})["']?[ \t]*\r?\n`)

// below returns the value on the lines below a name that ends its own: a scalar, or the items of a
// list where a list under that name holds secrets and not the names of some.
func below(s string, from, to, at int) Span {
	none := Span{to, to}
	if !startsLine(s, from) {
		return none
	}
	indent, begin, end := indentOf(s, from), 0, 0
	for line := until(s, at, "\n") + 1; line < len(s); {
		next := until(s, line, "\n")
		text := strings.TrimLeft(s[line:next], " ")
		if strings.TrimSpace(text) == "" {
			line = next + 1
			continue
		}
		deep, item := next-line-len(text), strings.HasPrefix(text, "- ")
		if deep < indent || deep == indent && !item {
			break
		}
		if text[0] == '#' || mappingForm().MatchString(text) || item && !annotatesSecret(s[from:to]) {
			return none
		}
		if begin == 0 {
			begin = next - len(strings.TrimPrefix(text, "- "))
		}
		end, line = next, next+1
	}
	return Span{begin, max(begin, end)}
}

// mappingForm begins a line that has a name of its own.
var mappingForm = engine.Late(`^(?:- +)*["']?[A-Za-z0-9_./-]+["']?[ \t]*[:=](?:\s|$)`)

// items returns what stands between the brackets of a list of texts and numbers.
func items(s string, at int) Span {
	for end := at; end < len(s); end++ {
		switch s[end] {
		case '"', '\'':
			end = closing(s, end+1, s[end])
		case '[', '{':
			return Span{at, at}
		case ']':
			return Span{at, end}
		}
	}
	return Span{at, len(s)}
}

// quotedAt returns the text between the quotes that open at at, with what programs write
// before them: u"", $”, three of them.
func quotedAt(s string, at int) (Span, bool) {
	if at+1 < len(s) && strings.IndexByte("$ubrfUBRFN@", s[at]) >= 0 && (s[at+1] == '"' || s[at+1] == '\'') {
		at++
	}
	if at >= len(s) {
		return Span{}, false
	}
	switch c := s[at]; {
	case strings.HasPrefix(s[at:], `"""`), strings.HasPrefix(s[at:], "'''"):
		return Span{at + 3, before(s, at+3, s[at:at+3])}, true
	case c == '"', c == '\'':
		return Span{at + 1, closing(s, at+1, c)}, true
	case c == '`': // but for a command
		if end := until(s, at+1, "` \n"); end < len(s) && s[end] == c {
			return Span{at + 1, end}, true
		}
	}
	return Span{}, false
}

// before returns where the next mark begins, the end of s if none does.
func before(s string, from int, mark string) int {
	if i := strings.Index(s[from:], mark); i >= 0 {
		return from + i
	}
	return len(s)
}

// lineEnd returns the end of a line, and of those that it continues on.
func lineEnd(s string, at int) int {
	for {
		at = until(s, at, "\r\n")
		if at == 0 || s[at-1] != '\\' || at == len(s) {
			return at
		}
		if at = before(s, at, "\n") + 1; at >= len(s) {
			return len(s)
		}
	}
}
