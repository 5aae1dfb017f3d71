package pci

import (
	"errors"
	"fmt"

	"tickmark/engine/sheet"
	"tickmark/questionnaires"
)

// itemError adds file and line of an item of a list to what is wrong with it.
func itemError(l sheet.Lines, list string, item int, err error) error {
	return l.Error(fmt.Sprintf("%s[%d]", list, item), err.Error())
}

// wordsError adds file and line to an error that says which item of a list it is
// about.
func wordsError(l sheet.Lines, err error) error {
	var words questionnaires.WordsError
	if errors.As(err, &words) {
		return itemError(l, words.List, words.Item, err)
	}
	return err
}

// readAll reads each of the texts.
func readAll[T any](texts []string, read func(string) (T, error)) ([]T, error) {
	var all []T
	for _, text := range texts {
		value, err := read(text)
		if err != nil {
			return nil, err
		}
		all = append(all, value)
	}
	return all, nil
}
