package screen_test

import (
	"context"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/tui/tuitest"
	"tickmark/vault"
)

// calendar opens the room.
func calendar(d *tuitest.Driver) *tuitest.Driver {
	return d.Press(":", "/").Type("what is due").Press("enter", "enter")
}

// on goes to the row that a word names.
func on(d *tuitest.Driver, word string) *tuitest.Driver {
	return d.Press("/").Type(word).Press("enter")
}

func (m *merchant) records(t *testing.T) []questionnaires.Activity {
	t.Helper()
	v, err := vault.Open(t.Context(), m.Path, []age.Identity{m.identity}, vault.WithClock(m.clock.Now))
	require.NoError(t, err)
	h, err := v.History(t.Context())
	require.NoError(t, err)
	all, err := h.Activities()
	require.NoError(t, err)
	require.NoError(t, v.Close())
	return all
}

// What fails is no pass, whoever recorded it, until a rescan passed.
func TestAScanAtTheDesk(t *testing.T) {
	m := newMerchant(t, 1)
	d := calendar(desk(t, m.Workbench, 120, 40)).Shows("no record", "no day", "11.3.2")
	on(d, "11.3.2 ").Press("a").Shows("New ASV scan", "11.3.2")
	filled(d, "day", "2026-12-01")
	d.Press("S").Shows("not done: record ASV scan: 2026-12-01 is a day to come")
	filled(d, "day", "2026-11-02")
	filled(d, "vendor", "Harbour Scan")
	chosen(d, "result", "fail")
	d.Press("S").Shows("recorded: ASV scan", "✗ not passed", "failed, and no rescan passed").Press("esc")
	on(d, "11.3.2 ")
	require.Len(t, m.records(t), 1)

	d.Press("enter").Shows("Done for 11.3.2", "it failed, and no rescan passed").Press("enter").Shows("ASV scan 2026-11-02")
	place(d, "rescans").Shows("There is no rescan yet").Press("a")
	filled(d, "day", "2026-10-30")
	chosen(d, "result", "pass")
	d.Press("S").Shows("before the scan of 2026-11-02: a rescan follows its scan")
	filled(d, "day", "2026-11-09")
	d.Press("S").Shows("added", "2026-11-09 pass").Press("esc", "esc", "esc").Shows("✓ met it")
	d.Press("esc").Press("esc").Shows("2027-02-02", "11.3.2")
	scan := m.records(t)[0].ASVScan
	assert.Equal(t, "Harbour Scan", scan.Vendor)
	require.Len(t, scan.Rescans, 1)
	assert.Equal(t, questionnaires.TestPassed, scan.Rescans[0].Result)

	// taken back, it is not done; and brought back
	d.Press("t").Shows("Records", "! incomplete", "lacks vendor's certificate number").Press("x").Shows("– withdrawn")
	assert.True(t, m.records(t)[0].Withdrawn)
	d.Press("x").Shows("stands again", "! incomplete").Press("c").Shows("c: no versions of it stand side by side")
	assert.False(t, m.records(t)[0].Withdrawn)
}

// A place that is refused changes nothing, whatever was typed before.
func TestARecordIsChangedPlaceByPlace(t *testing.T) {
	m := newMerchant(t, 0)
	d := desk(t, m.Workbench, 120, 40).Press(":", "/").Type("scans, tests").Press("enter", "enter").Shows("Nothing is recorded yet")
	d.Press("a").Shows("penetration test", "serves 11.4.2").Press("/").Type("internal vuln").Press("enter", "enter").Shows("New internal vulnerability scan")
	filled(d, "day", "2026-11-02")
	filled(d, "high", "many").Shows("not saved")
	d.Press("x")
	filled(d, "high", "2")
	filled(d, "critical", "0")
	chosen(d, "authenticated", "no")
	d.Press("S").Shows("✗ not passed", "11.3.1.2 is not met: it was not authenticated")
	d.Press("enter")
	chosen(d, "authenticated", "yes")
	filled(d, "high", "")
	scan := m.records(t)[0].InternalScan
	assert.Equal(t, questionnaires.DeclaredYes, scan.Authenticated)
	assert.Nil(t, scan.Found.High, "what nobody counted is not none")
	assert.Zero(t, *scan.Found.Critical)
}

func TestChangesAndLimitsAtTheDesk(t *testing.T) {
	m := newMerchant(t, 1)
	var wrote []string
	m.Files.ExportCalendar = func(_ context.Context, _ *vault.Vault, id questionnaires.ID, path string) (string, error) {
		wrote = append(wrote, string(id[:4])+" "+path)
		return "9 days written to " + path, nil
	}
	d := calendar(desk(t, m.Workbench, 120, 40)).Press("s").Shows("No significant change is recorded").Press("a").Shows("New change")
	filled(d, "day", "2026-11-05")
	place(d, "what").Type("A second region").Press("esc", "esc", "S").Shows("recorded", "! 6 open", "Open: 6.5.2, 11.3.1.3, 11.3.2.1, 11.4.2, 11.4.3, 12.5.2")
	d.Press("enter").Shows("After 2026-11-05", "6.5.2")
	on(d, "6.5.2").Press("a").Shows("New activity")
	filled(d, "day", "2026-11-06")
	d.Press("S").Shows("✓ done 2026-11-06").Press("esc", "esc").Shows("! 5 open", "Done: 6.5.2 on 2026-11-06")
	d.Press("x").Shows("– withdrawn").Press("esc")

	d.Press("f").Shows("Freshness", "collection", "90 days, warned 14 before")
	on(d, "screenshot").Press("enter").Shows("Limit of screenshot")
	filled(d, "days", "30")
	filled(d, "warned", "40")
	place(d, "reason").Type("Terminals are patched monthly.").Press("esc", "esc", "S").Shows("no longer than the limit")
	filled(d, "warned", "7")
	d.Press("S").Shows("limit of screenshot set", "✓ this one's", "30 days, warned 7 before", "Set by Ada Assessor on 2026-11-20").Press("esc", "esc")
	d.Press("o")
	filled(d, "file", "due.ics").Press("S").Shows("9 days written to due.ics")
	assert.Equal(t, []string{"0123 due.ics"}, wrote)
}

// Who may not write is told why.
func TestTheCalendarOfAReader(t *testing.T) {
	m := newMerchant(t, 0)
	m.Open = func(ctx context.Context, _ string) (*vault.Vault, error) {
		return vault.Open(ctx, m.Path, []age.Identity{m.identity}, vault.WithClock(m.clock.Now))
	}
	d := calendar(desk(t, m.Workbench, 80, 24)).Press("a").Shows("a: read-only").Press("o").Shows("o: nothing writes files here")
	d.Press("t", "a").Shows("a: read-only").Press("esc", "s", "a").Shows("a: read-only").Press("esc", "f", "enter").Shows("enter: read-only")
}

func TestGoldenCalendar(t *testing.T) {
	frames(t, 1, "saq-d-merchant", func(d *tuitest.Driver, golden func(string)) {
		calendar(d)
		golden("calendar-empty")
		on(d, "11.4.3").Press("a")
		filled(d, "day", "2026-09-14")
		filled(d, "tester", "Breakwater")
		golden("penetration-test-new")
		chosen(d, "result", "pass")
		chosen(d, "made from", "inside and outside")
		d.Press("S")
		golden("penetration-test-recorded")
		d.Press("enter")
		golden("requirement-done")
		d.Press("enter")
		golden("penetration-test")
		d.Press("esc", "esc", "t")
		golden("records")
		d.Press("esc", "s", "a")
		filled(d, "day", "2026-11-05")
		place(d, "what").Type("A second region").Press("esc", "esc", "S")
		golden("changes")
		d.Press("esc", "f")
		golden("freshness")
		d.Press("esc", "esc", "esc", "esc", "esc")
		golden("dashboard-due")
	})
}
