package planetest

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"

	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// everybodyIsAdmin is the mistake that a lax plane is made for.
const everybodyIsAdmin = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: everybody-is-admin}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:unauthenticated"}]
`

const authentication = `
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
anonymous:
  enabled: true
  conditions: [{path: /livez}, {path: /readyz}, {path: /healthz}]
`

const auditPolicy = `
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules: [{level: Metadata}]
`

const encryption = `
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - secretbox: {keys: [{name: k1, secret: %s}]}
  - identity: {}
`

const admission = `
apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
  configuration:
    apiVersion: pod-security.admission.config.k8s.io/v1
    kind: PodSecurityConfiguration
    defaults: {enforce: restricted, enforce-version: latest}
    exemptions: {namespaces: [kube-system]}
`

func (p *Plane) lax(server *envtest.Arguments) error {
	tokens := fmt.Sprintf("%s,static-user,1001,\"system:masters\"\n", randomHex(16))
	// AlwaysAllow would fail envtest's own health check.
	server.Set("authorization-mode", "RBAC").Set("anonymous-auth", "true").Set("profiling", "true")
	return p.file(server, "token-auth-file", "tokens.csv", tokens)
}

func (p *Plane) hardened(server *envtest.Arguments) error {
	server.Set("authorization-mode", "Node,RBAC").Set("profiling", "false").Set("tls-min-version", "VersionTLS12")
	// envtest switches ServiceAccount admission off.
	server.Disable("disable-admission-plugins")
	server.Set("enable-admission-plugins", "NodeRestriction,PodSecurity")
	server.Set("audit-log-path", filepath.Join(p.dir, "audit.log"))
	server.Set("audit-log-maxage", "30").Set("audit-log-maxbackup", "10").Set("audit-log-maxsize", "100")
	key := base64.StdEncoding.EncodeToString([]byte(randomHex(16)))
	for _, f := range []struct{ flag, name, text string }{
		{"authentication-config", "authentication.yaml", authentication},
		{"audit-policy-file", "audit.yaml", auditPolicy},
		{"encryption-provider-config", "encryption.yaml", fmt.Sprintf(encryption, key)},
		{"admission-control-config-file", "admission.yaml", admission},
	} {
		if err := p.file(server, f.flag, f.name, f.text); err != nil {
			return err
		}
	}
	return nil
}

// file writes a file of the plane's own and sets the flag that names it.
func (p *Plane) file(server *envtest.Arguments, flag, name, text string) error {
	path := filepath.Join(p.dir, name)
	server.Set(flag, path)
	return os.WriteFile(path, []byte(text), 0o600)
}

// AuditLog returns the path of a hardened plane's audit log.
func (p *Plane) AuditLog() string { return filepath.Join(p.dir, "audit.log") }
