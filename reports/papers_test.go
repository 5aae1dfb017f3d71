package reports_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// The index lists what people brought by its series, with how it was obtained, its days
// each by its name, and how much of it was searched.
func TestTheIndexOfPapers(t *testing.T) {
	e := newEngagement(t)
	searched := &engine.Contents{Version: "1", Read: 80}
	hit := &engine.Contents{Version: "1", Read: 80, Hits: []engine.Hit{{Kind: "card-number", Place: "line 2", Count: 1}}}
	picture := &engine.Contents{Version: "1", Unread: []engine.Unread{{Why: "it is an image"}}}
	paper := func(kind questionnaires.EvidenceKind, name, title string, obtained questionnaires.Obtained, search *engine.Contents, details questionnaires.EvidenceDetails) questionnaires.Evidence {
		e.must(e.mara)(e.history().Attach(questionnaires.Evidence{
			ID: e.newID(), Kind: kind, Title: title, Collected: e.now, Details: details,
			File: &questionnaires.FileSource{Digest: engine.Sum([]byte(name)), Name: name, Size: 2048, Obtained: obtained, Search: search},
		}, e.now))
		items := e.history().Evidence()
		return items[len(items)-1]
	}
	paper(questionnaires.ScreenshotEvidence, "fw.png", "", questionnaires.TakenByAssessor, picture, questionnaires.EvidenceDetails{})
	paper(questionnaires.InterviewEvidence, "interview.txt", "Network lead", questionnaires.TakenByAssessor, searched,
		questionnaires.EvidenceDetails{Topics: []string{"rulesets", "reviews"}, Roles: []string{"network lead"}})
	paper(questionnaires.DocumentEvidence, "standard.pdf", "Segmentation standard", questionnaires.ProvidedByEntity, searched,
		questionnaires.EvidenceDetails{Purpose: "Sets how segments are kept apart.", Version: "4.2", Revised: "2026-03-01", From: "2026-01-01", To: "2026-12-31", ValidUntil: "2026-10-31"})
	orders := paper(questionnaires.OtherEvidence, "orders.csv", "Orders", questionnaires.ProvidedByEntity, hit, questionnaires.EvidenceDetails{})
	twice := paper(questionnaires.OtherEvidence, "list.csv", "List", questionnaires.ProvidedByEntity, hit, questionnaires.EvidenceDetails{})
	e.must(e.mara)(e.history().Release(questionnaires.Release{Evidence: twice.ID, Copy: &questionnaires.FileSource{Digest: engine.Sum([]byte("redacted")), Name: "redacted.csv", Size: 90, Search: searched}}))
	require.True(t, orders.Quarantined())

	_, index, found := strings.Cut(text(t, e.composeOn("2026-11-30")), "evidence-manifest.json.\n")
	require.True(t, found)
	index, _, _ = strings.Cut(index, "Evaluation details\n")
	golden(t, "papers.txt", strings.TrimSpace(index)+"\n")
}

// An answer that rests on stale evidence says so where it stands.
func TestAResponseMarksStaleEvidence(t *testing.T) {
	e := begin(t, "saq-d-merchant")
	item := e.evidence[len(e.evidence)-1]
	e.answer(e.mara, questionnaires.Answer{Requirement: id("8.3.4"), Response: questionnaires.InPlace, Narrative: "Seen.", Evidence: []questionnaires.ID{item.ID}})
	responses := func(day string) string {
		_, after, _ := strings.Cut(text(t, e.composeOn(day)), "Every requirement of the questionnaire")
		before, _, _ := strings.Cut(after, "Compensating")
		return strings.Join(strings.Fields(before), " ")
	}
	require.NotContains(t, responses("2026-11-30"), "stale")
	require.Contains(t, responses("2029-11-30"), "stale since")
}

// So does the list of evidence, where a result is too old.
func TestTheListOfEvidenceMarksWhatIsStale(t *testing.T) {
	e := done(t)
	results := func(day string) string {
		_, after, found := strings.Cut(text(t, e.composeOn(day)), "Collected results\n-")
		require.True(t, found)
		before, _, _ := strings.Cut(after, "Files and observations\n-")
		return before
	}
	require.NotContains(t, results("2026-11-30"), "[Stale]")
	require.Equal(t, 3, strings.Count(results("2029-11-30"), "[Stale]"))
}
