package kube_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// The exponent of a quantity may be such that the Kubernetes library would write its digits
// for hours. Wherever one may stand, its object alone is not read.
func TestAQuantityWithoutAnEndIsAGap(t *testing.T) {
	const endless = `"1e-2147483648"`
	pod := func(spec string) string {
		return `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x","namespace":"pay"},"spec":` + spec + `}`
	}
	limited := func(quantity string) string {
		return pod(`{"containers":[{"name":"a","image":"img","resources":{"limits":{"memory":` + quantity + `}}}]}`)
	}
	of := func(apiVersion, kind, spec string) string {
		return `{"apiVersion":"` + apiVersion + `","kind":"` + kind + `","metadata":{"name":"x","namespace":"pay"},"spec":` + spec + `}`
	}
	many := strings.Repeat(limited(`"64Mi"`)+",", 500)
	good := strings.ReplaceAll(limited(`"64Mi"`), `"name":"x"`, `"name":"good"`)
	for name, text := range map[string]string{
		"a limit":                   limited(endless),
		"that is large":             limited(`"1.00000000000000000000000001E+999999999"`),
		"as a number":               limited(`1e-2147483648`),
		"of a volume":               pod(`{"containers":[{"name":"a","image":"img"}],"volumes":[{"name":"v","emptyDir":{"sizeLimit":` + endless + `}}]}`),
		"of an environment":         pod(`{"containers":[{"name":"a","image":"img","env":[{"name":"E","valueFrom":{"resourceFieldRef":{"resource":"limits.cpu","divisor":` + endless + `}}}]}]}`),
		"of a quota":                of("v1", "ResourceQuota", `{"hard":{"cpu":`+endless+`}}`),
		"of a template":             of("apps/v1", "Deployment", `{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"a","image":"img","resources":{"requests":{"cpu":`+endless+`}}}]}}}`),
		"beside a number too large": pod(`{"priority":99999999999,"containers":[{"name":"a","image":"img","resources":{"limits":{"memory":` + endless + `}}}]}`),
		"of others' kinds":          of("argoproj.io/v1alpha1", "Rollout", `{"template":{"spec":{"containers":[{"name":"a","image":"img","resources":{"limits":{"memory":`+endless+`}}}]}}}`),
		"in a long list":            `{"apiVersion":"v1","kind":"List","items":[` + many + limited(endless) + `]}`,
	} {
		s, _ := scan(t, folder(t, map[string]string{"a.json": text, "b.json": good}))
		found := false
		for _, g := range s.Gaps {
			found = found || strings.Contains(g.Cause, "beyond any size")
		}
		assert.True(t, found, "%s: %v", name, s.Gaps)
		there := false
		for _, e := range s.Entries {
			there = there || e.Ref.Name == "good"
		}
		assert.True(t, there, name)
	}
	s, _ := scan(t, folder(t, map[string]string{"a.json": strings.Replace(limited(`"1e3"`), `"namespace":"pay"`, `"namespace":"pay","labels":{"commit":"7e4821377"}`, 1)}))
	require.Empty(t, s.Gaps)
	require.Equal(t, engine.Kind{Kind: "Pod"}, s.Entries[0].Ref.Of())
}
