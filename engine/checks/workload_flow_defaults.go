package checks

import (
	"slices"

	"tickmark/engine"
)

// accountsDefaulted reports whether workflows that name no account may run as one that
// their controller's ConfigMap names (workflowDefaults): where there is such a ConfigMap,
// or one may not have been seen.
func accountsDefaulted(v *engine.View) bool {
	if !slices.ContainsFunc(workloads(v), workload.namesNoAccount) {
		return false
	}
	if isManifests(v) || !v.Saw(configMapKind) {
		return true
	}
	return slices.ContainsFunc(engine.WorkflowDefaultsOf(v), func(d engine.WorkflowDefaults) bool { return d.Defaults })
}

// namesNoAccount reports whether w runs templates of a workflow as nobody in particular.
func (w workload) namesNoAccount() bool {
	return w.flow != nil && !w.idle && w.spec.ServiceAccountName == ""
}
