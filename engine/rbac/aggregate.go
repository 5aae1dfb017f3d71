package rbac

import (
	"reflect"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"tickmark/engine"
)

// aggregate returns the rules of each cluster role. In a cluster what counts is
// what stands in the role: the controller writes aggregated rules there. In files
// nobody has done that yet, so that they are gathered from the roles that the
// selectors match, over any number of steps, and added to what is written.
func aggregate(roles []engine.Typed[rbacv1.ClusterRole], files bool) [][]rbacv1.PolicyRule {
	rules := make([][]rbacv1.PolicyRule, len(roles))
	for i, r := range roles {
		rules[i] = r.Value.Rules
	}
	if !files {
		return rules
	}
	matched := make([][]int, len(roles))
	for i, r := range roles {
		matched[i] = matches(r.Value.AggregationRule, roles)
	}
	for i := range roles {
		if len(matched[i]) > 0 {
			rules[i] = gather(roles, matched, i)
		}
	}
	return rules
}

// matches returns the roles that an aggregation rule selects. An empty selector
// selects all of them; one that is invalid none, as with the controller.
func matches(rule *rbacv1.AggregationRule, roles []engine.Typed[rbacv1.ClusterRole]) []int {
	if rule == nil {
		return nil
	}
	var selected []int
	for _, s := range rule.ClusterRoleSelectors {
		selector, err := metav1.LabelSelectorAsSelector(&s)
		if err != nil {
			continue
		}
		for j, candidate := range roles {
			if selector.Matches(labels.Set(candidate.Value.Labels)) {
				selected = append(selected, j)
			}
		}
	}
	return selected
}

// gather follows what is selected from role i; each role is visited once, which
// ends circles.
func gather(roles []engine.Typed[rbacv1.ClusterRole], matched [][]int, i int) []rbacv1.PolicyRule {
	seen, queue := map[int]bool{i: true}, []int{i}
	var rules []rbacv1.PolicyRule
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, rule := range roles[at].Value.Rules {
			if !slices.ContainsFunc(rules, func(r rbacv1.PolicyRule) bool { return reflect.DeepEqual(r, rule) }) {
				rules = append(rules, rule)
			}
		}
		for _, next := range matched[at] {
			if !seen[next] {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	return rules
}
