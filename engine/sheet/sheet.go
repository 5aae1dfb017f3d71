// Package sheet reads and writes what people fill in as files: a scope, an answer, a
// worksheet, a questionnaire of their own. A sheet is one YAML document (JSON is one
// too) whose keys are the JSON names of the noun that it fills. It is text from
// outside: bounded, without anchors and tags, and whatever it says beyond the noun is
// an error with its line, so that nothing that was typed is dropped unread.
package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The limits of a sheet.
const (
	MaxSize  = 4 << 20 // bytes
	maxDepth = 24
)

// Error is what is wrong at a line of a sheet.
type Error struct {
	Name  string // of the file
	Line  int    // 0 where it is about the whole
	Path  string // such as thirdParties[2].aoc.date, "" for the whole
	Cause string
}

// Error says file, line, place and cause in one line.
func (e Error) Error() string {
	text := e.Name
	if e.Line > 0 {
		text = fmt.Sprintf("%s:%d", e.Name, e.Line)
	}
	if e.Path != "" {
		text += ": " + e.Path
	}
	return text + ": " + e.Cause
}

// Errors is all that is wrong with a sheet, in the order of its lines.
type Errors []Error

// Error says the first of them, and how many follow.
func (e Errors) Error() string {
	switch len(e) {
	case 0:
		return "nothing is wrong"
	case 1:
		return e[0].Error()
	}
	return fmt.Sprintf("%s (and %d more)", e[0], len(e)-1)
}

// Lines knows at which line of its file each place of a sheet stands.
type Lines struct {
	name string
	at   map[string]int
}

// Line returns the line of a place, such as sections[1].questions[0].id, or of the
// nearest one around it; 0 is none.
func (l Lines) Line(path string) int {
	for {
		if line, known := l.at[path]; known {
			return line
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			return l.at[""]
		}
		path = path[:i]
	}
}

// Error returns what is wrong at a place.
func (l Lines) Error(path, cause string) Error {
	return Error{Name: l.name, Line: l.Line(path), Path: path, Cause: cause}
}

// Read fills a noun, given by pointer, with a sheet. What the sheet does not name
// keeps its value. All that is wrong is returned as Errors, and the noun is then not
// to be used.
func Read(name string, text []byte, into any) (Lines, error) {
	l := Lines{name: name, at: map[string]int{}}
	root, err := document(text)
	if err != nil {
		line, cause := lineOf(err)
		return l, Errors{{Name: name, Line: line, Cause: cause}}
	}
	if root == nil {
		return l, nil
	}
	r := reader{lines: l}
	r.fill(root, "", into)
	if len(r.errs) > 0 {
		return l, r.errs
	}
	return l, nil
}

// document parses the one document of a file; nil is an empty one.
func document(text []byte) (*yaml.Node, error) {
	if len(text) > MaxSize {
		return nil, fmt.Errorf("larger than %d MiB", MaxSize>>20)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var root yaml.Node
	switch err := decoder.Decode(&root); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, oneLine(err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one document")
	}
	return root.Content[0], nil
}

// lineOf takes the line out of what yaml says, 0 where it says none.
func lineOf(err error) (int, string) {
	number, cause, found := strings.Cut(strings.TrimPrefix(err.Error(), "line "), ": ")
	line, bad := strconv.Atoi(number)
	if !found || bad != nil {
		return 0, err.Error()
	}
	return line, cause
}

// oneLine says in one line what yaml says in several, and what it quotes of the file.
func oneLine(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	return errors.New(strings.Join(strings.Fields(text), " "))
}
