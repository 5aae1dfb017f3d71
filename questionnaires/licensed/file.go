package licensed

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// part is what a column says of a requirement.
type part int

const (
	noPart part = iota
	idPart
	textPart
	testingPart
	guidancePart
	parts
)

// row is one row of a file.
type row struct {
	line  int // or which item
	parts [parts]string
}

// names are what files call the parts, in small letters without what is no letter.
var names = [parts][]string{
	idPart: {
		"id", "requirementid", "requirementnumber", "reqid", "req", "number", "no", "ref", "reference", "refid", "pcidssrequirement", "control", "controlid",
		requirementName,
	},
	textPart: {
		"text", "requirementtext", "requirementdescription", "description", "definedapproach", "definedapproachrequirement",
		"definedapproachrequirements", "statement", "wording",
	},
	testingPart:  {"testing", "testingprocedure", "testingprocedures", "procedures", "procedure", "definedapproachtestingprocedures", "tests"},
	guidancePart: {"guidance", "notes", "purpose"},
}

// requirementName heads the id, or the text where another column is the id.
const requirementName = "requirement"

// partsOf finds what headings mean.
func partsOf(headings []string) []part {
	found := make([]part, len(headings))
	var have [parts]bool
	var named []int // requirement
	for i, heading := range headings {
		letters := strings.Map(func(c rune) rune {
			if c >= 'a' && c <= 'z' {
				return c
			}
			return -1
		}, strings.ToLower(heading))
		if letters == requirementName {
			named = append(named, i)
			continue
		}
		for p := idPart; p < parts; p++ {
			if slices.Contains(names[p], letters) && !have[p] {
				found[i], have[p] = p, true
			}
		}
	}
	for _, i := range named {
		for _, p := range []part{idPart, textPart} {
			if !have[p] {
				found[i], have[p] = p, true
				break
			}
		}
	}
	return found
}

// readJSON reads an object by id, or a list. Each requirement is its text, or an object
// of texts.
func readJSON(data []byte) ([]row, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	var rows []row
	first, err := decoder.Token()
	list := first == json.Delim('[')
	for err == nil && decoder.More() {
		r := row{line: len(rows) + 1}
		if !list {
			var key json.Token
			if key, err = decoder.Token(); err != nil {
				break
			}
			r.parts[idPart], _ = key.(string)
		}
		var value any
		if err = decoder.Decode(&value); err != nil {
			break
		}
		if err = r.fill(value); err != nil {
			return nil, fmt.Errorf("item %d: %w", r.line, err)
		}
		if rows = append(rows, r); len(rows) > maxRows {
			return nil, fmt.Errorf("more than %d items", maxRows)
		}
	}
	if err == nil {
		_, err = decoder.Token()
	}
	if err != nil {
		return nil, fmt.Errorf("read JSON near byte %d: %w", decoder.InputOffset(), err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return rows, nil
}

// fill takes what a value says of a requirement.
func (r *row) fill(value any) error {
	switch value := value.(type) {
	case string:
		r.parts[textPart] = value
		return nil
	case map[string]any:
		headings := slices.Sorted(maps.Keys(value))
		for i, p := range partsOf(headings) {
			text, err := textOf(value[headings[i]])
			if p == noPart {
				continue
			}
			if err != nil {
				return fmt.Errorf("%.40q: %w", headings[i], err)
			}
			if text != "" {
				r.parts[p] = text
			}
		}
		return nil
	}
	return errors.New("want a text, or an object with id and text")
}

// textOf is a text, or a list of them.
func textOf(value any) (string, error) {
	switch value := value.(type) {
	case nil:
		return "", nil
	case string:
		return value, nil
	case []any:
		var lines []string
		for _, one := range value {
			text, is := one.(string)
			if !is {
				return "", errors.New("want texts")
			}
			lines = append(lines, text)
		}
		return strings.Join(lines, "\n"), nil
	}
	return "", errors.New("want a text")
}

// readCSV reads rows with a heading that names their columns, or without one: id, text,
// testing procedures, guidance. Columns are parted by what the first line has most of.
func readCSV(data []byte) ([]row, error) {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	comma := ','
	for _, other := range []rune{';', '\t'} {
		if bytes.ContainsRune(first, other) && bytes.Count(first, []byte(string(other))) > bytes.Count(first, []byte(string(comma))) {
			comma = other
		}
	}
	reader := csv.NewReader(bytes.NewReader(data))
	reader.Comma, reader.FieldsPerRecord, reader.LazyQuotes = comma, -1, false
	var rows []row
	var order []part
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read CSV: %w", err)
		}
		line, _ := reader.FieldPos(0)
		if order == nil {
			var heading bool
			if order, heading, err = columnsOf(record); err != nil {
				return nil, fmt.Errorf("line %d: %w", line, err)
			}
			if heading {
				continue
			}
		}
		r := row{line: line}
		for i, field := range record {
			if i < len(order) && order[i] != noPart {
				r.parts[order[i]] = field
			}
		}
		if rows = append(rows, r); len(rows) > maxRows {
			return nil, fmt.Errorf("more than %d rows", maxRows)
		}
	}
}

// columnsOf finds the columns by the first row, and whether that is a heading.
func columnsOf(record []string) (order []part, heading bool, err error) {
	if id, _ := parseID(clean(record[0])); !id.IsZero() && len(record) > 1 {
		return []part{idPart, textPart, testingPart, guidancePart}, false, nil
	}
	order = partsOf(record)
	if !slices.Contains(order, idPart) || !slices.Contains(order, textPart) && !slices.Contains(order, testingPart) {
		return nil, false, errors.New("no columns of id and text: name them id, text and, where there are any, testing and guidance")
	}
	return order, true, nil
}
