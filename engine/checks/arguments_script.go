package checks

import "strings"

// splitScript takes a shell's script apart into its simple commands, each a list
// of words, as far as a reader can: quotes, escapes, comments and operators are
// understood; a variable or a command within a word is not run, and puts the word
// in doubt. Words that only steer (if, then, do) are passed over, so that every
// command of the script is there, whether it would run or not.
func splitScript(text, field string) [][]word {
	s := &script{rest: text, field: field}
	for s.rest != "" {
		s.next()
	}
	s.endCommand()
	return s.commands
}

// script is a script that is being taken apart.
type script struct {
	rest     string
	field    string
	commands [][]word
	command  []word
	text     strings.Builder
	begun    bool // of a word
	doubt    string
	known    int
	loose    bool
	target   bool // the next word is a file that is written to or read
}

const onlyWhenItRuns = "a part of it is only known when its script runs"

// next takes one step.
func (s *script) next() {
	c := s.rest[0]
	switch {
	case c == '\\':
		s.escape()
	case c == '\'':
		s.single()
	case c == '"':
		s.double()
	case c == '$' || c == '`':
		s.substitute(true)
	case c == '#' && !s.begun:
		s.skipTo(strings.IndexByte(s.rest, '\n'))
	case c == ' ' || c == '\t' || c == '\r':
		s.endWord()
		s.rest = s.rest[1:]
	case c == '>' || c == '<':
		s.redirect()
	case strings.IndexByte("\n;&|()", c) >= 0:
		s.endCommand()
		s.rest = s.rest[1:]
	case c == '*' || c == '?' || c == '[' || c == '{' || c == '~' && !s.begun:
		if c == '{' && !s.begun {
			s.take(1) // a group of commands: a word by itself
			return
		}
		s.inDoubt(c == '*' || c == '?')
		s.take(1)
	default:
		s.take(1)
	}
}

func (s *script) skipTo(i int) {
	if i < 0 {
		i = len(s.rest)
	}
	s.rest = s.rest[i:]
}

func (s *script) take(n int) {
	s.begun = true
	s.text.WriteString(s.rest[:n])
	s.rest = s.rest[n:]
}

func (s *script) escape() {
	switch {
	case len(s.rest) < 2:
		s.rest = ""
	case s.rest[1] == '\n':
		s.rest = s.rest[2:] // the line goes on
	case strings.HasPrefix(s.rest, "\\\r\n"):
		s.rest = s.rest[3:]
	default:
		s.rest = s.rest[1:]
		s.take(1)
	}
}

func (s *script) single() {
	s.begun = true
	end := strings.IndexByte(s.rest[1:], '\'')
	if end < 0 {
		s.inDoubt(true)
		s.rest = ""
		return
	}
	s.text.WriteString(s.rest[1 : 1+end])
	s.rest = s.rest[end+2:]
}

func (s *script) double() {
	s.begun = true
	s.rest = s.rest[1:]
	for s.rest != "" {
		switch c := s.rest[0]; {
		case c == '"':
			s.rest = s.rest[1:]
			return
		case c == '\\' && len(s.rest) > 1 && strings.IndexByte("$`\"\\\n", s.rest[1]) >= 0:
			if s.rest[1] != '\n' {
				s.text.WriteByte(s.rest[1])
			}
			s.rest = s.rest[2:]
		case c == '$' || c == '`':
			s.substitute(strings.HasPrefix(s.rest, "$@"))
		default:
			s.text.WriteByte(c)
			s.rest = s.rest[1:]
		}
	}
	s.inDoubt(true)
}

// substitute takes a variable or a command, whose outcome is not known.
func (s *script) substitute(loose bool) {
	if len(s.rest) > 1 && s.rest[0] == '$' && strings.IndexByte(" \t\n\"'=,:/.", s.rest[1]) >= 0 || s.rest == "$" {
		s.take(1)
		return
	}
	s.inDoubt(loose)
	s.begun = true
	switch {
	case s.rest[0] == '`':
		s.through(1, "`")
	case strings.HasPrefix(s.rest, "$("):
		s.balanced('(', ')')
	case strings.HasPrefix(s.rest, "${"):
		s.balanced('{', '}')
	default:
		n := 1
		for n < len(s.rest) && (s.rest[n] == '_' || s.rest[n]|0x20 >= 'a' && s.rest[n]|0x20 <= 'z' || s.rest[n] >= '0' && s.rest[n] <= '9') {
			n++
		}
		s.take(max(n, min(2, len(s.rest))))
	}
}

// through takes up to the next end after the first n bytes.
func (s *script) through(n int, end string) {
	i := strings.Index(s.rest[n:], end)
	if i < 0 {
		s.take(len(s.rest))
		return
	}
	s.take(n + i + len(end))
}

func (s *script) balanced(opens, closes byte) {
	depth := 0
	for i := 1; i < len(s.rest); i++ {
		switch s.rest[i] {
		case opens:
			depth++
		case closes:
			if depth--; depth == 0 {
				s.take(i + 1)
				return
			}
		}
	}
	s.take(len(s.rest))
}

// redirect passes over an operator; the file after it is no argument, nor is the
// number before it.
func (s *script) redirect() {
	if strings.Trim(s.text.String(), "0123456789") == "" {
		s.text.Reset()
		s.begun = false
	}
	s.endWord()
	n := 1
	for n < len(s.rest) && strings.IndexByte("<>&|(", s.rest[n]) >= 0 {
		n++
	}
	operator := s.rest[:n]
	s.rest = s.rest[n:]
	switch {
	case strings.HasPrefix(operator, "<<") && operator != "<<<":
		s.rest, s.command, s.commands = "", nil, nil // text that follows is no command
	case strings.HasSuffix(operator, "("):
		s.command = append(s.command, word{field: s.field, doubt: onlyWhenItRuns, loose: true})
	default:
		s.target = true
	}
}

// inDoubt says that from here on the word is not known; loose, that it may become
// several.
func (s *script) inDoubt(loose bool) {
	if s.doubt == "" {
		s.doubt, s.known = onlyWhenItRuns, s.text.Len()
	}
	s.loose = s.loose || loose
}

// steering are the words of the shell itself that stand before a command.
var steering = map[string]bool{
	"if": true, "then": true, "else": true, "elif": true, "do": true, "while": true, "until": true, "{": true, "}": true, "!": true, "fi": true, "done": true,
}

func (s *script) endWord() {
	if s.begun || s.text.Len() > 0 {
		w := word{text: s.text.String(), field: s.field, doubt: s.doubt, known: s.known, loose: s.loose}
		if !s.target && (len(s.command) > 0 || !steering[w.text]) {
			s.command = append(s.command, w)
		}
		s.target = false
	}
	s.text.Reset()
	s.begun, s.doubt, s.known, s.loose = false, "", 0, false
}

func (s *script) endCommand() {
	s.endWord()
	s.target = false
	if len(s.command) > 0 {
		s.commands = append(s.commands, s.command)
	}
	s.command = nil
}
