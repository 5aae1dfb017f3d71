package checks

import (
	"cmp"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

// kubeletConfig is what checks read of a kubelet's settings. These are in effect:
// the kubelet has put its defaults in, so that a number, text or plain switch that
// is left out is 0, empty or false. What it would always say is a pointer, and not
// known where it is left out. A file, from which one would be started, is judged in
// the same way: its defaults of numbers, texts and plain switches are the same.
type kubeletConfig struct {
	Authentication struct {
		Anonymous struct {
			Enabled *bool `json:"enabled"`
		} `json:"anonymous"`
		Webhook struct {
			Enabled *bool `json:"enabled"`
		} `json:"webhook"`
		X509 struct {
			ClientCAFile string `json:"clientCAFile"`
		} `json:"x509"`
	} `json:"authentication"`
	Authorization struct {
		Mode string `json:"mode"`
	} `json:"authorization"`
	kubeletServing
	kubeletGuards
}

// kubeletServing is how a kubelet answers.
type kubeletServing struct {
	ReadOnlyPort       int      `json:"readOnlyPort"`
	TLSCertFile        string   `json:"tlsCertFile"`
	TLSPrivateKeyFile  string   `json:"tlsPrivateKeyFile"`
	TLSCipherSuites    []string `json:"tlsCipherSuites"`
	TLSMinVersion      string   `json:"tlsMinVersion"`
	RotateCertificates bool     `json:"rotateCertificates"`
	ServerTLSBootstrap bool     `json:"serverTLSBootstrap"`
}

// kubeletGuards is what a kubelet sees to on its node.
type kubeletGuards struct {
	ProtectKernelDefaults bool             `json:"protectKernelDefaults"`
	SeccompDefault        *bool            `json:"seccompDefault"`
	IdleTimeout           *metav1.Duration `json:"streamingConnectionIdleTimeout"`
}

// kubelet is one kubelet with its settings.
type kubelet struct {
	*kubeletConfig
	version version
}

// kubeletCheck is a check of every kubelet by its settings in effect. A node whose
// kubelet was not asked is Unknown.
func kubeletCheck(id string, version int, judge func(kubelet) finding) check {
	return check{id: id, version: version, needs: []engine.Kind{nodeKind, engine.KubeletConfigurationKind}, eval: func(v *engine.View) []engine.Detail {
		return perKubelet(v, judge)
	}}
}

func perKubelet(v *engine.View, judge func(kubelet) finding) []engine.Detail {
	nodes := map[string]*corev1.Node{}
	for _, n := range engine.All[corev1.Node](v, nodeKind) {
		nodes[n.Ref.Name] = n.Value
	}
	details, asked := []engine.Detail{}, map[string]bool{}
	for _, a := range engine.All[kubeletConfig](v, engine.KubeletConfigurationKind) {
		k := kubelet{kubeletConfig: a.Value}
		if n, there := nodes[a.Ref.Name]; there {
			k.version = parseVersion(n.Status.NodeInfo.KubeletVersion)
		}
		asked[a.Ref.Name] = true
		details = append(details, judge(k).of(a.Ref, a.Digest))
	}
	for _, n := range engine.All[corev1.Node](v, nodeKind) {
		if !asked[n.Ref.Name] {
			details = append(details, unknown("", nil,
				"How its kubelet is set was not seen: that takes a permission which has to be asked for by name").of(n.Ref, n.Digest))
		}
	}
	return details
}

// whole reports whether the settings are all that are in effect, so that what is left out
// is 0: every kubelet states whether it takes requests without an identity.
func (k kubelet) whole() bool { return k.Authentication.Anonymous.Enabled != nil }

// unsaid is what is said of a setting that every kubelet states.
func unsaid(field string) finding {
	return unknown(field, nil, "The kubelet's answer does not say %s", field)
}

// Check kubelets-refuse-anonymous.
//
// Passes where authentication.anonymous.enabled is false, fails where it is true:
// whoever reaches the kubelet's port is then let in as system:anonymous.
func kubeletsRefuseAnonymous() check {
	return kubeletCheck("kubelets-refuse-anonymous", 1, func(k kubelet) finding {
		field := "authentication.anonymous.enabled"
		switch on := k.Authentication.Anonymous.Enabled; {
		case on == nil:
			return unsaid(field)
		case *on:
			return fails(field, true, "The kubelet takes requests without an identity")
		}
		return passes(field, false, "The kubelet refuses requests without an identity")
	})
}

// Check kubelets-check-callers.
//
// Passes where a kubelet can tell who calls it: by client certificates
// (authentication.x509.clientCAFile) or tokens that the API server checks
// (authentication.webhook.enabled). Fails where it has neither.
func kubeletsCheckCallers() check {
	return kubeletCheck("kubelets-check-callers", 1, func(k kubelet) finding {
		ca, webhook := k.Authentication.X509.ClientCAFile, k.Authentication.Webhook.Enabled
		switch {
		case ca != "":
			return passes("authentication.x509.clientCAFile", shorten(ca), "The kubelet knows its callers by certificates of %s", shorten(ca))
		case webhook == nil:
			return unsaid("authentication.webhook.enabled")
		case *webhook:
			return passes("authentication.webhook.enabled", true, "The kubelet knows its callers by tokens that the API server checks")
		}
		return fails("authentication.webhook.enabled", false, "The kubelet cannot tell who calls it: it checks neither certificates nor tokens")
	})
}

// Check kubelets-ask-for-authorization.
//
// Passes where authorization.mode is Webhook: the API server decides on each
// request by its roles. Fails where it is AlwaysAllow.
func kubeletsAskForAuthorization() check {
	return kubeletCheck("kubelets-ask-for-authorization", 1, func(k kubelet) finding {
		field, mode := "authorization.mode", k.Authorization.Mode
		switch mode {
		case "Webhook":
			return passes(field, mode, "The API server decides on requests to the kubelet")
		case "AlwaysAllow":
			return fails(field, mode, "Whoever is let in may do everything on the node: the mode is AlwaysAllow")
		case "":
			return unsaid(field)
		}
		return unknown(field, shorten(mode), "The mode %s is none that is known", quoteName(mode))
	})
}

// Check kubelets-without-read-only-port.
//
// Passes where readOnlyPort is 0 or left out, which means 0 in the settings in
// effect. Fails where it is another number: there the kubelet tells everybody what
// runs on its node, without TLS and log-on. Unknown where it is left out of an answer
// that says nothing of what every kubelet states either.
func kubeletsWithoutReadOnlyPort() check {
	return kubeletCheck("kubelets-without-read-only-port", 2, func(k kubelet) finding {
		field := "readOnlyPort"
		if k.ReadOnlyPort != 0 {
			return fails(field, k.ReadOnlyPort, "The kubelet tells everybody what runs on its node, on port %d without TLS and log-on", k.ReadOnlyPort)
		}
		if !k.whole() {
			return unsaid(field)
		}
		return passes(field, nil, "The kubelet has no port without TLS and log-on: readOnlyPort is 0")
	})
}

// Check kubelets-rotate-certificates.
//
// Passes where rotateCertificates is true, so that the certificate by which a
// kubelet logs on to the API server is renewed before it ends. Fails where it is
// false or left out, which means false in the settings in effect.
func kubeletsRotateCertificates() check {
	return kubeletCheck("kubelets-rotate-certificates", 1, func(k kubelet) finding {
		field := "rotateCertificates"
		if k.RotateCertificates {
			return passes(field, true, "The kubelet renews the certificate by which it logs on")
		}
		return fails(field, nil, "The kubelet does not renew the certificate by which it logs on: rotateCertificates is false")
	})
}

// Check kubelets-have-certificates.
//
// Passes where a kubelet answers with a certificate that can be checked: one that
// the cluster signs (serverTLSBootstrap) or one that was given to it (tlsCertFile
// and tlsPrivateKeyFile). Fails where it signs its own. Unknown for the file in
// which it keeps one that it signed itself: somebody may have put another there.
func kubeletsHaveCertificates() check {
	return kubeletCheck("kubelets-have-certificates", 1, func(k kubelet) finding {
		switch {
		case k.ServerTLSBootstrap:
			return passes("serverTLSBootstrap", true, "The kubelet answers with a certificate that the cluster signs")
		case strings.HasSuffix(k.TLSCertFile, "/pki/kubelet.crt"):
			return unknown("tlsCertFile", shorten(k.TLSCertFile),
				"The kubelet answers with the certificate in %s, which it signs itself where nobody puts one there", shorten(k.TLSCertFile))
		case k.TLSCertFile != "" && k.TLSPrivateKeyFile != "":
			return passes("tlsCertFile", shorten(k.TLSCertFile), "The kubelet answers with the certificate in %s", shorten(k.TLSCertFile))
		}
		return fails("serverTLSBootstrap", nil, "The kubelet signs its own certificate, which nobody can check")
	})
}

// Check kubelets-strong-tls.
//
// As api-server-strong-tls, for tlsMinVersion and tlsCipherSuites of kubelets; what
// they offer by default hangs on the version that their nodes say, and is told of settings
// that are whole alone.
func kubeletsStrongTLS() check {
	return kubeletCheck("kubelets-strong-tls", 2, func(k kubelet) finding {
		versions, suites := "tlsMinVersion", "tlsCipherSuites"
		least := cmp.Or(k.TLSMinVersion, "VersionTLS12")
		old, known := oldTLS(least)
		weak, strange := judgeSuites(k.TLSCipherSuites)
		switch {
		case !known:
			return unknown(versions, shorten(least), "%s is no version of TLS that is known", quoteName(least))
		case old:
			return fails(versions, least, "The kubelet speaks versions of TLS that are broken: %s", least)
		case least == "VersionTLS13":
			return passes(versions, least, "The kubelet speaks TLS 1.3 alone, whose suites are all strong")
		case len(weak) > 0:
			return fails(suites, weak, "The kubelet offers weak cipher suites: %s", list(weak))
		case len(strange) > 0:
			return unknown(suites, nil, "The kubelet offers cipher suites that are not known: %s", shorten(list(strange)))
		case len(k.TLSCipherSuites) > 0:
			return passes(suites, k.TLSCipherSuites, "The kubelet speaks TLS 1.2 and later with strong cipher suites alone")
		case !k.version.known():
			return unknown(suites, nil, "Which cipher suites the kubelet offers by default hangs on its version, which is not known")
		case !k.version.atLeast(1, 32):
			return fails(suites, nil, "The kubelet offers the suites that are the default of %s, among them 3DES", k.version)
		}
		if !k.whole() {
			return unsaid(suites)
		}
		return passes(suites, nil, "The kubelet speaks TLS 1.2 and later with the suites that are the default of %s, all of them strong", k.version)
	})
}

// Check kubelets-protect-kernel.
//
// Passes where protectKernelDefaults is true: the kubelet does not start on a node
// whose kernel is set otherwise than it needs, and changes nothing itself. Fails
// where it is false or left out, which means false in the settings in effect.
func kubeletsProtectKernel() check {
	return kubeletCheck("kubelets-protect-kernel", 1, func(k kubelet) finding {
		field := "protectKernelDefaults"
		if k.ProtectKernelDefaults {
			return passes(field, true, "The kubelet leaves the kernel as it was hardened")
		}
		return fails(field, nil, "The kubelet sets the kernel as it needs it, whatever it was hardened to: protectKernelDefaults is false")
	})
}

// Check kubelets-default-seccomp.
//
// Passes where seccompDefault is true: a container that names no seccomp profile
// gets the one of the container runtime. Fails where it is false: such a container
// may make every system call.
func kubeletsDefaultSeccomp() check {
	return kubeletCheck("kubelets-default-seccomp", 1, func(k kubelet) finding {
		field := "seccompDefault"
		switch on := k.SeccompDefault; {
		case on == nil:
			return unsaid(field)
		case *on:
			return passes(field, true, "Containers without a seccomp profile get the one of the container runtime")
		}
		return fails(field, false, "Containers without a seccomp profile may make every system call")
	})
}

// Check kubelets-end-idle-streams.
//
// Judges streamingConnectionIdleTimeout, after which an idle connection into a
// container (exec, attach, port-forward) is ended. Passes for 15 minutes and less.
// Fails for more, and for 0: then it is never ended.
func kubeletsEndIdleStreams() check {
	return kubeletCheck("kubelets-end-idle-streams", 1, func(k kubelet) finding {
		const most = 15
		field := "streamingConnectionIdleTimeout"
		switch t := k.IdleTimeout; {
		case t == nil:
			return unsaid(field)
		case t.Duration == 0:
			return fails(field, nil, "An idle connection into a container is never ended")
		case t.Minutes() > most || t.Duration < 0:
			return fails(field, t.Duration.String(), "An idle connection into a container is ended after %s, more than %d minutes", t.Duration, most)
		default:
			return passes(field, t.Duration.String(), "An idle connection into a container is ended after %s", t.Duration)
		}
	})
}
