package checks

import (
	"fmt"
	"slices"
	"strings"
)

// auditPolicy is what an API server reads of which requests it records.
type auditPolicy struct {
	APIVersion string      `json:"apiVersion"`
	OmitStages []string    `json:"omitStages"`
	Rules      []auditRule `json:"rules"`
}

// auditRule decides about the requests that it matches; what it does not name it matches.
type auditRule struct {
	Level      string   `json:"level"`
	Users      []string `json:"users"`
	UserGroups []string `json:"userGroups"`
	Verbs      []string `json:"verbs"`
	Resources  []struct {
		Group         string   `json:"group"`
		Resources     []string `json:"resources"`
		ResourceNames []string `json:"resourceNames"`
	} `json:"resources"`
	Namespaces      []string `json:"namespaces"`
	NonResourceURLs []string `json:"nonResourceURLs"`
	OmitStages      []string `json:"omitStages"`
}

// auditedRequest is a kind of request that an audit log is looked through for.
type auditedRequest struct {
	what      string // in a sentence
	verbs     []string
	group     string
	resources []string // with the subresource
	cluster   bool     // of no namespace
	// reading is whether it changes nothing, so that people may differ about it.
	reading bool
}

// each asks of every verb and resource.
func (r *auditedRequest) each(ask func(verb, resource string)) {
	for _, verb := range r.verbs {
		for _, resource := range r.resources {
			ask(verb, resource)
		}
	}
}

var changingVerbs = []string{"create", "update", "patch", "delete", "deletecollection"}

// auditedRequests are what a log has to show: who reads secrets, enters what runs, changes
// what runs and who may do what, and what else anybody does.
var auditedRequests = []auditedRequest{
	{what: "who reads Secrets", verbs: []string{"get", "list", "watch"}, resources: []string{"secrets"}},
	{what: "who changes Secrets", verbs: changingVerbs, resources: []string{"secrets"}},
	{what: "who runs commands in pods", verbs: []string{"get", "create"}, resources: []string{"pods/exec", "pods/attach", "pods/portforward", "pods/proxy"}},
	{what: "who asks for tokens of service accounts", verbs: []string{"create"}, resources: []string{"serviceaccounts/token"}},
	{what: "who changes service accounts", verbs: changingVerbs, resources: []string{"serviceaccounts"}},
	{what: "who changes roles and bindings", verbs: changingVerbs, group: "rbac.authorization.k8s.io", resources: []string{"roles", "rolebindings"}},
	{what: "who changes roles and bindings of the cluster", verbs: changingVerbs, group: "rbac.authorization.k8s.io", resources: []string{"clusterroles", "clusterrolebindings"}, cluster: true},
	{what: "who approves certificates", verbs: []string{"update", "patch"}, group: "certificates.k8s.io", resources: []string{"certificatesigningrequests/approval"}, cluster: true},
	{what: "who changes admission", verbs: changingVerbs, group: "admissionregistration.k8s.io", resources: []string{"validatingwebhookconfigurations", "mutatingwebhookconfigurations", "validatingadmissionpolicies", "validatingadmissionpolicybindings"}, cluster: true},
	{what: "who changes pods", verbs: changingVerbs, resources: []string{"pods", "pods/ephemeralcontainers"}},
	{what: "who changes what makes pods", verbs: changingVerbs, group: "apps", resources: []string{"deployments", "daemonsets", "statefulsets", "replicasets"}},
	{what: "who changes jobs", verbs: changingVerbs, group: "batch", resources: []string{"jobs", "cronjobs"}},
	{what: "who changes network policies", verbs: changingVerbs, group: "networking.k8s.io", resources: []string{"networkpolicies"}},
	{what: "who changes settings", verbs: changingVerbs, resources: []string{"configmaps", "services"}},
	{what: "who changes namespaces and nodes", verbs: changingVerbs, resources: []string{"namespaces", "nodes"}, cluster: true},
	{what: "who asks a kubelet through the API", verbs: []string{"get", "create"}, resources: []string{"nodes/proxy"}, cluster: true},
	{what: "who changes objects of kinds that no rule names", verbs: changingVerbs, group: "unnamed.invalid", resources: []string{"unnamed"}},
	{what: "who reads anything else", verbs: []string{"get", "list"}, resources: []string{"pods", "configmaps"}, reading: true},
	{what: "who reads objects of kinds that no rule names", verbs: []string{"get", "list"}, group: "unnamed.invalid", resources: []string{"unnamed"}, reading: true},
}

// judgeAuditPolicy judges a policy by what it leaves out, as the API server reads it: the
// first rule that matches a request decides, and a request that none matches is not
// recorded.
//
// It fails where a request of auditedRequests leaves no trace whoever makes it. What is left
// out for some people, namespaces or names alone, what is only read, and a log without how
// a request ended are for a person to judge. The cluster's own programs may be left out.
func judgeAuditPolicy(p *auditPolicy) finding {
	if f, broken := p.broken(); broken {
		return f
	}
	var lost, doubtful auditDecisions
	for i := range auditedRequests {
		asked := &auditedRequests[i]
		asked.each(func(verb, resource string) {
			whole, parts := p.omitted(asked, verb, resource)
			switch {
			case whole != nil && !asked.reading:
				lost.add(verb, *whole)
			case whole != nil:
				doubtful.add(verb, *whole)
			}
			doubtful.add(verb, parts...)
		})
	}
	switch {
	case len(lost) > 0:
		return fails(lost[0].field(), p.level(lost[0]), "It leaves out %s", lost)
	case len(doubtful) > 0:
		return unknown(doubtful[0].field(), p.level(doubtful[0]), "It leaves out %s: whether that has to be recorded is for a person to judge", doubtful)
	}
	return passes("rules", nil, "It records at least who asked for what, and how that ended, of all that is looked for: who reads Secrets, enters pods, changes roles, admission, workloads or anything else")
}

// broken reports whether no server starts with a policy, or none reads it, and says why.
func (p *auditPolicy) broken() (finding, bool) {
	if p.APIVersion != "audit.k8s.io/v1" {
		return unknown("apiVersion", p.APIVersion, "It is of a version that no server in use reads: %s", shorten(p.APIVersion)), true
	}
	for i, r := range p.Rules {
		if !slices.Contains([]string{"None", "Metadata", "Request", "RequestResponse"}, r.Level) {
			return unknown(index("rules", i)+".level", shorten(r.Level), "The level of a rule is none that is known: no server starts with it"), true
		}
	}
	if len(p.Rules) == 0 {
		return unknown("rules", nil, "It has no rules: no server starts with it"), true
	}
	return finding{}, false
}

// auditDecision is what a rule decides about a kind of request: that it leaves no trace, or
// one that says too much.
type auditDecision struct {
	asked  *auditedRequest
	rule   int      // that decides it; -1 where none does
	detail string   // of whom or where alone
	verbs  []string // by which it is asked
}

// auditDecisions are in the order of the requests that were asked about.
type auditDecisions []auditDecision

// add adds decisions about a verb, each to the same about others where there is one.
func (all *auditDecisions) add(verb string, decisions ...auditDecision) {
	for _, d := range decisions {
		i := slices.IndexFunc(*all, func(a auditDecision) bool { return a.asked == d.asked && a.rule == d.rule && a.detail == d.detail })
		if i < 0 {
			i, *all = len(*all), append(*all, d)
		}
		if a := &(*all)[i]; !slices.Contains(a.verbs, verb) {
			a.verbs = append(a.verbs, verb)
		}
	}
}

func (all auditDecisions) String() string {
	var said []string
	for _, d := range all {
		said = append(said, d.String())
	}
	return list(said)
}

func (d auditDecision) field() string {
	if d.rule < 0 {
		return "rules"
	}
	return index("rules", d.rule)
}

// level is at which level the rule of a decision records; nil without a rule.
func (p *auditPolicy) level(d auditDecision) any {
	if d.rule < 0 {
		return nil
	}
	return p.Rules[d.rule].Level
}

func (d auditDecision) String() string {
	by := "no rule is of it"
	if d.rule >= 0 {
		by = index("rules", d.rule)
	}
	if d.detail != "" {
		by += ", " + d.detail
	}
	if len(d.verbs) < len(d.asked.verbs) {
		by = "by " + strings.Join(d.verbs, ", ") + ": " + by
	}
	return d.asked.what + " (" + by + ")"
}

// omitted follows the rules for a request of anybody: whole is set where it is not
// recorded, parts are those of whom, or where, it is not.
func (p *auditPolicy) omitted(asked *auditedRequest, verb, resource string) (whole *auditDecision, parts []auditDecision) {
	recorded := "" // of whom alone, before nothing records it
	for i, r := range p.Rules {
		some, matches := r.matches(asked, verb, resource)
		if !matches {
			continue
		}
		missing := p.missing(r)
		switch {
		case some == "" && missing == "all" && recorded != "":
			return nil, append(parts, auditDecision{asked: asked, rule: i, detail: "but " + recorded})
		case some == "" && missing == "all":
			return &auditDecision{asked: asked, rule: i, detail: ""}, parts
		case some == "" && missing != "":
			return nil, append(parts, auditDecision{asked: asked, rule: i, detail: missing})
		case some == "":
			return nil, parts
		case r.ofPrograms(): // whose requests show what nobody did
		case missing == "":
			recorded = some
		case missing == "all":
			parts = append(parts, auditDecision{asked: asked, rule: i, detail: some})
		default:
			parts = append(parts, auditDecision{asked: asked, rule: i, detail: missing + " " + some})
		}
	}
	if recorded != "" {
		return nil, append(parts, auditDecision{asked: asked, rule: -1, detail: "but " + recorded})
	}
	return &auditDecision{asked: asked, rule: -1, detail: ""}, parts
}

// missing is what of a request a rule does not record: "all" of it, or how it ended.
func (p *auditPolicy) missing(r auditRule) string {
	omits := func(stage string) bool {
		return slices.Contains(p.OmitStages, stage) || slices.Contains(r.OmitStages, stage)
	}
	switch {
	case r.Level == "None", omits("RequestReceived") && omits("ResponseComplete"):
		return "all"
	case omits("ResponseComplete"):
		return "which does not say how it ended"
	}
	return ""
}

// ofPrograms reports whether a rule is of the cluster's own programs alone.
func (r auditRule) ofPrograms() bool {
	own := func(name string) bool {
		return strings.HasPrefix(name, "system:") && !slices.Contains([]string{"system:masters", "system:authenticated", "system:unauthenticated", "system:anonymous"}, name) &&
			(!strings.HasPrefix(name, "system:serviceaccount") || strings.HasPrefix(name, "system:serviceaccount:kube-system:") || name == "system:serviceaccounts:kube-system")
	}
	for _, names := range [][]string{r.Users, r.UserGroups} {
		if len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return !own(n) }) {
			return true // both have to match
		}
	}
	return false
}

// matches reports whether a rule matches a request of somebody, and says of whom or where
// it does so alone; "" where it matches that of anybody anywhere.
func (r auditRule) matches(asked *auditedRequest, verb, resource string) (some string, matches bool) {
	var narrow []string
	if len(r.Users) > 0 {
		narrow = append(narrow, "of "+list(quotedNames(r.Users)))
	}
	if len(r.UserGroups) > 0 && !slices.Contains(r.UserGroups, "system:authenticated") {
		narrow = append(narrow, "of the groups "+list(quotedNames(r.UserGroups)))
	}
	if len(r.Verbs) > 0 && !slices.Contains(r.Verbs, verb) {
		return "", false
	}
	if len(r.NonResourceURLs) > 0 && len(r.Resources) == 0 && len(r.Namespaces) == 0 {
		return "", false
	}
	if len(r.Namespaces) > 0 {
		if asked.cluster && !slices.Contains(r.Namespaces, "") { // which stands for what is in none
			return "", false
		}
		if !asked.cluster {
			narrow = append(narrow, "in the namespaces "+list(quotedNames(r.Namespaces)))
		}
	}
	if len(r.Resources) > 0 {
		names, of := r.ofResource(asked.group, resource)
		if !of {
			return "", false
		}
		if len(names) > 0 {
			narrow = append(narrow, "called "+list(quotedNames(names)))
		}
	}
	return strings.Join(narrow, " "), true
}

// ofResource reports whether a rule is of a resource, and of which names alone.
func (r auditRule) ofResource(group, resource string) (names []string, of bool) {
	kind, sub, _ := strings.Cut(resource, "/")
	for _, in := range r.Resources {
		if in.Group != group {
			continue
		}
		matches := len(in.Resources) == 0
		for _, wanted := range in.Resources {
			matches = matches || wanted == "*" || wanted == resource || sub != "" && wanted == "*/"+sub || wanted == kind+"/*"
		}
		switch {
		case matches && (len(in.ResourceNames) == 0 || len(in.Resources) == 0):
			return nil, true
		case matches:
			names, of = append(names, in.ResourceNames...), true
		}
	}
	return names, of
}

// quotedNames returns names as they are shown.
func quotedNames(names []string) []string {
	var short []string
	for _, n := range names {
		short = append(short, fmt.Sprintf("%q", shorten(n)))
	}
	return short
}
