package checks

import (
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
	"tickmark/engine/rbac"
)

// Checks no-escalate-or-bind-rights and no-impersonation-rights.
//
// Judge every binding. Fail where a rule of its role gives one of the verbs that
// step over the limits of role-based access control: escalate and bind on roles and
// cluster roles; impersonate, in whichever of its forms, on users, groups, service
// accounts, their extra fields and UIDs. A wildcard gives them too. NotApplicable
// for bindings that Kubernetes creates for its own parts. Pass for all others.
// A role that is not there is judged as in cluster-admin-bindings.
func noEscalateOrBindRights() check {
	requests := asks(rbacv1.GroupName, []string{"escalate", "bind"}, "roles", "clusterroles")
	return check{id: "no-escalate-or-bind-rights", version: 1, needs: rbac.Kinds(), eval: func(v *engine.View) []engine.Detail {
		return perRight(v, requests, nil, "may give themselves or others rights that they do not hold")
	}}
}

func noImpersonationRights() check {
	requests := slices.Concat(asks("", []string{"impersonate"}, "users", "groups", "serviceaccounts"), asks("authentication.k8s.io", []string{"impersonate"}, "userextras", "uids"))
	// Later versions of Kubernetes part impersonation into verbs of their own; extra
	// fields are named one by one, as subresources.
	others := func(rule rbacv1.PolicyRule) bool {
		impersonates := slices.ContainsFunc(rule.Verbs, func(verb string) bool { return strings.HasPrefix(verb, "impersonate:") })
		extras := slices.ContainsFunc(rule.Resources, func(r string) bool { return strings.HasPrefix(r, "userextras/") }) && slices.Contains(rule.Verbs, "impersonate")
		return impersonates || extras || rbac.ImpersonatesWithin(rule)
	}
	return check{id: "no-impersonation-rights", version: 2, needs: rbac.Kinds(), eval: func(v *engine.View) []engine.Detail {
		return perRight(v, requests, others, "may act as somebody else")
	}}
}

// perRight judges every binding by whether its role allows one of some requests, or a
// rule is one of others.
func perRight(v *engine.View, requests []rbac.Request, others func(rbacv1.PolicyRule) bool, what string) []engine.Detail {
	return perBinding(v, func(b *rbac.Binding) finding {
		rules := b.Rules()
		i := rbac.RuleFor(rules, requests)
		if i < 0 && others != nil {
			i = slices.IndexFunc(rules, others)
		}
		switch {
		case len(b.Subjects) == 0:
			return passes("roleRef", b.RoleRef.Name, "It names no subjects")
		case i < 0 && b.Role == nil && rules == nil:
			return dangling(v, b)
		case i < 0:
			return passes("roleRef", b.RoleRef.Name, "Nothing in %s allows it", describe(b.RoleRef))
		case b.BuiltIn:
			return notApplicable("roleRef", rules[i], "Kubernetes creates it for its own parts: %s", rbac.RuleText(rules[i]))
		}
		return fails("roleRef", rules[i], "%s %s%s through %s, rule %d: %s", subjectNames(b.Subjects), what, where(b), describe(b.RoleRef), i+1, rbac.RuleText(rules[i]))
	})
}

// Check broad-groups-have-no-rights.
//
// Judges every binding. Fails where it names a group that subjects are in without
// anybody deciding so (system:authenticated, system:serviceaccounts, or the service
// accounts of a namespace) and its role allows more than what every cluster lets
// everybody do: ask for health, version and discovery, and for one's own rights.
// NotApplicable for the bindings that Kubernetes creates. Passes for all others.
func broadGroupsHaveNoRights() check {
	return check{id: "broad-groups-have-no-rights", version: 1, needs: rbac.Kinds(), eval: func(v *engine.View) []engine.Detail {
		return perBinding(v, func(b *rbac.Binding) finding { return judgeBroad(v, b) })
	}}
}

func judgeBroad(v *engine.View, b *rbac.Binding) finding {
	i := slices.IndexFunc(b.Subjects, func(s rbac.Subject) bool {
		return everybody(s) || s.Kind == rbacv1.GroupKind && strings.HasPrefix(s.Name, "system:serviceaccounts:")
	})
	if i < 0 {
		return passes("subjects", nil, "It names no group that subjects are in by themselves")
	}
	field, value := index("subjects", i), b.Subjects[i].Name
	switch {
	case b.BuiltIn:
		return notApplicable(field, value, "Kubernetes creates it: what everybody may do in every cluster")
	case b.Role == nil && b.Rules() == nil && isManifests(v) && (publicRole(b.RoleRef.Name) || b.RoleRef.Name == "system:basic-user"):
		return passes(field, value, "%s may do what everybody may in every cluster", b.Subjects[i])
	case b.Role == nil && b.Rules() == nil:
		return dangling(v, b)
	}
	for _, rule := range b.Rules() {
		if !public(rule, b.Ref.Namespace) && !aboutOneself(rule) {
			return fails(field, value, "Everybody in %s is allowed%s: %s", b.Subjects[i], where(b), rbac.RuleText(rule))
		}
	}
	return passes(field, value, "%s may do no more than everybody in every cluster", b.Subjects[i])
}

// aboutOneself reports whether a rule only lets a subject ask about itself.
func aboutOneself(rule rbacv1.PolicyRule) bool {
	own := []string{"selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"}
	return len(rule.NonResourceURLs) == 0 && len(rule.Resources) > 0 && !slices.ContainsFunc(rule.Resources, func(r string) bool { return !slices.Contains(own, r) })
}

// Check system-masters-not-bound.
//
// Judges every binding. Fails where it names system:masters, whose members the API
// server asks about no role: what a binding gives them cannot be taken away by
// removing it, and the name hides that. NotApplicable for the binding that
// Kubernetes creates. Passes for all others. On EKS fails too for each identity of AWS
// that the ConfigMap aws-auth puts into the group.
func systemMastersNotBound() check {
	return check{id: "system-masters-not-bound", version: 3, needs: rbac.Kinds(), looks: []engine.Kind{rbac.ConfigMapKind}, eval: func(v *engine.View) []engine.Detail {
		details := judgeAWSAuth(v, rbac.AWSAuthOf(v))
		if aws := rbac.AWSAuthOf(v); aws != nil {
			for _, m := range aws.Mapped {
				if slices.Contains(m.Groups, rbac.Masters) {
					details = append(details, fails("data", m.ARN, "ConfigMap aws-auth puts %s into system:masters, whom no role limits", brief(m.ARN)).of(subjectRef(m.Subject), aws.Digest))
				}
			}
		}
		return append(details, perBinding(v, func(b *rbac.Binding) finding {
			i := slices.Index(b.Subjects, rbac.Masters)
			switch {
			case i < 0:
				return passes("subjects", nil, "It does not name system:masters")
			case b.BuiltIn:
				return notApplicable(index("subjects", i), rbac.Masters.Name, "Kubernetes creates it")
			}
			return fails(index("subjects", i), rbac.Masters.Name, "It names system:masters, a group of hard-coded rights that no binding gives and none takes away")
		})...)
	}}
}

// Check bindings-not-dangling.
//
// Judges every binding. Fails in a cluster where the role it refers to is not there:
// whoever may create a role of that name decides what its subjects may do. Fails for
// one that no API server takes, which leaves rights ungranted that somebody counts
// on. In manifests the role may be elsewhere (Unknown), unless it is one that every
// cluster has. Passes for all others, with the role cited.
func bindingsNotDangling() check {
	return check{id: "bindings-not-dangling", version: 1, needs: rbac.Kinds(), eval: func(v *engine.View) []engine.Detail {
		return perBinding(v, func(b *rbac.Binding) finding {
			field, value := "roleRef", b.RoleRef.Name
			switch {
			case b.Refused != "":
				return fails("", nil, "No API server takes it, so that it grants nothing: %s", b.Refused)
			case b.Role != nil:
				return passes(field, value, "%s is there", describe(b.RoleRef))
			case isManifests(v) && defaultRole(b):
				return passes(field, value, "%s is in every cluster", describe(b.RoleRef))
			case isManifests(v) || !v.Saw(b.RoleRef.Of()):
				return dangling(v, b)
			}
			return fails(field, value, "%s does not exist: whoever may create it decides what %s may do", describe(b.RoleRef), subjectNames(b.Subjects))
		})
	}}
}
