package checks

import (
	"fmt"
	"slices"

	"tickmark/engine"
)

// Check registries-inventory.
//
// An inventory, not a judgement: one NotApplicable detail for every workload, with
// the registries and the first part of the repositories that its images come from,
// the credentials it names to pull them, and whether it is in the cardholder data
// environment, so that registries that serve both sides can be found.
func registriesInventory() check {
	return check{id: "registries-inventory", version: 1, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		all := imagesOf(v)
		return judgeWorkloads(v, func(w workload, say say) {
			from := []string{}
			for used := range w.images() {
				place := "an image whose reference cannot be read"
				if i, broken := all.read(used.reference); !broken {
					place = i.registry
				}
				if !slices.Contains(from, place) {
					from = append(from, place)
				}
			}
			slices.Sort(from)
			secrets := ""
			for i, s := range w.spec.ImagePullSecrets {
				if i == 0 {
					secrets = ", with the pull secret "
				} else {
					secrets += ", "
				}
				secrets += s.Name
			}
			where := "outside the cardholder data environment"
			switch {
			case len(v.Params().Zones[cdeZone]) == 0:
				where = "no cardholder data environment was declared"
			case v.Params().InZone(cdeZone, v.Target().ID, w.object.Ref.Namespace):
				where = "in the cardholder data environment"
			}
			f := notApplicable(w.path, from, "%s", fmt.Sprintf("It pulls from %s%s; %s", list(from), secrets, where))
			say(f.on(w.object))
		})
	}}
}
