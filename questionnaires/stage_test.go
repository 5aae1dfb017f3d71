package questionnaires

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// reviewed is an assessment on its way to being issued. Mara answers and collects, Ivo
// leads the review, Quin reviews for quality; Eve is nobody.
type reviewed struct {
	*journal
	mara, ivo, quin, eve *Signer
	c                    *Catalogue
	id                   ID
}

// reviewable is a catalogue of two small forms, one reviewed for quality.
func reviewable(t *testing.T) *Catalogue {
	t.Helper()
	requirements := []Requirement{
		{ID: req("1.2.5"), Title: "Permitted ports", ProcedureSize: 1},
		{ID: req("1.2.6"), Title: "Insecure ports", ProcedureSize: 1},
		{ID: req("2.2.6"), Title: "Parameters", ProcedureSize: 1, InformedBy: []Link{{Procedure: Procedure{req("2.2.6"), ""}, Check: "pods-meet-baseline", Class: Direct}}},
	}
	asks := []RequirementID{req("1.2.5"), req("1.2.6"), req("2.2.6")}
	c, err := NewCatalogue(requirements, []Questionnaire{
		{Code: "roc", Title: "Report on Compliance", Revision: "4.0.1", Requirements: asks, Responses: []Response{InPlace, NotApplicable, NotTested, NotInPlace}, PerProcedure: true},
		{Code: "saq", Title: "SAQ", Revision: "4.0.1", Requirements: asks, Responses: Responses()},
	}, map[RequirementID]string{req("1"): "Network controls", req("2"): "Secure configuration"})
	require.NoError(t, err)
	return c
}

func underReview(t *testing.T, form string, enrolled ...string) *reviewed {
	t.Helper()
	r := &reviewed{mara: person(t, "Mara", 1), ivo: person(t, "Ivo", 2), quin: person(t, "Quin", 4), eve: person(t, "Eve", 3), c: reviewable(t)}
	r.journal = found(t, r.mara)
	for _, name := range enrolled {
		s := map[string]*Signer{"Ivo": r.ivo, "Quin": r.quin}[name]
		r.write(r.mara, Draft{Action: AuthorEnrolled, Subject: s.Author.ID.String(), Payload: s.Enrolment()})
	}
	r.id = r.assessment(r.mara, r.c, form)
	return r
}

func (r *reviewed) a() *Assessment { return r.open(r.c, r.id) }

// does signs what the rules draft.
func (r *reviewed) does(s *Signer) func(Draft, error) Entry {
	return func(d Draft, err error) Entry {
		r.t.Helper()
		require.NoError(r.t, err)
		return r.write(s, d)
	}
}

// whole answers everything and concludes.
func (r *reviewed) whole() {
	r.t.Helper()
	paper := r.file(r.mara, r.now)
	for _, id := range r.a().Questionnaire.Requirements {
		answer := Answer{Requirement: id, Response: InPlace, Narrative: "shown"}
		if r.a().Questionnaire.PerProcedure {
			answer.Procedures = []ProcedureAnswer{{Finding: InPlace, Reporting: "seen", Methods: []Method{Examine}, References: []ID{paper}}}
		} else {
			answer.Evidence = []ID{paper}
		}
		r.does(r.mara)(r.a().Answer(answer))
	}
	r.does(r.mara)(r.a().Conclude(Conclusion{Result: "Compliant", Person: "Mara"}))
	require.Empty(r.t, r.a().Problems())
}

func yes(s Section) []CheckedItem {
	var all []CheckedItem
	for _, item := range s.Checklist() {
		all = append(all, CheckedItem{item.ID, CheckFound})
	}
	return all
}

func pass(s Section) SectionReview {
	return SectionReview{Section: s, Verdict: PassSection, Checklist: yes(s)}
}

func (r *reviewed) passAll(by *Signer) {
	r.t.Helper()
	for _, s := range r.a().Sections() {
		r.does(by)(r.a().ReviewSection(pass(s), by.Author.ID))
	}
}

func (r *reviewed) stage() Stage {
	r.t.Helper()
	now, err := r.a().Stage()
	require.NoError(r.t, err)
	return now.Stage
}

func (r *reviewed) to(s Stage) { r.t.Helper(); r.does(r.mara)(r.a().MoveStage(StageMove{To: s})) }

// toQA brings a whole report to QA.
func toQA(t *testing.T) *reviewed {
	t.Helper()
	r := underReview(t, "roc", "Ivo", "Quin")
	r.whole()
	r.to(LeadReview)
	r.passAll(r.ivo)
	r.to(QualityReview)
	return r
}

func (r *reviewed) issue() Entry {
	r.t.Helper()
	return r.does(r.quin)(r.a().Issue(r.quin.Author.ID, r.now))
}

func TestAReportIsIssuedStageByStage(t *testing.T) {
	r := underReview(t, "roc", "Ivo", "Quin")
	_, err := r.a().Issue(r.quin.Author.ID, r.now)
	require.ErrorContains(t, err, "it is in fieldwork; the lead review comes next; and")
	r.whole()
	_, err = r.a().MoveStage(StageMove{To: QualityReview})
	require.EqualError(t, err, "pass on to QA: it is in fieldwork, and QA comes after the lead review")
	_, err = r.a().ReviewSection(pass(ScopeSection), r.ivo.Author.ID)
	require.ErrorContains(t, err, "it is in fieldwork; submit it")
	r.to(LeadReview)
	_, err = r.a().MoveStage(StageMove{To: QualityReview})
	require.EqualError(t, err, "pass on to QA: the lead review has not passed Engagement and conclusion, Scope and environment, Requests, evidence and sampling and 3 more sections")
	_, err = r.a().ReviewSection(pass(SectionOf(req("1.2.5"))), r.mara.Author.ID)
	require.ErrorContains(t, err, "review requirement-1: nobody reviews their own work")
	r.passAll(r.ivo)
	r.to(QualityReview)
	_, err = r.a().ReviewSection(pass(ScopeSection), r.mara.Author.ID)
	require.ErrorContains(t, err, "who reviews for quality answered and collected nothing")
	_, err = r.a().Issue(r.quin.Author.ID, r.now)
	require.ErrorContains(t, err, "the QA has not passed it")
	r.passAll(r.quin)
	_, err = r.a().Issue(r.mara.Author.ID, r.now)
	require.ErrorContains(t, err, "who issues a Report on Compliance answered and collected nothing")
	r.issue()
	assert.Equal(t, Issued, r.stage())
	assert.Empty(t, r.a().Problems())
	_, err = r.a().Answer(Answer{Requirement: req("1.2.5"), Response: NotApplicable, Narrative: "no"})
	require.EqualError(t, err, "answer 1.2.5: the assessment was issued as version 1 on 2026-11-02; open an amendment to change it")
}

func TestAReturnNeedsItsReason(t *testing.T) {
	r := toQA(t)
	_, err := r.a().MoveStage(StageMove{To: Fieldwork, Reason: " "})
	require.EqualError(t, err, "return to fieldwork: it needs a reason")
	_, err = r.a().ReviewSection(SectionReview{Section: ScopeSection, Verdict: ReturnSection}, r.quin.Author.ID)
	require.EqualError(t, err, "review scope: a section is returned with the reason: it needs a reason")
	r.does(r.quin)(r.a().ReviewSection(SectionReview{Section: ScopeSection, Verdict: ReturnSection, Reason: "a channel is missing"}, r.quin.Author.ID))
	r.does(r.quin)(r.a().MoveStage(StageMove{To: Fieldwork, Reason: "see the scope"}))
	now, err := r.a().Stage()
	require.NoError(t, err)
	assert.Equal(t, Fieldwork, now.Stage)
	assert.Equal(t, "see the scope", now.Reason)
}

func TestAnOpenChecklistPassesNothing(t *testing.T) {
	r := toQA(t)
	for name, c := range map[string]struct {
		list []CheckedItem
		says string
	}{
		"nothing said": {nil, "is not answered"},
		"no":           {[]CheckedItem{{"channels", CheckMissing}, {"boundary", CheckFound}}, "is answered no"},
		"another list": {append(yes(ScopeSection), CheckedItem{"follows", CheckFound}), `its checklist has no item "follows"`},
		"twice":        {append(yes(ScopeSection), CheckedItem{"form", CheckFound}), "answered twice"},
	} {
		_, err := r.a().ReviewSection(SectionReview{Section: ScopeSection, Verdict: PassSection, Checklist: c.list}, r.quin.Author.ID)
		require.ErrorContains(t, err, c.says, name)
	}
}

func TestAPassHoldsForWhatItsAuthorSaw(t *testing.T) {
	r := toQA(t)
	r.passAll(r.quin)
	tips := r.history().Tips()
	d, err := r.a().Answer(Answer{Requirement: req("1.2.5"), Response: NotApplicable, Narrative: "none there"})
	require.NoError(t, err)
	r.sign(r.mara, tips, d)
	all, err := r.a().SectionStandings()
	require.NoError(t, err)
	for _, s := range all {
		want := SectionPassed
		if s.Section == SectionOf(req("1.2.5")) {
			want = SectionChanged
		}
		assert.Equal(t, want, s.Lead.State, s.Section)
		assert.Equal(t, want, s.QA.State, s.Section)
	}
	_, err = r.a().Issue(r.quin.Author.ID, r.now)
	require.ErrorContains(t, err, "Requirement 1: it changed since the lead review of Ivo")
}

// Of two who reviewed side by side the one counts who returned the section.
func TestAReturnBesideAPassCounts(t *testing.T) {
	r := toQA(t)
	r.passAll(r.quin)
	tips := r.history().Tips()
	back, err := r.a().ReviewSection(SectionReview{Section: ScopeSection, Verdict: ReturnSection, Reason: "no"}, r.quin.Author.ID)
	require.NoError(t, err)
	again, err := r.a().ReviewSection(pass(ScopeSection), r.quin.Author.ID)
	require.NoError(t, err)
	r.sign(r.quin, tips, back)
	r.sign(r.quin, tips, again)
	_, err = r.a().Issue(r.quin.Author.ID, r.now)
	require.ErrorContains(t, err, "Quin of QA returned it: no")
}

// A reviewer who answers after passing has reviewed nothing.
func TestAReviewerWhoAnswersIsNoneAnyMore(t *testing.T) {
	r := toQA(t)
	r.passAll(r.quin)
	r.write(r.quin, r.a().draft(Answer{Requirement: req("2.2.6"), Response: NotApplicable, Narrative: "n"}))
	all, err := r.a().SectionStandings()
	require.NoError(t, err)
	for _, s := range all {
		assert.Equal(t, NotReviewed, s.QA.State, s.Section)
		assert.Contains(t, s.QA.Ignored, "Quin")
	}
}

func TestWhatIsIssuedPastTheRulesIsNotIssued(t *testing.T) {
	r := toQA(t)
	forge := func(s *Signer) {
		r.write(s, r.a().stageDraft(AssessmentIssued, "issue", Issuance{
			Version: 1, Head: r.a().Head, Day: DayOf(r.now), Conclusion: r.a().Conclusion, Rules: IssueRules,
		}))
	}
	forge(r.mara)
	assert.Equal(t, QualityReview, r.stage())
	assert.Equal(t, []ProblemKind{NotIssued}, kinds(r.a().Problems()))
	r.does(r.quin)(r.a().MoveStage(StageMove{To: Fieldwork, Reason: "it was issued past the rules"}))
	assert.Empty(t, r.a().Problems(), "somebody saw it and took the next step")
	r.to(LeadReview)
	r.to(QualityReview)
	r.passAll(r.quin)
	forge(r.eve)
	assert.Equal(t, QualityReview, r.stage(), "nobody enrolled issued it")
	r.issue()
	assert.Equal(t, Issued, r.stage())
}

func TestASelfAssessmentIsAcknowledged(t *testing.T) {
	executive := Acknowledgement{Name: "Ada Berg", Title: "Managing director", Day: "2026-11-02"}
	for _, s := range Statements() {
		executive.Statements = append(executive.Statements, s.ID)
	}
	t.Run("alone", func(t *testing.T) {
		r := underReview(t, "saq")
		r.whole()
		r.to(LeadReview)
		r.passAll(r.mara)
		all, err := r.a().SectionStandings()
		require.NoError(t, err)
		assert.True(t, all[0].Lead.Alone, "nobody else looked at it")
		_, err = r.a().Issue(r.mara.Author.ID, r.now)
		require.ErrorContains(t, err, "no executive of the entity acknowledged it")
		half := executive
		half.Statements = half.Statements[1:]
		_, err = r.a().Acknowledge(half, DayOf(r.now))
		require.ErrorContains(t, err, "statement right-form is not acknowledged")
		r.does(r.mara)(r.a().Acknowledge(executive, DayOf(r.now)))
		r.does(r.mara)(r.a().Conclude(Conclusion{Result: "Non-compliant", Person: "Mara"}))
		_, err = r.a().Issue(r.mara.Author.ID, r.now)
		require.ErrorContains(t, err, "it changed since the lead review of Mara")
		r.does(r.mara)(r.a().ReviewSection(pass(EngagementSection), r.mara.Author.ID))
		_, err = r.a().Issue(r.mara.Author.ID, r.now)
		require.ErrorContains(t, err, "what Ada Berg acknowledged on 2026-11-02 changed since")
		r.does(r.mara)(r.a().Acknowledge(executive, DayOf(r.now)))
		r.does(r.mara)(r.a().Issue(r.mara.Author.ID, r.now))
		assert.Equal(t, Issued, r.stage())
	})
	t.Run("of two it takes the other", func(t *testing.T) {
		r := underReview(t, "saq", "Ivo")
		r.whole()
		r.to(LeadReview)
		_, err := r.a().ReviewSection(pass(SectionOf(req("1.2.5"))), r.mara.Author.ID)
		require.ErrorContains(t, err, "nobody reviews their own work")
		r.passAll(r.ivo)
		r.does(r.mara)(r.a().Acknowledge(executive, DayOf(r.now)))
		r.does(r.mara)(r.a().Issue(r.mara.Author.ID, r.now))
		assert.Equal(t, Issued, r.stage())
	})
	t.Run("who worked alone is not alone any more", func(t *testing.T) {
		r := underReview(t, "saq")
		r.whole()
		r.to(LeadReview)
		r.passAll(r.mara)
		r.does(r.mara)(r.a().Acknowledge(executive, DayOf(r.now)))
		r.write(r.mara, Draft{Action: AuthorEnrolled, Subject: "ivo", Payload: r.ivo.Enrolment()})
		_, err := r.a().Issue(r.mara.Author.ID, r.now)
		require.ErrorContains(t, err, "nobody reviews their own work")
	})
}

// Whatever comes later changes nothing of what was issued.
func TestWhatWasIssuedStays(t *testing.T) {
	r := toQA(t)
	r.passAll(r.quin)
	side := r.history().Tips()
	r.issue()
	_, then, err := r.a().Version("1")
	require.NoError(t, err)
	head, answers := then.Head, then.Current(req("1.2.5"))

	d := r.a().draft(Answer{Requirement: req("1.2.5"), Response: NotApplicable, Narrative: "merged in later"})
	r.sign(r.mara, side, d)
	paper, _ := r.a().EvidenceByLabel("Evidence-1")
	r.does(r.mara)(r.history().Expunge(paper, "it held a card number"))

	v, then, err := r.a().Version("")
	require.NoError(t, err)
	assert.Equal(t, "1", v.Label())
	assert.Equal(t, head, then.Head)
	assert.Equal(t, answers, then.Current(req("1.2.5")))
	assert.Empty(t, then.Problems(), "it is the version that was issued")
	item, _ := then.Evidence(paper.ID)
	require.NotNil(t, item.Expunged, "its tombstone is shown all the same")
	now, err := then.Stage()
	require.NoError(t, err)
	assert.Equal(t, Issued, now.Stage)
}

// Evidence that goes after the issue takes nothing from the version that rested on it: of
// the version that is worked on, what is left is stale.
func TestWhatIsExpungedLaterMakesNothingIssuedStale(t *testing.T) {
	r := underReview(t, "roc", "Ivo", "Quin")
	r.whole()
	old, paper := r.file(r.mara, r.now.AddDate(-2, 0, 0)), r.a().Current(req("1.2.5")).Cited()[0]
	r.does(r.mara)(r.a().Answer(Answer{Requirement: req("1.2.5"), Narrative: "shown", Procedures: []ProcedureAnswer{
		{Finding: InPlace, Reporting: "seen twice", Methods: []Method{Examine}, References: []ID{old, paper}},
	}}))
	r.to(LeadReview)
	r.passAll(r.ivo)
	r.to(QualityReview)
	r.passAll(r.quin)
	r.issue()
	until := func() Day {
		all, err := r.a().Deadlines(DayOf(r.now))
		require.NoError(t, err)
		i := slices.IndexFunc(all.All, func(d Deadline) bool { return d.ID == "evidence.1.2.5" })
		require.GreaterOrEqual(t, i, 0)
		return all.All[i].Day
	}
	assert.Equal(t, DayOf(r.now).Add(365), until())
	item, _ := r.a().Evidence(paper)
	r.does(r.mara)(r.history().Expunge(item, "it held a card number"))
	assert.Equal(t, DayOf(r.now.AddDate(-2, 0, 0)).Add(365), until())
	assert.Contains(t, kinds(r.a().Problems()), StaleEvidence)
	_, then, err := r.a().Version("")
	require.NoError(t, err)
	assert.Empty(t, then.Problems(), "it is the version that was issued")
}

func TestAnAmendmentIsANewVersion(t *testing.T) {
	r := toQA(t)
	_, err := r.a().Amend("a typo")
	require.EqualError(t, err, "open amendment: version 1 is in QA and was not issued: what is not issued is changed without an amendment")
	r.passAll(r.quin)
	r.issue()
	_, err = r.a().Amend("\n")
	require.EqualError(t, err, "open amendment: it needs a reason")
	r.does(r.mara)(r.a().Amend("1.2.5 rested on a wrong sample"))
	assert.Equal(t, Fieldwork, r.stage())
	paper, _ := r.a().EvidenceByLabel("Evidence-1")
	r.does(r.mara)(r.a().Answer(Answer{Requirement: req("1.2.5"), Narrative: "n", Remedy: Remedy{Target: "2027-01-31", Plan: "p"}, Procedures: []ProcedureAnswer{
		{Finding: NotInPlace, Reporting: "not seen", References: []ID{paper.ID}},
	}}))
	r.to(LeadReview)
	_, err = r.a().MoveStage(StageMove{To: QualityReview})
	require.ErrorContains(t, err, "has not passed Engagement and conclusion, Requirement 1", "what did not change was passed before")
	for _, s := range []Section{EngagementSection, SectionOf(req("1.2.5"))} {
		r.does(r.ivo)(r.a().ReviewSection(pass(s), r.ivo.Author.ID))
	}
	r.to(QualityReview)
	for _, s := range []Section{EngagementSection, SectionOf(req("1.2.5"))} {
		r.does(r.quin)(r.a().ReviewSection(pass(s), r.quin.Author.ID))
	}
	r.issue()
	all, err := r.a().Versions()
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.Equal(t, []string{"1.2.5 rested on a wrong sample"}, all[1].Reasons)
	_, before, is, err := r.a().Before()
	require.NoError(t, err)
	require.True(t, is)
	assert.Equal(t, []Difference{{req("1.2.5"), InPlace, NotInPlace}}, r.a().DiffersFrom(before))
}

// Of steps taken side by side the one counts that leaves more to be done.
func TestAReturnBesideAStepOnCounts(t *testing.T) {
	r := underReview(t, "roc", "Ivo", "Quin")
	r.whole()
	r.to(LeadReview)
	r.passAll(r.ivo)
	tips := r.history().Tips()
	for _, move := range []StageMove{{To: Fieldwork, Reason: "a sample is missing"}, {To: QualityReview}} {
		d, err := r.a().MoveStage(move)
		if move.To == QualityReview { // by one who did not see it returned
			d, err = r.a().stageDraft(StageMoved, "stage", move), nil
		}
		require.NoError(t, err)
		r.sign(r.ivo, tips, d)
	}
	assert.Equal(t, Fieldwork, r.stage())
}

// Two who issue side by side both issued what they saw.
func TestTwoIssuesSideBySideAreBothKept(t *testing.T) {
	r := toQA(t)
	r.passAll(r.quin)
	tips := r.history().Tips()
	d, err := r.a().Issue(r.quin.Author.ID, r.now)
	require.NoError(t, err)
	common := slices.Clip(r.entries)
	ours, err := NewHistory(append(common, r.sign(r.quin, tips, d)), r.payload)
	require.NoError(t, err)
	theirs, err := NewHistory(append(common, r.sign(r.quin, tips, d)), r.payload)
	require.NoError(t, err)
	all, err := r.a().Versions()
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.NotEqual(t, all[0].Label(), all[1].Label())
	m, err := ours.Merge(theirs)
	require.NoError(t, err)
	renumbered, err := m.Renumbered(r.c)
	require.NoError(t, err)
	assert.Equal(t, []Renumbered{{"version 1", "version " + all[0].Label(), r.a().Details.Name}}, renumbered, "people are told what it is called now")
	_, _, err = r.a().Version("1")
	require.ErrorContains(t, err, all[0].Label()+", "+all[1].Label())
	_, _, err = r.a().Version(all[0].Label())
	require.NoError(t, err)
}

// Every action says what it is to reviews, so that none is forgotten.
func TestEveryActionSaysWhatItIsToReviews(t *testing.T) {
	for action := NoAction; action < ReportPrinted; action++ {
		_, says := deeds[action]
		assert.True(t, says, "%s: which sections does it bear on, and is it work?", action)
	}
}
