package reports_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/reports"
)

func TestAttestationGoldens(t *testing.T) {
	golden(t, "attestation-self.txt", text(t, wholeSelf(t).composeKind(reports.Attestation)))
	golden(t, "attestation-assessed.txt", text(t, wholeAssessed(t).composeKind(reports.Attestation)))
}

// A kind that does not fit is refused in a line that names the one that does.
func TestKindFitsItsQuestionnaire(t *testing.T) {
	for _, c := range []struct {
		e    *engagement
		kind reports.Kind
		want string
	}{
		{wholeSelf(t), reports.Fitting, "saq"},
		{wholeSelf(t), reports.Record, "saq"},
		{wholeSelf(t), reports.Attestation, "aoc-record"},
		{wholeSelf(t), reports.Assessed, "want saq"},
		{wholeAssessed(t), reports.Fitting, "roc"},
		{wholeAssessed(t), reports.Attestation, "aoc-record"},
		{wholeAssessed(t), reports.Record, "want roc"},
	} {
		doc, err := reports.Compose(c.e.dossier(c.kind))
		if strings.HasPrefix(c.want, "want ") {
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "\n")
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, c.want, doc.Kind.String())
		var m reports.Manifest
		require.NoError(t, json.Unmarshal(doc.Manifest, &m))
		assert.Equal(t, c.want, m.Kind, "the manifest names the kind")
	}
	own := questionnaires.Questionnaire{Definition: cited}
	assert.Equal(t, []reports.Kind{reports.Record, reports.Summary, reports.Binder, reports.Transfer}, reports.KindsOf(own), "what the organisation asks itself has no attestation")
}

func TestKindsAreReadAsTheyAreWritten(t *testing.T) {
	for _, k := range reports.Kinds() {
		read, err := reports.ParseKind(k.String())
		require.NoError(t, err)
		assert.Equal(t, k, read)
		assert.NotEmpty(t, k.Title())
		assert.NotEmpty(t, k.Purpose())
		assert.NotContains(t, k.Title(), "Compliance")
	}
	_, err := reports.ParseKind("soc")
	require.ErrorContains(t, err, `"soc" is no kind of report`)
}
