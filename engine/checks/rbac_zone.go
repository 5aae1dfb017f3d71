package checks

import (
	"slices"

	"tickmark/engine"
	"tickmark/engine/rbac"
)

// Check cde-secrets-read-from-inside.
//
// Judges every service account that a binding lets read Secrets of a namespace of the
// cardholder data environment, some or all; patching and deleting are answered with them. Fails for one of a namespace outside it:
// whoever controls its workload reads the environment's keys. NotApplicable where the
// binding is one that Kubernetes creates for its own parts. Passes for one of the
// environment's own. Unknown for every account that reads Secrets while the scope
// declares no cardholder data environment. People and groups are in no namespace:
// secrets-read-by-few counts them.
func cdeSecretsReadFromInside() check {
	return check{id: "cde-secrets-read-from-inside", version: 2, needs: rbac.Kinds(), eval: evalZoneReaders}
}

func evalZoneReaders(v *engine.View) []engine.Detail {
	zone := func(namespace string) bool { return v.Params().InZone(cdeZone, v.Target().ID, namespace) }
	declared := len(v.Params().Zones[cdeZone]) > 0
	may := rbac.Asking(readsSecrets())
	by := map[rbac.Subject][]*rbac.Binding{}
	var details []engine.Detail
	for _, b := range rbac.Of(v).Bindings() {
		switch {
		case declared && !b.Everywhere() && !zone(b.Ref.Namespace):
		case may(b.Rules()) != rbac.None || b.Rules() == nil && readsByDefault(b):
			for _, s := range b.Subjects {
				if account, is := rbac.Account(s.Name); is && s.Kind == "User" {
					s = account
				}
				if s.Kind == serviceAccountKind.Kind {
					by[s] = append(by[s], b)
				}
			}
		case b.Role == nil && b.Rules() == nil && b.Refused == "" && (isManifests(v) || !v.Saw(b.RoleRef.Of())) && !defaultRole(b):
			details = append(details, dangling(v, b).of(b.Ref, b.Digest))
		}
	}
	for s, bindings := range by {
		details = append(details, judgeZoneReader(s, bindings, declared, zone(s.Namespace)).of(subjectRef(s), citesOf(bindings)...))
	}
	slices.SortFunc(details, func(a, b engine.Detail) int { return a.Subject.Compare(b.Subject) })
	return details
}

// readsByDefault reports whether a binding to a role that was not seen lets its
// subjects read Secrets, by what the role is in every cluster.
func readsByDefault(b *rbac.Binding) bool { return defaultRole(b) && rbac.ReadsSecrets(b.RoleRef.Name) }

func judgeZoneReader(s rbac.Subject, bindings []*rbac.Binding, declared, inside bool) finding {
	names := make([]string, len(bindings))
	for i, b := range bindings {
		names[i] = b.Ref.Name
	}
	switch {
	case !slices.ContainsFunc(bindings, func(b *rbac.Binding) bool { return !b.BuiltIn }):
		return notApplicable("", names, "A part of Kubernetes, with the rights that Kubernetes gives it")
	case !declared:
		return unknown("", names, "It reads Secrets by %s; no cardholder data environment was declared", list(names))
	case inside:
		return passes("", names, "It is in the cardholder data environment whose Secrets it reads by %s", list(names))
	}
	return fails("", names, "It is outside the cardholder data environment, and reads Secrets there by %s", list(names))
}
