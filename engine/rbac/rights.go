package rbac

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

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
	// Aggregates says that a controller writes the rules of other roles into it.
	Aggregates bool
	// BuiltIn marks what the API server itself creates and keeps reconciled.
	BuiltIn bool
	// Twice says that another role has the same name, which only manifests can
	// hold: a binding to either is taken to grant the rules of both, and Gaps says so.
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
	// Refused says why no API server takes this binding, "" where one would: only
	// manifests can hold one. It grants nothing.
	Refused string

	rules []rbacv1.PolicyRule
}

// Rules returns what b grants: the rules of its role; in manifests those that its
// role has in every cluster, where it is one of the default ones for people.
func (b *Binding) Rules() []rbacv1.PolicyRule { return b.rules }

// Everywhere reports whether b grants in the whole cluster.
func (b *Binding) Everywhere() bool { return b.Ref.Of() == ClusterRoleBindingKind || b.byItself() }

// Rights are the roles and bindings of one target.
type Rights struct {
	target   string
	files    bool // the target is files, beside which there may be more
	provider func() *Provider
	// constraints are read where somebody asks for them.
	constraints func() []*Binding
	roles       map[engine.Ref]*Role // without UID
	ordered     []*Role
	bindings    []*Binding
	bySubject   map[Subject][]int // into bindings
}

type rightsKey struct{}

// Of reads the rights of a view, once per view.
func Of(v *engine.View) *Rights {
	return engine.Memo(v, rightsKey{}, func() *Rights {
		target := v.Target().ID
		r := &Rights{
			target: target, files: strings.HasPrefix(target, "manifests:"), provider: func() *Provider { return ProviderOf(v) },
			constraints: func() []*Binding { return constraintsOf(v) },
			roles:       map[engine.Ref]*Role{}, bySubject: map[Subject][]int{},
		}
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
	rules := aggregate(clusterRoles, r.files)
	for i, c := range clusterRoles {
		r.add(c.Object, c.Value.Labels, rules[i]).Aggregates = c.Value.AggregationRule != nil
	}
	for _, role := range engine.All[rbacv1.Role](v, RoleKind) {
		r.add(role.Object, role.Value.Labels, role.Value.Rules)
	}
}

func (r *Rights) add(o *engine.Object, labels map[string]string, rules []rbacv1.PolicyRule) *Role {
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
	return role
}

func (r *Rights) bind(o *engine.Object, labels map[string]string, to rbacv1.RoleRef, subjects []rbacv1.Subject) {
	b := &Binding{Ref: o.Ref, Digest: o.Digest, RoleRef: engine.Ref{Group: rbacv1.GroupName, Kind: to.Kind, Name: to.Name}}
	if to.Kind == RoleKind.Kind {
		b.RoleRef.Namespace = o.Ref.Namespace
	}
	b.Role = r.roles[b.RoleRef]
	for _, s := range subjects {
		subject := Subject{Kind: s.Kind, Name: s.Name}
		if s.Kind == rbacv1.ServiceAccountKind {
			subject.Namespace = cmp.Or(s.Namespace, o.Ref.Namespace)
		}
		b.Subjects = append(b.Subjects, subject)
	}
	b.BuiltIn = builtInBinding(b, labels)
	if r.files {
		b.Refused = refusal(b.Everywhere(), to, subjects)
	}
	switch {
	case b.Refused != "":
	case b.Role != nil:
		b.rules = b.Role.Rules
	case r.files && b.RoleRef.Kind == ClusterRoleKind.Kind:
		b.rules = KnownRules(b.RoleRef.Name)
	}
	for _, s := range b.Subjects {
		if at := r.bySubject[s]; len(at) == 0 || at[len(at)-1] != len(r.bindings) {
			r.bySubject[s] = append(at, len(r.bindings))
		}
	}
	r.bindings = append(r.bindings, b)
}

// refusal says why an API server does not take a binding. Source: the validation of
// rbac.authorization.k8s.io/v1, after its defaults.
func refusal(everywhere bool, to rbacv1.RoleRef, subjects []rbacv1.Subject) string {
	switch {
	case to.APIGroup != "" && to.APIGroup != rbacv1.GroupName:
		return fmt.Sprintf("its roleRef is of the API group %q", to.APIGroup)
	case to.Kind != ClusterRoleKind.Kind && (everywhere || to.Kind != RoleKind.Kind):
		return fmt.Sprintf("its roleRef is of the kind %q", to.Kind)
	case to.Name == "":
		return "its roleRef names no role"
	}
	for i, s := range subjects {
		switch {
		case s.Name == "":
			return fmt.Sprintf("subject %d has no name", i+1)
		case s.Kind == rbacv1.ServiceAccountKind && s.APIGroup != "", s.Kind != rbacv1.ServiceAccountKind && s.APIGroup != "" && s.APIGroup != rbacv1.GroupName:
			return fmt.Sprintf("subject %d, a %s, is of the API group %q", i+1, s.Kind, s.APIGroup)
		case s.Kind == rbacv1.ServiceAccountKind && s.Namespace == "" && everywhere:
			return fmt.Sprintf("subject %d, a service account, has no namespace", i+1)
		case s.Kind != rbacv1.ServiceAccountKind && s.Kind != rbacv1.UserKind && s.Kind != rbacv1.GroupKind:
			return fmt.Sprintf("subject %d is of the kind %q", i+1, s.Kind)
		}
	}
	return ""
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

// Gaps names what an answer leaves out: what the provider of a cluster grants beside its
// roles; of manifests, bindings that no API server takes, roles that are bound and are
// elsewhere, and roles of one name.
func (r *Rights) Gaps() []engine.Gap {
	var gaps []engine.Gap
	gap := func(of engine.Ref, reason engine.GapReason, format string, args ...any) {
		gaps = append(gaps, engine.Gap{
			Source: r.target, Kind: of.Of(), Namespace: of.Namespace, Name: of.Name, Reason: reason, Cause: fmt.Sprintf(format, args...),
		})
	}
	if p := r.provider(); p != nil {
		gap(p.Ref, engine.NotListed, "%s", p)
	}
	if !r.files {
		return gaps
	}
	for _, role := range r.ordered {
		if role.Twice {
			gap(role.Ref, engine.Unsupported, "%s stands in the manifests more than once: the rules of all of them are taken", role.Ref)
		}
	}
	for _, b := range r.bindings {
		switch {
		case b.Refused != "":
			gap(b.Ref, engine.Unsupported, "no API server takes %s, so that it is not in force: %s", b.Ref, b.Refused)
		case b.Role == nil && b.rules == nil && len(b.Subjects) > 0:
			gap(b.RoleRef, engine.Unexplained, "%s is bound by %s and is not among the manifests", b.RoleRef, b.Ref)
		}
	}
	return gaps
}
