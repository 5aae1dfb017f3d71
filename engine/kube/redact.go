package kube

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tickmark/engine"
)

// RedactionVersion is the version of the redaction rules of this package. It is
// in every snapshot: across two versions a difference is no change.
const RedactionVersion = "1"

// What was redacted, as it stands in `[redacted:KIND]` and in Snapshot.Redacted.
const (
	secretValue = "secret-value" // a value of a Secret
	namedSecret = "named-secret" // a value whose name says that it is a secret
	binaryData  = "binary-data"  // binary data of a ConfigMap
	cardNumber  = "card-number"
	urlPassword = "url-password"
)

const (
	markerStart    = "[redacted:"
	lastApplied    = "kubectl.kubernetes.io/last-applied-configuration"
	maxRedactTurns = 4
)

// pattern is a secret that is known by its looks. The literal must stand in the
// text before the expression is tried.
type pattern struct {
	kind     string
	literal  string
	expr     *regexp.Regexp
	replaces int // group that is replaced, 0 for all of it
}

var patterns = []pattern{
	{"private-key", "-----BEGIN", regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY( BLOCK)?-----.*?(-----END [A-Z0-9 ]{0,40}PRIVATE KEY( BLOCK)?-----|$)`), 0},
	{"private-key", "AGE-SECRET-KEY-", regexp.MustCompile(`AGE-SECRET-KEY-[0-9A-Z-]{10,}`), 0},
	{"jwt", "eyJ", regexp.MustCompile(`eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}(\.[A-Za-z0-9_-]*)?`), 0},
	{"aws-key", "AKIA", regexp.MustCompile(`AKIA[0-9A-Z]{16}`), 0},
	{"aws-key", "ASIA", regexp.MustCompile(`ASIA[0-9A-Z]{16}`), 0},
	{"token", "github_pat_", regexp.MustCompile(`github_pat_[A-Za-z0-9_]{20,}`), 0},
	{"token", "gh", regexp.MustCompile(`gh[pousr]_[A-Za-z0-9]{30,}`), 0},
	{"token", "glpat-", regexp.MustCompile(`glpat-[A-Za-z0-9_-]{18,}`), 0},
	{"token", "xox", regexp.MustCompile(`xox[abeprs]-[A-Za-z0-9-]{10,}`), 0},
	{"token", "hooks.slack.com/", regexp.MustCompile(`hooks\.slack\.com/(services|workflows)/([A-Za-z0-9_/-]+)`), 2},
	{"token", "k_live_", regexp.MustCompile(`[rs]k_live_[A-Za-z0-9]{10,}`), 0},
	{"token", "k_test_", regexp.MustCompile(`[rs]k_test_[A-Za-z0-9]{10,}`), 0},
	{"token", "AIza", regexp.MustCompile(`AIza[A-Za-z0-9_-]{35}`), 0},
	{"token", "npm_", regexp.MustCompile(`npm_[A-Za-z0-9]{36}`), 0},
	{"token", "SG.", regexp.MustCompile(`SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`), 0},
	{"token", "hvs.", regexp.MustCompile(`hvs\.[A-Za-z0-9_-]{20,}`), 0},
	{"token", "dckr_pat_", regexp.MustCompile(`dckr_pat_[A-Za-z0-9_-]{20,}`), 0},
	{"token", "AccountKey=", regexp.MustCompile(`AccountKey=([A-Za-z0-9+/=]{16,})`), 1},
	{"token", "earer ", regexp.MustCompile(`[Bb]earer +([A-Za-z0-9+/=._~-]{16,})`), 1},
	{"token", "asic ", regexp.MustCompile(`[Bb]asic +([A-Za-z0-9+/]{12,}={1,2})`), 1},
	{urlPassword, "://", regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@"'?#]*:([^\s/@"']+)@`), 1},
}

// redactor redacts and counts what it redacted. It belongs to one collection.
type redactor struct{ counts map[string]int }

func newRedactor() *redactor { return &redactor{counts: map[string]int{}} }

func (r *redactor) mark(kind string) string {
	r.counts[kind]++
	return markerStart + kind + "]"
}

// isMarker reports whether v is nothing but a mark of redaction.
func isMarker(v string) bool {
	return strings.HasPrefix(v, markerStart) && strings.IndexByte(v, ']') == len(v)-1
}

// object redacts a decoded object in place.
func (r *redactor) object(tree map[string]any, of engine.Kind) {
	switch {
	case strings.EqualFold(of.Kind, "Secret"): // in any group: a misspelt Secret holds secrets too
		r.secret(tree)
	case of == engine.Kind{Kind: "ConfigMap"}:
		r.all(tree["binaryData"], binaryData)
		r.named(tree["data"], saysSecret)
	}
	r.walk(tree, runningText)
}

// secret redacts the values of a Secret, whatever their form.
func (r *redactor) secret(tree map[string]any) {
	for _, field := range []string{"data", "stringData"} {
		switch values := tree[field].(type) {
		case nil:
		case map[string]any:
			for key, value := range values {
				if value != markerStart+secretValue+"]" {
					values[key] = r.mark(secretValue)
				}
			}
		default:
			if values != any(markerStart+secretValue+"]") {
				tree[field] = r.mark(secretValue)
			}
		}
	}
}

// all replaces every value of a map, whatever it is.
func (r *redactor) all(values any, kind string) {
	m, _ := values.(map[string]any)
	for key, value := range m {
		if s, ok := value.(string); !ok || !isMarker(s) {
			m[key] = r.mark(kind)
		}
	}
}

// named redacts the values of a map whose keys say that they are secrets.
func (r *redactor) named(values any, says func(string) bool) {
	m, _ := values.(map[string]any)
	for key, value := range m {
		if s, ok := value.(string); ok && says(key) && !holdsNothing(s) {
			m[key] = r.mark(namedSecret)
		}
	}
}

// reading says how the strings of a part of an object are read.
type reading int

const (
	runningText reading = iota // patterns, card numbers and assignments
	annotated                  // running text whose keys may name a Secret: judged by annotatesSecret
	listOfWords                // running text of which a flag and its value may be two items
)

// readingOf tells from a key how what stands below it is read.
func readingOf(key string, outer reading) reading {
	switch key {
	case "args", "command":
		return listOfWords
	case "annotations":
		return annotated
	case "data", "stringData", "env":
		return runningText
	}
	return outer
}

func (r *redactor) walk(v any, how reading) any {
	switch v := v.(type) {
	case string:
		return r.loose(r.embedded(v))
	case int64:
		return r.number(v, strconv.FormatInt(v, 10))
	case json.Number:
		return r.number(v, string(v))
	case []any:
		if how == listOfWords {
			r.flags(v)
		}
		for i := range v {
			v[i] = r.walk(v[i], how)
		}
	case map[string]any:
		r.members(v, how)
	}
	return v
}

// embedded redacts a Secret that stands as JSON in a string, as tools keep the
// last state that they applied.
func (r *redactor) embedded(s string) string {
	if !strings.HasPrefix(strings.TrimSpace(s), "{") || !strings.Contains(s, "ata\"") {
		return s
	}
	v, err := engine.DecodeJSON([]byte(s))
	tree, ok := v.(map[string]any)
	if err != nil || !ok {
		return s
	}
	kind, said := tree["kind"].(string)
	if said && !strings.EqualFold(kind, "Secret") || !said && tree["stringData"] == nil {
		return s
	}
	before := r.counts[secretValue]
	r.secret(tree)
	if r.counts[secretValue] == before {
		return s
	}
	out, err := engine.AppendCanonical(nil, tree)
	if err != nil {
		return r.mark(secretValue)
	}
	return string(out)
}

func (r *redactor) members(m map[string]any, how reading) {
	delete(m, lastApplied)
	if name, ok := m["name"].(string); ok {
		if value, ok := m["value"].(string); ok && (saysSecret(name) || strings.EqualFold(name, "Authorization")) && !holdsNothing(value) {
			m["value"] = r.mark(namedSecret)
		}
	}
	for key, member := range m {
		below := readingOf(key, how)
		if key == "annotations" {
			r.named(member, annotatesSecret)
		}
		if s, ok := member.(string); ok && how != annotated && saysSecretAloud(key) && !holdsNothing(s) {
			m[key] = r.mark(namedSecret)
			continue
		}
		m[key] = r.walk(member, below)
	}
	r.keys(m)
}

// keys redacts card numbers in the keys of a map; where two keys become one, the
// smaller one's value stays.
func (r *redactor) keys(m map[string]any) {
	var marked []string
	for key := range m {
		if len(key) >= 13 && len(cardNumbers(key)) > 0 {
			marked = append(marked, key)
		}
	}
	slices.Sort(marked)
	for i, key := range marked {
		value := m[key]
		delete(m, key)
		to := r.text(key)
		if i > 0 {
			to += " " + strconv.Itoa(i+1)
		}
		m[to] = value
	}
}

// number redacts a number that is a card number.
func (r *redactor) number(v any, digits string) any {
	if len(digits) >= 13 && len(digits) <= 19 && len(cardNumbers(digits)) > 0 {
		return r.mark(cardNumber)
	}
	return v
}

// flags redacts the value after a flag that stands as an item of its own.
func (r *redactor) flags(words []any) {
	for i := range len(words) - 1 {
		flag, _ := words[i].(string)
		value, ok := words[i+1].(string)
		if ok && strings.HasPrefix(flag, "-") && !strings.HasPrefix(value, "--") && !strings.ContainsAny(flag, "= \n") &&
			saysSecret(flag) && !holdsNothing(value) {
			words[i+1] = r.mark(namedSecret)
		}
	}
}

// loose redacts running text. It repeats until nothing changes, because what is
// redacted may complete the look of something else.
func (r *redactor) loose(s string) string {
	for range maxRedactTurns {
		next := r.patternsIn(r.assignments(s))
		if next == s {
			break
		}
		s = next
	}
	return s
}

// text redacts what is known by its looks, and leaves names and values alone.
func (r *redactor) text(s string) string {
	for range maxRedactTurns {
		next := r.patternsIn(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}

func (r *redactor) patternsIn(s string) string {
	if len(s) < 12 {
		return s
	}
	for i := range patterns {
		if strings.Contains(s, patterns[i].literal) {
			s = r.replace(s, &patterns[i])
		}
	}
	for cards := cardNumbers(s); len(cards) > 0; cards = cardNumbers(s) {
		s = r.cut(s, cards, cardNumber)
	}
	return s
}

func (r *redactor) replace(s string, p *pattern) string {
	var spans []span
	for _, at := range p.expr.FindAllStringSubmatchIndex(s, -1) {
		found := span{at[2*p.replaces], at[2*p.replaces+1]}
		if !isMarker(s[found.from:found.to]) && !isReference(s[found.from:found.to]) {
			spans = append(spans, found)
		}
	}
	return r.cut(s, spans, p.kind)
}

func (r *redactor) cut(s string, spans []span, kind string) string {
	if len(spans) == 0 {
		return s
	}
	var out strings.Builder
	done := 0
	for _, at := range spans {
		out.WriteString(s[done:at.from])
		out.WriteString(r.mark(kind))
		done = at.to
	}
	out.WriteString(s[done:])
	return out.String()
}
