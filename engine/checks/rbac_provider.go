package checks

import (
	"slices"

	"tickmark/engine"
	"tickmark/engine/rbac"
)

// besideRoles are the checks that say who has a right. On EKS, GKE and AKS the provider
// grants rights as well, to whom the cluster does not show: there each of them is Unknown
// at best, with what grants beside the roles as a subject of its own. So it is where
// neither the server nor nodes tell whose cluster it is.
func besideRoles(list ...check) []check {
	for i := range list {
		c := list[i]
		list[i].version++
		list[i].looks = append(slices.Clip(c.looks), rbac.ProviderKind)
		list[i].eval = func(v *engine.View) []engine.Detail {
			details := c.eval(v)
			if p := rbac.ProviderOf(v); p != nil {
				details = append(details, unknown("", nil, "%s", p).of(p.Ref, p.Digest))
			}
			return details
		}
	}
	return list
}
