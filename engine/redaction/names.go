package redaction

import (
	"slices"
	"strings"
	"unicode"
)

// secretEndings end a word that names a secret: authtoken, dbpassword.
var secretEndings = []string{
	"password", "passwd", "passphrase", "secret", "token", "apikey", "secretkey", "accesskey", "privatekey", "credential",
	"sshkey", "encryptionkey", "licensekey", "signingkey", "dbpass", "storepass", "keypass", "creds", "passwort", "kennwort",
	"passwords", "secrets", "tokens", "credentials", "authkey", "bindpw", "rootpw", "userpwd", "userpass", "presharedkey", "contrasena",
	"contrasenya", "motdepasse", "wachtwoord", "losenord", "salasana", "adgangskode", "passord", "geheimnis", "segredo", "lozinka", "wagwoord", "kodeord", "pasahitza", "contrasinal", "cyfrinair", "pasvorto", "nenosiri", "tunnussana", "slaptazodis", "fjalekalimi", "matkhau", "katasandi",
}

// secretWords name a secret as whole words only.
var secretWords = []string{
	"pwd", "pass", "pw", "passcode", "passkey", "mnemonic", "requirepass", "masterauth", "pgpass", "sshpass", "psk", "psw", "kspass", "tspass", "parol", "jeton",
	"clave", "senha", "heslo", "sifresi", "parolasi", "parolu", "haslo", "jelszo", "sifre", "parola", "parool", "geslo", "zaporka", "sekret", "segreto",
}

// codeWords name a secret of a few digits, as the last word of a name: a PIN, the
// verification code of a card, a one-time password.
var codeWords = []string{"pin", "cvv", "cvc", "cav", "csc", "cvn", "otp"}

// paired say secret behind another word: mot de passe, mật khẩu, kata sandi, snmp community.
var paired = map[string][]string{
	"passe": {"de", "palavra"}, "khau": {"mat"}, "sandi": {"kata"}, "laluan": {"kata"}, "rahasia": {"kata", "kunci"}, "secreta": {"clave", "llave", "clau", "chave"}, "segreta": {"chiave", "parola"},
	"kulcs": {"titkos"}, "anahtar": {"gizli"}, "raktas": {"slaptas"}, "community": {"snmp", "ro", "rw", "read", "write", "trap"},
}

// mixedWords name a secret at the end of a name of several words or one in capitals,
// since alone they are words like any other.
var mixedWords = []string{"salt", "pepper"}

// phraseWords stand before a phrase or seed that recovers a key.
var phraseWords = []string{"seed", "recovery", "secret", "wallet", "master", "backup", "mnemonic"}

// countedWords end a name of how many there are where a number stands under it.
var countedWords = []string{"tokens", "keys", "secrets", "passwords", "credentials", "pins"}

// aboutSecrets end a name that is about a secret and holds none: where it lies,
// how long it lives.
var aboutSecrets = []string{
	"file", "path", "dir", "directory", "name", "names", "url", "uri", "endpoint", "host", "port", "id", "ttl", "expiry",
	"expiration", "expires", "timeout", "duration", "type", "algorithm", "alg", "length", "size", "count", "enabled",
	"disabled", "required", "header", "issuer", "audience", "prefix", "suffix", "field", "mode", "policy", "version",
	"ref", "reference", "namespace", "provider", "store", "class", "format", "limit", "service", "addr", "address",
	"stdin", "fd", "interval", "rotation", "mount", "location", "encryption", "method", "scheme", "lifetime",
}

// secretID is one where it opens a role of Vault, as secretIDs before it say; others name a secret.
var (
	secretID  = []string{"secret", "id"}
	secretIDs = []string{"vault", "role", "approle"}
)

// plainKeys stand before a key that is no secret.
var plainKeys = []string{
	"public", "partition", "sort", "primary", "foreign", "label", "annotation", "topology", "routing", "cache", "object",
	"group", "row", "column", "index", "map", "config", "host",
}

// secretKeys stand before a key that is one, also where "key" alone says nothing.
var secretKeys = []string{"api", "access", "secret", "private", "encryption", "signing", "account", "master", "shared", "auth", "session", "hmac"}

// NamesSecret reports whether the name of a variable or flag says that its value
// is a password, token, secret or key.
func NamesSecret(name string) bool { return namesSecret(name, true) }

// NamesSecretAloud is NamesSecret for running text, where a bare "key" is a word
// like any other.
func saysSecretAloud(name string) bool { return namesSecret(name, false) }

// annotatesSecret is NamesSecret for annotations, which name the Secret that they
// mean: `auth-secret: users` is a reference.
func annotatesSecret(name string) bool {
	lower := strings.TrimSuffix(strings.ToLower(name), "s")
	return NamesSecret(name) && !strings.HasSuffix(lower, "secret")
}

func namesSecret(name string, bareKey bool) bool {
	if len(name) > 256 {
		return false
	}
	if seen := look(name); seen.written {
		if plain, _ := spelt(name); plain != "" {
			name = plain
		}
	}
	words := nameWords(name)
	if len(words) == 0 || slices.Contains(aboutSecrets, words[len(words)-1]) {
		return len(words) > 2 && slices.Equal(words[len(words)-2:], secretID) && slices.Contains(secretIDs, words[len(words)-3])
	}
	if last := strings.TrimRight(words[len(words)-1], "0123456789"); saysCode(words, last, name) {
		return true
	}
	for i, word := range words {
		word = strings.TrimRight(word, "0123456789") // PASSWORD2
		if slices.Contains(secretWords, word) || slices.ContainsFunc(secretEndings, func(end string) bool { return strings.HasSuffix(word, end) }) {
			return true
		}
		if i > 0 && slices.Contains(paired[word], words[i-1]) {
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

// saysCode reports whether the last word of a name says that a code, a salt or the
// phrase of a wallet stands there.
func saysCode(words []string, last, name string) bool {
	before := ""
	if len(words) > 1 {
		before = words[len(words)-2]
	}
	switch {
	case slices.Contains(codeWords, last):
		return true
	case slices.Contains(mixedWords, last):
		return before != "" || name == strings.ToUpper(name)
	case last == "auth":
		return before == "rediscli"
	case last == "phrase" || last == "seed":
		return slices.Contains(phraseWords, before)
	}
	return false
}

// Secret reports whether a value under a name is a secret as far as can be told: the
// name says so, and something stands there that is no switch, reference or count.
func Secret(name, value string) bool { return NamesSecret(name) && !holdsNothingUnder(name, value) }

// holdsNothingUnder is HoldsNothing of a value whose name is known: a number under a
// name in the plural counts, and a code has digits alone.
func holdsNothingUnder(name, value string) bool {
	if HoldsNothing(value) {
		return true
	}
	words := nameWords(name)
	if len(words) == 0 {
		return false
	}
	last := strings.TrimRight(words[len(words)-1], "0123456789")
	number, _, _ := strings.Cut(strings.TrimSpace(value), " ")
	number = strings.Trim(number, `"'`)
	digits := strings.Trim(number, "0123456789") == ""
	switch {
	case slices.Contains(codeWords, last):
		return !digits || len(number) < 3 || len(number) > 12
	case slices.Contains(countedWords, last):
		return strings.Trim(number, "0123456789._,kKmM") == ""
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

// HoldsNothing reports whether a value that is named as a secret plainly is none:
// empty, a switch, a reference to another variable, a template, a path, or
// redacted already.
func HoldsNothing(value string) bool {
	v := strings.Trim(strings.TrimSpace(value), `"'`)
	switch strings.ToLower(v) {
	case "", "true", "false", "null", "none", "nil", "yes", "no", "~", "|", ">", "|-", ">-", "{}", "[]":
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
