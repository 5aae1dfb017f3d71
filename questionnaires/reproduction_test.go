package questionnaires

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
)

// Whoever types the command sees what the result is about: it names what kubectl knows.
func TestWhatShowsEvidenceAgain(t *testing.T) {
	live := Evidence{Number: 7, Result: &ResultSource{Target: "k8s:uid"}}
	for command, subject := range map[string]engine.Ref{
		"kubectl get pod api -n pay -o yaml":                         {Kind: "Pod", Namespace: "pay", Name: "api"},
		"kubectl get networkpolicy.networking.k8s.io a -n b -o yaml": {Group: "networking.k8s.io", Kind: "NetworkPolicy", Namespace: "b", Name: "a"},
		"kubectl get node 'a b' -o yaml":                             {Kind: "Node", Name: "a b"},
		"kubectl get clusterrolebindings,rolebindings -A -o wide":    {Group: "rbac.authorization.k8s.io", Kind: "Group", Name: "ops"},
		"kubectl get --raw /version":                                 {Group: engine.FactGroup, Kind: "ServerVersion", Name: "api-server"},
		"kubectl get --raw /api/v1/nodes/w-1/proxy/configz":          {Group: "kubelet.config.k8s.io", Kind: "KubeletConfiguration", Name: "w-1"},
		"tickmark evidence shop.vault show " + live.Label():          {Group: engine.FactGroup, Kind: "AnonymousProbe", Name: "api-server"},
	} {
		assert.Equal(t, command, live.Again("shop.vault", subject))
	}
	files := Evidence{Number: 7, Result: &ResultSource{Target: "manifests:scan"}}
	assert.Equal(t, "tickmark evidence 'my shop.vault' show "+files.Label(), files.Again("my shop.vault", engine.Ref{Kind: "Pod", Name: "api"}))
}
