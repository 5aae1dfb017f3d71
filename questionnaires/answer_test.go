package questionnaires

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// forms is a catalogue in which each rule of an answer can be kept and broken.
func forms(t *testing.T) *Catalogue {
	t.Helper()
	id := MustRequirementID
	requirements := []Requirement{
		{ID: id("1.2.5"), Title: "Permitted ports", ProcedureSize: 1, Customized: true},
		{ID: id("1.3.1"), Title: "Inbound", ProcedureSize: 2, Customized: true},
		{ID: id("2.2.6"), Title: "Parameters", ProcedureSize: 1, Customized: true, InformedBy: []Link{
			{Procedure: Procedure{id("2.2.6"), ""}, Check: "pods-meet-baseline", Class: Direct},
		}},
		{ID: id("3.3.1"), Title: "Storage after authorisation", ProcedureSize: 3},
		{ID: id("6.4.1"), Title: "Public web applications", ProcedureSize: 1, SupersededBy: id("6.4.2"), Customized: true},
		{ID: id("6.4.2"), Title: "Automated protection", ProcedureSize: 1, Customized: true},
		{ID: id("8.6.3"), Title: "Passwords of systems", ProcedureSize: 2, Analysis: AnalysisSets, Customized: true},
		{ID: id("9.5.1"), Title: "Terminals", ProcedureSize: 1, Customized: true},
		{ID: id("9.5.1.1"), Title: "List of terminals", ProcedureSize: 3, Customized: true},
		{ID: id("9.5.1.2"), Title: "Inspection of terminals", ProcedureSize: 2, Customized: true},
		{ID: id("11.6.1"), Title: "Payment pages", ProcedureSize: 1, Analysis: AnalysisMay, Customized: true},
	}
	asks := make([]RequirementID, len(requirements))
	titles := map[RequirementID]string{}
	for i, r := range requirements {
		asks[i] = r.ID
		titles[r.ID.Principal()] = "Principal " + r.ID.Principal().String()
	}
	c, err := NewCatalogue(requirements, []Questionnaire{
		{Code: "roc", Title: "Report on Compliance", Revision: "r3", Requirements: asks, Responses: Responses(), PerProcedure: true},
		{Code: "saq-d-merchant", Title: "SAQ D", Revision: "4.0.1", Requirements: asks, Responses: Responses()},
		{Code: "saq-d-service-provider", Title: "SAQ D SP", Revision: "4.0.1", Requirements: asks, Responses: Responses(), DescribesResults: true},
		{Code: "saq-a", Title: "SAQ A", Revision: "r1", Requirements: asks[:6], Responses: Responses()[:4]},
	}, titles)
	require.NoError(t, err)
	return c
}

var wholeSheet = Worksheet{
	Constraints: "c", Definition: "d", Objective: "o", ObjectiveMet: "m", Risk: "r", Validation: "v", Maintenance: "k",
}

// wholeApproach is a customized approach in which nothing is missing.
func wholeApproach(evidence ID) *CustomizedApproach {
	return &CustomizedApproach{
		Controls: []Control{{
			Name: "n", What: "w", Where: "h", When: "e", Accountable: "a", Operator: "o", Meets: "m", Tested: "t", Risk: "r", Maintained: "k",
		}},
		Analysis: CustomAnalysis{
			Objective: "o", Mischief: "m", Changes: "c", Prevention: "p", Factors: "f", Remains: "r", Likelihood: LessLikely, Reasoning: "y",
			Stored: "0", Processed: "1", Reduction: "d", Approver: "CFO", Approved: "2026-09-01", ReviewBy: "2027-09-01",
		},
		Description: "d", Met: "m", Reviewed: []ID{evidence}, Assessors: "Mara", Independent: true,
		Tests: []DerivedTest{
			{Purpose: MeetsObjective, Procedure: "p", Tested: "t", References: []ID{evidence}, Result: "r"},
			{Purpose: StaysEffective, Procedure: "p", Tested: "t", References: []ID{evidence}, Result: "r"},
		},
	}
}

// file attaches a paper that was collected on a day.
func (j *journal) file(s *Signer, on time.Time) ID {
	j.t.Helper()
	id, err := j.newID()
	require.NoError(j.t, err)
	item := Evidence{ID: id, Number: j.history().LastNumber(OtherEvidence) + 1, Title: "Paper", Collected: on, File: &FileSource{Digest: engine.Sum([]byte(id)), Name: "p.md"}}
	j.write(s, Draft{Action: EvidenceAttached, Subject: "evidence", Payload: item})
	return id
}

// The bytes of an answer are permanent: what was written before findings, worksheets
// and the rest were known reads, and is written, as it was.
func TestAnswerBytesArePermanent(t *testing.T) {
	const zero = `""`
	for _, before := range []string{
		`{"narrative":"Two were dropped.","requirement":"1.2.5","response":"in-place","restores":` + zero + `,"undoes":` + zero + `}`,
		`{"evidence":["e1"],"methods":["examine"],"narrative":"n","requirement":"A1.1.4","response":"in-place-with-ccw","restores":` + zero +
			`,"undoes":"` + strings.Repeat("ab", 32) + `"}`,
	} {
		var a Answer
		require.NoError(t, json.Unmarshal([]byte(before), &a))
		after, err := engine.Canonical(a)
		require.NoError(t, err)
		assert.Equal(t, before, string(after))
	}
	whole := Answer{
		Requirement: req("1.3.1"), Response: InPlaceWithCCW, Narrative: "n", Methods: []Method{Examine}, Evidence: []ID{"e"},
		Procedures: []ProcedureAnswer{{Letter: "a", Finding: InPlace, Reporting: "r", Methods: []Method{Observe}, References: []ID{"e"}}, {Letter: "b"}},
		Worksheet:  wholeSheet, Customized: &CustomizedApproach{Aspect: "x", Tests: []DerivedTest{{Purpose: StaysEffective}}},
		Remedy: Remedy{Target: "2027-01-01", Plan: "p", Legal: true, Law: "l"}, Untested: "u", Results: "s", Subtree: true, RiskBased: true,
	}
	bytes, err := engine.Canonical(whole)
	require.NoError(t, err)
	assert.Equal(t, `{"customized":{"aspect":"x","tests":[{"purpose":"stays-effective"}]},"evidence":["e"],"methods":["examine"],"narrative":"n",`+
		`"procedures":[{"finding":"in-place","letter":"a","methods":["observe"],"references":["e"],"reporting":"r"},{"finding":"unanswered","letter":"b"}],`+
		`"remedy":{"law":"l","legal":true,"plan":"p","target":"2027-01-01"},"requirement":"1.3.1","response":"in-place-with-ccw","restores":"",`+
		`"results":"s","riskBased":true,"subtree":true,"undoes":"","untested":"u","worksheet":{"constraints":"c","definition":"d","maintenance":"k",`+
		`"objective":"o","objectiveMet":"m","risk":"r","validation":"v"}}`, string(bytes))
	var again Answer
	require.NoError(t, json.Unmarshal(bytes, &again))
	assert.Equal(t, whole, again)
}

func TestFindingsRollUp(t *testing.T) {
	for _, tc := range []struct {
		want     Response
		findings []Response
	}{
		{Unanswered, nil},
		{InPlace, []Response{InPlace, InPlace}},
		{InPlace, []Response{NotApplicable, InPlace}},
		{NotApplicable, []Response{NotApplicable, NotApplicable}},
		{NotTested, []Response{InPlace, NotTested, NotApplicable}},
		{NotInPlace, []Response{InPlace, NotTested, NotInPlace}},
		{Unanswered, []Response{NotInPlace, Unanswered}},
		{Unanswered, []Response{InPlace, InPlaceWithCCW}},
		{Unanswered, []Response{InPlace, Response(99)}},
	} {
		assert.Equal(t, tc.want, RollUp(tc.findings), "%v", tc.findings)
	}
}

// What the form does not have is refused in one line that names the rule.
func TestAnswersThatAreRefused(t *testing.T) {
	mara, c := person(t, "Mara", 1), forms(t)
	j := found(t, mara)
	paper := j.file(mara, j.now)
	open := map[string]*Assessment{}
	for _, code := range []string{"roc", "saq-d-merchant", "saq-a"} {
		open[code] = j.open(c, j.assessment(mara, c, code))
	}
	both := wholeApproach(paper)
	both.Aspect = "logging"
	strange, many := wholeApproach(paper), wholeApproach(paper)
	strange.Controls[0].AlsoMeets = []RequirementID{req("1.3.1"), req("99.1")}
	many.Tests = make([]DerivedTest, maxTests+1)
	sheet := wholeSheet
	sheet.Aspect = " Logging "
	a, b := ProcedureAnswer{Letter: "a", Finding: InPlace}, ProcedureAnswer{Letter: "b", Finding: InPlace}
	inPlace := []ProcedureAnswer{a, b}
	for cause, tc := range map[string]struct {
		form   string
		answer Answer
	}{
		"has no requirement of that number":  {"roc", Answer{Requirement: req("99.1.1"), Response: InPlace}},
		"SAQ A does not ask it":              {"saq-a", Answer{Requirement: req("8.6.3"), Response: InPlace}},
		"SAQ A does not offer Not Tested":    {"saq-a", Answer{Requirement: req("1.2.5"), Response: NotTested}},
		"it is no requirement itself":        {"roc", Answer{Requirement: req("9.5"), Response: NotApplicable}},
		"has a reason and no more":           {"roc", Answer{Requirement: req("9.5"), Response: NotApplicable, Subtree: true, Procedures: []ProcedureAnswer{a}}},
		"Not Applicable together, not In":    {"saq-d-merchant", Answer{Requirement: req("9.5"), Response: InPlace, Subtree: true}},
		"and it is unanswered":               {"saq-d-merchant", Answer{Requirement: req("1.2.5"), Worksheet: wholeSheet}},
		"approach belongs to a finding":      {"roc", Answer{Requirement: req("1.2.5"), Customized: both}},
		"only a Report on Compliance":        {"saq-d-merchant", Answer{Requirement: req("1.2.5"), Response: InPlace, Customized: both}},
		"does not allow the customized":      {"roc", Answer{Requirement: req("3.3.1"), Procedures: []ProcedureAnswer{a}, Customized: both}},
		"never cover the same aspect":        {"roc", Answer{Requirement: req("1.3.1"), Procedures: inPlace, Customized: both, Worksheet: sheet}},
		"per testing procedure: 1.3.1.a, 1.": {"roc", Answer{Requirement: req("1.3.1"), Response: InPlace}},
		"per requirement, not per testing":   {"saq-d-merchant", Answer{Requirement: req("1.3.1"), Response: InPlace, Procedures: inPlace}},
		"no testing procedure 1.2.5.a":       {"roc", Answer{Requirement: req("1.2.5"), Procedures: []ProcedureAnswer{a}}},
		"1.3.1.a is answered twice":          {"roc", Answer{Requirement: req("1.3.1"), Procedures: []ProcedureAnswer{a, a}}},
		"is no finding of a testing":         {"roc", Answer{Requirement: req("1.3.1"), Procedures: []ProcedureAnswer{{Letter: "a", Finding: InPlaceWithCCW}}}},
		"evidence nope is not in the vault":  {"roc", Answer{Requirement: req("1.3.1"), Procedures: []ProcedureAnswer{{Letter: "a", References: []ID{"nope"}}}}},
		"want one such as 2026-12-31":        {"saq-d-merchant", Answer{Requirement: req("1.2.5"), Response: NotInPlace, Remedy: Remedy{Target: "soon"}}},
		"no targeted risk analysis sets":     {"saq-d-merchant", Answer{Requirement: req("1.2.5"), Response: InPlace, RiskBased: true}},
		"a control cannot also meet 99.1":    {"roc", Answer{Requirement: req("1.2.5"), Response: InPlace, Customized: strange}},
		"200 derived tests":                  {"roc", Answer{Requirement: req("1.2.5"), Response: InPlace, Customized: many}},
		"card number":                        {"saq-d-merchant", Answer{Requirement: req("1.2.5"), Response: InPlace, Narrative: "Seen: 4111 1111 1111 1111."}},
		"control character":                  {"saq-d-merchant", Answer{Requirement: req("1.2.5"), Response: InPlaceWithCCW, Worksheet: Worksheet{Risk: "\x1b[2J"}}},
		"bytes, at most":                     {"roc", Answer{Requirement: req("1.3.1"), Procedures: []ProcedureAnswer{{Letter: "a", Reporting: strings.Repeat("x", MaxNarrative+1)}}}},
	} {
		_, err := open[tc.form].Answer(tc.answer)
		require.ErrorContains(t, err, cause)
		assert.NotContains(t, err.Error(), "\n")
		assert.True(t, strings.HasPrefix(err.Error(), "answer "+tc.answer.Requirement.String()+": "), err)
	}
}

func TestProblemsOfAReportOnCompliance(t *testing.T) {
	mara, c := person(t, "Mara", 1), forms(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "roc")
	paper := j.file(mara, j.now)
	newer := j.file(mara, j.now.AddDate(0, 0, 2))
	refs := []ID{paper}
	p := func(letter string, finding Response) ProcedureAnswer {
		return ProcedureAnswer{Letter: letter, Finding: finding, Reporting: "as tested", References: refs}
	}
	bare := ProcedureAnswer{Letter: "b", Finding: InPlace}
	inPlace := []ProcedureAnswer{p("a", InPlace), p("b", InPlace)}
	elsewhere, overdue, lacking := wholeApproach(paper), wholeApproach(paper), wholeApproach(paper)
	late, early := wholeApproach(paper), wholeApproach(paper)
	late.Analysis.ReviewBy, early.Analysis.Approved, early.Analysis.ReviewBy = "2027-09-02", "2026-11-30", "2027-01-01"
	elsewhere.Aspect = "logs"
	overdue.Analysis.Approved, overdue.Analysis.ReviewBy = "2025-09-01", "2026-09-01"
	lacking.Tests = lacking.Tests[:1]
	partly := wholeSheet
	partly.Aspect, partly.Risk = "alerts", " "
	aspect := wholeSheet
	aspect.Aspect = "alerts"
	r := req("1.3.1")
	for name, tc := range map[string]struct {
		answer Answer
		want   Response
		kinds  []ProblemKind
	}{
		"whole":                        {Answer{Requirement: r, Narrative: "n", Procedures: inPlace}, InPlace, nil},
		"one procedure plain":          {Answer{Requirement: req("1.2.5"), Response: InPlace, Narrative: "n", Evidence: refs}, InPlace, nil},
		"one procedure named":          {Answer{Requirement: req("1.2.5"), Narrative: "n", Procedures: []ProcedureAnswer{p("", InPlace)}}, InPlace, nil},
		"one procedure bare":           {Answer{Requirement: req("1.2.5"), Response: InPlace}, InPlace, []ProblemKind{NoNarrative, NoEvidence}},
		"a procedure open":             {Answer{Requirement: r, Narrative: "n", Procedures: inPlace[:1]}, Unanswered, []ProblemKind{NotAnswered}},
		"a procedure bare":             {Answer{Requirement: r, Narrative: "n", Procedures: []ProcedureAnswer{p("a", InPlace), bare}}, InPlace, []ProblemKind{NoEvidence, NoReporting}},
		"bare beside one not in place": {Answer{Requirement: r, Narrative: "n", Remedy: Remedy{Target: "2027-01-31"}, Procedures: []ProcedureAnswer{p("a", NotInPlace), bare}}, NotInPlace, []ProblemKind{NoEvidence, NoReporting}},
		"no narrative":                 {Answer{Requirement: r, Procedures: inPlace}, InPlace, []ProblemKind{NoNarrative}},
		"partly not applicable":        {Answer{Requirement: r, Narrative: "n", Procedures: []ProcedureAnswer{p("a", InPlace), p("b", NotApplicable)}}, InPlace, nil},
		"not applicable":               {Answer{Requirement: r, Procedures: []ProcedureAnswer{p("a", NotApplicable), p("b", NotApplicable)}}, NotApplicable, []ProblemKind{NoReason}},
		"partly not tested":            {Answer{Requirement: r, Narrative: "n", Procedures: []ProcedureAnswer{p("a", InPlace), p("b", NotTested)}}, NotTested, []ProblemKind{NoExclusion}},
		"partly not in place":          {Answer{Requirement: r, Narrative: "n", Procedures: []ProcedureAnswer{p("a", NotTested), p("b", NotInPlace)}}, NotInPlace, []ProblemKind{NoTargetDate}},
		"legal":                        {Answer{Requirement: r, Narrative: "n", Procedures: []ProcedureAnswer{p("a", InPlace), p("b", NotInPlace)}, Remedy: Remedy{Legal: true}}, NotInPlace, []ProblemKind{NoLaw}},
		"compensated":                  {Answer{Requirement: r, Narrative: "n", Procedures: inPlace, Worksheet: wholeSheet}, InPlaceWithCCW, nil},
		"flag alone":                   {Answer{Requirement: r, Response: InPlaceWithCCW, Narrative: "n", Procedures: inPlace}, InPlaceWithCCW, []ProblemKind{NoWorksheet}},
		"sheet of what is not there":   {Answer{Requirement: req("1.2.5"), Response: NotApplicable, Narrative: "n", Worksheet: wholeSheet}, NotApplicable, []ProblemKind{Misplaced}},
		"customized":                   {Answer{Requirement: r, Narrative: "n", Procedures: inPlace, Customized: wholeApproach(paper)}, InPlace, nil},
		"both, of different aspects":   {Answer{Requirement: r, Narrative: "n", Procedures: inPlace, Customized: elsewhere, Worksheet: aspect}, InPlaceWithCCW, nil},
		"both, one unfinished":         {Answer{Requirement: r, Narrative: "n", Procedures: inPlace, Customized: elsewhere, Worksheet: partly}, InPlaceWithCCW, []ProblemKind{UnfinishedWorksheet}},
		"customized, a test missing":   {Answer{Requirement: r, Narrative: "n", Procedures: inPlace, Customized: lacking}, InPlace, []ProblemKind{UnfinishedCustomized}},
		"customized, overdue":          {Answer{Requirement: r, Narrative: "n", Procedures: inPlace, Customized: overdue}, InPlace, []ProblemKind{Overdue}},
		"customized, review too late":  {Answer{Requirement: r, Narrative: "n", Procedures: inPlace, Customized: late}, InPlace, []ProblemKind{Overdue}},
		"customized, approved later":   {Answer{Requirement: r, Narrative: "n", Procedures: inPlace, Customized: early}, InPlace, []ProblemKind{Overdue}},
		"customized, not tested":       {Answer{Requirement: req("1.2.5"), Response: NotTested, Narrative: "n", Untested: "u", Customized: elsewhere}, NotTested, []ProblemKind{Misplaced}},
		"evidence of tomorrow":         {Answer{Requirement: req("1.2.5"), Response: InPlace, Narrative: "n", Evidence: []ID{newer}}, InPlace, []ProblemKind{NewerEvidence}},
		"no risk analysis":             {Answer{Requirement: req("8.6.3"), Narrative: "n", Procedures: inPlace}, InPlace, []ProblemKind{NoRiskAnalysis}},
		"frequency as given":           {Answer{Requirement: req("11.6.1"), Response: InPlace, Narrative: "n", Evidence: refs}, InPlace, nil},
		"frequency by analysis":        {Answer{Requirement: req("11.6.1"), Response: InPlace, Narrative: "n", Evidence: refs, RiskBased: true}, InPlace, []ProblemKind{NoRiskAnalysis}},
	} {
		t.Run(name, func(t *testing.T) {
			branch := *j
			branch.t, branch.entries = t, j.entries[:len(j.entries):len(j.entries)]
			branch.answer(mara, c, id, tc.answer)
			a := branch.open(c, id)
			assert.Equal(t, tc.want, a.Current(tc.answer.Requirement).Response)
			assert.Equal(t, tc.kinds, kinds(a.ProblemsOf(tc.answer.Requirement)))
			assert.Len(t, a.Procedures(tc.answer.Requirement), len(c.requirements[c.byID[tc.answer.Requirement]].Procedures()))
		})
	}
}

func TestWhatAFormDidNotOfferIsAProblemAfterwards(t *testing.T) {
	mara, c := person(t, "Mara", 1), forms(t)
	j := found(t, mara)
	paper := j.file(mara, j.now)
	roc, small := j.assessment(mara, c, "roc"), j.assessment(mara, c, "saq-a")
	raw := func(assessment ID, a Answer) []ProblemKind {
		branch := *j
		branch.entries = j.entries[:len(j.entries):len(j.entries)]
		branch.write(mara, Draft{Assessment: assessment, Action: AnswerGiven, Subject: a.Requirement.String(), Payload: a})
		return kinds(branch.open(c, assessment).ProblemsOf(a.Requirement))
	}
	assert.Equal(t, []ProblemKind{NotOffered}, raw(small, Answer{Requirement: req("1.2.5"), Response: NotTested, Narrative: "n", Untested: "u"}))
	assert.Equal(t, []ProblemKind{CustomizedRefused}, raw(small, Answer{
		Requirement: req("1.2.5"), Response: InPlace, Narrative: "n", Evidence: []ID{paper}, Customized: wholeApproach(paper),
	}))
	assert.Equal(t, []ProblemKind{NotAnswered, Misplaced}, raw(small, Answer{Requirement: req("1.2.5"), Worksheet: wholeSheet}))
	assert.Equal(t, []ProblemKind{CitesUnknown}, raw(small, Answer{Requirement: req("1.2.5"), Response: InPlace, Narrative: "n", Evidence: []ID{"nope"}}))
	three := []ProcedureAnswer{}
	for _, letter := range []string{"a", "b", "c"} {
		three = append(three, ProcedureAnswer{Letter: letter, Finding: InPlace, Reporting: "r", References: []ID{paper}})
	}
	assert.Equal(t, []ProblemKind{CustomizedRefused}, raw(roc, Answer{Requirement: req("3.3.1"), Narrative: "n", Procedures: three, Customized: wholeApproach(paper)}))
	assert.Equal(t, []ProblemKind{CustomizedRefused}, raw(roc, Answer{
		Requirement: req("1.2.5"), Response: InPlace, Narrative: "n", Evidence: []ID{paper}, Customized: wholeApproach(paper), Worksheet: wholeSheet,
	}))
	assert.Equal(t, []ProblemKind{NotAnswered}, raw(roc, Answer{Requirement: req("1.3.1"), Response: InPlace, Narrative: "n"}), "as it was answered before")
}

func TestNotApplicableForAllBelow(t *testing.T) {
	mara, c := person(t, "Mara", 1), forms(t)
	j := found(t, mara)
	saq, roc := j.assessment(mara, c, "saq-d-merchant"), j.assessment(mara, c, "roc")
	for _, id := range []ID{saq, roc} {
		j.answer(mara, c, id, Answer{Requirement: req("9.5"), Response: NotApplicable, Subtree: true, Narrative: "no terminals"})
	}
	a := j.open(c, saq)
	require.Len(t, a.Subtrees(), 1)
	for _, r := range []string{"9.5.1", "9.5.1.1", "9.5.1.2"} {
		current := a.Current(req(r))
		assert.Equal(t, NotApplicable, current.Response)
		assert.Equal(t, "no terminals", current.Narrative)
		assert.Equal(t, req("9.5"), current.Inherited)
		assert.Equal(t, "Mara", current.Author.Name)
		assert.Empty(t, a.ProblemsOf(req(r)))
		assert.Equal(t, Unanswered, a.Own(req(r)).Response, "an edit does not start from what is inherited")
		assert.Equal(t, []ProblemKind{InheritedOnly}, kinds(j.open(c, roc).ProblemsOf(req(r))))
	}
	assert.Equal(t, Unanswered, a.Current(req("8.6.3")).Response)
	assert.Equal(t, 3, a.Progress().Answered, "each is listed")

	tested := []ProcedureAnswer{}
	for _, letter := range []string{"a", "b"} {
		tested = append(tested, ProcedureAnswer{Letter: letter, Finding: NotApplicable, Reporting: "looked for terminals, found none"})
	}
	j.answer(mara, c, roc, Answer{Requirement: req("9.5.1.2"), Procedures: tested})
	current := j.open(c, roc).Current(req("9.5.1.2"))
	assert.Equal(t, "no terminals", current.Narrative, "the reason is inherited, the testing its own")
	assert.Empty(t, j.open(c, roc).ProblemsOf(req("9.5.1.2")))
	j.answer(mara, c, roc, Answer{Requirement: req("9.5.1"), Procedures: []ProcedureAnswer{{Finding: NotApplicable, Reporting: "none found"}}})
	assert.Empty(t, j.open(c, roc).ProblemsOf(req("9.5.1")))

	j.answer(mara, c, saq, Answer{Requirement: req("9.5.1.1"), Response: NotInPlace, Narrative: "one terminal", Remedy: Remedy{Target: "2027-01-01"}})
	a = j.open(c, saq)
	assert.Equal(t, NotInPlace, a.Current(req("9.5.1.1")).Response, "an own answer overrides")
	assert.True(t, a.Current(req("9.5.1.1")).Inherited.IsZero())
	j.answer(mara, c, saq, Answer{Requirement: req("9.5.1"), Response: NotApplicable, Subtree: true, Narrative: "nearer"})
	a = j.open(c, saq)
	assert.Equal(t, "nearer", a.Current(req("9.5.1.2")).Narrative)
	assert.True(t, a.Current(req("9.5.1")).Inherited.IsZero())
	for range 3 {
		draft, _, err := j.open(c, saq).Undo()
		require.NoError(t, err)
		j.write(mara, draft)
	}
	assert.Equal(t, Unanswered, j.open(c, saq).Current(req("9.5.1")).Response)
	assert.Empty(t, j.open(c, saq).Subtrees())
}

func TestDescriptionOfResults(t *testing.T) {
	mara, c := person(t, "Mara", 1), forms(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-service-provider")
	paper := j.file(mara, j.now)
	answer := Answer{Requirement: req("1.2.5"), Response: InPlace, Evidence: []ID{paper}}
	j.answer(mara, c, id, answer)
	assert.Equal(t, []ProblemKind{NoResults}, kinds(j.open(c, id).ProblemsOf(req("1.2.5"))))
	answer.Results = "31 lines compared"
	j.answer(mara, c, id, answer)
	assert.Empty(t, j.open(c, id).ProblemsOf(req("1.2.5")))
	j.answer(mara, c, id, Answer{Requirement: req("9"), Subtree: true, Response: NotApplicable, Narrative: "no premises"})
	assert.Empty(t, j.open(c, id).ProblemsOf(req("9.5.1")))
}

func TestWhatTheAnswersWouldAllow(t *testing.T) {
	mara, c := person(t, "Mara", 1), forms(t)
	j := found(t, mara)
	paper := j.file(mara, j.now)
	id := j.assessment(mara, c, "saq-a")
	outcome := func() Outcome { a := j.open(c, id); return a.Outcome(DayOf(a.Time)) }
	assert.Equal(t, Outcome{Problems: 6}, outcome())
	for _, r := range j.open(c, id).Requirements() {
		answer := Answer{Requirement: r.ID, Response: InPlace, Narrative: "n", Evidence: []ID{paper}}
		if p, is := r.Proposal(); is {
			assert.Equal(t, Proposal{NotApplicable, "superseded by 6.4.2 on 2025-03-31"}, p)
			answer.Response, answer.Narrative = p.Response, p.Reason
		}
		j.answer(mara, c, id, answer)
	}
	assert.Equal(t, Outcome{Extent: Full, Allows: Compliant}, outcome())
	j.answer(mara, c, id, Answer{Requirement: req("1.2.5"), Response: NotInPlace, Narrative: "n", Remedy: Remedy{Legal: true, Law: "Act 7"}})
	assert.Equal(t, Outcome{Extent: Full, Allows: LegalException, Legal: []RequirementID{req("1.2.5")}}, outcome())
	j.answer(mara, c, id, Answer{Requirement: req("2.2.6"), Response: NotInPlace, Narrative: "n", Remedy: Remedy{Target: "2027-05-01"}})
	assert.Equal(t, Outcome{
		Extent: Full, Allows: NonCompliant, Legal: []RequirementID{req("1.2.5")}, NotInPlace: []RequirementID{req("2.2.6")}, Target: "2027-05-01",
	}, outcome())
	assert.Empty(t, j.open(c, id).Conclusion, "nobody concluded anything")
}

func TestUndoAndRedo(t *testing.T) {
	mara, c := person(t, "Mara", 1), forms(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	unfinished := Worksheet{Risk: "half a thought"}
	j.answer(mara, c, id, Answer{Requirement: req("1.2.5"), Response: InPlaceWithCCW, Narrative: "n", Worksheet: unfinished})
	j.answer(mara, c, id, Answer{Requirement: req("1.2.5"), Response: InPlace, Narrative: "m"})
	step := func(do func(*Assessment) (Draft, Revision, error)) error {
		draft, _, err := do(j.open(c, id))
		if err == nil {
			j.write(mara, draft)
		}
		return err
	}
	own := func() Answer { return j.open(c, id).Own(req("1.2.5")).Answer }
	require.ErrorContains(t, step((*Assessment).Redo), "nothing was taken back")
	require.NoError(t, step((*Assessment).Undo))
	assert.Equal(t, unfinished, own().Worksheet, "an unfinished worksheet is never lost")
	require.NoError(t, step((*Assessment).Undo))
	assert.Equal(t, Unanswered, own().Response)
	require.NoError(t, step((*Assessment).Redo))
	assert.Equal(t, unfinished, own().Worksheet)
	require.NoError(t, step((*Assessment).Redo))
	assert.Equal(t, "m", own().Narrative)
	require.Error(t, step((*Assessment).Redo))
	require.NoError(t, step((*Assessment).Undo))
	assert.Equal(t, unfinished, own().Worksheet)
	j.answer(mara, c, id, Answer{Requirement: req("6.4.2"), Response: NotApplicable, Narrative: "n"})
	require.ErrorContains(t, step((*Assessment).Redo), "nothing was taken back since the last answer")
	assert.Equal(t, 7, j.open(c, id).Answers(req("1.2.5")), "nothing is overwritten")
}

func TestAnEditChangesNothingThatWasRead(t *testing.T) {
	mara, c := person(t, "Mara", 1), forms(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "roc")
	paper := j.file(mara, j.now)
	j.answer(mara, c, id, Answer{
		Requirement: req("1.3.1"), Procedures: []ProcedureAnswer{{Letter: "a", Finding: InPlace, References: []ID{paper}}}, Customized: wholeApproach(paper),
	})
	a := j.open(c, id)
	edit := a.Own(req("1.3.1")).Answer
	edit.Procedures[0].Finding = NotInPlace
	edit.Procedures[0].References[0] = "x"
	edit.Customized.Tests[0].Result = "x"
	assert.Equal(t, InPlace, a.Own(req("1.3.1")).Procedures[0].Finding)
	assert.Equal(t, paper, a.Own(req("1.3.1")).Procedures[0].References[0])
	assert.Equal(t, "r", a.Own(req("1.3.1")).Customized.Tests[0].Result)
}

func FuzzDay(f *testing.F) {
	for _, s := range []string{"2026-12-31", "2024-02-29", "2026-02-30", "1999-12-31", "2026-1-1", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDay(s)
		if err != nil {
			return
		}
		assert.Equal(t, s, string(d))
		assert.Equal(t, d, DayOf(d.End().Add(-time.Nanosecond)))
		assert.NotEqual(t, d, DayOf(d.End()))
		assert.True(t, d.within(d) && d.within(d.NextYear()) && !d.within(DayOf(d.NextYear().End())))
	})
}
