package pdf

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func TestWhatIsReadFromRightToLeft(t *testing.T) {
	for in, want := range map[string]string{
		"plain (text) 1.2.3":     "plain (text) 1.2.3",
		"שלום":                   "םולש",
		"by דנה כהן, 2026-11-20": "by ןהכ הנד, 2026-11-20",
		"דנה (כהן) אמר":          "רמא (ןהכ) הנד",
		"סעיף 1.2.5 נבדק":        "קדבנ 1.2.5 ףיעס",
		"שָׁלוֹם":                "םוֹלשָׁ",
		"אב latin גד":            "בא latin דג",
	} {
		assert.Equal(t, want, visual(in), in)
	}
}

// Letters join as a reader of Arabic expects; those that reach out to no neighbour do not.
func TestArabicLettersJoin(t *testing.T) {
	for in, want := range map[string]string{
		"سلام":  "\uFEB3\uFEFC\uFEE1",             // seen begins, lam with alef at the end, meem alone
		"مرحبا": "\uFEE3\uFEAE\uFEA3\uFE92\uFE8E", // reh reaches out to nobody
		"ء":     "\uFE80",
		"بَب":   "\uFE91\u064E\uFE90", // a mark stands between two that join
		"a b":   "a b",
	} {
		assert.Equal(t, want, joined(in), in)
	}
}

// Every character that is there is there afterwards, wherever it stands.
func FuzzVisual(f *testing.F) {
	for _, s := range []string{"שלום 12.5 (a) ب", "ابج\u064e", "א1-2ב"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip()
		}
		assert.Equal(t, utf8.RuneCountInString(s), utf8.RuneCountInString(visual(s)))
		_ = joined(s)
	})
}
