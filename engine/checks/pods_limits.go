package checks

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

// Check containers-have-limits.
//
// Passes for a container, init ones included, that has a limit for CPU and for
// memory, its own or its pod's. A limit of 0 is no limit. Ephemeral containers
// cannot have any and are NotApplicable. What a LimitRange would fill in shows in
// the running pods and not in the template, which is judged as it is written.
func containersHaveLimits() check {
	return check{id: "containers-have-limits", version: 1, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perContainer(v, judgeLimits)
	}}
}

func judgeLimits(w workload, c container) finding {
	field := c.at("resources.limits")
	if c.ephemeral {
		return notApplicable(field, nil, "Container %s is ephemeral and cannot have limits", c.Name)
	}
	missing := missingLimits(w, c)
	if len(missing) > 0 {
		return fails(field, limitsOf(c.Resources.Limits), "Container %s has no limit for %s", c.Name, strings.Join(missing, " and "))
	}
	if len(c.Resources.Limits) == 0 {
		return passes(w.field("resources.limits"), limitsOf(w.spec.Resources.Limits), "Container %s is under its pod's limits for cpu and memory", c.Name)
	}
	return passes(field, limitsOf(c.Resources.Limits), "Container %s has limits for cpu and memory", c.Name)
}

// missingLimits names the resources that nothing limits.
func missingLimits(w workload, c container) []string {
	var missing []string
	for _, resource := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		limit, own := c.Resources.Limits[resource]
		limited := own && limit.Sign() > 0
		if !limited && w.spec.Resources != nil {
			ofPod, has := w.spec.Resources.Limits[resource]
			limited = has && ofPod.Sign() > 0
		}
		if !limited {
			missing = append(missing, string(resource))
		}
	}
	return missing
}

func limitsOf(limits corev1.ResourceList) any {
	if len(limits) == 0 {
		return nil
	}
	return limits
}
