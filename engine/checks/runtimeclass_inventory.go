package checks

import (
	"slices"
	"strings"

	nodev1 "k8s.io/api/node/v1"

	"tickmark/engine"
)

var runtimeClassKind = engine.Kind{Group: nodev1.GroupName, Kind: "RuntimeClass"}

// sandboxHandlers begin the names of runtime handlers that put a kernel or a
// virtual machine between a container and its node. A handler's name is the node's
// configuration: it is a sign, and no proof.
var sandboxHandlers = []string{"runsc", "gvisor", "kata", "firecracker", "hyperv", "runhcs-wcow-hypervisor", "wasm"}

// Check workload-runtimes-inventory.
//
// An inventory, not a judgement: for every workload of the cardholder data
// environment, and every other that names a runtime class, one NotApplicable detail
// with the class, its handler, and whether the handler is named like a sandbox. Which
// workloads need one is the entity's to say. Unknown for one that names a class that
// is not there.
func workloadRuntimesInventory() check {
	return check{
		id: "workload-runtimes-inventory", version: 1, needs: append(workloadKinds(), runtimeClassKind), apart: eachWorkload,
		eval: func(v *engine.View) []engine.Detail {
			classes := map[string]engine.Typed[nodev1.RuntimeClass]{}
			for _, c := range engine.All[nodev1.RuntimeClass](v, runtimeClassKind) {
				classes[c.Ref.Name] = c
			}
			return judgeWorkloads(v, func(w workload, say say) {
				name := w.spec.RuntimeClassName
				if name == nil || *name == "" {
					if !v.Params().InZone(cdeZone, v.Target().ID, w.object.Ref.Namespace) {
						return
					}
					say(notApplicable(w.field("runtimeClassName"), nil, "In the cardholder data environment, and no runtime class is named: its containers share the kernel of their node").
						of(w.object.Ref, w.object.Digest))
					return
				}
				c, there := classes[*name]
				if !there {
					say(unknown(w.field("runtimeClassName"), *name, "It names the runtime class %q, which is not there", brief(*name)).on(w.object))
					return
				}
				like := "not named like a sandbox"
				if slices.ContainsFunc(sandboxHandlers, func(h string) bool { return strings.HasPrefix(c.Value.Handler, h) }) {
					like = "named like a sandbox"
				}
				say(notApplicable(w.field("runtimeClassName"), *name, "It runs in the runtime class %s, whose handler %s is %s", *name, brief(c.Value.Handler), like).
					of(w.object.Ref, w.object.Digest, c.Digest))
			})
		},
	}
}
