package checks

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

// perNode judges every node.
func perNode(v *engine.View, judge func(engine.Typed[corev1.Node]) finding) []engine.Detail {
	details := []engine.Detail{}
	for _, n := range engine.All[corev1.Node](v, nodeKind) {
		details = append(details, judge(n).of(n.Ref, n.Digest))
	}
	return details
}

func nodesOnly() []engine.Kind { return []engine.Kind{nodeKind} }

// Check kubernetes-version-supported.
//
// Judges the API server, by what it answers, and the kubelet of every node by the
// table of releases. Passes where the minor release gets security fixes at the time
// of the evaluation. Fails where it has none any more, and for a kubelet that is
// newer than the API server or older than Kubernetes allows (three minor releases,
// two before 1.28). Unknown for a release that the table does not have, for one that
// a provider built and may support longer, and where the version was not seen.
func kubernetesVersionSupported() check {
	return check{id: "kubernetes-version-supported", version: 1, needs: nodesOnly(), looks: serverOnly(), eval: func(v *engine.View) []engine.Detail {
		server := serverOf(v)
		details := perNode(v, func(n engine.Typed[corev1.Node]) finding { return judgeKubelet(v, n.Value, server.version) })
		switch {
		case server.version.known() || server.says != "":
			f := judgeRelease(lifecycleTable().Kubernetes, "Kubernetes", server.version, builderOf(v, server.version), v.Now(), "gitVersion", server.says)
			details = append(details, f.of(server.ref, server.digest))
		case !isManifests(v):
			details = append(details, unknown("", nil, "The version of the API server was not seen").of(server.ref))
		}
		return details
	}}
}

func judgeKubelet(v *engine.View, n *corev1.Node, server version) finding {
	const field = "status.nodeInfo.kubeletVersion"
	says := n.Status.NodeInfo.KubeletVersion
	kubelet := parseVersion(says)
	if kubelet.known() && server.known() && kubelet.major == server.major {
		most := 3
		if !server.atLeast(1, 28) {
			most = 2
		}
		switch behind := server.minor - kubelet.minor; {
		case behind < 0:
			return fails(field, says, "The kubelet %s is newer than the API server %s, which Kubernetes does not support", kubelet, server)
		case behind > most:
			return fails(field, says, "The kubelet %s is %d minor releases behind the API server %s, more than the %d that Kubernetes supports", kubelet, behind, server, most)
		}
	}
	return judgeRelease(lifecycleTable().Kubernetes, "Kubelet", kubelet, builderOf(v, kubelet), v.Now(), field, says)
}

// builderOf says who built a version: by its own mark, or by the labels of a
// provider that leaves none.
func builderOf(v *engine.View, of version) string {
	if builder := of.builder(); builder != "" {
		return builder
	}
	azure := engine.Memo(v, azureKey{}, func() bool {
		return slices.ContainsFunc(engine.All[corev1.Node](v, nodeKind), func(n engine.Typed[corev1.Node]) bool {
			_, is := n.Value.Labels["kubernetes.azure.com/cluster"]
			return is
		})
	})
	if azure {
		return "Azure, which runs it,"
	}
	return ""
}

type azureKey struct{}

// Check node-systems-supported.
//
// Judges the operating system of every node by how its Node names it and the table
// of systems. Passes where everybody gets security fixes for it at the time of the
// evaluation, fails where nobody does. Unknown where only a contract gives them,
// for systems that are replaced as a whole, and for those the table does not have.
func nodeSystemsSupported() check {
	return check{id: "node-systems-supported", version: 2, needs: nodesOnly(), eval: func(v *engine.View) []engine.Detail {
		return perNode(v, func(n engine.Typed[corev1.Node]) finding {
			return judgeSystem(n.Value.Status.NodeInfo.OSImage, v.Now(), "status.nodeInfo.osImage")
		})
	}}
}

// Check container-runtimes-supported.
//
// Judges the container runtime of every node: containerd by the table of its
// releases, CRI-O, whose minor releases are those of Kubernetes, by theirs. Fails
// where the release gets no security fixes any more. Unknown for other runtimes,
// for releases that the table does not have, and for builds of a provider or of a system
// that comes with its runtime.
func containerRuntimesSupported() check {
	return check{id: "container-runtimes-supported", version: 2, needs: nodesOnly(), eval: func(v *engine.View) []engine.Detail {
		return perNode(v, func(n engine.Typed[corev1.Node]) finding {
			const field = "status.nodeInfo.containerRuntimeVersion"
			says := n.Value.Status.NodeInfo.ContainerRuntimeVersion
			name, number, _ := strings.Cut(says, "://")
			runtime := parseVersion(number)
			builder := builderOf(v, runtime)
			if builder == "" && bringsRuntime(n.Value.Status.NodeInfo.OSImage) {
				builder = "who makes " + shorten(n.Value.Status.NodeInfo.OSImage)
			}
			switch name {
			case "containerd":
				return judgeRelease(lifecycleTable().Containerd, name, runtime, builder, v.Now(), field, says)
			case "cri-o":
				return judgeRelease(lifecycleTable().Kubernetes, "CRI-O", runtime, builder, v.Now(), field, says)
			}
			return unknown(field, says, "How long the container runtime %s is supported is not in the table of releases", quoteName(says))
		})
	}}
}

// bringsRuntime reports whether a system comes with a container runtime of its maker's,
// who repairs it without another number.
func bringsRuntime(image string) bool {
	return slices.ContainsFunc(append([]string{"Amazon Linux"}, lifecycleTable().Rolling...), func(name string) bool { return strings.HasPrefix(image, name) })
}

// Check nodes-inventory.
//
// An inventory, not a judgement: one NotApplicable detail for every node with its
// role, system, kernel, container runtime and kubelet.
func nodesInventory() check {
	return check{id: "nodes-inventory", version: 1, needs: nodesOnly(), eval: func(v *engine.View) []engine.Detail {
		return perNode(v, func(n engine.Typed[corev1.Node]) finding {
			info, role := n.Value.Status.NodeInfo, "worker"
			if isControlPlane(n.Value) {
				role = "control plane"
			}
			value := map[string]string{
				"system": info.OSImage, "kernel": info.KernelVersion, "runtime": info.ContainerRuntimeVersion, "kubelet": info.KubeletVersion,
				"architecture": info.Architecture, "role": role,
			}
			return notApplicable("status.nodeInfo", value, "A node (%s) with %s, kernel %s, %s and kubelet %s", role,
				stated(info.OSImage), stated(info.KernelVersion), stated(info.ContainerRuntimeVersion), stated(info.KubeletVersion))
		})
	}}
}

func stated(text string) string {
	if text == "" {
		return "(not stated)"
	}
	return shorten(text)
}

// keepsOff returns a taint that keeps ordinary pods off a node for good, not one
// that its condition puts there.
func keepsOff(n *corev1.Node) (string, bool) {
	for _, t := range n.Spec.Taints {
		if t.Effect != corev1.TaintEffectPreferNoSchedule && !strings.HasPrefix(t.Key, "node.kubernetes.io/") && t.Key != "node.cloudprovider.kubernetes.io/uninitialized" {
			return fmt.Sprintf("%s:%s", t.Key, t.Effect), true
		}
	}
	return "", false
}

// Check control-plane-nodes-dedicated.
//
// Judges nodes of the control plane, which say so by their role. Passes where a
// taint keeps ordinary pods off, fails where none does: what breaks out of a
// workload there has the keys of the cluster. Nodes of other roles are not
// applicable.
func controlPlaneNodesDedicated() check {
	return check{id: "control-plane-nodes-dedicated", version: 1, needs: nodesOnly(), eval: func(v *engine.View) []engine.Detail {
		return perNode(v, func(n engine.Typed[corev1.Node]) finding {
			taint, kept := keepsOff(n.Value)
			switch {
			case !isControlPlane(n.Value):
				return notApplicable("metadata.labels", nil, "It is no node of the control plane")
			case kept:
				return passes("spec.taints", taint, "A taint keeps ordinary pods off this node of the control plane: %s", taint)
			}
			return fails("spec.taints", nil, "Ordinary pods may run on this node of the control plane: no taint keeps them off")
		})
	}}
}

// Check cardholder-nodes-dedicated.
//
// Judges every node that runs pods of the cardholder data environment. Passes where
// it runs no other pods and a taint keeps them off. Fails where pods of other
// namespaces run beside them, or where nothing but chance keeps them off. Pods that
// run on every node (of a DaemonSet) and static pods are not counted. Other nodes
// are not applicable; all are Unknown while the scope declares no cardholder data
// environment.
func cardholderNodesDedicated() check {
	return check{id: "cardholder-nodes-dedicated", version: 1, needs: []engine.Kind{nodeKind, podKind}, eval: func(v *engine.View) []engine.Detail {
		placed := placedPods(v)
		return perNode(v, func(n engine.Typed[corev1.Node]) finding {
			if len(v.Params().Zones[cdeZone]) == 0 {
				return unknown("metadata.name", nil, "Whether its pods are of one level of security cannot be told: no cardholder data environment was declared")
			}
			return judgeShared(n.Value, placed[n.Ref.Name])
		})
	}}
}

// placement is what runs on a node, by namespace.
type placement struct{ inside, others []string }

func placedPods(v *engine.View) map[string]*placement {
	placed := map[string]*placement{}
	for _, w := range workloadsOf(v, podKind) {
		everywhere := w.owner != nil && (w.owner.Kind == "DaemonSet" || w.owner.Kind == nodeKind.Kind)
		if w.spec.NodeName == "" || everywhere {
			continue
		}
		p, there := placed[w.spec.NodeName]
		if !there {
			p = &placement{}
			placed[w.spec.NodeName] = p
		}
		to := &p.others
		if v.Params().InZone(cdeZone, v.Target().ID, w.object.Ref.Namespace) {
			to = &p.inside
		}
		if !slices.Contains(*to, w.object.Ref.Namespace) {
			*to = append(*to, w.object.Ref.Namespace)
		}
	}
	return placed
}

func judgeShared(n *corev1.Node, on *placement) finding {
	if on == nil || len(on.inside) == 0 {
		return notApplicable("metadata.name", nil, "It runs no pod of the cardholder data environment")
	}
	slices.Sort(on.inside)
	slices.Sort(on.others)
	taint, kept := keepsOff(n)
	switch {
	case len(on.others) > 0:
		return fails("metadata.name", nil, "Pods of the cardholder data environment (%s) share it with pods of %s", list(on.inside), list(on.others))
	case !kept:
		return fails("spec.taints", nil, "Nothing but chance keeps other pods off this node, which runs pods of %s: it has no taint", list(on.inside))
	}
	return passes("spec.taints", taint, "It runs pods of %s alone, and a taint keeps others off: %s", list(on.inside), taint)
}
