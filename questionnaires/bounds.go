package questionnaires

import "fmt"

// Bounds of what a scope or an engagement holds, in bytes and items.
const (
	maxScopeLine = 500
	maxScopeText = 16 << 10
	maxScopeList = 1000
)

// bounds collects the first thing that cannot be kept as it is.
type bounds struct{ err error }

func (b *bounds) add(err error) {
	if b.err == nil {
		b.err = err
	}
}

// line takes a text of one line.
func (b *bounds) line(what, text string) { b.add(checkLine(what, text, maxScopeLine)) }

// text takes a text of any number of lines.
func (b *bounds) text(what, text string) { b.add(CheckText(what, text, maxScopeText)) }

// day takes a day, or none.
func (b *bounds) day(what string, d Day) {
	if err := d.check(); err != nil {
		b.add(fmt.Errorf("%s: %w", what, err))
	}
}

// count takes a number of things that are counted.
func (b *bounds) count(what string, n int) {
	if n < 0 || n > 1<<30 {
		b.add(fmt.Errorf("%s: %d is no number of things", what, n))
	}
}

// list takes the length of a list.
func (b *bounds) list(what string, n int) {
	if n > maxScopeList {
		b.add(fmt.Errorf("%d %s, at most %d are kept", n, what, maxScopeList))
	}
}

// names takes the names of a list, by which its items are told apart: each is there,
// and once.
func (b *bounds) names(what string, names []string) {
	b.list(what, len(names))
	seen := make(map[string]bool, len(names))
	for i, name := range names {
		b.line("name of "+what, name)
		switch {
		case blank(name):
			b.add(fmt.Errorf("%s: number %d has no name", what, i+1))
		case seen[name]:
			b.add(fmt.Errorf("%s: %q is named twice", what, name))
		}
		seen[name] = true
	}
}

// namesOf returns what a list's items are called.
func namesOf[T any](items []T, name func(T) string) []string {
	names := make([]string, len(items))
	for i, item := range items {
		names[i] = name(item)
	}
	return names
}

// counted is the text of a number for lists of what is missing: "" for none.
func counted(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}
