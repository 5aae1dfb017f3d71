package questionnaires

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// Who can open a vault can write entries into a copy and have it merged. What nobody
// enrolled signed is shown as that, and changes nothing that counts.
func TestAStrangerMakesNoFormSmaller(t *testing.T) {
	mara, eve, c := person(t, "Mara", 1), person(t, "Eve", 3), small(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	j.write(eve, Draft{Assessment: id, Action: QuestionnaireChanged, Subject: "questionnaire saq-a", Payload: QuestionnaireChange{
		From: "saq-d-merchant", To: "saq-a", Reason: "less work",
	}})
	j.write(eve, Draft{Assessment: id, Action: AssessmentCreated, Subject: "assessment " + string(id), Payload: AssessmentDetails{
		ID: id, Questionnaire: "saq-a", Name: "Small",
	}})
	j.write(eve, Draft{Assessment: id, Action: ConclusionRecorded, Subject: "conclusion", Payload: Conclusion{Result: "Compliant", Person: "Eve"}})
	a := j.open(c, id)
	assert.Equal(t, "saq-d-merchant", a.Questionnaire.Code)
	assert.Zero(t, a.Conclusion)
	assert.Contains(t, kinds(a.Problems()), NotVerified)
	all, err := j.history().Assessments()
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, "saq-d-merchant", all[0].Questionnaire)

	confirm, err := a.ChangeQuestionnaire("saq-d-merchant", "it stays what it was")
	require.NoError(t, err, "who saw it says which form it is")
	j.write(mara, confirm)
	assert.NotContains(t, kinds(j.open(c, id).Problems()), NotVerified)

	begun := j.assessment(eve, c, "saq-a")
	assert.Contains(t, kinds(j.open(c, begun).Problems()), NotVerified)
}

func TestAStrangersEvidenceProvesNothing(t *testing.T) {
	mara, eve, c := person(t, "Mara", 1), person(t, "Eve", 3), small(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	items := j.collect(mara, map[string]engine.Verdict{"pods-meet-baseline": engine.Fail})
	passed := j.collect(eve, map[string]engine.Verdict{"pods-meet-baseline": engine.Pass})
	j.answer(mara, c, id, Answer{Requirement: req("2.2.6"), Response: InPlace, Narrative: "n", Evidence: []ID{items[0].ID}})
	assert.Contains(t, kinds(j.open(c, id).ProblemsOf(req("2.2.6"))), Contradicted, "the result that fails is still the latest of an author")
	j.answer(mara, c, id, Answer{Requirement: req("1.2.5"), Response: InPlace, Narrative: "n", Evidence: []ID{passed[0].ID}})
	assert.Equal(t, []ProblemKind{NotVerified}, kinds(j.open(c, id).ProblemsOf(req("1.2.5"))))
}

// An analysis that one withdrew and another changed is neither until somebody says.
func TestAWithdrawnAnalysisBesideAChangedOneIsAConflict(t *testing.T) {
	mara, ivo, c := person(t, "Mara", 1), person(t, "Ivo", 2), forms(t)
	j := found(t, mara)
	j.write(mara, Draft{Action: AuthorEnrolled, Subject: "ivo", Payload: ivo.Enrolment()})
	id := j.assessment(mara, c, "saq-d-merchant")
	paper := j.file(mara, j.now)
	whole := RiskAnalysis{
		ID: "r1", Requirement: req("8.6.3"), Asset: "a", Threat: "t", Factors: "f", Frequency: Interval{90, Days}, Reason: "r", Reviewed: "2026-10-30",
	}
	set := func(s *Signer, tips []engine.Digest, analysis RiskAnalysis) {
		d, err := j.history().SetRiskAnalysis(c, analysis)
		require.NoError(t, err)
		j.sign(s, tips, d)
	}
	other := whole
	other.ID = "r2"
	set(mara, j.history().Tips(), other)
	set(mara, j.history().Tips(), whole)
	j.answer(mara, c, id, Answer{Requirement: req("8.6.3"), Response: InPlace, Narrative: "n", Evidence: []ID{paper}})
	require.Empty(t, j.open(c, id).ProblemsOf(req("8.6.3")))
	tips := j.history().Tips()
	changed, withdrawn := whole, whole
	changed.Frequency, withdrawn.Withdrawn = Interval{1, Years}, true
	set(mara, tips, changed)
	set(ivo, tips, withdrawn)
	assert.Equal(t, []ProblemKind{InConflict}, kinds(j.open(c, id).ProblemsOf(req("8.6.3"))))
	set(mara, j.history().Tips(), withdrawn)
	assert.Empty(t, j.open(c, id).ProblemsOf(req("8.6.3")))
}
