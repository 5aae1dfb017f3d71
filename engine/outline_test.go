package engine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

func TestOutlineFindsTheFieldThatADetailSpeaksOf(t *testing.T) {
	lines, err := engine.Outline([]byte(`{"spec":{"containers":[{"name":"app","securityContext":{"privileged":true}}],"empty":{}}}`))
	require.NoError(t, err)
	for _, one := range []struct {
		field, text string
		exact       bool
	}{
		{"spec.containers[0].securityContext.privileged", `"privileged": true`, true},
		{"spec.containers[0].securityContext.runAsUser", `"securityContext": {`, false},
		{"spec.containers[7].name", `"containers": [`, false},
		{"spec.empty", `"empty": {}`, true},
	} {
		at, exact := engine.FieldLine(lines, one.field)
		require.GreaterOrEqual(t, at, 0, one.field)
		assert.Equal(t, one.text, lines[at].Text, one.field)
		assert.Equal(t, one.exact, exact, one.field)
	}
	at, _ := engine.FieldLine(lines, "status.phase")
	assert.Equal(t, -1, at)
	assert.Equal(t, len(lines)-1, lines[0].End)
	_, err = engine.Outline([]byte("{"))
	assert.Error(t, err)
}
