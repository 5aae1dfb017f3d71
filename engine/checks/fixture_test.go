package checks

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"

	"tickmark/engine"
)

// fixture shows a check passing and failing, with objects or with manifests; its
// unknown fixture is the passing one with a gap in each kind the check needs.
type fixture struct {
	pass, fail         []metav1.Object
	passYAML, failYAML string // documents parted by ---
	cluster            bool   // the documents are a cluster's, no manifests
	params             engine.Params
	// Reasons why there is no such fixture.
	noPass, noFail string
}

func (f fixture) world(t *testing.T, objects []metav1.Object, documents string) *world {
	w := newWorld(t, objects...)
	if documents != "" && !f.cluster {
		w.snapshot.Target.ID = "manifests:test"
	}
	w.read(t, documentEnd.Split(documents, -1)...)
	now := w.params.Now
	w.params = f.params
	w.params.Now = now
	return w
}

func pods(changes ...func(*corev1.Pod)) []metav1.Object { return []metav1.Object{goodPod(changes...)} }

func fixtures() map[string]fixture {
	all := map[string]fixture{}
	for _, area := range []map[string]fixture{
		rbacFixtures(), accessFixtures(), networkFixtures(), secretsFixtures(), podsFixtures(), imagesFixtures(), runtimeFixtures(), controlPlaneFixtures(), nodesFixtures(),
		importsFixtures(),
	} {
		maps.Copy(all, area)
	}
	return all
}

func rbacFixtures() map[string]fixture {
	admin := clusterRole("cluster-admin", rule(all(), all(), all()))
	viewer := clusterRole("viewer", rule([]string{"get"}, []string{""}, []string{"pods"}))
	return map[string]fixture{
		"cluster-admin-bindings": {
			pass: []metav1.Object{admin, viewer, bind("viewer", user("ann"))}, fail: []metav1.Object{admin, bind("cluster-admin", user("ann"))},
		},
		"roles-without-wildcards": {pass: []metav1.Object{viewer}, fail: []metav1.Object{clusterRole("all", rule(all(), []string{""}, []string{"pods"}))}},
		"default-service-accounts-unused": {
			pass: append(pods(), &corev1.ServiceAccount{ObjectMeta: named("pay", "default")}),
			fail: pods(func(p *corev1.Pod) { p.Spec.AutomountServiceAccountToken, p.Spec.ServiceAccountName = nil, "" }),
		},
		"service-account-tokens-not-mounted": {pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.AutomountServiceAccountToken = nil })},
		"anonymous-has-no-access": {
			pass: []metav1.Object{viewer, bind("viewer", user("ann"))}, fail: []metav1.Object{viewer, bind("viewer", group("system:unauthenticated"))},
		},
	}
}

func networkFixtures() map[string]fixture {
	service := func(kind corev1.ServiceType) []metav1.Object {
		return []metav1.Object{&corev1.Service{ObjectMeta: named("pay", "api"), Spec: corev1.ServiceSpec{Type: kind}}}
	}
	cde := engine.Params{Zones: map[string][]engine.Selector{cdeZone: {{Namespaces: []string{"pay"}}}}}
	declared := cde
	declared.Declared = []engine.Declaration{{From: "shop/cart", To: "pay/api", Ports: "TCP 8443"}, {From: "pay/api", To: "shop/*", Ports: "TCP 80"}}
	const (
		api  = "apiVersion: v1\nkind: Pod\nmetadata: {namespace: pay, name: api}\n---\n"
		cart = "apiVersion: v1\nkind: Pod\nmetadata: {namespace: shop, name: cart}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n"
		deny = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {namespace: pay, name: deny}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n---\n"
		open = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {namespace: pay, name: open}\nspec: {podSelector: {}, ingress: [{}], egress: [{}]}\n---\n"
	)
	balancer := func(ranges string) string {
		return "apiVersion: v1\nkind: Service\nmetadata: {namespace: pay, name: api}\nspec: {type: LoadBalancer, loadBalancerSourceRanges: [" + ranges + "]}\n"
	}
	plugin := func(name, image string) string {
		return "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {namespace: kube-system, name: " + name + "}\nspec: {template: {spec: {hostNetwork: true, containers: [{name: a, image: \"" + image + "\"}]}}}\n"
	}
	return map[string]fixture{
		"cde-reached-only-as-declared": {passYAML: api + cart + deny, failYAML: api + cart, params: declared},
		"cde-reaches-only-as-declared": {passYAML: api + cart + deny, failYAML: api + cart, params: declared},
		"cde-closed-to-metadata":       {passYAML: api + deny, failYAML: api, params: cde},
		"network-plugin-enforces":      {passYAML: plugin("calico-node", "quay.io/calico/node:v3.30.0"), failYAML: plugin("kube-flannel-ds", "ghcr.io/flannel-io/flannel:v0.27.0")},
		"network-policies-inventory":   {passYAML: deny, noPass: "an inventory judges nothing", noFail: "an inventory judges nothing"},
		"network-policies-select-pods": {
			cluster:  true, // what makes pods beside the manifests is not seen
			passYAML: api + deny, failYAML: api + strings.Replace(deny, "podSelector: {}", "podSelector: {matchLabels: {app: gone}}", 1),
		},
		"network-policies-limited": {passYAML: deny, failYAML: open},
		"ways-in-use-tls": {
			passYAML: "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {namespace: pay, name: api}\nspec: {tls: [{hosts: [pay.example]}], rules: [{host: pay.example}]}",
			failYAML: "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {namespace: pay, name: api}\nspec: {tls: [{hosts: [pay.example]}], rules: [{host: shop.example}]}",
		},
		"services-without-insecure-protocols": {
			passYAML: "apiVersion: v1\nkind: Service\nmetadata: {namespace: pay, name: api}\nspec: {ports: [{port: 8443}]}",
			failYAML: "apiVersion: v1\nkind: Service\nmetadata: {namespace: pay, name: api}\nspec: {ports: [{port: 2323, targetPort: 23}]}",
		},
		"load-balancers-limit-sources": {passYAML: balancer("192.0.2.0/24"), failYAML: balancer("")},
		"namespaces-have-default-deny": {
			pass: append(pods(), denyAll()),
			fail: append(pods(), denyAll(func(p *networkingv1.NetworkPolicy) { p.Spec.PolicyTypes = p.Spec.PolicyTypes[:1] })),
		},
		"services-exposed": {
			pass: service(corev1.ServiceTypeClusterIP), fail: service(corev1.ServiceTypeNodePort),
			params: engine.Params{Zones: map[string][]engine.Selector{cdeZone: {{Namespaces: []string{"pay"}}}}},
		},
	}
}

func secretsFixtures() map[string]fixture {
	reader := clusterRole("reader", rule([]string{"get"}, []string{""}, []string{"secrets"}))
	configMap := func(key, value string) []metav1.Object {
		return []metav1.Object{&corev1.ConfigMap{ObjectMeta: named("pay", "settings"), Data: map[string]string{key: value}}}
	}
	const taker = "apiVersion: v1\nkind: Pod\nmetadata: {name: api, namespace: pay}\nspec:\n  containers: [{name: api, env: [{name: DB, valueFrom: {secretKeyRef: {name: db, key: password}}}]}]\n"
	const there = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: pay, creationTimestamp: %q}\ndata: {password: '[redacted:secret-value]'}\nimmutable: true\n"
	recent, old := fmt.Sprintf(there, "2025-12-01T00:00:00Z"), fmt.Sprintf(there, "2020-12-01T00:00:00Z")
	const store = "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: vault, namespace: pay}\nspec: {provider: {vault: {server: https://vault.example}}}\n"
	const server = "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver-cp1, namespace: kube-system}\nspec: {containers: [{name: kube-apiserver, command: [kube-apiserver, %s]}]}\n"
	noted := func(note string) []metav1.Object {
		return pods(func(p *corev1.Pod) { p.Annotations = map[string]string{"note": note} })
	}
	return map[string]fixture{
		"secrets-inventory":            {passYAML: taker + recent, noPass: "an inventory judges nothing", noFail: "an inventory judges nothing"},
		"secret-stores-inventory":      {passYAML: store, noPass: "an inventory judges nothing", noFail: "an inventory judges nothing"},
		"secrets-used":                 {cluster: true, passYAML: taker + recent, failYAML: recent},
		"secret-references-resolve":    {cluster: true, passYAML: taker + recent, failYAML: taker},
		"secrets-changed-recently":     {passYAML: recent, failYAML: old},
		"secrets-mounted-as-files":     {pass: pods(), failYAML: taker},
		"secrets-encrypted-at-rest":    {passYAML: fmt.Sprintf(server, "--encryption-provider-config=/etc/e.yaml"), failYAML: fmt.Sprintf(server, "--v=2")},
		"objects-without-secrets":      {pass: noted("nothing"), fail: noted("see [redacted:token]")},
		"objects-without-card-numbers": {pass: noted("see [redacted:token]"), fail: noted("[redacted:card-number]")},
		"secrets-read-by-few": {
			pass: []metav1.Object{reader, bind("reader", user("ann"), user("bob"), user("cy"))},
			fail: []metav1.Object{reader, bind("reader", user("ann"), user("bob"), user("cy"), user("di"))},
		},
		"secrets-not-in-environment": {pass: pods(), fail: pods(func(p *corev1.Pod) {
			p.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "DB_PASSWORD", Value: "hunter2"}}
		})},
		"configmaps-without-secrets": {pass: configMap("colour", "blue"), fail: configMap("application.properties", "url=x\npw=[redacted:password]\n")},
	}
}

func podsFixtures() map[string]fixture {
	namespace := func(level string) []metav1.Object {
		meta := named("", "pay")
		meta.Labels = map[string]string{"pod-security.kubernetes.io/enforce": level}
		return []metav1.Object{&corev1.Namespace{ObjectMeta: meta}}
	}
	first := func(change func(*corev1.Container)) func(*corev1.Pod) {
		return func(p *corev1.Pod) { change(&p.Spec.Containers[0]) }
	}
	security := func(change func(*corev1.SecurityContext)) []metav1.Object {
		return pods(first(func(c *corev1.Container) { change(c.SecurityContext) }))
	}
	onHost := func(path string) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			p.Spec.Volumes = []corev1.Volume{{Name: "host", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: path}}}}
			p.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "host", MountPath: "/host"}}
		}
	}
	quota := func(resources ...corev1.ResourceName) *corev1.ResourceQuota {
		q := &corev1.ResourceQuota{ObjectMeta: named("pay", "bounds"), Spec: corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{}}}
		for _, r := range resources {
			q.Spec.Hard[r] = resource.MustParse("8")
		}
		return q
	}
	pin := func(version string) []metav1.Object {
		return []metav1.Object{aNamespace("pay", map[string]string{api.EnforceLevelLabel: "restricted", api.EnforceVersionLabel: version})}
	}
	volume := func(source corev1.PersistentVolumeSource) []metav1.Object {
		return []metav1.Object{&corev1.PersistentVolume{ObjectMeta: named("", "data"), Spec: corev1.PersistentVolumeSpec{PersistentVolumeSource: source}}}
	}
	kept := func(p *corev1.Pod) { p.OwnerReferences = ownedBy("apps", "ReplicaSet", "api-1", "") }
	return map[string]fixture{
		"containers-keep-no-capabilities": {pass: pods(), fail: security(func(s *corev1.SecurityContext) { s.Capabilities = nil })},
		"containers-add-no-capabilities": {pass: pods(), fail: security(func(s *corev1.SecurityContext) {
			s.Capabilities.Add = []corev1.Capability{"NET_ADMIN"}
		})},
		"containers-cannot-gain-privileges": {pass: pods(), fail: security(func(s *corev1.SecurityContext) { s.AllowPrivilegeEscalation = nil })},
		"root-filesystems-read-only": {
			pass: security(func(s *corev1.SecurityContext) { s.ReadOnlyRootFilesystem = ptr(true) }), fail: pods(),
		},
		"containers-have-seccomp-profile": {pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.SecurityContext.SeccompProfile = nil })},
		"containers-keep-access-control": {pass: pods(), fail: security(func(s *corev1.SecurityContext) {
			s.AppArmorProfile = &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeUnconfined}
		})},
		"containers-mask-proc": {pass: pods(), fail: security(func(s *corev1.SecurityContext) { s.ProcMount = ptr(corev1.UnmaskedProcMount) })},
		"containers-without-host-ports": {pass: pods(), fail: pods(first(func(c *corev1.Container) {
			c.Ports = []corev1.ContainerPort{{ContainerPort: 80, HostPort: 80}}
		}))},
		"containers-without-runtime-socket": {pass: pods(onHost("/var/log")), fail: pods(onHost("/var/run/docker.sock"))},
		"pods-without-host-paths":           {pass: pods(), fail: pods(onHost("/var/log"))},
		"pods-set-safe-sysctls": {pass: pods(), fail: pods(func(p *corev1.Pod) {
			p.Spec.SecurityContext.Sysctls = []corev1.Sysctl{{Name: "kernel.msgmax", Value: "1"}}
		})},
		"pods-keep-processes-apart": {pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.ShareProcessNamespace = ptr(true) })},
		"pods-have-controllers":     {pass: pods(kept), fail: pods()},
		"pods-without-debug-containers": {pass: pods(), fail: pods(func(p *corev1.Pod) {
			p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug"}}}
		})},
		"namespaces-have-quotas":         {pass: append(pods(), quota("limits.cpu", "memory")), fail: append(pods(), quota("cpu"))},
		"pod-security-versions-current":  {pass: pin("latest"), fail: pin("v1.20"), failYAML: serverYAML},
		"persistent-volumes-not-on-host": {pass: volume(corev1.PersistentVolumeSource{NFS: &corev1.NFSVolumeSource{Server: "nfs", Path: "/"}}), fail: volume(corev1.PersistentVolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/data"}})},
		"pods-meet-baseline":             {pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.HostPID = true })},
		"pods-meet-restricted":           {pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.SecurityContext.SeccompProfile = nil })},
		"pods-run-as-non-root":           {pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.SecurityContext.RunAsNonRoot = nil })},
		"containers-not-privileged": {pass: pods(), fail: pods(func(p *corev1.Pod) {
			p.Spec.Containers[0].SecurityContext.Privileged = ptr(true)
		})},
		"pods-without-host-namespaces": {pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.HostIPC = true })},
		"containers-have-limits": {pass: pods(), fail: pods(func(p *corev1.Pod) {
			delete(p.Spec.Containers[0].Resources.Limits, corev1.ResourceMemory)
		})},
		"namespaces-enforce-pod-security": {pass: namespace("restricted"), fail: namespace("privileged")},
	}
}

func imagesFixtures() map[string]fixture {
	running := []metav1.Object{runningPod("api", pinned, sha)}
	scanned := func(change func(*report)) string { return reportOn("api", change) }
	return map[string]fixture{
		"images-run-as-declared": {
			pass: []metav1.Object{runningPod("api", "nginx:1.27", sha), runningPod("b", "nginx:1.27", sha), node("n1")},
			fail: []metav1.Object{runningPod("api", "nginx:1.27", sha), runningPod("b", "nginx:1.27", otherSHA), node("n1")},
		},
		"images-pulled-afresh":         {pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.Containers[0].Image = "nginx:1.27" })},
		"images-verified-at-admission": admissionFixtures()["images-verified-at-admission"],
		"images-scanned": {
			pass: running, passYAML: scanned(nil),
			fail: running, failYAML: scanned(func(r *report) { r.updated = "2025-08-01T00:00:00Z" }),
		},
		"images-without-fixable-vulnerabilities": {
			pass: running, passYAML: scanned(nil),
			fail: running, failYAML: scanned(func(r *report) { r.list = vulnerable("CRITICAL", "1.2.4") }),
		},
		"images-on-supported-base": {
			pass: running, passYAML: scanned(nil),
			fail: running, failYAML: scanned(func(r *report) { r.eosl = true }),
		},
		"images-without-exposed-secrets": {
			pass: running, passYAML: scanned(func(r *report) { r.kind, r.key = "ExposedSecretReport", "secrets" }),
			fail: running, failYAML: scanned(func(r *report) {
				r.kind, r.key, r.list = "ExposedSecretReport", "secrets", "[{ruleID: aws-key, target: /app/.env}]"
			}),
		},
		"images-from-trusted-registries": {
			pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.Containers[0].Image = "nginx:1.27" }),
			params: engine.Params{TrustedRegistries: []string{"registry.example/pay"}},
		},
		"images-pinned-by-digest": {pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.Containers[0].Image = "nginx:1.27" })},
		"images-not-latest":       {pass: pods(), fail: pods(func(p *corev1.Pod) { p.Spec.Containers[0].Image = "nginx" })},
		"registries-inventory":    {pass: pods(), noPass: "an inventory judges nothing", noFail: "an inventory judges nothing"},
		"workloads-inventory":     {pass: pods(), noPass: "an inventory judges nothing", noFail: "an inventory judges nothing"},
	}
}
