package checks

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"

	"tickmark/engine"
)

func secured(change func(*corev1.SecurityContext)) change {
	return func(p *corev1.Pod) { change(p.Spec.Containers[0].SecurityContext) }
}

func capabilities(drop, add []corev1.Capability) change {
	return secured(func(s *corev1.SecurityContext) { s.Capabilities = &corev1.Capabilities{Drop: drop, Add: add} })
}

// onNodesOf selects nodes by the operating system that their kubelet says.
func onNodesOf(system string) change {
	return func(p *corev1.Pod) { p.Spec.NodeSelector = map[string]string{corev1.LabelOSStable: system} }
}

func onWindows(p *corev1.Pod) { p.Spec.OS = &corev1.PodOS{Name: corev1.Windows} }

func isPrivileged(p *corev1.Pod) { p.Spec.Containers[0].SecurityContext.Privileged = ptr(true) }

func annotated(key, value string) change {
	return func(p *corev1.Pod) { p.Annotations = map[string]string{key: value} }
}

func seccomp(pod, container *corev1.SeccompProfile) change {
	return func(p *corev1.Pod) {
		p.Spec.SecurityContext.SeccompProfile, p.Spec.Containers[0].SecurityContext.SeccompProfile = pod, container
	}
}

func seLinux(options corev1.SELinuxOptions) change {
	return func(p *corev1.Pod) { p.Spec.SecurityContext.SELinuxOptions = &options }
}

func appArmorOf(profile corev1.AppArmorProfile) change {
	return func(p *corev1.Pod) { p.Spec.SecurityContext.AppArmorProfile = &profile }
}

func mounts(path, subPath, expression string) change {
	return func(p *corev1.Pod) {
		p.Spec.Volumes = []corev1.Volume{{Name: "h", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: path}}}}
		p.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "h", MountPath: "/h", SubPath: subPath, SubPathExpr: expression, ReadOnly: true}}
	}
}

// runtimeDefaults are what runtimes give, spelled as people spell them.
var runtimeDefaults = []corev1.Capability{
	"audit_write", "CHOWN", "DAC_override", "FOWNER", "fsetid", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP",
	"SETUID", "SYS_CHROOT",
}

func TestHardeningOfContainers(t *testing.T) {
	unconfined, byRuntime := &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeUnconfined}, &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}
	const kept, added, gains = "containers-keep-no-capabilities", "containers-add-no-capabilities", "containers-cannot-gain-privileges"
	const filter, control, socket = "containers-have-seccomp-profile", "containers-keep-access-control", "containers-without-runtime-socket"
	oldFilter := "container.seccomp.security.alpha.kubernetes.io/api"
	byDefault := corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeRuntimeDefault}
	appArmor := corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix
	for name, c := range map[string]struct {
		check   string
		changes []change
		want    engine.Verdict
	}{
		"ALL in any case":                  {kept, []change{capabilities([]corev1.Capability{"all"}, nil)}, engine.Pass},
		"every default one by one":         {kept, []change{capabilities(runtimeDefaults, nil)}, engine.Pass},
		"ALL with the kernel's prefix":     {kept, []change{capabilities([]corev1.Capability{"CAP_ALL"}, nil)}, engine.Fail},
		"a default with the prefix":        {kept, []change{capabilities(append([]corev1.Capability{"CAP_AUDIT_WRITE"}, runtimeDefaults[1:]...), nil)}, engine.Fail},
		"one default is left":              {kept, []change{capabilities(runtimeDefaults[1:], nil)}, engine.Fail},
		"low ports may stay":               {kept, []change{capabilities([]corev1.Capability{"ALL"}, []corev1.Capability{"NET_BIND_SERVICE"})}, engine.Pass},
		"ALL dropped and one added":        {kept, []change{capabilities([]corev1.Capability{"ALL"}, []corev1.Capability{"CHOWN"})}, engine.Fail},
		"privileged drops nothing":         {kept, []change{isPrivileged}, engine.Fail},
		"Windows has none":                 {kept, []change{onWindows}, engine.NotApplicable},
		"an added default":                 {added, []change{capabilities(nil, []corev1.Capability{"chown"})}, engine.Pass},
		"added with the kernel's prefix":   {added, []change{capabilities(nil, []corev1.Capability{"CAP_SYS_ADMIN"})}, engine.Fail},
		"all added":                        {added, []change{capabilities([]corev1.Capability{"ALL"}, []corev1.Capability{"all"})}, engine.Fail},
		"privileged gains":                 {gains, []change{isPrivileged}, engine.Fail},
		"SYS_ADMIN gains":                  {gains, []change{capabilities(nil, []corev1.Capability{"SYS_ADMIN"})}, engine.Fail},
		"the container takes the filter":   {filter, []change{seccomp(byRuntime, unconfined)}, engine.Fail},
		"the container has a filter":       {filter, []change{seccomp(unconfined, byRuntime)}, engine.Pass},
		"a filter of no file":              {filter, []change{seccomp(&corev1.SeccompProfile{Type: corev1.SeccompProfileTypeLocalhost}, nil)}, engine.Fail},
		"a filter without a type":          {filter, []change{seccomp(&corev1.SeccompProfile{}, nil)}, engine.Fail},
		"a privileged container":           {filter, []change{isPrivileged}, engine.Fail},
		"the annotation of old versions":   {filter, []change{seccomp(nil, nil), annotated(oldFilter, "runtime/default")}, engine.Fail},
		"AppArmor by annotation":           {control, []change{annotated(appArmor+"api", "runtime/default")}, engine.Pass},
		"no AppArmor by annotation":        {control, []change{annotated(appArmor+"api", "unconfined")}, engine.Fail},
		"AppArmor of no kind":              {control, []change{appArmorOf(corev1.AppArmorProfile{Type: "unconfined"})}, engine.Fail},
		"AppArmor of the runtime":          {control, []change{appArmorOf(corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeRuntimeDefault})}, engine.Pass},
		"an annotation of no kind":         {control, []change{annotated(appArmor+"api", "Unconfined")}, engine.Fail},
		"the annotation before the pod":    {control, []change{appArmorOf(byDefault), annotated(appArmor+"api", "unconfined")}, engine.Fail},
		"an empty annotation says nothing": {control, []change{appArmorOf(corev1.AppArmorProfile{Type: "Unconfined"}), annotated(appArmor+"api", "")}, engine.Fail},
		"the container before both": {control, []change{appArmorOf(corev1.AppArmorProfile{Type: "Unconfined"}), annotated(appArmor+"api", "unconfined"), secured(func(s *corev1.SecurityContext) {
			s.AppArmorProfile = &byDefault
		})}, engine.Pass},
		"privileged, /proc masked on paper": {"containers-mask-proc", []change{isPrivileged, secured(func(s *corev1.SecurityContext) { s.ProcMount = ptr(corev1.DefaultProcMount) })}, engine.Fail},
		"no /proc on Windows":               {"containers-mask-proc", []change{onWindows}, engine.NotApplicable},
		"an annotation of the node's":       {control, []change{annotated(appArmor+"api", "localhost/pay")}, engine.Pass},
		"the annotation of another":         {control, []change{annotated(appArmor+"other", "unconfined")}, engine.Pass},
		"an SELinux type that confines":     {control, []change{seLinux(corev1.SELinuxOptions{Type: "container_t", Level: "s0:c1"})}, engine.Pass},
		"an SELinux type that does not":     {control, []change{seLinux(corev1.SELinuxOptions{Type: "spc_t"})}, engine.Fail},
		"an SELinux user":                   {control, []change{seLinux(corev1.SELinuxOptions{User: "system_u"})}, engine.Fail},
		"a socket, read only":               {socket, []change{mounts("/run/containerd/containerd.sock", "", "")}, engine.Fail},
		"a pipe of Windows":                 {socket, []change{mounts(`\\.\pipe\containerd-containerd`, "", "")}, engine.Fail},
		"the folder of a socket":            {socket, []change{mounts("/var/run/", "", "")}, engine.Fail},
		"the whole node":                    {socket, []change{mounts("/", "", "")}, engine.Fail},
		"the whole node, a harmless part":   {socket, []change{mounts("/", "var/log", "")}, engine.Pass},
		"the whole node, a part not known":  {socket, []change{mounts("/", "", "$(PART)")}, engine.Unknown},
		"a name that begins like a socket":  {socket, []change{mounts("/run/docker.sock.d", "", "")}, engine.Pass},
		"steps up that lead to a socket":    {socket, []change{mounts("/var/log/../run/docker.sock", "", "")}, engine.Fail},
		"an ephemeral container with a hole": {"root-filesystems-read-only", []change{secured(func(s *corev1.SecurityContext) { s.ReadOnlyRootFilesystem = ptr(true) }), func(p *corev1.Pod) {
			p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug"}}}
		}}, engine.Fail},
		"ports on the node's network": {"containers-without-host-ports", []change{func(p *corev1.Pod) {
			p.Spec.HostNetwork = true
			p.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 53}}
		}}, engine.Fail},
		"a sysctl that is kept apart": {"pods-set-safe-sysctls", []change{func(p *corev1.Pod) {
			p.Spec.SecurityContext.Sysctls = []corev1.Sysctl{{Name: "net.ipv4.ip_unprivileged_port_start", Value: "80"}}
		}}, engine.Pass},
		"every process of the node": {"pods-keep-processes-apart", []change{func(p *corev1.Pod) { p.Spec.HostPID = true }}, engine.Fail},
		"a mirror of a node's file": {"pods-have-controllers", []change{annotated(corev1.MirrorPodAnnotationKey, "x")}, engine.Pass},
	} {
		assert.Equal(t, c.want, judged(t, c.check, c.changes...), name)
	}
}

func TestPathsOfTheNodeSayWhatLiesThere(t *testing.T) {
	pod := goodPod(mounts("/var/lib", "", ""), func(p *corev1.Pod) {
		p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: "d", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/data"}}})
		p.Spec.InitContainers = []corev1.Container{{Name: "prepare", VolumeMounts: []corev1.VolumeMount{{Name: "d", MountPath: "/d"}}}}
	})
	r := newWorld(t, pod).result(t, "pods-without-host-paths")
	require.Len(t, r.Details, 2)
	assert.Equal(t, "Its volume h is /var/lib of its node (the data of the cluster): api may only read there", r.Details[0].Sentence)
	assert.Equal(t, "Its volume d is /data of its node: prepare may write there", r.Details[1].Sentence)
	assert.Equal(t, "spec.volumes[1].hostPath.path", r.Details[1].Field)
}

func TestQuotasOfNamespaces(t *testing.T) {
	const id = "namespaces-have-quotas"
	quota := fixtures()[id].pass[1].(*corev1.ResourceQuota)
	scoped := quota.DeepCopy()
	scoped.Spec.Scopes = []corev1.ResourceQuotaScope{corev1.ResourceQuotaScopeBestEffort}
	elsewhere := quota.DeepCopy()
	elsewhere.Namespace = "shop"
	for name, c := range map[string]struct {
		objects []metav1.Object
		want    engine.Verdict
	}{
		"for some pods":     {append(pods(), scoped), engine.Fail},
		"of another":        {append(pods(), elsewhere), engine.Fail},
		"nothing runs here": {[]metav1.Object{aNamespace("pay", nil)}, engine.NotApplicable},
	} {
		assert.Equal(t, c.want, newWorld(t, c.objects...).result(t, id).Verdict, name)
	}
	files := newWorld(t, goodPod())
	files.snapshot.Target.ID = "manifests:shop"
	assert.Equal(t, engine.Unknown, files.result(t, id).Verdict, "the namespace is not among the manifests")
}

func TestPinnedPodSecurityVersions(t *testing.T) {
	const id = "pod-security-versions-current"
	for name, c := range map[string]struct {
		level, version, server string
		want                   engine.Verdict
	}{
		"nothing pinned":           {"baseline", "", "v1.36.3", engine.Pass},
		"the server's own":         {"restricted", "v1.36", "v1.36.3-eks-1", engine.Pass},
		"rules came later":         {"restricted", "v1.21", "v1.36.3", engine.Fail},
		"rules came, not here yet": {"baseline", "v1.30", "v1.30.9", engine.Pass},
		"of a server not known":    {"baseline", "v1.30", "", engine.Unknown},
		"newest, of one not known": {"baseline", "v1.99", "", engine.Pass},
		"newer than the server":    {"baseline", "v1.99", "v1.36.3", engine.Pass},
		"no such version":          {"baseline", "newest", "v1.36.3", engine.Fail},
		"a level that bounds none": {"privileged", "v1.0", "v1.36.3", engine.NotApplicable},
		"a level there is not":     {"Baseline", "v1.0", "v1.36.3", engine.NotApplicable},
		"a server's odd version":   {"baseline", "v1.20", "unknown", engine.Unknown},
	} {
		labels := map[string]string{api.EnforceLevelLabel: c.level}
		if c.version != "" {
			labels[api.EnforceVersionLabel] = c.version
		}
		w := newWorld(t, aNamespace("pay", labels))
		w.snapshot.Target.ServerVersion = c.server
		assert.Equal(t, c.want, w.result(t, id).Verdict, name)
	}
}

func TestVolumesOfANodeNameTheirClaim(t *testing.T) {
	volume := fixtures()["persistent-volumes-not-on-host"].fail[0].(*corev1.PersistentVolume).DeepCopy()
	volume.Spec.HostPath.Path, volume.Spec.ClaimRef = "/etc/kubernetes/pki", &corev1.ObjectReference{Namespace: "pay", Name: "data"}
	r := newWorld(t, volume).result(t, "persistent-volumes-not-on-host")
	require.Len(t, r.Details, 1)
	assert.Equal(t, "It is /etc/kubernetes/pki of a node (the keys of the control plane); claimed by pay/data", r.Details[0].Sentence)
}

func TestPodsOfWindowsAndOfTheNodesNetwork(t *testing.T) {
	const filter, ports = "containers-have-seccomp-profile", "containers-without-host-ports"
	off := seccomp(&corev1.SeccompProfile{Type: corev1.SeccompProfileTypeUnconfined}, nil)
	onHost := func(of ...corev1.ContainerPort) change {
		return func(p *corev1.Pod) { p.Spec.HostNetwork, p.Spec.Containers[0].Ports = true, of }
	}
	for name, c := range map[string]struct {
		check   string
		changes []change
		want    engine.Verdict
	}{
		"a node selector for Windows":    {filter, []change{off, onNodesOf("windows")}, engine.NotApplicable},
		"a node selector for Linux":      {filter, []change{off, onNodesOf("linux")}, engine.Fail},
		"Linux on nodes of Windows":      {filter, []change{off, onNodesOf("windows"), func(p *corev1.Pod) { p.Spec.OS = &corev1.PodOS{Name: corev1.Linux} }}, engine.Fail},
		"no port":                        {ports, nil, engine.Pass},
		"no port, on the node's network": {ports, []change{onHost()}, engine.Unknown},
		"a port, on the node's network":  {ports, []change{onHost(corev1.ContainerPort{ContainerPort: 80, HostPort: 80})}, engine.Fail},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, judged(t, c.check, c.changes...)) })
	}
}
