package checks

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

func TestVersionsAreRead(t *testing.T) {
	for text, want := range map[string]string{
		"v1.36.3": "1.36", "1.29.1-eks-5e0fdde": "1.29", "v1.31.2+k3s1": "1.31", "1.6.20~ds1": "1.6", "2.0": "2.0", "3.6.4-0": "3.6",
		"v1.30.5-gke.1014001": "1.30", "v1.36.0-rc.1": "1.36",
	} {
		v := parseVersion(text)
		assert.True(t, v.known(), text)
		assert.Equal(t, want, v.release(), text)
	}
	for _, text := range []string{"", "latest", "v1", "1.x", "1.2.3.4", "v99999.1", "1.2 3", "1.36.3\n"} {
		assert.False(t, parseVersion(text).known(), "%q", text)
	}
	assert.Empty(t, parseVersion("v1.36.0-rc.1").builder())
	assert.NotEmpty(t, parseVersion("v1.36.0+rke2r1").builder())
	assert.False(t, version{}.atLeast(1, 20), "what is not known is at least nothing")
}

// The table is what its date says: rows in order, every end later than the one of
// the release before it unless a release is kept longer on purpose.
func TestLifecycles(t *testing.T) {
	table := lifecycleTable()
	_, err := time.Parse(time.DateOnly, table.AsOf)
	require.NoError(t, err)
	assert.NotEmpty(t, table.Sources)
	for _, of := range [][]lifecycle{table.Kubernetes, table.Containerd} {
		for i, l := range of {
			v := parseVersion(l.Release)
			assert.True(t, v.known() && !l.Ends.IsZero(), l.Release)
			if i > 0 {
				before := parseVersion(of[i-1].Release)
				assert.True(t, v.atLeast(before.major, before.minor) && v.release() != before.release(), l.Release)
			}
		}
	}
	named := map[string]bool{}
	for _, l := range slices.Concat(table.Kubernetes, table.Containerd, table.Systems) {
		assert.NotEmpty(t, l.Sources, "%s%s: nobody knows where it was read", l.Release, l.Name)
		for _, source := range l.Sources {
			named[source] = true
			assert.Contains(t, table.Sources, source, "%s%s", l.Release, l.Name)
		}
	}
	assert.Len(t, named, len(table.Sources), "every page is named by a row")
	for _, l := range table.Systems {
		assert.False(t, l.Sold && !l.Extended.IsZero(), l.Name)
		assert.True(t, l.Name != "" && !l.Ends.IsZero() && (l.Extended.IsZero() || l.Extended.After(l.Ends.Time)), l.Name)
	}
}

func TestSupportedVersions(t *testing.T) {
	const id = "kubernetes-version-supported"
	for name, c := range map[string]struct {
		kubelet, server string
		want            engine.Verdict
	}{
		"both of today":            {"v1.36.3", "v1.36.3", engine.Pass},
		"three behind":             {"v1.33.1", "v1.36.3", engine.Pass},
		"four behind":              {"v1.32.1", "v1.36.3", engine.Fail},
		"newer than the server":    {"v1.36.0", "v1.35.2", engine.Fail},
		"three behind an old one":  {"v1.24.1", "v1.27.1", engine.Fail},
		"past its end":             {"v1.31.2", "v1.33.1", engine.Fail},
		"past its end, by a maker": {"v1.31.2-eks-1", "v1.33.1-eks-1", engine.Unknown},
		"not in the table yet":     {"v1.99.0", "v1.99.0", engine.Unknown},
		"before the table":         {"v1.9.0", "v1.9.0", engine.Fail},
		"no version":               {"", "v1.36.3", engine.Unknown},
		"a strange server":         {"v1.36.3", "one", engine.Unknown},
	} {
		documents := strings.Replace(nodeYAML("w-1", ""), "v1.36.3", `"`+c.kubelet+`"`, 1) + strings.Replace(serverYAML, "v1.36.3", c.server, 1)
		got, sentence := verdictOf(t, id, documents)
		assert.Equal(t, c.want, got, "%s: %s", name, sentence)
	}
	azure := strings.NewReplacer("v1.36.3", "v1.31.2", "{name: w-1}", "{name: w-1, labels: {kubernetes.azure.com/cluster: x}}").Replace(nodeYAML("w-1", "") + serverYAML)
	got, sentence := verdictOf(t, id, azure)
	assert.Equal(t, engine.Unknown, got, "a provider that leaves no mark: %s", sentence)

	w := newWorld(t)
	w.read(t, documentEnd.Split(nodeYAML("w-1", ""), -1)...)
	assert.Equal(t, engine.Unknown, w.result(t, id).Verdict, "the server did not say")
	w.snapshot.Target.ServerVersion = "v1.36.3"
	assert.Equal(t, engine.Pass, w.result(t, id).Verdict)
	w.params.Now = time.Date(2027, 6, 28, 23, 59, 0, 0, time.UTC)
	assert.Equal(t, engine.Pass, w.result(t, id).Verdict, "its last day")
	w.params.Now = time.Date(2027, 6, 29, 0, 0, 0, 0, time.UTC)
	assert.Equal(t, engine.Fail, w.result(t, id).Verdict, "the day after")
	w.params.Now = time.Time{}
	assert.Equal(t, engine.Unknown, w.result(t, id).Verdict, "no day was given")
}

// Whose word a date is, is said with it: a page that is not of who makes a system is named.
func TestWhoSaysWhenSupportEnds(t *testing.T) {
	makers := []string{"https://aws.amazon.com/", "https://github.com/containerd/", "https://github.com/kubernetes/", "https://kubernetes.io/", "https://github.com/cloudlinux/"}
	table := lifecycleTable()
	for name, page := range table.Sources {
		own := slices.ContainsFunc(makers, func(of string) bool { return strings.HasPrefix(page, of) })
		assert.Equal(t, own, !slices.Contains(table.SecondHand, name), "%s: %s", name, page)
	}
	for _, name := range table.SecondHand {
		assert.Contains(t, table.Sources, name)
	}
	now := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for image, want := range map[string]string{
		"Ubuntu 24.04.3 LTS": "as endoflife.date says, which is not its maker", "Amazon Linux 2023.6.20241010": "as github.com says, which is not its maker",
		"openSUSE Leap 15.6": "as endoflife.date says", "Debian GNU/Linux 12 (bookworm)": "as endoflife.date says", "CentOS Linux 7 (Core)": "as endoflife.date says", "Amazon Linux 2": "",
	} {
		f := judgeSystem(image, now, "f")
		assert.Equal(t, want != "", strings.Contains(f.sentence, " says, which is not"), f.sentence)
		assert.Contains(t, f.sentence, want)
	}
}

func TestSystemsAndRuntimes(t *testing.T) {
	now := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for image, want := range map[string]engine.Verdict{
		"Ubuntu 24.04.3 LTS": engine.Pass, "Ubuntu 20.04.6 LTS": engine.Unknown, "Ubuntu 24.10": engine.Unknown,
		"Debian GNU/Linux 13 (trixie)": engine.Pass, "Debian GNU/Linux 12 (bookworm)": engine.Unknown,
		"Red Hat Enterprise Linux 9.6 (Plow)": engine.Pass, "Red Hat Enterprise Linux CoreOS 9.6.20250121-0 (Plow)": engine.Unknown,
		"CentOS Stream 8": engine.Unknown, "CentOS Stream 9": engine.Pass, "Red Hat Enterprise Linux 10.1": engine.Unknown, "CentOS Linux 7 (Core)": engine.Unknown, "Rocky Linux 9.4 (Blue Onyx)": engine.Pass,
		"Amazon Linux 2": engine.Fail, "Amazon Linux 2023.6.20241010": engine.Pass, "CBL-Mariner/Linux": engine.Fail,
		"Bottlerocket OS 1.20.0 (aws-k8s-1.29)": engine.Unknown, "Container-Optimized OS from Google": engine.Unknown,
		"Flatcar Container Linux by Kinvolk 3815.2.0 (Oklo)": engine.Unknown, "Talos (v1.7.0)": engine.Unknown,
		"Windows Server 2019 Datacenter": engine.Pass, "openSUSE Leap 15.6": engine.Fail, "": engine.Unknown, "Mine 1": engine.Unknown,
		"SUSE Linux Enterprise Server 15 SP5": engine.Unknown, "Red Hat Enterprise Linux 99": engine.Unknown,
	} {
		f := judgeSystem(image, now, "f")
		assert.Equal(t, want, f.verdict, f.sentence)
	}
	for runtime, want := range map[string]engine.Verdict{
		"containerd://2.2.1": engine.Pass, "containerd://1.6.36": engine.Fail, "containerd://1.6.20~ds1": engine.Unknown,
		"containerd://9.0.0": engine.Unknown, "cri-o://1.36.1": engine.Pass, "cri-o://1.20.1": engine.Fail,
		"docker://24.0.7": engine.Unknown, "": engine.Unknown, "containerd://": engine.Unknown,
	} {
		got, sentence := verdictOf(t, "container-runtimes-supported", strings.Replace(nodeYAML("w-1", ""), "containerd://2.2.1", runtime, 1))
		assert.Equal(t, want, got, "%s: %s", runtime, sentence)
	}
	for image, want := range map[string]engine.Verdict{
		"Amazon Linux 2023.6.20241010": engine.Unknown, "Talos (v1.7.0)": engine.Unknown, "Container-Optimized OS from Google": engine.Unknown, "Debian GNU/Linux 13 (trixie)": engine.Fail,
	} {
		old := strings.Replace(nodeYAML("w-1", ""), "containerd://2.2.1", "containerd://1.6.36", 1)
		got, sentence := verdictOf(t, "container-runtimes-supported", regexp.MustCompile(`osImage: [^,}]*`).ReplaceAllString(old, `osImage: "`+image+`"`))
		assert.Equal(t, want, got, "%s: %s", image, sentence)
	}
}

func TestNodesOfTheCardholderDataEnvironment(t *testing.T) {
	const id = "cardholder-nodes-dedicated"
	pass := nodesFixtures()[id]
	world := func(documents string) engine.Result {
		return fixture{cluster: true, params: pass.params}.world(t, nil, documents).result(t, id)
	}
	assert.Equal(t, engine.Fail, world(strings.Replace(pass.passYAML, "effect: NoSchedule", "effect: PreferNoSchedule", 1)).Verdict, "by chance")
	byCondition := strings.Replace(pass.passYAML, "key: zone", "key: node.kubernetes.io/not-ready", 1)
	assert.Equal(t, engine.Fail, world(byCondition).Verdict, "a taint of its condition goes again")
	everywhere := strings.Replace(pass.failYAML, "{name: a, namespace: shop}",
		"{name: a, namespace: shop, ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: d, uid: u1, controller: true}]}", 1)
	assert.Equal(t, engine.Pass, world(everywhere).Verdict, "an agent of every node")
	assert.Equal(t, engine.NotApplicable, world(nodeYAML("w-2", "")).Verdict)
	assert.Equal(t, engine.Unknown, fixture{cluster: true}.world(t, nil, pass.passYAML).result(t, id).Verdict, "no zone was declared")
}

func TestKubelets(t *testing.T) {
	for name, c := range map[string]struct {
		id, settings string
		want         engine.Verdict
	}{
		"it does not say":              {"kubelets-refuse-anonymous", "port: 10250", engine.Unknown},
		"no mode":                      {"kubelets-ask-for-authorization", "port: 10250", engine.Unknown},
		"a strange mode":               {"kubelets-ask-for-authorization", "authorization: {mode: Perhaps}", engine.Unknown},
		"tokens":                       {"kubelets-check-callers", "authentication: {webhook: {enabled: true}}", engine.Pass},
		"neither tokens nor an answer": {"kubelets-check-callers", "port: 10250", engine.Unknown},
		"a certificate given to it":    {"kubelets-have-certificates", "tlsCertFile: /pki/k.crt\ntlsPrivateKeyFile: /pki/k.key", engine.Pass},
		"perhaps one of its own":       {"kubelets-have-certificates", "tlsCertFile: /var/lib/kubelet/pki/kubelet.crt\ntlsPrivateKeyFile: /var/lib/kubelet/pki/kubelet.key", engine.Unknown},
		"TLS 1.1":                      {"kubelets-strong-tls", "tlsMinVersion: VersionTLS11", engine.Fail},
		"strong suites":                {"kubelets-strong-tls", "tlsCipherSuites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]", engine.Pass},
		"never ended":                  {"kubelets-end-idle-streams", "streamingConnectionIdleTimeout: 0s", engine.Fail},
		"no word of it":                {"kubelets-end-idle-streams", "port: 10250", engine.Unknown},
		"nothing of a port, nor else":  {"kubelets-without-read-only-port", "port: 10250", engine.Unknown},
		"nothing of suites, nor else":  {"kubelets-strong-tls", "port: 10250", engine.Unknown},
		"the suites of its version":    {"kubelets-strong-tls", "authentication: {anonymous: {enabled: true}}", engine.Pass},
		"misspelt":                     {"kubelets-protect-kernel", "protectkerneldefaults: true", engine.Fail},
		"no settings at all":           {"kubelets-protect-kernel", "protectKernelDefaults: [1]", engine.Unknown},
	} {
		got, sentence := verdictOf(t, c.id, kubeletYAML(c.settings))
		assert.Equal(t, c.want, got, "%s: %s", name, sentence)
	}
	got, sentence := verdictOf(t, "kubelets-refuse-anonymous", kubeletYAML("authentication: {anonymous: {enabled: false}}")+"\n---"+nodeYAML("w-2", ""))
	assert.Equal(t, engine.Unknown, got, "one of two was not asked")
	assert.Contains(t, sentence, "permission")
	old := strings.Replace(kubeletYAML("port: 10250"), "v1.36.3", "v1.28.4", 1)
	got, _ = verdictOf(t, "kubelets-strong-tls", old)
	assert.Equal(t, engine.Fail, got, "old suites by default")
}

func TestProbes(t *testing.T) {
	for requests, want := range map[string]engine.Verdict{
		"[{path: /api/v1/namespaces, status: 401}, {path: /api/v1/pods, status: 401}]": engine.Pass,
		"[{path: /api/v1/namespaces, status: 403}, {path: /api/v1/pods, status: 200}]": engine.Fail,
		"[{path: /api/v1/namespaces, status: 403}, {path: /api/v1/pods, status: 502}]": engine.Unknown,
		"[{path: /api/v1/namespaces, status: 403}]":                                    engine.Unknown,
		"[{path: /version, status: 200}]":                                              engine.Unknown,
		"[]":                                                                           engine.Unknown,
		"[{path: /api/v1/namespaces, status: 200, media: text/html}, {path: /api/v1/pods, status: 200, media: text/html}]":               engine.Unknown,
		"[{path: /api/v1/namespaces, status: 403, media: text/html}, {path: /api/v1/pods, status: 403, media: none}]":                    engine.Unknown,
		"[{path: /api/v1/namespaces, status: 403, media: application/json}, {path: /api/v1/pods, status: 403, media: application/json}]": engine.Pass,
	} {
		got, sentence := verdictOf(t, "anonymous-requests-refused", "apiVersion: tickmark/v1\nkind: AnonymousProbe\nmetadata: {name: api-server}\nrequests: "+requests)
		assert.Equal(t, want, got, "%s: %s", requests, sentence)
	}
}
