package checks

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
)

// A pass of network rules counts only beside a plugin that enforces them: what merely
// carries the name of one must not be taken for it.
func TestAPluginIsToldByWhatItRuns(t *testing.T) {
	daemon := func(name, image, more string) string {
		return fmt.Sprintf("{apiVersion: apps/v1, kind: DaemonSet, metadata: {namespace: kube-system, name: %s}, spec: {template: {spec: {%s containers: [{name: a, image: %q}]}}}}", name, more, image)
	}
	const host = "hostNetwork: true,"
	for name, c := range map[string]struct {
		documents string
		want      engine.Verdict
	}{
		"calico":                        {daemon("calico-node", "docker.io/calico/node:v3", host), engine.Pass},
		"cilium from a mirror":          {daemon("cilium", "registry.example/platform/cilium:v1", host), engine.Pass},
		"under a name of its own":       {daemon("cni", "quay.io/cilium/cilium:v1", host), engine.Pass},
		"an exporter named after it":    {daemon("calico-exporter", "registry.example/exporter:1", host), engine.Unknown},
		"a sidecar of another image":    {daemon("cilium-node-exporter", "prom/node-exporter:1", host), engine.Unknown},
		"not on the network of nodes":   {daemon("calico-node", "docker.io/calico/node:v3", ""), engine.Unknown},
		"weave scope is no weave":       {daemon("weave-scope-agent", "weaveworks/scope:1", host), engine.Unknown},
		"flannel":                       {daemon("kube-flannel-ds", "flannel/flannel:1", host), engine.Fail},
		"flannel and a policy enforcer": {daemon("kube-flannel-ds", "flannel/flannel:1", host) + "\n---\n" + daemon("kube-network-policies", "registry.k8s.io/networking/kube-network-policies:1", host), engine.Pass},
		"the agent of EKS":              {daemon("aws-node", "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon/aws-network-policy-agent:v1", host), engine.Unknown},
		"canal, which is both": {
			"{apiVersion: apps/v1, kind: DaemonSet, metadata: {namespace: kube-system, name: canal}, spec: {template: {spec: {hostNetwork: true, containers: [{name: f, image: flannel/flannel:1}, {name: c, image: calico/node:3}]}}}}",
			engine.Pass,
		},
		"told to enforce": {
			"{apiVersion: apps/v1, kind: DaemonSet, metadata: {namespace: kube-system, name: aws-node}, spec: {template: {spec: {hostNetwork: true, containers: [{name: a, image: x/aws-network-policy-agent, args: [--enable-network-policy=true]}]}}}}",
			engine.Pass,
		},
	} {
		r := fixture{}.world(t, nil, c.documents).result(t, "network-plugin-enforces")
		assert.Equal(t, c.want, r.Verdict, "%s: %+v", name, r.Details)
	}
}
