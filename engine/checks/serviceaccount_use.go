package checks

import (
	"cmp"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/engine/rbac"
)

// use is what runs as a service account and gets its token.
type use struct {
	account engine.Ref
	runs    []workload // everything that runs as it, with a token or without
	apps    []string   // applications that get its token, each once and in order
	unsure  bool       // whether it gets one hangs on an account that was not seen
	cites   []engine.Digest
}

type accountUsesKey struct{}

// accountUses returns the uses of service accounts, once per view. What a controller made
// counts as the controller; a ReplicaSet that runs nothing does not count.
func accountUses(v *engine.View) map[engine.Ref]*use {
	return engine.Memo(v, accountUsesKey{}, func() map[engine.Ref]*use {
		all, tops, tokens := workloads(v), topsOf(v), accountsOf(v)
		uses := map[engine.Ref]*use{}
		for i, w := range all {
			if w.retired || w.template.Name != "" {
				continue
			}
			account := w.accountRef()
			if uses[account] == nil {
				uses[account] = &use{account: account}
			}
			of := uses[account]
			of.runs = append(of.runs, w)
			if t := tokens.tokenOf(w); t.mounted {
				of.apps = append(of.apps, application(all[tops[i]]))
				of.unsure = of.unsure || t.unsure
				of.cites = append(of.cites, w.object.Digest)
			}
		}
		for _, of := range uses {
			slices.Sort(of.apps)
			of.apps = slices.Compact(of.apps)
		}
		return uses
	})
}

// application names what a workload is part of: what its labels say, else itself.
func application(w workload) string {
	l := w.meta.Labels
	said := cmp.Or(l["app.kubernetes.io/part-of"], l["app.kubernetes.io/instance"], l["app.kubernetes.io/name"], l["app"])
	return cmp.Or(said, w.object.Ref.String())
}

// Check service-accounts-not-shared.
//
// Judges every service account whose token a workload gets, but for those called
// default, which have a check of their own. Fails where workloads of more than one
// application get it: the application is what the pods' labels say they are part of,
// else the workload itself. Passes where it is one. Unknown where the account was not
// seen and may keep its token back.
func serviceAccountsNotShared() check {
	return check{
		id: "service-accounts-not-shared", version: 1, needs: append(workloadKinds(), serviceAccountKind),
		eval: func(v *engine.View) []engine.Detail {
			var details []engine.Detail
			for _, of := range accountUses(v) {
				if len(of.apps) > 0 && of.account.Name != "default" {
					details = append(details, judgeSharing(of).of(of.account, append(of.cites, accountsOf(v).digest(of.account))...))
				}
			}
			slices.SortFunc(details, func(a, b engine.Detail) int { return a.Subject.Compare(b.Subject) })
			return details
		},
	}
}

func judgeSharing(of *use) finding {
	switch {
	case len(of.apps) == 1:
		return passes("", of.apps, "One application gets its token: %s", of.apps[0])
	case of.unsure:
		return unknown("", of.apps, "%s may get its token, and it could not be seen itself: %s", count(len(of.apps), "application"), list(of.apps))
	}
	return fails("", of.apps, "%s get its token, so that what one did cannot be told from the others: %s", count(len(of.apps), "application"), list(of.apps))
}

// Check service-accounts-not-dormant.
//
// Judges every service account that a binding names. Fails where nothing runs as it:
// its rights wait for whoever gets hold of its token or may make a pod; and where the
// account does not exist, so that whoever makes it gets them. NotApplicable for the
// accounts that Kubernetes' own bindings name. Passes where something runs as it.
// Unknown in manifests, beside which more may run, and where a workload may be hidden.
//
// A token that is used from outside the cluster leaves no trace in its objects: the
// audit log tells when an account was last used.
func serviceAccountsNotDormant() check {
	return check{
		id: "service-accounts-not-dormant", version: 1,
		needs: append(workloadKinds(), serviceAccountKind, rbac.RoleBindingKind, rbac.ClusterRoleBindingKind),
		looks: []engine.Kind{rbac.RoleKind, rbac.ClusterRoleKind},
		eval: func(v *engine.View) []engine.Detail {
			var details []engine.Detail
			bound := map[rbac.Subject][]*rbac.Binding{}
			var order []rbac.Subject
			for _, b := range rbac.Of(v).Bindings() {
				for _, s := range b.Subjects {
					if account, is := rbac.Account(s.Name); is && s.Kind == "User" {
						s = account
					}
					if s.Kind != serviceAccountKind.Kind {
						continue
					}
					if len(bound[s]) == 0 {
						order = append(order, s)
					}
					bound[s] = append(bound[s], b)
				}
			}
			seen := !isManifests(v) && !slices.ContainsFunc(workloadKinds(), func(k engine.Kind) bool { return !v.Saw(k) })
			for _, s := range order {
				ref := subjectRef(s)
				f, cites := judgeDormant(accountUses(v)[ref], accountsOf(v), ref, bound[s], seen)
				details = append(details, f.of(ref, append(cites, accountsOf(v).digest(ref))...))
			}
			slices.SortFunc(details, func(a, b engine.Detail) int { return a.Subject.Compare(b.Subject) })
			return details
		},
	}
}

func judgeDormant(of *use, all accounts, ref engine.Ref, bindings []*rbac.Binding, seen bool) (finding, []engine.Digest) {
	cites := citesOf(bindings)
	names := make([]string, len(bindings))
	for i, b := range bindings {
		names[i] = b.Ref.Name
	}
	_, there := all.byRef[ref]
	switch {
	case of != nil:
		w := of.runs[0]
		return passes("", w.object.Ref.String(), "%s runs as it: %s", count(len(of.runs), "workload"), w.object.Ref), append(cites, w.object.Digest)
	case !slices.ContainsFunc(bindings, func(b *rbac.Binding) bool { return !b.BuiltIn }):
		return notApplicable("", names, "A part of Kubernetes, with the rights that Kubernetes gives it"), cites
	case !there && all.complete:
		return fails("", names, "It does not exist, and rights are bound to it: whoever may create it gets them (%s)", list(names)), cites
	case !seen:
		return unknown("", names, "Nothing that was seen runs as it, and more may run than was seen; rights are bound to it by %s", list(names)), cites
	}
	return fails("", names, "Nothing in the cluster runs as it, and rights are bound to it by %s; the audit log tells whether its token is used from outside", strings.Join(names[:min(3, len(names))], ", ")), cites
}
