package checks

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

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
// beside a plugin and carry its name. A plugin that its arguments, or Cilium's ConfigMap, tell
// to enforce none is one that does not; where ConfigMaps were not seen, Cilium is Unknown. Other
// settings are not judged.
func networkPluginEnforces() check {
	return check{id: "network-plugin-enforces", version: 2, needs: workloadKinds(), looks: []engine.Kind{configMapKind}, eval: func(v *engine.View) []engine.Detail {
		var details []engine.Detail
		enforcing := ""
		for _, w := range workloads(v) {
			if w.object.Ref.Kind != "DaemonSet" || !w.spec.HostNetwork {
				continue
			}
			f, is := judgePlugin(v, *w)
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
func judgePlugin(v *engine.View, w workload) (finding, bool) {
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
			return judgeEnforcer(v, w, field, c.Image), true
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

// judgeEnforcer judges a plugin that enforces policies by what it is set to.
func judgeEnforcer(v *engine.View, w workload, field, image string) finding {
	if network.IsCilium(image) {
		for _, c := range engine.All[corev1.ConfigMap](v, configMapKind) {
			if c.Ref.Name != network.CiliumSettings || c.Ref.Namespace != w.object.Ref.Namespace {
				continue
			}
			if off := network.PluginSwitchedOff(image, func(name string) string { return c.Value.Data[name] }); off != "" {
				return fails(field, image, "It runs a network plugin that ConfigMap %s tells to enforce no network policy (%s), and none that does was seen", network.CiliumSettings, off)
			}
		}
		if v.Hidden(configMapKind) {
			return unknown(field, image, "It runs Cilium, and what that is set to (ConfigMap %s) was not seen: it may be told to enforce no network policy", network.CiliumSettings)
		}
	}
	return passes(field, image, "It runs what enforces network policies, on the network of its node")
}
