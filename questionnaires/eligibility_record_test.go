package questionnaires

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// formWords are rules with one smaller form per channel.
func formWords() EligibilityWords {
	everywhere := PaymentChannels()
	yes := []string{Yes}
	return EligibilityWords{
		Merchants: "saq-d-merchant", Providers: "saq-d-service-provider", Reminder: "Ask your acquirer.",
		Questions: []EligibilityQuestion{
			{ID: "role", Text: "Which are you?", Choices: []Choice{{Value: "merchant", Text: "m"}, {Value: "service-provider", Text: "s"}, {Value: "both", Text: "b"}}},
			{ID: "till", Text: "At a till?", Opens: CardPresent},
			{ID: "telephone", Text: "By telephone?", Opens: MailTelephone},
			{ID: "shop", Text: "On the internet?", Opens: ECommerce},
			{ID: "stored", Text: "Is it stored?", Channels: everywhere},
			{ID: "page", Text: "Whose page?", Earlier: []string{"Whose site?"}, Channels: []PaymentChannel{ECommerce}, Choices: []Choice{{Value: "theirs", Text: "t"}, {Value: "ours", Text: "o"}}},
			{ID: "alone", Text: "Terminals alone?", Channels: []PaymentChannel{CardPresent, MailTelephone}},
			{ID: "watched", Text: "Is the page watched?", Channels: []PaymentChannel{ECommerce}},
		},
		Forms: []FormCriteria{
			{Form: "saq-a", Name: "SAQ A", Channels: []PaymentChannel{ECommerce}, Criteria: []Criterion{
				{Question: "stored", Accepts: []string{No}, Text: "Nothing is stored."}, {Question: "page", Accepts: []string{"theirs"}, Text: "The page is theirs."},
			}},
			{Form: "saq-a-ep", Name: "SAQ A-EP", Channels: []PaymentChannel{ECommerce}, Criteria: []Criterion{
				{Question: "stored", Accepts: []string{No}, Text: "Nothing is stored."}, {Question: "watched", Accepts: yes, Text: "The page is watched."},
			}},
			{Form: "saq-b", Name: "SAQ B", Channels: []PaymentChannel{CardPresent, MailTelephone}, Criteria: []Criterion{
				{Question: "stored", Accepts: []string{No}, Text: "Nothing is stored."}, {Question: "alone", Accepts: yes, Text: "Terminals alone."},
			}},
		},
	}
}

// interviewForms is a catalogue with who may use which form.
func interviewForms(t *testing.T) *Catalogue {
	t.Helper()
	plain := small(t)
	full, _ := plain.Questionnaire("saq-d-merchant")
	a, _ := plain.Questionnaire("saq-a")
	with := func(q Questionnaire, code, title string) Questionnaire {
		q.Code, q.Title = code, title
		return q
	}
	a.Requirements = []RequirementID{req("1.2.5"), req("6.4.2")}
	c, err := NewCatalogue(plain.requirements, []Questionnaire{
		full, a, with(a, "saq-a-ep", "SAQ A-EP"), with(a, "saq-b", "SAQ B"), with(full, "saq-d-service-provider", "SAQ D Provider"), with(full, "roc", "ROC"),
	}, plain.principals)
	require.NoError(t, err)
	rules, err := NewEligibilityRules(formWords())
	require.NoError(t, err)
	c, err = c.WithEligibility(rules)
	require.NoError(t, err)
	return c
}

// says makes eligibility answers of texts such as "e-commerce/page=theirs".
func says(t *testing.T, c *Catalogue, texts ...string) []EligibilityAnswer {
	t.Helper()
	var all []EligibilityAnswer
	for _, text := range texts {
		key, value, _ := strings.Cut(text, "=")
		asked, err := ParseAsked(key)
		require.NoError(t, err)
		q, _ := c.Eligibility().Question(asked.Question)
		all = append(all, EligibilityAnswer{Question: asked.Question, Version: q.Version(), Channel: asked.Channel, Answer: value})
	}
	return all
}

func (j *journal) record(s *Signer, c *Catalogue, id ID, texts ...string) Entry {
	j.t.Helper()
	draft, err := j.open(c, id).RecordEligibility(says(j.t, c, texts...))
	require.NoError(j.t, err)
	return j.write(s, draft)
}

func (j *journal) move(s *Signer, c *Catalogue, id ID, code string) Entry {
	j.t.Helper()
	draft, err := j.open(c, id).ChangeQuestionnaire(code, "the acquirer wants it")
	require.NoError(j.t, err)
	return j.write(s, draft)
}

// wholeProblems are those of the assessment as a whole.
func wholeProblems(a *Assessment) []string {
	var all []string
	for _, p := range a.Problems() {
		if p.Requirement.IsZero() {
			all = append(all, p.Kind.String()+": "+p.Sentence)
		}
	}
	return all
}

var shopOnly = []string{"role=merchant", "till=no", "telephone=no", "shop=yes", "e-commerce/stored=no", "e-commerce/page=theirs"}

func TestAFormIsAProblemUntilItsEligibilityIsAnswered(t *testing.T) {
	mara, c := person(t, "Mara", 1), interviewForms(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-a")
	assert.Equal(t, []string{"eligibility-open: whether SAQ A fits is open: role is not answered (see `tickmark questionnaire which`)"}, wholeProblems(j.open(c, id)))
	j.record(mara, c, id, shopOnly[:5]...)
	assert.Equal(t, []string{"eligibility-open: whether SAQ A fits is open: e-commerce/page is not answered (see `tickmark questionnaire which`)"}, wholeProblems(j.open(c, id)))
	entry := j.record(mara, c, id, shopOnly[5])
	a := j.open(c, id)
	assert.Empty(t, wholeProblems(a))
	kept := a.EligibilityAnswers()
	require.Len(t, kept, 6)
	last := kept[5]
	assert.Equal(t, "Whose page?", last.Text)
	assert.Equal(t, 2, last.Version)
	assert.Equal(t, entry.ID, last.Entry)
	assert.Equal(t, "Mara", last.Author.Name)
	e, known := a.Eligibility()
	assert.True(t, known && e.Offers("saq-a"))

	j.record(mara, c, id, "e-commerce/page=ours")
	assert.Equal(t, []string{"not-eligible: SAQ A does not fit: e-commerce/page: ours; wanted: The page is theirs"}, wholeProblems(j.open(c, id)))
	j.record(mara, c, id, "shop=no")
	assert.Equal(t, []string{"not-eligible: SAQ A does not fit: shop: no; wanted: Payments of e-commerce alone"}, wholeProblems(j.open(c, id)))
	all, err := j.open(c, id).EligibilityRevisions()
	require.NoError(t, err)
	assert.Len(t, all, 8, "nothing is overwritten")
	j.record(mara, c, id, "role=service-provider")
	assert.Equal(t, []string{"not-eligible: SAQ A does not fit: role: service-provider"}, wholeProblems(j.open(c, id)))
	j.record(mara, c, id, "role=")
	assert.Contains(t, wholeProblems(j.open(c, id))[0], "role is not answered", "an answer that was taken back is none")
}

func TestFormsForAllNeedNoAnswersAndTheRightRole(t *testing.T) {
	mara, c := person(t, "Mara", 1), interviewForms(t)
	j := found(t, mara)
	for code, role := range map[string]string{"saq-d-merchant": "service-provider", "saq-d-service-provider": "merchant"} {
		id := j.assessment(mara, c, code)
		assert.Empty(t, wholeProblems(j.open(c, id)))
		j.record(mara, c, id, "role="+role)
		require.Len(t, wholeProblems(j.open(c, id)), 1, code)
		assert.Contains(t, wholeProblems(j.open(c, id))[0], "not-eligible")
		j.record(mara, c, id, "role=both")
		assert.Empty(t, wholeProblems(j.open(c, id)))
	}
	id := j.assessment(mara, c, "roc")
	j.record(mara, c, id, "role=merchant")
	assert.Empty(t, wholeProblems(j.open(c, id)))
}

func TestALargerFormFitsByItsOwnCriteria(t *testing.T) {
	mara, c := person(t, "Mara", 1), interviewForms(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-a-ep")
	j.record(mara, c, id, shopOnly...)
	assert.Contains(t, wholeProblems(j.open(c, id))[0], "e-commerce/watched is not answered")
	j.record(mara, c, id, "e-commerce/watched=yes")
	a := j.open(c, id)
	assert.Empty(t, wholeProblems(a), "an acquirer may want the larger form")
	assert.Equal(t, "watched", a.EligibilityAnswers()[5].Question, "the attestation is of the form's own criteria")
}

func TestEligibilityAnswersThatCannotBeRecorded(t *testing.T) {
	mara, c := person(t, "Mara", 1), interviewForms(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-a")
	j.record(mara, c, id, "role=merchant")
	refuse := func(want string, answers ...EligibilityAnswer) {
		t.Helper()
		_, err := j.open(c, id).RecordEligibility(answers)
		assert.ErrorContains(t, err, want)
	}
	refuse("nothing was answered")
	refuse("no such question", EligibilityAnswer{Question: "colour", Version: 1, Answer: Yes})
	refuse("version 1 of the question was answered, it is version 2", append(says(t, c, shopOnly[3:5]...), EligibilityAnswer{Question: "page", Version: 1, Channel: ECommerce, Answer: "theirs"})...)
	refuse("given twice", says(t, c, "shop=yes", "shop=no")...)
	refuse("none to take back", says(t, c, "shop=")...)
	refuse("does not ask it", says(t, c, "shop=no", "e-commerce/stored=no")...)
	refuse("want yes, no", says(t, c, "shop=maybe")...)
}

func TestAnswersOfTwoPeopleSideBySideCountOnlyIfTheyAgree(t *testing.T) {
	mara, ivo, c := person(t, "Mara", 1), person(t, "Ivo", 2), interviewForms(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-a")
	j.write(mara, Draft{Action: AuthorEnrolled, Subject: "ivo", Payload: ivo.Enrolment()})
	j.record(mara, c, id, shopOnly[:5]...)
	draft := func(text string) Draft {
		d, err := j.open(c, id).RecordEligibility(says(t, c, text))
		require.NoError(t, err)
		return d
	}
	fork, theirs, ours := j.history().Tips(), draft("e-commerce/page=theirs"), draft("e-commerce/page=ours")
	j.sign(mara, fork, theirs)
	agreed := *j
	j.sign(ivo, fork, ours)
	assert.Equal(t, []string{
		"eligibility-open: eligibility, e-commerce/page: different answers were given side by side; it has to be answered again",
		"eligibility-open: whether SAQ A fits is open: e-commerce/page is not answered (see `tickmark questionnaire which`)",
	}, wholeProblems(j.open(c, id)))
	mixed := *j
	mixed.entries = shuffled(j.entries, 3)
	assert.Len(t, wholeProblems(mixed.open(c, id)), 2, "in any order")
	j.record(mara, c, id, "e-commerce/page=theirs")
	assert.Empty(t, wholeProblems(j.open(c, id)))
	agreed.sign(ivo, fork, theirs)
	assert.Empty(t, wholeProblems(agreed.open(c, id)))
}

func TestAnswersOfStrangersAndToOlderTextsDoNotCount(t *testing.T) {
	mara, eve, c := person(t, "Mara", 1), person(t, "Eve", 3), interviewForms(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-a")
	j.record(mara, c, id, shopOnly[:5]...)
	before := *j
	draft, err := j.open(c, id).RecordEligibility(says(t, c, shopOnly[5]))
	require.NoError(t, err)
	j.write(eve, draft)
	assert.Contains(t, wholeProblems(j.open(c, id))[0], "not that of an enrolled author")

	j = &before
	j.write(mara, Draft{Assessment: id, Action: EligibilityRecorded, Subject: "eligibility", Payload: EligibilityRecord{
		Answers: []EligibilityAnswer{{Question: "page", Version: 1, Channel: ECommerce, Answer: "theirs"}, {Question: "gone", Version: 1, Answer: Yes}},
	}})
	a := j.open(c, id)
	assert.Contains(t, wholeProblems(a)[0], "the question reads otherwise now")
	j.write(mara, Draft{Assessment: id, Action: EligibilityRecorded, Subject: "eligibility", Payload: EligibilityRecord{
		Answers: []EligibilityAnswer{{Question: "page", Version: 2, Channel: ECommerce, Answer: "somebody's"}},
	}})
	assert.Contains(t, wholeProblems(j.open(c, id))[0], "the question reads otherwise now", "an answer that is not offered")
	all, err := a.EligibilityRevisions()
	require.NoError(t, err)
	assert.Equal(t, "Whose site?", all[5].Text, "what was asked then")
	assert.Empty(t, all[6].Text)
}

func TestTheRecordedAnswerKeepsItsBytes(t *testing.T) {
	mara, c := person(t, "Mara", 1), interviewForms(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-a")
	e := j.record(mara, c, id, "role=merchant", "shop=yes", "e-commerce/stored=no")
	assert.Equal(t, `{"answers":[{"answer":"merchant","question":"role","version":1},{"answer":"yes","question":"shop","version":1},`+
		`{"answer":"no","channel":"e-commerce","question":"stored","version":1}]}`, string(j.bodies[e.Digest]))
	assert.Equal(t, "eligibility-recorded", e.Action.String())
	e = j.move(mara, c, id, "saq-b")
	assert.Equal(t, `{"from":"saq-a","name":"SAQ B","reason":"the acquirer wants it","revision":"4.0.1 r1","to":"saq-b"}`, string(j.bodies[e.Digest]))
	assert.Equal(t, "questionnaire-changed", e.Action.String())
}

func TestMovingToAnotherFormKeepsEveryAnswer(t *testing.T) {
	mara, c := person(t, "Mara", 1), interviewForms(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	first := j.answer(mara, c, id, Answer{Requirement: req("1.2.5"), Response: NotTested, Narrative: "left out", Untested: "the shop in Basel"})
	second := j.answer(mara, c, id, Answer{Requirement: req("1.3.1"), Response: NotInPlace, Narrative: "planned"})
	draft, err := j.open(c, id).Conclude(Conclusion{Result: "Non-Compliant", Person: "Mara"})
	require.NoError(t, err)
	j.write(mara, draft)
	j.move(mara, c, id, "saq-a")
	a := j.open(c, id)
	assert.Equal(t, "saq-a", a.Details.Questionnaire)
	assert.Equal(t, "4.0.1 r1", a.Details.Revision)
	assert.Equal(t, a.Questionnaire.Title, a.Details.Name, "a name that was the form's title follows")
	assert.Zero(t, a.Conclusion, "it was about another form")
	assert.Equal(t, 2, a.Progress().Total)
	assert.Equal(t, first.ID, a.Current(req("1.2.5")).Entry)
	assert.Equal(t, NotTested, a.Current(req("1.2.5")).Response, "nothing is silently changed")
	assert.Equal(t, []ProblemKind{NotOffered}, kinds(a.ProblemsOf(req("1.2.5"))))
	assert.Empty(t, a.ProblemsOf(req("1.3.1")), "the form does not ask it")
	all, err := j.history().Assessments()
	require.NoError(t, err)
	assert.Equal(t, "saq-a", all[0].Questionnaire)
	got, err := j.history().Choose("saq-a")
	require.NoError(t, err)
	assert.Equal(t, id, got)

	_, undone, err := a.Undo()
	require.NoError(t, err)
	assert.Equal(t, first.ID, undone.Entry, "what the form does not ask is not taken back unseen")
	j.move(mara, c, id, "saq-d-merchant")
	a = j.open(c, id)
	assert.Equal(t, second.ID, a.Current(req("1.3.1")).Entry, "it is there again")
	assert.NotContains(t, kinds(a.ProblemsOf(req("1.2.5"))), NotOffered)
	_, undone, err = a.Undo()
	require.NoError(t, err)
	assert.Equal(t, second.ID, undone.Entry)
}

func TestMovesThatCannotBe(t *testing.T) {
	mara, c := person(t, "Mara", 1), interviewForms(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-a")
	for want, move := range map[string][2]string{
		"is no questionnaire": {"saq-z", "why"}, "is saq-a already": {"saq-a", "why"}, "says no reason": {"saq-b", ""},
		"control character": {"saq-b", "\x1b[2J"}, "at most": {"saq-b", strings.Repeat("x", maxFormReason+1)},
	} {
		_, err := j.open(c, id).ChangeQuestionnaire(move[0], move[1])
		assert.ErrorContains(t, err, want)
	}
}

func TestMovesSideBySideAreAConflict(t *testing.T) {
	mara, ivo, c := person(t, "Mara", 1), person(t, "Ivo", 2), interviewForms(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	j.write(mara, Draft{Action: AuthorEnrolled, Subject: "ivo", Payload: ivo.Enrolment()})
	fork := j.history().Tips()
	draft := func(code string) Draft {
		d, err := j.open(c, id).ChangeQuestionnaire(code, "why")
		require.NoError(t, err)
		return d
	}
	one, other := draft("roc"), draft("saq-d-service-provider")
	j.sign(mara, fork, one)
	j.sign(ivo, fork, other)
	a := j.open(c, id)
	assert.Equal(t, "saq-d-service-provider", a.Details.Questionnaire, "the latest is shown")
	assert.Equal(t, []string{"conflict: 2 moves to other forms were made side by side; one of them has to be confirmed"}, wholeProblems(a))
	mixed := *j
	mixed.entries = shuffled(j.entries, 1)
	assert.Equal(t, "saq-d-service-provider", mixed.open(c, id).Details.Questionnaire)
	j.move(mara, c, id, "saq-d-service-provider")
	assert.Empty(t, wholeProblems(j.open(c, id)))
}

func TestAnAssessmentOfNoKnownRulesHasNoEligibility(t *testing.T) {
	mara, c := person(t, "Mara", 1), small(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-a")
	_, known := j.open(c, id).Eligibility()
	assert.False(t, known)
	_, err := j.open(c, id).RecordEligibility([]EligibilityAnswer{{Question: "role", Version: 1, Answer: "merchant"}})
	assert.Error(t, err)
	j.write(mara, Draft{Assessment: id, Action: EligibilityRecorded, Subject: "eligibility", Payload: EligibilityRecord{Answers: []EligibilityAnswer{{Question: "role", Version: 1, Answer: "merchant"}}}})
	assert.Empty(t, wholeProblems(j.open(c, id)))
	assert.Empty(t, j.open(c, id).EligibilityAnswers())
}

func TestSideLogStaysASideLog(t *testing.T) {
	for action, side := range map[Action]bool{EligibilityRecorded: false, QuestionnaireChanged: false, ResponsibilityConfirmed: false, ReportPrinted: true, VaultOpened: true} {
		assert.Equal(t, side, action.Side(), action)
		var read Action
		require.NoError(t, read.UnmarshalText([]byte(action.String())))
		assert.Equal(t, action, read)
	}
	assert.Equal(t, "handed-off", HandedOff.String())
}
