package network

import (
	"errors"
	"slices"
	"strings"

	"tickmark/engine"
)

// Plugin is what the image of a container tells of a network plugin.
type Plugin int

// What it tells, the least first.
const (
	NoPlugin       Plugin = iota
	PluginWithout         // one that enforces no policy
	PluginUntold          // the agent beside EKS' plugin, which no argument tells to enforce policies
	PluginEnforces        // one that enforces policies
)

// pluginImages are the ends of repositories of images that are agents of network
// plugins which enforce network policies. What merely stands beside a plugin, an
// exporter of its figures, is none.
var pluginImages = []string{
	"calico/node", "calico-node", "/cilium", "antrea-agent", "weave-npc",
	"/kube-router", "/kube-ovn", "azure-npm", "kube-network-policies", "kindnetd",
}

// idlePlugin is the image of a plugin that enforces no policy.
const idlePlugin = "/flannel"

// eksAgent is the image beside the plugin of EKS that enforces policies only where an
// argument says so.
const eksAgent, eksEnforces = "aws-network-policy-agent", "--enable-network-policy=true"

// PluginIn tells a plugin by the image of a container, and by what it is started with. A
// name alone tells nothing, as many things stand beside a plugin and carry its name.
func PluginIn(image string, words []string) Plugin {
	repository := repositoryOf(image)
	runs := func(word string) bool { return strings.HasSuffix("/"+repository, word) }
	switch {
	case slices.ContainsFunc(pluginImages, runs) && PluginSwitchedOff(image, func(name string) string { return argument(words, name) }) != "":
		return PluginWithout
	case slices.ContainsFunc(pluginImages, runs):
		return PluginEnforces
	case runs(eksAgent) && slices.Contains(words, eksEnforces):
		return PluginEnforces
	case runs(eksAgent):
		return PluginUntold
	case runs(idlePlugin):
		return PluginWithout
	}
	return NoPlugin
}

// repositoryOf cuts the tag and the digest off an image.
func repositoryOf(image string) string {
	repository, _, _ := strings.Cut(image, "@")
	if colon := strings.LastIndexByte(repository, ':'); colon > strings.LastIndexByte(repository, '/') {
		repository = repository[:colon]
	}
	return repository
}

// Cilium is the end of the repositories of its agent, and CiliumSettings the ConfigMap beside it
// that holds what it is set to.
const Cilium, CiliumSettings = "/cilium", "cilium-config"

// IsCilium reports whether an image is Cilium's agent.
func IsCilium(image string) bool { return strings.HasSuffix("/"+repositoryOf(image), Cilium) }

// switches are the settings of plugins by which they enforce no network policies. Source: the
// documentation of Cilium (policy enforcement modes, audit mode) and of kube-router.
var switches = []struct{ image, name, off string }{
	{"/kube-router", "run-firewall", "false"},
	{Cilium, "enable-policy", "never"},
	{Cilium, "policy-audit-mode", "true"},
	{Cilium, "enable-k8s-networkpolicy", "false"},
}

// PluginSwitchedOff returns the setting by which the plugin of an image enforces no network
// policies, "" where no such setting is seen.
func PluginSwitchedOff(image string, setting func(name string) string) string {
	repository := repositoryOf(image)
	for _, s := range switches {
		if strings.HasSuffix("/"+repository, s.image) && strings.EqualFold(strings.TrimSpace(setting(s.name)), s.off) {
			return s.name + "=" + s.off
		}
	}
	return ""
}

// argument returns what a flag is set to by words: the last time counts.
func argument(words []string, name string) string {
	value := ""
	for i, word := range words {
		flag, is, given := strings.Cut(strings.TrimLeft(word, "-"), "=")
		switch {
		case flag != name || !strings.HasPrefix(word, "-"):
		case given:
			value = is
		case i+1 < len(words) && !strings.HasPrefix(words[i+1], "-"):
			value = words[i+1]
		default:
			value = "true"
		}
	}
	return value
}

// daemonSetKind is the kind that network plugins run as.
var daemonSetKind = engine.Kind{Group: "apps", Kind: "DaemonSet"}

// daemon is what matters here of a DaemonSet beside its pods.
type daemon struct {
	Spec struct {
		Template struct {
			Spec struct {
				HostNetwork bool `json:"hostNetwork"`
				Containers  []struct {
					Image   string   `json:"image"`
					Command []string `json:"command"`
					Args    []string `json:"args"`
				} `json:"containers"`
			} `json:"spec"`
		} `json:"template"`
	} `json:"spec"`
}

// plugging is a DaemonSet and what it is of a network plugin.
type plugging struct {
	ref engine.Ref
	is  Plugin
}

// plugins are told by what DaemonSets run on the network of nodes: the most that a
// container of one does.
var plugins = engine.NewExtract(func(o engine.Typed[daemon]) plugging {
	p, spec := plugging{ref: o.Ref}, o.Value.Spec.Template.Spec
	for _, c := range spec.Containers {
		if spec.HostNetwork {
			p.is = max(p.is, PluginIn(c.Image, slices.Concat(c.Command, c.Args)))
		}
	}
	return p
}, func(a, b plugging) bool { return a == b })

// lookForPlugin names a plugin that enforces no policy.
func (a *Analysis) lookForPlugin(v *engine.View) {
	var without *engine.Ref
	for _, p := range plugins.Of(v, daemonSetKind) {
		switch p.is {
		case PluginEnforces:
			return
		case PluginWithout:
			without = &p.ref
		case NoPlugin, PluginUntold: // its own check asks about the second
		}
	}
	if without != nil {
		a.mayAllowMore(without.WithoutUID(), errors.New("the network plugin enforces no policy, and none that does was seen: every connection may be possible"))
	}
}
