package policy

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

func TestAnExpressionJudgesAnObject(t *testing.T) {
	cases := map[string]struct {
		expression string
		verdict    engine.Verdict
		says       string
	}{
		"true passes":                   {`object.metadata.labels.app == 'api'`, engine.Pass, "It holds: Pods are good"},
		"false fails":                   {`object.spec.hostNetwork`, engine.Fail, "It does not hold"},
		"no such field":                 {`object.spec.hostPID == false`, engine.Unknown, "no such key: hostPID"},
		"asked for before":              {`!has(object.spec.hostPID) || object.spec.hostPID == false`, engine.Pass, ""},
		"another type":                  {`object.metadata.name > 3`, engine.Unknown, "no such overload"},
		"neither true nor false":        {`object.metadata.name`, engine.Unknown, "neither true nor false"},
		"an index too far":              {`object.spec.containers[3].name == 'x'`, engine.Unknown, "index out of bounds"},
		"divided by zero":               {`1 / (object.spec.priority - 3) > 0`, engine.Unknown, "divi"},
		"an error that decides nothing": {`object.spec.hostPID || object.spec.priority == 3`, engine.Pass, ""},
		"an error among many":           {`object.spec.containers.all(c, c.securityContext.privileged == false)`, engine.Unknown, "securityContext"},
		"redacted is not judged":        {`object.metadata.annotations.note != ''`, engine.Unknown, "redacted"},
		"redacted inside":               {`object.metadata.annotations.exists(k, object.metadata.annotations[k].contains('x'))`, engine.Unknown, "redacted"},
		"redacted is there":             {`'note' in object.metadata.annotations`, engine.Pass, ""},
		"quantities":                    {`quantity(object.spec.containers[0].resources.limits.memory).isLessThan(quantity('1Gi'))`, engine.Pass, ""},
		"regular expressions":           {`object.spec.containers.all(c, c.image.matches('^registry[.]example/'))`, engine.Pass, ""},
		"addresses":                     {`cidr('10.0.0.0/8').containsIP('10.1.2.3')`, engine.Pass, ""},
		"the namespace":                 {`namespaceObject.metadata.labels.team == 'cards'`, engine.Pass, ""},
		"the pod of a pod":              {`pod.spec.containers.size() == 1`, engine.Pass, ""},
		"the clock":                     {`now < timestamp('2000-01-01T00:00:00Z')`, engine.Pass, ""},
		"a zone":                        {`scope.inZone('cde', object.metadata.namespace)`, engine.Pass, ""},
		"a zone nobody named":           {`scope.inZone('dmz', object.metadata.namespace)`, engine.Unknown, "no zone"},
		"the authorizer":                {`object.metadata.name == 'x'`, engine.Fail, ""},
		"optional":                      {`object.?spec.?hostPID.orValue(false) == false`, engine.Pass, ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			d := verdictOf(t, tc.expression)
			assert.Equal(t, tc.verdict, d.Verdict, d.Sentence)
			assert.Contains(t, d.Sentence, tc.says)
			assert.Len(t, d.Cites, 1)
		})
	}
}

func TestWhatAPolicySays(t *testing.T) {
	d := verdictOf(t, `object.spec.priority <= params.most`, `messageExpression: "'has ' + string(variables.n) + ', at most ' + string(params.most)"`, `field: spec.priority`,
		`params: [{name: most, type: int, default: 2}]`, `variables: [{name: n, expression: object.spec.priority}]`)
	assert.Equal(t, engine.Fail, d.Verdict)
	assert.Equal(t, "has 3, at most 2", d.Sentence)
	assert.Equal(t, "spec.priority", d.Field)
	assert.JSONEq(t, "3", string(d.Value))
	const forbidden, unset = `!(object.metadata.name in params.forbidden)`, `params: [{name: forbidden, type: strings}]`
	assert.Equal(t, engine.Unknown, verdictOf(t, forbidden, unset).Verdict, "nobody said what is forbidden")
	assert.Contains(t, verdictOf(t, forbidden, unset).Sentence, "parameter forbidden has no default")
	assert.Equal(t, engine.Pass, verdictOf(t, forbidden, strings.Replace(unset, "strings", "strings, default: ''", 1)).Verdict, "nothing is, as its author said")
	assert.Equal(t, engine.Pass, verdictOf(t, `true`, unset).Verdict, "it is not asked for")
	assert.Equal(t, engine.NotApplicable, verdictOf(t, `false`, `notApplicableWhen: object.spec.priority == 3`).Verdict)
	assert.Equal(t, engine.Unknown, verdictOf(t, `true`, `notApplicableWhen: object.spec.hostPID`).Verdict)
	assert.Equal(t, "Not so.", verdictOf(t, `false`, `message: Not so.`, `messageExpression: object.spec.hostPID`).Sentence)
	assert.Equal(t, engine.Unknown, verdictOf(t, `variables.n`, `variables: [{name: n, expression: object.spec.hostPID}]`).Verdict)
	assert.Equal(t, engine.Pass, verdictOf(t, `true`, `variables: [{name: n, expression: object.spec.hostPID}]`).Verdict, "a variable that nobody asks for is not evaluated")
}

func TestAResultKeepsTheTextOfItsPolicy(t *testing.T) {
	p := read(t, policyOf("true", `informs: {pci-dss: ["2.2.6"]}`))[0]
	r := newWorld(t, onePod).evaluate(t, p)["custom/test"]
	require.NotNil(t, r.Custom)
	assert.Equal(t, engine.Sum(p.Check.Custom.Text), r.Custom.Definition)
	assert.Equal(t, map[string][]string{"pci-dss": {"2.2.6"}}, r.Custom.Informs)
	other := read(t, policyOf("true || false", `informs: {pci-dss: ["2.2.6"]}`))[0]
	assert.NotEqual(t, r.Custom.Definition, engine.Sum(other.Check.Custom.Text), "one version, another text")
}

func TestWhatWasNotSeenIsUnknown(t *testing.T) {
	pods := engine.Kind{Kind: "Pod"}
	p := read(t, policyOf("true"))
	assert.Equal(t, engine.Pass, newWorld(t, onePod).evaluate(t, p...)["custom/test"].Verdict)
	assert.Equal(t, engine.Unknown, newWorld(t, onePod).hide(pods).evaluate(t, p...)["custom/test"].Verdict)
	assert.Equal(t, engine.NotApplicable, newWorld(t, "").evaluate(t, p...)["custom/test"].Verdict, "none is there, and all were seen")
	assert.Equal(t, engine.Unknown, newWorld(t, "").hide(pods).evaluate(t, p...)["custom/test"].Verdict)
	foreign := read(t, policyOf("true", "needs: [Widget.acme.example]"))
	assert.Equal(t, engine.Unknown, newWorld(t, onePod).evaluate(t, foreign...)["custom/test"].Verdict)
}

// A default deny that may not be in force is none to rely on.
func TestADefaultDenyThatMayNotBeInForce(t *testing.T) {
	deny := "\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: pay}\nspec: {podSelector: {}, policyTypes: [Ingress]}"
	for name, c := range map[string]struct {
		world   string
		verdict engine.Verdict
	}{
		"in force":                  {onePod + deny, engine.Pass},
		"none":                      {onePod, engine.Fail},
		"that no server takes":      {onePod + strings.Replace(deny, "[Ingress]", "[Ingress], egress: [{ports: [{port: HTTP}]}]", 1), engine.Unknown},
		"of which one may be taken": {onePod + deny + strings.Replace(deny, "podSelector: {}", "podSelector: {matchLabels: {app: none}}", 1), engine.Unknown},
	} {
		r := newWorld(t, c.world).evaluate(t, read(t, policyOf("network.defaultDeny('pay', 'ingress')"))...)["custom/test"]
		assert.Equal(t, c.verdict, r.Verdict, "%s: %v", name, r.Details)
	}
}
