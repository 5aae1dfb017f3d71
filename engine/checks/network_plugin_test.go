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

// A plugin that is told to enforce nothing enforces nothing.
func TestAPluginThatIsSwitchedOff(t *testing.T) {
	daemon := func(image, args string) string {
		return fmt.Sprintf("{apiVersion: apps/v1, kind: DaemonSet, metadata: {namespace: kube-system, name: net}, spec: {template: {spec: {hostNetwork: true, containers: [{name: a, image: %q, args: [%s]}]}}}}", image, args)
	}
	settings := func(namespace, name, data string) string {
		return fmt.Sprintf("\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {namespace: %s, name: %s}, data: {%s}}", namespace, name, data)
	}
	const cilium, router = "quay.io/cilium/cilium:v1.18", "docker.io/cloudnativelabs/kube-router:v2"
	for name, c := range map[string]struct {
		documents string
		want      engine.Verdict
	}{
		"kube-router":                 {daemon(router, "--run-router=true, --run-firewall=true"), engine.Pass},
		"kube-router by default":      {daemon(router, ""), engine.Pass},
		"kube-router, routes alone":   {daemon(router, "--run-router=true, --run-firewall=false"), engine.Fail},
		"the last time counts":        {daemon(router, "--run-firewall=false, --run-firewall=true"), engine.Pass},
		"cilium never, by argument":   {daemon(cilium, "--enable-policy=never"), engine.Fail},
		"in two words":                {daemon(cilium, "--enable-policy, never"), engine.Fail},
		"cilium audits, by argument":  {daemon(cilium, "--policy-audit-mode"), engine.Fail},
		"cilium by its settings":      {daemon(cilium, "") + settings("kube-system", "cilium-config", "enable-policy: default, policy-audit-mode: 'false'"), engine.Pass},
		"cilium never":                {daemon(cilium, "") + settings("kube-system", "cilium-config", "enable-policy: never"), engine.Fail},
		"cilium audits":               {daemon(cilium, "") + settings("kube-system", "cilium-config", "policy-audit-mode: 'true'"), engine.Fail},
		"cilium without these":        {daemon(cilium, "") + settings("kube-system", "cilium-config", "enable-k8s-networkpolicy: 'false'"), engine.Fail},
		"settings elsewhere":          {daemon(cilium, "") + settings("pay", "cilium-config", "enable-policy: never"), engine.Pass},
		"settings of something else":  {daemon(cilium, "") + settings("kube-system", "other", "enable-policy: never"), engine.Pass},
		"calico has no such settings": {daemon("docker.io/calico/node:v3", "--enable-policy=never"), engine.Pass},
	} {
		r := fixture{}.world(t, nil, c.documents).result(t, "network-plugin-enforces")
		assert.Equal(t, c.want, r.Verdict, "%s: %+v", name, r.Details)
	}
	hidden := fixture{}.world(t, nil, daemon(cilium, "")).hide(configMapKind)
	assert.Equal(t, engine.Unknown, hidden.result(t, "network-plugin-enforces").Verdict, "settings that were not seen")
	assert.Equal(t, engine.Pass, fixture{}.world(t, nil, daemon(router, "")).hide(configMapKind).result(t, "network-plugin-enforces").Verdict)
}
