package questionnaires

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

func TestExpungedFileLeavesATombstone(t *testing.T) {
	mara, c := person(t, "Mara", 1), small(t)
	d, _ := twoDesks(t, mara)
	draft, err := NewAssessment(c, AssessmentDetails{ID: "a1", Questionnaire: "saq-d-merchant"})
	require.NoError(t, err)
	d.write(mara, draft)
	card, same, kept := d.attach(mara, "card numbers"), d.attach(mara, "card numbers"), d.attach(mara, "policy")
	a, err := d.history().Assessment(c, "a1")
	require.NoError(t, err)
	answer, err := a.Answer(Answer{Requirement: req("1.2.5"), Response: InPlace, Narrative: "as in the list", Evidence: []ID{card.ID, kept.ID}})
	require.NoError(t, err)
	d.write(mara, answer)

	h := d.history()
	_, err = h.Expunge(d.item(card.ID), " \n")
	require.ErrorContains(t, err, "Evidence-1: it needs a reason")
	draft, err = h.Expunge(d.item(card.ID), "a card number was in it")
	require.NoError(t, err)
	assert.Equal(t, EvidenceExpunged, draft.Action)
	stone, is := draft.Payload.(Tombstone)
	require.True(t, is)
	assert.Equal(t, []PrintedNumber{{card.ID, 1}, {same.ID, 2}}, stone.Items, "every item of these bytes is named")
	e := d.write(mara, draft)

	h = d.history()
	got := d.item(same.ID)
	require.NotNil(t, got.Expunged)
	assert.Equal(t, "expunged on 2026-11-02 by Mara: a card number was in it", got.Expunged.String())
	assert.Equal(t, e.ID, got.Expunged.Entry)
	assert.Nil(t, d.item(kept.ID).Expunged)
	assert.Equal(t, "Evidence-1", d.item(card.ID).Label())
	_, err = h.Expunge(d.item(card.ID), "again")
	require.ErrorContains(t, err, "it was expunged on")
	assert.Equal(t, 4, d.attach(mara, "next").Number, "its number is not given again")

	a, err = d.history().Assessment(c, "a1")
	require.NoError(t, err)
	problems := a.ProblemsOf(req("1.2.5"))
	require.Len(t, problems, 1)
	assert.Equal(t, CitesExpunged, problems[0].Kind)
	assert.Equal(t, "the answer cites Evidence-1, which was expunged on 2026-11-02 by Mara: a card number was in it", problems[0].Sentence)
	assert.Len(t, a.Current(req("1.2.5")).Evidence, 2, "what was cited stays")
}

func TestMergeNeverBringsAnExpungedFileBack(t *testing.T) {
	mara := person(t, "Mara", 1)
	a, b := twoDesks(t, mara)
	first := a.attach(mara, "card numbers")
	draft, err := a.history().Expunge(a.item(first.ID), "a card number")
	require.NoError(t, err)
	a.write(mara, draft)
	second := b.attach(mara, "card numbers")
	again, err := b.history().Expunge(b.item(second.ID), "for the same reason, and later")
	require.NoError(t, err)
	b.write(mara, again)
	a.take(b)
	b.take(a)
	for _, d := range []*desk{a, b} {
		assert.NotNil(t, d.item(second.ID).Expunged, "the other copy's item is the same body")
		require.Len(t, d.history().Tombstones(), 1)
		assert.Equal(t, "a card number", d.history().Tombstones()[0].Reason, "the first one stands")
	}
}

func TestStrangerCannotExpunge(t *testing.T) {
	mara, eve := person(t, "Mara", 1), person(t, "Eve", 9)
	a, _ := twoDesks(t, mara)
	item := a.attach(mara, "the proof")
	draft, err := a.history().Expunge(item, "oops")
	require.NoError(t, err)
	a.write(eve, draft)
	assert.Empty(t, a.history().Tombstones())
	assert.Nil(t, a.item(item.ID).Expunged)
}

func TestResultIsExpungedByItsDigestAndProvesNoPassAnyMore(t *testing.T) {
	mara, c := person(t, "Mara", 1), small(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	items := j.collect(mara, map[string]engine.Verdict{"pods-meet-baseline": engine.Pass, "namespaces-have-default-deny": engine.Fail})
	h := j.history()
	_, err := h.Expunge(items[0], "a secret")
	require.ErrorContains(t, err, "it is the result of a check")
	for _, structural := range []engine.Digest{h.Entries()[1].Digest, items[0].Result.Run, items[0].Result.Snapshot} {
		_, err = h.ExpungeDocument(structural, "a secret")
		require.Error(t, err)
	}
	baseline, known := c.Requirement(req("2.2.6"))
	require.True(t, known)
	deny, known := c.Requirement(req("1.3.1"))
	require.True(t, known)
	latest := j.open(c, id).LatestEvidence()
	require.Equal(t, Supports, Suggest(baseline, latest).Procedures[0].Stance)
	require.Equal(t, Contradicts, Suggest(deny, latest).Stance)

	for _, item := range items {
		draft, err := j.history().ExpungeDocument(item.Digest(), "a secret stood in a field")
		require.NoError(t, err)
		j.write(mara, draft)
	}
	draft, err := j.history().ExpungeDocument(engine.Sum([]byte("an object")), "a secret stood in it")
	require.NoError(t, err)
	j.write(mara, draft)
	a := j.open(c, id)
	for _, item := range a.LatestEvidence() {
		assert.NotNil(t, item.Expunged)
	}
	assert.Equal(t, CannotSay, Suggest(baseline, a.LatestEvidence()).Stance, "nobody can look at the proof")
	assert.Equal(t, Unanswered, Suggest(baseline, a.LatestEvidence()).Proposes)
	assert.Equal(t, Contradicts, Suggest(deny, a.LatestEvidence()).Stance, "a failure is not expunged with its proof")
	assert.Len(t, a.History().Tombstones(), 3)
}
