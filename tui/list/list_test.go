package list_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/tui/list"
)

func numbers(n int) *list.List[int] {
	l := list.New(func(i int) string { return fmt.Sprintf("Row %d", i) })
	items := make([]int, n)
	for i := range items {
		items[i] = i
	}
	l.SetItems(items)
	return l
}

func draw(l *list.List[int], height int) string {
	return strings.Join(l.Draw(height, func(i int, selected bool) string {
		if selected {
			return fmt.Sprintf(">%d", i)
		}
		return fmt.Sprint(i)
	}), " ")
}

func TestTheWindowFollowsTheCursor(t *testing.T) {
	l := numbers(10)
	assert.Equal(t, ">0 1 2", draw(l, 3))
	l.Move(3)
	assert.Equal(t, "1 2 >3", draw(l, 3))
	l.Move(-1)
	assert.Equal(t, "1 >2 3", draw(l, 3), "the window moves only when it must")
	l.Page(1)
	assert.Equal(t, "2 3 >4", draw(l, 3))
	l.End()
	assert.Equal(t, "7 8 >9", draw(l, 3))
	l.Move(100)
	l.Home()
	l.Move(-1)
	assert.Equal(t, ">0", draw(l, 1))
	assert.Empty(t, l.Draw(0, nil))
}

func TestOnlyVisibleRowsAreDrawn(t *testing.T) {
	l := numbers(10_000)
	l.To(5_000)
	drawn := 0
	l.Draw(20, func(int, bool) string { drawn++; return "" })
	assert.Equal(t, 20, drawn)
}

func TestTheFilterKeepsTheRowUnderTheCursor(t *testing.T) {
	l := numbers(300)
	l.To(43)
	l.SetFilter("ROW 2")
	assert.Equal(t, 138, l.Len(), "every number with a 2 in it")
	first, _ := l.Selected()
	assert.Equal(t, 2, first, "row 43 is not shown, so the first is chosen")
	l.Move(1)
	l.SetFilter("2 row")
	still, _ := l.Selected()
	assert.Equal(t, 12, still)
	l.SetFilter("none such")
	_, chosen := l.Selected()
	assert.False(t, chosen)
	assert.Equal(t, "none of 300", l.Position())
	l.Move(1)
	l.Page(-1)
	l.Erase()
	l.SetFilter("")
	assert.Equal(t, 300, l.Len())
}

func TestTheCursorPassesOverHeadings(t *testing.T) {
	l := numbers(10).Passing(func(i int) bool { return i%3 == 0 })
	l.Home()
	assert.Equal(t, "0 >1 2", draw(l, 3), "the heading is shown with its first row")
	l.Move(1)
	l.Move(1)
	at, _ := l.Selected()
	assert.Equal(t, 4, at)
	l.End()
	at, _ = l.Selected()
	assert.Equal(t, 8, at, "the last row is passed over, backwards")
	assert.Equal(t, "7 >8 9", draw(l, 3), "what explains the last row is shown with it")
	all := numbers(3).Passing(func(int) bool { return true })
	all.Move(1)
	_, chosen := all.Selected()
	assert.False(t, chosen)
}

// A filter that is typed lets through what one that is set at once does, also after some
// of it was taken back and after the items are others.
func TestAFilterThatIsTypedIsThatFilter(t *testing.T) {
	typed := numbers(2000)
	typed.StartFilter()
	for _, filter := range []string{"1", "12", "12 ", "12 9", "12", "1", "17", "", "9"} {
		typed.SetFilter(filter)
		at := numbers(2000)
		at.SetFilter(filter)
		assert.Equal(t, at.Len(), typed.Len(), filter)
	}
	typed.SetItems([]int{9, 18, 19})
	assert.Equal(t, 2, typed.Len())
}

func TestWhoTypesANumberMeansThatRow(t *testing.T) {
	l := list.New(func(s string) string { return s })
	l.SetItems([]string{"3.5.1.1 Hashes", "5.1.1.2 Other", "· open 5.1.1 Policies", "5.1.10 More"})
	for typed, want := range map[string]string{"5.1.1": "· open 5.1.1 Policies", "5.1.1.": "5.1.1.2 Other", "hash": "3.5.1.1 Hashes", "more 5": "5.1.10 More", "5.1.10 ": "5.1.10 More"} {
		l.SetFilter("")
		l.Home()
		for i := range typed {
			l.SetFilter(typed[:i+1])
		}
		got, _ := l.Selected()
		assert.Equal(t, want, got, typed)
	}
}
