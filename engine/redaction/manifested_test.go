package redaction

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// manifestForms are manifests of Secrets in a text; nothing but their kind tells what they hold.
var manifestForms = []string{
	"apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ndata:\n  config: CANARY\n", "apiVersion: v1\ndata:\n  config: CANARY\nkind: Secret\nmetadata:\n  name: x\n",
	"kind: Secret\r\nstringData:\r\n  config: CANARY\r\n", "kind: \"Secret\" # of the shop\nstringData:\n    'a b': 'CANARY'\n", "---\nkind: Secret\nstringData:\n  app.ini: |\n    user = CANARY\n\n    more CANARY\ntype: Opaque\n",
	"kind: Secret\nstringData:\n  a: >-\n    one\n    CANARY\n", "kind: Secret\nstringData:\n  a: \"one\n    CANARY\"\n", "kind: Secret\ndata:\n  config:\n    CANARY\n", "kind: Secret\ndata: {config: CANARY}\n",
	"kind: Secret\nstringData: {config: CANARY, b: c}\n", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  data:\n    config: CANARY\n  kind: Secret\n- kind: ConfigMap\n  data:\n    a: b\n",
	"extra:\n  - kind: Secret\n    stringData:\n      config: CANARY\n", "cat <<EOF | kubectl apply -f -\nkind: Secret\nstringData:\n  config: CANARY\nEOF\necho done\n",
	"data:\n  a: |\n    kind: Secret\n    data:\n      x: CANARY\nkind: Secret\n", "kind: ConfigMap\ndata:\n  a: b\n---\nkind: Secret\ndata:\n  config: CANARY\n",
}

// What stands beside a Secret in a text is evidence, and so are objects that only name one.
func TestWhatStandsBesideAManifestOfASecretStays(t *testing.T) {
	const gone = "[redacted:secret-value]"
	for text, want := range map[string]string{
		"kind: Secret\nmetadata:\n  name: x\ndata:\n  a: abc\n  b: |\n    abc\n    def\n  c: ''\ntype: Opaque\n---\nkind: ConfigMap\ndata:\n  a: abc\n": "kind: Secret\nmetadata:\n  name: x\ndata:\n  a: " + gone + "\n  b: |\n    " + gone + "\n  c: " + gone + "\ntype: Opaque\n---\nkind: ConfigMap\ndata:\n  a: abc\n",
		"- kind: Secret\n  data:\n    a: abc\n- kind: ConfigMap\n  data:\n    a: abc\n":                                                                 "- kind: Secret\n  data:\n    a: " + gone + "\n- kind: ConfigMap\n  data:\n    a: abc\n",
		"data:\n  a: |\n    kind: Secret\n    data:\n      x: abc\nkind: Secret\n":                                                                      "data:\n  a: |\n    " + gone + "\nkind: Secret\n",
		// none
		"kind: SecretStore\ndata:\n  a: abc\n": "kind: SecretStore\ndata:\n  a: abc\n", "sourceRef:\n  kind: Secret\n  name: x\ndata:\n  a: abc\n": "sourceRef:\n  kind: Secret\n  name: x\ndata:\n  a: abc\n",
		"kind: Secret\ndata: {}\n": "kind: Secret\ndata: {}\n", "kind: Secret\ndata:\n  a: {{ .Values.x }}\n": "kind: Secret\ndata:\n  a: {{ .Values.x }}\n", "kind: Secret\ndata:\n": "kind: Secret\ndata:\n",
		"kind: Secret\nthe data: is short\n": "kind: Secret\nthe data: is short\n", "kind: Secret\n\"data": "kind: Secret\n\"data",
	} {
		once := New().Text(text)
		assert.Equal(t, want, once)
		assert.Equal(t, want, New().Text(once), "redacting twice changes nothing")
	}
}

// A text of nothing but kinds is read once and not once for each.
func TestManyKindsOfSecretsCostNoMoreThanTheirLines(t *testing.T) {
	lines := linesOf(strings.Repeat("kind: Secret\n", 3))
	first, end := siblings(lines, 1)
	assert.Equal(t, []int{1, 2}, []int{first, end}, "the next kind begins another object")
	assert.NotContains(t, New().Text(strings.Repeat("kind: Secret\n", 3)+"data:\n  a: abc\n"), "abc")
}

// JSON that tools keep in a field of an object holds Secrets in lists and in other objects, too.
func TestNoSecretIsLeftInJSONWithin(t *testing.T) {
	for _, form := range []string{
		`[{"kind":"Secret","data":{"config":"CANARY"}}]`, `{"kind":"List","items":[{"kind":"ConfigMap"},{"kind":"Secret","stringData":{"config":"CANARY"}}]}`, `{"spec":{"resourceTemplates":[{"kind":"Secret","stringData":{"config":"CANARY"}}]}}`,
	} {
		for place, redact := range places {
			if place != "text" { // which is no field
				got := redact(t, strings.ReplaceAll(form, "CANARY", hidden))
				assert.NotContains(t, got, hidden, "%s: %s", place, form)
				assert.Contains(t, got, Mark, "%s: %s", place, form)
			}
		}
	}
}
