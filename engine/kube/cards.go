package kube

import "strings"

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

// groupings are the ways in which people break a card number with spaces or
// hyphens.
var groupings = [][]int{{4, 4, 4, 4, 3}, {4, 4, 4, 4}, {4, 6, 5}, {4, 6, 4}}

// span is a part of a string, end excluded.
type span struct{ from, to int }

// cardNumbers returns where card numbers stand in s: issuer prefix, length and
// Luhn digit together, unbroken or in the usual groups. Digits inside a long
// hexadecimal number, such as the digest of an image, are none.
func cardNumbers(s string) []span {
	var found []span
	if len(s) < 13 {
		return nil
	}
	groups := digitGroups(s)
	for i := 0; i < len(groups); i++ {
		if n := grouped(s, groups[i:]); n > 0 {
			found = append(found, span{groups[i].from, groups[i+n-1].to})
			i += n - 1
			continue
		}
		g := groups[i]
		if n := g.to - g.from; n >= 13 && n <= 19 && isCard(s[g.from:g.to]) && !inHexNumber(s, g) {
			found = append(found, g)
		}
	}
	return found
}

// digitGroups returns the unbroken runs of digits.
func digitGroups(s string) []span {
	var groups []span
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			continue
		}
		from := i
		for i < len(s) && isDigit(s[i]) {
			i++
		}
		if i-from >= 3 {
			groups = append(groups, span{from, i})
		}
	}
	return groups
}

// grouped returns how many of the first groups make up one card number, 0 if none.
func grouped(s string, groups []span) int {
	for _, lengths := range groupings {
		if len(groups) < len(lengths) {
			continue
		}
		var digits strings.Builder
		fits := true
		for i, want := range lengths {
			g := groups[i]
			fits = fits && g.to-g.from == want && (i == 0 || joined(s, groups[i-1], g, groups[0]))
			if !fits {
				break
			}
			digits.WriteString(s[g.from:g.to])
		}
		if fits && isCard(digits.String()) {
			return len(lengths)
		}
	}
	return 0
}

// joined reports whether one space or hyphen stands between two groups, the same
// as after the first one.
func joined(s string, before, after, first span) bool {
	separator := s[before.to]
	return after.from == before.to+1 && (separator == ' ' || separator == '-') && separator == s[first.to]
}

func isCard(digits string) bool {
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

// inHexNumber reports whether g is part of a hexadecimal number of 24 digits or
// more that has letters too.
func inHexNumber(s string, g span) bool {
	from, to := g.from, g.to
	for from > 0 && isHex(s[from-1]) {
		from--
	}
	for to < len(s) && isHex(s[to]) {
		to++
	}
	return to-from >= 24
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }
