package rbac

import (
	"cmp"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
)

// Request is what somebody asks of the API server, as its authorizer sees it: a
// verb on a resource or, where URL is set, on a path that is none. Without a
// namespace it is about the whole cluster; without a name about no single object.
type Request struct {
	Verb        string
	Group       string
	Resource    string
	Subresource string
	Name        string
	Namespace   string
	URL         string
}

// Masters is the group that the API server lets through before any role is asked.
var Masters = Subject{Kind: rbacv1.GroupKind, Name: "system:masters"}

// combined returns the resource with its subresource, as rules name it.
func (q Request) combined() string {
	if q.Subresource == "" {
		return q.Resource
	}
	return q.Resource + "/" + q.Subresource
}

// match says whether a rule allows q, and whether it would if q were about one of
// the objects that the rule names.
func (q Request) match(rule rbacv1.PolicyRule) (allowed, ofNamed bool) {
	if q.URL != "" {
		return holds(rule.Verbs, q.Verb) && slices.ContainsFunc(rule.NonResourceURLs, q.isAt), false
	}
	if !Allows(rule, q.Verb, q.Group, q.combined()) {
		return false, false
	}
	named := len(rule.ResourceNames) == 0 || slices.Contains(rule.ResourceNames, q.Name)
	return named, !named
}

// isAt reports whether q's URL is one that a rule names: a star at the end stands
// for any text, and nowhere else.
func (q Request) isAt(url string) bool {
	return url == "*" || url == q.URL || strings.HasSuffix(url, "*") && strings.HasPrefix(q.URL, strings.TrimRight(url, "*"))
}

// Holders are the answer to who may make a request, from the roles alone: Masters
// is not among them unless it is bound.
type Holders struct {
	Grants  []Grant // to whom the request is allowed
	Limited []Grant // to whom it is allowed for objects that their rule names
	Within  []Grant // of a request about the whole cluster: to whom it is allowed in one namespace
}

// WhoCan returns who may make a request, with the path of each grant.
func (r *Rights) WhoCan(q Request) Holders {
	var of Holders
	for _, b := range r.asks(q) {
		elsewhere := !b.Everywhere() && (b.Ref.Namespace != q.Namespace || q.Namespace == "")
		if elsewhere && (q.Namespace != "" || q.URL != "") {
			continue
		}
		for i, rule := range b.rules {
			allowed, ofNamed := q.match(rule)
			for _, s := range b.Subjects {
				g := Grant{Subject: s, Binding: b, Rule: i, Names: rule.ResourceNames}
				switch {
				case allowed && elsewhere:
					of.Within = append(of.Within, g)
				case allowed:
					of.Grants = append(of.Grants, g)
				case ofNamed && !elsewhere:
					of.Limited = append(of.Limited, g)
				}
			}
		}
	}
	return of
}

// May returns the grants by which a subject may make a request. Groups are those it
// is in beside the ones that every subject of its kind is in.
func (r *Rights) May(s Subject, q Request, groups ...string) []Grant {
	as := map[Subject]bool{}
	for _, name := range names(s) {
		as[name] = true
	}
	for _, group := range groups {
		as[Subject{Kind: rbacv1.GroupKind, Name: group}] = true
	}
	return slices.DeleteFunc(r.WhoCan(q).Grants, func(g Grant) bool { return !as[g.Subject] })
}

// SubjectsOf returns the subjects of grants, each once and in order.
func SubjectsOf(grants []Grant) []Subject {
	subjects := make([]Subject, 0, len(grants))
	for _, g := range grants {
		subjects = append(subjects, g.Subject)
	}
	slices.SortFunc(subjects, Subject.Compare)
	return slices.Compact(subjects)
}

// Compare orders subjects by kind, namespace and name.
func (s Subject) Compare(o Subject) int {
	return cmp.Or(cmp.Compare(s.Kind, o.Kind), cmp.Compare(s.Namespace, o.Namespace), cmp.Compare(s.Name, o.Name))
}

// Subjects returns everybody that a binding names, each once and in order.
func (r *Rights) Subjects() []Subject {
	all := make([]Subject, 0, len(r.bySubject))
	for s := range r.bySubject {
		all = append(all, s)
	}
	slices.SortFunc(all, Subject.Compare)
	return all
}

// MembersOf returns the bound users and service accounts that are in a group
// without anybody saying so. Whom the authenticator puts into a group, the cluster
// does not know.
func (r *Rights) MembersOf(group Subject) []Subject {
	var members []Subject
	if !strings.HasPrefix(group.Name, "system:") {
		return nil
	}
	for _, s := range r.Subjects() {
		if s.Kind != rbacv1.GroupKind && slices.Contains(Implied(s), group) {
			members = append(members, s)
		}
	}
	return members
}
