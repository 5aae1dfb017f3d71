package checks

import (
	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

// Checks pods-have-controllers and pods-without-debug-containers.
//
// Both look at pods alone. The first passes for a pod that something made and
// keeps: a controller of any kind, or its node, whose file it mirrors; fails for
// one that stands by itself, which somebody made by hand and nobody restores. The
// second fails for a pod with an ephemeral container, which is added to a running
// pod to look into it, and never goes before the pod does.

func podsHaveControllers() check {
	return check{id: "pods-have-controllers", version: 1, needs: []engine.Kind{podKind}, apart: eachPodAlone, eval: func(v *engine.View) []engine.Detail {
		return eachPod(v, judgeOrigin)
	}}
}

func podsWithoutDebugContainers() check {
	return check{id: "pods-without-debug-containers", version: 1, needs: []engine.Kind{podKind}, apart: eachPodAlone, eval: func(v *engine.View) []engine.Detail {
		return eachPod(v, judgeDebugging)
	}}
}

// eachPodAlone are the pods as they are judged one by one, whatever made them.
var eachPodAlone = engine.EveryObject(podKind)

func eachPod(v *engine.View, judge func(*engine.Pod) finding) []engine.Detail {
	pods := engine.EachOf[engine.Pod](v, eachPodAlone, podKind)
	details := v.Room(len(pods))
	for _, p := range pods {
		details = append(details, judge(p.Value).on(p.Object))
	}
	return details
}

func judgeOrigin(p *engine.Pod) finding {
	const field = "metadata.ownerReferences"
	if owner := p.Metadata.Controller(); owner != nil {
		return passes(field, owner.Kind+" "+owner.Name, "%s %s made it and keeps it", owner.Kind, owner.Name)
	}
	if p.Metadata.Annotations.Has(corev1.MirrorPodAnnotationKey) {
		return passes("metadata.annotations["+corev1.MirrorPodAnnotationKey+"]", nil, "Its node keeps it: it mirrors a file there")
	}
	return fails(field, nil, "Nothing made it and nothing keeps it: it stands by itself")
}

func judgeDebugging(p *engine.Pod) finding {
	const field = "spec.ephemeralContainers"
	if len(p.Spec.EphemeralContainers) == 0 {
		return passes(field, nil, "Nobody added a container to it while it ran")
	}
	var names []string
	for _, c := range p.Spec.EphemeralContainers {
		names = append(names, c.Name+" ("+c.Image+")")
	}
	return fails(field, names, "Containers were added to it while it ran: %s", list(names))
}
