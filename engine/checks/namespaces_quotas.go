package checks

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

var resourceQuotaKind = engine.Kind{Kind: "ResourceQuota"}

// Check namespaces-have-quotas.
//
// Passes for a namespace with workloads whose ResourceQuotas bound both CPU and
// memory, as requests or as limits; a quota with a scope bounds some pods alone and
// does not count. Fails for the others; Unknown where quotas could not be seen, and
// in manifests that do not hold the namespace, which may have one in the cluster.
// NotApplicable to a namespace in which nothing runs.
func namespacesHaveQuotas() check {
	return check{
		id: "namespaces-have-quotas", version: 1, needs: append(workloadKinds(), resourceQuotaKind), looks: []engine.Kind{namespaceKind},
		eval: func(v *engine.View) []engine.Detail {
			quotas := map[string][]engine.Typed[corev1.ResourceQuota]{}
			for _, q := range engine.All[corev1.ResourceQuota](v, resourceQuotaKind) {
				quotas[q.Ref.Namespace] = append(quotas[q.Ref.Namespace], q)
			}
			var details []engine.Detail
			for _, n := range namespaces(v) {
				judged := judgeQuotas(n, quotas[n.ref.Name])
				if unseen := !v.Saw(resourceQuotaKind) || isManifests(v) && n.object == nil; unseen && judged.verdict == engine.Fail {
					judged.verdict, judged.sentence = engine.Unknown, judged.sentence+" of those that were seen; it may have others"
				}
				details = append(details, judged.detail(n.ref))
			}
			return details
		},
	}
}

func judgeQuotas(n *namespace, quotas []engine.Typed[corev1.ResourceQuota]) cited {
	if len(n.workloads) == 0 {
		return cited{notApplicable("", nil, "Nothing runs in it"), []engine.Digest{n.digest}}
	}
	cites := []engine.Digest{n.digest, n.workloads[0].object.Digest}
	bounded := map[string]bool{}
	var names []string
	scoped := 0
	for _, q := range quotas {
		cites = append(cites, q.Digest)
		if len(q.Value.Spec.Scopes) > 0 || q.Value.Spec.ScopeSelector != nil {
			scoped++
			continue
		}
		names = append(names, q.Ref.Name)
		for resource := range q.Value.Spec.Hard {
			bounded[strings.TrimPrefix(strings.TrimPrefix(string(resource), "limits."), "requests.")] = true
		}
	}
	var missing []string
	for _, resource := range []string{"cpu", "memory"} {
		if !bounded[resource] {
			missing = append(missing, resource)
		}
	}
	switch {
	case len(quotas) == 0:
		return cited{fails("", nil, "No ResourceQuota bounds what its %s may take", count(len(n.workloads), "workload")), cites}
	case len(missing) > 0:
		return cited{fails("", names, "No ResourceQuota bounds %s for all of its pods (%s for some of them alone)",
			strings.Join(missing, " and "), count(scoped, "quota")), cites}
	}
	return cited{passes("", names, "ResourceQuotas bound cpu and memory: %s", list(names)), cites}
}
