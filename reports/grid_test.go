package reports_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/reports"
)

// extents are how much of principal requirement 8 was assessed, by service.
func extents(doc reports.Document) map[string]string {
	found := map[string]string{}
	var service string
	for _, b := range doc.Blocks {
		switch b := b.(type) {
		case reports.Heading:
			service = b.Text
		case reports.Table:
			for _, row := range b.Rows {
				if pill := row.Cells[len(row.Cells)-1].Pill; pill.Text != "" && row.Cells[0].Text == "Requirement 8" && strings.HasPrefix(service, "Service: ") {
					found[strings.TrimPrefix(service, "Service: ")] = pill.Text
				}
			}
		}
	}
	return found
}

// A requirement of which a part was not tested is assessed in part, for every service that
// does not stand to it otherwise.
func TestWhatWasTestedInPartIsAssessedInPart(t *testing.T) {
	e := wholeAssessed(t)
	in := questionnaires.ProcedureAnswer{Finding: questionnaires.InPlace, Reporting: "Seen.", Methods: []questionnaires.Method{questionnaires.Examine}, References: []questionnaires.ID{e.evidence[3].ID}}
	answer := questionnaires.Answer{Requirement: id("8.3.9"), Narrative: "Seen."}
	for _, p := range e.assessment().Procedures(id("8.3.9")) {
		in.Letter = p.Letter
		answer.Procedures = append(answer.Procedures, in)
	}
	e.answer(e.mara, answer)
	d := e.dossier(reports.Attestation)
	scope := d.Scope
	scope.Services = []questionnaires.AssessedService{
		{Name: "Tokens", Type: "Storage", Role: "Keeps card numbers"},
		{Name: "Gateway", Type: "Payment gateway", Role: "Passes them on", Exceptions: []questionnaires.ServiceException{{Requirement: id("8.6.3"), Response: questionnaires.InPlace, Reason: "Its own accounts were tested."}}},
	}
	e.must(e.mara)(e.history().SetScope(e.catalogue, scope))
	found := extents(e.composeKind(reports.Attestation))
	require.Len(t, found, 2)
	assert.Equal(t, map[string]string{"Tokens": "in part", "Gateway": "in full"}, found)
}
