package screen

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// What looks alike in every list: the glyph never stands without its word.
func TestSignsHaveWords(t *testing.T) {
	signs := []sign{}
	for _, r := range append(questionnaires.Responses(), questionnaires.Unanswered) {
		signs = append(signs, responseSign(r))
	}
	for _, s := range []questionnaires.Stance{questionnaires.CannotSay, questionnaires.Supports, questionnaires.Contradicts} {
		signs = append(signs, stanceSign(s))
	}
	glyphs := map[string]bool{}
	for _, s := range signs[:6] {
		assert.False(t, glyphs[s.glyph], "%s stands for two responses", s.glyph)
		glyphs[s.glyph] = true
	}
	for _, s := range signs {
		assert.NotEmpty(t, s.word)
		assert.Equal(t, 1, theme.Width(s.glyph), s.word)
	}
	assert.True(t, slices.ContainsFunc(signs, func(s sign) bool { return strings.Contains(s.word, "CCW") }))
}
