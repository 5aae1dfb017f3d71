package questionnaires

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// acme is an organisation's own questionnaire of two sections.
func acme() Definition {
	return Definition{
		Code: "acme", Title: "Our baseline", Revision: "1", Responses: []Response{InPlace, NotApplicable, NotInPlace},
		Sections: []DefinedSection{
			{Title: "Workloads", Questions: []DefinedQuestion{
				{ID: req("ACME-1.1"), Title: "No root", Question: "Is it so?", Evidence: "The list.", Methods: []Method{Examine}, Informs: []RequirementID{req("2.2.6")}, Checks: []BoundCheck{
					{ID: "pods-meet-baseline", Class: "direct"}, {ID: "containers-not-privileged", Class: "partial", Part: "containers"},
				}},
				{ID: req("ACME-1.2"), Title: "Limits", Question: "Are there any?", Evidence: "The list."},
			}},
			{Title: "People", Questions: []DefinedQuestion{{ID: req("ACME-2.1"), Title: "Owners", Question: "Are they named?", Evidence: "The register."}}},
		},
	}
}

// define takes a definition into the vault, and its catalogue out of it.
func (j *journal) define(s *Signer, standard *Catalogue, d Definition) (Entry, *Catalogue) {
	j.t.Helper()
	draft, err := DefineQuestionnaire(standard, d)
	require.NoError(j.t, err)
	c, err := d.Catalogue(standard)
	require.NoError(j.t, err)
	return j.write(s, draft), c
}

func kindsOf(problems []Problem) map[string][]ProblemKind {
	all := map[string][]ProblemKind{}
	for _, p := range problems {
		all[p.Requirement.String()] = append(all[p.Requirement.String()], p.Kind)
	}
	return all
}

func TestAnOwnQuestionnaireIsAnsweredLikeAnyOther(t *testing.T) {
	mara := person(t, "Mara", 1)
	j, standard := found(t, mara), small(t)
	_, own := j.define(mara, standard, acme())
	id := j.assessment(mara, own, "acme")
	passed := j.collect(mara, map[string]engine.Verdict{"pods-meet-baseline": engine.Pass, "containers-not-privileged": engine.Pass})
	a := j.open(standard, id)
	assert.Equal(t, "Our baseline", a.Details.Name)
	assert.Contains(t, a.Details.Revision, "1, definition ")
	assert.Len(t, a.Requirements(), 3)
	assert.Equal(t, "Workloads", a.PrincipalTitle(req("ACME-1")))
	assert.Equal(t, InPlace, Suggest(a.Requirements()[0], a.LatestEvidence()).Proposes, "bound checks suggest")
	assert.Len(t, a.Progress().Principals, 2)

	j.answer(mara, standard, id, Answer{Requirement: req("ACME-1.1"), Response: InPlace, Narrative: "n", Evidence: []ID{passed[0].ID}})
	j.answer(mara, standard, id, Answer{Requirement: req("ACME-1.2"), Response: NotApplicable})
	a = j.open(standard, id)
	assert.Equal(t, map[string][]ProblemKind{"ACME-1.2": {NoReason}, "ACME-2.1": {NotAnswered}}, kindsOf(a.Problems()), "PCI's rules of eligibility say nothing here")
	j.answer(mara, standard, id, Answer{Requirement: req("ACME-2"), Response: NotApplicable, Subtree: true, Narrative: "nobody"})
	assert.Equal(t, NotApplicable, j.open(standard, id).Current(req("ACME-2.1")).Response)
	draft, _, err := j.open(standard, id).Undo()
	require.NoError(t, err)
	j.write(mara, draft)
	assert.Equal(t, Unanswered, j.open(standard, id).Current(req("ACME-2.1")).Response)

	j.collect(mara, map[string]engine.Verdict{"pods-meet-baseline": engine.Fail})
	assert.Contains(t, kindsOf(j.open(standard, id).Problems())["ACME-1.1"], Contradicted)

	for want, answer := range map[string]Answer{
		"Our baseline has no question of that number": {Requirement: req("1.3.1"), Response: InPlace},
		"does not offer Not Tested":                   {Requirement: req("ACME-1.1"), Response: NotTested},
	} {
		_, err := j.open(standard, id).Answer(answer)
		assert.ErrorContains(t, err, want)
	}
	_, err = j.open(standard, id).RecordEligibility([]EligibilityAnswer{{Question: "role", Version: 1, Answer: "merchant"}})
	assert.ErrorContains(t, err, "own questionnaire")
}

func TestAnAssessmentStaysOnItsRevisionUntilItIsMoved(t *testing.T) {
	mara := person(t, "Mara", 1)
	j, standard := found(t, mara), small(t)
	_, first := j.define(mara, standard, acme())
	id := j.assessment(mara, first, "acme")
	item := j.collect(mara, map[string]engine.Verdict{"pods-meet-baseline": engine.Pass})[0].ID
	for _, asked := range []string{"ACME-1.1", "ACME-1.2"} {
		j.answer(mara, standard, id, Answer{Requirement: req(asked), Response: InPlace, Narrative: "n", Evidence: []ID{item}})
	}
	changed := acme()
	changed.Sections[0].Questions[1].Question = "Are there limits?"
	changed.Sections = append(changed.Sections, DefinedSection{Title: "More", Questions: []DefinedQuestion{
		{ID: req("ACME-3.1"), Title: "t", Question: "q?", Evidence: "e"},
	}})
	_, second := j.define(mara, standard, changed)
	assert.Len(t, j.open(standard, id).Requirements(), 3, "a definition alone moves nothing")

	named, err := j.history().Definition("acme")
	require.NoError(t, err)
	assert.Equal(t, second.Questionnaires()[0].Definition, named.Digest, "the code names the newest")
	old := first.Questionnaires()[0].Definition
	named, err = j.history().Definition("acme@" + old.Short())
	require.NoError(t, err)
	assert.Equal(t, old, named.Digest)
	for name, want := range map[string]string{"roc": "no questionnaire of that code", "acme@12": "at least four", "acme@0000": "no questionnaire of that code"} {
		_, err := j.history().Definition(name)
		assert.ErrorContains(t, err, want)
	}

	draft, err := j.open(standard, id).ChangeTo(second.Questionnaires()[0], "the newer one")
	require.NoError(t, err)
	j.write(mara, draft)
	a := j.open(standard, id)
	assert.Len(t, a.Requirements(), 4)
	assert.Equal(t, InPlace, a.Current(req("ACME-1.1")).Response, "answers stay")
	got := kindsOf(a.Problems())
	assert.NotContains(t, got, "ACME-1.1")
	assert.Equal(t, []ProblemKind{AskedOtherwise}, got["ACME-1.2"], "what was asked otherwise has to be confirmed")
	_, err = a.ChangeTo(second.Questionnaires()[0], "again")
	assert.ErrorContains(t, err, "already")
	j.answer(mara, standard, id, Answer{Requirement: req("ACME-1.2"), Response: InPlace, Narrative: "n", Evidence: []ID{item}})
	assert.NotContains(t, kindsOf(j.open(standard, id).Problems()), "ACME-1.2")

	// To a form of PCI's and back: what it does not ask is kept.
	draft, err = j.open(standard, id).ChangeQuestionnaire("saq-a", "for once")
	require.NoError(t, err)
	j.write(mara, draft)
	assert.False(t, j.open(standard, id).Questionnaire.Own())
	draft, err = j.open(standard, id).ChangeTo(second.Questionnaires()[0], "back")
	require.NoError(t, err)
	j.write(mara, draft)
	assert.Equal(t, InPlace, j.open(standard, id).Current(req("ACME-1.1")).Response)
}

func TestRevisionsSideBySideAreNamed(t *testing.T) {
	mara, ivo := person(t, "Mara", 1), person(t, "Ivo", 2)
	j, standard := found(t, mara), small(t)
	j.write(mara, Draft{Action: AuthorEnrolled, Subject: "author", Payload: ivo.Enrolment()})
	_, own := j.define(mara, standard, acme())
	id := j.assessment(mara, own, "acme")
	tips := j.history().Tips()
	var moves []Draft
	for i, s := range []*Signer{mara, ivo} {
		d := acme()
		d.Revision = []string{"2", "3"}[i]
		draft, err := DefineQuestionnaire(standard, d)
		require.NoError(t, err)
		e := j.sign(s, tips, draft)
		c, err := d.Catalogue(standard)
		require.NoError(t, err)
		draft, err = j.open(standard, id).ChangeTo(c.Questionnaires()[0], "mine")
		require.NoError(t, err)
		j.sign(s, []engine.Digest{e.ID}, draft)
		moves = append(moves, draft)
	}
	_, err := j.history().Definition("acme")
	assert.ErrorContains(t, err, "side by side")
	assert.Contains(t, kindsOf(j.open(standard, id).Problems())[""], InConflict, "two moves to two revisions of one code differ")
	j.write(mara, moves[0])
	assert.NotContains(t, kindsOf(j.open(standard, id).Problems())[""], InConflict)

	h, err := NewHistory(shuffled(j.entries, 7), j.payload)
	require.NoError(t, err)
	a, err := h.Assessment(standard, id)
	require.NoError(t, err)
	assert.Equal(t, j.open(standard, id).Details, a.Details, "the order of entries plays no part")
}

func TestADefinitionThatContradictsItselfIsNoForm(t *testing.T) {
	mara := person(t, "Mara", 1)
	standard := small(t)
	for name, spoil := range map[string]func(*Definition){
		"PCI's code":         func(d *Definition) { d.Code = "saq-a" },
		"no response":        func(d *Definition) { d.Responses = nil },
		"PCI's number":       func(d *Definition) { d.Sections[0].Questions[0].ID = req("1.3.1") },
		"a number twice":     func(d *Definition) { d.Sections[0].Questions[1].ID = req("ACME-1.1") },
		"a section twice":    func(d *Definition) { d.Sections[1].Questions[0].ID = req("ACME-1.9") },
		"a section's number": func(d *Definition) { d.Sections[1].Questions[0].ID = req("ACME-2") },
		"nothing":            func(d *Definition) { d.Sections = nil },
		"an escape":          func(d *Definition) { d.Title = "\x1b[2J" },
		"too many": func(d *Definition) {
			d.Sections[0].Questions = slices.Repeat(d.Sections[0].Questions, MaxQuestions)
		},
	} {
		d := acme()
		spoil(&d)
		_, err := DefineQuestionnaire(standard, d)
		assert.Error(t, err, name)
		// And one that another program wrote into a vault opens no assessment.
		j := found(t, mara)
		digest, err := d.Digest()
		require.NoError(t, err)
		j.write(mara, Draft{Action: QuestionnaireDefined, Subject: "questionnaire acme", Payload: d})
		j.write(mara, Draft{Assessment: "a1", Action: AssessmentCreated, Subject: "assessment a1", Payload: AssessmentDetails{ID: "a1", Questionnaire: d.Code, Definition: digest}})
		_, err = j.history().Assessment(standard, "a1")
		assert.Error(t, err, name)
	}
	j := found(t, mara)
	j.write(mara, Draft{Assessment: "a1", Action: AssessmentCreated, Subject: "assessment a1", Payload: AssessmentDetails{ID: "a1", Questionnaire: "acme", Definition: engine.Sum([]byte("x"))}})
	_, err := j.history().Assessment(standard, "a1")
	assert.ErrorContains(t, err, "does not hold its definition")
}

func TestADefinitionIsWrittenAsItWillBeRead(t *testing.T) {
	body, err := engine.Canonical(acme())
	require.NoError(t, err)
	var again Definition
	require.NoError(t, json.Unmarshal(body, &again))
	assert.Equal(t, acme(), again)
	digest, err := acme().Digest()
	require.NoError(t, err)
	assert.Equal(t, "00636fe5e001", digest.Short(), "a definition's digest is permanent")
	// What is of PCI's forms is written as before.
	body, err = engine.Canonical(AssessmentDetails{ID: "a", Questionnaire: "saq-a", Revision: "r", Name: "n"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"id":"a","name":"n","questionnaire":"saq-a","revision":"r"}`, string(body))
}

// Two questionnaires that ask one thing by one number are composed of one set; two that
// ask different things would share each other's evidence.
func TestNoNumberAsksTwoThingsInOneVault(t *testing.T) {
	mara, standard := person(t, "Mara", 1), small(t)
	j := found(t, mara)
	asks := func(code, question string) Definition {
		return Definition{Code: code, Title: "T", Revision: "1", Responses: []Response{InPlace}, Sections: []DefinedSection{{
			Title: "S", Questions: []DefinedQuestion{{ID: req("ORG-1.1"), Title: "t", Question: question, Evidence: "e"}},
		}}}
	}
	draft, err := DefineQuestionnaire(standard, asks("one", "Is it?"))
	require.NoError(t, err)
	j.write(mara, draft)
	require.NoError(t, j.history().Takes(asks("two", "Is it?")))
	require.NoError(t, j.history().Takes(asks("one", "Is it not?")), "a new revision of the same")
	require.EqualError(t, j.history().Takes(asks("two", "Is it not?")),
		"define questionnaire two: ORG-1.1 is another question in one, which the vault holds: want a prefix of its own")
}
