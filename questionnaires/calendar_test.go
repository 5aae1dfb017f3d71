package questionnaires

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The intervals of PCI DSS v4.0.1, section 7.
func TestWhenSomethingIsDueAgain(t *testing.T) {
	for _, c := range []struct {
		every string
		last  Day
		want  Day
	}{
		{"1 weeks", "2026-01-28", "2026-02-04"},
		{"90 days", "2026-01-01", "2026-04-01"},
		{"1 months", "2026-01-31", "2026-03-03"},
		{"1 months", "2026-03-31", "2026-05-01"},
		{"1 months", "2026-07-15", "2026-08-15"},
		{"3 months", "2026-11-30", "2027-03-02"}, // 92 days: February has no 30th
		{"3 months", "2026-06-15", "2026-09-15"},
		{"3 months", "2026-02-10", "2026-05-13"},
		{"6 months", "2026-08-31", "2027-03-03"},
		{"6 months", "2026-03-01", "2026-09-01"},
		{"12 months", "2028-02-29", "2029-03-01"},
		{"12 months", "2026-05-04", "2027-05-05"},
		{"1 years", "2027-05-04", "2028-05-04"},
		{"2 years", "2028-02-29", "2030-02-28"},
	} {
		i, err := ParseInterval(c.every)
		require.NoError(t, err)
		assert.Equal(t, c.want, i.Next(c.last), "%s after %s", c.every, c.last)
	}
	assert.Empty(t, Interval{}.Next("2026-01-01"))
	for _, bad := range []string{"", "3", "months", "0 days", "-1 days", "3 moons", "3  months", "1001 days", "3 months and"} {
		_, err := ParseInterval(bad)
		assert.Error(t, err, "%q", bad)
	}
}

func TestRecurrences(t *testing.T) {
	for text, want := range map[string]Recurrence{
		"on change":                   {OnChange: true},
		"every 3 months":              {Every: Interval{3, Months}},
		"every 1 weeks and on change": {Every: Interval{1, Weeks}, OnChange: true},
	} {
		var r Recurrence
		require.NoError(t, r.UnmarshalText([]byte(text)))
		assert.Equal(t, want, r)
	}
	for _, bad := range []string{"", "3 months", "every", "every 3 months and", "on change and every 3 months", "every 3 months and on call", "on change and on change"} {
		var r Recurrence
		assert.Error(t, r.UnmarshalText([]byte(bad)), "%q", bad)
	}
}

func recurring(t *testing.T) *Catalogue {
	t.Helper()
	row := func(id string, r Recurrence) Requirement {
		return Requirement{ID: req(id), Title: id, ProcedureSize: 1, Recurs: r}
	}
	sets := row("8.6.3", Recurrence{})
	sets.Analysis = AnalysisSets
	requirements := []Requirement{row("1.2.5", Recurrence{}), sets, row("11.3.2", Recurrence{Every: Interval{3, Months}}), row("12.5.2", Recurrence{Interval{12, Months}, true})}
	form := Questionnaire{Code: "saq-d-merchant", Title: "D", Revision: "r1", Responses: []Response{InPlace, NotApplicable}}
	for _, r := range requirements {
		form.Requirements = append(form.Requirements, r.ID)
	}
	c, err := NewCatalogue(requirements, []Questionnaire{form}, map[RequirementID]string{req("1"): "a", req("8"): "b", req("11"): "c", req("12"): "d"})
	require.NoError(t, err)
	return c
}

func TestTheCalendarSaysWhatIsDueAndWhatWasMissed(t *testing.T) {
	mara, eve, c := person(t, "Mara", 1), person(t, "Eve", 3), recurring(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	scan := func(by *Signer, name string, on Day) {
		scan := &ASVScan{Vendor: "Harbour Scan", Result: TestPassed}
		d, err := j.history().RecordActivity(c, Activity{ID: ID(name), Kind: ASVScanKind, On: on, ActivityDetails: ActivityDetails{ASVScan: scan}}, "2026-12-31")
		require.NoError(t, err)
		j.write(by, d)
	}
	of := func(day Day, first bool) Recurring {
		a := j.open(c, id)
		a.scope.engagement.Years = 1 // of this company, which is not the entity's first
		if first {
			a.scope.engagement.FirstYear = FirstYear{First: DeclaredYes, Kept: "The scanning policy was examined."}
		}
		calendar, err := a.Calendar(day)
		require.NoError(t, err)
		require.Len(t, calendar.Recurring, 2)
		assert.Equal(t, req("11.3.2"), calendar.Recurring[0].Requirement)
		return calendar.Recurring[0]
	}
	assert.Equal(t, NeverDone, of("2026-06-01", true).State, "unknown is not done")

	scan(mara, "s1", "2026-01-10")
	scan(mara, "s3", "2026-09-20")
	scan(eve, "s2", "2026-05-01") // nobody enrolled her
	r := of("2026-10-01", false)
	assert.Equal(t, Done, r.State)
	assert.Equal(t, Day("2026-12-21"), r.Due)
	assert.Equal(t, []Missed{{After: "2026-01-10", Due: "2026-04-12", Done: "2026-09-20"}}, r.Missed)
	assert.False(t, r.Excused)
	assert.True(t, of("2026-10-01", true).Excused, "in a first assessment the last one counts")
	assert.Equal(t, DueSoon, of("2026-11-21", false).State)
	assert.Equal(t, DueSoon, of("2026-12-21", false).State, "its last day is in time")
	late := of("2026-12-22", true)
	assert.Equal(t, Late, late.State)
	assert.False(t, late.Excused)
	assert.Equal(t, Missed{After: "2026-09-20", Due: "2026-12-21"}, late.Missed[1])
	assert.Equal(t, Day("2026-01-10"), of("2026-03-01", false).Last, "what is done later is not known yet")

	scan(mara, "s3", "2026-04-01") // it was another day
	assert.Empty(t, of("2026-06-01", false).Missed)
	assert.Len(t, of("2026-06-01", false).Times, 2)
}

func TestASignificantChangeOpensWhatItAsksFor(t *testing.T) {
	mara, c := person(t, "Mara", 1), recurring(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	d, err := j.history().RecordChange(SignificantChange{ID: "c1", On: "2026-03-01", What: "New region"}, "2026-06-01")
	require.NoError(t, err)
	j.write(mara, d)
	open := func() []AfterChange {
		calendar, err := j.open(c, id).Calendar("2026-06-01")
		require.NoError(t, err)
		return calendar.Changes
	}
	require.Len(t, open(), 1)
	assert.Empty(t, open()[0].Done)
	for _, on := range []Day{"2026-02-28", "2026-03-01"} {
		d, err = j.history().RecordActivity(c, Activity{ID: ID(on), Requirements: []RequirementID{req("12.5.2")}, On: on}, "2026-06-01")
		require.NoError(t, err)
		j.write(mara, d)
		assert.Equal(t, on >= "2026-03-01", open()[0].Done != "", "%s", on)
	}
	j.write(mara, Draft{Assessment: id, Action: AnswerGiven, Subject: "12.5.2", Payload: Answer{Requirement: req("12.5.2"), Response: NotApplicable}})
	assert.Empty(t, open(), "what does not apply is not due")
}

func TestARiskAnalysisSetsTheInterval(t *testing.T) {
	mara, c := person(t, "Mara", 1), recurring(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	d, err := j.history().SetRiskAnalysis(c, RiskAnalysis{
		ID: "r", Requirement: req("8.6.3"), Asset: "a", Threat: "t", Factors: "f", Frequency: Interval{30, Days}, Reason: "r", Reviewed: "2026-01-01",
	})
	require.NoError(t, err)
	j.write(mara, d)
	calendar, err := j.open(c, id).Calendar("2026-06-01")
	require.NoError(t, err)
	require.Len(t, calendar.Recurring, 3)
	assert.Equal(t, Interval{30, Days}, calendar.Recurring[0].Every)
	assert.True(t, calendar.Recurring[0].RiskBased)
}

func TestWhatIsNoRecordOfAnActivity(t *testing.T) {
	mara, c := person(t, "Mara", 1), recurring(t)
	h := found(t, mara).history()
	for want, a := range map[string]Activity{
		"1 to 50 requirements":  {ID: "a", On: "2026-01-01"},
		"has no requirement 99": {ID: "a", On: "2026-01-01", Requirements: []RequirementID{req("99")}},
		"again and again":       {ID: "a", On: "2026-01-01", Requirements: []RequirementID{req("1.2.5")}},
		"a day to come":         {ID: "a", On: "2026-01-03", Requirements: []RequirementID{req("12.5.2")}},
		"needs its day":         {ID: "a", Requirements: []RequirementID{req("12.5.2")}},
		"no id":                 {On: "2026-01-01", Requirements: []RequirementID{req("12.5.2")}},
		"not in the vault":      {ID: "a", On: "2026-01-01", Requirements: []RequirementID{req("12.5.2")}, Evidence: []ID{"x"}},
		"control character":     {ID: "a", On: "2026-01-01", Requirements: []RequirementID{req("12.5.2")}, What: "\x1b"},
	} {
		_, err := h.RecordActivity(c, a, "2026-01-02")
		require.ErrorContains(t, err, want)
	}
	_, err := h.RecordChange(SignificantChange{ID: "c", On: "2026-01-01", What: " "}, "2026-01-02")
	require.ErrorContains(t, err, "does not say what")
}
