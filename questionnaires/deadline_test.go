package questionnaires

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAllThatIsDueStandsInOneOrder(t *testing.T) {
	mara, c := person(t, "Mara", 1), tested(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	a := func() *Assessment { return j.open(c, id) }
	record := func(name string, on Day, r Activity) {
		r.ID, r.On = ID(name), on
		d, err := j.history().RecordActivity(c, r, "2026-12-31")
		require.NoError(t, err)
		j.write(mara, d)
	}
	scope, err := j.history().SetScope(c, Scope{ThirdParties: []ThirdParty{{Name: "Tidepay", Attestation: ThirdPartyAttestation{Date: "2026-02-01"}}, {Name: "Northhost"}}})
	require.NoError(t, err)
	j.write(mara, scope)
	record("11aa", "2026-01-10", asv(ASVScan{Result: TestPassed}))
	record("22bb", "2026-03-20", penetration(SecurityTest{Result: TestFailed, Independent: DeclaredYes, Live: DeclaredYes, From: FromInside}))
	record("33cc", "2026-03-01", Activity{Kind: AttestationKind, ActivityDetails: ActivityDetails{Attestation: &ComplianceAttestation{Party: "northhost", Version: "4.0.1", Covers: DeclaredYes}}})
	change, err := j.history().RecordChange(SignificantChange{ID: "c1", On: "2026-03-25", What: "New region"}, "2026-12-31")
	require.NoError(t, err)
	j.write(mara, change)
	asked, err := a().AskRequest(Request{ID: "r1", What: "Rulesets", Owner: "Nadia", Due: "2026-04-20"})
	require.NoError(t, err)
	j.write(mara, asked)
	j.write(mara, Draft{Assessment: id, Action: AnswerGiven, Subject: "1.2.5", Payload: Answer{Requirement: req("1.2.5"), Response: NotInPlace, Remedy: Remedy{Target: "2026-06-30"}}})

	all, err := a().Deadlines("2026-04-15")
	require.NoError(t, err)
	var said []string
	for _, d := range all.All {
		said = append(said, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s", d.Day, d.State, d.Kind, d.Requirement, d.Whose)))
	}
	assert.Equal(t, []string{
		"2026-03-20 not-passed recurring 11.4.2",
		"2026-03-20 not-passed recurring 11.4.3",
		"2026-03-25 open after-change 11.3.1.3",
		"2026-03-25 open after-change 11.3.2.1",
		"2026-03-25 open after-change 11.4.2",
		"2026-03-25 open after-change 11.4.3",
		"2026-04-12 late recurring 11.3.2",
		"2026-04-20 soon request  Nadia",
		"2026-06-30 ahead target 1.2.5 Mara",
		"2027-02-01 ahead attestation 12.8.4 Tidepay",
		"2027-03-02 ahead recurring 12.8.4 Northhost",
	}, said)
	assert.Contains(t, fmt.Sprint(all.Never), "7.2.4")
	assert.Len(t, all.Within("2026-04-15", 10), 8, "what is late or open is always told")
	ids := map[string]bool{}
	for _, d := range all.All {
		assert.False(t, ids[d.ID], "%s is told from the others", d.ID)
		ids[d.ID] = true
	}
}

func TestEvidenceGoesStaleByTheLimitOfItsKind(t *testing.T) {
	mara, c := person(t, "Mara", 1), tested(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	item := Evidence{Kind: ScreenshotEvidence, Collected: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)}
	on := func(day Day) string { return j.open(c, id).Freshness(item, day).String() }
	assert.Empty(t, on("2026-03-01"))
	assert.Equal(t, "stale in 15 days", on("2026-03-18"))
	assert.Equal(t, "stale in 1 day", on("2026-04-01"), "the last day counts")
	assert.Equal(t, "stale since 2026-04-02", on("2026-04-02"))

	item.Details.ValidUntil = "2026-02-01"
	assert.Equal(t, "stale since 2026-02-02", on("2026-02-02"), "no longer than it is valid")
	item.Details.ValidUntil = "2027-01-01"
	assert.Equal(t, "stale since 2026-04-02", on("2026-05-01"), "nor than its kind counts")

	set := func(l FreshnessLimit) {
		d, err := j.open(c, id).SetFreshness(l)
		require.NoError(t, err)
		j.write(mara, d)
	}
	item.Details.ValidUntil = ""
	set(FreshnessLimit{Of: "screenshot", Days: 10, Reason: "r"})
	assert.Equal(t, "stale since 2026-01-12", on("2026-03-01"))
	set(FreshnessLimit{Of: "screenshot", Assessment: id, Days: 0, Reason: "r"})
	assert.Empty(t, on("2030-01-01"), "the assessment's own goes before the vault's")
	vault, err := j.history().FreshnessLimits("")
	require.NoError(t, err)
	assert.Equal(t, Stale, vault.Evidence(item, "2026-03-01").State)

	for want, l := range map[string]FreshnessLimit{
		"no kind of evidence":   {Of: "dream", Days: 1, Reason: "r"},
		"1 to 3660 days":        {Of: "screenshot", Days: -1, Reason: "r"},
		"no longer than the":    {Of: "screenshot", Days: 5, Warn: 6, Reason: "r"},
		"it needs a reason":     {Of: "screenshot", Days: 5},
		"of another assessment": {Of: "screenshot", Days: 5, Assessment: "x", Reason: "r"},
	} {
		_, err := j.open(c, id).SetFreshness(l)
		require.ErrorContains(t, err, want)
	}
}

func TestWhatRestsOnStaleEvidenceAloneIsAProblem(t *testing.T) {
	mara, c := person(t, "Mara", 1), tested(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	attach := func(name string, collected time.Time) {
		d, err := j.history().Attach(Evidence{ID: ID(name), Title: name, Kind: ScreenshotEvidence, Collected: collected, File: &FileSource{Name: name, Size: 1}}, collected)
		require.NoError(t, err)
		j.write(mara, d)
	}
	attach("old", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	attach("new", time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC))
	stale := func(evidence ...ID) bool {
		j.write(mara, Draft{Assessment: id, Action: AnswerGiven, Subject: "7.2.4", Payload: Answer{Requirement: req("7.2.4"), Response: InPlace, Narrative: "n", Evidence: evidence}})
		for _, p := range j.open(c, id).ProblemsOn("2026-05-02") {
			if p.Kind == StaleEvidence {
				return true
			}
		}
		return false
	}
	assert.True(t, stale("old"))
	assert.False(t, stale("old", "new"))
}
