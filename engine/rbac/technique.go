package rbac

import (
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
)

// byRoles: who may escalate a role and change it, and is bound to it, writes
// whatever he wants into it.
func (e *Escalations) byRoles(i int, h hand, bindings []*Binding) {
	for _, b := range bindings {
		escalate, change, in, to := escalateClusterRoles, changeClusterRoles, everyNamespace, place{kind: everything}
		if b.RoleRef.Kind == RoleKind.Kind {
			escalate, change, in = escalateRoles, changeRoles, b.Ref.Namespace
		}
		if !b.Everywhere() {
			to = place{kind: allIn, namespace: b.Ref.Namespace}
		}
		of := func(h held) bool { return h.of(b.RoleRef.Name) }
		if one, other := first(h.in(escalate, in), of), first(h.in(change, in), of); one != nil && other != nil {
			e.take(i, to, "escalate", []held{*one, *other}, "writes every right into %s, to which it is bound", short(b.RoleRef))
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
	for _, may := range h.whole(impersonateUsers) {
		if len(may.names) == 0 {
			e.take(i, place{kind: anyUser}, "impersonate", []held{may}, "speaks as another user")
		}
		for _, name := range may.names {
			e.take(i, place{kind: aSubject, subject: Subject{Kind: rbacv1.UserKind, Name: name}}, "impersonate", []held{may}, "speaks as user %s", name)
		}
	}
	for _, may := range h.all(impersonateAccounts) {
		e.toAccounts(i, may, "impersonate", []held{may}, "speaks as a service account")
	}
	with := append(h.all(impersonateUsers), h.all(impersonateAccounts)...)
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
	}
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
	}{
		{changePods, "change-pod", "gives a pod another image"},
		{addEphemeral, "ephemeral-container", "adds a container to a pod"},
		{execInto, "exec", "runs commands in a pod"},
		{attachTo, "attach", "attaches to a pod"},
	} {
		for _, may := range h.all(entry.may) {
			if len(may.names) == 0 {
				e.take(i, place{kind: anyRunning, namespace: may.namespace()}, entry.technique, []held{may}, "%s", entry.does)
				continue
			}
			pods := may
			pods.resources = []string{"pods"}
			for _, r := range e.named(pods) {
				e.take(i, place{kind: aSubject, subject: r.account}, entry.technique, []held{may}, "%s (%s)", entry.does, r.ref.Name)
			}
		}
	}
}

// named returns what runs under one of the names that an ability is limited to.
func (e *Escalations) named(may held) []runner {
	var found []runner
	for _, name := range may.names {
		for _, r := range e.runs.byName[name] {
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
	for _, p := range h.pairs(makeSecrets, readSecrets) {
		if names := p.other.names; len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return name != "" }) {
			e.take(i, place{kind: anyAccount, namespace: p.namespace}, "make-token-secret", []held{p.one, p.other}, "makes a Secret for the token of a service account, and reads it")
		}
	}
	for _, may := range h.all(readSecrets) {
		if len(may.names) == 0 {
			e.take(i, place{kind: anyKept, namespace: may.namespace()}, "read-secret", []held{may}, "reads the token of a service account in a Secret")
			continue
		}
		for _, k := range e.kept {
			if may.of(k.secret) && (may.everywhere() || may.namespace() == k.account.Namespace) {
				e.take(i, place{kind: aSubject, subject: k.account}, "read-secret", []held{may}, "reads the token in Secret %s", k.secret)
			}
		}
	}
	client := func(s held) bool { return s.of("kubernetes.io/kube-apiserver-client") || s.of("kubernetes.io/*") }
	request, approve, sign := first(h.whole(requestCertificates), nil), first(h.whole(approveCertificates), nil), first(h.whole(approveSigners), client)
	if request != nil && approve != nil && sign != nil {
		e.take(i, place{kind: byCertificate}, "certificate", []held{*request, *approve, *sign}, "requests a client certificate and approves it")
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
	if volume := first(h.whole(makeVolumes), nil); volume != nil {
		if together := h.pairs(makeClaims, runPods); len(together) > 0 {
			e.take(i, place{kind: theNodes}, "host-volume", []held{*volume, together[0].one, together[0].other}, "mounts the disk of a node through a persistent volume")
		}
	}
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
