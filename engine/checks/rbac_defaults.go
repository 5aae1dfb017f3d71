package checks

import (
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
	"tickmark/engine/rbac"
)

// Check default-roles-not-widened.
//
// Judges every cluster role that is aggregated into view, edit or admin and that
// Kubernetes does not create: whoever holds the default role holds these rights too,
// without a binding that says so. Fails where it gives view more than reading, or
// the reading of Secrets; where it gives edit or admin rights to roles and bindings,
// impersonation beyond service accounts, kubelets, admission or certificates; and
// where it has a wildcard. Passes for all others.
func defaultRolesNotWidened() check {
	return check{id: "default-roles-not-widened", version: 1, needs: []engine.Kind{rbac.ClusterRoleKind}, looks: rbac.Kinds(), eval: func(v *engine.View) []engine.Detail {
		var details []engine.Detail
		for _, r := range rbac.Of(v).Roles() {
			into := aggregatedInto(r)
			if len(into) > 0 && !r.BuiltIn {
				details = append(details, judgeWidening(r, into).of(r.Ref, r.Digest))
			}
		}
		return details
	}}
}

// aggregatedInto returns the default roles that a role's labels add it to.
func aggregatedInto(r *rbac.Role) []string {
	var into []string
	for _, name := range []string{"view", "edit", "admin"} {
		if r.Labels["rbac.authorization.k8s.io/aggregate-to-"+name] == "true" && r.Ref.Of() == rbac.ClusterRoleKind {
			into = append(into, name)
		}
	}
	return into
}

// strong are requests that no role of a namespace's people should allow.
var strong = slices.Concat(
	asks(rbacv1.GroupName, []string{"escalate", "bind", "create", "update", "patch"}, "clusterroles", "clusterrolebindings"),
	asks(rbacv1.GroupName, []string{"escalate", "bind"}, "roles"), asks("", []string{"impersonate"}, "users", "groups"),
	asks("", []string{"get", "create"}, "nodes/proxy"), asks(admissionGroup, []string{"create", "update", "patch"}, "mutatingwebhookconfigurations", "validatingwebhookconfigurations"),
	asks("certificates.k8s.io", []string{"update", "patch"}, "certificatesigningrequests/approval"),
)

func judgeWidening(r *rbac.Role, into []string) finding {
	for i, rule := range r.Rules {
		field := index("rules", i)
		switch in := wildcards(rule); {
		case len(in) > 0:
			return fails(field, rule, "It adds wildcards to %s: %s", strings.Join(into, ", "), rbac.RuleText(rule))
		case into[0] == "view" && slices.ContainsFunc(rule.Verbs, func(verb string) bool { return !slices.Contains(readVerbs, verb) }):
			return fails(field, rule, "It adds more than reading to view: %s", rbac.RuleText(rule))
		case into[0] == "view" && rbac.RuleFor([]rbacv1.PolicyRule{rule}, asks("", readVerbs, "secrets")) == 0:
			return fails(field, rule, "It adds the reading of Secrets to view: %s", rbac.RuleText(rule))
		case rbac.RuleFor([]rbacv1.PolicyRule{rule}, strong) == 0:
			return fails(field, rule, "It adds rights over access or over the cluster to %s: %s", strings.Join(into, ", "), rbac.RuleText(rule))
		}
	}
	return passes("rules", len(r.Rules), "It adds %s to %s, none of which is over access or over the cluster", count(len(r.Rules), "rule"), strings.Join(into, ", "))
}
