package checks

import (
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
	"tickmark/engine/rbac"
)

// Check anonymous-has-no-access.
//
// Judges every binding. Passes where it names neither the user system:anonymous
// nor the group system:unauthenticated, or where its role allows them no more
// than reading health, version and discovery, or the one ConfigMap from which
// new nodes learn the cluster's address. Fails where it allows them anything
// else. A role that is not there is judged as in cluster-admin-bindings.
func anonymousHasNoAccess() check {
	return check{id: "anonymous-has-no-access", version: 1, needs: rbac.Kinds(), eval: func(v *engine.View) []engine.Detail {
		return perBinding(v, func(b *rbac.Binding) finding { return judgeAnonymous(v, b) })
	}}
}

func judgeAnonymous(v *engine.View, b *rbac.Binding) finding {
	i := slices.IndexFunc(b.Subjects, isAnonymous)
	switch {
	case i < 0:
		return passes("subjects", nil, "It names nobody who has not logged in")
	case isAdmin(b):
		return fails(index("subjects", i), b.Subjects[i].Name, "%s may do everything%s without logging in", b.Subjects[i], where(b))
	case b.Role == nil && isManifests(v) && publicRole(b.RoleRef.Name):
		return passes(index("subjects", i), b.Subjects[i].Name, "%s may read what Kubernetes makes public", b.Subjects[i])
	case b.Role == nil:
		return dangling(v, b)
	}
	for _, rule := range b.Role.Rules {
		if !public(rule, b.Ref.Namespace) {
			return fails(index("subjects", i), b.Subjects[i].Name, "%s is allowed without logging in%s: %s",
				b.Subjects[i], where(b), strings.ToLower(describeRule(rule)[:1])+describeRule(rule)[1:])
		}
	}
	return passes(index("subjects", i), b.Subjects[i].Name, "%s may read health, version, discovery or the cluster's address and no more", b.Subjects[i])
}

func isAnonymous(s rbac.Subject) bool {
	return s.Kind == rbacv1.UserKind && s.Name == "system:anonymous" || s.Kind == rbacv1.GroupKind && s.Name == "system:unauthenticated"
}

// publicRole names the default roles that hold nothing but public URLs.
func publicRole(name string) bool {
	return name == "system:public-info-viewer" || name == "system:discovery"
}

// publicURLs are what Kubernetes' own default roles for everybody name.
// Source: kubernetes.io/docs/reference/access-authn-authz/rbac, discovery roles.
var publicURLs = [...]string{
	"/healthz", "/livez", "/readyz", "/version", "/version/", "/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*",
	"/healthz/*", "/livez/*", "/readyz/*",
}

// public reports whether a rule allows only what is public in every cluster.
func public(rule rbacv1.PolicyRule, namespace string) bool {
	for _, verb := range rule.Verbs {
		if verb != "get" {
			return false
		}
	}
	for _, url := range rule.NonResourceURLs {
		if !slices.Contains(publicURLs[:], url) {
			return false
		}
	}
	if len(rule.Resources) == 0 {
		return true
	}
	// kubeadm lets new nodes read this one before they have credentials.
	return namespace == "kube-public" && slices.Equal(rule.Resources, []string{"configmaps"}) &&
		slices.Equal(rule.ResourceNames, []string{"cluster-info"})
}
