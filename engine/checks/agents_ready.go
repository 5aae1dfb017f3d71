package checks

import (
	"maps"

	appsv1 "k8s.io/api/apps/v1"

	"tickmark/engine"
)

// Check security-agents-ready.
//
// Judges every DaemonSet with the image of a known agent, and every Deployment and
// StatefulSet whose first container is one, by its own status. Passes where all the pods
// that it wants are ready, fails where one is not, where it wants none, and where a
// DaemonSet has no node to run on. Unknown where there is no status, as in manifests, or
// one from before the last change. Not applicable where no agent is known, and to a
// DaemonSet without a node where another of the same agent has some: platforms bring one
// for each kind of node. An agent beside an application is not judged: its pods are ready
// or not as the application is.
func securityAgentsReady() check {
	return check{
		id: "security-agents-ready", version: 2, needs: []engine.Kind{daemonSetKind, deploymentKind, statefulSetKind}, apart: eachRollout,
		eval: func(v *engine.View) []engine.Detail {
			var details []engine.Detail
			for _, kind := range []engine.Kind{daemonSetKind, deploymentKind, statefulSetKind} {
				for _, c := range engine.EachOf[engine.Controller](v, eachRollout, kind) {
					s := c.Value.Status
					of := rollout{c.Value.Metadata.Generation, s.ObservedGeneration, orOne(c.Value.Spec.Replicas), s.ReadyReplicas}
					if kind == daemonSetKind {
						of.wanted, of.ready = s.Wanted, s.Ready
					}
					found, is := agentOf(v, &c.Value.Template().Spec, "")
					switch {
					case !is || kind != daemonSetKind && !leads(v, &c.Value.Template().Spec):
					case kind == daemonSetKind && of.nowhere() && rolledOut.Of(v)[found.name] > 0:
						details = append(details, notApplicable("status", nil, "%s wants no pod here, and another DaemonSet of it has nodes to run on",
							found.known()).on(c.Object))
					default:
						details = append(details, judgeRollout(found.known(), of).on(c.Object))
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

// rolledOut counts by agent the DaemonSets that have nodes to run on.
var rolledOut = engine.NewSurvey(func(v *engine.View, _ map[string]int) map[string]int {
	on := map[string]int{}
	for _, d := range engine.All[engine.Controller](v, daemonSetKind) {
		if found, is := agentOf(v, &d.Value.Template().Spec, ""); is && d.Value.Status.Wanted > 0 {
			on[found.name]++
		}
	}
	return on
}, maps.Equal)

// leads reports whether the first container of a pod is an agent, and not one beside it.
func leads(v *engine.View, spec *engine.PodSpec) bool {
	return len(spec.Containers) > 0 && len(agentsIn(v, spec.Containers[0].Image)) > 0
}

// known names an agent with how it was known.
func (a agentIn) known() string { return a.name + " (known by its image " + brief(a.reference) + ")" }

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

// nowhere reports whether a status in date says that no pod is wanted.
func (s rollout) nowhere() bool {
	return s.observed != 0 && s.observed >= s.generation && s.wanted == 0
}

func judgeRollout(of string, s rollout) finding {
	switch {
	case s.observed == 0:
		return unknown("status", nil, "%s has no status: whether it runs is not told", of)
	case s.observed < s.generation:
		return unknown("status.observedGeneration", s.observed, "%s was changed since its status was written", of)
	case s.nowhere():
		return fails("status", nil, "%s wants no pod: it runs nowhere", of)
	case s.ready < s.wanted:
		return fails("status", nil, "%s has %d of %d pods ready", of, s.ready, s.wanted)
	}
	return passes("status", nil, "%s has all %d pods ready", of, s.wanted)
}
