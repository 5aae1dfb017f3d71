package policy

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/engine/sheet"
)

func TestWhatIsWrongIsNamedWithItsLine(t *testing.T) {
	for name, tc := range map[string]struct{ text, says string }{
		"no expression":                  {policyOf(""), "expression: it is missing"},
		"another type":                   {policyOf("1 + 1"), "it gives a int, want a bool"},
		"an unknown variable":            {policyOf("variables.x"), "undeclared reference to 'variables'"},
		"a later variable":               {policyOf("true", "variables: [{name: a, expression: variables.b}, {name: b, expression: '1'}]"), "p.yaml:13: variables[0].expression"},
		"a parameter of no type":         {policyOf("true", "params: [{name: a, type: number}]"), "params[0].type"},
		"a default of another type":      {policyOf("true", "params: [{name: a, type: int, default: many}]"), `"many" is no int`},
		"a type that does not fit":       {policyOf("params.a == 1", "params: [{name: a, type: string}]"), "no matching overload"},
		"two of a name":                  {policyOf("true") + "---\n" + policyOf("false"), "stands in p.yaml:1 already"},
		"the second of two":              {policyOf("true") + "---\n" + strings.Replace(policyOf("1"), "id: test", "id: other", 1), "p.yaml:25: expression"},
		"one on the line that begins it": {policyOf("true") + "--- {apiVersion: tickmark/v1, kind: Policy, id: other}\n", "p.yaml:14: version: 0"},
		"a field that is no path":        {policyOf("true", "field: spec..name"), "is no path"},
		"an area of nobody":              {strings.Replace(policyOf("true"), "area: pods", "area: clouds", 1), `"clouds" is none of`},
		"anchors":                        {policyOf("true", "needs: &a [Pod]"), "anchors and aliases are not read"},
		"no YAML":                        {"a: [", "p.yaml:1"},
		"no policy":                      {"a: b", "no object with apiVersion and kind"},
	} {
		_, err := Read([]File{{"p.yaml", []byte(tc.text)}}, World{Areas: testAreas})
		require.ErrorContains(t, err, tc.says, name)
		assert.NotContains(t, err.Error(), "\n", name)
	}
	_, err := Read(nil, World{})
	require.ErrorContains(t, err, "there is none")
}

func TestManyPoliciesOverManyObjects(t *testing.T) {
	w := newWorld(t, "")
	for i := range 2000 {
		ref := engine.Ref{Kind: "Pod", Namespace: "pay", Name: fmt.Sprintf("p%d", i)}
		body := fmt.Appendf(nil, `{"apiVersion":"v1","kind":"Pod","metadata":{"name":%q,"namespace":"pay"},"spec":{"containers":[{"image":"registry.example/a:1","name":"a"}]}}`, ref.Name)
		doc := engine.NewDocument(ref, body)
		w.bodies[doc.Digest] = body
		w.snapshot.Entries = append(w.snapshot.Entries, engine.Entry{Ref: ref, Digest: doc.Digest})
	}
	text := ""
	for i := range 20 {
		one := policyOf(`object.spec.containers.all(c, c.image.matches('^registry[.]example/')) && object.metadata.name.startsWith('p')`)
		text += "---\n" + strings.Replace(one, "id: test", fmt.Sprintf("id: test-%d", i), 1)
	}
	for id, r := range w.evaluate(t, read(t, text)...) {
		assert.Equal(t, 2000, r.Count(engine.Pass), id)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(policyOf("object.metadata.name == 'x'", "examples: {pass: [{apiVersion: v1, kind: Pod}]}"))
	f.Add(admitting("object.spec.x > 1", "  variables: [{name: n, expression: object.spec.priority}]") + binding)
	f.Add("kind: List\napiVersion: v1\nitems: [{kind: ValidatingAdmissionPolicy, apiVersion: admissionregistration.k8s.io/v1}]")
	f.Fuzz(func(t *testing.T, text string) {
		policies, err := Read([]File{{"p.yaml", []byte(text)}}, World{Areas: testAreas, Resources: testResources})
		if err != nil {
			assert.Empty(t, policies)
			var wrong sheet.Errors
			if errors.As(err, &wrong) {
				for _, e := range wrong {
					assert.NotContains(t, e.Cause, "\n")
				}
			}
			return
		}
		for _, p := range policies {
			require.NoError(t, p.Check.Validate())
		}
	})
}
