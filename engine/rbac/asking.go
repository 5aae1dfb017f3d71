package rbac

import (
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
)

// Right is how far a request is allowed.
type Right int

// The rights, the better one later.
const (
	None  Right = iota
	Named       // for objects that the rule names
	Any         // for every object
)

// Asking returns what tells of a role's rules how far they allow one of some
// requests, whatever object and namespace these name. It remembers the answer for
// each role, so that a role that is bound ten thousand times is read once.
func Asking(requests []Request) func(rules []rbacv1.PolicyRule) Right {
	known := map[*rbacv1.PolicyRule]Right{}
	return func(rules []rbacv1.PolicyRule) Right {
		if len(rules) == 0 {
			return None
		}
		best, there := known[&rules[0]]
		if there {
			return best
		}
		for _, rule := range rules {
			for _, q := range requests {
				best = max(best, q.right(rule))
			}
		}
		known[&rules[0]] = best
		return best
	}
}

// RuleFor returns the first rule that allows one of some requests, -1 if none does.
func RuleFor(rules []rbacv1.PolicyRule, requests []Request) int {
	for i, rule := range rules {
		for _, q := range requests {
			if q.right(rule) != None {
				return i
			}
		}
	}
	return -1
}

// RightTo returns Any where rules allow one of some requests for an object of a name.
func RightTo(name string, rules []rbacv1.PolicyRule, requests []Request) Right {
	for _, rule := range rules {
		for _, q := range requests {
			q.Name = name
			if allowed, _ := q.match(rule); allowed {
				return Any
			}
		}
	}
	return None
}

// right says how far a rule allows q, whatever object q names. A rule for named
// objects never allows to create one, since that request has no name; and the empty
// name is that of such requests alone.
func (q Request) right(rule rbacv1.PolicyRule) Right {
	if !Allows(rule, q.Verb, q.Group, q.combined()) {
		return None
	}
	withoutName := slices.Contains(unnamed[:], q.Verb) && q.Subresource == ""
	switch names := rule.ResourceNames; {
	case len(names) == 0 || withoutName && slices.Contains(names, ""):
		return Any
	case q.Verb == "create" && withoutName:
		return None
	case slices.ContainsFunc(names, func(name string) bool { return name != "" }):
		return Named
	}
	return None
}

// SetResource takes a resource as roles write it: "pods" or "pods/exec".
func (q *Request) SetResource(text string) { q.Resource, q.Subresource, _ = strings.Cut(text, "/") }
