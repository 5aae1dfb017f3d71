package reports_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/reports"
)

// A record prints the scans and tests of its twelve months, each with what it came to on
// its day, and never that one which failed met something.
func TestScansOfTheYearArePrintedWithWhatTheyCameTo(t *testing.T) {
	e := begin(t, "roc")
	var err error
	e.catalogue, err = pci.Catalogue()
	require.NoError(t, err)
	critical, high := 0, 2
	record := func(a questionnaires.Activity) {
		a.ID = e.newID()
		draft, err := e.assessment().History().RecordActivity(e.catalogue, a, "2027-12-31")
		require.NoError(t, err)
		e.write(e.mara, draft)
	}
	scan := func(on questionnaires.Day, s questionnaires.ASVScan) questionnaires.Activity {
		return questionnaires.Activity{Kind: questionnaires.ASVScanKind, On: on, ActivityDetails: questionnaires.ActivityDetails{ASVScan: &s}}
	}
	record(scan("2026-09-02", questionnaires.ASVScan{Vendor: "Harbour Scan", Attestation: "HS-7", Result: questionnaires.TestFailed, Rescans: []questionnaires.Rescan{{On: "2026-12-20", Result: questionnaires.TestPassed}}}))
	record(scan("2025-01-02", questionnaires.ASVScan{Vendor: "Old Scan", Result: questionnaires.TestPassed}))
	record(scan("2027-06-01", questionnaires.ASVScan{Vendor: "Later Scan", Result: questionnaires.TestPassed}))
	record(questionnaires.Activity{Kind: questionnaires.InternalScanKind, On: "2026-10-01", ActivityDetails: questionnaires.ActivityDetails{InternalScan: &questionnaires.InternalScan{
		By: "Own team", Authenticated: questionnaires.DeclaredNo, Found: questionnaires.Severities{Critical: &critical, High: &high},
	}}})
	for _, on := range []questionnaires.Day{"2026-02-01", "2026-08-01"} {
		record(questionnaires.Activity{Kind: questionnaires.PlainActivity, On: on, What: "Half-yearly review", Requirements: []questionnaires.RequirementID{questionnaires.MustRequirementID("1.2.7")}})
		record(questionnaires.Activity{Kind: questionnaires.PlainActivity, On: on, What: "Disposal", Requirements: []questionnaires.RequirementID{questionnaires.MustRequirementID("3.2.1")}})
	}
	change, err := e.assessment().History().RecordChange(questionnaires.SignificantChange{ID: e.newID(), On: "2026-09-15", What: "A new page for payments"}, "2027-12-31")
	require.NoError(t, err)
	e.write(e.mara, change)
	printed := func(on string) string {
		date, err := time.Parse(time.DateOnly, on)
		require.NoError(t, err)
		d, err := reports.Load(t.Context(), e, e.catalogue, e.id, date)
		require.NoError(t, err)
		doc, err := reports.Compose(d)
		require.NoError(t, err)
		all := strings.Join(strings.Fields(text(t, doc)), " ")
		_, scans, there := strings.Cut(all, "What was done in the twelve months to")
		require.True(t, there)
		return scans
	}
	before, after := printed("2026-12-01"), printed("2026-12-21")
	for _, want := range []string{
		"[Not met] 11.3.2 Vendor: Harbour Scan Remains: 11.3.2: it failed, and no", "HS-7", "0 critical, 2 high", "11.3.1.2: it was not authenticated",
		"1 older record is in the vault and not listed", "First assessment of the not recorded", "No test of these twelve months is recorded.",
	} {
		assert.Contains(t, before, want)
	}
	for _, want := range []string{
		"1.2.7 every 6 months 2026-08-01 none", "due by 2026-05-04, done on", "due by 2026-11-01, not done",
		"11.3.2 every 3 months [Not passed] due by 2025-04-04, not done", "No day is recorded for 6.2.2,",
		"2026-09-15 A new page for payments 6.5.2 ",
	} {
		assert.Contains(t, before, want)
	}
	assert.Contains(t, after, "[Met] 11.3.2 Vendor: Harbour Scan Meets: 11.3.2", "what was mended since then is")
	assert.Contains(t, after, "Rescans: 2026-12-20, pass")
	assert.NotContains(t, before, "2026-12-20", "on the day of the record it was not done yet")
	assert.NotContains(t, before+after, "Old Scan")
	assert.NotContains(t, before+after, "Later Scan")
}
