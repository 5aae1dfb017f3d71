package questionnaires

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// course is a random way of an assessment through its stages: one to four people who
// mostly do what comes next, and at times what they must not.
type course struct {
	*reviewed
	r        *rand.Rand
	people   []*Signer // enrolled or about to be
	refused  int
	forged   int
	versions int
	unlawful int
}

func runCourse(t *testing.T, form string, seed uint64) *course {
	c := &course{r: rand.New(rand.NewPCG(seed, 9))}
	team := [][]string{{"Ivo", "Quin"}, {"Ivo", "Quin"}, {"Ivo"}, nil}[c.r.IntN(4)]
	c.reviewed = underReview(t, form, team...)
	c.journal.known = &known{}
	c.people = []*Signer{c.mara, c.ivo, c.quin, c.eve}
	for range 70 {
		c.step()
		if c.r.IntN(12) == 0 {
			c.judge()
		}
	}
	c.judge()
	return c
}

func (c *course) anyone() *Signer { return c.people[c.r.IntN(len(c.people))] }

// tips are what somebody saw: all there is, mostly.
func (c *course) tips() []engine.Digest {
	if c.r.IntN(10) > 0 {
		return c.history().Tips()
	}
	e := c.entries[len(c.entries)-1-c.r.IntN(min(6, len(c.entries)-2))]
	return []engine.Digest{e.ID}
}

func (c *course) draft(by *Signer, tips []engine.Digest) func(Draft, error) {
	return func(d Draft, err error) {
		if err != nil {
			c.refused++
			return
		}
		c.sign(by, tips, d)
	}
}

// step does what comes next, or something else.
func (c *course) step() {
	switch c.r.IntN(10) {
	case 0:
		c.meddle()
	case 1:
		c.forge()
	default:
		c.advance()
	}
}

// advance does what comes next, by who may do it.
func (c *course) advance() {
	a, tips := c.a(), c.history().Tips()
	now, err := a.Stage()
	require.NoError(c.t, err)
	does := func(by *Signer) func(Draft, error) { return c.draft(by, tips) }
	for _, p := range a.Problems() {
		switch {
		case p.Kind == NotIssued && now.Stage == Fieldwork:
			does(c.mara)(a.MoveStage(StageMove{To: LeadReview}))
		case p.Kind == NotIssued:
			does(c.mara)(a.MoveStage(StageMove{To: Fieldwork, Reason: "issued past the rules"}))
		case !p.Requirement.IsZero():
			does(c.mara)(a.Answer(c.answerTo(p.Requirement, 0)))
		default:
			continue
		}
		return
	}
	switch {
	case now.Stage == Issued:
		if c.r.IntN(4) == 0 {
			does(c.mara)(a.Amend("something was wrong"))
		}
	case a.Conclusion.Result == "" || len(a.concludedSideBySide()) > 1:
		does(c.mara)(a.Conclude(Conclusion{Result: "Compliant", Person: "Mara"}))
	case now.Stage == Fieldwork:
		does(c.mara)(a.MoveStage(StageMove{To: LeadReview}))
	default:
		c.reviewNext(a, now, does)
	}
}

// reviewNext reviews the next section, or goes on.
func (c *course) reviewNext(a *Assessment, now StageStanding, does func(*Signer) func(Draft, error)) {
	all, err := a.SectionStandings()
	require.NoError(c.t, err)
	for _, s := range all {
		review, by := s.Lead, c.ivo
		if now.Stage == QualityReview {
			review, by = s.QA, c.quin
		}
		if review.State != SectionPassed {
			if a.MayReview(s.Section, by.Author.ID) != nil || !a.history.Enrols(by.Author.ID) {
				by = c.anyone()
			}
			does(by)(a.ReviewSection(pass(s.Section), by.Author.ID))
			if s.Lead.State == SectionChanged && now.Stage == QualityReview {
				does(c.mara)(c.a().MoveStage(StageMove{To: Fieldwork, Reason: "it changed"}))
			}
			return
		}
		if now.Stage == QualityReview && s.Lead.State != SectionPassed {
			does(c.mara)(a.MoveStage(StageMove{To: Fieldwork, Reason: "it changed"}))
			return
		}
	}
	if k, given, err := a.Acknowledgement(); err == nil && !a.Questionnaire.ReviewedForQuality() && (!given || k.Changed > 0) {
		does(c.mara)(a.Acknowledge(c.executive(), DayOf(c.now)))
		return
	}
	if now.Stage == LeadReview && a.Questionnaire.ReviewedForQuality() {
		if c.r.IntN(3) == 0 { // QA may have passed it before it was returned
			c.write(c.quin, c.forgedIssue(a, now))
			return
		}
		does(c.mara)(a.MoveStage(StageMove{To: QualityReview}))
		return
	}
	if c.r.IntN(3) == 0 {
		does(c.mara)(a.MoveStage(StageMove{To: Fieldwork, Reason: "once more"}))
		return
	}
	by := c.quin
	if !a.Questionnaire.ReviewedForQuality() {
		by = c.mara
	}
	does(by)(a.Issue(by.Author.ID, c.now.Add(1)))
}

func (c *course) executive() Acknowledgement {
	k := Acknowledgement{Name: "Ada Berg", Title: "Director", Day: DayOf(c.now)}
	for _, s := range Statements() {
		k.Statements = append(k.Statements, s.ID)
	}
	return k
}

// answerTo answers a requirement on somebody's paper.
func (c *course) answerTo(id RequirementID, care int) Answer {
	items := c.history().Evidence()
	if len(items) == 0 || c.r.IntN(8) == 0 {
		c.file(c.mara, c.now)
		items = c.history().Evidence()
	}
	paper := items[c.r.IntN(len(items))].ID
	answer := Answer{Requirement: id, Response: InPlace, Narrative: "shown"}
	if care > 0 && c.r.IntN(3) == 0 {
		answer.Response, answer.Narrative = NotApplicable, "none there"
	}
	if c.a().Questionnaire.PerProcedure {
		answer.Procedures = []ProcedureAnswer{{Finding: answer.Response, Reporting: "seen", Methods: []Method{Examine}, References: []ID{paper}}}
		return answer
	}
	answer.Evidence = []ID{paper}
	return answer
}

// meddle does something by anybody that the rules draft, at a time when it is not due.
func (c *course) meddle() {
	a, by := c.a(), c.anyone()
	does := c.draft(by, c.tips())
	ids, sections := a.Questionnaire.Requirements, a.Sections()
	s := sections[c.r.IntN(len(sections))]
	switch c.r.IntN(9) {
	case 0:
		does(a.Answer(c.answerTo(ids[c.r.IntN(len(ids))], 1)))
	case 1:
		if c.r.IntN(2) == 0 { // by somebody who might be wanted for reviews
			c.file(by, c.now)
		}
	case 2:
		does(a.Conclude(Conclusion{Result: []string{"Compliant", "Non-compliant"}[c.r.IntN(2)], Person: "Mara"}))
	case 3:
		tips := c.tips()
		for range 1 + c.r.IntN(2) { // at times by two who did not see each other
			c.draft(c.anyone(), tips)(a.MoveStage(StageMove{To: Stage(c.r.IntN(3)), Reason: []string{"", "a reason"}[c.r.IntN(2)]}))
		}
	case 4:
		does(a.ReviewSection(SectionReview{Section: s, Verdict: ReturnSection, Reason: "no"}, by.Author.ID))
	case 5:
		does(a.ReviewSection(pass(s), by.Author.ID))
	case 6:
		does(a.Issue(by.Author.ID, c.now))
	case 7:
		does(a.SetEngagement(Engagement{Independence: []string{"kept", "kept well"}[c.r.IntN(2)]}))
	case 8:
		if !a.history.Enrols(by.Author.ID) {
			c.write(c.mara, Draft{Action: AuthorEnrolled, Subject: "author", Payload: by.Enrolment()})
		}
	}
}

// forge signs an entry that no rule drafted.
func (c *course) forge() {
	a, by, tips := c.a(), c.anyone(), c.tips()
	ids, sections := a.Questionnaire.Requirements, a.Sections()
	s := sections[c.r.IntN(len(sections))]
	now, err := a.Stage()
	require.NoError(c.t, err)
	c.forged++
	var d Draft
	switch c.r.IntN(7) {
	case 0:
		d = a.stageDraft(StageMoved, "stage", StageMove{To: Stage(c.r.IntN(4)), Reason: []string{"", "a reason"}[c.r.IntN(2)]})
	case 1:
		review := pass(s)
		review.Stage, review.Revision = []Stage{LeadReview, QualityReview, now.Stage}[c.r.IntN(3)], ChecklistRevision
		if c.r.IntN(3) == 0 {
			review.Checklist = review.Checklist[1:]
		}
		d = a.stageDraft(SectionReviewed, "review", review)
	case 2, 3:
		d = c.forgedIssue(a, now)
	case 4:
		d = a.stageDraft(AmendmentOpened, "amendment", Amendment{Version: now.Version + c.r.IntN(2), Reason: []string{"", "a reason"}[c.r.IntN(2)]})
	case 5:
		d = a.stageDraft(AnswersAcknowledged, "acknowledgement", []Acknowledgement{c.executive(), {Name: "Ada"}}[c.r.IntN(2)])
	case 6:
		if c.r.IntN(3) > 0 {
			return
		}
		d = a.draft(c.answerTo(ids[c.r.IntN(len(ids))], 1))
	}
	c.sign(by, tips, d)
}

// forgedIssue issues the assessment as it stands, or nearly so, whatever the rules say.
func (c *course) forgedIssue(a *Assessment, now StageStanding) Draft {
	issue := Issuance{Version: now.Version, Head: a.Head, Day: DayOf(c.now.Add(60e9)), Conclusion: a.Conclusion, Rules: IssueRules}
	if c.r.IntN(5) == 0 {
		issue.Head, issue.Version = engine.Digest{}, 1
	}
	return a.stageDraft(AssessmentIssued, "issue", issue)
}

// judge holds what the program says against the second reading, entry by entry.
func (c *course) judge() {
	a := c.a()
	b, err := a.stageBook()
	require.NoError(c.t, err)
	counts := map[engine.Digest]bool{}
	for _, s := range b.steps {
		counts[s.entry.ID] = true
	}
	for _, v := range b.verdicts {
		counts[v.entry.ID] = true
	}
	reading, issued := readStages(c.t, a), 0
	for _, e := range a.stages.acts {
		require.Equal(c.t, reading.lawful[e.ID], counts[e.ID], "%s %s of %s", e.Action, e.ID.Short(), e.Author.Short())
		if !counts[e.ID] {
			c.unlawful++
		} else if e.Action == AssessmentIssued {
			issued++
		}
	}
	c.versions = max(c.versions, issued)
	whole := map[engine.Digest]bool{}
	for _, e := range a.history.entries {
		whole[e.ID] = true
	}
	now, err := a.Stage()
	require.NoError(c.t, err)
	version, stage := reading.at(whole)
	require.Equal(c.t, stage, now.Stage.String())
	require.Equal(c.t, int(version), now.Version)
	c.unchanged(a)
}

// unchanged asks that what was issued is what it was, whatever came since, and that the
// order of entries does not matter.
func (c *course) unchanged(a *Assessment) {
	all, err := a.Versions()
	require.NoError(c.t, err)
	for _, v := range all {
		_, then, err := a.Version(v.Label())
		require.NoError(c.t, err)
		require.Empty(c.t, then.ProblemsOn(v.Day))
		require.Equal(c.t, v.Conclusion, then.Conclusion)
		now, err := then.Stage()
		require.NoError(c.t, err)
		require.Equal(c.t, Issued, now.Stage)
		head, err := then.history.AssessmentHead(c.id)
		require.NoError(c.t, err)
		require.Equal(c.t, headOf([]engine.Digest{v.Entry}), head)
	}
	h, err := NewHistory(shuffled(c.entries, 3), c.payload)
	require.NoError(c.t, err)
	h.known = c.journal.known
	other, err := h.Assessment(c.c, c.id)
	require.NoError(c.t, err)
	again, err := other.Versions()
	require.NoError(c.t, err)
	require.Equal(c.t, all, again)
}

// TestNothingIsIssuedPastTheRules: whatever people do, side by side and past the rules,
// no assessment is issued past a missing stage, and nobody reviews what they answered
// or collected. A second reading of the rules agrees on every step.
func TestNothingIsIssuedPastTheRules(t *testing.T) {
	for _, form := range []string{"roc", "saq"} {
		t.Run(form, func(t *testing.T) {
			versions, unlawful, refused, several := 0, 0, 0, 0
			for seed := range uint64(20) {
				c := runCourse(t, form, seed)
				versions, unlawful, refused = versions+c.versions, unlawful+c.unlawful, refused+c.refused
				if c.versions > 1 {
					several++
				}
			}
			t.Logf("%s: %d versions issued, %d with an amendment, %d steps that count for nothing, %d refused at the door", form, versions, several, unlawful, refused)
			assert.Greater(t, versions, 5, "or nothing was shown")
			assert.Positive(t, several)
			assert.Greater(t, unlawful, 50)
			assert.Greater(t, refused, 50)
		})
	}
}
