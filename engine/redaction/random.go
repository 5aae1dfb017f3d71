package redaction

import (
	"crypto/x509"
	"encoding/base64"
	"math"
	"strings"

	"tickmark/engine"
)

// randomText is a value that looks as if dice had made it: keys and tokens that have
// no form of their own and stand under a name that says nothing.
const randomText = "random-text"

// What random text is, at least. Words in camel case change between capitals, small
// letters and digits at every fourth character or so; random text at three of five.
const (
	minRandom   = 24   // characters
	minStretch  = 14   // characters without a separator
	minChanges  = 0.42 // of the places between two characters
	minNumbers  = 2    // digits that stand apart, which names seldom have
	minEntropy  = 3.8  // bits a character
	maxNameLook = 40   // how far back a name is looked for
	maxDecoded  = 64 << 10
)

// publicForms are blocks that look random and are public.
var publicForms = engine.Late(`(?s)-----BEGIN [A-Z0-9 ]{0,40}(?:CERTIFICATE|PUBLIC KEY|CERTIFICATE REQUEST|CRL)-----.*?(?:-----END|$)`)

// publicName ends the name of something that looks random and is public.
var publicName = engine.Late(`(?i)(?:public|pub|fingerprint|thumbprint|digest|checksum|integrity|sha(?:1|256|384|512)?|md5|hash|etag|uid|uuid|nonce|cert|crt|certificate|bundle|ca|ssh-[a-z0-9]+|client[_-]?id|kid|["'\s](?:n|x|y|x5c|x5t))(?:[_-]?key)?["']?\s*[:=@ -]\s*["'\[\s]*$`)

// random redacts what looks random in a part of an object where settings stand.
func (r *Redactor) random(s string) string {
	if len(s) < minRandom {
		return s
	}
	var spans []Span
	var public [][]int
	if strings.Contains(s, "-----BEGIN") {
		public = publicForms().FindAllStringIndex(s, -1)
	}
	for from := 0; from < len(s); {
		if !isTokenByte(s[from]) {
			from++
			continue
		}
		to := from
		for to < len(s) && isTokenByte(s[to]) {
			to++
		}
		for len(public) > 0 && public[0][1] <= from {
			public = public[1:]
		}
		inBlock := len(public) > 0 && public[0][0] <= from
		if !inBlock && looksRandom(s[from:to]) && !publicName().MatchString(s[max(0, from-maxNameLook):from]) && !isPublic(s[from:to]) {
			for to < len(s) && s[to] == '=' {
				to++
			}
			spans = append(spans, Span{from, to})
		}
		from = to
	}
	return r.cut(s, spans, randomText)
}

// isTokenByte reports whether a byte may be part of base64 in either alphabet.
func isTokenByte(c byte) bool { return isBase64(c) || c == '-' || c == '_' }

// looksRandom reports whether a word is as varied as random text: capitals, small
// letters and digits that change often, in a stretch without a separator and in all.
func looksRandom(word string) bool {
	if len(word) < minRandom || strings.HasPrefix(word, "AAAA") { // public keys of SSH
		return false
	}
	for _, hash := range []string{"sha256-", "sha384-", "sha512-", "h1-"} {
		if strings.HasPrefix(word, hash) {
			return false
		}
	}
	varied := false
	for stretch := range strings.FieldsFuncSeq(word, func(c rune) bool { return strings.ContainsRune("+/-_", c) }) {
		varied = varied || variedStretch(stretch)
	}
	return varied && entropy(word) >= minEntropy
}

func variedStretch(s string) bool {
	if len(s) < minStretch {
		return false
	}
	changes := 0
	runs := [3]int{} // of digits, small letters, capitals
	for i := range len(s) {
		if i > 0 && class(s[i]) == class(s[i-1]) {
			continue
		}
		changes++
		runs[class(s[i])]++
	}
	return runs[0] >= minNumbers && runs[1] > 0 && runs[2] > 0 && float64(changes) >= minChanges*float64(len(s)-1)
}

func class(c byte) int {
	switch {
	case isDigit(c):
		return 0
	case c >= 'a':
		return 1
	}
	return 2
}

// entropy returns how much a character of s tells, in bits, by how often each stands in it.
func entropy(s string) float64 {
	var counts [256]int
	for i := range len(s) {
		counts[s[i]]++
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(s))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}

// isPublic reports whether a word is the base64 of a certificate, a public key, or the
// PEM form of one.
func isPublic(word string) bool {
	if len(word) > maxDecoded || !strings.HasPrefix(word, "MI") && !strings.HasPrefix(word, "LS0t") {
		return false
	}
	raw, err := base64.RawStdEncoding.DecodeString(word)
	if err != nil {
		return false
	}
	if publicForms().Match(raw) {
		return !strings.Contains(string(raw), "PRIVATE KEY")
	}
	if _, err := x509.ParseCertificate(raw); err == nil {
		return true
	}
	_, err = x509.ParsePKIXPublicKey(raw)
	return err == nil
}
