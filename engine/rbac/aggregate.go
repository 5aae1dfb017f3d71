package rbac

import (
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"tickmark/engine"
)

// aggregate returns the rules of each cluster role. In a cluster the controller
// has already written aggregated rules into the role; in manifests they are
// still to be gathered from the roles that the selectors match.
func aggregate(roles []engine.Typed[rbacv1.ClusterRole]) [][]rbacv1.PolicyRule {
	rules := make([][]rbacv1.PolicyRule, len(roles))
	for i, r := range roles {
		rules[i] = r.Value.Rules
		if r.Value.AggregationRule != nil && len(rules[i]) == 0 {
			rules[i] = gather(roles, i, map[int]bool{})
		}
	}
	return rules
}

// gather follows aggregation from role i; seen ends circles.
func gather(roles []engine.Typed[rbacv1.ClusterRole], i int, seen map[int]bool) []rbacv1.PolicyRule {
	if seen[i] {
		return nil
	}
	seen[i] = true
	role := roles[i].Value
	if role.AggregationRule == nil || len(role.Rules) > 0 {
		return role.Rules
	}
	var rules []rbacv1.PolicyRule
	for _, s := range role.AggregationRule.ClusterRoleSelectors {
		selector, err := metav1.LabelSelectorAsSelector(&s)
		if err != nil {
			continue // the controller cannot match it either
		}
		for j, candidate := range roles {
			if selector.Matches(labels.Set(candidate.Value.Labels)) {
				rules = append(rules, gather(roles, j, seen)...)
			}
		}
	}
	return rules
}
