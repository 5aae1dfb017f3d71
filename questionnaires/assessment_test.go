package questionnaires

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

func kinds(problems []Problem) []ProblemKind {
	var all []ProblemKind
	for _, p := range problems {
		all = append(all, p.Kind)
	}
	return all
}

func TestProblemsOfEachResponse(t *testing.T) {
	mara, c := person(t, "Mara", 1), small(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	items := j.collect(mara, map[string]engine.Verdict{
		"pods-meet-baseline": engine.Fail, "containers-not-privileged": engine.Pass, "namespaces-have-default-deny": engine.Unknown,
	})
	evidence := []ID{items[0].ID}
	cases := map[string]struct {
		answer Answer
		want   []ProblemKind
	}{
		"in place, whole":                   {Answer{Requirement: req("1.2.5"), Response: InPlace, Narrative: "n", Evidence: evidence}, nil},
		"in place, bare":                    {Answer{Requirement: req("1.2.5"), Response: InPlace}, []ProblemKind{NoNarrative, NoEvidence}},
		"blanks are no narrative":           {Answer{Requirement: req("1.2.5"), Response: InPlace, Narrative: " \n", Evidence: evidence}, []ProblemKind{NoNarrative}},
		"in place against its evidence":     {Answer{Requirement: req("2.2.6"), Response: InPlace, Narrative: "n", Evidence: evidence}, []ProblemKind{Contradicted}},
		"not in place with its evidence":    {Answer{Requirement: req("2.2.6"), Response: NotInPlace, Narrative: "fix by May", Remedy: Remedy{Target: "2027-05-31"}}, nil},
		"not in place without plan":         {Answer{Requirement: req("2.2.6"), Response: NotInPlace}, []ProblemKind{NoPlan, NoTargetDate}},
		"unknown does not contradict":       {Answer{Requirement: req("1.3.1"), Response: InPlace, Narrative: "n", Evidence: evidence}, nil},
		"compensating control":              {Answer{Requirement: req("1.2.5"), Response: InPlaceWithCCW, Narrative: "n", Evidence: evidence}, []ProblemKind{NoWorksheet}},
		"not applicable without reason":     {Answer{Requirement: req("1.2.5"), Response: NotApplicable}, []ProblemKind{NoReason}},
		"not tested with reason":            {Answer{Requirement: req("1.2.5"), Response: NotTested, Narrative: "left out", Untested: "the list of ports"}, nil},
		"not tested without what":           {Answer{Requirement: req("1.2.5"), Response: NotTested, Narrative: "left out"}, []ProblemKind{NoExclusion}},
		"superseded in place":               {Answer{Requirement: req("6.4.1"), Response: InPlace, Narrative: "n", Evidence: evidence}, []ProblemKind{Superseded}},
		"superseded, said to be":            {Answer{Requirement: req("6.4.1"), Response: NotApplicable, Narrative: "superseded by 6.4.2"}, nil},
		"taken back to nothing by a person": {Answer{Requirement: req("1.2.5")}, []ProblemKind{NotAnswered}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			branch := *j
			branch.t, branch.entries = t, j.entries[:len(j.entries):len(j.entries)]
			branch.answer(mara, c, id, tc.answer)
			assert.Equal(t, tc.want, kinds(branch.open(c, id).ProblemsOf(tc.answer.Requirement)))
		})
	}
	assert.Len(t, j.open(c, id).Problems(), 5, "every unanswered requirement is a problem")
}

func TestAnswerRefusesWhatTheFormDoesNotHave(t *testing.T) {
	mara, c := person(t, "Mara", 1), small(t)
	j := found(t, mara)
	a := j.open(c, j.assessment(mara, c, "saq-a"))
	refused := map[string]Answer{
		"a requirement of another form": {Requirement: req("2.2.6"), Response: InPlace},
		"a response it does not offer":  {Requirement: req("1.2.5"), Response: NotTested},
		"evidence that is not there":    {Requirement: req("1.2.5"), Response: InPlace, Evidence: []ID{"nope"}},
		"a terminal escape":             {Requirement: req("1.2.5"), Response: InPlace, Narrative: "\x1b[2J"},
		"no UTF-8":                      {Requirement: req("1.2.5"), Response: InPlace, Narrative: "\xff"},
		"a flood":                       {Requirement: req("1.2.5"), Response: InPlace, Narrative: strings.Repeat("x", MaxNarrative+1)},
	}
	for name, answer := range refused {
		_, err := a.Answer(answer)
		assert.Error(t, err, name)
	}
}

func TestUndoAddsAndGoesBackStepByStep(t *testing.T) {
	mara, c := person(t, "Mara", 1), small(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	one, two, other := req("1.2.5"), req("1.2.5"), req("6.4.2")
	first := j.answer(mara, c, id, Answer{Requirement: one, Response: NotInPlace, Narrative: "first"})
	j.answer(mara, c, id, Answer{Requirement: other, Response: NotTested, Narrative: "other"})
	second := j.answer(mara, c, id, Answer{Requirement: two, Response: InPlace, Narrative: "second"})

	undo := func() Revision {
		draft, undone, err := j.open(c, id).Undo()
		require.NoError(t, err)
		j.write(mara, draft)
		return undone
	}
	assert.Equal(t, second.ID, undo().Entry)
	current := j.open(c, id).Current(one)
	assert.Equal(t, "first", current.Narrative)
	assert.Equal(t, first.ID, current.Restores)
	assert.Equal(t, second.ID, current.Undoes)
	assert.Equal(t, 3, j.open(c, id).Answers(one), "nothing is overwritten")

	undo()
	assert.Equal(t, Unanswered, j.open(c, id).Current(other).Response)
	undo()
	assert.Equal(t, Unanswered, j.open(c, id).Current(one).Response)
	_, _, err := j.open(c, id).Undo()
	assert.ErrorContains(t, err, "no answer to take back")
}

func TestTwoAnswersSideBySideAreAConflictUntilOneIsConfirmed(t *testing.T) {
	mara, ivo, c := person(t, "Mara", 1), person(t, "Ivo", 2), small(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	j.write(mara, Draft{Action: AuthorEnrolled, Subject: "ivo", Payload: ivo.Enrolment()})
	fork := j.history().Tips()
	draft := func(r Response, text string) Draft {
		d, err := j.open(c, id).Answer(Answer{Requirement: req("1.2.5"), Response: r, Narrative: text})
		require.NoError(t, err)
		return d
	}
	hers, his := draft(NotInPlace, "hers"), draft(NotTested, "his")
	j.sign(mara, fork, hers)
	j.sign(ivo, fork, his)
	a := j.open(c, id)
	assert.Len(t, a.Conflicts(req("1.2.5")), 2)
	assert.Contains(t, kinds(a.ProblemsOf(req("1.2.5"))), InConflict)
	j.write(mara, draft(NotInPlace, "agreed"))
	a = j.open(c, id)
	assert.Empty(t, a.Conflicts(req("1.2.5")))
	assert.Equal(t, "agreed", a.Current(req("1.2.5")).Narrative)
}

func TestAssessmentsOfOneVaultShareEvidenceAndNothingElse(t *testing.T) {
	mara, c := person(t, "Mara", 1), small(t)
	j := found(t, mara)
	small, large := j.assessment(mara, c, "saq-a"), j.assessment(mara, c, "saq-d-merchant")
	items := j.collect(mara, map[string]engine.Verdict{"pods-meet-baseline": engine.Pass})
	before := j.open(c, large).Head
	j.answer(mara, c, small, Answer{Requirement: req("1.2.5"), Response: InPlace, Narrative: "n", Evidence: []ID{items[0].ID}})
	assert.Equal(t, Unanswered, j.open(c, large).Current(req("1.2.5")).Response)
	assert.Equal(t, before, j.open(c, large).Head, "an answer elsewhere does not move this assessment's head")
	assert.Equal(t, 1, j.open(c, small).Progress().Answered)
	assert.Len(t, j.open(c, large).LatestEvidence(), 1)

	h := j.history()
	_, err := h.Choose("")
	assert.ErrorContains(t, err, "name one")
	got, err := h.Choose("saq-a")
	require.NoError(t, err)
	assert.Equal(t, small, got)
}

func TestProgressCountsResponses(t *testing.T) {
	mara, c := person(t, "Mara", 1), small(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	j.collect(mara, map[string]engine.Verdict{"pods-meet-baseline": engine.Fail, "namespaces-have-default-deny": engine.Unknown})
	j.answer(mara, c, id, Answer{Requirement: req("1.2.5"), Response: NotTested, Narrative: "n"})
	p := j.open(c, id).Progress()
	assert.Equal(t, 5, p.Total)
	assert.Equal(t, 1, p.Answered)
	assert.Equal(t, 1, p.Responses[NotTested])
	require.Len(t, p.Principals, 3)
	assert.Equal(t, PrincipalProgress{
		ID: req("1"), Title: "Network controls", Total: 2, Answered: 1, Responses: [6]int{Unanswered: 1, NotTested: 1}, Unseen: 1,
	}, p.Principals[0])
	assert.Equal(t, 1, p.Principals[1].Contradicted)
}
