package reports

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
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

func TestAnExcerptIsNamedByTheDocumentAndNotByTheSubject(t *testing.T) {
	pod := engine.Ref{Kind: "Pod", Namespace: "pay", Name: "till"}
	for _, one := range []struct {
		body, name string
		own        bool
	}{
		{`{"kind":"Pod","metadata":{"name":"till","namespace":"pay"}}`, "Pod pay/till", true},
		{`{"kind":"Pod","metadata":{"name":"till","namespace":"shop"}}`, "Pod shop/till", false},
		{`{"kind":"Namespace","metadata":{"name":"pay"}}`, "Namespace pay", false},
		{`port,owner`, "a document", false},
		{`{"kind":7}`, "a document", false},
		{`{"finding":"CVE-2026-1"}`, "Pod pay/till", true},
	} {
		name, own := named([]byte(one.body), pod)
		assert.Equal(t, one.name, name)
		assert.Equal(t, one.own, own, one.body)
	}
}
