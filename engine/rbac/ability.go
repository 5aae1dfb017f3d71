package rbac

import (
	"maps"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
)

// ability is something that a right lets one do on the way to other rights.
type ability int

// The abilities.
const (
	escalateClusterRoles ability = iota
	escalateRoles
	changeClusterRoles
	makeClusterRoles
	changeRoles
	makeRoles
	bindClusterRoles
	bindRoles
	makeClusterBindings
	changeClusterBindings
	makeBindings
	changeBindings
	impersonateUsers
	impersonateGroups
	impersonateAccounts
	runPods
	changeWorkloads
	changeTemplates
	changePods
	addEphemeral
	execInto
	execByGet
	attachTo
	attachByGet
	readSecrets
	changeSecrets
	makeSecrets
	makeAccounts
	requestTokens
	requestCertificates
	requestNodeCertificates
	approveCertificates
	approveSigners
	reachKubelets
	changeMutation
	makeMutationPolicies
	makeMutationBindings
	changeAPIs
	makeVolumes
	changeConfigMaps
)

// probe is a request that needs no more than its verb and resource to be told.
type probe struct {
	verbs     []string
	group     string
	resources []string
	// unnamed says that the request names no object, so that a rule for named
	// objects does not allow it.
	unnamed bool
	// ofOthers says that the resource is none of Kubernetes' own.
	ofOthers bool
}

var (
	creating = []string{"create"}
	changing = []string{"update", "patch"}
	getting  = []string{"get"}
	opening  = []string{"create", "get"} // by POST and by a websocket
)

const admissionGroup = "admissionregistration.k8s.io"

// probes are what gives each ability: any one of them.
var probes = map[ability][]probe{
	escalateClusterRoles:  {{verbs: []string{"escalate"}, group: rbacv1.GroupName, resources: []string{"clusterroles"}}},
	escalateRoles:         {{verbs: []string{"escalate"}, group: rbacv1.GroupName, resources: []string{"roles"}}},
	changeClusterRoles:    {{verbs: changing, group: rbacv1.GroupName, resources: []string{"clusterroles"}}},
	makeClusterRoles:      {{verbs: creating, group: rbacv1.GroupName, resources: []string{"clusterroles"}, unnamed: true}},
	changeRoles:           {{verbs: changing, group: rbacv1.GroupName, resources: []string{"roles"}}},
	makeRoles:             {{verbs: creating, group: rbacv1.GroupName, resources: []string{"roles"}, unnamed: true}},
	bindClusterRoles:      {{verbs: []string{"bind"}, group: rbacv1.GroupName, resources: []string{"clusterroles"}}},
	bindRoles:             {{verbs: []string{"bind"}, group: rbacv1.GroupName, resources: []string{"roles"}}},
	makeClusterBindings:   {{verbs: creating, group: rbacv1.GroupName, resources: []string{"clusterrolebindings"}, unnamed: true}},
	changeClusterBindings: {{verbs: changing, group: rbacv1.GroupName, resources: []string{"clusterrolebindings"}}},
	makeBindings:          {{verbs: creating, group: rbacv1.GroupName, resources: []string{"rolebindings"}, unnamed: true}},
	changeBindings:        {{verbs: changing, group: rbacv1.GroupName, resources: []string{"rolebindings"}}},
	impersonateUsers:      {{verbs: []string{"impersonate"}, resources: []string{"users"}}},
	impersonateGroups:     {{verbs: []string{"impersonate"}, resources: []string{"groups"}}},
	impersonateAccounts:   {{verbs: []string{"impersonate"}, resources: []string{"serviceaccounts"}}},
	runPods: append([]probe{
		{verbs: creating, resources: []string{"pods", "replicationcontrollers"}, unnamed: true},
		{verbs: creating, group: "apps", resources: []string{"daemonsets", "deployments", "replicasets", "statefulsets"}, unnamed: true},
		{verbs: creating, group: "batch", resources: []string{"cronjobs", "jobs"}, unnamed: true},
	}, ofTemplates(creating, true, makesPods)...),
	changeWorkloads: append([]probe{
		{verbs: changing, resources: []string{"replicationcontrollers"}},
		{verbs: changing, group: "apps", resources: []string{"daemonsets", "deployments", "replicasets", "statefulsets"}},
		{verbs: changing, group: "batch", resources: []string{"cronjobs"}},
	}, ofTemplates(changing, false, makesPods)...),
	changeTemplates:     ofTemplates(changing, false, isRunByOthers),
	changePods:          {{verbs: changing, resources: []string{"pods"}}},
	addEphemeral:        {{verbs: changing, resources: []string{"pods/ephemeralcontainers"}}},
	execInto:            {{verbs: creating, resources: []string{"pods/exec"}}},
	execByGet:           {{verbs: getting, resources: []string{"pods/exec"}}},
	attachTo:            {{verbs: creating, resources: []string{"pods/attach"}}},
	attachByGet:         {{verbs: getting, resources: []string{"pods/attach"}}},
	readSecrets:         {{verbs: ShowingSecrets(), resources: []string{"secrets"}}},
	changeSecrets:       {{verbs: changing, resources: []string{"secrets"}}},
	makeSecrets:         {{verbs: creating, resources: []string{"secrets"}, unnamed: true}},
	makeAccounts:        {{verbs: creating, resources: []string{"serviceaccounts"}, unnamed: true}},
	requestTokens:       {{verbs: creating, resources: []string{"serviceaccounts/token"}}},
	requestCertificates: {{verbs: creating, group: "certificates.k8s.io", resources: []string{"certificatesigningrequests"}, unnamed: true}},
	// The controller of certificates approves those of nodes by this right alone.
	requestNodeCertificates: {{verbs: creating, group: "certificates.k8s.io", resources: []string{"certificatesigningrequests/nodeclient"}}},
	approveCertificates:     {{verbs: changing, group: "certificates.k8s.io", resources: []string{"certificatesigningrequests/approval"}}},
	approveSigners:          {{verbs: []string{"approve"}, group: "certificates.k8s.io", resources: []string{"signers"}}},
	reachKubelets:           {{verbs: opening, resources: []string{"nodes/proxy"}}},
	changeMutation:          {{verbs: slices.Concat(creating, changing), group: admissionGroup, resources: []string{"mutatingwebhookconfigurations"}}},
	makeMutationPolicies:    {{verbs: slices.Concat(creating, changing), group: admissionGroup, resources: []string{"mutatingadmissionpolicies"}}},
	makeMutationBindings:    {{verbs: slices.Concat(creating, changing), group: admissionGroup, resources: []string{"mutatingadmissionpolicybindings"}}},
	changeAPIs:              {{verbs: changing, group: "apiregistration.k8s.io", resources: []string{"apiservices"}}},
	makeVolumes:             {{verbs: creating, resources: []string{"persistentvolumes"}, unnamed: true}},
	changeConfigMaps:        {{verbs: changing, resources: []string{"configmaps"}}},
}

func makesPods(t engine.PodTemplate) bool { return t.Makes }

// isRunByOthers reports whether pods come of a kind through others that refer to it.
func isRunByOthers(t engine.PodTemplate) bool { return t.Workflow && !t.Makes }

// ofTemplates probes kinds of others that hold what pods are made of.
func ofTemplates(verbs []string, unnamed bool, of func(engine.PodTemplate) bool) []probe {
	var all []probe
	for _, t := range engine.PodTemplates() {
		if of(t) {
			all = append(all, probe{verbs: verbs, group: t.Kind.Group, resources: []string{t.Resource}, unnamed: unnamed, ofOthers: true})
		}
	}
	return all
}

// says is what a resource is called in a path: with its group where it is not one of
// Kubernetes' own.
func (p probe) says(resource string) string {
	if p.ofOthers {
		return resource + "." + p.group
	}
	return resource
}

// spoken names the resources by which an ability is given, those of others only where
// there are no others.
func spoken(resources []string) string {
	own := slices.DeleteFunc(slices.Clone(resources), func(r string) bool { return strings.Contains(r, ".") })
	if len(own) == 0 {
		own = resources
	}
	return strings.Join(own, ", ")
}

// gives returns the names that a rule limits an ability to, nil for all objects, and
// the resource by which it gives it.
func (a ability) gives(rule rbacv1.PolicyRule) (given bool, names []string, resources []string) {
	for _, p := range probes[a] {
		for _, resource := range p.resources {
			for _, verb := range p.verbs {
				if !Allows(rule, verb, p.group, resource) {
					continue
				}
				withoutName := p.unnamed || verb == "create" && !isSubresource(resource)
				if withoutName && len(rule.ResourceNames) > 0 && !slices.Contains(rule.ResourceNames, "") {
					continue
				}
				of := rule.ResourceNames
				switch {
				case p.unnamed:
					of = nil
				case !isSubresource(resource):
					of = limits(rule, verb)
				}
				// The verb that is limited least counts: a list by the empty name is of all.
				if !given || of == nil {
					names = of
				}
				given = true
				if name := p.says(resource); !slices.Contains(resources, name) {
					resources = append(resources, name)
				}
			}
		}
	}
	return given, names, resources
}

func isSubresource(resource string) bool { return slices.Contains([]byte(resource), '/') }

// held is an ability in somebody's hand, by a grant.
type held struct {
	grant     Grant
	names     []string // nil is all objects
	resources []string
}

// everyNamespace is the namespace of what holds in all of them.
const everyNamespace = "*"

// everywhere reports whether h holds in all namespaces and for what has none.
func (h held) everywhere() bool { return h.grant.Everywhere() }

// namespace is where h holds.
func (h held) namespace() string { return namespaceOf(h.grant.Binding) }

func namespaceOf(b *Binding) string {
	if b.Everywhere() {
		return everyNamespace
	}
	return b.Ref.Namespace
}

// of reports whether h holds for an object of a name.
func (h held) of(name string) bool { return len(h.names) == 0 || slices.Contains(h.names, name) }

// hand is what one subject holds, by ability and namespace.
type hand map[ability]map[string][]held

// all returns what is held of an ability, wherever that is.
func (h hand) all(a ability) []held {
	var all []held
	for _, namespace := range slices.Sorted(maps.Keys(h[a])) {
		all = append(all, h[a][namespace]...)
	}
	return all
}

// in returns what is held of an ability in a namespace, by rights to all of them too.
func (h hand) in(a ability, namespace string) []held {
	if namespace == everyNamespace {
		return h[a][everyNamespace]
	}
	return append(h[a][everyNamespace][:len(h[a][everyNamespace]):len(h[a][everyNamespace])], h[a][namespace]...)
}

// whole returns what is held of an ability in the whole cluster.
func (h hand) whole(a ability) []held { return h[a][everyNamespace] }

// pair is two abilities that are held together.
type pair struct {
	namespace string
	one       held
	other     held
}

// pairs returns where two abilities are held together: both everywhere, or in one
// namespace, each by a right to it or to all.
func (h hand) pairs(one, other ability) []pair {
	var all []pair
	for _, namespace := range slices.Compact(slices.Sorted(maps.Keys(h[one]))) {
		for _, x := range h[one][namespace] {
			for _, y := range h.in(other, namespace) {
				all = append(all, pair{namespace, x, y})
			}
		}
	}
	for _, namespace := range slices.Sorted(maps.Keys(h[other])) {
		if namespace == everyNamespace {
			continue
		}
		for _, x := range h[one][everyNamespace] {
			for _, y := range h[other][namespace] {
				all = append(all, pair{namespace, x, y})
			}
		}
	}
	return all
}

// given is an ability that a role's rule gives, whoever is bound to it.
type given struct {
	ability   ability
	rule      int
	names     []string
	resources []string
}

// abilities returns what rules give; the answer is kept by the role's rules.
func (e *Escalations) abilities(rules []rbacv1.PolicyRule) []given {
	if len(rules) == 0 {
		return nil
	}
	if known, there := e.byRules[&rules[0]]; there {
		return known
	}
	var all []given
	for a := range ability(len(probes)) {
		for i, rule := range rules {
			if is, names, resources := a.gives(rule); is {
				all = append(all, given{a, i, names, resources})
			}
		}
	}
	e.byRules[&rules[0]] = all
	return all
}

// handOf returns what bindings put into a subject's hand.
func (e *Escalations) handOf(s Subject, bindings []*Binding) hand {
	h := hand{}
	for _, b := range bindings {
		for _, g := range e.abilities(b.rules) {
			grant := Grant{Subject: s, Binding: b, Rule: g.rule, Names: g.names}
			if h[g.ability] == nil {
				h[g.ability] = map[string][]held{}
			}
			namespace := namespaceOf(b)
			h[g.ability][namespace] = append(h[g.ability][namespace], held{grant, g.names, g.resources})
		}
	}
	return h
}
