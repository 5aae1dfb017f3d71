package rbac

import (
	"fmt"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
)

// groups are the API groups of built-in resources outside the core group.
var groups = map[string]string{
	"apps":                         "controllerrevisions daemonsets deployments replicasets statefulsets",
	"batch":                        "cronjobs jobs",
	"autoscaling":                  "horizontalpodautoscalers",
	"policy":                       "poddisruptionbudgets",
	"discovery.k8s.io":             "endpointslices",
	"coordination.k8s.io":          "leases",
	"scheduling.k8s.io":            "priorityclasses",
	"node.k8s.io":                  "runtimeclasses",
	"networking.k8s.io":            "ingressclasses ingresses ipaddresses networkpolicies servicecidrs",
	"storage.k8s.io":               "csidrivers csinodes csistoragecapacities storageclasses volumeattachments volumeattributesclasses",
	"apiextensions.k8s.io":         "customresourcedefinitions",
	"apiregistration.k8s.io":       "apiservices",
	"certificates.k8s.io":          "certificatesigningrequests clustertrustbundles podcertificaterequests signers",
	"authentication.k8s.io":        "selfsubjectreviews tokenreviews uids userextras",
	"authorization.k8s.io":         "localsubjectaccessreviews selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews",
	"admissionregistration.k8s.io": "mutatingadmissionpolicies mutatingadmissionpolicybindings mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings validatingwebhookconfigurations",
	ConstraintsKind.Group:          constraintsResource,
	rbacv1.GroupName:               "clusterrolebindings clusterroles rolebindings roles",
}

// GroupOf returns the API group of a built-in resource, "" of those in the core
// group and of resources that are not known.
func GroupOf(resource string) string {
	for group, resources := range groups {
		for _, known := range strings.Fields(resources) {
			if known == resource {
				return group
			}
		}
	}
	return ""
}

// String returns "get secrets db in namespace pay" or "get /metrics".
func (q Request) String() string {
	if q.URL != "" {
		return q.Verb + " " + q.URL
	}
	text := q.Verb + " " + q.Resource
	if q.Group != "" {
		text += "." + q.Group
	}
	if q.Subresource != "" {
		text += "/" + q.Subresource
	}
	if q.Name != "" {
		text += " " + q.Name
	}
	if q.Namespace == "" {
		return text + " in the whole cluster"
	}
	return text + " in namespace " + q.Namespace
}

// RuleText returns what a rule allows: "get, list on secrets of apps, of these
// alone: a, b".
func RuleText(rule rbacv1.PolicyRule) string {
	if len(rule.Resources) == 0 {
		return fmt.Sprintf("%s on %s", strings.Join(rule.Verbs, ", "), strings.Join(rule.NonResourceURLs, ", "))
	}
	text := fmt.Sprintf("%s on %s", strings.Join(rule.Verbs, ", "), strings.Join(rule.Resources, ", "))
	if grouped := strings.Trim(strings.Join(rule.APIGroups, ", "), ", "); grouped != "" {
		text += " of " + grouped
	}
	if len(rule.ResourceNames) > 0 {
		text += ", of these alone: " + strings.Join(rule.ResourceNames, ", ")
	}
	return text
}

// Path returns the path of a grant: "RoleBinding pay/ann gives ClusterRole exec,
// rule 1: create on pods/exec".
func (g Grant) Path() string {
	if g.Binding.byItself() {
		return g.own()
	}
	return fmt.Sprintf("%s gives %s, rule %d: %s", short(g.Binding.Ref), short(g.Binding.RoleRef), g.Rule+1, RuleText(g.Binding.rules[g.Rule]))
}

// short names an object without its group.
func short(ref engine.Ref) string {
	ref.Group = ""
	return ref.String()
}
