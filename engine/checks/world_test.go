package checks

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"tickmark/engine"
	"tickmark/engine/network"
	"tickmark/engine/rbac"
)

// world is a snapshot with its documents, for tests.
type world struct {
	snapshot engine.Snapshot
	bodies   map[engine.Digest][]byte
	params   engine.Params
}

// assembled is the registry, read once for all tests: each reading parses the words of
// every check.
var assembled = sync.OnceValues(All)

// allKinds are the kinds that some check needs.
func allKinds(t testing.TB) []engine.Kind {
	t.Helper()
	registry, err := assembled()
	require.NoError(t, err)
	kinds := slices.Concat(workloadKinds(), engine.PodTemplateKinds(), rbac.Kinds())
	kinds = append(kinds, namespaceKind, serviceAccountKind, serviceKind, ingressKind, configMapKind, network.PolicyKind, network.GrantKind,
		engine.AuditPolicyKind, engine.EncryptionConfigurationKind, openshiftImagesKind)
	for _, c := range registry {
		for _, k := range c.Needs {
			if !slices.Contains(kinds, k) {
				kinds = append(kinds, k)
			}
		}
	}
	return kinds
}

// newWorld makes a complete snapshot of a cluster that holds these objects.
func newWorld(t testing.TB, objects ...metav1.Object) *world {
	t.Helper()
	w := &world{bodies: map[engine.Digest][]byte{}, snapshot: engine.Snapshot{Target: engine.Target{ID: "k8s:test"}}}
	w.params.Now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, k := range allKinds(t) {
		w.snapshot.Populations = append(w.snapshot.Populations, engine.Population{Kind: k, Complete: true})
	}
	for _, o := range objects {
		body, err := engine.Canonical(o)
		require.NoError(t, err)
		k := kindOf(t, o)
		w.add(engine.NewDocument(engine.Ref{
			Group: k.Group, Kind: k.Kind, Namespace: o.GetNamespace(), Name: o.GetName(), UID: string(o.GetUID()),
		}, body))
	}
	w.snapshot.Sort()
	return w
}

// fromYAML makes a snapshot of manifests.
func fromYAML(t testing.TB, documents ...string) *world {
	t.Helper()
	w := newWorld(t)
	w.snapshot.Target.ID = "manifests:test"
	w.read(t, documents...)
	return w
}

// read adds manifests.
func (w *world) read(t testing.TB, documents ...string) {
	t.Helper()
	kinds := allKinds(t)
	for _, d := range documents {
		raw, err := yaml.YAMLToJSON([]byte(d))
		require.NoError(t, err)
		var head struct {
			metav1.TypeMeta
			metav1.ObjectMeta `json:"metadata"`
		}
		require.NoError(t, yaml.Unmarshal(raw, &head))
		if head.Kind == "" {
			continue
		}
		body, err := engine.CanonicalJSON(raw)
		require.NoError(t, err)
		group := head.GroupVersionKind().Group
		if !slices.Contains(kinds, engine.Kind{Group: group, Kind: head.Kind}) {
			if i := slices.IndexFunc(kinds, func(k engine.Kind) bool { return k.Kind == head.Kind }); i >= 0 {
				group = kinds[i].Group // some manifests of the corpora name a version that no cluster serves
			}
		}
		w.add(engine.NewDocument(engine.Ref{
			Group: group, Kind: head.Kind, Namespace: head.Namespace, Name: head.Name,
		}, body))
	}
	w.snapshot.Sort()
}

func (w *world) add(d engine.Document) {
	w.bodies[d.Digest] = d.Body
	w.snapshot.Entries = append(w.snapshot.Entries, engine.Entry{Ref: d.Ref, Digest: d.Digest})
}

// hide adds a gap as a refused listing leaves it.
func (w *world) hide(k engine.Kind) *world {
	w.snapshot.Gaps = append(w.snapshot.Gaps, engine.Gap{Kind: k, Reason: engine.Forbidden, Cause: "may not be listed"})
	return w
}

func (w *world) body(d engine.Digest) ([]byte, error) {
	body, ok := w.bodies[d]
	if !ok {
		return nil, fmt.Errorf("no body %s", d)
	}
	return body, nil
}

// result evaluates one check.
func (w *world) result(t testing.TB, id string) engine.Result {
	t.Helper()
	registry, err := assembled()
	require.NoError(t, err)
	i := slices.IndexFunc(registry, func(c engine.Check) bool { return c.ID == id })
	require.GreaterOrEqual(t, i, 0, "there is no check %s", id)
	c := registry[i]
	if c.Needs[0].Group == engine.ImportGroup {
		w.snapshot.Target = engine.NewImportTarget("test", engine.Sum([]byte("test")), "test")
	}
	run, err := engine.Evaluate(context.Background(), []engine.Check{c}, []engine.Snapshot{w.snapshot}, w.body, w.params)
	require.NoError(t, err)
	if c.Needs[0].Group == engine.ImportGroup && len(run.Results) == 0 {
		return engine.Result{Check: id, Verdict: engine.NotApplicable} // the file does not speak of it
	}
	require.Len(t, run.Results, 1)
	return run.Results[0]
}

func kindOf(t testing.TB, o metav1.Object) engine.Kind {
	t.Helper()
	switch o.(type) {
	case *corev1.Pod:
		return podKind
	case *corev1.ReplicationController:
		return engine.Kind{Kind: "ReplicationController"}
	case *corev1.Namespace:
		return namespaceKind
	case *corev1.Node:
		return nodeKind
	case *corev1.ServiceAccount:
		return serviceAccountKind
	case *corev1.Service:
		return serviceKind
	case *corev1.ConfigMap:
		return configMapKind
	case *corev1.ResourceQuota:
		return resourceQuotaKind
	case *corev1.PersistentVolume:
		return persistentVolumeKind
	case *appsv1.DaemonSet:
		return engine.Kind{Group: "apps", Kind: "DaemonSet"}
	case *appsv1.Deployment:
		return engine.Kind{Group: "apps", Kind: "Deployment"}
	case *appsv1.ReplicaSet:
		return replicaSetKind
	case *batchv1.CronJob:
		return engine.Kind{Group: "batch", Kind: "CronJob"}
	case *networkingv1.NetworkPolicy:
		return network.PolicyKind
	case *networkingv1.Ingress:
		return ingressKind
	case *rbacv1.Role:
		return rbac.RoleKind
	case *rbacv1.ClusterRole:
		return rbac.ClusterRoleKind
	case *rbacv1.RoleBinding:
		return rbac.RoleBindingKind
	case *rbacv1.ClusterRoleBinding:
		return rbac.ClusterRoleBindingKind
	}
	require.Failf(t, "kind of object", "%T is not in the table", o)
	return engine.Kind{}
}

func ptr[T any](v T) *T { return &v }

func named(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name}
}

const pinned = "registry.example/pay/api:1.2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// goodPod is a pod that every check passes; changes make the fixtures.
func goodPod(changes ...func(*corev1.Pod)) *corev1.Pod {
	limits := corev1.ResourceList{}
	p := &corev1.Pod{ObjectMeta: named("pay", "api")}
	p.Spec.AutomountServiceAccountToken = ptr(false)
	p.Spec.ServiceAccountName = "api"
	p.Spec.SecurityContext = &corev1.PodSecurityContext{
		RunAsNonRoot: ptr(true), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
	}
	p.Spec.Containers = []corev1.Container{{
		Name: "api", Image: pinned, Resources: corev1.ResourceRequirements{Limits: limits},
		SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: ptr(false), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		},
	}}
	setLimits(limits)
	for _, change := range changes {
		change(p)
	}
	return p
}

func setLimits(limits corev1.ResourceList) {
	var of struct{ Limits corev1.ResourceList }
	if err := yaml.Unmarshal([]byte(`limits: {cpu: 500m, memory: 64Mi}`), &of); err != nil {
		panic(err)
	}
	for name, quantity := range of.Limits {
		limits[name] = quantity
	}
}

func denyAll(changes ...func(*networkingv1.NetworkPolicy)) *networkingv1.NetworkPolicy {
	p := &networkingv1.NetworkPolicy{ObjectMeta: named("pay", "default-deny")}
	p.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}
	for _, change := range changes {
		change(p)
	}
	return p
}

func clusterRole(name string, rules ...rbacv1.PolicyRule) *rbacv1.ClusterRole {
	return &rbacv1.ClusterRole{ObjectMeta: named("", name), Rules: rules}
}

func rule(verbs, groups, resources []string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{Verbs: verbs, APIGroups: groups, Resources: resources}
}

func all() []string { return []string{"*"} }

func bind(role string, subjects ...rbacv1.Subject) *rbacv1.ClusterRoleBinding {
	return &rbacv1.ClusterRoleBinding{
		ObjectMeta: named("", role+"-binding"), RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role}, Subjects: subjects,
	}
}

func group(name string) rbacv1.Subject { return rbacv1.Subject{Kind: "Group", Name: name} }
func user(name string) rbacv1.Subject  { return rbacv1.Subject{Kind: "User", Name: name} }
