package checks

import (
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

// Checks pods-without-host-paths and containers-without-runtime-socket.
//
// The first fails for every volume of a workload that is a folder, file or device
// of its node (hostPath), and says whether a container may write there; passes for
// a workload that has none. Volumes that are claims are judged where the volume
// is: persistent-volumes-not-on-host.
//
// The second fails for a container, init and ephemeral ones included, that mounts
// the socket of its node's container runtime, or a folder of the node in which it
// lies: who may talk to it is root on the node, and a read-only mount does not
// hinder that. Passes for all others.

func podsWithoutHostPaths() check {
	return check{id: "pods-without-host-paths", version: 1, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return judgeWorkloads(v, func(w workload, say say) {
			if len(w.containers()) == 0 {
				say(withoutContainers(w))
				return
			}
			for _, f := range judgeHostPaths(w) {
				say(f.on(w.object))
			}
		})
	}}
}

func containersWithoutRuntimeSocket() check {
	return check{id: "containers-without-runtime-socket", version: 2, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perContainer(v, judgeRuntimeSocket)
	}}
}

func judgeHostPaths(w workload) []finding {
	var found []finding
	for i, v := range w.spec.Volumes {
		if v.HostPath == nil {
			continue
		}
		writers, readers := mountersOf(w, v.Name)
		use := "no container mounts it"
		switch {
		case len(writers) > 0:
			use = list(writers) + " may write there"
		case len(readers) > 0:
			use = list(readers) + " may only read there"
		}
		found = append(found, fails(w.field(index("volumes", i)+".hostPath.path"), v.HostPath.Path,
			"Its volume %s is %s of its node%s: %s", v.Name, v.HostPath.Path, significance(v.HostPath.Path), use))
	}
	if len(found) == 0 {
		found = append(found, passes(w.field("volumes"), nil, "None of its %s is a path of its node", count(len(w.spec.Volumes), "volume")))
	}
	return found
}

// mountersOf names the containers that mount a volume, by whether one of their
// mounts lets them write.
func mountersOf(w workload, volume string) (writers, readers []string) {
	for _, c := range w.containers() {
		mounted, writes := false, false
		for _, m := range c.VolumeMounts {
			mounted = mounted || m.Name == volume
			writes = writes || m.Name == volume && !m.ReadOnly
		}
		switch {
		case writes:
			writers = append(writers, c.Name)
		case mounted:
			readers = append(readers, c.Name)
		}
	}
	return writers, readers
}

// significant are paths of a node with what lies there; a folder above them holds
// it too.
var significant = []struct{ path, what string }{
	{"/etc/kubernetes", "the keys of the control plane"},
	{"/var/lib/etcd", "the data of the cluster"},
	{"/var/lib/kubelet", "the kubelet's keys and the Secrets of its pods"},
	{"/proc", "the processes of the node"},
	{"/etc/shadow", "the node's passwords"},
	{"/root", "the home of its administrator"},
}

// significance says what lies on a path of a node, in brackets; "" if nothing is known of it.
func significance(of string) string {
	of = nodePath(of)
	if of == "/" {
		return " (all of its files)"
	}
	if slices.ContainsFunc(runtimeSockets, func(socket string) bool { return within(of, socket) }) {
		return " (the container runtime's socket)"
	}
	for _, s := range significant {
		if within(of, s.path) || within(s.path, of) {
			return " (" + s.what + ")"
		}
	}
	return ""
}

// runtimeSockets are where container runtimes listen, by their usual configuration.
var runtimeSockets = []string{
	"/run/docker.sock", "/run/containerd/containerd.sock", "/run/crio/crio.sock", "/run/cri-dockerd.sock", "/run/dockershim.sock",
	"/run/podman/podman.sock", "/run/k3s/containerd/containerd.sock", "/run/k0s/containerd.sock", "/run/buildkit/buildkitd.sock",
	"/var/snap/microk8s/common/run/containerd.sock", "/run/host-containerd/containerd.sock", "/run/frakti.sock", "/run/rkt.sock",
	"/pipe/docker_engine", "/pipe/containerd-containerd", "/pipe/dockershim", // of Windows
}

// nodePath writes a path of a node in one way: /var/run is /run there, and \\.\pipe is
// /pipe.
func nodePath(p string) string {
	p = path.Clean("/" + strings.ReplaceAll(p, `\`, "/"))
	if p == "/var/run" || strings.HasPrefix(p, "/var/run/") {
		p = strings.TrimPrefix(p, "/var")
	}
	return p
}

// within reports whether a path is a folder or below it.
func within(folder, p string) bool {
	return p == folder || strings.HasPrefix(p, strings.TrimSuffix(folder, "/")+"/")
}

func judgeRuntimeSocket(w workload, c container) finding {
	for i, m := range c.VolumeMounts {
		at := slices.IndexFunc(w.spec.Volumes, func(v corev1.Volume) bool { return v.Name == m.Name && v.HostPath != nil })
		if at < 0 {
			continue
		}
		folder := nodePath(path.Join(w.spec.Volumes[at].HostPath.Path, m.SubPath))
		for _, socket := range runtimeSockets {
			field := c.at(index("volumeMounts", i))
			switch {
			case folder == socket:
				return fails(field, m.MountPath, "Container %s mounts the socket of its node's container runtime, %s", c.Name, socket)
			case within(folder, socket) && m.SubPathExpr == "":
				return fails(field, m.MountPath, "Container %s mounts %s of its node, where the socket of a container runtime lies (%s, if the node runs it)", c.Name, folder, socket)
			case within(folder, socket):
				return unknown(field, m.MountPath, "Container %s mounts a part of %s of its node that an expression names; a socket of a container runtime may lie there", c.Name, folder)
			}
		}
	}
	return passes(c.at("volumeMounts"), nil, "Container %s mounts no socket of a container runtime: none of its %s holds one", c.Name, count(len(c.VolumeMounts), "mount"))
}
