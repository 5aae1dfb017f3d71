package questionnaires

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func exempt(id string, r Response) ServiceException {
	return ServiceException{Requirement: req(id), Response: r, Reason: "It is apart."}
}

func TestTheNearestExceptionOfAServiceHolds(t *testing.T) {
	s := AssessedService{Exceptions: []ServiceException{exempt("9.5.1", InPlace), exempt("9", NotTested), exempt("9.5", NotApplicable)}}
	for id, want := range map[string]Response{"9.5.1.2": InPlace, "9.5.1": InPlace, "9.5.2": NotApplicable, "9.4.1": NotTested} {
		e, has := s.Exception(req(id))
		assert.True(t, has, id)
		assert.Equal(t, want, e.Response, id)
	}
	_, has := s.Exception(req("1.2.5"))
	assert.False(t, has)
}

func TestAnExceptionThatNamesNothingIsRefused(t *testing.T) {
	mara, c := person(t, "Mara", 1), small(t)
	h := found(t, mara).history()
	first := c.Requirements()[0].ID.String()
	for want, exceptions := range map[string][]ServiceException{
		"has no requirement":  {exempt("99.9", InPlace)},
		"has two exceptions":  {exempt(first, InPlace), exempt(first, NotTested)},
		"stands to " + first:  {exempt(first, Unanswered)},
		"exceptions of a ser": make([]ServiceException, maxScopeList+1),
	} {
		_, err := h.SetScope(c, Scope{Services: []AssessedService{{Name: "Tokens", Exceptions: exceptions}}})
		require.ErrorContains(t, err, want)
	}
}

// One answer holds for all services together: what is not in place for one of them is not
// in place. What nobody answered is answered for none.
func TestNoServiceWeighsMoreThanTheAnswer(t *testing.T) {
	for _, one := range []struct {
		answer, exception, holds Response
		broken                   bool
	}{
		{InPlace, NotApplicable, NotApplicable, false},
		{InPlace, NotInPlace, NotInPlace, true},
		{InPlace, NotTested, NotTested, true},
		{InPlace, InPlaceWithCCW, InPlaceWithCCW, true},
		{NotInPlace, InPlace, InPlace, false},
		{NotInPlace, NotTested, NotTested, false},
		{NotApplicable, InPlace, InPlace, true},
		{Unanswered, InPlace, Unanswered, false},
	} {
		mara, c := person(t, "Mara", 1), asking(t, ProvidedScope)
		j := found(t, mara)
		id := j.assessment(mara, c, c.Questionnaires()[0].Code)
		r := j.open(c, id).Requirements()[0]
		if one.answer != Unanswered {
			j.answer(mara, c, id, Answer{Requirement: r.ID, Response: one.answer, Narrative: "So it is."})
		}
		s := AssessedService{Name: "Tokens", Type: "Storage", Role: "Keeps numbers", Exceptions: []ServiceException{exempt(r.ID.String(), one.exception)}}
		j.scope(mara, c, Scope{Services: []AssessedService{s}})
		a := j.open(c, id)
		assert.Equal(t, one.holds, a.ResponseOf(s, r.ID))
		said := ""
		for _, p := range a.ScopeProblems(DayOf(a.Time)) {
			if p.Kind == ScopeBroken {
				said += p.Sentence
			}
		}
		assert.Equal(t, one.broken, said != "", "%s beside %s: %s", one.exception, one.answer, said)
	}
}
