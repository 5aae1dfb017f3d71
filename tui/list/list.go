package list

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// List holds items of one type. Text gives what the filter looks at. The zero
// List is not ready; use New.
type List[T any] struct {
	items  []T
	text   func(T) string
	passed func(T) bool // rows that the cursor passes over
	lower  []string     // text of the items in lower case, made when first filtered
	shown  []int        // indexes of the items that the filter lets through
	cursor int          // index into shown
	top    int          // first row of the window, as last drawn
	height int          // rows of the window, as last drawn
	filter string
	chosen string // the filter that shown is for
	typing bool
}

// New returns an empty list; text gives what a filter may find an item by.
func New[T any](text func(T) string) *List[T] { return &List[T]{text: text, height: 10} }

// Passing makes the cursor pass over rows that only head or explain others. They
// are shown with the row they belong to.
func (l *List[T]) Passing(over func(T) bool) *List[T] {
	l.passed = over
	return l
}

// passes reports whether the cursor passes over a row.
func (l *List[T]) passes(row int) bool { return l.passed != nil && l.passed(l.items[l.shown[row]]) }

// SetItems replaces the items. Filter and cursor stay where they were, as far as
// there are rows.
func (l *List[T]) SetItems(items []T) {
	l.items, l.lower, l.shown = items, nil, nil
	l.choose()
}

// choose finds what the filter lets through: items that hold each of its words. Where it
// only grew, as it does with each key typed, that is some of what it let through before.
func (l *List[T]) choose() {
	words := strings.Fields(strings.ToLower(l.filter))
	if len(words) > 0 && l.lower == nil {
		l.lower = make([]string, len(l.items))
		for i, item := range l.items {
			l.lower[i] = strings.ToLower(l.text(item))
		}
	}
	if l.shown == nil || !strings.HasPrefix(l.filter, l.chosen) {
		l.shown = make([]int, len(l.items))
		for i := range l.items {
			l.shown[i] = i
		}
	}
	l.chosen = l.filter
	if len(words) > 0 {
		l.shown = slices.DeleteFunc(l.shown, func(i int) bool {
			return slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(l.lower[i], w) })
		})
	}
	l.To(l.cursor)
}

// Len is how many rows the filter lets through, Total how many there are.
func (l *List[T]) Len() int { return len(l.shown) }

// Total is how many items there are.
func (l *List[T]) Total() int { return len(l.items) }

// Cursor is the row under the cursor, from 0.
func (l *List[T]) Cursor() int { return l.cursor }

// Selected returns the item under the cursor, and whether there is one.
func (l *List[T]) Selected() (T, bool) {
	if len(l.shown) == 0 || l.passes(l.cursor) {
		var none T
		return none, false
	}
	return l.items[l.shown[l.cursor]], true
}

// Select puts the cursor on the first row that is, if there is one.
func (l *List[T]) Select(is func(T) bool) {
	if i := slices.IndexFunc(l.shown, func(at int) bool { return is(l.items[at]) }); i >= 0 {
		l.To(i)
	}
}

// To puts the cursor on a row, or the nearest there is: rows to be passed over
// send it on in the direction it came from, and back if there are no others.
func (l *List[T]) To(row int) {
	last := len(l.shown) - 1
	row = max(0, min(row, last))
	if last < 0 || l.passed == nil {
		l.cursor = row
		return
	}
	step := 1
	if row < l.cursor {
		step = -1
	}
	for _, by := range []int{step, -step} {
		for at := row; at >= 0 && at <= last; at += by {
			if !l.passes(at) {
				l.cursor = at
				return
			}
		}
	}
	l.cursor = row
}

// Move moves the cursor by rows, Page by windows.
func (l *List[T]) Move(by int) { l.To(l.cursor + by) }

// Page moves the cursor by windows.
func (l *List[T]) Page(by int) { l.To(l.cursor + by*max(1, l.height-1)) }

// Home puts the cursor on the first row.
func (l *List[T]) Home() { l.To(0) }

// End puts the cursor on the last row.
func (l *List[T]) End() { l.To(len(l.shown) - 1) }

// Filter is what was typed to find rows by.
func (l *List[T]) Filter() string { return l.filter }

// Typing reports whether the filter is being typed.
func (l *List[T]) Typing() bool { return l.typing }

// StartFilter begins the typing of a filter.
func (l *List[T]) StartFilter() { l.typing = true }

// StopFilter ends it; the filter stays.
func (l *List[T]) StopFilter() { l.typing = false }

// SetFilter replaces the filter. Who types a number means the row of that number, not
// the first whose own holds it: 5.1.1 is not 3.5.1.1.
func (l *List[T]) SetFilter(filter string) {
	selected, had := 0, len(l.shown) > 0
	if had {
		selected = l.shown[l.cursor]
	}
	l.filter = filter
	l.choose()
	// the row under the cursor stays under it if it is still there
	kept := max(0, slices.Index(l.shown, selected))
	if !had {
		kept = 0
	}
	if word := strings.ToLower(strings.TrimSpace(filter)); word != "" && kept < len(l.shown) && !holdsWhole(l.lower[l.shown[kept]], word) {
		if i := slices.IndexFunc(l.shown, func(at int) bool { return holdsWhole(l.lower[at], word) }); i >= 0 {
			kept = i
		}
	}
	l.To(kept)
}

// holdsWhole reports whether words stand in a text as they are, and not as a part of a
// longer word or number.
func holdsWhole(text, words string) bool {
	for from := 0; ; {
		at := strings.Index(text[from:], words)
		if at < 0 {
			return false
		}
		from += at
		before, _ := utf8.DecodeLastRuneInString(text[:from])
		after, _ := utf8.DecodeRuneInString(text[from+len(words):])
		if !inWord(before) && !inWord(after) {
			return true
		}
		from++
	}
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '-')
}

// Erase takes the last character off the filter.
func (l *List[T]) Erase() {
	_, size := utf8.DecodeLastRuneInString(l.filter)
	l.SetFilter(l.filter[:len(l.filter)-size])
}

// Position says where the window is, such as "row 12 of 233".
func (l *List[T]) Position() string {
	switch {
	case len(l.items) == 0:
		return ""
	case l.filter != "" && len(l.shown) == 0:
		return fmt.Sprintf("none of %d", len(l.items))
	case l.filter != "":
		return fmt.Sprintf("row %d of %d, filtered from %d", l.cursor+1, len(l.shown), len(l.items))
	}
	return fmt.Sprintf("row %d of %d", l.cursor+1, len(l.items))
}

// Draw returns the rows of a window of height lines. The window follows the
// cursor; it is remembered for paging. Row draws one item.
func (l *List[T]) Draw(height int, row func(item T, selected bool) string) []string {
	if height <= 0 {
		return nil
	}
	l.height = height
	first, last := l.around(height)
	l.top = max(0, min(l.top, len(l.shown)-height))
	l.top = max(l.top, last-height+1)
	l.top = min(l.top, first)
	lines := make([]string, 0, height)
	for i := l.top; i < min(l.top+height, len(l.shown)); i++ {
		lines = append(lines, row(l.items[l.shown[i]], i == l.cursor))
	}
	return lines
}

// around is the first and last row to be shown with the cursor's: what heads and
// what explains it, as far as there is room.
func (l *List[T]) around(height int) (first, last int) {
	first, last = l.cursor, l.cursor
	if len(l.shown) == 0 {
		return first, last
	}
	for first > 0 && l.passes(first-1) && last-first+1 < height {
		first--
	}
	for last+1 < len(l.shown) && l.passes(last+1) && last-first+1 < height {
		last++
	}
	return first, last
}

// Item returns the i-th of all items, and whether there is one.
func (l *List[T]) Item(i int) (T, bool) {
	if i < 0 || i >= len(l.items) {
		var none T
		return none, false
	}
	return l.items[i], true
}
