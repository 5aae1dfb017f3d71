package checks

import (
	"slices"

	"tickmark/engine"
	"tickmark/engine/rbac"
)

// Check default-service-accounts-unused.
//
// Judges the service account "default" of every namespace that has one or in
// which something runs as it. Fails where a binding names it, by its own name or
// by its user name, or where a workload gets its token; rights it has only through
// a group that all service accounts are in are not counted here. Passes where
// neither is so: pods may run as it as long as they get no token. Unknown for workflows
// that name no account where defaults of Argo's controller may name one.
func defaultServiceAccountsUnused() check {
	return check{
		id: "default-service-accounts-unused", version: 3,
		needs: append(workloadKinds(), serviceAccountKind, rbac.RoleBindingKind, rbac.ClusterRoleBindingKind),
		looks: []engine.Kind{rbac.RoleKind, rbac.ClusterRoleKind, configMapKind},
		eval:  evalDefaultAccounts,
	}
}

func evalDefaultAccounts(v *engine.View) []engine.Detail {
	rights, uses := rbac.Of(v), accountUses(v)
	refs := map[engine.Ref]engine.Ref{} // without UID to with
	for ref, a := range accountsOf(v).byRef {
		if ref.Name == "default" {
			refs[ref] = a.Ref
		}
	}
	for ref := range uses {
		if _, known := refs[ref]; !known && ref.Name == "default" {
			refs[ref] = ref
		}
	}
	basis := struct {
		rights *rbac.Rights
		whole  bool // all that could name it was seen
	}{rights, sawWorkloads(v) && !accountsDefaulted(v) && sawAll(v, []engine.Kind{rbac.RoleBindingKind, rbac.ClusterRoleBindingKind})}
	details := make([]engine.Detail, 0, len(refs))
	for ref, withUID := range refs {
		of := uses[ref]
		if of == nil {
			of = &use{account: ref}
			if account, there := accountsOf(v).byRef[ref]; there {
				of.basis.account = account.Object
			}
		}
		details = append(details, of.unused.once(basis, func() engine.Detail {
			f, cites := judgeDefaultAccount(rights, ref, of)
			if f.verdict == engine.Pass && !basis.whole {
				f = unknown(f.field, f.value, "No binding that was seen names it, and no workload that was seen gets its token; not all were seen")
			}
			return f.of(withUID, append([]engine.Digest{of.basis.digest()}, cites...)...)
		}))
	}
	slices.SortFunc(details, func(a, b engine.Detail) int { return a.Subject.Compare(b.Subject) })
	return details
}

func judgeDefaultAccount(rights *rbac.Rights, ref engine.Ref, of *use) (finding, []engine.Digest) {
	account := rbac.Subject{Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name}
	user := rbac.Subject{Kind: "User", Name: "system:serviceaccount:" + ref.Namespace + ":" + ref.Name}
	var bindings []string
	var cites []engine.Digest
	for _, b := range rights.Bindings() {
		if slices.Contains(b.Subjects, account) || slices.Contains(b.Subjects, user) {
			bindings, cites = append(bindings, b.Ref.String()), append(cites, b.Digest)
		}
	}
	if len(bindings) > 0 {
		return fails("", bindings, "Rights are bound to it by %s", list(bindings)), cites
	}
	var names []string
	for _, o := range of.holders {
		names, cites = append(names, o.Ref.String()), append(cites, o.Digest)
	}
	if of.doubted {
		return unknown("", names, "Its token may be given to %s, and it could not be seen itself: %s", count(len(names), "workload"), list(names)), cites
	}
	if len(names) > 0 {
		return fails("", names, "Its token is given to %s: %s", count(len(names), "workload"), list(names)), cites
	}
	for _, o := range of.perhaps {
		names, cites = append(names, o.Ref.String()), append(cites, o.Digest)
	}
	if len(names) > 0 {
		return unknown("", names, "Its token is given to %s, unless the defaults of Argo's controller (workflowDefaults) name another account: %s",
			count(len(names), "workload"), list(names)), cites
	}
	return passes("", nil, "No binding names it, and no workload gets its token"), nil
}
