package rbac_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/yaml"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/engine/kube/planetest"
	"tickmark/engine/rbac"
)

var plane *planetest.Plane

func TestMain(m *testing.M) { planetest.Main(m, planetest.Lax, &plane) }

// collectRights reads the rights of the plane as an auditor with the printed role.
func collectRights(t *testing.T, p *planetest.Plane) (engine.Snapshot, engine.Documents) {
	t.Helper()
	require.NoError(t, p.Apply(t.Context(), []byte(kube.PrintRole(kube.Wish{})+`
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: auditors}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: `+kube.RoleName+`}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: auditors}]
`)))
	text, err := p.User("alice", "auditors")
	require.NoError(t, err)
	config, err := clientcmd.RESTConfigFromKubeConfig(text)
	require.NoError(t, err)
	bodies := map[engine.Digest][]byte{}
	live := &kube.Live{Config: config, Name: "alice", Now: func() time.Time { return time.Unix(0, 0) }}
	var snapshot engine.Snapshot
	// The server learns of the binding a moment after it took it.
	require.Eventually(t, func() bool {
		snapshot, err = live.Collect(t.Context(), engine.Intake{Document: func(d engine.Document) error {
			bodies[d.Digest] = d.Body
			return nil
		}})
		return err == nil && !slices.ContainsFunc(rbac.Kinds(), func(k engine.Kind) bool { return !snapshot.Saw(k) })
	}, 2*time.Minute, 20*time.Millisecond)
	return snapshot, func(d engine.Digest) ([]byte, error) {
		if body, known := bodies[d]; known {
			return body, nil
		}
		return nil, errors.New("not collected")
	}
}

// asker is somebody who asks: a user name with the groups of the authenticator.
type asker struct {
	user   string
	groups []string
}

var (
	spaces = []string{"sar-a", "sar-b"}
	askers = []asker{
		{user: "ann"},
		{user: "bob", groups: []string{"ops"}},
		{user: "cy", groups: []string{"ops", "dev"}},
		{user: "system:serviceaccount:sar-a:bot"},
		{user: "system:serviceaccount:sar-b:bot"},
		{user: "system:serviceaccount:sar-a:default"},
		{user: "system:anonymous"},
		{user: "dan", groups: []string{"system:serviceaccounts:sar-b"}}, // by his authenticator
		{user: "system:serviceaccount:sar-a:bot:x"},
		{user: "ops"},
		{user: "root", groups: []string{"system:masters"}},
	}
	boundSubjects = []rbacv1.Subject{
		{Kind: "User", Name: "ann"},
		{Kind: "Group", Name: "ops"},
		{Kind: "Group", Name: "dev"},
		{Kind: "ServiceAccount", Name: "bot", Namespace: "sar-a"},
		{Kind: "ServiceAccount", Name: "bot", Namespace: "sar-b"},
		{Kind: "User", Name: "system:serviceaccount:sar-a:default"},
		{Kind: "Group", Name: "system:serviceaccounts:sar-b"},
		{Kind: "User", Name: "system:serviceaccount:sar-a:bot:x"},
		{Kind: "User", Name: "system:serviceaccount:sar-b:bot"},
		{Kind: "Group", Name: "ann"},
		{Kind: "Group", Name: "system:serviceaccounts"},
		{Kind: "Group", Name: "system:authenticated"},
		{Kind: "Group", Name: "system:unauthenticated"},
	}
	verbs     = []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "impersonate", "*"}
	resources = []string{
		"/pods", "/pods/exec", "/pods/log", "/pods/*", "/secrets", "/nodes/proxy", "/services/proxy", "/serviceaccounts/token", "apps/deployments", "apps/deployments/scale",
		"apps/statefulsets/scale", "apps/pods", "/namespaces", "example.com/things", "example.com/things/scale", "/*",
	}
	urls    = []string{"/metrics", "/metrics/", "/metrics/slis", "/healthz", "/healthz/etcd", "/logs/", "/", "/*"}
	objects = []string{"", "one", "two", "*"}
)

// some returns a few of a list.
func some(r *rand.Rand, from []string, more ...string) []string {
	all := slices.Concat(from, more)
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:1+r.IntN(2)]
}

func generatedRule(r *rand.Rand, urlsToo bool) rbacv1.PolicyRule {
	rule := rbacv1.PolicyRule{Verbs: some(r, verbs)}
	if urlsToo && r.IntN(4) == 0 {
		rule.NonResourceURLs = some(r, urls, "/metrics*", "/metrics/*", "/m*s", "/healthz/**", "*")
		return rule
	}
	for _, of := range some(r, resources, "*/*", "/*/exec", "apps/*/scale", "*/*/scale", "/*/proxy", "*/secrets") {
		group, resource, _ := strings.Cut(of, "/")
		rule.APIGroups, rule.Resources = append(rule.APIGroups, group), append(rule.Resources, resource)
	}
	if r.IntN(3) == 0 {
		rule.ResourceNames = some(r, objects)
	}
	return rule
}

// generated makes roles and bindings of every shape that there is.
func generated(seed uint64) (clusterRoles []*rbacv1.ClusterRole, rest []any) {
	r := rand.New(rand.NewPCG(seed, seed))
	kind := func(name string) metav1.TypeMeta {
		return metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: name}
	}
	rules := func(urlsToo bool) (rules []rbacv1.PolicyRule) {
		for range 1 + r.IntN(2) {
			rules = append(rules, generatedRule(r, urlsToo))
		}
		return rules
	}
	subjects := func() (some []rbacv1.Subject) {
		for range r.IntN(3) {
			s := boundSubjects[r.IntN(len(boundSubjects))]
			if s.Kind != "ServiceAccount" {
				s.APIGroup = rbacv1.GroupName
			}
			some = append(some, s)
		}
		return some
	}
	for i := range 16 {
		role := &rbacv1.ClusterRole{TypeMeta: kind("ClusterRole"), ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("sar-%d", i), Labels: map[string]string{"sar": fmt.Sprint(i % 4)}}}
		if i%4 == 3 { // 3 and 7 select each other, 11 itself alone, 15 what is nowhere
			selector := metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "sar", Operator: "In", Values: []string{"0", "3"}}}}
			switch i {
			case 11:
				role.Labels["alone"], selector = "yes", metav1.LabelSelector{MatchLabels: map[string]string{"alone": "yes"}}
			case 15:
				selector = metav1.LabelSelector{MatchLabels: map[string]string{"sar": "nowhere"}}
			}
			role.AggregationRule = &rbacv1.AggregationRule{ClusterRoleSelectors: []metav1.LabelSelector{selector}}
		} else {
			role.Rules = rules(true)
		}
		clusterRoles = append(clusterRoles, role)
	}
	for i := range 12 {
		space := spaces[i%2]
		rest = append(rest, &rbacv1.Role{TypeMeta: kind("Role"), ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("sar-%d", i), Namespace: space}, Rules: rules(false)})
	}
	for i := range 40 {
		meta := metav1.ObjectMeta{Name: fmt.Sprintf("sar-%d", i)}
		to := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: fmt.Sprintf("sar-%d", r.IntN(18))} // the last two are not there
		if i%3 == 0 {
			rest = append(rest, &rbacv1.ClusterRoleBinding{TypeMeta: kind("ClusterRoleBinding"), ObjectMeta: meta, RoleRef: to, Subjects: subjects()})
			continue
		}
		if r.IntN(2) == 0 {
			to.Kind = "Role"
		}
		meta.Namespace = spaces[r.IntN(2)]
		rest = append(rest, &rbacv1.RoleBinding{TypeMeta: kind("RoleBinding"), ObjectMeta: meta, RoleRef: to, Subjects: subjects()})
	}
	return clusterRoles, rest
}

// control does what the controller of aggregation does, until nothing changes.
func control(t *testing.T, roles []*rbacv1.ClusterRole) {
	t.Helper()
	for changed := true; changed; {
		changed = false
		for _, role := range roles {
			if role.AggregationRule == nil {
				continue
			}
			for _, s := range role.AggregationRule.ClusterRoleSelectors {
				selector, err := metav1.LabelSelectorAsSelector(&s)
				require.NoError(t, err)
				for _, other := range roles {
					if other == role || !selector.Matches(labels.Set(other.Labels)) {
						continue
					}
					for _, rule := range other.Rules {
						if !slices.ContainsFunc(role.Rules, func(r rbacv1.PolicyRule) bool { return assert.ObjectsAreEqual(r, rule) }) {
							role.Rules, changed = append(role.Rules, rule), true
						}
					}
				}
			}
		}
	}
}

func apply[T any](t *testing.T, p *planetest.Plane, objects []T) {
	t.Helper()
	var stream strings.Builder
	for _, o := range objects {
		raw, err := json.Marshal(o)
		require.NoError(t, err)
		text, err := yaml.JSONToYAML(raw)
		require.NoError(t, err)
		stream.WriteString("---\n" + string(text))
	}
	require.NoError(t, p.Apply(t.Context(), []byte(stream.String())))
}

// question is one point of the grid.
type question struct {
	as asker
	q  rbac.Request
}

// grid is what is asked: some of all that could be.
func grid(seed uint64) []question {
	const some = 6000
	var all []question
	for _, as := range askers {
		for _, verb := range verbs {
			for _, url := range urls {
				all = append(all, question{as, rbac.Request{Verb: verb, URL: url}})
			}
			for _, of := range resources {
				parts := strings.SplitN(of, "/", 3)
				q := rbac.Request{Verb: verb, Group: parts[0], Resource: parts[1]}
				if len(parts) == 3 {
					q.Subresource = parts[2]
				}
				for _, q.Namespace = range append(spaces, "") {
					for _, q.Name = range objects {
						all = append(all, question{as, q})
					}
				}
			}
		}
	}
	rand.New(rand.NewPCG(seed, some)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:some]
}

func (a asker) subject() rbac.Subject {
	if account, is := rbac.Account(a.user); is {
		return account
	}
	return rbac.Subject{Kind: rbacv1.UserKind, Name: a.user}
}

// answer is what the product says.
func (q question) answer(rights *rbac.Rights) bool {
	return slices.Contains(q.as.groups, rbac.Masters.Name) || len(rights.May(q.as.subject(), q.q, q.as.groups...)) > 0
}

// review is the question as the API server is asked it.
func (q question) review() *authorizationv1.SubjectAccessReview {
	spec := authorizationv1.SubjectAccessReviewSpec{User: q.as.user, Groups: slices.Clone(q.as.groups)}
	for _, implied := range rbac.Implied(q.as.subject()) {
		spec.Groups = append(spec.Groups, implied.Name)
	}
	if q.q.URL != "" {
		spec.NonResourceAttributes = &authorizationv1.NonResourceAttributes{Verb: q.q.Verb, Path: q.q.URL}
	} else {
		spec.ResourceAttributes = &authorizationv1.ResourceAttributes{
			Verb: q.q.Verb, Group: q.q.Group, Resource: q.q.Resource, Subresource: q.q.Subresource, Name: q.q.Name, Namespace: q.q.Namespace,
		}
	}
	return &authorizationv1.SubjectAccessReview{Spec: spec}
}

// Every answer about a generated set of rights equals what the API server's own
// authorizer says: as it stands, once a controller has aggregated, and where labels changed
// and it has not done so again.
func TestWhoCanAgreesWithTheAPIServer(t *testing.T) {
	const seed = 7
	p := planetest.Need(t, plane)
	clusterRoles, rest := generated(seed)
	apply(t, p, []map[string]any{
		{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": spaces[0]}},
		{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": spaces[1]}},
	})
	apply(t, p, clusterRoles)
	apply(t, p, rest)
	before, documents := collectRights(t, p)
	agree(t, p, "as written", grid(seed), rbac.Of(engine.NewView(&before, documents, engine.Params{})))

	control(t, clusterRoles)
	apply(t, p, clusterRoles)
	after, documentsAfter := collectRights(t, p)
	aggregated := rbac.Of(engine.NewView(&after, documentsAfter, engine.Params{}))
	allowed := agree(t, p, "aggregated", grid(seed), aggregated)
	before.Target.ID = "manifests:before"
	fromFiles := rbac.Of(engine.NewView(&before, documents, engine.Params{}))
	for i, q := range grid(seed) {
		require.Equal(t, allowed[i], q.answer(fromFiles), "gathered from files: %s: %s", q.as.user, q.q)
	}

	for i, role := range clusterRoles {
		role.Labels["sar"] = fmt.Sprint((i + 1) % 4)
	}
	apply(t, p, clusterRoles)
	stale, documentsStale := collectRights(t, p)
	agree(t, p, "with other labels", grid(seed), rbac.Of(engine.NewView(&stale, documentsStale, engine.Params{})))
}

// agree asks the server every question, and wants the same answers.
func agree(t *testing.T, p *planetest.Plane, what string, questions []question, rights *rbac.Rights) []bool {
	t.Helper()
	config := p.Admin()
	config.QPS = -1
	client, err := kubernetes.NewForConfig(config)
	require.NoError(t, err)
	allowed, errs := make([]bool, len(questions)), make([]error, len(questions))
	ask := func(i int) {
		var review *authorizationv1.SubjectAccessReview
		review, errs[i] = client.AuthorizationV1().SubjectAccessReviews().Create(context.Background(), questions[i].review(), metav1.CreateOptions{})
		if errs[i] == nil {
			allowed[i] = review.Status.Allowed
		}
	}
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := worker; i < len(questions); i += 8 {
				ask(i)
			}
		})
	}
	all.Wait()
	same, granted := 0, 0
	for i, q := range questions {
		if allowed[i] != q.answer(rights) {
			ask(i) // its authorizer may have known of the last binding a moment later than we
		}
		if allowed[i] {
			granted++
		}
		if assert.Equal(t, allowed[i], q.answer(rights), "%s: %s", q.as.user, q.q) {
			same++
		}
	}
	require.NoError(t, errors.Join(errs...))
	fmt.Printf("rbac-sar: %d of %d agree\n", same, len(questions))
	require.Greater(t, granted, len(questions)/20, "%s: the set grants something", what)
	require.Less(t, granted, len(questions)*3/4, "%s: and not everything", what)
	return allowed
}

// The default roles for people that manifests bind and do not hold are known as the
// API server makes them.
func TestTheDefaultRolesAreKnown(t *testing.T) {
	p := planetest.Need(t, plane)
	snapshot, documents := collectRights(t, p)
	snapshot.Target.ID = "manifests:all"
	roles := rbac.Of(engine.NewView(&snapshot, documents, engine.Params{})).Roles()
	flat := func(rules []rbacv1.PolicyRule) []string {
		var all []string
		for _, rule := range rules {
			for _, verb := range rule.Verbs {
				for _, url := range rule.NonResourceURLs {
					all = append(all, verb+" "+url)
				}
				for _, group := range rule.APIGroups {
					for _, resource := range rule.Resources {
						all = append(all, verb+" "+resource+"."+group)
					}
				}
			}
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	for _, name := range []string{"cluster-admin", "admin", "edit", "view"} {
		i := slices.IndexFunc(roles, func(r *rbac.Role) bool { return r.Ref.Name == name && r.Ref.Of() == rbac.ClusterRoleKind })
		require.GreaterOrEqual(t, i, 0, name)
		assert.Equal(t, flat(roles[i].Rules), flat(rbac.KnownRules(name)), name)
	}
}
