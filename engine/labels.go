package engine

import (
	"cmp"
	"slices"

	"sigs.k8s.io/json"
)

// Labels are the labels or the annotations of an object, in the order of their keys: of
// tens of thousands of objects a map of its own for each takes five times the memory.
type Labels []Label

// Label is one of them.
type Label struct{ Key, Value string }

// NewLabels returns the labels of a map.
func NewLabels(of map[string]string) Labels {
	all := make(Labels, 0, len(of))
	for key, value := range of {
		all = append(all, Label{key, value})
	}
	slices.SortFunc(all, func(a, b Label) int { return cmp.Compare(a.Key, b.Key) })
	return all
}

// Lookup returns the value of a key, and whether it is there.
func (l Labels) Lookup(key string) (value string, there bool) {
	at, there := slices.BinarySearchFunc(l, key, func(label Label, key string) int { return cmp.Compare(label.Key, key) })
	if !there {
		return "", false
	}
	return l[at].Value, true
}

// Get returns the value of a key, "" where it is not there.
func (l Labels) Get(key string) string {
	value, _ := l.Lookup(key)
	return value
}

// Has reports whether a key is there.
func (l Labels) Has(key string) bool {
	_, there := l.Lookup(key)
	return there
}

// Map returns the labels as a map, nil where there are none.
func (l Labels) Map() map[string]string {
	if len(l) == 0 {
		return nil
	}
	all := make(map[string]string, len(l))
	for _, label := range l {
		all[label.Key] = label.Value
	}
	return all
}

// UnmarshalJSON reads an object of texts.
func (l *Labels) UnmarshalJSON(text []byte) error {
	var of map[string]string
	if err := json.UnmarshalCaseSensitivePreserveInts(text, &of); err != nil {
		return err
	}
	*l = NewLabels(of)
	return nil
}
