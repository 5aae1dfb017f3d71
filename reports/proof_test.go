package reports

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAnExcerptMarksTheFieldThatACheckSpeaksOf(t *testing.T) {
	body := []byte(`{"kind":"Pod","metadata":{"labels":{"a":"1","b":"2","c":"3","d":"4","e":"5","f":"6"},"name":"till"},"spec":{"containers":[{"image":"shop:1","privileged":true}],"volumes":["` + strings.Repeat("x", 300) + `"]}}`)
	shown := around(body, "spec.containers[0].privileged")
	assert.Contains(t, shown, "\n>         \"privileged\": true\n")
	assert.Contains(t, shown, "lines above")
	assert.Contains(t, shown, "more characters")
	assert.NotContains(t, around(body, "spec.containers[0].stdin"), ">", "a field that is not there is not marked")
	assert.True(t, strings.HasPrefix(around(body, ""), "  {\n"))
	assert.LessOrEqual(t, strings.Count(around(body, ""), "\n"), maxExcerptLines)
}
