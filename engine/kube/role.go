package kube

import (
	"slices"
	"strings"

	"tickmark/engine"
)

// RoleName is the name of the printed role and of its binding.
const RoleName = "tickmark-collector"

// PrintRole returns, as YAML, the least ClusterRole that what is wished for can be
// collected with, and a binding whose subject is to be replaced.
func PrintRole(w Wish) string {
	var b strings.Builder
	b.WriteString(`# What Tickmark asks of this cluster: to list, and nothing that changes. Take away
# what you do not want to show: the collection goes on, names what it did not see,
# and the checks that need it answer "unknown". A custom kind that this cluster
# does not have grants nothing.
#
# Reviews of oneself, the version and the list of what the server has need no
# grant: system:basic-user and system:discovery have them.
`)
	if !slices.Contains(w.With, WithSecrets) && w.needed(secretKind) {
		b.WriteString("#\n# Secrets are not in it: `--with secrets` adds them.\n")
	}
	b.WriteString(`apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: ` + RoleName + `
rules:
`)
	for _, rule := range w.rules() {
		b.WriteString(rule.String())
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

// rule is one rule of the printed role.
type rule struct {
	why       string // comment before it, "" for none
	group     string
	resources []string
	names     []string
	verb      string
}

// String returns the rule as YAML.
func (r rule) String() string {
	text := ""
	if r.why != "" {
		text = "# " + r.why + "\n"
	}
	text += "- apiGroups: [\"" + r.group + "\"]\n  resources: [" + strings.ReplaceAll(strings.Join(r.resources, ", "), everyResource, `"*"`) + "]\n"
	if len(r.names) > 0 {
		text += "  resourceNames: [" + strings.Join(r.names, ", ") + "]\n"
	}
	return text + "  verbs: [" + r.verb + "]\n"
}

// rules are what w needs and no more: the namespace by which the cluster is told,
// what was asked for by name, each for itself, and a rule for every API group.
func (w Wish) rules() []rule {
	rules := []rule{{
		why:   "The UID of this namespace tells this cluster from others.",
		group: "", resources: []string{"namespaces"}, names: []string{"kube-system"}, verb: "get",
	}}
	if w.asks(secretKind) {
		rules = append(rules, rule{
			why:   "Shows the values too, which are redacted as they arrive: Kubernetes has no permission for names and types alone.",
			group: "", resources: []string{"secrets"}, verb: "list",
		})
	}
	if w.asks(engine.KubeletConfigurationKind) {
		rules = append(rules, rule{
			why:   "Near root on every node: grant it for one collection. Only the kubelets' configuration is asked for.",
			group: "", resources: []string{"nodes/proxy"}, verb: "get",
		})
	}
	named := len(rules)
	for _, k := range w.rows() {
		if k.of == secretKind {
			continue
		}
		why := ""
		if k.family() {
			why = "The kinds of this group are made in the cluster, by Gatekeeper's templates."
		}
		i := slices.IndexFunc(rules[named:], func(r rule) bool { return r.group == k.of.Group })
		if i < 0 {
			rules = append(rules, rule{why: why, group: k.of.Group, verb: "list"})
			i = len(rules) - 1 - named
		}
		rules[named+i].resources = append(rules[named+i].resources, k.resource)
	}
	return rules
}
