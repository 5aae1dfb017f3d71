package theme_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"tickmark/tui/theme"
)

func TestCleanShowsWhatActs(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "pay/api", "pay/api"},
		{"escape", "a\x1b[31mred", "a‹U+001B›[31mred"},
		{"title", "\x1b]0;owned\x07", "‹U+001B›]0;owned‹U+0007›"},
		{"one byte CSI", "\u009b2J", "‹U+009B›2J"},
		{"backwards", "\u202egnp.exe", "‹U+202E›gnp.exe"},
		{"zero width", "a\u200bb", "a‹U+200B›b"},
		{"lines", "a\r\nb\tc\u2028d", "a b c d"},
		{"no UTF-8", "a\xffb", "a\uFFFDb"},
		{"marks", "a" + strings.Repeat("\u0301", 50), "a" + strings.Repeat("\u0301", 3)},
		{"wide", "日本 語", "日本 語"},
	} {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, theme.Clean(c.in)) })
	}
}

func TestCutCountsCells(t *testing.T) {
	assert.Equal(t, "日…", theme.Cut("日本語", 4))
	assert.Equal(t, "日本語", theme.Cut("日本語", 6))
	assert.Empty(t, theme.Cut("x", 0))
	assert.Equal(t, "日  ", theme.Fit("日", 4))
	assert.Equal(t, "  7", theme.FitLeft("7", 3))
}

func TestWrapBreaksWhatHasNoSpaces(t *testing.T) {
	for _, line := range theme.Wrap(strings.Repeat("x", 100)+" 日本語日本語", 7) {
		assert.LessOrEqual(t, theme.Width(line), 7)
	}
	assert.Len(t, theme.Wrap("", 10), 1)
}

func TestTypedDropsWhatActs(t *testing.T) {
	assert.Equal(t, "a b[31m", theme.Typed([]rune("a\nb\x1b[31m\u202e")))
}

// Nothing from outside reaches a terminal as anything but text.
func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "a\x1b[2Jb", "\u202e", "\xff\xfe", "日本", "e\u0301\u0301\u0301\u0301\u0301", "\ufe0f", "a\tb\nc"} {
		f.Add(seed, 10)
	}
	f.Fuzz(func(t *testing.T, s string, width int) {
		width = 1 + (width%200+200)%200
		check := func(line string) {
			if !utf8.ValidString(line) {
				t.Fatalf("%q is no UTF-8", line)
			}
			if i := strings.IndexFunc(line, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }); i >= 0 {
				t.Fatalf("%q acts at %d", line, i)
			}
		}
		check(theme.Clean(s))
		for _, line := range theme.Wrap(s, width) {
			check(line)
			if w := theme.Width(line); w > width && width > 1 {
				t.Fatalf("%q is %d cells wide, want at most %d", line, w, width)
			}
		}
		if w := theme.Width(theme.Fit(theme.Clean(s), width)); w != width {
			t.Fatalf("fitted to %d cells, want %d", w, width)
		}
	})
}

func TestAPathIsCutAtItsFront(t *testing.T) {
	assert.Equal(t, "…ny.json", theme.CutLeft("/srv/scans/tiny.json", 8))
	assert.Equal(t, "tiny.json", theme.CutLeft("tiny.json", 9))
	assert.Equal(t, "…日本", theme.CutLeft("/srv/日本", 5))
	assert.Empty(t, theme.CutLeft("tiny.json", 0))
}
