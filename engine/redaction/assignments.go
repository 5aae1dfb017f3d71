package redaction

import (
	"regexp"
	"strings"
)

// assignments redacts the values of `password=...`, `"token": "..."` and
// `--secret ...` in running text: arguments, scripts, configuration files.
func (r *Redactor) assignments(s string) string {
	var out strings.Builder
	done := 0
	for i := 0; i < len(s); {
		from, to, ok := nextName(s, i)
		if !ok {
			break
		}
		i = to
		if !saysSecretAloud(s[from:to]) {
			continue
		}
		value := valueAfter(s, from, to)
		if value.To <= value.From || holdsNothingUnder(s[from:to], s[value.From:value.To]) {
			continue
		}
		out.WriteString(s[done:value.From])
		out.WriteString(r.mark(namedSecret))
		done, i = value.To, value.To
	}
	if done == 0 {
		return s
	}
	out.WriteString(s[done:])
	return out.String()
}

// hints are what every name that says secret has in it.
var hints = []string{
	"pass", "pwd", "pw", "secret", "token", "key", "credential", "creds", "pin", "cvv", "cvc", "cav", "csc", "cvn", "otp", "salt", "pepper", "phrase", "seed",
	"mnemonic", "kennwort",
}

// nextName returns the next name from i on that has a hint in it.
func nextName(s string, i int) (from, to int, ok bool) {
	for ; i < len(s); i++ {
		if !hinted(s[i:]) {
			continue
		}
		from, to = i, i
		for from > 0 && isNameByte(s[from-1]) {
			from--
		}
		for to < len(s) && isNameByte(s[to]) {
			to++
		}
		return from, to, true
	}
	return 0, 0, false
}

func hinted(s string) bool {
	switch s[0] | 0x20 {
	case 'p', 's', 't', 'k', 'c', 'o', 'm':
	default:
		return false
	}
	for _, hint := range hints {
		if len(s) >= len(hint) && strings.EqualFold(s[:len(hint)], hint) {
			return true
		}
	}
	return false
}

func isNameByte(c byte) bool {
	return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '-' || c == '.'
}

// valueAfter returns where the value given to the name at s[from:to] stands; an
// empty Span if none is given.
func valueAfter(s string, from, to int) Span {
	none := Span{to, to}
	if found, is := escapedAfter(s, from, to); is {
		return found
	}
	quoted := from > 0 && to < len(s) && (s[to] == '"' || s[to] == '\'') && s[from-1] == s[to]
	at := to
	if quoted {
		at++
	}
	if found, is := besideName(s, from, to, quoted); is {
		return found
	}
	flag := isFlag(s[from:to])
	at = skipBlanks(s, at)
	if at >= len(s) {
		return none
	}
	switch c := s[at]; {
	case c == '=':
		if at+1 < len(s) && (s[at+1] == '=' || s[at+1] == '~') {
			return none
		}
		at++
	case c == ':':
		if at+1 < len(s) && !quoted && !strings.ContainsRune(" \t\"'", rune(s[at+1])) {
			return none
		}
		at++
	case flag && at > to && c != '-':
	default:
		return none
	}
	at = skipBlanks(s, at)
	if at >= len(s) {
		return none
	}
	if c := s[at]; quoted && (c == '{' || c == '[' && !strings.HasPrefix(s[at:], Mark)) {
		return none // an object or a list: what is in it has names of its own
	}
	if c := s[at]; c == '"' || c == '\'' {
		return Span{at + 1, closing(s, at+1, c)}
	}
	if block, is := blockAfter(s, from, at); is {
		return block
	}
	stop := " \t\r\n\"'`,;&|<>)}]"
	if !quoted && !flag && startsLine(s, from) {
		stop = "\r\n"
	}
	return Span{at, until(s, wholeAt(s, at), stop)}
}

// isFlag reports whether a word is a flag that has a name, as of Go, Java or GNU: not -p.
func isFlag(word string) bool {
	name := strings.TrimPrefix(strings.TrimPrefix(word, "-"), "-")
	return len(name) > 2 && len(name) < len(word) && name[0] != '-'
}

// escapedAfter returns the value of a name in JSON that stands as text in other JSON, or
// between the quotes of a shell: `{\"password\":\"x\"}`, at any depth.
func escapedAfter(s string, from, to int) (Span, bool) {
	begin := from - 1
	for begin > 0 && s[begin-1] == '\\' {
		begin--
	}
	if begin < 0 || from-begin < 2 || s[from-1] != '"' || !strings.HasPrefix(s[to:], s[begin:from]) {
		return Span{}, false
	}
	quote := s[begin:from]
	at := skipBlanks(s, to+len(quote))
	if at >= len(s) || s[at] != ':' {
		return Span{}, false
	}
	if at = skipBlanks(s, at+1); !strings.HasPrefix(s[at:], quote) {
		if at < len(s) && (isDigit(s[at]) || s[at] == '-') {
			return Span{at, until(s, at, " \t\r\n,}]\\")}, true
		}
		return Span{to, to}, true // an object or a list: what is in it has names of its own
	}
	at += len(quote)
	for end := at; ; {
		i := strings.Index(s[end:], quote)
		if i < 0 {
			return Span{at, len(s)}, true
		}
		if end += i; end == at || s[end-1] != '\\' { // else a quote within the value
			return Span{at, end}, true
		}
		end += len(quote)
	}
}

// besideName returns the value of a name that is no assignment: the text of an XML
// element, or the value that stands beside a name (`name: X`, `value: Y`).
func besideName(s string, from, to int, quoted bool) (Span, bool) {
	if from > 0 && s[from-1] == '<' && to < len(s) && s[to] == '>' {
		return Span{to + 1, until(s, to+1, "<")}, true
	}
	at := to
	if quoted {
		at++
	}
	m := besideForm.FindStringIndex(s[at:min(len(s), at+maxBeside)])
	if m == nil {
		return Span{}, false
	}
	at += m[1]
	if at < len(s) && (s[at] == '"' || s[at] == '\'') {
		return Span{at + 1, closing(s, at+1, s[at])}, true
	}
	return Span{at, until(s, wholeAt(s, at), "\r\n,}")}, true
}

// besideForm is what stands between a name and the value beside it.
var besideForm = regexp.MustCompile(`^(?:[ \t]*\r?\n[ \t]*|[ \t]*,\s*|[ \t]+)["']?value["']?[ \t]*[:=][ \t]*`)

// maxBeside bounds how far a value stands from its name, in bytes.
const maxBeside = 200

// blockAfter returns the block scalar of YAML that begins at at, the lines below that
// are indented deeper than the name's.
func blockAfter(s string, from, at int) (Span, bool) {
	m := blockForm.FindStringIndex(s[at:])
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
var blockForm = regexp.MustCompile(`^[|>][+-]?[0-9]?[+-]?[ \t]*(?:#[^\n]*)?\r?\n`)

// indentOf counts the blanks before the line that at stands on; the dash of a list's
// item counts as one.
func indentOf(s string, at int) int {
	line := s[strings.LastIndexByte(s[:at], '\n')+1 : at]
	return len(line) - len(strings.TrimLeft(line, " -"))
}

// wholeAt returns the end of a mark of redaction or a reference to a variable that
// starts at at, since both hold brackets that would end a value.
func wholeAt(s string, at int) int {
	for start, end := range map[string]string{Mark: "]", "$(": ")", "${": "}"} {
		if i := strings.Index(s[at:], end); i > 0 && strings.HasPrefix(s[at:], start) && !strings.ContainsAny(s[at:at+i], " \t\r\n\"'") {
			return at + i + len(end)
		}
	}
	return at
}

func skipBlanks(s string, at int) int {
	for at < len(s) && (s[at] == ' ' || s[at] == '\t') {
		at++
	}
	return at
}

// closing returns where the quote opened before from closes, the end of s if it
// never does.
func closing(s string, from int, quote byte) int {
	for i := from; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case quote:
			return i
		}
	}
	return len(s)
}

func until(s string, from int, stop string) int {
	if i := strings.IndexAny(s[from:], stop); i >= 0 {
		return from + i
	}
	return len(s)
}

// startsLine reports whether nothing but blanks stands before from on its line.
func startsLine(s string, from int) bool {
	for from > 0 {
		from--
		switch s[from] {
		case ' ', '\t':
		case '\n':
			return true
		default:
			return false
		}
	}
	return true
}
