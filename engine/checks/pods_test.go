package checks

import (
	"testing"

	"github.com/stretchr/testify/assert"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"tickmark/engine"
)

type change = func(*corev1.Pod)

// judged is the verdict of a check on one changed pod.
func judged(t *testing.T, id string, changes ...change) engine.Verdict {
	t.Helper()
	return newWorld(t, goodPod(changes...)).result(t, id).Verdict
}

func onPod(nonRoot *bool, user *int64) change {
	return func(p *corev1.Pod) {
		p.Spec.SecurityContext.RunAsNonRoot, p.Spec.SecurityContext.RunAsUser = nonRoot, user
	}
}

func onContainer(nonRoot *bool, user *int64) change {
	return func(p *corev1.Pod) {
		p.Spec.Containers[0].SecurityContext.RunAsNonRoot, p.Spec.Containers[0].SecurityContext.RunAsUser = nonRoot, user
	}
}

func TestNonRoot(t *testing.T) {
	yes, no, root, other := ptr(true), ptr(false), ptr(int64(0)), ptr(int64(1000))
	windows := func(p *corev1.Pod) { p.Spec.OS = &corev1.PodOS{Name: corev1.Windows} }
	administrator := func(p *corev1.Pod) {
		p.Spec.SecurityContext.WindowsOptions = &corev1.WindowsSecurityContextOptions{RunAsUserName: ptr("containeradministrator")}
	}
	for name, c := range map[string]struct {
		changes []change
		want    engine.Verdict
	}{
		"the pod says so":                         {[]change{onPod(yes, nil)}, engine.Pass},
		"the container takes it back":             {[]change{onPod(yes, nil), onContainer(no, nil)}, engine.Fail},
		"the container says so where the pod not": {[]change{onPod(no, nil), onContainer(yes, nil)}, engine.Pass},
		"nobody says anything":                    {[]change{onPod(nil, nil)}, engine.Fail},
		"no security context at all":              {[]change{func(p *corev1.Pod) { p.Spec.SecurityContext, p.Spec.Containers[0].SecurityContext = nil, nil }}, engine.Fail},
		"another user":                            {[]change{onPod(nil, other)}, engine.Pass},
		"another user, runAsNonRoot false":        {[]change{onPod(no, other)}, engine.Pass},
		"user 0 in spite of runAsNonRoot":         {[]change{onPod(yes, root)}, engine.Fail},
		"the container is user 0":                 {[]change{onPod(yes, other), onContainer(nil, root)}, engine.Fail},
		"the container is not the pod's user 0":   {[]change{onPod(nil, root), onContainer(nil, other)}, engine.Pass},
		"an init container": {[]change{onPod(nil, nil), onContainer(yes, nil), func(p *corev1.Pod) {
			p.Spec.InitContainers = []corev1.Container{{Name: "init", Image: pinned}}
		}}, engine.Fail},
		"an ephemeral container": {[]change{func(p *corev1.Pod) {
			p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{
				Name: "debug", Image: pinned, SecurityContext: &corev1.SecurityContext{RunAsUser: root},
			}}}
		}}, engine.Fail},
		"a user namespace is no excuse": {[]change{onPod(nil, nil), func(p *corev1.Pod) { p.Spec.HostUsers = no }}, engine.Fail},
		"a user number on Windows":      {[]change{onPod(nil, other), windows}, engine.Fail},
		"a user number on such a node":  {[]change{onPod(nil, other), func(p *corev1.Pod) { p.Spec.NodeSelector = map[string]string{corev1.LabelOSStable: "windows"} }}, engine.Fail},
		"runAsNonRoot on Windows":       {[]change{onPod(yes, nil), windows}, engine.Pass},
		"the administrator on Windows":  {[]change{onPod(yes, nil), windows, administrator}, engine.Fail},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, judged(t, "pods-run-as-non-root", c.changes...)) })
	}
}

func TestPrivileged(t *testing.T) {
	assert.Equal(t, engine.Fail, judged(t, "containers-not-privileged", func(p *corev1.Pod) {
		p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{
			Name: "debug", SecurityContext: &corev1.SecurityContext{Privileged: ptr(true)},
		}}}
	}))
	hostProcess := func(p *corev1.Pod) {
		p.Spec.SecurityContext.WindowsOptions = &corev1.WindowsSecurityContextOptions{HostProcess: ptr(true)}
	}
	assert.Equal(t, engine.Fail, judged(t, "containers-not-privileged", hostProcess))
	assert.Equal(t, engine.Pass, judged(t, "containers-not-privileged", hostProcess, func(p *corev1.Pod) {
		p.Spec.Containers[0].SecurityContext.WindowsOptions = &corev1.WindowsSecurityContextOptions{HostProcess: ptr(false)}
	}), "the container stands before its pod")
}

func TestLimits(t *testing.T) {
	none := func(p *corev1.Pod) { p.Spec.Containers[0].Resources.Limits = nil }
	assert.Equal(t, engine.Fail, judged(t, "containers-have-limits", none))
	assert.Equal(t, engine.Pass, judged(t, "containers-have-limits", func(p *corev1.Pod) {
		p.Spec.Resources = p.Spec.Containers[0].Resources.DeepCopy()
		p.Spec.Containers[0].Resources = corev1.ResourceRequirements{}
	}), "limits of the pod")
	assert.Equal(t, engine.Fail, judged(t, "containers-have-limits", func(p *corev1.Pod) {
		p.Spec.Containers[0].Resources.Limits[corev1.ResourceMemory] = resource.MustParse("0")
	}), "0 is no limit")
	assert.Equal(t, engine.Pass, judged(t, "containers-have-limits", func(p *corev1.Pod) {
		p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug"}}}
	}), "an ephemeral container cannot have any")
}
