package merchant

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"

	"tickmark/engine"
	builtin "tickmark/engine/checks"
	"tickmark/questionnaires"
)

// checks returns the ids that an answer may name.
func checks() []string {
	all, err := builtin.All()
	if err != nil {
		panic(err) // the program was built wrong: seen by every test
	}
	var ids []string
	for _, c := range all {
		if c.Needs[0].Group != engine.ImportGroup { // the cluster has no results of other tools
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// objects decodes the whole cluster strictly: a field that the API does not know
// is an error.
func objects(t *testing.T) []metav1.Object {
	t.Helper()
	types := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		corev1.AddToScheme, appsv1.AddToScheme, batchv1.AddToScheme, networkingv1.AddToScheme, rbacv1.AddToScheme,
	} {
		require.NoError(t, add(types))
	}
	decoder := serializer.NewCodecFactory(types, serializer.EnableStrict).UniversalDeserializer()
	names, err := fs.Glob(Cluster(), "*.yaml")
	require.NoError(t, err)
	var all []metav1.Object
	for _, name := range names {
		raw, err := fs.ReadFile(Cluster(), name)
		require.NoError(t, err)
		documents := utilyaml.NewDocumentDecoder(io.NopCloser(bytes.NewReader(raw)))
		for buffer := make([]byte, len(raw)); ; {
			n, err := documents.Read(buffer)
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, name)
			object, kind, err := decoder.Decode(buffer[:n], nil, nil)
			require.NoError(t, err, "%s: %.120s", name, buffer[:n])
			meta, ok := object.(metav1.Object)
			require.True(t, ok, "%s: %s has no metadata", name, kind)
			all = append(all, meta)
		}
	}
	return all
}

func TestClusterIsWhatAnAPIServerGives(t *testing.T) {
	all := objects(t)
	assert.GreaterOrEqual(t, len(all), 110)
	namespaces, uids := map[string]bool{"": true}, map[string]string{}
	for _, o := range all {
		if n, ok := o.(*corev1.Namespace); ok {
			namespaces[n.Name] = true
		}
	}
	require.True(t, namespaces["kube-system"], "the target's identity is the uid of kube-system")
	for _, o := range all {
		who := o.GetNamespace() + "/" + o.GetName()
		uid := string(o.GetUID())
		assert.NotEmpty(t, uid, who)
		assert.Empty(t, uids[uid], "%s has the uid of another object", who)
		uids[uid] = who
		assert.Equal(t, 2026, o.GetCreationTimestamp().Year(), who)
		assert.True(t, namespaces[o.GetNamespace()], "%s is in a namespace that is not there", who)
	}
}

func TestOwnersAreThere(t *testing.T) {
	all, uids := objects(t), map[string]bool{}
	for _, o := range all {
		uids[string(o.GetUID())] = true
	}
	owned := 0
	for _, o := range all {
		for _, owner := range o.GetOwnerReferences() {
			owned++
			assert.True(t, uids[string(owner.UID)], "%s is owned by %s %s, which is not there", o.GetName(), owner.Kind, owner.Name)
		}
	}
	assert.Positive(t, owned)
}

func TestBindingsFindTheirRoles(t *testing.T) {
	roles := map[string]bool{}
	all := objects(t)
	for _, o := range all {
		switch o.(type) {
		case *rbacv1.Role, *rbacv1.ClusterRole:
			roles[o.GetNamespace()+"/"+o.GetName()] = true
		}
	}
	for _, o := range all {
		var ref rbacv1.RoleRef
		switch b := o.(type) {
		case *rbacv1.RoleBinding:
			ref = b.RoleRef
		case *rbacv1.ClusterRoleBinding:
			ref = b.RoleRef
		default:
			continue
		}
		namespace := ""
		if ref.Kind == "Role" {
			namespace = o.GetNamespace()
		}
		assert.True(t, roles[namespace+"/"+ref.Name], "%s refers to %s %s", o.GetName(), ref.Kind, ref.Name)
	}
}

func TestCanariesAreInTheCluster(t *testing.T) {
	cluster := text(t, Cluster())
	for _, value := range strayValues {
		assert.Contains(t, cluster, value)
	}
	assert.Contains(t, cluster, TestCard)
	canaries := Canaries()
	for i, value := range secretValues {
		require.Equal(t, value, canaries[2*i])
		assert.Contains(t, cluster, canaries[2*i+1], value)
	}
	found := strings.Count(cluster, "dGlja21hcmstY2FuYXJ5") // base64 of tickmark-canary
	assert.Equal(t, len(secretValues), found, "a canary of a Secret is not listed")
	assert.Equal(t, len(strayValues), strings.Count(cluster, "tickmark-canary"), "a canary in the open is not listed")
}

func TestEveryValueOfASecretIsACanary(t *testing.T) {
	for _, o := range objects(t) {
		secret, ok := o.(*corev1.Secret)
		if !ok {
			continue
		}
		assert.Empty(t, secret.StringData, "an API server never returns stringData")
		for key, value := range secret.Data {
			assert.True(t, slices.Contains(Canaries(), string(value)), "%s/%s: %s", secret.Namespace, secret.Name, key)
		}
	}
}

func TestPapersAndAnswersHoldNoCanary(t *testing.T) {
	for _, text := range []string{text(t, Documents()), string(answers), string(risks)} {
		for _, canary := range Canaries() {
			assert.NotContains(t, text, canary)
		}
	}
}

func TestAnswers(t *testing.T) {
	all, err := Answers()
	require.NoError(t, err)
	assert.GreaterOrEqual(t, len(all), 150)
	said := map[string]questionnaires.RequirementID{}
	last := questionnaires.RequirementID{}
	for _, a := range all {
		id := a.Requirement
		assert.Negative(t, last.Compare(id), "%s after %s: out of order or twice", id, last)
		last = id
		assert.Contains(t, questionnaires.Responses(), a.Response, "%s", id)
		assert.NoError(t, questionnaires.CheckText("narrative", a.Narrative, questionnaires.MaxNarrative), "%s", id)
		narrative := strings.ToLower(strings.Join(strings.Fields(a.Narrative), " "))
		assert.Greater(t, len(narrative), 40, "%s", id)
		assert.Zero(t, said[narrative], "%s says the same", id)
		said[narrative] = id
		assert.NotContains(t, a.Methods, questionnaires.NoMethod, "%s", id)
		for _, check := range a.Checks {
			assert.Contains(t, checks(), check, "%s", id)
		}
		for _, document := range a.Documents {
			_, err := fs.Stat(Documents(), document)
			assert.NoError(t, err, "%s", id)
		}
	}
}

func TestAnswersThatClaimRestOnSomething(t *testing.T) {
	all, err := Answers()
	require.NoError(t, err)
	count := map[questionnaires.Response]int{}
	for _, a := range all {
		count[a.Response]++
		switch a.Response {
		case questionnaires.InPlace, questionnaires.InPlaceWithCCW:
			assert.Equal(t, a.Response == questionnaires.InPlaceWithCCW, len(a.Worksheet.Missing()) == 0, "%s has a worksheet if it compensates", a.Requirement)
			assert.NotEmpty(t, a.Methods, "%s", a.Requirement)
			assert.NotEmpty(t, append(slices.Clone(a.Checks), a.Documents...), "%s has no evidence", a.Requirement)
		case questionnaires.NotInPlace:
			assert.Regexp(t, `(?i)owner`, a.Narrative, "%s has no owner", a.Requirement)
			assert.Regexp(t, `202[67]-\d\d-\d\d`, a.Narrative, "%s has no date", a.Requirement)
		case questionnaires.Unanswered, questionnaires.NotApplicable, questionnaires.NotTested:
		}
	}
	for _, r := range questionnaires.Responses() {
		assert.Positive(t, count[r], "nothing is %s", r.Title())
	}
}

// What is analysed is whole; what is accepted has its reasons.
func TestRisks(t *testing.T) {
	all, err := AllRisks()
	require.NoError(t, err)
	require.NotEmpty(t, all.Analyses)
	require.NotEmpty(t, all.Acceptances)
	for _, a := range all.Analyses {
		assert.Empty(t, a.Missing(), "%s", a.Requirement)
	}
	for _, a := range all.Acceptances {
		assert.Contains(t, checks(), a.Check)
		assert.True(t, a.Reason != "" && a.Risk != "" && a.Days > 0, a.Check)
	}
}

// What was asked, recorded and noted speaks of papers that are there, and of every state.
func TestFieldwork(t *testing.T) {
	all, err := AllFieldwork()
	require.NoError(t, err)
	papers := map[string]bool{"": true}
	require.NoError(t, fs.WalkDir(Documents(), ".", func(name string, _ fs.DirEntry, err error) error { papers[name] = true; return err }))
	var open, received, accepted, returned, overdue bool
	for _, r := range all.Requests {
		assert.True(t, papers[r.Received], r.Received)
		open, overdue = open || r.Received == "" && r.Due >= 0, overdue || r.Received == "" && r.Due < 0
		accepted, returned = accepted || r.Accepted, returned || r.Returned != ""
		received = received || r.Received != "" && !r.Accepted && r.Returned == ""
	}
	assert.True(t, open && received && accepted && returned && overdue)
	for _, r := range all.Records {
		assert.True(t, r.Days > 0 && r.Document != "" && papers[r.Document], r.Document)
	}
	for _, n := range all.Notes {
		assert.NotEmpty(t, n.Text)
	}
}

func TestDocumentsAreAllUsed(t *testing.T) {
	all, err := Answers()
	require.NoError(t, err)
	used := map[string]bool{}
	for _, a := range all {
		for _, name := range a.Documents {
			used[name] = true
		}
	}
	names, err := fs.Glob(Documents(), "*")
	require.NoError(t, err)
	assert.GreaterOrEqual(t, len(names), 6)
	for _, name := range names {
		assert.True(t, used[name], name)
		raw, err := fs.ReadFile(Documents(), name)
		require.NoError(t, err)
		assert.Contains(t, string(raw), "2026", name)
	}
}

func TestScopeIsTheCardholderDataEnvironment(t *testing.T) {
	params := Scope().Params(objects(t)[0].GetCreationTimestamp().Time)
	in := []string{}
	for _, o := range objects(t) {
		if n, ok := o.(*corev1.Namespace); ok && params.InZone(questionnaires.CardholderData, Target, n.Name) {
			in = append(in, n.Name)
			assert.Equal(t, "cde", n.Labels["copperline.example/zone"], n.Name)
		}
	}
	assert.ElementsMatch(t, []string{"pay", "pay-batch", "pay-legacy", "tokens"}, in)
}

func text(t *testing.T, files fs.FS) string {
	t.Helper()
	names, err := fs.Glob(files, "*")
	require.NoError(t, err)
	var all strings.Builder
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		require.NoError(t, err)
		all.Write(raw)
	}
	return all.String()
}
