package questionnaires

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestChecksJudgeByTheThresholdsOfTheScope(t *testing.T) {
	s := Scope{Thresholds: Thresholds{Limits: map[string]int{"secrets-read-by-few": 5}, SecretDays: 90, ScanDays: 31}}
	p := s.Params(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC))
	assert.Equal(t, map[string]int{"secrets-read-by-few": 5}, p.Limits)
	assert.Equal(t, 90, p.SecretDays)
	assert.Equal(t, 31, p.ScanDays)
	assert.False(t, s.Same(Scope{}), "another number is another scope")
	again, err := ParseLimits(s.Thresholds.Lines())
	require.NoError(t, err)
	assert.Equal(t, s.Thresholds.Limits, again)
}

func TestThresholdsThatNoCheckCouldJudgeByAreRefused(t *testing.T) {
	for name, thresholds := range map[string]Thresholds{
		"a check of nobody":   {Limits: map[string]int{"nobody-counts": 3}},
		"nobody at all":       {Limits: map[string]int{"check-a": 0}},
		"everybody":           {Limits: map[string]int{"check-a": 1001}},
		"negative days":       {SecretDays: -1},
		"a secret of decades": {SecretDays: 3661},
		"a scan of decades":   {ScanDays: 3661},
	} {
		b := &bounds{}
		Scope{Thresholds: thresholds}.check(b, small(t))
		assert.Error(t, b.err, name)
	}
	for _, text := range []string{"check-a", "check-a=", "check-a=many", "=x"} {
		_, err := ParseLimits([]string{text})
		assert.Error(t, err, text)
	}
	_, err := ParseLimits([]string{"check-a=1", "check-a=2"})
	assert.ErrorContains(t, err, "two limits")
}
