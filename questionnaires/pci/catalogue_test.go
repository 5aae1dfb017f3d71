package pci

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
)

func catalogue(t *testing.T) *questionnaires.Catalogue {
	t.Helper()
	c, err := Catalogue()
	require.NoError(t, err)
	return c
}

func id(s string) questionnaires.RequirementID { return questionnaires.MustRequirementID(s) }

func TestEveryRequirementOfTheStandardIsThere(t *testing.T) {
	want := map[string]int{
		"1": 19, "2": 11, "3": 29, "4": 6, "5": 13, "6": 19, "7": 12, "8": 29, "9": 27, "10": 27, "11": 21, "12": 37,
		"A1": 7, "A2": 3, "A3": 20,
	}
	got := map[string]int{}
	futureDated, procedures := 0, 0
	for _, r := range catalogue(t).Requirements() {
		got[r.ID.Principal().String()]++
		procedures += r.ProcedureSize
		if r.FutureDated {
			futureDated++
		}
	}
	assert.Equal(t, want, got)
	assert.Len(t, catalogue(t).Requirements(), 280)
	assert.Equal(t, 51, futureDated, "requirements that took effect on 2025-03-31")
	assert.Equal(t, 480, procedures, "testing procedures of the ROC")
}

func TestEachFormAsksAsManyRequirementsAsItsPaper(t *testing.T) {
	want := map[string]int{
		"saq-a": 27, "saq-a-ep": 139, "saq-b": 27, "saq-b-ip": 50, "saq-c": 123, "saq-c-vt": 54, "saq-p2pe": 21,
		"saq-d-merchant": 233, "saq-d-service-provider": 259, "roc": 260, "roc-a3": 20,
	}
	got := map[string]int{}
	for _, q := range catalogue(t).Questionnaires() {
		got[q.Code] = len(q.Requirements)
		assert.NotEmpty(t, q.Title, q.Code)
		assert.NotEmpty(t, q.Revision, q.Code)
	}
	assert.Equal(t, want, got)
}

func TestOnlyTheFullFormsOfferNotTested(t *testing.T) {
	full := map[string]bool{"saq-d-merchant": true, "saq-d-service-provider": true, "roc": true}
	for _, q := range catalogue(t).Questionnaires() {
		assert.Equal(t, full[q.Code], q.Allows(questionnaires.NotTested), q.Code)
		for _, r := range []questionnaires.Response{questionnaires.InPlace, questionnaires.InPlaceWithCCW, questionnaires.NotInPlace, questionnaires.NotApplicable} {
			assert.True(t, q.Allows(r), "%s: %s", q.Code, r)
		}
		assert.False(t, q.Allows(questionnaires.Unanswered), q.Code)
	}
}

func TestRowsThatNoSourceConfirmsAreMarked(t *testing.T) {
	want := map[string][]string{
		"saq-b":                  {"9.5.1.2.1"},
		"saq-b-ip":               {"1.4.2", "9.5.1.2.1"},
		"saq-c":                  {"6.2.3", "6.2.3.1", "9.5.1.2.1"},
		"saq-c-vt":               {"12.1.3"},
		"saq-p2pe":               {"9.5.1.2.1"},
		"saq-d-service-provider": {"A2.1.1"},
	}
	got := map[string][]string{}
	for _, q := range catalogue(t).Questionnaires() {
		for _, r := range q.Unconfirmed {
			got[q.Code] = append(got[q.Code], r.String())
		}
	}
	assert.Equal(t, want, got)
}

func TestFormsLeaveOutWhatDoesNotConcernThem(t *testing.T) {
	c := catalogue(t)
	merchant, ok := c.Questionnaire("saq-d-merchant")
	require.True(t, ok)
	a, ok := c.Questionnaire("saq-a")
	require.True(t, ok)
	roc, ok := c.Questionnaire("roc")
	require.True(t, ok)
	for _, r := range c.Requirements() {
		if r.Applies != questionnaires.AllEntities {
			assert.False(t, merchant.Asks(r.ID), "%s is not a merchant's", r.ID)
		}
		if a.Asks(r.ID) {
			assert.True(t, merchant.Asks(r.ID), "%s is in SAQ A and not in SAQ D", r.ID)
		}
		assert.Equal(t, r.ID.Principal() != id("A3"), roc.Asks(r.ID), r.ID)
		assert.Equal(t, r.ID.Principal() != id("A3"), r.ProcedureSize > 0, r.ID)
	}
	// SAQ A r1 of January 2025 dropped these three.
	for _, gone := range []string{"6.4.3", "11.6.1", "12.3.1"} {
		assert.False(t, a.Asks(id(gone)), gone)
	}
}

func TestSupersededRequirementsNameTheirSuccessor(t *testing.T) {
	got := map[string]string{}
	for _, r := range catalogue(t).Requirements() {
		if !r.SupersededBy.IsZero() {
			got[r.ID.String()] = r.SupersededBy.String()
			assert.False(t, r.FutureDated, r.ID)
		}
	}
	assert.Equal(t, map[string]string{"6.4.1": "6.4.2", "8.3.10": "8.3.10.1", "10.7.1": "10.7.2"}, got)
}

func TestTheCustomizedApproachIsRefusedWhereTheStandardRefusesIt(t *testing.T) {
	refused := map[string]bool{}
	for _, s := range []string{"3.3.1", "3.3.1.1", "3.3.1.2", "3.3.1.3", "3.3.2", "3.5.1.2", "11.3.2", "12.3.2"} {
		refused[s] = true
	}
	n := 0
	for _, r := range catalogue(t).Requirements() {
		p := r.ID.Principal()
		want := !refused[r.ID.String()] && p != id("A2") && p != id("A3")
		assert.Equal(t, want, r.Customized, r.ID)
		if !r.Customized {
			n++
		}
	}
	assert.Equal(t, 31, n, "8, and all of A2 and A3")
}

func TestTargetedRiskAnalysesSetTheseFrequencies(t *testing.T) {
	got := map[string]questionnaires.AnalysisUse{}
	for _, r := range catalogue(t).Requirements() {
		if r.Analysis != questionnaires.NoAnalysis {
			got[r.ID.String()] = r.Analysis
		}
	}
	const sets = questionnaires.AnalysisSets
	assert.Equal(t, map[string]questionnaires.AnalysisUse{
		"5.2.3.1": sets, "5.3.2.1": sets, "7.2.5.1": sets, "8.6.3": sets, "9.5.1.2.1": sets, "10.4.2.1": sets, "11.3.1.1": sets,
		"11.6.1": questionnaires.AnalysisMay, "12.10.4.1": sets,
	}, got)
}

func TestFormsThatAskMoreThanAResponse(t *testing.T) {
	for _, q := range catalogue(t).Questionnaires() {
		assert.Equal(t, q.Code == "roc" || q.Code == "roc-a3", q.PerProcedure, q.Code)
		assert.Equal(t, q.Code == "saq-d-service-provider", q.DescribesResults, q.Code)
		depth, special := map[string]questionnaires.ScopeDepth{
			"roc": questionnaires.ReportedScope, "roc-a3": questionnaires.ReportedScope, "saq-d-service-provider": questionnaires.ProvidedScope,
		}[q.Code]
		if !special {
			depth = questionnaires.AttestedScope
		}
		assert.Equal(t, depth, q.Scope, q.Code)
	}
}

// TestWhatRecursIsWhatItsFrequencySays holds the two ways of saying it together.
func TestWhatRecursIsWhatItsFrequencySays(t *testing.T) {
	var onChange []string
	for _, r := range catalogue(t).Requirements() {
		months := regexp.MustCompile(`^(?:upon hire and )?(every \d+ months)`).FindStringSubmatch(r.Frequency)
		switch {
		case months != nil:
			assert.Equal(t, months[1], r.Recurs.Every.String(), "%s", r.ID)
		case strings.HasPrefix(r.Frequency, "weekly"):
			assert.Equal(t, "every 1 weeks", r.Recurs.Every.String(), "%s", r.ID)
		default:
			assert.Zero(t, r.Recurs.Every, "%s", r.ID)
		}
		if r.Recurs.OnChange {
			onChange = append(onChange, r.ID.String())
		}
	}
	assert.Equal(t, []string{"6.5.2", "11.3.1.3", "11.3.2.1", "11.4.2", "11.4.3", "12.5.2"}, onChange)
}
