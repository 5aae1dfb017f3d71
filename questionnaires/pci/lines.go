package pci

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"tickmark/questionnaires"
)

// lines knows where in its file each item of a list stands.
type lines struct{ root yaml.Node }

// decode reads the one document of a file. Unknown and repeated keys are errors, and
// each error names its line.
func decode(data []byte, into any) (lines, error) {
	var l lines
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return l, oneLine(err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return l, errors.New("more than one document")
	}
	if err := yaml.Unmarshal(data, &l.root); err != nil {
		return l, oneLine(err)
	}
	return l, nil
}

// oneLine says in one line what yaml says in several, and what it quotes of the file.
func oneLine(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	var several *yaml.TypeError
	if errors.As(err, &several) {
		text = strings.Join(several.Errors, "; ")
	}
	return errors.New(strings.Join(strings.Fields(text), " "))
}

// at adds the line of an item to an error about it.
func (l lines) at(list string, item int, err error) error {
	if err == nil || len(l.root.Content) == 0 {
		return err
	}
	top := l.root.Content[0].Content
	for i := 0; i+1 < len(top); i += 2 {
		if top[i].Value == list && item < len(top[i+1].Content) {
			return fmt.Errorf("line %d: %w", top[i+1].Content[item].Line, err)
		}
	}
	return err
}

// of adds its line to an error that says which item of a list it is about.
func (l lines) of(err error) error {
	var words questionnaires.WordsError
	if errors.As(err, &words) {
		return l.at(words.List, words.Item, err)
	}
	return err
}
