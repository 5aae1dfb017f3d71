package checks

import (
	"tickmark/engine"
	"tickmark/engine/network"
)

// Check network-plugin-enforces.
//
// Network policies do nothing by themselves: the network plugin enforces them. Passes
// for each DaemonSet that by its name is a plugin known to enforce them; fails for
// one known to enforce none where no other was seen. Unknown where neither is seen, as
// where a provider runs the plugin. The plugin's own settings are not judged.
func networkPluginEnforces() check {
	return check{id: "network-plugin-enforces", version: 1, needs: workloadKinds(), looks: network.Kinds(), eval: func(v *engine.View) []engine.Detail {
		a := network.Analyse(v)
		with, without := a.Plugins()
		cite := map[engine.Ref]engine.Digest{}
		for _, w := range workloads(v) {
			cite[w.object.Ref.WithoutUID()] = w.object.Digest
		}
		var details []engine.Detail
		for _, w := range with {
			details = append(details, passes("metadata.name", w.Ref.Name, "By its name it is a network plugin that enforces network policies").of(w.Ref, cite[w.Ref]))
		}
		for _, w := range without {
			f := fails("metadata.name", w.Ref.Name, "By its name it is a network plugin that enforces no network policy, and none that does was seen")
			if len(with) > 0 {
				f = passes("metadata.name", w.Ref.Name, "By its name it is a network plugin that enforces no network policy; %s does", with[0])
			}
			details = append(details, f.of(w.Ref, cite[w.Ref]))
		}
		if len(details) == 0 && len(workloads(v)) > 0 {
			details = append(details, unknown("", nil, "No DaemonSet is a network plugin that is known by its name: whether policies are enforced has to be shown otherwise").of(engine.Ref{Group: "apps", Kind: "DaemonSet"}))
		}
		return details
	}}
}
