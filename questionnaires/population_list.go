package questionnaires

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"

	"tickmark/engine"
)

// Bounds of a population: its items, and their keys together, in bytes.
const (
	maxPopulation     = 1_000_000
	maxPopulationKeys = 128 << 20
)

// PopulationItem is one thing that could be sampled.
type PopulationItem struct {
	Key     string // tells it from the others
	Stratum string // the value of the column that a sample is spread over, if one is
	Line    int    // of the file it stands in; 0 where it is of no file
}

// PopulationList is all that could be sampled, in the order of the keys' bytes, each
// once.
type PopulationList struct {
	Items []PopulationItem
	// Digest is the SHA-256 over the keys in their order, a line feed after each: what
	// `LC_ALL=C sort | sha256sum` says of them.
	Digest engine.Digest
}

// PopulationLister takes items one by one, in any order.
type PopulationLister struct {
	items []PopulationItem
	bytes int
}

// Add takes an item. It refuses one without a key, what cannot be kept, and more than a
// million.
func (l *PopulationLister) Add(item PopulationItem) error {
	where := ""
	if item.Line > 0 {
		where = fmt.Sprintf("line %d: ", item.Line)
	}
	if blank(item.Key) {
		return fmt.Errorf("%sthe item has no key: each item of a population is named", where)
	}
	if err := errors.Join(checkLine("item", item.Key, maxScopeLine), checkLine("column", item.Stratum, maxScopeLine)); err != nil {
		return fmt.Errorf("%s%w", where, err)
	}
	if len(l.items) == maxPopulation {
		return fmt.Errorf("more than %d items: a population holds no more; list a part of it", maxPopulation)
	}
	if l.bytes += len(item.Key) + len(item.Stratum); l.bytes > maxPopulationKeys {
		return fmt.Errorf("%sthe keys are more than %d bytes together; choose a shorter column", where, maxPopulationKeys)
	}
	l.items = append(l.items, item)
	return nil
}

// List puts what was added in order. It refuses a key that stands twice, and a list of
// nothing.
func (l *PopulationLister) List() (PopulationList, error) {
	if len(l.items) == 0 {
		return PopulationList{}, errors.New("it lists nothing: a population has at least one item")
	}
	slices.SortFunc(l.items, func(x, y PopulationItem) int { return cmp.Or(cmp.Compare(x.Key, y.Key), x.Line-y.Line) })
	sum := sha256.New()
	for i, item := range l.items {
		if i > 0 && l.items[i-1].Key == item.Key {
			where := ""
			if item.Line > 0 {
				where = fmt.Sprintf("lines %d and %d: ", l.items[i-1].Line, item.Line)
			}
			return PopulationList{}, fmt.Errorf("%s%q stands twice: an item is in a population once", where, item.Key)
		}
		_, _ = io.WriteString(sum, item.Key+"\n")
	}
	return PopulationList{Items: l.items, Digest: engine.Digest(sum.Sum(nil))}, nil
}
