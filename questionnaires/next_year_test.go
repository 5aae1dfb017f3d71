package questionnaires

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// nextYear opens the next year of a prior assessment, some months later.
func (r *reviewed) nextYear(form string) {
	r.t.Helper()
	r.now = r.now.AddDate(0, 11, 0)
	id, err := r.newID()
	require.NoError(r.t, err)
	drafts, err := r.history().NextYear(r.c, r.c, AssessmentDetails{ID: id, Questionnaire: form, Name: "2027", Prior: r.id}, r.newID)
	require.NoError(r.t, err)
	for _, d := range drafts {
		r.write(r.mara, d)
	}
	r.id = id
}

// wholeYear is a year with everything that could be carried, or must not be.
func wholeYear(t *testing.T) *reviewed {
	r := underReview(t, "saq", "Ivo")
	paper := r.file(r.mara, r.now)
	r.does(r.mara)(r.history().SetScope(r.c, Scope{Description: "the shop", ThirdParties: []ThirdParty{{Name: "Acquirer"}}, TrustedRegistries: []string{"registry.example"}}))
	r.does(r.mara)(r.a().SetEngagement(Engagement{
		Assessors: []Assessor{{Name: "Ines", Role: LeadAssessor}}, Reviewer: Reviewer{Name: "Per"}, Start: "2026-10-01", Years: 2,
		Independence: "no stake", OnSite: []Visit{{From: "2026-10-02"}}, Sampling: Sampling{Used: DeclaredYes, Rationale: "one image"},
	}))
	r.does(r.mara)(r.a().AskRequest(Request{ID: "q1", What: "Ports", Requirements: []RequirementID{req("1.2.5")}, Owner: "Lea", Due: "2026-11-30", From: "2026-01-01"}))
	r.does(r.mara)(r.a().AskRequest(Request{ID: "q2", What: "Gone", Requirements: []RequirementID{req("1.2.6")}}))
	r.does(r.mara)(r.a().WithdrawRequest("q2", true))
	r.does(r.mara)(r.a().ReceiveRequest("q1", paper))
	r.does(r.mara)(r.a().RecordSample(Sample{ID: "s1", Type: "shops", Draw: SampleDraw{Method: JudgementSample}, Chosen: "largest", Size: 1, Count: 2, Items: []string{"Lund"}}))
	r.does(r.mara)(r.a().Answer(Answer{Requirement: req("1.2.5"), Response: NotInPlace, Narrative: "Two hosts are behind.", Remedy: Remedy{Target: "2026-12-01"}}))
	r.does(r.mara)(r.a().Answer(Answer{Requirement: req("1.2.6"), Response: InPlaceWithCCW, Narrative: "Walls instead.", Evidence: []ID{paper}, Worksheet: Worksheet{Constraints: "The till cannot do it before it is replaced.", Risk: "none"}}))
	return r
}

func TestTheNextYearCarriesWhatIsConfirmedAndNoAnswer(t *testing.T) {
	r := wholeYear(t)
	r.nextYear("saq")
	a := r.a()
	e, _ := a.Engagement()
	assert.Equal(t, Engagement{Assessors: []Assessor{{Name: "Ines", Role: LeadAssessor}}, Reviewer: Reviewer{Name: "Per"}, Years: 3}, e)
	require.Len(t, a.Requests(), 1)
	asked := a.Requests()[0]
	assert.Equal(t, "Ports, Lea, 2027-11-30, from 2027-01-01, open", strings.Join([]string{asked.What, asked.Owner, string(asked.Due), asked.Period(), asked.Word()}, ", "))
	assert.Empty(t, asked.Evidence)
	assert.Empty(t, a.Samples())
	assert.Empty(t, a.Populations())
	assert.Empty(t, a.Given())
	assert.Empty(t, a.Conclusion)
	var labels []string
	for _, item := range a.Carried() {
		labels = append(labels, item.Label)
		assert.False(t, item.Confirmed, item.Label)
	}
	assert.Equal(t, []string{"questionnaire", "scope", "third-parties", "checks", "people", "Req-3"}, labels)
	assert.Len(t, of(a.Problems(), NotConfirmed), 6)

	r.does(r.mara)(a.ConfirmCarried("scope", AllRequests))
	assert.Len(t, of(r.a().Problems(), NotConfirmed), 4)
	_, err := r.a().ConfirmCarried("scope")
	require.ErrorContains(t, err, "Mara confirmed scope on 2027-10-02")
	_, err = r.a().ConfirmCarried(AllRequests)
	require.ErrorContains(t, err, "every request is confirmed")
	r.does(r.mara)(r.a().WithdrawRequest(asked.ID, true))
	assert.Len(t, r.a().Carried(), 5, "what is withdrawn is settled")
}

func of(all []Problem, kind ProblemKind) []Problem {
	var some []Problem
	for _, p := range all {
		if p.Kind == kind {
			some = append(some, p)
		}
	}
	return some
}

// Who is nobody confirms nothing, and nobody confirms what they had not seen.
func TestAConfirmationHoldsForWhatItsAuthorSaw(t *testing.T) {
	r := wholeYear(t)
	r.nextYear("saq")
	tips := r.history().Tips()
	d, err := r.a().ConfirmCarried("scope", "people")
	require.NoError(t, err)
	r.sign(r.eve, tips, d)
	assert.Len(t, of(r.a().Problems(), NotConfirmed), 6)
	r.sign(r.ivo, tips, d)
	assert.Len(t, of(r.a().Problems(), NotConfirmed), 4)
	set, err := r.history().SetScope(r.c, Scope{Description: "two shops", ThirdParties: []ThirdParty{{Name: "Another"}}})
	require.NoError(t, err)
	r.sign(r.mara, tips, set)
	var open []string
	for _, item := range r.a().Carried() {
		if !item.Confirmed {
			open = append(open, item.Label)
		}
	}
	assert.Equal(t, []string{"questionnaire", "scope", "third-parties", "Req-3"}, open)
}

func TestLastYearsTextsAreNotWrittenAgain(t *testing.T) {
	r := wholeYear(t)
	r.nextYear("saq")
	paper := r.file(r.mara, r.now)
	for name, c := range map[string]struct {
		answer Answer
		says   string
	}{
		"word for word":  {Answer{Requirement: req("1.2.5"), Response: NotInPlace, Narrative: "\n two  HOSTS are behind. ", Remedy: Remedy{Target: "2027-12-01"}}, "as last year, word for word: narrative; say what was found this year"},
		"another place":  {Answer{Requirement: req("1.2.5"), Response: NotTested, Narrative: "no time", Untested: "Two hosts are behind."}, "as last year, word for word: what was not tested; say what was found this year"},
		"in own words":   {Answer{Requirement: req("1.2.5"), Response: NotInPlace, Narrative: "One host is behind.", Remedy: Remedy{Target: "2027-12-01"}}, ""},
		"of another row": {Answer{Requirement: req("2.2.6"), Response: InPlace, Narrative: "Walls instead.", Evidence: []ID{paper}}, ""},
		"the worksheet": {
			Answer{Requirement: req("1.2.6"), Response: InPlaceWithCCW, Narrative: "Still walls.", Evidence: []ID{paper}, Worksheet: Worksheet{Constraints: "The till cannot do it before it is replaced.", Risk: "none"}},
			"as last year, word for word: constraints; say what was found this year",
		},
	} {
		r.answer(r.mara, r.c, r.id, c.answer)
		var says string
		for _, p := range of(r.a().ProblemsOf(c.answer.Requirement), AsLastYear) {
			says = p.Sentence
		}
		assert.Equal(t, c.says, says, name)
	}
}

func TestWhatWasNotInPlaceIsFollowedUp(t *testing.T) {
	r := wholeYear(t)
	old := r.file(r.mara, r.now)
	r.nextYear("saq")
	closed := func() string {
		t.Helper()
		all, err := r.a().FollowUps(DayOf(r.now))
		require.NoError(t, err)
		require.Len(t, all, 1)
		assert.Equal(t, "1.2.5 Permitted ports was Not in Place, to be met by 2026-12-01", all[0].Sentence)
		return all[0].Closed
	}
	assert.Empty(t, closed())
	older := r.file(r.mara, time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC))
	newer := r.file(r.mara, r.now)
	for name, c := range map[string]struct {
		response Response
		rests    []ID
		closed   string
	}{
		"older evidence":                         {InPlace, []ID{older}, ""},
		"none":                                   {InPlace, nil, ""},
		"newer":                                  {InPlace, []ID{older, newer}, "1.2.5 is In Place by Evidence-4"},
		"still not":                              {NotInPlace, nil, "1.2.5 is Not in Place"},
		"after the answer, and before this year": {InPlace, []ID{old}, "1.2.5 is In Place by Evidence-2"},
	} {
		r.answer(r.mara, r.c, r.id, Answer{Requirement: req("1.2.5"), Response: c.response, Narrative: name, Evidence: c.rests, Remedy: Remedy{Target: "2027-12-01"}})
		assert.Equal(t, c.closed, closed(), name)
		assert.Equal(t, c.closed == "", len(of(r.a().ProblemsOf(req("1.2.5")), NotFollowedUp)) == 1, name)
	}
}

func TestAnAcceptedResultIsFollowedUp(t *testing.T) {
	r := underReview(t, "saq", "Ivo")
	items := r.collect(r.mara, map[string]engine.Verdict{"pods-meet-baseline": engine.Fail})
	asked := r.ask(r.mara, risk("2026-12-31"))
	r.does(r.ivo)(r.history().ApproveAcceptance(asked, r.ivo.Author.ID))
	r.now = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	id, err := r.newID()
	require.NoError(t, err)
	drafts, err := r.history().NextYear(r.c, r.c, AssessmentDetails{ID: id, Questionnaire: "saq", Prior: r.id}, r.newID)
	require.NoError(t, err)
	r.write(r.mara, drafts[0])
	r.id = id
	left := func() FollowUp {
		t.Helper()
		all, err := r.a().FollowUps(DayOf(r.now))
		require.NoError(t, err)
		require.Len(t, all, 1)
		return all[0]
	}
	assert.Equal(t, "pods-meet-baseline of pod api was accepted until 2026-12-31: leaves in March", left().Sentence)
	assert.Equal(t, []RequirementID{req("2.2.6")}, left().Requirements)
	assert.Empty(t, left().Closed)
	r.answer(r.mara, r.c, r.id, Answer{Requirement: req("2.2.6"), Response: InPlace, Narrative: "n", Evidence: []ID{items[0].ID}})
	assert.NotEmpty(t, of(r.a().ProblemsOf(req("2.2.6")), NotFollowedUp))
	r.collect(r.mara, map[string]engine.Verdict{"pods-meet-baseline": engine.Unknown})
	assert.Empty(t, left().Closed, "what is not known closes nothing")
	again := r.ask2(t)
	assert.Equal(t, "it was accepted again until 2027-03-31", left().Closed)
	r.does(r.ivo)(r.history().EndAcceptance(again, "gone"))
	r.collect(r.mara, map[string]engine.Verdict{"pods-meet-baseline": engine.Pass})
	assert.Contains(t, left().Closed, "it does not fail in Evidence-")
}

// What cannot be read is no year that left nothing open, however often one looks.
func TestWhatLastYearLeftOpenAndNobodyCanReadIsAProblem(t *testing.T) {
	r := wholeYear(t)
	r.nextYear("saq")
	r.write(r.mara, Draft{Action: AcceptanceAsked, Subject: "acceptance", Payload: []string{"no acceptance"}})
	a := r.a()
	for range 2 {
		problems := of(a.Problems(), NotVerified)
		require.Len(t, problems, 1)
		assert.Equal(t, CarriedPart, problems[0].Part)
		assert.Contains(t, problems[0].Sentence, "what last year left open cannot be read: ")
	}
}

// ask2 accepts the failing pod again, after it failed again.
func (r *reviewed) ask2(t *testing.T) engine.Digest {
	t.Helper()
	r.collect(r.mara, map[string]engine.Verdict{"pods-meet-baseline": engine.Fail})
	again := r.ask(r.mara, risk("2027-03-31"))
	r.does(r.ivo)(r.history().ApproveAcceptance(again, r.ivo.Author.ID))
	return again
}

// Last year's answer is that of the issued version, whatever was written since.
func TestLastYearIsWhatWasIssued(t *testing.T) {
	r := toQA(t)
	r.passAll(r.quin)
	r.issue()
	prior := r.id
	r.does(r.mara)(r.a().Amend("a wrong list"))
	r.does(r.mara)(r.a().Answer(Answer{Requirement: req("1.2.5"), Procedures: []ProcedureAnswer{{Finding: NotInPlace, Reporting: "amended"}}}))
	r.nextYear("saq")
	last, known, err := r.a().LastYear()
	require.NoError(t, err)
	require.True(t, known)
	assert.Equal(t, "Report on Compliance, issued as version 1 on 2026-11-02", last.Title())
	assert.Equal(t, InPlace, last.Current(req("1.2.5")).Response)
	all, err := r.a().FollowUps(DayOf(r.now))
	require.NoError(t, err)
	assert.Empty(t, all)
	assert.Empty(t, r.open(r.c, prior).Carried())
}

// A prior assessment that nobody saw, or that is itself, is none: it is said, and nothing
// is held against it.
func TestAPriorThatWasNotThereIsAProblem(t *testing.T) {
	for name, prior := range map[string]ID{"itself": "x1", "unknown": "nowhere"} {
		r := underReview(t, "saq")
		r.write(r.mara, Draft{Assessment: "x1", Action: AssessmentCreated, Subject: "assessment x1", Payload: AssessmentDetails{ID: "x1", Questionnaire: "saq", Revision: "4.0.1", Name: "x", Prior: prior}})
		a := r.open(r.c, "x1")
		_, known, err := a.LastYear()
		require.NoError(t, err, name)
		assert.False(t, known, name)
		assert.NotEmpty(t, of(a.Problems(), NotVerified), name)
	}
	r := underReview(t, "saq")
	_, err := r.history().NextYear(r.c, r.c, AssessmentDetails{ID: "n", Questionnaire: "saq", Prior: "nowhere"}, r.newID)
	require.ErrorContains(t, err, "open the next year")
}
