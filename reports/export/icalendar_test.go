package export_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/reports/export"
)

func TestWhatIsDueAsACalendar(t *testing.T) {
	long := "Prüfung; mit Komma, und \\\nzwei Zeilen\x1b " + strings.Repeat("ü", 80)
	all := []questionnaires.Deadline{
		{ID: "11.3.2", Requirement: questionnaires.MustRequirementID("11.3.2"), What: "Scans", Whose: "Nadia; Ops", Day: "2026-04-07"},
		{ID: "c1.12.5.2", Day: "2026-01-06", What: long, State: questionnaires.DeadlineOpen},
	}
	var b strings.Builder
	require.NoError(t, export.ICalendar(&b, "a1", all, time.Date(2026, 2, 1, 8, 0, 0, 0, time.UTC)))
	text := b.String()
	for _, line := range strings.Split(text, "\r\n") {
		assert.LessOrEqual(t, len(line), 75)
		assert.NotContains(t, line, "\n")
	}
	unfolded := strings.ReplaceAll(text, "\r\n ", "")
	assert.Equal(t, 2, strings.Count(unfolded, "BEGIN:VEVENT"))
	assert.Contains(t, unfolded, "UID:a1.11.3.2@tickmark\r\nDTSTAMP:20260201T080000Z\r\nDTSTART;VALUE=DATE:20260407\r\nSUMMARY:11.3.2 Scans\r\nDESCRIPTION:Nadia\\; Ops. It is ahead.\r\n")
	assert.Contains(t, unfolded, `Prüfung\; mit Komma\, und \\\nzwei Zeilen‹U+001B› `+strings.Repeat("ü", 80)+"\r\n")
}
