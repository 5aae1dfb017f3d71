package redaction

import (
	"strings"

	"tickmark/engine"
)

// nextItem returns the value of a flag where both are items of a list: of JSON, also as text in
// other JSON, or of YAML, in brackets or one below the other.
func nextItem(s string, from, to int, _ bool) (Span, bool) {
	if from == 0 || to == len(s) || !isFlag(s[from:to]) {
		return Span{}, false
	}
	for _, item := range [...]func(string, int, int) (Span, bool){quotedItem, bracketedItem, itemBelow} {
		if found, is := item(s, from, to); is {
			return found, !strings.HasPrefix(s[found.From:found.To], "--")
		}
	}
	return Span{}, false
}

// quotedItem returns the next item of "--name", "value"; quotes may be escaped, at any depth.
func quotedItem(s string, from, to int) (Span, bool) {
	begin := from - 1
	if s[begin] != '"' && s[begin] != '\'' {
		return Span{}, false
	}
	for begin > 0 && s[begin-1] == '\\' {
		begin--
	}
	quote := s[begin:from]
	at, is := afterComma(s, to, quote)
	if !is || !strings.HasPrefix(s[at:], quote) {
		return Span{}, false
	}
	at += len(quote)
	if len(quote) == 1 {
		return Span{at, closing(s, at, quote[0])}, true
	}
	return Span{at, before(s, at, quote)}, true
}

// bracketedItem returns the next item of [program, --name, value].
func bracketedItem(s string, from, to int) (Span, bool) {
	line := s[max(0, from-maxCommand):from]
	line = line[strings.LastIndexByte(line, '\n')+1:]
	if strings.LastIndexByte(line, '[') <= strings.LastIndexByte(line, ']') {
		return Span{}, false
	}
	at, is := afterComma(s, to, "")
	if !is {
		return Span{}, false
	}
	if text, is := quotedAt(s, at); is {
		return text, true
	}
	return Span{at, until(s, wholeAt(s, at), ",]\r\n")}, true
}

// maxCommand bounds how far into a list of words a flag is looked for, in bytes.
const maxCommand = 4096

// afterComma returns where the item begins behind a quote and a comma.
func afterComma(s string, to int, quote string) (int, bool) {
	if !strings.HasPrefix(s[to:], quote) {
		return 0, false
	}
	at := skipSpace(s, to+len(quote))
	if at == len(s) || s[at] != ',' {
		return 0, false
	}
	at = skipSpace(s, at+1)
	return at, at < len(s)
}

// itemBelow returns the item below that of a flag.
func itemBelow(s string, from, to int) (Span, bool) {
	line := s[strings.LastIndexByte(s[:from], '\n')+1 : from]
	dash := strings.TrimRight(strings.TrimRight(line, `"'`), " ")
	if !strings.HasSuffix(dash, "-") || strings.Trim(dash, " ") != "-" {
		return Span{}, false
	}
	m := belowForm().FindStringIndex(s[to:min(len(s), to+maxBeside)])
	if m == nil || !strings.HasPrefix(s[to+strings.IndexByte(s[to:], '\n')+1:], dash+" ") {
		return Span{}, false
	}
	at := to + m[1]
	if text, is := quotedAt(s, at); is {
		return text, true
	}
	return Span{at, lineEnd(s, at)}, true
}

// belowForm is what stands between two items of a list, one below the other.
var belowForm = engine.Late(`^["']?[ \t]*\r?\n *- +`)

// contentOfFile returns what is written into a file whose path says that it holds a secret, as
// cloud-init and its like write files: one word, since a longer text is a file of settings.
func contentOfFile(s string, from, to int, _ bool) (Span, bool) {
	if from == 0 || s[from-1] != '/' || !strings.Contains(s[max(0, from-maxBeside):from], "path:") {
		return Span{}, false
	}
	if m := contentForm().FindStringSubmatchIndex(s[to:min(len(s), to+2*maxBeside)]); m != nil {
		return Span{to + m[2], to + m[3]}, true
	}
	begin := max(0, from-2*maxBeside)
	if m := contentFirst().FindStringSubmatchIndex(s[begin:from]); m != nil {
		return Span{begin + m[2], begin + m[3]}, true
	}
	return Span{}, false
}

// What stands between the path of a file and the word that is all of it, and between the word
// and the path.
var (
	contentForm  = engine.Late(`^["']?[ \t]*\r?\n(?: +(?:permissions|owner|encoding|append|defer):[^\n]*\n){0,5} +content: *(?:[|>][-+0-9]*[ \t]*\r?\n +)?["']?([^\s"'|>]+)["']?[ \t]*(?:\r?\n *(?:-|[a-z_]+:|$)|$)`)
	contentFirst = engine.Late(`[ -] content: *(?:[|>][-+0-9]*[ \t]*\r?\n +)?["']?([^\s"'|>]+)["']?[ \t]*\r?\n(?: +(?:permissions|owner|encoding|append|defer):[^\n]*\n){0,5} +path: *["']?[^\s"']*/$`)
)

// holdsFile is contentOfFile of an object.
func (r *Redactor) holdsFile(m map[string]any) bool {
	content, _ := m["content"].(string)
	if content == "" {
		return false
	}
	at, _ := m["path"].(string)
	name := at[strings.LastIndexByte(at, '/')+1:]
	return len(strings.Fields(content)) == 1 && saysSecretAloud(name) && r.hides(name, content)
}

// opensKeys reports whether a member is what kubeadm calls the key of its certificates: it opens
// the Secret with all keys of a control plane. Others call the name of a file so.
func opensKeys(key string, member any) bool {
	value, _ := member.(string)
	return key == "certificateKey" && len(value) == 64 && strings.Trim(value, "0123456789abcdef") == ""
}
