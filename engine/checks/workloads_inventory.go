package checks

import "tickmark/engine"

// Check workloads-inventory.
//
// An inventory, not a judgement: one NotApplicable detail for every workload with
// the images it runs, as the population that samples are drawn from.
func workloadsInventory() check {
	return check{id: "workloads-inventory", version: 1, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return judgeWorkloads(v, func(w workload, say say) {
			references := []string{}
			for _, i := range w.images() {
				references = append(references, i.reference)
			}
			f := notApplicable(w.path, references, "It runs %s: %s", count(len(references), "image"), list(references))
			say(f.of(w.object.Ref, w.object.Digest))
		})
	}}
}
