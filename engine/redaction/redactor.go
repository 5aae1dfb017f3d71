package redaction

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"tickmark/engine"
)

// Version is the version of the redaction rules of this package. It is
// in every snapshot: across two versions a difference is no change.
const Version = "8"

// What was redacted, as it stands in `[redacted:KIND]` and in Snapshot.Redacted.
const (
	secretValue = "secret-value" // a value of a Secret
	namedSecret = "named-secret" // a value whose name says that it is a secret
	binaryData  = "binary-data"  // binary data of a ConfigMap
	urlPassword = "url-password"
)

// CardNumber is what stands in the mark of a redacted card number.
const CardNumber = "card-number"

// Mark begins what stands in the place of a secret: `[redacted:KIND]`.
const Mark = "[redacted:"

// LastApplied is the annotation in which kubectl keeps an object whole, Secrets
// included. It is never kept.
const LastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// maxRedactTurns bounds how often a text is read again.
const maxRedactTurns = 4

// Redactor redacts and counts what it redacted. It belongs to one collection.
type Redactor struct {
	Counts map[string]int
	marks  int // made so far
	inside int // how many encodings stand around what is read
	plain  recent[text, struct{}]
	keyed  recent[string, keyword]
}

func New() *Redactor { return &Redactor{Counts: map[string]int{}} }

// Marks returns how often something was redacted so far.
func (r *Redactor) Marks() int { return r.marks }

func (r *Redactor) mark(kind string) string {
	r.Counts[kind]++
	r.marks++
	return Mark + kind + "]"
}

// isMarker reports whether v is nothing but a mark of redaction.
func isMarker(v string) bool {
	return strings.HasPrefix(v, Mark) && strings.IndexByte(v, ']') == len(v)-1
}

// Object redacts a decoded object in place.
func (r *Redactor) Object(tree map[string]any, of engine.Kind) {
	switch {
	case strings.EqualFold(of.Kind, "Secret"): // in any group: a misspelt Secret holds secrets too
		r.secret(tree)
	case of == engine.Kind{Kind: "ConfigMap"}:
		r.all(tree["binaryData"], binaryData)
		r.membersNamed(tree["data"], NamesSecret)
	}
	r.walk(tree, runningText)
}

// secret redacts the values of a Secret, whatever their form.
func (r *Redactor) secret(tree map[string]any) {
	for _, field := range []string{"data", "stringData"} {
		switch values := tree[field].(type) {
		case nil:
		case map[string]any:
			for key, value := range values {
				if value != Mark+secretValue+"]" {
					values[key] = r.mark(secretValue)
				}
			}
		default:
			if values != any(Mark+secretValue+"]") {
				tree[field] = r.mark(secretValue)
			}
		}
	}
}

// all replaces every value of a map, whatever it is.
func (r *Redactor) all(values any, kind string) {
	m, _ := values.(map[string]any)
	for key, value := range m {
		if s, ok := value.(string); !ok || !isMarker(s) {
			m[key] = r.mark(kind)
		}
	}
}

// membersNamed redacts the values of a map whose keys say that they are secrets.
func (r *Redactor) membersNamed(values any, says func(string) bool) {
	m, _ := values.(map[string]any)
	for key, value := range m {
		if s, ok := value.(string); ok && says(key) && !holdsNothingUnder(key, s) {
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
	settings                   // running text that people fill in: what looks random there is a secret
)

// readingOf tells from a key how what stands below it is read.
func readingOf(key string, outer reading) reading {
	switch key {
	case "args", "command":
		return listOfWords
	case "annotations":
		return annotated
	case "data", "stringData", "env", "httpHeaders":
		return settings
	}
	return outer
}

func (r *Redactor) walk(v any, how reading) any {
	switch v := v.(type) {
	case string:
		if redacted, changed := r.value(v, how); changed {
			return redacted
		}
	case int64:
		return r.number(v, strconv.FormatInt(v, 10))
	case json.Number:
		return r.number(v, string(v))
	case float64:
		return r.number(v, strconv.FormatFloat(v, 'f', -1, 64))
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

func (r *Redactor) members(m map[string]any, how reading) {
	if kind, ok := m["kind"].(string); ok && strings.EqualFold(kind, "Secret") {
		r.secret(m) // that another object holds, such as a Template
	}
	if name, ok := m["name"].(string); ok {
		if value, ok := m["value"].(string); ok && (r.keyword(name).names || strings.EqualFold(name, "Authorization")) && !holdsNothingUnder(name, value) {
			m["value"] = r.mark(namedSecret)
		}
	}
	if r.holdsFile(m) {
		m["content"] = r.mark(namedSecret)
	}
	r.commandLine(m)
	var marked []string
	for key, member := range m {
		if key == LastApplied {
			delete(m, key)
			continue
		}
		says := r.keyword(key)
		if says.marked {
			marked = append(marked, key)
		}
		if key == "annotations" {
			r.membersNamed(member, annotatesSecret)
		}
		if how != annotated && (says.secret || says.quotes && repeats(m, key) || opensKeys(key, member)) && r.hides(key, member) {
			m[key] = r.mark(namedSecret)
			continue
		}
		if how != annotated && says.secret {
			r.held(key, member)
		}
		switch member := member.(type) {
		case string:
			if redacted, changed := r.value(member, readingOf(key, how)); changed {
				m[key] = redacted
			}
		case map[string]any, []any:
			r.walk(member, readingOf(key, how)) // in its place
		default:
			m[key] = r.walk(member, how)
		}
	}
	r.keys(m, marked)
}

// value redacts a string of an object.
func (r *Redactor) value(s string, how reading) (redacted string, changed bool) {
	found, before := text{s, how != runningText}, r.marks
	if _, known := r.plain.get(found); known {
		return s, false
	}
	redacted = r.Text(r.embedded(s))
	if found.random {
		redacted = r.random(redacted)
	}
	if changed = redacted != s; !changed && before == r.marks && len(s) <= maxRecent {
		r.plain.put(found, struct{}{})
	}
	return redacted, changed
}

// hides reports whether what is named as a secret holds one: a text, or digits.
func (r *Redactor) hides(name string, value any) bool {
	switch v := value.(type) {
	case string:
		return !holdsNothingUnder(name, v)
	case int64:
		return !holdsNothingUnder(name, strconv.FormatInt(v, 10))
	case json.Number:
		return !holdsNothingUnder(name, string(v))
	case float64:
		return !holdsNothingUnder(name, strconv.FormatFloat(v, 'f', -1, 64))
	}
	return false
}

// held redacts what a list or a map under the name of a secret holds: texts, but for the names
// of Secrets, and the value that stands beside where it may come from else.
func (r *Redactor) held(name string, member any) {
	switch v := member.(type) {
	case []any:
		for i, item := range v {
			if annotatesSecret(name) && r.hides(name, item) {
				v[i] = r.mark(namedSecret)
			}
		}
	case map[string]any:
		if value, is := v["value"]; is && r.hides(name, value) {
			v["value"] = r.mark(namedSecret)
		}
	}
}

// keys redacts the keys of a map that hold a secret or a card number; where two keys become one, the
// smaller one's value stays.
func (r *Redactor) keys(m map[string]any, marked []string) {
	slices.Sort(marked)
	for i, key := range marked {
		value := m[key]
		delete(m, key)
		to := r.Text(key)
		if i > 0 {
			to += " " + strconv.Itoa(i+1)
		}
		m[to] = value
	}
}

// number redacts a number that is a card number.
func (r *Redactor) number(v any, digits string) any {
	if strings.ContainsAny(digits, "eE") {
		if f, err := strconv.ParseFloat(digits, 64); err == nil {
			digits = strconv.FormatFloat(f, 'f', -1, 64)
		}
	}
	whole, _, _ := strings.Cut(digits, ".")
	if len(whole) >= minCard && len(whole) <= maxCard && len(Cards(whole)) > 0 {
		return r.mark(CardNumber)
	}
	return v
}

// Text redacts running text. It repeats until nothing changes, because what is
// redacted may complete the look of something else.
func (r *Redactor) Text(s string) string {
	for range maxRedactTurns {
		seen := look(s)
		if seen.nothing() {
			break
		}
		next := r.named(s, &seen)
		if next != s {
			seen = look(next)
		}
		if next = r.patternsIn(next, &seen); next == s {
			break
		}
		s = next
	}
	return s
}

// Looks redacts what is known by its looks, and leaves names and values alone.
func (r *Redactor) Looks(s string) string {
	for range maxRedactTurns {
		seen := look(s)
		next := r.patternsIn(s, &seen)
		if next == s {
			break
		}
		s = next
	}
	return s
}

func (r *Redactor) patternsIn(s string, seen *sight) string {
	if len(s) < 12 {
		return s
	}
	tables := [4][]pattern{patterns}
	if seen.stretch {
		tables[1] = vendors
		s = r.encoded(s)
	}
	if seen.blank {
		tables[2], tables[3] = worded, commands
	}
	if seen.marks != [marksWords]uint64{} {
		for _, known := range tables {
			for i := range known {
				if seen.has(&known[i]) {
					s = r.replace(s, &known[i])
				}
			}
		}
	}
	if !seen.digits {
		return s
	}
	for cards := Cards(s); len(cards) > 0; cards = Cards(s) {
		s = r.cut(s, withTrack(s, cards), CardNumber)
	}
	return s
}

func (r *Redactor) replace(s string, p *pattern) string {
	var spans []Span
	for _, at := range p.find(s) {
		found := Span{at[2*p.replaces], at[2*p.replaces+1]}
		text := s[found.From:found.To]
		begun := strings.HasPrefix(text, "$(") && strings.HasPrefix(s[found.To:], " ") // what it is made of is read by itself
		if !begun && !isMarker(text) && !isReference(text) && !(p.kind == urlPassword && isPort(text)) {
			spans = append(spans, found)
		}
	}
	return r.cut(s, spans, p.kind)
}

// isPort reports whether what looks like the password of a URL is a port and a path.
func isPort(s string) bool {
	port, _, path := strings.Cut(s, "/")
	_, err := strconv.ParseUint(port, 10, 16)
	return path && err == nil
}

// withCards widens what goes by the card numbers of which it is a part: nobody would know the rest
// for one.
func withCards(s string, spans []Span) []Span {
	cards := Cards(s)
	if len(cards) == 0 {
		return spans
	}
	var whole []Span
	for _, at := range spans {
		for _, card := range cards {
			if card.From < at.To && at.From < card.To {
				at = Span{min(at.From, card.From), max(at.To, card.To)}
			}
		}
		if last := len(whole) - 1; last >= 0 && at.From < whole[last].To {
			whole[last].To = max(whole[last].To, at.To)
			continue
		}
		whole = append(whole, at)
	}
	return whole
}

func (r *Redactor) cut(s string, spans []Span, kind string) string {
	if len(spans) == 0 {
		return s
	}
	if kind != CardNumber {
		spans = withCards(s, spans)
	}
	var out strings.Builder
	done := 0
	for _, at := range spans {
		out.WriteString(s[done:at.From])
		out.WriteString(r.mark(kind))
		done = at.To
	}
	out.WriteString(s[done:])
	return out.String()
}
