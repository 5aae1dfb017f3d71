package rbac

import (
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
)

// byRoles: who may escalate a role and change it, and is bound to it, writes
// whatever he wants into it; so does who may make a role of its name where there is none,
// and who may make or change one from which its rules are gathered.
func (e *Escalations) byRoles(i int, h hand, bindings []*Binding) {
	if len(h[escalateClusterRoles])+len(h[escalateRoles]) == 0 {
		return
	}
	for _, b := range bindings {
		escalate, change, make, in, to := escalateClusterRoles, changeClusterRoles, makeClusterRoles, everyNamespace, place{kind: everything}
		if b.RoleRef.Kind == RoleKind.Kind {
			escalate, change, make, in = escalateRoles, changeRoles, makeRoles, b.Ref.Namespace
		}
		if !b.Everywhere() {
			to = place{kind: allIn, namespace: b.Ref.Namespace}
		}
		named := func(name string) func(held) bool { return func(h held) bool { return h.of(name) } }
		both := func(change ability, name string, does string) {
			if one, other := first(h.in(escalate, in), named(name)), first(h.in(change, in), named(name)); one != nil && other != nil {
				e.take(i, to, "escalate", []held{*one, *other}, does, short(b.RoleRef))
			}
		}
		both(change, b.RoleRef.Name, "writes every right into %s, to which it is bound")
		const unnamed = "" // what is made is asked for without its name
		switch {
		case b.Role == nil && b.rules == nil && b.Refused == "":
			both(make, unnamed, "makes %s, to which it is bound, with every right")
		case b.Role != nil && b.Role.Aggregates:
			both(make, unnamed, "makes a role of every right that is gathered into %s, to which it is bound")
			for _, role := range e.rights.ordered {
				if role.Ref.Of() == ClusterRoleKind {
					both(change, role.Ref.Name, "writes every right into a role that is gathered into %s, to which it is bound")
				}
			}
		}
	}
}

// byBindings: who may bind a role and make a binding holds the role, and so does who
// changes one that there is.
func (e *Escalations) byBindings(i int, h hand) {
	for _, p := range h.pairs(bindClusterRoles, makeClusterBindings) {
		if p.namespace == everyNamespace {
			e.bindCluster(i, p, place{kind: everything}, "binds cluster-admin to itself")
		}
	}
	for _, p := range h.pairs(bindClusterRoles, makeBindings) {
		e.bindCluster(i, p, place{kind: allIn, namespace: p.namespace}, "binds cluster-admin to itself in a namespace")
	}
	for _, p := range h.pairs(bindRoles, makeBindings) {
		e.bindRole(i, p)
	}
	e.byChangedBindings(i, h)
}

// bindCluster binds a cluster role: everywhere by a ClusterRoleBinding, or in a namespace
// by a RoleBinding.
func (e *Escalations) bindCluster(i int, p pair, most place, does string) {
	by := []held{p.one, p.other}
	if len(p.one.names) == 0 {
		e.take(i, most, "bind", by, "%s", does)
	}
	for _, name := range p.one.names {
		to := place{kind: roleIn, namespace: p.namespace, role: engine.Ref{Group: rbacv1.GroupName, Kind: ClusterRoleKind.Kind, Name: name}}
		if most.kind == allIn && p.namespace == everyNamespace {
			to.kind = roleInAny
		}
		e.take(i, to, "bind", by, "binds ClusterRole %s to itself", name)
	}
}

// bindRole binds a Role of a namespace.
func (e *Escalations) bindRole(i int, p pair) {
	by := []held{p.one, p.other}
	if len(p.one.names) == 0 {
		e.take(i, place{kind: anyRole, namespace: p.namespace}, "bind", by, "binds a Role to itself")
		return
	}
	for _, role := range e.rights.ordered {
		ref := role.Ref.WithoutUID()
		if ref.Of() == RoleKind && p.one.of(ref.Name) && (p.namespace == everyNamespace || p.namespace == ref.Namespace) {
			e.take(i, place{kind: roleIn, namespace: ref.Namespace, role: ref}, "bind", by, "binds Role %s to itself", ref.Name)
		}
	}
}

// byChangedBindings: a binding that there is takes another subject. Its role stays.
func (e *Escalations) byChangedBindings(i int, h hand) {
	if len(h[bindClusterRoles])+len(h[bindRoles]) == 0 || len(h[changeClusterBindings])+len(h[changeBindings]) == 0 {
		return
	}
	for _, b := range e.rights.bindings {
		bind, change, in := bindClusterRoles, changeClusterBindings, namespaceOf(b)
		if b.RoleRef.Kind == RoleKind.Kind {
			bind = bindRoles
		}
		if !b.Everywhere() {
			change = changeBindings
		}
		one := first(h.in(bind, in), func(h held) bool { return h.of(b.RoleRef.Name) })
		other := first(h.in(change, in), func(h held) bool { return h.of(b.Ref.Name) })
		if one != nil && other != nil && b.Refused == "" {
			e.take(i, place{kind: roleIn, namespace: in, role: b.RoleRef}, "bind", []held{*one, *other}, "binds %s to itself in %s", short(b.RoleRef), short(b.Ref))
		}
	}
}

// byImpersonation: a group is impersonated together with a user or an account.
func (e *Escalations) byImpersonation(i int, h hand) {
	users := ofPeople(h.whole(impersonateUsers))
	for _, may := range users {
		if len(may.names) == 0 {
			e.take(i, place{kind: anyUser}, "impersonate", []held{may}, "speaks as another user")
		}
		for _, name := range may.names {
			e.take(i, e.byName(Subject{Kind: rbacv1.UserKind, Name: name}), "impersonate", []held{may}, "speaks as user %s", name)
		}
	}
	for _, may := range h.all(impersonateAccounts) {
		e.toAccounts(i, may, "impersonate", []held{may}, "speaks as a service account")
		e.toAbsent(i, may, may.namespace(), []held{may}, "impersonate", "speaks as a service account that is bound and not there")
	}
	with := slices.Concat(users, h.all(impersonateAccounts)) // users are in no namespace
	for _, may := range h.whole(impersonateGroups) {
		if len(with) == 0 {
			break
		}
		by := []held{may, with[0]}
		if len(may.names) == 0 {
			e.take(i, place{kind: aSubject, subject: Masters}, "impersonate", by, "speaks as a member of system:masters")
		}
		for _, name := range may.names {
			e.take(i, place{kind: aSubject, subject: Subject{Kind: rbacv1.GroupKind, Name: name}}, "impersonate", by, "speaks as a member of %s", name)
		}
		if user := first(users, ofANode); user != nil && may.of(nodesGroup.Name) {
			e.take(i, place{kind: aNode}, "impersonate", []held{may, *user}, "speaks as a node")
		}
	}
}

// ofPeople leaves out the user names of service accounts: the API server asks for these
// whether the account may be impersonated, and not the user.
func ofPeople(all []held) []held {
	var some []held
	for _, h := range all {
		if len(h.names) > 0 {
			h.names = slices.DeleteFunc(slices.Clone(h.names), func(name string) bool {
				_, is := Account(name)
				return is
			})
			if len(h.names) == 0 {
				continue
			}
		}
		some = append(some, h)
	}
	return some
}

// nodesGroup is the group of whom the API server lets do what a node of its name may.
var nodesGroup = Subject{Kind: rbacv1.GroupKind, Name: "system:nodes"}

// ofANode reports whether an ability holds for the user name of a node.
func ofANode(h held) bool {
	return len(h.names) == 0 || slices.ContainsFunc(h.names, func(name string) bool { return strings.HasPrefix(name, "system:node:") })
}

// toAccounts leads to the service accounts that an ability is good for.
func (e *Escalations) toAccounts(i int, may held, technique string, by []held, does string) {
	if len(may.names) == 0 {
		e.take(i, place{kind: anyAccount, namespace: may.namespace()}, technique, by, "%s", does)
		return
	}
	for _, name := range may.names {
		for _, account := range e.called[name] {
			if may.everywhere() || may.namespace() == account.Namespace {
				e.take(i, place{kind: aSubject, subject: account}, technique, by, "%s", does)
			}
		}
	}
}

// toAbsent leads to the service accounts that are bound and not there, of which an ability
// is good for some.
func (e *Escalations) toAbsent(i int, may held, namespace string, by []held, technique, does string) {
	if len(may.names) == 0 {
		e.take(i, place{kind: anyAbsent, namespace: namespace}, technique, by, "%s", does)
	}
	for _, name := range may.names {
		for _, account := range e.missing[name] {
			if namespace == everyNamespace || namespace == account.Namespace {
				e.take(i, place{kind: aSubject, subject: account}, technique, by, "%s", does)
			}
		}
	}
}

// byWorkloads: who makes a pod chooses the account it runs as; who changes or enters
// one is the account that it runs as.
func (e *Escalations) byWorkloads(i int, h hand) {
	for _, may := range h.all(runPods) {
		e.take(i, place{kind: anyAccount, namespace: may.namespace()}, "create-workload", []held{may}, "runs a pod (%s) with an account of its choice", spoken(may.resources))
	}
	for _, may := range h.all(changeWorkloads) {
		if len(may.names) == 0 {
			e.take(i, place{kind: anyWorkload, namespace: may.namespace()}, "change-workload", []held{may}, "gives a workload (%s) another account and another image", spoken(may.resources))
			continue
		}
		for _, r := range e.named(may) {
			e.take(i, place{kind: anyAccount, namespace: r.ref.Namespace}, "change-workload", []held{may}, "gives %s another account and another image", short(r.ref))
		}
	}
	for _, entry := range [...]struct {
		may       ability
		technique string
		does      string
		byGet     bool
	}{
		{changePods, "change-pod", "gives a pod another image", false},
		{addEphemeral, "ephemeral-container", "adds a container to a pod", false},
		{execInto, "exec", "runs commands in a pod", false},
		{execByGet, "exec", "runs commands in a pod", true},
		{attachTo, "attach", "attaches to a pod", false},
		{attachByGet, "attach", "attaches to a pod", true},
	} {
		if entry.byGet && !e.runs.byGet {
			continue
		}
		for _, may := range h.all(entry.may) {
			if len(may.names) == 0 {
				e.take(i, place{kind: anyRunning, namespace: may.namespace()}, entry.technique, []held{may}, "%s", entry.does)
				continue
			}
			pods := may
			pods.resources = []string{"pods"}
			for _, r := range e.named(pods) {
				e.take(i, place{kind: aSubject, subject: r.account()}, entry.technique, []held{may}, "%s (%s)", entry.does, r.ref.Name)
			}
		}
	}
}

// named returns what runs under one of the names that an ability is limited to.
func (e *Escalations) named(may held) []*runner {
	var found []*runner
	for _, name := range may.names {
		for _, r := range e.runs.called(name) {
			if slices.Contains(may.resources, r.resource) && (may.everywhere() || may.namespace() == r.ref.Namespace) {
				found = append(found, r)
			}
		}
	}
	return found
}

// byCredentials: tokens that are requested, kept in Secrets, or made there, and
// certificates.
func (e *Escalations) byCredentials(i int, h hand) {
	for _, may := range h.all(requestTokens) {
		e.toAccounts(i, may, "request-token", []held{may}, "requests a token of a service account")
	}
	for _, p := range h.pairs(makeAccounts, requestTokens) {
		e.toAbsent(i, p.other, p.namespace, []held{p.one, p.other}, "make-account", "makes a service account that is bound and not there, and requests its token")
	}
	for _, p := range h.pairs(makeAccounts, runPods) {
		e.toAbsent(i, p.other, p.namespace, []held{p.one, p.other}, "make-account", "makes a service account that is bound and not there, and runs a pod with it")
	}
	for _, may := range h.in(makeSecrets, "kube-system") {
		for _, s := range e.Subjects() {
			if s.Kind == rbacv1.GroupKind && (s.Name == bootstrappers || strings.HasPrefix(s.Name, bootstrappers+":")) {
				e.take(i, place{kind: aSubject, subject: s}, "bootstrap-token", []held{may}, "makes a bootstrap token of %s", s.Name)
			}
		}
	}
	for _, p := range h.pairs(makeSecrets, readSecrets) {
		if names := p.other.names; len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return name != "" }) {
			e.take(i, place{kind: anyAccount, namespace: p.namespace}, "make-token-secret", []held{p.one, p.other}, "makes a Secret for the token of a service account, and reads it")
		}
	}
	e.byChangedSecrets(i, h)
	for _, may := range h.all(readSecrets) {
		if len(may.names) == 0 {
			e.take(i, place{kind: anyKept, namespace: may.namespace()}, "read-secret", []held{may}, "reads the token of a service account in a Secret")
			continue
		}
		for _, k := range e.keptIn(may.namespace()) {
			if may.of(k.secret) {
				e.take(i, place{kind: aSubject, subject: k.account}, "read-secret", []held{may}, "reads the token in Secret %s", k.secret)
			}
		}
	}
	e.byCertificates(i, h)
}

// byChangedSecrets: a Secret for the token of one account is given another's, and read.
func (e *Escalations) byChangedSecrets(i int, h hand) {
	if len(e.kept) == 0 {
		return
	}
	for _, p := range h.pairs(changeSecrets, readSecrets) {
		for _, k := range e.keptIn(p.namespace) {
			if p.one.of(k.secret) && p.other.of(k.secret) {
				e.take(i, place{kind: anyAccount, namespace: k.account.Namespace}, "change-token-secret", []held{p.one, p.other}, "has the token of another service account written into Secret %s, and reads it", k.secret)
			}
		}
	}
}

// keptIn returns the Secrets with tokens of a namespace, or of all of them.
func (e *Escalations) keptIn(namespace string) []keeper {
	if namespace == everyNamespace {
		return e.kept
	}
	from, _ := slices.BinarySearchFunc(e.kept, namespace, func(k keeper, n string) int { return strings.Compare(k.account.Namespace, n) })
	to := from
	for to < len(e.kept) && e.kept[to].account.Namespace == namespace {
		to++
	}
	return e.kept[from:to]
}

// bootstrappers is the group of everybody with a bootstrap token, which may be in others
// of that name and a colon.
const bootstrappers = "system:bootstrappers"

// byCertificates: the certificate of anybody but system:masters, or of a node.
func (e *Escalations) byCertificates(i int, h hand) {
	request := first(h.whole(requestCertificates), nil)
	if request == nil {
		return
	}
	if node := first(h.whole(requestNodeCertificates), nil); node != nil {
		e.take(i, place{kind: aNode}, "certificate", []held{*request, *node}, "requests the certificate of a node, which is approved by itself")
	}
	approve := first(h.whole(approveCertificates), nil)
	for _, signer := range []struct {
		name, does string
		to         placeKind
	}{
		{"kubernetes.io/kube-apiserver-client", "requests a client certificate and approves it", byCertificate},
		{"kubernetes.io/kube-apiserver-client-kubelet", "requests the certificate of a node and approves it", aNode},
	} {
		sign := first(h.whole(approveSigners), func(s held) bool { return s.of(signer.name) || s.of("kubernetes.io/*") })
		if approve != nil && sign != nil {
			e.take(i, place{kind: signer.to}, "certificate", []held{*request, *approve, *sign}, "%s", signer.does)
		}
	}
}

// byTheCluster: what reaches nodes and what others write.
func (e *Escalations) byTheCluster(i int, h hand) {
	if may := first(h.whole(reachKubelets), nil); may != nil {
		e.take(i, place{kind: theNodes}, "nodes-proxy", []held{*may}, "runs commands in the pods of a node through its kubelet")
	}
	if may := first(h.whole(changeMutation), nil); may != nil {
		e.take(i, place{kind: everything}, "webhook", []held{*may}, "changes what others write through a webhook of its own, bindings included")
	}
	if policy, binding := first(h.whole(makeMutationPolicies), nil), first(h.whole(makeMutationBindings), nil); policy != nil && binding != nil {
		e.take(i, place{kind: everything}, "webhook", []held{*policy, *binding}, "changes what others write through an admission policy of its own, bindings included")
	}
	if may := first(h.whole(changeAPIs), ofTheServer); may != nil {
		e.take(i, place{kind: everything}, "api-service", []held{*may}, "has a server of its own answer for one of the API server's groups, bindings included")
	}
	// A pod asks for the claim itself, as an ephemeral volume: nobody needs to make claims.
	if volume := first(h.whole(makeVolumes), nil); volume != nil {
		with := slices.Concat(h.all(runPods), e.changeable(h))
		if len(with) > 0 {
			e.take(i, place{kind: theNodes}, "host-volume", []held{*volume, with[0]}, "mounts the disk of a node through a persistent volume")
		}
	}
}

// changeable returns what is held of an ability to change workloads where there is one to
// change.
func (e *Escalations) changeable(h hand) []held {
	var some []held
	for _, may := range h.all(changeWorkloads) {
		if slices.ContainsFunc(e.runs.all, func(r *runner) bool {
			return r.makes() && may.of(r.ref.Name) && slices.Contains(may.resources, r.resource) && (may.everywhere() || may.namespace() == r.ref.Namespace)
		}) {
			some = append(some, may)
		}
	}
	return some
}

// ofTheServer reports whether an ability holds for a group of APIs that the API server
// answers itself: its objects are called VERSION.GROUP, of the core group VERSION and a dot.
func ofTheServer(h held) bool {
	return len(h.names) == 0 || slices.ContainsFunc(h.names, func(name string) bool {
		_, group, parted := strings.Cut(name, ".")
		return parted && (group == "" || groups[group] != "")
	})
}

// first returns the first that is good, where good says what that is.
func first(all []held, good func(held) bool) *held {
	for i := range all {
		if good == nil || good(all[i]) {
			return &all[i]
		}
	}
	return nil
}
