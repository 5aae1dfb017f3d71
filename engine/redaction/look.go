package redaction

import (
	"slices"
	"strings"
)

// sight is what one look over the bytes of a text tells: which rules can find something
// in it at all. Most texts of a cluster hold nothing that any of them could find.
type sight struct {
	marks   [marksWords]uint64 // of literals that stand in it
	named   bool               // a name that says secret may stand in it
	written bool               // it has letters or signs that may be others, written otherwise
	stretch bool               // a stretch as long as a token's
	blank   bool
	lines   bool
	digits  bool // as many as a card has, close to each other
}

// marksWords is how many words the numbers of all literals need.
const marksWords = 6

// maxGap is more than what may stand between two groups of a card number, in bytes.
const maxGap = 24

// nothing reports whether no rule can find anything.
func (l *sight) nothing() bool {
	return !l.named && !l.written && !l.stretch && !l.digits && l.marks == [marksWords]uint64{}
}

// has reports whether the literal of a pattern stands in the text.
func (l *sight) has(p *pattern) bool { return l.marks[p.expr.literal/64]&(1<<(p.expr.literal%64)) != 0 }

// look looks over the bytes of a text.
func look(s string) (l sight) {
	run, varied := 0, false // of letters, digits and what base64 has beside them
	digits, gap := 0, 0
	for i := range len(s) {
		c := s[i]
		of := classes[c]
		if of&inToken != 0 {
			varied = varied || c < 'a'
			if run++; run >= minMark && varied {
				l.stretch = true
			}
		} else {
			run, varied = 0, false
		}
		switch {
		case of&aDigit != 0:
			if digits++; digits >= minCard {
				l.digits = true
			}
			gap = 0
		case gap <= maxGap:
			gap++
		case c < 0x80:
			digits = 0
		}
		if of&isOdd != 0 {
			l.odd(s, i)
		}
		if of&begins == 0 {
			continue
		}
		next := byte(0)
		if i+1 < len(s) {
			next = s[i+1]
		}
		if group := starts[uint16(c)<<8|uint16(next)]; group != 0 {
			l.literals(s[i:], &groups[group])
		}
	}
	return l
}

// odd notes what is neither a letter nor a digit nor a mark of ASCII.
func (l *sight) odd(s string, i int) {
	switch c := s[i]; c {
	case '\n':
		l.blank, l.lines = true, true
	case ' ', '\t', '\r':
		l.blank = true
	case '\\', '%', '&':
		l.written = l.written || escapes(s[i:])
	default:
		l.written, l.digits = true, true // digits of other scripts, too
	}
}

// literals notes which literals of a group s begins with.
func (l *sight) literals(s string, in *group) {
	for _, known := range in.literals {
		if strings.HasPrefix(s, known.text) {
			l.marks[known.number/64] |= 1 << (known.number % 64)
		}
	}
	l.named = l.named || in.hinted(s)
}

// hintAt reports whether a hint stands at a place of a text.
func hintAt(s string, i int) bool {
	if classes[s[i]]&begins == 0 || i+1 == len(s) {
		return false
	}
	of := starts[uint16(s[i])<<8|uint16(s[i+1])]
	return of != 0 && groups[of].hinted(s[i:])
}

func (g *group) hinted(s string) bool {
	for _, hint := range g.hints {
		if len(s) >= len(hint) && strings.EqualFold(s[:len(hint)], hint) {
			return true
		}
	}
	return false
}

// Classes of bytes.
const (
	inToken = 1 << iota // of base64 in either alphabet
	aDigit
	isOdd
	begins // a literal or a hint
)

// group are the literals and the hints that begin with the same two bytes.
type group struct {
	literals []literal
	hints    []string
}

type literal struct {
	text   string
	number int
}

var (
	classes [256]uint8
	starts  [1 << 16]uint16 // the number of a group
	groups  = make([]group, 1, manyGroups)
)

// manyGroups is more than the groups are, so that they are in memory once.
const manyGroups = 1024

func init() {
	for c := range 256 {
		switch b := byte(c); {
		case isTokenByte(b):
			classes[c] |= inToken
		case strings.IndexByte(" \t\r\n\\%&", b) >= 0, b >= 0x80:
			classes[c] |= isOdd
		}
		if isDigit(byte(c)) {
			classes[c] |= aDigit
		}
	}
	numbers := map[string]int{}
	for _, table := range [][]pattern{patterns, vendors, worded, commands} {
		for i := range table {
			text := table[i].literal
			n, known := numbers[text]
			if !known {
				n = len(numbers)
				numbers[text] = n
				learn(text, func(g *group) { g.literals = append(g.literals, literal{text, n}) })
			}
			table[i].expr.literal = n
		}
	}
	if len(numbers) > 64*marksWords {
		panic("redaction: more literals than a sight has room for")
	}
	for _, hint := range hints {
		for _, begin := range []string{hint, strings.ToUpper(hint[:1]) + hint[1:], hint[:1] + strings.ToUpper(hint[1:]), strings.ToUpper(hint)} {
			learn(begin, func(g *group) {
				if !slices.Contains(g.hints, hint) {
					g.hints = append(g.hints, hint)
				}
			})
		}
	}
}

// learn notes something of the group of what a text begins with; one of a single byte is of all
// groups that begin with it.
func learn(text string, note func(*group)) {
	from, to := 0, 255
	if len(text) > 1 {
		from, to = int(text[1]), int(text[1])
	}
	classes[text[0]] |= begins
	for next := from; next <= to; next++ {
		at := uint16(text[0])<<8 | uint16(next)
		if starts[at] == 0 {
			starts[at] = uint16(len(groups))
			groups = append(groups, group{})
		}
		note(&groups[starts[at]])
	}
}
