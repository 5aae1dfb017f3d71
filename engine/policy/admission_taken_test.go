package policy

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/engine/kube/planetest"
)

// refusedAdmission are policies and bindings that no API server takes, and what is said of
// them here.
func refusedAdmission() map[string]struct{ text, says string } {
	of := func(old, with string) string { return strings.Replace(admitting("true"), old, with, 1) }
	param := admitting("true", "  paramKind: {apiVersion: v1, kind: ConfigMap}")
	bound := func(old, with string) string {
		return strings.Replace(param+binding+"  paramRef: {name: given, namespace: pay, parameterNotFoundAction: Deny}\n", old, with, 1)
	}
	match := func(rules string) string {
		return admitting("true") + binding + "  matchResources: {" + rules + "}\n"
	}
	return map[string]struct{ text, says string }{
		"an operation in small letters":  {of("CREATE, UPDATE", "create"), `"create" is none of`},
		"one beside all":                 {of("CREATE, UPDATE", "'*', CREATE"), "stands alone"},
		"no operation":                   {of("CREATE, UPDATE", ""), "operations: it names none"},
		"no group":                       {of(`apiGroups: [""]`, "apiGroups: []"), "apiGroups: it names none"},
		"all groups beside one":          {of(`apiGroups: [""]`, "apiGroups: ['', '*']"), "stands alone"},
		"no version":                     {of("apiVersions: [v1]", "apiVersions: []"), "apiVersions: it names none"},
		"an empty version":               {of("apiVersions: [v1]", "apiVersions: ['']"), "an empty name"},
		"no resource":                    {of("resources: [pods]", "resources: []"), "resources: it names none"},
		"a scope in small letters":       {of("resources: [pods]", "resources: [pods], scope: namespaced"), `"namespaced" is none of`},
		"of another way to match":        {of("    resourceRules", "    matchPolicy: exact\n    resourceRules"), `"exact" is none of`},
		"of another way to fail":         {of("failurePolicy: Fail", "failurePolicy: Deny"), `"Deny" is none of`},
		"an expression that is empty":    {regexp.MustCompile(`expression: \|\n.*\n`).ReplaceAllString(admitting("true"), "expression: ''\n"), "it says nothing"},
		"a condition without a name":     {admitting("true", "  matchConditions: [{name: '', expression: 'true'}]"), "want a name, once"},
		"two conditions of a name":       {admitting("true", "  matchConditions: [{name: a, expression: 'true'}, {name: a, expression: 'true'}]"), "want a name, once"},
		"a kind of parameters without":   {admitting("true", "  paramKind: {apiVersion: v1, kind: ''}"), "it wants an apiVersion"},
		"no action":                      {bound("[Deny]", "[]"), "want at least one"},
		"an action that is none":         {bound("[Deny]", "[deny]"), `"deny" is none of`},
		"denied and warned of":           {bound("[Deny]", "[Deny, Warn]"), "not both"},
		"bound to nothing":               {bound("policyName: good.example", "policyName: ''"), "it is missing"},
		"parameters named and selected":  {bound("name: given,", "name: given, selector: {},"), "a name or a selector"},
		"parameters of no name":          {bound("name: given, ", ""), "a name or a selector"},
		"no action without parameters":   {bound(", parameterNotFoundAction: Deny", ""), "it is missing"},
		"another without parameters":     {bound("parameterNotFoundAction: Deny", "parameterNotFoundAction: Ignore"), `"Ignore" is none of`},
		"a rule of a binding":            {match("resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CHANGE], resources: [pods]}]"), `"CHANGE" is none of`},
		"what a binding leaves out":      {match("excludeResourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [], resources: [pods]}]"), "it names none"},
		"of another group":               {of("admissionregistration.k8s.io/v1", "admission.k8s.io/v1"), "no version of it"},
		"without a group":                {of("admissionregistration.k8s.io/v1", "v1"), "no version of it"},
		"an operation that is misspelt ": {of("CREATE, UPDATE", "CREATE, UPDTAE"), `"UPDTAE" is none of`},
	}
}

func TestWhatNoServerTakesOfAdmissionIsRefused(t *testing.T) {
	for name, c := range refusedAdmission() {
		_, err := Read([]File{{"p.yaml", []byte(c.text)}}, World{Areas: testAreas, Resources: testResources})
		require.ErrorContains(t, err, c.says, name)
		for line := range strings.Lines(err.Error()) {
			assert.True(t, strings.HasPrefix(line, "p.yaml:"), "%s: %s", name, line)
		}
	}
	for name, c := range map[string]struct{ text, says string }{
		"in another case":         {strings.Replace(admitting("false"), "  validations:", "  matchconditions: [{name: a, expression: 'false'}]\n  validations:", 1), "matchconditions"},
		"a policy within a list":  {"apiVersion: v1\nkind: List\nitems:\n- {apiVersion: tickmark/v1, kind: Policy, id: x}\n---\n" + admitting("true"), "a document of its own"},
		"a list of what is none ": {"apiVersion: v1\nkind: List\nitems: [a]\n---\n" + admitting("true"), "no object"},
	} {
		_, err := Read([]File{{"p.yaml", []byte(c.text)}}, World{Areas: testAreas, Resources: testResources})
		require.ErrorContains(t, err, c.says, name)
	}
}

// The server is asked the same: it refuses all of these, and takes what they were made of.
func TestTheAPIServerRefusesItToo(t *testing.T) {
	p := planetest.Need(t, plane)
	for name, c := range refusedAdmission() {
		require.Error(t, p.Apply(t.Context(), []byte(ownNames.Replace(c.text))), name)
	}
	taken := strings.Replace(admitting("true", "  paramKind: {apiVersion: v1, kind: ConfigMap}")+binding+"  paramRef: {name: given, namespace: pay, parameterNotFoundAction: Deny}\n", "[pods]", "[podtemplates]", 1)
	require.NoError(t, p.Apply(t.Context(), []byte(ownNames.Replace(taken))))
}

// ownNames keep what is applied to the server apart from what other tests apply.
var ownNames = strings.NewReplacer("good.example", "taken.example", "everywhere", "taken")

// Where parameters are is what a server would find there, or nobody knows.
func TestWhereParametersAre(t *testing.T) {
	const namespaced = `{apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods]}`
	given := "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: given}\ndata: {most: \"9\"}\n"
	policy := func(kind, ref string) string {
		return admitting("params != null", "  paramKind: {apiVersion: v1, kind: "+kind+"}") + binding + "  paramRef: {" + ref + ", parameterNotFoundAction: Allow}\n"
	}
	ofNamespaces := func(text string) string { return strings.Replace(text, "[pods]", "[persistentvolumes]", 1) }
	volume := "\n---\napiVersion: v1\nkind: PersistentVolume\nmetadata: {name: v}"
	for name, c := range map[string]struct {
		text    string
		verdict engine.Verdict
		says    string
	}{
		"of the namespace of what comes in":  {policy("ConfigMap", "name: settings"), engine.Pass, ""},
		"which says no namespace":            {policy("ConfigMap", "name: given") + given, engine.Unknown, "says no namespace"},
		"of what is in none":                 {ofNamespaces(policy("ConfigMap", "name: settings")), engine.Unknown, "this is in none"},
		"of a kind that is in none":          {policy("Namespace", "name: pay"), engine.Pass, ""},
		"of one that is in none, in another": {policy("Namespace", "name: pay, namespace: pay"), engine.Unknown, "is in none"},
	} {
		require.Contains(t, admitting("true"), namespaced)
		w := newWorld(t, onePod+volume)
		w.snapshot.Populations = append(w.snapshot.Populations, engine.Population{Kind: engine.Kind{Kind: "PersistentVolume"}, Count: 1, Complete: true})
		all, err := Read([]File{{"p.yaml", []byte(c.text)}}, World{Areas: testAreas, Resources: append([]Resource{{engine.Kind{Kind: "PersistentVolume"}, "persistentvolumes", "v1", false}}, testResources...)})
		require.NoError(t, err, name)
		r := w.evaluate(t, all...)["admission/good.example/1"]
		assert.Equal(t, c.verdict, r.Verdict, "%s: %v", name, r.Details)
		if assert.NotEmpty(t, r.Details, name) {
			assert.Contains(t, r.Details[0].Sentence, c.says, name)
		}
	}
}

// A field that no request has is misspelt, and not absent.
func TestAFieldThatNoRequestHas(t *testing.T) {
	for expression, want := range map[string]engine.Verdict{
		`!has(request.userinfo)`:                                engine.Unknown,
		`!has(request.object)`:                                  engine.Unknown,
		`request.?operaton.orValue('CREATE') == 'CREATE'`:       engine.Unknown,
		`request.?operation.orValue('') == 'CREATE'`:            engine.Pass,
		`request.kind.kind == 'Pod' && request.dryRun == false`: engine.Pass,
		`!has(request.userInfo.extra)`:                          engine.Unknown,
	} {
		assert.Equal(t, want, admit(t, newWorld(t, onePod), admitting(expression)).Verdict, expression)
	}
}
