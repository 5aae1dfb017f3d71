package checks

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"tickmark/engine"
)

// Of pods that look alike the first is evaluated: each is judged as if it was evaluated itself.
func TestPodsThatLookAlikeAreJudgedAlike(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	some := func(all ...string) string { return all[random.IntN(len(all))] }
	container := func() string {
		parts := []string{fmt.Sprintf(`name: %s, image: "i:%d"`, some("a", "b"), random.IntN(1000))}
		for _, part := range []string{
			some("", "", `securityContext: {privileged: true}`, `securityContext: {allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: {drop: [ALL]}}`, `securityContext: {capabilities: {add: [SYS_ADMIN]}}`),
			some("", "", "", `ports: [{containerPort: 80}]`, `ports: [{containerPort: 80, hostPort: 80}]`),
			some("", "", "", `lifecycle: {preStop: {httpGet: {host: example.com, port: 80}}}`),
			some("", "", "", `livenessProbe: {httpGet: {host: example.com, port: 80}}`), some("", "", "", `readinessProbe: {tcpSocket: {host: example.com, port: 80}}`),
			some("", "", "", `startupProbe: {httpGet: {host: example.com, port: 80}}`),
		} {
			if part != "" {
				parts = append(parts, part)
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	containers := func(n int) string {
		all := make([]string, n)
		for i := range all {
			all[i] = container()
		}
		return "[" + strings.Join(all, ", ") + "]"
	}
	var documents []string
	for i := range 1500 {
		documents = append(documents, fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: p%d, namespace: pay%s}\nspec: {containers: %s%s%s%s%s%s}\n", i,
			some("", "", "", `, annotations: {container.apparmor.security.beta.kubernetes.io/a: unconfined}`), containers(1+max(0, random.IntN(8)-3)),
			some("", "", "", ", initContainers: "+containers(1), ", ephemeralContainers: "+containers(1)),
			some("", "", "", ", hostNetwork: true", ", hostPID: true", ", hostIPC: true", ", hostUsers: false"),
			some("", "", "", ", os: {name: windows}"), some("", ", securityContext: {seccompProfile: {type: RuntimeDefault}, runAsNonRoot: true}", ", securityContext: {runAsUser: 0}"),
			some("", "", ", volumes: [{name: v, emptyDir: {}}]", ", volumes: [{name: v, hostPath: {path: /etc}}]", ", volumes: [{name: v, emptyDir: {}}, {name: w, hostPath: {path: /etc}}]")))
	}
	w := fromYAML(t, documents...)
	all := workloads(engine.NewView(&w.snapshot, w.body, w.params))
	require.Len(t, all, len(documents))
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	require.NoError(t, err)
	for _, level := range []api.Level{api.LevelBaseline, api.LevelRestricted} {
		at := api.LevelVersion{Level: level, Version: api.LatestVersion()}
		judge, said := newPodSecurity(evaluator, at), map[string]bool{}
		for _, w := range all {
			plain := newPodSecurity(evaluator, at).evaluate(*w)
			plain.field = w.path
			require.Equal(t, plain, judge.of(*w), "%s", w.object.Ref)
			said[plain.sentence] = true
		}
		assert.Greater(t, len(said), 100)
		assert.Less(t, len(judge.judged), len(all)*9/10, "none is known again")
	}
}

// No more pods are remembered than there is room for, and the others are evaluated.
func TestOfPodsOneMayForget(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	require.NoError(t, err)
	judge := newPodSecurity(evaluator, api.LevelVersion{Level: api.LevelBaseline, Version: api.LatestVersion()})
	for i := range manyPods + 10 {
		spec := &engine.PodSpec{Containers: []engine.Container{{Name: fmt.Sprint("c", i)}}}
		spec.HostPID = i%2 == 0
		f := judge.of(workload{meta: &engine.PodMetadata{}, spec: spec})
		require.Equal(t, spec.HostPID, f.verdict == engine.Fail, i)
	}
	assert.Len(t, judge.judged, manyPods)
}
