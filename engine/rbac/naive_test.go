package rbac_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
	"tickmark/engine/rbac"
)

// naive answers as the API server's authorizer does, binding by binding and rule by rule,
// from the rules of rbac.authorization.k8s.io as they are written.
type naive struct {
	clusterRoles []*rbacv1.ClusterRole
	rest         []any
}

func (n naive) allowed(as asker, q rbac.Request) bool {
	user, groups := as.user, slices.Clone(as.groups)
	parts := strings.Split(user, ":")
	switch {
	case user == "system:anonymous":
		groups = append(groups, "system:unauthenticated")
	case len(parts) == 4 && parts[0] == "system" && parts[1] == "serviceaccount":
		groups = append(groups, "system:authenticated", "system:serviceaccounts", "system:serviceaccounts:"+parts[2])
	default:
		groups = append(groups, "system:authenticated")
	}
	if slices.Contains(groups, "system:masters") {
		return true
	}
	is := func(s rbacv1.Subject, namespace string) bool {
		switch s.Kind {
		case "User":
			return s.Name == user
		case "Group":
			return slices.Contains(groups, s.Name)
		}
		if s.Namespace == "" {
			s.Namespace = namespace
		}
		return user == "system:serviceaccount:"+s.Namespace+":"+s.Name
	}
	for _, o := range n.rest {
		switch b := o.(type) {
		case *rbacv1.ClusterRoleBinding:
			if slices.ContainsFunc(b.Subjects, func(s rbacv1.Subject) bool { return is(s, "") }) && n.grants(b.RoleRef, "", q) {
				return true
			}
		case *rbacv1.RoleBinding:
			within := q.URL == "" && q.Namespace != "" && q.Namespace == b.Namespace
			if within && slices.ContainsFunc(b.Subjects, func(s rbacv1.Subject) bool { return is(s, b.Namespace) }) && n.grants(b.RoleRef, b.Namespace, q) {
				return true
			}
		}
	}
	return false
}

// grants reports whether a rule of a role allows a request; none does of a role that is
// not there.
func (n naive) grants(to rbacv1.RoleRef, namespace string, q rbac.Request) bool {
	var rules []rbacv1.PolicyRule
	for _, r := range n.clusterRoles {
		if to.Kind == "ClusterRole" && r.Name == to.Name {
			rules = r.Rules
		}
	}
	for _, o := range n.rest {
		if r, is := o.(*rbacv1.Role); is && to.Kind == "Role" && r.Name == to.Name && r.Namespace == namespace {
			rules = r.Rules
		}
	}
	for _, r := range rules {
		if q.URL != "" {
			for _, url := range r.NonResourceURLs {
				prefix := strings.TrimRight(url, "*")
				if either(r.Verbs, q.Verb) && (url == q.URL || prefix != url && strings.HasPrefix(q.URL, prefix)) {
					return true
				}
			}
			continue
		}
		named := len(r.ResourceNames) == 0 || slices.Contains(r.ResourceNames, q.Name)
		resource := either(r.Resources, q.Resource)
		if q.Subresource != "" {
			resource = either(r.Resources, q.Resource+"/"+q.Subresource) || slices.Contains(r.Resources, "*/"+q.Subresource)
		}
		if named && resource && either(r.Verbs, q.Verb) && either(r.APIGroups, q.Group) {
			return true
		}
	}
	return false
}

func either(all []string, one string) bool {
	return slices.Contains(all, "*") || slices.Contains(all, one)
}

// rights reads objects as collected from a target.
func rights(t *testing.T, target string, n naive) *rbac.Rights {
	t.Helper()
	snapshot, bodies := engine.Snapshot{Target: engine.Target{ID: target}}, map[engine.Digest][]byte{}
	add := func(o any) {
		raw, err := json.Marshal(o)
		require.NoError(t, err)
		var head metav1.PartialObjectMetadata
		require.NoError(t, json.Unmarshal(raw, &head))
		body, err := engine.CanonicalJSON(raw)
		require.NoError(t, err)
		d := engine.NewDocument(engine.Ref{Group: rbacv1.GroupName, Kind: head.Kind, Namespace: head.Namespace, Name: head.Name}, body)
		bodies[d.Digest] = body
		snapshot.Entries = append(snapshot.Entries, engine.Entry{Ref: d.Ref, Digest: d.Digest})
	}
	for _, r := range n.clusterRoles {
		add(r)
	}
	for _, o := range n.rest {
		add(o)
	}
	snapshot.Sort()
	for _, k := range rbac.Kinds() {
		snapshot.Populations = append(snapshot.Populations, engine.Population{Kind: k, Complete: true})
	}
	return rbac.Of(engine.NewView(&snapshot, func(d engine.Digest) ([]byte, error) { return bodies[d], nil }, engine.Params{}))
}

// widen adds what no API server is asked about in each run: aggregation by several
// selectors and by all, accounts of the binding's own namespace, and rules of every sort
// in a role that is aggregated.
func widen(r *rand.Rand, n *naive) {
	labelled := func(values ...string) metav1.LabelSelector {
		return metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "sar", Operator: "In", Values: values}}}
	}
	for _, role := range n.clusterRoles {
		if role.AggregationRule != nil {
			role.AggregationRule.ClusterRoleSelectors = [][]metav1.LabelSelector{
				{labelled("1"), labelled("2", "3")}, {labelled("none"), {MatchLabels: map[string]string{"sar": "0"}}}, {labelled("1", "2"), labelled("2")}, {},
			}[r.IntN(4)]
			if r.IntN(2) == 0 {
				role.Rules = []rbacv1.PolicyRule{generatedRule(r, true)} // which the controller leaves there
			}
		}
		if r.IntN(6) == 0 {
			role.Labels = nil
		}
	}
	for _, o := range n.rest {
		if b, is := o.(*rbacv1.RoleBinding); is && r.IntN(3) == 0 {
			b.Subjects = append(b.Subjects, rbacv1.Subject{Kind: "ServiceAccount", Name: "bot"})
		}
	}
}

// Every answer about generated sets of rights equals that of a plain authorizer: as it
// stands in a cluster, and in files, whose roles no controller has aggregated yet.
func TestWhoCanAgreesWithAPlainAuthorizer(t *testing.T) {
	granted := 0
	for seed := range uint64(20) {
		questions := grid(seed)
		n := naive{}
		n.clusterRoles, n.rest = generated(seed)
		widen(rand.New(rand.NewPCG(seed, 3)), &n)
		cluster, files := rights(t, "k8s:test", n), rights(t, "manifests:test", n)
		for _, q := range questions {
			require.Equal(t, n.allowed(q.as, q.q), q.answer(cluster), "seed %d: %s: %s", seed, q.as.user, q.q)
		}
		control(t, n.clusterRoles)
		for _, q := range questions {
			want := n.allowed(q.as, q.q)
			require.Equal(t, want, q.answer(files), "seed %d, in files: %s: %s", seed, q.as.user, q.q)
			if want {
				granted++
			}
		}
	}
	require.NotZero(t, granted)
}
