package policy

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"tickmark/engine"
	"tickmark/engine/kube/planetest"
)

var plane *planetest.Plane

func TestMain(m *testing.M) { planetest.Main(m, planetest.Lax, &plane) }

// warnings are what the server says beside an answer.
type warnings struct {
	mu   sync.Mutex
	said []string
}

// HandleWarningHeader implements rest.WarningHandler.
func (w *warnings) HandleWarningHeader(_ int, _ string, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said = append(w.said, text)
}

// take returns what was said since it was asked last.
func (w *warnings) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	said := w.said
	w.said = nil
	return said
}

const liveSpaces = `
apiVersion: v1
kind: Namespace
metadata: {name: adm-a, labels: {team: a}}
---
apiVersion: v1
kind: Namespace
metadata: {name: adm-b, labels: {team: b}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: given, namespace: adm-a, labels: {role: param}}
data: {most: "2"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: given, namespace: adm-b, labels: {role: param}}
data: {most: "4"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: more, namespace: adm-a, labels: {role: param}}
data: {most: "3"}`

// one returns one of a list.
func one(r *rand.Rand, of ...string) string { return of[r.IntN(len(of))] }

// liveMatch writes constraints; rules may be left out of those of a binding.
func liveMatch(r *rand.Rand, rules bool) string {
	parts := []string{}
	// Changes alone are judged as such here, and none comes in.
	rule := func(operations ...string) string {
		return fmt.Sprintf("{apiGroups: [%s], apiVersions: [%s], operations: [%s], resources: [%s]%s}", one(r, "''", "'*'"), one(r, "v1", "'*'", "v1beta1", "v1, v1beta1"),
			one(r, append(operations, "CREATE, UPDATE", "'*'")...), one(r, "configmaps", "configmaps, secrets", "'*'", "'*/*'", "configmaps/*", "secrets"),
			one(r, "", "", ", resourceNames: [one]", ", scope: Namespaced", ", scope: Cluster"))
	}
	if rules {
		whole := "{apiGroups: ['" + one(r, "", "*") + "'], apiVersions: [v1], operations: [CREATE], resources: [" + one(r, "configmaps", "'*'", "namespaces", "pods") + "]}"
		parts = append(parts, "resourceRules: ["+rule("CREATE")+", "+whole+"]")
	}
	if r.IntN(3) == 0 {
		parts = append(parts, "excludeResourceRules: ["+rule("UPDATE")+"]")
	}
	if r.IntN(3) == 0 {
		parts = append(parts, "namespaceSelector: "+one(r, "{matchLabels: {team: a}}", "{matchExpressions: [{key: team, operator: NotIn, values: [a]}]}", "{matchLabels: {kubernetes.io/metadata.name: adm-b}}", "{matchExpressions: [{key: absent, operator: Exists}]}", "{}"))
	}
	if r.IntN(3) == 0 {
		parts = append(parts, "objectSelector: "+one(r, "{matchLabels: {app: x}}", "{matchExpressions: [{key: app, operator: Exists}]}", "{}"))
	}
	if r.IntN(3) == 0 {
		parts = append(parts, "matchPolicy: "+one(r, "Exact", "Equivalent"))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// livePolicy writes an admission policy and its bindings.
func livePolicy(r *rand.Rand, name string) string {
	param := r.IntN(3) == 0
	expression := one(r, "object.data.n == '1'", "int(object.data.n) < 3", "object.metadata.?labels.app.orValue('') == 'x'", "namespaceObject.metadata.labels.team == 'a'", "request.namespace == 'adm-a'",
		"request.operation == 'CREATE' && oldObject == null", "semver(object.data.n + '.2.0').isLessThan(semver('2.0.0'))", "quantity(object.data.n + 'Ki').isLessThan(quantity('3000'))",
		"cidr('10.0.0.0/8').containsIP('1' + object.data.n + '.0.0.1')", "double(object.data.n) / 2.0 <= 1.5", "variables.level * 2 == 2 || variables.level == 4", "object.metadata.name in ['one', 'two'] && size(object.data) == 1", "object.data.missing == 'x'")
	spec := []string{
		"  failurePolicy: " + one(r, "Fail", "Ignore"), "  variables: [{name: level, expression: int(object.data.n)}]", "  matchConstraints: " + liveMatch(r, true),
	}
	if param {
		spec, expression = append(spec, "  paramKind: {apiVersion: v1, kind: ConfigMap}"), "int(object.data.n) <= int(params.data.most)"
	}
	if r.IntN(3) == 0 {
		spec = append(spec, "  matchConditions: [{name: c, expression: \""+one(r, "object.metadata.name != 'two'", "request.namespace != 'adm-b'", "has(object.metadata.labels)", "true")+"\"}]")
	}
	text := "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: " + name + "}\nspec:\n" + strings.Join(spec, "\n") + "\n  validations: [{expression: \"" + expression + "\", message: broken}]\n"
	for i := range 1 + r.IntN(2) {
		binding := []string{"policyName: " + name, "validationActions: [Warn]"}
		if param {
			binding = append(binding, "paramRef: {"+one(r, "name: given, namespace: adm-a, parameterNotFoundAction: Deny", "name: given, parameterNotFoundAction: Deny", "selector: {matchLabels: {role: param}}, parameterNotFoundAction: Deny", "name: none, parameterNotFoundAction: Allow", "selector: {matchLabels: {role: none}}, parameterNotFoundAction: Allow")+"}")
		}
		if r.IntN(2) == 0 {
			binding = append(binding, "matchResources: "+liveMatch(r, r.IntN(2) == 0))
		}
		text += fmt.Sprintf("---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: {name: %s-%d}\nspec: {%s}\n", name, i, strings.Join(binding, ", "))
	}
	return text
}

// What a policy says of an object that is there is what the API server says of the same
// object as it comes in: a failure where the server warns, and none where it does not.
// What is unknown here is not compared.
func TestAdmissionAgreesWithTheAPIServer(t *testing.T) {
	p := planetest.Need(t, plane)
	r := rand.New(rand.NewPCG(45, 1))
	const policies = 60
	var texts []string
	for i := range policies {
		texts = append(texts, livePolicy(r, fmt.Sprintf("adm-%d", i)))
	}
	const last = "adm-last"
	texts = append(texts, strings.ReplaceAll(strings.Replace(admitting("false"), "[pods]", "[configmaps]", 1)+strings.Replace(binding, "[Deny]", "[Warn]", 1), "good.example", last))
	all := strings.Join(texts, "---\n")
	require.NoError(t, p.Apply(t.Context(), []byte(liveSpaces)))
	require.NoError(t, p.Apply(t.Context(), []byte(all)))

	config, heard := p.Admin(), &warnings{}
	config.QPS, config.WarningHandler = -1, heard
	client, err := kubernetes.NewForConfig(config)
	require.NoError(t, err)
	comesIn := func(o *corev1.ConfigMap) map[string]bool {
		heard.take()
		_, err := client.CoreV1().ConfigMaps(o.Namespace).Create(context.Background(), o, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		require.NoError(t, err)
		warned := map[string]bool{}
		for _, text := range heard.take() {
			if _, name, of := strings.Cut(text, "ValidatingAdmissionPolicy '"); of {
				name, _, _ = strings.Cut(name, "'")
				warned[name] = true
			}
		}
		return warned
	}
	require.Eventually(t, func() bool {
		return comesIn(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "probe", Namespace: "adm-a"}})[last]
	}, 2*time.Minute, 200*time.Millisecond)

	compiled := read(t, all)
	same, failed, compared := 0, 0, 0
	for i := range 48 {
		o := &corev1.ConfigMap{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"}, ObjectMeta: metav1.ObjectMeta{
			Name: []string{"one", "two", "three"}[i%3], Namespace: []string{"adm-a", "adm-b"}[i/3%2],
		}, Data: map[string]string{"n": fmt.Sprint(r.IntN(6))}}
		if i%4 > 0 {
			o.Labels = map[string]string{"app": []string{"x", "y"}[i%2]}
		}
		warned := comesIn(o)
		written, err := yaml.Marshal(o)
		require.NoError(t, err)
		results := newWorld(t, liveSpaces+"\n---\n"+string(written)).evaluate(t, compiled...)
		for n := range policies {
			name := fmt.Sprintf("adm-%d", n)
			verdict := engine.NotApplicable
			for _, d := range results["admission/"+name+"/1"].Details {
				if d.Subject.Name == o.Name && d.Subject.Namespace == o.Namespace {
					verdict = d.Verdict
				}
			}
			if verdict == engine.Unknown {
				continue
			}
			compared++
			if warned[name] {
				failed++
			}
			if assert.Equal(t, warned[name], verdict == engine.Fail, "%s: %s\n%s", verdict, written, texts[n]) {
				same++
			}
		}
	}
	fmt.Printf("admission: %d of %d agree\n", same, compared)
	require.Greater(t, compared, 48*policies/2)
	require.Greater(t, failed, compared/20)
}

var _ rest.WarningHandler = (*warnings)(nil)
