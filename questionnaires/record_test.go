package questionnaires

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tested is a catalogue of what records of every kind serve.
func tested(t *testing.T) *Catalogue {
	t.Helper()
	recurs := map[string]Recurrence{
		"11.3.1": {Every: Interval{3, Months}}, "11.3.1.2": {Every: Interval{3, Months}}, "11.3.1.3": {OnChange: true},
		"11.3.2": {Every: Interval{3, Months}}, "11.3.2.1": {OnChange: true},
		"11.4.2": {Interval{12, Months}, true}, "11.4.3": {Interval{12, Months}, true}, "11.4.5": {Every: Interval{12, Months}},
		"12.1.2": {Every: Interval{12, Months}}, "12.6.3": {Every: Interval{12, Months}}, "12.8.4": {Every: Interval{12, Months}},
		"7.2.4": {Every: Interval{6, Months}}, "1.2.5": {},
	}
	var requirements []Requirement
	form := Questionnaire{Code: "saq-d-merchant", Title: "D", Revision: "r1", Responses: []Response{InPlace, NotApplicable}}
	titles := map[RequirementID]string{}
	for id, r := range recurs {
		requirements = append(requirements, Requirement{ID: req(id), Title: id, ProcedureSize: 1, Recurs: r})
		titles[req(id).Principal()] = id
	}
	slices.SortFunc(requirements, func(x, y Requirement) int { return x.ID.Compare(y.ID) })
	for _, r := range requirements {
		form.Requirements = append(form.Requirements, r.ID)
	}
	c, err := NewCatalogue(requirements, []Questionnaire{form}, titles)
	require.NoError(t, err)
	return c
}

func counts(n int) *int { return &n }

func severe(critical, high int) Severities { return Severities{Critical: &critical, High: &high} }

func asv(s ASVScan) Activity {
	return Activity{Kind: ASVScanKind, ActivityDetails: ActivityDetails{ASVScan: &s}}
}

func internal(s InternalScan) Activity {
	return Activity{Kind: InternalScanKind, ActivityDetails: ActivityDetails{InternalScan: &s}}
}

func penetration(s SecurityTest) Activity {
	return Activity{Kind: PenetrationTestKind, ActivityDetails: ActivityDetails{Test: &s}}
}

// sound is a penetration test that nothing stands against.
var sound = SecurityTest{Tester: "Red Team", Own: DeclaredYes, Independent: DeclaredYes, Qualification: "OSCP", From: FromBothSides, Live: DeclaredYes, Result: TestPassed}

func but(change func(*SecurityTest)) Activity {
	s := sound
	change(&s)
	return penetration(s)
}

// What was done and did not pass is not done, whatever else is right with it.
func TestWhatDoesNotPassIsNotDone(t *testing.T) {
	const on = Day("2026-03-10")
	aoc := func(c ComplianceAttestation) Activity {
		return Activity{Kind: AttestationKind, ActivityDetails: ActivityDetails{Attestation: &c}}
	}
	training := func(c Training) Activity {
		return Activity{Kind: TrainingKind, ActivityDetails: ActivityDetails{Training: &c}}
	}
	for _, c := range []struct {
		name    string
		record  Activity
		of      string
		remains string // "" where it passes
	}{
		{"a scan that passed", asv(ASVScan{Result: TestPassed}), "11.3.2", ""},
		{"a scan of which nobody said", asv(ASVScan{}), "11.3.2", "its result is not recorded"},
		{"a failed scan", asv(ASVScan{Result: TestFailed}), "11.3.2", "it failed, and no rescan passed"},
		{"a dispute that was accepted", asv(ASVScan{Result: TestFailed, Disputes: []ScanDispute{{What: "x", Outcome: DisputeAccepted}}}), "11.3.2", "it failed"},
		{"a rescan that passed", asv(ASVScan{Result: TestFailed, Rescans: []Rescan{{On: on, Result: TestPassed}}}), "11.3.2", ""},
		{"a rescan that failed too", asv(ASVScan{Result: TestFailed, Rescans: []Rescan{{On: "2026-03-11", Result: TestFailed}}}), "11.3.2", "rescan of 2026-03-11 failed"},
		{"the last rescan counts", asv(ASVScan{Result: TestFailed, Rescans: []Rescan{{On: "2026-03-12", Result: TestFailed}, {On: "2026-03-11", Result: TestPassed}}}), "11.3.2", "rescan of 2026-03-12 failed"},
		{"a rescan of which nobody said", asv(ASVScan{Result: TestFailed, Rescans: []Rescan{{On: "2026-03-11"}}}), "11.3.2", "rescan of 2026-03-11 is not recorded"},
		{"a rescan that is not yet", asv(ASVScan{Result: TestFailed, Rescans: []Rescan{{On: "2026-05-01", Result: TestPassed}}}), "11.3.2", "no rescan passed"},
		{"nothing severe", internal(InternalScan{Found: severe(0, 0), Authenticated: DeclaredYes}), "11.3.1.2", ""},
		{"something high", internal(InternalScan{Found: severe(0, 1)}), "11.3.1", "it failed"},
		{"half counted", internal(InternalScan{Found: Severities{Critical: counts(0)}}), "11.3.1", "its result is not recorded"},
		{"high remained", internal(InternalScan{Found: severe(0, 3), Rescans: []Rescan{{On: "2026-03-11", Remained: severe(0, 1)}}}), "11.3.1", "rescan of 2026-03-11 failed"},
		{"nothing remained", internal(InternalScan{Found: severe(0, 3), Rescans: []Rescan{{On: "2026-03-11", Remained: severe(0, 0)}}}), "11.3.1", ""},
		{"a word is no count", internal(InternalScan{Found: severe(0, 3), Rescans: []Rescan{{On: "2026-03-11", Result: TestPassed}}}), "11.3.1", "is not recorded"},
		{"without authentication", internal(InternalScan{Found: severe(0, 0), Authenticated: DeclaredNo}), "11.3.1.2", "not authenticated"},
		{"nobody said how", internal(InternalScan{Found: severe(0, 0)}), "11.3.1.2", "not recorded whether"},
		{"without authentication, elsewhere", internal(InternalScan{Found: severe(0, 0), Authenticated: DeclaredNo}), "11.3.1", ""},
		{"its own admins scanned", internal(InternalScan{Found: severe(0, 0), Independent: DeclaredNo}), "11.3.1", "not independent"},
		{"a sound test", penetration(sound), "11.4.2", ""},
		{"a test of one's own", but(func(s *SecurityTest) { s.Independent = DeclaredNo }), "11.4.2", "not independent"},
		{"nobody said whose", but(func(s *SecurityTest) { s.Own, s.Independent = Undeclared, Undeclared }), "11.4.2", "not recorded whether the tester is independent"},
		{"reachability", but(func(s *SecurityTest) { s.Live = DeclaredNo }), "11.4.3", "reachability computed from policies is no penetration test"},
		{"nobody said what was tested", but(func(s *SecurityTest) { s.Live = Undeclared }), "11.4.3", "not recorded whether running systems"},
		{"the other side", but(func(s *SecurityTest) { s.From = FromOutside }), "11.4.2", "from outside alone"},
		{"passed, they say, with a high flaw", but(func(s *SecurityTest) { s.Found = severe(0, 1) }), "11.4.2", "it failed, and no retest passed"},
		{"a clean retest", but(func(s *SecurityTest) {
			s.Result, s.Retests = TestFailed, []Rescan{{On: "2026-03-20", Result: TestPassed}}
		}), "11.4.2", ""},
		{"an attestation", aoc(ComplianceAttestation{Version: "PCI DSS v4.0.1", Covers: DeclaredYes}), "12.8.4", ""},
		{"of a superseded version", aoc(ComplianceAttestation{Version: "4.0", Covers: DeclaredYes}), "12.8.4", "superseded after 2024-12-31"},
		{"of no version", aoc(ComplianceAttestation{Covers: DeclaredYes}), "12.8.4", "which version"},
		{"of another service", aoc(ComplianceAttestation{Version: "4.0.1", Covers: DeclaredNo, Uncovered: "hosting"}), "12.8.4", "does not cover hosting"},
		{"of nobody knows what", aoc(ComplianceAttestation{Version: "4.0.1"}), "12.8.4", "not recorded whether it covers"},
		{"everybody was there", training(Training{Population: counts(4), Trained: counts(4)}), "12.6.3", ""},
		{"one was away", training(Training{Population: counts(4), Trained: counts(3)}), "12.6.3", "1 of 4 are not trained"},
		{"nobody counted", training(Training{Trained: counts(4)}), "12.6.3", "how many of how many"},
		{"nobody approved", Activity{Kind: PolicyReviewKind}, "12.1.2", "nobody approved it"},
		{"a plain record of a scan", Activity{}, "11.3.2", "record of its own kind: asv-scan"},
		{"a scan for a review", asv(ASVScan{Result: TestPassed}), "7.2.4", "serves 11.3.2"},
		{"a rescan before the scan", asv(ASVScan{Result: TestFailed, Rescans: []Rescan{{On: "2026-03-09", Result: TestPassed}}}), "11.3.2", "a rescan follows its scan"},
		{"of another kind", Activity{Kind: ASVScanKind, ActivityDetails: ActivityDetails{ASVScan: &ASVScan{Result: TestPassed}, Test: &sound}}, "11.3.2", "none of its kind"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.record.On = on
			remains := strings.Join(c.record.remains(req(c.of), "2026-04-01"), "; ")
			if c.remains == "" {
				assert.Empty(t, remains)
			} else {
				assert.Contains(t, remains, c.remains)
			}
		})
	}
}

func TestTheCalendarShowsWhatFailedWithWhatRemains(t *testing.T) {
	mara, c := person(t, "Mara", 1), tested(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	record := func(name string, on Day, a Activity) {
		a.ID, a.On = ID(name), on
		d, err := j.history().RecordActivity(c, a, "2026-12-31")
		require.NoError(t, err)
		j.write(mara, d)
	}
	of := func(day Day) Recurring {
		calendar, err := j.open(c, id).Calendar(day)
		require.NoError(t, err)
		for _, r := range calendar.Recurring {
			if r.Requirement == req("11.3.2") {
				return r
			}
		}
		t.Fatal("no row")
		return Recurring{}
	}
	record("one", "2026-01-10", asv(ASVScan{Result: TestPassed}))
	record("two", "2026-04-05", asv(ASVScan{Result: TestFailed}))
	r := of("2026-04-06")
	assert.Equal(t, NotPassed, r.State)
	assert.Equal(t, Day("2026-04-12"), r.Due, "the scan before counts on")
	require.Len(t, r.Open, 1)
	assert.Equal(t, []string{"it failed, and no rescan passed"}, r.Open[0].Remains)

	record("other", "2026-04-07", asv(ASVScan{Result: TestPassed}))
	assert.Equal(t, NotPassed, of("2026-04-08").State, "another scan does not mend this one")

	record("two", "2026-04-05", asv(ASVScan{Result: TestFailed, Rescans: []Rescan{{On: "2026-04-20", Result: TestPassed}}}))
	assert.Equal(t, NotPassed, of("2026-04-19").State, "what is mended later is not known yet")
	r = of("2026-04-20")
	assert.Equal(t, Done, r.State)
	assert.Empty(t, r.Missed, "a rescan within the quarter keeps the day of its scan")

	record("two", "2026-04-05", asv(ASVScan{Result: TestFailed, Rescans: []Rescan{{On: "2026-08-20", Result: TestPassed}}}))
	record("other", "2026-01-11", asv(ASVScan{Result: TestPassed}))
	r = of("2026-08-21")
	assert.Equal(t, []Missed{{After: "2026-01-11", Due: "2026-04-13", Done: "2026-08-20"}}, r.Missed, "one that passed only when the next was due counts from then")
}

func TestALaterRetestIsNoNewTest(t *testing.T) {
	test := func(first TestResult, again ...Rescan) Activity {
		a := but(func(s *SecurityTest) { s.Result, s.Retests = first, again })
		a.On = "2024-02-01"
		return a
	}
	failed, late := Rescan{On: "2024-03-01", Result: TestFailed}, Rescan{On: "2026-05-01", Result: TestPassed}
	vendor := asv(ASVScan{Result: TestPassed, Rescans: []Rescan{{On: "2026-05-01", Result: TestPassed}}})
	vendor.On = "2024-02-01"
	for name, tt := range map[string]struct {
		activity Activity
		of       string
		state    RecurringState
		last     Day
	}{
		"mended in time":                  {test(TestFailed, Rescan{On: "2024-03-01", Result: TestPassed}), "11.4.2", Late, "2024-02-01"},
		"mended long after the next":      {test(TestFailed, late), "11.4.2", NotPassed, ""},
		"passed, and looked at again":     {test(TestPassed, late), "11.4.2", Late, "2024-02-01"},
		"failed twice, then mended late":  {test(TestFailed, failed, late), "11.4.2", NotPassed, ""},
		"a vendor's scan, and one beside": {vendor, "11.3.2", Late, "2024-02-01"},
	} {
		a := tt.activity
		every := Interval{12, Months}
		if a.Kind == ASVScanKind {
			every = Interval{3, Months}
		}
		day := Day("2026-06-01")
		o := Occurrence{Activity: a, On: a.On, Counts: a.detail().cleared(a.On, day), Remains: a.remains(req(tt.of), day)}
		d := Recurring{Every: every, Times: []Occurrence{o}}.on(day, false)
		assert.Equal(t, tt.state, d.State, name)
		assert.Equal(t, tt.last, d.Last, name)
		for _, open := range d.Open {
			assert.Contains(t, open.Remains, "what it found was mended on 2026-05-01, after the next was due by 2025-02-01: to see that is not to do it again", name)
		}
	}
}

func TestWhatIsRecordedAgainstTheRulesIsRefused(t *testing.T) {
	c := tested(t)
	h := found(t, person(t, "Mara", 1)).history()
	for want, a := range map[string]Activity{
		"it cannot serve 7.2.4: it serves 11.3.2, 11.3.2.1":        {Kind: ASVScanKind, Requirements: []RequirementID{req("7.2.4")}},
		"11.3.2 is shown by a record of its own kind: asv-scan":    {Requirements: []RequirementID{req("11.3.2")}},
		"1.2.5 asks for nothing that is done again and again":      {Requirements: []RequirementID{req("1.2.5")}},
		"before the scan of 2026-03-10: a rescan follows its scan": asv(ASVScan{Rescans: []Rescan{{On: "2026-03-09"}}}),
		"a rescan has no day":                                      asv(ASVScan{Rescans: []Rescan{{}}}),
		"the rescan of 2026-06-02 is of a day to come":             internal(InternalScan{Rescans: []Rescan{{On: "2026-06-02"}}}),
		"before the test of 2026-03-10: a retest follows its test": but(func(s *SecurityTest) { s.Retests = []Rescan{{On: "2026-03-01"}} }),
		"critical flaws: -1 is no number":                          internal(InternalScan{Found: severe(-1, 0)}),
		`the scope lists no third party "Tidepay": it lists none`:  {Kind: AttestationKind, ActivityDetails: ActivityDetails{Attestation: &ComplianceAttestation{Party: "Tidepay"}}},
		"5 were trained of 4: no more are trained than there are":  {Kind: TrainingKind, ActivityDetails: ActivityDetails{Training: &Training{Population: counts(4), Trained: counts(5)}}},
		"test is said of it, which is none of its kind":            {Kind: ASVScanKind, ActivityDetails: ActivityDetails{Test: &sound}},
		"card number": asv(ASVScan{Vendor: "4111111111111111"}),
		"record ASV scan: 2026-06-02 is a day to come":                             {ID: "f", Kind: ASVScanKind, On: "2026-06-02"},
		"it covers every service that is used, and services are named that it doe": {Kind: AttestationKind, ActivityDetails: ActivityDetails{Attestation: &ComplianceAttestation{Covers: DeclaredYes, Uncovered: "x"}}},
	} {
		if a.ID == "" {
			a.ID, a.On = "a", "2026-03-10"
		}
		_, err := h.RecordActivity(c, a, "2026-06-01")
		assert.ErrorContains(t, err, want)
		if err != nil {
			assert.NotContains(t, err.Error(), "\n")
		}
	}
}

func TestRecordsAreProblemsWhereTheyAreUnfinishedOrDisagree(t *testing.T) {
	mara, eve, c := person(t, "Mara", 1), person(t, "Eve", 3), tested(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	draft := func(a Activity) Draft {
		return Draft{Action: ActivityRecorded, Subject: "activity " + string(a.ID), Payload: a}
	}
	problems := func() string {
		var said []string
		for _, p := range j.open(c, id).ProblemsOn("2026-04-01") {
			if p.Part == RecordsPart {
				said = append(said, fmt.Sprintf("%s %s", p.Kind, p.Sentence))
			}
		}
		return strings.Join(said, "\n")
	}
	a := asv(ASVScan{Vendor: "Harbour", Result: TestFailed})
	a.ID, a.On, a.Requirements = "1f41e4c6aa", "2026-03-10", []RequirementID{req("11.3.2")}
	j.write(eve, draft(a))
	assert.Contains(t, problems(), "1 entries (activity-recorded) are by somebody who is no enrolled author")
	j.write(mara, draft(a))
	assert.NotContains(t, problems(), "no enrolled author", "somebody enrolled saw it and recorded it")
	assert.Contains(t, problems(), "record-incomplete the ASV scan of 2026-03-10 (1f41e4c6) lacks vendor's certificate number, number of the attestation, evidence")
	assert.NotContains(t, problems(), "In Place", "nothing is answered yet")

	j.write(mara, Draft{Assessment: id, Action: AnswerGiven, Subject: "11.3.2", Payload: Answer{Requirement: req("11.3.2"), Response: InPlace, Narrative: "n"}})
	assert.Contains(t, problems(), "record-not-passed In Place, and the ASV scan of 2026-03-10 (1f41e4c6) does not meet it: it failed, and no rescan passed")

	a.ASVScan.Rescans = []Rescan{{On: "2026-03-01", Result: TestPassed}} // past the rules
	j.write(mara, draft(a))
	assert.Contains(t, problems(), "record-broken the ASV scan of 2026-03-10 (1f41e4c6): the rescan of 2026-03-01 is before the scan")
	assert.Contains(t, problems(), "record-not-passed")

	a.ASVScan.Rescans = nil
	a.Requirements = []RequirementID{req("7.2.4")}
	j.write(mara, draft(a))
	assert.Contains(t, problems(), "it serves 11.3.2", "nor does it serve what its kind does not")
}
