package reports_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/reports/pdf"
)

// long is a text of about n bytes in which no word stands twice.
func long(prefix string, n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n-12; i++ {
		fmt.Fprintf(&b, "%s%d ", prefix, i)
		if i%40 == 39 {
			b.WriteByte('\n')
		}
	}
	return strings.TrimSpace(b.String())
}

// refill gives every text of an answer another one, and counts them.
func refill(of any, n *int, fill func(n int) string) {
	fixed := []string{
		"requirement", "response", "finding", "letter", "methods", "evidence", "references", "reviewed", "likelihood", "purpose",
		"undoes", "restores", "target", "approved", "reviewBy", "alsoMeets",
	}
	switch of := of.(type) {
	case []any:
		for _, item := range of {
			refill(item, n, fill)
		}
	case map[string]any:
		for key, item := range of {
			if _, isText := item.(string); isText && !slices.Contains(fixed, key) {
				of[key] = fill(*n)
				*n++
			} else if !slices.Contains(fixed, key) {
				refill(item, n, fill)
			}
		}
	}
}

// filled is an answer with a text in every field, as fill makes them, and how many
// there are.
func (e *engagement) filled(fill func(n int) string) (questionnaires.Answer, int) {
	e.t.Helper()
	paper := []questionnaires.ID{e.evidence[3].ID}
	answer := questionnaires.Answer{Requirement: id("3.4.2"), Narrative: "x", Untested: "x", Results: "x", Worksheet: worksheet(), Customized: approach(paper)}
	answer.Worksheet.Aspect = "the clients"
	answer.Remedy = questionnaires.Remedy{Target: "2027-01-31", Plan: "x", Legal: true, Law: "x"}
	for _, letter := range []string{"a", "b", "c"} {
		answer.Procedures = append(answer.Procedures, questionnaires.ProcedureAnswer{Letter: letter, Finding: questionnaires.NotInPlace, Reporting: "x", References: paper})
	}
	raw, err := json.Marshal(answer)
	require.NoError(e.t, err)
	var fields any
	require.NoError(e.t, json.Unmarshal(raw, &fields))
	n := 0
	refill(fields, &n, fill)
	raw, err = json.Marshal(fields)
	require.NoError(e.t, err)
	answer = questionnaires.Answer{}
	require.NoError(e.t, json.Unmarshal(raw, &answer))
	require.Greater(e.t, n, 30, "texts of an answer")
	return answer, n
}

// The longest text in every field breaks over pages, and each word of it is there.
func TestLongestTextsArePrintedWhole(t *testing.T) {
	e := begin(t, "roc")
	answer, n := e.filled(func(n int) string { return long(fmt.Sprintf("f%dw", n), questionnaires.MaxNarrative) })
	e.answer(e.mara, answer)
	doc := e.compose()
	l, err := pdf.Write(context.Background(), io.Discard, doc, pdf.Options{Paper: pdf.Letter})
	require.NoError(t, err)
	assert.Greater(t, l.Pages, 10*n)
	seen := map[string]bool{}
	for _, word := range strings.Fields(text(t, doc)) {
		seen[word] = true
	}
	for i := range n {
		for _, word := range strings.Fields(long(fmt.Sprintf("f%dw", i), questionnaires.MaxNarrative)) {
			require.True(t, seen[word], "%s is lost", word)
		}
	}
}

// What would act instead of print is shown as a sign in every field; a formula is text
// like any other.
func TestHostileTextInEveryFieldIsShownHarmlessly(t *testing.T) {
	e := begin(t, "roc")
	answer, n := e.filled(func(n int) string { return fmt.Sprintf("=f%d \u202efdp.exe a\u200bb {nb}", n) })
	e.answer(e.mara, answer)
	doc := e.compose()
	printed := text(t, doc)
	assert.NotContains(t, printed, "\u202e")
	assert.NotContains(t, printed, "\u200b")
	for i := range n {
		assert.True(t, strings.Contains(printed, fmt.Sprintf("=f%d ", i)), "field %d", i)
	}
	assert.GreaterOrEqual(t, strings.Count(printed, "‹U+202E›"), n)
	_, err := pdf.Write(context.Background(), io.Discard, doc, pdf.Options{})
	require.NoError(t, err)
}
