package checks

import (
	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

// Check images-pulled-afresh.
//
// Passes for an image named by digest, whose content cannot change, and for one
// that is pulled, or compared with the registry, whenever a container starts
// (pull policy Always; where it is left out, Always for the tag latest or no tag).
// Fails for an image named by tag that a node may start from what it has (policy
// IfNotPresent, also where it is left out, or Never): pods of one workload may run
// different contents, and a pod may start an image that it has no right to pull.
// Unknown for a policy or reference that is none. Image volumes count.
func imagesPulledAfresh() check {
	return check{id: "images-pulled-afresh", version: 1, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perImage(v, func(used usedImage, i image) finding {
			policy, how := used.pull, ""
			if policy == "" {
				policy, how = corev1.PullIfNotPresent, ": the policy is left out"
				if i.digest == "" && (i.tag == "" || i.tag == "latest") {
					policy = corev1.PullAlways
				}
			}
			field := used.pullField
			switch {
			case policy != corev1.PullAlways && policy != corev1.PullIfNotPresent && policy != corev1.PullNever:
				return unknown(field, used.pull, "Image %s has the pull policy %q, which is none", i.name(), policy)
			case i.digest != "":
				return passes(field, nilIfEmpty(used.pull), "Image %s is pinned to a digest, whatever a node has", i.name())
			case policy == corev1.PullAlways:
				return passes(field, nilIfEmpty(used.pull), "Image %s is compared with the registry at each start%s", i.name(), how)
			}
			return fails(field, nilIfEmpty(used.pull), "Image %s is named by tag and started from what a node has (%s)%s", used.reference, policy, how)
		})
	}}
}

// nilIfEmpty is what stands in a field of a document that may be left out.
func nilIfEmpty[T ~string](s T) any {
	if s == "" {
		return nil
	}
	return s
}
