package kube

import (
	"slices"
	"strings"
	"unicode"
)

// secretEndings end a word that names a secret: authtoken, dbpassword.
var secretEndings = []string{
	"password", "passwd", "passphrase", "secret", "token", "apikey", "secretkey", "accesskey", "privatekey", "credential",
	"sshkey", "encryptionkey", "licensekey", "signingkey", "dbpass", "creds",
	"passwords", "secrets", "tokens", "credentials",
}

// secretWords name a secret as whole words only.
var secretWords = []string{"pwd", "pass", "pw", "passcode"}

// aboutSecrets end a name that is about a secret and holds none: where it lies,
// how long it lives.
var aboutSecrets = []string{
	"file", "path", "dir", "directory", "name", "names", "url", "uri", "endpoint", "host", "port", "id", "ttl", "expiry",
	"expiration", "expires", "timeout", "duration", "type", "algorithm", "alg", "length", "size", "count", "enabled",
	"disabled", "required", "header", "issuer", "audience", "prefix", "suffix", "field", "mode", "policy", "version",
	"ref", "reference", "namespace", "provider", "store", "class", "format", "limit", "service", "addr", "address",
	"interval", "rotation", "mount", "location", "encryption", "method", "scheme", "lifetime",
}

// plainKeys stand before a key that is no secret.
var plainKeys = []string{
	"public", "partition", "sort", "primary", "foreign", "label", "annotation", "topology", "routing", "cache", "object",
	"group", "row", "column", "index", "map", "config", "host",
}

// secretKeys stand before a key that is one, also where "key" alone says nothing.
var secretKeys = []string{"api", "access", "secret", "private", "encryption", "signing", "account", "master", "shared", "auth"}

// saysSecret reports whether the name of a variable or flag says that its value
// is a password, token, secret or key.
func saysSecret(name string) bool { return namesSecret(name, true) }

// saysSecretAloud is saysSecret for running text, where a bare "key" is a word
// like any other.
func saysSecretAloud(name string) bool { return namesSecret(name, false) }

// annotatesSecret is saysSecret for annotations, which name the Secret that they
// mean: `auth-secret: users` is a reference.
func annotatesSecret(name string) bool {
	lower := strings.TrimSuffix(strings.ToLower(name), "s")
	return saysSecret(name) && !strings.HasSuffix(lower, "secret")
}

func namesSecret(name string, bareKey bool) bool {
	if len(name) > 256 {
		return false
	}
	words := nameWords(name)
	if len(words) == 0 || slices.Contains(aboutSecrets, words[len(words)-1]) {
		return false
	}
	for i, word := range words {
		word = strings.TrimRight(word, "0123456789") // PASSWORD2
		if slices.Contains(secretWords, word) || slices.ContainsFunc(secretEndings, func(end string) bool { return strings.HasSuffix(word, end) }) {
			return true
		}
		if (word == "key" || word == "keys") && i == len(words)-1 {
			before := ""
			if i > 0 {
				before = words[i-1]
			}
			return slices.Contains(secretKeys, before) || bareKey && !slices.Contains(plainKeys, before)
		}
	}
	return false
}

// nameWords splits DB_PASSWORD, db-password and dbPassword into lower-case words.
func nameWords(name string) []string {
	var words []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
			word = word[:0]
		}
	}
	lower := false
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			lower = false
			continue
		case unicode.IsUpper(r) && lower:
			flush()
		}
		lower = unicode.IsLower(r)
		word = append(word, r)
	}
	flush()
	return words
}

// holdsNothing reports whether a value that is named as a secret plainly is none:
// empty, a switch, a reference to another variable, a template, a path, or
// redacted already.
func holdsNothing(value string) bool {
	v := strings.Trim(strings.TrimSpace(value), `"'`)
	switch strings.ToLower(v) {
	case "", "true", "false", "null", "none", "nil", "yes", "no", "~", "|", ">", "|-", ">-":
		return true
	}
	return strings.HasPrefix(v, "{{") || isReference(v) || isPath(v) || isMarker(v)
}

// isReference reports whether v is one $NAME, ${NAME} or $(NAME).
func isReference(v string) bool {
	if !strings.HasPrefix(v, "$") {
		return false
	}
	v = v[1:]
	if n := len(v); n > 2 && (v[0] == '{' && v[n-1] == '}' || v[0] == '(' && v[n-1] == ')') {
		v = v[1 : n-1]
	}
	return v != "" && strings.IndexFunc(v, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) < 0 &&
		!isDigit(v[0])
}

// roots are the first steps of paths that containers use.
var roots = []string{
	"etc", "var", "run", "opt", "usr", "home", "mnt", "tmp", "secrets", "srv", "data", "app", "config", "root", "dev",
	"proc", "vault", "certs", "keys", "tls", "ssl", "credentials",
}

func isPath(v string) bool {
	steps := strings.Split(v, "/")
	if len(steps) < 3 || steps[0] != "" && steps[0] != "." || steps[0] == "" && !slices.Contains(roots, steps[1]) {
		return false
	}
	return strings.IndexFunc(v, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("/._-", r)
	}) < 0
}
