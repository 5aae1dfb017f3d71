package checks

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// redactionMark is how a collector marks what it took out of a value.
const redactionMark = "[redacted:"

var (
	redactionForm = regexp.MustCompile(`\[redacted:[^\]]{0,64}\]`)
	referenceForm = regexp.MustCompile(`^\$\([A-Za-z_.-][A-Za-z0-9_.-]*\)$`)
)

// redactions returns the marks in a value: what a result may repeat of it.
func redactions(value string) []string { return redactionForm.FindAllString(value, -1) }

// secretParts say of a name, wherever they stand in one of its words, that its
// value is a secret; secretWords only as a word or at the end of one.
var (
	secretParts = [...]string{"password", "passwd", "passphrase", "secret"}
	secretWords = [...]string{"token", "key", "pwd", "credential"}
	// harmlessWords end in one of them and name no secret.
	harmlessWords = [...]string{"monkey", "hotkey", "turkey", "publickey"}
	// about are last words of names that say something about a secret and do not
	// hold it.
	about = [...]string{
		"file", "path", "dir", "directory", "name", "names", "ttl", "url", "uri", "length", "expiry", "expiration", "timeout", "enabled",
		"required", "type", "algorithm", "size", "count", "prefix", "header", "host", "port", "ref",
	}
	harmlessValues = [...]string{"true", "false", "yes", "no", "on", "off", "0", "1", "none", "null"}
)

// namesSecret reports whether a name says that its value is a secret.
func namesSecret(name string) bool {
	words := splitName(name)
	if len(words) == 0 || slices.Contains(about[:], words[len(words)-1]) {
		return false
	}
	for i, word := range words {
		word = strings.TrimSuffix(word, "s")
		if slices.Contains(harmlessWords[:], word) || word == "key" && i > 0 && words[i-1] == "public" {
			continue
		}
		for _, part := range secretParts {
			if strings.Contains(word, part) {
				return true
			}
		}
		for _, part := range secretWords {
			if strings.HasSuffix(word, part) {
				return true
			}
		}
	}
	return false
}

// splitName takes DB_PASSWORD, dbPassword and db-password.1 into lower-case words.
func splitName(name string) []string {
	var words []string
	word := []rune{}
	end := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
			word = word[:0]
		}
	}
	var last rune
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r):
			end()
		case unicode.IsUpper(r) && unicode.IsLower(last):
			end()
			word = append(word, r)
		default:
			word = append(word, r)
		}
		last = r
	}
	end()
	return words
}

// holdsSecret reports whether a value under a name is a secret as far as can be
// told: the collector redacted it, or the name says so and something stands there
// that is neither a switch nor a reference to another variable.
func holdsSecret(name, value string) bool {
	if strings.Contains(value, redactionMark) {
		return true
	}
	trimmed := strings.TrimSpace(value)
	return trimmed != "" && namesSecret(name) && !referenceForm.MatchString(trimmed) &&
		!slices.Contains(harmlessValues[:], strings.ToLower(trimmed))
}
