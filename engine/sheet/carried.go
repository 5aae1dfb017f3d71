package sheet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Carried are the sheets that a program carries, by their paths, as the JSON that Carry
// writes: what stands in YAML for people to write takes ten times as long to read, at each
// start. It is the folder that they came of, and cannot be walked through.
type Carried map[string]json.RawMessage

// Unpack reads what Carry wrote.
func Unpack(text []byte) (Carried, error) {
	var c Carried
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, fmt.Errorf("read carried sheets: %w", err)
	}
	return c, nil
}

// Open finds nothing: the sheets are read whole.
func (c Carried) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// ReadFile returns a sheet, which begins with a brace.
func (c Carried) ReadFile(name string) ([]byte, error) {
	text, there := c[name]
	if !there {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return text, nil
}

// Glob returns the paths that a pattern matches, in order.
func (c Carried) Glob(pattern string) ([]string, error) {
	var names []string
	for name := range c {
		is, err := path.Match(pattern, name)
		if err != nil {
			return nil, err
		}
		if is {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// ReadOwn is Read for the sheets of the program itself, in YAML or as they are carried.
func ReadOwn(name string, text []byte, into any) (Lines, error) {
	if !bytes.HasPrefix(text, []byte("{")) {
		return Read(name, text, into)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return Lines{}, fmt.Errorf("%s: %w", name, err)
	}
	return Lines{name: name}, nil
}

// Carry writes the sheets of a folder that a pattern matches as one JSON text, in which
// every word is as it was written.
func Carry(folder fs.FS, pattern string) ([]byte, error) {
	names, err := fs.Glob(folder, pattern)
	if err != nil {
		return nil, fmt.Errorf("carry %s: %w", pattern, err)
	}
	sheets := map[string]any{}
	for _, name := range names {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, fmt.Errorf("carry sheets: %w", err)
		}
		root, err := document(text)
		if err != nil || root == nil {
			return nil, fmt.Errorf("carry %s: it is no sheet: %w", name, err)
		}
		if sheets[name], err = carried(root); err != nil {
			return nil, fmt.Errorf("carry %s: %w", name, err)
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	err = encoder.Encode(sheets)
	return out.Bytes(), err
}

// carried is a node as JSON has it.
func carried(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.MappingNode:
		object := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := n.Content[i].Value
			if _, twice := object[name]; twice {
				return nil, fmt.Errorf("line %d: %q stands twice", n.Content[i].Line, name)
			}
			v, err := carried(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			object[name] = v
		}
		return object, nil
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			v, err := carried(item)
			if err != nil {
				return nil, err
			}
			list[i] = v
		}
		return list, nil
	case yaml.ScalarNode:
		switch n.Tag {
		case "!!null":
			return nil, nil
		case "!!bool":
			return n.Value == "true" || n.Value == "yes", nil
		case "!!int":
			return json.Number(n.Value), nil
		}
		return n.Value, nil
	default:
		return nil, fmt.Errorf("line %d: anchors and aliases are not read", n.Line)
	}
}
