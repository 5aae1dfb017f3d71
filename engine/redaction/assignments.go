package redaction

import (
	"slices"
	"strings"

	"tickmark/engine"
)

// named redacts what stands under a name that says secret in running text: beside it, and in
// the column of a table below it.
func (r *Redactor) named(s string, seen *sight) string {
	alone := false // a name without a value of its own
	if seen.named && seen.lines {
		s = r.cut(s, manifested(s), secretValue)
	}
	if seen.named {
		var spans []Span
		spans, alone = assignments(s)
		s = r.cut(s, spans, namedSecret)
	}
	if seen.written {
		if plain, at := spelt(s); plain != "" && look(plain).named {
			spans, more := assignments(plain)
			alone = alone || more
			s = r.cut(s, standing(s, spans, at), namedSecret)
		}
	}
	if alone && seen.lines {
		s = r.cut(s, columns(s), namedSecret)
	}
	if alone && (strings.Contains(s, "<t") || strings.Contains(s, "<T")) {
		s = r.cut(s, markupColumns(s), namedSecret)
	}
	if alone && seen.blank {
		s = r.cut(s, inserted(s), namedSecret)
	}
	return s
}

// standing returns where in a text stand parts of what it spells, but for those that are redacted already.
func standing(s string, spelt []Span, at []int) []Span {
	var spans []Span
	for _, in := range spelt {
		if found := (Span{at[in.From], at[in.To]}); !strings.HasPrefix(s[found.From:], Mark) {
			spans = append(spans, found)
		}
	}
	return spans
}

// assignments returns where the values of `password=...`, `"token": "..."` and `--secret ...`
// stand in running text: arguments, scripts, configuration files; and whether a name that says
// secret has none.
func assignments(s string) (spans []Span, alone bool) {
	done := 0
	for i := 0; i < len(s); {
		from, to, ok := nextName(s, i)
		if !ok {
			break
		}
		i = to
		if !saysSecretAloud(s[from:to]) && !saysApart(s, from, to) {
			continue
		}
		value := valueAfter(s, from, to)
		if value.To <= value.From {
			alone = true
			continue
		}
		if value.From < done || holdsNothingUnder(s[from:to], s[value.From:value.To]) {
			continue
		}
		spans = append(spans, value)
		done, i = value.To, max(to, value.To)
	}
	return spans, alone
}

// hints are what every name that says secret has in it.
var hints = []string{
	"pass", "pwd", "pw", "secret", "token", "key", "credential", "creds", "pin", "cvv", "cvc", "cav", "csc", "cvn", "otp", "salt", "pepper", "phrase", "seed",
	"mnemonic", "kennwort", "psk", "psw", "contrase",
	// of other languages, without accents
	"wachtwoord", "losenord", "salasana", "adgangskode", "geheimnis", "segredo", "lozinka", "slaptaz", "fjalekal", "khau", "sandi", "clave", "senha", "heslo", "haslo", "jelszo",
	"sifre", "parol", "parool", "geslo", "zaporka", "sekret", "segret", "wagwoord", "kodeord", "pasahitza", "contrasinal", "cyfrinair", "pasvorto", "nenosiri", "tunnussana",
	"jeton", "laluan", "rahasia", "kulcs", "anahtar", "raktas", "community",
}

// nextName returns the next name from i on that has a hint in it.
func nextName(s string, i int) (from, to int, ok bool) {
	for ; i < len(s); i++ {
		if !hintAt(s, i) {
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

func isNameByte(c byte) bool {
	return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '-' || c == '.'
}

// saysApart reports whether a word that says nothing alone ends a name that is written apart:
// `api key`, `kata sandi`.
func saysApart(s string, from, to int) bool {
	if from == 0 || s[from-1] != ' ' || to-from > len("community") {
		return false
	}
	begin := from - 1
	for begin > 0 && isNameByte(s[begin-1]) {
		begin--
	}
	before := strings.ToLower(s[begin : from-1])
	word := strings.ToLower(s[from:to])
	return (word == "key" || word == "keys") && slices.Contains(secretKeys, before) || slices.Contains(paired[word], before)
}

// valueAfter returns where the value given to the name at s[from:to] stands; an
// empty Span if none is given.
func valueAfter(s string, from, to int) Span {
	none := Span{to, to}
	if found, is := escapedAfter(s, from, to); is {
		return found
	}
	quoted := to < len(s) && (s[to] == '"' || s[to] == '\'') && quotedBefore(s, from, s[to])
	if found, is := besideName(s, from, to, quoted); is {
		return found
	}
	at, is := assigned(s, from, to, quoted)
	if !is {
		return none
	}
	if quoted {
		at = skipSpace(s, at)
	} else if at = skipBlanks(s, at); at < len(s) && (s[at] == '\r' || s[at] == '\n') {
		return below(s, from, to, at)
	}
	if at >= len(s) {
		return none
	}
	if c := s[at]; quoted && c == '[' && !strings.HasPrefix(s[at:], Mark) && annotatesSecret(s[from:to]) {
		return items(s, at+1)
	} else if quoted && (c == '{' || c == '[' && !strings.HasPrefix(s[at:], Mark)) {
		return none // an object or a list: what is in it has names of its own
	}
	if text, is := quotedAt(s, at); is {
		return text
	}
	if block, is := blockAfter(s, from, at); is {
		return block
	}
	if !quoted && !isFlag(s[from:to]) && startsLine(s, stepsBefore(s, from)) {
		return Span{at, lineEnd(s, wholeAt(s, at))}
	}
	stop := " \t\r\n\"'`,;&|<>)}]"
	if to < len(s) && s[to] == '%' {
		stop += "%" // in a URL
	}
	end := until(s, wholeAt(s, at), stop)
	if strings.HasSuffix(s[at:end], "ConvertTo-SecureString") {
		return none // what it is made of is read by itself
	}
	if text, is := quotedAt(s, end); is && end > at && s[end-1] == '(' { // MD5('x')
		return text
	}
	return Span{at, end}
}

// stepsBefore returns where a name begins with what it stands behind: login/password.
func stepsBefore(s string, from int) int {
	for from > 0 && (s[from-1] == '/' || isNameByte(s[from-1])) {
		from--
	}
	return from
}

// otherwise is what stands before a value that holds where nobody gives another.
var otherwise = engine.Late(`^default\s*=\s*`)

// quotedBefore reports whether a quote opens before a name, or before others that it stands
// behind: "db/password".
func quotedBefore(s string, from int, quote byte) bool {
	for at := from; at > 0 && from-at < maxName; at-- {
		switch c := s[at-1]; {
		case c == quote:
			return true
		case !isNameByte(c) && c != '/' && c != '\\' && c != '@':
			return false
		}
	}
	return false
}

// assigned returns where what is assigned to a name begins, if anything is.
func assigned(s string, from, to int, quoted bool) (int, bool) {
	at := to
	if quoted {
		at = skipSpace(s, to+1)
	} else {
		at = skipBlanks(s, at)
	}
	rest, flag := s[at:], isFlag(s[from:to])
	inBraces := from > 1 && s[from-2:from] == "${"
	switch {
	case rest == "", strings.HasPrefix(rest, "=="), strings.HasPrefix(rest, "=~"):
		return 0, false
	case strings.HasPrefix(rest, ":="), strings.HasPrefix(rest, "=>"): // of a program: what is not quoted is an expression
		_, text := quotedAt(s, skipBlanks(s, at+2))
		return at + 2, text || inBraces
	case inBraces && strings.HasPrefix(rest, ":-"):
		return at + 2, true
	case rest[0] == '=':
		return at + 1, true
	case rest[0] == ':' && !quoted && len(rest) > 1 && strings.IndexByte(`"'`, rest[1]) >= 0 && quotedBefore(s, from, rest[1]):
		return 0, false // what somebody is asked, between quotes
	case rest[0] == ':':
		return at + 1, len(rest) == 1 || quoted || flag || strings.ContainsRune(" \t\r\n\"'", rune(rest[1]))
	case at == to && (strings.HasPrefix(rest, "%3D") || strings.HasPrefix(rest, "%3d")):
		return at + 3, true
	case quoted && rest[0] == ',' && from > 1 && s[from-2] == '(': // define('NAME', 'VALUE')
		at = skipBlanks(s, at+1)
		at += len(otherwise().FindString(s[at:min(len(s), at+maxBeside)]))
		_, text := quotedAt(s, at)
		return at, text
	case quoted && rest[0] == ']': // settings["NAME"] = "VALUE"
		at = skipBlanks(s, at+1)
		if strings.HasPrefix(s[at:], "==") || !strings.HasPrefix(s[at:], "=") {
			return 0, false
		}
		_, text := quotedAt(s, skipBlanks(s, at+1))
		return at + 1, text
	case !quoted && at > to && rest[0] != '-' && (flag || setsNext(s, from)):
		return at, true
	}
	return 0, false
}

// setsNext reports whether the words before a name give it the word after it.
func setsNext(s string, from int) bool {
	near := s[max(0, from-maxBeside):from]
	words := strings.Fields(near[strings.LastIndexByte(near, '\n')+1:])
	if len(words) == 0 || s[from-1] != ' ' {
		return false
	}
	switch words[len(words)-1] {
	case "ENV", "setenv", "setx", "env:set", "-x", "-gx", "-Ux":
		return true
	case "set":
		return len(words) > 1 && words[len(words)-2] == "configure"
	}
	return false
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

// elementAt returns where the text of the XML element begins that has the name.
func elementAt(s string, from, to int) (int, bool) {
	if from > 0 && s[from-1] == ':' { // in a name space
		for from--; from > 0 && isNameByte(s[from-1]); {
			from--
		}
	}
	if from == 0 || s[from-1] != '<' {
		return 0, false
	}
	end := strings.IndexByte(s[to:min(len(s), to+maxBeside)], '>')
	if end < 0 || end > 0 && s[to] != ' ' || strings.ContainsAny(s[to:to+end], "<\n") || end > 0 && s[to+end-1] == '/' {
		return 0, false
	}
	return to + end + 1, true
}

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

func skipSpace(s string, at int) int {
	for at < len(s) && strings.IndexByte(" \t\r\n", s[at]) >= 0 {
		at++
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
