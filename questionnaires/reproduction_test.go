package questionnaires

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
)

// What an object is called is never a flag or a second command of whoever copies the line.
func TestTheCommandToSeeItAgainIsOfTheSubjectAlone(t *testing.T) {
	e := Evidence{Number: 4, Result: &ResultSource{Target: "k8s:1"}}
	for want, subject := range map[string]engine.Ref{
		"kubectl get pod till -n pay -o yaml":                                      {Kind: "Pod", Namespace: "pay", Name: "till"},
		"kubectl get clusterrole.rbac.authorization.k8s.io 'a;b'\\''$(c)' -o yaml": {Group: "rbac.authorization.k8s.io", Kind: "ClusterRole", Name: "a;b'$(c)"},
		"kubectl get -o yaml -- node '--server=https://evil.example'":              {Kind: "Node", Name: "--server=https://evil.example"},
		"kubectl get -n '-x' -o yaml -- '-f' till":                                 {Kind: "-f", Namespace: "-x", Name: "till"},
		"kubectl get --raw /api/v1/nodes/n1/proxy/configz":                         {Group: engine.KubeletConfigurationKind.Group, Kind: engine.KubeletConfigurationKind.Kind, Name: "n1"},
		"tickmark evidence 'my vault' show Evidence-4":                             {Kind: "Pod"},
	} {
		assert.Equal(t, want, e.Again("my vault", subject))
	}
	file := engine.Ref{Group: engine.AuditPolicyKind.Group, Kind: engine.AuditPolicyKind.Kind, Name: "cp-1:etc:audit.yaml"}
	assert.Equal(t, "tickmark evidence v show Evidence-4", e.Again("v", file), "a file, which no server lists")
	// An account that was seen is shown; one that bindings name may not be there.
	account := engine.Ref{Kind: "ServiceAccount", Namespace: "pay", Name: "api"}
	assert.Equal(t, "kubectl get clusterrolebindings,rolebindings -A -o wide", e.Again("my vault", account))
	account.UID = "1"
	assert.Equal(t, "kubectl get serviceaccount api -n pay -o yaml", e.Again("my vault", account))
}
