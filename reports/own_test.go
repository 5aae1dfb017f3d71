package reports_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/reports"
)

func TestAnOwnQuestionnaireIsNoRecordOfPCI(t *testing.T) {
	e := newEngagement(t)
	own := questionnaires.Definition{
		Code: "acme", Title: "Our baseline", Revision: "1", Responses: []questionnaires.Response{questionnaires.InPlace},
		Sections: []questionnaires.DefinedSection{{Title: "Workloads", Questions: []questionnaires.DefinedQuestion{
			{ID: id("ACME-1.1"), Title: "No root", Question: "Is it so?", Evidence: "The list."},
		}}},
	}
	draft, err := questionnaires.DefineQuestionnaire(e.catalogue, own)
	require.NoError(t, err)
	e.write(e.mara, draft)
	c, err := own.Catalogue(e.catalogue)
	require.NoError(t, err)
	e.id = e.newID()
	draft, err = questionnaires.NewAssessment(c, questionnaires.AssessmentDetails{ID: e.id, Questionnaire: "acme"})
	require.NoError(t, err)
	e.write(e.mara, draft)
	doc := e.compose()
	assert.Equal(t, "Self-Assessment Record — Our baseline, a questionnaire of the organisation's own", doc.Title)
	printed := text(t, doc)
	assert.NotContains(t, printed, "PCI DSS v4.0.1")
	assert.NotContains(t, printed, "Appendix ACME")
	assert.Contains(t, printed, "says nothing about compliance with PCI DSS")
	assert.Contains(t, printed, "ACME-1: Workloads")
	assert.Contains(t, printed, "1, definition ")
}

func TestRowsThatNoSourceConfirmsSaySo(t *testing.T) {
	e := newEngagement(t)
	forms := e.catalogue.Questionnaires()
	forms[0].Unconfirmed = []questionnaires.RequirementID{id("1.2.5"), id("12.1.3")}
	doc := e.compose()
	var noted []string
	for _, b := range doc.Blocks {
		table, is := b.(reports.Table)
		for i := 0; is && i < len(table.Rows); i++ {
			if number := table.Rows[i].Cells[0]; number.Note == "It is not confirmed that the form asks this." {
				noted = append(noted, number.Text)
			}
		}
	}
	assert.Equal(t, []string{"1.2.5"}, noted)
	assert.Contains(t, text(t, doc), "not confirmed to be missing from the official form: 12.1.3")
	forms[0].Unconfirmed = nil
	assert.NotContains(t, text(t, e.compose()), "confirmed to be missing")
}
