package pdf

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/reports"
)

// laidOut lays blocks out after a filling that leaves room millimetres on the first page.
func laidOut(t *testing.T, room float64, blocks ...reports.Block) *layout {
	t.Helper()
	f, err := newFonts()
	require.NoError(t, err)
	l := newLayout(reports.Document{Entity: "Shop", Blocks: blocks}, A4.sheet(), f)
	l.newPage()
	l.y = l.sheet.bottom() - room
	require.NoError(t, l.run(context.Background()))
	return l
}

// What opens something never stays behind, and what ends something never goes alone.
func TestNothingStandsAlone(t *testing.T) {
	short := reports.Table{Columns: []reports.Column{{Title: "What", Weight: 1}}, Rows: []reports.Row{
		{Anchor: "row0", Cells: []reports.Cell{{Text: "one"}}}, {Anchor: "row1", Cells: []reports.Cell{{Text: "two"}}}, {Anchor: "row2", Cells: []reports.Cell{{Text: "three"}}},
	}}
	picture := reports.Picture{Drawing: reports.Drawing{Width: 100, Height: 60}, Caption: "Who reaches whom."}
	sign := reports.SignatureBlock{Field: "preparer", Role: "Prepared by"}
	few := reports.Facts{Rows: []reports.Fact{{Name: "Type", Value: "Payment gateway"}, {Name: "Role", Value: "Passes cards on"}}}
	said := reports.Paragraph{Text: "It is said here."}
	head := reports.Heading{Level: 2, Text: "Title", Anchor: "title"}
	for name, one := range map[string]struct {
		room   float64
		blocks []reports.Block
		page   int
	}{
		"a heading with its text":          {16, []reports.Block{head, said}, 2},
		"a heading where its text fits":    {30, []reports.Block{head, said}, 1},
		"what introduces a picture":        {60, []reports.Block{head, said, picture}, 2},
		"what introduces a signature":      {60, []reports.Block{head, said, sign}, 2},
		"what introduces a table":          {26, []reports.Block{head, said, short}, 2},
		"a heading over few facts":         {30, []reports.Block{head, reports.Facts{Rows: []reports.Fact{{Name: "a", Value: "b"}, {Name: "c", Value: "d"}, {Name: "e", Value: "f"}}}}, 2},
		"facts with their table":           {40, []reports.Block{head, few, short}, 2},
		"a heading over bars on one page":  {95, []reports.Block{head, reports.Bars{Rows: make([]reports.Bar, 13)}}, 1},
		"a heading over bars with no room": {60, []reports.Block{head, reports.Bars{Rows: make([]reports.Bar, 13)}}, 2},
	} {
		l := laidOut(t, one.room, one.blocks...)
		assert.Equal(t, one.page, l.anchors["title"].page, name)
		assert.Len(t, l.pages, one.page, name)
	}
	l := laidOut(t, 28, short)
	assert.Equal(t, []int{1, 2, 2}, []int{l.anchors["row0"].page, l.anchors["row1"].page, l.anchors["row2"].page}, "two rows go on together")
}

func TestACalloutLeavesNoLineAlone(t *testing.T) {
	for room := 40.0; room < 70; room++ {
		items := []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}
		l := laidOut(t, room, reports.Callout{Title: "Open", Items: items}, reports.Heading{Level: 2, Text: "End", Anchor: "end"})
		if end := l.anchors["end"]; end.page == 2 && end.y > top+calloutLine {
			assert.Greater(t, end.y, top+calloutLeast*calloutLine, "%.0f mm", room)
		}
	}
}

// A point of two lines stands on one page, and so does a table of two short rows.
func TestWhatIsShortIsNotSplit(t *testing.T) {
	point := strings.Repeat("word ", 30)
	for room := 40.0; room < 90; room++ {
		l := laidOut(t, room, reports.Callout{Title: "Open", Items: slices.Repeat([]string{point}, 12)})
		for _, pg := range l.pages {
			lines := map[*element]int{}
			for _, s := range pg.strokes {
				if s.of != nil && s.of.role == asListBody {
					lines[s.of]++
				}
			}
			for _, n := range lines {
				assert.Equal(t, 2, n, "%.0f mm", room)
			}
		}
		table := laidOut(t, room, reports.Table{
			Columns: []reports.Column{{Title: "One", Weight: 1}},
			Rows:    []reports.Row{{Cells: []reports.Cell{{Text: "first"}}, Anchor: "first"}, {Cells: []reports.Cell{{Text: "second"}}, Anchor: "second"}},
		})
		assert.Equal(t, table.anchors["first"].page, table.anchors["second"].page, "%.0f mm", room)
	}
}

func TestContentsLeaveNoNearlyEmptyPage(t *testing.T) {
	for chapters, pages := range map[int]int{32: 1, 36: 1, 60: 2, 68: 2, 70: 2} {
		doc := []reports.Block{reports.Contents{Title: "Contents"}}
		for i := range chapters {
			doc = append(doc, reports.Heading{Level: 1, Text: fmt.Sprint("Chapter ", i)})
		}
		l := laidOut(t, 200, doc...)
		assert.Equal(t, pages+1, l.marks[0].place.page-1, "%d chapters", chapters)
	}
}

// chapterOf is a chapter of some facts of a line each.
func chapterOf(facts int, anchor string) []reports.Block {
	f := reports.Facts{}
	for i := range facts {
		f.Rows = append(f.Rows, reports.Fact{Name: fmt.Sprint("Fact ", i), Value: "is so"})
	}
	return []reports.Block{reports.Heading{Level: 1, Text: "Chapter", Anchor: anchor}, f}
}

// What would be left over of a chapter for a page of its own finds room on those before,
// and nothing of the attempts is left.
func TestAChapterLeavesNoFewLinesForAPage(t *testing.T) {
	strokes := func(l *layout) (n int) {
		for _, pg := range l.pages {
			n += len(pg.strokes)
		}
		return n - len(l.pages) // without head and foot
	}
	one := strokes(laidOut(t, 100, chapterOf(1, "one")...))
	for facts, pages := range map[int]int{20: 1, 30: 1, 31: 1, 34: 1, 36: 1, 42: 2, 62: 2, 66: 2} {
		l := laidOut(t, 100, chapterOf(facts, "one")...)
		assert.Len(t, l.pages, 1+pages, "%d facts", facts)
		assert.Equal(t, one+3*(facts-1), strokes(l), "%d facts", facts)
		require.Len(t, l.root.below, 2)
		assert.Len(t, l.root.below[1].below, facts)
		assert.Len(t, l.marks, 1)
		assert.Equal(t, place{2, top}, l.anchors["one"])
		assert.InDelta(t, 1, l.spacing, 0)
	}
	end := reports.Heading{Level: 2, Text: "End", Anchor: "end"}
	l := laidOut(t, 100, append(chapterOf(30, "one"), end, reports.Paragraph{Text: "It ends."})...)
	assert.Equal(t, 2, l.marks[1].place.page)
	assert.Equal(t, l.marks[1].place, l.anchors["end"], "where a link leads is where it came to stand")
	l = laidOut(t, 100, append(chapterOf(33, "first"), chapterOf(2, "second")...)...)
	assert.Equal(t, 3, l.anchors["second"].page)
	assert.InDelta(t, laidOut(t, 100, chapterOf(2, "second")...).y, l.y, 1e-9, "the next chapter has its room again")
}

// Four cards, as many as ever sign, stand on one page below their heading.
func TestThoseWhoSignStandTogether(t *testing.T) {
	for _, head := range [][]reports.Block{
		{reports.Heading{Level: 1, Text: "Signatures"}},
		append(chapterOf(25, "result"), reports.Heading{Level: 2, Text: "Signatures"}), // as in an attestation
	} {
		blocks := append(head, reports.Paragraph{Text: strings.Repeat("It covers every page. ", 10)})
		for i := range 4 {
			blocks = append(blocks, reports.SignatureBlock{Field: fmt.Sprint("f", i)})
		}
		for _, paper := range []Paper{A4, Letter} {
			f, err := newFonts()
			require.NoError(t, err)
			l := newLayout(reports.Document{Blocks: blocks}, paper.sheet(), f)
			require.NoError(t, l.run(t.Context()))
			assert.Len(t, l.pages[len(l.pages)-1].fields, 4)
		}
	}
}
