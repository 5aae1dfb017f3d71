package imports

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine/findings"
)

// What a run found beside what it was to look for shows nothing of that: an image in which a
// scanner of packages names a secret alone was perhaps not searched for vulnerabilities.
func TestARunLooksForWhatItNames(t *testing.T) {
	const form = `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Trivy","rules":[{"id":"R","properties":{"tags":["%s"],"security-severity":"3.0"}}]}},"properties":{"imageName":"api"},"results":[{"ruleId":"R","level":"note"}]}]}`
	for tag, want := range map[string]struct {
		line     string
		subjects int
	}{
		"vulnerability":    {"vulnerabilities R failed low", 1},
		"secret":           {"secrets R failed low", 0},
		"misconfiguration": {"configuration R failed low", 0},
		"license":          {"components R failed low", 0},
	} {
		got, err := text(t, fmt.Sprintf(form, tag))
		require.NoError(t, err)
		assert.Equal(t, []string{want.line}, got.lines(), tag)
		assert.Len(t, got.subjects, want.subjects, tag)
		assert.Empty(t, got.gaps(), tag)
	}
	got, err := text(t, `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Checkov"}},"results":[{"ruleId":"CKV_SECRET_6","level":"error"}]}]}`)
	require.NoError(t, err)
	assert.Equal(t, []string{"secrets CKV_SECRET_6 failed high"}, got.lines())
}

// CodeQL's rules are those of its extensions: a result is by the rules of the one it names.
func TestRulesOfExtensions(t *testing.T) {
	const form = `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"CodeQL","semanticVersion":"2.23.0","rules":[{"id":"a","shortDescription":{"text":"the tool's own"},"defaultConfiguration":{"level":"note"}}]},
		"extensions":[{"name":"other","rules":[{"id":"a","defaultConfiguration":{"level":"note"}}]},{"name":"codeql/go-queries","semanticVersion":"1.4.0","rules":[{"id":"x"},{"id":"a","shortDescription":{"text":"of the queries"},"properties":{"security-severity":"9.8"}}]}]},
		"results":[{%s,"message":{"text":"m"}}]}]}`
	for result, want := range map[string]string{
		`"ruleId":"a","rule":{"id":"a","index":1,"toolComponent":{"index":1}}`:        "a of the queries critical",
		`"rule":{"index":1,"toolComponent":{"index":1}}`:                              "a of the queries critical",
		`"ruleId":"a","rule":{"id":"a","toolComponent":{"name":"codeql/go-queries"}}`: "a of the queries critical",
		`"ruleId":"a","rule":{"id":"a","toolComponent":{"index":7}}`:                  "a  unrated",
		`"ruleId":"a","rule":{"id":"a","toolComponent":{"guid":"0"}}`:                 "a  unrated",
		`"ruleId":"a","rule":{"id":"a","toolComponent":{"name":"CodeQL"}}`:            "a the tool's own low",
		`"ruleId":"a"`: "a the tool's own low", `"ruleIndex":0`: "a the tool's own low",
	} {
		got, err := text(t, fmt.Sprintf(form, result))
		require.NoError(t, err)
		require.Len(t, got.findings, 1, result)
		f := got.findings[0]
		assert.Equal(t, want, f.ID+" "+f.Title+" "+f.Severity.String(), result)
		assert.Equal(t, "CodeQL 2.23.0", got.report.Tool.Name+" "+got.report.Tool.Version)
	}
}

// Trivy writes pages of help with the rule of every vulnerability: of a large image more than
// one value may be long. A rule that cannot be read moves no other's number.
func TestManyRulesWithHelp(t *testing.T) {
	help := strings.Repeat("x", 64<<10)
	rules := many(200, `{"id":"CVE-%d","shortDescription":{"text":"t"},"help":{"text":"`+help+`"},"properties":{"tags":["vulnerability"],"security-severity":"9.1"}}`, ",")
	got, err := text(t, `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Trivy","rules":[`+rules+`]}},"properties":{"imageName":"api"},"results":[{"ruleIndex":199}]}]}`)
	require.NoError(t, err)
	assert.Empty(t, got.gaps())
	assert.Equal(t, []string{"vulnerabilities CVE-199 failed critical"}, got.lines())

	got, err = text(t, `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x","rules":[{"id":"long","name":"`+strings.Repeat("x", maxItem)+`"},{"id":7},{"id":"a","defaultConfiguration":{"level":"error"}}]}},"results":[{"ruleIndex":2}]}]}`)
	require.NoError(t, err)
	assert.Equal(t, []string{"configuration a failed high"}, got.lines())
	assert.False(t, got.report.Whole)

	got, err = text(t, `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x","rules":[`+many(maxRules+2, `{"id":"r%d","defaultConfiguration":{"level":"note"}}`, ",")+`]}},"results":[{"ruleIndex":0},{"ruleIndex":50001},{"ruleId":"r50001"}]}]}`)
	require.NoError(t, err)
	assert.Equal(t, []findings.Severity{findings.Low, findings.Unrated, findings.Unrated}, []findings.Severity{got.findings[0].Severity, got.findings[1].Severity, got.findings[2].Severity})
	assert.Contains(t, got.gaps(), "not all rules were kept, by which its results are rated")
}
