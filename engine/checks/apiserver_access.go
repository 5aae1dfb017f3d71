package checks

import (
	"slices"
	"strings"

	"tickmark/engine"
)

// apiServerCheck is a check of every API server by the arguments it was started
// with. A server whose arguments cannot be told is Unknown, as is a cluster whose
// server is not among its pods: then a provider, or a service on the machine, runs
// it.
func apiServerCheck(id string, judge func(component) finding) check {
	return check{id: id, version: 1, needs: componentKinds(), looks: serverOnly(), eval: func(v *engine.View) []engine.Detail {
		return perComponent(v, judge, apiServer)
	}}
}

// Check api-server-refuses-anonymous.
//
// Passes where --anonymous-auth is false. Fails where it is true or left out, which
// means true: whoever has no identity is let in as system:anonymous, and only RBAC
// then says no. Unknown where a file of --authentication-config may decide it.
func apiServerRefusesAnonymous() check {
	return apiServerCheck("api-server-refuses-anonymous", judgeAnonymousAuth)
}

func judgeAnonymousAuth(k component) finding {
	anonymous, file := k.flag("anonymous-auth", "true"), k.flag("authentication-config", "")
	on := anonymous.on()
	if f, unclear := firstUnclear(anonymous, file); unclear {
		return f
	}
	switch {
	case !on:
		return anonymous.passes("Requests without an identity are refused: %s", anonymous)
	case file.value != "" && !anonymous.set:
		return file.unknown("The file of %s may limit requests without an identity, and it was not seen", file)
	}
	return anonymous.fails("Requests without an identity are taken, and limited by RBAC alone: %s", anonymous)
}

// Check api-server-authorizes.
//
// Judges the authorisation modes. Passes where RBAC is one and AlwaysAllow is none.
// Fails with AlwaysAllow, alone or beside others, which is also what leaving the
// flag out means, and with ABAC, whose rules are in a file that only a restart
// reads again. Unknown where a file of --authorization-config decides, and where
// neither RBAC nor one of the failing modes is there: what a webhook allows is not
// to be seen in the cluster.
func apiServerAuthorizes() check {
	return apiServerCheck("api-server-authorizes", judgeAuthorization)
}

func judgeAuthorization(k component) finding {
	modes, flag := k.list("authorization-mode")
	file := k.flag("authorization-config", "")
	if f, unclear := firstUnclear(flag, file); unclear {
		return f
	}
	switch {
	case file.value != "":
		return file.unknown("The file of %s says who decides on requests, and it was not seen", file)
	case len(modes) == 0:
		return flag.fails("Every request of anybody is allowed: --authorization-mode is left out, which means AlwaysAllow")
	case slices.Contains(modes, "AlwaysAllow"):
		return flag.fails("What no other mode decides is allowed: %s", flag)
	case slices.Contains(modes, "ABAC"):
		return flag.fails("Rules in a file on the machine decide beside the cluster's own roles: %s", flag)
	case slices.Contains(modes, "RBAC"):
		return flag.passes("Requests are allowed by roles, and refused without one: %s", flag)
	}
	return flag.unknown("RBAC is not among the modes, and what the others allow was not seen: %s", flag)
}

// Check api-server-limits-kubelets.
//
// Passes where the Node mode authorises and the NodeRestriction plugin is on, which
// together keep a node to its own objects. Fails where one of them is missing.
// Unknown where a file decides the modes.
func apiServerLimitsKubelets() check {
	return apiServerCheck("api-server-limits-kubelets", func(k component) finding {
		modes, flag := k.list("authorization-mode")
		plugins, admission := k.list("enable-admission-plugins")
		older, legacy := k.list("admission-control")
		disabled, off := k.list("disable-admission-plugins")
		file := k.flag("authorization-config", "")
		if f, unclear := firstUnclear(flag, admission, legacy, off, file); unclear {
			return f
		}
		const plugin = "NodeRestriction"
		restricted := (slices.Contains(plugins, plugin) || slices.Contains(older, plugin)) && !slices.Contains(disabled, plugin)
		switch {
		case !restricted:
			return admission.fails("A node may change other nodes and their pods: %s is not on (%s)", plugin, admission)
		case file.value != "":
			return file.unknown("The file of %s says whether nodes are limited to what they need, and it was not seen", file)
		case !slices.Contains(modes, "Node"):
			return flag.fails("Nodes are not limited to the objects that they need: Node is not among the modes (%s)", flag)
		}
		return admission.passes("A node reads what its pods need and changes its own objects alone: %s, %s", flag, admission)
	})
}

// Check api-server-without-static-credentials.
//
// Fails where --token-auth-file or --basic-auth-file names a file: tokens and
// passwords that stand there in the clear, never expire and outlive who held them
// until the server is started again. Passes without.
func apiServerWithoutStaticCredentials() check {
	return apiServerCheck("api-server-without-static-credentials", func(k component) finding {
		token, basic := k.flag("token-auth-file", ""), k.flag("basic-auth-file", "")
		if f, unclear := firstUnclear(token, basic); unclear {
			return f
		}
		for _, s := range []setting{token, basic} {
			if s.value != "" {
				return s.fails("People or programs log on with what stands in a file in the clear: %s", s)
			}
		}
		return token.passes("No file holds tokens or passwords to log on with: %s, %s", token, basic)
	})
}

// Check api-server-without-insecure-port.
//
// Fails where the API is served without TLS, log-on and authorisation: where
// --insecure-port is another number than 0, and before version 1.20 also where it
// is left out, since it was 8080 then. Passes where it is 0, and left out from 1.20
// on, which knows no such port any more. Unknown where it is left out and the
// version is not known.
func apiServerWithoutInsecurePort() check {
	return apiServerCheck("api-server-without-insecure-port", func(k component) finding {
		port, address := k.flag("insecure-port", ""), k.flag("insecure-bind-address", "")
		if f, unclear := firstUnclear(port, address); unclear {
			return f
		}
		switch {
		case port.set && port.value == "0":
			return port.passes("Nothing is served without TLS and log-on: %s", port)
		case port.set && !k.version.atLeast(1, 20):
			return port.fails("The API is served without TLS and without log-on: %s", port)
		case !k.version.known():
			return port.unknown("Whether the API is served without TLS cannot be told: %s, and the version is not known", port)
		case !k.version.atLeast(1, 20):
			return port.fails("The API is served without TLS and without log-on: %s, which means 8080 in %s", port, port.of())
		}
		return port.passes("Nothing is served without TLS and log-on: %s knows no such port", port.of())
	})
}

// Check people-log-on-by-provider.
//
// Passes where the API server takes log-ons of an identity provider: OpenID Connect
// or a token webhook. It never fails: a proxy in front may do the same, so that
// everything else is Unknown. Whether the provider asks for a second factor is not
// to be seen here.
func peopleLogOnByProvider() check {
	return apiServerCheck("people-log-on-by-provider", func(k component) finding {
		issuer, webhook := k.flag("oidc-issuer-url", ""), k.flag("authentication-token-webhook-config-file", "")
		file := k.flag("authentication-config", "")
		if f, unclear := firstUnclear(issuer, webhook, file); unclear {
			return f
		}
		switch {
		case strings.HasPrefix(issuer.value, "https://"):
			return issuer.passes("Log-ons of an identity provider are taken: %s; whether it asks for a second factor is the provider's", issuer)
		case webhook.value != "":
			return webhook.passes("Tokens are checked by a service outside: %s; whether it asks for a second factor is its own", webhook)
		case file.value != "":
			return file.unknown("The file of %s may name an identity provider, and it was not seen", file)
		}
		return issuer.unknown("No identity provider is named (%s): people log on with certificates, or through something in front that was not seen", issuer)
	})
}

// Check service-account-tokens-end.
//
// Passes where tokens of service accounts end with what they are bound to: the API
// server looks up whether account, secret and pod are still there
// (--service-account-lookup, true if left out) and signs tokens under an issuer of
// its own. Fails where the look-up is off, or no --service-account-issuer is given:
// then no token with an end is made.
func serviceAccountTokensEnd() check {
	return apiServerCheck("service-account-tokens-end", func(k component) finding {
		lookup, issuer := k.flag("service-account-lookup", "true"), k.flag("service-account-issuer", "")
		on := lookup.on()
		if f, unclear := firstUnclear(lookup, issuer); unclear {
			return f
		}
		switch {
		case !on:
			return lookup.fails("A token is good after its account was deleted: %s", lookup)
		case issuer.value == "":
			return issuer.fails("Tokens that end are not made: %s", issuer)
		}
		return lookup.passes("Tokens end with the account and pod that they are bound to: %s, %s", lookup, issuer)
	})
}
