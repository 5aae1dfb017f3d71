package redaction

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
)

// listedForms are flags whose values are the next item of a list, and files of machines.
var listedForms = []string{
	`["k3s","agent","--token","CANARY","--debug"]`, `[ "server", "--token" , "CANARY" ]`, "[\n  \"--token\",\n  \"CANARY\"\n]", "{'args': ['--db-password', 'CANARY']}",
	`{"last":"{\"args\":[\"--token\",\"CANARY\"]}"}`, `{"a":"[\\\"--token\\\",\\\"CANARY\\\"]"}`, `CMD ["etcdctl", "--password", "CANARY"]`,
	"command: [k3s, agent, --token, CANARY]", "command: [k3s, --token, CANARY, --debug]", `runcmd: [[k3s, --token, "CANARY"]]`, "- [kubeadm, join, --token,   CANARY ]",
	"args:\n- --token\n- CANARY\n- --debug\n", "args:\n  - \"--token\"\n  - \"CANARY\"\n", "args:\r\n  - '--token'\r\n  - CANARY\r\n", "  - --password\n  - 'CANARY'",
	"chpasswd:\n  expire: false\n  list: |\n    root:CANARY\n    ann:CANARY\n", "chpasswd:\n  list:\n  - root:CANARY\n  - 'ann:CANARY'\n  expire: false\n", "chpasswd:\n  list: [\"root:CANARY\", x:y]\n",
	"chpasswd: {expire: false, list: [root:CANARY]}\n",
	"write_files:\n- path: /etc/rancher/token\n  content: CANARY\n", "write_files:\n- path: /etc/db/password\n  permissions: '0600'\n  owner: root\n  content: |\n    CANARY\n- path: /x\n",
	"- content: CANARY\n  path: /var/lib/db/password\n", "- append: false\n  content: |\n    CANARY\n  owner: root\n  path: /var/lib/db/password\n", "microk8s join 10.0.0.2:25000/12ab34cd12ab34cdCANARY/2c0c",
	"files:\n  - path: \"/run/api-token\"\n    content: 'CANARY'\n",
	"vrrp_instance x { authentication { auth_type PASS auth_pass CANARY } }", "listen stats\n  stats auth admin:CANARY\n", "  user ann insecure-password CANARY\n", "protocol bgp { password \"CANARY\"; }",
}

// What stands in a list beside the value of a flag is evidence, and so is what is no value.
func TestWhatStandsBesideTheNextItemStays(t *testing.T) {
	const gone = "[redacted:named-secret]"
	for text, want := range map[string]string{
		`["k3s","--token","abc","--debug"]`: `["k3s","--token","` + gone + `","--debug"]`, "[k3s, --token, abc, --debug]": "[k3s, --token, " + gone + ", --debug]",
		"- --token\n- abc\n- --debug\n": "- --token\n- " + gone + "\n- --debug\n", "chpasswd:\n  list: |\n    root:abc\n  expire: false\n": "chpasswd:\n  list: |\n    " + gone + "\n  expire: false\n",
		"certificateKey: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\nkind: InitConfiguration": "certificateKey: " + gone + "\nkind: InitConfiguration",
		// no values
		`["--token","--debug"]`: `["--token","--debug"]`, "[--token, --debug]": "[--token, --debug]", "- --token\n- --debug\n": "- --token\n- --debug\n", "- --token\n  - deeper\n": "- --token\n  - deeper\n",
		`["--token-file","x"]`: `["--token-file","x"]`, `["--token","/run/token/x"]`: `["--token","/run/token/x"]`, "give --token, which is short, or [x] --secret, too": "give --token, which is short, or [x] --secret, too",
		"- --token\nabc\n": "- --token\nabc\n", `["--token"]`: `["--token"]`, "certificateKey: tls.key": "certificateKey: tls.key",
		"- path: /etc/pam.d/common-password\n  content: |\n    password requisite x\n    minlen 12\n": "- path: /etc/pam.d/common-password\n  content: |\n    password requisite x\n    minlen 12\n",
		"- path: /etc/motd\n  content: hello\n":                                                       "- path: /etc/motd\n  content: hello\n", "stats auth": "stats auth", "the auth_pass is short"[:13]: "the auth_pass",
	} {
		once := New().Text(text)
		assert.Equal(t, want, once)
		assert.Equal(t, want, New().Text(once), "redacting twice changes nothing")
	}
}

// kubeadm's key of certificates opens all keys of a control plane.
func TestTheKeyOfCertificatesIsASecret(t *testing.T) {
	key := "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	object := map[string]any{"kind": "InitConfiguration", "certificateKey": key, "tls": map[string]any{"certificateKey": "tls.key"}}
	New().Object(object, engine.Kind{Group: "kubeadm.k8s.io", Kind: "InitConfiguration"})
	assert.Equal(t, map[string]any{"kind": "InitConfiguration", "certificateKey": "[redacted:named-secret]", "tls": map[string]any{"certificateKey": "tls.key"}}, object)
}

// A file of one word under the name of a secret is one; a file of settings is evidence.
func TestFilesThatAMachineIsGiven(t *testing.T) {
	file := func(path, content string) map[string]any { return map[string]any{"path": path, "content": content} }
	object := map[string]any{"spec": map[string]any{"files": []any{
		file("/etc/rancher/token", "abc\n"), file("/etc/pam.d/common-password", "password requisite x\n"), file("/etc/motd", "hello"), file("/run/token", "/run/other/token"),
	}}}
	New().Object(object, engine.Kind{Group: "bootstrap.cluster.x-k8s.io", Kind: "KubeadmConfig"})
	assert.Equal(t, map[string]any{"spec": map[string]any{"files": []any{
		file("/etc/rancher/token", "[redacted:named-secret]"), file("/etc/pam.d/common-password", "password requisite x\n"), file("/etc/motd", "hello"), file("/run/token", "/run/other/token"),
	}}}, object)
}
