package checks

import (
	"cmp"
	"fmt"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
	"tickmark/engine/rbac"
)

// Check secrets-read-by-few.
//
// Counts who may read Secrets (get, list or watch, each of which shows their
// content): once for the whole cluster, once for every namespace that a
// RoleBinding or a workload is in or that was listed, the readers of the whole
// cluster included. Passes up to the number that Params.SecretReaders allows (3
// if it says nothing); fails above it, and for any grant to a group that everybody
// or every service account is in.
//
// A group counts as one: how many people are in it is not known to the cluster;
// the sentence says which are groups. Not counted, but said: bindings that
// Kubernetes creates for its own parts, and rights to Secrets named one by one.
// Unknown in manifests while a binding refers to a role that is not among them,
// unless it is one that every cluster has: of these admin and edit read Secrets.
func secretsReadByFew() check {
	return check{id: "secrets-read-by-few", version: 1, needs: rbac.Kinds(), looks: append(workloadKinds(), namespaceKind), eval: evalSecretReaders}
}

func evalSecretReaders(v *engine.View) []engine.Detail {
	rights := rbac.Of(v)
	names := map[string]engine.Ref{}
	for _, n := range namespaces(v) {
		names[n.ref.Name] = n.ref
	}
	for _, b := range rights.Bindings() {
		if _, known := names[b.Ref.Namespace]; !known && !b.Everywhere() {
			names[b.Ref.Namespace] = engine.Ref{Kind: namespaceKind.Kind, Name: b.Ref.Namespace}
		}
	}
	details := []engine.Detail{}
	if len(rights.Bindings()) > 0 {
		details = append(details, judgeReaders(v, readersOf(rights, "", true), "in the whole cluster").detail(engine.Ref{Kind: "Secret"}))
	}
	for name, ref := range names {
		details = append(details, judgeReaders(v, readersOf(rights, name, false), "in this namespace").detail(ref))
	}
	for _, b := range rights.Dangling() {
		if isManifests(v) && len(b.Subjects) > 0 && !defaultRole(b) {
			details = append(details, dangling(v, b).of(b.Ref, b.Digest))
		}
	}
	slices.SortFunc(details, func(a, b engine.Detail) int { return a.Subject.Compare(b.Subject) })
	return details
}

// readers are those who may read Secrets in one place.
type readers struct {
	counted []rbac.Subject
	builtIn int      // subjects of bindings that Kubernetes creates
	named   int      // subjects that may read Secrets named one by one
	unseen  []string // roles bound here whose rules were not seen
	cites   []engine.Digest
}

// readersOf gathers the readers of a namespace; of the whole cluster if
// everywhere is set, where bindings of namespaces do not count.
func readersOf(rights *rbac.Rights, namespace string, everywhere bool) readers {
	var of readers
	builtIn, named := map[rbac.Subject]bool{}, map[rbac.Subject]bool{}
	take := func(s rbac.Subject, b *rbac.Binding, names []string) {
		switch {
		case b.BuiltIn && !everybody(s) && !isAnonymous(s):
			builtIn[s] = true
			return
		case len(names) > 0:
			named[s] = true
			return
		case !slices.Contains(of.counted, s):
			of.counted = append(of.counted, s)
		}
		of.cite(b)
	}
	for _, verb := range []string{"get", "list", "watch"} {
		for _, g := range rights.Who(verb, "", "secrets", namespace) {
			if !everywhere || g.Everywhere() {
				take(g.Subject, g.Binding, g.Names)
			}
		}
	}
	// Default roles are in every cluster, whether or not the manifests have them.
	for _, b := range rights.Dangling() {
		here := b.Everywhere() || !everywhere && b.Ref.Namespace == namespace
		for _, s := range b.Subjects {
			if here && readsByDefault(b) {
				take(s, b, nil)
			}
		}
		if here && len(b.Subjects) > 0 && !defaultRole(b) {
			of.unseen = append(of.unseen, describe(b.RoleRef))
		}
	}
	slices.SortFunc(of.counted, func(a, b rbac.Subject) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	of.builtIn, of.named = len(builtIn), len(named)
	return of
}

// readsByDefault reports whether a binding to a role that was not seen lets its
// subjects read Secrets, by what the role is in every cluster.
func readsByDefault(b *rbac.Binding) bool { return defaultRole(b) && rbac.ReadsSecrets(b.RoleRef.Name) }

func (of *readers) cite(b *rbac.Binding) {
	if slices.Contains(of.cites, b.Digest) {
		return
	}
	of.cites = append(of.cites, b.Digest)
	if b.Role != nil && !slices.Contains(of.cites, b.Role.Digest) {
		of.cites = append(of.cites, b.Role.Digest)
	}
}

// everybody reports whether a subject is a group that grows by itself.
func everybody(s rbac.Subject) bool {
	return s.Kind == rbacv1.GroupKind && (s.Name == "system:authenticated" || s.Name == "system:serviceaccounts")
}

// cited is a finding with what it rests on.
type cited struct {
	finding
	cites []engine.Digest
}

func (c cited) detail(subject engine.Ref) engine.Detail { return c.of(subject, c.cites...) }

func judgeReaders(v *engine.View, of readers, place string) cited {
	limit := v.Params().SecretReaders
	if limit <= 0 {
		limit = 3
	}
	names := []string{}
	for _, s := range of.counted {
		names = append(names, s.String())
	}
	rest := fmt.Sprintf("; not counted: %s of Kubernetes itself, %s limited to named Secrets", count(of.builtIn, "reader"), count(of.named, "reader"))
	for _, s := range of.counted {
		if everybody(s) || isAnonymous(s) {
			return cited{fails("", names, "Everybody in %s may read every Secret %s%s", s, place, rest), of.cites}
		}
	}
	switch {
	case len(names) > limit:
		return cited{fails("", names, "%s may read every Secret %s, more than %d: %s%s", count(len(names), "subject"), place, limit, list(names), rest), of.cites}
	case len(of.unseen) > 0 && isManifests(v):
		return cited{unknown("", names, "%s may read every Secret %s, and what %s allows is not known%s",
			count(len(names), "subject"), place, list(of.unseen), rest), of.cites}
	case len(names) == 0:
		return cited{passes("", names, "Nobody is granted to read every Secret %s%s", place, rest), of.cites}
	}
	return cited{passes("", names, "%s may read every Secret %s: %s%s", count(len(names), "subject"), place, list(names), rest), of.cites}
}
