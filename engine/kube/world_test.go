package kube_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/engine/kube/planetest"
	"tickmark/engine/redaction"
)

// canary stands for every secret of the tests: no document may hold it.
const canary = "c4nary-do-not-keep"

var plane *planetest.Plane

func TestMain(m *testing.M) { planetest.Main(m, planetest.Hardened, &plane) }

var networkPolicy = engine.Kind{Group: "networking.k8s.io", Kind: "NetworkPolicy"}

// world is one object or more of every built-in kind that an assessor meets, with
// secrets wherever people put them.
const world = `
apiVersion: v1
kind: Namespace
metadata: {name: pay, labels: {pod-security.kubernetes.io/enforce: privileged}}
---
apiVersion: v1
kind: Node
metadata: {name: n1, labels: {zone: a}}
status:
  conditions:
  - {type: Ready, status: "True", lastHeartbeatTime: "2026-01-02T03:04:05Z", lastTransitionTime: "2026-01-01T00:00:00Z", reason: r, message: m}
  nodeInfo: {architecture: amd64, bootID: "", containerRuntimeVersion: "", kernelVersion: "", kubeProxyVersion: "", kubeletVersion: v1.36.3, machineID: "", operatingSystem: linux, osImage: "", systemUUID: ""}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: api, namespace: pay}
automountServiceAccountToken: false
---
apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: pay
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"password":"c4nary-do-not-keep"}}'
stringData: {password: c4nary-do-not-keep, empty: ""}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: pay}
data:
  api-token: c4nary-do-not-keep
  app.properties: |
    log=info
    db.password=c4nary-do-not-keep
  pan: "test card 4111 1111 1111 1111"
binaryData: {store.jks: YzRuYXJ5LWRvLW5vdC1rZWVw}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: pay}
spec: {selector: {app: api}, ports: [{port: 443, targetPort: https}]}
---
apiVersion: v1
kind: ReplicationController
metadata: {name: old, namespace: pay}
spec: {replicas: 0, selector: {app: old}, template: {metadata: {labels: {app: old}}, spec: {containers: [{name: c, image: nginx}]}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv}
spec: {capacity: {storage: 1024Mi}, accessModes: [ReadWriteOnce], hostPath: {path: /data}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim, namespace: pay}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: "1073741824"}}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: quota, namespace: pay}
spec: {hard: {pods: "1000", requests.cpu: "2000"}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: limits, namespace: pay}
spec: {limits: [{type: Container, default: {cpu: 1000m}, defaultRequest: {cpu: 0.1}}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: api
  namespace: pay
  annotations: {note: "\e[31mred\e[0m \e]52;c;aGk=\a"}
spec:
  serviceAccountName: api
  nodeName: n1
  tolerations: [{operator: Exists, tolerationSeconds: 300, effect: NoExecute}]
  containers:
  - name: api
    image: registry.example/pay/api@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa4111111111111111
    args: [--db-password, c4nary-do-not-keep, --listen=:8443, "--token=c4nary-do-not-keep"]
    env:
    - {name: DB_PASSWORD, value: c4nary-do-not-keep}
    - {name: DSN, value: "postgres://app:c4nary-do-not-keep@db/pay"}
    - {name: FROM, valueFrom: {secretKeyRef: {name: db, key: password}}}
    resources: {requests: {cpu: 100m, memory: 0.5Gi}}
    securityContext: {}
  volumes: [{name: tmp, emptyDir: {}}]
status: {phase: Running, startTime: "2026-01-01T00:00:00Z"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: pay}
spec: {selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: c, image: nginx}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: pay}
spec: {serviceName: db, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: postgres}]}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: pay}
spec: {selector: {matchLabels: {app: agent}}, template: {metadata: {labels: {app: agent}}, spec: {hostPID: true, containers: [{name: c, image: agent}]}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: rs, namespace: pay}
spec: {selector: {matchLabels: {app: rs}}, template: {metadata: {labels: {app: rs}}, spec: {containers: [{name: c, image: nginx}]}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: pay}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: job}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, namespace: pay}
spec: {schedule: "0 0 * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: job}]}}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, namespace: pay}
spec: {tls: [{hosts: [pay.example], secretName: tls}], defaultBackend: {service: {name: api, port: {number: 443}}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: pay}
spec: {podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}], policyTypes: [Ingress, Egress]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: empty, namespace: pay}
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: pay}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: empty}
subjects: [{kind: ServiceAccount, name: api, namespace: pay}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: bob}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: guard}
webhooks: []
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: inject}
webhooks:
- {name: a.example.com, sideEffects: None, admissionReviewVersions: [v1], failurePolicy: Ignore, clientConfig: {url: "https://hook.example/"}, rules: [{apiGroups: [x.example], apiVersions: [v1], operations: [CREATE], resources: [things]}]}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: edge}
spec: {controller: example.com/edge}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: signed}
spec:
  failurePolicy: Fail
  matchConstraints: {resourceRules: [{apiGroups: [x.example], apiVersions: [v1], operations: [CREATE], resources: [things]}]}
  validations: [{expression: "object.metadata.name != ''"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: signed}
spec: {policyName: signed, validationActions: [Deny]}
---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: gvisor}
handler: runsc
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: disk}
provisioner: example.com/disk
parameters: {encrypted: "true"}
---
apiVersion: storage.k8s.io/v1
kind: CSIDriver
metadata: {name: example.com}
spec: {attachRequired: true}
`

// built makes the world on the plane, once per test that asks: applying it again
// changes nothing.
func built(t *testing.T) *planetest.Plane {
	t.Helper()
	p := planetest.Need(t, plane)
	require.NoError(t, p.Apply(t.Context(), []byte(world)))
	return p
}

// kept collects documents by digest.
type kept map[engine.Digest]engine.Document

func (k kept) intake() engine.Intake {
	return engine.Intake{Document: func(d engine.Document) error { k[d.Digest] = d; return nil }}
}

func (k kept) text() string {
	var b strings.Builder
	for _, d := range k {
		b.Write(d.Body)
		b.WriteByte('\n')
	}
	return b.String()
}

// find returns the document of an object.
func (k kept) find(t *testing.T, s engine.Snapshot, of engine.Kind, namespace, name string) engine.Document {
	t.Helper()
	for _, e := range s.Entries {
		if e.Ref.Of() == of && e.Ref.Namespace == namespace && e.Ref.Name == name {
			return k[e.Digest]
		}
	}
	require.Failf(t, "not collected", "%s %s/%s", of, namespace, name)
	return engine.Document{}
}

// withSecrets asks for all but the nodes' proxy and the probe.
var withSecrets = kube.Wish{With: []kube.Extra{kube.WithSecrets}}

func clock() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func live(config *rest.Config) *kube.Live {
	return &kube.Live{Config: config, Name: "pay-prod", Tool: engine.Tool{Name: "tickmark", Version: "test"}, Now: clock, Wish: withSecrets}
}

// user returns how a user of the plane reaches it, through a kubeconfig file.
func user(t *testing.T, p *planetest.Plane, name string, groups ...string) *rest.Config {
	t.Helper()
	text, err := p.User(name, groups...)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, os.WriteFile(path, text, 0o600))
	config, _, err := kube.FromKubeconfig(path, "", false)
	require.NoError(t, err)
	return config
}

// collect runs a collector, and checks what every snapshot must hold.
func collect(t *testing.T, c engine.Collector) (engine.Snapshot, kept) {
	t.Helper()
	documents := kept{}
	s, err := c.Collect(t.Context(), documents.intake())
	require.NoError(t, err)
	assert.Equal(t, redaction.Version, s.Redaction)
	assert.Equal(t, kube.CanonicalVersion, s.Canonical)
	assert.NotContains(t, documents.text(), canary)
	for _, e := range s.Entries {
		assert.Contains(t, documents, e.Digest)
	}
	for _, g := range s.Gaps {
		assert.Equal(t, kube.Printable(g.Cause), g.Cause)
		assert.NotEmpty(t, g.Cause)
	}
	return s, documents
}

func gapsOf(s engine.Snapshot, of engine.Kind) []engine.Gap {
	var gaps []engine.Gap
	for _, g := range s.Gaps {
		if g.Kind == of {
			gaps = append(gaps, g)
		}
	}
	return gaps
}

// auditor grants the printed role, less the resources left out, to a group, and
// returns how a member of it reaches the server.
func auditor(t *testing.T, p *planetest.Plane, name string, without ...string) *rest.Config {
	t.Helper()
	role := []byte(strings.ReplaceAll(kube.PrintRole(withSecrets), kube.RoleName, name))
	for _, resource := range without {
		require.Contains(t, string(role), resource)
		role = bytes.ReplaceAll(role, []byte(resource), []byte("nothings"))
	}
	require.NoError(t, p.Apply(t.Context(), role))
	config := user(t, p, name, name+"s")
	eventually(t, func(ctx context.Context) bool {
		s, err := live(config).Collect(ctx, engine.Intake{})
		return err == nil && s.Saw(engine.Kind{Kind: "Namespace"}) && s.Saw(engine.Kind{Group: "rbac.authorization.k8s.io", Kind: "ClusterRole"})
	})
	return config
}

// eventually waits until the server's authorizer knows a new role.
func eventually(t *testing.T, done func(context.Context) bool) {
	t.Helper()
	require.Eventually(t, func() bool { return done(t.Context()) }, 2*time.Minute, 50*time.Millisecond)
}

func gvk(group, version, kind string) schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: group, Version: version, Kind: kind}
}
