package reports_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
)

// settled answers what done left open, and concludes.
func settled(t *testing.T) *engagement {
	t.Helper()
	e := done(t)
	ok := questionnaires.Answer{Response: questionnaires.InPlace, Narrative: "Shown.", Evidence: []questionnaires.ID{e.evidence[2].ID}}
	for _, r := range []string{"1.2.5", "1.3.1", "6.4.2", "8.3.9"} {
		ok.Requirement = id(r)
		e.answer(e.mara, ok)
	}
	e.must(e.mara)(e.assessment().Conclude(questionnaires.Conclusion{Result: "Non-compliant", Person: "Ida Holm"}))
	return e
}

// issued brings it to its issue: Ines reviews, the managing director acknowledges.
func (e *engagement) issue() {
	e.t.Helper()
	ines := signer(e.t, "Ines Okonjo", 3)
	if !e.history().Enrols(ines.Author.ID) {
		e.write(e.mara, questionnaires.Draft{Action: questionnaires.AuthorEnrolled, Subject: "author", Payload: ines.Enrolment()})
	}
	e.must(e.mara)(e.assessment().MoveStage(questionnaires.StageMove{To: questionnaires.LeadReview}))
	for _, s := range e.assessment().Sections() {
		review := questionnaires.SectionReview{Section: s, Verdict: questionnaires.PassSection}
		for _, item := range s.Checklist() {
			review.Checklist = append(review.Checklist, questionnaires.CheckedItem{Item: item.ID, State: questionnaires.CheckFound})
		}
		e.must(ines)(e.assessment().ReviewSection(review, ines.Author.ID))
	}
	e.acknowledge(e.mara, "Ada Berg")
	e.must(e.mara)(e.assessment().Issue(e.mara.Author.ID, e.now))
}

// acknowledge writes down that an executive vouched.
func (e *engagement) acknowledge(by *questionnaires.Signer, executive string) {
	e.t.Helper()
	k := questionnaires.Acknowledgement{Name: executive, Title: "Managing director", Day: questionnaires.DayOf(e.now)}
	for _, s := range questionnaires.Statements() {
		k.Statements = append(k.Statements, s.ID)
	}
	e.must(by)(e.assessment().Acknowledge(k, questionnaires.DayOf(e.now)))
}

// Who wrote with their own key that they vouch is known by it, on paper and to whoever
// verifies; of anybody else there is a name, even where an author is called so.
func TestItIsSaidHowAnAcknowledgementIsKnown(t *testing.T) {
	for _, one := range []struct {
		by, executive, says string
		known               bool
	}{
		{"Jonas Feld", "jonas  feld", "their own entry in the vault, signed with the key of author ", true},
		{"Mara Lindqvist", "Jonas Feld", "the name alone", false},
		{"Mara Lindqvist", "Ada Berg", "Mara Lindqvist, author ", false},
	} {
		e := settled(t)
		by := map[string]*questionnaires.Signer{"Jonas Feld": e.jonas, "Mara Lindqvist": e.mara}[one.by]
		e.acknowledge(by, one.executive)
		for _, kind := range []reports.Kind{reports.Record, reports.Attestation} {
			assert.Contains(t, strings.Join(strings.Fields(text(t, e.composeKind(kind))), " "), one.says, one.executive)
		}
		all, err := reports.Signatories(e.assessment(), reports.Attestation)
		require.NoError(t, err)
		require.Equal(t, "officer", all[1].Field)
		assert.Equal(t, []string{one.executive}, all[1].Named)
		if one.known {
			assert.Equal(t, []engine.Digest{by.Author.ID}, all[1].Authors)
		} else {
			assert.Empty(t, all[1].Authors, "of %s", one.executive)
		}
	}
}

func (e *engagement) version(label string) reports.Document {
	e.t.Helper()
	d, err := reports.LoadVersion(e.t.Context(), e, e.catalogue, e.id, label)
	require.NoError(e.t, err)
	doc, err := reports.Compose(d)
	require.NoError(e.t, err)
	return doc
}

// chapter is a chapter of what is printed.
func chapter(t *testing.T, doc reports.Document, name, next string) string {
	t.Helper()
	_, after, found := strings.Cut(text(t, doc), "\n"+name+"\n====")
	require.True(t, found)
	said, _, found := strings.Cut(after, "\n"+next+"\n====")
	require.True(t, found)
	return said
}

func TestIssuedIsPrintedAsItWasIssued(t *testing.T) {
	e := settled(t)
	e.issue()
	printed := e.compose()
	assert.Empty(t, printed.Draft)
	golden(t, "issued.txt", chapter(t, printed, "Version and reviews", "Engagement"))
	assert.Equal(t, printed, e.version("1"))

	_, err := reports.Load(t.Context(), e, e.catalogue, e.id, time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC))
	require.ErrorContains(t, err, "dated 2026-12-01: version 1 was issued on 2026-11-02, and its report bears that day")
	_, err = reports.LoadVersion(t.Context(), e, e.catalogue, e.id, "2")
	require.ErrorContains(t, err, `find version "2": issued were 1`)

	// A collection, another scope, and an amendment with another answer change nothing of it.
	e.now = e.now.Add(24 * time.Hour)
	e.collect()
	e.must(e.mara)(e.assessment().Amend("The list of ports was last year's."))
	e.answer(e.mara, questionnaires.Answer{Requirement: id("1.2.5"), Response: questionnaires.NotInPlace, Narrative: "It was last year's.", Remedy: questionnaires.Remedy{Target: "2027-01-31"}})
	assert.Equal(t, printed, e.version("1"), "the same pages, whatever came later")
	assert.Equal(t, printed, e.version(""))
	assert.Equal(t, "not issued: fieldwork", e.compose().Draft)

	e.issue()
	golden(t, "amended.txt", chapter(t, e.compose(), "Version and reviews", "Engagement"))
	assert.Equal(t, printed, e.version("1"))
	assert.Contains(t, e.version("2").Blocks[0].(reports.Cover).Facts, reports.Fact{Name: "Version", Value: "2, issued on 2026-11-03 by Mara Lindqvist"})
}
