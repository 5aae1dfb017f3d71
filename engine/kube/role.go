package kube

import (
	"slices"
	"strings"
)

// RoleName is the name of the printed role and of its binding.
const RoleName = "tickmark-collector"

// PrintRole returns, as YAML, the least ClusterRole that everything in the table
// of kinds can be collected with, and a binding whose subject is to be replaced.
func PrintRole() string {
	var b strings.Builder
	b.WriteString(`# What Tickmark asks of this cluster: to get and to list, and nothing that changes.
# Take away what you do not want to show: the collection goes on, names what it did
# not see, and the checks that need it answer "unknown".
#
# Secrets: their types, names and keys are evidence. Kubernetes has no permission
# for these without the values; the values are redacted as they arrive, before
# anything is kept. Without this rule secrets become a gap.
#
# Reviews of oneself (selfsubjectreviews) need no grant: system:basic-user has them.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: ` + RoleName + `
rules:
`)
	for _, rule := range roleRules() {
		b.WriteString("- apiGroups: [\"" + rule.group + "\"]\n  resources: [" + strings.Join(rule.resources, ", ") + "]\n  verbs: [get, list]\n")
	}
	b.WriteString(`---
# Replace the subject by who collects: a User, a Group or a ServiceAccount.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: ` + RoleName + `
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: ` + RoleName + `
subjects:
- apiGroup: rbac.authorization.k8s.io
  kind: Group
  name: ` + RoleName + `s
`)
	return b.String()
}

// roleRule is one group of the table with its resources; secrets stand alone, so
// that they can be taken away.
type roleRule struct {
	group     string
	resources []string
}

func roleRules() []roleRule {
	var rules []roleRule
	var secrets []roleRule
	for _, k := range kinds {
		if k.resource == "secrets" {
			secrets = append(secrets, roleRule{k.of.Group, []string{k.resource}})
			continue
		}
		i := slices.IndexFunc(rules, func(r roleRule) bool { return r.group == k.of.Group })
		if i < 0 {
			rules = append(rules, roleRule{group: k.of.Group})
			i = len(rules) - 1
		}
		rules[i].resources = append(rules[i].resources, k.resource)
	}
	return append(secrets, rules...)
}
