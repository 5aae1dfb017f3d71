package checks

import (
	"cmp"
	"fmt"
	"slices"

	"tickmark/engine"
	"tickmark/engine/rbac"
)

// Check access-inventory.
//
// Lists every subject that a binding names, with the roles it holds and where: the
// population that a review of access has to cover. It judges nothing: each detail
// is NotApplicable. Members of groups are known to the identity provider alone.
func accessInventory() check {
	return check{id: "access-inventory", version: 1, needs: rbac.Kinds(), eval: func(v *engine.View) []engine.Detail {
		rights := rbac.Of(v)
		held := map[rbac.Subject][]*rbac.Binding{}
		for _, b := range rights.Bindings() {
			for _, s := range b.Subjects {
				if of := held[s]; len(of) == 0 || of[len(of)-1] != b {
					held[s] = append(of, b)
				}
			}
		}
		var details []engine.Detail
		for _, s := range rights.Subjects() {
			details = append(details, inventoryOf(held[s]).of(subjectRef(s), citesOf(held[s])...))
		}
		return details
	}}
}

// entry is a role that a subject holds, as the inventory's value lists it.
type accessEntry struct {
	Role      string `json:"role"`
	Namespace string `json:"namespace,omitempty"` // "" is the whole cluster
	Binding   string `json:"binding"`
}

func inventoryOf(bindings []*rbac.Binding) finding {
	entries := make([]accessEntry, 0, len(bindings))
	var everywhere, within []string
	for _, b := range bindings {
		entries = append(entries, accessEntry{Role: describe(b.RoleRef), Namespace: b.Ref.Namespace, Binding: b.Ref.Name})
		if b.Everywhere() {
			everywhere = append(everywhere, describe(b.RoleRef))
		} else {
			within = append(within, fmt.Sprintf("%s in %s", describe(b.RoleRef), b.Ref.Namespace))
		}
	}
	slices.SortFunc(entries, func(a, b accessEntry) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Binding, b.Binding))
	})
	none := func(names []string) string {
		if len(names) == 0 {
			return "none"
		}
		return list(names)
	}
	return notApplicable("", entries, "It holds in the whole cluster: %s; in single namespaces: %s", none(everywhere), none(within))
}
