package rbac

import (
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
)

// Grant is one way in which a subject holds a right: the path from the binding
// over its role to the rule.
type Grant struct {
	Subject Subject
	Binding *Binding
	Rule    int // index into Binding.Rules
	// Names are the only objects it is good for; nil is all of them. A rule that
	// names "" holds for requests that name no object, such as every list.
	Names []string
}

// Everywhere reports whether g holds in every namespace.
func (g Grant) Everywhere() bool { return g.Binding.Everywhere() }

// Who returns every grant of a verb on a resource of an API group ("" is the core
// group) in a namespace, or with namespace "" in the whole cluster. A subresource
// is written as in "pods/exec". The verb and the group are taken as they are: ask
// for "get", not for "*". RoleBindings of manifests that name no namespace are
// found with "" too: Grant.Everywhere tells them apart.
func (r *Rights) Who(verb, group, resource, namespace string) []Grant {
	var grants []Grant
	for _, b := range r.bindings {
		if !b.Everywhere() && b.Ref.Namespace != namespace {
			continue
		}
		for i, rule := range b.rules {
			if !Allows(rule, verb, group, resource) {
				continue
			}
			for _, s := range b.Subjects {
				grants = append(grants, Grant{Subject: s, Binding: b, Rule: i, Names: limits(rule, verb)})
			}
		}
	}
	return grants
}

// unnamed are the verbs of requests that may name no object.
var unnamed = [...]string{"list", "watch", "create", "deletecollection"}

// ShowingSecrets are the verbs of requests that are answered with what a Secret holds: a
// patch that changes nothing and a deletion that waits for what depends on the Secret, or
// is of many, are, and both may be a trial that changes nothing. An update is answered with
// what it brought.
func ShowingSecrets() []string {
	return []string{"get", "list", "watch", "patch", "delete", "deletecollection"}
}

// limits returns the names a rule is limited to for a verb, nil where they do not
// limit it: a request without a name is compared with the names as the name "".
func limits(rule rbacv1.PolicyRule, verb string) []string {
	if slices.Contains(rule.ResourceNames, "") && slices.Contains(unnamed[:], verb) {
		return nil
	}
	return rule.ResourceNames
}

// Allows reports whether a rule allows a verb on a resource, for all objects or
// for those it names. "*" stands for everything, subresources included; "*/scale"
// for that subresource of everything; "pods/*" for nothing, as in Kubernetes.
func Allows(rule rbacv1.PolicyRule, verb, group, resource string) bool {
	return holds(rule.Verbs, verb) && holds(rule.APIGroups, group) && allowsResource(rule.Resources, resource)
}

func holds(list []string, want string) bool {
	return slices.Contains(list, "*") || slices.Contains(list, want)
}

func allowsResource(list []string, resource string) bool {
	if holds(list, resource) {
		return true
	}
	_, sub, has := strings.Cut(resource, "/")
	return has && slices.Contains(list, "*/"+sub)
}

// ordinaryVerbs are those a role names that spares itself the wildcard.
var ordinaryVerbs = [...]string{"get", "list", "watch", "create", "update", "patch", "delete"}

// AllowEverything reports whether rules together allow every verb on every
// resource of every group, as cluster-admin does. Writing out all ordinary verbs
// is the same, in one rule or in several: who may write every object can take the
// rest.
func AllowEverything(rules []rbacv1.PolicyRule) bool {
	may := map[string]bool{}
	for _, r := range rules {
		if !slices.Contains(r.APIGroups, "*") || !slices.Contains(r.Resources, "*") || len(r.ResourceNames) > 0 {
			continue
		}
		for _, v := range r.Verbs {
			may[v] = true
		}
	}
	if may["*"] {
		return true
	}
	for _, v := range ordinaryVerbs {
		if !may[v] {
			return false
		}
	}
	return true
}

// Implied returns the groups that a subject is in without anybody saying so.
func Implied(s Subject) []Subject {
	group := func(name string) Subject { return Subject{Kind: rbacv1.GroupKind, Name: name} }
	switch {
	case s.Kind == rbacv1.ServiceAccountKind:
		return []Subject{group("system:serviceaccounts"), group("system:serviceaccounts:" + s.Namespace), group("system:authenticated")}
	case s.Kind == rbacv1.UserKind && s.Name == "system:anonymous":
		return []Subject{group("system:unauthenticated")}
	case s.Kind == rbacv1.UserKind:
		if account, is := Account(s.Name); is {
			return append(Implied(account), account)
		}
		return []Subject{group("system:authenticated")}
	}
	return nil
}

// Account returns the service account of a user name, if it is one's.
func Account(user string) (Subject, bool) {
	rest, is := strings.CutPrefix(user, "system:serviceaccount:")
	namespace, name, parted := strings.Cut(rest, ":")
	if !is || !parted || namespace == "" || name == "" || strings.Contains(name, ":") {
		return Subject{}, false
	}
	return Subject{Kind: rbacv1.ServiceAccountKind, Namespace: namespace, Name: name}, true
}

// names returns a subject with everything else it is known as to a binding: the
// groups it is in by itself, and a service account's user name.
func names(s Subject) []Subject {
	all := append(Implied(s), s)
	if s.Kind == rbacv1.ServiceAccountKind {
		all = append(all, Subject{Kind: rbacv1.UserKind, Name: UserName(s)})
	}
	return all
}

// UserName returns the user name of a service account.
func UserName(s Subject) string { return "system:serviceaccount:" + s.Namespace + ":" + s.Name }

// Of returns the bindings that grant something to a subject: those that name it,
// under its user name too where it is a service account, and those that name a
// group it is in by itself.
func (r *Rights) Of(s Subject) []*Binding {
	var at []int
	for _, name := range names(s) {
		at = append(at, r.bySubject[name]...)
	}
	slices.Sort(at)
	var bindings []*Binding
	for _, i := range slices.Compact(at) {
		bindings = append(bindings, r.bindings[i])
	}
	return bindings
}
