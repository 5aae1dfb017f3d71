package checks

import "tickmark/engine"

// Check workloads-inventory.
//
// An inventory, not a judgement: one NotApplicable detail for every workload with
// the images it runs, as the population that samples are drawn from. Of what is suspended
// (a CronJob, a Job, a workflow) it says so: it runs them when somebody lets it go on; and
// so of what has ended.
func workloadsInventory() check {
	return check{id: "workloads-inventory", version: 2, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return judgeWorkloads(v, func(w workload, say say) {
			references := []string{}
			for reference := range w.references() {
				references = append(references, reference)
			}
			runs := "It runs"
			switch {
			case w.ended:
				runs = "It has ended, and ran"
			case w.suspended:
				runs = "It is suspended, and will run"
			}
			f := notApplicable(w.path, references, "%s %s: %s", runs, count(len(references), "image"), list(references))
			say(f.on(w.object))
		})
	}}
}
