package checks

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"tickmark/engine"
)

// Checks containers-mask-proc, pods-set-safe-sysctls and pods-keep-processes-apart.
//
// The first fails for a container that asks for /proc as the kernel shows it
// (procMount Unmasked) and for a privileged one, which gets it so, and passes where
// it is Default or left out, which is the same; NotApplicable on Windows. The second fails for a workload that sets a parameter of its node's kernel
// which the Pod Security Standard baseline does not count among the safe ones, as
// the Kubernetes project's own evaluator judges it in its latest version. The third
// fails for a workload whose containers see each other's processes
// (shareProcessNamespace), and with them environment and files.

func containersMaskProc() check {
	return check{id: "containers-mask-proc", version: 3, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perContainer(v, judgeProc)
	}}
}

func podsSetSafeSysctls() check {
	return check{id: "pods-set-safe-sysctls", version: 1, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perPod(v, judgeSysctls)
	}}
}

func podsKeepProcessesApart() check {
	return check{id: "pods-keep-processes-apart", version: 1, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perPod(v, judgeProcesses)
	}}
}

func judgeProc(w workload, c container) finding {
	field := c.at("securityContext.procMount")
	if w.windows() {
		return notApplicable(field, nil, "Container %s runs on Windows, which has no /proc", c.Name)
	}
	if privileged(c) {
		return fails(c.at("securityContext.privileged"), true, "Container %s is privileged: runtimes mask nothing of its /proc, whatever procMount says", c.Name)
	}
	if c.SecurityContext == nil || c.SecurityContext.ProcMount == nil {
		return passes(field, nil, "Container %s sees /proc with its usual parts masked: procMount is left out", c.Name)
	}
	if kind := *c.SecurityContext.ProcMount; kind != corev1.DefaultProcMount {
		return fails(field, kind, "Container %s asks for /proc without anything masked", c.Name)
	}
	return passes(field, corev1.DefaultProcMount, "Container %s sees /proc with its usual parts masked", c.Name)
}

func judgeSysctls(w workload) finding {
	field := w.field("securityContext.sysctls")
	if w.spec.SecurityContext == nil || len(w.spec.SecurityContext.Sysctls) == 0 {
		return passes(field, nil, "It sets no parameter of its node's kernel")
	}
	var names []string
	for _, s := range w.spec.SecurityContext.Sysctls {
		names = append(names, s.Name)
	}
	versions := policy.CheckSysctls().Versions
	result := versions[len(versions)-1].CheckPod(new(evaluatedPod).of(w))
	if !result.Allowed {
		return fails(field, names, "It sets parameters of its node's kernel that the level %s does not allow: %s", api.LevelBaseline, result.ForbiddenDetail)
	}
	return passes(field, names, "It sets only parameters of its node's kernel that are kept apart per pod: %s", list(names))
}

func judgeProcesses(w workload) finding {
	field := w.field("shareProcessNamespace")
	if w.spec.ShareProcessNamespace != nil && *w.spec.ShareProcessNamespace {
		return fails(field, true, "Its %s see each other's processes", count(len(w.containers()), "container"))
	}
	if w.spec.HostPID {
		return fails(w.field("hostPID"), true, "Its containers see every process of their node, each other's among them")
	}
	return passes(field, nil, "Its containers see only processes of their own")
}
