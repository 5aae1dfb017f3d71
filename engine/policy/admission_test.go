package policy

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

var testResources = []Resource{
	{engine.Kind{Kind: "Pod"}, "pods", "v1", true},
	{engine.Kind{Kind: "ConfigMap"}, "configmaps", "v1", true},
	{engine.Kind{Kind: "Namespace"}, "namespaces", "v1", false},
	{engine.Kind{Group: "apps", Kind: "Deployment"}, "deployments", "v1", true},
}

// admitting writes an admission policy over pods with an expression; more are further
// lines of its spec.
func admitting(expression string, more ...string) string {
	return `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: good.example}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
    - {apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods]}
  validations:
  - expression: |
      ` + expression + "\n" + strings.Join(more, "\n") + "\n"
}

func admit(t testing.TB, w *world, text string) engine.Result {
	t.Helper()
	policies := read(t, text)
	require.NotEmpty(t, policies)
	return w.evaluate(t, policies...)["admission/good.example/1"]
}

const binding = `---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: everywhere}
spec:
  policyName: good.example
  validationActions: [Deny]
`

func TestAnAdmissionPolicyJudgesWhatIsThere(t *testing.T) {
	param := "  paramKind: {apiVersion: v1, kind: ConfigMap}\n"
	settings := "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: given, namespace: pay}\ndata: {most: \"2\"}\n"
	cases := map[string]struct {
		text    string
		verdict engine.Verdict
		says    string
	}{
		"it holds":                   {admitting(`object.metadata.name == 'api'`), engine.Pass, ""},
		"it does not":                {admitting(`object.metadata.name != 'api'`, "    message: Call it otherwise."), engine.Fail, "Call it otherwise."},
		"it says why":                {admitting(`object.metadata.name != 'api'`, `    messageExpression: "'it is ' + object.metadata.name"`), engine.Fail, "it is api"},
		"an error is no failure":     {admitting(`object.spec.hostPID == 1`), engine.Unknown, "no such key"},
		"nor where it is ignored":    {strings.Replace(admitting(`object.spec.hostPID == 1`), "failurePolicy: Fail", "failurePolicy: Ignore", 1), engine.Unknown, ""},
		"it comes in":                {admitting(`request.operation == 'CREATE' && request.name == 'api' && request.namespace == 'pay'`), engine.Pass, ""},
		"there was none before":      {admitting(`oldObject == null`), engine.Pass, ""},
		"who asks":                   {admitting(`request.userInfo.username == 'ann'`), engine.Unknown, "no stored object tells"},
		"whether somebody asks":      {admitting(`has(request.userInfo.groups)`), engine.Unknown, ""},
		"who asks decides nothing":   {admitting(`object.metadata.name == 'api' || request.userInfo.username == 'ann'`), engine.Pass, ""},
		"the authorizer":             {admitting(`authorizer.group('').resource('pods').check('get').allowed()`), engine.Unknown, ""},
		"what asks who asks":         {admitting(`variables.who == 'ann'`, "  variables: [{name: who, expression: request.userInfo.username}]"), engine.Unknown, "no stored object tells"},
		"variables":                  {admitting(`variables.n == 3`, "  variables: [{name: n, expression: object.spec.priority}]"), engine.Pass, ""},
		"a condition":                {admitting(`false`, "  matchConditions: [{name: named, expression: object.metadata.name == 'web'}]"), engine.NotApplicable, "named"},
		"an unknown condition":       {admitting(`true`, "  matchConditions: [{name: asked, expression: request.userInfo.username == 'x'}]"), engine.Unknown, "asked"},
		"the namespace":              {admitting(`namespaceObject.metadata.labels.team == 'cards'`), engine.Pass, ""},
		"bound":                      {admitting(`object.metadata.name == 'api'`) + binding, engine.Pass, "everywhere"},
		"bound elsewhere":            {admitting(`false`) + binding + "  matchResources: {namespaceSelector: {matchLabels: {team: web}}}\n", engine.NotApplicable, ""},
		"bound by labels":            {admitting(`false`) + binding + "  matchResources: {objectSelector: {matchLabels: {app: api}}}\n", engine.Fail, ""},
		"parameters of the files":    {admitting(`object.spec.priority <= int(params.data.most)`, param) + binding + "  paramRef: {name: given, namespace: pay, parameterNotFoundAction: Deny}\n" + settings, engine.Fail, ""},
		"parameters of the cluster":  {admitting(`params.data.level == 'high'`, param) + binding + "  paramRef: {name: settings, namespace: pay, parameterNotFoundAction: Deny}\n", engine.Pass, ""},
		"no parameters, denied":      {admitting(`true`, param) + binding + "  paramRef: {name: none, namespace: pay, parameterNotFoundAction: Deny}\n", engine.Fail, "lets nothing in"},
		"no parameters, ignored":     {strings.Replace(admitting(`false`, param), "failurePolicy: Fail", "failurePolicy: Ignore", 1) + binding + "  paramRef: {name: none, namespace: pay, parameterNotFoundAction: Deny}\n", engine.NotApplicable, "cannot judge"},
		"no parameters, allowed":     {admitting(`false`, param) + binding + "  paramRef: {name: none, namespace: pay, parameterNotFoundAction: Allow}\n", engine.NotApplicable, ""},
		"parameters and no binding":  {admitting(`true`, param), engine.Unknown, "no binding"},
		"parameters by a selector":   {admitting(`params.data.level == 'high'`, param) + binding + "  paramRef: {selector: {}, parameterNotFoundAction: Deny}\n", engine.Pass, ""},
		"bound to deletions":         {admitting(`false`) + binding + "  matchResources: {resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [DELETE], resources: [pods]}]}\n", engine.NotApplicable, ""},
		"excluded when changed":      {strings.Replace(admitting(`false`), "  validations:", "    excludeResourceRules:\n    - {apiGroups: [''], apiVersions: [v1], operations: [UPDATE], resources: [pods]}\n  validations:", 1), engine.Fail, ""},
		"excluded when it comes in":  {strings.Replace(admitting(`oldObject == null`), "  validations:", "    excludeResourceRules:\n    - {apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}\n  validations:", 1), engine.Unknown, "no stored object tells"},
		"excluded altogether":        {strings.Replace(admitting(`false`), "  validations:", "    excludeResourceRules:\n    - {apiGroups: [''], apiVersions: [v1], operations: [UPDATE], resources: [pods]}\n    - {apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*']}\n  validations:", 1), engine.NotApplicable, ""},
		"bound to changes":           {admitting(`oldObject == null`) + binding + "  matchResources: {resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [UPDATE], resources: [pods]}]}\n", engine.Unknown, "no stored object tells"},
		"bound but for changes":      {admitting(`false`) + binding + "  matchResources: {excludeResourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [UPDATE], resources: [pods]}]}\n", engine.Fail, ""},
		"changes, and what comes in": {strings.Replace(admitting(`request.operation == 'CREATE'`), "    - {", "    - {apiGroups: [''], apiVersions: [v1], operations: [UPDATE], resources: [pods]}\n    - {", 1), engine.Pass, ""},
		"a resource nobody knows":    {strings.Replace(admitting(`true`), "[pods]", "[pods, widgets]", 1), engine.Unknown, "widgets objects were not listed"},
		"another version":            {strings.Replace(admitting(`true`), "apiVersions: [v1]", "apiVersions: [v2]", 1), engine.Unknown, "another version"},
		"excluded in another":        {strings.Replace(admitting(`true`), "  validations:", "    excludeResourceRules:\n    - {apiGroups: [''], apiVersions: [v2], operations: ['*'], resources: [pods]}\n  validations:", 1), engine.Unknown, "another version"},
		"bound in another":           {admitting(`true`) + binding + "  matchResources: {resourceRules: [{apiGroups: [''], apiVersions: [v2], operations: ['*'], resources: [pods]}]}\n", engine.Unknown, "another version"},
		"parameters of both":         {admitting(`params.data.?level.orValue('low') == 'low'`, param) + binding + "  paramRef: {selector: {}, parameterNotFoundAction: Deny}\n" + settings, engine.Fail, ""},
		"parameters of a file first": {admitting(`params.data.?level.orValue('low') == 'low'`, param) + binding + "  paramRef: {selector: {}, parameterNotFoundAction: Deny}\n" + strings.Replace(settings, "name: given", "name: settings", 1), engine.Pass, ""},
		"names of objects":           {strings.Replace(admitting(`false`), "resources: [pods]", "resources: [pods], resourceNames: [web]", 1), engine.NotApplicable, ""},
		"updates alone":              {strings.Replace(admitting(`oldObject == object`), "CREATE, UPDATE", "UPDATE", 1), engine.Unknown, "no stored object tells"},
		"deletions alone":            {strings.Replace(admitting(`true`), "CREATE, UPDATE", "DELETE", 1), engine.Unknown, "about requests"},
		"connections alone":          {strings.Replace(admitting(`true`), "CREATE, UPDATE", "CONNECT, DELETE", 1), engine.Unknown, "about requests"},
		"a part of objects alone":    {strings.Replace(admitting(`true`), "resources: [pods]", "resources: [pods/exec]", 1), engine.Unknown, "about requests"},
		"the worst of two bindings":  {admitting(`object.spec.priority <= int(params.data.most)`, param) + binding + "  paramRef: {name: given, namespace: pay, parameterNotFoundAction: Deny}\n" + strings.Replace(binding, "everywhere", "other", 1) + "  paramRef: {name: none, namespace: pay, parameterNotFoundAction: Allow}\n" + settings, engine.Fail, "everywhere"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := admit(t, newWorld(t, onePod), tc.text)
			assert.Equal(t, tc.verdict, r.Verdict, "%v", r.Details)
			found := tc.says == ""
			for _, d := range r.Details {
				found = found || strings.Contains(d.Sentence, tc.says)
			}
			assert.True(t, found, "%v", r.Details)
			require.NotNil(t, r.Custom)
		})
	}
	assert.Equal(t, engine.Unknown, admit(t, newWorld(t, onePod).hide(engine.Kind{Kind: "Pod"}), admitting("true")).Verdict)
	hidden := newWorld(t, onePod).hide(engine.Kind{Kind: "ConfigMap"})
	chosen := admitting(`params.data.level == 'high'`, param) + binding + "  paramRef: {selector: {}, parameterNotFoundAction: Deny}\n"
	assert.Equal(t, engine.Unknown, admit(t, hidden, chosen).Verdict, "a selector may choose parameters that were not seen")
}

func TestWhatIsNoAdmissionPolicy(t *testing.T) {
	for name, tc := range map[string]struct{ text, says string }{
		"no rules":         {regexp.MustCompile(`(?m)^    resourceRules:\n    - .*\n`).ReplaceAllString(admitting(`true`), "    resourceRules: []\n"), "they name nothing"},
		"a typo, deleted":  {strings.Replace(admitting(`objct.metadata.name == 'api'`), "CREATE, UPDATE", "DELETE", 1), "undeclared reference"},
		"a typo":           {admitting(`objct.metadata.name == 'api'`), "undeclared reference"},
		"a misspelt field": {strings.Replace(admitting(`true`), "failurePolicy", "failurePolcy", 1), "unknown field"},
		"no condition":     {admitting(`true`, "  matchConditions: [{name: x, expression: ''}]"), "says nothing"},
		"a bad selector":   {admitting(`true`) + binding + "  matchResources: {objectSelector: {matchExpressions: [{key: a, operator: Near}]}}\n", "Near"},
		"a bad name":       {strings.Replace(admitting(`true`), "good.example", "UPPER", 1), "the id of a check"},
	} {
		_, err := Read([]File{{"p.yaml", []byte(tc.text)}}, World{Areas: testAreas, Resources: testResources})
		require.ErrorContains(t, err, tc.says, name)
		assert.NotContains(t, err.Error(), "\n", name)
	}
}
