package rbac

import (
	"fmt"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
)

// place is what one may become on a way: a subject, one of a set of subjects, the
// holder of a role, or somebody who may do everything.
type place struct {
	kind      placeKind
	subject   Subject
	namespace string // of a set, everyNamespace for all of them
	role      engine.Ref
}

type placeKind int

// The kinds of places.
const (
	everything    placeKind = iota
	aSubject                // that one
	aName                   // a user by his name, without the groups that AWS puts its bearer into
	anyAccount              // any service account of a namespace
	anyAbsent               // any service account of a namespace that a binding names and that is not there
	anyWorkload             // whatever account a changed workload is given: of namespaces where there is one
	anyRunning              // any account that something runs as in a namespace
	anyKept                 // any account whose token is kept in a Secret of a namespace
	anyUser                 // any user whom a binding names
	anyGroup                // any group whom a binding names
	allIn                   // every right within a namespace
	roleIn                  // the rights of a role in a namespace, or everywhere
	roleInAny               // the rights of a cluster role in a namespace of choice
	anyRole                 // any Role of a namespace
	theNodes                // the nodes with all that runs there
	aNode                   // any node, by its name
	byCertificate           // any user, account and group but system:masters
)

// String says what somebody becomes there.
func (p place) String() string {
	in := " of namespace " + p.namespace
	switch p.namespace {
	case everyNamespace:
		in = " of any namespace"
	case "":
		in = " of the namespace that the manifests do not name"
	}
	switch p.kind {
	case everything:
		return "every right in the cluster"
	case anyAccount, anyWorkload:
		return "any service account" + in
	case anyAbsent:
		return "any service account that is bound and not there" + in
	case anyRunning:
		return "any service account that runs" + in
	case anyKept:
		return "any service account with a token in a Secret" + in
	case anyUser:
		return "any user"
	case anyGroup:
		return "any group"
	case allIn:
		return "every right" + in
	case roleIn:
		if p.namespace == everyNamespace {
			return "the rights of " + short(p.role) + " in the whole cluster"
		}
		return "the rights of " + short(p.role) + in
	case roleInAny:
		return "the rights of " + short(p.role) + " of any namespace"
	case anyRole:
		return "the rights of any Role" + in
	case theNodes:
		return "root on the nodes"
	case aNode:
		return "any node"
	case byCertificate:
		return "any user, service account and group"
	case aSubject, aName:
	}
	return p.subject.String()
}

// isOne reports whether p is a single subject.
func (p place) isOne() bool { return p.kind == aSubject || p.kind == aName }

// way leads from one place to another. Without a technique it is no step: who is at
// the one place is at the other too.
type way struct {
	from, to  int
	technique string
	does      string
	grants    []Grant
	by        []engine.Ref // what else it rests on, such as the pod that is entered
}

// leg tells ways apart.
type leg struct {
	from, to  int
	technique string
}

// Escalations are the ways by which subjects of a target come to rights that nobody
// granted to them.
//
// Each step rests on what one subject holds with the groups it is in by itself; two
// subjects that each hold half of a step are not put together. What admission or
// another authorizer refuses is not known here: a way is what the roles leave open.
type Escalations struct {
	rights  *Rights
	byRules map[*rbacv1.PolicyRule][]given // abilities, by the first rule of a role
	runs    running
	spaces  []string // the namespaces that something was seen of
	kept    []keeper
	aws     *AWSAuth             // nil where there is none
	called  map[string][]Subject // service accounts by their name
	missing map[string][]Subject // those that are bound and not there
	places  []place
	index   map[place]int
	ways    []way
	met     map[leg]bool
	out     [][]int // ways by the place they lead from
	next    []int   // of each place, the way on the shortest path to everything; -1 for none
	steps   []int   // how many steps that path has
}

// running is what runs as an account.
type running struct {
	all     []*runner
	byName  map[string][]*runner // nil until one is asked for
	control []engine.Ref         // control plane pods that a kubelet runs
	used    []use                // templates of workflows that are run again and again
	open    *openings            // nil until they are asked for
	byGet   bool                 // who may get a way into one may open it
}

// called returns what runs under a name.
func (r *running) called(name string) []*runner {
	if r.byName == nil {
		r.byName = map[string][]*runner{}
		for _, one := range r.all {
			r.byName[one.ref.Name] = append(r.byName[one.ref.Name], one)
		}
	}
	return r.byName[name]
}

// EscalationKinds are the kinds that ways rest on beside roles and bindings.
func EscalationKinds() []engine.Kind { return append(RunnerKinds(), accountKind) }

type escalationsKey struct{}

// EscalationsOf finds the ways of a view, once per view.
func EscalationsOf(v *engine.View) *Escalations {
	return engine.Memo(v, escalationsKey{}, func() *Escalations {
		e := &Escalations{
			rights: Of(v), byRules: map[*rbacv1.PolicyRule][]given{}, runs: running{all: allRunners.Of(v), byGet: OpensByGet(v)},
			index: map[place]int{}, kept: tokenSecrets(v), aws: AWSAuthOf(v), called: map[string][]Subject{}, missing: map[string][]Subject{}, met: map[leg]bool{},
		}
		e.runs.used = usesOf(v)
		e.at(place{kind: everything})
		e.sets(accounts(v, e.rights, telling.Of(v)), telling.Of(v))
		e.absent(v)
		for _, s := range e.Subjects() {
			e.at(place{kind: aSubject, subject: s})
		}
		// Places that are met on the way are added at the end.
		for i := 0; i < len(e.places); i++ {
			e.leave(i)
		}
		e.search()
		return e
	})
}

// at returns the index of a place.
func (e *Escalations) at(p place) int {
	i, known := e.index[p]
	if !known {
		i = len(e.places)
		e.index[p], e.places = i, append(e.places, p)
		e.out = append(e.out, nil)
	}
	return i
}

// lead adds a way, once for each technique: another grant to the same is no other way.
func (e *Escalations) lead(from int, to place, w way) {
	w.from, w.to = from, e.at(to)
	if w.from == w.to || e.met[leg{w.from, w.to, w.technique}] {
		return
	}
	e.met[leg{w.from, w.to, w.technique}] = true
	e.out[from] = append(e.out[from], len(e.ways))
	e.ways = append(e.ways, w)
}

// inOne makes a place one of a set of a namespace.
func (e *Escalations) inOne(kind placeKind, namespace string, member place, by ...engine.Ref) {
	if n := len(e.spaces); n == 0 || e.spaces[n-1] != namespace { // most come one after the other
		e.spaces = append(e.spaces, namespace)
	}
	one := place{kind: kind, namespace: namespace}
	e.lead(e.at(place{kind: kind, namespace: everyNamespace}), one, way{})
	if from := e.at(one); !e.met[leg{from: from, to: e.at(member)}] {
		e.lead(from, member, way{by: slices.Clone(by)})
	}
}

// absent are the service accounts that bindings name and that are not there: whoever makes
// one, or speaks as it, has what is bound to it.
func (e *Escalations) absent(v *engine.View) {
	if e.rights.files || !v.Saw(accountKind) {
		return // they may be elsewhere, and count as if they were there
	}
	for _, s := range e.rights.Subjects() {
		if s = canonical(s); s.Kind == rbacv1.ServiceAccountKind && !slices.Contains(e.called[s.Name], s) {
			e.missing[s.Name] = append(e.missing[s.Name], s)
			e.inOne(anyAbsent, s.Namespace, place{kind: aSubject, subject: s})
		}
	}
}

// sets leads from the sets of subjects to their members.
func (e *Escalations) sets(accounts []Subject, running []*runner) {
	for _, a := range accounts {
		e.called[a.Name] = append(e.called[a.Name], a)
		e.inOne(anyAccount, a.Namespace, place{kind: aSubject, subject: a})
	}
	for _, r := range running {
		e.inOne(anyRunning, r.ref.Namespace, place{kind: aSubject, subject: r.account()}, r.ref)
		if r.makes() {
			e.inOne(anyWorkload, r.ref.Namespace, place{kind: anyAccount, namespace: r.ref.Namespace}, r.ref)
		}
		if r.controls() {
			e.runs.control = append(e.runs.control, r.ref)
		}
	}
	for _, k := range e.kept {
		e.inOne(anyKept, k.account.Namespace, place{kind: aSubject, subject: k.account}, engine.Ref{Kind: secretKind.Kind, Namespace: k.account.Namespace, Name: k.secret})
	}
	nodes, certificate := e.at(place{kind: theNodes}), e.at(place{kind: byCertificate})
	e.lead(nodes, place{kind: anyRunning, namespace: everyNamespace}, way{})
	// A node gets the tokens of the accounts that run on it, and there is one of every name.
	e.lead(e.at(place{kind: aNode}), place{kind: anyRunning, namespace: everyNamespace}, way{})
	e.lead(e.at(place{kind: aNode}), place{kind: aSubject, subject: nodesGroup}, way{})
	if len(e.runs.control) > 0 {
		e.lead(nodes, place{kind: everything}, way{by: e.runs.control})
	}
	e.lead(certificate, place{kind: anyUser}, way{})
	e.lead(certificate, place{kind: anyGroup}, way{})
	// An account is known by its user name, whoever gave it.
	e.lead(certificate, place{kind: anyAccount, namespace: everyNamespace}, way{})
	e.lead(certificate, place{kind: anyAbsent, namespace: everyNamespace}, way{})
	for _, s := range e.Subjects() {
		switch {
		case s.Kind == rbacv1.UserKind:
			e.lead(e.at(place{kind: anyUser}), e.byName(s), way{})
		case s.Kind == rbacv1.GroupKind && s != Masters:
			e.lead(e.at(place{kind: anyGroup}), place{kind: aSubject, subject: s}, way{})
		}
	}
	for _, role := range e.rights.ordered {
		if namespace := role.Ref.Namespace; role.Ref.Of() == RoleKind {
			e.inOne(anyRole, namespace, place{kind: roleIn, namespace: namespace, role: role.Ref.WithoutUID()})
		}
	}
	slices.Sort(e.spaces)
	e.spaces = slices.Compact(e.spaces)
}

// leave finds the ways out of one place.
func (e *Escalations) leave(i int) {
	p := e.places[i]
	switch p.kind {
	case aSubject:
		if p.subject == Masters {
			e.lead(i, place{kind: everything}, way{})
			return
		}
		if slices.Contains(e.aws.groupsOf(p.subject), Masters) {
			e.lead(i, place{kind: aSubject, subject: Masters}, way{by: []engine.Ref{e.aws.Ref}})
			return
		}
		e.leaveBy(i, e.Bindings(p.subject))
	case aName:
		e.leaveBy(i, e.rights.Of(p.subject))
	case allIn:
		e.lead(i, place{kind: anyAccount, namespace: p.namespace}, way{})
	case roleInAny:
		for _, namespace := range e.spaces {
			e.lead(i, place{kind: roleIn, namespace: namespace, role: p.role}, way{})
		}
	case roleIn:
		b := &Binding{Ref: engine.Ref{Group: rbacv1.GroupName, Kind: RoleBindingKind.Kind, Namespace: p.namespace}, RoleRef: p.role}
		if p.namespace == everyNamespace {
			b.Ref.Kind, b.Ref.Namespace = ClusterRoleBindingKind.Kind, ""
		}
		if b.Role = e.rights.roles[p.role]; b.Role != nil {
			b.rules = b.Role.Rules
		} else if p.role.Of() == ClusterRoleKind {
			b.rules = KnownRules(p.role.Name)
		}
		switch everywhere := b.Everywhere(); {
		case AllowEverything(b.rules) && everywhere:
			e.lead(i, place{kind: everything}, way{})
		case AllowEverything(b.rules):
			e.lead(i, place{kind: allIn, namespace: p.namespace}, way{})
		default:
			e.step(i, e.handOf(Subject{}, []*Binding{b}), []*Binding{b})
		}
	case everything, anyAccount, anyAbsent, anyWorkload, anyRunning, anyKept, anyUser, anyGroup, anyRole, theNodes, aNode, byCertificate:
		// where these lead is known from the start
	}
}

// leaveBy finds the ways out of the place of a subject that bindings grant something to.
func (e *Escalations) leaveBy(i int, bindings []*Binding) {
	s := e.places[i].subject
	for _, b := range bindings {
		if b.Everywhere() && AllowEverything(b.rules) {
			e.lead(i, place{kind: everything}, way{grants: []Grant{{Subject: s, Binding: b}}})
			return
		}
	}
	e.step(i, e.handOf(s, bindings), bindings)
}

// byName is the place of whoever takes a user's name, from a certificate or by speaking as
// him: the groups of AWS come of its own credentials.
func (e *Escalations) byName(s Subject) place {
	if len(e.aws.groupsOf(s)) > 0 {
		return place{kind: aName, subject: s}
	}
	return place{kind: aSubject, subject: s}
}

// step adds the steps that a hand allows.
func (e *Escalations) step(i int, h hand, bindings []*Binding) {
	e.byRoles(i, h, bindings)
	e.byBindings(i, h)
	e.byImpersonation(i, h)
	e.byWorkloads(i, h)
	e.byTemplates(i, h)
	e.byCredentials(i, h)
	e.byTheCluster(i, h)
	e.byMappings(i, h)
}

// take adds a step that rests on some grants.
func (e *Escalations) take(i int, to place, technique string, by []held, format string, args ...any) {
	w := way{technique: technique, does: fmt.Sprintf(format, args...)}
	for _, h := range by {
		w.grants = append(w.grants, h.grant)
	}
	e.lead(i, to, w)
}
