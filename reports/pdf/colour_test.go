package pdf

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/reports"
)

// Whatever is written can be read on what it is written on, by those who see badly too. What
// stands at the head and foot of every page is no part of what is said.
func TestWhatIsWrittenStandsOut(t *testing.T) {
	assert.InDelta(t, 21, contrast(colour{}, white), 0.01)
	assert.InDelta(t, 4.54, contrast(white, colour{118, 118, 118}), 0.01, "as others reckon it")
	for tone := reports.Neutral; tone <= reports.Open; tone++ {
		assert.GreaterOrEqual(t, contrast(letters(tone), tone.Ground()), readable, tone)
	}
	f, err := newFonts()
	require.NoError(t, err)
	l := newLayout(reports.Document{}, A4.sheet(), f)
	for _, style := range []reports.Style{reports.Plain, reports.Strong, reports.Mono} {
		for _, line := range l.cellLines(style, 60, reports.Cell{
			Title: "Ports", Text: "They were compared.", Note: "by Mara", Facts: []reports.Fact{{Name: "Set", Value: "1"}}, Links: []reports.Link{{Text: "Evidence-1"}},
		}) {
			assert.GreaterOrEqual(t, contrast(line.hand.colour, panel), readable, line.text)
		}
	}
}
