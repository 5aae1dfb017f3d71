package rbac

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/version"

	"tickmark/engine"
)

const apiServer = "kube-apiserver"

// upgradesByCreate is the first version in which the API server asks whoever opens a
// websocket into a pod (exec, attach, portforward) for the right to create it as well, and
// upgradesGate the feature by which it does.
const (
	upgradesByCreate = "1.35"
	upgradesGate     = "AuthorizePodWebsocketUpgradeCreatePermission"
)

// OpensByGet reports whether the right to get a pod's exec, attach or portforward may be
// enough to open it: where the API server is older or its version is not known, where it is
// told so, and where its pods were not seen, which may be.
func OpensByGet(v *engine.View) bool {
	says, err := version.ParseGeneric(v.Target().ServerVersion)
	if err != nil || says.LessThan(version.MustParseGeneric(upgradesByCreate)) || v.Hidden(podKind) {
		return true
	}
	return slices.ContainsFunc(runningPods.Of(v, podKind), func(r runner) bool { return r.byGet })
}

// leavesUpgrades reports whether the arguments of an API server switch the feature off, or
// may: by its own name or with all of its maturity.
func leavesUpgrades(pod *engine.PodSpec) bool {
	return slices.ContainsFunc(pod.Containers, func(c engine.Container) bool {
		return slices.ContainsFunc(slices.Concat(c.Command, c.Args), func(text string) bool {
			return strings.Contains(text, upgradesGate+"=") && !strings.Contains(text, upgradesGate+"=true") || strings.Contains(text, "AllBeta=") && !strings.Contains(text, "AllBeta=true")
		})
	})
}
