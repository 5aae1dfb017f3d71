package checks

import (
	"crypto/tls"
	"net"
	"net/url"
	"slices"
	"strings"

	"tickmark/engine"
)

// Check api-server-has-certificate.
//
// Passes where --tls-cert-file and --tls-private-key-file are given. Fails where
// they are not: the server then signs a certificate for itself, which nobody can
// check.
func apiServerHasCertificate() check {
	return apiServerCheck("api-server-has-certificate", func(k component) finding {
		cert, key := k.flag("tls-cert-file", ""), k.flag("tls-private-key-file", "")
		if f, unclear := firstUnclear(cert, key); unclear {
			return f
		}
		for _, s := range []setting{cert, key} {
			if s.value == "" {
				return s.fails("The server signs its own certificate, which nobody can check: %s", s)
			}
		}
		return cert.passes("It is known by a certificate that was given to it: %s, %s", cert, key)
	})
}

// Check api-server-strong-tls.
//
// Passes where no version below TLS 1.2 and no weak cipher suite is spoken. The
// version is --tls-min-version, 1.2 where it is left out. The suites are
// --tls-cipher-suites, else those of the Go release that the version was built
// with: from version 1.32 on none of them is weak, before it 3DES is among them.
// Weak are the suites that Go itself calls insecure: RC4, 3DES, CBC with SHA-256
// and all without forward secrecy.
func apiServerStrongTLS() check {
	return apiServerCheck("api-server-strong-tls", func(k component) finding {
		least := k.flag("tls-min-version", "VersionTLS12")
		suites, ciphers := k.list("tls-cipher-suites")
		if f, unclear := firstUnclear(least, ciphers); unclear {
			return f
		}
		old, known := oldTLS(least.value)
		switch {
		case !known:
			return least.unknown("%q is no version of TLS that is known: %s", least.value, least)
		case old:
			return least.fails("Versions of TLS that are broken are spoken: %s", least)
		case least.value == "VersionTLS13":
			return least.passes("TLS 1.3 alone is spoken, whose suites are all strong: %s", least)
		}
		if len(suites) == 0 {
			return defaultSuites(k, ciphers, least)
		}
		weak, strange := judgeSuites(suites)
		switch {
		case len(weak) > 0:
			return ciphers.fails("Weak cipher suites are offered: %s", list(weak))
		case len(strange) > 0:
			return ciphers.unknown("Cipher suites that are not known are offered: %s", list(strange))
		}
		return ciphers.passes("TLS 1.2 and later with strong cipher suites alone is spoken: %s, %s", least, ciphers)
	})
}

func defaultSuites(k component, ciphers, least setting) finding {
	switch {
	case !k.version.known():
		return ciphers.unknown("%s, and which those are by default hangs on the version, which is not known", ciphers)
	case !k.version.atLeast(1, 32):
		return ciphers.fails("%s, and by default %s still offers suites with 3DES", ciphers, ciphers.of())
	}
	return least.passes("TLS 1.2 and later with the strong suites that %s offers by default is spoken: %s, %s", ciphers.of(), least, ciphers)
}

// oldTLS reports whether a name of Kubernetes' flags lets a version below 1.2 in.
func oldTLS(name string) (old, known bool) {
	switch name {
	case "VersionTLS10", "VersionTLS11":
		return true, true
	case "VersionTLS12", "VersionTLS13", "":
		return false, true
	}
	return false, false
}

// judgeSuites parts cipher suites into those that Go calls insecure and those that
// it does not know.
func judgeSuites(names []string) (weak, strange []string) {
	has := func(of []*tls.CipherSuite, name string) bool {
		return slices.ContainsFunc(of, func(c *tls.CipherSuite) bool { return c.Name == name || c.Name == name+"_SHA256" })
	}
	for _, name := range names {
		switch {
		case has(tls.InsecureCipherSuites(), name):
			weak = append(weak, name)
		case !has(tls.CipherSuites(), name):
			strange = append(strange, name)
		}
	}
	return weak, strange
}

// Check api-server-checks-kubelets.
//
// Passes where the API server shows kubelets a certificate of its own and checks
// theirs (--kubelet-client-certificate, --kubelet-client-key and
// --kubelet-certificate-authority). Fails where one of these is missing: logs and
// commands in containers then pass through a connection whose other end nobody
// has checked.
func apiServerChecksKubelets() check {
	return apiServerCheck("api-server-checks-kubelets", func(k component) finding {
		cert, key := k.flag("kubelet-client-certificate", ""), k.flag("kubelet-client-key", "")
		ca := k.flag("kubelet-certificate-authority", "")
		if f, unclear := firstUnclear(cert, key, ca); unclear {
			return f
		}
		switch {
		case cert.value == "":
			return cert.fails("It shows kubelets no certificate: %s", cert)
		case key.value == "":
			return key.fails("It shows kubelets no certificate: %s", key)
		case ca.value == "":
			return ca.fails("It does not check who answers as a kubelet: %s", ca)
		}
		return ca.passes("Both ends of the connections to kubelets are checked: %s, %s", cert, ca)
	})
}

// Check api-server-etcd-tls.
//
// Passes where every --etcd-servers is reached by https, or by a socket of the same
// machine, and the API server knows etcd's authority (--etcd-cafile) and shows a
// certificate (--etcd-certfile, --etcd-keyfile). Fails where one of these is not so.
func apiServerEtcdTLS() check {
	return apiServerCheck("api-server-etcd-tls", func(k component) finding {
		servers, flag := k.list("etcd-servers")
		ca, cert, key := k.flag("etcd-cafile", ""), k.flag("etcd-certfile", ""), k.flag("etcd-keyfile", "")
		if f, unclear := firstUnclear(flag, ca, cert, key); unclear {
			return f
		}
		encrypted := false
		for _, s := range servers {
			switch u, err := url.Parse(s); {
			case err != nil:
				return flag.unknown("It cannot be told how etcd is reached: %s", flag)
			case u.Scheme == "https" || u.Scheme == "unixs":
				encrypted = true
			case u.Scheme != "unix":
				return flag.fails("What the cluster stores is sent in the clear: %s", flag)
			}
		}
		switch {
		case len(servers) == 0:
			return flag.unknown("It cannot be told how etcd is reached: %s", flag)
		case !encrypted:
			return flag.passes("etcd is reached by a socket of the same machine: %s", flag)
		}
		for _, s := range []setting{ca, cert, key} {
			if s.value == "" {
				return s.fails("The connection to etcd is not checked on both ends: %s", s)
			}
		}
		return flag.passes("etcd is reached by TLS, with certificates on both ends: %s, %s, %s", flag, ca, cert)
	})
}

// Check etcd-checks-clients.
//
// Judges every etcd. Passes where it listens by https alone and lets in who shows a
// certificate of its authority: --cert-file, --key-file, --client-cert-auth and
// --trusted-ca-file. Fails where one of these is missing, with --auto-tls, whose
// certificates nobody can check, and where it also listens in the clear on more
// than the machine itself, for all clients or for those by HTTP (--listen-client-http-urls).
func etcdChecksClients() check {
	return etcdCheck("etcd-checks-clients", 2, func(k component) finding {
		return judgeEtcd(k, "clients", "", "client-cert-auth", k.flag("listen-client-urls", "http://localhost:2379"), k.flag("listen-client-http-urls", ""))
	})
}

// Check etcd-checks-peers.
//
// As etcd-checks-clients, for the connections between the members of etcd:
// --peer-cert-file, --peer-key-file, --peer-client-cert-auth,
// --peer-trusted-ca-file, --peer-auto-tls and --listen-peer-urls.
func etcdChecksPeers() check {
	return etcdCheck("etcd-checks-peers", 1, func(k component) finding {
		return judgeEtcd(k, "peers", "peer-", "peer-client-cert-auth", k.flag("listen-peer-urls", "http://localhost:2380"))
	})
}

func etcdCheck(id string, version int, judge func(component) finding) check {
	return check{id: id, version: version, needs: componentKinds(), looks: serverOnly(), eval: func(v *engine.View) []engine.Detail {
		return perComponent(v, judge, etcd)
	}}
}

func judgeEtcd(k component, who, prefix, auth string, listens ...setting) finding {
	cert, key, ca := k.flag(prefix+"cert-file", ""), k.flag(prefix+"key-file", ""), k.flag(prefix+"trusted-ca-file", "")
	asks, auto := k.flag(auth, "false"), k.flag(prefix+"auto-tls", "false")
	asked, made := asks.on(), auto.on()
	if f, unclear := firstUnclear(append([]setting{cert, key, ca, asks, auto}, listens...)...); unclear {
		return f
	}
	switch {
	case made:
		return auto.fails("It makes its own certificates for %s, which nobody can check: %s", who, auto)
	case !asked:
		return asks.fails("It lets %s in without a certificate: %s", who, asks)
	}
	for _, s := range []setting{cert, key, ca} {
		if s.value == "" {
			return s.fails("It cannot check %s by certificates: %s", who, s)
		}
	}
	for _, at := range listens {
		for _, address := range strings.Split(at.value, ",") {
			u, err := url.Parse(address)
			switch {
			case err != nil:
				return at.unknown("It cannot be told where it listens for %s: %s", who, at)
			case u.Scheme == "http" && !loopback(u.Hostname()):
				return at.fails("It listens for %s in the clear, where certificates count for nothing: %s", who, at)
			}
		}
	}
	return asks.passes("It lets in those %s alone that show a certificate of its authority: %s, %s, %s", who, asks, ca, listens[0])
}

// loopback reports whether an address is reached from the machine itself alone.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
