package checks

import (
	appsv1 "k8s.io/api/apps/v1"

	"tickmark/engine"
)

// Check security-agents-ready.
//
// Judges every DaemonSet, Deployment and StatefulSet with the image of a known
// agent by its own status. Passes where all the pods that it wants are ready, fails
// where one is not, where it wants none, and where a DaemonSet has no node to run on.
// Unknown where there is no status, as in manifests, or one from before the last
// change. Not applicable where no agent is known.
func securityAgentsReady() check {
	return check{
		id: "security-agents-ready", version: 1, needs: []engine.Kind{daemonSetKind, deploymentKind, statefulSetKind}, apart: eachRollout,
		eval: func(v *engine.View) []engine.Detail {
			var details []engine.Detail
			for _, kind := range []engine.Kind{daemonSetKind, deploymentKind, statefulSetKind} {
				for _, c := range engine.EachOf[engine.Controller](v, eachRollout, kind) {
					s := c.Value.Status
					of := rollout{c.Value.Metadata.Generation, s.ObservedGeneration, orOne(c.Value.Spec.Replicas), s.ReadyReplicas}
					if kind == daemonSetKind {
						of.wanted, of.ready = s.Wanted, s.Ready
					}
					if name, reference, is := agentOf(v, &c.Value.Template().Spec, ""); is {
						details = append(details, judgeRollout(name, reference, of).on(c.Object))
					}
				}
			}
			return details
		},
	}
}

var (
	deploymentKind  = engine.Kind{Group: appsv1.GroupName, Kind: "Deployment"}
	statefulSetKind = engine.Kind{Group: appsv1.GroupName, Kind: "StatefulSet"}

	// eachRollout are what rolls agents out, as it is judged one by one.
	eachRollout = engine.EveryObject(daemonSetKind, deploymentKind, statefulSetKind)
)

// rollout is how many pods a workload wants and has ready, as its status says.
type rollout struct {
	generation, observed int64
	wanted, ready        int32
}

func orOne(replicas *int32) int32 {
	if replicas == nil {
		return 1
	}
	return *replicas
}

func judgeRollout(name, reference string, s rollout) finding {
	of := name + " (known by its image " + brief(reference) + ")"
	switch {
	case s.observed == 0:
		return unknown("status", nil, "%s has no status: whether it runs is not told", of)
	case s.observed < s.generation:
		return unknown("status.observedGeneration", s.observed, "%s was changed since its status was written", of)
	case s.wanted == 0:
		return fails("status", nil, "%s wants no pod: it runs nowhere", of)
	case s.ready < s.wanted:
		return fails("status", nil, "%s has %d of %d pods ready", of, s.ready, s.wanted)
	}
	return passes("status", nil, "%s has all %d pods ready", of, s.wanted)
}
