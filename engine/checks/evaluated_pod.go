package checks

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

// evaluatedPod is a pod as the Kubernetes project's own rules take it. Written over for one pod
// after the other it costs nothing; the rules keep nothing of it.
type evaluatedPod struct {
	meta             metav1.ObjectMeta
	spec             corev1.PodSpec
	init, containers []corev1.Container
	ephemeral        []corev1.EphemeralContainer
}

// of writes a workload's pod over p, with all that the rules look at.
func (p *evaluatedPod) of(w workload) (*metav1.ObjectMeta, *corev1.PodSpec) {
	s := w.spec
	p.meta = metav1.ObjectMeta{Annotations: w.meta.Annotations.Map()}
	p.init, p.containers = containersOf(p.init[:0], s.InitContainers), containersOf(p.containers[:0], s.Containers)
	p.ephemeral = p.ephemeral[:0]
	for _, c := range containersOf(nil, s.EphemeralContainers) {
		p.ephemeral = append(p.ephemeral, corev1.EphemeralContainer{EphemeralContainerCommon: corev1.EphemeralContainerCommon(c)})
	}
	p.spec = corev1.PodSpec{
		InitContainers: p.init, Containers: p.containers, EphemeralContainers: p.ephemeral, Volumes: s.Volumes,
		HostNetwork: s.HostNetwork, HostPID: s.HostPID, HostIPC: s.HostIPC, HostUsers: s.HostUsers, SecurityContext: s.SecurityContext, OS: s.OS,
	}
	return &p.meta, &p.spec
}

func containersOf(room []corev1.Container, all []engine.Container) []corev1.Container {
	for i := range all {
		c := &all[i]
		room = append(room, corev1.Container{
			Name: c.Name, Image: c.Image, Ports: c.Ports, SecurityContext: c.SecurityContext,
			Lifecycle: c.Lifecycle, LivenessProbe: c.LivenessProbe, ReadinessProbe: c.ReadinessProbe, StartupProbe: c.StartupProbe,
		})
	}
	return room
}
