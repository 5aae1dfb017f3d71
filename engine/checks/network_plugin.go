package checks

import (
	"fmt"
	"slices"

	"tickmark/engine"
	"tickmark/engine/network"
)

// Check network-plugin-enforces.
//
// Network policies do nothing by themselves: the network plugin enforces them. Passes
// for each DaemonSet on the network of its nodes that runs the image of a plugin known to
// enforce them; fails for one known by its name to enforce none, where no other was seen.
// Unknown where neither is seen, as where a provider runs the plugin, and for the agent of
// EKS that is not told to enforce. A name alone passes nothing, as many things stand
// beside a plugin and carry its name. The plugin's own settings are not judged.
func networkPluginEnforces() check {
	return check{id: "network-plugin-enforces", version: 1, needs: workloadKinds(), eval: func(v *engine.View) []engine.Detail {
		var details []engine.Detail
		enforcing := ""
		for _, w := range workloads(v) {
			if w.object.Ref.Kind != "DaemonSet" || !w.spec.HostNetwork {
				continue
			}
			f, is := judgePlugin(*w)
			if !is {
				continue
			}
			if f.verdict == engine.Pass {
				enforcing = w.object.Ref.String()
			}
			details = append(details, f.on(w.object))
		}
		for i := range details {
			if details[i].Verdict == engine.Fail && enforcing != "" {
				details[i].Verdict, details[i].Sentence = engine.Pass, "It runs a network plugin that enforces no network policy; "+enforcing+" does"
			}
		}
		if len(details) == 0 && len(workloads(v)) > 0 {
			details = append(details, unknown("", nil, "No DaemonSet runs a network plugin that is known: whether policies are enforced has to be shown otherwise").of(engine.Ref{Group: "apps", Kind: "DaemonSet"}))
		}
		return details
	}}
}

// judgePlugin tells a network plugin by the images that it runs: one that enforces
// counts before what stands in the same pod.
func judgePlugin(w workload) (finding, bool) {
	var found finding
	is := false
	for i := range w.spec.Containers {
		c := &w.spec.Containers[i]
		field := fmt.Sprintf("%s.containers[%d].image", w.path, i)
		if _, err := parseImage(c.Image); err != nil {
			continue // no runtime takes it
		}
		words := slices.Concat(c.Command, c.Args)
		switch network.PluginIn(c.Image, words) {
		case network.PluginEnforces:
			return passes(field, c.Image, "It runs what enforces network policies, on the network of its node"), true
		case network.PluginUntold:
			found, is = unknown(field, c.Image, "It runs the agent that enforces network policies on EKS, and no argument tells it to"), true
		case network.PluginWithout:
			if !is {
				found, is = fails(field, c.Image, "It runs a network plugin that enforces no network policy, and none that does was seen"), true
			}
		case network.NoPlugin:
		}
	}
	return found, is
}
