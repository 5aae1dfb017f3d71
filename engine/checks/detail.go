package checks

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tickmark/engine"
)

// finding is what a check says of one place of a subject, before the subject
// itself is filled in.
type finding struct {
	verdict  engine.Verdict
	sentence string
	field    string // relative to the document, "" for the whole of it
	value    any    // what stands at field; nil where nothing does
}

func passes(field string, value any, format string, args ...any) finding {
	return finding{engine.Pass, sentence(format, args), field, value}
}

func fails(field string, value any, format string, args ...any) finding {
	return finding{engine.Fail, sentence(format, args), field, value}
}

func unknown(field string, value any, format string, args ...any) finding {
	return finding{engine.Unknown, sentence(format, args), field, value}
}

func notApplicable(field string, value any, format string, args ...any) finding {
	return finding{engine.NotApplicable, sentence(format, args), field, value}
}

// sentence is a format with its arguments in it. Most have none.
func sentence(format string, args []any) string {
	if len(args) == 0 && !strings.Contains(format, "%") {
		return format
	}
	if said, plain := filled(format, args); plain {
		return said
	}
	return fmt.Sprintf(format, args...)
}

// filled is fmt.Sprintf for what most sentences are made of: texts and whole numbers.
func filled(format string, args []any) (string, bool) {
	var room [160]byte
	said := room[:0]
	for {
		text, rest, more := strings.Cut(format, "%")
		if said = append(said, text...); !more {
			return string(said), len(args) == 0
		}
		if len(rest) == 0 || len(args) == 0 {
			return "", false
		}
		switch arg := args[0].(type) {
		case string:
			if rest[0] != 's' {
				return "", false
			}
			said = append(said, arg...)
		case int:
			if rest[0] != 'd' {
				return "", false
			}
			said = strconv.AppendInt(said, int64(arg), 10)
		default:
			return "", false
		}
		format, args = rest[1:], args[1:]
	}
}

// of makes the detail of a subject from f.
func (f finding) of(subject engine.Ref, cites ...engine.Digest) engine.Detail {
	proof := make([]engine.Digest, 0, len(cites)) // and not the list of the arguments, which need not outlive the call
	for _, c := range cites {
		if !c.IsZero() {
			proof = append(proof, c)
		}
	}
	return engine.Detail{
		Subject: subject, Verdict: f.verdict, Sentence: f.sentence, Field: f.field, Value: rawValue(f.value), Cites: proof,
	}
}

// on makes the detail of an object, which it cites.
func (f finding) on(o *engine.Object) engine.Detail {
	return engine.Detail{
		Subject: o.Ref, Verdict: f.verdict, Sentence: f.sentence, Field: f.field, Value: rawValue(f.value), Cites: o.Cited(),
	}
}

// rawValue is the canonical JSON of v, nil for nil. What cannot be written as
// JSON is left out: the cited document has it.
func rawValue(v any) json.RawMessage {
	switch v := v.(type) {
	case nil:
		return nil
	case bool:
		if v {
			return rawTrue
		}
		return rawFalse
	case json.RawMessage:
		return v
	}
	raw, err := engine.Canonical(v)
	if err != nil || string(raw) == "null" {
		return nil
	}
	return raw
}

// What stands in thousands of details, in memory once. It is never changed.
var rawTrue, rawFalse = json.RawMessage("true"), json.RawMessage("false")

// sawAll reports whether all objects of these kinds were seen.
func sawAll(v *engine.View, kinds []engine.Kind) bool {
	return !slices.ContainsFunc(kinds, func(k engine.Kind) bool { return !v.Saw(k) })
}

// hidden says of kinds that a check judges where they are there which could not all be
// seen; one that the cluster does not know hides nothing.
func hidden(v *engine.View, kinds ...engine.Kind) []engine.Detail {
	var details []engine.Detail
	for _, k := range kinds {
		if v.Hidden(k) {
			details = append(details, unknown("", nil, "What may be a %s could not be seen: see the gaps of this collection", k).of(engine.Ref{Group: k.Group, Kind: k.Kind}))
		}
	}
	return details
}

// list joins names for a sentence; after the first few it counts.
func list(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// count returns "1 pod" or "2 pods".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
