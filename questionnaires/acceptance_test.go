package questionnaires

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// risk is an acceptance of the failing pod of journal.collect.
func risk(until Day) Acceptance {
	return Acceptance{
		Target: "manifests:shop", Check: "pods-meet-baseline", Subject: engine.Ref{Kind: "Pod", Name: "api", UID: "1"},
		Reason: "leaves in March", Risk: "a breakout reaches the node", Until: until,
	}
}

func (j *journal) ask(s *Signer, a Acceptance) engine.Digest {
	j.t.Helper()
	draft, err := j.history().AskAcceptance(a, j.now)
	require.NoError(j.t, err)
	return j.write(s, draft).ID
}

func (j *journal) accepted() []Acceptance {
	j.t.Helper()
	all, err := j.history().Acceptances()
	require.NoError(j.t, err)
	return all
}

func TestAcceptanceTakesTwo(t *testing.T) {
	mara, ivo, eve, c := person(t, "Mara", 1), person(t, "Ivo", 2), person(t, "Eve", 3), forms(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	j.write(mara, Draft{Action: AuthorEnrolled, Subject: "ivo", Payload: ivo.Enrolment()})
	items := j.collect(mara, map[string]engine.Verdict{"pods-meet-baseline": engine.Fail})
	j.answer(mara, c, id, Answer{Requirement: req("2.2.6"), Response: InPlace, Narrative: "n", Evidence: []ID{items[0].ID}})
	asked := j.ask(mara, risk("2026-12-31"))
	key := engine.Result{Target: "manifests:shop", Check: "pods-meet-baseline"}.Key(engine.Detail{Subject: engine.Ref{Kind: "Pod", Name: "api", UID: "9"}})

	h := j.history()
	_, err := h.ApproveAcceptance(asked, mara.Author.ID)
	require.ErrorContains(t, err, "who asks for it does not approve it")
	_, err = h.ApproveAcceptance(asked, eve.Author.ID)
	require.ErrorContains(t, err, "only an enrolled author")
	_, err = h.ApproveAcceptance(j.entries[0].ID, ivo.Author.ID)
	require.ErrorContains(t, err, "nobody asked for it")

	// Approvals that the rules would not draft count for nothing.
	approval := Draft{Action: AcceptanceApproved, Subject: "acceptance", Payload: Approval{Asked: asked}}
	j.write(mara, approval)
	j.write(eve, approval)
	j.sign(ivo, []engine.Digest{j.entries[3].ID}, approval) // who had not seen it
	assert.Equal(t, AcceptancePending, j.accepted()[0].State(j.now))
	_, counts := AcceptedUntil(key, j.accepted(), j.now)
	assert.False(t, counts)

	draft, err := j.history().ApproveAcceptance(asked, ivo.Author.ID)
	require.NoError(t, err)
	j.write(ivo, draft)
	a, counts := AcceptedUntil(key, j.accepted(), j.now)
	require.True(t, counts, "an object made again under its name is the same")
	assert.Equal(t, "Ivo", a.Approval.By.Name)
	assert.False(t, a.Approval.Alone)
	assert.Equal(t, "asked for by Mara until the end of 2026-12-31 (UTC): leaves in March; approved by Ivo", a.String())
	last := time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC)
	assert.Equal(t, Accepted, a.State(last))
	assert.Equal(t, AcceptanceExpired, a.State(last.Add(time.Second)), "expired is expired")
	assert.Len(t, AcceptancesOf(items[0].Result, j.accepted()), 1, "it is shown wherever the result is")
	assert.Contains(t, kinds(j.open(c, id).ProblemsOf(req("2.2.6"))), Contradicted, "and makes nothing In Place")
	assert.Equal(t, NotInPlace, Suggest(c.requirements[c.byID[req("2.2.6")]], j.open(c, id).LatestEvidence()).Proposes)
	_, err = j.history().ApproveAcceptance(asked, ivo.Author.ID)
	require.ErrorContains(t, err, "Ivo approved it")

	_, err = j.history().EndAcceptance(asked, " ")
	require.ErrorContains(t, err, "needs a reason")
	draft, err = j.history().EndAcceptance(asked, "mended")
	require.NoError(t, err)
	j.write(ivo, draft)
	assert.Equal(t, AcceptanceTaken, j.accepted()[0].State(j.now))
	_, err = j.history().ApproveAcceptance(asked, ivo.Author.ID)
	require.ErrorContains(t, err, "taken back")

	want := j.accepted()
	for seed := range uint64(5) {
		h, err := NewHistory(shuffled(j.entries, seed), j.payload)
		require.NoError(t, err)
		got, err := h.Acceptances()
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

// Who accepts what a policy of the organisation's own says accepts it under its text.
func TestAcceptanceIsOfOneTextOfAPolicy(t *testing.T) {
	mara := person(t, "Mara", 1)
	j := found(t, mara)
	failing := map[string]engine.Verdict{"custom/named": engine.Fail}
	text := func(s string) *engine.CustomSource { return &engine.CustomSource{Definition: engine.Sum([]byte(s))} }
	items := j.run(mara, failing, text("a"))
	a := risk("2026-12-31")
	a.Check = "custom/named"
	_, err := j.history().AskAcceptance(a, j.now)
	require.ErrorContains(t, err, "another text of the check")
	a.Definition = text("a").Definition
	asked := j.ask(mara, a)
	pod := engine.Detail{Subject: a.Subject}
	old, now := items[0].Result.Key(pod), ResultSource{Target: a.Target, Check: a.Check, Custom: text("b")}.Key(pod)
	state := func() AcceptanceState { return j.accepted()[0].State(j.now) }
	draft, err := j.history().ApproveAcceptance(asked, mara.Author.ID)
	require.NoError(t, err)

	j.run(mara, failing, text("b"))
	assert.Equal(t, AcceptanceUnfit, state())
	_, err = j.history().ApproveAcceptance(asked, mara.Author.ID)
	require.ErrorContains(t, err, "ask again")
	j.write(mara, draft) // asked before, it changes nothing
	assert.Equal(t, AcceptanceUnfit, state())
	for _, key := range []engine.Key{old, now} {
		_, counts := AcceptedUntil(key, j.accepted(), j.now)
		assert.False(t, counts)
		assert.True(t, j.accepted()[0].Meant(key), "and is shown as what it was")
	}

	j.run(mara, failing, text("a"))
	_, counts := AcceptedUntil(old, j.accepted(), j.now)
	assert.True(t, counts, "the text that it is of is back")
	_, counts = AcceptedUntil(now, j.accepted(), j.now)
	assert.False(t, counts)
}

func TestAcceptanceAloneIsMarked(t *testing.T) {
	mara, ivo := person(t, "Mara", 1), person(t, "Ivo", 2)
	j := found(t, mara)
	j.collect(mara, map[string]engine.Verdict{"pods-meet-baseline": engine.Fail})
	asked := j.ask(mara, risk("2026-12-31"))
	draft, err := j.history().ApproveAcceptance(asked, mara.Author.ID)
	require.NoError(t, err)
	j.write(mara, draft)
	j.write(mara, Draft{Action: AuthorEnrolled, Subject: "ivo", Payload: ivo.Enrolment()})
	a := j.accepted()[0]
	assert.Equal(t, Accepted, a.State(j.now), "who came later changes nothing that was done")
	assert.True(t, a.Approval.Alone)
	assert.Contains(t, a.String(), "approved alone")
}

func TestAcceptancesThatAreRefused(t *testing.T) {
	mara := person(t, "Mara", 1)
	j := found(t, mara)
	j.collect(mara, map[string]engine.Verdict{"pods-meet-baseline": engine.Fail, "roles-without-wildcards": engine.Unknown})
	for cause, change := range map[string]func(*Acceptance){
		"needs a reason":       func(a *Acceptance) { a.Reason = " " },
		"needs a risk":         func(a *Acceptance) { a.Risk = "" },
		"that is not over":     func(a *Acceptance) { a.Until = "2026-11-01" },
		"needs a last day":     func(a *Acceptance) { a.Until = "" },
		"want one such as":     func(a *Acceptance) { a.Until = "31.12.2026" },
		"does not fail there":  func(a *Acceptance) { a.Check = "roles-without-wildcards" },
		"result does not fail": func(a *Acceptance) { a.Target = "manifests:other" },
		"control character":    func(a *Acceptance) { a.Place = "\x1b" },
	} {
		a := risk("2026-12-31")
		change(&a)
		_, err := j.history().AskAcceptance(a, j.now)
		require.ErrorContains(t, err, cause)
	}
}

func TestRiskAnalysesCountInEveryAssessment(t *testing.T) {
	mara, eve, c := person(t, "Mara", 1), person(t, "Eve", 3), forms(t)
	j := found(t, mara)
	one, two := j.assessment(mara, c, "saq-d-merchant"), j.assessment(mara, c, "saq-d-merchant")
	paper := j.file(mara, j.now)
	whole := RiskAnalysis{
		ID: "r1", Requirement: req("8.6.3"), Asset: "a", Threat: "t", Factors: "f", Frequency: Interval{90, Days}, Reason: "r", Reviewed: "2026-10-01",
	}
	set := func(s *Signer, r RiskAnalysis) {
		draft, err := j.history().SetRiskAnalysis(c, r)
		require.NoError(t, err)
		j.write(s, draft)
	}
	for _, id := range []ID{one, two} {
		j.answer(mara, c, id, Answer{Requirement: req("8.6.3"), Response: InPlace, Narrative: "n", Evidence: []ID{paper}})
	}
	problems := func() []ProblemKind {
		first := kinds(j.open(c, one).ProblemsOf(req("8.6.3")))
		assert.Equal(t, first, kinds(j.open(c, two).ProblemsOf(req("8.6.3"))))
		return first
	}
	set(eve, whole)
	assert.Equal(t, []ProblemKind{NoRiskAnalysis}, problems(), "a stranger's is none")
	begun := RiskAnalysis{ID: "r1", Requirement: req("8.6.3"), Asset: "a"}
	set(mara, begun)
	assert.Equal(t, []ProblemKind{UnfinishedAnalysis}, problems())
	fork := j.history().Tips()
	set(mara, whole)
	assert.Empty(t, problems())
	draft, err := j.history().SetRiskAnalysis(c, begun)
	require.NoError(t, err)
	j.sign(mara, fork, draft)
	assert.Equal(t, []ProblemKind{InConflict, UnfinishedAnalysis}, problems())
	old := whole
	old.Reviewed = "2025-11-01"
	set(mara, old)
	assert.Equal(t, []ProblemKind{Overdue}, problems())
	old.Reviewed = "2025-11-02"
	set(mara, old)
	assert.Empty(t, problems(), "a year to the day")
	assert.Contains(t, kinds(j.open(c, one).ProblemsOn("2026-11-03")), Overdue)
	a := j.open(c, one)
	assert.Equal(t, Day("2030-01-01"), a.DayAt(a.Time.AddDate(2030-a.Time.Year(), 1-int(a.Time.Month()), 1-a.Time.Day())), "what ran out since the last entry is seen")
	assert.Equal(t, DayOf(a.Time), a.DayAt(a.Time.AddDate(-1, 0, 0)), "a clock that is behind hides nothing")
	old.Withdrawn = true
	set(mara, old)
	assert.Equal(t, []ProblemKind{NoRiskAnalysis}, problems())
	all, err := j.history().RiskAnalyses()
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, "every 90 days", all[0].Frequency.String())

	for cause, change := range map[string]func(*RiskAnalysis){
		"no targeted risk analysis sets": func(r *RiskAnalysis) { r.Requirement = req("1.2.5") },
		"no requirement of that number":  func(r *RiskAnalysis) { r.Requirement = req("1.2.99") },
		"that analysis is of 8.6.3":      func(r *RiskAnalysis) { r.Requirement = req("11.6.1") },
		"has no id":                      func(r *RiskAnalysis) { r.ID = "" },
		"a frequency is 1 to":            func(r *RiskAnalysis) { r.Frequency.Count = 0 },
		"want one such as":               func(r *RiskAnalysis) { r.Reviewed = "yesterday" },
		"control character":              func(r *RiskAnalysis) { r.Threat = "\a" },
	} {
		r := whole
		change(&r)
		_, err := j.history().SetRiskAnalysis(c, r)
		require.ErrorContains(t, err, cause)
	}
}

// What is written once is permanent.
func TestBytesOfAnalysesAndAcceptancesArePermanent(t *testing.T) {
	for want, payload := range map[string]any{
		`{"asset":"a","factors":"f","frequency":{"count":2,"unit":"weeks"},"id":"i","reason":"r","requirement":"8.6.3","reviewed":"2026-01-01",` +
			`"threat":"t","withdrawn":true}`: RiskAnalysis{
			ID: "i", Requirement: req("8.6.3"), Asset: "a", Threat: "t", Factors: "f", Frequency: Interval{2, Weeks}, Reason: "r", Reviewed: "2026-01-01",
			Withdrawn: true, Standing: Standing{Beside: 2},
		},
		`{"check":"c","place":"p","reason":"r","risk":"k","subject":{"group":"","kind":"Pod","name":"n","namespace":"s"},"target":"t","until":"2026-12-31"}`: Acceptance{
			Target: "t", Check: "c", Subject: engine.Ref{Kind: "Pod", Namespace: "s", Name: "n"}, Place: "p", Reason: "r", Risk: "k", Until: "2026-12-31",
		},
		`{"asked":""}`:              Approval{Alone: true},
		`{"asked":"","reason":"r"}`: Ending{Reason: "r"},
	} {
		got, err := engine.Canonical(payload)
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}
}
