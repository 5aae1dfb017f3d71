package checks

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

// requestOf is a certificate signing request with these conditions.
func requestOf(name, conditions string, groups ...string) string {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: name, Organization: groups}}, key)
	if err != nil {
		panic(err)
	}
	return signingRequest(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}), conditions)
}

func signingRequest(text []byte, conditions string) string {
	return fmt.Sprintf("{apiVersion: certificates.k8s.io/v1, kind: CertificateSigningRequest, metadata: {name: c}, spec: {signerName: kubernetes.io/kube-apiserver-client, request: %s}, status: {conditions: %s}}",
		base64.StdEncoding.EncodeToString(text), conditions)
}

func TestCertificateRequests(t *testing.T) {
	const id, masters = "certificates-without-system-masters", "system:masters"
	for name, c := range map[string]struct {
		request string
		want    engine.Verdict
	}{
		"approved":                 {requestOf("eve", "[{type: Approved, status: 'True'}]", masters), engine.Fail},
		"waiting":                  {requestOf("eve", "[]", "dev", masters), engine.Fail},
		"denied":                   {requestOf("eve", "[{type: Denied, status: 'True'}]", masters), engine.Pass},
		"failed":                   {requestOf("eve", "[{type: Failed, status: 'True'}]", masters), engine.Pass},
		"another group":            {requestOf("eve", "[{type: Approved}]", "system:masters:not"), engine.Pass},
		"a name is no group":       {requestOf(masters, "[{type: Approved}]"), engine.Pass},
		"nothing":                  {signingRequest(nil, "[]"), engine.Unknown},
		"no PEM":                   {signingRequest([]byte("hello"), "[]"), engine.Unknown},
		"a certificate":            {signingRequest([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "[]"), engine.Unknown},
		"no request in the PEM":    {signingRequest([]byte("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"), "[]"), engine.Unknown},
		"more than anybody writes": {signingRequest([]byte(strings.Repeat("x", largestRequest+1)), "[]"), engine.Unknown},
	} {
		w := newWorld(t)
		w.read(t, c.request)
		assert.Equal(t, c.want, w.result(t, id).Verdict, name)
	}
}

func FuzzCertificateRequest(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if asked, err := readRequest(text); err == nil {
			assert.NotNil(t, asked)
		}
	})
}

func TestWhoIsCounted(t *testing.T) {
	const id = "pods-entered-by-few"
	exec := anyVerb("", "pods/exec")
	four := []rbacv1.Subject{user("ann"), user("bob"), user("cy"), user("di")}
	for name, c := range map[string]struct {
		objects []metav1.Object
		want    engine.Verdict
		part    string
	}{
		"in two namespaces, two each":    {[]metav1.Object{exec, inNamespace("a", "ClusterRole", "r", four[:2]...), inNamespace("b", "ClusterRole", "r", four[2:]...)}, engine.Pass, "Nobody is granted it in the whole cluster"},
		"in one namespace":               {[]metav1.Object{exec, inNamespace("a", "ClusterRole", "r", four...)}, engine.Fail, "4 subjects may run commands in pods, attach to them or reach their ports through the API server in this namespace, more than 3"},
		"everywhere and in one":          {[]metav1.Object{exec, bind("r", four[:2]...), inNamespace("a", "ClusterRole", "r", four[2:]...)}, engine.Fail, "in this namespace"},
		"twice the same":                 {[]metav1.Object{exec, bind("r", user("ann"), user("ann")), inNamespace("a", "ClusterRole", "r", user("ann"))}, engine.Pass, "1 subject may"},
		"everybody":                      {[]metav1.Object{exec, bind("r", group("system:authenticated"))}, engine.Fail, "Everybody in Group system:authenticated"},
		"by get":                         {[]metav1.Object{clusterRole("r", rule([]string{"get"}, []string{""}, []string{"pods/portforward"})), bind("r", four...)}, engine.Fail, "4 subjects"},
		"looking is not entering":        {[]metav1.Object{clusterRole("r", rule([]string{"get"}, []string{""}, []string{"pods", "pods/log"})), bind("r", four...)}, engine.Pass, "Nobody"},
		"a Role of the same name":        {[]metav1.Object{exec, inNamespace("a", "Role", "r", four...)}, engine.Pass, "Nobody"},
		"cluster-admin beside manifests": {[]metav1.Object{bind("cluster-admin", four...)}, engine.Pass, ""},
	} {
		r := newWorld(t, c.objects...).result(t, id)
		assert.Equal(t, c.want, r.Verdict, name)
		sentences := ""
		for _, d := range r.Details {
			sentences += d.Sentence + "\n"
		}
		assert.Contains(t, sentences, c.part, name)
	}
	assert.Equal(t, engine.Fail, manifestsOf(newWorld(t, bind("cluster-admin", four...))).result(t, id).Verdict, "cluster-admin is in every cluster")
	assert.Equal(t, engine.Unknown, manifestsOf(newWorld(t, bind("mystery", user("ann")))).result(t, id).Verdict)
	assert.Equal(t, engine.Unknown, manifestsOf(newWorld(t, bind("system:kubelet-api-admin", user("ann")))).result(t, "kubelets-reached-by-few").Verdict,
		"what a default role of a component allows is not known here")

	limited := anyVerb("", "pods/exec")
	limited.Rules[0].ResourceNames = []string{"one"}
	named := newWorld(t, limited, bind("r", four...)).result(t, id)
	assert.Equal(t, engine.Pass, named.Verdict)
	assert.Contains(t, named.Details[0].Sentence, "4 subjects limited to named objects")
	w := newWorld(t, exec, bind("r", user("ann"), user("bob")))
	w.params.Limits = map[string]int{id: 1}
	assert.Equal(t, engine.Fail, w.result(t, id).Verdict, "the number is the assessment's")
}

// What is in no namespace is given by a ClusterRoleBinding alone, but a namespace is in itself.
func TestWhereARightHolds(t *testing.T) {
	four := []rbacv1.Subject{user("ann"), user("bob"), user("cy"), user("di")}
	const admins = "policy.networking.k8s.io"
	for name, c := range map[string]struct {
		id         string
		rule       rbacv1.PolicyRule
		within, of engine.Verdict // bound in the namespace a, and everywhere
	}{
		"patching a namespace":       {"namespaces-changed-by-few", rule([]string{"patch"}, []string{""}, []string{"namespaces"}), engine.Fail, engine.Fail},
		"deleting it":                {"namespaces-changed-by-few", rule([]string{"delete"}, []string{""}, all()), engine.Fail, engine.Fail},
		"making another":             {"namespaces-changed-by-few", rule([]string{"create"}, []string{""}, []string{"namespaces"}), engine.Pass, engine.Fail},
		"itself by name":             {"namespaces-changed-by-few", ofNames(rule([]string{"update"}, []string{""}, []string{"namespaces"}), "a"), engine.Fail, engine.Pass},
		"another by name":            {"namespaces-changed-by-few", ofNames(rule([]string{"update"}, []string{""}, []string{"namespaces"}), "b"), engine.Pass, engine.Pass},
		"reading it":                 {"namespaces-changed-by-few", rule([]string{"get", "list"}, []string{""}, []string{"namespaces"}), engine.Pass, engine.Pass},
		"cluster roles":              {"access-administered-by-few", rule([]string{"patch"}, []string{rbacv1.GroupName}, []string{"clusterroles"}), engine.Pass, engine.Fail},
		"roles":                      {"access-administered-by-few", rule([]string{"patch"}, []string{rbacv1.GroupName}, []string{"roles"}), engine.Fail, engine.Fail},
		"administrators' policies":   {"network-policies-changed-by-few", rule([]string{"create"}, []string{admins}, []string{"adminnetworkpolicies"}), engine.Pass, engine.Fail},
		"those of the baseline":      {"network-policies-changed-by-few", rule([]string{"delete"}, []string{admins}, []string{"baselineadminnetworkpolicies"}), engine.Pass, engine.Fail},
		"those of the cluster":       {"network-policies-changed-by-few", rule([]string{"update"}, []string{admins}, []string{"clusternetworkpolicies"}), engine.Pass, engine.Fail},
		"Secrets by patching":        {"secrets-read-by-few", rule([]string{"patch"}, []string{""}, []string{"secrets"}), engine.Fail, engine.Fail},
		"by deleting":                {"secrets-read-by-few", rule([]string{"delete"}, []string{""}, []string{"secrets"}), engine.Fail, engine.Fail},
		"by deleting all":            {"secrets-read-by-few", rule([]string{"deletecollection"}, []string{""}, []string{"secrets"}), engine.Fail, engine.Fail},
		"by writing, which is blind": {"secrets-read-by-few", rule([]string{"create", "update"}, []string{""}, []string{"secrets"}), engine.Pass, engine.Pass},
	} {
		role := clusterRole("r", c.rule)
		assert.Equal(t, c.within, newWorld(t, role, inNamespace("a", "ClusterRole", "r", four...)).result(t, c.id).Verdict, "%s, in a namespace", name)
		assert.Equal(t, c.of, newWorld(t, role, bind("r", four...)).result(t, c.id).Verdict, "%s, everywhere", name)
	}
}

// Who may get a way into a pod enters it where the API server asks for no more.
func TestWhoEntersPodsByGet(t *testing.T) {
	const id = "pods-entered-by-few"
	four := bind("r", user("ann"), user("bob"), user("cy"), user("di"))
	for version, byGet := range map[string]engine.Verdict{"": engine.Fail, "v1.34.2": engine.Fail, "v1.36.3": engine.Pass} {
		for resource, want := range map[string]engine.Verdict{"pods/exec": byGet, "pods/attach": byGet, "pods/portforward": byGet, "pods/proxy": engine.Fail, "services/proxy": engine.Fail} {
			w := newWorld(t, clusterRole("r", rule([]string{"get"}, []string{""}, []string{resource})), four)
			w.snapshot.Target.ServerVersion = version
			assert.Equal(t, want, w.result(t, id).Verdict, "%s of %q", resource, version)
			assert.Equal(t, engine.Fail, w.hide(podKind).result(t, id).Verdict, "%s of %q, where an API server may be told otherwise", resource, version)
		}
	}
	for _, verb := range []string{"update", "patch", "delete"} {
		assert.Equal(t, engine.Fail, newWorld(t, clusterRole("r", rule([]string{verb}, []string{""}, []string{"pods/proxy"})), four).result(t, id).Verdict, verb)
	}
}

// ofNames limits a rule to objects.
func ofNames(r rbacv1.PolicyRule, names ...string) rbacv1.PolicyRule {
	r.ResourceNames = names
	return r
}

func TestBindingsByWhatTheyGive(t *testing.T) {
	const escalate, impersonate = "no-escalate-or-bind-rights", "no-impersonation-rights"
	for name, c := range map[string]struct {
		id   string
		rule rbacv1.PolicyRule
		want engine.Verdict
	}{
		"every verb on roles":      {escalate, rule(all(), []string{rbacv1.GroupName}, []string{"roles"}), engine.Fail},
		"writing roles":            {escalate, rule([]string{"create", "update"}, []string{rbacv1.GroupName}, []string{"roles"}), engine.Pass},
		"bind of another group":    {escalate, rule([]string{"bind"}, []string{"example.com"}, []string{"roles"}), engine.Pass},
		"escalate of one role":     {escalate, rbacv1.PolicyRule{Verbs: []string{"escalate"}, APIGroups: []string{rbacv1.GroupName}, Resources: []string{"roles"}, ResourceNames: []string{"x"}}, engine.Fail},
		"accounts":                 {impersonate, rule([]string{"impersonate"}, []string{""}, []string{"serviceaccounts"}), engine.Fail},
		"one user":                 {impersonate, rbacv1.PolicyRule{Verbs: []string{"impersonate"}, APIGroups: []string{""}, Resources: []string{"users"}, ResourceNames: []string{"bot"}}, engine.Fail},
		"extra fields":             {impersonate, rule([]string{"impersonate"}, []string{"authentication.k8s.io"}, []string{"userextras/scopes"}), engine.Fail},
		"UIDs":                     {impersonate, rule([]string{"impersonate"}, []string{"authentication.k8s.io"}, []string{"uids"}), engine.Fail},
		"the newer form":           {impersonate, rule([]string{"impersonate:user-info"}, []string{"authentication.k8s.io"}, []string{"users"}), engine.Fail},
		"users of another product": {impersonate, rule([]string{"get"}, []string{""}, []string{"users"}), engine.Pass},
	} {
		assert.Equal(t, c.want, newWorld(t, clusterRole("r", c.rule), bind("r", user("ann"))).result(t, c.id).Verdict, name)
		assert.Equal(t, engine.Pass, newWorld(t, clusterRole("r", c.rule), bind("r")).result(t, c.id).Verdict, "%s, bound to nobody", name)
	}
	assert.Equal(t, engine.Fail, manifestsOf(newWorld(t, bind("edit", user("ann")))).result(t, impersonate).Verdict, "edit acts as the service accounts of its namespace")
	assert.Equal(t, engine.Unknown, manifestsOf(newWorld(t, bind("mystery", user("ann")))).result(t, escalate).Verdict)
}

func TestBroadGroups(t *testing.T) {
	const id = "broad-groups-have-no-rights"
	viewer := clusterRole("r", rule([]string{"get"}, []string{""}, []string{"pods"}))
	oneself := clusterRole("r", rule([]string{"create"}, []string{"authorization.k8s.io"}, []string{"selfsubjectaccessreviews"}))
	public := clusterRole("r", rbacv1.PolicyRule{Verbs: []string{"get"}, NonResourceURLs: []string{"/version"}})
	for _, name := range []string{"system:authenticated", "system:serviceaccounts", "system:serviceaccounts:pay"} {
		assert.Equal(t, engine.Fail, newWorld(t, viewer, bind("r", user("ann"), group(name))).result(t, id).Verdict, name)
		assert.Equal(t, engine.Fail, newWorld(t, viewer, inNamespace("pay", "ClusterRole", "r", group(name))).result(t, id).Verdict, name)
		assert.Equal(t, engine.Pass, newWorld(t, oneself, bind("r", group(name))).result(t, id).Verdict, name)
		assert.Equal(t, engine.Pass, newWorld(t, public, bind("r", group(name))).result(t, id).Verdict, name)
	}
	assert.Equal(t, engine.Fail, manifestsOf(newWorld(t, bind("view", group("system:authenticated")))).result(t, id).Verdict)
	assert.Equal(t, engine.Unknown, manifestsOf(newWorld(t, bind("mystery", group("system:authenticated")))).result(t, id).Verdict)
	assert.Equal(t, engine.Pass, manifestsOf(newWorld(t, bind("system:basic-user", group("system:authenticated")))).result(t, id).Verdict)
}

func TestDanglingBindings(t *testing.T) {
	const id = "bindings-not-dangling"
	assert.Equal(t, engine.Unknown, manifestsOf(newWorld(t, bind("mystery", user("ann")))).result(t, id).Verdict)
	assert.Equal(t, engine.Pass, manifestsOf(newWorld(t, bind("system:node-proxier", user("ann")))).result(t, id).Verdict)
	refused := manifestsOf(newWorld(t, clusterRole("r"), bind("r", rbacv1.Subject{Kind: "Robot", Name: "r2"}))).result(t, id)
	assert.Equal(t, engine.Fail, refused.Verdict)
	assert.Contains(t, refused.Details[0].Sentence, `subject 1 is of the kind "Robot"`)
}

func TestPathsAreJudgedByWhatWasSeen(t *testing.T) {
	const id = "no-paths-to-cluster-admin"
	reader := anyVerb("", "secrets")
	reader.Rules[0].Verbs = []string{"list"}
	assert.Equal(t, engine.Pass, newWorld(t, reader, bind("r", user("ann"))).result(t, id).Verdict, "no Secret holds a token")
	assert.Equal(t, engine.Unknown, newWorld(t, reader, bind("r", user("ann"))).hide(secretKind).result(t, id).Verdict, "one may hold a token")
	assert.Equal(t, engine.Unknown, manifestsOf(newWorld(t, bind("mystery", user("ann")))).result(t, id).Verdict)
	admin := newWorld(t, clusterRole("cluster-admin", rule(all(), all(), all())), bind("cluster-admin", user("ann"))).result(t, id)
	assert.Equal(t, engine.NotApplicable, admin.Verdict, "who holds it as it is has another check")

	strong := []metav1.Object{
		clusterRole("cluster-admin", rule(all(), all(), all())), bind("cluster-admin", account("ops", "operator")), anyVerb("", "pods/exec"),
		inNamespace("ops", "ClusterRole", "r", user("ann")), goodPod(func(p *corev1.Pod) { p.Namespace, p.Spec.ServiceAccountName = "ops", "operator" }),
	}
	r := newWorld(t, strong...).result(t, id)
	require.Equal(t, engine.Fail, r.Verdict)
	d := r.Details[len(r.Details)-1]
	assert.Equal(t, "User.rbac.authorization.k8s.io ann", d.Subject.String())
	assert.Equal(t, "By the roles it comes to every right in the cluster in 1 step: it runs commands in a pod: ServiceAccount ops/operator", d.Sentence)
	assert.Len(t, d.Cites, 2)

	open := workflow("CronWorkflow", "w", "{serviceAccountName: '{{workflow.parameters.as}}', templates: [{name: t, container: {image: x}}]}")
	entering := func(workflow string) engine.Result {
		w := newWorld(t, anyVerb("", "pods/exec"), inNamespace("pay", "ClusterRole", "r", user("ann")))
		w.read(t, workflow)
		return w.result(t, id)
	}
	of := entering(open)
	assert.Equal(t, engine.Unknown, of.Verdict, "%+v", of.Details)
	assert.Contains(t, of.Details[0].Sentence, "It comes to what CronWorkflow pay/w runs, and as which service account that is cannot be told")
	assert.Equal(t, engine.Pass, entering(strings.Replace(open, "{{workflow.parameters.as}}", "weak", 1)).Verdict)
}

func TestAccountsOfOneApplication(t *testing.T) {
	const id = "service-accounts-not-shared"
	token := func(p *corev1.Pod) { p.Spec.AutomountServiceAccountToken = nil }
	second := func(p *corev1.Pod) { p.Name = "worker" }
	part := func(p *corev1.Pod) { p.Labels = map[string]string{"app.kubernetes.io/part-of": "shop"} }
	own := &corev1.ServiceAccount{ObjectMeta: named("pay", "api")}
	assert.Equal(t, engine.Pass, newWorld(t, own, goodPod(token, part), goodPod(token, part, second)).result(t, id).Verdict, "parts of one application")
	assert.Equal(t, engine.Fail, newWorld(t, own, goodPod(token, part), goodPod(token, second)).result(t, id).Verdict)
	assert.Equal(t, engine.NotApplicable, newWorld(t, own, goodPod(), goodPod(second)).result(t, id).Verdict, "nobody gets its token")
	assert.Equal(t, engine.Unknown, manifestsOf(newWorld(t, goodPod(token), goodPod(token, second))).result(t, id).Verdict, "the account may keep it back")
}

func TestDormantAccounts(t *testing.T) {
	const id = "service-accounts-not-dormant"
	own := &corev1.ServiceAccount{ObjectMeta: named("pay", "api")}
	viewer := clusterRole("viewer", rule([]string{"get"}, []string{""}, []string{"pods"}))
	byName := bind("viewer", user("system:serviceaccount:pay:api"))
	assert.Equal(t, engine.Fail, newWorld(t, own, viewer, byName).result(t, id).Verdict, "bound by its user name")
	assert.Equal(t, engine.Pass, newWorld(t, own, viewer, byName, goodPod()).result(t, id).Verdict)
	gone := newWorld(t, viewer, byName).result(t, id)
	assert.Equal(t, engine.Fail, gone.Verdict)
	assert.Contains(t, gone.Details[0].Sentence, "It does not exist")
	assert.Equal(t, engine.Unknown, manifestsOf(newWorld(t, own, viewer, byName)).result(t, id).Verdict, "more may run than these files say")
	hidden := newWorld(t, own, viewer, byName).hide(podKind).result(t, id)
	for _, d := range hidden.Details {
		assert.Equal(t, engine.Unknown, d.Verdict, d.Sentence)
	}
}

func TestReadersOfTheZone(t *testing.T) {
	const id = "cde-secrets-read-from-inside"
	reader := anyVerb("", "secrets")
	world := func(objects ...metav1.Object) *world {
		w := newWorld(t, objects...)
		w.params.Zones = map[string][]engine.Selector{cdeZone: {{Namespaces: []string{"pay"}}}}
		return w
	}
	assert.Equal(t, engine.Fail, world(reader, bind("r", account("shop", "web"))).result(t, id).Verdict, "everywhere is there too")
	assert.Equal(t, engine.Fail, world(reader, bind("r", user("system:serviceaccount:shop:web"))).result(t, id).Verdict, "by its user name")
	assert.Equal(t, engine.NotApplicable, world(reader, inNamespace("shop", "ClusterRole", "r", account("shop", "web"))).result(t, id).Verdict, "of another namespace")
	assert.Equal(t, engine.NotApplicable, world(reader, bind("r", user("ann"))).result(t, id).Verdict, "a person is in no namespace")
	assert.Equal(t, engine.Unknown, newWorld(t, reader, bind("r", account("shop", "web"))).result(t, id).Verdict, "no zone")
	assert.Equal(t, engine.Fail, manifestsOf(world(inNamespace("pay", "ClusterRole", "edit", account("shop", "web")))).result(t, id).Verdict)
}

func TestWidenedDefaults(t *testing.T) {
	const id = "default-roles-not-widened"
	into := func(names ...string) map[string]string {
		labels := map[string]string{}
		for _, name := range names {
			labels["rbac.authorization.k8s.io/aggregate-to-"+name] = "true"
		}
		return labels
	}
	for name, c := range map[string]struct {
		rule   rbacv1.PolicyRule
		labels map[string]string
		want   engine.Verdict
	}{
		"writing by view":        {rule([]string{"create"}, []string{"example.com"}, []string{"things"}), into("view"), engine.Fail},
		"writing by edit":        {rule([]string{"create"}, []string{"example.com"}, []string{"things"}), into("edit", "admin"), engine.Pass},
		"binding by admin":       {rule([]string{"bind"}, []string{rbacv1.GroupName}, []string{"clusterroles"}), into("admin"), engine.Fail},
		"kubelets by edit":       {rule([]string{"get"}, []string{""}, []string{"nodes/proxy"}), into("edit"), engine.Fail},
		"a wildcard":             {rule(all(), []string{"example.com"}, []string{"things"}), into("admin"), engine.Fail},
		"a label that says no":   {rule(all(), all(), all()), map[string]string{"rbac.authorization.k8s.io/aggregate-to-view": "false"}, engine.NotApplicable},
		"no label, no widening":  {rule(all(), all(), all()), nil, engine.NotApplicable},
		"accounts are in edit":   {rule([]string{"impersonate"}, []string{""}, []string{"serviceaccounts"}), into("edit"), engine.Pass},
		"people are not in edit": {rule([]string{"impersonate"}, []string{""}, []string{"users"}), into("edit"), engine.Fail},
	} {
		assert.Equal(t, c.want, newWorld(t, labelled(clusterRole("things", c.rule), c.labels)).result(t, id).Verdict, name)
	}
}

func TestTheInventoryNamesEverybody(t *testing.T) {
	viewer := clusterRole("viewer")
	r := newWorld(t, viewer, bind("viewer", user("ann"), group("ops")), inNamespace("pay", "ClusterRole", "edit", user("ann"), account("pay", "api"))).result(t, "access-inventory")
	var lines []string
	for _, d := range r.Details {
		lines = append(lines, d.Subject.Kind+" "+d.Subject.Name+": "+d.Sentence)
	}
	assert.Equal(t, []string{
		"Group ops: It holds in the whole cluster: ClusterRole viewer; in single namespaces: none",
		"ServiceAccount api: It holds in the whole cluster: none; in single namespaces: ClusterRole edit in pay",
		"User ann: It holds in the whole cluster: ClusterRole viewer; in single namespaces: ClusterRole edit in pay",
	}, lines)
}

// Twenty thousand bindings of one role: every check of this area reads it once.
func TestManyBindingsAreCheap(t *testing.T) {
	objects := []metav1.Object{anyVerb("", "pods/exec")}
	for i := range 2000 {
		objects = append(objects, inNamespace(fmt.Sprintf("n%d", i), "ClusterRole", "r", user(fmt.Sprintf("u%d", i))))
	}
	w := newWorld(t, objects...)
	for _, c := range append(byFewChecks(), rbacChecks()...) {
		r := w.result(t, c.id)
		assert.NotEqual(t, engine.Unknown, r.Verdict, c.id)
	}
}
