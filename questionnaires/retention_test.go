package questionnaires

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (f *fieldwork) keeping() Keeping {
	f.j.t.Helper()
	k, err := f.open().Keeping()
	require.NoError(f.j.t, err)
	return k
}

func (f *fieldwork) retain(s *Signer, r Retention) {
	f.j.t.Helper()
	d, err := f.open().SetRetention(r)
	f.must(s, d, err)
}

func (f *fieldwork) hold(s *Signer, on bool, reason string) {
	f.j.t.Helper()
	d, err := f.open().Hold(on, reason)
	f.must(s, d, err)
}

func TestWorkpapersStayUntilTheirDay(t *testing.T) {
	mara := person(t, "Mara", 1)
	f := onSite(t, mara)
	k := f.keeping()
	require.ErrorContains(t, k.MayGo("2199-01-01"), "no QSA took part, so that no rule sets a day")
	d, err := f.open().SetEngagement(Engagement{Assessors: []Assessor{{Name: "Mara", Role: LeadAssessor}}})
	f.must(mara, d, err)
	require.ErrorContains(t, f.keeping().MayGo("2199-01-01"), "3 years after it is issued, and it is not issued")

	_, err = f.open().SetRetention(Retention{Until: "tomorrow"})
	require.ErrorContains(t, err, "read day")
	f.retain(mara, Retention{Until: "2029-11-20", Custodian: "Records office", Place: "Vault 3"})
	k = f.keeping()
	require.ErrorContains(t, k.MayGo("2029-11-20"), "kept to the end of 2029-11-20")
	require.NoError(t, k.MayGo("2029-11-21"))

	f.hold(mara, true, "Claim 4-17")
	_, err = f.open().Hold(true, "again")
	require.ErrorContains(t, err, "under hold already")
	require.ErrorContains(t, f.keeping().MayGo("2035-01-01"), "is under legal hold since 2026-11-02 by Mara: Claim 4-17")
	_, err = f.open().Hold(false, " ")
	require.ErrorContains(t, err, "needs a reason")
	f.hold(mara, false, "Settled")
	require.NoError(t, f.keeping().MayGo("2035-01-01"))
	assert.Len(t, f.keeping().Holds, 2)
}

// Three years count from the issue, and again from that of an amendment, whose paper the
// QSA's name may have left.
func TestWhatAQSAIssuedStaysForThreeYears(t *testing.T) {
	r := toQA(t)
	r.does(r.mara)(r.a().MoveStage(StageMove{To: Fieldwork, Reason: "the QSA is not named"}))
	r.does(r.mara)(r.a().SetEngagement(Engagement{Assessors: []Assessor{{Name: "Ivo", Role: LeadAssessor}}}))
	r.to(LeadReview)
	r.passAll(r.ivo)
	r.to(QualityReview)
	r.passAll(r.quin)
	issued := r.issue()
	kept := func() Keeping {
		k, err := r.a().Keeping()
		require.NoError(t, err)
		return k
	}
	require.Equal(t, Day("2026-11-02"), DayOf(issued.Time))
	assert.Equal(t, Day("2029-11-02"), kept().Until)
	assert.True(t, kept().ByRule)
	require.ErrorContains(t, kept().MayGo("2029-11-02"), "kept to the end of 2029-11-02: 3 years after 2026-11-02, when it was last issued: a QSA took part")
	require.NoError(t, kept().MayGo("2029-11-03"))

	r.does(r.mara)(r.a().SetRetention(Retention{Custodian: "Records office"}))
	_, err := r.a().SetRetention(Retention{Until: "2029-11-01"})
	require.EqualError(t, err, "set retention: 2029-11-01 is too soon: it is kept at least to the end of 2029-11-02, 3 years after 2026-11-02, when it was last issued: a QSA took part")
	r.write(r.mara, Draft{Assessment: r.id, Action: RetentionSet, Subject: "retention", Payload: Retention{Until: "2026-01-01"}})
	assert.Equal(t, Day("2029-11-02"), kept().Until, "past the rules, or before the issue")
	r.does(r.mara)(r.a().SetRetention(Retention{Until: "2031-01-01"}))
	assert.Equal(t, Day("2031-01-01"), kept().Until)
	assert.False(t, kept().ByRule)
	r.does(r.mara)(r.a().SetRetention(Retention{}))
	r.does(r.mara)(r.a().Amend("A wrong port"))
	r.does(r.mara)(r.a().SetEngagement(Engagement{}))
	assert.Equal(t, Day("2029-11-02"), kept().Until, "what was issued was a QSA's")
}

func TestKeepingSetSideBySideKeepsLonger(t *testing.T) {
	mara, bo, stranger := person(t, "Mara", 1), person(t, "Bo", 2), person(t, "Nobody", 9)
	f := onSite(t, mara, bo)
	f.hold(mara, true, "Claim 4-17")
	away := f.copied()
	f.retain(mara, Retention{Until: "2028-01-01"})
	f.hold(mara, false, "Settled")
	f.write(stranger, Draft{Assessment: f.id, Action: RetentionSet, Subject: "retention", Payload: Retention{Until: "2020-01-01"}})
	away.retain(bo, Retention{Until: "2030-01-01"})
	d, err := away.open().Hold(false, "Settled, I hear")
	away.must(bo, d, err)
	away.hold(bo, true, "Claim 5-2")
	all := slices.Concat(f.entries, away.entries)
	for seed := range uint64(10) {
		h, err := NewHistory(shuffled(all, seed), f.j.payload)
		require.NoError(t, err)
		a, err := h.Assessment(f.c, f.id)
		require.NoError(t, err)
		k, err := a.Keeping()
		require.NoError(t, err)
		assert.Equal(t, Day("2030-01-01"), k.Until)
		require.NotNil(t, k.Held)
		assert.Equal(t, "Claim 5-2", k.Held.Reason)
		assert.Contains(t, a.retentionProblems()[0].Sentence, "side by side")
	}
}

// An item stays as long as the assessment that it serves longest.
func TestAnItemStaysForAllThatItServes(t *testing.T) {
	mara := person(t, "Mara", 1)
	f := onSite(t, mara)
	first := f.id
	f.retain(mara, Retention{Until: "2027-01-01"})
	old := f.attach(mara, "old.pdf")
	cites := func(ids ...ID) {
		d, err := f.open().Answer(Answer{Requirement: req("1.2.5"), Response: InPlace, Narrative: "seen", Evidence: ids})
		f.must(mara, d, err)
	}
	cites(old.ID)
	f.j.entries = f.entries
	f.id = f.j.assessment(mara, f.c, "saq-a")
	f.entries = f.j.entries
	f.retain(mara, Retention{Until: "2030-01-01"})
	both, nobodys := f.attach(mara, "both.pdf"), f.attach(mara, "nobodys.pdf")
	cites(both.ID)
	f.id = first
	cites(old.ID, both.ID)
	b, err := f.history().Kept(f.c)
	require.NoError(t, err)
	for item, until := range map[ID]Day{old.ID: "2027-01-01", both.ID: "2030-01-01", nobodys.ID: "2030-01-01"} {
		got, held := b.RetainedUntil(item)
		assert.Equal(t, until, got)
		assert.Nil(t, held)
	}
	_, err = b.Expunge(old, "2027-01-01")
	require.ErrorContains(t, err, "expunge Evidence-1: SAQ D Merchant is kept to the end of 2027-01-01")
	_, err = b.Expunge(both, "2028-01-01")
	require.ErrorContains(t, err, "SAQ A is kept to the end of 2030-01-01")
	_, err = b.ExpungeDocument(nobodys.Digest(), "2028-01-01")
	require.ErrorContains(t, err, "2030-01-01")
	d, err := b.Expunge(old, "2028-01-01")
	require.NoError(t, err)
	stone, is := d.Payload.(Tombstone)
	require.True(t, is)
	assert.Equal(t, "its retention ended on 2027-01-01", stone.Reason)

	// A card number must go, whatever is held, and that is said.
	f.hold(mara, true, "Claim 4-17")
	_, err = f.history().Expunge(both, "a card number")
	require.ErrorIs(t, err, ErrHeld)
	d, err = f.history().Expunge(both, "a card number", "3.3.1 leaves no choice")
	require.NoError(t, err)
	stone, _ = d.Payload.(Tombstone)
	assert.Equal(t, "3.3.1 leaves no choice", stone.DespiteHold)
	assert.Contains(t, stone.String(), "despite a legal hold, because 3.3.1")
	b, err = f.history().Kept(f.c)
	require.NoError(t, err)
	_, err = b.Expunge(old, "2050-01-01")
	require.ErrorContains(t, err, "is under legal hold")
}
