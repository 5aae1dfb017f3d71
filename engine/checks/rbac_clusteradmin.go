package checks

import (
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
	"tickmark/engine/rbac"
)

// Check cluster-admin-bindings.
//
// Fails for a binding that gives its subjects every right: to cluster-admin or to
// a role whose rules together allow every verb, or all the ordinary ones by name, on
// every resource of every group, cluster-wide or in one namespace; what the role
// or the binding is called does not matter. NotApplicable for the binding of cluster-admin
// to system:masters that Kubernetes creates, as long as it names nobody else.
// Passes for all others, and for a binding without subjects.
//
// A binding to a role that is not there: in a cluster it grants nothing (pass); in
// manifests the role may be elsewhere (Unknown), unless it is one that every
// cluster has.
func clusterAdminBindings() check {
	return check{id: "cluster-admin-bindings", version: 1, needs: rbac.Kinds(), eval: func(v *engine.View) []engine.Detail {
		return perBinding(v, func(b *rbac.Binding) finding { return judgeAdmin(v, b) })
	}}
}

func judgeAdmin(v *engine.View, b *rbac.Binding) finding {
	const field = "roleRef"
	value := b.RoleRef.Name
	switch {
	case len(b.Subjects) == 0:
		return passes(field, value, "It names no subjects")
	case !isAdmin(b) && b.Role == nil && !defaultRole(b):
		return dangling(v, b)
	case !isAdmin(b):
		return passes(field, value, "%s does not allow everything", describe(b.RoleRef))
	case b.BuiltIn && len(b.Subjects) == 1 && b.Subjects[0] == (rbac.Subject{Kind: rbacv1.GroupKind, Name: "system:masters"}):
		return notApplicable(field, value, "The binding of cluster-admin to system:masters that Kubernetes creates")
	}
	return fails(field, value, "%s may do everything%s through %s", subjectNames(b.Subjects), where(b), describe(b.RoleRef))
}

// isAdmin reports whether a binding gives every right there is.
func isAdmin(b *rbac.Binding) bool {
	if b.RoleRef.Kind == rbac.ClusterRoleKind.Kind && b.RoleRef.Name == "cluster-admin" {
		return true
	}
	return b.Role != nil && rbac.AllowEverything(b.Role.Rules)
}

// defaultRole reports whether a binding refers to a cluster role that every
// cluster has, seen or not; but for cluster-admin none of them allows everything.
func defaultRole(b *rbac.Binding) bool {
	return b.RoleRef.Kind == rbac.ClusterRoleKind.Kind && rbac.Default(b.RoleRef.Name)
}

// dangling is said of a binding to a role that was not seen.
func dangling(v *engine.View, b *rbac.Binding) finding {
	if !v.Saw(b.RoleRef.Of()) {
		return unknown("roleRef", b.RoleRef.Name, "%s was not seen, and roles could not all be seen, so that what it allows is not known", describe(b.RoleRef))
	}
	if isManifests(v) {
		return unknown("roleRef", b.RoleRef.Name, "%s is not among the manifests, so that what it allows is not known", describe(b.RoleRef))
	}
	return passes("roleRef", b.RoleRef.Name, "%s does not exist, so that nothing is granted until somebody creates it", describe(b.RoleRef))
}

// isManifests reports whether the target is files, where a role that is not
// there may well be in the cluster. A dump of a cluster is none, also where it does not
// tell which cluster.
func isManifests(v *engine.View) bool {
	return strings.HasPrefix(v.Target().ID, "manifests:") && !v.Target().Provisional
}

// perBinding judges every binding; the role it refers to is cited with it.
func perBinding(v *engine.View, judge func(*rbac.Binding) finding) []engine.Detail {
	var details []engine.Detail
	for _, b := range rbac.Of(v).Bindings() {
		cites := []engine.Digest{b.Digest}
		if b.Role != nil {
			cites = append(cites, b.Role.Digest)
		}
		details = append(details, judge(b).of(b.Ref, cites...))
	}
	return details
}

func subjectNames(subjects []rbac.Subject) string {
	names := make([]string, len(subjects))
	for i, s := range subjects {
		names[i] = s.String()
	}
	return list(names)
}

// describe names a role as people do.
func describe(role engine.Ref) string {
	if role.Namespace != "" {
		return role.Kind + " " + role.Namespace + "/" + role.Name
	}
	return role.Kind + " " + role.Name
}

func where(b *rbac.Binding) string {
	if b.Everywhere() {
		return " in the whole cluster"
	}
	return " in the namespace"
}
