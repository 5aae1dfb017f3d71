package redaction

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"tickmark/engine"
)

// issuer is a range of card numbers by their first four digits, and the lengths
// they come in. Sources: the ranges that the card brands publish.
type issuer struct {
	from, to int
	lengths  string // one byte per length
}

var issuers = []issuer{
	{2200, 2204, "\x10\x11\x12\x13"}, // Mir
	{2221, 2720, "\x10"},             // Mastercard
	{3000, 3059, "\x0e\x10\x13"},     // Diners Club
	{3400, 3499, "\x0f"},             // American Express
	{3528, 3589, "\x10\x11\x12\x13"}, // JCB
	{3600, 3699, "\x0e\x10\x13"},     // Diners Club
	{3700, 3799, "\x0f"},             // American Express
	{3800, 3999, "\x0e\x10\x13"},     // Diners Club
	{4000, 4999, "\x0d\x10\x13"},     // Visa
	{5000, 5099, "\x10\x12\x13"},     // Maestro, RuPay
	{5100, 5599, "\x10"},             // Mastercard
	{5600, 5899, "\x10\x12\x13"},     // Maestro
	{6000, 6999, "\x10\x11\x12\x13"}, // Discover, UnionPay, Maestro, RuPay
	{8100, 8299, "\x10\x11\x12\x13"}, // UnionPay, RuPay
	{9792, 9792, "\x10"},             // Troy
}

const minCard, maxCard = 13, 19 // digits

// groupings are the ways in which people break a card number.
var groupings = [][]int{{4, 4, 4, 4, 3}, {4, 4, 4, 4}, {4, 6, 5}, {4, 6, 4}, {6, 4, 4, 4}, {8, 8}, {4, 12}, {6, 10}, {6, 13}}

// Span is a part of a string in bytes, end excluded.
type Span struct{ From, To int }

// run is an unbroken run of digits: where it stands, and its digits as 0 to 9.
type run struct {
	Span
	digits string
}

// Cards returns where card numbers stand in s: issuer prefix, length and Luhn digit
// together, unbroken or in the usual groups between equal separators, in the digits
// of any script. Digits inside the digest of an image or inside base64 are none,
// those of a magnetic stripe are.
func Cards(s string) []Span {
	var found []Span
	if len(s) < minCard {
		return nil
	}
	runs := digitRuns(s)
	for i := 0; i < len(runs); i++ {
		if n := grouped(s, runs[i:]); n > 0 && !inUUID(s, Span{runs[i].From, runs[i+n-1].To}) {
			found = append(found, Span{runs[i].From, runs[i+n-1].To})
			i += n - 1
			continue
		}
		if g := runs[i]; (isCard(g.digits) || isPadded(s, g)) && !inOtherText(s, g.Span) {
			found = append(found, g.Span)
		}
	}
	return found
}

// digitRuns returns the unbroken runs of three digits and more. What nobody sees,
// such as a zero-width space, breaks none.
func digitRuns(s string) []run {
	var runs []run
	var digits []byte
	from, to := 0, 0
	end := func() {
		switch {
		case len(digits) < 3:
		case to-from == len(digits): // as nearly always: ASCII in one piece
			runs = append(runs, run{Span{from, to}, s[from:to]})
		default:
			runs = append(runs, run{Span{from, to}, string(digits)})
		}
		digits = digits[:0]
	}
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if !isDigit(c) {
				end()
				i += 1 + escapeAt(s, i)
				continue
			}
			if len(digits) == 0 {
				from = i
			}
			digits = append(digits, c)
			i++
			to = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		digit, is := digitOf(r)
		switch {
		case is:
			if len(digits) == 0 {
				from = i
			}
			digits = append(digits, digit)
			to = i + size
		case !unicode.Is(unicode.Cf, r):
			end()
		}
		i += size
	}
	end()
	return runs
}

// escapeAt returns how many bytes behind a percent sign or a backslash are digits only because a
// blank or a mark is written like that: %20 in a URL, \u00a0 in JSON.
func escapeAt(s string, at int) int {
	rest := s[at+1:]
	switch {
	case s[at] == '%' && len(rest) >= 2 && rest[0] == '2' && isHex(rest[1]):
		return 2
	case s[at] == '\\' && len(rest) >= 5 && rest[0] == 'u' && isHex(rest[1]) && isHex(rest[2]) && isHex(rest[3]) && isHex(rest[4]):
		return 5
	}
	return 0
}

// digitOf returns the ASCII digit of a decimal digit of any script: each range of
// them in Unicode begins with its zero.
func digitOf(r rune) (byte, bool) {
	if !unicode.IsDigit(r) {
		return 0, false
	}
	for _, in := range unicode.Nd.R16 {
		if lo, hi := rune(in.Lo), rune(in.Hi); r >= lo && r <= hi {
			return byte('0' + (r-lo)%10), true
		}
	}
	for _, in := range unicode.Nd.R32 {
		if lo, hi := rune(in.Lo), rune(in.Hi); r >= lo && r <= hi {
			return byte('0' + (r-lo)%10), true
		}
	}
	return 0, false
}

// grouped returns how many of the first runs make up one card number, 0 if none.
func grouped(s string, runs []run) int {
	for _, lengths := range groupings {
		if len(runs) < len(lengths) || len(runs[0].digits) != lengths[0] {
			continue
		}
		var digits [maxCard]byte
		n, fits := 0, true
		for i, want := range lengths {
			if fits = len(runs[i].digits) == want; !fits {
				break
			}
			n += copy(digits[n:], runs[i].digits)
		}
		if fits && isCard(string(digits[:n])) && joined(s, runs[:len(lengths)]) {
			return len(lengths)
		}
	}
	return 0
}

// maxSeparator bounds what stands between two groups, in bytes.
const maxSeparator = 16

// joined reports whether what stands between groups of digits joins them: the same blanks, dashes
// or marks, or blanks and dashes of which one goes on the next line; different ones where the
// groups are no ranges of numbers; and any of these, and nothing but lines, behind the word that
// says card.
func joined(s string, groups []run) bool {
	first := between(s, groups[0], groups[1])
	same, plain, lines := true, true, 0
	for i := range groups[1:] {
		separator := between(s, groups[i], groups[i+1])
		how := separates(separator)
		if how == apart || len(separator) > maxSeparator {
			return false
		}
		same = same && strings.HasPrefix(s[groups[0].To:], separator)
		plain = plain && how != byMark
		if how == byLine {
			lines++
		}
	}
	if len(groups) == 2 && strings.ContainsAny(first, ".,:+") {
		return false // a decimal number, a time, an address
	}
	switch {
	case same && lines == 0:
		return len(first) <= maxEqual
	case sayCard(s, groups[0].From):
		return true
	}
	return len(groups) > 2 && lines <= 1 && plain && !ranges(groups)
}

// maxEqual bounds equal separators, in bytes.
const maxEqual = 9

func between(s string, before, after run) string { return s[before.To:after.From] }

// ranges reports whether groups are ranges of numbers, such as ports: from a smaller one to a larger one.
func ranges(groups []run) bool {
	for i := 0; i < len(groups); i += 2 {
		if i+1 == len(groups) || groups[i].digits > groups[i+1].digits {
			return false
		}
	}
	return true
}

// sayCard reports whether the words before a number say that it is a card's.
func sayCard(s string, at int) bool {
	const near = 48
	return cardWords().MatchString(s[max(0, at-near):at])
}

var cardWords = engine.Late(`(?i)(?:(?:\b|_|[a-z])(?:card|cc|pan|visa|mastercard|maestro|amex|discover|karte|kartennummer|carte|tarjeta|carta|cart[aã]o)|карта|карты|卡号|カード(?:番号)?|카드)` +
	`[a-z_]*["']?(?:[ \t]+(?:no|nr|num|number|nummer|numero|is|was))*\.?["']?(?:\\[nrt]|[\s:：=#>*"'|-])*$`)

// how groups of digits are parted.
type parting int

const (
	apart parting = iota
	byBlank
	byMark
	byLine
)

// separates tells how a text parts groups of digits: by up to three blanks, dashes, or one of the
// marks that people and programs use, as URLs, JSON and HTML have them too; or by the end of a line.
func separates(s string) parting {
	if strings.IndexByte(s, '%') >= 0 {
		if plain, err := url.PathUnescape(s); err == nil {
			s = plain
		}
	}
	if strings.IndexByte(s, '\\') >= 0 {
		if plain, err := strconv.Unquote(`"` + s + `"`); err == nil {
			s = plain
		}
	}
	s = strings.ReplaceAll(s, "&nbsp;", " ")
	n, how := 0, byBlank
	for _, r := range s {
		switch {
		case r == '\n' && how != byLine:
			how, n = byLine, 0
			continue
		case unicode.Is(unicode.Zs, r), r == '\t', r == '\r', unicode.Is(unicode.Pd, r), r == '\u2212':
		case strings.ContainsRune("._/,:|*'+~\\\u00b7\u2022", r) && utf8.RuneCountInString(s) == 1:
			how = byMark
		case unicode.Is(unicode.Cf, r):
			continue
		default:
			return apart
		}
		n++
	}
	switch {
	case how == byLine && n <= maxSeparator, n >= 1 && n <= 3:
		return how
	}
	return apart
}

// isPadded reports whether a card number stands in a field of fixed length, behind zeros: they are
// not those of a fraction.
func isPadded(s string, g run) bool {
	const longest = 24
	return g.digits[0] == '0' && len(g.digits) <= longest && (g.From == 0 || s[g.From-1] != '.') && isCard(strings.TrimLeft(g.digits, "0"))
}

func isCard(digits string) bool {
	if len(digits) < minCard || len(digits) > maxCard {
		return false
	}
	prefix := 0
	for _, c := range []byte(digits[:4]) {
		prefix = prefix*10 + int(c-'0')
	}
	for _, in := range issuers {
		if prefix >= in.from && prefix <= in.to && strings.IndexByte(in.lengths, byte(len(digits))) >= 0 {
			return luhn(digits)
		}
	}
	return false
}

func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// inOtherText reports whether digits are a part of something longer that is no card:
// a hexadecimal number of 24 digits or more, or base64 of 40 characters or more. On a
// magnetic stripe the number ends with D (or =) and the expiry date.
func inOtherText(s string, g Span) bool {
	if onStripe(s, g) {
		return false
	}
	if from, to := around(s, g, isHex); to-from >= 24 && to-from > g.To-g.From {
		return true
	}
	from, to := around(s, g, isBase64)
	if to-from < 40 || (g.From == from || s[g.From-1] == '/') && (g.To == to || s[g.To] == '/') {
		return false
	}
	around := s[from:g.From] + s[g.To:to]
	return strings.IndexFunc(around, unicode.IsLower) >= 0 && strings.IndexFunc(around, unicode.IsUpper) >= 0
}

// inUUID reports whether digits are groups of a UUID, such as an object's uid.
func inUUID(s string, g Span) bool {
	from, to := around(s, g, func(c byte) bool { return isHex(c) || c == '-' })
	if to-from != 36 {
		return false
	}
	for i := range 36 {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (s[from+i] == '-') {
			return false
		}
	}
	return true
}

// onStripe reports whether expiry date and service code follow a number as on track 2.
func onStripe(s string, g Span) bool {
	const code = 7 // digits: YYMM and three more
	if len(s) < g.To+1+code || s[g.To] != '=' && s[g.To] != 'D' && s[g.To] != 'd' || g.From > 0 && isHex(s[g.From-1]) {
		return false
	}
	for _, c := range []byte(s[g.To+1 : g.To+1+code]) {
		if !isDigit(c) {
			return false
		}
	}
	return s[g.To+3] <= '1' // the month
}

// withTrack widens card numbers by what follows them on a magnetic stripe: name, date, service code
// and what the issuer wrote there to recognise the card, which nobody may keep.
func withTrack(s string, cards []Span) []Span {
	const longest = 120 // bytes of a track
	for i := range cards {
		rest := s[cards[i].To:min(len(s), cards[i].To+longest)]
		if m := trackForm().FindStringIndex(rest); m != nil && (i == len(cards)-1 || cards[i].To+m[1] <= cards[i+1].From) {
			cards[i].To += m[1]
		}
	}
	return cards
}

// trackForm is what follows the number on track 1 and on track 2.
var trackForm = engine.Late(`^(?:\^[^\^\r\n]{2,40}\^[0-9]{7}[^?\r\n"]*|[=Dd][0-9]{7,}[0-9A-Fa-f]*)\??`)

// around widens a span by the characters of a kind on both sides.
func around(s string, g Span, is func(byte) bool) (from, to int) {
	from, to = g.From, g.To
	for from > 0 && is(s[from-1]) {
		from--
	}
	for to < len(s) && is(s[to]) {
		to++
	}
	return from, to
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }

func isBase64(c byte) bool {
	return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '+' || c == '/'
}
