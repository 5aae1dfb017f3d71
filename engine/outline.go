package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// OutlineLine is one line of a document that is laid out for reading. Its text is as it
// is in the document: whoever shows it makes it safe.
type OutlineLine struct {
	Text  string
	Depth int    // how far it stands in
	Path  string // of the value that stands on it, as Detail.Field has it
	End   int    // the line that closes what it opens, itself if it opens nothing
	Size  int    // members of what it opens
}

// Outline lays JSON out, a member a line, keys sorted.
func Outline(body []byte) ([]OutlineLine, error) {
	value, err := DecodeJSON(body)
	if err != nil {
		return nil, err
	}
	var o outline
	o.lay("", "", value, 0, "")
	return o, nil
}

type outline []OutlineLine

// lay appends the lines of a value.
func (o *outline) lay(path, head string, value any, depth int, tail string) {
	at := len(*o)
	open := func(bracket string, size int) {
		*o = append(*o, OutlineLine{Text: head + bracket, Depth: depth, Path: path, End: at, Size: size})
	}
	shut := func(bracket string) {
		(*o)[at].End = len(*o)
		*o = append(*o, OutlineLine{Text: bracket + tail, Depth: depth, Path: path, End: len(*o)})
	}
	switch v := value.(type) {
	case map[string]any:
		if len(v) == 0 {
			open("{}"+tail, 0)
			return
		}
		open("{", len(v))
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for i, key := range keys {
			name, _ := json.Marshal(key) // a string always has a form
			o.lay(strings.TrimPrefix(path+"."+key, "."), string(name)+": ", v[key], depth+1, comma(i, len(keys)))
		}
		shut("}")
	case []any:
		if len(v) == 0 {
			open("[]"+tail, 0)
			return
		}
		open("[", len(v))
		for i, member := range v {
			o.lay(fmt.Sprintf("%s[%d]", path, i), "", member, depth+1, comma(i, len(v)))
		}
		shut("]")
	default:
		text, err := AppendCanonical(nil, v)
		if err != nil {
			text = []byte(err.Error())
		}
		open(string(text)+tail, 0)
	}
}

func comma(i, n int) string {
	if i < n-1 {
		return ","
	}
	return ""
}

// FieldLine is the line of the field that a detail speaks of, or of the nearest that is
// there: a field that is missing is proven by what it is missing in. It is -1 where
// nothing of it is there; exact says that it is the field itself.
func FieldLine(lines []OutlineLine, field string) (at int, exact bool) {
	for path := field; path != ""; path = path[:max(strings.LastIndexAny(path, ".["), 0)] {
		if i := slices.IndexFunc(lines, func(l OutlineLine) bool { return l.Path == path }); i >= 0 {
			return i, path == field
		}
	}
	return -1, false
}
