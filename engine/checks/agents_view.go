package checks

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

// seesNode reports whether a container is given something of its node that an agent of
// its kind watches: any folder, the node's processes or its privileges; to ship logs, a
// folder that has them. Whatever it does there is its configuration.
func seesNode(spec *engine.PodSpec, c *engine.Container, does string) bool {
	if does != shipsLogs && (spec.HostPID || c.SecurityContext != nil && isTrue(c.SecurityContext.Privileged)) {
		return true
	}
	return slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool {
		return slices.ContainsFunc(spec.Volumes, func(v corev1.Volume) bool {
			return v.Name == m.Name && v.HostPath != nil && (does != shipsLogs || hasLogs(v.HostPath.Path))
		})
	})
}

// logFolders are where nodes keep logs of their own and of containers.
var logFolders = []string{"/var/log", "/run/log", "/var/lib/docker/containers", "/programdata/docker/containers"}

// hasLogs reports whether a folder of a node is one of logs, is in one, or has /var/log in it.
func hasLogs(folder string) bool {
	folder = strings.ToLower(strings.ReplaceAll(folder, `\`, "/"))
	if drive, rest, windows := strings.Cut(folder, ":"); windows && len(drive) == 1 {
		folder = rest
	}
	folder = "/" + strings.Trim(folder, "/")
	return folder == "/" || folder == "/var" || folder == "/var/lib/docker" || slices.ContainsFunc(logFolders, func(logs string) bool {
		return folder == logs || strings.HasPrefix(folder, logs+"/")
	})
}

// isAsked reports whether an agent does something only where it is switched on, and no
// container of its pod says that it is.
func (a agent) isAsked(spec *engine.PodSpec, does string) bool {
	variable, asked := a.Asked[does]
	if !asked {
		return false
	}
	return variable == "" || !slices.ContainsFunc(spec.Containers, func(c engine.Container) bool {
		return slices.ContainsFunc(c.Env, func(e corev1.EnvVar) bool { return e.Name == variable && e.Value == "true" })
	})
}
