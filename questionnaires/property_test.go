package questionnaires

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// engagement is a random one: what two people do to an assessment, sound or not.
type engagement struct {
	*journal
	r          *rand.Rand
	people     []*Signer
	stranger   *Signer
	catalogue  *Catalogue
	id         ID
	papers     []ID // the last is newer than any report
	written    int
	refused    int
	reached    int // times that no problem was open
	brokenOnce int // times that the checker found something
}

// engage begins a random engagement of a form.
func engage(t *testing.T, form string, seed uint64) *engagement {
	mara, ivo := person(t, "Mara", 1), person(t, "Ivo", 2)
	e := &engagement{journal: found(t, mara), r: rand.New(rand.NewPCG(seed, 4)), people: []*Signer{mara, ivo}, stranger: person(t, "Eve", 3), catalogue: forms(t)}
	e.known, e.catalogue = &known{}, asked(e, e.catalogue)
	e.write(mara, Draft{Action: AuthorEnrolled, Subject: "ivo", Payload: ivo.Enrolment()})
	e.id = e.assessment(mara, e.catalogue, form)
	verdict := []engine.Verdict{engine.Pass, engine.Fail}[e.r.IntN(2)]
	items := e.collect(mara, map[string]engine.Verdict{"pods-meet-baseline": verdict})
	e.papers = []ID{e.file(mara, e.now), items[0].ID, e.file(mara, e.now.AddDate(1, 0, 0))}
	e.resurvey()
	return e
}

func (e *engagement) chance(percent int) bool { return e.r.IntN(100) < percent }

// word is a text that somebody filled in, or nearly always did.
func (e *engagement) word(care int) string {
	if e.chance(care) {
		return []string{"shown", "as agreed", "x"}[e.r.IntN(3)]
	}
	return []string{"", " \n"}[e.r.IntN(2)]
}

func (e *engagement) cites(care int) []ID {
	switch {
	case !e.chance(care):
		return nil
	case !e.chance(care):
		return e.papers[2:]
	}
	return e.papers[:1+e.r.IntN(2)]
}

func (e *engagement) sheet(care int) Worksheet {
	w := func() string { return e.word(care) }
	return Worksheet{Constraints: w(), Definition: w(), Objective: w(), ObjectiveMet: w(), Risk: w(), Validation: w(), Maintenance: w()}
}

func (e *engagement) approach(care int) *CustomizedApproach {
	c := wholeApproach(e.papers[0])
	if e.chance(care) {
		return c
	}
	switch e.r.IntN(9) {
	case 0:
		c.Controls[0].Where = ""
	case 1:
		c.Controls = nil
	case 2, 7, 8:
		c.Analysis.Approved, c.Analysis.ReviewBy = "2026-01-01", []Day{"2027-01-02", "2026-02-01", ""}[e.r.IntN(3)]
	case 3:
		c.Tests = c.Tests[e.r.IntN(2):][:1]
	case 4:
		c.Tests[1].References = nil
	case 5:
		c.Independent = false
	case 6:
		c.Analysis.Likelihood = LikelihoodNotStated
	}
	return c
}

// answerTo makes up an answer, with more or less care.
func (e *engagement) answerTo(r Requirement, form Questionnaire, care int) Answer {
	kinds := []Response{InPlace, InPlace, InPlaceWithCCW, NotInPlace, NotApplicable, NotTested}
	a := Answer{Requirement: r.ID, Response: kinds[e.r.IntN(len(kinds))], Narrative: e.word(care), Evidence: e.cites(care)}
	if r.SupersededBy != (RequirementID{}) && e.chance(care) {
		a.Response = NotApplicable
	}
	if a.Response == InPlaceWithCCW && e.chance(care) {
		a.Worksheet = e.sheet(care)
	}
	if form.DescribesResults {
		a.Results = e.word(care)
	}
	if a.Response == NotTested {
		a.Untested = e.word(care)
	}
	if a.Response == NotInPlace {
		a.Remedy = Remedy{Legal: e.chance(30), Law: e.word(care)}
		if e.chance(care) {
			a.Remedy.Target = "2027-01-31"
		}
	}
	a.RiskBased = r.Analysis != NoAnalysis && e.chance(30)
	if form.PerProcedure && (r.ProcedureSize > 1 || e.chance(50)) {
		e.findings(r, &a, care)
	}
	if form.PerProcedure && r.Customized && a.Response != NotApplicable && a.Response != NotTested && e.chance(45) {
		a.Customized = e.approach(care)
		a.Customized.Aspect, a.Worksheet.Aspect = "logs", "alerts"
		if a.Worksheet == (Worksheet{Aspect: "alerts"}) {
			a.Worksheet = Worksheet{}
		}
	}
	return a
}

// findings gives an answer those of its procedures that roll up to it, or do not.
func (e *engagement) findings(r Requirement, a *Answer, care int) {
	others := map[Response][]Response{
		InPlace: {InPlace, NotApplicable}, NotInPlace: {InPlace, NotTested, NotInPlace}, NotApplicable: {NotApplicable}, NotTested: {NotTested, InPlace},
	}
	finding := a.Response
	if finding == InPlaceWithCCW {
		finding = InPlace
	}
	for i, p := range r.Procedures() {
		if i > 0 && e.chance(40) {
			finding = others[finding][e.r.IntN(len(others[finding]))]
		}
		given := ProcedureAnswer{Letter: p.Letter, Finding: finding, Reporting: e.word(care), References: e.cites(care), Methods: []Method{Examine}}
		if !e.chance(care) {
			given.Finding = Unanswered
		}
		a.Procedures = append(a.Procedures, given)
		finding = map[bool]Response{true: InPlace, false: a.Response}[a.Response == InPlaceWithCCW]
	}
	a.Evidence = nil
}

// append signs a draft, sometimes as one who had not seen the last entry.
func (e *engagement) append(d Draft, err error) {
	if err != nil {
		e.refused++
		return
	}
	tips := e.history().Tips()
	if d.Action == RiskAnalysisSet || strings.HasPrefix(d.Subject, "9") {
		if e.chance(15) { // written twice, by two who did not see each other
			e.sign(e.people[0], tips, d)
			e.sign(e.people[1], tips, d)
			return
		}
	}
	if len(tips) == 1 && e.chance(8) && len(e.entries) > 8 {
		tips = e.entries[len(e.entries)-1].Parents
	}
	e.sign(e.people[e.r.IntN(2)], tips, d)
	e.written++
}

// step does one thing that the rules may draft.
func (e *engagement) step(care int) {
	a := e.open(e.catalogue, e.id)
	rows := a.Requirements()
	r := rows[e.r.IntN(len(rows))]
	switch e.r.IntN(13) {
	case 0:
		d, _, err := a.Undo()
		e.append(d, err)
	case 1:
		d, _, err := a.Redo()
		e.append(d, err)
	case 2:
		above := []string{"9", "9.5", "9.5.1", "3.3.1", "1"}[e.r.IntN(5)]
		e.append(a.Answer(Answer{Requirement: req(above), Response: NotApplicable, Subtree: true, Narrative: e.word(care)}))
	case 3:
		e.append(a.history.SetRiskAnalysis(e.catalogue, e.analysis(care)))
	case 4:
		e.append(a.history.AskAcceptance(risk("2027-01-01"), e.now))
	case 5:
		if all := e.accepted(); len(all) > 0 {
			e.append(a.history.ApproveAcceptance(all[e.r.IntN(len(all))].Entry, e.people[e.r.IntN(2)].Author.ID))
		}
	case 6:
		e.survey(care)
	default:
		e.append(a.Answer(e.answerTo(r, a.Questionnaire, care)))
	}
}

func (e *engagement) analysis(care int) RiskAnalysis {
	analysis := RiskAnalysis{
		ID: "r" + ID(rune('1'+e.r.IntN(2))), Requirement: req("8.6.3"), Asset: e.word(care), Threat: e.word(care), Factors: e.word(care),
		Frequency: Interval{90, Days}, Reason: e.word(care), Reviewed: "2026-10-30", Withdrawn: e.chance(10),
	}
	if analysis.ID == "r2" {
		analysis.Requirement = req("11.6.1")
	}
	if !e.chance(care) {
		analysis.Reviewed = []Day{"", "2025-10-30", "2028-01-01"}[e.r.IntN(3)]
		analysis.Frequency = []Interval{{}, {90, Days}}[e.r.IntN(2)]
	}
	return analysis
}

// mend answers with care whatever has a problem, until nothing has or patience ends.
func (e *engagement) mend() {
	for range 4 {
		problems := e.open(e.catalogue, e.id).Problems()
		if slices.ContainsFunc(problems, func(p Problem) bool { return p.Part == ScopePart || p.Part == EngagementPart || p.Part == KeepingPart }) {
			e.resurvey()
		}
		var last RequirementID
		for _, p := range problems {
			if p.Requirement == last || p.Requirement.IsZero() {
				continue
			}
			last = p.Requirement
			if p.Kind == NoRiskAnalysis || p.Kind == UnfinishedAnalysis || p.Kind == Overdue {
				analysis := e.analysis(100)
				analysis.Withdrawn, analysis.Requirement = false, p.Requirement
				analysis.ID = map[string]ID{"8.6.3": "r1", "11.6.1": "r2"}[p.Requirement.String()]
				e.append(e.history().SetRiskAnalysis(e.catalogue, analysis))
			}
			a := e.open(e.catalogue, e.id)
			r, _ := e.catalogue.Requirement(p.Requirement)
			e.append(a.Answer(e.answerTo(r, a.Questionnaire, 100)))
		}
	}
}

// vandal writes an entry that no rule drafted: an answer that stands, with one thing
// in it changed.
func (e *engagement) vandal() {
	if e.chance(25) {
		e.missurvey()
		return
	}
	a := e.open(e.catalogue, e.id)
	if above, is := a.above(req("9.5.1.2")); is && e.chance(30) { // changed by two who did not see each other
		tips := a.history.Tips()
		for _, by := range e.people {
			e.sign(by, tips, a.draft(above.Answer))
		}
		return
	}
	answered := slices.SortedFunc(maps.Keys(a.given.standing), RequirementID.Compare)
	if len(answered) == 0 {
		return
	}
	if e.chance(50) { // an answer that another form would take, or one with a spoilt approach
		rows, forms := a.Requirements(), e.catalogue.Questionnaires()
		form := forms[e.r.IntN(len(forms))]
		if e.chance(60) {
			form = a.Questionnaire
		}
		made := e.answerTo(rows[e.r.IntN(len(rows))], form, 100)
		e.misuse(&made)
		e.write(e.people[0], Draft{Assessment: e.id, Action: AnswerGiven, Subject: made.Requirement.String(), Payload: made})
		return
	}
	own := a.Own(answered[e.r.IntN(len(answered))])
	raw, err := json.Marshal(own.Answer)
	require.NoError(e.t, err)
	var p tree
	require.NoError(e.t, json.Unmarshal(raw, &p))
	e.spoil(p)
	spoilt, err := json.Marshal(p)
	require.NoError(e.t, err)
	var answer Answer
	if json.Unmarshal(spoilt, &answer) != nil || answer.Requirement != own.Requirement {
		return // no program reads it
	}
	author := e.people[0]
	if e.chance(10) {
		author = e.stranger
	}
	e.write(author, Draft{Assessment: e.id, Action: AnswerGiven, Subject: own.Requirement.String(), Payload: answer})
}

// misuse makes what an answer says of its methods unfit for it.
func (e *engagement) misuse(a *Answer) {
	switch turn := e.r.IntN(4); {
	case a.Customized == nil && a.Worksheet != Worksheet{} && turn < 2:
		a.Response = InPlace
	case a.Customized == nil:
	case turn < 2:
		aspect := a.Customized.Aspect
		a.Customized = e.approach(0)
		a.Customized.Aspect = aspect
	case turn == 2:
		a.Response, a.Worksheet = NotApplicable, Worksheet{}
		for i := range a.Procedures {
			a.Procedures[i].Finding = NotApplicable
		}
	default:
		a.Customized.Aspect = []string{"", " ALERTS"}[e.r.IntN(2)]
	}
}

// spoil changes one leaf of a payload, or takes a branch out.
func (e *engagement) spoil(p tree) {
	for {
		keys := slices.Sorted(maps.Keys(p))
		key := keys[e.r.IntN(len(keys))]
		inner := p[key]
		if l, is := inner.([]any); is && len(l) > 0 && e.chance(70) {
			if s, leaf := l[e.r.IntN(len(l))].(string); leaf && key != "methods" && key != "alsoMeets" {
				p[key] = []any{s, "nope"}
				return
			}
			inner = l[e.r.IntN(len(l))]
		}
		if below, is := inner.(tree); is && len(below) > 0 && e.chance(80) {
			p = below
			continue
		}
		values := map[string][]any{
			"response": {"unanswered", "in-place", "in-place-with-ccw", "not-in-place", "not-applicable", "not-tested"},
			"finding":  {"unanswered", "in-place", "in-place-with-ccw", "not-in-place", "not-applicable", "not-tested"},
			"letter":   {"a", "b", "c", "d"}, "subtree": {true, false}, "legal": {true, false}, "independent": {false},
			"approved": {"2025-01-01", "2027-12-31", ""}, "reviewBy": {"2026-10-01", "2030-01-01", ""}, "aspect": {"", "LOGS", "alerts"},
		}[key]
		switch {
		case key == "requirement" || key == "undoes" || key == "restores":
			return
		case values != nil:
			p[key] = values[e.r.IntN(len(values))]
		default:
			delete(p, key)
		}
		return
	}
}

// judge asks what must hold at any moment: without a problem no rule is broken.
func (e *engagement) judge() {
	a := e.open(e.catalogue, e.id)
	problems, broken := a.Problems(), check(e.t, a)
	if len(broken) > 0 {
		e.brokenOnce++
	}
	if len(problems) > 0 {
		return
	}
	e.reached++
	require.Empty(e.t, broken, "no problem is open and a rule is broken")
	o := a.Outcome(DayOf(a.Time))
	require.NotEqual(e.t, StatusOpen, o.Allows)
	for _, r := range a.Requirements() {
		current := a.Current(r.ID)
		require.NotEqual(e.t, Unanswered, current.Response)
		if current.Response == NotTested {
			require.Equal(e.t, PartialExtent, o.Extent)
		}
		if current.Response == NotInPlace {
			require.NotEqual(e.t, Compliant, o.Allows)
		}
	}
}

// same asks that order and repetition of the entries do not matter.
func (e *engagement) same(seed uint64) {
	want := e.open(e.catalogue, e.id)
	h, err := NewHistory(shuffled(e.entries, seed), e.payload)
	require.NoError(e.t, err)
	got, err := h.Assessment(e.catalogue, e.id)
	require.NoError(e.t, err)
	require.Equal(e.t, want.Problems(), got.Problems())
	require.Equal(e.t, want.Outcome("2026-12-31"), got.Outcome("2026-12-31"))
	for _, r := range want.Requirements() {
		require.Equal(e.t, want.Current(r.ID), got.Current(r.ID))
	}
	all, err := h.Acceptances()
	require.NoError(e.t, err)
	require.Equal(e.t, e.accepted(), all)
}

// undone asks that taking back and giving again keeps everything.
func (e *engagement) undone() {
	a := e.open(e.catalogue, e.id)
	back, last, err := a.Undo()
	if err != nil {
		return
	}
	before := a.Own(last.Requirement).Answer
	e.write(e.people[0], back)
	again, _, err := e.open(e.catalogue, e.id).Redo()
	require.NoError(e.t, err)
	e.write(e.people[0], again)
	a = e.open(e.catalogue, e.id)
	after := a.Own(last.Requirement)
	given, err := a.Revisions(last.Requirement)
	require.NoError(e.t, err)
	require.True(e.t, slices.ContainsFunc(given, func(r Revision) bool { return r.Entry == last.Entry }), "what was taken back is still there")
	clean := func(a Answer) Answer { a.Undoes, a.Restores = engine.Digest{}, engine.Digest{}; return a }
	require.Equal(e.t, clean(last.Answer), clean(after.Answer))
	if len(given) == 0 {
		require.Equal(e.t, clean(before), clean(after.Answer))
	}
}

// TestNoProblemMeansNoRuleIsBroken is the promise of Problems: whatever people did,
// and whatever was written past the rules, an assessment without a problem keeps
// every rule of its form.
func TestNoProblemMeansNoRuleIsBroken(t *testing.T) {
	for _, form := range []string{"roc", "saq-d-merchant", "saq-d-service-provider", "saq-a"} {
		t.Run(form, func(t *testing.T) {
			written, refused, reached, broken := 0, 0, 0, 0
			seeds := uint64(6)
			if form == "roc" { // where most can be broken
				seeds = 12
			}
			for seed := range seeds {
				e := engage(t, form, seed)
				if seed%3 == 0 {
					e.append(e.open(e.catalogue, e.id).Answer(Answer{Requirement: req("9"), Response: NotApplicable, Subtree: true, Narrative: "none there"}))
				}
				for range 15 {
					e.step(80)
				}
				e.judge()
				e.undone()
				e.mend()
				e.judge()
				for range 12 {
					e.vandal()
					e.judge()
					if e.chance(50) {
						e.mend()
						e.judge()
					}
					e.step(97)
					e.judge()
				}
				e.same(seed)
				written, refused, reached, broken = written+e.written, refused+e.refused, reached+e.reached, broken+e.brokenOnce
			}
			t.Logf("%s: %d entries, %d refused, %d times no problem, %d times a broken rule", form, written, refused, reached, broken)
			assert.Greater(t, reached, 40, "or nothing was shown")
			assert.Greater(t, broken, 40)
			assert.Positive(t, refused)
		})
	}
}
