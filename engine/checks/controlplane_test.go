package checks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// staticPod is a pod as a kubelet shows the one that it runs from its own files.
func staticPod(program, tag string, arguments ...string) string {
	return fmt.Sprintf(`
apiVersion: v1
kind: Pod
metadata:
  name: %[1]s-cp-1
  namespace: kube-system
  labels: {component: %[1]s, tier: control-plane}
  annotations: {kubernetes.io/config.mirror: b1e04b406c2d7c918e78030a66e358c8}
  ownerReferences: [{apiVersion: v1, kind: Node, name: cp-1, controller: true, uid: x}]
spec:
  nodeName: cp-1
  hostNetwork: true
  containers:
  - name: %[1]s
    image: registry.k8s.io/%[1]s:%[2]s
    command: [%[1]s%[3]s]
---`, program, tag, quoted(arguments))
}

func quoted(arguments []string) string {
	var b strings.Builder
	for _, a := range arguments {
		fmt.Fprintf(&b, ", %q", a)
	}
	return b.String()
}

// logging gives a pod a folder of its node for logs.
func logging(pod string) string {
	return strings.TrimSuffix(pod, "---") + "    volumeMounts: [{name: logs, mountPath: /var/log}]\n  volumes: [{name: logs, hostPath: {path: /var/log}}]\n---"
}

func apiServerPod(arguments ...string) string { return staticPod(apiServer, "v1.36.3", arguments...) }

// goodServer is a hardened API server by its arguments.
var goodServer = []string{
	"--anonymous-auth=false", "--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--profiling=false",
	"--audit-policy-file=/etc/kubernetes/audit.yaml", "--audit-log-path=/var/log/audit.log", "--audit-log-maxage=365", "--audit-log-maxbackup=0",
	"--tls-cert-file=/pki/apiserver.crt", "--tls-private-key-file=/pki/apiserver.key", "--tls-min-version=VersionTLS12",
	"--kubelet-client-certificate=/pki/k.crt", "--kubelet-client-key=/pki/k.key", "--kubelet-certificate-authority=/pki/ca.crt",
	"--etcd-servers=https://127.0.0.1:2379", "--etcd-cafile=/pki/etcd/ca.crt", "--etcd-certfile=/pki/e.crt", "--etcd-keyfile=/pki/e.key",
	"--service-account-issuer=https://kubernetes.default.svc", "--oidc-issuer-url=https://login.example",
}

var goodEtcd = []string{
	"--cert-file=/pki/s.crt", "--key-file=/pki/s.key", "--client-cert-auth=true", "--trusted-ca-file=/pki/ca.crt",
	"--peer-cert-file=/pki/p.crt", "--peer-key-file=/pki/p.key", "--peer-client-cert-auth=true", "--peer-trusted-ca-file=/pki/ca.crt",
	"--listen-client-urls=https://127.0.0.1:2379,https://10.0.0.1:2379", "--listen-peer-urls=https://10.0.0.1:2380",
	"--listen-metrics-urls=http://127.0.0.1:2381",
}

func nodeYAML(name, changes string) string {
	return fmt.Sprintf(`
apiVersion: v1
kind: Node
metadata: {name: %s}
status:
  nodeInfo: {kubeletVersion: v1.36.3, osImage: Ubuntu 24.04.3 LTS, kernelVersion: 6.8.0, containerRuntimeVersion: "containerd://2.2.1", architecture: amd64}
%s
---`, name, changes)
}

const serverYAML = "\napiVersion: tickmark/v1\nkind: ServerVersion\nmetadata: {name: api-server}\ngitVersion: v1.36.3\n---"

func kubeletYAML(changes string) string {
	return nodeYAML("cp-1", "") + `
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
metadata: {name: cp-1}
` + changes
}

func controlPlaneFixtures() map[string]fixture {
	all := map[string]fixture{}
	for id, bad := range map[string]string{
		"api-server-admission":                  "--disable-admission-plugins=PodSecurity",
		"api-server-authorizes":                 "--authorization-mode=AlwaysAllow",
		"api-server-checks-kubelets":            "--kubelet-certificate-authority=",
		"api-server-etcd-tls":                   "--etcd-servers=http://10.0.0.1:2379",
		"api-server-has-certificate":            "--tls-cert-file=",
		"api-server-limits-kubelets":            "--disable-admission-plugins=NodeRestriction",
		"api-server-refuses-anonymous":          "--anonymous-auth",
		"api-server-strong-tls":                 "--tls-min-version=VersionTLS10",
		"api-server-without-insecure-port":      "",
		"api-server-without-static-credentials": "--token-auth-file=/etc/tokens.csv",
		"api-server-writes-audit-log":           "--audit-policy-file=",
		"service-account-tokens-end":            "--service-account-lookup=false",
		"api-server-keeps-audit-log":            "",
		"people-log-on-by-provider":             "",
	} {
		f := fixture{passYAML: apiServerPod(goodServer...)}
		if bad != "" {
			f.failYAML = apiServerPod(append(goodServer[:len(goodServer):len(goodServer)], bad)...)
		} else {
			f.noFail = "another place may do the same"
		}
		all[id] = f
	}
	all["api-server-without-insecure-port"] = fixture{
		passYAML: apiServerPod(goodServer...), failYAML: staticPod(apiServer, "v1.19.16", "--insecure-port=8080"),
	}
	all["api-server-keeps-audit-log"] = fixture{passYAML: logging(apiServerPod(goodServer...)), noFail: all["api-server-keeps-audit-log"].noFail}
	policy := func(level string) string {
		return mountingServer("cp-1") + "\n" + serverFile("Policy", "etc:kube:audit.yaml", "rules: [{level: "+level+"}]")
	}
	all["audit-log-without-secret-values"] = fixture{passYAML: policy("Metadata"), failYAML: policy("RequestResponse")}
	manager := func(arguments ...string) string { return staticPod(controllerManager, "v1.36.3", arguments...) }
	both := func(arguments ...string) string {
		return manager(arguments...) + staticPod(scheduler, "v1.36.3", arguments...)
	}
	probe := "apiVersion: tickmark/v1\nkind: AnonymousProbe\nmetadata: {name: api-server}\nrequests: " +
		"[{path: '/api/v1/namespaces?limit=1', status: 403}, {path: '/api/v1/pods?limit=1', status: 403}, {path: /version, status: 200}]"
	all["anonymous-requests-refused"] = fixture{passYAML: probe, failYAML: strings.Replace(probe, "403", "200", 1)}
	all["control-plane-without-profiling"] = fixture{
		passYAML: apiServerPod(goodServer...) + both("--profiling=false"), failYAML: apiServerPod(goodServer...) + both(),
	}
	all["controllers-listen-locally"] = fixture{passYAML: both("--bind-address=127.0.0.1"), failYAML: both()}
	all["controllers-have-own-accounts"] = fixture{passYAML: manager("--use-service-account-credentials"), failYAML: manager()}
	all["pods-know-cluster-authority"] = fixture{passYAML: manager("--root-ca-file=/pki/ca.crt"), failYAML: manager()}
	all["etcd-checks-clients"] = fixture{passYAML: staticPod(etcd, "3.6.4-0", goodEtcd...), failYAML: staticPod(etcd, "3.6.4-0", goodEtcd[4:]...)}
	all["etcd-checks-peers"] = fixture{passYAML: staticPod(etcd, "3.6.4-0", goodEtcd...), failYAML: staticPod(etcd, "3.6.4-0", goodEtcd[:4]...)}
	all["kubernetes-version-supported"] = fixture{
		passYAML: nodeYAML("w-1", "") + serverYAML, failYAML: strings.ReplaceAll(nodeYAML("w-1", "")+serverYAML, "1.36.3", "1.29.1"),
	}
	role := "spec: {taints: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}]}"
	master := strings.ReplaceAll(nodeYAML("cp-1", role), "{name: cp-1}", "{name: cp-1, labels: {node-role.kubernetes.io/control-plane: ''}}")
	all["control-plane-nodes-dedicated"] = fixture{passYAML: master, failYAML: strings.ReplaceAll(master, "NoSchedule", "PreferNoSchedule")}
	return all
}

func nodesFixtures() map[string]fixture {
	all := map[string]fixture{}
	for id, texts := range map[string][2]string{
		"kubelets-refuse-anonymous":       {"authentication: {anonymous: {enabled: false}}", "authentication: {anonymous: {enabled: true}}"},
		"kubelets-check-callers":          {"authentication: {x509: {clientCAFile: /pki/ca.crt}}", "authentication: {webhook: {enabled: false}}"},
		"kubelets-ask-for-authorization":  {"authorization: {mode: Webhook}", "authorization: {mode: AlwaysAllow}"},
		"kubelets-without-read-only-port": {"authentication: {anonymous: {enabled: false}}", "readOnlyPort: 10255"},
		"kubelets-rotate-certificates":    {"rotateCertificates: true", "port: 10250"},
		"kubelets-have-certificates":      {"serverTLSBootstrap: true", "port: 10250"},
		"kubelets-strong-tls":             {"authentication: {anonymous: {enabled: false}}", "tlsCipherSuites: [TLS_RSA_WITH_AES_128_CBC_SHA]"},
		"kubelets-protect-kernel":         {"protectKernelDefaults: true", "port: 10250"},
		"kubelets-default-seccomp":        {"seccompDefault: true", "seccompDefault: false"},
		"kubelets-end-idle-streams":       {"streamingConnectionIdleTimeout: 5m0s", "streamingConnectionIdleTimeout: 4h0m0s"},
	} {
		all[id] = fixture{passYAML: kubeletYAML(texts[0]), failYAML: kubeletYAML(texts[1])}
	}
	node := nodeYAML("w-1", "")
	all["node-systems-supported"] = fixture{passYAML: node, failYAML: strings.ReplaceAll(node, "Ubuntu 24.04.3 LTS", "CBL-Mariner/Linux")}
	all["container-runtimes-supported"] = fixture{passYAML: node, failYAML: strings.ReplaceAll(node, "2.2.1", "1.6.36")}
	all["nodes-inventory"] = fixture{passYAML: node, noPass: "an inventory judges nothing", noFail: "an inventory judges nothing"}
	own := nodeYAML("w-1", "spec: {taints: [{key: zone, value: cde, effect: NoSchedule}]}")
	pod := func(namespace string) string {
		return fmt.Sprintf("\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: %s}\nspec: {nodeName: w-1, containers: [{name: a, image: a}]}\n---", namespace)
	}
	all["cardholder-nodes-dedicated"] = fixture{
		passYAML: own + pod("pay"), failYAML: own + pod("pay") + pod("shop"),
		params: engine.Params{Zones: map[string][]engine.Selector{cdeZone: {{Namespaces: []string{"pay"}}}}},
	}
	return all
}

// verdictOf evaluates a check over documents.
func verdictOf(t *testing.T, id string, documents string) (engine.Verdict, string) {
	t.Helper()
	r := fixture{cluster: true}.world(t, nil, documents).result(t, id)
	require.NotEmpty(t, r.Details, id)
	for _, d := range r.Details {
		if d.Verdict == r.Verdict {
			return r.Verdict, d.Sentence
		}
	}
	return r.Verdict, ""
}

func TestArgumentsOfInstallers(t *testing.T) {
	replace := func(pod, command string) string {
		return strings.Replace(pod, "command: [kube-apiserver]", command, 1)
	}
	for name, c := range map[string]struct {
		pod  string
		want map[string]engine.Verdict
	}{
		"kubeadm": {
			apiServerPod("--advertise-address=10.0.0.1", "--allow-privileged=true", "--authorization-mode=Node,RBAC", "--client-ca-file=/etc/kubernetes/pki/ca.crt",
				"--enable-admission-plugins=NodeRestriction", "--enable-bootstrap-token-auth=true", "--etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt",
				"--etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt", "--etcd-keyfile=/etc/kubernetes/pki/apiserver-etcd-client.key",
				"--etcd-servers=https://127.0.0.1:2379", "--kubelet-client-certificate=/etc/kubernetes/pki/apiserver-kubelet-client.crt",
				"--kubelet-client-key=/etc/kubernetes/pki/apiserver-kubelet-client.key", "--secure-port=6443",
				"--service-account-issuer=https://kubernetes.default.svc.cluster.local", "--service-account-key-file=/etc/kubernetes/pki/sa.pub",
				"--service-account-signing-key-file=/etc/kubernetes/pki/sa.key", "--tls-cert-file=/etc/kubernetes/pki/apiserver.crt",
				"--tls-private-key-file=/etc/kubernetes/pki/apiserver.key"),
			map[string]engine.Verdict{
				"api-server-refuses-anonymous": engine.Fail, "api-server-authorizes": engine.Pass, "api-server-limits-kubelets": engine.Pass,
				"api-server-writes-audit-log": engine.Fail, "api-server-checks-kubelets": engine.Fail, "api-server-etcd-tls": engine.Pass,
				"api-server-strong-tls": engine.Pass, "api-server-has-certificate": engine.Pass, "service-account-tokens-end": engine.Pass,
				"api-server-keeps-audit-log": engine.NotApplicable, "people-log-on-by-provider": engine.Unknown,
			},
		},
		"rke2": {
			replace(apiServerPod(), `command: [kube-apiserver]
    args: ["--admission-control-config-file=/etc/rancher/rke2/rke2-pss.yaml", "--anonymous-auth=false",
      "--audit-policy-file=/etc/rancher/rke2/audit-policy.yaml", "--audit-log-path=/var/lib/rancher/rke2/server/logs/audit.log",
      "--audit-log-maxage=30", "--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--profiling=false"]`),
			map[string]engine.Verdict{
				"api-server-refuses-anonymous": engine.Pass, "api-server-writes-audit-log": engine.Pass, "api-server-keeps-audit-log": engine.Unknown,
				"api-server-limits-kubelets": engine.Pass, "api-server-has-certificate": engine.Fail,
			},
		},
		"kops": {
			replace(apiServerPod(), `command: [/go-runner]
    args: ["--log-file=/var/log/kube-apiserver.log", "--also-stdout", /usr/local/bin/kube-apiserver, "--anonymous-auth=false",
      "--authorization-mode=Node,RBAC", "--etcd-servers=https://127.0.0.1:4001", "--etcd-cafile=/a", "--etcd-certfile=/b", "--etcd-keyfile=/c",
      "--v=2"]`),
			map[string]engine.Verdict{
				"api-server-refuses-anonymous": engine.Pass, "api-server-authorizes": engine.Pass, "api-server-limits-kubelets": engine.Fail,
				"api-server-etcd-tls": engine.Pass,
			},
		},
		"kops of old": {
			replace(apiServerPod(), `command: [/bin/sh, -c, "mkfifo /tmp/pipe; (tee -a /var/log/kube-apiserver.log < /tmp/pipe & ) ; exec /usr/local/bin/kube-apiserver --anonymous-auth=false --authorization-mode='Node,RBAC' --profiling=false > /tmp/pipe 2>&1"]`),
			map[string]engine.Verdict{"api-server-refuses-anonymous": engine.Pass, "api-server-authorizes": engine.Pass, "api-server-writes-audit-log": engine.Fail},
		},
		"openshift": {
			replace(apiServerPod(), `command: [/bin/bash, -ec]
    args: ["LOCK=/var/log/kube-apiserver/.lock\nexec watch-termination --termination-touch-file=$LOCK -- hyperkube kube-apiserver --openshift-config=/etc/config.yaml --advertise-address=${HOST_IP} -v=2 --permit-address-sharing"]`),
			map[string]engine.Verdict{"api-server-refuses-anonymous": engine.Unknown, "api-server-authorizes": engine.Unknown},
		},
		"talos": {
			replace(apiServerPod(), `command: [/usr/local/bin/kube-apiserver, "--anonymous-auth=false", "--authentication-config=/system/auth.yaml", "--authorization-config=/system/authz.yaml", "--enable-admission-plugins=NodeRestriction", "--profiling=false", "--tls-min-version=VersionTLS13"]`),
			map[string]engine.Verdict{
				"api-server-refuses-anonymous": engine.Pass, "api-server-authorizes": engine.Unknown, "api-server-limits-kubelets": engine.Unknown,
				"api-server-strong-tls": engine.Pass, "people-log-on-by-provider": engine.Unknown,
			},
		},
		"by a script in the image": {
			replace(apiServerPod(), `command: [/bin/sh, /start.sh]`),
			map[string]engine.Verdict{"api-server-refuses-anonymous": engine.Unknown, "api-server-without-static-credentials": engine.Unknown},
		},
		"by the image alone": {
			replace(apiServerPod(), `args: ["--anonymous-auth=false"]`),
			map[string]engine.Verdict{"api-server-refuses-anonymous": engine.Pass},
		},
		"without arguments": {
			replace(apiServerPod(), `workingDir: /`), map[string]engine.Verdict{"api-server-refuses-anonymous": engine.Unknown},
		},
	} {
		for id, want := range c.want {
			got, sentence := verdictOf(t, id, c.pod)
			assert.Equal(t, want, got, "%s: %s: %s", name, id, sentence)
		}
	}
}

// What is in doubt never passes and never fails.
func TestArgumentsInDoubt(t *testing.T) {
	const id = "api-server-refuses-anonymous"
	env := "\n    env: [{name: STATE, value: 'false'}, {name: HOST, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}]"
	for name, c := range map[string]struct {
		command string
		want    engine.Verdict
	}{
		"a word for the value":            {`[kube-apiserver, --anonymous-auth=false]`, engine.Pass},
		"underscores":                     {`[kube-apiserver, --anonymous_auth=false]`, engine.Pass},
		"a switch alone":                  {`[kube-apiserver, --anonymous-auth, --profiling=false]`, engine.Fail},
		"the last one wins":               {`[kube-apiserver, --anonymous-auth=false, --anonymous-auth=true]`, engine.Fail},
		"a switch takes no second word":   {`[kube-apiserver, --anonymous-auth, "false"]`, engine.Fail},
		"after two hyphens":               {`[kube-apiserver, --, --anonymous-auth=false]`, engine.Fail},
		"neither true nor false":          {`[kube-apiserver, --anonymous-auth=perhaps]`, engine.Unknown},
		"a variable that is known":        {`[kube-apiserver, "--anonymous-auth=$(STATE)"]`, engine.Pass},
		"a variable that is not":          {`[kube-apiserver, "--anonymous-auth=$(HOST)"]`, engine.Unknown},
		"a variable beside it":            {`[kube-apiserver, "--advertise-address=$(HOST)", --anonymous-auth=false]`, engine.Pass},
		"a variable that may be anything": {`[kube-apiserver, "$(HOST)", --anonymous-auth=false]`, engine.Unknown},
		"a name that stands for nothing":  {`[kube-apiserver, "--advertise-address=$$(X)", --anonymous-auth=false]`, engine.Pass},
		"perhaps another's value":         {`[kube-apiserver, --strange, --anonymous-auth=false]`, engine.Unknown},
		"redacted":                        {`[kube-apiserver, "--anonymous-auth=[redacted:token]"]`, engine.Unknown},
		"a script with a variable":        {`[sh, -c, "kube-apiserver --anonymous-auth=false $EXTRA"]`, engine.Unknown},
		"a variable in quotes":            {`[sh, -c, "kube-apiserver --anonymous-auth=false --x=\"$EXTRA\""]`, engine.Pass},
		"its value from a command":        {`[sh, -c, "kube-apiserver --anonymous-auth=\"$(cat x)\""]`, engine.Unknown},
		"twice in a script":               {`[sh, -c, "if a; then kube-apiserver --anonymous-auth=false; else kube-apiserver; fi"]`, engine.Unknown},
		"once in a script":                {`[sh, -c, "if a; then exec kube-apiserver --anonymous-auth=false; fi"]`, engine.Pass},
		"a comment":                       {`[sh, -c, "kube-apiserver # --anonymous-auth=false"]`, engine.Fail},
		"of another command":              {`[sh, -c, "kube-apiserver; echo --anonymous-auth=false"]`, engine.Fail},
		"in a pipe that is written":       {`[sh, -c, "kube-apiserver > >(tee --anonymous-auth=false)"]`, engine.Unknown},
		"in text for another":             {`[sh, -c, "cat > x <<E\nkube-apiserver --anonymous-auth=false\nE\n./x"]`, engine.Unknown},
		"arguments from outside":          {`[sh, -c, "exec kube-apiserver --anonymous-auth=false \"$@\""]`, engine.Unknown},
		"hyperkube":                       {`[/hyperkube, apiserver, --anonymous-auth=false]`, engine.Pass},
		"env before it":                   {`[env, GOGC=50, kube-apiserver, --anonymous-auth=false]`, engine.Pass},
	} {
		pod := strings.Replace(apiServerPod(), "command: [kube-apiserver]", "command: "+c.command+env, 1)
		got, sentence := verdictOf(t, id, pod)
		assert.Equal(t, c.want, got, "%s: %s", name, sentence)
	}
}

func TestControlPlaneThatIsNotThere(t *testing.T) {
	const id = "api-server-refuses-anonymous"
	good := apiServerPod("--anonymous-auth=false")
	node := func(name string) string {
		return strings.ReplaceAll(nodeYAML(name, ""), "{name: "+name+"}", "{name: "+name+", labels: {node-role.kubernetes.io/control-plane: ''}}")
	}
	managed := newWorld(t)
	managed.read(t, documentEnd.Split(nodeYAML("w-1", ""), -1)...)
	r := managed.result(t, id)
	assert.Equal(t, engine.Unknown, r.Verdict, "a provider's control plane")
	assert.Contains(t, r.Details[0].Sentence, "provider")

	got, _ := verdictOf(t, id, good+node("cp-1"))
	assert.Equal(t, engine.Pass, got)
	got, sentence := verdictOf(t, id, good+node("cp-1")+node("cp-2"))
	assert.Equal(t, engine.Unknown, got, "one of two was not seen")
	assert.Contains(t, sentence, "no pod of kube-apiserver")
	second := strings.ReplaceAll(strings.ReplaceAll(apiServerPod(), "cp-1", "cp-2"), "uid: x", "uid: other")
	got, sentence = verdictOf(t, id, good+second)
	assert.Equal(t, engine.Fail, got, "each of two is judged: %s", sentence)

	virtual := strings.NewReplacer("namespace: kube-system", "namespace: tenant", "kind: Node", "kind: StatefulSet",
		"annotations: {kubernetes.io/config.mirror: b1e04b406c2d7c918e78030a66e358c8}", "").Replace(good)
	got, _ = verdictOf(t, id, virtual)
	assert.Equal(t, engine.Unknown, got, "the server of somebody else's cluster proves nothing of this one")
	assert.Equal(t, engine.NotApplicable, fromYAML(t, nodeYAML("w-1", "")).result(t, id).Verdict, "manifests without one")
	assert.Equal(t, engine.Pass, fromYAML(t, documentEnd.Split(good, -1)...).result(t, id).Verdict, "manifests with one")
}

func TestSettingsOfTheAPIServer(t *testing.T) {
	for name, c := range map[string]struct {
		id, tag   string
		arguments []string
		want      engine.Verdict
	}{
		"lists grow":                          {"api-server-authorizes", "", []string{"--authorization-mode=Node", "--authorization-mode=RBAC"}, engine.Pass},
		"AlwaysAllow at the end":              {"api-server-authorizes", "", []string{"--authorization-mode=RBAC,AlwaysAllow"}, engine.Fail},
		"ABAC":                                {"api-server-authorizes", "", []string{"--authorization-mode=ABAC,RBAC"}, engine.Fail},
		"no mode":                             {"api-server-authorizes", "", nil, engine.Fail},
		"a webhook alone":                     {"api-server-authorizes", "", []string{"--authorization-mode=Webhook"}, engine.Unknown},
		"a file of modes":                     {"api-server-authorizes", "", []string{"--authorization-config=/x"}, engine.Unknown},
		"a file that may limit anonymous":     {"api-server-refuses-anonymous", "", []string{"--authentication-config=/x"}, engine.Unknown},
		"PodSecurity before it was there":     {"api-server-admission", "v1.22.1", []string{"--disable-admission-plugins=PodSecurity"}, engine.Pass},
		"AlwaysAdmit":                         {"api-server-admission", "", []string{"--enable-admission-plugins=NodeRestriction,AlwaysAdmit"}, engine.Fail},
		"the old list of all":                 {"api-server-admission", "v1.9.1", []string{"--admission-control=NamespaceLifecycle"}, engine.Fail},
		"old suites by default":               {"api-server-strong-tls", "v1.31.4", nil, engine.Fail},
		"suites of an unknown version":        {"api-server-strong-tls", "latest", nil, engine.Unknown},
		"a weak suite":                        {"api-server-strong-tls", "", []string{"--tls-cipher-suites=TLS_AES_128_GCM_SHA256,TLS_RSA_WITH_3DES_EDE_CBC_SHA"}, engine.Fail},
		"a strange suite":                     {"api-server-strong-tls", "", []string{"--tls-cipher-suites=TLS_NEW"}, engine.Unknown},
		"an old name of a suite":              {"api-server-strong-tls", "", []string{"--tls-cipher-suites=TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305"}, engine.Pass},
		"TLS 1.3":                             {"api-server-strong-tls", "v1.30.1", []string{"--tls-min-version=VersionTLS13"}, engine.Pass},
		"TLS 1.9":                             {"api-server-strong-tls", "", []string{"--tls-min-version=VersionTLS19"}, engine.Unknown},
		"insecure port by default":            {"api-server-without-insecure-port", "v1.18.0", nil, engine.Fail},
		"insecure port closed":                {"api-server-without-insecure-port", "v1.18.0", []string{"--insecure-port=0"}, engine.Pass},
		"insecure port of an unknown version": {"api-server-without-insecure-port", "latest", nil, engine.Unknown},
		"a policy that goes nowhere":          {"api-server-writes-audit-log", "", []string{"--audit-policy-file=/p"}, engine.Fail},
		"a webhook for events":                {"api-server-writes-audit-log", "", []string{"--audit-policy-file=/p", "--audit-webhook-config-file=/w"}, engine.Pass},
		"kept for 30 days":                    {"api-server-keeps-audit-log", "", []string{"--audit-log-path=/var/log/l", "--audit-log-maxage=30"}, engine.Unknown},
		"kept by the new defaults":            {"api-server-keeps-audit-log", "v1.36.3", []string{"--audit-log-path=/var/log/l"}, engine.Unknown},
		"kept by the old defaults":            {"api-server-keeps-audit-log", "v1.35.3", []string{"--audit-log-path=/var/log/l"}, engine.Pass},
		"kept by unknown defaults":            {"api-server-keeps-audit-log", "latest", []string{"--audit-log-path=/var/log/l"}, engine.Unknown},
		"kept who knows how long":             {"api-server-keeps-audit-log", "", []string{"--audit-log-path=/var/log/l", "--audit-log-maxage=long"}, engine.Unknown},
		"kept in the container":               {"api-server-keeps-audit-log", "", []string{"--audit-log-path=/log/l", "--audit-log-maxage=365", "--audit-log-maxbackup=0"}, engine.Unknown},
		"kept nowhere in particular":          {"api-server-keeps-audit-log", "", []string{"--audit-log-path=var/log/l", "--audit-log-maxage=365", "--audit-log-maxbackup=0"}, engine.Unknown},
		"to the output":                       {"api-server-keeps-audit-log", "", []string{"--audit-log-path", "-"}, engine.Unknown},
		"sent away":                           {"api-server-keeps-audit-log", "", []string{"--audit-webhook-config-file=/w"}, engine.Unknown},
		"an empty file of tokens":             {"api-server-without-static-credentials", "", []string{"--token-auth-file="}, engine.Pass},
		"a file of passwords":                 {"api-server-without-static-credentials", "v1.18.0", []string{"--basic-auth-file=/b"}, engine.Fail},
		"etcd by a socket":                    {"api-server-etcd-tls", "", []string{"--etcd-servers=unix:///run/etcd.sock"}, engine.Pass},
		"etcd without its authority":          {"api-server-etcd-tls", "", []string{"--etcd-servers=https://e", "--etcd-certfile=/c", "--etcd-keyfile=/k"}, engine.Fail},
		"one etcd of two in the clear":        {"api-server-etcd-tls", "", []string{"--etcd-servers=https://e,http://f", "--etcd-cafile=/a", "--etcd-certfile=/c", "--etcd-keyfile=/k"}, engine.Fail},
		"a webhook for tokens":                {"people-log-on-by-provider", "", []string{"--authentication-token-webhook-config-file=/w"}, engine.Pass},
		"no issuer of tokens":                 {"service-account-tokens-end", "", nil, engine.Fail},
	} {
		tag := c.tag
		if tag == "" {
			tag = "v1.36.3"
		}
		got, sentence := verdictOf(t, c.id, logging(staticPod(apiServer, tag, c.arguments...)))
		assert.Equal(t, c.want, got, "%s: %s", name, sentence)
	}
}

func TestSettingsOfEtcdAndControllers(t *testing.T) {
	file := staticPod(etcd, "3.6.4-0", "--config-file=/var/lib/rancher/rke2/server/db/etcd/config")
	for name, c := range map[string]struct {
		id, pod string
		want    engine.Verdict
	}{
		"a file decides (rke2)": {"etcd-checks-clients", file, engine.Unknown},
		"in the clear on the network": {
			"etcd-checks-clients", staticPod(etcd, "3.5.1", append(goodEtcd[:4:4], "--listen-client-urls=https://10.0.0.1:2379,http://10.0.0.1:2378")...), engine.Fail,
		},
		"in the clear for clients by HTTP": {"etcd-checks-clients", staticPod(etcd, "3.5.15", append(goodEtcd[:4:4], "--listen-client-urls=https://10.0.0.1:2379", "--listen-client-http-urls=http://0.0.0.0:2382")...), engine.Fail},
		"clients by HTTP on the machine":   {"etcd-checks-clients", staticPod(etcd, "3.5.15", append(goodEtcd[:4:4], "--listen-client-http-urls=http://127.0.0.1:2382")...), engine.Pass},
		"what stands before an etcd":       {"etcd-checks-clients", staticPod(etcd, "3.5.15", append([]string{"grpc-proxy", "start"}, goodEtcd...)...), engine.Unknown},
		"in the clear on the machine":      {"etcd-checks-clients", staticPod(etcd, "3.5.1", append(goodEtcd[:4:4], "--listen-client-urls=http://127.0.0.1:2379")...), engine.Pass},
		"certificates of its own":          {"etcd-checks-peers", staticPod(etcd, "3.5.1", append(goodEtcd[:8:8], "--peer-auto-tls")...), engine.Fail},
		"by its environment": {
			"etcd-checks-clients", strings.Replace(staticPod(etcd, "3.5.1", "--cert-file=/c", "--key-file=/k"), "    command:",
				"    env: [{name: ETCD_CLIENT_CERT_AUTH, value: 'true'}, {name: ETCD_TRUSTED_CA_FILE, value: /ca}, {name: ETCD_LISTEN_CLIENT_URLS, value: 'https://10.0.0.1:2379'}]\n    command:", 1),
			engine.Pass,
		},
		"a flag stands before the environment": {
			"etcd-checks-clients", strings.Replace(staticPod(etcd, "3.5.1", append(goodEtcd[:4:4], "--client-cert-auth=false")...), "    command:",
				"    env: [{name: ETCD_CLIENT_CERT_AUTH, value: 'true'}]\n    command:", 1), engine.Fail,
		},
		"an environment from elsewhere": {
			"etcd-checks-clients", strings.Replace(staticPod(etcd, "3.5.1", goodEtcd...), "    command:", "    envFrom: [{configMapRef: {name: x}}]\n    command:", 1), engine.Unknown,
		},
		"a manager of etcd (kops)": {"etcd-checks-clients", strings.Replace(staticPod(etcd, "3.5.1"), "command: [etcd]", "command: [/etcd-manager, --quiet]", 1), engine.Unknown},
		"a scheduler's file": {
			"control-plane-without-profiling", apiServerPod(goodServer...) + staticPod(controllerManager, "v1.36.3", "--profiling=false") +
				staticPod(scheduler, "v1.36.3", "--config=/s.yaml", "--profiling=false"), engine.Unknown,
		},
		"no scheduler among the pods": {
			"control-plane-without-profiling", apiServerPod(goodServer...) + staticPod(controllerManager, "v1.36.3", "--profiling=false"), engine.Unknown,
		},
		"a port without TLS by default":        {"controllers-listen-locally", controllers("v1.21.14", "--bind-address=127.0.0.1"), engine.Fail},
		"one without TLS of the scheduler":     {"controllers-listen-locally", controllers("v1.22.17", "--bind-address=127.0.0.1"), engine.Fail},
		"a port without TLS closed":            {"controllers-listen-locally", controllers("v1.21.14", "--bind-address=127.0.0.1", "--port=0"), engine.Pass},
		"a port without TLS on the machine":    {"controllers-listen-locally", controllers("v1.21.14", "--bind-address=127.0.0.1", "--address=127.0.0.1"), engine.Pass},
		"only a port without TLS":              {"controllers-listen-locally", controllers("v1.18.0", "--secure-port=0"), engine.Fail},
		"no such port any more":                {"controllers-listen-locally", controllers("v1.23.0", "--bind-address=127.0.0.1"), engine.Pass},
		"a port of a version nobody knows":     {"controllers-listen-locally", controllers("latest", "--bind-address=127.0.0.1"), engine.Unknown},
		"a scheduler's file of an old version": {"controllers-listen-locally", staticPod(controllerManager, "v1.21.14", "--bind-address=127.0.0.1", "--port=0") + staticPod(scheduler, "v1.21.14", "--bind-address=127.0.0.1", "--port=0", "--config=/s"), engine.Unknown},
		"IPv6": {
			"controllers-listen-locally", staticPod(controllerManager, "v1.36.3", "--bind-address=::1") + staticPod(scheduler, "v1.36.3", "--bind-address", "127.0.0.1"), engine.Pass,
		},
	} {
		got, sentence := verdictOf(t, c.id, c.pod)
		assert.Equal(t, c.want, got, "%s: %s", name, sentence)
	}
}

func controllers(tag string, arguments ...string) string {
	return staticPod(controllerManager, tag, arguments...) + staticPod(scheduler, tag, arguments...)
}

func FuzzArguments(f *testing.F) {
	f.Add("exec kube-apiserver --anonymous-auth=false \"$(cat x)\" > /dev/null 2>&1 # x", "--profiling", "$(A)")
	f.Add("if a; then `b` ${c:-$(d)}; fi <<E", "--", "$$(B)=")
	f.Fuzz(func(t *testing.T, script, argument, value string) {
		for _, command := range splitScript(script, "f") {
			require.NotEmpty(t, command)
			parseArguments(command)
		}
		pod := &engine.PodSpec{Containers: []engine.Container{{Name: "kube-apiserver"}}}
		w, c := workload{spec: pod, meta: &engine.PodMetadata{}, object: &engine.Object{}}, &pod.Containers[0]
		c.Command, c.Args = []string{"sh", "-c", script}, []string{argument}
		componentOf(w, container{c, &place{field: "spec.containers[0]"}, false})
		c.Command, c.Args = []string{"kube-apiserver", argument, value}, nil
		k, is := componentOf(w, container{c, &place{field: "spec.containers[0]"}, false})
		require.True(t, is)
		judgeAnonymousAuth(k)
		judgeAuthorization(k)
		judgeRetention(k)
	})
}
