package rbac_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"tickmark/engine"
	"tickmark/engine/kube/planetest"
	"tickmark/engine/rbac"
)

// as is a client of somebody, through another where that is asked for.
func as(t *testing.T, p *planetest.Plane, user, through string) rest.Interface {
	t.Helper()
	text, err := p.User(user)
	require.NoError(t, err)
	config, err := clientcmd.RESTConfigFromKubeConfig(text)
	require.NoError(t, err)
	config.QPS, config.Impersonate.UserName = -1, through
	client, err := kubernetes.NewForConfig(config)
	require.NoError(t, err)
	return client.CoreV1().RESTClient()
}

// The verbs that are said to show Secrets are those to which the API server answers with what
// one holds, and a namespace is in itself to it.
func TestWhatTheServerAnswersWith(t *testing.T) {
	p := planetest.Need(t, plane)
	stream := `
apiVersion: v1
kind: Namespace
metadata: {name: showing}
---
apiVersion: v1
kind: Secret
metadata: {name: kept, namespace: showing}
stringData: {value: hidden}
`
	for _, verb := range []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"} {
		stream += fmt.Sprintf(`---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: %[1]s, namespace: showing}
rules: [{verbs: [%[1]s], apiGroups: [''], resources: [secrets, namespaces]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: %[1]s, namespace: showing}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: %[1]s}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: showing-%[1]s}]
`, verb)
	}
	require.NoError(t, p.Apply(t.Context(), []byte(stream)))
	const one, all = "/api/v1/namespaces/showing/secrets/kept", "/api/v1/namespaces/showing/secrets"
	var shows []string
	for verb, q := range map[string]struct{ method, path, option, body string }{
		"get": {http.MethodGet, one, "", ""}, "list": {http.MethodGet, all, "", ""}, "watch": {http.MethodGet, all, "watch=true&timeoutSeconds=1", ""},
		"create": {http.MethodPost, all, "dryRun=All", `{"metadata": {"name": "other"}}`}, "update": {http.MethodPut, one, "dryRun=All", `{"metadata": {"name": "kept"}}`},
		"patch": {http.MethodPatch, one, "dryRun=All", "{}"}, "delete": {http.MethodDelete, one, "dryRun=All&propagationPolicy=Foreground", ""},
		"deletecollection": {http.MethodDelete, all, "dryRun=All", ""},
	} {
		client := as(t, p, "showing-"+verb, "")
		var answer []byte
		// The server learns of the bindings a moment after it took them.
		require.Eventually(t, func() bool {
			request := client.Verb(q.method).RequestURI(q.path+"?"+q.option).SetHeader("Content-Type", "application/json").Body([]byte(q.body))
			if verb == "patch" {
				request.SetHeader("Content-Type", "application/merge-patch+json")
			}
			var err error
			answer, err = request.DoRaw(t.Context())
			return err == nil
		}, time.Minute, 20*time.Millisecond, verb)
		if strings.Contains(string(answer), "aGlkZGVu") { // hidden
			shows = append(shows, verb)
		}
	}
	assert.ElementsMatch(t, rbac.ShowingSecrets(), shows)

	snapshot, documents := collectRights(t, p)
	rights := rbac.Of(engine.NewView(&snapshot, documents, engine.Params{}))
	for verb, body := range map[string]string{"patch": `{"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}}`, "create": `{"metadata": {"name": "shown"}}`} {
		q := rbac.Request{Verb: verb, Resource: "namespaces", Namespace: "showing"}
		method, path := http.MethodPatch, "/api/v1/namespaces/showing"
		if verb == "create" {
			q.Namespace, method, path = "", http.MethodPost, "/api/v1/namespaces"
		}
		contentType := map[string]string{"patch": "application/merge-patch+json", "create": "application/json"}[verb]
		_, err := as(t, p, "showing-"+verb, "").Verb(method).RequestURI(path+"?dryRun=All").SetHeader("Content-Type", contentType).Body([]byte(body)).DoRaw(t.Context())
		allowed := len(rights.May(rbac.Subject{Kind: "User", Name: "showing-" + verb}, q)) > 0
		assert.Equal(t, allowed, err == nil, "%s: %v", verb, err)
		assert.Equal(t, verb == "create", apierrors.IsForbidden(err), "%s: %v", verb, err)
	}
}

// What is said of the default roles that files bind and do not hold is so.
func TestTheDefaultRolesThatReadSecrets(t *testing.T) {
	snapshot, documents := collectRights(t, planetest.Need(t, plane))
	var requests []rbac.Request
	for _, verb := range rbac.ShowingSecrets() {
		requests = append(requests, rbac.Request{Verb: verb, Resource: "secrets"})
	}
	may := rbac.Asking(requests)
	read := 0
	for _, role := range rbac.Of(engine.NewView(&snapshot, documents, engine.Params{})).Roles() {
		if role.Ref.Of() == rbac.ClusterRoleKind && rbac.Default(role.Ref.Name) && len(role.Rules) > 0 {
			reads := may(role.Rules) == rbac.Any
			assert.Equal(t, reads || slices.Contains([]string{"admin", "edit"}, role.Ref.Name), rbac.ReadsSecrets(role.Ref.Name), role.Ref.Name)
			if reads {
				read++
			}
		}
	}
	assert.NotZero(t, read)
}

// Who may speak as a user of the name of a service account may not speak as that account.
func TestSpeakingAsAnAccountByItsName(t *testing.T) {
	p := planetest.Need(t, plane)
	require.NoError(t, p.Apply(t.Context(), []byte(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: speaking}
rules: [{verbs: [impersonate], apiGroups: [''], resources: [users], resourceNames: ['system:serviceaccount:default:default', zoe]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: speaking}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: speaking}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: speaking}]
`)))
	version := func(through string) error {
		return as(t, p, "speaking", through).Get().RequestURI("/api").Do(t.Context()).Error()
	}
	require.Eventually(t, func() bool { return version("zoe") == nil }, time.Minute, 20*time.Millisecond)
	assert.ErrorContains(t, version("system:serviceaccount:default:default"), `cannot impersonate resource "serviceaccounts"`)
}

// The right to get a pod's exec opens no websocket in this version of the API server, and that
// to get and create it does, as far as there is a pod.
func TestEnteringPodsByGet(t *testing.T) {
	p := planetest.Need(t, plane)
	snapshot, documents := collectRights(t, p)
	require.False(t, rbac.OpensByGet(engine.NewView(&snapshot, documents, engine.Params{})), snapshot.Target.ServerVersion)
	stream := "apiVersion: v1\nkind: Pod\nmetadata: {name: entered, namespace: default}\nspec: {nodeName: nowhere, containers: [{name: a, image: a}]}\n"
	for verbs, name := range map[string]string{"get": "entering-get", "get, create": "entering-both"} {
		stream += fmt.Sprintf(`---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: %[1]s, namespace: default}
rules: [{verbs: [%[2]s], apiGroups: [''], resources: [pods/exec]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: %[1]s, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: %[1]s}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: %[1]s}]
`, name, verbs)
	}
	require.NoError(t, p.Apply(t.Context(), []byte(stream)))
	enter := func(user string) string {
		return fmt.Sprint(as(t, p, user, "").Get().RequestURI("/api/v1/namespaces/default/pods/entered/exec?command=id").
			SetHeader("Connection", "Upgrade").SetHeader("Upgrade", "websocket").SetHeader("Sec-WebSocket-Version", "13").SetHeader("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==").Do(t.Context()).Error())
	}
	refused := func(user string) bool { return strings.Contains(enter(user), "is forbidden") }
	require.Eventually(t, func() bool { return !refused("entering-both") }, time.Minute, 20*time.Millisecond)
	require.Eventually(t, func() bool { return !strings.Contains(enter("entering-get"), "cannot get resource") }, time.Minute, 20*time.Millisecond, "the role is known")
	assert.True(t, refused("entering-get"), enter("entering-get"))
}
