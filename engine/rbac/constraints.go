package rbac

import (
	"fmt"

	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
)

// ConstraintsKind is OpenShift's SecurityContextConstraints: what pods may ask for of their
// node. Who may use one is said by roles, and by itself.
var ConstraintsKind = engine.Kind{Group: "security.openshift.io", Kind: "SecurityContextConstraints"}

// constraints is what is read of them.
type constraints struct {
	Users  []string `json:"users"`
	Groups []string `json:"groups"`
}

const constraintsResource = "securitycontextconstraints"

// usesConstraints reports whether q is to use SecurityContextConstraints, which their own
// users and groups may without a role.
func (q Request) usesConstraints() bool {
	return q.URL == "" && q.Verb == "use" && q.Group == ConstraintsKind.Group && q.Resource == constraintsResource && q.Subresource == ""
}

// Reads are the kinds that decide q beside roles and bindings.
func (q Request) Reads() []engine.Kind {
	if q.usesConstraints() {
		return []engine.Kind{ConstraintsKind}
	}
	return nil
}

// constraintsOf returns what SecurityContextConstraints grant by themselves, as if each
// bound its users and groups to a role that lets them use it.
func constraintsOf(v *engine.View) []*Binding {
	var all []*Binding
	for _, c := range engine.All[constraints](v, ConstraintsKind) {
		rule := rbacv1.PolicyRule{
			Verbs: []string{"use"}, APIGroups: []string{ConstraintsKind.Group}, Resources: []string{constraintsResource}, ResourceNames: []string{c.Ref.Name},
		}
		b := &Binding{Ref: c.Ref, Digest: c.Digest, RoleRef: c.Ref, rules: []rbacv1.PolicyRule{rule}}
		for _, name := range c.Value.Users {
			b.Subjects = append(b.Subjects, Subject{Kind: rbacv1.UserKind, Name: name})
		}
		for _, name := range c.Value.Groups {
			b.Subjects = append(b.Subjects, Subject{Kind: rbacv1.GroupKind, Name: name})
		}
		all = append(all, b)
	}
	return all
}

// byItself reports whether b is no binding of a role: an object that says whom it is for.
func (b *Binding) byItself() bool { return b.Ref.Of() == ConstraintsKind }

// asks returns the bindings that decide a request.
func (r *Rights) asks(q Request) []*Binding {
	if !q.usesConstraints() {
		return r.bindings
	}
	return append(r.bindings[:len(r.bindings):len(r.bindings)], r.constraints()...)
}

// own is the path of a grant of such an object.
func (g Grant) own() string {
	field := "users"
	if g.Subject.Kind == rbacv1.GroupKind {
		field = "groups"
	}
	return fmt.Sprintf("%s names it among its own %s", short(g.Binding.Ref), field)
}
