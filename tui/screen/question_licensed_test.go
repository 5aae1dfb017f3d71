package screen_test

import (
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/questionnaires/licensed"
	"tickmark/vault"
)

// Licensed text is a page of its own beside our words, and rows that no source
// confirms say so.
func TestAQuestionShowsLicensedTextAndWhatIsNotConfirmed(t *testing.T) {
	m := newEntity(t, 0, "saq-b-ip")
	v, err := vault.Open(t.Context(), m.Path, []age.Identity{m.identity}, vault.WithAuthor(m.signer))
	require.NoError(t, err)
	text := licensed.Text{Requirements: []licensed.Requirement{{ID: questionnaires.MustRequirementID("1.4.2"), Text: "Words under licence."}}}
	_, err = v.SetText(t.Context(), questionnaires.LicensedText{Source: "text.csv", Requirements: 1}, text)
	require.NoError(t, err)
	require.NoError(t, v.Close())
	d := desk(t, m.Workbench, 80, 24)
	d.Press("a").Press("/").Type("1.4.2").Press("enter").Press("enter")
	d.Shows("! not confirmed", "Licensed").Press("shift+tab").Shows("The standard's text, under your licence", "Words under licence.")
}
