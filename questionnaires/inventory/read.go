package inventory

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"tickmark/questionnaires"
)

// maxLine bounds one line, or one row of a table, in bytes.
const maxLine = 1 << 20

// mark is what some programs begin a file of UTF-8 with.
const mark = "\ufeff"

// Read reads the list of an inventory. By names the column that a sample is spread over,
// or none.
func Read(r io.Reader, source questionnaires.Inventory, by string) (questionnaires.PopulationList, error) {
	list, err := read(r, source, by)
	if err != nil {
		return list, fmt.Errorf("read inventory: %w", err)
	}
	return list, nil
}

func read(r io.Reader, source questionnaires.Inventory, by string) (questionnaires.PopulationList, error) {
	in := bufio.NewReader(r)
	if begin, err := in.Peek(len(mark)); err == nil && string(begin) == mark {
		_, _ = in.Discard(len(mark))
	}
	var lister questionnaires.PopulationLister
	var err error
	switch source.Format {
	case questionnaires.TextInventory:
		if source.Column != "" || by != "" {
			return questionnaires.PopulationList{}, errors.New("it is a plain list: it has no columns")
		}
		err = lines(in, func(line int, text []byte) error {
			return lister.Add(questionnaires.PopulationItem{Key: strings.TrimSpace(string(text)), Line: line})
		})
	case questionnaires.ObjectInventory:
		err = objects(in, source.Column, by, &lister)
	case questionnaires.TableInventory:
		err = table(in, source.Column, by, &lister)
	}
	if err != nil {
		return questionnaires.PopulationList{}, err
	}
	return lister.List()
}

// lines hands on the lines of a text. What is empty after the last one is none.
func lines(in io.Reader, take func(line int, text []byte) error) error {
	s := bufio.NewScanner(in)
	s.Buffer(nil, maxLine)
	number, empty := 0, 0
	for s.Scan() {
		number++
		text := s.Bytes()
		switch {
		case len(bytes.TrimSpace(text)) == 0:
			if empty == 0 {
				empty = number
			}
			continue
		case empty > 0:
			return fmt.Errorf("line %d is empty: each item of a population is named", empty)
		case !utf8.Valid(text):
			return fmt.Errorf("line %d is not UTF-8", number)
		}
		if err := take(number, text); err != nil {
			return err
		}
	}
	if errors.Is(s.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("line %d has more than %d bytes", number+1, maxLine)
	}
	return s.Err()
}

// objects reads a JSON object a line.
func objects(in io.Reader, column, by string, lister *questionnaires.PopulationLister) error {
	if column == "" {
		return errors.New("it lists objects: name the field that tells an item (--column)")
	}
	return lines(in, func(line int, text []byte) error {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(text, &object); err != nil {
			return fmt.Errorf("line %d is no JSON object: one object a line is wanted", line)
		}
		key, err := scalar(object, column)
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		item := questionnaires.PopulationItem{Key: key, Line: line}
		if by != "" {
			if item.Stratum, err = scalar(object, by); err != nil {
				return fmt.Errorf("line %d: %w", line, err)
			}
		}
		return lister.Add(item)
	})
}

// scalar is the text of a field, "" where it is not there.
func scalar(object map[string]json.RawMessage, name string) (string, error) {
	raw, is := object[name]
	if !is || string(raw) == "null" {
		return "", nil
	}
	switch raw[0] {
	case '"':
		var text string
		err := json.Unmarshal(raw, &text)
		return strings.TrimSpace(text), err
	case '{', '[':
		return "", fmt.Errorf("%q is no text or number", name)
	}
	return string(raw), nil
}

// table reads rows of columns, which the first line names.
func table(in *bufio.Reader, column, by string, lister *questionnaires.PopulationLister) error {
	first, _ := in.Peek(4096)
	guard := &guarded{r: in, left: maxLine}
	rows := csv.NewReader(guard)
	rows.Comma, rows.ReuseRecord = delimiter(first), true
	header, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return errors.New("it is empty")
	}
	if err != nil {
		return err
	}
	names := slices.Clone(header)
	at, err := columnOf(names, column, "that names an item (--column)")
	if err != nil {
		return err
	}
	spread := -1
	if by != "" {
		if spread, err = columnOf(names, by, "to spread over"); err != nil {
			return err
		}
	}
	for {
		guard.left = maxLine
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		line, _ := rows.FieldPos(at)
		item := questionnaires.PopulationItem{Key: strings.Clone(strings.TrimSpace(row[at])), Line: line}
		if spread >= 0 {
			item.Stratum = strings.Clone(strings.TrimSpace(row[spread]))
		}
		if err := lister.Add(item); err != nil {
			return err
		}
	}
}

// delimiter is what stands between the columns of the first line: whichever of the usual
// ones is there most.
func delimiter(first []byte) rune {
	line, _, _ := bytes.Cut(first, []byte("\n"))
	best, most := ',', 0
	for _, c := range []rune{',', ';', '\t'} {
		if n := bytes.Count(line, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

// columnOf finds a column by its name. A table of one column needs none.
func columnOf(names []string, wanted, what string) (int, error) {
	if wanted == "" && len(names) == 1 {
		return 0, nil
	}
	found := -1
	for i, name := range names {
		if strings.EqualFold(strings.TrimSpace(name), strings.TrimSpace(wanted)) {
			if found >= 0 {
				return 0, fmt.Errorf("two columns are called %.60q", wanted)
			}
			found = i
		}
	}
	if found < 0 || wanted == "" {
		return 0, fmt.Errorf("name the column %s: it has %.500s", what, strings.Join(names, ", "))
	}
	return found, nil
}

// guarded reads so much, until it may read on: a quote that is never closed does not
// fill the memory.
type guarded struct {
	r    io.Reader
	left int
}

// Read follows io.Reader.
func (g *guarded) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, fmt.Errorf("a row has more than %d bytes: is a quote never closed?", maxLine)
	}
	n, err := g.r.Read(p[:min(len(p), g.left)])
	g.left -= n
	return n, err
}
