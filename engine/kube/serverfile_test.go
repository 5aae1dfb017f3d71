package kube_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/engine/kube"
)

// Files that an API server is started with are evidence by where they lie, among manifests
// and in dumps, and the keys in them are none.
func TestFilesOfAnAPIServerAreNamedByTheirPlace(t *testing.T) {
	const key = "c2VjcmV0IGlzIHNlY3VyZSwgaXMgaXQ/c2VjcmV0MTI="
	files := saved{
		"cp-1/etc/kube/enc.yaml":                        "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nmetadata: {name: 'etc:other.yaml'}\nresources: [{resources: [secrets], providers: [{aescbc: {keys: [{name: key1, secret: " + key + "}]}}]}]\n",
		"cp-1/etc/kube/audit.json":                      `{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"Metadata"}]}`,
		"a b%/etc:kube/p.yaml":                          "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: []\n",
		strings.Repeat("long/", 60) + "etc/kube/q.yaml": "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: []\n",
	}
	dir := files.folder(t)
	want := []string{
		"EncryptionConfiguration.apiserver.config.k8s.io cp-1:etc:kube:enc.yaml", "Policy.audit.k8s.io a_b_:etc_kube:p.yaml", "Policy.audit.k8s.io cp-1:etc:kube:audit.json",
		"Policy.audit.k8s.io " + strings.Repeat("long:", 60)[300-253+len("etc:kube:q.yaml"):] + "etc:kube:q.yaml",
	}
	for name, c := range map[string]engine.Collector{
		"manifests": &kube.Manifests{Paths: []string{dir}, Name: "scan"}, "folder": dump(dir + "/"), "archive": dump(onDisk(t, "dump.tgz", zipped(t, files.tar(t)))),
	} {
		s, documents := collect(t, c)
		var names []string
		for _, e := range s.Entries {
			names = append(names, e.Ref.String())
			assert.NotContains(t, string(documents[e.Digest].Body), "etc:other")
		}
		slices.Sort(names)
		assert.Equal(t, want, names, name)
		assert.NotContains(t, documents.text(), key[:12], name)
		assert.Contains(t, documents.text(), `"secret":"[redacted:`, name)
	}
	one := filepath.Join(dir, "cp-1/etc/kube/enc.yaml")
	s, _ := scan(t, one)
	require.Len(t, s.Entries, 1)
	assert.Equal(t, strings.ReplaceAll(strings.TrimPrefix(filepath.ToSlash(one), "/"), "/", ":"), s.Entries[0].Ref.Name, "a file that is named itself")
}

// Settings of kubelets have no name. Two files of them are two subjects.
func TestSettingsOfKubeletsAreToldApart(t *testing.T) {
	const settings = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
	s, _ := scan(t, saved{"w-1/kubelet.yaml": settings, "w-2/kubelet.yaml": settings + "readOnlyPort: 10255\n", "named.yaml": settings + "metadata: {name: w-3}\n"}.folder(t))
	var names []string
	for _, e := range s.Entries {
		names = append(names, e.Ref.Name)
	}
	slices.Sort(names)
	assert.Equal(t, []string{"w-1:kubelet.yaml", "w-2:kubelet.yaml", "w-3"}, names)
}
