package reports

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/questionnaires"
)

func TestTheNumbersThatEvidenceIsJudgedByAreNamed(t *testing.T) {
	rows := thresholds(questionnaires.Thresholds{Limits: map[string]int{"secrets-read-by-few": 5}, SecretDays: 90, ScanDays: 31})
	assert.Equal(t, []Fact{
		{"Limit of secrets-read-by-few", "5 may before a person has to look"},
		{"Oldest values of Secrets", "90 days"},
		{"Oldest reports of scanners", "31 days"},
	}, rows)
	assert.Empty(t, thresholds(questionnaires.Thresholds{}), "the checks' own are said with each result")
}
