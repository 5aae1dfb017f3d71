package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine/sheet"
	"tickmark/questionnaires"
)

func TestWhatIsAnswered(t *testing.T) {
	for text, want := range map[string][2]string{
		"1.2.1": {"1.2.1", ""}, "1.2.1.a": {"1.2.1", "a"}, "A1": {"A1", ""}, "A1.1.4.c": {"A1.1.4", "c"}, "9.5": {"9.5", ""},
	} {
		target, err := readAnswerTarget(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, [2]string{target.requirement.String(), target.letter}, text)
	}
	for _, text := range []string{"", "a", ".a", "1.2.1.A", "1.2.1.ab", "1.2.1.", "1.2.1.a.b", "one"} {
		_, err := readAnswerTarget(text)
		assert.Error(t, err, text)
	}
}

func TestHowOften(t *testing.T) {
	for text, want := range map[string]string{"14 days": "every 14 days", "every 2 months": "every 2 months", "1 year": "every 1 years", " 3  weeks ": "every 3 weeks"} {
		interval, err := parseInterval(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, interval.String(), text)
	}
	for _, text := range []string{"", "days", "0 days", "-1 days", "2 fortnights", "2 days ago", "every", "99999999999999999999 days", "2 s"} {
		_, err := parseInterval(text)
		assert.Error(t, err, text)
	}
}

// What is answered and how often are read as they are written, or not at all.
func FuzzWhatIsTyped(f *testing.F) {
	for _, seed := range []string{"1.2.1.a", "A1.1.4", "every 14 days", "2 months", "1.2.1.", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if target, err := readAnswerTarget(text); err == nil {
			g := answering{target: target}
			assert.Equal(t, text, g.name())
		}
		if interval, err := parseInterval(text); err == nil {
			again, err := parseInterval(interval.String())
			assert.NoError(t, err)
			assert.Equal(t, interval, again)
		}
	})
}

// A file with answers is read whole and written as it was read, or refused.
func FuzzAnswersInAFile(f *testing.F) {
	f.Add("answers:\n- {requirement: 8.3.6, response: in-place, narrative: x, evidence: [Evidence-1], subtree: yes}\n")
	f.Add("answers:\n- requirement: 1.2.1\n  procedures:\n  - {letter: a, finding: in-place, reporting: x}\n  customized:\n    tests:\n    - {purpose: meets-objective}\n")
	f.Add("answers: [{requirement: 8.3.6, remedy: {target: 2026-12-31, legal: yes, law: x}, worksheet: {risk: \"\"}}]")
	f.Fuzz(func(t *testing.T, text string) {
		var first, again answersSheet
		if _, err := sheet.Read("fuzz.yaml", []byte(text), &first); err != nil {
			return
		}
		written, err := sheet.Write(first)
		for _, s := range first.Answers {
			for _, text := range []string{s.Narrative, s.Results, s.Untested} {
				if questionnaires.CheckText("text", text, questionnaires.MaxNarrative) != nil {
					return // it is refused before it could be written
				}
			}
		}
		require.NoError(t, err)
		_, err = sheet.Read("again.yaml", written, &again)
		require.NoError(t, err, string(written))
		rewritten, err := sheet.Write(again)
		require.NoError(t, err)
		assert.Equal(t, string(written), string(rewritten))
	})
}
