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
			Name: c.Name, Ports: c.Ports, SecurityContext: c.SecurityContext,
			Lifecycle: c.Lifecycle, LivenessProbe: c.LivenessProbe, ReadinessProbe: c.ReadinessProbe, StartupProbe: c.StartupProbe,
		})
	}
	return room
}

// podLook is what the rules look at of a pod, by where it is in memory: parts of documents that
// are alike are read once, and nobody changes what was read. Pods of one look are alike; those
// that are alike may have two.
type podLook struct {
	annotations          *engine.Label
	volumes              *corev1.Volume
	security             *corev1.PodSecurityContext
	users                *bool
	os                   *corev1.PodOS
	network, pid, ipc    bool
	init, ephemeral      int // the first of the containers, and the last
	labels, mounted, all int // how many annotations, volumes and containers
	containers           [4]containerLook
}

type containerLook struct {
	name      string
	port      *corev1.ContainerPort
	ports     int
	security  *corev1.SecurityContext
	lifecycle *corev1.Lifecycle
	probes    [3]*corev1.Probe
}

// lookOf is how a workload's pod looks, if it has few containers.
func lookOf(w workload) (l podLook, short bool) {
	s := w.spec
	l = podLook{
		security: s.SecurityContext, users: s.HostUsers, os: s.OS, network: s.HostNetwork, pid: s.HostPID, ipc: s.HostIPC,
		init: len(s.InitContainers), ephemeral: len(s.EphemeralContainers),
	}
	l.annotations, l.labels = firstOf(w.meta.Annotations)
	l.volumes, l.mounted = firstOf(s.Volumes)
	for _, some := range [][]engine.Container{s.InitContainers, s.Containers, s.EphemeralContainers} {
		for i := range some {
			if l.all == len(l.containers) {
				return podLook{}, false
			}
			c := &some[i]
			of := containerLook{name: c.Name, security: c.SecurityContext, lifecycle: c.Lifecycle, probes: [3]*corev1.Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe}}
			of.port, of.ports = firstOf(c.Ports)
			l.containers[l.all] = of
			l.all++
		}
	}
	return l, true
}

// firstOf is where a list begins, and how long it is.
func firstOf[S ~[]E, E any](all S) (*E, int) {
	if len(all) == 0 {
		return nil, 0
	}
	return &all[0], len(all)
}
