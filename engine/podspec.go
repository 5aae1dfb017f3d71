package engine

import (
	corev1 "k8s.io/api/core/v1"
)

// PodSpec is what is looked at of a pod's specification, by the Kubernetes project's own
// evaluator too: the whole of it takes twice the memory. Nothing of it tells whether the
// specification is one: that is told where it is collected.
type PodSpec struct {
	InitContainers      []Container     `json:"initContainers"`
	Containers          []Container     `json:"containers"`
	EphemeralContainers []Container     `json:"ephemeralContainers"`
	Volumes             []corev1.Volume `json:"volumes"`
	PodAccount
	PodHost
	SecurityContext  *corev1.PodSecurityContext    `json:"securityContext"`
	ImagePullSecrets []corev1.LocalObjectReference `json:"imagePullSecrets"`
	RuntimeClassName *string                       `json:"runtimeClassName"`
	OS               *corev1.PodOS                 `json:"os"`
	Resources        *Resources                    `json:"resources"`
}

// PodAccount is whom a pod runs as.
type PodAccount struct {
	ServiceAccountName           string `json:"serviceAccountName"`
	DeprecatedServiceAccount     string `json:"serviceAccount"`
	AutomountServiceAccountToken *bool  `json:"automountServiceAccountToken"`
}

// PodHost is where a pod runs, and what it shares there.
type PodHost struct {
	NodeName              string              `json:"nodeName"`
	NodeSelector          map[string]string   `json:"nodeSelector"`
	Tolerations           []corev1.Toleration `json:"tolerations"`
	HostNetwork           bool                `json:"hostNetwork"`
	HostPID               bool                `json:"hostPID"`
	HostIPC               bool                `json:"hostIPC"`
	HostUsers             *bool               `json:"hostUsers"`
	ShareProcessNamespace *bool               `json:"shareProcessNamespace"`
}

// Container is what is looked at of a container.
type Container struct {
	Name            string                         `json:"name"`
	Image           string                         `json:"image"`
	ImagePullPolicy corev1.PullPolicy              `json:"imagePullPolicy"`
	Command         []string                       `json:"command"`
	Args            []string                       `json:"args"`
	Env             []corev1.EnvVar                `json:"env"`
	EnvFrom         []corev1.EnvFromSource         `json:"envFrom"`
	Ports           []corev1.ContainerPort         `json:"ports"`
	VolumeMounts    []corev1.VolumeMount           `json:"volumeMounts"`
	Resources       Resources                      `json:"resources"`
	RestartPolicy   *corev1.ContainerRestartPolicy `json:"restartPolicy"`
	SecurityContext *corev1.SecurityContext        `json:"securityContext"`
	ContainerHooks
}

// ContainerHooks are what a node does to a container while it runs.
type ContainerHooks struct {
	Lifecycle      *corev1.Lifecycle `json:"lifecycle"`
	LivenessProbe  *corev1.Probe     `json:"livenessProbe"`
	ReadinessProbe *corev1.Probe     `json:"readinessProbe"`
	StartupProbe   *corev1.Probe     `json:"startupProbe"`
}

// Resources are the limits of a container, or of a pod.
type Resources struct {
	Limits corev1.ResourceList `json:"limits"`
}
