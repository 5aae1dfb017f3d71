package kube

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Bounds of one YAML document. A node of the parser costs some 200 bytes, so that
// the largest document allowed stays below 150 MiB while it is read.
const (
	maxMarks   = 500_000 // characters that may start a node: line ends, colons, commas, brackets
	maxAliased = 50_000  // values that come from aliases
)

var (
	errTooManyNodes = errors.New("a document of more than 500,000 values")
	errAliases      = errors.New("its aliases stand for more than 50,000 values")
	errTemplate     = errors.New("a template and no YAML: render it first")
)

// chunk is one document of a YAML stream: its bytes and its first line, from 1.
type chunk struct {
	text []byte
	line int
	last bool // of its file, and without an end of its own
}

// chunks splits a stream at the lines that start a document, so that one broken
// document does not hide the others.
func chunks(text []byte) []chunk {
	var all []chunk
	start, startLine, line := 0, 1, 1
	for at := 0; at < len(text); {
		end := len(text)
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		if at > start && startsDocument(text[at:end]) && !onlyDirectives(text[start:at]) {
			all = append(all, chunk{text: text[start:at], line: startLine})
			start, startLine = at, line
		}
		at = end
		line++
	}
	return append(all, chunk{text: text[start:], line: startLine})
}

func startsDocument(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("---"))
	return ok && (len(rest) == 0 || rest[0] == '\n' || rest[0] == '\r' || rest[0] == ' ' || rest[0] == '\t')
}

// onlyDirectives reports whether text is nothing but comments, blank lines and at
// least one %YAML or %TAG line, which belong to the document that follows.
func onlyDirectives(text []byte) bool {
	if bytes.IndexByte(text, '%') < 0 {
		return false
	}
	seen := false
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		switch {
		case len(line) == 0 || line[0] == '#':
		case line[0] == '%':
			seen = true
		default:
			return false
		}
	}
	return seen
}

// nodes parses one chunk. It returns more than one node only where documents end
// with "..." lines.
func nodes(text []byte) (all []*yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil { // the parser is not trusted with hostile text
			all, err = nil, errors.New("the YAML parser gave up on it")
		}
	}()
	marks := 0
	for _, c := range text {
		switch c {
		case '\n', ',', '[', '{', ':', '-', '?':
			marks++
		}
	}
	if marks > maxMarks {
		return nil, errTooManyNodes
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		node := &yaml.Node{}
		err := decoder.Decode(node)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, asTemplate(text, err)
		}
		if node.Kind == yaml.DocumentNode && len(node.Content) == 1 {
			all = append(all, node.Content[0])
		}
	}
}

// asTemplate says so where what cannot be read looks like a template.
func asTemplate(text []byte, err error) error {
	if bytes.Contains(text, []byte("{{")) {
		return fmt.Errorf("%w (%w)", errTemplate, err)
	}
	return err
}

// reader turns nodes into the values that JSON has, as kubectl understands them:
// YAML 1.1's yes and no are booleans, and keys are strings.
type reader struct {
	aliased int // values made from aliases so far
	inside  int // aliases that are being followed
}

func (r *reader) value(n *yaml.Node, depth int) (any, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("line %d: nested deeper than %d", n.Line, maxNesting)
	}
	if r.inside > 0 {
		if r.aliased++; r.aliased > maxAliased {
			return nil, errAliases
		}
	}
	switch n.Kind {
	case yaml.AliasNode:
		r.inside++
		defer func() { r.inside-- }()
		return r.value(n.Alias, depth+1)
	case yaml.MappingNode:
		return r.mapping(n, depth)
	case yaml.SequenceNode:
		items := make([]any, len(n.Content))
		for i, item := range n.Content {
			v, err := r.value(item, depth+1)
			if err != nil {
				return nil, err
			}
			items[i] = v
		}
		return items, nil
	case yaml.ScalarNode:
		return scalar(n)
	case yaml.DocumentNode:
	}
	return nil, fmt.Errorf("line %d: neither a value nor a collection", n.Line)
}

func (r *reader) mapping(n *yaml.Node, depth int) (any, error) {
	m := make(map[string]any, len(n.Content)/2)
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, member := n.Content[i], n.Content[i+1]
		if key.Tag == "!!merge" {
			merged = append(merged, member)
			continue
		}
		name, err := keyOf(key)
		if err != nil {
			return nil, err
		}
		if _, twice := m[name]; twice {
			return nil, fmt.Errorf("line %d: a key stands twice", key.Line)
		}
		if m[name], err = r.value(member, depth+1); err != nil {
			return nil, err
		}
	}
	for _, source := range merged {
		if err := r.merge(m, source, depth+1); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// merge takes in what `<<` names; what stands in m already wins.
func (r *reader) merge(m map[string]any, source *yaml.Node, depth int) error {
	v, err := r.value(source, depth)
	if err != nil {
		return err
	}
	sources, many := v.([]any)
	if !many {
		sources = []any{v}
	}
	for _, s := range sources {
		from, ok := s.(map[string]any)
		if !ok {
			return fmt.Errorf("line %d: a merge of what is no mapping", source.Line)
		}
		for name, member := range from {
			if _, own := m[name]; !own {
				m[name] = member
			}
		}
	}
	return nil
}

func keyOf(n *yaml.Node) (string, error) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.ScalarNode {
		return "", fmt.Errorf("line %d: a key that is no text", n.Line)
	}
	if _, former := formerBoolean(n); n.ShortTag() == "!!str" && !former {
		return n.Value, nil // as nearly all of them
	}
	v, err := scalar(n)
	if err != nil {
		return "", err
	}
	switch v := v.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	}
	return "", fmt.Errorf("line %d: a key that is no text", n.Line)
}

const quotedStyle = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

func scalar(n *yaml.Node) (any, error) {
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		return oneOf(n.Value, "y", "yes", "true", "on"), nil
	case "!!int":
		return integer(n)
	case "!!float":
		f, err := strconv.ParseFloat(strings.ReplaceAll(n.Value, "_", ""), 64)
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			return nil, fmt.Errorf("line %d: a number that JSON cannot hold", n.Line)
		}
		return f, nil
	case "!!binary":
		b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.Value), ""))
		if err != nil {
			return nil, fmt.Errorf("line %d: binary data that is no base64", n.Line)
		}
		return strings.ToValidUTF8(string(b), "\uFFFD"), nil
	case "!!str":
		if b, is := formerBoolean(n); is {
			return b, nil
		}
	}
	return n.Value, nil
}

// formerBoolean is what a text without quotes says in a spelling that YAML 1.1 took for
// a boolean: not yEs.
func formerBoolean(n *yaml.Node) (value, is bool) {
	if len(n.Value) > 3 || n.Style&(quotedStyle|yaml.TaggedStyle) != 0 {
		return false, false
	}
	switch n.Value {
	case "yes", "Yes", "YES", "on", "On", "ON", "y", "Y":
		return true, true
	case "no", "No", "NO", "off", "Off", "OFF", "n", "N":
		return false, true
	}
	return false, false
}

func oneOf(s string, words ...string) bool {
	for _, word := range words {
		if strings.EqualFold(s, word) {
			return true
		}
	}
	return false
}

func integer(n *yaml.Node) (any, error) {
	digits := strings.ReplaceAll(n.Value, "_", "")
	if i, err := strconv.ParseInt(digits, 0, 64); err == nil {
		return i, nil
	}
	if u, err := strconv.ParseUint(digits, 0, 64); err == nil {
		return json.Number(strconv.FormatUint(u, 10)), nil
	}
	if f, err := strconv.ParseFloat(digits, 64); err == nil && !math.IsInf(f, 0) {
		return f, nil
	}
	return nil, fmt.Errorf("line %d: a number that JSON cannot hold", n.Line)
}
