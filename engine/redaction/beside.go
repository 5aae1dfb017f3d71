package redaction

import (
	"regexp"
	"slices"
	"strings"

	"tickmark/engine"
)

// besideName returns the value of a name that is no assignment: the text of an XML
// element, or the value that stands beside a name (`name: X`, `value: Y`) or below it.
func besideName(s string, from, to int, quoted bool) (Span, bool) {
	if at, is := elementAt(s, from, to); is {
		if rest, data := strings.CutPrefix(s[at:], "<![CDATA["); data {
			at = len(s) - len(rest)
			return Span{at, before(s, at, "]]>")}, true
		}
		return Span{at, until(s, at, "<")}, true
	}
	for _, look := range [...]func(string, int, int, bool) (Span, bool){nextItem, contentOfFile, inMarkup, valueBefore, valueBelow, emphasised, called, byDefault, aloneOnLine} {
		if found, is := look(s, from, to, quoted); is {
			return found, true
		}
	}
	return Span{}, false
}

// valueBefore returns a value that stands before its name.
func valueBefore(s string, from, _ int, _ bool) (Span, bool) {
	at := from
	for at > 0 && strings.IndexByte(" \t\"'", s[at-1]) >= 0 {
		at--
	}
	if at == 0 || s[at-1] != ':' && s[at-1] != '=' {
		return Span{}, false
	}
	begin := max(0, from-maxBeside)
	for _, form := range []*regexp.Regexp{valueFirst(), attributeFirst()} {
		if m := form.FindStringSubmatchIndex(s[begin:from]); m != nil {
			return Span{begin + m[2], begin + m[3]}, true
		}
	}
	return Span{}, false
}

// valueBelow returns what is called the value of a name, beside it or below it.
func valueBelow(s string, from, to int, quoted bool) (Span, bool) {
	at := to
	if quoted {
		at++
	}
	rest := s[at:min(len(s), at+maxBeside)]
	m := besideForm().FindStringIndex(rest)
	if m == nil && annotatesSecret(s[from:to]) {
		m = defaultForm().FindStringIndex(rest)
	}
	if m == nil {
		return Span{}, false
	}
	at += m[1]
	if at < len(s) && (s[at] == '"' || s[at] == '\'') {
		return Span{at + 1, closing(s, at+1, s[at])}, true
	}
	return Span{at, until(s, wholeAt(s, at), "\r\n,}")}, true
}

// besideForm is what stands between a name and the value beside it or below it.
var besideForm = engine.Late(`(?i)^(?:[ \t]*:\s*\{?\s*|[ \t]*\r?\n[ \t]*|[ \t]*,\s*|[ \t]+)["']?value["']?[ \t]*[:=][ \t]*`)

// defaultForm is what stands between the name of a variable or of a chart's value and what it is
// where nobody says otherwise.
var defaultForm = engine.Late(`^(?:[ \t]*\{(?:[^{}\n]*\n)*?[^{}\n]*?\b(?:default|value)[ \t]*=[ \t]*|[ \t]*:\s*\{?\s*"?default"?[ \t]*:[ \t]*)`)

// valueFirst is a value that stands before its name.
var (
	valueFirst     = engine.Late(`(?i)["']?\bvalue["']?[ \t]*[:=][ \t]*["']?([^\r\n"']+)["']?[ \t]*(?:,\s*|\r?\n[ \t]*)["']?name["']?[ \t]*[:=][ \t]*["']?$`)
	attributeFirst = engine.Late(`(?i)\bvalue=["']([^"'<>]+)["']\s+(?:name|key|id|type)=["']$`)
)

// maxBeside bounds how far a value stands from its name, in bytes.
const maxBeside = 200

// emphasised returns the value of a name that documents set apart: **Password:** x.
func emphasised(s string, from, to int, _ bool) (Span, bool) {
	if from == 0 || to == len(s) || strings.IndexByte("*`", s[from-1]) < 0 {
		return Span{}, false
	}
	m := emphasisForm().FindStringIndex(s[to:min(len(s), to+maxBeside)])
	if m == nil {
		return Span{}, false
	}
	at := to + m[1]
	if text, is := quotedAt(s, at); is {
		return text, true
	}
	word, is := aWord(s, Span{at, lineEnd(s, at)})
	return word, is && (s[from-1] == '*' || mixed(s[word.From:word.To]))
}

var emphasisForm = engine.Late("^(?:[*`]{1,3}[ \\t]*:|:[*`]{1,3})[ \\t]*")

// aWord returns a part of a text without blanks around, if it is a word.
func aWord(s string, of Span) (Span, bool) {
	text := strings.TrimSpace(s[of.From:of.To])
	from := of.From + strings.Index(s[of.From:of.To], text)
	return Span{from, from + len(text)}, text != "" && !strings.ContainsAny(text, " \t")
}

// called returns the value that a program gives to a name by a call: setPassword("x").
func called(s string, from, to int, quoted bool) (Span, bool) {
	if quoted || to == len(s) || s[to] != '(' {
		return Span{}, false
	}
	value, is := quotedAt(s, skipBlanks(s, to+1))
	if !is || value.To+1 >= len(s) || s[skipBlanks(s, value.To+1)%len(s)] != ')' {
		return Span{}, false
	}
	dot := strings.LastIndexByte(s[from:to], '.')
	name := s[from+dot+1 : to]
	words := nameWords(name)
	sets := len(words) > 1 && slices.Contains([]string{"set", "with"}, words[0]) || len(words) == 1 && dot >= 0
	return value, sets && annotatesSecret(name)
}

// byDefault returns what a template puts in the place of a name that nobody gave.
func byDefault(s string, from, to int, _ bool) (Span, bool) {
	if !annotatesSecret(s[from:to]) {
		return Span{}, false
	}
	if m := elseForm().FindStringSubmatchIndex(s[to:min(len(s), to+maxBeside)]); m != nil {
		return Span{to + m[2], to + m[3]}, true
	}
	if from < 2 || s[from-1] != ' ' || strings.IndexByte(`"'`, s[from-2]) < 0 {
		return Span{}, false
	}
	begin := max(0, from-maxBeside)
	if m := elseFirst().FindStringSubmatchIndex(s[begin:from]); m != nil {
		return Span{begin + m[2], begin + m[3]}, true
	}
	return Span{}, false
}

var (
	elseForm  = engine.Late(`^(?:["']?[ \t]*:[ \t]*["']?\{\{-?[ \t]*|[ \t]*\|[ \t]*)default[ \t]+\\?["']([^"'\\\n]+)`)
	elseFirst = engine.Late(`\{\{-?[ \t]*default[ \t]+\\?["']([^"'\\\n]+)\\?["'] $`)
)

// aloneOnLine returns the value of a name that stands with it alone on a line.
func aloneOnLine(s string, from, to int, _ bool) (Span, bool) {
	line := from
	for line > 0 && strings.IndexByte(" \t-*|\"'`", s[line-1]) >= 0 {
		line--
	}
	if line > 0 && s[line-1] != '\n' {
		return Span{}, false
	}
	rest, _, _ := strings.Cut(s[to:min(len(s), to+maxBeside)], "\n")
	m := pairForm().FindStringSubmatchIndex(rest)
	if m == nil {
		return Span{}, false
	}
	value := Span{to + m[2], to + m[3]}
	text := s[value.From:value.To]
	return value, mixed(text) && endsInSecret(s[from:to]) && !slices.Contains(ways, strings.ToLower(text))
}

// pairForm is what stands behind a name: an arrow, a dash, dots, a bar or blanks, and a word.
var pairForm = engine.Late("^[\"'`*]*(?:[ \\t]*(?:->|=>|→|[–—-]|\\.{3,}|\\|\\|?|&|[,;])[ \\t]*|[ \\t]*\\t[ \\t]*| {3,})[\"'`*]*([^\\s|,;\"'`<>&(){}$]{6,})[\"'`*]*[ \\t]*(?:\\|{0,2}|\\\\\\\\)[ \\t]*\\r?$")

// ways are those of keeping or showing a secret, beside which they stand in lists.
var ways = []string{"sha256", "sha384", "sha512", "base64", "oauth2", "argon2", "argon2id", "argon2i", "pbkdf2", "aes256", "aes128", "rsa2048", "rsa4096", "ed25519", "secp256k1", "blake2b"}
