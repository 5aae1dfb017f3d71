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
	runs    []*engine.Object // everything that runs as it, with a token or without
	waits   []*engine.Object // what would, and is suspended until somebody lets it go on
	apps    []string         // applications that get its token, each once and in order
	unsure  bool             // whether it gets one hangs on an account that was not seen
	cites   []engine.Digest
	// holders get its token, the ones that use another's template too.
	holders []*engine.Object
	doubted bool // unsure, of them
	// perhaps get its token unless their controller's defaults name another account.
	perhaps []*engine.Object
	// basis is what all of that follows from; the others are what was said of it.
	basis          useBasis
	shared, unused saying
}

// useBasis is a service account with the workloads that name it.
type useBasis struct {
	account  *engine.Object // nil where it was not seen
	complete bool           // one that was not seen does not exist
	whole    bool           // all that may run as it was seen
	defaults bool           // see accountsDefaulted
	members  []engine.Subject
}

// allUses are the service accounts that a workload names, by their Ref. Of an account of
// which nothing is another object the use is as it was.
var allUses = engine.NewSurvey(func(v *engine.View, before map[engine.Ref]*use) map[engine.Ref]*use {
	all, tops, tokens := workloads(v), topsOf(v), accountsOf(v)
	type name struct{ namespace, name string }
	number, at := map[name]int{}, [][]int{}
	for i := range all {
		if all[i].idle {
			continue
		}
		n := name{all[i].object.Ref.Namespace, all[i].accountName()}
		of, known := number[n]
		if !known {
			of = len(at)
			number[n], at = of, append(at, nil)
		}
		at[of] = append(at[of], i)
	}
	uses := make(map[engine.Ref]*use, len(at))
	defaults := accountsDefaulted(v)
	whole := sawWorkloads(v) && !defaults
	for _, places := range at {
		ref := all[places[0]].accountRef()
		basis := useBasis{complete: tokens.complete, whole: whole, defaults: defaults}
		if account, there := tokens.byRef[ref]; there {
			basis.account = account.Object
		}
		if known := before[ref]; known != nil && known.basis.account == basis.account && known.basis.complete == basis.complete && known.basis.whole == whole && known.basis.defaults == defaults &&
			slices.EqualFunc(known.basis.members, places, func(m engine.Subject, i int) bool {
				return m.Of == all[i].object && m.Under == all[tops[i]].object
			}) {
			uses[ref] = known
			continue
		}
		of := &use{account: ref, basis: basis}
		for _, i := range places {
			of.add(all[i], all[tops[i]], tokens.tokenOf(*all[i]))
		}
		slices.Sort(of.apps)
		of.apps = slices.Compact(of.apps)
		uses[ref] = of
	}
	return uses
}, nil)

// add adds a workload that comes of another one. What a controller made counts as the
// controller; a ReplicaSet that runs nothing does not count.
func (of *use) add(w, top *workload, t token) {
	of.basis.members = append(of.basis.members, engine.Subject{Of: w.object, Under: top.object})
	if w.retired {
		return
	}
	if of.basis.defaults && w.namesNoAccount() {
		of.perhaps = append(of.perhaps, w.object)
		return
	}
	if t.mounted {
		of.holders = append(of.holders, w.object)
		of.doubted = of.doubted || t.unsure
	}
	if w.template != nil && w.template.Name != "" {
		return
	}
	if w.rests() {
		of.waits = append(of.waits, w.object)
	} else {
		of.runs = append(of.runs, w.object)
	}
	if t.mounted {
		of.apps = append(of.apps, application(top))
		of.unsure = of.unsure || t.unsure
		of.cites = append(of.cites, w.object.Digest)
	}
}

// rests reports whether w runs nothing at the time.
func (w workload) rests() bool { return w.suspended || w.ended }

// saying is what a check said, and what else it rested on.
type saying struct {
	of     any
	detail engine.Detail
	said   bool
}

// once returns what judge says, which is not asked again as long as it rests on the same.
func (s *saying) once(of any, judge func() engine.Detail) engine.Detail {
	if !s.said || s.of != of {
		*s = saying{of, judge(), true}
	}
	return s.detail
}

// digest returns that of the account, zero where it was not seen.
func (b useBasis) digest() engine.Digest {
	if b.account == nil {
		return engine.Digest{}
	}
	return b.account.Digest
}

// accountUses returns the uses of the service accounts that a workload names.
func accountUses(v *engine.View) map[engine.Ref]*use { return allUses.Of(v) }

// application names what a workload is part of: what its labels say, else itself.
func application(w *workload) string {
	l := w.meta.Labels
	said := cmp.Or(l.Get("app.kubernetes.io/part-of"), l.Get("app.kubernetes.io/instance"), l.Get("app.kubernetes.io/name"), l.Get("app"))
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
		id: "service-accounts-not-shared", version: 3, needs: append(workloadKinds(), serviceAccountKind), looks: []engine.Kind{configMapKind},
		eval: func(v *engine.View) []engine.Detail {
			var details []engine.Detail
			for _, of := range accountUses(v) {
				if len(of.apps) > 0 && of.account.Name != "default" {
					details = append(details, of.shared.once(nil, func() engine.Detail {
						return judgeSharing(of).of(of.account, slices.Concat(of.cites, []engine.Digest{of.basis.digest()})...)
					}))
				}
			}
			slices.SortFunc(details, func(a, b engine.Detail) int { return a.Subject.Compare(b.Subject) })
			return details
		},
	}
}

func judgeSharing(of *use) finding {
	switch {
	case len(of.apps) == 1 && !of.basis.whole:
		return unknown("", of.apps, "One application is seen to get its token, and not all that runs was seen: %s", of.apps[0])
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
// Unknown where all of that is suspended (a CronJob, a Job, a workflow) or has ended; in
// manifests, beside which more may run; where a workload may be hidden; and where defaults
// of Argo's controller may name it for workflows.
//
// A token that is used from outside the cluster leaves no trace in its objects: the
// audit log tells when an account was last used.
func serviceAccountsNotDormant() check {
	return check{
		id: "service-accounts-not-dormant", version: 3,
		needs: append(workloadKinds(), serviceAccountKind, rbac.RoleBindingKind, rbac.ClusterRoleBindingKind),
		looks: []engine.Kind{rbac.RoleKind, rbac.ClusterRoleKind, configMapKind},
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
			seen := !isManifests(v) && sawWorkloads(v) && !accountsDefaulted(v)
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
	own := slices.ContainsFunc(bindings, func(b *rbac.Binding) bool { return !b.BuiltIn })
	switch {
	case own && !there && all.complete:
		return fails("", names, "It does not exist, and rights are bound to it: whoever may create it gets them (%s)", list(names)), cites
	case of != nil && len(of.runs) > 0:
		o := of.runs[0]
		return passes("", o.Ref.String(), "%s runs as it: %s", count(len(of.runs), "workload"), o.Ref), append(cites, o.Digest)
	case !own:
		return notApplicable("", names, "A part of Kubernetes, with the rights that Kubernetes gives it"), cites
	case of != nil && len(of.waits) > 0:
		o := of.waits[0]
		return unknown("", o.Ref.String(), "Nothing that was seen runs as it but what is suspended or has ended: %s; rights are bound to it by %s",
			o.Ref, list(names)), append(cites, o.Digest)
	case !seen:
		return unknown("", names, "Nothing that was seen runs as it, and more may run than was seen; rights are bound to it by %s", list(names)), cites
	}
	return fails("", names, "Nothing in the cluster runs as it, and rights are bound to it by %s; the audit log tells whether its token is used from outside", strings.Join(names[:min(3, len(names))], ", ")), cites
}
