package rbac

import (
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
)

// The kinds that rights are made of.
var (
	RoleKind               = engine.Kind{Group: rbacv1.GroupName, Kind: "Role"}
	ClusterRoleKind        = engine.Kind{Group: rbacv1.GroupName, Kind: "ClusterRole"}
	RoleBindingKind        = engine.Kind{Group: rbacv1.GroupName, Kind: "RoleBinding"}
	ClusterRoleBindingKind = engine.Kind{Group: rbacv1.GroupName, Kind: "ClusterRoleBinding"}
)

// Kinds returns all four of them.
func Kinds() []engine.Kind {
	return []engine.Kind{RoleKind, ClusterRoleKind, RoleBindingKind, ClusterRoleBindingKind}
}

// Subject is somebody or something that is granted rights. Kind is
// "User", "Group" or "ServiceAccount"; only the last has a namespace.
type Subject struct {
	Kind      string
	Namespace string
	Name      string
}

// String returns "Group auditors" or "ServiceAccount pay/api".
func (s Subject) String() string {
	if s.Namespace != "" {
		return s.Kind + " " + s.Namespace + "/" + s.Name
	}
	return s.Kind + " " + s.Name
}

// Role is a Role or ClusterRole with its rules, aggregated ones included.
type Role struct {
	Ref    engine.Ref
	Digest engine.Digest
	Labels map[string]string
	Rules  []rbacv1.PolicyRule
	// BuiltIn marks what the API server itself creates and keeps reconciled.
	BuiltIn bool
	// Twice says that another role has the same name, which only manifests can
	// hold: a binding to either is taken to grant the rules of both.
	Twice bool
}

// Binding is a RoleBinding, which grants in its own namespace, or a
// ClusterRoleBinding, which grants everywhere.
type Binding struct {
	Ref      engine.Ref
	Digest   engine.Digest
	RoleRef  engine.Ref
	Role     *Role // nil where the role is not there
	Subjects []Subject
	BuiltIn  bool
}

// Everywhere reports whether b grants in the whole cluster.
func (b *Binding) Everywhere() bool { return b.Ref.Of() == ClusterRoleBindingKind }

// Rights are the roles and bindings of one target.
type Rights struct {
	roles    map[engine.Ref]*Role // without UID
	ordered  []*Role
	bindings []*Binding
}

type rightsKey struct{}

// Of reads the rights of a view, once per view.
func Of(v *engine.View) *Rights {
	return engine.Memo(v, rightsKey{}, func() *Rights {
		r := &Rights{roles: map[engine.Ref]*Role{}}
		r.readRoles(v)
		for _, b := range engine.All[rbacv1.ClusterRoleBinding](v, ClusterRoleBindingKind) {
			r.bind(b.Object, b.Value.Labels, b.Value.RoleRef, b.Value.Subjects)
		}
		for _, b := range engine.All[rbacv1.RoleBinding](v, RoleBindingKind) {
			r.bind(b.Object, b.Value.Labels, b.Value.RoleRef, b.Value.Subjects)
		}
		return r
	})
}

func (r *Rights) readRoles(v *engine.View) {
	clusterRoles := engine.All[rbacv1.ClusterRole](v, ClusterRoleKind)
	rules := aggregate(clusterRoles)
	for i, c := range clusterRoles {
		r.add(c.Object, c.Value.Labels, rules[i])
	}
	for _, role := range engine.All[rbacv1.Role](v, RoleKind) {
		r.add(role.Object, role.Value.Labels, role.Value.Rules)
	}
}

func (r *Rights) add(o *engine.Object, labels map[string]string, rules []rbacv1.PolicyRule) {
	role := &Role{Ref: o.Ref, Digest: o.Digest, Labels: labels, Rules: rules, BuiltIn: builtInRole(o.Ref.Name, labels, rules)}
	key := o.Ref.WithoutUID()
	if key.Of() == ClusterRoleKind {
		key.Namespace = "" // manifests may name one all the same
	}
	r.ordered = append(r.ordered, role)
	if first, there := r.roles[key]; there {
		first.Twice, role.Twice = true, true
		both := *first
		both.Rules = slices.Concat(first.Rules, rules)
		both.BuiltIn = first.BuiltIn && role.BuiltIn
		role = &both
	}
	r.roles[key] = role
}

func (r *Rights) bind(o *engine.Object, labels map[string]string, to rbacv1.RoleRef, subjects []rbacv1.Subject) {
	b := &Binding{Ref: o.Ref, Digest: o.Digest}
	b.RoleRef = engine.Ref{Group: rbacv1.GroupName, Kind: to.Kind, Name: to.Name}
	if to.Kind == RoleKind.Kind {
		b.RoleRef.Namespace = o.Ref.Namespace
	}
	b.Role = r.roles[b.RoleRef]
	for _, s := range subjects {
		subject := Subject{Kind: s.Kind, Name: s.Name}
		if s.Kind == rbacv1.ServiceAccountKind {
			subject.Namespace = s.Namespace
			if subject.Namespace == "" {
				subject.Namespace = o.Ref.Namespace
			}
		}
		b.Subjects = append(b.Subjects, subject)
	}
	b.BuiltIn = builtInBinding(b, labels)
	r.bindings = append(r.bindings, b)
}

// Roles returns all roles: cluster roles, then roles, in the order of their refs.
func (r *Rights) Roles() []*Role { return r.ordered }

// Bindings returns all bindings: cluster-wide ones, then those of namespaces, in
// the order of their refs.
func (r *Rights) Bindings() []*Binding { return r.bindings }

// Dangling returns the bindings whose role is not there.
func (r *Rights) Dangling() []*Binding {
	var dangling []*Binding
	for _, b := range r.bindings {
		if b.Role == nil {
			dangling = append(dangling, b)
		}
	}
	return dangling
}
