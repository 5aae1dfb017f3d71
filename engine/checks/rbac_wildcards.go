package checks

import (
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
	"tickmark/engine/rbac"
)

// Check roles-without-wildcards.
//
// Fails for a Role or ClusterRole with a rule that has "*" among its verbs, its
// resources, its API groups or its URLs; "*/scale", a subresource of everything,
// counts as well. NotApplicable for the roles that the API server creates: they
// carry its bootstrapping label and a reserved name, and it restores them. Passes
// for all others.
func rolesWithoutWildcards() check {
	return check{
		id: "roles-without-wildcards", version: 1, needs: []engine.Kind{rbac.RoleKind, rbac.ClusterRoleKind},
		looks: []engine.Kind{rbac.RoleBindingKind, rbac.ClusterRoleBindingKind},
		eval: func(v *engine.View) []engine.Detail {
			var details []engine.Detail
			for _, r := range rbac.Of(v).Roles() {
				details = append(details, judgeWildcards(r).of(r.Ref, r.Digest))
			}
			return details
		},
	}
}

func judgeWildcards(r *rbac.Role) finding {
	for i, rule := range r.Rules {
		in := wildcards(rule)
		if len(in) == 0 {
			continue
		}
		field := index("rules", i)
		if r.BuiltIn {
			return notApplicable(field, rule, "Kubernetes creates it and keeps it as it is, with wildcards in %s", strings.Join(in, ", "))
		}
		return fails(field, rule, "%s allows more than it names: wildcards in %s", describeRule(rule), strings.Join(in, ", "))
	}
	return passes("rules", len(r.Rules), "None of its %s has a wildcard", count(len(r.Rules), "rule"))
}

func wildcards(rule rbacv1.PolicyRule) []string {
	var in []string
	star := func(s string) bool { return s == "*" || strings.HasPrefix(s, "*/") }
	for _, part := range []struct {
		name string
		list []string
	}{
		{"verbs", rule.Verbs}, {"resources", rule.Resources}, {"API groups", rule.APIGroups}, {"URLs", rule.NonResourceURLs},
	} {
		if slices.ContainsFunc(part.list, star) || part.name == "URLs" && slices.Contains(part.list, "/*") {
			in = append(in, part.name)
		}
	}
	return in
}

// describeRule says what a rule allows, for a sentence.
func describeRule(rule rbacv1.PolicyRule) string {
	on := rule.Resources
	if len(on) == 0 {
		on = rule.NonResourceURLs
	}
	return fmt.Sprintf("The rule %s on %s", list(rule.Verbs), list(on))
}
